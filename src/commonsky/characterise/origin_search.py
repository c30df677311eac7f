"""
Common origins among many new orbits: seeds, votes, fits; what is found is taken off, and on.

A seed is an orbit that others are near in plane and size.  They vote for places on it, the best
places are fitted, and the likeliest stands if it beats chance and other times by enough.  Orbits
that are all alike, as those of one launch are, agree everywhere and always, so they tell no time.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numba import njit
from numpy.typing import NDArray

from commonsky.astro.arrays import Floats, Ints
from commonsky.astro.elements import DEEP_SPACE_PERIOD_MIN, MeanElements
from commonsky.astro.epoch import NS_PER_DAY
from commonsky.characterise.common_origin import (
    gaps_km,
    passing,
    velocities_km_s,
)
from commonsky.characterise.origin_time import Origin, of_all, origin
from commonsky.characterise.pinch import FASTEST_KM_S, PLACES, TURN, votes
from commonsky.characterise.smooth_orbits import MU, SmoothOrbits, smooth_orbits

STEP_DAYS = 0.5
LEAST_PIECES = 3
_SIGMAS = 2.5
_SAME_PLACE = 0.95  # the cosine of an angle
_VOTERS, _FITTED = 120, 250
# Small groups are worth more seeds and more fits.
_VOTES_IN_ALL, _MOST_SEEDS, _FITS_IN_ALL, _MOST_FITS = 400, 12, 300, 12
_SEEDS, _PEAKS, _FITS, _APART_DAYS = 4, 3, 4, 2.0
_SHARP = 0.6  # of those near a seed, by how well their orbits are known
_TRIES = 4  # seeds that one orbit's neighbours are worth before it is left
_STRAY_SIGMAS = 15.0
LEAST_SCORE = 30.0


@dataclass(frozen=True, slots=True)
class Found:
    """
    A common origin, the orbits (k,) that are of it, and its score, in nats.

    Strays pass it too, though farther off than their sets should be; kin are about as fast there,
    and in about that plane.
    """

    origin: Origin
    rows: Ints
    strays: Ints
    kin: Ints
    rising: float  # share of the orbits that drag would have to lift
    score: float
    voted: int
    voters: int
    usually: float  # votes that the best places of other days have, in the middle


def origins(
    elements: MeanElements,
    first_tai_ns: int,
    last_tai_ns: int,
    *,
    least_score: float = LEAST_SCORE,
) -> list[Found]:
    """Return the common origins of n orbits between two moments, the surest first."""
    moments = np.arange(first_tai_ns, last_tai_ns + 1, int(STEP_DAYS * NS_PER_DAY))
    if len(elements) < LEAST_PIECES or not len(moments):
        return []
    orbits = smooth_orbits(elements, moments)
    near = _near(orbits)
    free = np.asarray(np.isfinite(orbits.parameter_km).any(axis=1), np.bool_)
    tries = np.zeros(len(elements), np.int64)
    told: list[Found] = []
    rng = np.random.default_rng(0)  # only for whom to ask where there are too many
    while True:
        count = (near & free).sum(axis=1)
        count[~free | (tries >= _TRIES)] = 0
        seed = int(np.argmax(count))
        if count[seed] < LEAST_PIECES - 1:
            return sorted(told, key=lambda one: -one.score)
        others = np.flatnonzero(near[seed] & free)
        found = _of_seed(elements, orbits, seed, others, rng)
        tries[seed] = _TRIES
        if found is None or found.score < least_score:
            tries[others] += 1
            continue
        free[found.rows] = False
        strays, kin = _strays(elements, np.flatnonzero(free), found.origin)
        free[strays] = False
        told.append(replace(found, strays=strays, kin=kin))


def _near(orbits: SmoothOrbits) -> NDArray[np.bool_]:
    """(n, n) who is near whom in plane and size at one time at least."""
    step = max(orbits.parameter_km.shape[1] // 12, 1)
    near = np.zeros((len(orbits), len(orbits)), np.bool_)
    eccentricity = np.linalg.norm(orbits.eccentricity, axis=-1)
    _mark_near(
        np.ascontiguousarray(orbits.normal[:, ::step]), orbits.axis_km[:, ::step].copy(),
        eccentricity[:, ::step].copy(), near,
    )  # fmt: skip
    return near


@njit(cache=True, nogil=True)
def _mark_near(
    normal: Floats, axis: Floats, eccentricity: Floats, near: NDArray[np.bool_]
) -> None:
    n, moments = axis.shape
    for i in range(n):
        for j in range(i):
            for k in range(moments):
                a, b = axis[i, k], axis[j, k]
                if not (a > 0.0 and b > 0.0):
                    continue
                low = max(a * (1.0 - eccentricity[i, k]), b * (1.0 - eccentricity[j, k]))
                high = min(a * (1.0 + eccentricity[i, k]), b * (1.0 + eccentricity[j, k]))
                speed = np.sqrt(MU * (2.0 / low - 1.0 / max(a, b)))
                dot = (normal[i, k] * normal[j, k]).sum()
                wide = FASTEST_KM_S / speed
                # Sizes: dv = v / 2 da / a; and apsides that meet, to a hundredth.
                if (
                    dot > 1.0 - 0.5 * wide * wide
                    and abs(a - b) < 2.0 * wide * min(a, b) * 1.5
                    and low < high + 0.01 * a
                ):
                    near[i, j] = near[j, i] = True
                    break


def _of_seed(
    elements: MeanElements, orbits: SmoothOrbits, seed: int, others: Ints, rng: np.random.Generator
) -> Found | None:
    """The best origin of a seed and those near it, voted on by some of them."""
    everyone = np.append(seed, others)
    most = int(np.clip(_VOTES_IN_ALL / len(everyone), _SEEDS, _MOST_SEEDS))
    sharpest = _sharpest(orbits, everyone)[: max(int(_SHARP * len(everyone)), most)]
    seeds = np.append(sharpest[:1], _some(sharpest[1:], most - 1, rng))
    peaks = [peak for one in seeds for peak in _peaks(orbits, int(one), everyone, rng)]
    if not peaks:
        return None
    fitted = np.sort(_some(everyone, _FITTED, rng))
    told = []
    for peak in _best(
        orbits, peaks, int(np.clip(_FITS_IN_ALL / len(everyone), _FITS, _MOST_FITS))
    ):
        start = _position_km(orbits, peak), _velocity_km_s(orbits, peak)
        told.append((origin(elements.take(fitted), peak.moment(orbits), *start), peak))
    one, peak = max(told, key=lambda pair: pair[0].gain)
    if not np.isfinite(one.gain):
        return None
    if len(everyone) > len(fitted):
        one, fitted = of_all(elements.take(everyone), one), everyone
    belongs = one.place.belongs > 0.5
    score = one.gain - chance_nats(orbits.parameter_km.shape[1])
    none = np.zeros(0, np.int64)
    rows = fitted[belongs]
    rising = _rising(elements.take(rows))
    return Found(one, rows, none, none, rising, score, peak.votes, peak.voters, peak.usually)


def _rising(elements: MeanElements) -> float:
    low = elements.mean_motion_rad_min > TURN / DEEP_SPACE_PERIOD_MIN
    up = (elements.bstar_per_earth_radius < 0.0) | (elements.mean_motion_dot_rev_day2 < 0.0)
    return float((low & up).mean()) if len(elements) else 0.0


def _strays(elements: MeanElements, rows: Ints, of: Origin) -> tuple[Ints, Ints]:
    """Those of the rows that pass an origin within many sigmas, and all that are about as fast."""
    orbits = smooth_orbits(elements.take(rows), np.array([of.epoch_tai_ns]))
    across, above = gaps_km(orbits, 0, of.place.position_km)
    wide = _STRAY_SIGMAS * max(of.place.scale, 1.0)
    off = np.hypot(across / orbits.across_km[:, 0], above / orbits.radial_km[:, 0])
    by = passing(orbits, 0, of.place.position_km, of.place.velocity_km_s)
    return rows[by & (off < wide)], rows[by]


@dataclass(frozen=True, slots=True)
class _Peak:
    """A place on a seed's orbit, at one moment, with its votes."""

    seed: int
    k: int
    place: int
    votes: int
    voters: int
    usually: float

    def moment(self, orbits: SmoothOrbits) -> int:
        return int(orbits.epoch_tai_ns[self.k])


def _best(orbits: SmoothOrbits, peaks: list[_Peak], most: int) -> list[_Peak]:
    """The peaks with the largest shares of votes, of different times or places."""
    told: list[tuple[_Peak, Floats]] = []
    apart = int(_APART_DAYS / STEP_DAYS)
    for one in sorted(peaks, key=lambda peak: -peak.votes / peak.voters):
        at = _position_km(orbits, one)
        at = at / np.linalg.norm(at)
        if len(told) < most and all(
            abs(one.k - other.k) > apart or at @ there < _SAME_PLACE for other, there in told
        ):
            told.append((one, at))
    return [one for one, _ in told]


def chance_nats(moments: int) -> float:
    """How many places and times chance has to try, as a logarithm."""
    # Places that fits tell apart: along, above and across.
    return float(np.log(360.0 * 50.0 * 10.0) + np.log(2.0 * moments))


def _sharpest(orbits: SmoothOrbits, rows: Ints) -> Ints:
    """Rows in the order of how well the orbits are known, the best first."""
    off = orbits.across_km[rows, ::12] + orbits.radial_km[rows, ::12]
    return rows[np.argsort(np.where(np.isnan(off), np.inf, off).mean(axis=1), kind="stable")]


def _some(rows: Ints, most: int, rng: np.random.Generator) -> Ints:
    return rows if len(rows) <= most else np.sort(rng.choice(rows, most, replace=False))


def _peaks(
    orbits: SmoothOrbits, seed: int, everyone: Ints, rng: np.random.Generator
) -> list[_Peak]:
    """The moments of most votes for places on a seed's orbit, some days apart."""
    others = _some(everyone[everyone != seed], _VOTERS, rng)
    told = votes(orbits.take(np.append(seed, others)), 0, STEP_DAYS * 86_400.0, _SIGMAS)
    best = told.max(axis=1)
    usually, left, peaks = float(np.median(best)), best.copy(), list[_Peak]()
    apart = int(_APART_DAYS / STEP_DAYS)
    while len(peaks) < _PEAKS and left.max() >= max(LEAST_PIECES - 1, 0.6 * best.max()):
        k = int(np.argmax(left))
        place = int(np.argmax(told[k]))
        peaks.append(_Peak(seed, k, place, int(best[k]), len(others), usually))
        left[max(k - apart, 0) : k + apart + 1] = 0
    return peaks


def _velocity_km_s(orbits: SmoothOrbits, peak: _Peak) -> Floats:
    position = _position_km(orbits, peak)
    one = orbits.take(np.array([peak.seed]))
    return velocities_km_s(one, peak.k, position / np.linalg.norm(position))[0]


def _position_km(orbits: SmoothOrbits, peak: _Peak) -> Floats:
    """Where the seed passes the place, as votes count them."""
    normal = orbits.normal[peak.seed, peak.k]
    size = float(np.hypot(normal[0], normal[1]))
    node = np.array([-normal[1], normal[0], 0.0]) / size if size > 1e-9 else np.array([1.0, 0, 0])
    angle = (peak.place + 0.5) * TURN / PLACES
    q = node * np.cos(angle) + np.cross(normal, node) * np.sin(angle)
    bend = 1.0 + orbits.eccentricity[peak.seed, peak.k] @ q
    return np.asarray(orbits.parameter_km[peak.seed, peak.k] / bend * q, np.float64)

"""
The place that orbits have in common, and when: fitted moment by moment, with who belongs to it.

At a moment a place has three coordinates, and each orbit that passes it fixes two: the place lies
in its plane, and at its distance in that direction.  Where it is still known when objects were
where on their orbits, they must have passed at one time too.  Others may be among them, so an
orbit is a piece or of the background, with probabilities fitted along (expectation-maximisation).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import NDArray

from commonsky.astro.arrays import Floats, Ints
from commonsky.characterise.pinch import (
    FASTEST_KM_S,
    TURN,
    axis_km,
    mean_past,
    velocity_km_s,
)
from commonsky.characterise.smooth_orbits import (
    ACROSS,
    ALONG,
    MU,
    PARAMETER,
    RADIAL,
    SmoothOrbits,
)

_STEEPEST = 0.06  # rad between a plane and the place
_ROUNDS, _WIDE_AT_FIRST, _NARROWER = 30, 6.0, 0.7
_AROUND = 0.1  # chance puts an orbit evenly within so much of the distance, each way
_NARROWEST, _WIDEST = 0.3, 3.0  # how far our sigmas may be off
_LOOSE = 0.02  # of the distance: how far the place may be from where it is looked for
_LATEST_S = 5.0 * 86_400.0  # more than half of any revolution that is looked at
_ASKED = 40
_BEYOND = 1.03
_TIMELY = 0.8  # of pieces, those whose phases are as well known as their drag says
_PHASED_RAD = 0.7  # a sigma along the orbit beyond which an orbit says nothing of the time


@dataclass(frozen=True, slots=True)
class Place:
    """
    A place at one moment, in TEME, km, and how well orbits agree on it.

    `belongs` (n,) is the probability of each orbit to be of it; `gain` the log-likelihood over
    that of chance; `scale` how much wider gaps are than sigmas; `late_s` how long after the
    pieces were there the moment is, 0 where phases were not asked for, and `late_sigma_s` how
    well phases tell that, inf where they do not.
    """

    position_km: Floats  # (3,)
    velocity_km_s: Floats  # (3,) mean of the pieces'
    belongs: Floats
    gain: float
    scale: float
    late_s: float
    late_sigma_s: float


def velocities_km_s(orbits: SmoothOrbits, k: int, direction: Floats) -> Floats:
    """(n, 3) velocities that objects have where they pass a direction, at moment k."""
    told = np.empty((len(orbits), 3))
    _velocities(direction, orbits.table[:, k], told)
    return told


@njit(cache=True, nogil=True)
def _velocities(q: Floats, table: Floats, out: Floats) -> None:
    for i in range(len(table)):
        velocity_km_s(q, table[i], out[i])


def gaps_km(orbits: SmoothOrbits, k: int, position_km: Floats) -> tuple[Floats, Floats]:
    """(n,) how far a place is across each orbit's plane, and above the orbit below it, km."""
    radius = float(np.linalg.norm(position_km))
    q = position_km / radius
    across = orbits.normal[:, k] @ position_km
    above = radius - orbits.parameter_km[:, k] / (1.0 + orbits.eccentricity[:, k] @ q)
    return across, above


def place(
    orbits: SmoothOrbits, k: int, start_km: Floats, speed_km_s: Floats, *,
    phased: bool = False, late_s: float = np.nan,
) -> Place:  # fmt: skip
    """
    Return the place near a start that most of the orbits share at moment k.

    Only orbits that pass it about as fast can belong.  `late_s` is where to look first, if phases
    are asked for.
    """
    usable = passing(orbits, k, start_km, speed_km_s)
    position, belongs = np.array(start_km, np.float64), np.zeros(len(orbits))
    told = np.array([-np.inf, 1.0, late_s, np.inf])
    if usable.sum() >= 2:
        _fit(orbits.table[:, k], np.flatnonzero(usable), phased, position, belongs, told)
    late = float(told[2]) if phased and abs(told[2]) < _LATEST_S else 0.0
    velocity = _middle_velocity(position, orbits.table[:, k], belongs, speed_km_s)
    gain, scale, _, sigma = told.tolist()
    return Place(position, velocity, belongs, gain, scale, late, sigma)


def passing(
    orbits: SmoothOrbits, k: int, position_km: Floats, speed_km_s: Floats
) -> NDArray[np.bool_]:
    """(n,) which orbits could be of pieces: that pass near a place, nearly as fast."""
    told = np.zeros(len(orbits), np.bool_)
    q = position_km / np.sqrt(position_km @ position_km)
    _passing(q, speed_km_s, orbits.table[:, k], told)
    return told


@njit(cache=True, nogil=True)
def _passing(q: Floats, velocity: Floats, table: Floats, told: NDArray[np.bool_]) -> None:
    one = np.empty(3)
    for i in range(len(table)):
        if abs(table[i, 0] * q[0] + table[i, 1] * q[1] + table[i, 2] * q[2]) < _STEEPEST:
            velocity_km_s(q, table[i], one)
            told[i] = ((one - velocity) ** 2).sum() < FASTEST_KM_S**2


@njit(cache=True, nogil=True)
def _middle_velocity(
    position: Floats, table: Floats, belongs: Floats, otherwise: Floats
) -> Floats:
    """Median velocity of what belongs; as it was where nothing does."""
    of = np.flatnonzero(belongs > 0.5)
    if len(of) == 0:
        return otherwise.copy()
    q = position / np.sqrt((position**2).sum())
    speeds, middle = np.empty((3, len(of))), np.empty(3)
    for i in range(len(of)):
        velocity_km_s(q, table[of[i]], middle)
        speeds[:, i] = middle
    for x in range(3):
        speeds[x].sort()
        middle[x] = 0.5 * (speeds[x, (len(of) - 1) // 2] + speeds[x, len(of) // 2])
    return middle


@njit(cache=True, nogil=True)
def _seconds_past(q: Floats, orbit: Floats, motion: float, late: float) -> float:
    """Seconds since a direction was passed, the turn chosen that is nearest to `late`."""
    past = mean_past(q, orbit) - motion * late
    return ((past + np.pi) % TURN - np.pi) / motion + late


@njit(cache=True, nogil=True)
def _asked(
    q: Floats, orbit: Floats, radius: float, share: float, wide: float, phased: bool, late: float,
    out: Floats,
) -> None:  # fmt: skip
    """
    What one orbit says of a place: `out` (14,).

    Gaps in sigmas, their derivatives by the place, the odds to belong, the log-likelihood over
    chance, the time since passing with its weight, and whether the place is within the apsides.
    """
    e = orbit[3:6]
    dot = e[0] * q[0] + e[1] * q[1] + e[2] * q[2]
    below = orbit[PARAMETER] / (1.0 + dot)
    across, radial, axis = orbit[ACROSS], orbit[RADIAL], axis_km(orbit)
    out[0] = (orbit[0] * q[0] + orbit[1] * q[1] + orbit[2] * q[2]) * radius / across
    out[1] = (radius - below) / radial
    for x in range(3):
        out[2 + x] = orbit[x] / across
        out[5 + x] = (q[x] + below / (1.0 + dot) / radius * (e[x] - dot * q[x])) / radial
    square = (out[0] ** 2 + out[1] ** 2) / wide**2
    # Chance puts an orbit anywhere about.
    ratio = np.exp(-0.5 * square) / (TURN * wide**2) * (_AROUND * radius) ** 2 / (across * radial)
    out[10], out[11] = 0.0, 0.0
    if phased and orbit[ALONG] * wide < _PHASED_RAD * axis:
        motion = np.sqrt(MU / axis**3)
        sigma = orbit[ALONG] / (axis * motion)
        out[10] = _seconds_past(q, orbit, motion, late)
        off = (out[10] - late) / (sigma * wide)
        sharp = _TIMELY * np.sqrt(TURN) / (motion * wide * sigma) * np.exp(-0.5 * off * off)
        ratio *= sharp + 1.0 - _TIMELY
        out[11] = sharp / (sharp + 1.0 - _TIMELY) / sigma**2
    odds = share * ratio / (1.0 - share)
    out[8], out[9] = odds / (1.0 + odds), np.log(share * ratio + 1.0 - share)
    size = np.sqrt(e[0] * e[0] + e[1] * e[1] + e[2] * e[2])
    low, high = (1.0 - size) * axis, (1.0 + size) * axis
    out[12] = 1.0 if low < _BEYOND * radius and radius < _BEYOND * high else 0.0


@njit(cache=True, nogil=True)
def _step(m: Floats, b: Floats, position: Floats) -> None:
    """Take the solution of three normal equations off a place, by cofactors."""
    for x in range(3):
        y, z = (x + 1) % 3, (x + 2) % 3
        c0 = m[y, y] * m[z, z] - m[y, z] * m[z, y]
        c1 = m[z, y] * m[x, z] - m[x, y] * m[z, z]
        c2 = m[x, y] * m[y, z] - m[y, y] * m[x, z]
        determinant = m[x, x] * c0 + m[y, x] * c1 + m[z, x] * c2
        position[x] -= (b[x] * c0 + b[y] * c1 + b[z] * c2) / determinant


@njit(cache=True, nogil=True)
def _fit(
    table: Floats, rows: Ints, phased: bool, position: Floats, belongs: Floats, told: Floats
) -> None:
    """Fit in place: position, belongs, and told = gain, scale, late and its sigma."""
    start, said = position.copy(), np.empty(14)
    share, scale, late, gain, wide = 0.5, 1.0, told[2], -np.inf, _WIDE_AT_FIRST
    sums = np.zeros(5)
    for _ in range(_ROUNDS):
        radius = np.sqrt((position**2).sum())
        q = position / radius
        if phased and not np.isfinite(late):
            late = _first_late(q, table, rows)
        matrix = np.eye(3) / (_LOOSE * radius) ** 2
        pull = (position - start) / (_LOOSE * radius) ** 2
        sums[:] = 0.0  # pieces, squares, times, their weights, pieces within the apsides
        likely = 0.0
        for i in rows:
            _asked(q, table[i], radius, share, wide, phased, late, said)
            weight = said[8]
            belongs[i] = weight
            likely += said[9]
            sums[0] += weight
            sums[1] += weight * (said[0] ** 2 + said[1] ** 2)
            sums[2] += weight * said[11] * said[10]
            sums[3] += weight * said[11]
            sums[4] += weight * said[12]
            for x in range(3):
                pull[x] += weight * (said[2 + x] * said[0] + said[5 + x] * said[1]) / wide**2
                for y in range(3):
                    both = said[2 + x] * said[2 + y] + said[5 + x] * said[5 + y]
                    matrix[x, y] += weight * both / wide**2
        done = wide == scale and abs(likely - gain) < 1e-3
        gain = likely
        if sums[0] < 1.0 or done:
            break
        _step(matrix, pull, position)
        if sums[3] > 0.0:
            late = sums[2] / sums[3]
        share = min(max(sums[0] / len(rows), 1e-3), 0.999)
        spread = np.sqrt(sums[1] / max(2.0 * sums[0] - 3.0, 1.0))
        scale = min(max(spread, _NARROWEST), _WIDEST)
        wide = max(scale, wide * _NARROWER)
    # Outside of the orbits there is no place: of planes that are all alike, fits can run away.
    if not sums[4] > 0.5 * sums[0]:
        belongs[:] = 0.0
        gain = -np.inf
    told[0], told[1], told[2] = gain, scale, late
    told[3] = max(scale, 1.0) / np.sqrt(sums[3]) if sums[3] > 0.0 else np.inf


@njit(cache=True, nogil=True)
def _first_late(q: Floats, table: Floats, rows: Ints) -> float:
    """The time since passing that most orbits share, of those that they have."""
    n = len(rows)
    past, sigma, motion = np.full(n, np.nan), np.ones(n), np.ones(n)
    for i in range(n):
        orbit = table[rows[i]]
        axis = axis_km(orbit)
        if orbit[ALONG] < _PHASED_RAD * axis:
            motion[i] = np.sqrt(MU / axis**3)
            past[i] = _seconds_past(q, orbit, motion[i], 0.0)
            sigma[i] = max(2.0 * orbit[ALONG] / axis, 0.02)
    known = np.flatnonzero(np.isfinite(past))
    best, found = -1.0, 0.0
    for i in known[:_ASKED]:
        votes = 0.0
        for j in known:
            apart = ((past[j] - past[i]) * motion[j] + np.pi) % TURN - np.pi
            votes += np.exp(-0.5 * (apart / sigma[j]) ** 2) / sigma[j]
        if votes > best:
            best, found = votes, past[i]
    return found

"""
When orbits had a place in common: day by day about a first guess, then turn by turn.

Planes and shapes alone tell the day.  Where it is still known where objects were along their
orbits, the revolution is told too, and then the minute.  How sure the time is follows from how
much worse other moments are; systematic errors of sets are alike for all pieces, so however many
there are, they count as a few.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from commonsky.astro.arrays import Floats, Ints
from commonsky.astro.elements import MeanElements
from commonsky.astro.epoch import NS_PER_DAY, NS_PER_S
from commonsky.characterise.common_origin import Place, place
from commonsky.characterise.pinch import TURN
from commonsky.characterise.smooth_orbits import MU, SmoothOrbits, smooth_orbits

_STEP_DAYS, _STEPS, _MOVES = 0.1, 20, 8
_REVOLUTIONS, _DAYS = 3.0, 1.5  # on either side of the best day
_INDEPENDENT = 10.0  # pieces that errors in common leave of many
_LEAST_S = 120.0
_MUCH_WORSE = 4.0  # nats, of times that may not be


@dataclass(frozen=True, slots=True)
class Origin:
    """
    Where and when, with who belongs; `not_before` and `not_after` hold it 95 times in 100.

    `gain` is the log-likelihood over chance, `elsewhen` the median of what other days within two
    have.  `orbits` has one moment, that of the epoch; `ago_s` is how much later the sets are, in
    the middle.
    """

    epoch_tai_ns: int
    not_before_tai_ns: int
    not_after_tai_ns: int
    place: Place
    orbits: SmoothOrbits
    gain: float
    elsewhen: float
    ago_s: float


def origin(
    elements: MeanElements, at_tai_ns: int, position_km: Floats, velocity_km_s: Floats
) -> Origin:
    """Return the common origin of n orbits near a first guess of time and place."""
    moments, places, gains = _by_day(elements, at_tai_ns, position_km, velocity_km_s)
    best = int(np.argmax(gains))
    first = places[best]
    elsewhen = float(np.median(gains[np.isfinite(gains)])) if np.isfinite(gains).any() else 0.0
    told = [_by_turn(elements, int(moments[best]), first.position_km, first.velocity_km_s)]
    if abs(int(moments[best]) - at_tai_ns) > _DAYS * NS_PER_DAY:
        told.append(_by_turn(elements, at_tai_ns, position_km, velocity_km_s))
    epochs, found = max(told, key=lambda one: max(place.gain for place in one[1]))
    turn = int(np.argmax([one.gain for one in found]))
    times = epochs - np.array([int(one.late_s * NS_PER_S) for one in found], np.int64)
    low, high = _between(times, np.array([one.gain for one in found]), found[turn])
    return _finished(elements, int(times[turn]), found[turn], (low, high), elsewhen)


def _by_day(
    elements: MeanElements, at_tai_ns: int, position_km: Floats, velocity_km_s: Floats
) -> tuple[Ints, list[Place], Floats]:
    """Places at moments about one that is moved until the best lies within."""
    start, velocity = position_km, velocity_km_s
    for _ in range(_MOVES):
        steps = np.arange(-_STEPS, _STEPS + 1, dtype=np.int64)
        moments = at_tai_ns + steps * int(_STEP_DAYS * NS_PER_DAY)
        orbits = smooth_orbits(elements, moments)
        places = _followed(orbits, _STEPS, start, velocity, phased=False)
        gains = np.array([one.gain for one in places])
        best = int(np.argmax(gains))
        if not np.isfinite(gains[best]) or 0 < best < len(places) - 1:
            break
        at_tai_ns, start = int(moments[best]), places[best].position_km
        velocity = places[best].velocity_km_s
    return moments, places, gains


def _by_turn(
    elements: MeanElements, at_tai_ns: int, position_km: Floats, velocity_km_s: Floats
) -> tuple[Ints, list[Place]]:
    """Places at moments of which each revolution about the first has one, with phases."""
    period = period_days(position_km, velocity_km_s)
    turns = int(np.ceil(max(_DAYS, _REVOLUTIONS * period) / (0.9 * period)))
    steps = np.arange(-turns, turns + 1, dtype=np.int64)
    moments = at_tai_ns + steps * int(0.9 * period * NS_PER_DAY)
    orbits = smooth_orbits(elements, moments)
    return moments, _followed(orbits, turns, position_km, velocity_km_s, phased=True)


def period_days(position_km: Floats, velocity_km_s: Floats) -> float:
    """Return the period of the orbit through a state; of what escapes that of a day."""
    radius = float(np.linalg.norm(position_km))
    axis = 1.0 / (2.0 / radius - float(velocity_km_s @ velocity_km_s) / MU)
    return float(TURN * np.sqrt(axis**3 / MU) / 86_400.0) if axis > 0.0 else 1.0


def _followed(
    orbits: SmoothOrbits, middle: int, start_km: Floats, velocity_km_s: Floats, *, phased: bool
) -> list[Place]:
    """The place at each moment, from the middle one on to both sides."""
    moments = len(orbits.epoch_tai_ns)
    nothing = Place(start_km, velocity_km_s, np.zeros(len(orbits)), -np.inf, 1.0, 0.0, np.inf)
    told = [nothing] * moments
    for side in (range(middle, moments), range(middle - 1, -1, -1)):
        last = nothing if middle in side else told[middle]
        for k in side:
            one = place(orbits, k, last.position_km, last.velocity_km_s, phased=phased)
            told[k] = one
            if one.gain > 0.0:
                last = one
    return told


def _between(times: Ints, gains: Floats, best: Place) -> tuple[int, int]:
    """What 95 of 100 of the probability lie within, of the times at which places were found."""
    pieces = max(float(best.belongs.sum()), 1.0)
    if not np.isfinite(gains.max()):
        return int(times.min()), int(times.max())
    log = (gains - gains.max()) / max(pieces / _INDEPENDENT, 1.0)
    weight = np.exp(np.where(np.isfinite(log), log, -np.inf))
    order = np.argsort(times, kind="stable")
    rising = np.cumsum(weight[order]) / weight.sum()
    low = times[order][int(np.searchsorted(rising, 0.025))]
    high = times[order][min(int(np.searchsorted(rising, 0.975)), len(times) - 1)]
    least = int(_LEAST_S * NS_PER_S)
    return int(low) - least, int(high) + least


def _finished(
    elements: MeanElements, epoch_tai_ns: int, near: Place, between: tuple[int, int],
    elsewhen: float,
) -> Origin:  # fmt: skip
    orbits = smooth_orbits(elements, np.array([epoch_tai_ns]))
    found = place(orbits, 0, near.position_km, near.velocity_km_s, phased=True, late_s=0.0)
    if not found.gain > 0.5 * near.gain:
        found = near
    ago_s = abs(float(np.median(elements.epoch_tai_ns)) - epoch_tai_ns) / NS_PER_S
    return Origin(epoch_tai_ns, *between, found, orbits, found.gain, elsewhen, ago_s)


def of_all(elements: MeanElements, some: Origin) -> Origin:
    """Return the origin that was found from some orbits, as all n of them have it."""
    between = some.not_before_tai_ns, some.not_after_tai_ns
    share = len(elements) / max(len(some.orbits), 1)
    near = replace(some.place, gain=0.0)
    return _finished(elements, some.epoch_tai_ns, near, between, some.elsewhen * share)


def at_another_time(elements: MeanElements, of: Origin, epoch_tai_ns: int) -> Origin | None:
    """
    Return an origin as it was at a time that something else tells, if it may have been then.

    For times within hours of its own: n orbits, those that are of it.
    """
    orbits = smooth_orbits(elements, np.array([of.epoch_tai_ns, epoch_tai_ns]))
    own = place(orbits, 0, of.place.position_km, of.place.velocity_km_s, phased=True)
    then = place(orbits, 1, own.position_km, own.velocity_km_s, phased=True)
    worse = (own.gain - then.gain) / max(float(own.belongs.sum()) / _INDEPENDENT, 1.0)
    if not worse < _MUCH_WORSE:
        return None
    least = int(_LEAST_S * NS_PER_S)
    at = epoch_tai_ns - int(then.late_s * NS_PER_S)
    return _finished(elements, at, then, (at - least, at + least), of.elsewhen)

"""Whether a geostationary object kept to the longitude filed for it, at so many windows."""

from __future__ import annotations

import math
from statistics import NormalDist

import numpy as np

from commonsky.astro.arrays import Floats
from commonsky.characterise.norms.facts import SlotKeeping
from commonsky.characterise.norms.knowledge import (
    Between,
    Ends,
    Normal,
    Quantity,
    Unknown,
    all_of,
    chance,
    never,
)
from commonsky.characterise.norms.verdict import Numbers, Reckoned, Result, span

HALF_TURN_DEG, TURN_DEG = 180.0, 360.0


def slot_keeping(numbers: Numbers, fact: SlotKeeping) -> Result:
    """
    Return the probability that it was outside its tolerance in more windows than are allowed.

    A window nobody looked at may have been outside or not.  A filed or announced change of slot
    excuses.
    """
    tolerance = numbers.get(f"{fact.service}_deg", numbers["other_deg"])
    outside = [
        _outside(one, fact.filed_longitude_deg, tolerance) for one in fact.longitude_deg
    ]  # fmt: skip
    allowed = int(numbers["allowed_share"] * len(outside))
    ends = (
        _more_than(np.array([low for low, _ in outside]), allowed),
        _more_than(np.array([high for _, high in outside]), allowed),
    )
    seen = sum(not isinstance(one, Unknown) for one in fact.longitude_deg)
    unexcused = never(chance(fact.moved, numbers["absent_if_unfound"]))
    return Reckoned(
        ends=all_of(ends, unexcused),
        remarks=(
            (
                f"±{tolerance:g}° of the filed longitude, as a {fact.service} service; {seen} of "
                f"{len(outside)} windows of {fact.days_each:g} days were looked at, {allowed} may "
                f"be outside; more are with probability {span(ends)}"
            ),
        ),
        would_change=("a filing or notice of another longitude for that time",),
    )


def _outside(longitude: Quantity, filed: Quantity, tolerance: float) -> Ends:
    """How likely one window's longitude is outside, for the filed one's and its own range."""
    place, wide, sigma = _spread(longitude)
    wanted, filed_wide, filed_sigma = _spread(filed)
    if math.isnan(place + wanted):
        return 0.0, 1.0
    off = abs((place - wanted + HALF_TURN_DEG) % TURN_DEG - HALF_TURN_DEG)
    half, error = wide + filed_wide, math.hypot(sigma, filed_sigma)
    nearest, farthest = max(off - half, 0.0), off + half
    if error == 0.0:
        return float(nearest > tolerance), float(farthest > tolerance)
    return _beyond(nearest, error, tolerance), _beyond(farthest, error, tolerance)


def _beyond(off: float, error: float, tolerance: float) -> float:
    """How likely a number with a normal error is farther from 0 than the tolerance."""
    normal = NormalDist(off, error)
    return 1.0 - normal.cdf(tolerance) + normal.cdf(-tolerance)


def _spread(value: Quantity) -> tuple[float, float, float]:
    """Middle, half the range, and standard deviation; nan where nothing is known."""
    match value:
        case Between(low, high, _):
            return 0.5 * (low + high), 0.5 * (high - low), 0.0
        case Normal(mean, sigma, _):
            return mean, 0.0, sigma
        case _:
            return math.nan, 0.0, 0.0


def _more_than(chances: Floats, allowed: int) -> float:
    """Return how likely more than so many windows are outside, their errors being independent."""
    counts = np.zeros(allowed + 1)
    counts[0] = 1.0
    for one in chances:
        stays = counts * (1.0 - one)
        stays[1:] += counts[:-1] * one
        counts = stays
    return float(np.clip(1.0 - counts.sum(), 0.0, 1.0))

"""
How long it takes until fragments are catalogued.

Of all that will ever be catalogued of a break-up, most come in a first campaign: the share
1 - exp(-((t - t0)/tau)^k) of it by day t.  The others come over years, as sensors get better and
old tracks are looked at again: 1 - exp(-t/900) of them.  First day t0, time tau, shape k and the
late share differ from event to event by more than any tells in its first weeks, so they are a
distribution here: of logarithms, and of the logit of the share, independent and normal.

Measured (docs/breakup-model.md) of twelve break-ups in low orbits from 2007 to 2024.  Since 2020,
with Space Fence, a seventh or less came late; of the collisions of 2007 and 2009 a quarter to a
half did.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np

from commonsky.astro.arrays import Floats

NOISE = 0.3  # of ln of a count while few are catalogued: catalogues grow by batches
LATE_DAYS = 900.0
NODES = (9, 15, 7, 9)
FEWEST_EVENTS = 3


@dataclass(frozen=True, slots=True)
class DelayOfEvent:
    """First day, time and shape of the first campaign, and the share that comes years later."""

    first_days: float
    tau_days: float
    shape: float
    late_share: float


@dataclass(frozen=True, slots=True)
class Delay:
    """What lies in the middle of many events, and how ln (of the share: logit) deviates."""

    middle: DelayOfEvent
    first_sigma: float
    tau_sigma: float
    shape_sigma: float
    late_sigma: float


# As `measured_delay` has it of the twelve.
DELAY = Delay(DelayOfEvent(7.8, 53.0, 1.1, 0.088), 0.72, 0.79, 0.36, 1.83)


def share_catalogued(
    days: Floats, first_days: Floats, tau_days: Floats, shape: Floats, late_share: Floats
) -> Floats:
    """Return the share catalogued by a day; arrays as numpy broadcasts them."""
    campaign = -np.expm1(-((np.maximum(days - first_days, 0.0) / tau_days) ** shape))
    late = -np.expm1(-np.asarray(days) / LATE_DAYS)
    return np.asarray((1.0 - late_share) * campaign + late_share * late, np.float64)


def nodes(delay: Delay) -> tuple[Floats, Floats, Floats, Floats]:
    """Return (j,) t0, tau, k and late shares that stand with equal weights for all."""
    chances = [(np.arange(n) + 0.5) / n for n in NODES]
    normal = [np.array([NormalDist().inv_cdf(float(p)) for p in one]) for one in chances]
    first, tau, shape, late = (one.ravel() for one in np.meshgrid(*normal, indexing="ij"))
    middle = delay.middle
    odds = middle.late_share / (1.0 - middle.late_share) * np.exp(delay.late_sigma * late)
    return (
        middle.first_days * np.exp(delay.first_sigma * first),
        middle.tau_days * np.exp(delay.tau_sigma * tau),
        middle.shape * np.exp(delay.shape_sigma * shape),
        odds / (1.0 + odds),
    )


def delay_of_event(appeared_days: Floats) -> DelayOfEvent:
    """
    Return what comes nearest to an event of which everything was catalogued.

    `appeared_days` (n,) are the days after the event on which each fragment was catalogued.  The
    numbers are the best of a grid, by the logarithms of counts on days ever further apart.
    """
    appeared = np.sort(np.asarray(appeared_days, np.float64))
    if not len(appeared) or not np.isfinite(appeared).all() or appeared[-1] < 12.0:
        raise ValueError("a delay needs fragments catalogued over more than 12 days")
    days = np.geomspace(8.0, appeared[-1], 32)
    counts = np.searchsorted(appeared, days, "right")
    first, tau, shape, late = (
        one.ravel()
        for one in np.meshgrid(
            np.geomspace(2.0, 40.0, 12), np.geomspace(8.0, 500.0, 20), np.geomspace(0.4, 3.0, 11),
            np.array([0.01, 0.03, 0.06, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5]), indexing="ij",
        )
    )  # fmt: skip
    model = len(appeared) * share_catalogued(
        days, *(one[:, None] for one in (first, tau, shape, late))
    )
    off = np.log(model + 0.5) - np.log(counts + 0.5)
    best = int(np.argmin((off**2 / (0.1**2 + 1.0 / (counts + 0.5))).sum(axis=1)))
    return DelayOfEvent(*(float(one[best]) for one in (first, tau, shape, late)))


def measured_delay(events: Sequence[DelayOfEvent]) -> Delay:
    """Return the distribution over several events."""
    if len(events) < FEWEST_EVENTS:
        raise ValueError(f"a delay is measured of three events or more, not {len(events)}")
    table = np.array([[one.first_days, one.tau_days, one.shape, one.late_share] for one in events])
    table[:, 3] /= 1.0 - table[:, 3]
    logs = np.log(table)
    first, tau, shape, odds = np.exp(logs.mean(axis=0)).tolist()
    middle = DelayOfEvent(first, tau, shape, odds / (1.0 + odds))
    return Delay(middle, *logs.std(axis=0, ddof=1).tolist())

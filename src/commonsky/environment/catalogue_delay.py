"""
How long it takes until fragments are catalogued.

Of all that will ever be catalogued of a break-up, the share 1 - exp(-((t - t0)/tau)^k) is by day
t.  First day t0, time tau and shape k differ from event to event by more than any one event tells
in its first weeks, so they are a distribution, here of their logarithms, independent and normal.

Measured (docs/breakup-model.md) of twelve break-ups in low orbits from 2007 to 2024.  Since 2020,
with Space Fence, tau is some weeks; of 2007 and 2009 it was most of a year.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np

from commonsky.astro.arrays import Floats

NOISE = 0.15  # of ln of a count: catalogues grow by batches
FIRST_DAYS = np.geomspace(1.0, 45.0, 20)
TAU_DAYS = np.geomspace(8.0, 800.0, 36)
SHAPES = np.geomspace(0.3, 3.0, 21)
NODES = (7, 13, 7)


@dataclass(frozen=True, slots=True)
class Delay:
    """Medians over events of the three numbers, and deviations of their logarithms."""

    first_days: float
    first_sigma: float
    tau_days: float
    tau_sigma: float
    shape: float
    shape_sigma: float


@dataclass(frozen=True, slots=True)
class DelayOfEvent:
    """The three numbers that come nearest to one event."""

    first_days: float
    tau_days: float
    shape: float


# As `measured_delay` has it of the twelve.
DELAY = Delay(9.4, 0.71, 94.0, 0.83, 0.81, 0.50)


def share_catalogued(days: Floats, first_days: Floats, tau_days: Floats, shape: Floats) -> Floats:
    """Return the share catalogued by a day; arrays as numpy broadcasts them."""
    late = np.maximum(days - first_days, 0.0) / tau_days
    return np.asarray(-np.expm1(-(late**shape)), np.float64)


def nodes(delay: Delay) -> tuple[Floats, Floats, Floats]:
    """Return (j,) t0, tau, k that stand with equal weights for the distribution."""
    chances = [(np.arange(n) + 0.5) / n for n in NODES]
    normal = [np.array([NormalDist().inv_cdf(float(p)) for p in one]) for one in chances]
    first, tau, shape = (one.ravel() for one in np.meshgrid(*normal, indexing="ij"))
    return (
        delay.first_days * np.exp(delay.first_sigma * first),
        delay.tau_days * np.exp(delay.tau_sigma * tau),
        delay.shape * np.exp(delay.shape_sigma * shape),
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
    days = np.geomspace(10.0, appeared[-1], 40)
    counts = np.searchsorted(appeared, days, "right")
    first, tau, shape = (
        one.ravel() for one in np.meshgrid(FIRST_DAYS, TAU_DAYS, SHAPES, indexing="ij")
    )
    model = len(appeared) * share_catalogued(days, first[:, None], tau[:, None], shape[:, None])
    off = np.log(model + 0.5) - np.log(counts + 0.5)
    best = int(np.argmin((off**2 / (NOISE**2 + 1.0 / (counts + 0.5))).sum(axis=1)))
    return DelayOfEvent(float(first[best]), float(tau[best]), float(shape[best]))


def measured_delay(events: Sequence[DelayOfEvent]) -> Delay:
    """Return the distribution over several events."""
    if len(events) < 3:
        raise ValueError(f"a delay is measured of three events or more, not {len(events)}")
    table = np.log([[one.first_days, one.tau_days, one.shape] for one in events])
    middle, sigma = np.exp(table.mean(axis=0)).tolist(), table.std(axis=0, ddof=1).tolist()
    return Delay(middle[0], sigma[0], middle[1], sigma[1], middle[2], sigma[2])

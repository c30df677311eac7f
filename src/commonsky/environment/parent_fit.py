"""
What broke up, and how: fitted to the first catalogued fragments, and better with every day.

Three hypotheses compete: a catastrophic collision of a parent of uncertain mass, an explosion of
uncertain scale, and a break-up of low intensity.  What is catalogued by a day is what ever will
be, times a delay that differs between events.  The number of fragments is on a grid, delays are on
nodes, all else is normal in logarithms; draws from the posterior tell the rest.

What no sensor has counted stays unsure: of 1 cm and more the count is never better known than to
the breakup model's factor of four.  Area-to-mass by B*, and radar classes, are not used: between
real break-ups of known causes they do not tell (docs/breakup-model.md).

Reference: Cimmino, Isoletta, Opromolla, Fasano, Basile, Romano, Peroni, Panico, Cecchini (2021),
Aerospace 8(7) 185, for the idea of tuning mass and scale to what is observed; the method is ours.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import IntEnum
from typing import NamedTuple

import numpy as np

from commonsky.astro.arrays import Floats, Ints
from commonsky.environment.breakup import (
    COLLISION_SLOPE,
    COUNT_FACTOR,
    EXPLOSION_SLOPE,
    Fragments,
    Parent,
    collision,
    explosion,
)
from commonsky.environment.catalogue_delay import DELAY, NOISE, Delay, nodes, share_catalogued
from commonsky.environment.catalogued import NINE_IN_TEN, Beforehand, Catalogued
from commonsky.environment.low_intensity import low_intensity

MODEL_SIGMA = math.log(COUNT_FACTOR) / NINE_IN_TEN
# How far catalogues end from 10 cm, as ln of a number: at 8.6 to 11.6 cm for one deviation.
LIMIT_SIGMA = 0.25
LEAST_NOISE = 0.03
NOISE_MEMORY = 0.7  # in ln of days, over which a batch that is late stays missing
MOST_ROWS = 16
DRAWS = 20_000
LN_NUMBERS = np.linspace(0.0, 12.0, 241)


class Branch(IntEnum):
    """How something broke up."""

    COLLISION = 0  # catastrophic
    EXPLOSION = 1
    LOW_INTENSITY = 2


SLOPES = np.array([COLLISION_SLOPE, EXPLOSION_SLOPE, EXPLOSION_SLOPE])
# ln of S of explosions and of break-ups of low intensity: S is 0.2 to 5, and 0.05 to 2.5, nine
# times in ten; docs/breakup-model.md has those of real ones.
SCALE_MIDDLES, SCALE_SIGMAS = (1.0, 0.35), (0.98, 1.2)
# log10 of the median speed in the plane of the orbit, m/s, and what events of a kind differ by.
SPEED_MIDDLES, SPEED_SIGMA, SPEED_SPREAD = np.array([1.74, 1.70, 1.36]), 0.2, 0.4


class Interval(NamedTuple):
    """Mean, and what lies between 5 and 95 %."""

    mean: float
    low: float
    median: float
    high: float


@dataclass(frozen=True, slots=True)
class Tuned:
    """The break-up to go on with; `scale` is S, or of a collision the factor on the count."""

    branch: Branch
    mass_kg: float
    scale: float

    def fragments(
        self, smallest_m: float, rng: np.random.Generator, *, is_rocket_body: bool = False,
        impactor_kg: float = 100.0, speed_km_s: float = 10.0,
    ) -> Fragments:  # fmt: skip
        """Return fragments of it; of an impactor only what matters to a collision's energy."""
        parent = Parent(self.mass_kg, is_rocket_body)
        if self.branch is Branch.EXPLOSION:
            return explosion(parent, smallest_m, rng, scale=self.scale)
        if self.branch is Branch.LOW_INTENSITY:
            return low_intensity(parent, smallest_m, rng, scale=self.scale)
        # An impactor of any mass leaves the fitted number as it is.
        factor = self.scale * (1.0 + impactor_kg / self.mass_kg) ** 0.25
        return collision(parent, impactor_kg, speed_km_s, smallest_m, rng, count_factor=factor)


@dataclass(frozen=True, slots=True)
class Fit:
    """
    (n,) draws of equal weight from what is believed now.

    `catalogued` is what will ever be; `scale` is S, or of collisions the factor on the count.
    """

    branch: Floats
    catalogued: Floats
    longer_than_10_cm: Floats
    longer_than_1_cm: Floats
    mass_kg: Floats
    scale: Floats
    probability: tuple[float, float, float]  # of the branches

    @property
    def likeliest(self) -> Branch:
        """The branch to go on with."""
        return Branch(int(np.argmax(self.probability)))

    @property
    def model_between(self) -> tuple[float, float]:
        """How few and how many of 10 cm the breakup model alone would leave possible now."""
        middle = interval(self.longer_than_10_cm).median
        return middle / COUNT_FACTOR, middle * COUNT_FACTOR

    def of_branch(self, branch: Branch, values: Floats) -> Interval:
        """Return the interval of draws of one branch; nan where it has none."""
        return interval(values[self.branch == branch])

    def tuned(self) -> Tuned:
        """Return the likeliest branch with the medians of its mass and scale."""
        one = self.likeliest
        mass_kg = self.of_branch(one, self.mass_kg).median
        count = self.of_branch(one, self.longer_than_10_cm).median
        return Tuned(
            one, mass_kg, count / float(_numbers_of_scale_1(np.array(one), np.array(mass_kg)))
        )


def interval(values: Floats) -> Interval:
    """Return mean, 5 %, median and 95 % of draws; nan of none."""
    if not len(values):
        return Interval(math.nan, math.nan, math.nan, math.nan)
    low, median, high = np.percentile(values, [5, 50, 95]).tolist()
    return Interval(float(values.mean()), low, median, high)


def fit(
    catalogued: Catalogued, prior: Beforehand, rng: np.random.Generator, *, delay: Delay = DELAY
) -> Fit:
    """Return what is believed of a break-up after what was catalogued; nothing may be, yet."""
    means, sigmas = _numbers_beforehand(prior)
    seen_mean = means + math.log(prior.lasting_share)
    seen_sigma = np.hypot(sigmas, LIMIT_SIGMA)
    with np.errstate(divide="ignore"):
        log_chance = np.log(np.array(prior.chances))
    off = (LN_NUMBERS - seen_mean[:, None]) / seen_sigma[:, None]
    log_weight = -0.5 * off**2 - np.log(seen_sigma)[:, None] + log_chance[:, None]
    log_weight += _speeds_say(np.asarray(catalogued.speed_m_s, np.float64))[:, None]
    log_weight += _counts_say(catalogued, delay)
    weight = np.exp(log_weight - log_weight.max())
    weight /= weight.sum()
    probability = weight.sum(axis=1).tolist()
    cell = np.searchsorted(np.cumsum(weight), (np.arange(DRAWS) + rng.random(DRAWS)) / DRAWS)
    branch, place = np.divmod(np.minimum(cell, weight.size - 1), len(LN_NUMBERS))
    step = LN_NUMBERS[1] - LN_NUMBERS[0]
    seen = LN_NUMBERS[place] + step * (rng.random(DRAWS) - 0.5)
    mean, sigma = means[branch], sigmas[branch]
    # What is seen is the number of 10 cm and more, but for where the catalogue ends.
    trust = sigma**2 / (sigma**2 + LIMIT_SIGMA**2)
    number = mean + trust * (seen - seen_mean[branch])
    number += np.sqrt(trust) * LIMIT_SIGMA * rng.standard_normal(DRAWS)
    mass_sigma = 0.75 * math.log(prior.mass_factor) / NINE_IN_TEN
    by_mass = np.where(branch == Branch.COLLISION, mass_sigma / sigma, 0.0)
    blame = by_mass**2 * (number - mean)
    blame += mass_sigma * np.sqrt(1.0 - by_mass**2) * rng.standard_normal(DRAWS)
    mass_kg = prior.mass_kg * np.exp(blame / 0.75)
    counts = np.exp(number)
    unsure = np.exp(MODEL_SIGMA * rng.standard_normal(DRAWS))
    units = _numbers_of_scale_1(branch, mass_kg)
    return Fit(
        branch, np.exp(seen), counts, counts * 10.0 ** SLOPES[branch] * unsure, mass_kg,
        counts / units, (probability[0], probability[1], probability[2]),
    )  # fmt: skip


def _numbers_of_scale_1(branch: Floats, mass_kg: Floats) -> Floats:
    """How many of 10 cm and more a branch of scale 1 has."""
    collided = 0.1 * mass_kg**0.75 * 0.1**-COLLISION_SLOPE
    burst = np.full_like(collided, 6.0 * 0.1**-EXPLOSION_SLOPE)
    return np.asarray(np.where(branch == Branch.COLLISION, collided, burst), np.float64)


def _numbers_beforehand(prior: Beforehand) -> tuple[Floats, Floats]:
    """(3,) means and deviations of ln of the number of 10 cm and more, by branch."""
    numbers = _numbers_of_scale_1(np.array(Branch), np.full(len(Branch), prior.mass_kg))
    mass_sigma = 0.75 * math.log(prior.mass_factor) / NINE_IN_TEN
    return (
        np.log(numbers * np.array([1.0, *SCALE_MIDDLES])),
        np.array([math.hypot(MODEL_SIGMA, mass_sigma), *SCALE_SIGMAS]),
    )


def _counts_say(catalogued: Catalogued, delay: Delay) -> Floats:
    """(g,) log-likelihood of each number, delays averaged over."""
    rows = _rows_apart(np.asarray(catalogued.day, np.float64))
    if not len(rows):
        return np.zeros(len(LN_NUMBERS))
    day, count = catalogued.day[rows], catalogued.count[rows]
    share = share_catalogued(day, *(one[:, None] for one in nodes(delay)))
    off = np.log(np.exp(LN_NUMBERS)[:, None] * share[:, None, :] + 0.5) - np.log(count + 0.5)
    # Catalogues run late or early, which matters ever less as they become complete.
    left = np.maximum(1.0 - share, 1e-9)
    slope = np.where(share > 1e-6, -np.log(left) * left / np.maximum(share, 1e-6), 1.0)
    apart = np.abs(np.subtract.outer(np.log(day + 1.0), np.log(day + 1.0)))
    covariance = NOISE**2 * slope[:, :, None] * slope[:, None, :] * np.exp(-apart / NOISE_MEMORY)
    rows_alone = np.arange(len(day))
    covariance[:, rows_alone, rows_alone] += left / (count + 0.5) + LEAST_NOISE**2
    root = np.linalg.cholesky(covariance)
    white = off @ np.linalg.inv(root).transpose(0, 2, 1)
    log_likelihood = -0.5 * (white**2).sum(axis=2)
    log_likelihood -= np.log(np.diagonal(root, axis1=1, axis2=2)).sum(axis=1)[:, None]
    highest = log_likelihood.max()
    with np.errstate(divide="ignore"):
        told = np.log(np.exp(log_likelihood - highest).mean(axis=0))
    # There are at least as many as there are.
    return np.asarray(np.where(math.log(max(count[-1], 1.0)) <= LN_NUMBERS, told, -np.inf))


def _rows_apart(day: Floats) -> Ints:
    """Rows ever further apart, the last among them: daily counts say little more than those."""
    if len(day) <= MOST_ROWS:
        return np.arange(len(day))
    wanted = np.geomspace(day[0] + 1.0, day[-1] + 1.0, MOST_ROWS) - 1.0
    return np.unique(np.searchsorted(day, wanted - 1e-9).clip(max=len(day) - 1))


def _speeds_say(speed_m_s: Floats) -> Floats:
    """(3,) log-likelihood of each branch."""
    moving = speed_m_s[speed_m_s > 0.0]
    if not len(moving):
        return np.zeros(len(Branch))
    sigma = math.hypot(SPEED_SIGMA, 1.25 * SPEED_SPREAD / math.sqrt(len(moving)))
    off = (float(np.median(np.log10(moving))) - SPEED_MIDDLES) / sigma
    return np.asarray(-0.5 * off**2, np.float64)

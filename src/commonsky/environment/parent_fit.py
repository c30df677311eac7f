"""
What broke up, and how: fitted to the first catalogued fragments, and better with every day.

Three hypotheses compete: a catastrophic collision of a parent of uncertain mass, an explosion of
uncertain scale, and a break-up of low intensity.  What is catalogued by a day is what ever will
be, times a delay that differs between events.  The number of fragments is on a grid, delays are on
nodes, all else is normal in logarithms; draws from the posterior tell the rest.

The newest count alone is used.  How counts rose until then was tried, and made real events come
out worse: catalogues grow by batches and campaigns, which no curve foretells.

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
NODES_A_QUANTILE = 45
MASS_POWER = 0.75  # of what collides, in its number of fragments
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
        factor = self.scale * (1.0 + impactor_kg / self.mass_kg) ** (1.0 - MASS_POWER)
        return collision(parent, impactor_kg, speed_km_s, smallest_m, rng, count_factor=factor)


@dataclass(frozen=True, slots=True)
class Fit:
    """
    (n,) draws of equal weight from what is believed now.

    `catalogued` is what will ever be; `scale` is S, or of collisions the factor on the count.
    """

    branch: Ints
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
    seen_means = means + math.log(prior.lasting_share)
    weight = _weights(catalogued, prior, delay, seen_means, np.hypot(sigmas, LIMIT_SIGMA))
    probability = weight.sum(axis=1).tolist()
    cell = np.searchsorted(np.cumsum(weight), (np.arange(DRAWS) + rng.random(DRAWS)) / DRAWS)
    branch, place = np.divmod(np.minimum(cell, weight.size - 1), len(LN_NUMBERS))
    step = LN_NUMBERS[1] - LN_NUMBERS[0]
    seen = np.exp(LN_NUMBERS[place] + step * (rng.random(DRAWS) - 0.5))
    if len(catalogued.count):
        # Where fewer would explain the count, all there are have been catalogued.
        seen = np.maximum(seen, catalogued.count[-1])
    mean, sigma = means[branch], sigmas[branch]
    # What is seen is the number of 10 cm and more, but for where the catalogue ends.
    trust = sigma**2 / (sigma**2 + LIMIT_SIGMA**2)
    number = mean + trust * (np.log(seen) - seen_means[branch])
    number += np.sqrt(trust) * LIMIT_SIGMA * rng.standard_normal(DRAWS)
    mass_kg = _masses_kg(prior, branch, number - mean, sigma, rng)
    counts = np.exp(number)
    unsure = np.exp(MODEL_SIGMA * rng.standard_normal(DRAWS))
    return Fit(
        branch, seen, counts, counts * 10.0 ** SLOPES[branch] * unsure, mass_kg,
        counts / _numbers_of_scale_1(branch, mass_kg),
        (probability[0], probability[1], probability[2]),
    )  # fmt: skip


def _weights(
    catalogued: Catalogued, prior: Beforehand, delay: Delay, means: Floats, sigmas: Floats
) -> Floats:
    """(3, g) probabilities of branches and of numbers that will ever be catalogued."""
    with np.errstate(divide="ignore"):
        told = np.log(np.array(prior.chances))[:, None]
    off = (LN_NUMBERS - means[:, None]) / sigmas[:, None]
    told = told - 0.5 * off**2 - np.log(sigmas)[:, None]
    told += _speeds_say(np.asarray(catalogued.speed_m_s, np.float64))[:, None]
    told += _count_says(catalogued, delay)
    weight = np.exp(told - told.max())
    return np.asarray(weight / weight.sum(), np.float64)


def _masses_kg(
    prior: Beforehand, branch: Ints, more: Floats, sigma: Floats, rng: np.random.Generator
) -> Floats:
    """(n,) of the parent: of more fragments than expected, the mass is to blame for its part."""
    mass_sigma = _mass_sigma(prior)
    part = np.where(branch == Branch.COLLISION, mass_sigma / sigma, 0.0)
    blame = part**2 * more
    blame += mass_sigma * np.sqrt(1.0 - part**2) * rng.standard_normal(len(branch))
    return np.asarray(prior.mass_kg * np.exp(blame / MASS_POWER), np.float64)


def _mass_sigma(prior: Beforehand) -> float:
    """The deviation of ln of a collision's number for the sake of the mass."""
    return MASS_POWER * math.log(prior.mass_factor) / NINE_IN_TEN


def _numbers_of_scale_1(branch: Ints, mass_kg: Floats) -> Floats:
    """How many of 10 cm and more a branch of scale 1 has."""
    collided = 0.1 * mass_kg**MASS_POWER * 0.1**-COLLISION_SLOPE
    burst = np.full_like(collided, 6.0 * 0.1**-EXPLOSION_SLOPE)
    return np.asarray(np.where(branch == Branch.COLLISION, collided, burst), np.float64)


def _numbers_beforehand(prior: Beforehand) -> tuple[Floats, Floats]:
    """(3,) means and deviations of ln of the number of 10 cm and more, by branch."""
    numbers = _numbers_of_scale_1(np.array(Branch), np.full(len(Branch), prior.mass_kg))
    middles = np.asarray(np.log(numbers * np.array([1.0, *SCALE_MIDDLES])), np.float64)
    return middles, np.array([math.hypot(MODEL_SIGMA, _mass_sigma(prior)), *SCALE_SIGMAS])


def _count_says(catalogued: Catalogued, delay: Delay) -> Floats:
    """(g,) log-likelihood of each number by the newest count, delays averaged over."""
    if not len(catalogued.day):
        return np.zeros(len(LN_NUMBERS))
    count = float(catalogued.count[-1])
    # A number depends on delays by their share alone, so quantiles of it stand for all nodes.
    shares = np.sort(share_catalogued(np.asarray(catalogued.day[-1]), *nodes(delay)))
    share = shares[NODES_A_QUANTILE // 2 :: NODES_A_QUANTILE, None]
    off = np.log(np.exp(LN_NUMBERS) * share + 0.5) - math.log(count + 0.5)
    # Late or early by a batch matters ever less as a catalogue becomes complete.
    left = np.maximum(1.0 - share, 1e-9)
    slope = np.where(share > 1e-6, -np.log(left) * left / np.maximum(share, 1e-6), 1.0)
    sigma = np.sqrt((NOISE * slope) ** 2 + left / (count + 0.5) + LEAST_NOISE**2)
    likelihood = (np.exp(-0.5 * (off / sigma) ** 2) / sigma).mean(axis=0)
    return np.asarray(np.log(np.maximum(likelihood, 1e-300)), np.float64)


def _speeds_say(speed_m_s: Floats) -> Floats:
    """(3,) log-likelihood of each branch."""
    moving = speed_m_s[speed_m_s > 0.0]
    if not len(moving):
        return np.zeros(len(Branch))
    sigma = math.hypot(SPEED_SIGMA, 1.25 * SPEED_SPREAD / math.sqrt(len(moving)))
    off = (float(np.median(np.log10(moving))) - SPEED_MIDDLES) / sigma
    return np.asarray(-0.5 * off**2, np.float64)

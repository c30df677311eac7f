"""
What a projection in shells means: does debris multiply, how many satellites does a shell bear.

Whether debris grows is told in two ways: by the years that were followed, and by how many
fragments one fragment leads to in its time in orbit while all that is whole stays as it is.  Above
one it grows, as an infection does whose reproduction number is above one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from commonsky.astro.arrays import Floats
from commonsky.environment.capacity_cells import (
    BALLISTIC_M2_KG,
    BINS,
    CELLS,
    CLASSES,
    KINDS,
    SHELLS,
    Kind,
    Laws,
    Species,
    residence,
    scattered,
)
from commonsky.environment.capacity_population import fresh_shares
from commonsky.environment.capacity_projection import (
    CapacityModel,
    Policy,
    Projection,
    classes_launched,
    laws,
    within,
)
from commonsky.environment.capacity_rates import CATASTROPHIC, STAYED, settle
from commonsky.environment.criteria import LAST_SHARE
from commonsky.environment.index import Criterion

LARGEST_FLEET = 1e6
_HALVINGS, _ROUNDS = 10, 40
_START = [Kind.ACTIVE, Kind.DERELICT, Kind.DEBRIS]
_HALVINGS_OF_GROWTH = 8
_NONE = 1e-9  # of an object
_SLOWEST = 1e-4  # a growth a year that is not told from a slower one


@dataclass(frozen=True, slots=True)
class Stability:
    """
    Whether debris multiplies by itself, all that is whole staying as it is.

    `reproduction` is how many fragments one leads to in its time in orbit, in that mixture of
    shells in which most; `growth_per_year` is how fast debris grows by it in the end, 0 where
    reproduction is not above 1.
    """

    reproduction: float
    growth_per_year: float


def stability(model: CapacityModel, policy: Policy, by_shell: Floats) -> Stability:
    """
    Return the stability of (3, 36) objects by species and shell, under the mean air.

    Their classes and sizes are taken to be those of the start, debris to be fresh fragments.  The
    growth is the rate of loss at which reproduction would be 1: the largest eigenvalue of the
    equations of debris, linearised about these numbers.
    """
    rules, now = laws(model, policy), model.population.crowd
    count = now.sum(axis=-1, keepdims=True)
    usual = now.sum(axis=1, keepdims=True) / np.maximum(count.sum(axis=1, keepdims=True), 1e-300)
    crowd = np.zeros((KINDS, SHELLS, CLASSES))
    crowd[_START] = by_shell[:, :, None] * (now + 1e-9 * usual) / (count + 1e-9)
    crowd[Kind.FRAGMENT], crowd[Kind.DEBRIS] = by_shell[2, :, None] * fresh_shares(), 0.0
    of, met = Kind.FRAGMENT, _counted(rules, crowd)[:, :, Kind.FRAGMENT]
    born = np.einsum("js,jq,js->sq", rules.rates[2, of], rules.weights[2, of], met[2])
    born -= np.einsum(
        "js,jq,js->sq", rules.rates[0, of] * rules.gone[of], rules.weights[0, of], met[0]
    )

    def reproduction(loss_per_year: float) -> float:
        spent = settled(model, scattered()[0], loss_per_year)
        return float(np.abs(np.linalg.eigvals((spent * born).sum(axis=-1))).max())

    alone = reproduction(0.0)
    if alone <= 1.0:
        return Stability(alone, 0.0)
    low, high = _SLOWEST, 8.0 * _SLOWEST
    while reproduction(high) > 1.0:
        low, high = high, 8.0 * high
    for _ in range(_HALVINGS_OF_GROWTH):
        middle = float(np.sqrt(low * high))
        low, high = (middle, high) if reproduction(middle) > 1.0 else (low, middle)
    return Stability(alone, float(np.sqrt(low * high)))


def settled(model: CapacityModel, sources_per_year: Floats, loss_per_year: float) -> Floats:
    """(n, 36, 4) how many are in a shell in the long run of sources (n, 180, 4) that go on."""
    exits = model.exits.mean(axis=0)
    whole = exits.sum(axis=-1)
    rate = whole[:, :, None] * BALLISTIC_M2_KG
    held = settle(sources_per_year, rate, exits[:, :, 1] / whole, loss_per_year)
    there = np.ascontiguousarray(held.transpose(0, 2, 1)) @ residence()
    return np.asarray(there.transpose(0, 2, 1), np.float64)


def capacity(
    model: CapacityModel, policy: Policy, *, most_debris: float = 250.0,
    horizon_years: float = 200.0,
) -> Floats:  # fmt: skip
    """
    (36,) the largest fleet that could be added in circles of each shell, and of that shell alone.

    It is kept up for ever under the policy, amid what is there now, which is held as it is.  Its
    derelicts, and the fragments of all collisions that it adds, wherever they are, must come to an
    equilibrium with no more than `most_debris` pieces at once from 200 to 2000 km.  Nothing is
    followed for longer than the horizon, on average, or no fleet above some 800 km would have an
    equilibrium before the next ice age.  A million stands for a million and more.
    """
    within("most_debris", most_debris, 1e-3, 1e6)
    within("horizon_years", horizon_years, 1.0, 1e5)
    rules, loss = laws(model, policy), 1.0 / horizon_years
    share = classes_launched(model.population)
    now, fleet = np.zeros((KINDS, SHELLS, CLASSES)), np.zeros((KINDS, SHELLS, SHELLS, CLASSES))
    now[_START] = model.population.crowd
    fleet[Kind.ACTIVE] = rules.residence[::BINS, :, None] * share
    fleet[Kind.RETIRED] = settled(model, _retired(policy, rules, share), loss)
    now_met, fleet_met = _counted(rules, now)[2], _counted(rules, fleet)[2]
    spread = settled(model, scattered()[0], loss)
    fresh = np.einsum("psq,jq->jps", spread, rules.weights[2, Kind.FRAGMENT])
    rates = rules.rates[2, :, :, None]
    base = _pieces(rates, now_met[:, :, None])

    def bears(active: Floats) -> NDArray[np.bool_]:
        """Whether the debris of fleets of these sizes, each by itself, settles."""
        met = now_met[:, :, None] + active[:, None] * fleet_met
        first = _pieces(rates, met) - base
        added, held = first, np.zeros(SHELLS)
        for _ in range(_ROUNDS):
            # From none on, so that it grows until it settles or is too much.
            debris = added @ fresh
            own = 0.5 * rates[Kind.FRAGMENT, Kind.FRAGMENT] * debris[Kind.FRAGMENT] ** 2
            others = rates[Kind.FRAGMENT] * met[:, Kind.FRAGMENT] * debris
            added = first + own + others.sum(axis=0)
            before, held = held, added @ spread.sum(axis=(1, 2))
            if ((held > most_debris) | (held < 1.001 * before)).all():
                break
        return np.asarray((held <= most_debris) & (held <= 1.01 * before), np.bool_)

    low, high = np.zeros(SHELLS), np.full(SHELLS, np.log(LARGEST_FLEET))
    for _ in range(_HALVINGS):
        middle = 0.5 * (low + high)
        good = bears(np.exp(middle))
        low, high = np.where(good, middle, low), np.where(good, high, middle)
    return np.asarray(np.rint(np.exp(low)), np.float64)


def _retired(policy: Policy, rules: Laws, share: Floats) -> Floats:
    """(36, 180, 4) derelicts a year that one active object in a shell's circles leaves."""
    told = np.zeros((SHELLS, CELLS, CLASSES))
    ended = share / policy.mission_years
    lowered = ended * policy.disposal_success * (1.0 - policy.direct_re_entry)
    for shell in range(SHELLS):
        told[shell, shell * BINS] = ended * (1.0 - policy.disposal_success)
        for q in range(CLASSES):
            cells = rules.disposal[shell * BINS, q]
            np.add.at(told[shell, :, q], cells[cells >= 0], lowered[q] / len(cells))
    return told


def _counted(rules: Laws, crowd: Floats) -> Floats:
    """(3, 5, 5, ..., 36) as how many (5, ..., 36, 4) count in each measure, when kinds meet."""
    return np.asarray(np.einsum("xijq,i...q->xij...", rules.weights, crowd, optimize=True))


def _pieces(rates: Floats, met: Floats) -> Floats:
    """(..., 36) fragments a year of collisions between all kinds, as they count."""
    return np.asarray(0.5 * (rates * met * met.swapaxes(0, 1)).sum(axis=(0, 1)), np.float64)


def _trailing(values: Floats) -> Floats:
    """(m,) means over the last fifth of the years until each."""
    summed = np.concatenate([[0.0], np.cumsum(values)])
    end = np.arange(1, len(values) + 1)
    first = end - np.ceil(LAST_SHARE * end).astype(np.int64)
    return np.asarray((summed[end] - summed[first]) / (end - first), np.float64)


def _growth(told: Projection) -> Floats:
    """(m,) debris over that of the first year; nan where there was none."""
    debris = told.numbers[:, Species.DEBRIS]
    return np.asarray(debris / (debris[0] if debris[0] > _NONE else np.nan), np.float64)


MEASURES: dict[str, Callable[[Projection], Floats]] = {
    "growth": _growth,
    "catastrophic": lambda told: _trailing(told.sums[:, CATASTROPHIC]),
    "objects": lambda told: np.cumsum(told.sums[:, STAYED]) / told.years,
}


def crossed_after_years(projection: Projection, criterion: Criterion) -> float:
    """Return after how many years a measure was first above its limit; inf for never."""
    above = np.flatnonzero(MEASURES[criterion.name](projection) > criterion.limit)
    return float(projection.years[above[0]]) if len(above) else np.inf


def growth_per_year(projection: Projection, years: int = 22) -> float:
    """Return how fast debris grew over the last years, two cycles of the Sun, as a share of it."""
    debris = projection.numbers[-years - 1 :, Species.DEBRIS]
    if len(debris) < 2 or debris.min() <= _NONE:
        return 0.0
    return float(np.log(debris[-1] / debris[0]) / (len(debris) - 1))

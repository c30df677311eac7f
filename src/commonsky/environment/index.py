"""
Single numbers for what an object, an event or a population does to the environment.

Each is told for each object, and put together for operators, events or heights by `summed`.  None
of them is a law of nature: they rank, and they say by which formula.  Which formula was published,
and which is ours after one that was, stands with each.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from commonsky.astro.arrays import Floats
from commonsky.environment.gas import Molecules, moments

REFERENCE_KG, REFERENCE_HEIGHT_KM, INCLINATION_WEIGHT = 10_000.0, 1000.0, 0.6
# D0: objects above 5 cm where they are densest, as the code of Gisolfi (2023) has it.
REFERENCE_PER_KM3 = 6.8e-8
_M3_PER_KM3 = 1e9


def number_time_product_years(lifetime_years: Floats, horizon_years: float) -> Floats:
    """
    (n,) years that objects spend in orbit until a horizon; its sum is the number-time product.

    What lasts for ever counts the whole horizon, nan stays nan.

    Reference: the integral over time of the number of objects that something adds, as capacity
    studies use it; no single paper is followed.
    """
    if not horizon_years > 0.0:
        raise ValueError(f"a horizon is above 0 years, not {horizon_years}")
    return np.asarray(np.minimum(lifetime_years, horizon_years), np.float64)


def life_ratio(height_km: Floats, reference_height_km: float = REFERENCE_HEIGHT_KM) -> Floats:
    """
    (n,) lifetime of a circular orbit over that of the reference height.

    The logarithm of the lifetime in years is 14.18 h^0.1831 - 42.94, for intact objects.

    Reference: Rossi, Valsecchi, Alessi (2015), Adv. Space Res. 56(3), 449-460, as public code
    that cites it has the numbers; the paper itself was not at hand.
    """
    power = np.maximum(height_km, 0.0) ** 0.1831 - reference_height_km**0.1831
    return np.asarray(np.exp(14.18 * power), np.float64)


def inclination_share(inclination_rad: Floats, weight: float = INCLINATION_WEIGHT) -> Floats:
    """(n,) (1 + k Γ) / (1 + k) with Γ = (1 - cos i) / 2: what inclination adds to criticality."""
    gamma = 0.5 * (1.0 - np.cos(inclination_rad))
    return np.asarray((1.0 + weight * gamma) / (1.0 + weight), np.float64)


def criticality_of_spacecraft(
    mass_kg: Floats, density_ratio: Floats, life: Floats, inclination_rad: Floats, *,
    reference_kg: float = REFERENCE_KG, inclination_weight: float = INCLINATION_WEIGHT,
) -> Floats:  # fmt: skip
    """
    (n,) Criticality of Spacecraft Index: M/M0 · D(h)/D0 · life(h)/life(h0) · (1 + k Γ)/(1 + k).

    `density_ratio` is the density of objects at the height over a reference, commonly the largest
    in LEO; `life` is a ratio, of `life_ratio` or of lifetimes that are known better.

    Reference: Rossi, Valsecchi, Alessi (2015), The Criticality of Spacecraft Index, Adv. Space
    Res. 56(3), 449-460; M0 = 10,000 kg, h0 = 1000 km and k = 0.6 as public code, that of an author
    of its successor among it, has them.
    """
    tilt = inclination_share(inclination_rad, inclination_weight)
    return np.asarray(mass_kg / reference_kg * density_ratio * life * tilt, np.float64)


def shell_criticality(
    perigee_km: Floats, apogee_km: Floats, inclination_rad: Floats, mass_kg: Floats,
    density_ratio: Floats, weight: Floats,
) -> Floats:  # fmt: skip
    """
    (76,) criticality of n objects by shell of environment.gas, by the time that each spends there.

    `density_ratio` (76,) is that of the objects around; `weight` (n,) is how many a row stands
    for, times 1 or, in a fragment's case, `visibility_weight`.

    Reference: Bombardelli, Alessi, Rossi, Valsecchi (2017), Adv. Space Res. 60(1), 28-37, as used
    by Gisolfi, Rossi, Marzari (2025); the lifetime is that of the mean height, here by
    `life_ratio` up to 1.
    """
    life = np.minimum(life_ratio(0.5 * (perigee_km + apogee_km)), 1.0)
    alike = np.ones(len(mass_kg))
    each = weight * criticality_of_spacecraft(mass_kg, alike, life, inclination_rad)
    group = np.zeros(len(each), np.int8)
    gas = Molecules(perigee_km, apogee_km, inclination_rad, np.zeros_like(each), each, group)
    return np.asarray(moments(gas)[0, :, :, 0].sum(axis=1) * density_ratio, np.float64)


def visibility_weight(tracked: Floats, least: float = 0.0) -> Floats:
    """
    (n,) what a fragment counts for: 1 if nobody tracks it, and `least` if it surely is tracked.

    Reference: ours, after the radar weight of Gisolfi, Rossi, Marzari (2025), which is 1 for what
    is not detected and falls to 0 with the cross section of what is.
    """
    return np.asarray(1.0 - (1.0 - least) * np.asarray(tracked), np.float64)


def fragmentation_index(before: Floats, cloud: Floats, parent: Floats) -> Floats:
    """
    (m,) by how much a break-up changes the criticality of each shell, as a share of what it was.

    `before` has the parent in it; where it is 0 the index is nan.

    Reference: Gisolfi, Rossi, Marzari (2025), A refined space environment index for the
    characterization of in-orbit fragmentations, Aerospace 12(6), 483: (after - before) / before.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(before > 0.0, (cloud - parent) / before, np.nan)


def abandoned_object_criticality(
    flux_per_m2_year: Floats, mass_kg: Floats, life: Floats, consequence: Floats
) -> Floats:
    """
    (n,) R = f g of an abandoned object: f of a catastrophic break-up's likelihood and yield.

    f = Pc Np, with Pc ~ F A LT and LT ~ l(h) M/A, so that Pc ~ F l(h) M; Np ~ M^0.75 as of the
    breakup model.  `life` is l(h); `consequence` is g, what a cloud there does in the long run.

    Reference: Anselmo, Pardini (2016), Ranking upper stages in low Earth orbit for active removal,
    Acta Astronaut. 122, 19-27, for R = f g, Pc and LT as CNR describes them; Np and a free g ours.
    """
    return np.asarray(flux_per_m2_year * life * mass_kg**1.75 * consequence, np.float64)


def collision_probability(
    density_per_km3: Floats, speed_km_s: Floats, area_m2: Floats, seconds: float
) -> Floats:
    """(n,) pc = 1 - exp(-ρ Δv A Δt), of the debris that matters: see `debris_index`."""
    met = density_per_km3 / _M3_PER_KM3 * speed_km_s * 1e3 * area_m2 * seconds
    return np.asarray(-np.expm1(-met), np.float64)


def debris_index(probability: Floats, severity: Floats) -> Floats:
    """
    (n,) I = pc ec: how likely an object breaks up, times what that does to working satellites.

    pc counts debris of 40 J/g and more that the object cannot avoid; ec is the collision
    probability that the cloud brings to the satellites of interest.

    Reference: the form is of the Space Sustainability Rating's mission index, after Letizia,
    Colombo, Lewis, Krag (2016), Adv. Space Res. 58(7), 1255-1274; ec there is over representative
    targets, here whatever the caller has.
    """
    return np.asarray(probability * severity, np.float64)


def health_index(risk: Floats, accepted_risk: float) -> Floats:
    """
    (m,) risk of a population that goes on as it does, over the risk that is accepted.

    Reference: ours, after ESA's Space Environment Health Index (2025), in which 1 is what the
    IADC guidelines of before the large constellations come to over 200 years; its model is not
    open, so the two are not to be compared number by number.
    """
    if not 0.0 < accepted_risk < np.inf:
        raise ValueError(f"the accepted risk is above 0, not {accepted_risk}")
    return np.asarray(np.asarray(risk, np.float64) / accepted_risk, np.float64)


class Verdict(StrEnum):
    """What a criterion says."""

    ACCEPTABLE = "acceptable"
    UNACCEPTABLE = "unacceptable"
    UNTOLD = "cannot be told"  # the limit lies within what is known, or nothing is


@dataclass(frozen=True, slots=True)
class Criterion:
    """What must not be above a limit; whoever applies it chooses the limit."""

    name: str
    measure: str
    limit: float

    def __post_init__(self) -> None:
        if not np.isfinite(self.limit):
            raise ValueError(f"{self.name}: a limit is finite, not {self.limit}")


@dataclass(frozen=True, slots=True)
class Judgement:
    """A verdict, and the numbers that it rests on."""

    criterion: Criterion
    verdict: Verdict
    low: float
    nominal: float
    high: float


def judged(criterion: Criterion, low: float, nominal: float, high: float) -> Judgement:
    """Return what a criterion says of a measure between low and high; nan cannot be told."""
    if np.isfinite([low, nominal, high]).all() and not low <= nominal <= high:
        raise ValueError(f"{criterion.name}: {low} to {high} does not hold {nominal}")
    verdict = Verdict.UNTOLD
    if high <= criterion.limit:
        verdict = Verdict.ACCEPTABLE
    elif low > criterion.limit:
        verdict = Verdict.UNACCEPTABLE
    return Judgement(criterion, verdict, low, nominal, high)


@dataclass(frozen=True, slots=True)
class Summed:
    """A sum for each group, in the order of their names, and how many of its values are nan."""

    groups: tuple[Hashable, ...]
    values: Floats
    untold: NDArray[np.int64]


def summed(values: Floats, groups: Sequence[str] | NDArray[np.generic]) -> Summed:
    """Return the sums of (n,) values by operator, event, height or whatever groups are."""
    if len(values) != len(groups):
        raise ValueError(f"{len(values)} values are of {len(groups)} groups")
    names, place = np.unique(np.asarray(groups), return_inverse=True)
    known = np.isfinite(values)
    told = np.zeros(len(names))
    np.add.at(told, place[known], values[known])
    untold = np.bincount(place[~known], minlength=len(names)).astype(np.int64)
    return Summed(tuple(names.tolist()), told, untold)


def height_of(perigee_km: Floats, apogee_km: Floats, width_km: float = 50.0) -> Floats:
    """(n,) lower edge of the height class that the mean height of an orbit is in."""
    if not width_km > 0.0:
        raise ValueError(f"a height class is wider than 0 km, not {width_km}")
    mean = 0.5 * (perigee_km + apogee_km)
    return np.asarray(np.floor(mean / width_km) * width_km, np.float64)

"""How crowded it is and gets, as documents: one struct each, for JSON, pages and words."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import numpy as np
from numpy.typing import NDArray

from commonsky.astro.arrays import Floats, Ints
from commonsky.catalogue.catalogue import ObjectType, Texts
from commonsky.environment.criteria import CRITERIA, catastrophic_per_year, judgements
from commonsky.environment.earth import YEAR_S
from commonsky.environment.evolve import Run
from commonsky.environment.gas import MIDDLES_KM, SHELL_KM, moments
from commonsky.environment.index import (
    Criterion,
    criticality_of_spacecraft,
    health_index,
    height_of,
    life_ratio,
    summed,
)
from commonsky.environment.mass_gate import ESA_END_OF_2024, weigh
from commonsky.environment.objects import Objects
from commonsky.environment.scenario import FIGURES, Scenario
from commonsky.environment.shell_flux import VOLUME_KM3
from commonsky.environment.tail import Outlook, outlook_of_collisions, outlook_of_fragments
from commonsky.node.environment import Crowd

MOST_CRITICAL = 10


class Weight(msgspec.Struct, frozen=True):
    """A sum of masses beside a published one."""

    name: str
    region: str
    date: str
    tonnes: float
    published_tonnes: float
    ratio: float
    verdict: str
    provenance: dict[str, float]


class Shell(msgspec.Struct, frozen=True):
    """One layer of 25 km."""

    height_km: float
    objects: float
    density_per_km3: float
    collisions_per_year: float


class Critical(msgspec.Struct, frozen=True):
    """An object that matters much: what a collision would do, times how long it is there."""

    norad_cat_id: int
    mass_kg: float
    perigee_km: float
    apogee_km: float
    collisions_per_year: float
    criticality: float


class Part(msgspec.Struct, frozen=True):
    """What one operator, or one layer of 50 km, has of the whole criticality."""

    name: str
    objects: int
    criticality: float
    share: float


class Now(msgspec.Struct, frozen=True, kw_only=True, tag="environment", tag_field="kind"):
    """How crowded it is."""

    year: float
    objects: int
    left_out: int
    below_2000_km: int
    payloads: int
    rocket_bodies: int
    debris: int
    active: int
    collisions_per_year: float
    catastrophic_per_year: float
    masses: list[Weight]
    shells: list[Shell]
    intact_with_intact_per_year: float
    critical: list[Critical]
    by_operator: list[Part]
    by_height: list[Part]


class Year(msgspec.Struct, frozen=True):
    """What is below 2000 km at a year's end, on the mean of all runs, and what it spans."""

    year: float
    objects: float
    objects_low: float
    objects_high: float
    payloads: float
    rocket_bodies: float
    debris: float
    active: float
    mass_t: float
    collisions: float
    catastrophic: float


class Foretold(msgspec.Struct, frozen=True):
    """A number over all years and runs."""

    mean: float
    standard_error: float | None  # of one run nobody knows it
    median: float
    level: float
    value_at_risk: float
    shortfall: float


class Judged(msgspec.Struct, frozen=True):
    """What a criterion says, whoever set its limit."""

    name: str
    measure: str
    limit: float
    low: float | None
    nominal: float | None
    high: float | None
    verdict: str


class Projection(msgspec.Struct, frozen=True, kw_only=True, tag="projection", tag_field="kind"):
    """How crowded it gets."""

    seeds: list[int]
    parameters_sha256: str
    scenario: dict[str, float]
    avoidance: dict[str, float]
    sun: str
    objects: int
    object_years: float
    launched: float
    re_entered: float
    removed: float
    happened: float
    catastrophic_collisions: Foretold
    fragments: Foretold
    criteria: list[Judged]
    health_index: float | None
    years: list[Year]
    by_height: list[dict[str, float]]


def now_document(objects: Objects, told: Crowd, year: float, operator: Texts | None = None) -> Now:
    """Return what is there now; `operator` is of each row of `told`, "" where unknown."""
    named = np.full(len(told.sky), "") if operator is None else operator
    sky = told.sky
    low = sky.perigee_km < 2000.0
    sort = _sorted(sky.kind)
    counts = np.bincount(sort[low], minlength=3)
    inside = moments(sky.gas(0.0))[..., 0].sum(axis=(0, 2))
    density = inside / VOLUME_KM3
    rate = told.rates.by_shell_per_s * YEAR_S
    each = _criticality(told, density)
    return Now(
        year=round(year, 3), objects=len(sky), left_out=len(objects) - len(sky),
        below_2000_km=int(low.sum()), payloads=int(counts[0]), rocket_bodies=int(counts[1]),
        debris=int(counts[2]), active=int((sky.active & low).sum()),
        collisions_per_year=_digits(told.collisions_per_year),
        catastrophic_per_year=_digits(told.catastrophic_per_year),
        masses=[_weight(objects, place) for place in range(len(ESA_END_OF_2024))],
        shells=[
            Shell(float(height), _digits(count), _digits(per_km3), _digits(each))
            for height, count, per_km3, each in zip(MIDDLES_KM, inside, density, rate, strict=True)
        ],
        intact_with_intact_per_year=_digits(_of_two_whole(told)),
        critical=_most_critical(told, each),
        by_operator=_parts(each, named)[:MOST_CRITICAL],
        by_height=_parts(each, _heights(told))[:MOST_CRITICAL],
    )  # fmt: skip


def _weight(objects: Objects, place: int) -> Weight:
    told = weigh(objects, ESA_END_OF_2024[place])
    return Weight(
        told.gate.name, told.gate.region.value, told.gate.date, _digits(told.tonnes),
        told.gate.tonnes, _digits(told.ratio), told.verdict.value,
        {of.name.lower().replace("_", " "): _digits(share) for of, share in told.share.items()},
    )  # fmt: skip


def _criticality(told: Crowd, density_per_km3: Floats) -> Floats:
    """(n,) Criticality of Spacecraft Index of what is below 2000 km and not steered."""
    sky = told.sky
    middle = 0.5 * (sky.perigee_km + sky.apogee_km)
    shell = np.clip((middle - MIDDLES_KM[0]) / SHELL_KM + 0.5, 0, len(MIDDLES_KM) - 1)
    ratio = density_per_km3[shell.astype(np.int64)] / density_per_km3.max()
    life = np.minimum(life_ratio(middle), 1.0)
    each = criticality_of_spacecraft(sky.mass_kg, ratio, life, sky.inclination_rad)
    return np.where((sky.apogee_km < 2000.0) & np.logical_not(sky.active), each, 0.0)


def _heights(told: Crowd) -> Texts:
    """(n,) the layer of 50 km that a mean height is in, as people say it."""
    low = height_of(told.sky.perigee_km, told.sky.apogee_km)
    return np.strings.add(low.astype(np.int64).astype(np.str_), " km")


def _of_two_whole(told: Crowd) -> float:
    """Expected collisions a year of two that are both whole."""
    both = told.sky.intact[told.drawn.first] & told.sky.intact[told.drawn.second]
    return told.collisions_per_year * float(both.mean()) if len(both) else 0.0


def _parts(each: Floats, groups: Texts) -> list[Part]:
    """What groups have of the whole, the largest first; "" is left out."""
    named = np.flatnonzero((groups != "") & (each > 0.0))
    told = summed(each[named], groups[named])
    names, counts = np.unique(groups[named], return_counts=True)
    whole = float(each.sum())
    order = np.argsort(-told.values, kind="stable")
    return [
        Part(
            str(names[k]), int(counts[k]), _digits(told.values[k]), _digits(told.values[k] / whole)
        )
        for k in order.tolist()
    ]


def _most_critical(told: Crowd, each: Floats) -> list[Critical]:
    """The ten with the largest criticality."""
    sky = told.sky
    share = told.shares()
    best = np.argsort(-each, kind="stable")[:MOST_CRITICAL]
    return [
        Critical(
            int(told.number[row]), _digits(sky.mass_kg[row]), round(float(sky.perigee_km[row]), 1),
            round(float(sky.apogee_km[row]), 1), _digits(share[row]), _digits(each[row]),
        )
        for row in best.tolist() if each[row] > 0.0
    ]  # fmt: skip


def projection_document(
    objects: Objects,
    scenario: Scenario,
    runs: Sequence[Run],
    digest: str,
    criteria: Sequence[Criterion] = CRITERIA,
) -> Projection:
    """Return what runs foretell, together."""
    rng = np.random.default_rng(runs[0].seed)
    total = np.array([run.counts.sum(axis=1) for run in runs])
    counts = np.mean([run.counts for run in runs], axis=0)
    columns = [np.mean([getattr(run, name) for run in runs], axis=0) for name in (
        "active", "mass_kg", "collisions", "catastrophic"
    )]  # fmt: skip
    years = [
        Year(
            round(float(runs[0].year[k]), 3), *(_digits(value) for value in (
                total[:, k].mean(), *np.percentile(total[:, k], [10.0, 90.0]), *counts[k],
                columns[0][k], columns[1][k] / 1e3, columns[2][k], columns[3][k],
            ))
        )
        for k in range(len(runs[0].year))
    ]  # fmt: skip
    last = np.mean([run.by_shell[-1] for run in runs], axis=0) if years else np.zeros((3, 76))
    return Projection(
        seeds=[run.seed for run in runs], parameters_sha256=digest,
        scenario={name: getattr(scenario, name) for name in FIGURES},
        avoidance={"of_tracked": scenario.avoidance.of_tracked,
                   "of_active": scenario.avoidance.of_active},
        sun="drawn from the seed" if scenario.flux is None else "given",
        objects=len(objects),
        object_years=_digits(np.mean([run.object_years for run in runs])),
        launched=_digits(np.mean([run.launched for run in runs])),
        re_entered=_digits(np.mean([run.re_entered for run in runs])),
        removed=_digits(np.mean([run.removed for run in runs])),
        happened=_digits(np.mean([
            sum(event.other_mass_kg > 0.0 and event.catastrophic for event in run.events)
            for run in runs
        ])),
        catastrophic_collisions=_foretold(outlook_of_collisions(runs, rng)),
        fragments=_foretold(outlook_of_fragments(runs, rng)),
        criteria=_judged(runs, criteria) if years else [],
        health_index=_health(runs, criteria) if years else None,
        years=years,
        by_height=[
            {"height_km": float(height), "payloads": _digits(one), "rocket_bodies": _digits(two),
             "debris": _digits(three)}
            for height, one, two, three in zip(MIDDLES_KM, *last, strict=True)
        ],
    )  # fmt: skip


def _foretold(told: Outlook) -> Foretold:
    error = _digits(told.standard_error) if np.isfinite(told.standard_error) else None
    return Foretold(
        _digits(told.mean), error, told.median, told.level, told.value_at_risk,
        _digits(told.shortfall),
    )  # fmt: skip


def _sorted(kind: NDArray[np.int8]) -> Ints:
    """(n,) 0 for payloads, 1 for stages, 2 for the rest."""
    stage = np.where(kind == ObjectType.ROCKET_BODY, 1, 2)
    return np.asarray(np.where(kind == ObjectType.PAYLOAD, 0, stage), np.int64)


def _health(runs: Sequence[Run], criteria: Sequence[Criterion]) -> float | None:
    """Catastrophic collisions a year at the end, over the limit: ours, after ESA's."""
    limits = [one.limit for one in criteria if one.name == "catastrophic" and one.limit > 0.0]
    if not limits:
        return None
    risk = np.array([np.mean([catastrophic_per_year(run) for run in runs])])
    return _digits(health_index(risk, limits[0])[0])


def _judged(runs: Sequence[Run], criteria: Sequence[Criterion]) -> list[Judged]:
    return [
        Judged(
            one.criterion.name, one.criterion.measure, one.criterion.limit, _known(one.low),
            _known(one.nominal), _known(one.high), one.verdict.value,
        )
        for one in judgements(runs, criteria)
    ]  # fmt: skip


def _known(value: float) -> float | None:
    """What is finite."""
    return _digits(value) if np.isfinite(value) else None


def _digits(value: float | np.floating) -> float:
    """Six digits: more would only look exact."""
    return float(f"{float(value):.6g}")

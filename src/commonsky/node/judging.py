"""
How far this node's own numbers of an approach may be trusted, and whether its sources contradict.

The ladder is climbed for each combination of sources, and what nations state of either orbit is
adjudicated.  Covariances are those ascribed to element sets, see `assess.uncertainty`: about their
velocities nothing is known but what the motion makes of positions.
"""

from __future__ import annotations

import math

import msgspec
import numpy as np

from commonsky.assess.adjudicate import Solutions, adjudicate, ladder_pc
from commonsky.assess.common_epoch import ObjectSolutions
from commonsky.assess.grounds import Adjudication, adjudication
from commonsky.assess.ladder import RUNGS, Ladder, climb
from commonsky.astro.arrays import Floats, Ints
from commonsky.astro.epoch import NS_PER_S
from commonsky.astro.frames import rotation_rtn
from commonsky.node.conjunctions import Conjunctions
from commonsky.node.message_geometry import M_PER_KM, covariance_rtn_m2

Six = tuple[Floats, Floats, Floats, Floats, Floats, Floats]
TRIALS = 100_000  # where nothing simpler is valid
MOST_SOURCES = 12


class Trials(msgspec.Struct, frozen=True):
    """What two-body trials found."""

    pc: float
    ci95: tuple[float, float]


class Rungs(msgspec.Struct, frozen=True, kw_only=True):
    """One combination of sources on the ladder; `tier` 0 has no number and says why."""

    source1: str
    source2: str
    pc: float | None
    method: str
    tier: int
    violations: tuple[str, ...]
    lower: float | None
    upper: float | None
    pc_2d: float | None
    nc_2d: float | None
    nc_3d: float | None
    mc: Trials | None
    cannot_assess: str


class Choice(msgspec.Struct, frozen=True, kw_only=True):
    """What follows from believing one nation, or all that may be joined ("fused")."""

    source: str
    pc: float | None
    mitigate: bool
    worst_regret: float | None


class Judgement(msgspec.Struct, frozen=True, kw_only=True):
    """What nations' statements of the two orbits are to each other, and what that means."""

    verdict: str
    reasons: tuple[str, ...]
    doubted: tuple[str, ...]
    fused_of: tuple[str, ...]
    choices: tuple[Choice, ...]
    split: bool
    mitigate_least: bool


class CaseAssessment(msgspec.Struct, frozen=True, kw_only=True):
    """The ladder of each combination, and the verdict where two nations state an orbit."""

    rungs: tuple[Rungs, ...]
    judgement: Judgement | None


def case_assessment(table: Conjunctions, rows: Ints) -> CaseAssessment:
    """Return what may be said of these rows of a table, all of one approach of the same two."""
    if len(rows) == 0:
        return CaseAssessment(rungs=(), judgement=None)
    states = _states(table, rows)
    columns = (*states, table.hard_body_radius_km[rows])
    ladder = climb(*columns, all_tiers=True)
    if np.any(ladder.rung == 0):
        ladder = climb(*columns, all_tiers=True, trials=TRIALS)
    return CaseAssessment(
        rungs=tuple(_rungs(table, int(row), ladder, i) for i, row in enumerate(rows)),
        judgement=_judgement(table, rows, states),
    )


def _states(table: Conjunctions, rows: Ints) -> Six:
    """Positions, velocities and covariances (n, 6, 6) of both, inertial, km and km/s."""
    found = table.encounters
    columns: list[Floats] = []
    for position, velocity, sigma in (
        (found.position1_teme_km, found.velocity1_teme_km_s, table.sigma1_rtn_km),
        (found.position2_teme_km, found.velocity2_teme_km_s, table.sigma2_rtn_km),
    ):
        r, v = position[rows], velocity[rows]
        turn = np.zeros((len(rows), 6, 6))
        turn[:, :3, :3] = turn[:, 3:, 3:] = rotation_rtn(r, v).transpose(0, 2, 1)
        rtn = covariance_rtn_m2(sigma[rows], r, v) / M_PER_KM**2
        columns += [r, v, turn @ rtn @ turn.transpose(0, 2, 1)]
    return columns[0], columns[1], columns[2], columns[3], columns[4], columns[5]


def _rungs(table: Conjunctions, row: int, ladder: Ladder, i: int) -> Rungs:
    mc = None
    if not math.isnan(ladder.pc_monte_carlo[i]):
        ends = float(ladder.ci_low[i]), float(ladder.ci_high[i])
        mc = Trials(float(ladder.pc_monte_carlo[i]), ends)
    return Rungs(
        source1=str(table.source1[row]),
        source2=str(table.source2[row]),
        pc=_number(ladder.pc[i]),
        method=RUNGS[ladder.rung[i]].value,
        tier=int(ladder.rung[i]),
        violations=tuple(ladder.violated()[i]),
        lower=_number(ladder.lower[i]),
        upper=_number(ladder.upper[i]),
        pc_2d=_number(ladder.pc_2d[i]),
        nc_2d=_number(ladder.nc_2d[i]),
        nc_3d=_number(ladder.nc_3d[i]),
        mc=mc,
        cannot_assess=ladder.reasons()[i].value,
    )


def _judgement(table: Conjunctions, rows: Ints, states: tuple[Floats, ...]) -> Judgement | None:
    """The verdict over what nations state; None where nobody states another orbit of either."""
    stated = [sorted(set(column[rows].tolist())) for column in (table.source1, table.source2)]
    if max(map(len, stated)) < 2:
        return None
    sources = sorted({*stated[0], *stated[1]})[:MOST_SOURCES]
    common_ns = int(table.tca_tai_ns[rows[0]])
    offset_s = (table.tca_tai_ns[rows] - common_ns) / NS_PER_S
    sides = [
        _stated(sources, of.tolist(), states[3 * k : 3 * k + 3], offset_s, age)
        for k, (of, age) in enumerate(
            (
                (table.source1[rows], table.age1_days[rows]),
                (table.source2[rows], table.age2_days[rows]),
            )
        )
    ]
    radius = np.full((1, len(sources)), float(np.nanmax(table.hard_body_radius_km[rows])))
    solutions = Solutions(
        np.array([sources]), sides[0], sides[1], radius, ladder_pc(sides[0], sides[1], radius)
    )
    return _told(adjudication(solutions, adjudicate(solutions), 0))


def _stated(
    sources: list[str], of: list[str], states: tuple[Floats, ...], offset_s: Floats, age: Floats
) -> ObjectSolutions:
    """What each source states of one of the objects, nan where nothing."""
    k = len(sources)
    state, covariance = np.full((1, k, 6), math.nan), np.full((1, k, 6, 6), math.nan)
    offset, days = np.zeros((1, k)), np.full((1, k), math.nan)
    for place, source in enumerate(sources):
        if source not in of:
            continue
        row = of.index(source)
        state[0, place] = np.r_[states[0][row], states[1][row]]
        covariance[0, place] = states[2][row]
        offset[0, place], days[0, place] = offset_s[row], abs(age[row])
    default = np.zeros((1, k), np.bool_)
    return ObjectSolutions(state, covariance, offset, days, default, np.ones(1, np.bool_))


def _told(found: Adjudication) -> Judgement:
    return Judgement(
        verdict=found.verdict.value,
        reasons=found.reasons,
        doubted=found.doubted,
        fused_of=found.fused_of,
        choices=tuple(
            Choice(
                source=one.name,
                pc=_number(one.pc),
                mitigate=one.mitigate,
                worst_regret=_number(one.worst_regret),
            )
            for one in found.choices
            if one.known
        ),
        split=found.split,
        mitigate_least=found.mitigate_least,
    )


def _number(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None

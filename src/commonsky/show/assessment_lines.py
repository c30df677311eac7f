"""Assessments of conjunction data messages as lines, for files, the API and reports."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import msgspec
import numpy as np

from commonsky.assess.ladder import RUNGS, in_plane
from commonsky.assess.pairs import pairs_of
from commonsky.astro.epoch import utc_text
from commonsky.formats.ndm_lines import Problem
from commonsky.formats.ndm_message import Message
from commonsky.node.encounters import Encounters, assessed_encounters, without_shared_errors


@dataclass(frozen=True, slots=True)
class Climb:
    """How the ladder is to be climbed."""

    all_tiers: bool = False
    trials: int = 1_000_000
    seed: int = 1
    correlate: bool = False


class Trials(msgspec.Struct, frozen=True):
    """What two-body trials found."""

    pc: float
    ci95: tuple[float, float]
    trials: int


class AssessmentLine(
    msgspec.Struct, frozen=True, kw_only=True, tag="assessment", tag_field="kind"
):
    """
    One message; null is what could not be had or was not wanted.

    `pc` is the number to use, from `method`, the lowest that is valid; `tier` counts methods from
    1, and is 0 without a number, when `cannot_assess` says why.  `pc_correlated` takes into
    account what the forecast of air density does to both objects alike.
    """

    file: str
    message_id: str
    tca: str
    object1: str
    object2: str
    miss_km: float | None
    relative_speed_km_s: float | None
    hard_body_radius_m: float | None
    radius_source: str
    pc: float | None
    method: str
    tier: int
    violations: list[str]
    lower: float | None
    upper: float | None
    remediated: bool
    pc_2d: float | None
    pc_2d_as_given: float | None
    nc_2d: float | None
    nc_3d: float | None
    mc: Trials | None
    pc_max: float | None
    diluted: bool
    pc_correlated: float | None
    pc_stated: float | None
    cannot_assess: str | None


class RefusedLine(msgspec.Struct, frozen=True, kw_only=True, tag="refused", tag_field="kind"):
    """A file that is no conjunction data message."""

    file: str
    line: int
    column: int
    problem: str


def usable(file: str, message: Message | Problem) -> Message | RefusedLine:
    """Return a message that can be assessed, or why it cannot."""
    if isinstance(message, Problem):
        return RefusedLine(
            file=file, line=message.line, column=message.column, problem=message.problem
        )
    kind = message.specification.kind
    if kind != "CDM":
        told = f"{kind} is not assessed, only CDM"
        return RefusedLine(file=file, line=1, column=1, problem=told)
    return message


def assessment_lines(
    messages: Sequence[Message], files: Sequence[str], found: Encounters, climb: Climb
) -> list[AssessmentLine]:
    """Return a line for each of n messages, whose encounters are `found` (n,)."""
    if not messages:
        return []
    ladder, aware = (
        assessed_encounters(one, all_tiers=climb.all_tiers, trials=climb.trials, seed=climb.seed)
        for one in (without_shared_errors(found), found)
    )
    shared = (found.shared1 != 0.0).any(1) & (found.shared2 != 0.0).any(1)
    told = aware if climb.correlate else ladder
    pairs = pairs_of(
        (found.position1_km, found.velocity1_km_s, found.covariance1),
        (found.position2_km, found.velocity2_km_s, found.covariance2),
        found.hard_body_radius_km,
    )
    as_given = in_plane(pairs, resolve_tca=False).pc
    violated, reasons = told.violated(), told.reasons()
    return [
        AssessmentLine(
            file=files[i],
            message_id=message.text("MESSAGE_ID"),
            tca=utc_text(int(found.tca_tai_ns[i]), 3) if found.tca_tai_ns[i] else "",
            object1=message.text("OBJECT_DESIGNATOR", 1),
            object2=message.text("OBJECT_DESIGNATOR", 2),
            miss_km=_number(told.miss_km[i]),
            relative_speed_km_s=_number(pairs.speed_km_s[i]),
            hard_body_radius_m=_number(found.hard_body_radius_km[i] * 1000.0),
            radius_source=found.radius_source[i],
            pc=_number(told.pc[i]),
            method=RUNGS[told.rung[i]],
            tier=int(told.rung[i]),
            violations=violated[i],
            lower=_number(told.lower[i]),
            upper=_number(told.upper[i]),
            remediated=bool(told.remediated[i]),
            pc_2d=_number(told.pc_2d[i]),
            pc_2d_as_given=_number(as_given[i]),
            nc_2d=_number(told.nc_2d[i]),
            nc_3d=_number(told.nc_3d[i]),
            mc=_trials(told.pc_monte_carlo[i], told.ci_low[i], told.ci_high[i], climb.trials),
            pc_max=_number(told.pc_max[i]),
            diluted=bool(told.diluted[i]),
            pc_correlated=_number(aware.pc[i]) if shared[i] else None,
            pc_stated=_number(message.number("COLLISION_PROBABILITY")),
            cannot_assess=reasons[i] or None,
        )
        for i, message in enumerate(messages)
    ]


def _number(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None


def _trials(pc: float, low: float, high: float, trials: int) -> Trials | None:
    return None if np.isnan(pc) else Trials(float(pc), (float(low), float(high)), trials)

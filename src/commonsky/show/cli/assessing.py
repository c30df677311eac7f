"""What `commonsky assess` does: a line a message, and one that counts."""

from __future__ import annotations

import math
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec
import numpy as np

from commonsky.astro.epoch import utc_text
from commonsky.errors import UnreadableInput
from commonsky.formats.hard_body import HardBody, hard_bodies
from commonsky.formats.ndm_lines import Problem
from commonsky.formats.ndm_message import Message
from commonsky.node.clock import now_tai_ns
from commonsky.show.circumstances import Circumstances, circumstances_of
from commonsky.show.cli.plain import plain
from commonsky.show.cli.validating import messages_in
from commonsky.show.cli.voice import Voice, announce_compilation
from commonsky.show.events import events_of

AT_ONCE = 256
_ENCODER = msgspec.json.Encoder()


@dataclass(frozen=True, slots=True)
class Asked:
    """What is wanted of the messages; radii in km, nan where none is given."""

    hard_body_radius_km: float = math.nan
    radii: Path | None = None
    all_tiers: bool = False
    trials: int = 1_000_000
    seed: int = 1
    correlate: bool = False
    report: Path | None = None
    events: bool = False


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


class Summary(msgspec.Struct, frozen=True, kw_only=True, tag="summary", tag_field="kind"):
    """The last line."""

    messages: int
    assessed: int
    cannot_assess: int
    refused: int
    methods: dict[str, int]
    above_1e_4: int
    seed: int


def assess_files(files: Sequence[str], asked: Asked, form: str) -> None:
    """Write what is made of each message; `UnreadableInput` at the end if any was refused."""
    with Voice() as voice:
        announce_compilation(voice, "assess")
        radii = _radii(asked.radii)
        lines: list[AssessmentLine | RefusedLine] = []
        beside: list[Circumstances] = []
        for start in range(0, len(files), AT_ONCE):
            found = list(_assessed(files[start : start + AT_ONCE], asked, radii, beside))
            if form == "ndjson":
                voice.rest()
                sys.stdout.buffer.write(_ENCODER.encode_lines(found))
                sys.stdout.buffer.flush()
            lines += found
            voice("assessing", min(start + AT_ONCE, len(files)), len(files))
        if asked.report is not None:
            _write_report(lines, beside, asked.report)
            voice.say(f"report: {asked.report}")
    summary = _summary(lines, asked)
    if form == "ndjson":
        if asked.events:
            events = events_of(_good(lines), [one.created for one in beside])
            sys.stdout.buffer.write(_ENCODER.encode_lines(events))
        sys.stdout.buffer.write(_ENCODER.encode(summary) + b"\n")
    else:
        sys.stdout.write("\n".join(words(lines, summary)) + "\n")
    sys.stdout.flush()
    if summary.refused:
        raise UnreadableInput(f"{summary.refused} of {summary.messages} messages were refused")


def _good(lines: Sequence[AssessmentLine | RefusedLine]) -> list[AssessmentLine]:
    return [line for line in lines if isinstance(line, AssessmentLine)]


def _write_report(
    lines: Sequence[AssessmentLine | RefusedLine], beside: Sequence[Circumstances], path: Path
) -> None:
    from commonsky.show.report.assessment import write_assessment  # noqa: PLC0415 - quick help

    refused = [line for line in lines if isinstance(line, RefusedLine)]
    path.parent.mkdir(parents=True, exist_ok=True)
    written = utc_text(now_tai_ns(), 0)
    write_assessment(_good(lines), refused, beside, path, written=written)


def _radii(path: Path | None) -> dict[int, HardBody]:
    if path is None:
        return {}
    try:
        return hard_bodies(path.read_bytes())
    except OSError as error:
        raise UnreadableInput(f"{path}: {error.strerror or error}") from error


def _assessed(
    files: Sequence[str],
    asked: Asked,
    radii: dict[int, HardBody],
    beside: list[Circumstances],
) -> Iterator[AssessmentLine | RefusedLine]:
    """Yield a line for each message, in their order."""
    named = [(file, _usable(file, one)) for file in files for one in messages_in(file)]
    read = [one for _, one in named]
    good = [(file, one) for file, one in named if isinstance(one, Message)]
    names = [file for file, _ in good]
    lines = iter(_lines([one for _, one in good], names, asked, radii, beside))
    for one in read:
        yield one if isinstance(one, RefusedLine) else next(lines)


def _usable(file: str, message: Message | Problem) -> Message | RefusedLine:
    if isinstance(message, Problem):
        return RefusedLine(
            file=file, line=message.line, column=message.column, problem=message.problem
        )
    kind = message.specification.kind
    if kind != "CDM":
        told = f"{kind} is not assessed, only CDM"
        return RefusedLine(file=file, line=1, column=1, problem=told)
    return message


def _lines(
    messages: Sequence[Message],
    files: Sequence[str],
    asked: Asked,
    radii: dict[int, HardBody],
    beside: list[Circumstances],
) -> list[AssessmentLine]:
    from commonsky.assess.ladder import RUNGS, in_plane  # noqa: PLC0415 - quick help
    from commonsky.assess.pairs import pairs_of  # noqa: PLC0415
    from commonsky.node.encounters import (  # noqa: PLC0415
        assessed_encounters,
        encounters_of,
        without_shared_errors,
    )

    if not messages:
        return []
    found = encounters_of(messages, radii, asked.hard_body_radius_km)
    if asked.report is not None or asked.events:
        beside += circumstances_of(messages, found)
    ladder, aware = (
        assessed_encounters(one, all_tiers=asked.all_tiers, trials=asked.trials, seed=asked.seed)
        for one in (without_shared_errors(found), found)
    )
    shared = (found.shared1 != 0.0).any(1) & (found.shared2 != 0.0).any(1)
    told = aware if asked.correlate else ladder
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
            mc=_trials(told.pc_monte_carlo[i], told.ci_low[i], told.ci_high[i], asked.trials),
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


def _summary(lines: Sequence[AssessmentLine | RefusedLine], asked: Asked) -> Summary:
    good = _good(lines)
    methods: dict[str, int] = {}
    for line in good:
        methods[line.method] = methods.get(line.method, 0) + 1
    return Summary(
        messages=len(lines),
        assessed=sum(line.pc is not None for line in good),
        cannot_assess=sum(line.pc is None for line in good),
        refused=len(lines) - len(good),
        methods=methods,
        above_1e_4=sum(line.pc is not None and line.pc >= 1e-4 for line in good),
        seed=asked.seed,
    )


def words(lines: Sequence[AssessmentLine | RefusedLine], summary: Summary) -> list[str]:
    """Return what was found as lines for people, the gravest first."""
    good = _good(lines)
    order = sorted(good, key=lambda line: (line.pc is None, -(line.pc or 0.0), line.tca))
    head = f"{'Pc':>9}  {'from':<11} {'2-D Pc':>9}  {'miss km':>8}  {'TCA, UTC':<24}  objects"
    refused = [
        f"refused: {plain(line.file)}, line {line.line}, column {line.column}: "
        + plain(line.problem)
        for line in lines
        if isinstance(line, RefusedLine)
    ]
    last = (
        f"{summary.assessed:,} of {summary.messages:,} messages have a number, "
        f"{summary.above_1e_4:,} of them 1e-4 or more; {summary.cannot_assess:,} could not be "
        f"assessed, {summary.refused:,} were refused"
    )
    return [head, *map(_row, order), *refused, last]


def _row(line: AssessmentLine) -> str:
    return (
        f"{_short(line.pc):>9}  {line.method:<11} {_short(line.pc_2d):>9}  "
        f"{_short(line.miss_km):>8}  {line.tca:<24}  "
        f"{plain(line.object1)} {plain(line.object2)}{_remarks(line)}"
    )


def _short(value: float | None) -> str:
    if value is None:
        return "-"
    return f"{value:.2e}" if value < 1e-2 else f"{value:.3g}"


def _remarks(line: AssessmentLine) -> str:
    said = [line.cannot_assess] if line.cannot_assess else []
    said += [f"not 2-D: {', '.join(line.violations)}"] if line.tier > 1 else []
    said += ["diluted"] if line.diluted else []
    return f"  ({'; '.join(said)})" if said else ""

"""What `commonsky assess` does: a line a message, and one that counts."""

from __future__ import annotations

import math
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from commonsky.astro.epoch import utc_text
from commonsky.errors import UnreadableInput
from commonsky.formats.hard_body import HardBody, hard_bodies
from commonsky.formats.ndm_message import Message
from commonsky.node.clock import now_tai_ns
from commonsky.node.encounters import encounters_of
from commonsky.show.assessment_lines import (
    AssessmentLine,
    Climb,
    RefusedLine,
    assessment_lines,
    usable,
)
from commonsky.show.circumstances import Circumstances, circumstances_of
from commonsky.show.cli.plain import plain
from commonsky.show.cli.validating import messages_in
from commonsky.show.cli.voice import Voice, announce_compilation
from commonsky.show.events import events_of

AT_ONCE = 256
USUAL = Climb()
_ENCODER = msgspec.json.Encoder()


@dataclass(frozen=True, slots=True)
class Asked:
    """What is wanted of the messages; radii in km, nan where none is given."""

    hard_body_radius_km: float = math.nan
    radii: Path | None = None
    climb: Climb = USUAL
    report: Path | None = None
    events: bool = False


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
    named = [(file, usable(file, one)) for file in files for one in messages_in(file)]
    read = [one for _, one in named]
    good = [(file, one) for file, one in named if isinstance(one, Message)]
    messages = [one for _, one in good]
    found = encounters_of(messages, radii, asked.hard_body_radius_km)
    if asked.report is not None or asked.events:
        beside += circumstances_of(messages, found)
    lines = iter(assessment_lines(messages, [file for file, _ in good], found, asked.climb))
    for one in read:
        yield one if isinstance(one, RefusedLine) else next(lines)


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
        seed=asked.climb.seed,
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

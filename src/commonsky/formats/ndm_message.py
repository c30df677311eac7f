"""
Navigation messages in keyword-value notation: read once, kept as they came, changed in place.

A strict reader refuses whatever departs from the standard; a lenient one, for the dialects of
real senders, lists each departure beside the message.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from commonsky.errors import NotRepresentable
from commonsky.formats.ndm_kernels import COMMENTS, HARD
from commonsky.formats.ndm_layout import Layout, laid_out
from commonsky.formats.ndm_lines import Lines, lines_of, shown
from commonsky.formats.ndm_plan import NUMBER, PATTERNS, TOLD, Plan, plan_of
from commonsky.formats.ndm_spec import Field, Obligation, Specification

NOT_A_NUMBER = {b"nan", b"n/a", b"null", b""}
KEPT_PLANS = 512
LARGEST_PLAN = 4096  # lines; the layouts of longer messages are not kept

Departure = tuple[int, str, str]  # index of a line, keyword, what is wrong


class Deviation(NamedTuple):
    """Where a message departs from its standard, and how; line and column count from 1."""

    line: int
    column: int
    keyword: str
    problem: str


@dataclass(frozen=True, slots=True)
class Message:
    """A message: its bytes, and what each of its lines says."""

    specification: Specification
    lines: Lines
    layout: Layout
    departures: tuple[Departure, ...]

    @property
    def raw(self) -> bytes:
        """The bytes of the message, as they came."""
        return self.lines.raw

    @property
    def version(self) -> str:
        """The version that the first line tells."""
        return self.text(self.specification.opening)

    @property
    def deviations(self) -> list[Deviation]:
        """Where the message departs from its standard, in the order of its lines."""
        found = []
        for row, keyword, problem in sorted(self.departures):
            at = self.lines.problem(row, problem, keyword)
            found.append(Deviation(at.line, at.column, keyword, problem))
        return found

    @property
    def segments(self) -> int:
        """How many segments (the objects of a CDM); the header is segment 0."""
        return self.layout.segments

    def says(self, keyword: str, segment: int = 0, block: int = 0) -> bool:
        """Whether a keyword stands there; blocks count from 0 in each segment and section."""
        return (keyword, segment, block) in self.layout.index

    def text(self, keyword: str, segment: int = 0, block: int = 0) -> str:
        """Return a value as it is written, "" where nothing is said."""
        row = self.layout.index.get((keyword, segment, block))
        if row is None:
            return ""
        start, end = _span(self.lines, row, self.layout.places[row].field)
        return self.lines.raw[start:end].decode("utf-8", "replace")

    def number(self, keyword: str, segment: int = 0, block: int = 0) -> float:
        """Return a number in the unit of the standard, nan where nothing is said."""
        row = self.layout.index.get((keyword, segment, block))
        return math.nan if row is None else float(self.lines.number[row])

    @property
    def comments(self) -> list[tuple[str, int, str]]:
        """Section, segment and text of each comment, in order."""
        return [
            (place.section, place.segment, self.lines.value(row).decode("utf-8", "replace"))
            for row, place in enumerate(self.layout.places)
            if self.lines.status[row] == COMMENTS
        ]

    def changed(self, values: Mapping[tuple[str, int, int], str]) -> bytes:
        """
        Return the bytes with other values by (keyword, segment, block), all else as it came.

        A value that is not said cannot be changed, nor can it become what its field may not be:
        `NotRepresentable`.
        """
        rows = {}
        for key, value in values.items():
            if key not in self.layout.index:
                raise NotRepresentable(f"{key[0]} is not said there, so it cannot be changed")
            rows[self.layout.index[key]] = (key[0], value)
        pieces, done = [], 0
        for row, (keyword, value) in sorted(rows.items()):
            found = self.layout.places[row].field
            start, end = _span(self.lines, row, found)
            pieces += [self.raw[done:start], writable(keyword, found, value)]
            done = end
        return b"".join([*pieces, self.raw[done:]])


def writable(keyword: str, found: Field | None, value: str) -> bytes:
    """Return a value in bytes, if its field can have it; else `NotRepresentable`."""
    if found is None or not re.fullmatch(r"[ -~]+", value) or value != value.strip():
        raise NotRepresentable(
            f"{keyword} cannot become {value[:40]!r}: printable ASCII is needed"
        )
    why = objection(found, value.encode())
    if why or (found.kind == "text" and re.search(r"\[[^\]]*\]$", value)):
        raise NotRepresentable(f"{keyword} cannot become {value[:40]!r}: {why or 'it has a unit'}")
    return value.encode()


def _span(lines: Lines, row: int, found: Field | None) -> tuple[int, int]:
    """Where the value of a line stands; brackets belong to a text, unless they are its unit."""
    start, end = int(lines.spans[1, row]), int(lines.spans[2, row])
    if found is None or found.kind not in ("text", "choice", "record"):
        return start, end
    whole = lines.whole(row)
    if found.unit and whole[end - start :].strip() == f"[{found.unit}]".encode():
        return start, end
    return start, start + len(whole)


def objection(found: Field, value: bytes) -> str:
    """Return why a value cannot stand there, "" if it can."""
    if found.kind in ("real", "integer"):
        return "" if NUMBER.fullmatch(value) else f"{shown(value)} is no number"
    pattern = PATTERNS.get(found.kind)
    if pattern is not None and not pattern.fullmatch(value):
        return f"{shown(value)} {TOLD[found.kind]}"
    if found.kind == "choice" and value.decode("utf-8", "replace") not in found.choices:
        return f"{shown(value)} is not one of {', '.join(found.choices)}"
    if not value and found.obligation is not Obligation.OPTIONAL:
        return "is empty"
    return ""


class Reader:
    """Reads messages of one type; what it learns of their layout serves the next."""

    def __init__(self, specification: Specification, *, strict: bool = False) -> None:
        self.specification = specification
        self.strict = strict
        self._plans: dict[bytes, Plan] = {}

    def read(self, raw: bytes) -> Message:
        """Return a message; what cannot be one is a `Problem`, with line and column."""
        lines = lines_of(raw)
        plan = self._plans.get(lines.skeleton)
        if plan is None:
            plan = self._plan(lines)
            if len(self._plans) >= KEPT_PLANS:
                self._plans.pop(next(iter(self._plans)))
            if len(lines.status) <= LARGEST_PLAN:
                self._plans[lines.skeleton] = plan
        departures = list(plan.complaints)
        unread = plan.numbers[lines.status[plan.numbers] != 0]
        for row in unread.tolist():
            self._read_number(lines, plan, row, departures)
        broken = lines.number[plan.integers]
        for place in np.flatnonzero(broken != np.trunc(broken)).tolist():
            row = int(plan.integers[place])
            if not math.isnan(broken[place]):
                self._depart(lines, row, plan.field(row).name, "is no whole number", departures)
        self._check_texts(lines, plan, departures)
        self._check_time_systems(lines, plan.layout, departures)
        return Message(self.specification, lines, plan.layout, tuple(departures))

    def _check_time_systems(
        self, lines: Lines, layout: Layout, departures: list[Departure]
    ) -> None:
        """One time system for all segments of a message."""
        first = layout.index.get(("TIME_SYSTEM", 1, 0))
        for segment in range(2, layout.segments + 1 if first is not None else 2):
            row = layout.index["TIME_SYSTEM", segment, 0]
            if lines.value(row) != lines.value(first or 0):
                told = "differs from that of segment 1"
                self._depart(lines, row, "TIME_SYSTEM", told, departures)

    def _plan(self, lines: Lines) -> Plan:
        complaints: list[Departure] = []

        def refuse(row: int, keyword: str, problem: str) -> None:
            raise lines.problem(row, problem, keyword)

        def complain(row: int, keyword: str, problem: str) -> None:
            if self.strict:
                refuse(row, keyword, problem)
            complaints.append((row, keyword, problem))

        return plan_of(laid_out(self.specification, list(lines), complain, refuse), complaints)

    def _depart(
        self, lines: Lines, row: int, keyword: str, problem: str, departures: list[Departure]
    ) -> None:
        if self.strict:
            raise lines.problem(row, problem, keyword)
        departures.append((row, keyword, problem))

    def _read_number(
        self, lines: Lines, plan: Plan, row: int, departures: list[Departure]
    ) -> None:
        """What the kernel has left: numbers of many digits, and what a dialect writes for none."""
        value, found = lines.value(row), plan.field(row)
        if lines.status[row] == HARD:
            lines.number[row] = float(value)
            return
        told = f"{shown(value)} is no number"
        vital = found.obligation is Obligation.VITAL
        if self.strict or vital or value.lower() not in NOT_A_NUMBER:
            raise lines.problem(row, told, found.name)
        departures.append((row, found.name, told))

    def _check_texts(self, lines: Lines, plan: Plan, departures: list[Departure]) -> None:
        """Times, choices, the version, and what must not be empty."""
        starts, ends = lines.spans[1:, plan.texts].tolist()
        values = [lines.raw[start:end] for start, end in zip(starts, ends, strict=True)]
        for number, (value, allowed) in enumerate(zip(values, plan.allowed, strict=True)):
            if allowed(value):
                continue
            row = int(plan.texts[number])
            found = plan.field(row)
            told = objection(found, lines.value(row))
            if told:
                if self.strict or found.obligation is Obligation.VITAL or found.kind == "record":
                    raise lines.problem(row, told, found.name)
                departures.append((row, found.name, told))


_READERS: dict[tuple[str, bool], Reader] = {}


def reader_of(specification: Specification, *, strict: bool) -> Reader:
    """Return the reader of a type of message, which knows the layouts it has met."""
    return _READERS.setdefault((specification.kind, strict), Reader(specification, strict=strict))

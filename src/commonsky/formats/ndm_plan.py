"""Plans: which lines of a layout are numbers, times or choices, to be looked at in bulk."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from commonsky.astro.arrays import Ints
from commonsky.formats.ndm_layout import Layout
from commonsky.formats.ndm_spec import Field, Obligation

MONTH_DAY = (
    rb"(?:(?:0[13578]|1[02])-(?:0[1-9]|[12]\d|3[01])|(?:0[469]|11)-(?:0[1-9]|[12]\d|30)"
    rb"|02-(?:0[1-9]|[12]\d))"
)
TIME = re.compile(
    rb"\d{4}-(?:" + MONTH_DAY + rb"|(?:[0-2]\d\d|3[0-5]\d|36[0-6]))"
    rb"T(?:[01]\d|2[0-3]):[0-5]\d:(?:[0-5]\d|60)(?:\.\d*)?Z?"
)

NUMBER = re.compile(rb"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,9})?")
PATTERNS = {
    "time": TIME,
    "moment": re.compile(TIME.pattern + rb"|" + NUMBER.pattern),
    "record": re.compile(TIME.pattern + rb"[ \t]+" + NUMBER.pattern),
}
TOLD = {
    "time": "is no time",
    "moment": "is neither a time nor seconds since one",
    "record": "is no time and a number",
}


@dataclass(frozen=True, slots=True)
class Plan:
    """What is done with the values of every message of a layout; rows are indices of lines."""

    layout: Layout
    complaints: tuple[tuple[int, str, str], ...]
    numbers: Ints
    integers: Ints
    texts: Ints
    allowed: tuple[Callable[[bytes], object], ...]

    def field(self, row: int) -> Field:
        """Return the field of a line that has one."""
        found = self.layout.places[row].field
        if found is None:
            raise IndexError(row)
        return found


def plan_of(layout: Layout, complaints: Sequence[tuple[int, str, str]]) -> Plan:
    """Return the plan of a layout."""
    said = [(row, place.field) for row, place in enumerate(layout.places) if place.field]
    checked = [(row, allowed) for row, found in said if (allowed := _allowed(found))]
    return Plan(
        layout,
        tuple(complaints),
        np.array(
            [row for row, found in said if found.kind in ("real", "integer")], dtype=np.int64
        ),
        np.array([row for row, found in said if found.kind == "integer"], dtype=np.int64),
        np.array([row for row, _ in checked], dtype=np.int64),
        tuple(allowed for _, allowed in checked),
    )


def _allowed(found: Field) -> Callable[[bytes], object] | None:
    """What tells quickly whether a text can stand there; None where any can."""
    if found.kind in PATTERNS:
        return PATTERNS[found.kind].fullmatch
    if found.kind == "choice":
        return frozenset(choice.encode() for choice in found.choices).__contains__
    if found.kind == "text" and found.obligation is not Obligation.OPTIONAL:
        return len
    return None

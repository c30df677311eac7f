"""
Keyword specifications of navigation messages as data: how they are written down here.

A table has a line a keyword: its name, its obligation, its kind and its unit.  Obligations are V
(vital: nothing can be made of the message without), M (mandatory in the standard) and O.  Kinds
are text, time, moment (a time, or seconds since one), real, integer, record (a time and a number)
and choices as A|B|C.  A name that ends in * is a family.  Mandatory is meant of a section that is
there.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple


class Obligation(Enum):
    """What the lack of a keyword means."""

    VITAL = "V"
    MANDATORY = "M"
    OPTIONAL = "O"


class Field(NamedTuple):
    """One keyword; unit "" where there is none, choices () where anything may stand."""

    name: str
    obligation: Obligation
    kind: str
    unit: str
    choices: tuple[str, ...]


class Rows(Enum):
    """What stands in a section beside its keywords."""

    NONE = "nothing"
    EPHEMERIS = "an epoch and six or nine numbers a line"
    TRIANGLE = "the lower triangle of a 6x6 matrix, a row a line"
    FREE = "lines of numbers, as the section's keywords say"


@dataclass(frozen=True, slots=True)
class Section:
    """
    A part of a message.

    `start` and `stop` are the lines around it, "" where keywords alone tell it.  `opener` is the
    keyword that begins another one of a section that repeats.
    """

    name: str
    fields: dict[str, Field]
    start: str = ""
    stop: str = ""
    opener: str = ""
    needed: bool = False
    rows: Rows = Rows.NONE

    @property
    def mandatory(self) -> tuple[Field, ...]:
        """Fields that the section may not lack, vital ones included."""
        return tuple(
            field for field in self.fields.values() if field.obligation is not Obligation.OPTIONAL
        )


@dataclass(frozen=True, slots=True)
class Specification:
    """One type of message: its versions, and its sections in their order."""

    kind: str
    title: str
    versions: tuple[str, ...]
    sections: tuple[Section, ...]
    repeats_from: str = ""  # the section that begins another segment
    segments: int = 0  # how many there must be, 0 for any number
    units_needed: bool = False

    @property
    def opening(self) -> str:
        """The keyword of the first line."""
        return f"CCSDS_{self.kind}_VERS"


def fields(table: str) -> dict[str, Field]:
    """Return the keywords of a table, in their order."""
    lines = [line for line in table.splitlines() if line.strip()]
    return {field.name: field for field in map(_field, lines)}


def _field(line: str) -> Field:
    name, obligation, kind, *unit = line.split()
    choices = tuple(kind.replace("_", " ").split("|")) if "|" in kind else ()
    return Field(
        name, Obligation(obligation), "choice" if choices else kind, "".join(unit), choices
    )


def family(names: Iterable[str], rest: str) -> str:
    """Return the lines of keywords that share obligation, kind and unit."""
    return "\n".join(f"{name} {rest}" for name in names)


def triangle(
    names: tuple[str, ...], unit: dict[str, str], *, frame: str = "", obligation: str = "M"
) -> str:
    """
    Return the lines of a covariance's lower triangle, keywords C<row>_<column>.

    `unit` tells the unit of each name; the unit of an element is their product.
    """
    lines = [frame] if frame else []
    for row, first in enumerate(names):
        lines += [
            f"C{first}_{second} {obligation} real {_product(unit[first], unit[second])}"
            for second in names[: row + 1]
        ]
    return "\n".join(lines)


def _product(first: str, second: str) -> str:
    """Unit of a product, as the standards write it: m**2, m**2/s, km**2/s**2."""
    length, _, time = first.partition("/")
    _, _, other = second.partition("/")
    seconds = len(time) + len(other)
    return f"{length}**2" + ("" if seconds == 0 else "/s" if seconds == 1 else "/s**2")

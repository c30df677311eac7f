"""
Layouts: which line of a message says what, found once for all messages of the same lines.

Messages of one origin have the same keywords and units in the same order, so that the grammar is
walked once for thousands of them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from commonsky.formats.ndm_kernels import COMMENTS, ROWS
from commonsky.formats.ndm_lines import Line, shown
from commonsky.formats.ndm_spec import Field, Obligation, Section, Specification

Complaint = Callable[[int, str, str], None]  # index of a line, keyword, what is wrong
NOT_SAID = {"", "n/a", "N/A"}
TOLERATED_UNITS = {
    # What real messages write for a unit: that of JSpOC and CARA, and small deviations.
    "m/s": ("m", "m/sec"), "km/s": ("km", "km/sec"), "d": ("days", "day"), "%": ("percent",),
    "m**2/s**2": ("m**2/s^2",), "deg": ("degrees",), "rev/day": ("rev/d",), "kg": ("KG", "Kg"),
    "m**3/(kg*s)": ("m**3/(kg*s**1)",), "m**2": ("m^2",), "1/ER": ("1/er",), "h": ("hr",),
    "km": ("Km", "KM"), "km**3/s**2": ("km**3/s^2",), "rev/day**2": ("rev/d**2",),
    "rev/day**3": ("rev/d**3",), "s": ("sec",), "m**2/kg": ("m^2/kg",), "m": ("M",),
}  # fmt: skip


class Place(NamedTuple):
    """What a line says: `field` is None for comments, blank lines and lines that only divide."""

    section: str
    segment: int
    block: int
    field: Field | None


@dataclass(slots=True)
class Layout:
    """The places of a message's lines, and where each keyword stands."""

    specification: Specification
    places: list[Place] = field(default_factory=list)
    index: dict[tuple[str, int, int], int] = field(default_factory=dict)
    rows: list[int] = field(default_factory=list)
    segments: int = 0


@dataclass(slots=True)
class _Walk:
    """The state of walking through the lines: which section, segment and block they are in."""

    layout: Layout
    complain: Complaint
    refuse: Complaint
    current: int = 0
    segment: int = 0
    block: int = 0
    inside: bool = False
    seen: set[str] = field(default_factory=set)
    sections_seen: set[str] = field(default_factory=lambda: {"header"})
    first_line: int = 0

    @property
    def sections(self) -> tuple[Section, ...]:
        return self.layout.specification.sections

    @property
    def section(self) -> Section:
        return self.sections[self.current]

    def place(self, found: Field | None = None) -> None:
        self.layout.places.append(Place(self.section.name, self.segment, self.block, found))

    def close(self, row: int) -> None:
        """Leave a block: all that is mandatory must have been said."""
        if not self.seen and not (self.section.name == "header" or self.inside):
            return
        for wanted in self.section.mandatory:
            if wanted.name not in self.seen:
                tell = self.refuse if wanted.obligation is Obligation.VITAL else self.complain
                tell(row, wanted.name, f"is missing in the {self.section.name}")

    def enter(self, number: int, row: int) -> None:
        """Begin a block of a section."""
        self.close(row)
        specification = self.layout.specification
        if self.sections[number].name == specification.repeats_from:
            self.end_segment(row)
            self.segment += 1
            self.sections_seen = {one.name for one in self.sections[:number]}
            self.block = 0
        elif number == self.current:
            self.block += 1
        else:
            self.block = 0
        self.current, self.first_line = number, row
        self.seen = set()
        self.sections_seen.add(self.section.name)

    def end_segment(self, row: int) -> None:
        """What a segment needs must have been there."""
        if self.segment == 0 and self.layout.specification.repeats_from:
            return
        for section in self.sections:
            if section.needed and section.name not in self.sections_seen:
                self.refuse(row, "", f"there is no {section.name}")


def laid_out(
    specification: Specification, lines: Sequence[Line], complain: Complaint, refuse: Complaint
) -> Layout:
    """
    Return what each of the lines says, the first of them with the version left out.

    What a lenient reader passes over goes to `complain`, what none does to `refuse`, which must
    raise.
    """
    walk = _Walk(Layout(specification), complain, refuse)
    for row, line in enumerate(lines):
        if not line.keyword:
            _divide(walk, row, line)
        elif not walk.layout.index:
            _open(walk, row, line)
        else:
            _assign(walk, row, line)
    last = max(len(lines) - 1, 0)
    if not walk.layout.index:
        refuse(last, "", f"{specification.opening} must come first, but nothing is said")
    if walk.inside:
        refuse(last, "", f"{walk.section.stop} is missing: the message was cut off")
    walk.close(last)
    walk.end_segment(last)
    walk.layout.segments = walk.segment
    if specification.segments and walk.segment != specification.segments:
        refuse(last, "", f"{specification.segments} objects are needed, not {walk.segment}")
    return walk.layout


def _open(walk: _Walk, row: int, line: Line) -> None:
    """The first assignment of a message, which tells its version."""
    specification = walk.layout.specification
    if line.keyword != specification.opening:
        walk.refuse(row, line.keyword, f"{specification.opening} must come first")
    if row > 0:
        walk.complain(row, line.keyword, "should stand in the first line")
    walk.layout.index[line.keyword, 0, 0] = row
    walk.place(Field(line.keyword, Obligation.VITAL, "choice", "", specification.versions))


def _divide(walk: _Walk, row: int, line: Line) -> None:
    """A line that assigns nothing: blank, comment, numbers, or the bound of a section."""
    word = line.rest.strip()
    if line.status == ROWS:
        _rows(walk, row)
        return
    if line.status == COMMENTS or not word:
        walk.place()
        return
    text = word.decode("utf-8", "replace")
    for number, section in enumerate(walk.sections):
        if section.start and text == section.start:
            if walk.inside:
                walk.refuse(row, text, f"{walk.section.stop} is missing before it")
            if number < walk.current and not _may_return(walk, number):
                walk.refuse(row, text, f"cannot follow the {walk.section.name}")
            walk.enter(number, row)
            walk.inside = True
            walk.place()
            return
        if section.stop and text == section.stop:
            if not walk.inside or number != walk.current:
                walk.refuse(row, text, f"there is no {section.start} before it")
            walk.close(row)
            walk.seen, walk.inside = set(), False
            walk.place()
            return
    if not walk.layout.index:
        walk.refuse(row, "", f"{walk.layout.specification.opening} must come first")
    walk.refuse(row, "", f"{shown(word)} is no assignment, comment or known word")


def _may_return(walk: _Walk, number: int) -> bool:
    """Whether a section may begin again after later ones: with a new segment."""
    return walk.sections[number].name == walk.layout.specification.repeats_from


def _rows(walk: _Walk, row: int) -> None:
    """Lines of numbers, which stand in sections that have them."""
    if not walk.inside and walk.section.start:
        for number in range(walk.current + 1, len(walk.sections)):
            if walk.sections[number].rows.name == "EPHEMERIS":
                walk.enter(number, row)
                break
    if walk.section.rows.name == "NONE":
        walk.refuse(row, "", f"numbers have no place in the {walk.section.name}")
    walk.layout.rows.append(row)
    walk.place()


def _assign(walk: _Walk, row: int, line: Line) -> None:
    name = line.keyword
    number, found = _home(walk, name)
    if found is None:
        walk.refuse(row, name, "is no keyword of this place")
        return
    if number != walk.current or (found.name == walk.section.opener and walk.seen):
        if number < walk.current and not (
            found.name == walk.sections[number].opener or _may_return(walk, number)
        ):
            walk.complain(row, name, f"stands after the {walk.section.name}")
        walk.enter(number, row)
    if name in walk.seen and found.kind != "record":
        walk.refuse(row, name, f"stands twice in one {walk.section.name}")
    walk.seen.add(name)
    _check_unit(walk, row, name, found, line)
    walk.layout.index.setdefault((name, walk.segment, walk.block), row)
    walk.place(found)


def _home(walk: _Walk, name: str) -> tuple[int, Field | None]:
    """Which section a keyword belongs to, here; preferably not before the present one."""
    here = walk.section.fields
    if name in here:
        return walk.current, here[name]
    if not walk.inside:
        order = range(len(walk.sections))
        for number in (*order[walk.current :], *order[: walk.current]):
            section = walk.sections[number]
            if name in section.fields and not section.start:
                return number, section.fields[name]
    if walk.inside and "*" in here:
        return walk.current, here["*"]
    stem = name.split("_DEFINED_", 1)[0] + "_DEFINED_*"
    for number, section in enumerate(walk.sections):
        if stem in section.fields and (number == walk.current or not walk.inside):
            return number, section.fields[stem]
    return walk.current, None


def _check_unit(walk: _Walk, row: int, name: str, found: Field, line: Line) -> None:
    rest = line.rest.strip()
    if found.kind in ("text", "choice", "record"):
        return  # brackets may be part of a text
    if rest == b"[":
        walk.complain(row, name, "is followed by [ and no unit")
    elif rest:
        walk.refuse(row, name, f"{shown(rest)} follows the value")
    unit = line.unit.decode("utf-8", "replace")
    said, wanted = unit.strip(), found.unit
    if said == wanted or said in NOT_SAID:
        if unit != said:
            walk.complain(row, name, f"blanks pad the unit [{unit}]")
        if not said and wanted and walk.layout.specification.units_needed:
            walk.complain(row, name, f"lacks its unit [{wanted}]")
    elif not wanted:
        walk.complain(row, name, f"has no unit, but [{said}] is given")
    elif said in TOLERATED_UNITS.get(wanted, ()):
        walk.complain(row, name, f"is in [{wanted}], but [{said}] is written")
    else:
        walk.refuse(row, name, f"is in [{wanted}], and [{said[:20]}] cannot be that")

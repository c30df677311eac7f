"""
Navigation messages into XML: what each line says, with its very letters, as elements.

Comments stay where they stand among keywords, though the schemas want them first.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple
from xml.sax.saxutils import escape, quoteattr

from commonsky.errors import NotRepresentable
from commonsky.formats.ndm_entries import COMMENT, ROW, Entry
from commonsky.formats.ndm_layout import NOT_SAID, TOLERATED_UNITS
from commonsky.formats.ndm_spec import Section, Specification
from commonsky.formats.ndm_xml_blocks import PLAIN
from commonsky.formats.ndm_xml_names import MATRIX, STATE, USER_DEFINED

INDENT = "  "
PREFIX = f"{USER_DEFINED}_"
GROUND = ("PROBABILITY_OF", "NOMINAL_IMPACT", "IMPACT_")
RELATIVE_STATE = ("RELATIVE_POSITION_", "RELATIVE_VELOCITY_")
SCHEMA = "https://sanaregistry.org/r/ndmxml_unqualified/ndmxml-{0}-master-{1}.xsd"
OF_ORBITS = frozenset({"OPM", "OMM", "OEM", "OCM"})
# Where sections stand in XML, below `segment`; of CDM 2.0 as Orekit's examples have it.
ELEMENTS = {
    "CDM": {
        "metadata": "metadata", "determination": "odParameters",
        "parameters": "additionalParameters", "state": "stateVector",
        "covariance": "covarianceMatrix", "covariance on other axes": "covarianceMatrix",
        "additional": "covarianceMatrix",
    },
    "OPM": {
        "metadata": "metadata", "state": "stateVector", "elements": "keplerianElements",
        "spacecraft": "spacecraftParameters", "covariance": "covarianceMatrix",
        "manoeuvre": "maneuverParameters", "user": "userDefinedParameters",
    },
    "OMM": {
        "metadata": "metadata", "elements": "meanElements", "spacecraft": "spacecraftParameters",
        "tle": "tleParameters", "covariance": "covarianceMatrix", "user": "userDefinedParameters",
    },
    "RDM": {
        "metadata": "metadata", "re-entry": "atmosphericReentryParameters",
        "state": "stateVector", "covariance": "covarianceMatrix",
        "spacecraft": "spacecraftParameters", "determination": "odParameters",
        "user": "userDefinedParameters",
    },
    "OEM": {"metadata": "metadata", "ephemeris": "", "covariance": "covarianceMatrix"},
    "TDM": {"metadata": "metadata", "data": ""},
    "OCM": {
        "metadata": "metadata", "trajectory": "traj", "physical properties": "phys",
        "covariance": "cov", "manoeuvre": "man", "perturbations": "pert",
        "determination": "od", "user": "user",
    },
}  # fmt: skip
LINES = {"trajectory": "trajLine", "covariance": "covLine", "manoeuvre": "manLine"}


class Level(NamedTuple):
    """An open element; the numbers tell repeated ones apart."""

    name: str
    key: tuple[str, int] = ("", 0)


@dataclass(slots=True)
class _Sheet:
    """The document so far, and which elements are open."""

    specification: Specification
    sections: dict[str, Section]
    lines: list[str]
    open: list[Level] = field(default_factory=list)
    rows: list[str] = field(default_factory=list)  # of a matrix

    def go(self, path: list[Level]) -> None:
        """Close and open elements until we are there."""
        if path == self.open:
            return
        same = 0
        while same < min(len(self.open), len(path)) and self.open[same] == path[same]:
            same += 1
        while len(self.open) > same:
            self.lines.append(f"{INDENT * len(self.open)}</{self.open.pop().name}>")
        for level in path[same:]:
            self.open.append(level)
            self.lines.append(f"{INDENT * len(self.open)}<{level.name}>")

    def add(self, text: str, deeper: int = 1) -> None:
        self.lines.append(INDENT * (len(self.open) + deeper) + text)


def xml_text(specification: Specification, version: str, said: list[Entry]) -> str:
    """Return a message in XML; what has no place there is `NotRepresentable`."""
    kind, root = specification.kind, specification.kind.lower()
    schema = SCHEMA.format(*(("3.0.0", "3.0") if kind in OF_ORBITS else ("2.0.0", "2.0")))
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<{root} xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"',
        f'     xsi:noNamespaceSchemaLocation="{schema}"',
        f'     id="{specification.opening}" version={quoteattr(version)}>',
    ]
    sheet = _Sheet(specification, {one.name: one for one in specification.sections}, lines)
    for entry, ruling in _with_ruling(said):
        if entry.keyword != specification.opening:
            sheet.go(_path(kind, entry, ruling))
            _put(sheet, entry)
    if sheet.rows:
        raise NotRepresentable("a covariance has six rows")
    sheet.go([])
    return "\n".join([*lines, f"</{root}>", ""])


def _with_ruling(said: list[Entry]) -> Iterator[tuple[Entry, str]]:
    """Each with the keyword that tells its place: a comment is where that stands that follows."""
    found: list[tuple[Entry, str]] = []
    following = Entry("", 0, 0, "", "", "")
    for entry in reversed(said):
        alone = entry.keyword == COMMENT and entry[:3] != following[:3]
        ruling = following.keyword if entry.keyword == COMMENT and not alone else entry.keyword
        found.append((entry, ruling))
        if entry.keyword != COMMENT:
            following = entry
    return reversed(found)


def _path(kind: str, entry: Entry, ruling: str) -> list[Level]:
    """Elements that an entry stands in, from outside."""
    if entry.section == "header":
        return [Level("header")]
    body = Level("body")
    if entry.section == "relative":
        outer = [body, Level("relativeMetadataData")]
        return (
            [*outer, Level("relativeStateVector")] if ruling.startswith(RELATIVE_STATE) else outer
        )
    home = ELEMENTS[kind].get(entry.section)
    if home is None:
        raise NotRepresentable(f"the {entry.section} of a {kind} has no place in XML")
    if ruling.startswith(PREFIX) and kind != "OCM":
        home = "userDefinedParameters"
    elif entry.section == "re-entry" and ruling.startswith(GROUND):
        home = "groundImpactParameters"
    outer = [body, Level("segment", ("", entry.segment))]
    if home == "metadata":
        return [*outer, Level(home)]
    inner = [Level(home, (entry.section, entry.block))] if home else []
    return [*outer, Level("data"), *inner]


def _put(sheet: _Sheet, entry: Entry) -> None:
    kind, keyword = sheet.specification.kind, entry.keyword
    value = escape(entry.value)
    if keyword == COMMENT:
        sheet.add(f"<COMMENT>{value}</COMMENT>")
    elif keyword == ROW and kind == "OEM":
        _put_numbers(sheet, entry)
    elif keyword == ROW:
        name = LINES.get(entry.section)
        if name is None:
            raise NotRepresentable(f"numbers of the {entry.section} have no place in XML")
        sheet.add(f"<{name}>{value}</{name}>")
    elif entry.kind == "record":
        epoch, _, number = value.partition(" ")
        sheet.add("<observation>")
        sheet.add(f"<EPOCH>{epoch}</EPOCH>", 2)
        sheet.add(f"<{keyword}>{number.strip()}</{keyword}>", 2)
        sheet.add("</observation>")
    elif keyword.startswith(PREFIX):
        parameter = quoteattr(keyword.removeprefix(PREFIX))
        sheet.add(f"<{USER_DEFINED} parameter={parameter}>{value}</{USER_DEFINED}>")
    else:
        sheet.add(f"<{keyword}{_units(sheet, entry)}>{value}</{keyword}>")


def _units(sheet: _Sheet, entry: Entry) -> str:
    """The unit as the standard writes it, where it is said or must be."""
    found = sheet.sections[entry.section].fields.get(entry.keyword)
    if found is None:
        told = f"{entry.keyword} stands among what users define, and is not {PREFIX}…"
        raise NotRepresentable(told)
    said = entry.unit.strip()
    if said in NOT_SAID:
        said = found.unit if sheet.specification.units_needed else ""
    elif said in TOLERATED_UNITS.get(found.unit, ()):
        said = found.unit
    if said != found.unit and said:
        raise NotRepresentable(f"{entry.keyword} has no unit [{said}]")
    return f" units={quoteattr(said)}" if said else ""


def _put_numbers(sheet: _Sheet, entry: Entry) -> None:
    """A state of an ephemeris, or a row of a covariance."""
    numbers = escape(entry.value).split()
    if entry.section == "ephemeris":
        if len(numbers) not in (PLAIN, len(STATE)):
            raise NotRepresentable("a state has an epoch and six or nine numbers")
        sheet.add("<stateVector>")
        for name, number in zip(STATE, numbers, strict=False):
            sheet.add(f"<{name}>{number}</{name}>", 2)
        sheet.add("</stateVector>")
        return
    sheet.rows.append(entry.value)
    row = len(sheet.rows)
    if len(numbers) != row:
        raise NotRepresentable(f"row {row} of a covariance has {row} numbers")
    first = row * (row - 1) // 2
    for name, number in zip(MATRIX[first : first + row], numbers, strict=True):
        sheet.add(f"<{name}>{number}</{name}>")
    if row == 6:
        sheet.rows.clear()

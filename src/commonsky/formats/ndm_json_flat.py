"""
Messages of keywords side by side in one object, as others write them: brought into order.

Keywords verbatim; or with SAT1_ and SAT2_ before those of either object, and units beside them as
KEYWORD_UNIT, as Space-Track and TraCSS have them; or names in lowerCamelCase, as TraCSS has them
in its subscriptions; or all of these in objects of their own (header, object1, state_vector ...),
as brahe has them.  What no keyword is stays as a comment, and is told as a deviation.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, NamedTuple

from commonsky.formats.ndm_cdm import CDM
from commonsky.formats.ndm_json_pieces import DEEPEST
from commonsky.formats.ndm_json_source import Source
from commonsky.formats.ndm_spec import Field, Section, Specification
from commonsky.formats.tracss import TOP, Name, meaning

SIDES = {"object1": 1, "object2": 2, "sat1": 1, "sat2": 2}
UNIT, USER = "_UNIT", "USER_DEFINED_"
BETWEEN_COMMENTS = "; "
ORDERED = "_ordered"  # a list of pairs
LONGEST_REMARK = 200
FOREIGN = "is no keyword of the standard; kept as a comment"


class Told(NamedTuple):
    """A name with its value, and whether it stood in the object of object 1 or 2."""

    name: str
    value: object
    side: int


class Remark(NamedTuple):
    """What becomes a comment; `foreign` where it is a name that nobody knows."""

    name: str
    text: str
    foreign: bool


class Assignments:
    """What is said in one object, by side (0 for the message, 1 and 2 for its objects)."""

    def __init__(self, told: dict[str, Any], source: Source, specification: Specification) -> None:
        self.source = source
        self.values: dict[tuple[int, str], Told] = {}
        self.units: dict[tuple[int, str], str] = {}
        self.remarks: dict[int, list[Remark]] = {0: [], 1: [], 2: []}
        self._measures: dict[tuple[int, str], str] = {}
        self._titled: list[tuple[int, str, Told]] = []
        for one in _leaves(told, 0, 0, source):
            if one.value is not None and one.value != "":
                self._add(one, _meaning(one, specification))
        for side, title, one in self._titled:
            unit = self._measures.get((side, title), "")
            text = f"{title} = {_shown(one.value)}" + (f" [{unit}]" if unit else "")
            self.remarks[side].append(Remark(one.name, text, foreign=False))
        self.has_units = bool(self.units)

    def _add(self, one: Told, name: Name) -> None:
        place = (name.side, name.keyword)
        if name.keyword == "COMMENT":
            for text in str(one.value).split(BETWEEN_COMMENTS):
                self.remarks[name.side].append(Remark(one.name, text, foreign=False))
        elif name.comment and name.is_unit:
            self._measures[name.side, name.comment] = str(one.value)
        elif name.comment:
            self._titled.append((name.side, name.comment, one))
        elif not name.keyword:
            text = f"{one.name} = {_shown(one.value)}"
            remark = Remark(one.name, text[:LONGEST_REMARK], foreign=True)
            self.remarks[name.side].append(remark)
        elif name.is_unit:
            self.units[place] = str(one.value)
        elif place in self.values:
            first = self.values[place].name
            raise self.source.problem(f"says the same as {first[:40]}", one.name)
        else:
            self.values[place] = one

    def take(self, side: int, keyword: str) -> Told | None:
        """Return what is said of a keyword, once."""
        return self.values.pop((side, keyword), None)


def flat_transcript(
    specification: Specification,
    told: dict[str, Any],
    source: Source,
    version: object,
    opening: str,
) -> list[tuple[int, str, str]]:
    """Fill the transcript of a source; return its departures: row, name and what is wrong."""
    told = {name: value for name, value in told.items() if name != opening}
    said = Assignments(told, source, specification)
    said.take(0, specification.opening)
    source.say(specification.opening, version, opening, "")
    foreign: list[tuple[int, str, str]] = []
    for side in range(3 if specification is CDM else 1):
        for section in specification.sections:
            if specification is CDM and (side == 0) != (section.name in TOP):
                continue
            _section(section, side, said)
            if section.name == ("metadata" if side else "header"):
                _remark(said, side, foreign)
    # What the service itself adds stands at the top, and at the end in the standard.
    for _, keyword in sorted(said.values):
        one = said.values[_, keyword]
        source.say(keyword, one.value, one.name, "")
    return foreign


def _section(section: Section, side: int, said: Assignments) -> None:
    for keyword, found in section.fields.items():
        one = said.take(side, keyword)
        if one is not None:
            said.source.say(keyword, one.value, one.name, _unit(said, side, keyword, found))
        elif side and keyword == section.opener:
            said.source.transcript.say(keyword, f"OBJECT{side}".encode(), "", 0)


def _unit(said: Assignments, side: int, keyword: str, found: Field) -> str:
    """The unit that is told; where a message tells none at all, that of the standard."""
    return said.units.get((side, keyword), "" if said.has_units else found.unit)


def _remark(said: Assignments, side: int, foreign: list[tuple[int, str, str]]) -> None:
    for one in said.remarks[side]:
        if one.foreign:
            foreign.append((len(said.source.transcript.lines), one.name, FOREIGN))
        text = one.text.encode("ascii", "backslashreplace").decode()
        said.source.comment(text, one.name)


def _leaves(told: dict[str, Any], side: int, depth: int, source: Source) -> Iterator[Told]:
    """Yield all names with values, those of objects within included."""
    for name, value in told.items():
        if isinstance(value, dict):
            if depth >= DEEPEST:
                raise source.problem(f"stands more than {DEEPEST} deep", name)
            yield from _leaves(value, SIDES.get(name.lower(), side), depth + 1, source)
        elif not isinstance(value, list):
            yield Told(name, value, side)
        elif name.lower().endswith(ORDERED) and all(map(_is_pair, value)):
            for keyword, number in value:
                yield Told(str(keyword), number, side)
        elif name.lower() in ("comment", "comments"):
            for one in value:
                yield Told(name, _scalar(one, name, source), side)
        elif value:
            yield Told(name, " ".join(str(_scalar(one, name, source)) for one in value), side)


def _is_pair(value: object) -> bool:
    return isinstance(value, list) and len(value) == 2 and isinstance(value[0], str)


def _scalar(value: object, name: str, source: Source) -> object:
    if isinstance(value, (dict, list)):
        raise source.problem("holds what no message has", name)
    return value


def _meaning(one: Told, specification: Specification) -> Name:
    """What a name means; keywords of other messages than conjunctions stand for themselves."""
    if specification is CDM or one.name in ("COMMENT", "comments"):
        return meaning(one.name, one.side)
    stem = one.name.removesuffix(UNIT)
    for name in dict.fromkeys((one.name, stem)):
        if any(
            name in section.fields or (name.startswith(USER) and "*" in section.fields)
            for section in specification.sections
        ):
            return Name(0, name, "", is_unit=name != one.name)
    return Name(0, "", "", is_unit=False)


def _shown(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value)

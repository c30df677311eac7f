"""What stands in a policy's text: where each rule begins, and what its conditions speak of."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from commonsky.errors import PolicyError

DEEPEST = 64  # brackets within brackets
COMPARED = ("==", "!=", "contains", "containsAny", "containsAll")


@dataclass(frozen=True, slots=True)
class Passage:
    """The text of one rule, and the line where it begins."""

    line: int
    text: str


@dataclass(slots=True)
class Spoken:
    """What a rule speaks of: attributes of a record, texts they are compared with, entities."""

    attributes: set[str] = field(default_factory=set)
    compared: set[tuple[str, str]] = field(default_factory=set)
    entities: set[tuple[str, str]] = field(default_factory=set)
    whole: bool = False  # the context as one value, so that every attribute matters


def passages(text: str) -> list[Passage]:
    """Return the rules of a policy in order; what follows the last semicolon counts as one."""
    found: list[Passage] = []
    start = -1  # of the rule at hand, -1 between rules
    line = begins = 1
    depth, place = 0, 0
    while place < len(text):
        after = _past(text, place)
        line += text.count("\n", place, after)
        if text[place].isspace() or text.startswith("//", place):
            place = after
            continue
        if start < 0:
            start, begins = place, line
        depth += (text[place] in "([{") - (text[place] in ")]}")
        if depth > DEEPEST:
            raise PolicyError(f"line {line}: brackets are nested deeper than {DEEPEST}")
        if text[place] == ";":
            found.append(Passage(begins, text[start:after]))
            start, depth = -1, 0
        place = after
    return found if start < 0 else [*found, Passage(begins, text[start:].rstrip())]


def _past(text: str, place: int) -> int:
    """Where the comment, string or character that begins here is over."""
    if text.startswith("//", place):
        end = text.find("\n", place)
        return len(text) if end < 0 else end + 1
    if text[place] != '"':
        return place + 1
    end = place + 1
    while end < len(text) and text[end] != '"':
        end += 2 if text[end] == "\\" else 1
    return min(end + 1, len(text))


def spoken(told: Any) -> Spoken:  # noqa: ANN401 - JSON
    """Return what a rule, or a part of one, speaks of; `told` is Cedar's JSON of it."""
    found = Spoken()
    _read(told, found)
    return found


def _read(part: Any, found: Spoken) -> None:  # noqa: ANN401 - JSON
    match part:
        case {".": {"left": {"Var": "context"}, "attr": str(name)}} | {
            "has": {"left": {"Var": "context"}, "attr": str(name)}
        }:
            found.attributes.add(name)
        case {"Var": "context"}:
            found.whole = True
        case {"type": str(kind), "id": str(name)} if len(part) == 2:
            found.entities.add((kind, name))
        case dict():
            for operator in COMPARED:
                if isinstance(sides := part.get(operator), dict):
                    _compare(sides.get("left"), sides.get("right"), found)
                    _compare(sides.get("right"), sides.get("left"), found)
            for value in part.values():
                _read(value, found)
        case list():
            for value in part:
                _read(value, found)


def _compare(attribute: Any, literal: Any, found: Spoken) -> None:  # noqa: ANN401 - JSON
    match attribute:
        case {".": {"left": {"Var": "context"}, "attr": str(name)}}:
            found.compared.update((name, text) for text in _texts(literal))


def _texts(literal: Any) -> list[str]:  # noqa: ANN401 - JSON
    match literal:
        case {"Value": str(text)}:
            return [text]
        case {"Set": list(members)}:
            return [text for one in members for text in _texts(one)]
    return []

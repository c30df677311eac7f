"""What a message says, line by line and whatever its notation, with the very letters it says."""

from __future__ import annotations

from typing import NamedTuple

from commonsky.formats.ndm_kernels import COMMENTS, ROWS
from commonsky.formats.ndm_layout import Place
from commonsky.formats.ndm_lines import Line
from commonsky.formats.ndm_message import Message
from commonsky.formats.ndm_spec import Field

COMMENT = "COMMENT"
ROW = ""
TEXTS = frozenset({"text", "choice", "record"})


class Entry(NamedTuple):
    """
    A line that says something; keyword `COMMENT` for comments and `ROW` for rows of numbers.

    `kind` is that of its field.  Bytes that are no UTF-8 are kept as lone surrogates.
    """

    section: str
    segment: int
    block: int
    keyword: str
    value: str
    unit: str
    kind: str = "text"


def entries(message: Message) -> list[Entry]:
    """
    Return what the lines of a message say, in their order.

    A comment belongs to what follows it, as senders put it there; after the last, to that.
    """
    found: list[Entry] = []
    waiting: list[str] = []
    for row, (line, place) in enumerate(zip(message.lines, message.layout.places, strict=True)):
        if line.status == COMMENTS:
            waiting.append(_text(message.lines.value(row)))
            continue
        if place.field is None and line.status != ROWS and not (waiting and line.rest):
            continue
        where = (place.section, place.segment, place.block)
        found += [Entry(*where, COMMENT, comment, "") for comment in waiting]
        waiting.clear()
        found += _said(message, row, line, place)
    where = found[-1][:3] if found else ("header", 0, 0)
    found += [Entry(*where, COMMENT, comment, "") for comment in waiting]
    return found


def _said(message: Message, row: int, line: Line, place: Place) -> list[Entry]:
    where = (place.section, place.segment, place.block)
    if place.field is not None:
        return [Entry(*where, line.keyword, *_value(message, row, line, place.field))]
    if line.status != ROWS:
        return []
    rows = message.lines.value(row).split(b"\n")
    return [Entry(*where, ROW, _text(one.strip()), "") for one in rows if one.strip()]


def _value(message: Message, row: int, line: Line, found: Field) -> tuple[str, str, str]:
    """Value, unit and kind; brackets belong to a text, unless they are its unit."""
    value, unit = _text(message.lines.value(row)), _text(line.unit).strip()
    if found.kind not in TEXTS or (found.unit and unit == found.unit):
        return value, unit, found.kind
    return _text(message.lines.whole(row)), "", found.kind


def _text(value: bytes) -> str:
    return value.decode("utf-8", "surrogateescape")

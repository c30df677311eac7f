"""
A message in another notation: every line with the very digits it was read with.

Into keywords and values, XML, or JSON in our own form (see `ndm_json`).  What a notation has no
place for is `NotRepresentable`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from enum import StrEnum
from functools import partial
from itertools import zip_longest
from typing import Any

from commonsky.errors import NotRepresentable
from commonsky.formats.ndm_cdm import CDM
from commonsky.formats.ndm_entries import ROW, Entry, entries
from commonsky.formats.ndm_lines import Problem, shown
from commonsky.formats.ndm_message import Message, reader_of
from commonsky.formats.ndm_tdm import TDM
from commonsky.formats.ndm_transcript import Transcribed
from commonsky.formats.ndm_xml import read_xml
from commonsky.formats.ndm_xml_write import xml_text

__all__ = ["Entry", "Notation", "entries", "written"]

JSON_NUMBER = re.compile(r"-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?")
INDENT = "  "
LONGEST_LINE = 254  # of a CDM in keywords and values


class Notation(StrEnum):
    """How a message is written down."""

    KVN = "kvn"
    XML = "xml"
    JSON = "json"


class _Lexeme(str):
    """A number as it was written."""

    __slots__ = ()


def written(message: Message, notation: Notation, *, strict: bool = False) -> bytes:
    """
    Return a message in a notation; keywords and values come back as they came.

    Letters, comments and their order stay; units are spelled as the standard has them.  What has
    no place in the notation is `NotRepresentable`, and if strict whatever a strict reader of it
    would refuse.
    """
    match notation:
        case Notation.KVN:
            return _keywords(message, strict=strict)
        case Notation.XML:
            return _xml(message, strict=strict)
        case Notation.JSON:
            return _json(message)


def _keywords(message: Message, *, strict: bool) -> bytes:
    if not isinstance(message, Transcribed):
        return message.raw
    text = message.transcript
    if not text.isascii():
        raise NotRepresentable("keywords and values are in ASCII, and not all of this is")
    longest = max(text.split(b"\n"), key=len)
    if message.specification is CDM and len(longest) > LONGEST_LINE:
        told = f"a line of a CDM holds {LONGEST_LINE} characters, and {shown(longest)} more"
        raise NotRepresentable(told)
    if strict:
        _check_strictly(reader_of(message.specification, strict=True).read, text)
    return text


def _xml(message: Message, *, strict: bool) -> bytes:
    """Write, and read again: what does not come back is not written."""
    said = entries(message)
    try:
        text = xml_text(message.specification, message.version, said).encode()
    except UnicodeEncodeError as error:
        raise NotRepresentable(
            f"XML is in UTF-8, and not all of this is: {error.reason}"
        ) from None
    if strict:
        _check_strictly(partial(read_xml, strict=True), text)
    try:
        (back,) = read_xml(text)
    except Problem as problem:
        raise NotRepresentable(f"it could not be read again: {problem}") from None
    if isinstance(back, Problem):
        raise NotRepresentable(f"it could not be read again: {back}")
    opening = message.specification.opening
    for here, there in zip_longest(_letters(said, opening), _letters(entries(back), opening)):
        if here != there:
            raise NotRepresentable(f"{(here or there)[1]} cannot be said there as it is here")
    return text


def _letters(said: list[Entry], opening: str) -> Iterator[tuple[object, ...]]:
    """What must come back; between the numbers of a row there may be more blanks or fewer."""
    for entry in said:
        if entry.keyword != opening:
            loose = entry.kind == "record" or entry.keyword == ROW
            yield (
                entry[:3], entry.keyword, entry.value.split() if loose else entry.value
            )  # fmt: skip


def _check_strictly(read: Callable[[bytes], object], text: bytes) -> None:
    try:
        read(text)
    except Problem as problem:
        raise NotRepresentable(f"the standard does not allow it: {problem}") from None


def _json(message: Message) -> bytes:
    opening = message.specification.opening
    told: dict[str, Any] = {opening: message.version}
    segments: list[dict[str, Any]] = []
    open_block: tuple[str, int, int] = ("", 0, -1)
    block: dict[str, Any] = {}
    repeats = bool(message.specification.repeats_from)
    for entry in entries(message):
        if entry.keyword == opening:
            continue
        if entry[:3] != open_block:
            open_block, block = (entry.section, entry.segment, entry.block), {}
            home = told
            if repeats and entry.segment:
                while len(segments) < entry.segment:
                    segments.append({})
                home = segments[entry.segment - 1]
            before = home.get(entry.section)
            if before is None:
                home[entry.section] = block
            else:
                home[entry.section] = [*(before if isinstance(before, list) else [before]), block]
        _into(block, entry, record=message.specification is TDM and entry.section == "data")
    if segments:
        told["segments"] = segments
    return _dumped(told).encode()


def _into(block: dict[str, Any], entry: Entry, *, record: bool) -> None:
    if entry.keyword == "COMMENT":
        block.setdefault("COMMENT", []).append(entry.value)
    elif not entry.keyword:
        block.setdefault("rows", []).append(entry.value)
    elif record:
        block.setdefault("records", []).append({entry.keyword: entry.value})
    else:
        numeric = entry.kind in ("real", "integer") and JSON_NUMBER.fullmatch(entry.value)
        block[entry.keyword] = _Lexeme(entry.value) if numeric else entry.value


def _dumped(value: object, depth: int = 0) -> str:
    """JSON with numbers as they were written."""
    pad = INDENT * (depth + 1)
    if isinstance(value, dict):
        inner = [f"{pad}{json.dumps(k)}: {_dumped(v, depth + 1)}" for k, v in value.items()]
        return "{\n" + ",\n".join(inner) + "\n" + INDENT * depth + "}"
    if isinstance(value, list):
        inner = [pad + _dumped(one, depth + 1) for one in value]
        return "[\n" + ",\n".join(inner) + "\n" + INDENT * depth + "]"
    return str(value) if isinstance(value, _Lexeme) else json.dumps(value)

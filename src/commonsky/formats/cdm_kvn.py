"""Conjunction data messages in keyword-value notation: records in, bytes out."""

from __future__ import annotations

import re
from collections.abc import Iterable

from commonsky.errors import NotRepresentable
from commonsky.formats.cdm import VERSION, ConjunctionDataMessage, Entry, sections
from commonsky.formats.cdm_fields import SHOWN, checked_line

WIDTH = len("COLLISION_PROBABILITY_METHOD")
LOOKS_LIKE_UNIT = re.compile(r"\[[^\]]*\]$")


def cdm_kvn(message: ConjunctionDataMessage) -> bytes:
    """
    Return a message in KVN; what KVN cannot carry raises `NotRepresentable`, which says why.

    A text with = in it, or with brackets at its end, is refused: by the standard it might pass,
    but readers would take it for a second assignment or a unit.
    """
    said = sections(message)
    lines = [_line(("CCSDS_CDM_VERS", VERSION, "")), *_lines(said.header)]
    lines += _lines(said.relative)
    for blocks in said.objects:
        for block in blocks:
            lines += _lines(block)
    return ("\n".join(lines) + "\n").encode("ascii")


def _lines(entries: Iterable[Entry]) -> list[str]:
    return [_line(entry) for entry in entries]


def _line(entry: Entry) -> str:
    keyword, text, unit = entry
    if keyword == "COMMENT":
        return checked_line(f"COMMENT {text}")
    if unit:
        return f"{keyword:<{WIDTH}} = {text} [{unit}]"
    if "=" in text or LOOKS_LIKE_UNIT.search(text):
        raise NotRepresentable(
            f"{keyword} cannot be {text[:SHOWN]!r} in a KVN CDM: = and brackets at the end have a "
            "meaning there"
        )
    return checked_line(f"{keyword:<{WIDTH}} = {text}")

"""OMM in keyword-value notation, any number one after the other: bytes in, tables out."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from commonsky.formats.gathering import Gathering, Taken, plain_text
from commonsky.formats.omm import (
    KEYWORDS,
    UNITS,
    UNUSED,
    USER_DEFINED,
    Messages,
    unit_problem,
)
from commonsky.formats.sniff import BYTE_ORDER_MARK, KVN, Format, format_begun_by, is_tle_line

FORM = Format.KVN.value
PAIR = re.compile(r"([A-Z][A-Z0-9_]*)\s*=\s*(.*)", re.DOTALL)
COVARIANCE = re.compile(r"C[XYZ](?:_DOT)?_[XYZ](?:_DOT)?")
WITH_UNIT = re.compile(r"(.*?)\s*\[([^\]]*)\]")


@dataclass(slots=True)
class _Message:
    """One message as far as it has been read."""

    line: int
    kind: str
    beginning: str
    pairs: dict[str, str] = field(default_factory=dict)
    problem: tuple[int, str, str] | None = None


class KvnReader:
    """Reads messages from one CCSDS_OMM_VERS to the next, and notices where they end."""

    whole_lines = True

    def __init__(self, gathering: Gathering) -> None:
        self.gathering = gathering

    def take(self, block: bytes, line: int, *, final: bool) -> Taken:
        """
        Read a block of whole lines, the first of which is number `line` of the input.

        Unless it is the `final` block, the last message is left for the next, which may go on
        with it.
        """
        lines = block.split(b"\n")
        messages = Messages(self.gathering, FORM, by_standard=True)
        current: _Message | None = None
        begun_at = 0
        for place, raw in enumerate(lines):
            if b"_VERS" in raw and KVN.match(raw.removeprefix(BYTE_ORDER_MARK).lstrip()):
                self._finish(current, messages)
                current, begun_at = _begun(raw, line + place), place
            elif raw.strip():
                begins = _other_format(lines[place : place + 2])
                if begins is not None:
                    self._finish(current, messages)
                    messages.flush()
                    return Taken(_bytes_of(lines, place), begins)
                if current is None:
                    text = plain_text(raw)
                    self.gathering.refuse(line + place, "", "before any CCSDS_OMM_VERS", text)
                else:
                    _read_line(current, raw, line + place)
        if final or current is None:
            self._finish(current, messages)
            messages.flush()
            return Taken(len(block))
        messages.flush()
        return Taken(_bytes_of(lines, begun_at))

    def _finish(self, message: _Message | None, messages: Messages) -> None:
        if message is None:
            return
        if message.kind != "OMM":
            reason = f"a message of kind {message.kind}, but only OMM are element sets"
            self.gathering.refuse(message.line, "", reason, message.beginning)
        elif message.problem is not None:
            self.gathering.refuse(*message.problem, message.beginning)
        else:
            messages.add(message.pairs, message.line)


def _begun(raw: bytes, line: int) -> _Message:
    text = plain_text(raw.removeprefix(BYTE_ORDER_MARK)).strip()
    return _Message(line, text.partition("_")[2][:3], text)


def _bytes_of(lines: list[bytes], count: int) -> int:
    return sum(map(len, lines[:count])) + count


def _other_format(lines: list[bytes]) -> Format | None:
    """What begins with the first of two lines, unless the message goes on there."""
    if b"=" in lines[0] and PAIR.match(plain_text(lines[0]).strip()):
        return None
    begins = format_begun_by(lines[0])
    if begins is None and not lines[0].lstrip().startswith(b"COMMENT"):
        # A name comes before a line 1.
        return Format.TLE if any(map(is_tle_line, lines)) else None
    return begins


def _read_line(message: _Message, raw: bytes, line: int) -> None:
    """Add what a line says to a message."""
    text = plain_text(raw).strip()
    found = PAIR.fullmatch(text)
    if found is None:
        if not text.startswith("COMMENT") and message.problem is None:
            told = f"{text[:40]!r} is neither KEYWORD = value nor COMMENT"
            message.problem = (line, "", told)
        return
    keyword, value = found[1].removeprefix(USER_DEFINED), found[2]
    if keyword not in KEYWORDS:
        if keyword == found[1] and keyword not in UNUSED and not COVARIANCE.fullmatch(keyword):
            told = f"no keyword of an OMM; what is not in the standard begins with {USER_DEFINED}"
            message.problem = message.problem or (line, keyword, told)
        return
    if keyword in UNITS and (united := WITH_UNIT.fullmatch(value)):
        value = united[1]
        if told := unit_problem(keyword, united[2]):
            message.problem = message.problem or (line, keyword, told)
    if keyword in message.pairs:
        message.problem = message.problem or (line, keyword, "stands twice in one message")
    message.pairs[keyword] = value

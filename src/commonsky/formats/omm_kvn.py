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
from commonsky.formats.sniff import BYTE_ORDER_MARK, KVN, Format, format_at

FORM = Format.KVN.value
PAIR = re.compile(r"([A-Z][A-Z0-9_]*)\s*=\s*(.*)", re.DOTALL)
COVARIANCE = re.compile(r"C[XYZ](?:_DOT)?_[XYZ](?:_DOT)?")
LINE = re.compile(rb"[^\n]*\n|[^\n]+\Z")
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
        self._message: _Message | None = None

    def take(self, block: bytes, line: int, *, final: bool) -> Taken:
        """
        Read a block of whole lines, the first of which is number `line` of the input.

        Unless it is the `final` block, a last line that may be a name is left for the next.
        """
        lines = LINE.findall(block)
        messages = Messages(self.gathering, FORM, by_standard=True)
        used = 0
        begins: Format | None = None
        for place, raw in enumerate(lines):
            if b"_VERS" in raw and KVN.match(raw.removeprefix(BYTE_ORDER_MARK).lstrip()):
                self._finish(messages)
                self._message = _begun(raw, line + place)
            elif raw.strip():
                if not _goes_on(raw):
                    if place + 1 == len(lines) and not final:
                        break
                    begins = format_at(b"".join(lines[place : place + 2]), 0)
                    if begins is not None:
                        break
                self._read_line(raw, line + place)
            used += len(raw)
        if final or begins is not None:
            self._finish(messages)
        messages.flush()
        return Taken(used, begins)

    def _read_line(self, raw: bytes, line: int) -> None:
        if self._message is None:
            self.gathering.refuse(line, "", "before any CCSDS_OMM_VERS", plain_text(raw).strip())
        else:
            _read_line(self._message, raw, line)

    def _finish(self, messages: Messages) -> None:
        message, self._message = self._message, None
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


def _goes_on(raw: bytes) -> bool:
    """Whether a line belongs to a message, whatever follows it."""
    if raw.lstrip().startswith(b"COMMENT"):
        return True
    return b"=" in raw and PAIR.match(plain_text(raw).strip()) is not None


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

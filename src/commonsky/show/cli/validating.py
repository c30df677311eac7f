"""What `commonsky validate` does: one line of JSON a message, then one that counts."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from commonsky.errors import MessageError, UnreadableInput
from commonsky.formats.compression import Unpacked
from commonsky.formats.ndm_kernels import LONGEST_LINE
from commonsky.formats.ndm_lines import Problem, problem_at
from commonsky.formats.ndm_message import Message
from commonsky.formats.ndm_read import read_messages
from commonsky.formats.ndm_xml_lex import is_xml

PIECE = 1 << 20
LARGEST = 1 << 30  # bytes of a message


def show_validity(files: Sequence[str], *, strict: bool) -> None:
    """Write what is found of each message; `UnreadableInput` at the end if any was refused."""
    refused, count = 0, 0
    for file in files:
        for told in _validity(file, strict=strict):
            refused += "refused" in told
            count += 1
            sys.stdout.write(msgspec.json.encode(told).decode() + "\n")
    summary = {"kind": "summary", "messages": count, "refused": refused}
    sys.stdout.write(msgspec.json.encode(summary).decode() + "\n")
    if refused:
        raise UnreadableInput(f"{refused} of {count} messages were refused")


def _validity(file: str, *, strict: bool) -> Iterator[dict[str, object]]:
    for message in messages_in(file, strict=strict):
        told: dict[str, object] = {"kind": "validation", "file": file}
        if isinstance(message, Problem):
            place = {"line": message.line, "column": message.column, "keyword": message.field}
            yield told | {"refused": place | {"problem": message.problem}}
            continue
        deviations = [one._asdict() for one in message.deviations]
        kind, version = message.specification.kind, message.version
        yield told | {"message": kind, "version": version, "deviations": deviations}


def messages_in(file: str, *, strict: bool = False) -> list[Message | Problem]:
    """Return the messages of a file, and in place of a bad one what is wrong with it."""
    try:
        return read_messages(message_bytes(file), strict=strict)
    except Problem as problem:
        return [problem]


def message_bytes(file: str) -> bytes:
    """
    Return the content of a file, unpacked; what is too large is refused before it is all read.

    A line beyond any use is a `Problem` as soon as it is met, and so are bytes past a gigabyte.
    A document in XML may be one line.
    """
    unpacked = Unpacked(_pieces(file))
    content = bytearray()
    line_start = 0
    for piece in unpacked:
        content += piece
        newline = content.rfind(b"\n", max(line_start, len(content) - len(piece)))
        if newline >= 0:
            line_start = newline + 1
        endless = len(content) - line_start > LONGEST_LINE + PIECE
        if len(content) > LARGEST or (endless and not is_xml(content)):
            what = f"a line of more than {LONGEST_LINE:,} bytes, or {LARGEST:,} bytes in all"
            raise problem_at(bytes(content), line_start + LONGEST_LINE, what)
    if unpacked.problem:
        raise MessageError(unpacked.problem, line=1)
    return bytes(content)


def _pieces(file: str) -> Iterator[bytes]:
    try:
        if file == "-":
            yield from iter(lambda: sys.stdin.buffer.read(PIECE), b"")
            return
        with Path(file).open("rb") as opened:
            yield from iter(lambda: opened.read(PIECE), b"")
    except OSError as error:
        raise UnreadableInput(f"{file}: {error.strerror or error}") from error

"""
Who at this node said what of an alert: names that never leave it.

They stand in a file of the node's folder, by the handle of the claim, and in no record.
"""

from __future__ import annotations

import os
import threading
from pathlib import Path

import msgspec

FILE = "operators.jsonl"
LONGEST_LINE = 1024


class Operator(msgspec.Struct, frozen=True):
    """One line: a claim, and who made it."""

    claim: str
    name: str


class Operators:
    """The names of one node, in a file that nobody else may read."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._names = _read(path)

    def note(self, claim: str, name: str) -> None:
        """Keep who made a claim."""
        line = msgspec.json.encode(Operator(claim, name)) + b"\n"
        with self._lock:
            flags = os.O_CREAT | os.O_APPEND | os.O_WRONLY
            descriptor = os.open(self._path, flags, 0o600)
            with os.fdopen(descriptor, "ab") as stream:
                stream.write(line)
            self._names[claim] = name

    def who(self, claim: str) -> str:
        """Return who made a claim of ours, "" where that is not known."""
        return self._names.get(claim, "")


def _read(path: Path) -> dict[str, str]:
    """The names; a line that was torn by a crash is left out."""
    try:
        lines = path.read_bytes().splitlines()
    except FileNotFoundError:
        return {}
    names = {}
    for line in lines:
        try:
            one = msgspec.json.decode(line[:LONGEST_LINE], type=Operator)
        except msgspec.DecodeError:
            continue
        names[one.claim] = one.name
    return names

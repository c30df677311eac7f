"""Two persons confirm a class of records before it is released for the first time."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from pathlib import Path

import msgspec

from commonsky.errors import PolicyError
from commonsky.share.policy import lines as lines_of_file
from commonsky.share.policy.classes import RecordClass

CONFIRMED = "confirmed.jsonl"
PERSONS = 2
STARTER = "starter policy"
INVISIBLE = ("Cc", "Cf")  # categories of Unicode: control and format characters


class Confirmation(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One person's word for one class; `starter` where it came with the node's first policy."""

    record_class: RecordClass
    person: str
    at_tai_ns: int
    starter: bool = False


class Confirmations:
    """Who has confirmed what, in a file that only grows."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / CONFIRMED
        self._persons: dict[RecordClass, list[str]] = {}
        self._of_starter: set[RecordClass] = set()
        self._read_bytes = 0
        self.refresh()

    def refresh(self) -> bool:
        """Take in what was confirmed since; return whether there was anything."""
        whole = lines_of_file.grown(self._path, self._read_bytes)
        for line in whole.splitlines():
            try:
                self._add(msgspec.json.decode(line, type=Confirmation))
            except msgspec.DecodeError as error:
                raise PolicyError(f"{self._path} holds what is no confirmation: {error}") from None
        self._read_bytes += len(whole)
        return bool(whole)

    @property
    def read_bytes(self) -> int:
        """How much of the file was taken in: it changes with every confirmation."""
        return self._read_bytes

    def confirmed(self, record_class: RecordClass) -> bool:
        """Whether two persons have confirmed a class, or it came with the starter policy."""
        asked = record_class.confirmable
        return asked in self._of_starter or len(self._persons.get(asked, ())) >= PERSONS

    def persons(self, record_class: RecordClass) -> tuple[str, ...]:
        """Return who has confirmed a class so far."""
        return tuple(self._persons.get(record_class.confirmable, ()))

    def confirm(self, record_class: RecordClass, person: str, at_tai_ns: int) -> list[str]:
        """Note a person's word, durably; return all who have given theirs."""
        name = " ".join(person.split())
        if not same(name):
            raise PolicyError("a confirmation needs the name of a person")
        asked = record_class.confirmable
        self._write([Confirmation(record_class=asked, person=name, at_tai_ns=at_tai_ns)])
        return list(self._persons[asked])

    def begin_with(self, classes: Iterable[RecordClass]) -> None:
        """Let the classes of a starter policy count as confirmed."""
        self._write(
            Confirmation(record_class=one.confirmable, person=STARTER, at_tai_ns=0, starter=True)
            for one in classes
        )

    def _write(self, new: Iterable[Confirmation]) -> None:
        lines = b"".join(msgspec.json.encode(one) + b"\n" for one in new)
        lines_of_file.append(self._path, lines)
        self.refresh()

    def _add(self, one: Confirmation) -> None:
        asked = one.record_class.confirmable
        if one.starter:
            self._of_starter.add(asked)
            return
        persons = self._persons.setdefault(asked, [])
        if same(one.person) not in map(same, persons):
            persons.append(one.person)


def same(name: str) -> str:
    """Return what two ways to write one person's name have in common."""
    seen = unicodedata.normalize("NFKC", name)
    visible = "".join(one for one in seen if unicodedata.category(one) not in INVISIBLE)
    return " ".join(visible.casefold().split())

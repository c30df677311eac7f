"""Two persons confirm a class of records before it is released for the first time."""

from __future__ import annotations

import os
from pathlib import Path

import msgspec

from commonsky.errors import PolicyError
from commonsky.share.policy.classes import RecordClass

CONFIRMED = "confirmed.jsonl"
PERSONS = 2
STARTER = "starter policy"


class Confirmation(msgspec.Struct, frozen=True, kw_only=True):
    """One person's word for one class."""

    record_class: RecordClass
    person: str
    at_tai_ns: int


class Confirmations:
    """Who has confirmed what, in a file that only grows."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / CONFIRMED
        self._persons: dict[RecordClass, list[str]] = {}
        self._read_bytes = 0
        self.refresh()

    def refresh(self) -> bool:
        """Take in what was confirmed since; return whether there was anything."""
        try:
            with self._path.open("rb") as stream:
                stream.seek(self._read_bytes)
                new = stream.read()
        except FileNotFoundError:
            return False
        whole = new[: new.rfind(b"\n") + 1]  # a line that is being written waits
        self._read_bytes += len(whole)
        for line in whole.splitlines():
            try:
                one = msgspec.json.decode(line, type=Confirmation)
            except msgspec.DecodeError as error:
                raise PolicyError(f"{self._path} holds what is no confirmation: {error}") from None
            self._add(one.record_class, one.person)
        return bool(whole)

    def confirmed(self, record_class: RecordClass) -> bool:
        """Whether two persons have confirmed a class, or it is of the starter policy."""
        persons = self._persons.get(record_class.confirmable, [])
        return len(persons) >= PERSONS or STARTER in persons

    def confirm(self, record_class: RecordClass, person: str, at_tai_ns: int) -> list[str]:
        """Note a person's word, durably; return all who have given theirs."""
        name = " ".join(person.split())
        if not name:
            raise PolicyError("a confirmation needs the name of a person")
        one = Confirmation(record_class=record_class.confirmable, person=name, at_tai_ns=at_tai_ns)
        with self._path.open("ab") as stream:
            stream.write(msgspec.json.encode(one) + b"\n")
            stream.flush()
            os.fsync(stream.fileno())
        self.refresh()
        return list(self._persons[one.record_class])

    def _add(self, record_class: RecordClass, person: str) -> None:
        persons = self._persons.setdefault(record_class, [])
        if person.casefold() not in {one.casefold() for one in persons}:
            persons.append(person)

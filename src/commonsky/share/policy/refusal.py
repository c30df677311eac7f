"""
What a release officer keeps home, though the policy would let it go.

A refusal stops what is released; it never silently stops a warning to whoever is at risk: that
takes the word of two persons who say so.
"""

from __future__ import annotations

from pathlib import Path

import msgspec

from commonsky.errors import PolicyError
from commonsky.share.policy import lines
from commonsky.share.policy.confirmation import PERSONS, same

REFUSED = "refused.jsonl"
EVERYBODY = ""
LONGEST_REASON = 500


class Refusal(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """
    One person's word on one record of ours, for one recipient or for everybody.

    `lifted` takes earlier words back; `covers_warn` says that even a warning is not to go.
    """

    record: str
    recipient: str = EVERYBODY
    person: str
    reason: str
    at_tai_ns: int
    covers_warn: bool = False
    lifted: bool = False


class Refusals:
    """Who keeps what home, in a file of this node that only grows and never leaves it."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / REFUSED
        self._standing: dict[tuple[str, str], list[Refusal]] = {}
        self._read_bytes = 0
        self.refresh()

    def refresh(self) -> bool:
        """Take in what was said since; return whether there was anything."""
        whole = lines.grown(self._path, self._read_bytes)
        for line in whole.splitlines():
            try:
                self._add(msgspec.json.decode(line, type=Refusal))
            except msgspec.DecodeError as error:
                raise PolicyError(f"{self._path} holds what is no refusal: {error}") from None
        self._read_bytes += len(whole)
        return bool(whole)

    @property
    def read_bytes(self) -> int:
        """How much of the file was taken in: it changes with every word."""
        return self._read_bytes

    def of(self, record: str, recipient: str) -> tuple[Refusal, ...]:
        """Return the words that keep a record from a recipient, none where it may go."""
        found = self._standing.get((record, EVERYBODY), [])
        return (*found, *self._standing.get((record, recipient), []))

    def covers_warn(self, record: str, recipient: str) -> bool:
        """Whether two persons have said that not even a warning is to go."""
        words = [one for one in self.of(record, recipient) if one.covers_warn]
        return len({same(one.person) for one in words}) >= PERSONS

    def records(self) -> list[str]:
        """Return the records that are kept from anybody."""
        return sorted({record for record, _ in self._standing})

    def say(self, word: Refusal) -> None:
        """Note a person's word, durably."""
        if not same(word.person):
            raise PolicyError("a refusal needs the name of a person")
        if not 1 <= len(word.reason.strip()) <= LONGEST_REASON:
            raise PolicyError(f"a refusal needs a reason of 1 to {LONGEST_REASON} letters")
        lines.append(self._path, msgspec.json.encode(word) + b"\n")
        self.refresh()

    def _add(self, word: Refusal) -> None:
        place = (word.record, word.recipient)
        if word.lifted:
            self._standing.pop(place, None)
        else:
            self._standing.setdefault(place, []).append(word)

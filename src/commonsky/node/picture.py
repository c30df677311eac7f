"""
The picture: what this nation holds of every object, and from whom.

Statements stand side by side.  Where nations say the very same elements, one row carries all their
names; where they differ, each has a row of its own, and nothing is averaged.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Self

import numpy as np

from commonsky.catalogue.catalogue import Catalogue, Provenance
from commonsky.ledger.store import Held
from commonsky.node.assertions import Key, Refused, Statement, assertions
from commonsky.node.side_by_side import Delta, delta, gathered, side_by_side

LOOSE_PAGES = 4096  # 3 kB each; then all are put together on one page


@dataclass(frozen=True, slots=True)
class Watermark:
    """How much one nation says at present, and how new it is; times are 0 where it is nothing."""

    statements: int
    rejected: int
    newest_epoch_tai_ns: int
    newest_said_tai_ns: int


class Picture:
    """
    The statements that stand, by object; of one nation, object and label the newest said does.

    A newest record that is no element set leaves its issuer without a statement of that object,
    now as after a restart, and is told of by `rejected`.
    """

    def __init__(self, nation: str) -> None:
        self.nation = nation
        self._standing: dict[Key, Statement | Refused] = {}
        self._objects: dict[int, dict[Key, Statement]] = {}
        self._keys: dict[str, Key] = {}  # by handle, of what stands
        self._withdrawn: set[str] = set()
        self._pages = 0

    @classmethod
    def of(cls, heads: Iterable[Held], nation: str) -> Self:
        """Return the picture that these records make for a nation."""
        picture = cls(nation)
        picture._take(assertions(heads, nation))
        return picture

    def __len__(self) -> int:
        return len(self._objects)

    @property
    def catalogue(self) -> Catalogue:
        """Every statement as a row, equal ones sharing it: what is to be screened."""
        statements = self._statements()
        refused = len(self._standing) - len(statements)
        table = side_by_side(statements).catalogue
        told = Provenance(
            quarantined_count=refused,
            superseded_count=len(statements) - len(table),
            read_count=len(self._standing),
        )
        return replace(table, provenance=told)

    def apply(self, new: Sequence[Held]) -> Delta:
        """Take in records in any order, and tell which rows changed."""
        some = [one for one in assertions(new, self.nation) if one.handle not in self._withdrawn]
        return self._changed(some, ())

    def withdraw(self, handles: Collection[str], instead: Sequence[Held] = ()) -> Delta:
        """
        Take records out, for ever, and tell which rows changed.

        `instead` are the records that stand in their place, of those that they had replaced.
        """
        self._withdrawn |= {*handles}
        some = [one for one in assertions(instead, self.nation) if one.handle not in handles]
        return self._changed(some, [handle for handle in handles if handle in self._keys])

    def handles(self, number: int, source: str) -> tuple[str, ...]:
        """
        Return the handles of the statements behind a row, sorted.

        Of a row that is no more: of what the nations it names say of the object now.
        """
        statements = list(self._objects.get(number, {}).values())
        told = side_by_side(statements)
        rows = np.flatnonzero(told.catalogue.source == source)
        if len(rows):
            chosen = [one for one, row in zip(statements, told.row, strict=True) if row in rows]
        else:
            nations = {name.partition("~")[0] for name in source.split("+")}
            chosen = [one for one in statements if one.key[0] in nations]
        return tuple(sorted(one.handle for one in chosen))

    def said_by(self, nation: str) -> Picture:
        """Return the part of the picture that is one nation's statements."""
        part = Picture(self.nation)
        part._take([one for key, one in self._standing.items() if key[0] == nation])
        return part

    @property
    def standing(self) -> tuple[Statement | Refused, ...]:
        """What stands at present; later changes leave it as it is."""
        return tuple(self._standing.values())

    @property
    def rejected(self) -> tuple[Refused, ...]:
        """Records that stand and hold no element set that can be used."""
        return tuple(one for one in self._standing.values() if isinstance(one, Refused))

    @property
    def watermarks(self) -> dict[str, Watermark]:
        """How much each nation says, and how new it is."""
        nations: dict[str, list[Statement | Refused]] = {}
        for key, one in sorted(self._standing.items(), key=lambda item: item[0][0]):
            nations.setdefault(key[0], []).append(one)
        return {nation: _watermark(several) for nation, several in nations.items()}

    def _statements(self) -> list[Statement]:
        return [one for several in self._objects.values() for one in several.values()]

    def _changed(self, new: Sequence[Statement | Refused], withdrawn: Iterable[str]) -> Delta:
        """Take statements in and out, and compare the objects that this touches."""
        taken_out = [self._keys[handle] for handle in withdrawn]
        keys = {*taken_out, *(one.key for one in new)}
        before = [self._standing[key] for key in keys if key in self._standing]
        touched = {one.number for one in (*before, *new) if isinstance(one, Statement)}
        old = self._rows(touched)
        for key in taken_out:
            self._remove(key)
        self._take(new)
        return delta(old, self._rows(touched))

    def _rows(self, numbers: Iterable[int]) -> Catalogue:
        return side_by_side(
            [one for number in numbers for one in self._objects.get(number, {}).values()]
        ).catalogue

    def _take(self, new: Iterable[Statement | Refused]) -> None:
        """Let statements stand that are newer than what stands in their place."""
        pages = set()
        for one in new:
            held = self._standing.get(one.key)
            if held is not None and not _is_newer(one, held):
                continue
            self._remove(one.key)
            self._standing[one.key] = one
            self._keys[one.handle] = one.key
            if isinstance(one, Statement):
                self._objects.setdefault(one.number, {})[one.key] = one
                pages.add(id(one.page))
        self._pages += len(pages)
        if self._pages > LOOSE_PAGES:
            self._put_on_one_page()

    def _remove(self, key: Key) -> None:
        one = self._standing.pop(key, None)
        if one is None:
            return
        del self._keys[one.handle]
        if isinstance(one, Statement):
            several = self._objects[one.number]
            del several[key]
            if not several:
                del self._objects[one.number]

    def _put_on_one_page(self) -> None:
        """Let go of pages of which little stands."""
        statements = self._statements()
        page = gathered(statements)
        for row, one in enumerate(statements):
            moved = replace(one, page=page, row=row)
            self._standing[one.key] = self._objects[one.number][one.key] = moved
        self._pages = 1


def _is_newer(one: Statement | Refused, other: Statement | Refused) -> bool:
    return (one.said_tai_ns, one.sequence) > (other.said_tai_ns, other.sequence)


def _watermark(several: Sequence[Statement | Refused]) -> Watermark:
    statements = [one for one in several if isinstance(one, Statement)]
    epochs = gathered(statements).elements.epoch_tai_ns if statements else np.zeros(1, np.int64)
    return Watermark(
        len(statements),
        len(several) - len(statements),
        int(epochs.max()),
        max((one.said_tai_ns for one in several), default=0),
    )

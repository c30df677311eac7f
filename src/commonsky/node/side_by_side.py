"""Statements of several nations as the rows of one table: equal ones share a row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from commonsky.astro.arrays import Ints
from commonsky.catalogue.catalogue import Catalogue, Provenance, concatenated
from commonsky.catalogue.merge import DESCRIPTIONS, described, element_bits
from commonsky.node.assertions import NOTHING, Statement

JOINT, OTHER = "+", "~"


@dataclass(frozen=True, slots=True)
class SideBySide:
    """
    A table with one row for each object and each different element set that is said of it.

    The source of a row is the nations that say it, in order and joined by +.  What a nation says
    of an object besides its newest statement, under another label, is named as AUS~2.  `row` (n,)
    is where each of the n statements stands.  What a row does not know of type, name and so on is
    taken from others of its object.
    """

    catalogue: Catalogue
    row: Ints


def side_by_side(statements: Sequence[Statement]) -> SideBySide:
    """Return statements as rows by number, then content; their order changes nothing."""
    if not statements:
        return SideBySide(NOTHING, np.zeros(0, np.int64))
    table = gathered(statements)
    said = np.array([one.said_tai_ns for one in statements], np.int64)
    sequence = np.array([one.sequence for one in statements], np.int64)
    number, bits = table.catalogue_number, element_bits(table.elements)
    order = np.lexsort((sequence, said, *bits.T, number))
    begins = _begins(number[order], *bits[order].T)
    row = np.empty(len(order), np.int64)
    row[order] = np.cumsum(begins) - 1
    newest = order[np.append(np.flatnonzero(begins)[1:] - 1, len(order) - 1)]
    names = _names(statements, row, number, np.lexsort((sequence, said))[::-1])
    whole = replace(
        table.take(newest),
        source=np.array(names, np.str_),
        provenance=Provenance(read_count=len(newest)),
    )
    return SideBySide(described(whole), row)


def gathered(statements: Sequence[Statement]) -> Catalogue:
    """Return the rows of statements in their order, whatever pages they are on."""
    pages: dict[int, tuple[Catalogue, list[int], list[int]]] = {}
    for k, one in enumerate(statements):
        _, rows, places = pages.setdefault(id(one.page), (one.page, [], []))
        rows.append(one.row)
        places.append(k)
    if not statements:
        return NOTHING
    parts = [page.take(np.array(rows)) for page, rows, _ in pages.values()]
    table = parts[0] if len(parts) == 1 else concatenated(parts)
    place = np.array([k for _, _, places in pages.values() for k in places])
    return table.take(np.argsort(place))


def _names(statements: Sequence[Statement], row: Ints, number: Ints, newest: Ints) -> list[str]:
    """Names of rows: who says them; `newest` are the statements, those said last first."""
    nations, nation = np.unique([one.key[0] for one in statements], return_inverse=True)
    place = np.empty(len(row), np.int64)
    place[newest] = np.arange(len(row))
    # Of what a nation says of an object several times word for word, the newest counts.
    order = np.lexsort((place, nation, row))
    said = order[_begins(row[order], nation[order])]
    said = said[np.lexsort((place[said], nation[said], number[said]))]
    count = np.arange(len(said))
    begins = np.where(_begins(number[said], nation[said]), count, 0)
    rank = count - np.maximum.accumulate(begins)
    spoken = nations[nation[said]].tolist()
    for k in np.flatnonzero(rank).tolist():
        spoken[k] += f"{OTHER}{rank[k] + 1}"
    names = [""] * (int(row.max()) + 1)
    joint = set()
    for one, told in zip(row[said].tolist(), spoken, strict=True):
        if names[one]:
            joint.add(one)
        names[one] = f"{names[one]}{JOINT}{told}" if names[one] else told
    for one in joint:
        names[one] = JOINT.join(sorted(names[one].split(JOINT)))
    return names


def _begins(*keys: Ints) -> NDArray[np.bool_]:
    """(n,) whether a row is the first of those with the same keys; rows are sorted by them."""
    begins = np.ones(len(keys[0]), np.bool_)
    begins[1:] = np.any([key[1:] != key[:-1] for key in keys], axis=0)
    return begins


@dataclass(frozen=True, slots=True)
class Delta:
    """
    What changed of a table: rows that are new or otherwise now, and those that are gone.

    A row that an update would not take in, since it is older or has the same elements as what it
    replaces, is among both.
    """

    changed: Catalogue
    gone_numbers: tuple[int, ...]
    gone_sources: tuple[str, ...]

    def __bool__(self) -> bool:
        return bool(len(self.changed) or self.gone_numbers)


def delta(before: Catalogue, after: Catalogue) -> Delta:
    """Return what changed between two tables, told apart by number and source."""
    held = {pair: row for row, pair in enumerate(_pairs(before))}
    bits = [element_bits(part.elements) for part in (before, after)]
    changed, gone = [], []
    for row, pair in enumerate(_pairs(after)):
        old = held.pop(pair, None)
        if old is not None:
            same = bool((bits[0][old] == bits[1][row]).all())
            if same and _described_alike(before, old, after, row):
                continue
            if after.elements.epoch_tai_ns[row] <= before.elements.epoch_tai_ns[old]:
                gone.append(pair)
        changed.append(row)
    gone += held
    return Delta(
        after.take(np.array(changed, np.int64)),
        tuple(number for number, _ in gone),
        tuple(source for _, source in gone),
    )


def _pairs(table: Catalogue) -> list[tuple[int, str]]:
    return list(zip(table.catalogue_number.tolist(), table.source.tolist(), strict=True))


def _described_alike(one: Catalogue, row: int, other: Catalogue, there: int) -> bool:
    return all(getattr(one, name)[row] == getattr(other, name)[there] for name in DESCRIPTIONS)

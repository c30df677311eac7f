"""Statements of several nations as the rows of one table: equal ones share a row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

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
    begins = np.ones(len(order), np.bool_)
    begins[1:] = (number[order[1:]] != number[order[:-1]]) | (
        bits[order[1:]] != bits[order[:-1]]
    ).any(axis=1)
    row = np.empty(len(order), np.int64)
    row[order] = np.cumsum(begins) - 1
    newest = order[np.append(np.flatnonzero(begins)[1:] - 1, len(order) - 1)]
    names = _names(statements, row, np.lexsort((sequence, said))[::-1])
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


def _names(statements: Sequence[Statement], row: Ints, newest_first: Ints) -> list[str]:
    """Names of rows: who says them."""
    rows, spoken = row.tolist(), dict[tuple[int, str], list[int]]()
    number = [0] * len(statements)
    for k in newest_first.tolist():
        number[k] = statements[k].number
        said = spoken.setdefault((number[k], statements[k].key[0]), [])
        if rows[k] not in said:
            said.append(rows[k])
    names: list[list[str]] = [[] for _ in range(max(rows) + 1)]
    for (_, nation), said in spoken.items():
        for rank, place in enumerate(said):
            names[place].append(nation if rank == 0 else f"{nation}{OTHER}{rank + 1}")
    return [JOINT.join(sorted(several)) for several in names]


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

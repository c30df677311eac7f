"""What sharing was worth: for each nation and planted encounter, found alone or only together."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from commonsky.astro.arrays import Ints
from commonsky.astro.epoch import NS_PER_DAY, NS_PER_S
from commonsky.exercise.sensors import NATIONS, NEVER
from commonsky.exercise.world import HOUR_NS, World
from commonsky.node.pipeline import DEFAULT_KM, screen

NEAR_NS = 60 * NS_PER_S  # a planted encounter and its find are at most so far apart


class Level(StrEnum):
    """How much a nation was told."""

    FULL = "full"  # it has both orbits, or the conjunction
    EVENT = "event"  # that there is one, and when
    WARNING = "warning"  # a time and a volume to stay clear of


class Outcome(StrEnum):
    """What became of an encounter at one nation before it happened."""

    ALONE = "found alone"
    TOGETHER = "found together"
    WARNED = "warned"  # by duty, though the orbit was withheld
    WITHHELD = "withheld"  # others knew
    UNSEEN = "unseen"  # nobody knew


@dataclass(frozen=True, slots=True)
class Heard:
    """That a nation knows of an encounter: since when, how much, by whose data."""

    nation: str
    encounter: int
    at_tai_ns: int
    level: Level
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Cell:
    """One encounter at one nation; `gained_h` is how much earlier sharing made it known."""

    nation: str
    encounter: int
    outcome: Outcome
    gained_h: float
    level: Level | Outcome  # what it was told; UNSEEN for nothing
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """Nations by encounters."""

    cells: tuple[Cell, ...]

    def of(self, nation: str) -> list[Cell]:
        """Return one nation's cells, by encounter."""
        return [cell for cell in self.cells if cell.nation == nation]

    def count(self, nation: str, outcome: Outcome) -> int:
        """Return how many encounters came to that at a nation."""
        return sum(cell.outcome is outcome for cell in self.of(nation))

    def gained_h(self, nation: str) -> float:
        """Return the hours of warning that a nation gained by sharing, over all encounters."""
        return sum(cell.gained_h for cell in self.of(nation))

    def withheld(self, nation: str) -> list[int]:
        """Return the encounters that others knew of in full and this nation did not."""
        full = {cell.encounter for cell in self.cells if cell.level is Level.FULL}
        return [
            cell.encounter
            for cell in self.of(nation)
            if cell.encounter in full and cell.level is not Level.FULL
        ]


def alone_tai_ns(
    world: World, nation: str, *, days: float = 7.0, threshold_km: float = DEFAULT_KM
) -> Ints:
    """
    (12,) since when a nation finds each encounter by its own data alone, `NEVER` for not in time.

    By a screening of nothing but what it was delivered; an encounter is found when the nation
    holds both objects and it lies no more than `days` ahead.
    """
    rows = world.held(nation)
    found = np.full(len(world.planted), NEVER, np.int64)
    held = np.isin(world.pairs, rows).all(axis=1)
    if not held.any():
        return found
    table = screen(
        world.catalogue.take(rows),
        world.start_tai_ns,
        days + 1.0,
        threshold_km,
        primaries=world.planted.object1[held].tolist(),
        threads=1,
    )
    known = world.known_tai_ns[world.pairs, NATIONS.index(nation)].max(axis=1)
    ahead = world.planted.tca_tai_ns - round(days * NS_PER_DAY)
    for k in np.flatnonzero(held).tolist():
        tca = int(world.planted.tca_tai_ns[k])
        pair = (table.object1 == world.planted.object1[k]) & (
            table.object2 == world.planted.object2[k]
        )
        at = max(int(known[k]), int(ahead[k]))
        if (np.abs(table.tca_tai_ns[pair] - tca) < NEAR_NS).any() and at < tca:
            found[k] = at
    return found


def encounters_of(
    world: World, subject: Collection[int], begin_tai_ns: int, end_tai_ns: int
) -> list[int]:
    """
    Return which planted encounters a message may be about.

    Those between all of its objects, one or two, at a time that it names to the minute.
    """
    return [
        k
        for k, tca in enumerate(world.planted.tca_tai_ns.tolist())
        if begin_tai_ns - NEAR_NS <= tca <= end_tai_ns + NEAR_NS
        and {*subject} <= {int(world.planted.object1[k]), int(world.planted.object2[k])}
    ]


def score(world: World, heard: Iterable[Heard], alone: Mapping[str, Ints]) -> Table:
    """
    Return what became of each encounter at each nation.

    `alone` holds what `alone_tai_ns` gives for each.  What was heard after the encounter does not
    count.  Hours are gained until the nation would have found it alone, or until it happens.
    """
    tca = world.planted.tca_tai_ns.tolist()
    told: dict[tuple[str, int], list[Heard]] = {}
    for one in heard:
        if one.at_tai_ns < tca[one.encounter]:
            told.setdefault((one.nation, one.encounter), []).append(one)
    known = {encounter for _, encounter in told}
    known |= {k for times in alone.values() for k in np.flatnonzero(times < NEVER).tolist()}
    return Table(
        tuple(
            _cell(nation, k, tca[k], int(times[k]), told.get((nation, k), []), known)
            for nation, times in alone.items()
            for k in range(len(tca))
        )
    )


def _cell(
    nation: str, encounter: int, tca: int, alone: int, told: list[Heard], known: set[int]
) -> Cell:
    levels = {one.level for one in told}
    level = next((one for one in Level if one in levels), Outcome.UNSEEN)
    if alone < NEVER:
        outcome, level = Outcome.ALONE, Level.FULL
    elif level in {Level.FULL, Level.EVENT}:
        outcome = Outcome.TOGETHER
    elif level is Level.WARNING:
        outcome = Outcome.WARNED
    else:
        outcome = Outcome.WITHHELD if encounter in known else Outcome.UNSEEN
    first = min((one.at_tai_ns for one in told), default=min(alone, tca))
    gained = max(0, min(alone, tca) - first) / HOUR_NS
    sources = sorted({source for one in told for source in one.sources})
    return Cell(nation, encounter, outcome, gained, level, tuple(sources))

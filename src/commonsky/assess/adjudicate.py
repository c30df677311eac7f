"""
One verdict over several nations' solutions of one event.

Solutions are brought to one epoch and compared two by two; those that contradict each other are
explained as far as their ages allow; those that do not are fused by covariance intersection, and
the ladder gives the Pc of what comes out.  Pc's are never averaged, and no source is weighted by
its name or its record: its covariance says how sure it is, and the comparison whether to believe
that.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from commonsky.assess.common_epoch import (
    Brought,
    ObjectSolutions,
    brought,
    states_of_elements,
)
from commonsky.assess.consistency import FALSE_ALARM, Pairs, What, compared, testable
from commonsky.assess.contradiction import EXPLAINED, Cause, Explanation, explained
from commonsky.assess.ladder import Ladder, climb
from commonsky.assess.regret import Costs, Regret, regrets
from commonsky.astro.arrays import Floats, Ints
from commonsky.determine.fuse import Fused, fused


class Verdict(StrEnum):
    """What solutions of an event are to each other; columns hold the position in `VERDICTS`."""

    CANNOT_TELL = "cannot tell"  # fewer than two solutions that say how sure they are
    AGREE = "agree"
    DISAGREE = "disagree"  # and neither age nor one burn explains it
    ONE_SIDE_STALE = "one side stale"
    MANOEUVRE_SUSPECTED = "unannounced manoeuvre suspected"


VERDICTS = tuple(Verdict)


@dataclass(frozen=True, slots=True)
class Solutions:
    """
    What k sources say of n events; which source is which changes nothing.

    All in one inertial frame for each event.  `pc` is that of each source's own solution, its own
    or from `ladder_pc`; nan where there is none.
    """

    source: NDArray[np.str_]  # (n, k)
    primary: ObjectSolutions
    secondary: ObjectSolutions
    hard_body_radius_km: Floats  # (n, k), nan where not told
    pc: Floats  # (n, k)

    def __post_init__(self) -> None:
        shape = self.source.shape
        columns = {
            "primary": self.primary.offset_s, "secondary": self.secondary.offset_s,
            "hard_body_radius_km": self.hard_body_radius_km, "pc": self.pc,
        }  # fmt: skip
        for name, column in columns.items():
            if len(shape) != 2 or column.shape != shape:
                raise ValueError(
                    f"solutions by sources {shape} need the same rows and columns everywhere, "
                    f"but {name} has {column.shape}"
                )

    def __len__(self) -> int:
        return len(self.source)


@dataclass(frozen=True, slots=True)
class FusedEvents:
    """
    What comes out of the solutions that may be fused, n events; nan where none may.

    `took` says whose.  Alone, a solution comes out as it went in.
    """

    state1: Floats  # (n, 6), at the common epoch
    covariance1: Floats  # (n, 6, 6)
    state2: Floats
    covariance2: Floats
    weight1: Floats  # (n, k)
    weight2: Floats
    took: NDArray[np.bool_]  # (n, k), of either object
    hard_body_radius_km: Floats  # (n,), the largest that is told
    ladder: Ladder


@dataclass(frozen=True, slots=True)
class Contradictions:
    """The contradictions about objects, c of them: where, between whom, and why."""

    event: Ints
    pair: Ints  # position in `Pairs`
    what: NDArray[np.int8]
    older: Ints  # position of the source
    newer: Ints
    older_days: Floats  # ages
    newer_days: Floats
    explanation: Explanation


@dataclass(frozen=True, slots=True)
class Adjudications:
    """
    The verdict over each of n events and everything it rests on.

    `doubted` are the sources that a verdict speaks against: the older ones of what is stale or
    has manoeuvred, the one without which the rest agree, all that contradict otherwise.
    In `regret` the fused solution is the last column.
    """

    verdict: NDArray[np.int8]  # (n,), position in VERDICTS
    doubted: NDArray[np.bool_]  # (n, k)
    testable: NDArray[np.bool_]  # (2, n, k)
    pairs: Pairs
    contradictions: Contradictions
    fused: FusedEvents
    regret: Regret

    def __len__(self) -> int:
        return len(self.verdict)

    def verdicts(self) -> list[Verdict]:
        """Return the verdict over each event."""
        return [VERDICTS[code] for code in self.verdict.tolist()]


def adjudicate(
    solutions: Solutions, *, costs: Costs | None = None, false_alarm: float = FALSE_ALARM
) -> Adjudications:
    """
    Return the verdict over each event, the fused solution and the regret of each choice.

    `false_alarm` is how often an event is called a contradiction though all its solutions are as
    good as they say.  Solutions with default covariances, or none, are neither compared nor fused.
    """
    if not 0.0 < false_alarm < 1.0:
        raise ValueError(f"a false alarm is called in a share between 0 and 1, not {false_alarm}")
    objects = (solutions.primary, solutions.secondary)
    there = (brought(objects[0]), brought(objects[1]))
    tested = np.stack(
        [testable(one, given.default) for one, given in zip(there, objects, strict=True)]
    )
    pairs = compared(*there, tested, false_alarm)
    found = _contradictions(pairs, objects, there)
    verdict, doubted = _verdicts(pairs, found, tested)
    together = _fused(solutions, there, tested & ~doubted)
    pc = np.column_stack([solutions.pc, together.ladder.pc])
    return Adjudications(verdict, doubted, tested, pairs, found, together, regrets(pc, costs))


def ladder_pc(
    primary: ObjectSolutions, secondary: ObjectSolutions, hard_body_radius_km: Floats
) -> Floats:
    """(n, k) Pc of each source's own states, by the ladder; nan where it has none."""
    shape = hard_body_radius_km.shape
    one, two = brought(primary), brought(secondary)
    columns = (
        _rows(one.state)[:, :3], _rows(one.state)[:, 3:], _rows(one.covariance),
        _rows(two.state)[:, :3], _rows(two.state)[:, 3:], _rows(two.covariance),
        hard_body_radius_km.ravel(),
    )  # fmt: skip
    found = np.full(hard_body_radius_km.size, np.nan)
    whole = np.isfinite(columns[2]).all((1, 2)) & np.isfinite(columns[5]).all((1, 2))
    flat = ~whole & np.isfinite(columns[2][:, :3, :3]).all((1, 2))
    flat &= np.isfinite(columns[5][:, :3, :3]).all((1, 2))
    for rows, size in ((np.flatnonzero(whole), 6), (np.flatnonzero(flat), 3)):
        some = [column[rows] for column in columns]
        some[2], some[5] = some[2][:, :size, :size], some[5][:, :size, :size]
        if len(rows):
            found[rows] = climb(*some).pc
    return found.reshape(shape)


def _rows(column: Floats) -> Floats:
    return np.ascontiguousarray(column.reshape(-1, *column.shape[2:]))


def _contradictions(
    pairs: Pairs, objects: tuple[ObjectSolutions, ObjectSolutions], there: tuple[Brought, Brought]
) -> Contradictions:
    """Explain each contradiction about an object; that of a miss alone has no explanation."""
    event, pair, what = np.nonzero(pairs.contradicts[:, :, : What.MISS])
    a, b = pairs.first[pair], pairs.second[pair]
    ages = np.stack([one.age_days for one in objects])
    swapped = ages[what, event, a] < ages[what, event, b]
    older, newer = np.where(swapped, b, a), np.where(swapped, a, b)
    elements = np.stack([one.elements for one in there])
    spread = np.stack([one.spread for one in there])
    engine = np.stack([one.may_manoeuvre for one in objects])
    days = ages[what, event, older], ages[what, event, newer]
    explanation = explained(
        (elements[what, event, older], spread[what, event, older]),
        (elements[what, event, newer], spread[what, event, newer]),
        days,
        engine[what, event],
    )
    return Contradictions(event, pair, what.astype(np.int8), older, newer, *days, explanation)


def _verdicts(
    pairs: Pairs, found: Contradictions, tested: NDArray[np.bool_]
) -> tuple[NDArray[np.int8], NDArray[np.bool_]]:
    """Return verdicts (n,) and the sources they speak against (n, k)."""
    n, k = tested.shape[1:]
    cause = _causes(found, n)
    any_contradiction = pairs.contradicts.any((1, 2))
    only_miss = any_contradiction & ~pairs.contradicts[:, :, : What.MISS].any((1, 2))
    unexplained = only_miss | (cause == Cause.UNEXPLAINED)
    enough = np.isfinite(pairs.p_value[:, :, : What.MISS]).any((1, 2))
    verdict = np.select(
        [~enough, ~any_contradiction, unexplained, cause == Cause.MANOEUVRE],
        [
            VERDICTS.index(one)
            for one in (
                Verdict.CANNOT_TELL, Verdict.AGREE, Verdict.DISAGREE, Verdict.MANOEUVRE_SUSPECTED,
            )
        ],
        VERDICTS.index(Verdict.ONE_SIDE_STALE),
    ).astype(np.int8)  # fmt: skip
    return verdict, _doubted(pairs, found, verdict, k)


def _causes(found: Contradictions, n: int) -> NDArray[np.int8]:
    """(n,) the one cause with the largest evidence for all contradictions of an event."""
    # What is not explained, as where ages are not told, has infinite cost for all but one cause.
    total = np.zeros((n, len(EXPLAINED)))
    np.add.at(total, found.event, found.explanation.cost)
    # One burn must lie between the last observations of all pairs it explains.
    latest, earliest = np.full((2, n), -np.inf), np.full((2, n), np.inf)
    np.maximum.at(latest, (found.what, found.event), found.newer_days)
    np.minimum.at(earliest, (found.what, found.event), found.older_days)
    total[(latest > earliest).any(0), EXPLAINED == Cause.MANOEUVRE] = np.inf
    return EXPLAINED[np.argmin(total, axis=1)]


def _doubted(
    pairs: Pairs, found: Contradictions, verdict: NDArray[np.int8], k: int
) -> NDArray[np.bool_]:
    n = len(verdict)
    doubted = np.zeros((n, k), np.bool_)
    doubted[found.event, found.older] = True
    against = np.zeros((n, k, k), np.bool_)
    contradicts = pairs.contradicts.any(2)
    against[:, pairs.first, pairs.second] = contradicts
    against |= np.swapaxes(against, 1, 2)
    total = against.sum((1, 2)) // 2
    # The one source that all contradictions have in common, if there is only one such.
    common = (against.sum(2) == total[:, None]) & (total > 0)[:, None]
    lone = common.sum(1) == 1
    disagree = verdict == VERDICTS.index(Verdict.DISAGREE)
    doubted[disagree] = np.where(lone[:, None], common, against.any(2))[disagree]
    return doubted


def _fused(
    solutions: Solutions, there: tuple[Brought, Brought], taken: NDArray[np.bool_]
) -> FusedEvents:
    """Fuse in elements what is taken (2, n, k), and climb the ladder with what comes out."""
    columns: list[tuple[Floats, Floats, Fused]] = []
    for one, some in zip(there, taken, strict=True):
        elements = np.where(some[:, :, None], one.elements, np.nan)
        joint = fused(elements, one.spread)
        columns.append((*states_of_elements(joint.state, joint.covariance, one.frame), joint))
    radius = np.where(np.isnan(solutions.hard_body_radius_km), -1.0, solutions.hard_body_radius_km)
    largest = radius.max(axis=1, initial=-1.0)
    largest = np.where(largest < 0.0, np.nan, largest)
    (state1, covariance1, joint1), (state2, covariance2, joint2) = columns
    ladder = climb(
        state1[:, :3], state1[:, 3:], covariance1, state2[:, :3], state2[:, 3:], covariance2,
        largest,
    )  # fmt: skip
    took = (joint1.weight > 0.0) | (joint2.weight > 0.0)
    return FusedEvents(
        state1, covariance1, state2, covariance2, joint1.weight, joint2.weight, took, largest,
        ladder,
    )  # fmt: skip

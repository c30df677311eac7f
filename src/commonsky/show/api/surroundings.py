"""
What stands about alerts, asked of the ledger for many at once: claims, what replaced them, what
took them back.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from commonsky.astro.epoch import utc_texts
from commonsky.ledger.record import Relation
from commonsky.ledger.store import Held
from commonsky.ledger.survey import Survey
from commonsky.show.api.claims import Claimed, ClaimState, standing

MOST_BEFORE = 20  # so far back a claim is looked for


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Of some alerts by handle: claims, newer records of the same nation, and retractions."""

    claims: dict[str, tuple[Claimed, ...]]
    newer: dict[str, Held]
    withdrawn: dict[str, Held]


def surroundings(survey: Survey, records: Sequence[Held], now_tai_ns: int) -> Surroundings:
    """Return what stands about these alerts."""
    nations = {one.record.envelope.handle: one.record.envelope.node for one in records}
    handles = [*nations]
    newer = {
        handle: found[-1]
        for handle, several in survey.linking(handles, Relation.SUPERSEDES).items()
        # A nation replaces its own statements, and nobody else's.
        if (found := [one for one in several if one.record.envelope.node == nations[handle]])
    }
    retractions = survey.withdrawals(handles)
    by = survey.held([*retractions.values()])
    return Surroundings(
        claims=_claims(survey, records, now_tai_ns),
        newer=newer,
        withdrawn={handle: by[one] for handle, one in retractions.items() if one in by},
    )


def texts(epochs_tai_ns: Sequence[int], places: int) -> list[str]:
    """Return epochs as UTC, all at once; "" for 0."""
    wanted = sorted({*epochs_tai_ns} - {0})
    told = dict(zip(wanted, utc_texts(np.array(wanted, np.int64), places), strict=True))
    return [told.get(one, "") for one in epochs_tai_ns]


def _claims(
    survey: Survey, records: Sequence[Held], now_tai_ns: int
) -> dict[str, tuple[Claimed, ...]]:
    """
    The last word of each nation on each alert.

    Who sees to an approach sees to it still when newer numbers replace the old; that it was
    acknowledged, shelved or closed does not hold for numbers that nobody has looked at.
    """
    answers = survey.linking([one.record.envelope.handle for one in records], Relation.ANSWERS)
    found = {
        one.record.envelope.handle: {
            said.nation: said
            for said in standing(answers.get(one.record.envelope.handle, ()), now_tai_ns)
        }
        for one in records
    }
    # Of each alert the record that it replaced, and so on back.
    nations = {one.record.envelope.handle: one.record.envelope.node for one in records}
    before = {one.record.envelope.handle: _replaced(one) for one in records}
    for _ in range(MOST_BEFORE):
        before = {handle: old for handle, old in before.items() if old}
        if not before:
            break
        olds = sorted({*before.values()})
        held, answers = survey.held(olds), survey.linking(olds, Relation.ANSWERS)
        before = {
            handle: old
            for handle, old in before.items()
            if old in held and held[old].record.envelope.node == nations[handle]
        }
        for handle, old in before.items():
            for said in standing(answers.get(old, ()), now_tai_ns):
                if said.state is ClaimState.CLAIMED:
                    found[handle].setdefault(said.nation, said)
        before = {handle: _replaced(held[old]) for handle, old in before.items()}
    return {
        handle: tuple(by_nation[nation] for nation in sorted(by_nation))
        for handle, by_nation in found.items()
    }


def _replaced(held: Held) -> str:
    """The handle of what a record replaced, "" for none."""
    links = held.record.envelope.links
    return next((one.handle for one in links if one.relation is Relation.SUPERSEDES), "")

"""
The case of one approach of two objects: who says what of it, and what this node makes of it.

A case has no record of its own: it is every message about the same two objects and the same time.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec
import numpy as np

from commonsky.astro.epoch import NS_PER_S, tai_ns
from commonsky.errors import CommonskyError
from commonsky.ledger.record import Kind
from commonsky.ledger.store import Held
from commonsky.node.conjunctions import Conjunctions
from commonsky.node.judging import CaseAssessment, case_assessment
from commonsky.node.screener import SAME_NS
from commonsky.node.solutions import Solution, solutions
from commonsky.show.api.alerts import Alert, State, alert
from commonsky.show.api.answer import Answer, text_of
from commonsky.show.api.case_views import (
    Change,
    Disagreement,
    Lane,
    Message,
    Withheld,
    changes,
    disagreements,
    withheld,
)
from commonsky.show.api.claims import Claimed, ClaimState
from commonsky.show.api.completeness import completeness
from commonsky.show.api.desk import Desk, View
from commonsky.show.api.problem import unknown

APPROACHES = (Kind.CONJUNCTION, Kind.EVENT, Kind.WARNING)
MOST_MESSAGES, MOST_SOLUTIONS, MOST_OTHERS = 500, 12, 50
NOBODY = 0  # an object that the message does not name


class CaseObject(msgspec.Struct, frozen=True, kw_only=True):
    """One of the two, and whose statements of its orbit are held here; 0 is one not named."""

    number: int
    name: str
    held_of: tuple[str, ...]


class Elsewhere(msgspec.Struct, frozen=True, kw_only=True):
    """Another approach of the same two objects; no handle where nobody has told of it."""

    tca: str
    miss_km: float | None
    pc: float | None
    handle: str
    nations: tuple[str, ...]
    computed: bool  # by this node's own screening, as it is now


class Case(msgspec.Struct, frozen=True, kw_only=True):
    """
    Everything about one approach.

    `at` is the newest time of closest approach that is known, or the begin of a window that lasts
    `until`.  `candidates` are manoeuvres that would help: none are worked out yet.
    """

    handle: str
    objects: tuple[CaseObject, CaseObject]
    at: str
    until: str
    countdown_s: float | None
    over: bool  # nobody's message stands any more
    claims: tuple[Claimed, ...]
    contested: bool
    lanes: tuple[Lane, ...]
    disagreement: tuple[Disagreement, ...]
    changes: tuple[Change, ...]
    computed: tuple[Solution, ...]
    computed_in_all: int
    withheld: tuple[Withheld, ...]
    others: tuple[Elsewhere, ...]
    candidates: tuple[str, ...] = ()


Span = tuple[int, int]


def case(desk: Desk, handle: str) -> Answer[Case]:
    """Return the case that a message belongs to."""
    anchor = desk.store.held(handle)
    if anchor.record.envelope.kind not in APPROACHES:
        raise unknown(
            f"{handle} is a record of kind {anchor.record.envelope.kind}, and tells of no approach"
        )
    told = alert(desk, anchor)
    pair, span = pair_of(told), span_of(told)
    if span == (0, 0):
        raise unknown(f"the body of {handle} was purged, or is not what its kind says")
    known = _about(desk, told)
    mine = [one for one in known if one.handle == handle or _same(one, pair, span)]
    view = desk.view()
    own = _rows(view.conjunctions, pair, span)
    computed = _solutions(view.conjunctions, own)
    lanes = _lanes(desk, mine, pair)
    held_of = tuple(_held_of(view, number) for number in pair)
    at, until = _when(mine, told)
    claims = _claims(mine)
    answer = Case(
        handle=handle,
        objects=(
            CaseObject(number=pair[0], name=_name(mine, pair[0]), held_of=held_of[0]),
            CaseObject(number=pair[1], name=_name(mine, pair[1]), held_of=held_of[1]),
        ),
        at=at,
        until=until,
        countdown_s=(tai_ns(at) - desk.clock.now_tai_ns()) / NS_PER_S,
        over=all(one.struck for one in mine),
        claims=claims,
        contested=sum(one.state is ClaimState.CLAIMED for one in claims) > 1,
        lanes=lanes,
        disagreement=disagreements(lanes, computed),
        changes=changes(lanes, computed),
        computed=computed,
        computed_in_all=len(own),
        withheld=withheld(lanes, pair, held_of),
        others=_others(view, known, pair, span),
    )
    scope = "what was told to this node of one approach, and its own screening of it"
    return Answer(answer, completeness(desk, scope, view))


def assessed_case(desk: Desk, handle: str) -> Answer[CaseAssessment]:
    """Return how far this node's own numbers of a case hold, and who contradicts whom."""
    anchor = desk.store.held(handle)
    if anchor.record.envelope.kind not in APPROACHES:
        raise unknown(f"{handle} tells of no approach")
    told, view = alert(desk, anchor), desk.view()
    pair, span = pair_of(told), span_of(told)
    rows = np.zeros(0, np.intp)
    if span != (0, 0) and NOBODY not in pair:
        rows = _rows(view.conjunctions, pair, span)
    table = view.conjunctions
    found = CaseAssessment(rungs=(), judgement=None)
    if table is not None and len(rows):
        found = case_assessment(table, _gravest(table, rows))
    scope = "this node's own screening of one approach"
    return Answer(found, completeness(desk, scope, view))


def pair_of(told: Alert) -> tuple[int, int]:
    """Return the objects of a message, the lower number first; the one not named is 0, last."""
    numbers: tuple[int, ...] = told.subject
    for body in (told.conjunction, told.event):
        if isinstance(body, msgspec.Struct):
            numbers = body.object1, body.object2
    if isinstance(told.warning, msgspec.Struct):
        numbers = told.warning.object, told.warning.other
    named = sorted({*numbers} - {NOBODY})[:2]
    return named[0] if named else NOBODY, named[1] if len(named) > 1 else NOBODY


def span_of(told: Alert) -> Span:
    """Return when a message says that it is: a moment or a window, (0, 0) for neither."""
    try:
        begin = tai_ns(told.at) if told.at else 0
        return begin, tai_ns(told.until) if told.until else begin
    except CommonskyError:
        return 0, 0  # a partner's time that is none


def _same(one: Alert, pair: tuple[int, int], span: Span) -> bool:
    """Whether a message is about this approach, or may be, where it names one object alone."""
    theirs, when = pair_of(one), span_of(one)
    if when == (0, 0) or not _fits(theirs, pair):
        return False
    moments = when[0] == when[1] and span[0] == span[1]
    apart_ns = max(when[0], span[0]) - min(when[1], span[1])
    return apart_ns < SAME_NS if moments else apart_ns <= 0


def _fits(theirs: tuple[int, int], pair: tuple[int, int]) -> bool:
    named, wanted = {*theirs} - {NOBODY}, {*pair} - {NOBODY}
    return named <= wanted or wanted <= named


def _about(desk: Desk, told: Alert) -> list[Alert]:
    """All messages about these two objects, and those that name one of them alone."""
    pair, found = pair_of(told), {told.handle: told}
    for place, number in enumerate(pair):
        # What names both names the first; a warning may name either.
        kinds = APPROACHES if place == 0 else (Kind.WARNING,)
        for held in desk.survey.about(kinds, number, most=MOST_MESSAGES) if number else ():
            if _may_fit(held, pair):
                found.setdefault(held.record.envelope.handle, alert(desk, held))
    fitting = [one for one in found.values() if _fits(pair_of(one), pair)]
    return sorted(fitting, key=lambda one: (one.said, one.sequence))


def _may_fit(held: Held, pair: tuple[int, int]) -> bool:
    """Whether the envelope lets it be about these two; cheaper than to read it all."""
    named, wanted = {*held.record.envelope.subject}, {*pair} - {NOBODY}
    return named <= wanted or wanted <= named


def _lanes(desk: Desk, mine: Sequence[Alert], pair: tuple[int, int]) -> tuple[Lane, ...]:
    by_nation: dict[str, list[Message]] = {}
    for one in mine:
        lineage = desk.store.held(one.handle).record.envelope.lineage
        message = Message(
            alert=one,
            certain=pair_of(one) == pair,
            withheld_sources=bool(lineage and lineage.withheld_sources),
        )
        by_nation.setdefault(one.nation, []).append(message)
    ours = desk.home.nation
    order = sorted(by_nation, key=lambda nation: (nation != ours, nation))
    return tuple(Lane.of(nation, by_nation[nation]) for nation in order)


def _when(mine: Sequence[Alert], told: Alert) -> tuple[str, str]:
    """The best time that is known: of a conjunction that stands, the newest said."""
    about = [one for one in mine if pair_of(one) == pair_of(told)]
    exact = [one for one in about if one.kind == Kind.CONJUNCTION.value and not one.struck]
    best = exact[-1] if exact else told
    return best.at, best.until


def _claims(mine: Iterable[Alert]) -> tuple[Claimed, ...]:
    last: dict[str, Claimed] = {}
    for one in mine:
        for claim in one.claims:
            if claim.nation not in last or claim.said >= last[claim.nation].said:
                last[claim.nation] = claim
    return tuple(last[nation] for nation in sorted(last))


def _name(mine: Sequence[Alert], number: int) -> str:
    for one in reversed(mine):
        if isinstance(one.conjunction, msgspec.Struct):
            if one.conjunction.object1 == number:
                return one.conjunction.name1
            if one.conjunction.object2 == number:
                return one.conjunction.name2
    return ""


def _held_of(view: View, number: int) -> tuple[str, ...]:
    if number == NOBODY:
        return ()
    return tuple(sorted({one.key[0] for one in view.statements if number in one.key[1]}))


def _rows(
    table: Conjunctions | None, pair: tuple[int, int], span: Span
) -> np.ndarray[tuple[int], np.dtype[np.intp]]:
    """Rows of the table about this approach; of an object alone, all within the window."""
    if table is None:
        return np.zeros(0, np.intp)
    near = SAME_NS if span[0] == span[1] else 0
    wanted = (table.tca_tai_ns > span[0] - near - 1) & (table.tca_tai_ns < span[1] + near + 1)
    return np.flatnonzero(wanted & _of_pair(table, pair))


def _of_pair(
    table: Conjunctions, pair: tuple[int, int]
) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    if NOBODY in pair:
        return (table.object1 == pair[0]) | (table.object2 == pair[0])
    return (table.object1 == pair[0]) & (table.object2 == pair[1])


def _solutions(
    table: Conjunctions | None, rows: np.ndarray[tuple[int], np.dtype[np.intp]]
) -> tuple[Solution, ...]:
    """The most dangerous first, those without Pc before the rest: they may be anything."""
    if table is None:
        return ()
    return solutions(table, _gravest(table, rows))


def _gravest(
    table: Conjunctions, rows: np.ndarray[tuple[int], np.dtype[np.intp]]
) -> np.ndarray[tuple[int], np.dtype[np.intp]]:
    danger = np.nan_to_num(table.assessment.log10_pc[rows], nan=np.inf)
    return rows[np.argsort(-danger, kind="stable")][:MOST_SOLUTIONS]


def _others(
    view: View, known: Sequence[Alert], pair: tuple[int, int], span: Span
) -> tuple[Elsewhere, ...]:
    """Other approaches of the same two, in order of time."""
    if NOBODY in pair:
        return ()
    told: list[tuple[int, Alert | int]] = [
        (span_of(one)[0], one) for one in known if pair_of(one) == pair and not one.struck
        and not _same(one, pair, span) and span_of(one) != (0, 0)
    ]  # fmt: skip
    table = view.conjunctions
    rows = [] if table is None else np.flatnonzero(_of_pair(table, pair)).tolist()
    near = range(span[0] - SAME_NS, span[1] + SAME_NS)
    own: list[tuple[int, Alert | int]] = [
        (int(table.tca_tai_ns[row]), row)
        for row in rows
        if table is not None and int(table.tca_tai_ns[row]) not in near
    ]
    groups: list[list[tuple[int, Alert | int]]] = []
    for at, one in sorted([*told, *own], key=lambda entry: entry[0]):
        if not groups or at - groups[-1][-1][0] >= SAME_NS:
            groups.append([])
        groups[-1].append((at, one))
    return tuple(_elsewhere(view, group) for group in groups[:MOST_OTHERS])


def _elsewhere(view: View, group: Sequence[tuple[int, Alert | int]]) -> Elsewhere:
    alerts = [one for _, one in group if isinstance(one, Alert)]
    rows = [one for _, one in group if isinstance(one, int)]
    bodies = [one.conjunction for one in alerts if isinstance(one.conjunction, msgspec.Struct)]
    misses, pcs = [one.miss_km for one in bodies], [one.pc for one in bodies if one.pc is not None]
    if view.conjunctions is not None:
        misses += [float(view.conjunctions.miss_km[row]) for row in rows]
        pcs += [float(view.conjunctions.pc[row]) for row in rows]
    pcs = [one for one in pcs if one == one]  # noqa: PLR0124 - nan
    return Elsewhere(
        tca=text_of(group[0][0], 3),
        miss_km=min(misses, default=None),
        pc=max(pcs, default=None),
        handle=alerts[-1].handle if alerts else "",
        nations=tuple(sorted({one.nation for one in alerts})),
        computed=bool(rows),
    )


__all__ = ["Case", "CaseAssessment", "State", "assessed_case", "case"]

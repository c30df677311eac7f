"""What an answer of the API rests on: sources, how new they are, what was set aside."""

from __future__ import annotations

from commonsky.ledger.record import Kind
from commonsky.show.api.answer import Completeness, Horizon, Rejected, Said, text_of
from commonsky.show.api.desk import Desk, Reached, View

OURS = "ours"


def completeness(desk: Desk, scope: str, view: View | None = None) -> Completeness:
    """Return what an answer over a scope, given in words, rests on at this moment."""
    seen = desk.seen if view is None else view
    sources = _sources(desk, seen)
    rejected = tuple(
        Rejected(nation=peer, reason=reason, count=count)
        for (peer, reason), count in sorted(desk.survey.quarantined().items())
    )
    horizon = horizon_of(seen)
    gaps = _gaps(desk, seen, sources, rejected, horizon)
    since_s = desk.since_turn_s
    return Completeness(
        as_of=text_of(seen.at_tai_ns, 3),
        realm=desk.home.realm,
        scope=scope,
        complete=not gaps,
        gaps=gaps,
        sources=sources,
        rejected=rejected,
        horizon=horizon,
        seconds_since_turn=None if since_s == float("inf") else round(since_s, 3),
    )


def horizon_of(view: View) -> Horizon:
    """Return what the screening of a view covers."""
    table = view.conjunctions
    if table is None:
        return Horizon(screened=False)
    told = table.summary
    return Horizon(
        screened=True,
        start=told.start,
        stop=told.stop,
        region=told.region(),
        objects=told.propagated,
        excluded=dict(told.excluded),
    )


def _sources(desk: Desk, view: View) -> tuple[Said, ...]:
    """Every nation that could have said something, whether it did or not."""
    marks = {
        mark.nation: mark for mark in desk.survey.watermarks() if mark.kind is Kind.ELEMENT_SET
    }
    ours = desk.home.nation
    told = []
    for nation in sorted({ours, *desk.partners, *marks}):
        mark = marks.get(nation)
        reached = desk.reached.get(nation, Reached())
        statements, objects, unusable = view.counts.get(nation, (0, 0, 0))
        told.append(
            Said(
                nation=nation,
                statements=statements,
                objects=objects,
                unusable=unusable,
                newest_said=text_of(mark.said_tai_ns if mark else 0),
                newest_epoch=text_of(mark.valid_from_tai_ns if mark else 0),
                state=OURS if nation == ours else reached.state,
                why=reached.why,
            )
        )
    return tuple(told)


def _gaps(
    desk: Desk,
    view: View,
    sources: tuple[Said, ...],
    rejected: tuple[Rejected, ...],
    horizon: Horizon,
) -> tuple[str, ...]:
    """What is missing, in plain words."""
    gaps = []
    if not view.at_tai_ns:
        gaps.append("the picture has not been seen since this node began")
    elif not horizon.screened:
        gaps.append("nothing is screened here: no absence of a conjunction means anything")
    gaps += [
        f"{one.nation} is {one.state}" for one in sources if one.state not in {OURS, "reached"}
    ]
    gaps += [f"{one.nation} has said nothing of any orbit" for one in sources if _is_silent(one)]
    gaps += [f"{one.count} entries of {one.nation} set aside: {one.reason}" for one in rejected]
    gaps += [
        f"{one.unusable} statements of {one.nation} cannot be used"
        for one in sources
        if one.unusable
    ]
    gaps += [f"{count} objects left out: {why}" for why, count in horizon.excluded.items()]
    if desk.waiting:
        gaps.append(
            f"{desk.waiting} recalls wait for a person: what they take back is still shown"
        )
    return tuple(gaps)


def _is_silent(one: Said) -> bool:
    return not one.newest_said

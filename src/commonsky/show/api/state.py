"""How the node itself is: who it is, its partners, what was set aside, whether it is well."""

from __future__ import annotations

import logging
from http import HTTPStatus

import msgspec

from commonsky import __version__
from commonsky.astro.epoch import tai_ns
from commonsky.node.clock import SteppedClock
from commonsky.node.realm import Realm
from commonsky.node.statements import label_of
from commonsky.show.api.answer import Answer, Marking, Page, marking_of, text_of
from commonsky.show.api.completeness import completeness, horizon_of
from commonsky.show.api.desk import Desk, Reached
from commonsky.show.api.keys import ApiKey
from commonsky.show.api.problem import Problem, misuse

LOG = logging.getLogger(__name__)
MOST = 1000
FASTEST = 3600.0
LATE_S = 120.0  # a node that has not turned for so long is not well


class Peer(msgspec.Struct, frozen=True, kw_only=True):
    """
    A partner: how their log reached us, how far ours reached them.

    `behind` is how many entries of our log they have not acknowledged.
    """

    nation: str
    state: str
    why: str
    asked_at: str
    held: int  # entries of their log that are stored here
    received: int  # records since this process began
    refusals: dict[str, int]
    unreachable: int
    set_aside: int
    told: int  # entries of our log for them
    signed: int
    acknowledged: int
    behind: int


class NodeTold(msgspec.Struct, frozen=True, kw_only=True):
    """Who this node is, and how it is."""

    nation: str
    realm: str
    version: str
    clock: str
    clock_rate: float  # how many times as fast as real time; 0 where it stands
    clock_is_free: bool  # whether exercise control may set its rate
    marking: Marking  # the least that is as strict as all that is shown of orbits
    confinement: str  # what holds the partner listener, "" where nobody has said
    records: int
    records_of: dict[str, int]  # by kind
    turns: int
    ready: bool
    reasons: tuple[str, ...]
    recalls_waiting: int
    peers: tuple[Peer, ...]


class SetAside(msgspec.Struct, frozen=True, kw_only=True):
    """One entry of a partner's log that is no usable record; below 0, what proves a refusal."""

    nation: str
    index: int
    reason: str
    bytes: int


class SetAsideAsked(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Of whom; the `most` after NATION:INDEX."""

    nation: str = ""
    after: str = ""
    most: int = 100


class Health(msgspec.Struct, frozen=True):
    """Whether the node answers, and whether it is ready for work; if not, why."""

    alive: bool
    ready: bool
    reasons: tuple[str, ...]


def node(desk: Desk) -> Answer[NodeTold]:
    """Return who this node is, and how it is."""
    counts: dict[str, int] = {}
    for mark in desk.survey.watermarks():
        counts[mark.kind.value] = counts.get(mark.kind.value, 0) + mark.count
    told = health(desk)
    own = label_of(desk.home.configuration.label)
    answer = NodeTold(
        nation=desk.home.nation,
        realm=desk.home.realm,
        version=__version__,
        clock=text_of(desk.clock.now_tai_ns(), 3),
        clock_rate=desk.clock.rate,
        clock_is_free=isinstance(desk.clock, SteppedClock) and desk.clock.is_free,
        marking=marking_of(desk.seen.label if desk.seen.statements else own),
        confinement=desk.confinement,
        records=desk.survey.last(),
        records_of=counts,
        turns=desk.turn_count,
        ready=told.ready,
        reasons=told.reasons,
        recalls_waiting=desk.waiting,
        peers=tuple(peers_of(desk)),
    )
    return Answer(answer, completeness(desk, "this node"))


class ClockAsked(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How many times as fast as real time an exercise runs on; 0 lets it stand."""

    rate: float


class ClockTold(msgspec.Struct, frozen=True):
    """What time it is in an exercise, and how fast that runs."""

    clock: str
    rate: float


def set_clock(desk: Desk, asked: ClockAsked, key: ApiKey) -> Answer[ClockTold]:
    """Let the time of an exercise run faster, slower or not at all; for all its nodes here."""
    clock = desk.clock
    if Realm.parsed(desk.home.realm).is_ops:
        raise Problem(HTTPStatus.CONFLICT, "operations go by the time that it is")
    if not isinstance(clock, SteppedClock) or not clock.is_free:
        raise Problem(HTTPStatus.CONFLICT, "the clock of this node is not set from here now")
    if not 0.0 <= asked.rate <= FASTEST:
        raise misuse(f"`rate` is 0 to {FASTEST:g}, not {asked.rate:g}")
    clock.run(asked.rate)
    LOG.info("the exercise's clock was set", extra={"operator": key.name, "rate": asked.rate})
    desk.ring()
    told = ClockTold(text_of(clock.now_tai_ns(), 3), clock.rate)
    return Answer(told, completeness(desk, "the clock of this exercise"))


def peers(desk: Desk) -> Answer[tuple[Peer, ...]]:
    """Return all partners."""
    return Answer(tuple(peers_of(desk)), completeness(desk, "partners that this node has logs of"))


def peers_of(desk: Desk) -> list[Peer]:
    """Return how every partner is."""
    aside: dict[str, int] = {}
    for (nation, _), count in desk.survey.quarantined().items():
        aside[nation] = aside.get(nation, 0) + count
    return [_peer(desk, nation, aside.get(nation, 0)) for nation in desk.partners]


def _peer(desk: Desk, nation: str, set_aside: int) -> Peer:
    reached = desk.reached.get(nation, Reached())
    ours, theirs = desk.store.outgoing_log(nation), desk.store.incoming_log(nation)
    told = ours.size if ours else 0
    acknowledged = max((size for size, _ in desk.store.receipts(nation)), default=0)
    return Peer(
        nation=nation,
        state=reached.state,
        why=reached.why,
        asked_at=text_of(reached.at_tai_ns),
        held=theirs.size if theirs else 0,
        received=reached.received,
        refusals=dict(reached.refusals),
        unreachable=reached.failures,
        set_aside=set_aside,
        told=told,
        signed=ours.checkpoint_size if ours else 0,
        acknowledged=acknowledged,
        behind=max(told - acknowledged, 0),
    )


def quarantine(desk: Desk, asked: SetAsideAsked) -> Page[SetAside]:
    """Return a page of what was set aside."""
    if not 1 <= asked.most <= MOST:
        raise misuse(f"`most` is 1 to {MOST}, not {asked.most}")
    nation, _, index = asked.after.partition(":")
    try:
        after = (nation, int(index)) if asked.after else ("", 0)
    except ValueError:
        raise misuse(f"`after` is NATION:INDEX, as AUS:17, not {asked.after!r}") from None
    rows = desk.survey.set_aside(asked.nation, after, asked.most + 1)
    page = tuple(
        SetAside(nation=peer, index=place, reason=reason, bytes=size)
        for peer, place, reason, size in rows[: asked.most]
    )
    more = f"{page[-1].nation}:{page[-1].index}" if len(rows) > asked.most else ""
    return Page(page, more, completeness(desk, "entries of partners' logs that were set aside"))


def health(desk: Desk) -> Health:
    """Return whether the node is well; a ledger that cannot be read is an error, told as such."""
    reasons = []
    if desk.is_new:
        reasons.append("the first turn of the node has not ended yet")
    elif desk.since_turn_s > max(LATE_S, 2.0 * desk.home.configuration.exchange.bulk_tick_s):
        reasons.append(f"the last turn ended {desk.since_turn_s:.0f} s ago")
    if desk.stopped:
        reasons.append("the node has been told to stop")
    desk.survey.last()
    horizon = horizon_of(desk.seen)
    if horizon.screened and tai_ns(horizon.stop) < desk.clock.now_tai_ns():
        reasons.append("the span that was screened is over")
    return Health(alive=True, ready=not reasons, reasons=tuple(reasons))

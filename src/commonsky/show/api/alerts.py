"""
The alerts of a node in one list: its own and its partners', what is over struck through.

They are told in the order in which they came to be known here, which never changes; times to the
event are beside them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from enum import StrEnum

import msgspec
from msgspec import UNSET, UnsetType

from commonsky.astro.epoch import NS_PER_S, tai_ns
from commonsky.errors import CommonskyError
from commonsky.ledger.record import Kind, Relation
from commonsky.ledger.store import Held
from commonsky.ledger.survey import ALERTS
from commonsky.node.alerts import Conjunction
from commonsky.node.alerts import State as Told
from commonsky.node.owners import at_risk
from commonsky.node.products import Event, Warned
from commonsky.share.recall import Retraction
from commonsky.show.api.answer import Answer, Marking, Page, marking_of
from commonsky.show.api.claims import Claim, Claimed
from commonsky.show.api.completeness import completeness
from commonsky.show.api.desk import Desk
from commonsky.show.api.gravity import (
    NO_CONFIDENCE,
    Category,
    Confidence,
    Gravity,
    Stage,
    category_of,
    confidence_of,
    contested,
    gravity_of,
    stage_of,
)
from commonsky.show.api.problem import misuse, unknown
from commonsky.show.api.surroundings import Surroundings, surroundings, texts

SCOPE = "alerts of this node and its partners, in the order in which they came to be known here"
DATA_QUALITY = "data_quality"
MOST, MOST_LOOKED_AT = 500, 5000
LONGEST_NOTICE = 2000


class State(StrEnum):
    """How an alert stands."""

    STANDING = "standing"
    PAST = "past"  # its time is over
    OVER = "over"  # newer orbits do not come so close
    SUPERSEDED = "superseded"
    WITHDRAWN = "withdrawn"
    UNREADABLE = "unreadable"  # purged, or not what its kind says


class Quality(msgspec.Struct, frozen=True):
    """What is wrong with the data of a nation."""

    reason: str
    count: int


class Notice(msgspec.Struct, frozen=True):
    """Plain words to a duty officer."""

    text: str


class Alert(msgspec.Struct, frozen=True, kw_only=True):
    """
    One alert; of `conjunction` to `quality` the one that its kind names is there.

    `at` is the time of closest approach or the begin of the window, "" for what has no time;
    `countdown_s` is negative once it is past.  What is `struck` stays in the list, with why.  Data
    quality has the sequence 0 and no handle: it is of now.
    """

    sequence: int
    handle: str
    kind: str
    nation: str  # who says so
    peer: str  # whose log it came in, "" for our own
    said: str
    state: State
    struck: bool
    struck_by: str
    struck_why: str
    subject: tuple[int, ...]
    at: str
    until: str
    countdown_s: float | None
    marking: Marking | UnsetType = UNSET
    category: Category = Category.NOTICE
    severity: Gravity = Gravity.INFO
    confidence: Confidence = NO_CONFIDENCE
    owners: tuple[str, ...] = ()  # whose objects it is about
    stage: Stage = Stage.NEW  # with the people of this node
    contested: bool = False
    last_by: str = ""  # who of this node said the last word; told nobody else
    claims: tuple[Claimed, ...] = ()
    retracts: tuple[str, ...] = ()
    conjunction: Conjunction | UnsetType = UNSET
    event: Event | UnsetType = UNSET
    warning: Warned | UnsetType = UNSET
    retraction: Retraction | UnsetType = UNSET
    claim: Claim | UnsetType = UNSET
    notice: Notice | UnsetType = UNSET
    quality: Quality | UnsetType = UNSET


class AlertsAsked(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """
    Which alerts: `after` a sequence, oldest first, or `before` one, newest first.

    `kinds` and `states` are lists with commas.
    """

    after: int = 0
    before: int = 0
    most: int = 100
    kinds: str = ""
    states: str = ""
    nation: str = ""
    object: int = 0


def alerts(desk: Desk, asked: AlertsAsked) -> Page[Alert]:
    """Return a page of the list."""
    if asked.after and asked.before:
        raise misuse("give `after` or `before`, not both: they are two directions")
    if not 1 <= asked.most <= MOST or asked.after < 0 or asked.before < 0:
        raise misuse(f"`most` is 1 to {MOST}, and sequences are not negative")
    kinds = named(asked.kinds, (*ALERTS, DATA_QUALITY))
    states = named(asked.states, tuple(State))
    found: list[Alert] = []
    if not (asked.after or asked.before) and DATA_QUALITY in kinds and State.STANDING in states:
        found += [
            one
            for one in _qualities(desk)
            if asked.nation in {"", one.nation} and not asked.object
        ]
    chosen = [kind for kind in ALERTS if kind in kinds]
    edge, looked_at = asked.before or asked.after, 0
    for part in _parts(desk, chosen, asked):
        about = [one for one in part if asked.object in {0, *one.record.envelope.subject}]
        told = {one.sequence: one for one in alerts_of(desk, about)}
        for held in part:
            if len(found) >= asked.most or looked_at >= MOST_LOOKED_AT:
                return Page(tuple(found), str(edge), completeness(desk, SCOPE))
            edge, looked_at = held.sequence, looked_at + 1
            one = told.get(held.sequence)
            if one is not None and one.state in states:
                found.append(one)
    return Page(tuple(found), "", completeness(desk, SCOPE))


def one_alert(desk: Desk, handle: str) -> Answer[Alert]:
    """Return one alert."""
    held = desk.store.held(handle)
    if held.record.envelope.kind not in ALERTS:
        raise unknown(
            f"{handle} is a record of kind {held.record.envelope.kind}, and no alert; "
            f"/api/v1/records/{handle} tells of it"
        )
    return Answer(alert(desk, held), completeness(desk, SCOPE))


def named(text: str, all_of_them: tuple[str, ...]) -> frozenset[str]:
    """Return what a list with commas names, everything where it is empty."""
    names = [name.strip() for name in text.split(",") if name.strip()]
    wrong = [name for name in names if name not in all_of_them]
    if wrong:
        raise misuse(f"{wrong[0]!r} is none of {', '.join(all_of_them)}")
    return frozenset(names or all_of_them)


def alert(desk: Desk, held: Held) -> Alert:
    """Return a record as an alert, as it stands now."""
    return alerts_of(desk, [held])[0]


def alerts_of(desk: Desk, records: Sequence[Held]) -> list[Alert]:
    """Return records as alerts, as they stand now; many cost little more than one."""
    now = desk.clock.now_tai_ns()
    about = surroundings(desk.survey, records, now)
    bodies = [_told(held) for held in records]
    times = [_times(told) for told in bodies]
    said = texts([held.record.envelope.said_tai_ns for held in records], 0)
    at, until = (texts([pair[side] for pair in times], 3) for side in (0, 1))
    return [
        _alert(desk, held, told, about, now, begin_end, written)
        for held, told, begin_end, *written in zip(
            records, bodies, times, said, at, until, strict=True
        )
    ]


def _alert(
    desk: Desk,
    held: Held,
    told: msgspec.Struct | None,
    about: Surroundings,
    now_tai_ns: int,
    times: tuple[int, int],
    written: Sequence[str],
) -> Alert:
    """`written` are the texts of when it was said, when it happens, and until when."""
    envelope = held.record.envelope
    begin, end = times
    state, struck_by, why = _state(about, held, told, end or begin, now_tai_ns)
    body = {} if told is None else {envelope.kind.value: told}
    claims = about.claims[envelope.handle]
    ours = next((one.handle for one in claims if one.nation == desk.home.nation), "")
    said, at, until = written
    return Alert(
        sequence=held.sequence,
        handle=envelope.handle,
        kind=envelope.kind.value,
        nation=envelope.node,
        peer=held.peer,
        said=said,
        state=state,
        struck=state not in {State.STANDING, State.PAST},
        struck_by=struck_by,
        struck_why=why,
        subject=envelope.subject,
        at=at,
        until=until,
        countdown_s=(begin - now_tai_ns) / NS_PER_S if begin else None,
        marking=marking_of(envelope.label),
        category=category_of(envelope.kind.value),
        severity=gravity_of(told),
        confidence=confidence_of(told),
        owners=tuple(sorted(at_risk(desk.owned, envelope.subject))),
        stage=stage_of(claims, desk.home.nation),
        contested=contested(claims),
        last_by=desk.operators.who(ours),
        claims=claims,
        retracts=tuple(
            link.handle for link in envelope.links if link.relation is Relation.RETRACTS
        ),
        **body,  # type: ignore[arg-type]
    )


def _parts(desk: Desk, kinds: list[Kind], asked: AlertsAsked) -> Iterator[list[Held]]:
    """Records of these kinds in the order asked for, in parts."""
    after, before = asked.after, asked.before
    while kinds:
        part = desk.survey.page(
            kinds, after=after, before=before, nation=asked.nation, most=asked.most + 1
        )
        yield part
        if len(part) <= asked.most:
            return
        after, before = (0, part[-1].sequence) if before else (part[-1].sequence, 0)


BODIES: dict[Kind, type[msgspec.Struct]] = {
    Kind.CONJUNCTION: Conjunction,
    Kind.EVENT: Event,
    Kind.WARNING: Warned,
    Kind.RETRACTION: Retraction,
    Kind.CLAIM: Claim,
}


def _told(held: Held) -> msgspec.Struct | None:
    """The body of an alert, None where it was purged or is not what its kind says."""
    body = held.record.body
    if body is None:
        return None
    kind = held.record.envelope.kind
    try:
        if kind is Kind.NOTICE:
            return Notice(body.content.decode()[:LONGEST_NOTICE])
        return msgspec.json.decode(body.content, type=BODIES[kind])
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None


def _times(told: msgspec.Struct | None) -> tuple[int, int]:
    """When it happens, and until when that lasts; 0 is never."""
    try:
        if isinstance(told, Conjunction):
            return tai_ns(told.tca), 0
        if isinstance(told, Event | Warned):
            return tai_ns(told.window_from), tai_ns(told.window_until)
    except CommonskyError:
        pass  # a partner's time that is none
    return 0, 0


def _state(
    about: Surroundings,
    held: Held,
    told: msgspec.Struct | None,
    end_tai_ns: int,
    now_tai_ns: int,
) -> tuple[State, str, str]:
    """How an alert stands, the record that strikes it out, and why."""
    envelope = held.record.envelope
    by = about.withdrawn.get(envelope.handle)
    if by is not None:
        taken_back = _told(by)
        reason = taken_back.reason if isinstance(taken_back, Retraction) else "no reason is held"
        nation = by.record.envelope.node
        return State.WITHDRAWN, by.record.envelope.handle, f"withdrawn by {nation}: {reason}"
    newer = about.newer.get(envelope.handle)
    if newer is not None:
        handle = newer.record.envelope.handle
        return State.SUPERSEDED, handle, "a newer one says how it stands"
    if told is None:
        return State.UNREADABLE, "", "its body was purged, or is not what its kind says"
    said = getattr(told, "state", None)
    if said is Told.OVER:
        return State.OVER, envelope.handle, "newer orbits do not come so close"
    if said is Told.WITHDRAWN:
        return State.WITHDRAWN, envelope.handle, "a statement that it rested on was taken back"
    return (State.PAST if 0 < end_tai_ns < now_tai_ns else State.STANDING), "", ""


def _qualities(desk: Desk) -> list[Alert]:
    """What is wrong with anybody's data at this moment."""
    told = completeness(desk, SCOPE)
    wrong = [(one.nation, one.reason, one.count) for one in told.rejected]
    wrong += [
        (one.nation, "statements that cannot be used", one.unusable)
        for one in told.sources
        if one.unusable
    ]
    wrong += [
        (one.nation, f"{one.state}: {one.why}", 1)
        for one in told.sources
        if one.state in {"refused", "unreachable"}
    ]
    return [
        Alert(
            sequence=0,
            handle="",
            kind=DATA_QUALITY,
            nation=nation,
            peer="",
            said=told.as_of,
            state=State.STANDING,
            struck=False,
            struck_by="",
            struck_why="",
            subject=(),
            at="",
            until="",
            countdown_s=None,
            category=Category.DATA_QUALITY,
            quality=Quality(reason, count),
        )
        for nation, reason, count in wrong
    ]

"""What a record becomes for one recipient, at each level of release."""

from __future__ import annotations

from collections.abc import Collection

import msgspec

from commonsky.astro.epoch import NS_PER_S, tai_ns, utc_text
from commonsky.ledger.label import EVERYONE, Category, Label, Tag
from commonsky.ledger.lineage import visible
from commonsky.ledger.record import (
    NONCE_BYTES,
    Body,
    Envelope,
    Kind,
    Lineage,
    Record,
    encoded,
)
from commonsky.node.alerts import Conjunction, State, conjunction_of
from commonsky.node.entropy import Entropy

EXISTENCE, EVENT, WARNING = "commonsky/existence@1", "commonsky/event@1", "commonsky/warning@1"
WINDOW_NS = 600 * NS_PER_S  # events are told of in windows of ten minutes
STAY_CLEAR_KM = (5.0, 10.0, 25.0, 50.0, 100.0)


class Existence(msgspec.Struct, frozen=True):
    """That an object is known, without its orbit."""

    object: int
    name: str
    designator: str


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """That two objects come close to each other within a window; neither miss nor Pc."""

    state: State
    object1: int
    object2: int
    window_from: str
    window_until: str


class Warned(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """
    The least that whoever is at risk must know: their object, a window, a volume to stay clear of.

    `other` is the other object's number where its orbit may be known to the reader, else 0.
    Neither miss distance nor Pc is told: with a withheld orbit they would give it away.
    """

    state: State
    object: int
    window_from: str
    window_until: str
    stay_clear_km: float
    other: int = 0


_ENCODER = msgspec.json.Encoder()


class _Omm(msgspec.Struct):
    OBJECT_NAME: str = ""
    OBJECT_ID: str = ""


_OMM = msgspec.json.Decoder(_Omm)
_EVENT = msgspec.json.Decoder(Event)
_WARNED = msgspec.json.Decoder(Warned)
_EXISTENCE = msgspec.json.Decoder(Existence)


def event_of(content: bytes) -> Event:
    """Return the event that the body of a record tells of."""
    return _EVENT.decode(content)


def warned_of(content: bytes) -> Warned:
    """Return the warning that the body of a record is."""
    return _WARNED.decode(content)


def existence_of(content: bytes) -> Existence:
    """Return the object that the body of a record tells of."""
    return _EXISTENCE.decode(content)


def relabelled(label: Label, recipient: str, relayed_to: Collection[str] = ()) -> Label:
    """
    Return the label a recipient sees: releasable to them, and to whom they may relay it.

    Who else was told is not theirs to know.  Permissive categories have done their work; the
    restrictive ones bind the reader too.
    """
    grant = label.releasable_to if EVERYONE not in label.releasable_to else tuple(relayed_to)
    return Label(
        policy=label.policy,
        classification=label.classification,
        categories=tuple(_kept(label.categories)),
        releasable_to=tuple(sorted({recipient, *({*relayed_to} & {*grant})})),
        agreements=label.agreements,
    )


def _kept(categories: tuple[Category, ...]) -> list[Category]:
    return [one for one in categories if one.tag is Tag.RESTRICTIVE]


def full(record: Record, label: Label, given: Collection[str]) -> tuple[bytes, Body | None]:
    """Return entry and body of a record as it is, for one recipient; the body is our own."""
    return encoded(_addressed(record.envelope, label, given)), None


def existence(
    record: Record, label: Label, given: Collection[str], entropy: Entropy
) -> tuple[bytes, Body]:
    """Return that the object of an element set is known."""
    assert_has_body(record)
    omm = _OMM.decode(record.body.content)  # type: ignore[union-attr]
    told = Existence(record.envelope.subject[0], omm.OBJECT_NAME, omm.OBJECT_ID)
    return _product(record.envelope, Kind.EXISTENCE, EXISTENCE, told, label, given, entropy)


def event(
    record: Record, label: Label, given: Collection[str], entropy: Entropy
) -> tuple[bytes, Body]:
    """Return that two objects come close, and when, to ten minutes."""
    told = _conjunction(record)
    begin, end = window(told)
    product = Event(
        state=told.state,
        object1=told.object1,
        object2=told.object2,
        window_from=begin,
        window_until=end,
    )
    return _product(record.envelope, Kind.EVENT, EVENT, product, label, given, entropy)


def warning(
    record: Record,
    label: Label,
    given: Collection[str],
    entropy: Entropy,
    *,
    own: int,
    other_is_known: bool,
) -> tuple[bytes, Body]:
    """Return the least that the owner of object `own` must know."""
    told = _conjunction(record)
    begin, end = window(told)
    product = Warned(
        state=told.state,
        object=own,
        window_from=begin,
        window_until=end,
        stay_clear_km=next(
            (size for size in STAY_CLEAR_KM if size > 2.0 * told.miss_km), STAY_CLEAR_KM[-1]
        ),
        other=(told.object2 if own == told.object1 else told.object1) if other_is_known else 0,
    )
    named = {own, product.other} - {0}
    return _product(record.envelope, Kind.WARNING, WARNING, product, label, given, entropy, named)


def window(told: Conjunction) -> tuple[str, str]:
    """Return the window of ten minutes or more about an approach, as UTC."""
    at = tai_ns(told.tca)
    begin = (at - WINDOW_NS // 2) // WINDOW_NS * WINDOW_NS
    end = -(-(at + WINDOW_NS // 2) // WINDOW_NS) * WINDOW_NS
    return utc_text(begin, 0), utc_text(end, 0)


def assert_has_body(record: Record) -> None:
    """Refuse a record whose body was purged: nothing can be made of it."""
    if record.body is None:
        raise ValueError(f"the body of {record.envelope.handle} was purged")


def _conjunction(record: Record) -> Conjunction:
    assert_has_body(record)
    return conjunction_of(record.body.content)  # type: ignore[union-attr]


def _addressed(envelope: Envelope, label: Label, given: Collection[str]) -> Envelope:
    return msgspec.structs.replace(
        envelope,
        label=label,
        lineage=envelope.lineage and visible(envelope.lineage, given),
        links=tuple(link for link in envelope.links if link.handle in given),
    )


def _product(
    envelope: Envelope,
    kind: Kind,
    spec: str,
    told: msgspec.Struct,
    label: Label,
    given: Collection[str],
    entropy: Entropy,
    subject: Collection[int] | None = None,
) -> tuple[bytes, Body]:
    content = _ENCODER.encode(told)
    purpose = b"\0".join(
        [kind.encode(), envelope.handle.encode(), *map(str.encode, label.releasable_to)]
    )
    body = Body(entropy(purpose, NONCE_BYTES), content)
    # How it was found out, and until when to the second, is no part of a coarse product.
    product = Envelope(
        handle=envelope.handle,
        digest=body.digest,
        kind=kind,
        spec=spec,
        node=envelope.node,
        realm=envelope.realm,
        said_tai_ns=envelope.said_tai_ns,
        label=label,
        subject=envelope.subject if subject is None else tuple(sorted(subject)),
        links=tuple(link for link in envelope.links if link.handle in given),
        lineage=None
        if envelope.lineage is None
        else Lineage(
            function=envelope.lineage.function, parameters_digest="", withheld_sources=True
        ),
    )
    return encoded(product), body

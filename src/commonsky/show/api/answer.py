"""What the API answers with: the records of its JSON."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Generic, TypeVar

import msgspec
from msgspec import UNSET, UnsetType

from commonsky.astro.epoch import utc_text
from commonsky.ledger.label import Category, Label
from commonsky.ledger.record import Link

T = TypeVar("T")


class Said(msgspec.Struct, frozen=True, kw_only=True):
    """How much of one nation's statements this node holds, and how new they are; "" is never."""

    nation: str
    statements: int  # element sets that stand
    objects: int
    unusable: int  # standing records that hold no element set
    newest_said: str
    newest_epoch: str
    state: str  # ours, reached, unreachable, refused, not asked yet
    why: str = ""


class Rejected(msgspec.Struct, frozen=True, kw_only=True):
    """How many entries of a nation's log were set aside for one reason."""

    nation: str
    reason: str
    count: int


class Horizon(msgspec.Struct, frozen=True, kw_only=True):
    """What a screening covers; `screened` false says that no absence means anything."""

    screened: bool
    start: str = ""
    stop: str = ""
    region: str = ""
    objects: int = 0
    excluded: dict[str, int] = {}


class Completeness(msgspec.Struct, frozen=True, kw_only=True):
    """
    What an answer rests on: an empty one is no clear sky.

    `as_of` is when the picture was seen, "" where it was not yet.  `complete` says that every
    source was reached when last asked, nothing was set aside, and the sky is screened; `gaps` say
    what is missing.
    """

    as_of: str
    realm: str
    scope: str
    complete: bool
    gaps: tuple[str, ...]
    sources: tuple[Said, ...]
    rejected: tuple[Rejected, ...]
    horizon: Horizon
    seconds_since_turn: float | None  # null before the first


class Answer(msgspec.Struct, Generic[T], frozen=True):
    """An answer, and what it rests on."""

    data: T
    completeness: Completeness


class Page(msgspec.Struct, Generic[T], frozen=True):
    """Part of a list; ask again with `after` (or `before`) = `next` until it is ""."""

    data: tuple[T, ...]
    next: str
    completeness: Completeness


class Marking(msgspec.Struct, frozen=True, kw_only=True):
    """A record's label in plain words; nobody in `releasable_to` is the originator alone."""

    text: str
    classification: str
    releasable_to: tuple[str, ...]
    categories: tuple[Category, ...] = ()
    agreements: tuple[str, ...] = ()
    embargo: str = ""


class LineageTold(msgspec.Struct, frozen=True, kw_only=True):
    """How a derived record came about."""

    function: str
    used: tuple[str, ...]
    withheld_sources: bool
    used_by: tuple[str, ...]  # handles of records that rest on this one


class ToldTo(msgspec.Struct, frozen=True, kw_only=True):
    """One nation that was told of a record, and what became of that."""

    nation: str
    index: int
    level: str
    rule: str
    agreement: str
    sent: str
    received: bool  # a receipt covers it
    recalled: bool
    withdrawn: bool  # they have answered the recall


class RecordTold(msgspec.Struct, frozen=True, kw_only=True):
    """
    One record of the ledger.

    `body` is the content where it is JSON, `body_text` where it is other text; neither after a
    purge, or where it is no text.
    """

    sequence: int
    handle: str
    kind: str
    spec: str
    nation: str
    peer: str  # whose log it came in, "" for our own
    realm: str
    said: str
    valid_from: str
    valid_until: str
    subject: tuple[int, ...]
    marking: Marking
    digest: str
    links: tuple[Link, ...]
    linked_by: tuple[Link, ...]  # records that stand so to this one
    lineage: LineageTold
    withdrawn_by: str
    body_bytes: int
    body: Any | UnsetType = UNSET
    body_text: str | UnsetType = UNSET
    told: tuple[ToldTo, ...] = ()


@lru_cache(1 << 14)
def text_of(epoch_tai_ns: int, places: int = 0) -> str:
    """Return an epoch as UTC, "" for none."""
    return utc_text(epoch_tai_ns, places) if epoch_tai_ns else ""


def marking_of(label: Label) -> Marking:
    """Return a label as people write it."""
    to = "/".join(label.releasable_to) if label.releasable_to else "ORIGINATOR ONLY"
    special = [f"{one.name} {' '.join(one.values)}" for one in label.categories]
    return Marking(
        text="//".join([label.classification, *special, f"REL {to}"]),
        classification=label.classification,
        releasable_to=label.releasable_to,
        categories=label.categories,
        agreements=label.agreements,
        embargo=text_of(label.embargo_tai_ns),
    )

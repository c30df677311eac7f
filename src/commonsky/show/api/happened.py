"""What happened, by all element sets that a node holds, as the API tells it."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from commonsky.ledger.label import join
from commonsky.node.finding_words import finding_words
from commonsky.node.findings import KINDS, AnyFinding
from commonsky.show.api.answer import Answer, Marking, marking_of
from commonsky.show.api.completeness import completeness
from commonsky.show.api.desk import Desk
from commonsky.show.api.problem import misuse

MOST = 1000
SCOPE = "events in the element sets held here, of the last weeks of each object"


class EventsAsked(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Of which kind and object, "" and 0 for any; how many, the newest first."""

    kind: str = ""
    object: int = 0
    most: int = 200


class EventTold(msgspec.Struct, frozen=True, kw_only=True):
    """One event, in a sentence and as it was found; marked as what it rests on."""

    kind: str
    words: str
    marking: Marking
    found: AnyFinding


class EventsTold(msgspec.Struct, frozen=True, kw_only=True):
    """Events, and how many there are of each kind."""

    counts: dict[str, int]
    events: tuple[EventTold, ...]
    whole: bool  # false where there are more


def events(desk: Desk, asked: EventsAsked) -> Answer[EventsTold]:
    """Return what happened."""
    if asked.kind and asked.kind not in KINDS:
        raise misuse(f"`kind` is one of {', '.join(KINDS)}, not {asked.kind!r}")
    if not 1 <= asked.most <= MOST:
        raise misuse(f"`most` is 1 to {MOST}, not {asked.most}")
    of = [one for one in desk.happened.all(desk.store)
          if not asked.object or asked.object in one.objects]  # fmt: skip
    counts = {kind: sum(kind_of(one) == kind for one in of) for kind in KINDS}
    wanted = [one for one in of if not asked.kind or kind_of(one) == asked.kind]
    told = EventsTold(
        counts=counts,
        events=tuple(told_of(desk, wanted[: asked.most])),
        whole=len(wanted) <= asked.most,
    )
    return Answer(told, completeness(desk, SCOPE))


def kind_of(one: AnyFinding) -> str:
    """Return the kind of an event, as its lines name it."""
    return type(one).__name__.lower()


def told_of(desk: Desk, found: Iterable[AnyFinding]) -> list[EventTold]:
    """Return events as they are told."""
    return [
        EventTold(
            kind=kind_of(one),
            words=finding_words(one),
            marking=marking_of(join(
                desk.store.held(handle).record.envelope.label for handle in one.records
            )),
            found=one,
        )
        for one in found
    ]  # fmt: skip

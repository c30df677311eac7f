"""Element sets that are sent to a node, made into its nation's statements."""

from __future__ import annotations

import logging
from http import HTTPStatus
from typing import BinaryIO

import msgspec

from commonsky.catalogue.catalogue import Catalogue
from commonsky.formats.sniff import OTHER_FILES
from commonsky.ledger.label import Category, Label, Tag
from commonsky.node.home import NATIONS
from commonsky.node.ingest import Ingested, ingest
from commonsky.node.pipeline import read
from commonsky.node.statements import label_of
from commonsky.show.api.answer import Answer
from commonsky.show.api.completeness import completeness
from commonsky.show.api.desk import Desk
from commonsky.show.api.keys import ApiKey
from commonsky.show.api.problem import Problem, misuse

LOG = logging.getLogger(__name__)
LONGEST_MAGIC = 16
MOST_BYTES = 256 << 20
NOBODY = "-"


class IngestAsked(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """
    What the statements are marked with, instead of what the node's configuration says.

    `releasable_to` is nations with commas, - for nobody; `categories` NAME=VALUE with commas.
    """

    releasable_to: str = ""
    categories: str = ""


class IngestedTold(msgspec.Struct, frozen=True, kw_only=True):
    """What became of the records that were sent: `read` is the sum of the others."""

    read: int
    accepted: int
    unchanged: int
    superseded: int
    quarantined: int
    simulated: int
    reasons: tuple[str, ...]  # of some that were set aside


def ingested(
    desk: Desk, stream: BinaryIO, asked: IngestAsked, key: ApiKey
) -> Answer[IngestedTold]:
    """State what a stream of element sets holds."""
    label = marking(desk, asked)
    _check_plain(stream)
    catalogue = read("-", stdin=stream)
    counts: Ingested = ingest(
        catalogue, desk.home, desk.store, desk.author, label, desk.clock.now_tai_ns()
    )
    LOG.info("element sets were ingested", extra={"operator": key.name, "count": counts.accepted})
    desk.ring()
    answer = IngestedTold(
        read=counts.read,
        accepted=counts.accepted,
        unchanged=counts.unchanged,
        superseded=counts.superseded,
        quarantined=counts.quarantined,
        simulated=counts.simulated,
        reasons=_reasons(catalogue),
    )
    return Answer(answer, completeness(desk, "what was sent"))


def marking(desk: Desk, asked: IngestAsked) -> Label:
    """Return the label that statements get."""
    label = label_of(desk.home.configuration.label)
    if asked.releasable_to:
        names = asked.releasable_to.upper().split(",")
        nations = () if asked.releasable_to == NOBODY else tuple(sorted({*names}))
        wrong = [name for name in nations if name not in NATIONS]
        if wrong:
            raise misuse(
                f"`releasable_to` names {wrong[0]!r}, which is none of {', '.join(NATIONS)}"
            )
        label = msgspec.structs.replace(label, releasable_to=nations)
    values: dict[str, set[str]] = {}
    for one in filter(None, asked.categories.split(",")):
        name, equals, value = one.partition("=")
        if not (name and equals and value):
            raise misuse(f"a category is NAME=VALUE, as SENSOR=B, not {one!r}")
        values.setdefault(name, set()).add(value)
    held = {(one.name, one.tag): one for one in label.categories}
    for name, several in values.items():
        restrictive = Category(name, Tag.RESTRICTIVE, tuple(sorted(several)))
        held[name, Tag.RESTRICTIVE] = restrictive
    return msgspec.structs.replace(label, categories=tuple(sorted(held.values())))


def _check_plain(stream: BinaryIO) -> None:
    """Refuse what is packed: a small request would cost a large one's work."""
    stream.seek(0)
    beginning = stream.read(LONGEST_MAGIC)
    stream.seek(0)
    if any(beginning.startswith(magic) for magic, _ in OTHER_FILES):
        raise Problem(
            HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
            "send element sets as they are, OMM or TLE, not packed",
        )


def _reasons(catalogue: Catalogue) -> tuple[str, ...]:
    return tuple(
        f"line {one.line}{', ' + one.field if one.field else ''}: {one.reason}"
        for one in catalogue.provenance.quarantined[:5]
    )

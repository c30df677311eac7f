"""One approach that the node itself finds, and what three nations say of it."""

from __future__ import annotations

from typing import Any

import msgspec

from commonsky.astro.epoch import NS_PER_S, tai_ns, utc_text
from commonsky.ledger.label import Label
from commonsky.ledger.record import Kind, Lineage, Link, Record, Relation
from commonsky.node.alerts import Conjunction, State
from commonsky.node.products import Event, Warned
from commonsky.node.statements import Author
from tests.api_case import NOW_TAI_NS, Case

TO_US = Label(releasable_to=("NOR",))


def tell_of_approach(case: Case) -> Conjunction:
    """Let NOR, AUS, GBR and CAN speak of an approach in the table; return it as it is there."""
    table = case.desk.view().conjunctions
    assert table is not None
    row = next(row for row in table.sort_by("pc").rows() if row["object1"] == 900_000_015)
    told = Conjunction(state=State.STANDING, **row)
    ours = msgspec.structs.replace(told, source1="NOR", source2="NOR")
    first = case.append("case", stated(case.author, ours, -900))
    nearer = msgspec.structs.replace(
        ours, miss_km=ours.miss_km + 0.5, radial_km=ours.radial_km + 0.5, pc=(told.pc or 0.0) * 3
    )
    case.append("case newer", stated(case.author, nearer, -600, supersedes=first))
    theirs = Author("AUS", "test", case.author.entropy)
    other = msgspec.structs.replace(
        ours, source1="AUS", source2="AUS", pc=(told.pc or 0.0) * 1000, radial_km=9.0, miss_km=9.0
    )
    case.append("case of AUS", stated(theirs, other, -500, withheld=True), "AUS")
    at = tai_ns(told.tca)
    begin, end = (utc_text(at + offset * NS_PER_S, 0) for offset in (-600, 600))
    event = Event(
        state=State.STANDING, object1=told.object1, object2=told.object2, window_from=begin,
        window_until=end,
    )  # fmt: skip
    warned = Warned(
        state=State.STANDING, object=told.object1, stay_clear_km=5.0, window_from=begin,
        window_until=end,
    )  # fmt: skip
    for nation, kind, body, subject in (
        ("GBR", Kind.EVENT, event, (told.object1, told.object2)),
        ("CAN", Kind.WARNING, warned, (told.object1,)),
    ):
        record = Author(nation, "test", case.author.entropy).stated(
            kind, "x@1", msgspec.json.encode(body), TO_US, NOW_TAI_NS - 400 * NS_PER_S,
            subject=subject,
        )  # fmt: skip
        case.append(f"case of {nation}", record, nation)
    return told


def stated(
    author: Author,
    told: Conjunction,
    in_s: int,
    *,
    supersedes: Record | None = None,
    withheld: bool = False,
) -> Record:
    """A conjunction as a nation says it, so many seconds from now."""
    links: Any = ()
    if supersedes is not None:
        links = (Link(Relation.SUPERSEDES, supersedes.envelope.handle),)
    return author.stated(
        Kind.CONJUNCTION, "commonsky/conjunction@1", msgspec.json.encode(told), TO_US,
        NOW_TAI_NS + in_s * NS_PER_S, subject=(told.object1, told.object2), links=links,
        lineage=Lineage(function="screen@1", parameters_digest="", withheld_sources=withheld),
    )  # fmt: skip

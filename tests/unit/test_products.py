"""Products: each level tells what it may, and not one field more."""

import msgspec
import pytest

from commonsky.astro.epoch import tai_ns
from commonsky.ledger.label import EVERYONE, Category, Label, Tag
from commonsky.ledger.record import Kind, Lineage, Link, Record, Relation, decoded
from commonsky.node import products
from commonsky.node.alerts import Alerts, Ground
from commonsky.node.entropy import repeatable
from commonsky.node.home import Screening
from commonsky.node.statements import Author
from tests.conjunction_case import START, conjunctions_of

ENTROPY = repeatable(b"products")
AUTHOR = Author("AUS", "test", ENTROPY)
LABEL = Label(releasable_to=("GBR", "NOR"))
OMM = b'{"OBJECT_NAME":"TEST SAT","OBJECT_ID":"2024-001A","MEAN_MOTION":15.5,"NORAD_CAT_ID":7}'
USED = ("0" * 31 + "1", "0" * 31 + "2")


def element_set() -> Record:
    return AUTHOR.stated(Kind.ELEMENT_SET, "ccsds/omm@502.0-B-3", OMM, LABEL, 5, subject=(7,))


def conjunction() -> Record:
    alerts = Alerts(AUTHOR, Screening(alert_pc=0.0, alert_miss_km=100.0))
    grounds = {100: Ground(USED[0], "AUS", LABEL), 270_438: Ground(USED[1], "AUS", LABEL)}
    table = conjunctions_of(1)
    return alerts.records(table, lambda _: True, tai_ns(START), lambda n, _: grounds[n])[0]


def test_full_keeps_the_body_and_hides_who_else_may_know() -> None:
    record = element_set()
    label = products.relabelled(record.envelope.label, "NOR")
    entry, body = products.full(record, label, ())
    told = decoded(entry)
    assert body is None
    assert (told.handle, told.digest) == (record.envelope.handle, record.envelope.digest)
    assert told.label.releasable_to == ("NOR",)
    assert b"GBR" not in entry


def test_lineage_and_links_name_only_what_the_reader_has() -> None:
    record = conjunction()
    link = Link(Relation.SUPERSEDES, "f" * 32)
    record = msgspec.structs.replace(
        record, envelope=msgspec.structs.replace(record.envelope, links=(link,))
    )
    entry, _ = products.full(record, LABEL, {USED[0]})
    told = decoded(entry)
    assert told.lineage is not None
    assert (told.lineage.used, told.lineage.withheld_sources) == ((USED[0],), True)
    assert told.links == ()
    assert USED[1].encode() not in entry
    whole = decoded(products.full(record, LABEL, {*USED, "f" * 32})[0])
    assert whole.links == (link,)
    assert whole.lineage is not None
    assert not whole.lineage.withheld_sources


def test_existence_tells_no_orbit() -> None:
    entry, body = products.existence(element_set(), LABEL, (), ENTROPY)
    assert products.existence_of(body.content) == products.Existence(7, "TEST SAT", "2024-001A")
    assert b"15.5" not in body.content
    told = decoded(entry)
    assert told.kind is Kind.EXISTENCE
    assert told.digest == body.digest
    assert told.valid_from_tai_ns == 0  # the epoch of the elements is not told


def test_an_event_tells_a_window_and_neither_miss_nor_pc() -> None:
    record = conjunction()
    table = conjunctions_of(1)
    entry, body = products.event(record, LABEL, USED, ENTROPY)
    told = products.event_of(body.content)
    tca = int(table.tca_tai_ns[0])
    assert tai_ns(told.window_from) <= tca - products.WINDOW_NS // 2
    assert tai_ns(told.window_until) >= tca + products.WINDOW_NS // 2
    assert set(msgspec.json.decode(body.content)) == {
        "state", "object1", "object2", "window_from", "window_until",
    }  # fmt: skip
    for hidden in USED:
        assert hidden.encode() not in entry + body.content


def test_a_warning_names_the_other_only_where_it_is_known() -> None:
    record = conjunction()
    entry, body = products.warning(record, LABEL, (), ENTROPY, own=270_438, other_is_known=False)
    told = products.warned_of(body.content)
    assert (told.object, told.other) == (270_438, 0)
    assert told.stay_clear_km in products.STAY_CLEAR_KM
    assert decoded(entry).subject == (270_438,)
    assert b"100" not in entry.replace(b"270438", b"").split(b'"subject"')[1].split(b"]")[0]
    assert b"miss" not in body.content
    assert b'"pc"' not in body.content
    _, known = products.warning(record, LABEL, (), ENTROPY, own=270_438, other_is_known=True)
    assert products.warned_of(known.content).other == 100


def test_a_purged_record_makes_no_product() -> None:
    record = msgspec.structs.replace(element_set(), body=None)
    with pytest.raises(ValueError, match="purged"):
        products.existence(record, LABEL, (), ENTROPY)


def test_relabelling_keeps_what_binds_and_drops_what_betrays() -> None:
    restrictive = Category("SENSOR", Tag.RESTRICTIVE, ("B",))
    permissive = Category("GROUP", Tag.PERMISSIVE, ("X", "Y"))
    label = Label(
        classification="SECRET",
        categories=(permissive, restrictive),
        releasable_to=("AUS", "GBR", "NOR"),
        agreements=("A1",),
        embargo_tai_ns=77,
    )
    seen = products.relabelled(label, "NOR", ("GBR", "USA"))
    assert seen.releasable_to == ("GBR", "NOR")  # USA is no reader of the original
    assert seen.categories == (restrictive,)
    assert (seen.classification, seen.agreements, seen.embargo_tai_ns) == ("SECRET", ("A1",), 0)
    everyone = Label(releasable_to=(EVERYONE,))
    assert products.relabelled(everyone, "NOR").releasable_to == ("NOR",)
    assert products.relabelled(everyone, "NOR", ("USA",)).releasable_to == ("NOR", "USA")


def test_lineage_of_a_coarse_product_names_nothing() -> None:
    record = conjunction()
    entry, _ = products.event(record, LABEL, USED, ENTROPY)
    lineage = decoded(entry).lineage
    assert lineage == Lineage(function="screen@1", parameters_digest="", withheld_sources=True)

"""Nodes of several nations: what one states, another screens, is warned of, and gives back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec
import numpy as np
import pytest

from commonsky.astro.epoch import NS_PER_S
from commonsky.catalogue.catalogue import Catalogue
from commonsky.catalogue.planted import Planted, plant
from commonsky.catalogue.population import population
from commonsky.ledger.label import Category, Label, Tag
from commonsky.ledger.record import Kind, Link, Relation
from commonsky.node.home import Screening
from commonsky.share import recall
from tests.coalition_case import OPEN, Coalition, content

HOUR_NS = 3600 * NS_PER_S
SCREENING = Screening(days=1.0, threshold_km=5.0, alert_pc=1e-7, alert_miss_km=1.0)
SENSOR_B = Label(
    categories=(Category("SENSOR", Tag.RESTRICTIVE, ("B",)),), releasable_to=OPEN.releasable_to
)


@pytest.fixture(scope="module")
def world() -> tuple[Catalogue, Planted, int]:
    sky = population(300, 5)
    start = int(sky.elements.epoch_tai_ns.max())
    sky, planted = plant(sky, start, 5)
    return sky, planted, start


def one(sky: Catalogue, number: int) -> Catalogue:
    return sky.take(np.flatnonzero(sky.catalogue_number == number))


@pytest.fixture
def three(tmp_path: Path, world: tuple[Catalogue, Planted, int]) -> Iterator[Coalition]:
    _, planted, start = world
    owned = {int(planted.object1[0]): "NOR", int(planted.object1[1]): "GBR"}
    nodes = Coalition(tmp_path, ["AUS", "GBR", "NOR"], start, owned=owned, screening=SCREENING)
    yield nodes
    nodes.close()


def test_one_states_another_screens_both_sides_and_is_warned(
    three: Coalition, world: tuple[Catalogue, Planted, int]
) -> None:
    sky, planted, _ = world
    first, second = int(planted.object1[1]), int(planted.object2[1])
    three.states("AUS", one(sky, first))
    three.states("GBR", one(sky, second))
    three.step(rounds=3)
    # Australia's element sets reach the United Kingdom in full, which sees the encounter.
    found = [content(held) for held in three.held("GBR", Kind.CONJUNCTION, "")]
    assert [(told["object1"], told["object2"]) for told in found] == [(first, second)]
    assert abs(found[0]["miss_km"] - planted.miss_km[1]) < 0.01
    assert {found[0]["source1"], found[0]["source2"]} == {"AUS", "GBR"}
    # Alone, neither sees it.
    assert three.held("NOR", Kind.CONJUNCTION, "") == []
    lineage = three.held("GBR", Kind.CONJUNCTION, "")[0].record.envelope.lineage
    assert lineage is not None
    assert len(lineage.used) == 2
    # Every entry is acknowledged.
    for issuer, reader in (("AUS", "GBR"), ("GBR", "AUS"), ("GBR", "NOR")):
        store = three.nodes[issuer].store
        assert max(size for size, _ in store.receipts(reader)) > 0, (issuer, reader)


def test_the_owner_is_warned_of_what_it_may_not_know(
    three: Coalition, world: tuple[Catalogue, Planted, int]
) -> None:
    sky, planted, _ = world
    mine, theirs = int(planted.object1[0]), int(planted.object2[0])
    three.states("AUS", one(sky, mine), SENSOR_B)
    three.states("AUS", one(sky, theirs), SENSOR_B)
    three.step(rounds=2)
    warned = three.held("NOR", Kind.WARNING, "AUS")
    assert [content(held)["object"] for held in warned] == [mine]
    told = content(warned[0])
    assert "miss_km" not in told
    assert "other" not in told
    assert str(theirs).encode() not in three.outbox_bytes("AUS", "NOR")
    assert three.held("NOR", Kind.ELEMENT_SET, "AUS") == []
    assert three.held("GBR", Kind.WARNING) == []


def test_a_recall_takes_back_what_was_said_and_what_rests_on_it(
    three: Coalition, world: tuple[Catalogue, Planted, int]
) -> None:
    sky, planted, _ = world
    first, second = int(planted.object1[1]), int(planted.object2[1])
    three.states("AUS", one(sky, first))
    three.states("GBR", one(sky, second))
    three.step(rounds=3)
    said = three.held("AUS", Kind.ELEMENT_SET, "")[0].record.envelope
    node = three.nodes["AUS"]
    record = node.author.stated(
        Kind.RETRACTION, recall.RETRACTION,
        msgspec.json.encode(recall.Retraction("sensor bias")), Label(),
        three.clock.now_tai_ns(), links=(Link(Relation.RETRACTS, said.handle),),
    )  # fmt: skip
    node.store.append([record])
    before = list(recall.acknowledgements(node.store, said.handle))
    assert {(one.recipient, one.withdrawn) for one in before} == {("GBR", False), ("NOR", False)}
    three.step(rounds=3)
    after = list(recall.acknowledgements(node.store, said.handle))
    assert all(one.recalled and one.withdrawn for one in after)
    told = [content(held)["state"] for held in three.held("GBR", Kind.CONJUNCTION, "")]
    assert told == ["standing", "withdrawn"]
    assert first not in three.nodes["GBR"].picture.catalogue.catalogue_number
    assert three.nodes["GBR"].store.withdrawn(said.handle) == record.envelope.handle
    # It is struck through, not gone.
    assert three.nodes["GBR"].store.held(said.handle).record.body is not None


def test_nobody_takes_back_what_another_said(
    three: Coalition, world: tuple[Catalogue, Planted, int]
) -> None:
    sky, planted, _ = world
    three.states("AUS", one(sky, int(planted.object1[1])))
    three.step(rounds=2)
    said = three.held("AUS", Kind.ELEMENT_SET, "")[0].record.envelope
    node = three.nodes["NOR"]
    node.store.append(
        [
            node.author.stated(
                Kind.RETRACTION, recall.RETRACTION, b'{"reason":"no"}', Label(),
                three.clock.now_tai_ns(), links=(Link(Relation.RETRACTS, said.handle),),
            )
        ]
    )  # fmt: skip
    three.step(rounds=3)
    for nation in ("AUS", "GBR", "NOR"):
        assert three.nodes[nation].store.withdrawn(said.handle) == ""


def test_a_flood_of_recalls_waits_for_a_person(
    three: Coalition, world: tuple[Catalogue, Planted, int]
) -> None:
    sky, _, _ = world
    three.states("AUS", sky.take(np.arange(30)))
    three.step(rounds=2)
    node = three.nodes["AUS"]
    said = three.held("AUS", Kind.ELEMENT_SET, "")
    node.store.append(
        [
            node.author.stated(
                Kind.RETRACTION, recall.RETRACTION, b'{"reason":"all"}', Label(),
                three.clock.now_tai_ns() + k,
                links=(Link(Relation.RETRACTS, held.record.envelope.handle),),
            )
            for k, held in enumerate(said)
        ]
    )  # fmt: skip
    turns = three.step(rounds=2)
    gone = [three.nodes["GBR"].store.withdrawn(held.record.envelope.handle) for held in said]
    limit = three.nodes["GBR"].home.configuration.exchange.recalls_per_hour
    assert sum(map(bool, gone)) == limit
    assert turns["GBR"].waiting + limit <= len(said)


def test_a_cut_link_catches_up_and_each_works_alone(
    three: Coalition, world: tuple[Catalogue, Planted, int]
) -> None:
    sky, planted, start = world
    first, second = int(planted.object1[1]), int(planted.object2[1])
    three.cut.add(("AUS", "GBR"))
    three.states("AUS", one(sky, first))
    three.states("GBR", one(sky, second))
    three.step(rounds=3)
    assert three.held("GBR", Kind.ELEMENT_SET, "AUS") == []
    assert three.held("NOR", Kind.ELEMENT_SET) or three.held("NOR", Kind.EXISTENCE)
    three.clock.advance_to(start + HOUR_NS)
    three.cut.clear()
    three.step(rounds=3)
    assert len(three.held("GBR", Kind.CONJUNCTION, "")) == 1
    for issuer in three.nations:
        for reader in three.nodes[issuer].peers:
            ours = three.nodes[issuer].store.outgoing_log(reader)
            theirs = three.nodes[reader].peers[issuer].inbox.state()
            assert ours is not None
            assert (ours.size, ours.frontier) == (theirs.size, theirs.frontier)


def test_a_restart_says_nothing_twice(
    three: Coalition, world: tuple[Catalogue, Planted, int]
) -> None:
    sky, planted, _ = world
    three.states("AUS", one(sky, int(planted.object1[1])))
    three.states("GBR", one(sky, int(planted.object2[1])))
    three.step(rounds=4)
    before = {nation: three.nodes[nation].store.last() for nation in three.nations}
    for nation in three.nations:
        three.restart(nation)
    three.step(rounds=3)
    assert {nation: three.nodes[nation].store.last() for nation in three.nations} == before


def test_newer_orbits_end_an_alert_and_say_so(
    three: Coalition, world: tuple[Catalogue, Planted, int]
) -> None:
    sky, planted, start = world
    first, second = int(planted.object1[1]), int(planted.object2[1])
    three.states("AUS", one(sky, first))
    three.states("AUS", one(sky, second))
    three.step(rounds=3)
    assert len(three.held("AUS", Kind.CONJUNCTION, "")) == 1
    three.clock.advance_to(start + HOUR_NS)
    newer = one(sky, second)
    elements = newer.elements
    changed = type(elements)(
        **{
            name: getattr(elements, name) + (0.01 if name == "mean_anomaly_rad" else 0)
            for name in elements.__dataclass_fields__
        }
    )
    changed = type(elements)(
        **{
            name: getattr(changed, name) + (HOUR_NS if name == "epoch_tai_ns" else 0)
            for name in elements.__dataclass_fields__
        }
    )
    from dataclasses import replace  # noqa: PLC0415

    three.states("AUS", replace(newer, elements=changed))
    three.step(rounds=3)
    told = [content(held)["state"] for held in three.held("AUS", Kind.CONJUNCTION, "")]
    assert told[0] == "standing"
    assert "over" in told
    # Whoever was told of it is told that it is over.
    for nation in ("GBR", "NOR"):
        states = [
            content(held)["state"] for held in three.nodes[nation].store.since()
            if held.peer == "AUS" and held.record.envelope.kind in {Kind.CONJUNCTION, Kind.EVENT}
        ]  # fmt: skip
        assert states == told


def test_what_was_embargoed_leaves_when_the_embargo_ends(
    three: Coalition, world: tuple[Catalogue, Planted, int]
) -> None:
    sky, _, start = world
    until = start + 2 * HOUR_NS
    three.states(
        "AUS", sky.take(np.arange(5)), Label(releasable_to=("GBR",), embargo_tai_ns=until)
    )
    # A class never released before needs two persons first.
    node = three.nodes["AUS"]
    held = three.held("AUS", Kind.ELEMENT_SET, "")
    kind = node.release.class_of(held[0].record, "GBR")
    for person in ("release officer", "duty officer"):
        node.release.policy.confirmations.confirm(kind, person, start)
    three.step(rounds=2)
    assert three.held("GBR", Kind.ELEMENT_SET, "AUS") == []
    three.clock.advance_to(until - 1)
    three.step(rounds=2)
    assert three.held("GBR", Kind.ELEMENT_SET, "AUS") == []
    three.clock.advance_to(until + 61 * NS_PER_S)  # the next tick
    three.step(rounds=2)
    assert len(three.held("GBR", Kind.ELEMENT_SET, "AUS")) == 5
    three.step(rounds=2)
    assert len(three.held("GBR", Kind.ELEMENT_SET, "AUS")) == 5


def test_a_class_waits_for_two_persons(
    three: Coalition, world: tuple[Catalogue, Planted, int]
) -> None:
    sky, _, start = world
    three.states("AUS", sky.take(np.arange(3)), Label(releasable_to=("GBR",)))
    node = three.nodes["AUS"]
    kind = node.release.class_of(three.held("AUS", Kind.ELEMENT_SET, "")[0].record, "GBR")
    arrived = []
    for hour, person in enumerate(("release officer", "release officer", "duty officer"), 1):
        three.step(rounds=2)
        arrived.append(len(three.held("GBR", Kind.ELEMENT_SET, "AUS")))
        node.release.policy.confirmations.confirm(kind, person, start)
        three.clock.advance_to(start + hour * HOUR_NS)
    three.step(rounds=2)
    arrived.append(len(three.held("GBR", Kind.ELEMENT_SET, "AUS")))
    assert arrived == [0, 0, 0, 3]


def test_a_partner_who_comes_later_is_told_what_stands(
    three: Coalition, world: tuple[Catalogue, Planted, int]
) -> None:
    sky, _, start = world
    node = three.nodes["AUS"]
    node.release.recipients = ["NOR"]
    three.states("AUS", sky.take(np.arange(4)))
    three.step(rounds=2)
    assert three.held("GBR", Kind.ELEMENT_SET, "AUS") == []
    node.release.recipients = ["GBR", "NOR"]
    three.clock.advance_to(start + HOUR_NS)
    three.step(rounds=2)
    assert len(three.held("GBR", Kind.ELEMENT_SET, "AUS")) == 4
    log = node.store.outgoing_log("NOR")
    assert log is not None
    before = log.size
    three.clock.advance_to(start + 2 * HOUR_NS)
    three.step(rounds=2)
    after = node.store.outgoing_log("NOR")
    assert after is not None
    assert after.size == before

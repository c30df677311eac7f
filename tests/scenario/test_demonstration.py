"""Ten nations through half a day: operational code, TLS between processes, a script that bites."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import msgspec
import pytest

from commonsky.exercise.coalition import Coalition
from commonsky.exercise.demonstration import (
    REALM,
    Audit,
    Demonstration,
    audit,
    screening_of,
)
from commonsky.exercise.score import Level, Outcome, alone_tai_ns, score
from commonsky.exercise.sensors import NATIONS
from commonsky.exercise.world import World
from commonsky.ledger.record import Envelope, Kind
from commonsky.show.cli.demonstrating import outcome

HOURS = 14


@dataclass
class Played:
    day: Demonstration
    said: list[str]
    folder: Path
    audited: Audit
    held: dict[str, dict[str, str]]  # by nation and handle, the peer it came from


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Played:
    world = World.of(100, 7)
    folder = tmp_path_factory.mktemp("coalition")
    said: list[str] = []
    coalition = Coalition.begun(
        folder, NATIONS, REALM, world.start_tai_ns, world.owned, screening_of(world)
    )
    with coalition:
        day = Demonstration(world, coalition, folder, said.append)
        day.run(HOURS)
        held = {
            nation: {one.record.envelope.handle: one.peer for one in node.store.since()}
            for nation, node in coalition.nodes.items()
        }
        return Played(day, said, folder, audit(coalition, world), held)


def test_what_ten_see_together_none_sees_alone(played: Played) -> None:
    day = played.day
    alone = {nation: alone_tai_ns(day.world, nation) for nation in NATIONS}
    table = score(day.world, day.heard, alone)
    outcomes = [table.count(nation, Outcome.TOGETHER) for nation in NATIONS]
    assert sum(outcomes) > sum(table.count(nation, Outcome.ALONE) for nation in NATIONS)
    assert all(table.gained_h(nation) > 0.0 for nation in NATIONS)
    lines = list(outcome(table))
    assert len(lines) == 2 + len(NATIONS) + 1


def test_the_withheld_sensor_warns_and_tells_no_more(played: Played) -> None:
    day = played.day
    assert any(one.level is Level.WARNING for one in day.heard)
    assert played.audited.over_released == ()
    assert played.audited.told > 1000


def test_the_script_happened(played: Played) -> None:
    day, said = played.day, played.said
    told = "\n".join(said)
    assert day.caught == 1
    assert "fork: " in told
    assert "withdrawn and acknowledged by" in told
    count = next(line for line in said if "recalled: told to" in line).split()
    assert count[3].rstrip(",") == count[-1] != "0"
    assert "up again" in told
    assert "refuses what comes from exercise/" in told


def test_no_record_of_another_realm_is_held_anywhere(played: Played) -> None:
    folder = played.folder
    entries = [
        path for path in (folder / "beside" / "outbox").rglob("entries/**/*") if path.is_file()
    ]
    foreign = [msgspec.json.decode(path.read_bytes()[2:], type=Envelope) for path in entries]
    assert foreign
    for one in foreign:
        assert one.realm == "exercise/demonstration"
        assert one.kind is Kind.ELEMENT_SET
        assert all(one.handle not in held for held in played.held.values())


def test_all_ten_hold_what_they_were_told(played: Played) -> None:
    day = played.day
    arrived = sum(1 for held in played.held.values() for peer in held.values() if peer)
    assert arrived == day.received

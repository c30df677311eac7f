"""Alerts: what is worth a record, what supersedes what, what survives a restart."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from commonsky.astro.epoch import NS_PER_S, tai_ns
from commonsky.ledger.label import Label
from commonsky.ledger.record import Kind, Record, Relation
from commonsky.node.alerts import Alerts, Ground, State, conjunction_of, objects_of
from commonsky.node.conjunctions import Conjunctions
from commonsky.node.entropy import repeatable
from commonsky.node.home import Screening
from commonsky.node.statements import Author
from tests.conjunction_case import START, conjunctions_of

NOW = tai_ns(START)
EVERYTHING = Screening(alert_pc=0.0, alert_miss_km=100.0)


def alerts(screening: Screening = EVERYTHING) -> Alerts:
    return Alerts(Author("NOR", "test", repeatable(b"alerts")), screening)


def ground(number: int, source: str) -> Ground:
    readers = ("AUS", "GBR") if number % 2 else ("AUS",)
    return Ground(f"{number:032x}", source.partition("+")[0], Label(releasable_to=readers))


def said(to: Alerts, table: Conjunctions, now: int = NOW, **options: State) -> list[Record]:
    return to.records(table, lambda _: True, now, ground, **options)


def moved(table: Conjunctions, **columns: Any) -> Conjunctions:
    return replace(table, encounters=replace(table.encounters, **columns))


def test_a_first_screening_tells_of_all_that_is_worth_it() -> None:
    table = conjunctions_of(5)
    records = said(alerts(), table)
    assert [one.envelope.kind for one in records] == [Kind.CONJUNCTION] * 5
    assert [one.envelope.subject for one in records] == [
        (int(a), int(b)) for a, b in zip(table.object1, table.object2, strict=True)
    ]
    told = conjunction_of(records[2].body.content)  # type: ignore[union-attr]
    assert (told.object1, told.state) == (int(table.object1[2]), State.STANDING)
    assert told.miss_km == table.miss_km[2]


def test_limits_decide_what_is_worth_telling() -> None:
    table = conjunctions_of(40)
    by_pc = said(alerts(Screening(alert_pc=1e-100, alert_miss_km=0.0)), table)
    assert len(by_pc) == int((np.nan_to_num(table.pc) >= 1e-100).sum()) > 0
    near = Screening(alert_pc=2.0, alert_miss_km=1.0)
    counted = (table.miss_km <= 1.0) & ~table.slow & ~table.intra_fleet
    assert len(said(alerts(near), table)) == int(counted.sum()) > 0


def test_lineage_and_label_are_those_of_what_it_rests_on() -> None:
    table = conjunctions_of(4)
    for k, record in enumerate(said(alerts(), table)):
        lineage = record.envelope.lineage
        assert lineage is not None
        first, second = int(table.object1[k]), int(table.object2[k])
        assert lineage.used == tuple(sorted(ground(one, "").handle for one in (first, second)))
        both = first % 2 == second % 2 == 1
        assert record.envelope.label.releasable_to == (("AUS", "GBR") if both else ("AUS",))


def test_the_same_again_is_not_told_again() -> None:
    ours, table = alerts(), conjunctions_of(6)
    assert len(said(ours, table)) == 6
    assert said(ours, table) == []


def test_a_small_move_is_not_told_a_large_one_supersedes() -> None:
    ours, table = alerts(), conjunctions_of(1)
    first = said(ours, table)[0]
    near = moved(table, miss_km=table.miss_km * 1.05)
    assert said(ours, near) == []
    second = said(ours, moved(table, miss_km=table.miss_km * 2.0))
    assert [(one.relation, one.handle) for one in second[0].envelope.links] == [
        (Relation.SUPERSEDES, first.envelope.handle)
    ]
    assert len(ours.standing) == 1


@pytest.mark.parametrize("state", [State.OVER, State.WITHDRAWN])
def test_what_is_gone_is_said_to_be_over_and_never_just_missing(state: State) -> None:
    ours, table = alerts(), conjunctions_of(3)
    first = said(ours, table)
    ended = said(ours, table.take(np.array([0, 2])), ending=state)
    assert len(ended) == 1
    assert ended[0].envelope.links[0].handle == first[1].envelope.handle
    assert conjunction_of(ended[0].body.content).state is state  # type: ignore[union-attr]
    assert len(ours.standing) == 2


def test_alerts_that_are_past_are_left_as_they_are() -> None:
    ours, table = alerts(), conjunctions_of(3)
    said(ours, table)
    after = int(table.tca_tai_ns.max()) + NS_PER_S
    assert said(ours, table.take(np.array([], np.int64)), after) == []


def test_only_touched_alerts_end() -> None:
    ours, table = alerts(), conjunctions_of(4)
    said(ours, table)
    nothing = table.take(np.array([], np.int64))
    touched = objects_of([table.take(np.array([3]))])
    ended = ours.records(nothing, lambda pair: pair in touched, NOW, ground)
    assert [one.envelope.subject[0] for one in ended] == [int(table.object1[3])]


def test_a_restart_takes_up_what_stands_and_nothing_else() -> None:
    ours, table = alerts(), conjunctions_of(5)
    records = said(ours, table)
    records += said(ours, table.take(np.array([0, 1, 3, 4])))
    again = alerts()
    again.resume(records)
    assert set(again.standing) == set(ours.standing)
    assert said(again, table.take(np.array([0, 1, 3, 4]))) == []


def test_two_approaches_of_one_pair_are_two_alerts() -> None:
    ours, table = alerts(), conjunctions_of(1)
    later = moved(table, tca_tai_ns=table.tca_tai_ns + 3600 * NS_PER_S)
    said(ours, table)
    both = said(ours, later.take(np.array([0])))
    # The later one is new, and the earlier one, absent now, is over.
    states = [conjunction_of(one.body.content).state for one in both]  # type: ignore[union-attr]
    assert states == [State.STANDING, State.OVER]
    assert not both[0].envelope.links


def test_a_confirmation_changes_nothing_and_is_not_betrayed() -> None:
    ours, table = alerts(), conjunctions_of(4)
    said(ours, table)
    joint = replace(table, source1=np.full(4, "gp.csv+GBR"))
    assert said(ours, joint) == []
    told = said(alerts(), joint)[0]
    assert conjunction_of(told.body.content).source1 == "gp.csv"  # type: ignore[union-attr]


def test_labels_keep_alerts_of_one_pair_apart() -> None:
    ours, table = alerts(), conjunctions_of(1)
    first = said(ours, table)[0]
    secret = Label(classification="SECRET", releasable_to=("AUS",))

    def hidden(number: int, source: str) -> Ground:
        return ground(number, source)._replace(label=secret)

    both = ours.records(table, lambda _: False, NOW, hidden)
    assert len(both) == 1
    assert both[0].envelope.links == ()
    assert first.envelope.label != both[0].envelope.label
    assert sum(map(len, ours.standing.values())) == 2

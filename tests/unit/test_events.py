from __future__ import annotations

import itertools

import msgspec
import pytest

from commonsky.show.assessment_lines import AssessmentLine
from commonsky.show.events import SAME_TCA_S, Event, Trend, events_of, grouped
from tests.assessment_case import NO_RADIUS, invented


def at(second: float, **changes: object) -> AssessmentLine:
    minute, rest = divmod(second, 60)
    return invented(tca=f"2026-11-26T12:{int(minute):02d}:{rest:06.3f}Z", **changes)


def day(n: int) -> str:
    return f"2026-11-{n:02d}T00:00:00.000"


def files(event: Event) -> list[str]:
    return [message.file for message in event.messages]


def test_nothing_gives_no_events() -> None:
    assert events_of([], []) == []


def test_one_message_is_one_event() -> None:
    (event,) = events_of([invented()], [day(20)])
    assert (event.pc, event.method, event.pc_largest) == (3e-5, "2d", 3e-5)
    assert event.trend is Trend.NONE
    assert event.pc_is_of_newest
    assert (event.pair_events, event.pair_assessed) == (1, 1)
    assert event.pair_pc_lower == pytest.approx(3e-5)
    assert event.pair_pc_upper == pytest.approx(3e-5)


def test_either_object_may_be_first_and_zeros_before_a_number_mean_nothing() -> None:
    lines = [invented(), invented(object1="000041335", object2="000025544")]
    (event,) = events_of(lines, [day(20), day(21)])
    assert (event.object1, event.object2) == ("000041335", "000025544")


def test_messages_stand_in_order_of_creation_whatever_order_they_come_in() -> None:
    lines = [invented(file=name) for name in "abcd"]
    created = [day(23), day(20), day(22), day(21)]
    for order in itertools.permutations(range(4)):
        (event,) = events_of([lines[k] for k in order], [created[k] for k in order])
        assert files(event) == ["b", "d", "c", "a"]


def test_creation_and_not_tca_tells_which_is_newest() -> None:
    lines = [at(30.0, file="old"), at(0.0, file="new")]
    (event,) = events_of(lines, [day(20), day(21)])
    assert files(event) == ["old", "new"]
    assert event.tca == lines[1].tca


def test_days_of_the_year_are_dates_too() -> None:
    lines = [invented(file="later"), invented(file="earlier")]
    (event,) = events_of(lines, ["2026-326T00:00:00", "2026-11-21T00:00:00"])
    assert files(event) == ["earlier", "later"]


def test_what_is_no_date_counts_as_the_oldest() -> None:
    lines = [invented(file="dated"), invented(file="undated"), invented(file="nonsense")]
    (event,) = events_of(lines, [day(1), "", "yesterday " * 1000])
    assert files(event) == ["nonsense", "undated", "dated"]


def test_a_tca_may_wander_far_from_update_to_update() -> None:
    lines = [at(50.0 * k, file=str(k)) for k in range(10)]
    (event,) = events_of(lines, [day(10 + k) for k in range(10)])
    assert event.tca == lines[-1].tca
    assert len(event.messages) == 10


def test_messages_that_do_not_update_one_another_do_not_chain() -> None:
    # Created in another order, each is too far from the one before it.
    lines = [at(0.0), at(100.0), at(200.0)]
    assert len(events_of(lines, [day(20), day(21), day(22)])) == 3


@pytest.mark.parametrize(("apart", "events"), [(SAME_TCA_S, 1), (SAME_TCA_S + 0.001, 2)])
def test_the_limit_belongs_to_the_same_event(apart: float, events: int) -> None:
    assert len(events_of([at(0.0), at(apart)], [day(20), day(21)])) == events


def test_an_update_joins_the_nearest_of_several_approaches() -> None:
    lines = [at(0.0, file="a"), at(100.0, file="b"), at(55.0, file="c")]
    events = events_of(lines, [day(20), day(21), day(22)])
    assert sorted(map(files, events)) == [["a"], ["b", "c"]]


def test_other_objects_are_other_events() -> None:
    lines = [invented(), invented(object2="41336")]
    assert len(events_of(lines, [day(20), day(20)])) == 2


@pytest.mark.parametrize("changes", [{"tca": ""}, {"object1": ""}, {"object2": "UNKNOWN"}])
def test_what_cannot_be_told_apart_is_not_put_together(changes: dict[str, str]) -> None:
    lines = [invented(**changes), invented(**changes)]
    assert len(events_of(lines, [day(20), day(21)])) == 2


def test_the_number_is_of_the_newest_message_that_has_one() -> None:
    lines = [invented(pc=1e-3), invented(pc=1e-5, file="good"), invented(NO_RADIUS)]
    (one,) = grouped(lines, [day(20), day(21), day(22)])
    assert (one.event.pc, one.event.pc_largest) == (1e-5, 1e-3)
    assert not one.event.pc_is_of_newest
    assert one.rows == (0, 1, 2)
    assert lines[one.telling].file == "good"


@pytest.mark.parametrize(
    ("numbers", "trend"),
    [
        ((1e-5, 1.9e-5), Trend.STEADY),
        ((1e-5, 2.1e-5), Trend.RISING),
        ((2.1e-5, 1e-5), Trend.FALLING),
        ((1e-3, 1e-5, 1e-5), Trend.STEADY),
        ((0.0, 1e-30), Trend.RISING),
        ((1e-30, 0.0), Trend.FALLING),
        ((0.0, 0.0), Trend.STEADY),
    ],
)
def test_the_trend_compares_the_last_two(numbers: tuple[float, ...], trend: Trend) -> None:
    lines = [invented(pc=pc) for pc in numbers]
    (event,) = events_of(lines, [day(20 + k) for k in range(len(lines))])
    assert event.trend is trend


def test_limits_over_several_approaches_of_a_pair() -> None:
    lines = [at(0.0, pc=0.1), at(600.0, pc=0.2)]
    for event in events_of(lines, [day(20), day(20)]):
        assert (event.pair_events, event.pair_assessed) == (2, 2)
        assert event.pair_pc_lower == pytest.approx(0.2)
        assert event.pair_pc_upper == pytest.approx(1.0 - 0.9 * 0.8)


def test_no_upper_limit_where_an_approach_has_no_number() -> None:
    lines = [at(0.0, pc=0.1), at(600.0, **NO_RADIUS)]
    for event in events_of(lines, [day(20), day(20)]):
        assert (event.pair_events, event.pair_assessed) == (2, 1)
        assert event.pair_pc_lower == pytest.approx(0.1)
        assert event.pair_pc_upper is None


def test_where_none_could_be_assessed_nothing_is_made_up() -> None:
    lines = [invented(NO_RADIUS), at(900.0, **NO_RADIUS)]
    for event in events_of(lines, [day(20), day(20)]):
        assert event.pc is event.pc_largest is event.pair_pc_lower is event.pair_pc_upper is None
        assert not event.pc_is_of_newest
        assert event.messages[0].cannot_assess == "no hard-body radius"


def test_the_gravest_stands_first_and_those_without_a_number_last() -> None:
    lines = [
        invented(NO_RADIUS, object1="1"),
        invented(object1="2", pc=1e-9),
        invented(object1="3", pc=1e-2),
        invented(object1="4", pc=0.0),
    ]
    assert [event.object1 for event in events_of(lines, [""] * 4)] == ["3", "2", "4", "1"]


def test_a_line_of_ndjson_says_what_it_is() -> None:
    (event,) = events_of([invented()], [day(20)])
    told = msgspec.json.encode(event)
    assert told.startswith(b'{"kind":"event"')
    assert msgspec.json.decode(told, type=Event) == event


def test_each_assessment_needs_a_date() -> None:
    with pytest.raises(ValueError, match="found 0 of 1"):
        events_of([invented()], [])


def test_many_approaches_of_one_pair_are_kept_apart() -> None:
    # A search through all of them for each message would take minutes.
    lines = [
        invented(tca=f"2026-11-{1 + k // 720:02d}T{k // 30 % 24:02d}:{2 * k % 60:02d}:00Z")
        for k in range(20_000)
    ]
    events = events_of(lines + lines, [day(1)] * len(lines) + [day(2)] * len(lines))
    assert len(events) == 20_000
    assert {len(event.messages) for event in events} == {2}

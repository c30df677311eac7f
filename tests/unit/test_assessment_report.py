from __future__ import annotations

import math
from pathlib import Path

import pytest

from commonsky.assess.ladder import REASONS, RUNGS, Violation
from commonsky.show.assessment_lines import RefusedLine, Trials
from commonsky.show.events import EventMessage
from commonsky.show.report.assessment import assessment_html, write_assessment
from commonsky.show.report.assessment_doubts import differ
from commonsky.show.report.assessment_history import history_drawing
from commonsky.show.report.assessment_ladder import axis_of, ladder_drawing
from commonsky.show.report.assessment_words import (
    AGAINST,
    BRIEF,
    METHODS,
    SHORT,
    VIOLATIONS,
    Standing,
    steps,
    two_d_invalid,
)
from commonsky.show.report.assessment_words import (
    REASONS as TOLD_REASONS,
)
from tests.assessment_case import CURVED, NO_RADIUS, TRIED, invented, invented_run, told
from tests.unit.test_report import HOSTILE, outline_of


@pytest.fixture(scope="module")
def page() -> str:
    return assessment_html(*invented_run(), written="2026-11-26 12:00 UTC")


def card(page: str, rank: int) -> str:
    return page[page.index(f'id="case-{rank}"') :].split("</article>", maxsplit=1)[0]


def section(page: str, name: str) -> str:
    return page[page.index(f'<section id="{name}"') :].split("</section>", maxsplit=1)[0]


def test_every_tag_closes_and_every_link_finds_its_target(page: str) -> None:
    outline = outline_of(page)
    assert len(outline.ids) == len(set(outline.ids))
    assert set(outline.links) <= set(outline.ids)


def test_nothing_is_fetched_and_nothing_runs(page: str) -> None:
    outline = outline_of(page)
    assert all(address.startswith("#") for address in outline.addresses)
    assert not {"script", "link", "img", "iframe", "object", "embed", "form"} & set(outline.seen)
    assert "default-src 'none'" in page
    assert page.count("http") == page.count('xmlns="http://www.w3.org/2000/svg"') + page.count(
        "http-equiv"
    )
    assert "@import" not in page


def test_the_head_counts(page: str) -> None:
    assert "<h1>6 events in 9 messages</h1>" in page
    head = page[: page.index('id="events"')]
    assert "<b>4</b> messages have a number, <b>4</b> could not be assessed" in head
    assert "<b>1</b> was refused" in head
    assert "written 2026-11-26 12:00 UTC" in head
    assert "This page was written" not in assessment_html(*invented_run())


def test_the_gravest_stands_first(page: str) -> None:
    assert [name in card(page, 1) for name in ("1001", "2017")] == [True, False]
    assert "COSMOS 1408 DEB" in card(page, 2)
    assert "ISS (ZARYA)" in card(page, 3)
    assert 'id="case-4"' not in page


def test_2d_pc_is_struck_through_only_where_it_may_not_be_used(page: str) -> None:
    rows = section(page, "events").split("<tr>")[2:]
    assert ["<s>" in row for row in rows] == [True, True, False]
    assert "curved paths" in rows[1]


def test_history_stands_where_there_is_more_than_one_message(page: str) -> None:
    assert "3 messages, newest first" in card(page, 2)
    assert "none: no hard-body radius" in card(page, 2)
    assert "<b>The newest message could not be assessed</b>" in card(page, 2)
    assert "It is rising" in card(page, 2)
    assert "newest first" not in card(page, 3)


def test_events_without_a_number_are_told_by_reason_with_what_would_help(page: str) -> None:
    unknown = section(page, "unknown")
    assert "Nothing says how large the objects are" in unknown
    assert "--hard-body-radius-m" in unknown
    assert "a reason of tomorrow" in unknown
    assert "2 events" in unknown
    assert unknown.count('<th scope="row">') == 3


def test_refused_files_are_listed(page: str) -> None:
    assert all(word in section(page, "refused") for word in ("bad.cdm", "no keyword", "3", "7"))


def test_an_empty_run_is_a_page() -> None:
    page = assessment_html([], [], [])
    outline_of(page)
    assert "<h1>0 events in 0 messages</h1>" in page
    assert "That is not a clear sky" in page


def test_a_run_in_which_nothing_could_be_assessed() -> None:
    lines = [invented(NO_RADIUS), invented(NO_RADIUS, object1="7")]
    page = assessment_html(lines, [], [told(), told()])
    outline_of(page)
    assert 'id="case-1"' not in page
    assert 'id="events"' not in page
    assert "That is not a clear sky" in page


def test_foreign_text_is_escaped_and_cut() -> None:
    words = ("file", "message_id", "object1", "object2", "radius_source")
    line = invented(CURVED, **dict.fromkeys(words, HOSTILE))
    unknown = invented(NO_RADIUS, **dict.fromkeys(words, HOSTILE), cannot_assess=HOSTILE)
    beside = told(HOSTILE, originator=HOSTILE, name1=HOSTILE, name2=HOSTILE)
    refused = RefusedLine(file=HOSTILE, line=1, column=1, problem=HOSTILE)
    lines = [line, line, unknown, invented(method=HOSTILE)]
    page = assessment_html(lines, [refused], [beside] * 4, title=HOSTILE, written=HOSTILE)
    outline = outline_of(page)
    assert "script" not in outline.seen
    assert "<script" not in page
    assert not set("\u202e\u0000\u200f") & set(page)
    assert "x" * 300 not in page
    assert len(page) < 120_000


def test_a_thousand_hostile_messages_stay_under_two_megabytes() -> None:
    rough = "&" * 10_000
    lines = [
        invented(CURVED, file=rough, object1=f"{k}", object2=rough, pc=1e-3) for k in range(500)
    ]
    lines += [invented(NO_RADIUS, file=rough, object1=f"{k}") for k in range(500)]
    page = assessment_html(lines, [], [told(name1=rough, name2=rough)] * 1000)
    assert "The first 300 of 500 events" in page
    assert len(page.encode()) < 2_000_000


def test_many_messages_of_one_event_are_drawn_and_listed_in_part() -> None:
    lines = [invented(pc=1e-5 * (1 + k)) for k in range(500)]
    dates = [f"2026-{1 + k // 28:02d}-{1 + k % 28:02d}T00:00:00" for k in range(300)]
    page = assessment_html(lines, [], [told(date) for date in dates + [""] * 200])
    assert "The newest 10 of 500 messages" in page
    assert page.count("<circle") < 300


def test_all_that_the_ladder_can_say_has_words() -> None:
    flags = {str(flag.name).lower().replace("_", " ") for flag in Violation}
    assert set(VIOLATIONS) == set(BRIEF) == flags
    assert set(METHODS) == set(SHORT) == set(RUNGS)
    assert set(TOLD_REASONS) == {reason for reason in REASONS if reason}
    assert set(AGAINST) == set(RUNGS) - {"none"}
    assert {said for against in AGAINST.values() for said in against} <= flags


def test_standings() -> None:
    used, holds, invalid, silent = Standing
    for parts, standings in (
        ({}, [used, holds, silent, silent]),
        (CURVED, [invalid, used, silent, silent]),
        (TRIED, [invalid, invalid, invalid, used]),
        (NO_RADIUS, [silent] * 4),
        (NO_RADIUS | {"pc_2d": 1e-3}, [invalid] + [silent] * 3),
        # What counts meetings twice is no probability, whether the ladder needed it or not.
        ({"nc_3d": 0.7}, [used, holds, invalid, silent]),
        ({"nc_3d": 0.4, "mc": Trials(3e-5, (0.0, 1e-4), 10)}, [used, holds, holds, holds]),
    ):
        assert [step.standing for step in steps(invented(parts))] == standings


def test_only_a_number_can_be_struck_through() -> None:
    for parts, struck in (({}, False), (CURVED, True), (TRIED, True), (NO_RADIUS, False)):
        assert two_d_invalid(invented(parts)) is struck


def test_reasons_against_a_method_are_in_words() -> None:
    climbed = steps(invented(TRIED))
    assert climbed[0].why == VIOLATIONS["slow"]
    assert climbed[2].why == VIOLATIONS["many"]
    unchecked = steps(invented(violations=["no velocity errors"], nc_2d=None))
    assert unchecked[0].why == VIOLATIONS["no velocity errors"]
    assert unchecked[1].why == "needs errors of velocity"


def test_the_axis_holds_the_largest_and_at_most_twelve_decades() -> None:
    assert (axis_of([3e-5, 2e-6]).floor, axis_of([3e-5, 2e-6]).ceiling) == (-7, -4)
    wide = axis_of([1e-300, 0.5])
    assert wide.ceiling - wide.floor == 12
    assert wide.across(1e-300) == wide.across(0.0) < wide.across(1e-6) < wide.across(0.5)
    assert axis_of([]).ceiling > axis_of([]).floor
    assert axis_of([math.nan, 0.0]).ceiling > axis_of([]).floor


def test_the_ladder_draws_each_number_as_it_may_be_used() -> None:
    drawing = ladder_drawing(steps(invented(TRIED)), 1e-5, "k")
    assert drawing.count("step-invalid") == 3
    assert drawing.count("step-used") == 1
    assert drawing.count('class="interval"') == 1
    assert drawing.count('class="peak"') == 1
    tiny = ladder_drawing(steps(invented(pc_2d=1e-80)), math.nan, "k")
    assert tiny.count("step-used") == 1
    assert '<path class="step-used"' in tiny, "an arrow: smaller than the axis shows"


@pytest.mark.parametrize("dates", [["", ""], ["2026-11-20", "2026-11-20"]])
def test_history_without_dates_stands_in_order(dates: list[str]) -> None:
    drawing = history_drawing([message(date) for date in dates], "k")
    assert "messages in order of creation" in drawing


def test_history_with_dates_counts_days_to_the_approach() -> None:
    drawing = history_drawing([message("2026-11-20"), message("2026-11-24")], "k")
    assert "days before closest approach" in drawing
    assert "nan" not in drawing


def message(created: str) -> EventMessage:
    return EventMessage(
        file="", message_id="", created=created, tca="2026-11-26T12:00:00Z", miss_km=1.0, pc=1e-5,
        method="2d", cannot_assess=None,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("one", "other", "words"),
    [
        (1e-5, 1.9e-5, ""),
        (1e-5, 1e-4, "10× more"),  # noqa: RUF001
        (1e-4, 1e-5, "10× less"),  # noqa: RUF001
        (1e-3, 1e-30, "far less"),
        (1e-3, 0.0, "0"),
        (0.0, 1e-3, "not 0"),
        (0.0, 0.0, ""),
    ],
)
def test_what_differs(one: float, other: float, words: str) -> None:
    assert differ(one, other) == words


def test_it_is_written_as_utf_8(tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    write_assessment(*invented_run(), path)
    assert path.read_text(encoding="utf-8") == assessment_html(*invented_run())

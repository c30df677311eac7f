from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser

import numpy as np
import pytest
from msgspec import UNSET

from commonsky.catalogue.catalogue import Catalogue, Quarantined
from commonsky.node.conjunctions import Conjunctions
from commonsky.show.report import report_html, write_report
from tests.report_case import invented_catalogue, invented_conjunctions

VOID = {"meta", "br", "link", "img", "hr", "input"}
HOSTILE = '<script>alert("1")</script>&"\'\u202e\u0000\u200f' + "\u0301" * 40 + "x" * 10_000


class Outline(HTMLParser):
    """Follows tags, ids and links, and fails on anything that does not close."""

    def __init__(self) -> None:
        super().__init__()
        self.stack: list[str] = []
        self.seen: list[str] = []
        self.ids: list[str] = []
        self.links: list[str] = []
        self.addresses: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append(tag)
        for name, value in attrs:
            assert not name.startswith("on"), f"{tag} has {name}"
            if name == "id":
                self.ids.append(value or "")
            if name in {"href", "aria-labelledby"}:
                self.links += [link.lstrip("#") for link in (value or "").split()]
            if name in {"src", "href", "action", "srcset", "data"}:
                self.addresses.append(value or "")
        if tag not in VOID:
            self.stack.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.stack.pop()

    def handle_endtag(self, tag: str) -> None:
        assert self.stack.pop() == tag


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return invented_catalogue()


@pytest.fixture(scope="module")
def conjunctions() -> Conjunctions:
    return invented_conjunctions()


@pytest.fixture(scope="module")
def page(conjunctions: Conjunctions, catalogue: Catalogue) -> str:
    return report_html(conjunctions, catalogue)


def outline_of(page: str) -> Outline:
    outline = Outline()
    outline.feed(page)
    outline.close()
    assert outline.stack == []
    return outline


def test_every_tag_closes_and_every_link_finds_its_target(page: str) -> None:
    outline = outline_of(page)
    assert len(outline.ids) == len(set(outline.ids))
    assert set(outline.links) <= set(outline.ids)


def test_nothing_is_fetched_and_nothing_runs(page: str) -> None:
    outline = outline_of(page)
    assert all(address.startswith("#") for address in outline.addresses)
    assert not {"script", "link", "img", "iframe", "object", "embed", "form"} & set(outline.seen)
    assert "default-src 'none'" in page
    assert re.findall(r"https?://[^\s\"<]+", page) == ["http://www.w3.org/2000/svg"] * page.count(
        "xmlns="
    )
    assert "@import" not in page
    assert set(re.findall(r"url\(([^)]*)\)", page)) <= {"#hatch"} | {
        f"#{name}" for name in outline.ids
    }


def test_the_page_is_small(page: str) -> None:
    assert len(page.encode()) < 1_000_000


def test_the_numbers_of_the_worst_event_stand_in_table_and_card(
    page: str, conjunctions: Conjunctions
) -> None:
    worst = conjunctions.most_dangerous(1)
    mantissa, exponent = f"{worst.pc[0]:.1e}".split("e")
    power = f"10<sup>−{abs(int(exponent))}</sup>"  # noqa: RUF001 - the minus that is printed
    assert page.count(f"{mantissa}\u202f×\u202f{power}") >= 3  # noqa: RUF001
    card = page[page.index('id="case-1"') : page.index('id="case-2"')]
    assert f"{worst.miss_km[0]:.3f} km" in card
    assert f"{worst.relative_speed_km_s[0]:.3f} km/s" in card
    for name, number in (
        (worst.name1[0], worst.object1[0]),
        (worst.name2[0], worst.object2[0]),
    ):
        assert f'{name}</span> <span class="id">{number}' in card


def test_events_without_pc_stand_in_a_lane_of_their_own(
    page: str, conjunctions: Conjunctions
) -> None:
    unknown = conjunctions.take(np.flatnonzero(np.isnan(conjunctions.pc)))
    assert len(unknown) > 0
    lane = page[page.index("No Pc, nearest first") : page.index('id="cases"')]
    assert lane.count("slow encounter") == len(unknown)
    nearest = unknown.take(np.argsort(unknown.miss_km))
    places = [lane.index(f">{number}<") for number in nearest.object1]
    assert places == sorted(places)


def test_the_report_leads_with_what_the_volume_misses(page: str, catalogue: Catalogue) -> None:
    lead = page[: page.index('id="ranked"')]
    assert "37 %" in lead
    assert "63 are listed and 37 are not" in lead
    unknown = report_html(invented_conjunctions(20, told={"missed_share": None}), catalogue)
    assert '<p class="big">unknown</p>' in unknown


def test_a_fleet_does_not_hide_the_worst_between_operators(
    conjunctions: Conjunctions, catalogue: Catalogue
) -> None:
    some = conjunctions.most_dangerous(5)
    page = report_html(replace(some, intra_fleet=np.array([1, 1, 0, 1, 0], np.bool_)), catalogue)
    lead = page[: page.index('id="ranked"')]
    assert f'worst between operators is number 3: <span class="name">{some.name1[2]}<' in lead
    assert page.count("<article") == 5
    alone = report_html(replace(some, intra_fleet=np.ones(5, np.bool_)), catalogue)
    assert "Both belong to one operator" in alone
    assert "worst between operators" not in alone


def test_grade_and_incompleteness_are_said_first(page: str, catalogue: Catalogue) -> None:
    assert page.index("Not for manoeuvre decisions") < page.index("<h1>")
    assert "not complete" not in page
    broken = report_html(invented_conjunctions(20, told={"complete": False}), catalogue)
    assert broken.index("not complete") < broken.index('id="ranked"')


def test_a_volume_and_primaries_are_said(catalogue: Catalogue) -> None:
    told = {
        "threshold_km": UNSET,
        "volume_km": (0.4, 44.0, 51.0),
        "volume_shape": "box",
        "primaries": 1,
    }
    page = report_html(invented_conjunctions(5, told=told), catalogue)
    assert "inside a box of ± 0.4 × 44 × 51 km" in page  # noqa: RUF001
    assert "1 primary screened against 2,997 objects" in page


def test_hostile_texts_are_only_text(conjunctions: Conjunctions, catalogue: Catalogue) -> None:
    n = len(conjunctions)
    hostile = np.full(n, HOSTILE)
    sources = replace(
        conjunctions, name1=hostile, name2=hostile, source1=hostile, source2=hostile, grade=hostile
    )
    told = replace(
        catalogue.provenance,
        quarantined=(Quarantined(HOSTILE, 1, HOSTILE, HOSTILE, HOSTILE),) * 5000,
        inputs=tuple(
            replace(i, name=HOSTILE, format=HOSTILE, sha256=HOSTILE)
            for i in catalogue.provenance.inputs
        ),
    )
    page = report_html(sources, replace(catalogue, provenance=told), title=HOSTILE)
    assert "script" not in outline_of(page).seen
    assert not set("\u202e\u0000\u200f") & set(page)
    assert "[U+202E]" in page
    assert "x" * 200 not in page
    assert "\u0301" * 3 not in page
    assert len(page.encode()) < 1_000_000


@pytest.mark.parametrize("n", [0, 1, 2])
def test_few_events(n: int, conjunctions: Conjunctions, catalogue: Catalogue) -> None:
    page = report_html(conjunctions.head(n), catalogue)
    outline_of(page)
    assert f"<h1>{n} conjunction{'' if n == 1 else 's'} in 7 days</h1>" in page
    assert page.count("<article") == n
    if n == 0:
        assert "not the same as a clear sky" in page


def test_no_pc_at_all(conjunctions: Conjunctions, catalogue: Catalogue) -> None:
    blind = replace(
        conjunctions,
        assessment=replace(
            conjunctions.assessment,
            pc=np.full(len(conjunctions), np.nan),
            log10_pc=np.full(len(conjunctions), np.nan),
        ),
    )
    page = report_html(blind, catalogue)
    outline_of(page)
    assert "<article" not in page
    assert "No event has a probability of collision" in page
    assert not re.search(r"\bnan\b", page)


@pytest.mark.parametrize("what", ["sigma", "underflow", "inside", "empty catalogue"])
def test_strange_numbers_leave_a_whole_page(
    what: str, conjunctions: Conjunctions, catalogue: Catalogue
) -> None:
    some = conjunctions.most_dangerous(3)
    zeros = np.zeros(3)
    if what == "sigma":
        some = replace(some, sigma1_rtn_km=np.full((3, 3), np.nan))
    elif what == "underflow":
        gone = replace(some.assessment, pc=zeros, log10_pc=np.full(3, -np.inf), pc_max=zeros)
        some = replace(some, assessment=gone)
    elif what == "inside":
        sure = replace(
            some.assessment, scale_at_max=zeros, pc_max=np.ones(3), diluted=np.zeros(3, np.bool_)
        )
        some = replace(some, assessment=sure, hard_body_radius1_km=np.full(3, 10.0))
    else:
        catalogue = catalogue.take(np.zeros(0, np.int64))
    page = report_html(some, catalogue)
    outline_of(page)
    assert page.count("<article") == 3
    assert not re.search(r"\b(nan|inf)\b", page)


def test_the_file_is_the_page(
    conjunctions: Conjunctions, catalogue: Catalogue, page: str, tmp_path_factory: object
) -> None:
    path = tmp_path_factory.mktemp("report") / "report.html"  # type: ignore[attr-defined]
    write_report(conjunctions, catalogue, path)
    assert path.read_text(encoding="utf-8") == page


def test_the_page_does_not_depend_on_the_order_of_the_rows(
    conjunctions: Conjunctions, catalogue: Catalogue, page: str
) -> None:
    mixed = conjunctions.take(np.random.default_rng(1).permutation(len(conjunctions)))
    assert report_html(mixed, catalogue) == page


def test_colours_differ_in_shape_too(page: str) -> None:
    tally = page[page.index('<ul class="tally">') : page.index('id="glance"')]
    shapes = re.findall(r'(<circle class="(\w+)"|<path class="(\w+)" d="([^"]+)")', tally)
    assert len(shapes) == 4
    assert len({(kind or "circle", path) for _, kind, _, path in shapes}) == 4

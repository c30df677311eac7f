"""The case of one approach in a real Chromium: what a duty officer sees, and what they can do."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import msgspec
import numpy as np
import pytest
from playwright.sync_api import Browser, Page

from commonsky.ledger.record import Relation
from commonsky.node.alerts import Conjunction
from commonsky.node.judging import case_assessment
from commonsky.show.api.keys import Scope
from commonsky.show.api.server import Listener
from tests.api_case import Case
from tests.approach_case import stated, tell_of_approach
from tests.browser.console_case import Opened, browser, needs_chromium, opened
from tests.console_case import console
from tests.judging_case import two_nations

pytestmark = needs_chromium
MARKUP = '<img src=x onerror="document.title=1">\u202egnihton\u0007'


@dataclass(frozen=True, slots=True)
class Node:
    """A node that knows of an approach, and a browser."""

    case: Case
    told: Conjunction
    listener: Listener
    chromium: Browser

    def at(self, name: str, query: str = "") -> str:
        """The address of the case that a record of this name belongs to."""
        return f"{self.listener.address}/#/case/{self.case.handles[name]}{query}"


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Node]:
    folder: Path = tmp_path_factory.mktemp("case")
    with (
        console(folder / "node", open_scopes=frozenset(Scope) - {Scope.ADMIN}) as (case, listener),
        browser() as chromium,
    ):
        told = tell_of_approach(case)
        hostile = msgspec.structs.replace(
            told, object1=900_000_040, object2=900_000_041, name1=MARKUP, name2="x" * 100_000
        )
        case.append("hostile", stated(case.author, hostile, -300))
        yield Node(case, told, listener, chromium)


def shown(one: Opened, *, expert: bool = False) -> Page:
    one.page.wait_for_selector(".case-head")
    if expert:
        one.page.evaluate("document.documentElement.dataset.mode = 'expert'")
    return one.page


def test_every_nation_has_its_lane(node: Node) -> None:
    with opened(node.chromium, node.at("case newer")) as one:
        page = shown(one)
        lanes = page.locator(".lanes-chart .lane")
        assert lanes.count() == 4
        page.locator(".case-messages").evaluate("element => { element.open = true; }")
        rows = page.locator(".case-messages tbody tr")
        assert rows.count() == 5
        assert "superseded" in rows.nth(0).inner_text()
        assert rows.nth(0).locator("a.struck").count() == 1
        assert "may be another approach" in page.locator(".case-messages").inner_text()
        assert one.complaints == []


def test_the_head_says_what_it_means(node: Node) -> None:
    with opened(node.chromium, node.at("case newer")) as one:
        page = shown(one)
        head = page.locator(".case-head").inner_text()
        assert f"{node.told.pc:.1e}"[:3] in head
        assert "Two nations differ" in head
        assert "AUS puts it at 1.1e" in head, "a partner who is graver is never hidden"
        assert "withheld" in head
        assert page.locator(".case-head h1 a").count() == 2
        assert page.locator(".case-countdown").inner_text().startswith("T\N{MINUS SIGN}")


def test_the_plane_is_drawn_within_its_frame(node: Node) -> None:
    with opened(node.chromium, node.at("case newer")) as one:
        page = shown(one)
        svg = page.locator(".case-plane svg.chart")
        assert svg.locator("ellipse.cloud").count() in {3, 6}, "once more in the magnifier"
        outside = svg.evaluate(
            """svg => [...svg.querySelectorAll('text')].filter(text => {
              const box = text.getBBox(), view = svg.viewBox.baseVal;
              return box.x < -2 || box.y < -2 || box.x + box.width > view.width + 2
                || box.y + box.height > view.height + 2;
            }).map(text => text.textContent)"""
        )
        assert outside == []
        page.locator(".case-plane summary").click()
        assert page.locator(".case-plane table tbody tr").count() == 1


def test_basic_shows_less_than_expert(node: Node) -> None:
    with opened(node.chromium, node.at("case newer")) as one:
        page = shown(one)
        curves = page.locator(".diluted-zone, .case-validity")
        assert page.locator(".case-validity").is_hidden()
        assert page.locator(".case-withheld").is_visible(), "what is withheld is never left out"
        shown(one, expert=True)
        assert page.locator(".case-validity").is_visible()
        assert curves.count() >= 1
        assert "Nothing is worked out" in page.locator(".case-candidates").inner_text()


def test_a_case_without_a_solution_says_so(node: Node) -> None:
    with opened(node.chromium, node.at("standing")) as one:
        page = shown(one)
        assert "no solution of its own" in page.locator(".case-charts").inner_text()
        assert one.complaints == []


def test_names_with_markup_are_text(node: Node) -> None:
    with opened(node.chromium, node.at("hostile")) as one:
        page = shown(one, expert=True)
        title = page.locator(".case-head h1").inner_text()
        assert "<img src=x" in title
        assert "\u202e" not in title
        assert "⟨202e⟩" in title or "…" in title
        assert len(title) < 200
        assert page.locator("main img").count() == 0
        assert one.complaints == []


def test_what_is_no_case_is_told(node: Node) -> None:
    with opened(node.chromium, node.at("notice")) as one:
        one.page.wait_for_selector("cs-case [role=alert]")
        assert "tells of no approach" in one.page.locator("cs-case").inner_text()


def test_it_prints_with_its_realm_and_marking(node: Node) -> None:
    with opened(node.chromium, node.at("case newer")) as one:
        page = shown(one)
        assert page.locator(".case-print-only").is_hidden()
        page.emulate_media(media="print")
        line = page.locator(".case-print-only")
        assert line.is_visible()
        assert "test" in line.inner_text()
        assert "NOR" in line.inner_text()
        assert page.locator(".case-deeds").is_hidden()
        # Head and foot of a table are on each page.
        for place, kind in (("top", "header"), ("bottom", "footer")):
            banner = page.locator(f".banner-{place}")
            display = banner.evaluate("element => getComputedStyle(element).display")
            assert display == f"table-{kind}-group"
            assert "TEST" in banner.inner_text()


def test_a_claim_is_made_and_shown(node: Node) -> None:
    with opened(node.chromium, node.at("case newer")) as one:
        page = shown(one)
        button = page.locator(".case-deeds button", has_text="Claim")
        page.wait_for_function(
            "() => [...document.querySelectorAll('.case-deeds button')].some(b => !b.disabled)"
        )
        button.click()
        page.wait_for_selector(".case-claimed li")
        assert "claims it" in page.locator(".case-claimed").inner_text()
        told = node.case.store.linked(node.case.handles["case newer"], Relation.ANSWERS)
        assert len(told) == 1


def test_the_ladder_says_which_method_holds_and_whether_orbits_contradict(node: Node) -> None:
    with opened(node.chromium, node.at("case newer")) as one:
        page = shown(one)
        page.wait_for_selector(".case-ladder table", timeout=120_000)  # compiled, the first time
        rows = page.locator(".case-ladder tbody tr")
        assert rows.count() >= 3
        assert rows.filter(has_text="use this").count() == 1
        assert page.locator(".ladder-chart .is-used circle").count() == 1
        assert "another orbit" in page.locator(".case-judgement").inner_text()
        assert one.complaints == []


def test_orbits_that_contradict_are_told_with_what_each_choice_costs(node: Node) -> None:
    """What the node answers for two nations whose orbits are 5 km apart, seen in the page."""
    told = case_assessment(two_nations(apart_km=5.0), np.array([0, 1]))
    answer = b'{"data":' + msgspec.json.encode(told) + b',"completeness":{}}'
    with opened(node.chromium, "about:blank") as one:
        one.page.route(
            "**/assessment",
            lambda route: route.fulfill(body=answer, content_type="application/json"),
        )
        one.page.goto(node.at("case newer"))
        page = shown(one)
        page.wait_for_selector(".case-judgement table")
        text = page.locator(".case-judgement").inner_text()
        assert "In doubt" in text
        assert "mitigate" in text
        assert page.locator(".case-judgement tbody tr").count() >= 2
        page.locator(".case-judgement summary").click()
        assert "contradict each other" in page.locator(".case-judgement").inner_text()
        assert one.complaints == []

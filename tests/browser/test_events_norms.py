"""
What happened and what rules say of it, in a real browser: by keyboard, apart, never miscoloured.

Events and judgements of every kind are put before the page; rules and dossiers are the node's own.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from commonsky.characterise.norms.rulebook import rulebook
from commonsky.node.keys import made_keys
from commonsky.show.api.keys import Scope
from commonsky.show.api.server import Listener
from tests.api_case import NOW_TAI_NS, Case
from tests.browser.console_case import Opened, browser, needs_chromium, opened
from tests.browser.events_told import EVENTS, HELD, answer
from tests.console_case import console

pytestmark = needs_chromium
PICTURES = os.environ.get("COMMONSKY_PICTURES", "")
SLOW_MS = 300_000  # kernels, the first time
NUMBER = 900_000_000
SLOT = "proximity~900000004~900000009~2025-11-02T00:00:00Z"
MOVED = "relocation~900000005~2025-10-30T00:00:00Z"
NEAR = "proximity~900000003~900000007~2025-11-20T01:00:00Z"
PIECES = "fragmentation~900000002~2025-10-20T03:00:00Z"
BURN = "manoeuvre~900000000~2025-11-23T04:10:00Z"


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Case, Listener]]:
    folder = tmp_path_factory.mktemp("events") / "node"
    with console(folder, open_scopes=[Scope.READ, Scope.SUBMIT]) as told:
        home = told[0].home
        made_keys(home.keys, home.partner, home.nation, home.realm, NOW_TAI_NS)
        yield told


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with browser() as found:
        yield found


@contextmanager
def at(
    served: tuple[Case, Listener], chromium: Browser, fragment: str, **options: Any
) -> Iterator[Opened]:
    """A view of the console, with events and judgements of every kind."""
    _, listener = served
    with opened(chromium, f"{listener.address}/sign-in", **options) as one:
        page = one.page
        page.route("**/api/v1/events*", lambda route: route.fulfill(json=answer(page_of(route))))
        page.route("**/api/v1/objects/*/norms*", lambda route: route.fulfill(json=HELD))
        page.goto(f"{listener.address}/{fragment}")
        yield one


def page_of(route: Any) -> str:
    """What a request asks for."""
    return str(route.request.url)


def severe(page: Page) -> list[str]:
    """What is seriously wrong for somebody who does not see, or not well."""
    return [
        f"{rule['id']}: {rule['nodes'][0]['html'][:200]}"
        for rule in Axe().run(page).response["violations"]
        if rule["impact"] in {"serious", "critical"}
    ]


def hold_against_rules(page: Page) -> None:
    page.get_by_role("button", name="Hold it against the rules").click()
    expect(page.locator(".norm-card")).to_have_count(3)


def colour(page: Page, selector: str, what: str = "color") -> str:
    found = page.locator(selector).first.evaluate(f"one => getComputedStyle(one).{what}")
    return str(found)


def shade(page: Page, name: str) -> str:
    """A colour of the palette, as a browser writes it."""
    return str(page.evaluate(
        "name => { const one = document.createElement('i'); one.style.color = `var(${name})`;"
        "document.body.append(one); const told = getComputedStyle(one).color; one.remove();"
        "return told; }", name,
    ))  # fmt: skip


def test_events_are_read_by_keyboard_alone(
    served: tuple[Case, Listener], chromium: Browser
) -> None:
    with at(served, chromium, "#/queue") as one:
        page = one.page
        page.locator("cs-queue").wait_for()
        page.keyboard.press("6")
        rows = page.locator(".event-table tbody tr")
        expect(rows).to_have_count(len(EVENTS))
        page.keyboard.press("j")
        expect(page.locator("#event-title")).to_contain_text("A-0001 manoeuvred (orbit raising)")
        expect(page.locator(".event-place")).to_contain_text("1.25\u2009±\u20090.21\u2009m/s")
        page.keyboard.press("j")
        expect(page).to_have_url(re.compile("proximity(~|%7E)900000003"))
        page.keyboard.press("Enter")
        page.keyboard.press("Escape")
        expect(page.locator(".event-hint")).to_be_visible()
        page.keyboard.press("/")
        page.keyboard.type("inspector")
        expect(rows).to_have_count(1)
        page.keyboard.press("Enter")
        assert one.complaints == []


def test_kinds_and_objects_choose_and_the_address_holds_it(
    served: tuple[Case, Listener], chromium: Browser
) -> None:
    with at(served, chromium, "#/events") as one:
        page = one.page
        page.get_by_role("button", name="Approach 2").click()
        expect(page.locator(".event-table tbody tr")).to_have_count(2)
        expect(page).to_have_url(re.compile("kind=proximity"))
        page.reload()
        expect(page.locator(".event-table tbody tr")).to_have_count(2)
        page.get_by_label("Number of one object").fill("900000004")
        expect(page.locator(".event-table tbody tr")).to_have_count(1)
        page.get_by_role("button", name="Relocation 0").click()
        expect(page.locator(".event-none")).to_contain_text("no proof that nothing happened")
        assert one.complaints == []


@pytest.mark.parametrize("key", [BURN, NEAR, MOVED, SLOT, PIECES])
@pytest.mark.parametrize("scheme", ["dark", "light"])
def test_every_kind_has_its_drawing_for_everybody(
    served: tuple[Case, Listener], chromium: Browser, key: str, scheme: str
) -> None:
    with at(served, chromium, f"#/events/{key}", color_scheme=scheme) as one:
        page = one.page
        expect(page.locator("#event-title")).to_be_visible()
        page.wait_for_timeout(400)
        drawings = {BURN: 1, NEAR: 3, MOVED: 1, SLOT: 0, PIECES: 0}
        expect(page.locator(".event-place svg.chart")).to_have_count(drawings[key])
        assert severe(page) == []
        assert one.complaints == []


def test_where_no_distance_can_be_said_none_is_drawn(
    served: tuple[Case, Listener], chromium: Browser
) -> None:
    with at(served, chromium, f"#/events/{SLOT}") as one:
        place = one.page.locator(".event-place")
        expect(place).to_contain_text("No distance can be said")
        assert not re.search(r"\d\u2009k?m\b", place.inner_text())
        # A name is never markup.
        expect(place.get_by_role("link", name="<b>RELAY</b> 5", exact=True)).to_be_visible()
        assert place.locator("b", has_text="RELAY").count() == 0


def test_an_interval_is_drawn_from_end_to_end(
    served: tuple[Case, Listener], chromium: Browser
) -> None:
    with at(served, chromium, f"#/events/{NEAR}") as one:
        place = one.page.locator(".event-place")
        expect(place).to_contain_text("95 times in 100 between 600\u2009m and 85.0\u2009km")
        lines = place.locator(".event-interval")
        expect(lines).to_have_count(2)
        ends = [
            float(text) for text in re.findall(r"[\d.]+", lines.first.get_attribute("d") or "")
        ]
        assert len(ends) == 4
        assert abs(ends[2] - ends[0]) > 50.0


def test_a_move_across_the_date_line_leaves_at_one_edge(
    served: tuple[Case, Listener], chromium: Browser
) -> None:
    with at(served, chromium, f"#/events/{MOVED}") as one:
        place = one.page.locator(".event-place")
        expect(place).to_contain_text("29.5° eastward")
        path = place.locator(".event-move").get_attribute("d") or ""
        assert path.startswith("M")
        assert path.count("M") == 4  # out, in, and two strokes of a tip


def test_pieces_lead_to_their_gabbard_diagram(
    served: tuple[Case, Listener], chromium: Browser
) -> None:
    with at(served, chromium, f"#/events/{PIECES}") as one:
        page = one.page
        page.get_by_role("link", name="Their Gabbard diagram").click()
        expect(page.locator("cs-places")).to_contain_text("of its 25 pieces are among them")
        page.get_by_role("searchbox", name="Name or designator begins with").fill("")
        page.keyboard.press("Enter")
        expect(page.locator("cs-places")).to_contain_text("25 of its 25 pieces")
        assert page.locator("g.faint").count() > 0
        page.get_by_role("button", name="Mark none").click()
        expect(page.locator("g.faint")).to_have_count(0)


def test_a_replay_hides_what_had_not_begun(
    served: tuple[Case, Listener], chromium: Browser
) -> None:
    with at(served, chromium, "#/events?t=2025-11-10T00:00:00Z") as one:
        page = one.page
        expect(page.locator(".event-list")).to_contain_text("Only what had begun by 2025-11-10")
        expect(page.locator(".event-table tbody tr")).to_have_count(4)
        page.locator(".event-table tbody a").first.click()
        expect(page).to_have_url(re.compile("t=2025-11-10"))


def test_fact_test_and_legal_status_stand_in_columns(
    served: tuple[Case, Listener], chromium: Browser
) -> None:
    with at(served, chromium, f"#/object/{NUMBER}?part=norms") as one:
        page = one.page
        hold_against_rules(page)
        cards = page.locator(".norm-card")
        for k in range(3):
            heads = cards.nth(k).locator("h5").all_inner_texts()
            assert heads == ["Fact", "Test", "Legal status"]
            boxes = [
                cards.nth(k).locator("section").nth(place).bounding_box() for place in range(3)
            ]
            assert all(box for box in boxes)
            lefts = [box["x"] for box in boxes if box]
            assert lefts == sorted(lefts)
            assert len({round(box["y"]) for box in boxes if box}) == 1
        first = cards.first
        expect(first.locator("section").nth(1)).to_contain_text("between 61\u2009% and 94\u2009%")
        expect(first.locator("section").nth(2)).not_to_contain_text("%")
        expect(page.locator(".norm-unseen")).to_contain_text("no register.csv")
        assert severe(page) == []
        assert one.complaints == []


@pytest.mark.parametrize("scheme", ["dark", "light"])
def test_what_cannot_be_determined_never_looks_like_a_breach(
    served: tuple[Case, Listener], chromium: Browser, scheme: str
) -> None:
    with at(served, chromium, f"#/object/{NUMBER}?part=norms", color_scheme=scheme) as one:
        page = one.page
        hold_against_rules(page)
        card = ".norm-card.is-cannot"
        expect(page.locator(card)).to_have_count(1)
        expect(page.locator(card)).to_contain_text("? Cannot be determined")
        assert page.locator(f"{card} .norm-bar").count() == 0
        alarming = {shade(page, "--severe"), shade(page, "--attention"), shade(page, "--warn")}
        used = page.locator(card).evaluate(
            "card => [card, ...card.querySelectorAll('*')].flatMap(one => {"
            "const told = getComputedStyle(one); return [told.color, told.borderTopColor,"
            "told.backgroundColor]; })"
        )
        assert not alarming & set(used)
        assert colour(page, card, "borderTopStyle") == "dashed"


def test_rules_are_listed_by_binding_and_found(
    served: tuple[Case, Listener], chromium: Browser
) -> None:
    with at(served, chromium, "#/norms") as one:
        page = one.page
        expect(page.locator("details.rule")).to_have_count(len(rulebook()))
        assert page.locator(".norm-list h2").first.inner_text().startswith("§ treaty")
        page.keyboard.press("/")
        page.keyboard.type("geostationary")
        expect(page.locator("details.rule")).not_to_have_count(len(rulebook()))
        page.evaluate("location.hash = '#/norms/GEO-REORBIT'")
        rule = page.locator("details.rule[open]")
        expect(rule).to_have_count(1)
        expect(rule).to_contain_text("It asks")
        expect(rule).to_contain_text("Where it was read")
        assert severe(page) == []
        assert one.complaints == []


def test_a_dossier_is_made_and_read(served: tuple[Case, Listener], chromium: Browser) -> None:
    with at(served, chromium, f"#/object/{NUMBER}?part=norms") as one:
        page = one.page
        page.get_by_role("link", name="Make a dossier").click()
        expect(page.get_by_label("Objects")).to_have_value(str(NUMBER))
        page.get_by_label("Title").fill("What it did")
        page.keyboard.press("Enter")
        expect(page.locator("cs-dossiers h2")).to_have_text("What it did", timeout=SLOW_MS)
        expect(page.locator("cs-dossiers")).to_contain_text("commonsky dossier verify")
        assert severe(page) == []
        with page.expect_download() as waited:
            page.get_by_role("link", name="Page as a file").click()
        assert waited.value.suggested_filename.endswith(".html")
        page.get_by_role("link", name="All dossiers").click()
        expect(page.locator("cs-dossiers tbody tr")).to_have_count(1)
        assert severe(page) == []
        assert one.complaints == []


def test_whoever_only_reads_is_told_so(served: tuple[Case, Listener], chromium: Browser) -> None:
    case, listener = served
    with opened(chromium, f"{listener.address}/sign-in") as one:
        one.page.fill("#key", case.secrets["read"])
        one.page.click("button")
        one.page.goto(f"{listener.address}/#/dossiers/new")
        expect(one.page.locator(".dossier-may")).to_be_visible()
        expect(one.page.get_by_role("button", name="Make and sign")).to_be_disabled()


def test_a_case_leads_to_what_would_break_up(
    served: tuple[Case, Listener], chromium: Browser
) -> None:
    handle = served[0].handles["standing"]
    with at(served, chromium, f"#/case/{handle}") as one:
        page = one.page
        page.get_by_role("button", name="Basic").click()
        page.get_by_role("link", name="If A broke up").click()
        expect(page.locator("#breakup h2")).to_be_in_viewport()
        page.locator(".event-table").wait_for()


FRAGMENTS = ("#/events", f"#/events/{NEAR}", f"#/object/{NUMBER}?part=events", "#/norms/ASAT-DA",
             "#/dossiers/new?objects=900000000,900000001")  # fmt: skip


@pytest.mark.parametrize("fragment", FRAGMENTS)
@pytest.mark.parametrize("locale", ["en-GB", "de-DE"])
def test_it_fits_at_twice_the_size(
    served: tuple[Case, Listener], chromium: Browser, fragment: str, locale: str
) -> None:
    with at(served, chromium, fragment, size=(640, 400), locale=locale) as one:
        page = one.page
        page.wait_for_selector("cs-shell main > .screen")
        page.wait_for_timeout(1200)
        assert page.evaluate("document.documentElement.scrollWidth") <= 641
        # A key that has no words would be shown as itself.
        words = page.locator("main").inner_text()
        assert not re.search(r"\b(events|norms|dossiers|object)\.[a-z]\w+", words)
        assert one.complaints == []


@pytest.mark.skipif(not PICTURES, reason="pictures are made where they are asked for")
@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("name", ["events", "norms", "dossiers"])
def test_pictures(
    served: tuple[Case, Listener], chromium: Browser, name: str, language: str
) -> None:
    fragment = {
        "events": f"#/events/{BURN}", "norms": "#/norms/GEO-REORBIT", "dossiers": "#/dossiers",
    }[name]  # fmt: skip
    locale = {"en": "en-GB", "fr": "fr-FR"}[language]
    with at(served, chromium, fragment, size=(1360, 850), locale=locale) as one:
        one.page.wait_for_timeout(2500)
        path = Path(PICTURES) / f"{name}.{language}.jpg"
        one.page.screenshot(path=path, type="jpeg", quality=82)

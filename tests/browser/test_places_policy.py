"""How crowded it is and gets, in a real browser: sliders by keyboard, a long run, a break-up."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from commonsky.show.api.keys import Scope
from commonsky.show.api.server import Listener
from tests.api_case import Case
from tests.browser.console_case import browser, needs_chromium, opened
from tests.console_case import console

pytestmark = needs_chromium
POLICY = "#/places/policy"
COMPILED_MS = 300_000  # kernels, the first time
DEBRIS = "path.course.of-debris:not(.usual)"


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Case, Listener]]:
    folder = tmp_path_factory.mktemp("policy") / "node"
    with console(folder, open_scopes=[Scope.READ, Scope.SUBMIT]) as told:
        yield told


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with browser() as found:
        yield found


def ready(page: Page) -> None:
    """Wait for the sliders, and for what is told once nothing is moved any more."""
    expect(page.get_by_label("Launches")).to_be_visible(timeout=COMPILED_MS)
    expect(page.locator(".policy-judged")).to_contain_text(
        "Beyond these years", timeout=COMPILED_MS
    )


def severe(page: Page) -> list[str]:
    """What is seriously wrong for somebody who does not see, or not well."""
    found = Axe().run(page).response["violations"]
    return [
        f"{rule['id']}: {rule['nodes'][0]['html'][:200]}"
        for rule in found
        if rule["impact"] in {"serious", "critical"}
    ]


def curve(page: Page) -> str:
    """The line of debris as it is drawn."""
    drawn = page.locator(DEBRIS).first.get_attribute("d")
    assert drawn
    return drawn


def test_what_is_now_links_to_what_matters(
    served: tuple[Case, Listener], chromium: Browser
) -> None:
    _, listener = served
    with opened(chromium, f"{listener.address}/#/places") as one:
        page = one.page
        expect(page.locator(".mass")).to_have_count(3, timeout=COMPILED_MS)
        expect(page.locator("cs-crowding-now")).to_contain_text("Collisions expected")
        assert page.locator(".shell-rate").count() > 20
        rows = page.locator("cs-crowding-now table").last.locator("tbody tr")
        expect(rows).to_have_count(10)
        assert severe(page) == []
        rows.first.locator("a").click()
        expect(page.locator("cs-object h1")).to_be_visible()
        assert one.complaints == []


@pytest.mark.parametrize("scheme", ["dark", "light"])
def test_a_slider_is_moved_by_keys_and_the_curves_follow(
    served: tuple[Case, Listener], chromium: Browser, scheme: str
) -> None:
    _, listener = served
    with opened(chromium, f"{listener.address}/{POLICY}", color_scheme=scheme) as one:
        page = one.page
        ready(page)
        usual, before = curve(page), page.locator(".policy-judged").inner_text()
        slider = page.get_by_label("Disposal that succeeds")
        assert slider.get_attribute("aria-valuetext") == "90\u2009%"
        slider.focus()
        for _ in range(6):
            page.keyboard.press("PageDown")
        expect(slider).to_have_attribute("aria-valuetext", re.compile(r"^[0-4]?\d\u2009%"))
        expect(page).to_have_url(re.compile("disposal_success="))
        page.wait_for_function(
            "([one, before]) => document.querySelector(one).getAttribute('d') !== before",
            arg=[DEBRIS, usual],
        )
        assert page.locator(".policy-judged").inner_text() != before
        # What is usual stays behind it, and the slider keeps the focus.
        assert page.locator("path.course.usual").count() == 5
        assert page.evaluate("document.activeElement.id") == "policy-disposal_success"
        assert severe(page) == []
        page.get_by_role("button", name="As usual").click()
        expect(page).not_to_have_url(re.compile("disposal_success="))
        expect(slider).to_have_attribute("aria-valuetext", "90\u2009%")
        page.wait_for_function(
            "([one, before]) => document.querySelector(one).getAttribute('d') === before",
            arg=[DEBRIS, usual],
        )
        assert one.complaints == []


def test_a_link_holds_the_figures(served: tuple[Case, Listener], chromium: Browser) -> None:
    _, listener = served
    address = f"{listener.address}/{POLICY}?launch_factor=2.5&avoidance=7&mission_years=x"
    with opened(chromium, address) as one:
        page = one.page
        ready(page)
        expect(page.get_by_label("Launches")).to_have_value("2.5")
        # What is out of bounds is not taken.
        expect(page.get_by_label("Collisions avoided")).to_have_value("0.99")
        page.evaluate("location.hash = '#/places/policy?launch_factor=1.5'")
        expect(page.get_by_label("Launches")).to_have_value("1.5")
        assert one.complaints == []


def test_the_limit_is_for_a_person_to_set(
    served: tuple[Case, Listener], chromium: Browser
) -> None:
    _, listener = served
    with opened(chromium, f"{listener.address}/{POLICY}") as one:
        page = one.page
        ready(page)
        page.get_by_label("Catastrophes at most, a year").fill("0")
        expect(page.locator(".policy-judged .is-unacceptable")).to_be_visible()
        page.get_by_label("Catastrophes at most, a year").fill("100")
        page.get_by_label("Debris at most, times").fill("100")
        expect(page.locator(".policy-judged .is-acceptable")).to_be_visible()
        assert one.complaints == []


def test_the_last_answer_wins(served: tuple[Case, Listener], chromium: Browser) -> None:
    _, listener = served
    with opened(chromium, f"{listener.address}/{POLICY}") as one:
        page = one.page
        ready(page)
        held: list[bool] = []

        def late(route: object) -> None:
            first = not held
            held.append(first)
            if first:
                page.wait_for_timeout(600)
            route.continue_()  # type: ignore[attr-defined]

        page.route("**/environment/capacity", late)
        slider = page.get_by_label("Launches")
        slider.fill("9")
        page.wait_for_timeout(150)
        slider.fill("0")
        expect(page).to_have_url(re.compile("launch_factor=0$"))
        page.wait_for_timeout(900)
        steered = page.locator(".policy-wide tbody tr").filter(has_text="Steered")
        expect(steered.locator("td").nth(2)).to_have_text("0")


def test_a_long_run_is_started_followed_and_compared(
    served: tuple[Case, Listener], chromium: Browser
) -> None:
    case, listener = served
    with opened(chromium, f"{listener.address}/{POLICY}?launch_factor=1.2") as one:
        page = one.page
        ready(page)
        page.get_by_label("Runs").select_option("50")
        page.get_by_role("button", name="Start").click()
        expect(page.locator("#run-bar")).to_be_visible()
        assert severe(page) == []
        page.get_by_role("button", name="End it").click()
        expect(page.locator(".run-words")).to_contain_text("ended before it was done")
        page.get_by_label("Runs").select_option("4")
        page.get_by_role("button", name="Start").click()
        # A page that is opened again goes on with it.
        expect(page.locator("#run-bar")).to_be_visible()
        page.reload()
        ready(page)
        expect(page.locator(".run-words")).to_contain_text(
            "the quick model says", timeout=COMPILED_MS
        )
        assert page.locator("path.fan").count() == 1
        assert severe(page) == []
        page.get_by_label("Launches").fill("3")
        expect(page.locator(".run-words")).to_contain_text("other figures")
        expect(page.locator("path.fan")).to_have_count(0)
        page.get_by_role("button", name="Set them").click()
        expect(page.locator("path.fan")).to_have_count(1)
        expect(page.get_by_label("Launches")).to_have_value("1.2")
        assert one.complaints == []
    assert [one.state.value for one in case.desk.projections.all()] == ["done", "cancelled"]


def test_whoever_only_reads_starts_none(served: tuple[Case, Listener], chromium: Browser) -> None:
    case, listener = served
    with opened(chromium, f"{listener.address}/sign-in") as one:
        one.page.fill("#key", case.secrets["read"])
        one.page.click("button")
        one.page.goto(f"{listener.address}/{POLICY}")
        ready(one.page)
        expect(one.page.get_by_role("button", name="Start")).to_be_disabled()
        expect(one.page.locator("cs-long-run")).to_contain_text("needs a key of the watch")


@pytest.mark.parametrize("fragment", ["#/places", POLICY])
def test_it_fits_a_hand(served: tuple[Case, Listener], chromium: Browser, fragment: str) -> None:
    _, listener = served
    with opened(chromium, f"{listener.address}/{fragment}", size=(390, 844)) as one:
        page = one.page
        if fragment == POLICY:
            ready(page)
            expect(page.locator(".policy-brief")).to_be_in_viewport()
        else:
            expect(page.locator(".mass")).to_have_count(3, timeout=COMPILED_MS)
        assert page.evaluate("document.documentElement.scrollWidth") <= 391


def test_a_break_up_is_asked_on_the_page_of_an_object(
    served: tuple[Case, Listener], chromium: Browser
) -> None:
    case, listener = served
    number = int(case.sky.catalogue_number[0])
    with opened(chromium, f"{listener.address}/#/object/{number}") as one:
        page = one.page
        page.get_by_label("Mass, kg").fill("1000")
        page.get_by_label("Hit by, kg").fill("100")
        page.keyboard.press("Enter")
        place = page.locator("cs-breakup")
        expect(place).to_contain_text("break up whole at 5,000 J/g", timeout=COMPILED_MS)
        expect(place.locator("table").first.locator("tbody tr")).to_have_count(6)
        expect(place.locator("table").last).to_contain_text("Hit within a year")
        assert severe(page) == []
        assert one.complaints == []

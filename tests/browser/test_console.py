"""
The console as a whole: every screen opens, says its realm, and can be used by everybody.

`COMMONSKY_PICTURES=docs/console` has the pictures of all screens written there; with
`COMMONSKY_CONSOLE=http://127.0.0.1:7150/NOR/`, of a console that runs, as in the demonstration.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from commonsky.show.api.keys import Scope
from commonsky.show.api.server import Listener
from tests.api_case import Case
from tests.browser.console_case import browser, needs_chromium, opened
from tests.console_case import console

pytestmark = needs_chromium
PICTURES = os.environ.get("COMMONSKY_PICTURES", "")
RUNNING = os.environ.get("COMMONSKY_CONSOLE", "")
EVERYTHING = frozenset(Scope) - {Scope.ADMIN}
# Of serious and critical ones none; what a canvas shows is told by the lists beside it.
SEVERE = {"serious", "critical"}


@dataclass(frozen=True, slots=True)
class Node:
    """A node, where it is, and a browser."""

    case: Case
    listener: Listener
    chromium: Browser

    @property
    def screens(self) -> dict[str, str]:
        """The address of each screen, by its name."""
        handle = self.case.handles["standing"]
        number = int(self.case.sky.catalogue_number[0])
        return {
            "queue": "#/queue",
            "case": f"#/case/{handle}",
            "globe": "#/globe",
            "flat": "#/globe?projection=flat",
            "sky": "#/globe?projection=sky",
            "timeline": "#/timeline",
            "nation": "#/nation/AUS",
            "preview": "#/nation/AUS?side=preview",
            "difference": "#/nation/AUS?side=difference",
            "object": f"#/object/{number}",
            "record": f"#/record/{handle}",
            "places": "#/places",
            "policy": "#/places/policy",
        }

    def at(self, fragment: str) -> str:
        """The address of a view."""
        return f"{self.listener.address}/{fragment}"


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Node]:
    folder = tmp_path_factory.mktemp("console")
    with (
        console(folder / "node", open_scopes=EVERYTHING) as (case, listener),
        browser() as chromium,
    ):
        yield Node(case, listener, chromium)


NAMES = (
    "queue", "case", "globe", "flat", "sky", "timeline", "nation", "preview", "difference",
    "object", "record", "places", "policy",
)  # fmt: skip


def running(address: str) -> dict[str, str]:
    """The address of each screen of a console that runs, about its nearest full conjunction."""
    with httpx.Client(base_url=address, timeout=60.0, trust_env=False) as ask:
        told = ask.get("api/v1/alerts", params={"kinds": "conjunction", "most": 500}).json()
        peers = ask.get("api/v1/peers").json()["data"]
    ahead = [one for one in told["data"] if one["state"] == "standing"]
    ours = [one for one in ahead if not one["peer"]] or ahead
    alert = max(ours, key=lambda one: one["conjunction"]["pc"] or 0.0)
    other = peers[-1]["nation"]
    return {
        **{name: f"#/{name}" for name in ("queue", "globe", "nation", "places")},
        "policy": "#/places/policy?launch_factor=2",
        "case": f"#/case/{alert['handle']}",
        "flat": f"#/globe?projection=flat&colour=type&case={alert['handle']}",
        "sky": "#/globe?projection=sky&colour=type",
        "timeline": "#/timeline?hours=168",
        "preview": f"#/nation/{other}?side=told",
        "difference": f"#/nation/{other}?side=difference",
        "object": f"#/object/{alert['subject'][0]}",
        "record": f"#/record/{alert['handle']}",
    }


def settled(page: Page) -> None:
    """Wait until the screen has come and nothing is fetched any more."""
    page.wait_for_selector("cs-shell main > .screen")
    page.wait_for_function("() => document.fonts.status === 'loaded'")
    page.wait_for_timeout(1200)


@pytest.mark.parametrize("name", NAMES)
def test_a_screen_opens_without_complaint(node: Node, name: str) -> None:
    with opened(node.chromium, node.at(node.screens[name])) as one:
        settled(one.page)
        assert one.complaints == []
        words = one.page.locator("main").inner_text()
        # A key that has no words would be shown as itself.
        assert not re.search(rf"\b{name}\.\w+", words)
        assert len(words) > 20


@pytest.mark.parametrize("name", NAMES)
def test_a_screen_is_for_everybody(node: Node, name: str) -> None:
    with opened(node.chromium, node.at(node.screens[name])) as one:
        settled(one.page)
        found = Axe().run(one.page).response["violations"]
        wrong = [
            f"{rule['id']}: {rule['nodes'][0]['html'][:200]}"
            for rule in found
            if rule["impact"] in SEVERE
        ]
        assert wrong == []


@pytest.mark.parametrize("name", NAMES)
def test_a_screen_is_not_wider_than_a_small_window(node: Node, name: str) -> None:
    """200 % zoom of a 1280 wide window."""
    with opened(node.chromium, node.at(node.screens[name]), size=(640, 400)) as one:
        settled(one.page)
        wide: Any = one.page.evaluate("document.documentElement.scrollWidth")
        assert wide <= 641


def test_the_banner_says_the_realm(node: Node) -> None:
    with opened(node.chromium, node.at("#/queue")) as one:
        settled(one.page)
        banners = one.page.locator(".banner")
        assert banners.count() == 2
        for place in range(2):
            assert "TEST" in banners.nth(place).inner_text()
        assert "UNCLASSIFIED" in banners.first.inner_text()
        assert one.page.locator("html").get_attribute("data-realm") == "test"


def test_every_screen_is_reached_by_links(node: Node) -> None:
    with opened(node.chromium, node.at("")) as one:
        settled(one.page)
        for name in ("globe", "timeline", "nation", "places", "queue"):
            one.page.locator(f'nav.screens a[href="#/{name}"]').click()
            one.page.wait_for_selector(f"cs-{name}")
        assert one.complaints == []


def test_help_lists_the_keys(node: Node) -> None:
    with opened(node.chromium, node.at("#/queue")) as one:
        settled(one.page)
        one.page.keyboard.press("?")
        one.page.wait_for_selector("dialog[open] kbd")
        one.page.keyboard.press("Escape")
        one.page.wait_for_selector("dialog", state="detached")


@pytest.mark.skipif(not PICTURES, reason="pictures are made where they are asked for")
@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("name", NAMES)
def test_pictures(node: Node, name: str, language: str) -> None:
    folder = Path(PICTURES)
    folder.mkdir(parents=True, exist_ok=True)
    locale = {"en": "en-GB", "fr": "fr-FR"}[language]
    address = RUNNING + running(RUNNING)[name] if RUNNING else node.at(node.screens[name])
    with opened(node.chromium, address, size=(1360, 850), locale=locale) as one:
        settled(one.page)
        one.page.wait_for_timeout(2500)
        path = folder / f"{name}.{language}.jpg"
        one.page.screenshot(path=path, type="jpeg", quality=82)

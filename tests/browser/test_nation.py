"""The release officer's screens at two nations, in a real Chromium."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Browser, expect

from commonsky.catalogue.population import population
from commonsky.ledger.record import Kind
from commonsky.node.release import Release
from commonsky.share.policy.policy import Policy
from commonsky.share.policy.refusal import Refusals
from commonsky.show.api.desk import Desk
from commonsky.show.api.server import Listener
from commonsky.show.cli.consoles import open_api
from tests.browser.console_case import browser, needs_chromium, opened
from tests.coalition_case import Coalition

pytestmark = needs_chromium
NATIONS = ("AUS", "GBR")
OBJECTS = 6


@dataclass(slots=True)
class Two:
    """Two nations, each with its console; what AUS has stated has not left yet."""

    coalition: Coalition
    desks: dict[str, Desk]
    listeners: dict[str, Listener]

    def at(self, nation: str, fragment: str) -> str:
        """The address of a view at a nation."""
        return f"{self.listeners[nation].address}/{fragment}"

    def turn(self, rounds: int = 2) -> None:
        """Let what may leave reach the other, and be seen."""
        for nation, turn in self.coalition.step(rounds).items():
            desk, node = self.desks[nation], self.coalition.nodes[nation]
            desk.observe(turn, 0.1)
            desk.show(node.picture, node.watch)

    def heard(self) -> set[str]:
        """The statements of AUS that GBR holds."""
        found = self.coalition.held("GBR", Kind.ELEMENT_SET, "AUS")
        return {one.record.envelope.handle for one in found}

    def stated(self) -> list[str]:
        """The statements of AUS."""
        found = self.coalition.held("AUS", Kind.ELEMENT_SET, "")
        return [one.record.envelope.handle for one in found]


def desk_of(coalition: Coalition, nation: str) -> Desk:
    node = coalition.nodes[nation]
    others = [other for other in NATIONS if other != nation]

    def release() -> Release:
        policy = Policy.load(node.home.policy, nation)
        refusals = Refusals(node.home.policy)
        return Release(nation, node.store, policy, {}, others, node.author.entropy, refusals)

    return Desk(node.home, node.clock, node.store, node.author, release)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    expect.set_options(timeout=30_000)  # a busy machine is no fault of the page
    with browser() as found:
        yield found


@pytest.fixture
def two(tmp_path: Path) -> Iterator[Two]:
    sky = population(OBJECTS, 5)
    start = int(sky.elements.epoch_tai_ns.max())
    nodes = Coalition(tmp_path, NATIONS, start, watching=[])
    nodes.step()
    desks = {nation: desk_of(nodes, nation) for nation in NATIONS}
    listeners = {nation: Listener(open_api(desks[nation]), "127.0.0.1", 0) for nation in NATIONS}
    whole = Two(nodes, desks, listeners)
    nodes.states("AUS", sky.take(np.arange(OBJECTS)))
    nodes.clock.advance_to(start + 120 * 10**9)
    for desk in desks.values():
        node = nodes.nodes[desk.home.nation]
        desk.show(node.picture, node.watch)
    yield whole
    for nation in NATIONS:
        listeners[nation].stop()
        desks[nation].close()
    nodes.close()


def test_a_refusal_keeps_the_record_home(two: Two, chromium: Browser) -> None:
    with opened(chromium, two.at("AUS", "#/nation/GBR?side=preview")) as one:
        page = one.page
        page.get_by_role("button", name="Show records").first.click()
        page.wait_for_selector("tbody input[type=checkbox]")
        boxes = page.locator("tbody input[type=checkbox]")
        assert boxes.count() == OBJECTS
        short = page.locator("tbody a.mono").first.inner_text().strip()
        boxes.first.check()
        page.keyboard.press("r")
        dialog = page.locator("dialog[open]")
        dialog.locator("textarea").fill("the sensor is not theirs to know")
        dialog.get_by_role("button", name="Keep home").click()
        expect(page.locator(".toast")).to_contain_text("kept home")
        assert one.complaints == []
    two.turn()
    kept = next(handle for handle in two.stated() if handle.startswith(short))
    assert two.heard() == {*two.stated()} - {kept}
    with opened(chromium, two.at("AUS", "#/nation")) as one:
        row = one.page.locator("tr", has_text=short)
        expect(row).to_contain_text("the sensor is not theirs to know")
        row.get_by_role("button", name="Let go").click()
        dialog = one.page.locator("dialog[open]")
        dialog.locator("input").fill("they may know after all")
        dialog.get_by_role("button", name="Let go").click()
        expect(one.page.locator("tr", has_text=short)).to_have_count(0)
    two.coalition.clock.advance_to(two.coalition.clock.now_tai_ns() + 3600 * 10**9)
    two.turn(3)
    assert two.heard() == {*two.stated()}


def test_why_and_what_they_would_see(two: Two, chromium: Browser) -> None:
    with opened(chromium, two.at("AUS", "#/nation/GBR?side=preview")) as one:
        one.page.get_by_role("button", name="Show records").first.click()
        one.page.get_by_role("button", name="Why?").first.click()
        dialog = one.page.locator("dialog[open]")
        expect(dialog).to_contain_text("permit")
        expect(dialog.locator("pre").last).to_contain_text('"releasable_to"')
        assert one.complaints == []


def test_a_recall_is_answered_and_struck_through(two: Two, chromium: Browser) -> None:
    two.turn()
    handle = two.stated()[0]
    with opened(chromium, two.at("AUS", f"#/record/{handle}")) as one:
        page = one.page
        page.get_by_role("button", name="Recall").click()
        dialog = page.locator("dialog[open]")
        dialog.locator("textarea").fill("wrong sensor bias")
        dialog.get_by_role("button", name="Recall").click()
        expect(page.locator(".toast")).to_contain_text("Recalled")
        two.turn(3)
        page.goto(two.at("AUS", "#/nation/AUS?side=recall"))
        page.reload()
        row = page.locator("tbody tr", has_text="wrong sensor bias")
        expect(row).to_contain_text("✓ GBR")
        assert one.complaints == []
    with opened(chromium, two.at("GBR", "#/queue")) as one:
        expect(one.page.locator("main")).to_contain_text("AUS takes back what it said")
    with opened(chromium, two.at("GBR", f"#/record/{handle}")) as one:
        expect(one.page.locator("h1.struck")).to_be_visible()


def test_where_two_nations_differ(two: Two, chromium: Browser) -> None:
    two.turn()
    with opened(chromium, two.at("GBR", "#/nation/AUS?side=difference")) as one:
        rows = one.page.locator("tbody tr")
        expect(rows).to_have_count(OBJECTS)
        expect(rows.first).to_contain_text("only AUS")
        one.page.get_by_role("button", name="differ", exact=True).click()
        expect(one.page.locator("main")).to_contain_text("Nothing of this kind")


def test_what_was_told_has_its_receipts(two: Two, chromium: Browser) -> None:
    two.turn(3)
    with opened(chromium, two.at("AUS", "#/nation/GBR?side=told")) as one:
        rows = one.page.locator("tbody tr", has_text="element_set")
        expect(rows).to_have_count(OBJECTS)
        expect(rows.first).to_contain_text("✓ receipt")

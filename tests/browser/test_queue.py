"""The queue at two nations of a coalition, in a real Chromium, by keyboard and by mouse."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import msgspec
import numpy as np
import pytest
from playwright.sync_api import Browser, Page, expect

from commonsky.astro.epoch import utc_text
from commonsky.catalogue.planted import plant
from commonsky.catalogue.population import population
from commonsky.ledger.label import Label
from commonsky.ledger.record import Kind, Link, Record, Relation
from commonsky.node.alerts import Conjunction, State
from commonsky.node.home import Screening
from commonsky.node.products import Warned
from commonsky.node.statements import Author
from commonsky.share import recall
from commonsky.show.api.desk import Desk
from commonsky.show.api.keys import ALL_BUT_KEYS
from commonsky.show.api.server import Listener
from commonsky.show.cli.consoles import desk_of, open_api
from tests.api_case import NOW_TAI_NS, Case, conjunction
from tests.browser.console_case import Opened, browser, needs_chromium, opened
from tests.coalition_case import Coalition
from tests.console_case import console

pytestmark = needs_chromium
SCREENING = Screening(days=1.0, threshold_km=5.0, alert_pc=1e-7, alert_miss_km=1.0)
MARKUP = '<img src=x onerror="document.title=1">\u202egnihton\u0007'
NATIONS = ("AUS", "GBR")
HOUR_NS = 3600 * 10**9
# The starters of these two let no claim out.
CLAIMS_TOO = """
@id("claims-to-all")
permit (principal, action == Commonsky::Action::"release_full", resource)
when { context.kind == "claim" && context.classification <= 1 };
"""


@dataclass(slots=True)
class Two:
    """Two nations that know of one approach, each with its console."""

    coalition: Coalition
    desks: dict[str, Desk]
    listeners: dict[str, Listener]

    def at(self, nation: str, query: str = "") -> str:
        """The address of a nation's queue."""
        return f"{self.listeners[nation].address}/#/queue{query}"

    def turn(self, rounds: int = 2) -> None:
        """Let what was said reach the other, and the pages hear of it."""
        for nation, turn in self.coalition.step(rounds).items():
            self.desks[nation].observe(turn, 0.1)

    def let_claims_go(self, nation: str, to: str) -> None:
        """Two persons confirm that claims of this class may leave, and they do."""
        release, clock = self.coalition.nodes[nation].release, self.coalition.clock
        for held in self.coalition.held(nation, Kind.CLAIM, ""):
            for person in ("release officer", "duty officer"):
                kind = release.class_of(held.record, to)
                release.policy.confirmations.confirm(kind, person, clock.now_tai_ns())
        clock.advance_to(clock.now_tai_ns() + HOUR_NS)
        self.turn(3)

    def only(self, nation: str) -> Record:
        """The one conjunction that a nation has told of."""
        (held,) = self.coalition.held(nation, Kind.CONJUNCTION, "")
        return held.record


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with browser() as found:
        yield found


@pytest.fixture
def two(tmp_path: Path) -> Iterator[Two]:
    sky = population(60, 5)
    start = int(sky.elements.epoch_tai_ns.max())
    sky, planted = plant(sky, start, 5)
    nodes = Coalition(tmp_path, NATIONS, start, screening=SCREENING, watching=["GBR"])
    for nation in NATIONS:
        with (tmp_path / nation / "policy" / "release.cedar").open("a") as policy:
            policy.write(CLAIMS_TOO)
        nodes.restart(nation)
    pair = [int(planted.object1[1]), int(planted.object2[1])]
    nodes.states("GBR", sky.take(np.flatnonzero(np.isin(sky.catalogue_number, pair))))
    desks = {nation: desk_of(nodes.nodes[nation]) for nation in NATIONS}
    listeners = {nation: Listener(open_api(desks[nation]), "127.0.0.1", 0) for nation in NATIONS}
    whole = Two(nodes, desks, listeners)
    whole.turn(3)
    yield whole
    for nation in NATIONS:
        listeners[nation].stop()
        desks[nation].close()
    nodes.close()


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Case, Listener]]:
    folder = tmp_path_factory.mktemp("queue")
    with console(folder / "node", open_scopes=ALL_BUT_KEYS) as (case, listener):
        yield case, listener


def lane(name: str, handle: str = "") -> str:
    """The rows of a lane."""
    return f'.lane-{name} tr[data-key="{handle}"]' if handle else f".lane-{name} tr[data-key]"


def shown(one: Opened) -> Page:
    one.page.wait_for_selector(".queue-lane")
    return one.page


def calm(page: Page) -> None:
    """Leave the list alone, so that it may move."""
    page.mouse.move(1, 1)


def test_a_whole_life_by_keyboard_and_the_other_nation_sees_it(
    two: Two, chromium: Browser
) -> None:
    handle = two.only("GBR").envelope.handle
    with opened(chromium, two.at("GBR")) as ours, opened(chromium, two.at("AUS")) as theirs:
        page, other = shown(ours), shown(theirs)
        expect(page.locator(lane("new", handle))).to_have_count(1)
        expect(other.locator(lane("new", handle))).to_have_count(1)
        page.keyboard.press("j")
        page.keyboard.press("a")
        expect(page.locator(lane("taken", handle))).to_contain_text("acknowledged")
        page.keyboard.press("c")
        row = page.locator(lane("taken", handle))
        expect(row.locator(".queue-owner")).to_contain_text("GBR")
        two.let_claims_go("GBR", "AUS")
        # To have been claimed there is not to have been seen here.
        calm(other)
        expect(other.locator(lane("new", handle)).locator(".queue-owner")).to_contain_text("GBR")
        other.keyboard.press("j")
        other.keyboard.press("x")
        expect(other.locator(".queue-deeds")).to_contain_text("1 selected")
        other.keyboard.press("c")
        contested = other.locator(lane("taken", handle)).locator(".queue-owner")
        expect(contested).to_contain_text("contested")
        two.let_claims_go("AUS", "GBR")
        calm(page)
        expect(row.locator(".queue-owner")).to_contain_text("contested")
        page.keyboard.press("e")
        expect(page.locator(lane("done", handle))).to_have_count(1)
        expect(page.locator(lane("taken"))).to_have_count(0)
        assert ours.complaints == theirs.complaints == []


def test_shelving_asks_until_when_and_comes_back_by_itself(two: Two, chromium: Browser) -> None:
    handle = two.only("GBR").envelope.handle
    with opened(chromium, two.at("GBR")) as one:
        page = shown(one)
        page.locator(lane("new", handle)).locator("input").click()
        page.get_by_role("button", name="Shelve").click()
        page.locator("dialog[open]").get_by_role("button", name="1 h", exact=True).click()
        expect(page.locator(lane("shelved", handle))).to_have_count(1)
        two.coalition.clock.advance_to(two.coalition.clock.now_tai_ns() + HOUR_NS + 10**9)
        page.reload()
        expect(page.locator(lane("new", handle))).to_have_count(1)
        assert one.complaints == []


def test_what_the_originator_takes_back_is_struck_through_at_the_partner(
    two: Two, chromium: Browser
) -> None:
    handle = two.only("GBR").envelope.handle
    with opened(chromium, two.at("AUS")) as one:
        page = shown(one)
        expect(page.locator(lane("new", handle))).to_have_count(1)
        node = two.coalition.nodes["GBR"]
        reason = msgspec.json.encode(recall.Retraction("<i>wrong</i> sensor bias"))
        node.store.append([node.author.stated(
            Kind.RETRACTION, recall.RETRACTION, reason, Label(),
            two.coalition.clock.now_tai_ns(), links=(Link(Relation.RETRACTS, handle),),
        )])  # fmt: skip
        two.turn(3)
        calm(page)
        row = page.locator(lane("new", handle))
        expect(row.locator(".queue-what")).to_contain_text(
            "withdrawn by GBR: <i>wrong</i> sensor bias"
        )
        expect(row.locator("a.struck")).to_have_css("text-decoration-line", "line-through")
        assert one.complaints == []


def test_what_could_not_be_assessed_is_hidden_by_no_filter(
    node: tuple[Case, Listener], chromium: Browser
) -> None:
    case, listener = node
    record = changed(conjunction(case.author, 4000, State.STANDING), case, pc=None, object1=11)
    case.append("unassessed", record)
    query = "?severity=high&category=event&nation=GBR&mine=1&text=nothing+has+this"
    with opened(chromium, f"{listener.address}/#/queue{query}") as one:
        page = shown(one)
        expect(page.locator(lane("unassessed", record.envelope.handle))).to_have_count(1)
        expect(page.locator(lane("new"))).to_have_count(0)
        hidden = page.locator(".queue-bar .chip.warn")
        expect(hidden).to_contain_text("hidden by filters")
        hidden.click()
        expect(page.locator(lane("new"))).not_to_have_count(0)
        assert "text=" not in page.url


def test_what_one_nation_takes_for_grave_is_not_hidden_by_a_lower_number(
    node: tuple[Case, Listener], chromium: Browser
) -> None:
    case, listener = node
    low = changed(conjunction(case.author, 5000, State.STANDING), case, pc=1e-9, object1=12)
    case.append("low", low)
    theirs = Author("AUS", "test", case.author.entropy)
    high = changed(conjunction(theirs, 5001, State.STANDING), case, theirs, pc=3e-4, object1=12)
    case.append("high", high, "AUS")
    with opened(chromium, f"{listener.address}/#/queue") as one:
        page = shown(one)
        row = page.locator(lane("new", low.envelope.handle))
        expect(row).to_have_count(1)
        expect(row.locator(".severity-high")).not_to_have_count(0)
        expect(row.locator(".queue-nations")).to_contain_text("AUS 3.0e\N{MINUS SIGN}4")
        expect(page.locator(lane("new", high.envelope.handle))).to_have_count(0)
        # What is said of the row is said of each nation's message.
        row.locator("input").click()
        page.keyboard.press("a")
        expect(page.locator(lane("taken", low.envelope.handle))).to_have_count(1)
        for record in (low, high):
            answer = page.request.get(f"{listener.address}/api/v1/alerts/{record.envelope.handle}")
            assert answer.json()["data"]["stage"] == "acknowledged"


def test_warnings_of_several_nations_about_one_object_are_one_row(
    node: tuple[Case, Listener], chromium: Browser
) -> None:
    case, listener = node
    said = [warning(case, nation, km) for nation, km in (("AUS", 5.0), ("GBR", 25.0))]
    with opened(chromium, f"{listener.address}/#/queue") as one:
        page = shown(one)
        row = page.locator(lane("new", said[1].envelope.handle))
        expect(row).to_contain_text("25.0")
        expect(row.locator(".queue-nations")).to_contain_text("AUS")
        expect(row.locator(".queue-nations")).to_contain_text("GBR")
        expect(page.locator(lane("new", said[0].envelope.handle))).to_have_count(0)


def test_hostile_names_are_text_and_bounded(
    node: tuple[Case, Listener], chromium: Browser
) -> None:
    case, listener = node
    record = changed(
        conjunction(case.author, 6000, State.STANDING), case,
        name1=MARKUP, name2="x" * 1_000_000, tca="9999-99-99T99:99:99Z", object1=13,
    )  # fmt: skip
    case.append("hostile", record)
    with opened(chromium, f"{listener.address}/#/queue") as one:
        page = shown(one)
        row = page.locator(f'tr[data-key="{record.envelope.handle}"]')
        expect(row).to_have_count(1)
        text = row.inner_text()
        assert "<img" in text
        assert "\u202e" not in text
        assert len(text) < 1000
        assert page.locator("main img").count() == 0
        assert page.title() != "1"
        assert one.complaints == []


def test_an_empty_queue_never_says_that_the_sky_is_clear(
    tmp_path: Path, chromium: Browser
) -> None:
    nodes = Coalition(tmp_path, NATIONS, 1_764_000_000_000_000_000)
    desk = desk_of(nodes.nodes["AUS"])
    listener = Listener(open_api(desk), "127.0.0.1", 0)
    try:
        with opened(chromium, f"{listener.address}/#/queue") as one:
            told = shown(one).locator(".queue-nothing")
            expect(told).to_contain_text("no clear sky")
            expect(told).to_contain_text("Nothing is screened here")
            expect(shown(one).locator(".lane-unassessed")).to_be_visible()
    finally:
        listener.stop()
        desk.close()
        nodes.close()


def warning(case: Case, nation: str, stay_clear_km: float) -> Record:
    """What a nation warns of: something comes close to an object of ours."""
    begin, end = (utc_text(NOW_TAI_NS + after * 600 * 10**9, 0) for after in (20, 21))
    told = Warned(
        state=State.STANDING, object=900_000_014, window_from=begin, window_until=end,
        stay_clear_km=stay_clear_km,
    )  # fmt: skip
    record = Author(nation, "test", case.author.entropy).stated(
        Kind.WARNING, "commonsky/warning@1", msgspec.json.encode(told),
        Label(releasable_to=("NOR",)), NOW_TAI_NS, subject=(900_000_014,),
    )  # fmt: skip
    return case.append(f"warning of {nation}", record, nation)


def changed(record: Record, case: Case, author: Author | None = None, **changes: object) -> Record:
    """A conjunction that says something else."""
    assert record.body is not None
    told = msgspec.json.decode(record.body.content, type=Conjunction)
    content = msgspec.json.encode(msgspec.structs.replace(told, **changes))
    envelope = record.envelope
    return (author or case.author).stated(
        Kind.CONJUNCTION, envelope.spec, content, envelope.label, envelope.said_tai_ns,
        subject=(int(changes.get("object1", told.object1)), told.object2),  # type: ignore[call-overload]
    )  # fmt: skip

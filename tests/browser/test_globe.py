"""The engine of the sky: what it draws is where it says, in each projection and between frames."""

from __future__ import annotations

from collections.abc import Iterator

import erfa
import numpy as np
import pytest
from playwright.sync_api import Browser

from commonsky.astro.epoch import tai_ns, tt_julian_date
from commonsky.astro.frames import rotation
from commonsky.astro.states import Frame
from commonsky.show.api.keys import Scope
from tests.browser.console_case import browser, needs_chromium, opened
from tests.browser.sky_case import (
    FAR,
    GONE,
    HIDDEN,
    PROJECTIONS,
    ROWS,
    SHARE,
    STEP_S,
    Stage,
    begun,
    good_rows,
    ms_of,
    states,
)
from tests.console_case import console

pytestmark = needs_chromium


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with browser() as one:
        yield one


@pytest.fixture(scope="module")
def stage(chromium: Browser) -> Iterator[Stage]:
    with opened(chromium, "about:blank", size=(500, 340)) as one:
        begun(one.page)
        yield Stage(one.page, one.complaints)


@pytest.mark.parametrize("projection", PROJECTIONS)
def test_the_card_draws_objects_where_the_processor_has_them(
    stage: Stage, projection: str
) -> None:
    page = stage.at(projection)
    for row in good_rows(projection):
        told, drawn = stage.said(row), page.evaluate("drawn", row)
        assert told["inFront"]
        assert drawn is not None, row
        assert np.hypot(drawn[0] - told["x"], drawn[1] - told["y"]) < 0.7, row


def test_what_is_behind_the_eye_is_not_drawn_and_comes_when_it_goes_back(stage: Stage) -> None:
    page = stage.at("globe")
    assert page.evaluate("drawn", FAR) is None
    page.evaluate("() => { sky.camera.distance = 120 }")
    drawn = page.evaluate("drawn", FAR)
    told = stage.said(FAR)
    page.evaluate("() => { sky.camera.distance = 26 }")
    assert np.hypot(drawn[0] - told["x"], drawn[1] - told["y"]) < 0.7


@pytest.mark.parametrize("projection", PROJECTIONS)
def test_what_is_pointed_at_is_picked(stage: Stage, projection: str) -> None:
    page = stage.at(projection)
    page.evaluate(f"sky.setVisible(new Uint8Array({ROWS}).fill(1))")
    for row in good_rows(projection):
        told = stage.said(row)
        assert page.evaluate("([x, y]) => sky.pick(x + 1, y - 1)", [told["x"], told["y"]]) == row
    assert page.evaluate("sky.pick(2, 2)") == -1


@pytest.mark.parametrize("projection", PROJECTIONS)
def test_what_has_no_state_is_not_seen(stage: Stage, projection: str) -> None:
    page = stage.at(projection)
    for row in GONE:
        assert stage.said(row) is None
        assert page.evaluate("drawn", row) is None


@pytest.mark.parametrize("projection", ["globe", "sky"])
def test_what_is_behind_the_earth_is_neither_drawn_nor_picked(
    stage: Stage, projection: str
) -> None:
    page = stage.at(projection)
    told = stage.said(HIDDEN)
    assert not told["inFront"]
    assert page.evaluate("drawn", HIDDEN) is None
    assert page.evaluate("([x, y]) => sky.pick(x, y)", [told["x"], told["y"]]) != HIDDEN


def test_between_frames_objects_follow_their_orbits(stage: Stage) -> None:
    stage.at("globe")
    for row in (1, 2, 3, 4, 5):
        place = np.array(stage.page.evaluate("(row) => sky.placeOf(row)", row))
        first, second = (np.array(states(t)[row][:3], float) for t in (0.0, float(STEP_S)))
        exact = np.array(states(SHARE * STEP_S)[row][:3], float)
        straight = (1 - SHARE) * first + SHARE * second
        assert np.linalg.norm(place - exact) < 5.0, "cubic, over ten minutes"
        assert np.linalg.norm(straight - exact) > 100.0, "else the test is blind"


def test_the_earth_is_turned_as_the_node_turns_it(stage: Stage) -> None:
    for text in ("2020-07-01T00:00:00", "2026-11-26T13:00:00", "2031-02-14T21:17:03"):
        told = stage.page.evaluate(
            "async (ms) => [...(await import('/globe/heaven.js')).earthFixed(ms)]", ms_of(text)
        )
        ours = np.array(told).reshape(3, 3).T
        exact = rotation(Frame.GCRF, Frame.ITRF, np.array([tai_ns(text + "Z")]))[0]
        off = np.degrees(np.linalg.norm(ours @ exact.T - np.eye(3)) / np.sqrt(2.0)) * 3600.0
        assert off < 30.0, text
        assert np.allclose(ours @ ours.T, np.eye(3), atol=1e-9)


def test_the_sun_stands_where_it_does(stage: Stage) -> None:
    for text in ("2020-03-20T03:50:00", "2026-06-21T08:24:00", "2026-11-26T13:00:00"):
        told = stage.page.evaluate(
            "async (ms) => (await import('/globe/heaven.js')).sunDirection(ms)", ms_of(text)
        )
        (day,), (part,) = tt_julian_date(np.array([tai_ns(text + "Z")]))
        sun = -np.array(erfa.epv00(day, part)[0]["p"])
        off = np.degrees(np.arccos(np.clip(sun @ told / np.linalg.norm(sun), -1.0, 1.0)))
        assert off < 0.02, text


def test_a_site_is_where_the_ellipsoid_has_it(stage: Stage) -> None:
    told = stage.page.evaluate(
        "async () => (await import('/globe/heaven.js'))"
        ".siteFrame({ latitude: 69.3, longitude: 16.1, height: 380 })"
    )
    exact = erfa.gd2gc(1, np.radians(16.1), np.radians(69.3), 380.0) / 1e3
    assert np.allclose(told["place"], exact, atol=1e-6)
    assert np.allclose(np.cross(told["east"], told["north"]), told["up"], atol=1e-12)


@pytest.mark.parametrize("projection", PROJECTIONS)
def test_each_projection_draws_more_than_one_colour(stage: Stage, projection: str) -> None:
    page = stage.at(projection)
    found = page.evaluate(
        "() => { const seen = new Set(), data = pixels();"
        " for (let k = 0; k < data.length; k += 4) seen.add(data[k] << 8 | data[k + 2]);"
        " return seen.size }"
    )
    assert found > 20


def test_no_coast_runs_across_the_map(stage: Stage) -> None:
    """Along the middle of the Pacific west of the date line, on the map, nothing is drawn."""
    page = stage.at("flat")
    page.evaluate(f"sky.setVisible(new Uint8Array({ROWS}))")
    longest = page.evaluate(
        "async () => { const { readEarth, lines } = await import('/globe/earth.js');"
        " const earth = readEarth(await (await fetch('/globe/earth.bin')).arrayBuffer());"
        " let most = 0;"
        " for (const coast of [true, false]) { const ends = lines(earth, coast);"
        "  for (let k = 0; k < ends.length; k += 8) {"
        "   const turn = (at) => Math.atan2(ends[at + 1], ends[at]);"
        "   most = Math.max(most, Math.abs(turn(k) - turn(k + 4))); } }"
        " return most * 180 / Math.PI }"
    )
    assert 1.0 < longest < 90.0


def test_land_reaches_the_south_pole_at_every_longitude(stage: Stage) -> None:
    reds = stage.page.evaluate(
        "async () => { const { readEarth, landPicture } = await import('/globe/earth.js');"
        " const earth = readEarth(await (await fetch('/globe/earth.bin')).arrayBuffer());"
        " const canvas = Object.assign(document.createElement('canvas'),"
        "  { width: 720, height: 360 });"
        " const land = landPicture(earth, 720);"
        " const pen = canvas.getContext('2d', { willReadFrequently: true });"
        " pen.drawImage(land, 0, 0);"
        " const row = (lat) => [...pen.getImageData(0, 2 * (90 - lat), 720, 1).data]"
        "  .filter((_, k) => k % 4 === 0);"
        " return { ice: row(-88), sea: row(-62), north: row(89) } }"
    )
    sea = reds["north"][0]
    assert len(set(reds["ice"])) == 1
    assert reds["ice"][0] != sea
    assert np.median(reds["sea"]) == sea


def test_a_lost_card_is_taken_up_again(stage: Stage) -> None:
    page = stage.at("globe")
    before = page.evaluate("drawn", 1)
    page.evaluate("() => { window.loss = sky.painter.gl.getExtension('WEBGL_lose_context') }")
    page.evaluate("loss.loseContext()")
    page.wait_for_function("sky.painter.gl.isContextLost()")
    page.wait_for_timeout(200)
    page.evaluate("loss.restoreContext()")
    page.wait_for_function("!sky.painter.gl.isContextLost()")
    page.wait_for_timeout(200)
    assert np.allclose(page.evaluate("drawn", 1), before, atol=0.05)


def test_nothing_is_drawn_where_nothing_has_changed(stage: Stage) -> None:
    page = stage.at("globe")
    page.evaluate("() => { window.drawnTimes = 0; sky.onChange = () => { drawnTimes += 1 } }")
    page.wait_for_timeout(500)
    assert page.evaluate("drawnTimes") <= 1
    page.evaluate("() => { const { ms } = sky; sky.setClock(ms, 1) }")
    page.wait_for_function("drawnTimes >= 2")
    page.evaluate("() => sky.setClock(sky.ms, 0)")


def test_the_keys_turn_the_globe(stage: Stage) -> None:
    page = stage.at("globe")
    before = page.evaluate("[sky.camera.longitude, sky.camera.distance]")
    for key in ("ArrowRight", "+"):
        page.evaluate(
            "(key) => sky.canvas.dispatchEvent(new KeyboardEvent('keydown', { key }))", key
        )
    after = page.evaluate("[sky.camera.longitude, sky.camera.distance]")
    assert after[0] > before[0]
    assert after[1] < before[1]


def test_the_engine_complained_of_nothing(stage: Stage) -> None:
    assert [one for one in stage.complaints if "CONTEXT_LOST" not in one] == []


def test_without_webgl_a_map_is_drawn(chromium: Browser) -> None:
    with opened(chromium, "about:blank", size=(500, 340)) as one:
        one.page.add_init_script(
            "const real = HTMLCanvasElement.prototype.getContext;"
            "HTMLCanvasElement.prototype.getContext = function (kind, ...more) {"
            " return kind === 'webgl2' ? null : real.call(this, kind, ...more) }"
        )
        begun(one.page)
        one.page.evaluate("() => { sky.projection = 'globe'; sky.draw() }")
        assert one.page.evaluate("sky.projection") == "flat"
        told = one.page.evaluate("sky.placesOf([1])[0]")
        drawn = one.page.evaluate("drawn", 1)
        assert np.hypot(drawn[0] - told["x"], drawn[1] - told["y"]) < 1.5
        assert one.complaints == []


def test_the_screen_picks_filters_and_keeps_its_address(
    chromium: Browser, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("globe")
    with (
        console(folder / "node", open_scopes=[Scope.READ]) as (case, listener),
        opened(chromium, f"{listener.address}/#/globe?projection=flat") as one,
    ):
        page = one.page
        page.wait_for_function("() => document.querySelector('cs-globe')?.sky?.second.length > 0")
        place = page.evaluate(
            "() => { const { sky } = document.querySelector('cs-globe');"
            " const box = sky.canvas.getBoundingClientRect();"
            " for (let row = 0; row < sky.second.length / 6; row += 1) {"
            "  const [at] = sky.placesOf([row]);"
            "  if (!at) continue;"
            "  const [x, y] = [at.x + box.left, at.y + box.top];"
            "  if (document.elementFromPoint(x, y) === sky.canvas) return { x, y } }"
            " return null }"
        )
        page.mouse.click(place["x"], place["y"])
        page.wait_for_selector(".globe-card:not([hidden]) h3 a")
        number = int(page.evaluate("location.hash").split("select=")[1].split("&")[0])
        assert number in case.sky.catalogue_number.tolist()
        link = page.locator(".globe-card h3 a").first.get_attribute("href")
        assert link is not None
        assert link.startswith(f"#/object/{number}")
        page.locator(".globe-rail select").first.select_option("type")
        page.locator(".globe-rail input[type=search]").fill(str(number))
        page.wait_for_function(
            "() => document.querySelector('cs-globe').sky.looks"
            ".filter((one, k) => k % 4 === 1 && one === 1).length < 5"
        )
        address = page.evaluate("location.hash")
        for part in ("projection=flat", "colour=type", f"text={number}", f"select={number}"):
            assert part in address
        assert one.complaints == []

"""Frames for a globe: named rows, the right states, made once, kept within bounds."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest
from starlette.requests import Request

from commonsky.assess.uncertainty import error_classes, sigma_rtn_km
from commonsky.astro.epoch import NS_PER_DAY, NS_PER_S, tai_ns
from commonsky.astro.frames import transform
from commonsky.astro.sgp4 import Status, propagate, propagator
from commonsky.astro.sgp4_narrow import narrow_states
from commonsky.astro.states import Frame
from commonsky.astro.utc import tai_ns_from_utc_ns
from commonsky.ledger.record import Kind
from commonsky.node.alerts import State
from commonsky.node.owners import write_owners
from commonsky.node.picture import Picture
from commonsky.show.api.frames import AT_ONCE, Pictured, digest_of, standing
from commonsky.show.api.frames_kept import KEPT_S, FrameAsked, FramesKept
from commonsky.show.api.problem import Problem
from tests.api_case import (
    NOW_TAI_NS,
    Case,
    Screened,
    asking,
    case_in,
    closed,
    conjunction,
    seen,
    sky,
)

FRAMES = "/api/v1/frames"
GUIDE = Path(__file__).parents[2] / "docs" / "api.md"
NOW_S = 1_764_028_740  # some hours later, a multiple of 60
COLUMNS = {"number", "name", "designator", "source", "type", "owner", "age_days", "sigma_km",
           "alert"}  # fmt: skip


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Case]:
    case = case_in(tmp_path_factory.mktemp("nor"))
    write_owners(case.home.owners, {900_000_001: "GBR"})
    seen(case)
    yield case
    closed(case)


@pytest.fixture(scope="module")
def ask(case: Case) -> Iterator[httpx.Client]:
    with asking(case) as client:
        yield client


def header(ask: httpx.Client) -> dict[str, Any]:
    answer = ask.get(FRAMES)
    assert answer.status_code == 200, answer.text
    return dict(answer.json()["data"])


def address(ask: httpx.Client, seconds: int, step: int = 60) -> str:
    return f"{FRAMES}/{header(ask)['picture']}/{seconds}.f32?step={step}"


def test_each_row_is_a_statement_of_the_picture(ask: httpx.Client, case: Case) -> None:
    told = header(ask)
    columns, table = told["columns"], case.desk.seen.catalogue
    assert columns.keys() == COLUMNS
    assert {len(column) for column in columns.values()} == {len(table)}
    assert columns["number"] == table.catalogue_number.tolist()
    assert columns["source"] == table.source.tolist()
    assert {"AUS", "NOR", "AUS+NOR"} == {*columns["source"]}, "equal statements share a row"
    assert [one for one in zip(columns["number"], columns["owner"], strict=True) if one[1]] == [
        (900_000_001, "GBR")
    ]
    ages = (tai_ns(told["at"]) - table.elements.epoch_tai_ns) / NS_PER_DAY
    assert np.allclose(columns["age_days"], ages, atol=1e-4)
    sigma = np.linalg.norm(sigma_rtn_km(error_classes(table), ages), axis=1)
    assert np.allclose(np.array(columns["sigma_km"], float), sigma, atol=1e-3, equal_nan=True)
    assert told["sigma_grade"] == "screening"


def test_an_object_bears_its_worst_standing_alert(ask: httpx.Client) -> None:
    columns = header(ask)["columns"]
    alert = dict(zip(columns["number"], columns["alert"], strict=True))
    assert {number for number, one in alert.items() if one} == {900_000_000, 900_000_001}
    assert alert[900_000_000] == 2, "a Pc of 1e-5 is for attention"


@pytest.mark.parametrize(
    ("pcs", "worst"), [([None], 4), ([1e-9], 1), ([0.0, None], 4), ([None, 1e-6], 2),
                       ([1e-6, 2e-4, None], 3), (["much", [1]], 4)],
)  # fmt: skip
def test_no_pc_is_worse_than_a_low_one(
    case: Case, monkeypatch: pytest.MonkeyPatch, pcs: list[Any], worst: int
) -> None:
    rows = [(1, 2, pc) for pc in pcs]
    monkeypatch.setattr(case.desk.survey, "approaches", lambda _: [*rows, ("one", 2.5, None)])
    assert standing(case.desk, NOW_TAI_NS) == {1: worst, 2: worst}


def test_alerts_that_are_past_over_or_replaced_do_not_count(tmp_path: Path) -> None:
    case = case_in(tmp_path)
    worst = conjunction(case.author, 5000, State.STANDING)
    case.append("later", worst)
    assert len(case.desk.survey.approaches("2025-11-24T00:00:00.000Z")) >= 2
    assert standing(case.desk, NOW_TAI_NS + 1000 * NS_PER_S) == {900_000_000: 2, 900_000_001: 2}
    case.append("ended", conjunction(case.author, 5000, State.OVER, supersedes=worst))
    assert standing(case.desk, NOW_TAI_NS + 1000 * NS_PER_S) == {}
    closed(case)


@pytest.mark.parametrize("days", [0, 3000])
def test_frames_are_the_states_of_the_picture(ask: httpx.Client, case: Case, days: int) -> None:
    seconds = NOW_S + days * 86400
    table = case.desk.seen.catalogue
    answer = ask.get(address(ask, seconds))
    values = np.frombuffer(answer.content, "<f4").reshape(-1, 6)
    epoch = np.full(len(table), tai_ns_from_utc_ns(seconds * NS_PER_S))
    states = propagate(table.elements, epoch[:1])
    good = states.status[:, 0] == 0
    assert (good.mean() > 0.9) if days == 0 else (states.status == Status.DECAYED).any()
    position, velocity = transform(
        states.position_km[:, 0], states.velocity_km_s[:, 0], epoch, Frame.TEME, Frame.GCRF
    )
    wanted = np.concatenate([position, velocity], axis=1)
    wanted[~good] = np.nan
    # How many times are worked out at once changes a float64 by a few units in its last places.
    assert np.allclose(values, wanted, rtol=2e-7, atol=1e-5, equal_nan=True)
    assert values.any(), "not all zero"


def test_the_line_of_numpy_in_the_guide_is_all_that_is_needed(
    ask: httpx.Client, case: Case
) -> None:
    (line,) = re.findall(r"```python\n(.*)\n```", GUIDE.read_text())
    url = str(ask.base_url) + address(ask, NOW_S)
    key = {"Authorization": f"Bearer {case.secrets['read']}"}
    known: dict[str, Any] = {"np": np, "httpx": httpx, "url": url, "key": key}
    exec(line, known)  # noqa: S102 - our own guide
    assert known["states"].shape == (len(case.desk.seen.catalogue), 6)


def test_a_frame_may_be_kept_for_ever_and_a_header_is_asked_for_again(ask: httpx.Client) -> None:
    answer = ask.get(address(ask, NOW_S))
    assert answer.headers["cache-control"] == "private, max-age=31536000, immutable"
    assert "content-encoding" not in answer.headers
    again = {"If-None-Match": answer.headers["etag"]}
    assert ask.get(address(ask, NOW_S), headers=again).status_code == 304
    assert ask.get(address(ask, NOW_S + 60), headers=again).status_code == 200
    told = ask.get(FRAMES)
    assert told.headers["cache-control"] == "private, no-cache"
    again = {"If-None-Match": told.headers["etag"]}
    assert ask.get(FRAMES, headers=again).status_code == 304
    assert ask.get(FRAMES, headers={"If-None-Match": '"x"'}).content == told.content


def test_a_picture_that_nobody_keeps_is_gone_and_the_refusal_says_how_to_go_on(
    ask: httpx.Client,
) -> None:
    answer = ask.get(f"{FRAMES}/{'0' * 32}/{NOW_S}.f32")
    assert answer.status_code == 410
    assert FRAMES in answer.json()["detail"]


def test_many_moments_at_once_and_one_are_the_same() -> None:
    elements = sky().elements
    epoch = NOW_TAI_NS + 60 * NS_PER_S * np.arange(AT_ONCE, dtype=np.int64)
    ready = propagator(elements, NOW_TAI_NS, NOW_TAI_NS + NS_PER_DAY)
    whole = narrow_states(ready, epoch)
    singly = np.concatenate([narrow_states(ready, epoch[k : k + 1]) for k in range(AT_ONCE)])
    assert np.allclose(whole, singly, rtol=1e-6, atol=1e-4, equal_nan=True)
    assert (np.diff(whole[:, 0, 0]) != 0).all()


def test_a_day_that_ends_among_the_moments_changes_nothing() -> None:
    elements = sky().elements
    midnight = 1_764_028_800  # of UTC; that of TAI comes 37 s earlier
    across = Pictured("", elements).frames(midnight - 240, 60)
    epoch = np.array([tai_ns_from_utc_ns(midnight * NS_PER_S)])
    alone = narrow_states(propagator(elements, int(epoch[0]), int(epoch[0])), epoch)[0]
    found = np.frombuffer(across[4], "<f4").reshape(-1, 6)
    assert np.allclose(found, alone, rtol=1e-6, atol=1e-4, equal_nan=True)


class Kept:
    """The store of frames alone, with a clock of its own."""

    def __init__(self, case: Case, **options: Any) -> None:
        self.case, self.now_s = case, 0.0
        self.threads, self.calls = ThreadPoolExecutor(4), 0
        self.kept = FramesKept(case.desk, self.in_thread, seconds=lambda: self.now_s, **options)

    async def in_thread(self, work: Any) -> Any:
        self.calls += 1
        return await asyncio.get_running_loop().run_in_executor(self.threads, work)

    async def header(self) -> str:
        await self.kept.header(Request({"type": "http", "headers": []}))
        return digest_of(self.case.desk.seen.catalogue)

    async def frame(self, picture: str, seconds: int, step: int = 60) -> bytes:
        path = {"picture": picture, "seconds": str(seconds)}
        request = Request({"type": "http", "headers": []})
        return bytes((await self.kept.frame(request, path, FrameAsked(step))).body)

    def superseded(self, first: int) -> None:
        """Let the picture be another one, without the first objects."""
        whole = Picture.of(self.case.store.heads(Kind.ELEMENT_SET), "NOR")

        class Part:
            standing = whole.standing[first:]

        self.case.desk.show(Part(), Screened(None))


def test_all_who_ask_for_one_frame_wait_for_one_computation(case: Case) -> None:
    async def scenario() -> None:
        one = Kept(case)
        picture = await one.header()
        one.calls = 0
        asked = [asyncio.ensure_future(one.frame(picture, NOW_S)) for _ in range(50)]
        await asyncio.sleep(0)
        asked[0].cancel()  # whoever asked first goes away
        done = await asyncio.gather(*asked[1:])
        assert one.calls == 1
        assert len({*done}) == 1
        first = NOW_S - NOW_S % (60 * AT_ONCE)
        await asyncio.gather(*(one.frame(picture, first + 60 * k) for k in range(AT_ONCE)))
        assert one.calls == 1, "those beside it were made with it"

    asyncio.run(scenario())


def test_what_is_kept_is_bounded_and_the_newest_stays(case: Case) -> None:
    async def scenario() -> None:
        size = 24 * len(case.desk.seen.catalogue)
        one = Kept(case, most_bytes=size * 3)
        picture = await one.header()
        for k in range(0, 40, 8):
            await one.frame(picture, NOW_S + 60 * k)
        assert one.kept.kept_bytes == 3 * size

    asyncio.run(scenario())


def test_a_superseded_picture_is_answered_for_some_minutes(tmp_path: Path) -> None:
    case = case_in(tmp_path)
    seen(case)

    async def scenario() -> None:
        one = Kept(case)
        names = [await one.header()]
        before = await one.frame(names[0], NOW_S)
        for first in (1, 2):
            one.now_s += 10.0
            one.superseded(first)
            names.append(await one.header())
        assert len({*names}) == 3
        assert await one.frame(names[0], NOW_S) == before
        assert len(await one.frame(names[0], NOW_S + 3600)) == len(before)
        one.now_s += KEPT_S
        with pytest.raises(Problem, match="not kept any more"):
            await one.frame(names[0], NOW_S + 7200)
        assert await one.frame(names[2], NOW_S + 7200)

    asyncio.run(scenario())
    closed(case)


def test_a_header_is_made_once_for_a_view(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[str] = []
    real = case.desk.survey.approaches

    def counted(now: str) -> list[tuple[Any, ...]]:
        made.append(now)
        return real(now)

    monkeypatch.setattr(case.desk.survey, "approaches", counted)

    async def scenario() -> None:
        one = Kept(case)
        await asyncio.gather(*(one.header() for _ in range(20)))
        one.now_s += 100.0
        await one.header()

    asyncio.run(scenario())
    assert len(made) == 1


def test_the_name_of_a_picture_is_of_its_orbits(case: Case) -> None:
    table = case.desk.seen.catalogue
    assert digest_of(table) == digest_of(table.take(np.arange(len(table))))
    others = [
        table.take(np.arange(1, len(table))),
        replace(table, source=np.array(["USA"] * len(table))),
        replace(table, elements=replace(
            table.elements, eccentricity=np.nextafter(table.elements.eccentricity, 1.0)
        )),
    ]  # fmt: skip
    assert len({digest_of(one) for one in (table, *others)}) == 4

"""Whatever is done to messages, rows and ephemerides, each is read or refused with a place."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from commonsky.astro.epoch import tai_ns
from commonsky.errors import NotRepresentable
from commonsky.formats.cdm_public import read_summaries
from commonsky.formats.itc import Itc, itc_text, read_itc
from commonsky.formats.ndm_json import read_json
from commonsky.formats.ndm_json_stream import MessageStream
from commonsky.formats.ndm_lines import Problem
from commonsky.formats.ndm_read import read_message
from commonsky.formats.ndm_write import Notation, written
from commonsky.formats.tip import Sender, Tip, read_tips, tips_json
from commonsky.formats.tracss import Form, tracss_line
from tests.ndm_case import OEM, cdm
from tests.unit.test_flat_rows import SUMMARY, TIP, TRACSS, csv_of, kvn_of
from tests.unit.test_itc import PLAIN, WHOLE

FLAT = tracss_line(read_message(cdm()), Form.BULK_2)
OURS = written(read_message(OEM), Notation.JSON)
ROWS = [json.dumps([TIP, SUMMARY]).encode(), csv_of(TIP), csv_of(SUMMARY), kvn_of(TRACSS, TRACSS)]


@st.composite
def mutated(draw: st.DrawFn, sources: list[bytes]) -> bytes:
    raw = bytearray(draw(st.sampled_from(sources)))
    for _ in range(draw(st.integers(1, 4))):
        place = draw(st.integers(0, len(raw)))
        match draw(st.integers(0, 3)):
            case 0:
                raw[place : place + 1] = draw(st.binary(max_size=2))
            case 1:
                del raw[place : place + draw(st.integers(1, 80))]
            case 2:
                raw[place:place] = draw(
                    st.sampled_from([b"\n", b"{", b"}", b"[", b'"', b",", b"="])
                )
            case _:
                other = draw(st.integers(0, len(raw)))
                raw[place:place] = raw[other : other + 60]
    return bytes(raw)


@settings(max_examples=150, deadline=None)
@given(mutated([FLAT * 2, OURS, b"[" + FLAT + b"," + FLAT + b"]"]), st.integers(1, 3000))
def test_streams_and_documents(raw: bytes, size: int) -> None:
    stream = MessageStream()
    found = list(stream.messages(raw[at : at + size] for at in range(0, len(raw), size)))
    assert stream.read == len(found)
    assert stream.quarantined == sum(isinstance(one, Problem) for one in found)
    for one in found:
        if isinstance(one, Problem):
            assert 1 <= one.line <= raw.count(b"\n") + 1
        else:
            assert one.raw in raw
    try:
        documents = read_json(raw)
    except Problem:
        return
    for one in documents:
        if not isinstance(one, Problem):
            assert one.changed({}) == raw
            assert all(deviation.column >= 1 for deviation in one.deviations)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.sampled_from([FLAT, FLAT[:200] + b"\n", b"rubbish\n", b"[]\n"]), max_size=5))
def test_a_bad_line_costs_itself_alone(lines: list[bytes]) -> None:
    stream = MessageStream()
    list(stream.messages(lines))
    assert stream.accepted == lines.count(FLAT)
    # What follows a damaged object, up to the next one, is part of the damage.
    after = sum(
        line == b"rubbish\n" and before in (b"rubbish\n", FLAT[:200] + b"\n")
        for before, line in itertools.pairwise(lines)
    )
    bad = len(lines) - lines.count(FLAT)
    assert min(bad, 1) <= stream.quarantined <= bad
    assert stream.quarantined == bad or after


@settings(max_examples=100, deadline=None)
@given(mutated(ROWS), st.sampled_from([read_tips, read_summaries]))
def test_rows(raw: bytes, read: Callable[[bytes], tuple[object, list[object]]]) -> None:
    try:
        read(raw)
    except Problem as problem:
        assert problem.line >= 1  # noqa: PT017 - nothing else may come


@settings(max_examples=150, deadline=None)
@given(mutated([PLAIN, WHOLE]))
def test_ephemerides(raw: bytes) -> None:
    try:
        found = read_itc(raw)
    except Problem as problem:
        assert 1 <= problem.line <= raw.count(b"\n") + 1  # noqa: PT017 - nothing else may come
        return
    assert np.all(np.diff(found.epoch_tai_ns) > 0)
    assert np.all(np.isfinite(found.position_km))
    assert np.all(np.isfinite(found.covariance))


NUMBERS = st.floats(-1e5, 1e5, allow_nan=False)


@settings(max_examples=100, deadline=None)
@given(
    st.lists(st.integers(0, 8_000_000_000_000), min_size=1, max_size=4, unique=True),
    st.lists(NUMBERS, min_size=24, max_size=24),
    st.booleans(),
)
def test_an_ephemeris_there_and_back(ms: list[int], numbers: list[float], with_them: bool) -> None:
    n = len(ms)
    epochs = tai_ns("1972-01-01") + np.array(sorted(ms)) * 1_000_000
    states = np.array(numbers[: 6 * n]).reshape(n, 6)
    matrix = np.multiply.outer(states, states)[np.arange(n), :, np.arange(n), :]
    wanted = Itc(
        "now", "", "", 60.0, "x", "UVW", epochs, states[:, :3], states[:, 3:],
        matrix if with_them else np.zeros((0, 6, 6)),
    )  # fmt: skip
    found = read_itc(itc_text(wanted))
    assert found.epoch_tai_ns.tolist() == epochs.tolist()
    np.testing.assert_allclose(found.position_km, wanted.position_km, rtol=0, atol=1e-10)
    np.testing.assert_allclose(found.covariance, wanted.covariance, rtol=1e-10, atol=1e-300)


@settings(max_examples=100, deadline=None)
@given(
    st.builds(
        Tip,
        norad_cat_id=st.integers(1, 999_999_999),
        message_tai_ns=st.integers(0, 4_000_000_000).map(
            lambda s: tai_ns("1973-01-01") + s * 10**9
        ),
        decay_tai_ns=st.integers(0, 4_000_000_000).map(lambda s: tai_ns("1973-01-01") + s * 10**9),
        window_s=st.integers(0, 100_000).map(lambda minutes: minutes * 60.0),
        latitude_deg=st.floats(-90.0, 90.0),
        inclination_deg=st.floats(0.0, 180.0),
        revolution=st.integers(0, 10**6),
        direction=st.sampled_from(["", "ascending", "descending"]),
        high_interest=st.booleans(),
    ),
    st.sampled_from([Sender.SPACE_TRACK, Sender.TRACSS]),
)
def test_a_prediction_there_and_back(tip: Tip, sender: Sender) -> None:
    (found,), aside = read_tips(tips_json([tip], sender=sender))
    assert not aside
    for name in Tip.__struct_fields__:
        was, became = getattr(tip, name), getattr(found, name)
        assert was == became or (was != was and became != became), name  # noqa: PLR0124 - nan


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_a_conjunction_there_and_back(data: st.DataObject) -> None:
    message = read_message(cdm())
    number = data.draw(st.floats(allow_nan=False, allow_infinity=False).map(repr))
    try:
        changed = read_message(message.changed({("X", 2, 0): number}))
    except NotRepresentable:
        return
    form = data.draw(st.sampled_from([Form.BULK_1, Form.BULK_2]))
    (found,) = read_json(tracss_line(changed, form))
    assert not isinstance(found, Problem)
    assert found.text("X", 2) == number
    assert found.number("X", 2) == float(number)

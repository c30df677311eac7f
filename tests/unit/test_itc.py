"""Modified ITC ephemerides: what the epoch, the header and a cut file say, and where."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from commonsky.astro.epoch import tai_ns
from commonsky.errors import NotRepresentable
from commonsky.formats.itc import CHUNK, Itc, is_itc, itc_text, named, read_itc
from commonsky.formats.ndm_lines import Problem

# States and covariances made up by hand.
HEADER = (
    b"created:2016-12-31 20:00:00 UTC\n"
    b"ephemeris_start:2016-12-31 23:59:00 UTC ephemeris_stop:2017-01-01 00:01:00 UTC "
    b"step_size:60\nephemeris_source:made up\nUVW\n"
)
FIRST = b"2016366235900.000 7000.0000000000 0.5000000000 -1.2500000000 0.1 7.5 1e-3\n"
LEAP = b"2016366235960.250 7001.0000000000 0.5000000000 -1.2500000000 0.1 7.5 1e-3\n"
LAST = b"2017001000100.000 7002.0000000000 0.5000000000 -1.2500000000 0.1 7.5 1e-3\n"
TRIANGLE = (
    b"1e-06 2e-07 3e-06 4e-10 5e-10 6e-06 7e-10\n8e-10 9e-12 1e-11 1.1e-10 1.2e-10 1.3e-12 "
    b"1.4e-13\n1.5e-12 1.6e-13 1.7e-13 1.8e-09 1.9e-16 2e-15 2.1e-12\n"
)
PLAIN = HEADER + FIRST + LEAP + LAST
WHOLE = HEADER + FIRST + TRIANGLE + LEAP + TRIANGLE + LAST + TRIANGLE


def many(n: int, *, covariances: bool) -> Itc:
    rng = np.random.default_rng(2)
    half = rng.normal(size=(n, 6, 6)) * 1e-4
    return Itc(
        "", "", "", float("nan"), "random", "RTN",
        tai_ns("2026-01-01") + np.arange(n) * 60_000_000_000,
        rng.normal(size=(n, 3)) * 7000.0, rng.normal(size=(n, 3)) * 7.0,
        half @ half.transpose(0, 2, 1) if covariances else np.zeros((0, 6, 6)),
    )  # fmt: skip


def test_a_leap_second_is_where_it_was() -> None:
    found = read_itc(PLAIN, strict=True)
    assert found.deviations == ()
    assert np.diff(found.epoch_tai_ns).tolist() == [60_250_000_000, 60_750_000_000]
    assert found.epoch_tai_ns[1] == tai_ns("2016-12-31T23:59:60.25")
    with pytest.raises(Problem, match="does not exist") as problem:
        read_itc(PLAIN.replace(b"2016366", b"2015365"))
    assert problem.value.line == 6
    assert read_itc(itc_text(found)).epoch_tai_ns.tolist() == found.epoch_tai_ns.tolist()


def test_states_and_covariances() -> None:
    found = read_itc(WHOLE)
    assert len(found) == 3
    assert found.epoch_tai_ns[0] == tai_ns("2016-12-31T23:59:00")
    assert found.position_km[0].tolist() == [7000.0, 0.5, -1.25]
    assert found.velocity_km_s[1].tolist() == [0.1, 7.5, 1e-3]
    assert (found.step_s, found.source, found.covariance_frame) == (60.0, "made up", "UVW")
    assert read_itc(PLAIN).covariance.shape == (0, 6, 6)


def test_there_and_back() -> None:
    found = read_itc(WHOLE)
    again = read_itc(itc_text(found))
    np.testing.assert_array_equal(again.epoch_tai_ns, found.epoch_tai_ns)
    np.testing.assert_allclose(again.position_km, found.position_km, atol=1e-10)
    np.testing.assert_allclose(again.covariance, found.covariance, rtol=1e-9)
    assert again.start == found.start


def test_states_as_those_of_an_oem() -> None:
    found = read_itc(WHOLE)
    ephemeris = found.ephemeris(object_name="A", object_id="2016-001A")
    assert ephemeris.epoch_tai_ns.tolist() == found.epoch_tai_ns.tolist()
    assert (ephemeris.frame, ephemeris.time_system) == ("EME2000", "UTC")
    assert ephemeris.covariances.frame == ("RTN",) * 3
    matrix = ephemeris.covariances.covariance_km2[1]
    wanted = np.array(TRIANGLE.split(), float)
    np.testing.assert_array_equal(matrix[np.tril_indices(6)], wanted)
    np.testing.assert_array_equal(matrix, matrix.T)
    assert len(read_itc(PLAIN).ephemeris().covariances.day) == 0


@pytest.mark.parametrize("covariances", [True, False])
def test_more_records_than_the_kernel_takes_at_once(covariances: bool) -> None:
    wanted = many(CHUNK + 3, covariances=covariances)
    found = read_itc(itc_text(wanted))
    assert found.epoch_tai_ns.tolist() == wanted.epoch_tai_ns.tolist()
    assert np.abs(found.position_km - wanted.position_km).max() <= 0.55e-10
    assert found.covariance.shape == wanted.covariance.shape
    if covariances:
        relative = np.abs(found.covariance / wanted.covariance - 1.0)
        assert relative.max() <= 0.5001e-10
    assert itc_text(found) == itc_text(wanted)


def test_a_file_that_lacks_records_contradicts_its_header() -> None:
    cut = PLAIN[: -len(LAST)]
    (deviation,) = read_itc(cut).deviations
    assert (deviation.line, deviation.keyword) == (2, "ephemeris_stop")
    assert "2016-12-31T23:59:60.250" in deviation.problem
    with pytest.raises(Problem, match="ephemeris_stop"):
        read_itc(cut, strict=True)
    assert read_itc(b"a\nb\nc\nUVW\n" + FIRST).deviations == ()
    (deviation,) = read_itc(PLAIN.replace(b"start:2016-12-31", b"start:yesterday")).deviations
    assert (deviation.keyword, deviation.problem) == ("ephemeris_start", "is no epoch")


@pytest.mark.parametrize(
    ("raw", "line", "column", "told"),
    [
        (WHOLE.rstrip()[:-1], 16, 47, "'2.1e-1'"),
        (WHOLE[: -len(b" 2.1e-12\n")], 16, 46, "cut off"),
        (HEADER + FIRST + TRIANGLE + LEAP, 9, 1, "no covariance, but"),
        (HEADER + FIRST + LEAP + TRIANGLE, 7, 1, "have no covariance"),
        (PLAIN.replace(b"-1.25", b"1.25 7", 1), 5, 71, "too many"),
        (PLAIN.replace(b"7001.", b"1e999", 1), 6, 19, "finite"),
        (PLAIN.replace(b"7001.0000000000", b"inf"), 6, 19, "finite"),
        (PLAIN.replace(b"2017001", b"2017366"), 7, 1, "does not exist"),
        (PLAIN.replace(b"2017001", b"2017000"), 7, 1, "does not exist"),
        (PLAIN.replace(b"2017001", b"9999001"), 7, 1, "does not exist"),
        (PLAIN.replace(b"000100.000", b"250100.000"), 7, 1, "YYYYDDD"),
        (PLAIN.replace(b"000100.000", b"000100.0x0"), 7, 1, "YYYYDDD"),
        (HEADER + LAST + FIRST, 6, 1, "not after"),
        (HEADER + FIRST + FIRST, 6, 1, "not after"),
        (PLAIN.replace(b"UVW", b"ABC"), 4, 1, "not one of"),
        (HEADER[:100], 1, 1, "four lines"),
        (HEADER, 5, 1, "no states"),
        (PLAIN.replace(b"0.5000000000", b"fast", 1), 5, 35, "'fast' is no number"),
        (PLAIN.replace(b" 7.5 1e-3", b"", 1), 5, 65, "6 numbers"),
        (PLAIN.replace(b"step_size:60", b"step_size"), 2, 1, "step_size"),
        (PLAIN.replace(b"step_size:60", b"step_size:1e"), 2, 80, "number of seconds"),
    ],
)
def test_bad_files_are_refused_where_they_are_bad(
    raw: bytes, line: int, column: int, told: str
) -> None:
    with pytest.raises(Problem, match=told) as problem:
        read_itc(raw)
    assert (problem.value.line, problem.value.column) == (line, column)


@pytest.mark.parametrize(
    "change",
    [
        {"epoch_tai_ns": many(3, covariances=False).epoch_tai_ns + 1},
        {"epoch_tai_ns": many(3, covariances=False).epoch_tai_ns[::-1]},
        {"covariance": np.zeros((2, 6, 6))},
        {"position_km": np.full((3, 3), np.inf)},
        {"source": "a\nb"},
        {"covariance_frame": "ABC"},
    ],
)
def test_what_the_form_cannot_carry(change: dict[str, object]) -> None:
    with pytest.raises(NotRepresentable):
        itc_text(replace(many(3, covariances=False), **change))  # type: ignore[arg-type]


def test_names_and_beginnings() -> None:
    found = named("MEME_100001_SAT_A-1_2540142_Operational_1473385380_UNCLASSIFIED.txt")
    assert found == ("EME2000", 100001, "SAT_A-1", "Operational", "UNCLASSIFIED")
    for name in ("GCRF_1_A_2540142_Operational__UNCLASSIFIED.txt", "a.txt", "_" * 10_000):
        with pytest.raises(Problem):
            named(name)
    assert is_itc(PLAIN)
    assert is_itc(WHOLE.replace(b"\n", b"\r\n"))
    assert not is_itc(b"CCSDS_OEM_VERS = 2.0\n" * 9)
    windows = read_itc(WHOLE.replace(b"\n", b"\r\n"))
    assert (windows.covariance_frame, windows.source) == ("UVW", "made up")


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_mutated_ephemerides(data: st.DataObject) -> None:
    raw = bytearray(WHOLE)
    for _ in range(data.draw(st.integers(1, 3))):
        place = data.draw(st.integers(0, len(raw) - 1))
        raw[place : place + data.draw(st.integers(0, 30))] = data.draw(st.binary(max_size=5))
    try:
        found = read_itc(bytes(raw))
    except Problem:
        return
    assert len(found) > 0

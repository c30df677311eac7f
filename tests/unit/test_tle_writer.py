"""What a two-line element set cannot carry is refused with the reason, and the rest reads back."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from commonsky.astro.epoch import tai_ns
from commonsky.catalogue.catalogue import UNNUMBERED_FIRST
from commonsky.errors import NotRepresentable
from commonsky.formats.tle import write_tle
from commonsky.formats.tle_writer import alpha5, representable
from tests.catalogue_case import START_NS, catalogue_of, rows_of
from tests.formats_case import TLE_ALL, read_text, signed

DAY_NS = 86_400_000_000_000


def day_of(text: str) -> float:
    return (tai_ns(text) - START_NS) / DAY_NS


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ({"number": 340_000}, "340000 does not fit in a TLE: five characters reach from 0 to 339"),
        ({"number": 999_999_999}, "five characters"),
        ({"number": UNNUMBERED_FIRST + 7}, "it has none, and ours does not fit"),
        ({"day": day_of("2057-01-01T00:00:00")}, "two digits of a year reach from 1957 to 2056"),
        ({"day": day_of("1956-12-31T00:00:00")}, "two digits of a year reach from 1957 to 2056"),
        ({"object_id": "1998067"}, ""),
        ({"object_id": "SOMETHING"}, "its designator 'SOMETHING' is not as 1998-067A"),
        ({"object_id": "2057-001A"}, "its designator"),
        ({"name": "x" * 70}, "is no printable text of up to 69"),
        ({"name": "a\nb"}, "is no printable text"),
        ({"eccentricity": 0.99999996}, "an eccentricity of 1.0000000 is 1 in seven digits"),
        ({"eccentricity": np.nan}, "an eccentricity of nan"),
        ({"mean_motion": np.nan}, "a mean motion of nan"),
        ({"mean_motion": 0.0}, "a mean motion of 0.00000000"),
        ({"mean_motion": 1.0}, "a mean motion of 229.18311805"),
        ({"inclination": np.nan}, "an angle of nan is no number"),
        ({"anomaly": np.inf}, "an angle of inf is no number"),
        ({"bstar": np.nan}, "a BSTAR of nan is no number"),
        ({"bstar": -np.inf}, "a BSTAR of -inf is no number"),
        ({"bstar": 1e10}, "a BSTAR of 10000000000.0 has no power of ten of one digit"),
        ({"dot": 1.0}, "a MEAN_MOTION_DOT of 1.0 is not below 1"),
        ({"dot": np.nan}, "a MEAN_MOTION_DOT of nan"),
        ({"ddot": np.nan}, "a MEAN_MOTION_DDOT of nan is no number"),
    ],
)
def test_what_does_not_fit_is_refused_with_the_reason(row: dict[str, object], why: str) -> None:
    good = {"number": 5, "name": "GOOD"}
    table = catalogue_of(good, row, good)
    if not why:
        assert len(write_tle(table)) == 8
        return
    with pytest.raises(NotRepresentable, match="does not fit in a TLE") as refusal:
        write_tle(table)
    assert why in str(refusal.value)
    rows, reasons = representable(table)
    assert rows.tolist() == [0, 2]
    assert reasons == [str(refusal.value)]


def test_what_was_written_reads_back_to_the_letter() -> None:
    lines = write_tle(read_text(TLE_ALL))
    assert lines == [
        f"0 {line}" if line.startswith("ISS") else line for line in TLE_ALL.splitlines()
    ]


@pytest.mark.parametrize("number", [0, 99_999, 100_000, 179_999, 180_000, 230_000, 339_999])
def test_alpha5_is_read_as_written(number: int) -> None:
    letters = alpha5(number)
    assert len(letters) == 5
    assert not set(letters) & set("IO")
    table = write_tle(catalogue_of({"number": number, "object_id": "1998-067A"}))
    assert [line[2:7] for line in table] == [letters, letters]
    if number:
        assert read_text("\n".join(table)).catalogue_number.tolist() == [number]


ROWS = st.fixed_dictionaries(
    {
        "number": st.integers(1, 339_999),
        "day": st.integers(-24_920 * 10**8, 11_590 * 10**8).map(lambda step: step / 10**8),
        "mean_motion": st.floats(5e-6, 0.087),
        "eccentricity": st.floats(0.0, 0.9999999),
        "inclination": st.floats(0.0, np.pi),
        "raan": st.floats(-7.0, 7.0),
        "perigee": st.floats(0.0, 2 * np.pi),
        "anomaly": st.floats(0.0, 2 * np.pi),
        "bstar": st.floats(-1.0, 1e4) | st.floats(-1e-8, 1e-8),
        "dot": st.floats(-0.9, 0.9),
        "ddot": st.floats(-1.0, 1.0) | st.just(0.0),
        "object_id": st.sampled_from(["1998-067A", "2056-001ABC", ""]),
        "name": st.sampled_from(["ISS (ZARYA)", "0 X", "1 X", "ÉTOILE", ""]),
        "set": st.integers(0, 9999),
        "revolution": st.integers(0, 99_999),
        "source": st.just("stdin"),
    }
)


@given(st.lists(ROWS, min_size=1, max_size=4))
def test_any_row_that_fits_reads_back_as_it_was_written(rows: list[dict[str, object]]) -> None:
    table = catalogue_of(*rows)
    lines = write_tle(table)
    assert all(len(line) == 69 and line == signed(line) for line in lines if line[0] in "12")
    read = read_text("\n".join(lines))
    assert len(read) == len(rows)
    # What digits it lost it lost once: from then on it is the same to the bit.
    assert write_tle(read) == lines
    assert rows_of(read_text("\n".join(write_tle(read)))) == rows_of(read)
    elements, first = read.elements, table.elements
    assert np.abs(elements.epoch_tai_ns - first.epoch_tai_ns).max() <= 432_000
    assert np.abs(elements.eccentricity - first.eccentricity).max() < 0.51e-7
    assert np.abs(elements.inclination_rad - first.inclination_rad).max() < 0.51e-4 * np.pi / 180
    assert np.abs(elements.mean_motion_rad_min - first.mean_motion_rad_min).max() < 1e-10
    assert (read.catalogue_number == table.catalogue_number).all()

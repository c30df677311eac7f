"""The Earth's orientation: between days, over leap seconds, outside the table."""

from pathlib import Path

import astropy_iers_data
import numpy as np
import pytest

from commonsky.astro.arrays import Floats
from commonsky.astro.earth_orientation import (
    ARCSECOND_RAD,
    EarthOrientation,
    Orientation,
    _table,
    earth_orientation,
    ut1_minus_tai_s,
    ut1_minus_utc_s,
)
from commonsky.astro.epoch import NS_PER_DAY, NS_PER_S, tai_ns
from commonsky.errors import OutOfSpan

START = tai_ns("1972-01-01")


def at(*texts: str) -> EarthOrientation:
    return earth_orientation(np.array([tai_ns(text) for text in texts]))


def columns(told: EarthOrientation) -> Floats:
    return np.stack([
        told.ut1_minus_tai_s, told.polar_motion_x_rad, told.polar_motion_y_rad,
        told.pole_offset_x_rad, told.pole_offset_y_rad,
    ])  # fmt: skip


def end_of_table() -> int:
    return int(_table().epoch_tai_ns[-1])


def test_a_published_day() -> None:
    # As given with the example of AIAA 2006-6753, appendix C; later series moved it a little.
    told = at("2004-04-06")
    assert told.polar_motion_x_rad[0] / ARCSECOND_RAD == pytest.approx(-0.140682, abs=3e-4)
    assert told.polar_motion_y_rad[0] / ARCSECOND_RAD == pytest.approx(0.333309, abs=3e-4)
    assert told.ut1_minus_tai_s[0] + 32.0 == pytest.approx(-0.4399619, abs=5e-5)
    assert np.abs(columns(told)[3:]).max() < 1e-3 * ARCSECOND_RAD
    assert told.status[0] == Orientation.GOOD


def test_between_days_it_is_a_straight_line() -> None:
    whole = columns(at("2020-05-01", "2020-05-02"))
    quarter = columns(at("2020-05-01T06:00:00"))[:, 0]
    assert quarter == pytest.approx(0.75 * whole[:, 0] + 0.25 * whole[:, 1], rel=1e-12)


@pytest.mark.parametrize("day", ["1972-07-01", "1999-01-01", "2006-01-01", "2017-01-01"])
def test_a_leap_second_leaves_the_earth_where_it_is(day: str) -> None:
    around = tai_ns(day) + np.arange(-4, 5) * NS_PER_S // 2
    assert np.ptp(ut1_minus_tai_s(around)) < 1e-6
    assert np.ptp(ut1_minus_utc_s(around)) == pytest.approx(1.0, abs=1e-6)
    # A day is 86 401 s long here, and its line still ends where the next begins.
    middle = columns(earth_orientation(around[4:5]))[:, 0]
    before, after = columns(earth_orientation(around[[3, 5]])).T
    assert middle == pytest.approx(0.5 * (before + after), abs=1e-9)


def test_before_the_table_ut1_is_utc_and_it_says_so() -> None:
    told = earth_orientation(np.array([START - 1, tai_ns("1957-10-04"), tai_ns("1678-01-01")]))
    assert columns(told).T.tolist() == [[-10.0, 0.0, 0.0, 0.0, 0.0]] * 3
    assert told.status.tolist() == [Orientation.DEGRADED] * 3
    assert earth_orientation(np.array([START])).status[0] == Orientation.GOOD


def test_after_the_table_the_last_is_held_and_it_says_so() -> None:
    end = end_of_table()
    told = earth_orientation(np.array([end, end + 1, tai_ns("2261-12-31")]))
    assert told.status.tolist() == [Orientation.GOOD, Orientation.DEGRADED, Orientation.DEGRADED]
    assert (columns(told) == columns(told)[:, :1]).all()


def test_the_table_reaches_to_predictions_without_a_gap() -> None:
    table = _table()
    assert table.epoch_tai_ns[0] == START
    assert set(np.diff(table.epoch_tai_ns).tolist()) == {NS_PER_DAY, NS_PER_DAY + NS_PER_S}
    assert np.isfinite(table.columns).all()
    # Where the two series are joined nothing jumps: no day is 5 ms long, no pole runs.
    assert np.abs(np.diff(table.columns[0])).max() < 5e-3
    assert np.abs(np.diff(table.columns[1:3], axis=1)).max() < 0.05 * ARCSECOND_RAD


def test_no_row_depends_on_its_neighbours() -> None:
    epochs = np.random.default_rng(5).integers(START - NS_PER_DAY, end_of_table() * 2, 300)
    together = columns(earth_orientation(epochs))
    alone = np.hstack([columns(earth_orientation(epochs[k : k + 1])) for k in range(300)])
    assert (together == alone).all()
    assert len(earth_orientation(epochs[:0]).status) == 0


def test_the_files_are_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    at("2020-01-01")
    monkeypatch.setattr(Path, "read_bytes", None)
    assert at("2021-01-01").status[0] == Orientation.GOOD


def damaged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, change: str) -> None:
    """Put a changed copy in the place of the final series."""
    lines = Path(astropy_iers_data.IERS_B_FILE).read_bytes().splitlines(keepends=True)
    lines[-9:-8] = {"day": [], "length": [lines[-9][:-1] + b" \n"]}[change]
    file = tmp_path / "eopc04"
    file.write_bytes(b"".join(lines))
    monkeypatch.setattr(astropy_iers_data, "IERS_B_FILE", str(file))


@pytest.mark.parametrize(("change", "word"), [("day", "days out"), ("length", "several lengths")])
def test_a_damaged_table_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, change: str, word: str
) -> None:
    damaged(tmp_path, monkeypatch, change)
    with pytest.raises(OutOfSpan, match=word) as caught:
        _table.__wrapped__()
    assert "install another version" in str(caught.value)

"""UTC days and leap seconds, against the table compiled into ERFA."""

from datetime import date, timedelta
from pathlib import Path

import astropy_iers_data
import erfa
import numpy as np
import pytest

from commonsky.astro import utc
from commonsky.astro.utc import (
    NS_PER_DAY,
    NS_PER_S,
    ends_with_leap_second,
    leap_seconds,
    tai_ns_from_utc_day,
    tai_ns_from_utc_days,
    tai_ns_from_utc_ns,
    tai_utc_s,
    utc_days,
    utc_ns,
)

DAY_1970 = date(1970, 1, 1)
YEARS = range(1972, 2026)


def day_of(year: int, month: int, day: int) -> int:
    return (date(year, month, day) - DAY_1970).days


def test_the_offset_of_every_month_is_that_of_erfa() -> None:
    for year in YEARS:
        for month in range(1, 13):
            day = day_of(year, month, 1)
            epoch = tai_ns_from_utc_day(day, 0)
            offset_s = erfa.dat(year, month, 1, 0.0)
            assert epoch - day * NS_PER_DAY == offset_s * NS_PER_S
            assert tai_utc_s(np.array([epoch]))[0] == offset_s


def test_days_with_a_leap_second_are_those_before_erfa_steps() -> None:
    for year in YEARS:
        for month in range(1, 13):
            first = date(year, month, 1)
            last = first - timedelta(days=1)
            steps = year > 1972 or month > 1
            longer = steps and erfa.dat(year, month, 1, 0.0) > erfa.dat(
                last.year, last.month, last.day, 0.0
            )
            assert ends_with_leap_second((last - DAY_1970).days) == longer
            assert not ends_with_leap_second((first - DAY_1970).days)


def test_the_table_says_until_when_it_is_good() -> None:
    words = leap_seconds().expires.split()
    assert len(words) == 3
    assert int(words[2]) >= 2026


def test_the_seconds_around_a_leap_second() -> None:
    day = day_of(2016, 12, 31)
    before = tai_ns_from_utc_day(day, 86_399 * NS_PER_S)
    epochs = before + np.arange(4) * NS_PER_S
    days, ns_of_day = utc_days(epochs)
    assert (days - day).tolist() == [0, 0, 1, 1]
    assert (ns_of_day // NS_PER_S).tolist() == [86_399, 86_400, 0, 1]
    assert tai_utc_s(epochs).tolist() == [36, 36, 37, 37]
    # POSIX has no name for the second that was put in, so it tells the next one's.
    posix_s = (utc_ns(epochs) - (day + 1) * NS_PER_DAY) // NS_PER_S
    assert posix_s.tolist() == [-1, 0, 0, 1]
    assert tai_ns_from_utc_day(day, 86_400 * NS_PER_S) == epochs[1]
    assert tai_ns_from_utc_ns((day + 1) * NS_PER_DAY) == epochs[2]


def test_before_1972_the_offset_is_held() -> None:
    start = tai_ns_from_utc_day(day_of(1972, 1, 1), 0)
    epochs = start - np.array([1, NS_PER_S, 365 * NS_PER_DAY, 9_000_000_000_000_000_000])
    assert (tai_utc_s(epochs) == 10).all()
    assert (utc_ns(epochs) == epochs - 10 * NS_PER_S).all()
    assert not ends_with_leap_second(day_of(1971, 12, 31))


def test_scalar_and_vector_forms_agree_at_every_step() -> None:
    table = leap_seconds()
    day = np.concatenate([table.start_day - 1, table.start_day, table.start_day + 1, [-106_000]])
    ns = np.full_like(day, 43_200 * NS_PER_S + 7)
    epochs = tai_ns_from_utc_days(day, ns)
    assert epochs.tolist() == [tai_ns_from_utc_day(one, int(ns[0])) for one in day.tolist()]
    back_day, back_ns = utc_days(epochs)
    assert (back_day == day).all()
    assert (back_ns == ns).all()


def test_nothing_gives_nothing() -> None:
    none = np.zeros(0, np.int64)
    assert len(utc_days(none)[0]) == len(tai_utc_s(none)) == len(utc_ns(none)) == 0


def test_a_table_without_a_date_of_expiry_is_read(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    file = tmp_path / "Leap_Second.dat"
    lines = ("# no word of it", "", "41317.0    1  1 1972  10", "41499.0    1  7 1972  11")
    file.write_text("\n".join(lines))
    monkeypatch.setattr(astropy_iers_data, "IERS_LEAP_SECOND_FILE", str(file))
    read = utc.leap_seconds.__wrapped__()
    assert read.expires == "an unknown date"
    assert read.tai_minus_utc_s.tolist() == [10, 11]
    assert read.start_day.tolist() == [day_of(1972, 1, 1), day_of(1972, 7, 1)]

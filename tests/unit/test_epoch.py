"""Epochs: texts, rounding, Julian dates."""

from collections.abc import Sequence
from datetime import date

import numpy as np
import pytest

from commonsky.astro.epoch import (
    J2000_TAI_NS,
    NS_PER_DAY,
    NS_PER_S,
    centuries_tt,
    seconds_since,
    tai_ns,
    tai_ns_from_texts,
    tai_ns_from_year_day,
    tai_utc_s,
    tt_julian_date,
    tt_ns_from_tai,
    ut1_julian_date,
    ut1_minus_utc_s,
    utc_text,
    utc_texts,
)
from commonsky.errors import CommonskyError, UnknownEpoch

NEW_YEAR_2017 = tai_ns("2017-01-01T00:00:00Z")
NS = "2025-03-31T04:05:06.789012345Z"


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("1970-01-01T00:00:10", 20),  # TAI - UTC is held at 10 s before 1972
        ("1972-01-01T00:00:00Z", 63_072_010),
        ("2016-12-31T23:59:59Z", 1_483_228_799 + 36),
        ("2016-12-31T23:59:60Z", 1_483_228_800 + 36),
        ("2017-01-01T00:00:00Z", 1_483_228_800 + 37),
        ("2025-03-31", 1_743_379_200 + 37),
    ],
)
def test_an_epoch_is_seconds_of_tai(text: str, seconds: int) -> None:
    assert tai_ns(text) == seconds * NS_PER_S


@pytest.mark.parametrize(
    "text",
    [
        "2025-03-31T04:05:06.789012345Z", "2025-03-31 04:05:06.789012345",
        "2025-03-31T04:05:06.789012345+00:00", "2025-090T04:05:06.789012345",
        "2025-090 04:05:06.789012345Z", "  2025-03-31T04:05:06.789012345 ",
        "2025-03-31T04:05:06.78901234500000000", "2025-03-31T04:05:06.7890123449999999999",
    ],
)  # fmt: skip
def test_one_epoch_in_many_forms(text: str) -> None:
    assert utc_text(tai_ns(text), 9) == NS
    epochs, understood = tai_ns_from_texts([text])
    assert understood.all()
    assert epochs[0] == tai_ns(NS)


@pytest.mark.parametrize(
    ("text", "ns"),
    [
        ("0000000005", 0), ("0000000015", 2), ("00000000149", 1), ("00000000151", 2),
        ("9999999994", 999_999_999), ("9999999996", NS_PER_S), ("99999999950", NS_PER_S),
    ],
)  # fmt: skip
def test_more_than_nine_decimals_are_rounded_half_to_even(text: str, ns: int) -> None:
    assert tai_ns(f"2017-01-01T00:00:00.{text}") - NEW_YEAR_2017 == ns


def test_a_carry_runs_into_the_leap_second_and_out_of_it() -> None:
    assert (
        utc_text(tai_ns("2016-12-31T23:59:59.9999999996"), 9) == "2016-12-31T23:59:60.000000000Z"
    )
    assert (
        utc_text(tai_ns("2016-12-31T23:59:60.9999999996"), 9) == "2017-01-01T00:00:00.000000000Z"
    )
    assert utc_text(NEW_YEAR_2017 - NS_PER_S - 1, 6) == "2016-12-31T23:59:60.000000Z"
    assert utc_text(NEW_YEAR_2017 - 1, 6) == "2017-01-01T00:00:00.000000Z"
    assert utc_text(NEW_YEAR_2017 - 1, 0, day_of_year=True) == "2017-001T00:00:00Z"


@pytest.mark.parametrize("year", [1980, 1990, 2017])  # TAI - UTC is 19, 25 and 37 s
def test_half_a_second_goes_to_the_even_one(year: int) -> None:
    start = tai_ns(f"{year}-06-01T00:00:00")
    told = utc_texts(start + np.array([1, 3, 5, 7]) * NS_PER_S // 2, 0, suffix="")
    assert [text[-2:] for text in told] == ["00", "02", "02", "04"]


@pytest.mark.parametrize("digits", range(10))
def test_the_digits_that_are_asked_for(digits: int) -> None:
    text = utc_text(tai_ns(NS), digits)
    assert len(text) == (20 if digits == 0 else 21 + digits)
    assert abs(tai_ns(text) - tai_ns(NS)) <= 10 ** (9 - digits) // 2


def test_days_of_the_year() -> None:
    last = tai_ns("2024-12-31T12:00:00")
    assert utc_text(last, 0, day_of_year=True, suffix="") == "2024-366T12:00:00"
    assert tai_ns("2024-366T12:00:00") == last
    assert tai_ns("2023-365") == tai_ns("2023-12-31")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "an epoch is UTC as"),
        ("2025-13-01T00:00:00", "no such day"),
        ("2025-02-29T00:00:00", "no such day"),
        ("1900-366", "1900 has no day 366"),
        ("2025-000", "2025 has no day 0"),
        ("2025-03-31T24:00:00", "0h of the next"),
        ("2025-03-31T23:60:00", "a day runs from"),
        ("2025-03-31T23:59:61", "a day runs from"),
        ("2025-03-31T23:59:60", "no leap second is known there"),
        ("2016-12-31T22:59:60", "no leap second is known there"),
        ("1971-12-31T23:59:60", "no leap second is known there"),
        ("2025-03-31T04:05:06+02:00", "+02:00 is not Z or +00:00"),
        ("1677-12-31T00:00:00", "years run from 1678 to 2261"),
        ("2262-01-01", "years run from 1678 to 2261"),
        ("2025-3-31", "an epoch is UTC as"),
        ("2025-03-31T04:05", "an epoch is UTC as"),
        ("2025-03-31T04:05:06,5", "an epoch is UTC as"),
        ("2025-03-31T04:05:06.", "an epoch is UTC as"),
        ("20250331T040506", "an epoch is UTC as"),
        ("\uff12\uff10\uff12\uff15-03-31", "an epoch is UTC as"),
        ("2025-03-31\n", "an epoch is UTC as"),
        ("-025-03-31", "an epoch is UTC as"),
        ("9" * 1_000_000, "..."),
    ],
)  # fmt: skip
def test_what_is_no_epoch_is_told_with_its_reason(text: str, why: str) -> None:
    with pytest.raises(UnknownEpoch) as caught:
        tai_ns(text)
    assert isinstance(caught.value, CommonskyError)
    assert why in str(caught.value)
    assert len(str(caught.value)) < 300
    assert tai_ns_from_texts([text])[0].tolist() == [0]
    assert tai_ns_from_texts([text])[1].tolist() == [False]


def test_a_column_keeps_its_places_though_some_are_bad() -> None:
    texts = [NS, "", "x" * 10_000, "2016-12-31T23:59:60.5Z", "2025-090T04:05:06.789012345", "é"]
    epochs, understood = tai_ns_from_texts(texts)
    assert understood.tolist() == [True, False, False, True, True, False]
    assert epochs[[0, 4]].tolist() == [tai_ns(NS)] * 2
    assert epochs[[1, 2, 5]].tolist() == [0, 0, 0]


def test_a_column_longer_than_what_is_read_at_once() -> None:
    start = tai_ns("1999-12-31T23:59:00")
    epochs = start + np.arange(40_000, dtype=np.int64) * 86_400_123_456_789
    texts = np.array(utc_texts(epochs, 9, suffix=""), dtype="S")
    read, understood = tai_ns_from_texts(texts)
    assert understood.all()
    assert (read == epochs).all()


@pytest.mark.parametrize("empty", [[], np.zeros(0, "S30"), np.zeros(0, "U30")])
def test_no_texts_give_no_epochs(empty: Sequence[str]) -> None:
    epochs, understood = tai_ns_from_texts(empty)
    assert len(epochs) == len(understood) == 0
    assert utc_texts(epochs) == []


def test_padding_of_an_array_is_no_part_of_its_texts_but_of_a_list_it_is() -> None:
    text = "2025-03-31T00:00:00"
    assert tai_ns_from_texts(np.array([text.encode()], dtype="S60"))[1].all()
    assert tai_ns_from_texts([text, text + "\0", "", text])[1].tolist() == [
        True,
        False,
        False,
        True,
    ]
    assert not tai_ns_from_texts([text.encode() + b"\0"])[1].any()
    assert not tai_ns_from_texts(np.array([text.encode() + b"\0Z"]))[1].any()


def test_an_element_set_counts_days_of_86400_s() -> None:
    day_ns = 364 * NS_PER_DAY + NS_PER_DAY // 2
    year = np.array([2016, 2017, 1957])
    epochs = tai_ns_from_year_day(year, np.full(3, day_ns))
    assert utc_texts(epochs, 0) == [
        "2016-12-30T12:00:00Z", "2017-12-31T12:00:00Z", "1957-12-31T12:00:00Z",
    ]  # fmt: skip
    end = tai_ns_from_year_day(np.array([2016, 2015]), np.array([366, 365]) * NS_PER_DAY)
    assert utc_texts(end, 0) == ["2017-01-01T00:00:00Z", "2016-01-01T00:00:00Z"]


@pytest.mark.parametrize("digits", [-1, 10])
def test_digits_that_a_nanosecond_count_has_not(digits: int) -> None:
    with pytest.raises(ValueError, match="0 to 9 decimals"):
        utc_text(0, digits)


def test_j2000_is_noon_of_tt() -> None:
    epoch = np.array([J2000_TAI_NS])
    assert utc_text(J2000_TAI_NS, 3) == "2000-01-01T11:58:55.816Z"
    assert tt_ns_from_tai(epoch)[0] == (10_957 * 86_400 + 43_200) * NS_PER_S
    assert [part[0] for part in tt_julian_date(epoch)] == [2_451_544.5, 0.5]
    assert centuries_tt(epoch)[0] == 0.0


def test_centuries_at_the_ends_of_what_int64_holds() -> None:
    ends = np.array([tai_ns("1678-01-01"), tai_ns("2261-12-31T23:59:59.999999999")])
    noon = date(2000, 1, 1)
    days = np.array([(date(1678, 1, 1) - noon).days, (date(2262, 1, 1) - noon).days]) - 0.5
    tt_minus_utc_s = np.array([10.0, tai_utc_s(ends)[1]]) + 32.184
    expected = (days + tt_minus_utc_s / 86_400) / 36_525
    assert centuries_tt(ends) == pytest.approx(expected, abs=1e-13)


def test_seconds_keep_the_nanosecond() -> None:
    start = tai_ns(NS)
    epochs = start + np.array([1, -1, 86_400 * 52 * NS_PER_S + 1])
    assert (
        np.rint(seconds_since(epochs, start) * 1e9).astype(int).tolist()
        == (epochs - start).tolist()
    )
    assert seconds_since(epochs, epochs).tolist() == [0.0, 0.0, 0.0]


def test_julian_dates_keep_the_nanosecond() -> None:
    epoch = np.array([tai_ns(NS), tai_ns("1678-01-01"), tai_ns("2261-12-31T23:59:59.999999999")])
    midnight, fraction = tt_julian_date(epoch)
    assert ((midnight - 0.5) % 1.0 == 0.0).all()
    day = (midnight - 2_440_587.5).astype(np.int64)
    assert (
        day * NS_PER_DAY + np.rint(fraction * NS_PER_DAY).astype(np.int64) == tt_ns_from_tai(epoch)
    ).all()


def test_ut1_stays_near_utc_and_does_not_leap() -> None:
    around = NEW_YEAR_2017 + np.arange(-3, 4) * NS_PER_S
    minus_utc = ut1_minus_utc_s(around)
    assert (np.abs(minus_utc) < 0.9).all()
    assert minus_utc[-1] - minus_utc[0] == pytest.approx(1.0, abs=1e-6)
    midnight, since = ut1_julian_date(around)
    days = midnight - midnight[0] + since
    assert np.diff(days) * 86_400 == pytest.approx(1.0, abs=1e-6)

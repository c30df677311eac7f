"""Times over everything an epoch can be, dense where leap seconds and the ends are."""

import math
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_EVEN, Decimal

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from commonsky.astro.epoch import (
    NS_PER_DAY,
    NS_PER_S,
    tai_ns,
    tai_ns_from_texts,
    tai_ns_from_utc_ns,
    tai_ns_from_year_day,
    tt_julian_date,
    ut1_minus_utc_s,
    utc_ns,
    utc_text,
    utc_texts,
)
from commonsky.astro.utc import (
    leap_seconds,
    tai_ns_from_utc_day,
    tai_ns_from_utc_days,
    tai_utc_s,
    utc_days,
)
from commonsky.errors import UnknownEpoch

FIRST = tai_ns("1678-01-01T00:00:00")
LAST = tai_ns("2261-12-31T23:59:59.999999999")
STEPS = leap_seconds().start_tai_ns.tolist()
DAY_1970 = date(1970, 1, 1)
EDGES = (FIRST, LAST, 0, *STEPS, *(tai_ns(f"{year}-03-01") for year in (1700, 1900, 2000, 2024)))


def near(edge: int) -> st.SearchStrategy[int]:
    """Epochs within two seconds of an edge, whole and half seconds among them."""
    offset = st.one_of(
        st.integers(-2 * NS_PER_S, 2 * NS_PER_S),
        st.integers(-4, 4).map(lambda halves: halves * NS_PER_S // 2),
        st.integers(-3, 3),
    )
    return offset.map(lambda ns: min(max(edge + ns, FIRST), LAST))


EPOCHS = st.one_of(st.integers(FIRST, LAST), st.sampled_from(EDGES).flatmap(near))


@st.composite
def moments(draw: st.DrawFn) -> tuple[date, int, int]:
    """A UTC date, second of it (86 400 where there is one) and nanosecond, by the calendar."""
    day = draw(
        st.one_of(
            st.dates(date(1678, 1, 1), date(2261, 12, 31)),
            st.sampled_from(leap_seconds().start_day.tolist()[1:]).map(
                lambda number: DAY_1970 + timedelta(days=number - 1)
            ),
        )
    )
    longer = (day - DAY_1970).days + 1 in set(leap_seconds().start_day.tolist()[1:])
    last = 86_400 if longer else 86_399
    second = draw(st.one_of(st.integers(0, last), st.sampled_from([0, 59, 86_399, last])))
    return day, second, draw(st.one_of(st.integers(0, 999_999_999), st.just(0)))


def clock(second: int, ns: int) -> str:
    minute = min(second // 60, 1439)
    return f"{minute // 60:02}:{minute % 60:02}:{second - minute * 60:02}.{ns:09}"


@given(moments())
def test_a_text_comes_back_to_the_nanosecond_in_both_forms(moment: tuple[date, int, int]) -> None:
    day, second, ns = moment
    by_calendar = f"{day:%Y-%m-%d}T{clock(second, ns)}Z"
    by_day = f"{day:%Y-%j}T{clock(second, ns)}Z"
    epoch = tai_ns(by_calendar)
    assert tai_ns(by_day) == epoch
    assert utc_text(epoch, 9) == by_calendar
    assert utc_text(epoch, 9, day_of_year=True) == by_day
    assert epoch == tai_ns_from_utc_day((day - DAY_1970).days, second * NS_PER_S + ns)


@given(EPOCHS)
def test_an_epoch_comes_back_from_its_text(epoch: int) -> None:
    assert tai_ns(utc_text(epoch, 9)) == epoch
    assert tai_ns(utc_text(epoch, 9, day_of_year=True, suffix="")) == epoch


@given(st.lists(EPOCHS, max_size=12))
def test_columns_say_what_single_ones_say(epochs: list[int]) -> None:
    column = np.array(epochs, dtype=np.int64)
    texts = utc_texts(column, 9, suffix="")
    assert texts == [utc_text(epoch, 9, suffix="") for epoch in epochs]
    for form in (
        texts,
        [text.encode() for text in texts],
        np.array(texts, "S29"),
        np.array(texts),
    ):
        read, understood = tai_ns_from_texts(form)
        assert understood.all()
        assert read.tolist() == epochs
    day, ns_of_day = utc_days(column)
    assert tai_ns_from_utc_days(day, ns_of_day).tolist() == epochs
    assert [
        tai_ns_from_utc_day(*pair) for pair in zip(day.tolist(), ns_of_day.tolist(), strict=True)
    ] == epochs


@given(EPOCHS, EPOCHS)
def test_texts_are_ordered_as_epochs_are(one: int, other: int) -> None:
    first, second = utc_texts(np.array([one, other]), 9)
    assert (first < second) == (one < other)
    assert (first == second) == (one == other)


@given(EPOCHS)
def test_a_day_has_its_length(epoch: int) -> None:
    day, ns_of_day = (int(part[0]) for part in utc_days(np.array([epoch])))
    start, end = tai_ns_from_utc_day(day, 0), tai_ns_from_utc_day(day + 1, 0)
    assert start <= epoch < end
    assert ns_of_day == epoch - start
    assert end - start in {NS_PER_DAY, NS_PER_DAY + NS_PER_S}


@given(EPOCHS)
def test_posix_time_is_that_of_the_standard_library(epoch: int) -> None:
    posix = int(utc_ns(np.array([epoch]))[0])
    second = int(tai_utc_s(np.array([epoch]))[0])
    in_leap_second = any(step - NS_PER_S <= epoch < step for step in STEPS[1:])
    assert posix == epoch - second * NS_PER_S
    assert tai_ns_from_utc_ns(posix) == epoch + in_leap_second * NS_PER_S
    if not in_leap_second:
        moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=posix // 1000)
        assert utc_text(epoch, 9)[:26] == f"{moment:%Y-%m-%dT%H:%M:%S.%f}"


@given(EPOCHS, st.integers(0, 9))
def test_rounding_is_that_of_decimal(epoch: int, digits: int) -> None:
    text = utc_text(epoch, digits)
    exact = utc_text(epoch, 9)
    unit = Decimal(1).scaleb(-digits)
    rounded = Decimal(exact[17:-1]).quantize(unit, ROUND_HALF_EVEN)
    if rounded < 60 or (rounded < 61 and exact[17:19] == "60"):
        assert text == f"{exact[:17]}{rounded:0{3 + digits if digits else 2}.{digits}f}Z"
    else:
        # The carry begins the next minute, or the leap second.
        assert text[17:19] in {"00", "60"}
        if text[:4] != "2262":  # where epochs end, though not the texts of them
            assert 0 < tai_ns(text) - epoch <= 10 ** (9 - digits) // 2
    assert text >= exact[: len(text) - 1]


@given(EPOCHS, st.integers(10, 40), st.randoms(use_true_random=False))
def test_more_decimals_are_rounded_as_by_decimal(epoch: int, digits: int, random: object) -> None:
    exact = utc_text(epoch, 9, suffix="")
    rest = "".join(str(getattr(random, "randrange")(10)) for _ in range(digits - 9))  # noqa: B009
    up = int((Decimal(exact[20:] + "." + rest)).to_integral_value(ROUND_HALF_EVEN))
    assert tai_ns(exact + rest) == epoch - int(exact[20:]) + up


@given(st.integers(1678, 2261), st.integers(0, 365 * NS_PER_DAY - 1))
def test_years_and_days_of_element_sets(year: int, ns: int) -> None:
    epoch = int(tai_ns_from_year_day(np.array([year]), np.array([ns]))[0])
    day, ns_of_day = divmod(ns, NS_PER_DAY)
    assert epoch == tai_ns(f"{year:04}-{day + 1:03}T{clock(*divmod(ns_of_day, NS_PER_S))}")


LETTERS = st.text("0123456789-:.TZ +\0\n\t eE,/", max_size=40)
HOSTILE = st.one_of(st.text(max_size=80), LETTERS, st.text("0123456789", max_size=10_000))


@st.composite
def spoilt(draw: st.DrawFn) -> str:
    """A good text with one stretch of it replaced."""
    text = utc_text(draw(EPOCHS), draw(st.integers(0, 9)), day_of_year=draw(st.booleans()))
    start = draw(st.integers(0, len(text)))
    stop = draw(st.integers(start, min(start + 3, len(text))))
    return text[:start] + draw(st.one_of(LETTERS, st.characters())) + text[stop:]


def read_or_none(text: str) -> int | None:
    try:
        return tai_ns(text)
    except UnknownEpoch as error:
        refused = str(error)
    assert "is not an epoch: " in refused
    assert len(refused) < 1000
    return None


@given(st.one_of(HOSTILE, spoilt()))
def test_any_text_is_an_epoch_or_unknown_and_nothing_else(text: str) -> None:
    epoch = read_or_none(text)
    if epoch is not None:
        assert FIRST <= epoch <= LAST + 1
        assert utc_text(epoch, 9)[:4] in {text.strip(" ")[:4], f"{int(text.strip()[:4]) + 1:04}"}


@given(st.lists(st.one_of(HOSTILE, spoilt(), EPOCHS.map(lambda epoch: utc_text(epoch, 6)))))
def test_a_column_of_any_texts_says_what_single_ones_say(texts: list[str]) -> None:
    single = [read_or_none(text) for text in texts]
    for form in (texts, [text.encode("utf-8", "replace") for text in texts]):
        epochs, understood = tai_ns_from_texts(form)
        assert understood.tolist() == [epoch is not None for epoch in single]
        assert epochs.tolist() == [epoch or 0 for epoch in single]


@given(EPOCHS)
def test_julian_dates_are_exact_to_a_tenth_of_a_nanosecond(epoch: int) -> None:
    midnight, fraction = (float(part[0]) for part in tt_julian_date(np.array([epoch])))
    exact = Decimal(epoch + 32_184_000_000) / NS_PER_DAY
    wrong_days = Decimal(midnight) - Decimal("2440587.5") + Decimal(fraction) - exact
    assert abs(float(wrong_days)) < 1e-15
    assert 0.0 <= fraction < 1.0


@given(EPOCHS)
def test_ut1_is_near_utc_wherever_the_table_knows_it(epoch: int) -> None:
    difference = float(ut1_minus_utc_s(np.array([epoch]))[0])
    assert math.isfinite(difference)
    known = STEPS[0] <= epoch < tai_ns("2026-01-01")
    assert abs(difference) < (0.91 if known else 2.0)

"""
Time as one integer: nanoseconds of TAI since 1970-01-01T00:00:00 TAI.

This is the epoch of PTP (IEEE 1588).  It has no leap seconds, so that differences
of epochs are durations, and int64 reaches from 1677 to 2262 without rounding.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from commonsky.astro.arrays import Floats, Ints
from commonsky.astro.earth_orientation import ut1_minus_tai_s, ut1_minus_utc_s
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
from commonsky.errors import UnknownEpoch

__all__ = [
    "J2000_TAI_NS",
    "NS_PER_DAY",
    "NS_PER_S",
    "centuries_tt",
    "seconds_since",
    "tai_ns",
    "tai_ns_from_texts",
    "tai_ns_from_utc_ns",
    "tai_ns_from_year_day",
    "tai_utc_s",
    "tt_julian_date",
    "tt_ns_from_tai",
    "ut1_julian_date",
    "ut1_minus_utc_s",
    "utc_ns",
    "utc_text",
    "utc_texts",
]

J2000_TAI_NS = 946_727_967_816_000_000  # 2000-01-01T12:00:00 TT, and TT = TAI + 32.184 s
TT_MINUS_TAI_NS = 32_184_000_000
JULIAN_DATE_1970, JULIAN_DATE_J2000 = 2_440_587.5, 2_451_545.0
FIRST_YEAR, LAST_YEAR = 1678, 2261  # whole years that int64 nanoseconds reach
DAY_1970 = date(1970, 1, 1).toordinal()
LONGEST_TEXT = 64
NULS = {"\0", 0}
ROWS_AT_ONCE = 1 << 14  # the columns of so many texts stay in the second-level cache

Bools: TypeAlias = NDArray[np.bool_]
Texts: TypeAlias = Sequence[str] | Sequence[bytes] | NDArray[np.bytes_] | NDArray[np.str_]

EPOCH_TEXT = re.compile(
    r"(?P<year>\d{4})-(?:(?P<month>\d\d)-(?P<day>\d\d)|(?P<day_of_year>\d{3}))"
    r"(?:[T ](?P<hour>\d\d):(?P<minute>\d\d):(?P<second>\d\d)(?:\.(?P<fraction>\d+))?)?"
    r"(?P<zone>Z|[+-]\d\d:?\d\d)?",
    re.ASCII,
)
FORMS = (
    "an epoch is UTC as 2025-03-31T04:05:06.789Z or 2025-090T04:05:06.789, or a date alone; "
    "the fraction and the Z may be missing"
)


def seconds_since(epoch_tai_ns: Ints, reference_tai_ns: int | Ints) -> Floats:
    """
    Seconds from the reference to each epoch, exact to a nanosecond for 52 days.

    They may lie 292 years apart, which int64 holds.
    """
    # Subtract as integers: a float64 of the whole count is only good to 256 ns.
    return (epoch_tai_ns - np.asarray(reference_tai_ns, dtype=np.int64)) / NS_PER_S


def centuries_tt(epoch_tai_ns: Ints) -> Floats:
    """Julian centuries of TT since J2000, the argument of precession and nutation."""
    # Not by a difference of counts, which overflows before 1708.
    midnight, fraction = tt_julian_date(epoch_tai_ns)
    return (midnight - JULIAN_DATE_J2000 + fraction) / 36525.0


def tt_ns_from_tai(epoch_tai_ns: Ints) -> Ints:
    """Nanoseconds of TT since 1970-01-01T00:00:00 TT."""
    return epoch_tai_ns + np.int64(TT_MINUS_TAI_NS)


def tt_julian_date(epoch_tai_ns: Ints) -> tuple[Floats, Floats]:
    """Julian date of TT as (midnight, fraction of the day), good to 1e-16 days, for `erfa`."""
    day, ns_of_day = np.divmod(tt_ns_from_tai(epoch_tai_ns), NS_PER_DAY)
    return JULIAN_DATE_1970 + day, ns_of_day / NS_PER_DAY


def ut1_julian_date(epoch_tai_ns: Ints) -> tuple[Floats, Floats]:
    """
    Julian date of UT1 as (midnight of TAI, days since), for `erfa`.

    Good to the Earth-orientation table, about 20 µs; outside its span see
    `commonsky.astro.earth_orientation`, which tells by a status.
    """
    day, ns_of_day = np.divmod(epoch_tai_ns, NS_PER_DAY)
    return JULIAN_DATE_1970 + day, ns_of_day / NS_PER_DAY + ut1_minus_tai_s(epoch_tai_ns) / 86400.0


def tai_ns(text: str) -> int:
    """
    Return the epoch that an ISO 8601 or CCSDS UTC text tells, exact to the nanosecond.

    Accepted are calendar dates and days of the year, a `T` or a blank before the time, any
    number of decimals (beyond nine rounded half to even), `Z`, `+00:00` or nothing at the end,
    a date alone (0h), and :60 where a leap second was inserted.  Anything else raises
    `UnknownEpoch`: so do 24:00:00, other zones, and years outside 1678 to 2261.
    """
    stripped = text.strip(" ")
    found = EPOCH_TEXT.fullmatch(stripped) if len(stripped) <= LONGEST_TEXT else None
    if found is None:
        raise _unknown(text, FORMS)
    if found["zone"] not in {None, "Z", "+00:00"}:
        raise _unknown(text, f"its zone {found['zone']} is not Z or +00:00; convert it to UTC")
    day = _day_of(found, text)
    if found["hour"] is None:
        return tai_ns_from_utc_day(day, 0)
    second_of_day = _second_of_day(found, day, text)
    fraction_ns = _nanoseconds(found["fraction"] or "0")
    return tai_ns_from_utc_day(day, second_of_day * NS_PER_S + fraction_ns)


def _unknown(text: str, why: str) -> UnknownEpoch:
    shown = text if len(text) <= LONGEST_TEXT else text[:LONGEST_TEXT] + "..."
    return UnknownEpoch(f"{shown!r} is not an epoch: {why}")


def _day_of(found: re.Match[str], text: str) -> int:
    """Days since 1970-01-01 of a text's date."""
    year = int(found["year"])
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise _unknown(text, f"years run from {FIRST_YEAR} to {LAST_YEAR}")
    if found["day_of_year"] is not None:
        new_year = date(year, 1, 1).toordinal()
        day_of_year = int(found["day_of_year"])
        if not 1 <= day_of_year <= date(year, 12, 31).toordinal() - new_year + 1:
            raise _unknown(text, f"{year} has no day {day_of_year}")
        return new_year + day_of_year - 1 - DAY_1970
    try:
        return date(year, int(found["month"]), int(found["day"])).toordinal() - DAY_1970
    except ValueError:
        raise _unknown(text, "the calendar has no such day") from None


def _second_of_day(found: re.Match[str], day: int, text: str) -> int:
    """Whole seconds since 0h of a text's time, 86 400 in a leap second."""
    hour, minute, second = int(found["hour"]), int(found["minute"]), int(found["second"])
    if hour > 23 or minute > 59 or second > 60:
        raise _unknown(text, "a day runs from 00:00:00 to 23:59:59 (its end is 0h of the next)")
    if second == 60 and not (hour == 23 and minute == 59 and ends_with_leap_second(day)):
        table_ends = leap_seconds().expires
        raise _unknown(text, f"no leap second is known there (the table is good to {table_ends})")
    return hour * 3600 + minute * 60 + second


def _nanoseconds(fraction: str) -> int:
    """Nanoseconds of the decimals of a second, half to even."""
    if len(fraction) <= 9:
        return int(fraction.ljust(9, "0"))
    unit = 10 ** (len(fraction) - 9)
    whole, rest = divmod(int(fraction), unit)
    return whole + (2 * rest > unit or (2 * rest == unit and whole % 2 == 1))


def tai_ns_from_texts(texts: Texts) -> tuple[Ints, Bools]:
    """
    (n,) epochs of a column of texts, and (n,) whether each could be read; 0 where it could not.

    A fixed-width array of bytes is the quickest; every text is read as by `tai_ns`.
    """
    # Cut at 40: one hostile text must not widen every row.  The rest is only read row by row.
    letters = _letters(texts)
    n = len(letters)
    epoch_tai_ns, understood = np.zeros(n, dtype=np.int64), np.zeros(n, dtype=np.bool_)
    for start in range(0, n, ROWS_AT_ONCE):
        rows = slice(start, start + ROWS_AT_ONCE)
        epoch_tai_ns[rows], understood[rows] = _plain_epochs(letters[rows])
    if not isinstance(texts, np.ndarray):
        # What NumPy takes for padding is a part of a text that was not padded.
        understood[[row for row, text in enumerate(texts) if text and text[-1] in NULS]] = False
    for row in np.flatnonzero(~understood).tolist():
        text = texts[row]
        try:
            epoch_tai_ns[row] = tai_ns(text.decode("ascii") if isinstance(text, bytes) else text)
        except (UnknownEpoch, UnicodeDecodeError):
            epoch_tai_ns[row] = 0
        else:
            understood[row] = True
    return epoch_tai_ns, understood


def _letters(texts: Texts) -> NDArray[np.uint8]:
    """(n, width) bytes of texts, NUL at their ends."""
    if isinstance(texts, np.ndarray) and texts.dtype.kind == "S":
        column = np.ascontiguousarray(texts)
    else:
        try:
            column = np.array(texts, dtype="S40")
        except UnicodeEncodeError:
            column = np.array([str(text)[:40].encode("ascii", "replace") for text in texts])
    if column.size == 0:
        return np.zeros((0, 1), dtype=np.uint8)
    return column.view(np.uint8).reshape(len(column), column.dtype.itemsize)


def _plain_epochs(letters: NDArray[np.uint8]) -> tuple[Ints, Bools]:
    """Epochs of rows YYYY-MM-DDTHH:MM:SS[.f][Z] with up to nine decimals; whether each is one."""
    n, width = letters.shape
    column = np.zeros((30, n), dtype=np.uint8)
    column[: min(width, 30)] = letters[:, :30].T
    length = np.count_nonzero(letters, axis=1)
    end = length - (letters[np.arange(n), np.maximum(length, 1) - 1] == ord("Z"))
    digit = column - np.uint8(ord("0"))  # wraps round: what is no digit is above 9

    good = (end == 19) | ((end >= 21) & (end <= 29) & (column[19] == ord(".")))
    for place, separator in ((4, "-"), (7, "-"), (13, ":"), (16, ":")):
        good &= column[place] == ord(separator)
    good &= (column[10] == ord("T")) | (column[10] == ord(" "))
    good &= (digit[[0, 1, 2, 3, 5, 6, 8, 9, 11, 12, 14, 15, 17, 18]] <= 9).all(axis=0)

    fraction_ns = np.zeros(n, dtype=np.int64)
    for place in range(20, 29):
        inside = end > place
        good &= (digit[place] <= 9) | ~inside
        fraction_ns *= 10
        fraction_ns += digit[place] * inside

    year, month, day = _number(digit, 0, 4), _number(digit, 5, 2), _number(digit, 8, 2)
    hour, minute, second = (_number(digit, place, 2) for place in (11, 14, 17))
    good &= (year >= FIRST_YEAR) & (year <= LAST_YEAR) & (month >= 1) & (month <= 12)
    good &= (hour <= 23) & (minute <= 59) & (second <= 59)
    first = _first_day(np.where(good, year * 12 + month - (1970 * 12 + 1), 0))
    after = _first_day(np.where(good, year * 12 + month - 1970 * 12, 1))
    good &= (day >= 1) & (day <= after - first)

    second_of_day = (hour * 3600 + minute * 60 + second).astype(np.int64)
    epoch = tai_ns_from_utc_days(first + day - 1, second_of_day * NS_PER_S + fraction_ns)
    return np.where(good, epoch, 0), good


def _number(digit: NDArray[np.uint8], place: int, digits: int) -> NDArray[np.int32]:
    """The decimal number in some columns of digits."""
    number = digit[place].astype(np.int32)
    for following in range(place + 1, place + digits):
        number = number * np.int32(10) + digit[following]
    return number


def _first_day(month: NDArray[np.integer]) -> Ints:
    """Days since 1970-01-01 of the first of a month, counted from January 1970."""
    return month.astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)


def tai_ns_from_year_day(year: Ints, day_of_year_ns: Ints) -> Ints:
    """
    (n,) epochs from a UTC year and nanoseconds since its 1 January 0h, as element sets tell them.

    Days count as 86 400 s each, as in a TLE's day and fraction, so that no epoch lies inside a
    leap second, and none after it in the year is late.  Years run from 1678 to 2261, others
    overflow; nanoseconds past the end of a year fall in the next.
    """
    day, ns_of_day = np.divmod(np.asarray(day_of_year_ns, dtype=np.int64), NS_PER_DAY)
    new_year = _first_day((np.asarray(year, dtype=np.int64) - 1970) * 12)
    return tai_ns_from_utc_days(new_year + day, ns_of_day)


def utc_text(
    epoch_tai_ns: int, digits: int = 6, *, day_of_year: bool = False, suffix: str = "Z"
) -> str:
    """Return the UTC text of one epoch, as `utc_texts` does."""
    column = np.array([epoch_tai_ns], dtype=np.int64)
    return utc_texts(column, digits, day_of_year=day_of_year, suffix=suffix)[0]


def utc_texts(
    epoch_tai_ns: Ints, digits: int = 6, *, day_of_year: bool = False, suffix: str = "Z"
) -> list[str]:
    """
    ISO 8601 UTC of n epochs with 0 to 9 decimals, rounded half to even, leap seconds as :60.

    2025-03-31T04:05:06.789012Z, or 2025-090T04:05:06.789012Z by day of the year.
    """
    if not 0 <= digits <= 9:
        raise ValueError(f"digits is {digits}, but a nanosecond count has 0 to 9 decimals")
    # Rounding the count, not the text, lets a carry run into a leap second or the next year.
    day, ns_of_day = utc_days(_rounded(np.asarray(epoch_tai_ns, dtype=np.int64), 9 - digits))
    second_of_day, fraction_ns = np.divmod(ns_of_day, NS_PER_S)
    minute_of_day = np.minimum(second_of_day // 60, 24 * 60 - 1)
    hour, minute = np.divmod(minute_of_day, 60)
    date_parts = _date_parts(day, day_of_year=day_of_year)
    clock = [("T", hour, 2), (":", minute, 2), (":", second_of_day - minute_of_day * 60, 2)]
    if digits:
        clock.append((".", fraction_ns // 10 ** (9 - digits), digits))
    return _assembled([*date_parts, *clock], suffix, len(day))


def _rounded(epoch_tai_ns: Ints, places: int) -> Ints:
    """Round to a power of ten, half to what is even in UTC."""
    unit = 10**places
    whole, rest = np.divmod(epoch_tai_ns, unit)
    # TAI and UTC can be an odd number of whole seconds apart.
    odd = (whole - tai_utc_s(epoch_tai_ns) if unit == NS_PER_S else whole) & 1
    return (whole + (2 * rest + odd > unit)) * unit


def _date_parts(day: Ints, *, day_of_year: bool) -> list[tuple[str, Ints, int]]:
    """Year, month and day, or year and day of the year, with their separators and widths."""
    month = day.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)
    year, month_of_year = month // 12 + 1970, month % 12 + 1
    if day_of_year:
        new_year = _first_day((year - 1970) * 12)
        return [("", year, 4), ("-", day - new_year + 1, 3)]
    return [("", year, 4), ("-", month_of_year, 2), ("-", day - _first_day(month) + 1, 2)]


def _assembled(parts: list[tuple[str, Ints, int]], suffix: str, n: int) -> list[str]:
    """Rows of text from columns of numbers, each after its separator and of fixed width."""
    columns: list[NDArray[np.uint8]] = []
    for separator, number, width in parts:
        columns += [np.full(n, ord(letter), dtype=np.uint8) for letter in separator]
        rest, digits = number.astype(np.uint32), []
        for _ in range(width):
            rest, digit = np.divmod(rest, np.uint32(10))
            digits.append((digit + ord("0")).astype(np.uint8))
        columns += digits[::-1]
    text = np.stack(columns, axis=1).tobytes().decode("ascii")
    width = len(columns)
    return [text[start : start + width] + suffix for start in range(0, n * width, width)]

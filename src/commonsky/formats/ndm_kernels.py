"""
Compiled parsing of keyword lines and of ephemeris lines: bytes to arrays once.

Numbers that the kernel is not sure of (HARD) are handed back, to be read by Python's `float`.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from commonsky.astro.kernels import kernel
from commonsky.formats.ndm_numbers import HARD, NOT_A_NUMBER, POWERS, READ, number_at

NS_PER_S = 1_000_000_000
ENDED, BAD_EPOCH, BAD_NUMBER, TOO_FEW, TOO_MANY, BAD_SIGN = range(6)
COMMENTS, DIVIDES, ROWS = range(3, 6)  # states of a line, beside those of numbers
COMMENT: Any = np.frombuffer(b"COMMENT", dtype=np.uint8)
LONGEST_LINE = 65_536
BAD_CONTROL, TOO_LONG = 1, 2
MONTHS: Any = np.array([0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 365])

__all__ = [
    "BAD_CONTROL", "BAD_EPOCH", "BAD_NUMBER", "BAD_SIGN", "COMMENTS", "DIVIDES", "ENDED", "HARD",
    "LONGEST_LINE", "MONTHS", "NOT_A_NUMBER", "POWERS", "READ", "ROWS", "TOO_FEW", "TOO_LONG",
    "TOO_MANY", "ephemeris_lines", "keyword_lines",
]  # fmt: skip


@kernel()
def _digits(text, start, end):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """Return the number in some places that must all be digits; -1 if one is not."""
    number = 0
    for place in range(start, end):
        if text[place] < 48 or text[place] > 57:
            return -1
        number = number * 10 + text[place] - 48
    return number


@kernel()
def _first_day(year):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """Days from 1970-01-01 to the first of January of a year."""
    before = year - 1
    return 365 * (year - 1970) + before // 4 - before // 100 + before // 400 - 477


@kernel()
def _epoch(text, start, end, months):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202, C901, PLR0911, PLR0912
    """
    Day since 1970 and nanosecond of the day of a CCSDS time; (-1, -1) if it is none.

    `months` holds the days before each month of a common year, and 365 at its end.
    """
    if end > start and text[end - 1] == 90:  # Z
        end -= 1
    if end - start < 17 or text[start + 4] != 45:
        return -1, -1
    year = _digits(text, start, start + 4)
    if year < 1678 or year > 2261:
        return -1, -1
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    if text[start + 7] == 45:
        month, date = _digits(text, start + 5, start + 7), _digits(text, start + 8, start + 10)
        if month < 1 or month > 12 or date < 1:
            return -1, -1
        length = months[month] - months[month - 1] + (1 if leap and month == 2 else 0)
        if date > length:
            return -1, -1
        day = months[month - 1] + (1 if leap and month > 2 else 0) + date - 1
        place = start + 10
    else:
        day = _digits(text, start + 5, start + 8) - 1
        if day < 0 or day > (365 if leap else 364):
            return -1, -1
        place = start + 8
    if end - place < 9 or text[place] != 84 or text[place + 3] != 58 or text[place + 6] != 58:
        return -1, -1
    hour = _digits(text, place + 1, place + 3)
    minute = _digits(text, place + 4, place + 6)
    second = _digits(text, place + 7, place + 9)
    if hour < 0 or hour > 23 or minute < 0 or minute > 59 or second < 0 or second > 60:
        return -1, -1
    if second == 60 and (hour != 23 or minute != 59):
        return -1, -1
    ns, unit = 0, 100_000_000
    place += 9
    if place < end:
        if text[place] != 46:
            return -1, -1
        for digit in range(place + 1, end):
            if text[digit] < 48 or text[digit] > 57:
                return -1, -1
            ns += (text[digit] - 48) * unit
            unit //= 10  # beyond nine decimals nothing is added
    return _first_day(year) + day, ((hour * 60 + minute) * 60 + second) * NS_PER_S + ns


@kernel()
def ephemeris_lines(text, start, end, months, powers, day, ns, value, hard):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201, C901, PLR0911, PLR0912
    """
    Fill rows from the lines of a text that begin with a digit, until one does not.

    `text` is (n,) bytes of which start to end are looked at; `day`, `ns` (rows,), `value`
    (rows, 9) are filled, accelerations with nan where there are none.  `hard` (k, 4) takes row,
    column, start and end of numbers that are left to the caller.  Returns rows filled, numbers
    left, where it stopped, and why: ENDED or what was wrong.
    """
    word = np.zeros(1, dtype=np.uint64)
    as_float = word.view(np.float64)
    place, row, left = start, 0, 0
    while place < end:
        first = place
        while place < end and (text[place] == 32 or text[place] == 9 or text[place] == 13):
            place += 1
        if place == end:
            break
        if text[place] == 10:
            place += 1
            continue
        if text[place] < 48 or text[place] > 57 or row == len(day):
            place = first
            break
        token = place
        while place < end and text[place] > 32:
            place += 1
        day[row], ns[row] = _epoch(text, token, place, months)
        if ns[row] < 0:
            return row, left, token, BAD_EPOCH
        column = 0
        while True:
            while place < end and (text[place] == 32 or text[place] == 9 or text[place] == 13):
                place += 1
            if place == end or text[place] == 10:
                break
            if column == 9:
                return row, left, place, TOO_MANY
            token = place
            while place < end and text[place] > 32:
                place += 1
            if place < end and text[place] < 32 and text[place] not in (9, 10, 13):
                return row, left, place, BAD_SIGN
            value[row, column], state = number_at(text, token, place, powers, word, as_float)
            if state == NOT_A_NUMBER:
                return row, left, token, BAD_NUMBER
            if state == HARD:
                if left == len(hard):
                    return row, left, first, ENDED
                hard[left, 0], hard[left, 1] = row, column
                hard[left, 2], hard[left, 3] = token, place
                left += 1
            column += 1
        if column not in (6, 9):
            return row, left, place, TOO_FEW
        for missing in range(column, 9):
            value[row, missing] = np.nan
        row += 1
    return row, left, place, ENDED


@kernel()
def _line_end(text, start):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """Where the line ends that begins at start, and what is wrong with its bytes, and where."""
    place, size = start, len(text)
    while place < size:
        letter = text[place]
        if 32 <= letter != 127 or letter == 9:
            place += 1
        elif letter == 10:
            break
        elif letter == 13 and (place + 1 == size or text[place + 1] == 10):
            place += 1
        else:
            return place, BAD_CONTROL
    if place - start > LONGEST_LINE:
        return start + LONGEST_LINE, TOO_LONG
    return place, 0


@kernel()
def _is_comment(text, start, end):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """Whether a word is COMMENT."""
    if end - start != 7:
        return False
    for letter in range(7):  # noqa: SIM110 - compiled
        if text[start + letter] != COMMENT[letter]:
            return False
    return True


@kernel()
def keyword_lines(text, powers, spans, number, status, skeleton):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201, C901, PLR0912
    """
    Find the value of each line of a text in keyword-value notation.

    Lines of numbers one after the other are one row.

    `spans` (3, rows) takes where each line begins and where its value begins and ends, `number`
    its value and `status` whether it is one, or what else the line is.  `skeleton`, longer than
    the text and three bytes a line, takes all that is neither a value nor a comment: lines of
    equal skeletons say the same things.  Returns the rows, the skeleton's length, where it
    stopped, and what is wrong there.
    """
    word = np.zeros(1, dtype=np.uint64)
    as_float = word.view(np.float64)
    begin, row, used, size = 0, 0, 0, len(text)
    while begin <= size:
        end, wrong = _line_end(text, begin)
        if wrong:
            return row, used, end, wrong
        after, first = end, begin
        while first < end and (text[first] == 32 or text[first] == 9):
            first += 1
        while after > first and (text[after - 1] <= 32):
            after -= 1
        if first == after and row > 0 and status[row - 1] == ROWS:
            begin = end + 1
            continue
        letter = text[first] if first < after else np.uint8(0)
        if 48 <= letter <= 57 or letter in (43, 45, 46):
            if row > 0 and status[row - 1] == ROWS:
                spans[2, row - 1] = after
            else:
                spans[0, row], spans[1, row], spans[2, row], status[row] = (
                    begin,
                    first,
                    after,
                    ROWS,
                )
                number[row] = np.nan
                skeleton[used] = 1
                used += 1
                row += 1
            begin = end + 1
            continue
        spans[0, row], number[row], status[row] = begin, np.nan, DIVIDES
        over = first
        while over < after and (
            65 <= text[over] <= 90 or 48 <= text[over] <= 57 or text[over] == 95
        ):
            over += 1
        equals = over
        while equals < after and (text[equals] == 32 or text[equals] == 9):
            equals += 1
        if _is_comment(text, first, over) and (over == after or text[over] <= 32):
            while over < after and text[over] <= 32:
                over += 1
            spans[1, row], spans[2, row], status[row] = over, after, COMMENTS
            skeleton[used] = 2
            used += 1
        elif over > first and equals < after and text[equals] == 61:
            for place in range(first, over):
                skeleton[used] = text[place]
                used += 1
            skeleton[used] = 61
            used += 1
            value = equals + 1
            while value < after and (text[value] == 32 or text[value] == 9):
                value += 1
            bracket = value
            while bracket < after and text[bracket] != 91:
                bracket += 1
            for place in range(bracket, after):
                skeleton[used] = text[place]
                used += 1
            while bracket > value and text[bracket - 1] <= 32:
                bracket -= 1
            spans[1, row], spans[2, row], status[row] = value, bracket, NOT_A_NUMBER
            if value < bracket and text[value] < 58:
                number[row], status[row] = number_at(text, value, bracket, powers, word, as_float)
        else:
            spans[1, row], spans[2, row] = first, after
            for place in range(first, after):
                skeleton[used] = text[place]
                used += 1
        skeleton[used] = 10
        used += 1
        row += 1
        begin = end + 1
    return row, used, size, 0

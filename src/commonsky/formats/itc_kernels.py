"""
Compiled reading of ephemerides in modified ITC: a state, then perhaps a triangle of covariance.

What the number kernel is not sure of is handed back, to be read by Python's `float`.
"""

from __future__ import annotations

import numpy as np

from commonsky.astro.kernels import kernel
from commonsky.formats.ndm_numbers import HARD, NOT_A_NUMBER, number_at

ENDED, BAD_EPOCH, BAD_NUMBER, TOO_FEW, TOO_MANY, NO_COVARIANCE, COVARIANCE_TOO = range(7)
STATE, TRIANGLE = 6, 21
EPOCH_DIGITS = 13  # yyyydddhhmmss
NS_PER_S = 1_000_000_000


@kernel()
def _token_end(text, place, end):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    while place < end and text[place] > 32:
        place += 1
    return place


@kernel()
def _token(text, place, end):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """Where the next word begins, lines included."""
    while place < end and text[place] <= 32:
        place += 1
    return place


@kernel()
def _is_epoch(text, start, end):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """Whether a word begins with thirteen digits, and perhaps a point: no element does."""
    if end - start < EPOCH_DIGITS:
        return False
    for place in range(start, start + EPOCH_DIGITS):
        if text[place] < 48 or text[place] > 57:
            return False
    return end - start == EPOCH_DIGITS or text[start + EPOCH_DIGITS] == 46


@kernel()
def _number(text, start, end):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    number = 0
    for place in range(start, end):
        number = number * 10 + text[place] - 48
    return number


@kernel()
def _nanoseconds(text, start, end):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """Nanoseconds into the day of an epoch, -1 if it is none; decimals beyond nine are cut."""
    hour, minute = _number(text, start + 7, start + 9), _number(text, start + 9, start + 11)
    second = _number(text, start + 11, start + 13)
    if hour > 23 or minute > 59 or second > 60 or (second == 60 and (hour, minute) != (23, 59)):
        return -1
    ns, unit = 0, NS_PER_S // 10
    for place in range(start + EPOCH_DIGITS + 1, end):
        if text[place] < 48 or text[place] > 57:
            return -1
        ns += (text[place] - 48) * unit
        unit //= 10
    return ((hour * 60 + minute) * 60 + second) * NS_PER_S + ns


@kernel()
def _fill(text, place, end, powers, word, as_float, row, first, count, value, hard, left):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """
    Read so many numbers into a row, line ends between them ignored where `first` is not 0.

    Returns where it stopped, the numbers left over, and what was wrong.
    """
    for column in range(first, first + count):
        while place < end and text[place] <= 32 and (first > 0 or text[place] != 10):
            place += 1
        after = _token_end(text, place, end)
        if after == place or (first > 0 and _is_epoch(text, place, after)):
            return place, left, TOO_FEW
        value[row, column], state = number_at(text, place, after, powers, word, as_float)
        if state == NOT_A_NUMBER:
            return place, left, BAD_NUMBER
        if state == HARD:
            hard[left, 0], hard[left, 1], hard[left, 2], hard[left, 3] = row, column, place, after
            left += 1
        place = after
    return place, left, ENDED


@kernel()
def itc_lines(text, start, end, powers, covariances, day, ns, place_of, value, hard):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201, PLR0911
    """
    Fill rows from the records of a text, until rows or text end.

    `text` is (n,) bytes of which start to end are looked at.  `day` takes 1000 x year + day of
    the year and `ns` nanoseconds into the day, `place_of` where the record begins, `value`
    (rows, 27) the state and the triangle, which each record has or none, as `covariances` tells.
    `hard` (27 x rows, 4) takes row, column, start and end of numbers that are left to the caller.
    Returns rows filled, numbers left, where it stopped, and why: ENDED or what was wrong.
    """
    word = np.zeros(1, dtype=np.uint64)
    as_float = word.view(np.float64)
    place, row, left = _token(text, start, end), 0, 0
    while place < end and row < len(day):
        begin, after = place, _token_end(text, place, end)
        if not _is_epoch(text, place, after):
            return row, left, place, BAD_EPOCH
        day[row], ns[row] = _number(text, place, place + 7), _nanoseconds(text, place, after)
        place_of[row] = place
        if ns[row] < 0:
            return row, left, place, BAD_EPOCH
        place, left, wrong = _fill(
            text, after, end, powers, word, as_float, row, 0, STATE, value, hard, left
        )
        if wrong != ENDED:
            return row, left, place, wrong
        while place < end and text[place] <= 32 and text[place] != 10:
            place += 1
        if place < end and text[place] != 10:
            return row, left, place, TOO_MANY
        place = _token(text, place, end)
        follows = place < end and not _is_epoch(text, place, _token_end(text, place, end))
        if follows != covariances:
            return (
                row,
                left,
                place if follows else begin,
                (COVARIANCE_TOO if follows else NO_COVARIANCE),
            )
        if covariances:
            place, left, wrong = _fill(
                text, place, end, powers, word, as_float, row, STATE, TRIANGLE, value, hard, left
            )
            if wrong != ENDED:
                return row, left, place, wrong
            place = _token(text, place, end)
        row += 1
    return row, left, place, ENDED

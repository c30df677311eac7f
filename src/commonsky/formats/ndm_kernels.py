"""
Compiled parsing of keyword lines and of ephemeris lines: bytes to arrays once.

Numbers come out as Python's `float` reads them, to the last bit.  What the kernel is not sure of
(more than nineteen digits, subnormals) it hands back to be read by that.  All kernels stand in
this one file, because Numba's cache does not notice an edited callee in another.
"""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from commonsky.astro.kernels import kernel

Words: TypeAlias = NDArray[np.uint64]

LEAST_POWER, LARGEST_POWER = -342, 308
NS_PER_S = 1_000_000_000
S_PER_DAY = 86_400
MOST_DIGITS = 19  # of a number below 2**64
ENDED, BAD_EPOCH, BAD_NUMBER, TOO_FEW, TOO_MANY, BAD_SIGN = range(6)
READ, HARD, NOT_A_NUMBER, COMMENTS, DIVIDES, ROWS = range(6)
COMMENT: Any = np.frombuffer(b"COMMENT", dtype=np.uint8)
LONGEST_LINE = 65_536
BAD_CONTROL, TOO_LONG = 1, 2
U0, U1, U32, U63 = np.uint64(0), np.uint64(1), np.uint64(32), np.uint64(63)
LOW_HALF = np.uint64(0xFFFF_FFFF)
LOW_NINE = np.uint64(0x1FF)
ALL_ONES = np.uint64(0xFFFF_FFFF_FFFF_FFFF)
ZERO, NINE, TEN = np.uint64(48), np.uint64(9), np.uint64(10)
EXACT = np.uint64(1 << 53)
TENS: Any = np.array([float(10**power) for power in range(23)])
HIDDEN_BIT = np.uint64(1 << 52)


def _powers_of_five() -> Words:
    """(651, 2) leading 128 bits of 5**q, those of negative powers rounded up."""
    rows = []
    for power in range(LEAST_POWER, LARGEST_POWER + 1):
        whole = 5 ** abs(power)
        if power >= 0:
            excess = whole.bit_length() - 128
            bits = whole >> excess if excess >= 0 else whole << -excess
        else:
            shift = (whole - 1).bit_length() + (127 if power >= -27 else 0)
            if power < -27:
                shift = 2 * shift + 128
            bits = (1 << shift) // whole + 1
            bits >>= max(0, bits.bit_length() - 128)
        rows.append((bits >> 64, bits & (1 << 64) - 1))
    return np.array(rows, dtype=np.uint64)


POWERS = _powers_of_five()


@kernel()
def _product(a, b):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """High and low half of the product of two 64-bit numbers."""
    a_low, a_high = a & LOW_HALF, a >> U32
    b_low, b_high = b & LOW_HALF, b >> U32
    low, cross, other = a_low * b_low, a_high * b_low, a_low * b_high
    middle = (low >> U32) + (cross & LOW_HALF) + (other & LOW_HALF)
    high = a_high * b_high + (cross >> U32) + (other >> U32) + (middle >> U32)
    return high, (middle << U32) | (low & LOW_HALF)


@kernel()
def _leading_zeros(word):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """How many bits of a number other than zero are zero before its first one."""
    count = 0
    for step in (32, 16, 8, 4, 2, 1):
        if word >> np.uint64(64 - step) == U0:
            word <<= np.uint64(step)
            count += step
    return count


@kernel()
def _nearest(digits, power, powers, word, as_float):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """
    Return the float64 nearest to digits x 10**power, and whether it is certain.

    `word` and `as_float` are one cell of memory seen as an integer and as a float.

    Reference: Lemire (2021), Number parsing at a gigabyte per second, Software: Practice and
    Experience 51(8), algorithm 1; what it sends to a slower way is left to the caller.
    """
    if digits == U0:
        return 0.0, True
    if power < -342 or power > 308:
        return 0.0, False
    zeros = _leading_zeros(digits)
    digits <<= np.uint64(zeros)
    high, low = _product(digits, powers[power + 342, 0])
    if high & LOW_NINE == LOW_NINE:
        second, _ = _product(digits, powers[power + 342, 1])
        low += second
        if low < second:
            high += U1
    if low == ALL_ONES and (power < -27 or power > 55):
        return 0.0, False
    upper = high >> U63
    shift = upper + np.uint64(9)
    mantissa = high >> shift
    exponent = ((217706 * power) >> 16) + 63 + np.int64(upper) - zeros + 1023
    if exponent <= 0 or exponent >= 2046:
        return 0.0, False
    if (
        low <= U1
        and -4 <= power <= 23
        and mantissa & np.uint64(3) == U1
        and (mantissa << shift == high)
    ):
        mantissa &= ~U1  # exactly half way, and the even one is below
    mantissa += mantissa & U1
    mantissa >>= U1
    if mantissa >= HIDDEN_BIT << U1:
        mantissa = HIDDEN_BIT
        exponent += 1
    word[0] = (mantissa & ~HIDDEN_BIT) | (np.uint64(exponent) << np.uint64(52))
    return as_float[0], True


@kernel()
def _significant(text, start, end):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """How many digits from start to end there are after leading zeros."""
    count = 0
    for place in range(start, end):
        if text[place] != 46 and (count > 0 or text[place] != 48):
            count += 1
    return count


@kernel()
def _number(text, start, end, powers, word, as_float):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202, PLR0911, C901, PLR0912
    """Value of the number that is the text from start to end, and READ, HARD or NOT_A_NUMBER."""
    place, negative = start, False
    if text[place] == 45 or text[place] == 43:
        negative = text[place] == 45
        place += 1
    digits, first = U0, place
    while place < end:
        digit = np.uint64(text[place]) - ZERO
        if digit > NINE:
            break
        digits = digits * TEN + digit
        place += 1
    seen, power = place - first, 0
    if place < end and text[place] == 46:
        place += 1
        point = place
        while place < end:
            digit = np.uint64(text[place]) - ZERO
            if digit > NINE:
                break
            digits = digits * TEN + digit
            place += 1
        power = point - place
        seen -= power
    if seen == 0:
        return 0.0, NOT_A_NUMBER
    last = place
    if place < end:
        if text[place] != 69 and text[place] != 101:
            return 0.0, NOT_A_NUMBER
        place += 1
        below = False
        if place < end and (text[place] == 45 or text[place] == 43):
            below = text[place] == 45
            place += 1
        if place == end:
            return 0.0, NOT_A_NUMBER
        exponent = 0
        while place < end:
            if text[place] < 48 or text[place] > 57:
                return 0.0, NOT_A_NUMBER
            exponent = min(exponent * 10 + text[place] - 48, 100_000)
            place += 1
        power += -exponent if below else exponent
    if seen > 19 and _significant(text, first, last) > 19:
        return 0.0, HARD
    if digits <= EXACT and -22 <= power <= 22:
        # Both are floats without error, so that the one operation rounds as it must.
        whole = np.float64(digits)
        exact = whole / TENS[-power] if power < 0 else whole * TENS[power]
        return (-exact if negative else exact), READ
    value, certain = _nearest(digits, power, powers, word, as_float)
    if not certain:
        return 0.0, HARD
    return (-value if negative else value), READ


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
            value[row, column], state = _number(text, token, place, powers, word, as_float)
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
                number[row], status[row] = _number(text, value, bracket, powers, word, as_float)
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


MONTHS: Any = np.array([0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 365])

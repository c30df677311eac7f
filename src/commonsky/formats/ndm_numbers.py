"""
Compiled reading of decimal numbers: as Python's `float` reads them, to the last bit.

What is not certain (more than nineteen digits, subnormals) is left to be read by that.  Numba's
cache does not notice an edited callee in another file: who edits this one touches `ndm_kernels`.
"""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from commonsky.astro.kernels import kernel

Words: TypeAlias = NDArray[np.uint64]

LEAST_POWER, LARGEST_POWER = -342, 308
READ, HARD, NOT_A_NUMBER = range(3)
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
def number_at(text, start, end, powers, word, as_float):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201, PLR0911, C901, PLR0912
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

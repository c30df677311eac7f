"""Columns of texts as columns of numbers, strictly: nothing is guessed, nothing is fatal."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from commonsky.astro.arrays import Floats, Ints
from commonsky.formats.gathering import Bools

DECIMAL = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?", re.ASCII)
WHOLE = re.compile(r"[+-]?\d{1,18}", re.ASCII)
DECIMAL_LETTERS = b"0123456789+-.eE"
LONGEST_DECIMAL = 400
COMMON_LENGTHS = set(range(1, 19))  # of digits that fit in 64 bits


def decimals(texts: Sequence[str]) -> tuple[Floats, Bools]:
    """
    (n,) numbers, and whether each text is one: digits, one point, an exponent, no more.

    Refused are nan, infinities and what overflows to one, hexadecimal, underscores, commas and
    the digits of other scripts, all of which some `float` would take.
    """
    # One look at all letters together spares looking at each text.
    if not "".join(texts).encode("utf-8", "replace").translate(None, DECIMAL_LETTERS):
        try:
            number = np.array(list(map(float, texts)), dtype=np.float64)
        except ValueError:
            pass
        else:
            return number, np.isfinite(number)
    number, good = np.zeros(len(texts)), np.zeros(len(texts), dtype=np.bool_)
    for row, text in enumerate(texts):
        stripped = text.strip(" \t")
        if len(stripped) <= LONGEST_DECIMAL and DECIMAL.fullmatch(stripped):
            number[row] = float(stripped)
            good[row] = True
    return number, good & np.isfinite(number)


def wholes(texts: Sequence[str]) -> tuple[Ints, Bools]:
    """(n,) whole numbers, and whether each text is one: a sign or none, and up to 18 digits."""
    together = "".join(texts)
    if together.isascii() and together.isdigit() and set(map(len, texts)) <= COMMON_LENGTHS:
        return np.array(list(map(int, texts)), dtype=np.int64), np.ones(len(texts), np.bool_)
    number, good = np.zeros(len(texts), np.int64), np.zeros(len(texts), dtype=np.bool_)
    for row, text in enumerate(texts):
        stripped = text.strip(" \t")
        if WHOLE.fullmatch(stripped):
            number[row] = int(stripped)
            good[row] = True
    return number, good


def tidy(texts: Sequence[str], longest: int) -> tuple[list[str], Bools]:
    """Texts without blanks around them; whether each is printable and not too long, else ""."""
    stripped = [text.strip() for text in texts]
    good = np.ones(len(stripped), dtype=np.bool_)
    if "".join(stripped).isprintable() and max(map(len, stripped), default=0) <= longest:
        return stripped, good
    for row, text in enumerate(stripped):
        if len(text) > longest or not text.isprintable():
            # One hostile text must not widen every row of the table.
            good[row], stripped[row] = False, ""
    return stripped, good

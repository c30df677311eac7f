"""The columns of two-line element sets, as columns: n records at once from their bytes."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from commonsky.astro.arrays import Floats, Ints
from commonsky.astro.epoch import NS_PER_DAY, tai_ns_from_year_day
from commonsky.formats.gathering import Bools, Checks

Bytes = NDArray[np.uint8]

LENGTH = 69
FIRST_YEAR = 57  # two-digit years from here on are of the twentieth century
NS_PER_STEP = NS_PER_DAY // 10**8  # the last digit of an epoch
ZERO, ONE, TWO, NINE, BLANK, MINUS, PLUS, POINT = b"0129 -+."
LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"  # without I and O, which look like digits

DIGIT = np.zeros(256, dtype=np.uint8)
DIGIT[ZERO : NINE + 1] = np.arange(10)
ALPHA5_VALUE = np.full(256, -1, dtype=np.int64)
ALPHA5_VALUE[ZERO : NINE + 1] = np.arange(10)
ALPHA5_VALUE[[ord(letter) for letter in LETTERS]] = np.arange(10, 10 + len(LETTERS))
BLANKS = {1: (1, 8, 17, 32, 43, 52, 61, 63), 2: (1, 7, 16, 25, 33, 42, 51)}
# Where each field stands, for telling what was found there: line, first and last column from 0.
PLACES = {
    "NORAD_CAT_ID": (1, 2, 7),
    "CLASSIFICATION_TYPE": (1, 7, 8),
    "OBJECT_ID": (1, 9, 17),
    "EPOCH": (1, 18, 32),
    "MEAN_MOTION_DOT": (1, 33, 43),
    "MEAN_MOTION_DDOT": (1, 44, 52),
    "BSTAR": (1, 53, 61),
    "EPHEMERIS_TYPE": (1, 62, 63),
    "ELEMENT_SET_NO": (1, 64, 68),
    "INCLINATION": (2, 8, 16),
    "RA_OF_ASC_NODE": (2, 17, 25),
    "ECCENTRICITY": (2, 26, 33),
    "ARG_OF_PERICENTER": (2, 34, 42),
    "MEAN_ANOMALY": (2, 43, 51),
    "MEAN_MOTION": (2, 52, 63),
    "REV_AT_EPOCH": (2, 63, 68),
    "line 1": (1, 0, LENGTH),
    "line 2": (2, 0, LENGTH),
    "line 1 checksum": (1, 68, 69),
    "line 2 checksum": (2, 68, 69),
}


class _Number(NamedTuple):
    """Whole numbers, and whether each stands there."""

    value: Ints
    good: Bools


class Fields:
    """
    Fields of n element sets from their two lines, (69, n) bytes each, column by column.

    What a field must look like is put to `checks`; where a record fails, its values are
    meaningless.  Decimals are exact: an integer, divided once by a power of ten.
    """

    def __init__(self, line1: Bytes, line2: Bytes, checks: Checks) -> None:
        self.lines = {1: line1, 2: line2}
        self.checks = checks
        # Letters count for nothing: whether digits stand where they must is a question apart.
        self._is_digit = {
            number: line - np.uint8(ZERO) <= 9 for number, line in self.lines.items()
        }
        self._digit = {number: DIGIT[line] for number, line in self.lines.items()}

    def check_layout(self) -> None:
        """Require plain ASCII, blanks between the fields, and the right checksums."""
        for number, line in self.lines.items():
            name = f"line {number}"
            printable = (line - np.uint8(BLANK) < np.uint8(127 - BLANK)).all(axis=0)
            self.checks.require(printable, name, "other than printable ASCII characters in it")
            total = self._digit[number][:68].sum(axis=0, dtype=np.uint16)
            total += (line[:68] == MINUS).sum(axis=0, dtype=np.uint16)
            self.checks.require(
                total % np.uint16(10) == line[68] - np.uint16(ZERO),
                f"{name} checksum",
                "{} is not the checksum of what stands before it",
            )
            between = (line[list(BLANKS[number])] == BLANK).all(axis=0)
            self.checks.require(between, name, "no blank where one parts two fields")

    def catalogue_number(self) -> Ints:
        """(n,) by Alpha-5, the same on both lines; 0 where both are blank."""
        line1, line2 = self.lines[1][2:7], self.lines[2][2:7]
        self.checks.require(
            (line1 == line2).all(axis=0), "NORAD_CAT_ID", "{} on line 1, but another on line 2"
        )
        rest, good = self._digits("NORAD_CAT_ID", 1, 5)
        first = ALPHA5_VALUE[line1[0]]
        blank = line1[0] == BLANK
        good = good & (blank | ((line1[1:] != BLANK).all(axis=0) & (first >= 0)))
        self.checks.require(
            good,
            "NORAD_CAT_ID",
            "{} is no catalogue number: five digits, or a capital other than I and O and four",
        )
        return np.where(blank, 0, first) * 10_000 + rest

    def integer(self, field: str) -> Ints:
        """(n,) digits after any blanks; 0 where all is blank."""
        _, first, end = PLACES[field]
        value, good = self._digits(field, 0, end - first)
        self.checks.require(good, field, "{} is no whole number")
        return value

    def fixed(self, field: str, point: int, *, signed: bool = False) -> Floats:
        """(n,) decimals with their point in that column of the field, a sign first if so."""
        column = self._column(field)
        fraction, good = self._digits(field, point + 1, len(column), blanks=False)
        whole = np.zeros_like(fraction)
        good = good & (column[point] == POINT)
        if signed:
            good &= self._is_sign(column[0])
        else:
            whole, whole_good = self._digits(field, 0, point)
            good &= whole_good
        self.checks.require(good, field, "{} is no number of this field")
        places = len(column) - point - 1
        value = (whole * 10**places + fraction) / 10.0**places
        # A zero under a minus sign is written by many, and means no more than zero.
        return np.where((column[0] == MINUS) & (value != 0.0), -value, value) if signed else value

    def eccentricity(self) -> Floats:
        """(n,) seven decimals after an implied point."""
        value, good = self._digits("ECCENTRICITY", 0, 7)
        self.checks.require(good, "ECCENTRICITY", "{} is not seven digits")
        return value / 1e7

    def exponential(self, field: str) -> Floats:
        """(n,) five decimals after an implied point, times ten to a signed digit; blank is 0."""
        column = self._column(field)
        mantissa, good = self._digits(field, 1, 6)
        exponent = column[7] - np.uint8(ZERO)
        good = good & self._is_sign(column[0]) & self._is_sign(column[6]) & (exponent <= 9)
        empty = (column == BLANK).all(axis=0)
        self.checks.require(good | empty, field, "{} is not as -12345-6, which means -0.12345e-6")
        # Empty has no exponent, and a blank for one would be a power out of range.
        power = np.where(empty, 0, exponent).astype(np.int64)
        shift = np.where(column[6] == MINUS, power + 5, 5 - power)
        value = np.where(
            shift >= 0,
            mantissa / 10.0 ** np.maximum(shift, 0),
            mantissa * 10.0 ** np.maximum(-shift, 0),
        )
        return np.where((column[0] == MINUS) & (mantissa != 0), -value, value)

    def epoch_tai_ns(self) -> Ints:
        """(n,) from year, day of the year and its fraction, exact."""
        column = self._column("EPOCH")
        short_year, good = self._digits("EPOCH", 0, 2)
        day, day_good = self._digits("EPOCH", 2, 5)
        fraction, fraction_good = self._digits("EPOCH", 6, 14, blanks=False)
        good = good & day_good & fraction_good & (column[5] == POINT)
        self.checks.require(good, "EPOCH", "{} is not two digits of a year and a day of it")
        year = short_year + np.where(short_year >= FIRST_YEAR, 1900, 2000)
        leap = (year % 4 == 0) & ((year % 100 != 0) | (year % 400 == 0))
        self.checks.require(
            (day >= 1) & (day <= 365 + leap), "EPOCH", "{}: its year has no such day"
        )
        day = np.where(self.checks.good, day, 1)
        return tai_ns_from_year_day(year, (day - 1) * NS_PER_DAY + fraction * NS_PER_STEP)

    def object_id(self) -> NDArray[np.str_]:
        """(n,) designator as 1998-067A; what is none stays as it is, blank is ""."""
        column = self._column("OBJECT_ID")
        n = column.shape[1]
        if n == 0:
            return np.zeros(0, dtype="U11")
        digits = (column[:5] - np.uint8(ZERO) <= 9).all(axis=0)
        piece = (column[5:] >= ord("A")) & (column[5:] <= ord("Z"))
        plain = digits & (piece | (column[5:] == BLANK)).all(axis=0)
        text = np.full((n, 12), BLANK, dtype=np.uint8)
        year = (column[0] - np.uint8(ZERO)) * np.uint8(10) + (column[1] - np.uint8(ZERO))
        text[:, 0] = np.where(year >= FIRST_YEAR, ONE, TWO)
        text[:, 1] = np.where(year >= FIRST_YEAR, NINE, ZERO)
        text[:, 2:4] = column[:2].T
        text[:, 4] = MINUS
        text[:, 5:11] = column[2:].T
        other = np.flatnonzero(~plain)
        text[other] = BLANK
        text[other, :8] = column[:, other].T
        text[~self.checks.good] = BLANK  # which may hold what is no ASCII
        text[:, 11] = 0
        return np.strings.strip(text.view("S12")[:, 0].astype("U12"))

    def classification(self) -> NDArray[np.str_]:
        """(n,) U, C or S; what is blank is unclassified."""
        column = self._column("CLASSIFICATION_TYPE")[0]
        known = np.where(column == BLANK, ord("U"), column).astype(np.uint8)
        self.checks.require(
            np.isin(known, (ord("U"), ord("C"), ord("S"))),
            "CLASSIFICATION_TYPE",
            "{} is not U, C or S",
        )
        return np.where(self.checks.good, known, ord("U")).astype(np.uint8).view("S1").astype("U1")

    def _column(self, field: str) -> Bytes:
        line, first, end = PLACES[field]
        return self.lines[line][first:end]

    @staticmethod
    def _is_sign(column: Bytes) -> Bools:
        return np.asarray((column == BLANK) | (column == MINUS) | (column == PLUS))

    def _digits(self, field: str, first: int, end: int, *, blanks: bool = True) -> _Number:
        """The number that digits in these columns of a field tell, leading blanks allowed."""
        line, begin, _ = PLACES[field]
        rows = slice(begin + first, begin + end)
        digit, blank = self._digit[line][rows], self.lines[line][rows] == BLANK
        is_digit = self._is_digit[line][rows]
        if blanks:
            good = (is_digit | blank).all(axis=0)
            # Once a digit came, no blank may follow.
            good &= ~(is_digit[:-1] & blank[1:]).any(axis=0)
        else:
            good = is_digit.all(axis=0)
        value = digit[0].astype(np.int64 if len(digit) > 9 else np.int32)
        for place in range(1, len(digit)):
            value *= 10
            value += digit[place]
        return _Number(value.astype(np.int64), good)

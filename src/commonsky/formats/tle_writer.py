"""Catalogues as two-line element sets, where they can carry them: tables in, lines out."""

from __future__ import annotations

import math
import re

import numpy as np

from commonsky.astro.arrays import Ints
from commonsky.astro.epoch import NS_PER_DAY, utc_ns
from commonsky.catalogue.catalogue import UNNUMBERED_FIRST, Catalogue
from commonsky.catalogue.identity import designator
from commonsky.errors import NotRepresentable
from commonsky.formats.tle_fields import FIRST_YEAR, LETTERS, NS_PER_STEP
from commonsky.formats.units import degrees, rev_day

LARGEST_ALPHA5 = 339_999
LAST_YEAR = 1999 + FIRST_YEAR
DESIGNATOR = re.compile(r"(\d{4})-(\d{3})([A-Z]{0,3})")
NAME_LENGTH = 69
COUNTER_ENDS = {"element set": 10_000, "revolution": 100_000}


def write_tle(catalogue: Catalogue) -> list[str]:
    """
    Return two lines for each row, after a line 0 with its name if it has one.

    An export that loses digits: angles to 1e-4 degrees, eccentricity to 1e-7, mean motion to
    1e-8, epoch to 0.864 ms, the rest to five digits.  The counters of element sets and revolutions
    begin anew when their columns are full, as is usual.  A row that a TLE cannot carry raises
    `NotRepresentable`, which says why; OMM carries it.
    """
    rows = _Rows(catalogue)
    lines = []
    for row in range(len(catalogue)):
        lines += rows.lines(row)
    return lines


def representable(catalogue: Catalogue) -> tuple[Ints, list[str]]:
    """Return the rows that a TLE can carry, and why it cannot carry the others."""
    rows = _Rows(catalogue)
    good, reasons = [], []
    for row in range(len(catalogue)):
        try:
            rows.lines(row)
        except NotRepresentable as refusal:
            reasons.append(str(refusal))
        else:
            good.append(row)
    return np.array(good, dtype=np.int64), reasons


def alpha5(number: int) -> str:
    """Return five characters for a catalogue number up to 339 999."""
    if not 0 <= number <= LARGEST_ALPHA5:
        why = (
            "it has none, and ours does not fit"
            if number >= UNNUMBERED_FIRST
            else f"five characters reach from 0 to {LARGEST_ALPHA5}"
        )
        raise NotRepresentable(f"catalogue number {number} does not fit in a TLE: {why}")
    if number < 100_000:
        return f"{number:05d}"
    return LETTERS[number // 10_000 - 10] + f"{number % 10_000:04d}"


class _Rows:
    """A catalogue in the units of the lines, row by row."""

    def __init__(self, catalogue: Catalogue) -> None:
        elements = catalogue.elements
        self._catalogue = catalogue
        self._epochs = _epoch_texts(elements.epoch_tai_ns)
        self._motion = rev_day(elements.mean_motion_rad_min).tolist()
        self._angles = [
            degrees(angle_rad).tolist()
            for angle_rad in (
                elements.inclination_rad,
                elements.raan_rad,
                elements.argument_of_perigee_rad,
                elements.mean_anomaly_rad,
            )
        ]

    def lines(self, row: int) -> list[str]:
        """Return the lines of one row."""
        number = alpha5(int(self._catalogue.catalogue_number[row]))
        try:
            return [*self._line0(row), self._line1(row, number), self._line2(row, number)]
        except NotRepresentable as refusal:
            raise NotRepresentable(
                f"object {self._catalogue.catalogue_number[row]} does not fit in a TLE: {refusal}"
            ) from None

    def _line0(self, row: int) -> list[str]:
        name = str(self._catalogue.object_name[row])
        if len(name) > NAME_LENGTH or not name.isprintable():
            raise NotRepresentable(
                f"its name {name[:NAME_LENGTH]!r} is no printable text of up to {NAME_LENGTH}"
            )
        return [f"0 {name}"] if name else []

    def _line1(self, row: int, number: str) -> str:
        table, elements = self._catalogue, self._catalogue.elements
        epoch = self._epochs[row]
        if not epoch:
            first = 1900 + FIRST_YEAR
            raise NotRepresentable(f"two digits of a year reach from {first} to {LAST_YEAR}")
        classification = str(table.classification[row]) or "U"
        set_number = _counter_value(table.element_set_number[row], "element set")
        object_id = _designator_text(str(table.object_id[row]))
        dot = _dot_text(float(elements.mean_motion_dot_rev_day2[row]))
        ddot = float(elements.mean_motion_ddot_rev_day3[row])
        ddot_text = _exponential_text(ddot, "MEAN_MOTION_DDOT")
        bstar = _exponential_text(float(elements.bstar_per_earth_radius[row]), "BSTAR")
        return _with_checksum(
            f"1 {number}{classification[:1]} {object_id} {epoch} {dot} {ddot_text} {bstar} "
            f"0 {set_number:4d}"
        )

    def _line2(self, row: int, number: str) -> str:
        inclination, raan, perigee, anomaly = (_angle_text(angles[row]) for angles in self._angles)
        eccentricity = f"{float(self._catalogue.elements.eccentricity[row]):.7f}"
        if not eccentricity.startswith("0."):
            raise NotRepresentable(f"an eccentricity of {eccentricity} is 1 in seven digits")
        motion = f"{self._motion[row]:11.8f}"
        if len(motion) != 11 or not self._motion[row] > 0.0:
            raise NotRepresentable(f"a mean motion of {motion.strip()} rev/day has no such field")
        revolution = _counter_value(self._catalogue.revolution_at_epoch[row], "revolution")
        return _with_checksum(
            f"2 {number} {inclination} {raan} {eccentricity[2:]} {perigee} {anomaly} "
            f"{motion}{revolution:5d}"
        )


def _counter_value(count: np.int64, kind: str) -> int:
    return max(int(count), 0) % COUNTER_ENDS[kind]


def _epoch_texts(epoch_tai_ns: Ints) -> list[str]:
    """Year, day and fraction of each epoch; "" where its year is out of reach."""
    # Rounded as a count, so that the last moment of a year turns into the first of the next.
    steps = (utc_ns(epoch_tai_ns) + NS_PER_STEP // 2) // NS_PER_STEP
    day, step = np.divmod(steps, NS_PER_DAY // NS_PER_STEP)
    dates = day.astype("datetime64[D]")
    new_year = dates.astype("datetime64[Y]")
    year = new_year.astype(np.int64) + 1970
    day_of_year = (dates - new_year.astype("datetime64[D]")).astype(np.int64) + 1
    return [
        f"{y % 100:02d}{d:03d}.{s:08d}" if 1900 + FIRST_YEAR <= y <= LAST_YEAR else ""
        for y, d, s in zip(year.tolist(), day_of_year.tolist(), step.tolist(), strict=True)
    ]


def _designator_text(object_id: str) -> str:
    if not object_id:
        return " " * 8
    found = DESIGNATOR.fullmatch(designator(object_id))
    if found is None or not 1900 + FIRST_YEAR <= int(found[1]) <= LAST_YEAR:
        raise NotRepresentable(f"its designator {object_id!r} is not as 1998-067A")
    return f"{found[1][2:]}{found[2]}{found[3]:3s}"


def _angle_text(angle_deg: float) -> str:
    if not math.isfinite(angle_deg):
        raise NotRepresentable(f"an angle of {angle_deg} is no number")
    text = f"{angle_deg % 360.0:8.4f}"
    return "  0.0000" if text == "360.0000" else text


def _dot_text(value: float) -> str:
    text = f"{value:+.8f}"
    if not text[1:].startswith("0."):
        raise NotRepresentable(f"a MEAN_MOTION_DOT of {value} is not below 1")
    return ("-" if text[0] == "-" and float(text) != 0.0 else " ") + text[2:]


def _exponential_text(value: float, field: str) -> str:
    """Five digits after an implied point, and the power of ten: -12345-6 is -0.12345e-6."""
    if value == 0.0:
        return " 00000-0"
    if not math.isfinite(value):
        raise NotRepresentable(f"a {field} of {value} is no number")
    exponent = max(math.floor(math.log10(abs(value))) + 1, -9)
    mantissa = round(abs(value) * 10.0 ** (5 - exponent))
    if mantissa == 100_000:
        mantissa, exponent = 10_000, exponent + 1
    if exponent > 9:
        raise NotRepresentable(f"a {field} of {value} has no power of ten of one digit")
    if mantissa == 0:
        return " 00000-0"
    sign = "-" if value < 0.0 else " "
    return f"{sign}{mantissa:05d}{'-' if exponent < 0 else '+'}{abs(exponent)}"


def _with_checksum(line: str) -> str:
    total = sum(int(letter) for letter in line if letter.isdigit()) + line.count("-")
    return f"{line}{total % 10}"

"""
What operators declare of their satellites' radiation margins: CSV, units in names.

NORAD_CAT_ID, and any of DOSE_MARGIN_GY_SI, DOSE_MARGIN_RAD_SI or DOSE_MARGIN_KRAD_SI behind
SHIELDING_MM_AL; ARRAY_MARGIN_PER_CM2 of ARRAY_MARGIN_PARTICLES, for solar arrays; SAFED_FACTOR,
the exposure of the safed satellite over that of one that is not.  Empty is not declared.
"""

from __future__ import annotations

import numpy as np

from commonsky.astro.arrays import Floats
from commonsky.characterise.exposure import Margins
from commonsky.errors import MessageError
from commonsky.formats.dose_rows import GY_PER_RAD, LONGEST_TEXT, Column, number_of, whole_rows

NUMBER = Column(1.0, 999_999_999_999.0)
DOSES = {
    "DOSE_MARGIN_GY_SI": Column(0.0, 1e9),
    "DOSE_MARGIN_RAD_SI": Column(0.0, 1e11, GY_PER_RAD),
    "DOSE_MARGIN_KRAD_SI": Column(0.0, 1e8, 1e3 * GY_PER_RAD),
}
NUMBERS = {
    **DOSES, "SHIELDING_MM_AL": Column(0.0, 1e4), "ARRAY_MARGIN_PER_CM2": Column(0.0, 1e23),
    "SAFED_FACTOR": Column(0.0, 1.0),
}  # fmt: skip
COLUMNS = ("NORAD_CAT_ID", *NUMBERS, "ARRAY_MARGIN_PARTICLES")


def exposure_margins(content: bytes) -> Margins:
    """Return the margins by number; a list that people write is wanted whole, as `hard_bodies`."""
    rows = whole_rows(content, {})
    line, names = next(rows)
    unknown = [name for name in names if name not in COLUMNS]
    if unknown or "NORAD_CAT_ID" not in names or len(set(names) & set(DOSES)) > 1:
        raise MessageError(
            f"needed are NORAD_CAT_ID and any of {', '.join(COLUMNS[1:])}, the dose once; found "
            f"{', '.join(names)[:LONGEST_TEXT]}",
            line=line,
        )
    found: dict[int, dict[str, str]] = {}
    for line, fields in rows:
        said = dict(zip(names, fields, strict=True))
        number = number_of(said["NORAD_CAT_ID"], "NORAD_CAT_ID", NUMBER, line)
        if not number.is_integer() or int(number) in found:
            raise MessageError(f"{number:g} is no number, or stands here twice", line=line)
        found[int(number)] = said
        _check(said, line)
    ordered = sorted(found)

    def column(name: str) -> Floats:
        told = [found[one].get(name, "") for one in ordered]
        return np.array([float(text or "nan") for text in told]) * NUMBERS[name].factor

    particles = [found[one].get("ARRAY_MARGIN_PARTICLES", "") for one in ordered]
    return Margins(
        np.array(ordered, np.int64),
        column(next((name for name in names if name in DOSES), "DOSE_MARGIN_GY_SI")),
        column("SHIELDING_MM_AL"), column("ARRAY_MARGIN_PER_CM2"),
        np.array(particles, np.str_), column("SAFED_FACTOR"),
    )  # fmt: skip


def _check(said: dict[str, str], line: int) -> None:
    for name, column in NUMBERS.items():
        if text := said.get(name, ""):
            number_of(text, name, column, line)
    margin, particles = said.get("ARRAY_MARGIN_PER_CM2"), said.get("ARRAY_MARGIN_PARTICLES", "")
    if len(particles) > LONGEST_TEXT or bool(margin) != bool(particles):
        raise MessageError(
            "a margin of an array says of which particles, as `electrons above 1 MeV`",
            line=line,
            field="ARRAY_MARGIN_PARTICLES",
        )

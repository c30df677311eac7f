"""Rows of tables of sizes: which columns mean what under which heading, and what a row says."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence
from enum import StrEnum
from typing import NamedTuple

from commonsky.catalogue.catalogue import ObjectType
from commonsky.environment.objects import SizeProvenance
from commonsky.environment.size_table import ACTIVE, INACTIVE, UNKNOWN_STATE
from commonsky.errors import MessageError
from commonsky.formats.delimited import RowProblem

# The columns of a `SizeTable`, with the codes of `array.array`.
COLUMNS = {
    "catalogue_number": "q", "mass_kg": "d", "mass_provenance": "b", "area_m2": "d",
    "radius_m": "d", "size_provenance": "b", "rcs_m2": "d", "launched_year": "d", "active": "b",
    "kind": "b",
}  # fmt: skip
LARGEST_NUMBER = 999_999_999_999
LARGEST = {
    "mass": 1e6, "dry": 1e6, "area": 1e5, "radius": 1000.0, "rcs": 1e5,
}  # fmt: skip
NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?", re.ASCII)
# A comma may also be a decimal one, so that only commas before three digits each are let pass.
THOUSANDS = re.compile(r"\d{1,3}(?:,\d{3}){1,4}(?:\.\d{0,9})?", re.ASCII)
LONGEST_VALUE = 40
DATES = (
    re.compile(r"(?P<y>\d{4})-(?P<m>\d{1,2})-\d{1,2}(?:[T ].*)?", re.ASCII),
    re.compile(r"(?P<m>\d{1,2})/\d{1,2}/(?P<y>\d{4}|\d{2})", re.ASCII),
    re.compile(r"(?P<y>\d{4}) (?P<w>[A-Z]{3})\b.*", re.ASCII | re.IGNORECASE),
)
MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
FIRST_YEAR, LAST_YEAR, FIRST_SPACE_YEAR = 1957, 2200, 57


class Form(StrEnum):
    """Whose table it is."""

    PLAIN = "ours"
    CARA = "NASA CARA"
    SATCAT = "SATCAT"
    UCS = "UCS"
    GCAT = "GCAT"


NAMES: dict[str, tuple[str, ...]] = {
    "number": ("NORAD_CAT_ID", "NORAD NUMBER", "OBJECTID", "SATCAT"),
    "mass": ("MASS_KG", "MASS", "LAUNCH MASS (KG.)"),
    "dry": ("DRY_MASS_KG", "DRYMASS", "DRY MASS (KG.)"),
    "mass_source": ("MASSSOURCE",),
    "area": ("AREA_M2",),
    "radius": ("HBR_M", "HARD_BODY_RADIUS_M", "HBR"),
    "radius_source": ("HBRSOURCE",),
    "rcs": ("RCS_M2", "RCS"),
    "launch": ("LAUNCH_DATE", "DATE OF LAUNCH", "LDATE"),
    "active": ("ACTIVE", "OPS_STATUS_CODE"),
    "kind": ("OBJECT_TYPE", "TYPE"),
}
OF_CARA = {
    "CARA Protected Primary": SizeProvenance.MEASURED, "CARA Override": SizeProvenance.MEASURED,
    "DISCOS DB": SizeProvenance.CATALOGUE, "SFK RCS Estimate": SizeProvenance.RADAR,
}  # fmt: skip
DEFAULT = "Default"
STATES = {
    **dict.fromkeys(("+", "P", "B", "S", "X", "1", "YES", "TRUE"), ACTIVE),
    **dict.fromkeys(("-", "D", "0", "NO", "FALSE"), INACTIVE),
}
KINDS = {
    "PAY": ObjectType.PAYLOAD, "PAYLOAD": ObjectType.PAYLOAD, "R/B": ObjectType.ROCKET_BODY,
    "ROCKET BODY": ObjectType.ROCKET_BODY, "DEB": ObjectType.DEBRIS, "DEBRIS": ObjectType.DEBRIS,
}  # fmt: skip
GCAT_KINDS = {
    "P": ObjectType.PAYLOAD, "R": ObjectType.ROCKET_BODY, "C": ObjectType.DEBRIS,
    "D": ObjectType.DEBRIS,
}  # fmt: skip


class Values(NamedTuple):
    """A row, in the order of `COLUMNS`."""

    catalogue_number: int
    mass_kg: float
    mass_provenance: int
    area_m2: float
    radius_m: float
    size_provenance: int
    rcs_m2: float
    launched_year: float
    active: int
    kind: int


def form_of(names: Sequence[str], line: int) -> Form:
    """Return whose heading it is, from its names in capitals."""
    here = set(names)
    if {"OBJECTID", "MASS", "MASSSOURCE"} <= here:
        return Form.CARA
    if {"#JCAT", "SATCAT"} <= here:
        return Form.GCAT
    if {"NORAD NUMBER", "LAUNCH MASS (KG.)"} <= here:
        return Form.UCS
    if {"NORAD_CAT_ID", "OBJECT_TYPE", "LAUNCH_DATE"} <= here:
        return Form.SATCAT
    told = [name for column, said in NAMES.items() if column != "number" for name in said]
    if "NORAD_CAT_ID" in here and here.intersection(told):
        return Form.PLAIN
    raise MessageError(
        "the heading is none of a table of sizes; needed are NORAD_CAT_ID and one of MASS_KG, "
        "AREA_M2, HBR_M, RCS_M2, LAUNCH_DATE, ACTIVE, or the heading of NASA CARA's list, of "
        "CelesTrak's SATCAT, of the UCS database or of GCAT",
        line=line,
    )


def places_of(names: Sequence[str], form: Form) -> dict[str, int]:
    """Return where each column stands that means something."""
    places: dict[str, int] = {}
    for column, said in NAMES.items():
        found = [place for place, name in enumerate(names) if name in said]
        if len(found) > 1:
            raise MessageError(f"the heading has two columns for {column}", line=1)
        # GCAT's column SATCAT is the number; elsewhere a TYPE may be anything.
        if found and not (names[found[0]] == "TYPE" and form is not Form.GCAT):
            places[column] = found[0]
    return places


def values_of(said: dict[str, str], form: Form, ignored: Counter[str]) -> Values:
    """Return what a row says; `ignored` counts values that mean nothing."""
    number = _catalogue_number(said["number"])
    numbers = {name: _real(said.get(name, ""), name) for name in LARGEST}
    kind = _kind(said.get("kind", ""), form)
    mass, radius = numbers["mass"], numbers["radius"]
    of_mass = of_size = SizeProvenance.CATALOGUE
    if form is Form.PLAIN:
        of_mass = of_size = SizeProvenance.MEASURED
    elif form is Form.CARA:
        mass, of_mass = _of_cara(mass, said["mass_source"], ignored)
        radius, of_size = _of_cara(radius, said.get("radius_source", ""), ignored)
    else:
        mass = _in_orbit(mass, numbers["dry"], kind)
    year = _year(said.get("launch", ""), ignored)
    state = STATES.get(said.get("active", "").upper(), UNKNOWN_STATE)
    state = ACTIVE if form is Form.UCS else state
    told = (mass, numbers["area"], radius, numbers["rcs"], year)
    if all(map(math.isnan, told)) and state == UNKNOWN_STATE and kind == ObjectType.UNKNOWN:
        raise RowProblem("says nothing that is used")
    return Values(
        number, mass, of_mass, numbers["area"], radius, of_size, numbers["rcs"], year, state, kind
    )


def _catalogue_number(text: str) -> int:
    # Spreadsheets write numbers with a fraction where a column has gaps.
    digits = text.removesuffix(".0")
    if not (digits.isascii() and digits.isdigit() and len(digits) <= LONGEST_VALUE):
        raise RowProblem("no catalogue number")
    if not 0 < int(digits) <= LARGEST_NUMBER:
        raise RowProblem("no catalogue number")
    return int(digits)


def _real(text: str, name: str) -> float:
    """A number above 0, nan where nothing is said or 0."""
    if text in ("", "-"):
        return math.nan
    plain = text.replace(",", "") if THOUSANDS.fullmatch(text) else text
    if len(plain) > LONGEST_VALUE or not NUMBER.fullmatch(plain):
        raise RowProblem(f"{name}: no number")
    value = float(plain)
    if not 0.0 <= value <= LARGEST[name]:
        raise RowProblem(f"{name}: out of range")
    return value if value > 0.0 else math.nan


def _of_cara(value: float, source: str, ignored: Counter[str]) -> tuple[float, SizeProvenance]:
    if source in OF_CARA:
        return value, OF_CARA[source]
    if not math.isnan(value):
        known = "a default of CARA's" if source == DEFAULT else "a source that is not known"
        ignored[known] += 1
    return math.nan, SizeProvenance.KIND


def _in_orbit(launch_kg: float, dry_kg: float, kind: int) -> float:
    if math.isnan(dry_kg):
        return launch_kg
    if math.isnan(launch_kg) or kind == ObjectType.ROCKET_BODY:
        return dry_kg
    return 0.5 * (launch_kg + dry_kg)


def _kind(text: str, form: Form) -> int:
    if form is Form.UCS:
        return ObjectType.PAYLOAD
    if form is Form.GCAT:
        return GCAT_KINDS.get(text[:1], ObjectType.UNKNOWN)
    return KINDS.get(text.upper(), ObjectType.UNKNOWN)


def _year(text: str, ignored: Counter[str]) -> float:
    """The year with its months, nan where nothing is said or it cannot be understood."""
    if text in ("", "-"):
        return math.nan
    for form in DATES:
        if (found := form.fullmatch(text[:LONGEST_VALUE])) is None:
            continue
        said = found.groupdict()
        word = (said.get("w") or "").upper()
        month = int(said.get("m") or 0) or (MONTHS.index(word) + 1 if word in MONTHS else 0)
        year = int(said["y"])
        if len(said["y"]) == 2:
            year += 1900 if year >= FIRST_SPACE_YEAR else 2000
        if 1 <= month <= 12 and FIRST_YEAR <= year <= LAST_YEAR:
            return year + (month - 0.5) / 12.0
    ignored["a date of launch that is none"] += 1
    return math.nan

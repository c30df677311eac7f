"""
What CCSDS 508.0-B-1 allows the values of a conjunction data message to be.

The rules of its sections 5.2 and 6.2, which hold for every notation, and those of 6.3.2.
"""

from __future__ import annotations

import re
from functools import lru_cache
from html import escape

from commonsky.astro.epoch import tai_ns
from commonsky.errors import NotRepresentable, UnknownEpoch

LONGEST_LINE = 254
SHOWN = 60
DIGITS = 16  # of a number, at most: a float64 comes back to half a unit of the sixteenth
LARGEST_PLAIN = 1e15
LARGEST = 1.797693134862315e308  # above it, sixteen digits round to infinity
NAME_LENGTH = 100
UNKNOWN = "UNKNOWN"

POSITIONS, VELOCITIES = ("R", "T", "N"), ("RDOT", "TDOT", "NDOT")
UNITS = {
    "MISS_DISTANCE": "m", "RELATIVE_SPEED": "m/s",
    **{f"RELATIVE_POSITION_{axis}": "m" for axis in "RTN"},
    **{f"RELATIVE_VELOCITY_{axis}": "m/s" for axis in "RTN"},
    **{f"SCREEN_VOLUME_{axis}": "m" for axis in "XYZ"},
    **dict.fromkeys("XYZ", "km"),
    **{f"{axis}_DOT": "km/s" for axis in "XYZ"},
    **{f"C{a}_{b}": "m**2" for a in POSITIONS for b in POSITIONS},
    **{f"C{a}_{b}": "m**2/s" for a in VELOCITIES for b in POSITIONS},
    **{f"C{a}_{b}": "m**2/s**2" for a in VELOCITIES for b in VELOCITIES},
}  # fmt: skip
OBLIGATORY = frozenset({
    "CREATION_DATE", "ORIGINATOR", "MESSAGE_ID", "TCA", "OBJECT", "OBJECT_DESIGNATOR",
    "CATALOG_NAME", "OBJECT_NAME", "INTERNATIONAL_DESIGNATOR", "EPHEMERIS_NAME",
    "COVARIANCE_METHOD", "MANEUVERABLE", "REF_FRAME",
})  # fmt: skip
CHOICES = {
    "SCREEN_VOLUME_FRAME": ("RTN", "TVN"),
    "SCREEN_VOLUME_SHAPE": ("ELLIPSOID", "BOX"),
    "OBJECT": ("OBJECT1", "OBJECT2"),
    "OBJECT_TYPE": ("PAYLOAD", "ROCKET BODY", "DEBRIS", UNKNOWN, "OTHER"),
    "COVARIANCE_METHOD": ("CALCULATED", "DEFAULT"),
    "MANEUVERABLE": ("YES", "NO", "N/A"),
    "REF_FRAME": ("GCRF", "EME2000", "ITRF"),
    "SOLAR_RAD_PRESSURE": ("YES", "NO"),
    "EARTH_TIDES": ("YES", "NO"),
    "INTRACK_THRUST": ("YES", "NO"),
}
EPOCH = re.compile(r"\d{4}-(?:\d{2}-\d{2}|\d{3})T\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?")
IDENTIFIER = re.compile(r"[A-Z0-9_-]+")
DESIGNATOR = re.compile(rf"\d{{4}}-\d{{3}}[A-Z]{{1,3}}|{UNKNOWN}")
FORMS = {
    **dict.fromkeys(
        ("CREATION_DATE", "TCA", "START_SCREEN_PERIOD", "STOP_SCREEN_PERIOD",
         "SCREEN_ENTRY_TIME", "SCREEN_EXIT_TIME"),
        (EPOCH, "times are as 2025-03-31T04:05:06.789012"),
    ),
    **dict.fromkeys(
        ("ORIGINATOR", "MESSAGE_ID", "OBJECT_DESIGNATOR", "CATALOG_NAME"),
        (IDENTIFIER, "it takes capitals, digits, _ and - only"),
    ),
    "INTERNATIONAL_DESIGNATOR": (DESIGNATOR, f"it is as 1998-067A, or {UNKNOWN}"),
}  # fmt: skip
PRINTABLE = re.compile(r"[ -~]*")
FORBIDDEN = re.compile(r"[^ -~]|=")  # in a name; an = would begin a second assignment


def number_text(keyword: str, value: float) -> str:
    """Return a number in at most sixteen digits, point included where the standard wants one."""
    if not abs(value) <= LARGEST:
        raise NotRepresentable(f"{keyword} cannot be {value} in a CDM: numbers are finite")
    if keyword == "COLLISION_PROBABILITY" and not 0.0 <= value <= 1.0:
        raise NotRepresentable(f"{keyword} cannot be {value} in a CDM: it is from 0 to 1")
    if value == 0.0:
        return "0.0"  # also for -0, which has no place in a message
    if 1.0 <= abs(value) < LARGEST_PLAIN:
        text = f"{value:.{DIGITS}g}"
        return text if "." in text else f"{text}.0"
    mantissa, exponent = f"{value:.{DIGITS - 1}E}".split("E")
    mantissa = mantissa.rstrip("0")
    return f"{mantissa}{'0' if mantissa.endswith('.') else ''}E{exponent}"


def text_of(keyword: str, value: str) -> str:
    """Return the text, if the standard allows it as the value of the keyword."""
    why = _objection(keyword, value)
    if why:
        shown = value if len(value) <= SHOWN else value[:SHOWN] + "..."
        raise NotRepresentable(f"{keyword} cannot be {shown!r} in a CDM: {why}")
    return value


@lru_cache(maxsize=4096)  # messages repeat most of their texts
def _objection(keyword: str, value: str) -> str:
    """Why a value is not allowed, "" if it is."""
    if not value:
        return "it must not be empty"
    if not PRINTABLE.fullmatch(value):
        return "only printable ASCII is allowed"
    if value != value.strip():
        return "blanks at its ends would not come back"
    return "" if keyword == "COMMENT" else _objection_to_value(keyword, value)


def _objection_to_value(keyword: str, value: str) -> str:
    form, told = FORMS.get(keyword, (PRINTABLE, ""))
    if not form.fullmatch(value):
        return told
    if form is EPOCH:
        try:
            tai_ns(value)
        except UnknownEpoch as problem:
            return str(problem)
    if value.upper() != value:
        return "only capitals are allowed"
    if "  " in value:
        return "several blanks in a row count as one"
    choices = CHOICES.get(keyword, (value,))
    return "" if value in choices else f"it is one of {', '.join(choices)}"


def checked_line(line: str) -> str:
    """Return the line, if it is not longer than the standard allows."""
    if len(line) > LONGEST_LINE:
        raise NotRepresentable(
            f"a line of a CDM holds {LONGEST_LINE} characters, but {line[:SHOWN]!r}... has "
            f"{len(line)}"
        )
    return line


def writable_name(name: str) -> str:
    """
    Return a name as every notation of a CDM can carry it; UNKNOWN if nothing is left.

    In capitals and cut to a hundred characters; letters that are not printable ASCII, and =,
    become ?.  Square brackets become round ones: a reader would take them for a unit.
    """
    upper = FORBIDDEN.sub("?", " ".join(name[: 2 * NAME_LENGTH].split()).upper())
    written = upper.translate({ord("["): "(", ord("]"): ")"})[:NAME_LENGTH]
    # In XML an & takes five characters, and a line is a line there as well.
    while len(escape(written, quote=False)) > NAME_LENGTH:
        written = written[:-1]
    return written.strip() or UNKNOWN


def writable_comment(text: str) -> str:
    """Return a text for a comment, cut to 100 letters: what is not printable ASCII is escaped."""
    escaped = text[:NAME_LENGTH].encode("unicode_escape").decode("ascii").strip()
    while len(escape(escaped, quote=False)) > NAME_LENGTH:
        escaped = escaped[:-1]
    return escaped.strip() or "?"

"""
Tracking and impact predictions: when and where an object comes down, as services tell it.

Space-Track's class `tip`: JSON or CSV, epochs as 2012-03-28 01:14:00, WINDOW plus and minus so
many **minutes**.  TraCSS: the same names in JSON or in keywords and values, or in lowerCamelCase
(noradId, msgEpoch, decayEpoch, ...), epochs as 2004-09-28T02:49:00.000Z, the window in
**seconds**; here it is seconds.  Who sent a row is told by its names and the form of its epochs;
where these do not tell, the row is set aside, for a window sixty times too wide or too narrow
misleads, unless the caller says who sent it.

Reference: a row and the column types of Space-Track's class as a test of an open client shows
them, and the OpenAPI description of TraCSS's Bulk Data Service 1.1.3, which says seconds.  That
Space-Track's are minutes is how its readers take it; its own text was not at hand.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from enum import Enum
from typing import NamedTuple

import msgspec

from commonsky.astro.epoch import tai_ns, utc_text
from commonsky.errors import UnknownEpoch
from commonsky.formats.flat_rows import Row, rows
from commonsky.formats.ndm_lines import Problem

S_PER_MIN = 60.0
LARGEST_NUMBER = 999_999_999
NAMES = {
    "noradId": "NORAD_CAT_ID", "msgEpoch": "MSG_EPOCH", "insertEpoch": "INSERT_EPOCH",
    "decayEpoch": "DECAY_EPOCH", "window": "WINDOW", "rev": "REV", "direction": "DIRECTION",
    "lat": "LAT", "lon": "LON", "latitude": "LAT", "longitude": "LON", "inclination": "INCL",
    "incl": "INCL", "nextReport": "NEXT_REPORT", "id": "ID", "highInterest": "HIGH_INTEREST",
}  # fmt: skip
NEEDED = ("NORAD_CAT_ID", "MSG_EPOCH", "DECAY_EPOCH", "WINDOW")
YES = {"Y": True, "YES": True, "TRUE": True, "N": False, "NO": False, "FALSE": False}


class Sender(Enum):
    """Whose row it is, and so in what unit its window is; TOLD if the row itself tells."""

    TOLD = "as the row tells"
    SPACE_TRACK = "Space-Track, minutes"
    TRACSS = "TraCSS, seconds"


class Tip(msgspec.Struct, frozen=True, kw_only=True):
    """One prediction; epochs in TAI ns, degrees; nan, 0 and "" where nothing is said."""

    norad_cat_id: int
    message_tai_ns: int
    decay_tai_ns: int
    window_s: float  # to either side
    latitude_deg: float = math.nan
    longitude_deg: float = math.nan
    inclination_deg: float = math.nan
    revolution: int = 0
    direction: str = ""
    next_report_h: float = math.nan
    high_interest: bool = False
    inserted_tai_ns: int = 0
    tip_id: int = 0


class SetAside(NamedTuple):
    """A prediction that could not be read: which, from 1, why, and in which line it begins."""

    number: int
    reason: str
    line: int


def read_tips(raw: bytes, *, sender: Sender = Sender.TOLD) -> tuple[list[Tip], list[SetAside]]:
    """
    Return predictions, and those set aside; where there is not one row at all, a `Problem`.

    Every row is one or the other: their counts are that of the rows read.
    """
    good: list[Tip] = []
    aside: list[SetAside] = []
    met = 0
    first = Problem("there are no predictions", line=1, column=1)
    for number, row in enumerate(rows(raw), start=1):
        if isinstance(row, Problem):
            first = row if number == 1 else first
            aside.append(SetAside(number, str(row), row.line))
            continue
        met += 1
        try:
            good.append(_tip(row, sender))
        except (ValueError, UnknownEpoch) as problem:
            aside.append(SetAside(number, str(problem), row.line))
    if not met:
        raise first
    return good, aside


def tips_json(tips: Sequence[Tip], *, sender: Sender = Sender.SPACE_TRACK) -> bytes:
    """Return predictions as Space-Track or as TraCSS writes them, in the window's unit of each."""
    return msgspec.json.encode([_row(tip, tracss=sender is Sender.TRACSS) for tip in tips])


def _row(tip: Tip, *, tracss: bool) -> dict[str, str]:
    def epoch(epoch_tai_ns: int) -> str:
        if tracss:
            return utc_text(epoch_tai_ns, 3)
        return utc_text(epoch_tai_ns, 0, suffix="").replace("T", " ")

    row = {
        "NORAD_CAT_ID": str(tip.norad_cat_id),
        "MSG_EPOCH": epoch(tip.message_tai_ns),
        "INSERT_EPOCH": epoch(tip.inserted_tai_ns) if tip.inserted_tai_ns else "",
        "DECAY_EPOCH": epoch(tip.decay_tai_ns),
        "WINDOW": _digits(tip.window_s / (1.0 if tracss else S_PER_MIN)),
        "REV": str(tip.revolution or ""),
        "DIRECTION": tip.direction,
        "LAT": _digits(tip.latitude_deg),
        "LON": _digits(tip.longitude_deg),
        "INCL": _digits(tip.inclination_deg),
        "NEXT_REPORT": _digits(tip.next_report_h),
        "ID": str(tip.tip_id or ""),
        "HIGH_INTEREST": "Y" if tip.high_interest else "N",
    }
    return {name: value for name, value in row.items() if value}


def _digits(value: float) -> str:
    if math.isnan(value):
        return ""
    return str(int(value)) if value.is_integer() else repr(value)


def _tip(told: Row, sender: Sender) -> Tip:
    camel = any(name in NAMES for name in told.said)
    said: dict[str, str] = {}
    row = Row(said, told.line)
    for name, value in told.said.items():
        keyword = NAMES.get(name, name)
        if said.setdefault(keyword, value) != value:
            raise ValueError(f"{keyword} stands twice, as {said[keyword][:20]!r} and otherwise")
    for name in NEEDED:
        if name not in said:
            raise ValueError(f"{name} is missing")
    number = row.whole("NORAD_CAT_ID")
    if not 0 < number <= LARGEST_NUMBER:
        raise ValueError(f"NORAD_CAT_ID {number} is no catalogue number")
    latitude, longitude = row.real("LAT"), row.real("LON")
    if abs(latitude) > 90.0 or abs(longitude) > 360.0:
        raise ValueError(f"{latitude:g} {longitude:g} is no place on the Earth")
    window_s = row.real("WINDOW") * _seconds_of_unit(said, sender, camel=camel)
    if not window_s >= 0.0:
        raise ValueError("WINDOW is below 0")
    interest = said.get("HIGH_INTEREST", "N").upper()
    if interest not in YES:
        raise ValueError(f"HIGH_INTEREST is Y or N, not {interest[:20]!r}")
    return Tip(
        norad_cat_id=number,
        message_tai_ns=tai_ns(said["MSG_EPOCH"]),
        decay_tai_ns=tai_ns(said["DECAY_EPOCH"]),
        window_s=window_s,
        latitude_deg=latitude,
        longitude_deg=(longitude + 180.0) % 360.0 - 180.0,
        inclination_deg=row.real("INCL"),
        revolution=row.whole("REV"),
        direction=said.get("DIRECTION", "")[:20],
        next_report_h=row.real("NEXT_REPORT"),
        high_interest=YES[interest],
        inserted_tai_ns=tai_ns(said["INSERT_EPOCH"]) if "INSERT_EPOCH" in said else 0,
        tip_id=row.whole("ID"),
    )


def _seconds_of_unit(said: Mapping[str, str], sender: Sender, *, camel: bool) -> float:
    """Seconds in the unit of the window."""
    epoch = said["DECAY_EPOCH"]
    if sender is Sender.TRACSS or (sender is Sender.TOLD and (camel or epoch.endswith("Z"))):
        return 1.0
    if sender is Sender.SPACE_TRACK or " " in epoch:
        return S_PER_MIN
    raise ValueError(
        "WINDOW may be minutes, as Space-Track's, or seconds, as TraCSS's: say whose it is"
    )

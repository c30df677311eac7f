"""
Tracking and impact predictions: when and where an object comes down, as Space-Track tells it.

JSON, a list or lines: one bad prediction is set aside with its reason and stops no other.  Names
as Space-Track's class `tip` has them, or in lowerCamelCase as TraCSS has them (noradId, msgEpoch,
decayEpoch, ...).  A window is plus and minus so many minutes with the former, and seconds with the
latter; here it is seconds.  Written from descriptions; no real message of either was at hand.
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from typing import Any, NamedTuple

import msgspec

from commonsky.astro.epoch import tai_ns, utc_text
from commonsky.errors import UnknownEpoch
from commonsky.formats.ndm_lines import problem_at

S_PER_MIN = 60.0
LARGEST_NUMBER = 999_999_999
NAMES = {
    "noradId": "NORAD_CAT_ID", "msgEpoch": "MSG_EPOCH", "insertEpoch": "INSERT_EPOCH",
    "decayEpoch": "DECAY_EPOCH", "window": "WINDOW", "rev": "REV", "direction": "DIRECTION",
    "lat": "LAT", "lon": "LON", "latitude": "LAT", "longitude": "LON", "inclination": "INCL",
    "nextReport": "NEXT_REPORT", "highInterest": "HIGH_INTEREST",
}  # fmt: skip
YES = {"Y": True, "YES": True, "TRUE": True, "N": False, "NO": False, "FALSE": False}


class Tip(msgspec.Struct, frozen=True, kw_only=True):
    """One prediction; epochs in TAI ns, degrees; nan and "" where nothing is said."""

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


class SetAside(NamedTuple):
    """A prediction that could not be read: which, from 1, and why."""

    number: int
    reason: str


def read_tips(raw: bytes) -> tuple[list[Tip], list[SetAside]]:
    """Return predictions, and those set aside; what is no JSON at all is a `Problem`."""
    good: list[Tip] = []
    aside: list[SetAside] = []
    for number, told in enumerate(_objects(raw), start=1):
        try:
            good.append(_tip(told))
        except (ValueError, UnknownEpoch) as problem:
            aside.append(SetAside(number, str(problem)))
    return good, aside


def tips_json(tips: Sequence[Tip]) -> bytes:
    """Return predictions with Space-Track's names, windows in minutes."""
    rows = []
    for tip in tips:
        row: dict[str, Any] = {
            "NORAD_CAT_ID": tip.norad_cat_id,
            "MSG_EPOCH": utc_text(tip.message_tai_ns, 0, suffix=""),
            "DECAY_EPOCH": utc_text(tip.decay_tai_ns, 0, suffix=""),
            "WINDOW": tip.window_s / S_PER_MIN,
            "HIGH_INTEREST": "Y" if tip.high_interest else "N",
        }
        if tip.revolution:
            row["REV"] = tip.revolution
        if tip.direction:
            row["DIRECTION"] = tip.direction
        numbers = {
            "LAT": tip.latitude_deg, "LON": tip.longitude_deg, "INCL": tip.inclination_deg,
            "NEXT_REPORT": tip.next_report_h,
        }  # fmt: skip
        rows.append(row | {name: value for name, value in numbers.items() if value == value})  # noqa: PLR0124 - nan
    return msgspec.json.encode(rows)


def _objects(raw: bytes) -> list[Any]:
    text = raw.lstrip(b"\xef\xbb\xbf \t\r\n")
    if not text.startswith((b"[", b"{")):
        raise problem_at(raw, 0, "predictions are JSON, a list or lines of objects")
    if text.startswith(b"{"):
        return [_loaded(line) for line in text.split(b"\n") if line.strip()]
    found = _loaded(text)
    if not isinstance(found, list):
        raise problem_at(raw, 0, "this is no JSON")
    return found


def _loaded(text: bytes) -> Any:  # noqa: ANN401 - whatever JSON holds
    try:
        return json.loads(text)
    except (json.JSONDecodeError, UnicodeDecodeError, RecursionError):
        return None


def _tip(told: object) -> Tip:
    if not isinstance(told, dict):
        raise ValueError("no object")  # noqa: TRY004 - it becomes a reason
    seconds = "noradId" in told or "decayEpoch" in told
    said: dict[str, Any] = {NAMES.get(str(name), str(name)): told[name] for name in told}
    number = _whole(said, "NORAD_CAT_ID")
    if not 0 < number <= LARGEST_NUMBER:
        raise ValueError(f"NORAD_CAT_ID {number} is no catalogue number")
    latitude, longitude = _real(said, "LAT"), _real(said, "LON")
    if abs(latitude) > 90.0 or abs(longitude) > 360.0:
        raise ValueError(f"{latitude:g} {longitude:g} is no place on the Earth")
    window = _real(said, "WINDOW") * (1.0 if seconds else S_PER_MIN)
    if not window >= 0.0:
        raise ValueError("WINDOW is missing, or below 0")
    interest = str(said.get("HIGH_INTEREST", "N")).upper()
    if interest not in YES:
        raise ValueError(f"HIGH_INTEREST is Y or N, not {interest[:20]!r}")
    return Tip(
        norad_cat_id=number,
        message_tai_ns=_epoch(said, "MSG_EPOCH"),
        decay_tai_ns=_epoch(said, "DECAY_EPOCH"),
        window_s=window,
        latitude_deg=latitude,
        longitude_deg=(longitude + 180.0) % 360.0 - 180.0,
        inclination_deg=_real(said, "INCL"),
        revolution=_whole(said, "REV") if said.get("REV") not in (None, "") else 0,
        direction=str(said.get("DIRECTION") or "")[:20],
        next_report_h=_real(said, "NEXT_REPORT"),
        high_interest=YES[interest],
    )


def _epoch(said: dict[str, Any], name: str) -> int:
    value = said.get(name)
    if not isinstance(value, str):
        raise ValueError(f"{name} is missing")  # noqa: TRY004 - it becomes a reason
    return tai_ns(value.strip().replace(" ", "T", 1))


def _whole(said: dict[str, Any], name: str) -> int:
    value = said.get(name)
    text = str(value).strip()
    if isinstance(value, bool) or not text.isascii() or not text.isdigit() or len(text) > 10:
        raise ValueError(f"{name} is no whole number: {text[:20]!r}")
    return int(text)


def _real(said: dict[str, Any], name: str) -> float:
    value = said.get(name)
    if value is None or value == "":
        return math.nan
    try:
        found = float(value)
    except (TypeError, ValueError):
        raise ValueError(f"{name} is no number: {str(value)[:20]!r}") from None
    if not math.isfinite(found):
        raise ValueError(f"{name} is not finite")
    return found

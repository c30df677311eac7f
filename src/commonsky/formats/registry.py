"""
Whose objects are whose, since when and licensed by whom: tables that states and catalogues keep.

Read are CelesTrak's SATCAT (its headings, in any order) and these of ours beside or instead:
REGISTERED_DATE, REGISTERING_STATE, LICENSING_STATE, END_OF_MISSION, FILED_LONGITUDE_DEG, SERVICE,
FUNCTION, WITHHELD.  An empty field is what nobody told.  A bad row costs itself only.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

import msgspec

from commonsky.errors import MessageError
from commonsky.formats.delimited import (
    DELIMITERS,
    LONGEST_LINE,
    RowProblem,
    fields_of,
    heading_of,
    lines_of,
)

NUMBER = "NORAD_CAT_ID"
TEXTS = (
    "OBJECT_NAME", "OBJECT_ID", "OBJECT_TYPE", "OPS_STATUS_CODE", "OWNER", "LAUNCH_SITE",
    "REGISTERING_STATE", "LICENSING_STATE", "SERVICE", "FUNCTION", "WITHHELD",
)  # fmt: skip
DATES = ("LAUNCH_DATE", "DECAY_DATE", "REGISTERED_DATE", "END_OF_MISSION")
DEGREES = ("FILED_LONGITUDE_DEG",)
LONGEST_TEXT = 120
LARGEST_NUMBER = 999_999_999
MOST_OBJECTS = 2_000_000
DATE_DIGITS = 10

# SATCAT's codes of owners that are one state; what an organisation or several states own has none.
STATES = {
    "US": "USA", "UK": "GBR", "FR": "FRA", "GER": "DEU", "IT": "ITA", "JPN": "JPN", "CA": "CAN",
    "AUS": "AUS", "NOR": "NOR", "NZ": "NZL", "PRC": "CHN", "CIS": "RUS", "IND": "IND",
    "SKOR": "KOR", "BRAZ": "BRA", "ARGN": "ARG", "SPN": "ESP", "ISRA": "ISR", "INDO": "IDN",
    "TURK": "TUR", "SAUD": "SAU", "UAE": "ARE", "LUXE": "LUX", "SWED": "SWE", "NETH": "NLD",
    "BEL": "BEL", "SWTZ": "CHE", "FIN": "FIN", "DEN": "DNK", "POL": "POL", "CZE": "CZE",
    "UKR": "UKR", "KAZ": "KAZ", "BELA": "BLR", "IRAN": "IRN", "NKOR": "PRK", "PAKI": "PAK",
    "VTNM": "VNM", "THAI": "THA", "MALA": "MYS", "SING": "SGP", "RP": "PHL", "MEX": "MEX",
    "CHLE": "CHL", "VENZ": "VEN", "COL": "COL", "PERU": "PER", "ECU": "ECU", "BOL": "BOL",
    "EGYP": "EGY", "ALG": "DZA", "NIG": "NGA", "SAFR": "ZAF", "MOR": "MAR", "GREC": "GRC",
    "HUN": "HUN", "ROM": "ROU", "BGR": "BGR", "POR": "PRT", "LTU": "LTU", "EST": "EST",
    "ASRA": "AUT", "TWN": "TWN", "QAT": "QAT", "AZER": "AZE", "TMMC": "TKM", "LAOS": "LAO",
    "BGD": "BGD", "MYA": "MMR", "SLB": "SLB", "IRAQ": "IRQ", "KWT": "KWT", "URY": "URY",
}  # fmt: skip


class Entry(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """
    What a register says of one object; "" and None are what it does not say.

    Dates are ISO days.  `owner` is the register's own code, `state` the one state it stands for.
    """

    number: int
    name: str = ""
    designator: str = ""
    kind: str = ""  # PAYLOAD, ROCKET BODY, DEBRIS
    status: str = ""  # SATCAT's code: + is active, D has come down
    owner: str = ""
    state: str = ""
    launch_site: str = ""
    launched: str = ""
    decayed: str = ""
    registered: str = ""
    registering_state: str = ""
    licensing_state: str = ""
    end_of_mission: str = ""
    filed_longitude_deg: float | None = None
    service: str = ""
    function: str = ""
    withheld: bool = False


KINDS = {
    "PAY": "PAYLOAD", "R/B": "ROCKET BODY", "DEB": "DEBRIS", "PAYLOAD": "PAYLOAD",
    "ROCKET BODY": "ROCKET BODY", "DEBRIS": "DEBRIS",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Register:
    """Entries by catalogue number; how many rows were read, and which were left out, by reason."""

    entries: Mapping[int, Entry]
    read: int
    left_out: Mapping[str, int]

    def of(self, number: int) -> Entry:
        """Return what is said of an object; of one that is not in it, nothing but its number."""
        return self.entries.get(number, Entry(number=number))


def register(content: bytes) -> Register:
    """
    Return what a table says; the last row of an object stands.

    A heading without NORAD_CAT_ID, or more than two million objects, is a `MessageError`.
    """
    lines = lines_of(content)
    at, heading = next(lines, (1, ""))
    delimiter = max(DELIMITERS, key=heading.count)
    names = [name.upper() for name in heading_of(heading, delimiter, at)]
    known = {NUMBER, *TEXTS, *DATES, *DEGREES}
    places = {name: place for place, name in enumerate(names) if name in known}
    doubled = [name for name, count in Counter(names).items() if count > 1 and name in known]
    if NUMBER not in places or len(places) == 1 or doubled:
        told = f"two columns {doubled[0]}" if doubled else f"{heading[:80]!r}"
        raise MessageError(
            f"the heading of a register needs {NUMBER} and one more that is known, each once; "
            f"found {told}",
            line=at,
        )
    entries: dict[int, Entry] = {}
    left_out: Counter[str] = Counter()
    read = 0
    for number, line in lines:
        if not line.strip() or line.startswith("#"):
            continue
        read += 1
        try:
            entry = _entry(line, delimiter, places, len(names))
        except RowProblem as problem:
            left_out[problem.reason] += 1
            continue
        entries[entry.number] = entry
        if len(entries) > MOST_OBJECTS:
            raise MessageError(f"more than {MOST_OBJECTS:,} objects", line=number)
    return Register(entries, read, dict(left_out))


def merged(registers: list[Register]) -> Register:
    """Return one register of several: what a later one says of an object stands over earlier."""
    entries: dict[int, Entry] = {}
    left_out: Counter[str] = Counter()
    for one in registers:
        left_out.update(one.left_out)
        for number, entry in one.entries.items():
            before = entries.get(number)
            entries[number] = entry if before is None else _over(before, entry)
    return Register(entries, sum(one.read for one in registers), dict(left_out))


def _over(before: Entry, later: Entry) -> Entry:
    said = {
        name: value
        for name in Entry.__struct_fields__
        if (value := getattr(later, name)) not in ("", None, False)
    }
    return msgspec.structs.replace(before, **said)


def _entry(line: str, delimiter: str, places: Mapping[str, int], width: int) -> Entry:
    if len(line) > LONGEST_LINE:
        raise RowProblem(f"a line of more than {LONGEST_LINE:,} characters")
    fields = fields_of(line, delimiter)
    if len(fields) != width:
        raise RowProblem("not as many fields as the heading")
    said = {name: fields[place].strip() for name, place in places.items()}
    number = said[NUMBER]
    if not (number.isascii() and number.isdecimal()) or not 0 < int(number) <= LARGEST_NUMBER:
        raise RowProblem("no catalogue number")
    text = {name: said.get(name, "")[:LONGEST_TEXT] for name in TEXTS}
    date = {name: _day(said.get(name, "")) for name in DATES}
    return Entry(
        number=int(number),
        name=text["OBJECT_NAME"],
        designator=text["OBJECT_ID"],
        kind=KINDS.get(text["OBJECT_TYPE"].upper(), ""),
        status=text["OPS_STATUS_CODE"],
        owner=text["OWNER"],
        state=STATES.get(text["OWNER"].upper(), ""),
        launch_site=text["LAUNCH_SITE"],
        launched=date["LAUNCH_DATE"],
        decayed=date["DECAY_DATE"],
        registered=date["REGISTERED_DATE"],
        registering_state=text["REGISTERING_STATE"].upper(),
        licensing_state=text["LICENSING_STATE"].upper(),
        end_of_mission=date["END_OF_MISSION"],
        filed_longitude_deg=_longitude(said.get("FILED_LONGITUDE_DEG", "")),
        service=text["SERVICE"].lower(),
        function=text["FUNCTION"],
        withheld=text["WITHHELD"].lower() in {"1", "yes", "true"},
    )


def _day(text: str) -> str:
    """The ISO day that a field begins with; an empty field says nothing."""
    day = text[:DATE_DIGITS]
    if not day:
        return ""
    year, _, rest = day.partition("-")
    month, _, date = rest.partition("-")
    right = (
        len(day) == DATE_DIGITS
        and all(part.isascii() and part.isdecimal() for part in (year, month, date))
        and (len(year), len(month), len(date)) == (4, 2, 2)
        and 1 <= int(month) <= 12
        and 1 <= int(date) <= 31
    )
    if not right:
        raise RowProblem("a date that is none")
    return day


def _longitude(text: str) -> float | None:
    if not text:
        return None
    try:
        degrees = float(text)
    except ValueError:
        degrees = float("nan")
    if not -180.0 <= degrees <= 360.0:
        raise RowProblem("a longitude that is none")
    return degrees

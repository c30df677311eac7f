"""Small files of element sets in every format, made from one table, for the tests."""

from __future__ import annotations

import io
import json
from collections.abc import Sequence
from typing import Any

from commonsky.catalogue.catalogue import Catalogue
from commonsky.formats.gathering import Gathering
from commonsky.formats.sections import Sections
from commonsky.node.intake import read_records

ISS: dict[str, str] = {
    "OBJECT_NAME": "ISS (ZARYA)",
    "OBJECT_ID": "1998-067A",
    "EPOCH": "2025-03-31T04:05:06.789012",
    "MEAN_MOTION": "15.49815308",
    "ECCENTRICITY": ".0003867",
    "INCLINATION": "51.6379",
    "RA_OF_ASC_NODE": "1.2345",
    "ARG_OF_PERICENTER": "80.4321",
    "MEAN_ANOMALY": "279.9876",
    "EPHEMERIS_TYPE": "0",
    "CLASSIFICATION_TYPE": "U",
    "NORAD_CAT_ID": "25544",
    "ELEMENT_SET_NO": "999",
    "REV_AT_EPOCH": "50312",
    "BSTAR": ".22906E-3",
    "MEAN_MOTION_DOT": ".12496E-3",
    "MEAN_MOTION_DDOT": "0",
}
VANGUARD = ISS | {
    "OBJECT_NAME": "VANGUARD 1",
    "OBJECT_ID": "1958-002B",
    "NORAD_CAT_ID": "5",
    "MEAN_MOTION": "10.85939",
    "ECCENTRICITY": ".1843421",
    "BSTAR": "-.13459E-4",
}
DEBRIS = ISS | {
    "OBJECT_NAME": "FENGYUN 1C DEB",
    "OBJECT_ID": "1999-025ABC",
    "NORAD_CAT_ID": "270438",
    "MEAN_MOTION": "14.1",
    "REV_AT_EPOCH": "7",
}
MESSAGES = (ISS, VANGUARD, DEBRIS)

TLE_ISS = """\
ISS (ZARYA)
1 25544U 98067A   25090.17021746  .00012496  00000-0  22906-3 0  9998
2 25544  51.6379   1.2345 0003867  80.4321 279.9876 15.49815308503123
"""
TLE_VANGUARD = """\
0 VANGUARD 1
1 00005U 58002B   25090.50000000 -.00000124  00000-0 -13459-4 0  9996
2 00005  34.2549  88.9694 1843421 224.1772 119.6031 10.85939000184858
"""
TLE_ALPHA5 = """\
1 T0438U          25244.16084884  .00001600  00000-0  68453-3 0  9997
2 T0438  88.9273 304.4450 0217748 349.3071  10.3521 14.12647605 52713
"""


def signed(line: str) -> str:
    """A line of an element set with the checksum it should have."""
    body = line[:68]
    total = sum(int(letter) for letter in body if letter in "0123456789") + body.count("-")
    return f"{body}{total % 10}"


def csv_of(*messages: dict[str, str], columns: Sequence[str] = ()) -> str:
    columns = columns or list(messages[0])
    rows = [",".join(message.get(column, "") for column in columns) for message in messages]
    return "\n".join([",".join(columns), *rows, ""])


def json_of(*messages: dict[str, Any]) -> str:
    return json.dumps(messages)


def kvn_of(*messages: dict[str, str]) -> str:
    return "".join(
        "CCSDS_OMM_VERS = 3.0\n" + "".join(f"{key} = {value}\n" for key, value in one.items())
        for one in messages
    )


def xml_of(*messages: dict[str, str]) -> str:
    records = "".join(
        '<omm id="CCSDS_OMM_VERS" version="3.0"><header/><body><segment><metadata/><data>\n'
        + "".join(f"<{key}>{value}</{key}>" for key, value in one.items())
        + "</data></segment></body></omm>\n"
        for one in messages
    )
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<ndm>\n{records}</ndm>\n'


TLE_ALL = TLE_ISS + TLE_VANGUARD + TLE_ALPHA5
FILES = {
    "TLE": TLE_ALL,
    "OMM CSV": csv_of(*MESSAGES),
    "OMM JSON": json_of(*MESSAGES),
    "OMM KVN": kvn_of(*MESSAGES),
    "OMM XML": xml_of(*MESSAGES),
}


def read_text(text: str | bytes) -> Catalogue:
    """What is read of this text on standard input."""
    raw = text.encode() if isinstance(text, str) else text
    return read_records("-", stdin=io.BytesIO(raw))


def gathered(raw: bytes, sizes: Sequence[int] = (1 << 20,)) -> Gathering:
    """What is gathered of bytes that come in pieces of these sizes, over and over."""
    gathering = Gathering("test")
    sections = Sections(gathering)
    place = turn = 0
    while place < len(raw):
        size = sizes[turn % len(sizes)]
        sections.feed(raw[place : place + size])
        place, turn = place + size, turn + 1
    sections.close()
    return gathering

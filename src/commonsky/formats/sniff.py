"""Which format begins with a line, and what a text is that is none of ours."""

from __future__ import annotations

import re
from enum import Enum

LONGEST_BEGINNING = 8192
LONGEST_LINE = 65_536
BYTE_ORDER_MARK = b"\xef\xbb\xbf"
KEYWORDS = frozenset(
    {
        b"OBJECT_NAME", b"OBJECT_ID", b"EPOCH", b"MEAN_MOTION", b"ECCENTRICITY", b"INCLINATION",
        b"RA_OF_ASC_NODE", b"ARG_OF_PERICENTER", b"MEAN_ANOMALY", b"NORAD_CAT_ID", b"BSTAR",
    }
)  # fmt: skip
DELIMITERS = (b",", b";", b"\t")
FEWEST_KEYWORDS = 3
SHORTEST_TLE_LINE = 60  # a name is shorter, and a damaged line of elements seldom

XML = re.compile(rb"<(?:\?xml\b|!--|!DOCTYPE\b|(?:[\w.-]+:)?(?:ndm|omm)\b)")
XML_RECORD = re.compile(rb"<(?:[\w.-]+:)?omm[\s>]")
KVN = re.compile(rb"CCSDS_[A-Z]{3}_VERS\s*=")
JSON = re.compile(rb'(?:\[\s*)?\{\s*(?:["}]|$)|\[\s*(?:\]|$)')
JSON_RECORD = re.compile(rb'\{\s*"(?:CREATION_DATE|%b)"\s*:' % b"|".join(sorted(KEYWORDS)))
SIGNS = (b"EPOCH", b"epoch", b"CCSDS_", b"omm")
OTHER_FILES = (
    (b"PK\x03\x04", "a zip archive; unpack it first"),
    (b"%PDF", "a PDF document"),
    (b"SQLite format 3", "an SQLite database"),
    (b"PAR1", "a Parquet file"),
    (b"BZh", "a bzip2 file; only .gz, .xz and .zst are unpacked"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive; unpack it first"),
    (b"\x1f\x8b", "a gzip file inside a compressed one; unpack it first"),
    (b"\xfd7zXZ\x00", "an xz file inside a compressed one; unpack it first"),
    (b"\x28\xb5\x2f\xfd", "a zstd file inside a compressed one; unpack it first"),
    (b"\x7fELF", "a program"),
)
WEB_PAGE = re.compile(rb"<(?:!doctype\s+html|html)\b", re.IGNORECASE)


class Format(Enum):
    """The formats of element sets."""

    TLE = "TLE"
    CSV = "OMM CSV"
    JSON = "OMM JSON"
    XML = "OMM XML"
    KVN = "OMM KVN"


def format_begun_by(line: bytes) -> Format | None:
    """
    Return the form of OMM that begins with this line (its beginning will do), or None.

    XML and JSON also begin where a record does behind something else, which may be damaged.
    Never TLE: only the lines around one tell a name from anything else.
    """
    text = line[:LONGEST_BEGINNING].removeprefix(BYTE_ORDER_MARK).strip()
    if XML.match(text) or XML_RECORD.search(text):
        return Format.XML
    if KVN.match(text):
        return Format.KVN
    if JSON.match(text) or JSON_RECORD.search(text):
        return Format.JSON
    return Format.CSV if delimiter_of(text) else None


def delimiter_of(line: bytes) -> bytes:
    """Return what parts the columns of a CSV heading, or nothing if it is none."""
    for delimiter in DELIMITERS:
        names = {name.strip(b' "\t\r').upper() for name in line.split(delimiter)}
        if len(names & KEYWORDS) >= FEWEST_KEYWORDS:
            return delimiter
    return b""


def is_tle_line(line: bytes) -> bool:
    """Whether a line is long enough for one of an element set, and begins like a line 1."""
    return line.startswith(b"1 ") and len(line) >= SHORTEST_TLE_LINE


def shows_two_lines(block: bytes, place: int) -> bool:
    """Whether a block has two lines from here on, or so much that more would tell nothing new."""
    if len(block) - place >= LONGEST_LINE:
        return True
    newline = block.find(b"\n", place)
    return newline >= 0 and block.find(b"\n", newline + 1) >= 0


def format_at(block: bytes, place: int) -> Format | None:
    """Return the format that begins in the line that begins here, TLE by two lines of it."""
    lines = block[place : place + LONGEST_LINE].split(b"\n", 2)[:2]
    begins = format_begun_by(lines[0])
    if begins is not None:
        return begins
    # A name comes before a line 1.
    return Format.TLE if any(map(is_tle_line, lines)) else None


def description(beginning: bytes) -> str:
    """Return in words what an unreadable input seems to be, judged by its first bytes."""
    for magic, what in OTHER_FILES:
        if beginning.startswith(magic):
            return what
    if not beginning.strip(b"\x00"):
        return "zero bytes" if beginning else "empty"
    if WEB_PAGE.search(beginning[:1024]):
        return "a web page"
    printable = sum(32 <= byte < 127 or byte in b"\t\r\n" for byte in beginning)
    kind = "text" if printable > 0.9 * len(beginning) else "binary data"
    return f"{kind} that begins with {beginning[:40]!r}"

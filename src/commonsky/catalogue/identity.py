"""Who an object is: its type, its fleet, its designator, and a number where it has none."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from commonsky.catalogue.catalogue import UNNUMBERED_FIRST, Catalogue, ObjectType, Texts

UNNUMBERED_COUNT = 10**12 - UNNUMBERED_FIRST  # at most twelve digits, exact in every JSON reader
FIRST_SPACE_YEAR = 57  # two-digit years from here on are of the twentieth century

# Fragments of a rocket body are named after it, so debris is looked for first.
DEBRIS = re.compile(r"\b(?:DEB|DEBRIS|PLAT|COOLANT|NEEDLES|FUEL CORE)\b")
ROCKET_BODY = re.compile(r"\bR/B\b|\b(?:AKM|PKM|ROCKET BODY)\b")
NAMELESS = re.compile(
    r"(?:0 )?(?:TBA\b.*|UNKNOWN\b.*|(?:.* )?OBJECT(?: [A-Z]{1,3})?|\d{4}-\d{3}[A-Z]*|NONE|N/A|-*)"
)

# A fleet's name ends at the number of its member: STARLINK-1234, FLOCK 4P-7, LEMUR-2 ANNA.
FLEET = re.compile(r"([A-Z][A-Z .&'_-]*[A-Z])[ _-]*\d")
# Names that states give to whatever they launch say nothing of a common operator.
SERIES = frozenset({"COSMOS", "EXPLORER", "OBJECT", "OPS", "SHIJIAN", "SHIYAN", "SJ", "USA"})
OTHERWISE = (
    ("O3B", re.compile(r"O3B\b")),
    ("GALILEO", re.compile(r".*\(GALILEO \d")),
    ("GLONASS", re.compile(r".*\[GLONASS")),
    ("GUOWANG", re.compile(r"HULIANG?WANG DIGUI")),
)
DESIGNATOR = re.compile(r"(\d{2}|\d{4})-?(\d{3})([A-Z]{0,3})")


def object_types(names: Texts) -> NDArray[np.int8]:
    """(n,) `ObjectType` by the naming of the SATCAT; UNKNOWN for names that tell nothing."""
    return np.array([_object_type(name) for name in _upper(names)], np.int8)


def fleets(catalogue: Catalogue) -> Texts:
    """
    (n,) name of the fleet each payload flies in, "" where it is alone or nobody knows.

    The operator where the catalogue has one, else the part of the name before its number.  Debris
    and rocket bodies have no operator who could steer them, so they never belong to a fleet.
    """
    steered = np.asarray(catalogue.object_type == ObjectType.PAYLOAD)
    unknown = np.flatnonzero(catalogue.object_type == ObjectType.UNKNOWN)
    steered[unknown] = object_types(catalogue.object_name[unknown]) == ObjectType.PAYLOAD
    named = np.array([_fleet(name) for name in _upper(catalogue.object_name)], dtype=np.str_)
    fleet = np.where(catalogue.operator != "", catalogue.operator, named)
    fleet = np.where(steered, fleet, "")
    members, place = np.unique(fleet, return_inverse=True)
    objects = np.unique(np.stack([place, catalogue.catalogue_number]), axis=1)[0]
    return np.where(np.bincount(objects, minlength=len(members))[place] > 1, fleet, "")


def designator(text: str) -> str:
    """
    Return an international designator as 1998-067A, also from 98067A or 1998067A.

    What is none of these comes back trimmed, in capitals: it may still tell objects apart.
    """
    trimmed = text.strip().upper()
    found = DESIGNATOR.fullmatch(trimmed)
    if found is None:
        return trimmed
    year, launch, piece = found.groups()
    if len(year) == 2:
        year = f"{'19' if int(year) >= FIRST_SPACE_YEAR else '20'}{year}"
    return f"{year}-{launch}{piece}"


def number_for_unnumbered(object_id: str, name: str, attempt: int = 0) -> int:
    """
    Return a stable id from 1 000 000 000 on for an object without a catalogue number.

    It is a hash of the designator, or of the name where that is missing, so that the same object
    has it in every file.  Where two objects collide, the second takes the next `attempt`.
    """
    key = designator(object_id) or f"name {name.strip().upper()}"
    if key == "name ":
        raise ValueError("an object without number needs a designator or a name, but has neither")
    digest = hashlib.sha256(f"{key}\n{attempt}".encode()).digest()
    return UNNUMBERED_FIRST + int.from_bytes(digest[:8], "big") % UNNUMBERED_COUNT


def _upper(names: Texts) -> Iterable[str]:
    return np.strings.upper(np.strings.strip(names)).tolist() if len(names) else ()


def _object_type(name: str) -> ObjectType:
    if DEBRIS.search(name):
        return ObjectType.DEBRIS
    if ROCKET_BODY.search(name) and " & " not in name:  # a payload that stayed on its stage
        return ObjectType.ROCKET_BODY
    return ObjectType.UNKNOWN if NAMELESS.fullmatch(name) else ObjectType.PAYLOAD


def _fleet(name: str) -> str:
    for fleet, pattern in OTHERWISE:
        if pattern.match(name):
            return fleet
    found = FLEET.match(name)
    return "" if found is None or found[1] in SERIES else found[1]

"""
Published masses of common types of satellites and stages, by their names in the SATCAT.

Stages are empty, satellites as launched.  J. McDowell's General Catalog of Artificial Space
Objects (GCAT, planet4589.org, CC-BY; edition of 2026-09-28) has the stages, Starlink from 1.5 on,
Orbcomm, Flock, Lemur and the first Iridium; the UCS Satellite Database of May 2023 has the rest.
GCAT marks the masses of many Chinese stages, of Ariane 5 and of Falcon 9 as uncertain.
"""

from __future__ import annotations

import math
import re
from typing import NamedTuple

NUMBERED = re.compile(r"([A-Z]+)[ -](?:FM|M)?[ -]?(\d{1,9})")
SYNTHETIC_NAME = re.compile(r"CONSTELLATION ([A-Z]{1,6})-")
FRAGMENT = re.compile(r"(.+?) DEB\b.*")
ANY = range(1_000_000)


class Design(NamedTuple):
    """A mass, a mean cross section (nan: by the density of its size), whether all are steered."""

    mass_kg: float
    area_m2: float = math.nan
    steered: bool = False


UNPUBLISHED = Design(math.nan)


def cylinder(mass_kg: float, length_m: float, diameter_m: float) -> Design:
    """Return a stage that tumbles: its mean cross section is a quarter of its surface."""
    surface_m2 = math.pi * diameter_m * (length_m + 0.5 * diameter_m)
    return Design(mass_kg, surface_m2 / 4.0)


def plate(mass_kg: float, span_m: float, width_m: float) -> Design:
    """Return a steered satellite that is nearly all panel, seen from anywhere: half of it."""
    return Design(mass_kg, span_m * width_m / 2.0, steered=True)


_CZ2, _CZ3A, _CZ4 = cylinder(3800, 8.4, 3.3), cylinder(2800, 12.4, 3.0), cylinder(1000, 6.9, 2.9)
_ARIANE4, _ATLAS2 = cylinder(1820, 12.1, 2.6), cylinder(2095, 10.1, 3.1)
_BRIZ, _DELTA1 = cylinder(1600, 2.6, 2.5), cylinder(756, 4.8, 1.4)
_DELTA2 = cylinder(919, 6.0, 2.4)
_FALCON, _FW4, _STAR48 = cylinder(4000, 12.6, 3.6), cylinder(47, 1.0, 0.5), cylinder(132, 2.3, 1.1)
_BLOK_I, _BLOK_DM = cylinder(2350, 6.7, 2.7), cylinder(2560, 7.1, 3.7)
STAGES = {
    "ARIANE 1": cylinder(1630, 9.0, 2.6), "ARIANE 40": _ARIANE4, "ARIANE 42L": _ARIANE4,
    "ARIANE 42P": _ARIANE4, "ARIANE 44L": _ARIANE4, "ARIANE 44LP": _ARIANE4,
    "ARIANE 44P": _ARIANE4, "ARIANE 5": cylinder(5000, 7.0, 5.5),
    "ATLAS CENTAUR": cylinder(1800, 9.1, 3.1), "ATLAS 2 CENTAUR": _ATLAS2,
    "ATLAS 2A CENTAUR": _ATLAS2, "ATLAS 2AS CENTAUR": _ATLAS2,
    "ATLAS 5 CENTAUR": cylinder(2020, 11.7, 3.1), "BLOCK DM-SL": _BLOK_DM, "BREEZE-KM": _BRIZ,
    "BREEZE-M": _BRIZ, "CZ-2C": _CZ2, "CZ-2D": _CZ2, "CZ-2F": _CZ2,
    "CZ-3": cylinder(2000, 7.5, 2.3), "CZ-3A": _CZ3A, "CZ-3B": _CZ3A, "CZ-3C": _CZ3A,
    "CZ-4": _CZ4, "CZ-4B": _CZ4, "CZ-4C": _CZ4, "DELTA 1": _DELTA1, "DELTA 1(1)": _DELTA1,
    "DELTA 2": _DELTA2, "DELTA 2(1)": _DELTA2, "DELTA 2(2)": _STAR48,
    "ELECTRON": cylinder(250, 2.4, 1.2), "ELECTRON KICK STAGE": cylinder(50, 0.4, 1.2),
    "FALCON 9": _FALCON, "FALCON HEAVY": _FALCON, "FREGAT": cylinder(1000, 1.7, 3.3),
    "H-2A": cylinder(4000, 9.2, 4.0), "PEGASUS": cylinder(122, 1.4, 1.0),
    "PSLV": cylinder(920, 2.7, 2.8), "SCOUT A": _FW4, "SCOUT B-1": _FW4,
    "SL-3": cylinder(1440, 3.8, 2.6), "SL-4": _BLOK_I, "SL-6": _BLOK_I,
    "SL-6(2)": cylinder(900, 3.3, 2.3), "SL-7": cylinder(840, 8.0, 1.6),
    "SL-8": cylinder(1434, 4.2, 2.4), "SL-11": cylinder(4000, 10.9, 3.0),
    "SL-12": cylinder(4185, 6.5, 4.2), "SL-12(2)": _BLOK_DM,
    "SL-12(AUX MOTOR)": cylinder(60, 1.1, 0.5), "SL-14": cylinder(1600, 2.8, 2.2),
    "SL-16": cylinder(9000, 11.1, 3.9), "SL-19": _BRIZ,
    "THOR ABLESTAR": cylinder(600, 4.8, 1.4), "THOR BURNER 2": cylinder(115, 1.0, 1.0),
}  # fmt: skip
# Launchers whose stages have no mass here, but whose fragments are named after them.
LAUNCHERS = frozenset(re.sub(r"\(.*", "", name) for name in STAGES) | {
    "ARIANE 2", "ARIANE 3", "CZ-2", "CZ-6A", "DELTA 4", "H-1", "H-2", "PEGASUS HAPS",
    "SCOUT G-1", "SL-24", "THOR AGENA B", "THOR AGENA D", "THORAD AGENA D", "THORAD DELTA 1",
    "TITAN 3C TRANSTAGE", "YZ-1",
}  # fmt: skip
# Members of a fleet by number; FLOCK and LEMUR number designs, not satellites.
FLEETS: dict[str, tuple[tuple[range, Design], ...]] = {
    "FLOCK": ((ANY, Design(5.7)),),
    "GLOBALSTAR": ((range(1, 73), Design(450)), (range(73, 200), Design(700, steered=True))),
    "IRIDIUM": (
        (range(1, 100), Design(662)), (range(100, 182), Design(860, steered=True)),
        (range(900, 1000), Design(662)),
    ),
    "LEMUR": ((ANY, Design(4.6)),),
    "ONEWEB": ((ANY, Design(148, steered=True)),),
    "ORBCOMM": ((range(1, 42), Design(42)), (range(101, 120), Design(172, steered=True))),
    "STARLINK": (
        (range(1000, 3000), plate(260, 9.0, 2.8)), (range(3000, 10_000), plate(305, 9.0, 2.8)),
        (range(11_000, 40_000), plate(730, 29.0, 4.1)),
    ),
}  # fmt: skip
# The synthetic sky's fleets, by letters of the first fourteen, after satellites on like orbits;
# A weighs, and has panels, as Starlinks did on average in November 2024.
SYNTHETIC = {
    "A": Design(449, 29.5, steered=True), "B": Design(148, steered=True),
    "C": Design(860, steered=True), "D": Design(700, steered=True),
    "H": Design(172, steered=True), "I": Design(5.7, steered=True),
    "J": Design(1630, steered=True), "L": Design(723, steered=True),
    "N": Design(675, steered=True),
}  # fmt: skip
SYNTHETIC_FLEETS = 14


def design_of_stage(name: str) -> Design:
    """Return what is published of a stage with this name; nan where nothing is here."""
    return STAGES.get(name.replace(" R/B", "", 1).strip(), UNPUBLISHED)


def design_of_satellite(name: str) -> Design:
    """Return what is published of a satellite of this name's fleet; nan where nothing is here."""
    synthetic = SYNTHETIC_NAME.match(name)
    if synthetic is not None:
        return _synthetic(synthetic[1])
    found = NUMBERED.match(name)
    if found is None:
        return UNPUBLISHED
    number = int(found[2])
    designs = FLEETS.get(found[1], ())
    return next((design for numbers, design in designs if number in numbers), UNPUBLISHED)


def is_of_a_stage(name: str) -> bool:
    """Whether a fragment is named after a launcher, and not after a satellite."""
    found = FRAGMENT.fullmatch(name)
    return found is not None and found[1] in LAUNCHERS


def _synthetic(letters: str) -> Design:
    number = 0
    for letter in letters:
        number = 26 * number + ord(letter) - ord("A") + 1
    return SYNTHETIC.get(chr(ord("A") + (number - 1) % SYNTHETIC_FLEETS), UNPUBLISHED)

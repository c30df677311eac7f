"""Catalogues as OMM CSV, in CelesTrak's columns: tables in, lines out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from commonsky.astro.arrays import Floats, Ints
from commonsky.astro.epoch import utc_texts
from commonsky.catalogue.catalogue import UNNUMBERED_FIRST, Catalogue, ObjectType, RcsSize, Texts
from commonsky.formats.units import degrees, rev_day

ROWS_AT_ONCE = 10_000
COLUMNS = (
    "OBJECT_NAME", "OBJECT_ID", "EPOCH", "MEAN_MOTION", "ECCENTRICITY", "INCLINATION",
    "RA_OF_ASC_NODE", "ARG_OF_PERICENTER", "MEAN_ANOMALY", "EPHEMERIS_TYPE",
    "CLASSIFICATION_TYPE", "NORAD_CAT_ID", "ELEMENT_SET_NO", "REV_AT_EPOCH", "BSTAR",
    "MEAN_MOTION_DOT", "MEAN_MOTION_DDOT",
)  # fmt: skip
EXTRAS = ("OBJECT_TYPE", "RCS_SIZE", "OPERATOR")
TYPES = {
    ObjectType.UNKNOWN: "", ObjectType.PAYLOAD: "PAYLOAD",
    ObjectType.ROCKET_BODY: "ROCKET BODY", ObjectType.DEBRIS: "DEBRIS",
}  # fmt: skip
SIZES = {
    RcsSize.UNKNOWN: "", RcsSize.SMALL: "SMALL", RcsSize.MEDIUM: "MEDIUM", RcsSize.LARGE: "LARGE",
}  # fmt: skip
TYPE_TEXTS = np.array([TYPES[kind] for kind in ObjectType])
SIZE_TEXTS = np.array([SIZES[size] for size in RcsSize])
QUOTED = ('"', ",", "\n", "\r")


def omm_csv(catalogue: Catalogue) -> Iterator[str]:
    """
    Yield a heading and the rows of a catalogue, some thousand lines at a time.

    Numbers come in the fewest digits that give the same float64 back, angles in degrees: read
    again, every element is the same to the bit if it came from a message, and to two units in
    the last place if not.  Epochs have nanoseconds where microseconds do not tell them.  Our own
    number of an object without one is left out: it follows from designator and name.  Type, size
    and operator are columns of their own if any is known.
    """
    extras = _known_extras(catalogue)
    yield ",".join((*COLUMNS, *extras)) + "\n"
    for start in range(0, len(catalogue), ROWS_AT_ONCE):
        rows = np.arange(start, min(start + ROWS_AT_ONCE, len(catalogue)))
        columns = _columns(catalogue.take(rows))
        chosen = [columns[name] for name in (*COLUMNS, *extras)]
        yield "\n".join(map(",".join, zip(*chosen, strict=True))) + "\n"


def _known_extras(catalogue: Catalogue) -> list[str]:
    known = (
        catalogue.object_type.any(),
        catalogue.rcs_size.any(),
        (catalogue.operator != "").any(),
    )
    return [name for name, is_known in zip(EXTRAS, known, strict=True) if is_known]


def _columns(part: Catalogue) -> dict[str, Sequence[str]]:
    elements = part.elements
    numbered = part.catalogue_number < UNNUMBERED_FIRST
    return {
        "OBJECT_NAME": _texts(part.object_name),
        "OBJECT_ID": _texts(part.object_id),
        "EPOCH": _epochs(elements.epoch_tai_ns),
        "MEAN_MOTION": _numbers(rev_day(elements.mean_motion_rad_min)),
        "ECCENTRICITY": _numbers(elements.eccentricity),
        "INCLINATION": _numbers(degrees(elements.inclination_rad)),
        "RA_OF_ASC_NODE": _numbers(degrees(elements.raan_rad)),
        "ARG_OF_PERICENTER": _numbers(degrees(elements.argument_of_perigee_rad)),
        "MEAN_ANOMALY": _numbers(degrees(elements.mean_anomaly_rad)),
        "EPHEMERIS_TYPE": ["0"] * len(part),
        "CLASSIFICATION_TYPE": _texts(part.classification),
        "NORAD_CAT_ID": np.where(numbered, part.catalogue_number.astype(np.str_), "").tolist(),
        "ELEMENT_SET_NO": _counters(part.element_set_number),
        "REV_AT_EPOCH": _counters(part.revolution_at_epoch),
        "BSTAR": _numbers(elements.bstar_per_earth_radius),
        "MEAN_MOTION_DOT": _numbers(elements.mean_motion_dot_rev_day2),
        "MEAN_MOTION_DDOT": _numbers(elements.mean_motion_ddot_rev_day3),
        "OBJECT_TYPE": TYPE_TEXTS[part.object_type].tolist(),
        "RCS_SIZE": SIZE_TEXTS[part.rcs_size].tolist(),
        "OPERATOR": _texts(part.operator),
    }


def _numbers(column: Floats) -> list[str]:
    return list(map(repr, column.tolist()))


def _counters(column: Ints) -> list[str]:
    """Digits of counters; nothing where no message told them."""
    return [str(count) if count >= 0 else "" for count in column.tolist()]


def _epochs(epoch_tai_ns: Ints) -> list[str]:
    # TAI and UTC differ by whole seconds, so their microseconds are the same.
    whole = not (epoch_tai_ns % 1000).any()
    return utc_texts(epoch_tai_ns, 6 if whole else 9, suffix="")


def _texts(column: Texts) -> list[str]:
    texts: list[str] = column.tolist()
    together = "".join(texts)
    if not any(letter in together for letter in QUOTED):
        return texts
    return [_quoted(text) if any(one in text for one in QUOTED) else text for text in texts]


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'

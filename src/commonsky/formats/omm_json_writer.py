"""Catalogues as OMM in JSON, one object for each element set: tables in, bytes out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from json.encoder import encode_basestring

import numpy as np

from commonsky.astro.arrays import Floats, Ints
from commonsky.astro.elements import MeanElements
from commonsky.astro.epoch import utc_texts
from commonsky.catalogue.catalogue import UNNUMBERED_FIRST, Catalogue, Texts
from commonsky.errors import NotRepresentable
from commonsky.formats.omm_csv_writer import ROWS_AT_ONCE, SIZE_TEXTS, TYPE_TEXTS
from commonsky.formats.units import degrees, rev_day

NEEDED = (
    "OBJECT_NAME", "OBJECT_ID", "EPOCH", "MEAN_MOTION", "ECCENTRICITY", "INCLINATION",
    "RA_OF_ASC_NODE", "ARG_OF_PERICENTER", "MEAN_ANOMALY", "BSTAR", "MEAN_MOTION_DOT",
    "MEAN_MOTION_DDOT", "EPHEMERIS_TYPE",
)  # fmt: skip
OPTIONAL = (
    "NORAD_CAT_ID", "CLASSIFICATION_TYPE", "ELEMENT_SET_NO", "REV_AT_EPOCH", "OBJECT_TYPE",
    "RCS_SIZE", "OPERATOR",
)  # fmt: skip
TEMPLATE = "{" + ",".join(f'"{keyword}":%s' for keyword in NEEDED)
NUMBERS = (
    "mean_motion_rad_min", "eccentricity", "inclination_rad", "raan_rad",
    "argument_of_perigee_rad", "mean_anomaly_rad", "bstar_per_earth_radius",
    "mean_motion_dot_rev_day2", "mean_motion_ddot_rev_day3",
)  # fmt: skip
SGP4 = "0"


def omm_json_objects(catalogue: Catalogue) -> Iterator[bytes]:
    """
    Yield one OMM in compact JSON for each row of a catalogue, in UTF-8, without a line's end.

    Keywords and digits are those of `omm_csv`, and read back as exactly; what is unknown is left
    out, and so is our own number of an object without one: it follows from designator or name.
    Equal rows give equal bytes, whatever stands beside them.  Elements that are no numbers are
    `NotRepresentable`.
    """
    for start in range(0, len(catalogue), ROWS_AT_ONCE):
        rows = np.arange(start, min(start + ROWS_AT_ONCE, len(catalogue)))
        yield from _objects(catalogue.take(rows), start)


def _objects(part: Catalogue, first: int) -> Iterator[bytes]:
    elements = part.elements
    _check_finite(elements, first)
    needed = (
        _texts(part.object_name),
        _texts(part.object_id),
        _epochs(elements.epoch_tai_ns),
        _numbers(rev_day(elements.mean_motion_rad_min)),
        _numbers(elements.eccentricity),
        _numbers(degrees(elements.inclination_rad)),
        _numbers(degrees(elements.raan_rad)),
        _numbers(degrees(elements.argument_of_perigee_rad)),
        _numbers(degrees(elements.mean_anomaly_rad)),
        _numbers(elements.bstar_per_earth_radius),
        _numbers(elements.mean_motion_dot_rev_day2),
        _numbers(elements.mean_motion_ddot_rev_day3),
        [SGP4] * len(part),
    )
    numbered = np.where(part.catalogue_number < UNNUMBERED_FIRST, part.catalogue_number, -1)
    optional = (
        _known("NORAD_CAT_ID", _counters(numbered)),
        _known("CLASSIFICATION_TYPE", _texts(part.classification)),
        _known("ELEMENT_SET_NO", _counters(part.element_set_number)),
        _known("REV_AT_EPOCH", _counters(part.revolution_at_epoch)),
        _known("OBJECT_TYPE", _texts(TYPE_TEXTS[part.object_type])),
        _known("RCS_SIZE", _texts(SIZE_TEXTS[part.rcs_size])),
        _known("OPERATOR", _texts(part.operator)),
    )
    begins = map(TEMPLATE.__mod__, zip(*needed, strict=True))
    ends = map("".join, zip(*optional, strict=True))
    return (f"{begin}{end}}}".encode() for begin, end in zip(begins, ends, strict=True))


def _check_finite(elements: MeanElements, first: int) -> None:
    for name in NUMBERS:
        bad = np.flatnonzero(~np.isfinite(getattr(elements, name)))
        if len(bad):
            raise NotRepresentable(
                f"{name} of row {first + bad[0]} is {getattr(elements, name)[bad[0]]}, for which "
                "an OMM in JSON has no number"
            )


def _numbers(column: Floats) -> list[str]:
    return list(map(repr, column.tolist()))


def _epochs(epoch_tai_ns: Ints) -> list[str]:
    """Epochs in quotes, whose digits do not depend on the rows beside them."""
    texts = utc_texts(epoch_tai_ns, 9, suffix="")
    whole = (epoch_tai_ns % 1000 == 0).tolist()
    return [
        f'"{text[:-3]}"' if micro else f'"{text}"'
        for text, micro in zip(texts, whole, strict=True)
    ]


def _counters(column: Ints) -> list[str]:
    return [str(count) if count >= 0 else "" for count in column.tolist()]


def _texts(column: Texts) -> list[str]:
    """Texts in quotes; nothing in them is lost, whatever they hold."""
    return list(map(encode_basestring, column.tolist()))


def _known(keyword: str, values: Sequence[str]) -> list[str]:
    """Keyword and value of each row that has one, after a comma."""
    begin = f',"{keyword}":'
    return [begin + value if value not in {"", '""'} else "" for value in values]

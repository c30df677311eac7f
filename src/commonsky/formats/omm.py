"""
Orbit mean-elements messages: what their keywords mean, and n of them as a table.

Reference: CCSDS 502.0, Orbit Data Messages, the OMM; CelesTrak's and Space-Track's CSV and JSON
leave out what is constant, and so may any record here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from commonsky.astro.arrays import Floats, Ints
from commonsky.astro.elements import MeanElements
from commonsky.astro.epoch import tai_ns_from_texts, utc_ns
from commonsky.catalogue.catalogue import Catalogue, ObjectType, RcsSize, Texts
from commonsky.formats.gathering import Checks, Gathering
from commonsky.formats.limits import LARGEST_NUMBER, check_epoch, check_orbit, check_theory
from commonsky.formats.naming import known_types, numbered
from commonsky.formats.omm_text import decimals, tidy, wholes
from commonsky.formats.units import rad_min, radians

LONGEST_TEXT = 100
SILENT = "-1"  # a counter of which a message says nothing

NEEDED = (
    "EPOCH", "MEAN_MOTION", "ECCENTRICITY", "INCLINATION", "RA_OF_ASC_NODE",
    "ARG_OF_PERICENTER", "MEAN_ANOMALY", "BSTAR",
)  # fmt: skip
ANGLES = ("RA_OF_ASC_NODE", "ARG_OF_PERICENTER", "MEAN_ANOMALY")
WHO = ("NORAD_CAT_ID", "OBJECT_ID", "OBJECT_NAME")
OPTIONAL = (
    "CENTER_NAME", "REF_FRAME", "TIME_SYSTEM", "MEAN_ELEMENT_THEORY", "MEAN_MOTION_DOT",
    "MEAN_MOTION_DDOT", "EPHEMERIS_TYPE", "CLASSIFICATION_TYPE", "ELEMENT_SET_NO",
    "REV_AT_EPOCH", "OBJECT_TYPE", "RCS_SIZE", "OPERATOR",
)  # fmt: skip
KEYWORDS = frozenset((*NEEDED, *WHO, *OPTIONAL))
# What else a message may hold, and SGP4 has no use for; covariances are named CX_X and so on.
UNUSED = frozenset(
    {
        "CCSDS_OMM_VERS", "COMMENT", "CLASSIFICATION", "CREATION_DATE", "ORIGINATOR",
        "MESSAGE_ID", "REF_FRAME_EPOCH", "GM", "MASS", "SOLAR_RAD_AREA", "SOLAR_RAD_COEFF",
        "DRAG_AREA", "DRAG_COEFF", "SEMI_MAJOR_AXIS", "BTERM", "AGOM", "COV_REF_FRAME",
    }
)  # fmt: skip
USER_DEFINED = "USER_DEFINED_"
UNITS = {
    "MEAN_MOTION": "rev/day", "INCLINATION": "deg", "RA_OF_ASC_NODE": "deg",
    "ARG_OF_PERICENTER": "deg", "MEAN_ANOMALY": "deg", "BSTAR": "1/er",
    "MEAN_MOTION_DOT": "rev/day**2", "MEAN_MOTION_DDOT": "rev/day**3",
}  # fmt: skip

CCSDS_EPOCH = re.compile(r"[\d-]+T[\d:.]+Z?", re.ASCII)
# TAI minus what a clock of each scale reads, in nanoseconds; UTC goes by its leap seconds.
TAI_MINUS_SCALE_NS = {"TAI": 0, "TT": -32_184_000_000, "GPS": 19_000_000_000}
MEANINGS = {
    "CENTER_NAME": ({"EARTH"}, "{} is not EARTH"),
    "REF_FRAME": (
        {"TEME", "TEMEOFDATE", "TEME OF DATE"},
        "{} is not TEME, the frame of SGP4",
    ),
    "TIME_SYSTEM": ({"UTC", *TAI_MINUS_SCALE_NS}, "{} is not UTC, TAI, TT or GPS"),
    "MEAN_ELEMENT_THEORY": (
        {"SGP4", "SGP/SGP4", "SGP4/SDP4", "TLE"},
        "{} is not SGP4, which would propagate it to wrong places",
    ),
    "CLASSIFICATION_TYPE": ({"U", "C", "S"}, "{} is not U, C or S"),
}
TYPES = {
    "PAYLOAD": ObjectType.PAYLOAD, "PAY": ObjectType.PAYLOAD,
    "ROCKET BODY": ObjectType.ROCKET_BODY, "ROCKET_BODY": ObjectType.ROCKET_BODY,
    "R/B": ObjectType.ROCKET_BODY,
    "DEBRIS": ObjectType.DEBRIS, "DEB": ObjectType.DEBRIS,
}  # fmt: skip
SIZES = {"SMALL": RcsSize.SMALL, "MEDIUM": RcsSize.MEDIUM, "LARGE": RcsSize.LARGE}


@dataclass(frozen=True, slots=True)
class Records:
    """
    n messages as columns of texts, by keyword; "" where a message lacks it.

    `lines` is where each begins; `excerpt` shows one to a person.  CSV and JSON have no standard:
    only of messages that have one is it asked that epochs have its very form.
    """

    columns: Mapping[str, Sequence[str]]
    lines: Ints
    excerpt: Callable[[int], str]
    by_standard: bool = False

    def __len__(self) -> int:
        return len(self.lines)

    def texts(self, keyword: str) -> Sequence[str]:
        """Return the n texts of a keyword, all empty where no record has it."""
        return self.columns.get(keyword) or [""] * len(self)


class Messages:
    """Messages met one by one, as keywords and their texts, on their way to become a table."""

    def __init__(self, gathering: Gathering, form: str, *, by_standard: bool) -> None:
        self._gathering = gathering
        self._form = form
        self._by_standard = by_standard
        self._messages: list[Mapping[str, str]] = []
        self._lines: list[int] = []

    def add(self, message: Mapping[str, str], line: int) -> None:
        """Add a message that begins in this line."""
        self._messages.append(message)
        self._lines.append(line)

    def refuse(self, message: Mapping[str, str], line: int, keyword: str) -> None:
        """Set a message aside that says two things of one keyword."""
        told = "stands twice in one message"
        self._gathering.refuse(line, keyword, told, shown(message))

    def flush(self) -> Ints:
        """Add the good ones to what has been gathered, set others aside; say which were good."""
        columns = {
            keyword: [message.get(keyword, "") for message in self._messages]
            for keyword in KEYWORDS
        }
        met = {keyword: column for keyword, column in columns.items() if any(column)}
        messages, lines = self._messages, np.array(self._lines, dtype=np.int64)
        self._messages, self._lines = [], []
        records = Records(met, lines, lambda row: shown(messages[row]), self._by_standard)
        return gather(records, self._gathering, self._form)


def shown(message: Mapping[str, str]) -> str:
    """Return a message as a person would name it."""
    return " ".join(message[keyword] for keyword in (*WHO, "EPOCH") if message.get(keyword))


def unit_problem(keyword: str, unit: str) -> str:
    """Return what is wrong with the unit of a keyword, or nothing."""
    known = UNITS.get(keyword, "")
    if not known or unit.lower().replace(" ", "") == known:
        return ""
    return f"its unit is {unit[:20]!r}, but {keyword} is in {known}"


def gather(records: Records, gathering: Gathering, form: str) -> Ints:
    """Add the good records to what has been gathered, set others aside; say which were good."""
    if len(records) == 0:
        return np.zeros(0, np.int64)
    columns = _Columns(records)
    table = columns.table(gathering)
    rows = columns.checks.report(gathering, records.lines, columns.found, records.excerpt)
    gathering.accept(table if len(rows) == len(table) else table.take(rows), form)
    return rows


class _Columns:
    """The columns of records as numbers, and the checks on them."""

    def __init__(self, records: Records) -> None:
        self.records = records
        self.checks = Checks(len(records))

    def found(self, row: int, field: str) -> str:
        """Return what a record holds in a field."""
        return self.records.texts(field)[row]

    def table(self, gathering: Gathering) -> Catalogue:
        """All records as a catalogue; rows that fail a check hold anything."""
        checks = self.checks
        for keyword, (known, reason) in MEANINGS.items():
            self._require_word(keyword, known, reason)
        for keyword in NEEDED:
            self._require_something(keyword)
        elements = self._elements()
        check_theory(checks, self._whole("EPHEMERIS_TYPE"))
        number = self._whole("NORAD_CAT_ID")
        checks.require(
            (number >= 0) & (number <= LARGEST_NUMBER),
            "NORAD_CAT_ID",
            "{} is no catalogue number: at most nine digits",
        )
        names, object_id = self._text("OBJECT_NAME"), self._text("OBJECT_ID")
        return Catalogue(
            elements,
            numbered(number, object_id, names, checks, gathering.numbers),
            object_id,
            names,
            self._object_types(names),
            self._words("RCS_SIZE", SIZES),
            self._text("OPERATOR"),
            self._classification(),
            self._whole("ELEMENT_SET_NO", SILENT),
            self._whole("REV_AT_EPOCH", SILENT),
            np.full(len(self.records), gathering.source),
        )

    def _elements(self) -> MeanElements:
        epoch = self._epoch_tai_ns()
        motion, eccentricity = self._decimal("MEAN_MOTION"), self._decimal("ECCENTRICITY")
        inclination = self._decimal("INCLINATION")
        angles = {keyword: self._decimal(keyword) for keyword in ANGLES}
        check_orbit(self.checks, motion, eccentricity, inclination, angles)
        return MeanElements(
            epoch,
            rad_min(motion),
            eccentricity,
            radians(inclination),
            radians(angles["RA_OF_ASC_NODE"]),
            radians(angles["ARG_OF_PERICENTER"]),
            radians(angles["MEAN_ANOMALY"]),
            self._decimal("BSTAR"),
            self._decimal("MEAN_MOTION_DOT"),
            self._decimal("MEAN_MOTION_DDOT"),
        )

    def _epoch_tai_ns(self) -> Ints:
        texts = self.records.texts("EPOCH")
        epoch, good = tai_ns_from_texts(texts)
        if self.records.by_standard:
            good = good & np.array([CCSDS_EPOCH.fullmatch(text) is not None for text in texts])
        self.checks.require(good, "EPOCH", "{} is no epoch, as 2025-03-31T04:05:06.789 in UTC")
        scales = [word.strip().upper() for word in self.records.columns.get("TIME_SYSTEM", ())]
        for scale in set(scales) & set(TAI_MINUS_SCALE_NS):
            rows = np.flatnonzero(np.array([word == scale for word in scales]))
            # The count of days and seconds that the text shows, whatever clock showed it.
            epoch[rows] = utc_ns(epoch[rows]) + TAI_MINUS_SCALE_NS[scale]
        check_epoch(self.checks, epoch)
        return epoch

    def _require_something(self, keyword: str) -> None:
        texts = self.records.texts(keyword)
        if not all(texts):
            present = np.array([bool(text) for text in texts])
            self.checks.require(present, keyword, "missing")

    def _require_word(self, keyword: str, known: set[str], reason: str) -> None:
        texts = self.records.columns.get(keyword, ())
        strange = {word for word in set(texts) if word and word.strip().upper() not in known}
        if strange:
            good = np.array([word not in strange for word in texts])
            self.checks.require(good, keyword, reason)

    def _filled(self, keyword: str, silent: str) -> Sequence[str]:
        """Texts of a keyword, with another where there is none."""
        texts = self.records.columns.get(keyword)
        if not texts:
            return [silent] * len(self.records)
        return texts if all(texts) else [text or silent for text in texts]

    def _decimal(self, keyword: str) -> Floats:
        number, good = decimals(self._filled(keyword, "0"))
        self.checks.require(good, keyword, "{} is no number")
        return number

    def _whole(self, keyword: str, silent: str = "0") -> Ints:
        number, good = wholes(self._filled(keyword, silent))
        self.checks.require(good, keyword, "{} is no whole number")
        return number

    def _text(self, keyword: str) -> Texts:
        if not self.records.columns.get(keyword):
            return np.zeros(len(self.records), dtype="U1")
        texts, good = tidy(self.records.texts(keyword), LONGEST_TEXT)
        self.checks.require(
            good, keyword, f"{{}} holds control characters, or more than {LONGEST_TEXT} letters"
        )
        return np.array(texts, dtype=np.str_)

    def _classification(self) -> Texts:
        words = self.records.texts("CLASSIFICATION_TYPE")
        letters = [word.strip()[:1].upper() for word in words]
        return np.array(letters, dtype="U1")

    def _words(self, keyword: str, meanings: Mapping[str, int]) -> NDArray[np.int8]:
        texts = self.records.columns.get(keyword)
        if not texts:
            return np.zeros(len(self.records), dtype=np.int8)
        value = {text: meanings.get(text.strip().upper(), 0) for text in set(texts)}
        return np.array([value[text] for text in texts], dtype=np.int8)

    def _object_types(self, names: Texts) -> NDArray[np.int8]:
        kind = self._words("OBJECT_TYPE", TYPES)
        unknown = np.flatnonzero(kind == ObjectType.UNKNOWN)
        kind[unknown] = known_types(names[unknown])
        return kind

"""
Conjunction data messages as records, by CCSDS 508.0-B-1 with its corrigendum of 2018.

Keywords are the standard's, verbatim and in the order of its tables 3-1 to 3-4, which is the order
of the fields.  Texts that are "" and numbers that are UNSET are not said.  Times are UTC texts
without a Z, as the standard prefers.  Of orbit determination and of the covariance's rows 7 to 9
nothing can be said here: what comes out of element sets has neither.
"""

from __future__ import annotations

from typing import NamedTuple

import msgspec
from msgspec import UNSET, UnsetType
from msgspec.structs import astuple

from commonsky.errors import NotRepresentable
from commonsky.formats.cdm_fields import OBLIGATORY, UNITS, number_text, text_of

VERSION = "1.0"

Entry = tuple[str, str, str]  # keyword, value as text, unit or ""


class Header(msgspec.Struct, frozen=True, kw_only=True):
    """Who says it, to whom and when."""

    COMMENT: tuple[str, ...] = ()
    CREATION_DATE: str
    ORIGINATOR: str
    MESSAGE_FOR: str = ""
    MESSAGE_ID: str


class RelativeStateVector(msgspec.Struct, frozen=True):
    """Object 2 seen from object 1 on the latter's RTN axes, in m and m/s."""

    RELATIVE_POSITION_R: float
    RELATIVE_POSITION_T: float
    RELATIVE_POSITION_N: float
    RELATIVE_VELOCITY_R: float
    RELATIVE_VELOCITY_T: float
    RELATIVE_VELOCITY_N: float


class RelativeMetadata(msgspec.Struct, frozen=True, kw_only=True):
    """The conjunction, in m and m/s."""

    COMMENT: tuple[str, ...] = ()
    TCA: str
    MISS_DISTANCE: float
    RELATIVE_SPEED: float | UnsetType = UNSET
    relative_state: RelativeStateVector | UnsetType = UNSET
    START_SCREEN_PERIOD: str = ""
    STOP_SCREEN_PERIOD: str = ""
    SCREEN_VOLUME_FRAME: str = ""
    SCREEN_VOLUME_SHAPE: str = ""
    SCREEN_VOLUME_X: float | UnsetType = UNSET
    SCREEN_VOLUME_Y: float | UnsetType = UNSET
    SCREEN_VOLUME_Z: float | UnsetType = UNSET
    SCREEN_ENTRY_TIME: str = ""
    SCREEN_EXIT_TIME: str = ""
    COLLISION_PROBABILITY: float | UnsetType = UNSET
    COLLISION_PROBABILITY_METHOD: str = ""


class Metadata(msgspec.Struct, frozen=True, kw_only=True):
    """One of the objects, and how its orbit came about."""

    COMMENT: tuple[str, ...] = ()
    OBJECT: str
    OBJECT_DESIGNATOR: str
    CATALOG_NAME: str
    OBJECT_NAME: str
    INTERNATIONAL_DESIGNATOR: str
    OBJECT_TYPE: str = ""
    OPERATOR_CONTACT_POSITION: str = ""
    OPERATOR_ORGANIZATION: str = ""
    OPERATOR_PHONE: str = ""
    OPERATOR_EMAIL: str = ""
    EPHEMERIS_NAME: str
    COVARIANCE_METHOD: str
    MANEUVERABLE: str
    ORBIT_CENTER: str = ""
    REF_FRAME: str
    GRAVITY_MODEL: str = ""
    ATMOSPHERIC_MODEL: str = ""
    N_BODY_PERTURBATIONS: str = ""
    SOLAR_RAD_PRESSURE: str = ""
    EARTH_TIDES: str = ""
    INTRACK_THRUST: str = ""


class StateVector(msgspec.Struct, frozen=True):
    """State at TCA in the metadata's frame, in km and km/s."""

    COMMENT: tuple[str, ...]
    X: float
    Y: float
    Z: float
    X_DOT: float
    Y_DOT: float
    Z_DOT: float


class CovarianceMatrix(msgspec.Struct, frozen=True):
    """Lower triangle on the object's own RTN axes at TCA, in m and m/s."""

    COMMENT: tuple[str, ...]
    CR_R: float
    CT_R: float
    CT_T: float
    CN_R: float
    CN_T: float
    CN_N: float
    CRDOT_R: float
    CRDOT_T: float
    CRDOT_N: float
    CRDOT_RDOT: float
    CTDOT_R: float
    CTDOT_T: float
    CTDOT_N: float
    CTDOT_RDOT: float
    CTDOT_TDOT: float
    CNDOT_R: float
    CNDOT_T: float
    CNDOT_N: float
    CNDOT_RDOT: float
    CNDOT_TDOT: float
    CNDOT_NDOT: float


class Segment(msgspec.Struct, frozen=True):
    """All that is said of one object."""

    metadata: Metadata
    state: StateVector
    covariance: CovarianceMatrix


class ConjunctionDataMessage(msgspec.Struct, frozen=True):
    """One conjunction of two objects."""

    header: Header
    relative: RelativeMetadata
    segment1: Segment
    segment2: Segment


class Sections(NamedTuple):
    """A message as the entries of its blocks, in order; each object has three blocks."""

    header: list[Entry]
    relative: list[Entry]
    objects: tuple[tuple[list[Entry], list[Entry], list[Entry]], ...]


def sections(message: ConjunctionDataMessage) -> Sections:
    """
    Return what a message says, as every notation says it.

    Raises `NotRepresentable` with the keyword and the reason where the standard does not allow it.
    """
    first, second = message.segment1, message.segment2
    if (first.metadata.OBJECT, second.metadata.OBJECT) != ("OBJECT1", "OBJECT2"):
        raise NotRepresentable("the objects of a CDM are OBJECT1 and OBJECT2, in this order")
    if first.metadata.REF_FRAME != second.metadata.REF_FRAME:
        raise NotRepresentable(
            "both states of a CDM are in one REF_FRAME, but these are in "
            f"{first.metadata.REF_FRAME} and {second.metadata.REF_FRAME}"
        )
    return Sections(
        _entries(message.header),
        _entries(message.relative),
        tuple(
            (
                _entries(segment.metadata),
                _entries(segment.state),
                _entries(segment.covariance),
            )
            for segment in (first, second)
        ),
    )


def _entries(block: msgspec.Struct) -> list[Entry]:
    """What a block says; its comments come first, as its fields do."""
    said: list[Entry] = []
    for keyword, value in zip(block.__struct_fields__, astuple(block), strict=True):
        if isinstance(value, str):
            if value or keyword in OBLIGATORY:
                said.append((keyword, text_of(keyword, value), ""))
        elif isinstance(value, tuple):
            said += [(keyword, text_of(keyword, comment), "") for comment in value]
        elif isinstance(value, RelativeStateVector):
            said += _entries(value)
        elif value is not UNSET:
            said.append((keyword, number_text(keyword, value), UNITS.get(keyword, "")))
    return said

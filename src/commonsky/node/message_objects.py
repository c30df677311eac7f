"""What conjunction data messages say of each object: who it is, its state and its covariance."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from commonsky.astro.arrays import Floats, Ints
from commonsky.astro.elements import DEEP_SPACE_PERIOD_MIN
from commonsky.astro.states import Frame
from commonsky.catalogue.catalogue import (
    SYNTHETIC_FIRST,
    UNNUMBERED_FIRST,
    Catalogue,
    ObjectType,
)
from commonsky.catalogue.identity import designator
from commonsky.formats.cdm import CovarianceMatrix, Metadata, Segment, StateVector
from commonsky.formats.cdm_fields import DESIGNATOR, UNKNOWN, writable_comment, writable_name
from commonsky.node.conjunctions import Conjunctions
from commonsky.node.message_geometry import MessageGeometry

TYPES = {
    ObjectType.UNKNOWN: UNKNOWN, ObjectType.PAYLOAD: "PAYLOAD",
    ObjectType.ROCKET_BODY: "ROCKET BODY", ObjectType.DEBRIS: "DEBRIS",
}  # fmt: skip
MANEUVERABLE = {
    ObjectType.UNKNOWN: "N/A", ObjectType.PAYLOAD: "N/A",
    ObjectType.ROCKET_BODY: "NO", ObjectType.DEBRIS: "NO",
}  # fmt: skip
SGP4_MODELS = {"SOLAR_RAD_PRESSURE": "NO", "EARTH_TIDES": "NO", "INTRACK_THRUST": "NO"}
NEAR_EARTH_MODELS = {
    "GRAVITY_MODEL": "WGS-72: 4D 0O", "N_BODY_PERTURBATIONS": "NONE", **SGP4_MODELS,
}  # fmt: skip
DEEP_SPACE_MODELS = {"N_BODY_PERTURBATIONS": "MOON, SUN", **SGP4_MODELS}
FROM_ELEMENTS = ("STATE = SGP4 of an element set, turned from TEME to GCRF",)
FROM_EPHEMERIS = ("STATE = interpolated in an ephemeris",)
ESTIMATED = (
    "COVARIANCE = estimated from past element sets by class and age, not calculated; diagonal",
    "VELOCITY_COVARIANCE = derived from the position sigmas and the rate of the orbit",
)
NO_COVARIANCE = ("COVARIANCE = unknown; zeros stand for it",)
LOWER = np.tril_indices(6)


class Known:
    """What the catalogue knows of the objects of conjunctions."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._number = catalogue.catalogue_number
        self._order = np.argsort(self._number, kind="stable")
        with np.errstate(divide="ignore"):
            period_min = 2.0 * np.pi / catalogue.elements.mean_motion_rad_min
        self._deep = period_min >= DEEP_SPACE_PERIOD_MIN

    def rows(self, number: Ints, trajectory: Ints) -> list[int]:
        """Catalogue row of each object, -1 where there is none: an ephemeris may stand alone."""
        n = len(self._number)
        if n == 0:
            return [-1] * len(number)
        row = np.clip(trajectory, 0, n - 1)
        found = self._order[
            np.clip(np.searchsorted(self._number, number, sorter=self._order), 0, n - 1)
        ]
        row = np.where(self._number[row] == number, row, found)
        return list(np.where(self._number[row] == number, row, -1).tolist())

    def ephemeris(self, trajectory: Ints) -> list[bool]:
        """Whether each trajectory is an ephemeris: those follow the rows of the catalogue."""
        return list((trajectory >= len(self._number)).tolist())

    def facts(self, row: int) -> dict[str, str]:
        """Type, designator and operator of an object, as fields of a message."""
        if row < 0:
            kind, object_id, operator = ObjectType.UNKNOWN, "", ""
        else:
            kind = ObjectType(int(self._catalogue.object_type[row]))
            object_id = designator(str(self._catalogue.object_id[row]))
            operator = str(self._catalogue.operator[row])
        return {
            "INTERNATIONAL_DESIGNATOR": object_id if DESIGNATOR.fullmatch(object_id) else UNKNOWN,
            "OBJECT_TYPE": TYPES[kind],
            "MANEUVERABLE": MANEUVERABLE[kind],
            "OPERATOR_ORGANIZATION": writable_name(operator) if operator else "",
        }

    def models(self, row: int) -> dict[str, str]:
        """What SGP4 models for an element set; its resonances have no word of the standard."""
        if row < 0:
            return {}
        return DEEP_SPACE_MODELS if self._deep[row] else NEAR_EARTH_MODELS


@dataclass(frozen=True, slots=True)
class Objects:
    """The first or the second objects of some conjunctions, as plain values."""

    place: int
    number: list[int]
    name: list[str]
    source: list[str]
    age_days: list[float]
    ephemeris: list[bool]
    row: list[int]
    state: list[list[float]]
    covariance: list[list[float]]
    estimated: list[bool]
    known: Known

    @classmethod
    def of(
        cls,
        place: int,
        part: Conjunctions,
        known: Known,
        trajectory: Ints,
        geometry: MessageGeometry,
    ) -> Objects:
        """Return the objects at place 1 or 2."""
        number: Ints = getattr(part, f"object{place}")
        position: Floats = getattr(geometry, f"position{place}_gcrf_km")
        velocity: Floats = getattr(geometry, f"velocity{place}_gcrf_km_s")
        covariance: Floats = getattr(geometry, f"covariance{place}_rtn_m2")[:, *LOWER]
        estimated = np.asarray(np.isfinite(covariance).all(axis=1))
        return cls(
            place,
            number.tolist(),
            getattr(part, f"name{place}").tolist(),
            getattr(part, f"source{place}").tolist(),
            getattr(part, f"age{place}_days").tolist(),
            known.ephemeris(trajectory),
            known.rows(number, trajectory),
            np.hstack([position, velocity]).tolist(),
            np.where(estimated[:, None], covariance, 0.0).tolist(),
            estimated.tolist(),
            known,
        )

    def segment(self, row: int) -> Segment:
        """Return what the message of one row says of its object."""
        comment = FROM_EPHEMERIS if self.ephemeris[row] else FROM_ELEMENTS
        estimate = ESTIMATED if self.estimated[row] else NO_COVARIANCE
        return Segment(
            self._metadata(row),
            StateVector(comment, *self.state[row]),
            CovarianceMatrix(estimate, *self.covariance[row]),
        )

    def _metadata(self, row: int) -> Metadata:
        name, source, ephemeris = self.name[row], self.source[row], self.ephemeris[row]
        written = writable_name(name)
        return Metadata(
            COMMENT=tuple(self._remarks(row, written)),
            OBJECT=f"OBJECT{self.place}",
            OBJECT_DESIGNATOR=str(self.number[row]),
            CATALOG_NAME=_catalogue_name(self.number[row]),
            OBJECT_NAME=written,
            EPHEMERIS_NAME=writable_name(source) if ephemeris else "NONE",
            COVARIANCE_METHOD="DEFAULT",
            ORBIT_CENTER="EARTH",
            REF_FRAME=Frame.GCRF.value,
            **self.known.facts(self.row[row]),
            **({} if ephemeris else self.known.models(self.row[row])),
        )

    def _remarks(self, row: int, written: str) -> Iterator[str]:
        name, source, age_days = self.name[row], self.source[row], self.age_days[row]
        if name and (written != name.upper() or not name.isascii()):
            yield f"NAME_IN_CATALOGUE = {writable_comment(name)}"
        if source:
            yield f"SOURCE = {writable_comment(source)}"
        if np.isfinite(age_days):
            yield f"AGE = {age_days:.3f} [d]"


def _catalogue_name(number: int) -> str:
    """Whose catalogue a number is of; ours are for objects without one."""
    if number < SYNTHETIC_FIRST:
        return "SATCAT"
    return "SIMULATED" if number < UNNUMBERED_FIRST else "COMMONSKY"

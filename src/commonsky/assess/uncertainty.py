"""
How far element sets are from the truth: position sigmas by class of orbit, kind of object and age.

Element sets carry no covariance.  These sigmas say how far real sets, propagated by SGP4, were
from later sets of the same objects: the median of the absolute difference over 0.6745, which is
the sigma of a Gaussian and which no outlier moves.  Data: whole catalogues of 2024 and 2025
(Space-Track, mirrored) and half-hourly readings of CelesTrak of May 2026, near the maximum of the
solar cycle; 2019 served to compare.  `design/002_element_set_errors.py` made the constants.

    sigma^2 = floor^2 + (rate age)^2 + (acceleration age^2)^2 + (DRAG_ERROR drag age^2)^2

The last two terms are in-track only.  `drag` is the displacement that the set's own B* causes:
what nobody knows about the air is a fraction of it, much the same at all heights and at both ends
of the solar cycle.  The other terms are of the active Sun; those of 2019 were half to all of them,
and a tenth for the fleets of then.

How far to trust it: errors have heavier tails than a Gaussian, told by `TAILS` (the 95 % quantile
over 1.96 sigma).  The in-track and radial errors of one set are correlated, and all errors of one
day share the weather of that day; neither is kept.  Two sets of an object share tracking and
SGP4's own errors, which their difference cannot show (an hour apart they agree to 0.02 km):
`FLOOR_RTN_KM` is from radar ranges instead, of one satellite.  Screening grade: it ranks, it does
not decide.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from enum import IntEnum
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from commonsky.astro.arrays import Floats, Ints
from commonsky.astro.elements import RADIUS_WGS72_KM, MeanElements
from commonsky.astro.frames import rotation_rtn
from commonsky.catalogue.catalogue import Catalogue, ObjectType
from commonsky.catalogue.identity import object_types

ECCENTRIC = 0.1
HIGHEST_LEO_KM = 2000.0
GEO_REV_DAY, GEO_HALF_WIDTH_REV_DAY = 1.0027, 0.1
REV_DAY_PER_RAD_MIN = 1440.0 / (2.0 * np.pi)
NS_PER_YEAR = 365.25 * 86400e9
FIRST_YEAR = 1970
# Satellites are steered for about so long; those of the geostationary ring keep their inclination.
STEERED_YEARS = 15
KEPT_INCLINATION_RAD = np.radians(1.0)

# Elements that are no orbit come out as nan, not as warnings.
QUIET = np.errstate(all="ignore")
MOST_AGE_DAYS = 30.0  # hardly any pairs are older
# Radar ranges of TOPEX/Poseidon in 1996 and 1997; see design/002_element_set_floor.py.
FLOOR_RTN_KM = (0.25, 0.6, 0.4)
# From 0.06 to 0.28 in seven intervals of 2019 to 2025, 0.4 to 0.6 in one of a month.
DRAG_ERROR = 0.15
TYPICAL_BSTAR = 3.4e-4  # per Earth radius; the median below 1000 km in July 2024
MOST_DRAG_KM_DAY2 = 1e6  # it falls within hours, and the formula has a pole there
# An error along the orbit is one of height too: little of it on a circle, much on an ellipse.
RADIAL_SHARES = np.array([0.0, 0.005, 0.005, 0.005, 0.0, 0.0, 0.0, 0.16, 0.0])  # by OrbitClass
# An object that may be anywhere on its orbit: the sigma of a uniform distribution over a circle.
ANYWHERE = np.pi / np.sqrt(3.0)


class OrbitClass(IntEnum):
    """Which forces spoil a prediction; LEO is told by the height of the mean perigee."""

    UNKNOWN = 0
    LEO_BELOW_400_KM = 1
    LEO_BELOW_600_KM = 2
    LEO_BELOW_1000_KM = 3
    LEO_BELOW_2000_KM = 4
    MEO = 5
    GEO = 6
    ECCENTRIC = 7  # eccentricity above 0.1, perigee below 2000 km
    HIGH_ECCENTRIC = 8  # eccentricity above 0.1, perigee above


class Kind(IntEnum):
    """Who moves the object: debris and unknown objects are light; payloads may be steered."""

    DEBRIS = 0
    DRIFTING = 1  # rocket bodies, and payloads nobody is thought to steer
    STEERED = 2


class Law(NamedTuple):
    """Growth of the sigmas of a class with age, and their tails; radial, transverse, normal."""

    rate_km_day: tuple[float, float, float]
    acceleration_km_day2: float
    tails: tuple[float, float, float]


# In the order of `Kind`.  Of eccentric orbits that are steered there are few; some of them are
# raised by electric thrust, which makes their tails.
LAWS = {
    OrbitClass.LEO_BELOW_400_KM: (
        Law((0, 0, 0.084), 0, (1.9, 1.1, 6)),
        Law((0.13, 0, 0.05), 0, (4.4, 1, 2.2)),
        Law((0.39, 12, 0.29), 8, (2.1, 3.4, 1.9)),
    ),
    OrbitClass.LEO_BELOW_600_KM: (
        Law((0.056, 0, 0.041), 0, (2.7, 2, 1.7)),
        Law((0.059, 0, 0.035), 0, (1.4, 1.1, 1.9)),
        Law((0.053, 10, 0.15), 0.88, (1.9, 2.4, 1.2)),
    ),
    OrbitClass.LEO_BELOW_1000_KM: (
        Law((0.063, 0.3, 0.046), 0, (1.3, 1.2, 1.4)),
        Law((0.042, 0.14, 0.035), 0, (1, 1.8, 1.5)),
        Law((0.051, 0.19, 0.031), 0.078, (1, 3.7, 1)),
    ),
    OrbitClass.LEO_BELOW_2000_KM: (
        Law((0.052, 0.23, 0.041), 0, (3.6, 1.6, 1.1)),
        Law((0.015, 0.12, 0.039), 0, (1.3, 1.7, 1)),
        Law((0.067, 0.27, 0.023), 0.059, (1, 1.5, 1)),
    ),
    OrbitClass.MEO: (
        Law((0.044, 0.54, 0.038), 0, (10, 4, 1.2)),
        Law((0.029, 0.18, 0.027), 0, (1.8, 2.4, 1)),
        Law((0.057, 0.19, 0.032), 0.0072, (1, 2.8, 1.8)),
    ),
    OrbitClass.GEO: (
        Law((0.36, 1, 0.12), 0, (7.5, 7.8, 6.8)),
        Law((0.11, 0.42, 0.027), 0, (1.2, 3.9, 1.3)),
        Law((0.24, 1.4, 0.95), 0.58, (1.5, 2.9, 2.9)),
    ),
    OrbitClass.ECCENTRIC: (
        Law((0.43, 2.2, 0.069), 0, (2.9, 3.2, 1.7)),
        Law((0.083, 0.41, 0.064), 0, (3.3, 2.6, 1.5)),
        Law((0.58, 4.6, 0.08), 0, (410, 140, 140)),
    ),
    OrbitClass.HIGH_ECCENTRIC: (
        Law((0.41, 1.3, 0.1), 0, (6.7, 6, 4.5)),
        Law((0.15, 0.43, 0.071), 0, (15, 12, 4.4)),
        Law((0.58, 4.6, 0.08), 0, (410, 140, 140)),
    ),
}

RATES_KM_DAY = np.full((len(OrbitClass), len(Kind), 3), np.nan)
ACCELERATIONS_KM_DAY2 = np.full((len(OrbitClass), len(Kind)), np.nan)
TAILS = np.full((len(OrbitClass), len(Kind), 3), np.nan)
for _orbit, _laws in LAWS.items():
    RATES_KM_DAY[_orbit] = [law.rate_km_day for law in _laws]
    ACCELERATIONS_KM_DAY2[_orbit] = [law.acceleration_km_day2 for law in _laws]
    TAILS[_orbit] = [law.tails for law in _laws]


@dataclass(frozen=True, slots=True)
class ErrorClasses:
    """What decides how fast n element sets grow wrong; every column has shape (n,)."""

    orbit: NDArray[np.int8]  # OrbitClass
    kind: NDArray[np.int8]  # Kind
    drag_km_day2: Floats  # in-track displacement by drag over the square of the age
    semi_major_axis_km: Floats

    def __len__(self) -> int:
        return len(self.orbit)

    def take(self, rows: Ints) -> ErrorClasses:
        """Return the classes at `rows`, in that order."""
        return ErrorClasses(*(getattr(self, column.name)[rows] for column in fields(self)))


@QUIET
def error_classes(catalogue: Catalogue) -> ErrorClasses:
    """Return the classes of all rows, by what the catalogue itself tells; see `kinds`."""
    elements = catalogue.elements
    orbit = orbit_classes(elements)
    return ErrorClasses(
        orbit,
        kinds(catalogue, orbit),
        drag_km_day2(elements),
        elements.semi_major_axis_km,
    )


@QUIET
def orbit_classes(elements: MeanElements) -> NDArray[np.int8]:
    """(n,) `OrbitClass`; UNKNOWN for elements that are no orbit."""
    perigee_km, eccentricity = elements.perigee_height_km, elements.eccentricity
    motion_rev_day = elements.mean_motion_rad_min * REV_DAY_PER_RAD_MIN
    bound = (eccentricity >= 0.0) & (eccentricity < 1.0)
    bound &= (motion_rev_day > 0.0) & (motion_rev_day < np.inf)
    geosynchronous = np.abs(motion_rev_day - GEO_REV_DAY) < GEO_HALF_WIDTH_REV_DAY
    found = np.select(
        [
            ~bound,
            (eccentricity > ECCENTRIC) & (perigee_km < HIGHEST_LEO_KM),
            eccentricity > ECCENTRIC,
            perigee_km < 400.0,
            perigee_km < 600.0,
            perigee_km < 1000.0,
            perigee_km < HIGHEST_LEO_KM,
            geosynchronous,
        ],
        [
            OrbitClass.UNKNOWN,
            OrbitClass.ECCENTRIC,
            OrbitClass.HIGH_ECCENTRIC,
            OrbitClass.LEO_BELOW_400_KM,
            OrbitClass.LEO_BELOW_600_KM,
            OrbitClass.LEO_BELOW_1000_KM,
            OrbitClass.LEO_BELOW_2000_KM,
            OrbitClass.GEO,
        ],
        OrbitClass.MEO,
    )
    return found.astype(np.int8)


def kinds(catalogue: Catalogue, orbit: NDArray[np.int8]) -> NDArray[np.int8]:
    """
    (n,) `Kind` of each object, types unknown to the catalogue taken from names.

    A payload counts as steered until 15 years after the year of its launch began, and near the
    equator in the geostationary ring for ever; without a launch year it counts as steered.
    """
    types = catalogue.object_type.copy()
    unknown = np.flatnonzero(types == ObjectType.UNKNOWN)
    types[unknown] = object_types(catalogue.object_name[unknown])
    payload = types == ObjectType.PAYLOAD
    elements = catalogue.elements
    years = elements.epoch_tai_ns / NS_PER_YEAR + FIRST_YEAR - _launch_years(catalogue.object_id)
    kept = (orbit == OrbitClass.GEO) & (elements.inclination_rad < KEPT_INCLINATION_RAD)
    steered = payload & (~(years > STEERED_YEARS) | kept)
    found = np.select(
        [steered, payload | (types == ObjectType.ROCKET_BODY)],
        [Kind.STEERED, Kind.DRIFTING],
        Kind.DEBRIS,
    )
    return found.astype(np.int8)


@QUIET
def drag_km_day2(elements: MeanElements) -> Floats:
    """
    (n,) how far along its orbit the B* of each set drives the object, over the age squared.

    Reference: Hoots and Roehrich (1980), Spacetrack Report No. 3, C1 of SGP4 (without its J2
    term, and from Kozai's mean motion: good to some percent), at perigee.  The sign of B* is
    dropped: where it is negative, it stands for what else drove the object as far as drag would.
    A B* of 0 says that nobody looked, and counts as the typical one.
    """
    motion, eccentricity = elements.mean_motion_rad_min, elements.eccentricity
    axis = elements.semi_major_axis_km / RADIUS_WGS72_KM
    perigee_km = elements.perigee_height_km
    base_km = np.where(perigee_km < 98.0, 20.0, np.clip(perigee_km - 78.0, 20.0, 78.0))
    near = 1.0 / (axis - base_km / RADIUS_WGS72_KM - 1.0)
    eta = axis * eccentricity * near
    density = ((120.0 - base_km) / RADIUS_WGS72_KM * near) ** 4 / np.abs(1.0 - eta**2) ** 3.5
    c2 = axis * (1.0 + 1.5 * eta**2 + eccentricity * eta * (4.0 + eta**2)) * density * motion
    bstar = np.abs(elements.bstar_per_earth_radius)
    per_min2 = 1.5 * motion * np.where(bstar > 0.0, bstar, TYPICAL_BSTAR) * c2
    fastest = np.sqrt((1.0 + eccentricity) / (1.0 - eccentricity))
    drag = elements.semi_major_axis_km * fastest * per_min2 * 1440.0**2
    return np.minimum(drag, MOST_DRAG_KM_DAY2)


@QUIET
def sigma_rtn_km(classes: ErrorClasses, age_days: Floats) -> Floats:
    """
    (n, 3) sigmas of position on radial, transverse and normal axes, at ages (n,).

    The age runs from epoch to the time asked for; before the epoch its magnitude counts.  Sigmas
    stop growing after 30 days, for want of older pairs, and in-track where the object may be
    anywhere on its orbit.  nan where class or age is unknown.
    """
    known = np.where(np.isfinite(age_days), np.abs(age_days), np.nan)
    age = np.minimum(known, MOST_AGE_DAYS)[:, None]
    which = classes.orbit, classes.kind
    variance = np.square(FLOOR_RTN_KM) + (RATES_KM_DAY[which] * age) ** 2
    square = age[:, 0] ** 2
    anywhere_km = ANYWHERE * classes.semi_major_axis_km
    drag = np.minimum(DRAG_ERROR * classes.drag_km_day2 * square, anywhere_km)
    variance[:, 0] += (RADIAL_SHARES[classes.orbit] * drag) ** 2
    variance[:, 1] += (ACCELERATIONS_KM_DAY2[which] * square) ** 2 + drag**2
    sigma = np.sqrt(variance)
    sigma[:, 1] = np.minimum(sigma[:, 1], anywhere_km)
    return sigma


def tail_sigma_rtn_km(classes: ErrorClasses, age_days: Floats) -> Floats:
    """(n, 3) as `sigma_rtn_km`, but the 95 % quantile over 1.96: larger, as tails are heavy."""
    return sigma_rtn_km(classes, age_days) * TAILS[classes.orbit, classes.kind]


def covariance_inertial_km2(
    sigma_rtn_km: Floats, position_km: Floats, velocity_km_s: Floats
) -> Floats:
    """(n, 3, 3) covariances in the inertial frame of the states (n, 3) from sigmas (n, 3)."""
    axes = rotation_rtn(position_km, velocity_km_s) * sigma_rtn_km[:, :, None]
    return np.swapaxes(axes, 1, 2) @ axes


def _launch_years(designators: NDArray[np.str_]) -> Floats:
    """(n,) year of each international designator, nan where there is none."""
    texts = [text[:4] if text[4:5] == "-" else "" for text in designators.tolist()]
    return np.array([float(text) if text.isdigit() else np.nan for text in texts])

"""
Orbits at many moments, freed of the oblate Earth's short waves: planes and shapes one can compare.

SGP4 is run to each moment, and its short-period terms are taken off the state it gives.  What is
left is an ellipse on which the object would be seen anywhere along its orbit around that moment,
so that two objects' paths can be compared where neither of them just is.

Reference: Hoots and Roehrich (1980), Spacetrack Report No. 3, for the terms that are taken off.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from commonsky.astro.arrays import Floats, Ints
from commonsky.astro.elements import MU_WGS72_KM3_S2, RADIUS_WGS72_KM, MeanElements
from commonsky.astro.epoch import NS_PER_DAY
from commonsky.astro.sgp4 import Status, propagate
from commonsky.astro.sgp4_initial import mean_motions_unkozai

# Columns of the table.
NORMAL, ECCENTRICITY, HERE, PARAMETER, ACROSS, RADIAL, ALONG = 0, 3, 6, 9, 10, 11, 12
MU, RADIUS_KM = MU_WGS72_KM3_S2, RADIUS_WGS72_KM
J2_WGS72 = 1.082616e-3
_ROUNDS = 3
# What mean elements of a good set say of a place at their epoch, as a share of the distance.
_AT_EPOCH = 2.5e-4
# How wrong what drag did since is, and how wrong the size of an orbit is that no drag acts on.
_DRAG_SHARE, _AXIS_SHARE = 0.2, 2e-6
_AXIS_NOISE = 1e-4  # what the waves of Sun and Moon leave on it
_NODE_DAY = 7.0e-2  # rad a day, of a low orbit over the equator and half of it at 60 degrees
_COLUMNS = 7


@dataclass(frozen=True, slots=True)
class SmoothOrbits:
    """
    Ellipses of n objects at k moments; nan where SGP4 has none.

    `table` (n, k, 13), as kernels read it: the vectors of normal and eccentricity and the
    direction of the object itself, all in TEME, the parameter, km, and sigmas of a place on the
    orbit: across the plane, of the distance, and along the track, km.
    """

    epoch_tai_ns: Ints  # (k,)
    table: Floats

    def __len__(self) -> int:
        return len(self.table)

    def take(self, rows: Ints) -> SmoothOrbits:
        """Return some of the objects."""
        return SmoothOrbits(self.epoch_tai_ns, self.table[rows])

    @property
    def normal(self) -> Floats:
        """(n, k, 3) unit vectors across the planes."""
        return self.table[..., NORMAL : NORMAL + 3]

    @property
    def eccentricity(self) -> Floats:
        """(n, k, 3) vectors to the perigees."""
        return self.table[..., ECCENTRICITY : ECCENTRICITY + 3]

    @property
    def parameter_km(self) -> Floats:
        """(n, k) parameters of the ellipses."""
        return self.table[..., PARAMETER]

    @property
    def across_km(self) -> Floats:
        """(n, k) sigmas across the planes."""
        return self.table[..., ACROSS]

    @property
    def radial_km(self) -> Floats:
        """(n, k) sigmas of distances."""
        return self.table[..., RADIAL]

    @property
    def along_km(self) -> Floats:
        """(n, k) sigmas along the track."""
        return self.table[..., ALONG]

    @property
    def axis_km(self) -> Floats:
        """(n, k) semi-major axes."""
        square = (self.eccentricity**2).sum(axis=-1)
        return np.asarray(self.parameter_km / np.maximum(1.0 - square, 1e-9), np.float64)


def smooth_orbits(elements: MeanElements, epoch_tai_ns: Ints) -> SmoothOrbits:
    """Return the orbits of n element sets at k moments, before their epochs or after."""
    states = propagate(elements, epoch_tai_ns)
    with np.errstate(all="ignore"):
        ellipse = _without_waves(states.position_km, states.velocity_km_s)
        table = _with_sigmas(elements, epoch_tai_ns, ellipse)
        bad = (states.status != Status.GOOD) | ~np.isfinite(table).all(axis=-1)
    table[bad] = np.nan
    return SmoothOrbits(epoch_tai_ns, table)


def _without_waves(position: Floats, velocity: Floats) -> tuple[Floats, ...]:
    """Parameter, and the vectors of normal, eccentricity and direction, of the smooth ellipses."""
    radius = np.linalg.norm(position, axis=-1)
    momentum = np.cross(position, velocity)
    size = np.linalg.norm(momentum, axis=-1)
    tilt = np.arccos(np.clip(momentum[..., 2] / size, -1.0, 1.0))
    node = np.arctan2(momentum[..., 0], -momentum[..., 1])
    level = position[..., 0] * np.cos(node) + position[..., 1] * np.sin(node)
    rising = position[..., 2] * np.sin(tilt) + np.cos(tilt) * (
        position[..., 1] * np.cos(node) - position[..., 0] * np.sin(node)
    )
    latitude = np.arctan2(rising, level)
    outward = (position * velocity).sum(axis=-1) / radius
    ellipse = _smoothed(radius, outward, size / radius, latitude, tilt, node)
    return _vectors(*ellipse)


def _smoothed(
    radius: Floats, outward: Floats, across: Floats, latitude: Floats, tilt: Floats, node: Floats
) -> tuple[Floats, ...]:
    """Distance, speeds, latitude argument, inclination and node less their short waves."""
    r, rising, level, u, i, turned = radius, outward, across, latitude, tilt, node
    for _ in range(_ROUNDS):
        parameter = (r * level) ** 2 / MU
        first = 0.5 * J2_WGS72 * RADIUS_KM**2 / parameter
        second = first / parameter
        square = (parameter / r - 1.0) ** 2 + rising**2 * parameter / MU
        flat = np.sqrt(np.maximum(1.0 - square, 1e-9))
        motion = np.sqrt(MU / (parameter / flat**2) ** 3)
        cosine, sine = np.cos(i), np.sin(i)
        wave, crest = np.sin(2.0 * u), np.cos(2.0 * u)
        bulge = 3.0 * cosine**2 - 1.0
        u = latitude + 0.25 * second * (7.0 * cosine**2 - 1.0) * wave
        turned = node - 1.5 * second * cosine * wave
        i = tilt - 1.5 * second * cosine * sine * crest
        r = (radius - 0.5 * first * sine**2 * crest) / (1.0 - 1.5 * second * flat * bulge)
        rising = outward + motion * first * sine**2 * wave
        level = across - motion * first * (sine**2 * crest + 1.5 * bulge)
    return r, rising, level, u, i, turned


def _vectors(
    r: Floats, rising: Floats, level: Floats, u: Floats, tilt: Floats, node: Floats
) -> tuple[Floats, ...]:
    parameter = (r * level) ** 2 / MU
    cn, sn, ci, si = np.cos(node), np.sin(node), np.cos(tilt), np.sin(tilt)
    cu, su = np.cos(u), np.sin(u)
    normal = np.stack([sn * si, -cn * si, ci], axis=-1)
    here = np.stack([cn * cu - sn * ci * su, sn * cu + cn * ci * su, si * su], axis=-1)
    ahead = np.stack([-cn * su - sn * ci * cu, cn * ci * cu - sn * su, si * cu], axis=-1)
    outer, inner = parameter / r - 1.0, rising * np.sqrt(parameter / MU)
    eccentricity = outer[..., None] * here - inner[..., None] * ahead
    return parameter, normal, eccentricity, here


def _with_sigmas(
    elements: MeanElements, epoch_tai_ns: Ints, ellipse: tuple[Floats, ...]
) -> Floats:
    parameter, normal, eccentricity, here = ellipse
    axis = parameter / np.maximum(1.0 - (eccentricity**2).sum(axis=-1), 1e-9)
    days = np.abs(epoch_tai_ns[None, :] - elements.epoch_tai_ns[:, None]) / NS_PER_DAY
    # How much drag changed the size, and how far off that may be by then.
    changed = np.abs(axis - _axis_at_epoch_km(elements)[:, None])
    changed = np.maximum(changed - _AXIS_NOISE * axis, 0.0)
    off = _DRAG_SHARE * changed + _AXIS_SHARE * axis
    turning = _NODE_DAY * (RADIUS_KM / axis) ** 3.5
    motion_day = np.sqrt(MU / axis**3) * 86_400.0
    across = _AT_EPOCH * axis + 3.5 * turning * 0.5 * days * off
    radial = _AT_EPOCH * axis + off
    along = 2.0 * _AT_EPOCH * axis + 1.5 * motion_day * 0.5 * days * off
    sizes = np.stack([parameter, across, radial, along], axis=-1)
    return np.concatenate([normal, eccentricity, here, sizes], axis=-1)


def _axis_at_epoch_km(elements: MeanElements) -> Floats:
    """(n,) semi-major axes of SGP4's own mean motion."""
    columns = np.zeros((len(elements), _COLUMNS))
    columns[:, 3], columns[:, 4] = elements.eccentricity, elements.inclination_rad
    columns[:, 5] = elements.mean_motion_rad_min
    motion = np.empty(len(elements))
    mean_motions_unkozai(columns, motion)
    return np.asarray((MU / (motion / 60.0) ** 2) ** (1.0 / 3.0), np.float64)

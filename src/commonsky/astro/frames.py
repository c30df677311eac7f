"""
Turning vectors from one frame into another.

GCRF and ITRF are joined as in the IERS Conventions (2010): IAU 2006/2000A precession-nutation
by the celestial intermediate pole, the Earth rotation angle, and polar motion.  TEME is the
frame of SGP4: it becomes the Earth's by Greenwich mean sidereal time of 1982 about the true pole
(Vallado et al. 2006, "Revisiting Spacetrack Report #3", appendix C), and GCRF from there.  Coming
to GCRF by IAU 1976/1980 instead would be metres off in low orbit: its precession is 0.3" per
century too fast, and the corrections the IERS published for it are not in our tables.
"""

from __future__ import annotations

from collections.abc import Callable

import erfa
import numpy as np

from commonsky.astro.arrays import Floats, Ints
from commonsky.astro.earth_orientation import EarthOrientation, earth_orientation
from commonsky.astro.epoch import NS_PER_S, tt_julian_date, ut1_julian_date
from commonsky.astro.states import Frame, States

# The nutation's shortest waves take days: six points of this grid are good to 1e-10 rad.
KNOT_STEP_NS = 6 * 3600 * NS_PER_S
KNOT_OFFSETS = np.arange(-2, 4)
PARALLEL = 1e-15  # the sine of an angle that float64 does not tell from none
EARTH_ROTATION_RAD_S = 2.0 * np.pi * 1.00273781191135448 / 86400.0  # of UT1


def rotation(source: Frame, target: Frame, epoch_tai_ns: Ints) -> Floats:
    """
    (n, 3, 3) matrices that turn a vector in `source` at n epochs into one in `target`.

    Precession and nutation are interpolated between knots at whole multiples of 6 h, so the cost
    is that of the time span, not of n, and no row depends on its neighbours.  One epoch for all
    rows is calculated once, and the result is then a read-only view.  Outside the
    Earth-orientation table (see `earth_orientation`, which has the status) ITRF degrades; the
    others need no table.
    """
    epoch = np.atleast_1d(np.asarray(epoch_tai_ns, dtype=np.int64))
    if len(epoch) > 1 and (epoch == epoch[0]).all():
        return np.broadcast_to(rotation(source, target, epoch[:1]), (len(epoch), 3, 3))
    if source is target:
        return np.broadcast_to(np.eye(3), (len(epoch), 3, 3))
    from_target = _rotation_to_gcrf(target, epoch)
    return np.swapaxes(from_target, 1, 2) @ _rotation_to_gcrf(source, epoch)


def rotated(rotation: Floats, vector: Floats) -> Floats:
    """(..., 3) vectors turned by (..., 3, 3) matrices, row by row."""
    return (rotation @ vector[..., None])[..., 0]


def transform(
    position_km: Floats, velocity_km_s: Floats, epoch_tai_ns: Ints, source: Frame, target: Frame
) -> tuple[Floats, Floats]:
    """
    (n, 3) positions and velocities in `source`, turned into `target`.

    Velocities in ITRF are relative to the turning Earth.  TEME counts as at rest, as everyone
    who uses SGP4 takes it; its precession would be 0.1 mm/s in low orbit.
    """
    turn = rotation(source, target, epoch_tai_ns)
    inertial_km_s = velocity_km_s
    if source is Frame.ITRF and target is not Frame.ITRF:
        spin = _earth_rotation_itrf_rad_s(epoch_tai_ns)
        inertial_km_s = velocity_km_s + np.cross(spin, position_km)
    position, velocity = rotated(turn, position_km), rotated(turn, inertial_km_s)
    if target is Frame.ITRF and source is not Frame.ITRF:
        velocity -= np.cross(_earth_rotation_itrf_rad_s(epoch_tai_ns), position)
    return position, velocity


def states_in(states: States, frame: Frame) -> States:
    """Return the states in `frame`, velocities as in `transform`."""
    if states.frame is frame:
        return states
    position_km, velocity_km_s = transform(
        states.position_km, states.velocity_km_s, states.epoch_tai_ns, states.frame, frame
    )
    return States(states.object_id, states.epoch_tai_ns, position_km, velocity_km_s, frame)


def rotation_rtn(position_km: Floats, velocity_km_s: Floats) -> Floats:
    """
    (n, 3, 3) matrices from an inertial frame to radial, transverse and normal, as rows.

    Normal is along the angular momentum, transverse completes them and is forward.  CCSDS calls
    it RTN, others RIC or RSW.  All nan where position and velocity are parallel or zero.
    """
    momentum = np.cross(position_km, velocity_km_s)
    size = np.linalg.norm(position_km, axis=-1) * np.linalg.norm(velocity_km_s, axis=-1)
    # Of parallel vectors rounding leaves some last digits, which point nowhere.
    parallel = np.linalg.norm(momentum, axis=-1) <= PARALLEL * size
    normal = _unit(np.where(parallel[..., None], np.nan, momentum))
    radial = _unit(np.where(parallel[..., None], np.nan, position_km))
    return np.stack([radial, np.cross(normal, radial), normal], axis=-2)


def _unit(vector: Floats) -> Floats:
    return vector / np.linalg.norm(vector, axis=-1, keepdims=True)


def _rotation_to_gcrf(frame: Frame, epoch_tai_ns: Ints) -> Floats:
    n = len(epoch_tai_ns)
    match frame:
        case Frame.GCRF:
            return np.broadcast_to(np.eye(3), (n, 3, 3))
        case Frame.EME2000:
            # The bias matrix does not depend on time.
            bias, _, _ = erfa.bp06(2_451_545.0, 0.0)
            return np.broadcast_to(bias.T, (n, 3, 3))
        case Frame.TEME:
            return _interpolated(_teme_to_gcrf, epoch_tai_ns)
        case Frame.ITRF:
            celestial = _interpolated(_cirs_to_gcrf, epoch_tai_ns)
            angle = erfa.era00(*ut1_julian_date(epoch_tai_ns))
            earth = earth_orientation(epoch_tai_ns)
            terrestrial = _polar_motion(epoch_tai_ns, earth) @ _rotation_z(angle)
            return celestial @ np.swapaxes(terrestrial, 1, 2)


def _interpolated(slow: Callable[[Ints], Floats], epoch_tai_ns: Ints) -> Floats:
    """(n, 3, 3) of a slowly varying matrix, by Lagrange's polynomial through six knots."""
    below, rest_ns = np.divmod(epoch_tai_ns, KNOT_STEP_NS)
    knots, place = np.unique(below[:, None] + KNOT_OFFSETS, return_inverse=True)
    matrices = slow(knots * KNOT_STEP_NS)
    place = place.reshape(len(epoch_tai_ns), len(KNOT_OFFSETS))
    weights = _lagrange_weights(rest_ns / KNOT_STEP_NS)
    total = np.zeros((len(epoch_tai_ns), 3, 3))
    for j in range(len(KNOT_OFFSETS)):
        total += weights[j][:, None, None] * matrices[place[:, j]]
    return total


def _lagrange_weights(fraction: Floats) -> list[Floats]:
    """Weights of the knots at `KNOT_OFFSETS` for points that far between the third and fourth."""
    weights = []
    for here in KNOT_OFFSETS:
        weight = np.ones_like(fraction)
        for other in KNOT_OFFSETS[here != KNOT_OFFSETS]:
            weight *= (fraction - other) / (here - other)
        weights.append(weight)
    return weights


def _cirs_to_gcrf(epoch_tai_ns: Ints) -> Floats:
    """From the celestial intermediate frame, with the pole where the IERS observed it."""
    date1, date2 = tt_julian_date(epoch_tai_ns)
    x, y, _ = erfa.xys06a(date1, date2)
    earth = earth_orientation(epoch_tai_ns)
    x, y = x + earth.pole_offset_x_rad, y + earth.pole_offset_y_rad
    celestial = erfa.c2ixys(x, y, erfa.s06(date1, date2, x, y))
    return np.swapaxes(celestial, 1, 2)


def _teme_to_gcrf(epoch_tai_ns: Ints) -> Floats:
    """TEME and the celestial intermediate frame share their pole; their origins drift slowly."""
    ut1 = ut1_julian_date(epoch_tai_ns)
    return _cirs_to_gcrf(epoch_tai_ns) @ _rotation_z(erfa.gmst82(*ut1) - erfa.era00(*ut1))


def _polar_motion(epoch_tai_ns: Ints, earth: EarthOrientation) -> Floats:
    s_prime = erfa.sp00(*tt_julian_date(epoch_tai_ns))
    return erfa.pom00(earth.polar_motion_x_rad, earth.polar_motion_y_rad, s_prime)


def _rotation_z(angle_rad: Floats) -> Floats:
    """(n, 3, 3) to axes turned by an angle about z."""
    c, s = np.cos(angle_rad), np.sin(angle_rad)
    matrix = np.zeros((len(angle_rad), 3, 3))
    matrix[:, 0, 0], matrix[:, 0, 1] = c, s
    matrix[:, 1, 0], matrix[:, 1, 1] = -s, c
    matrix[:, 2, 2] = 1.0
    return matrix


def _earth_rotation_itrf_rad_s(epoch_tai_ns: Ints) -> Floats:
    """(n, 3) angular velocity of the Earth: not quite along z, because the pole wanders."""
    epoch = np.atleast_1d(np.asarray(epoch_tai_ns, dtype=np.int64))
    return _polar_motion(epoch, earth_orientation(epoch))[:, :, 2] * EARTH_ROTATION_RAD_S

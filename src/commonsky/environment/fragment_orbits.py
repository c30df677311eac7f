"""
The orbits that fragments begin on, as drag and secular motion need them, and who has none.

A state at one moment has in it the swing of the oblate Earth's field within a revolution, up to
10 km of the major axis, which would make a whole cloud last longer or shorter by a sixth.  So
speeds are first made those of the two-body orbit with the energy that is left on average.

Reference: Vallado (2013), Fundamentals of Astrodynamics, 9.6, for the secular rates; the change of
speed is ours, from the mean of the disturbing function over a revolution.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from commonsky.astro.arrays import Floats, Ints
from commonsky.environment.breakup import Fragments
from commonsky.environment.drag import FAR_KM, RE_ENTRY_KM
from commonsky.environment.earth import EARTH_RADIUS_KM, J2, MU_KM3_S2

TURN = 2.0 * np.pi
_J2_MU_R2 = J2 * MU_KM3_S2 * EARTH_RADIUS_KM**2

Fates = NDArray[np.int8]


class Fate(IntEnum):
    """What has become of a fragment."""

    IN_ORBIT = 0
    RE_ENTERED = 1  # perigee below 120 km: down within a revolution, or brought there by drag
    ESCAPED = 2  # or gone so far that the Sun decides
    UNTOLD = 3  # its velocity is no number


@dataclass(frozen=True, slots=True)
class FragmentOrbits:
    """
    n mean orbits, one row each: heights above the equatorial radius, angles of the frame given.

    The apogee is inf, and the mean anomaly nan, of what escapes; UNTOLD rows are nan throughout.
    """

    perigee_km: Floats
    apogee_km: Floats
    inclination_rad: Floats
    node_rad: Floats
    argument_rad: Floats
    mean_anomaly_rad: Floats
    fate: Fates

    def __len__(self) -> int:
        return len(self.fate)

    @property
    def period_min(self) -> Floats:
        """(n,) time of a revolution; inf for what escapes."""
        axis = EARTH_RADIUS_KM + 0.5 * (self.perigee_km + self.apogee_km)
        return np.asarray(TURN * np.sqrt(axis**3 / MU_KM3_S2) / 60.0, np.float64)

    def take(self, rows: Ints) -> FragmentOrbits:
        """Return some of the rows."""
        return FragmentOrbits(*(getattr(self, column.name)[rows] for column in fields(self)))


def fragment_orbits(
    position_km: Floats, velocity_km_s: Floats, fragments: Fragments, *, oblate: bool = True
) -> FragmentOrbits:
    """
    Return the orbits of fragments of what had a state, (3,) each, of an equatorial frame.

    Mean ones, unless the Earth is not `oblate`: then those of two bodies, right at that moment.
    """
    position = np.asarray(position_km, np.float64)
    radius = float(np.linalg.norm(position))
    if not (radius > EARTH_RADIUS_KM + RE_ENTRY_KM and np.isfinite(velocity_km_s).all()):
        raise ValueError(
            f"what breaks up is in orbit, above {RE_ENTRY_KM:g} km and with a velocity; this is "
            f"{radius - EARTH_RADIUS_KM:,.0f} km high"
        )
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        velocity = velocity_km_s + fragments.delta_v_m_s * 1e-3
        return _elements(position, _averaged(position, velocity) if oblate else velocity)


def _averaged(position: Floats, velocity: Floats) -> Floats:
    """(n, 3) velocities with the energy that the oblate Earth leaves over a revolution."""
    radius = np.linalg.norm(position)
    square = (velocity**2).sum(axis=1)
    axis = 1.0 / (2.0 / radius - square / MU_KM3_S2)
    momentum = np.cross(position, velocity)
    size = np.linalg.norm(momentum, axis=1)
    here = 0.5 * _J2_MU_R2 / radius**3 * (1.0 - 3.0 * (position[2] / radius) ** 2)
    # a³ (1 - e²)^1.5, which stays finite where the orbit is all but a parabola.
    cube = np.abs(axis) ** 1.5 * (size**2 / MU_KM3_S2) ** 1.5
    mean = 0.25 * _J2_MU_R2 / cube * (3.0 * (momentum[:, 2] / size) ** 2 - 1.0)
    # What dives into the Earth has no such mean, and needs none.
    change = np.where((axis > 0.0) & (size**2 > MU_KM3_S2 * EARTH_RADIUS_KM), mean - here, 0.0)
    return np.asarray(velocity * np.sqrt(1.0 + 2.0 * change / square)[:, None], np.float64)


def _elements(position: Floats, velocity: Floats) -> FragmentOrbits:
    radius = float(np.linalg.norm(position))
    momentum = np.cross(position, velocity)
    size = np.linalg.norm(momentum, axis=1)
    parameter = size**2 / MU_KM3_S2
    inward = parameter / radius - 1.0  # e cos of the true anomaly
    across = velocity @ position / radius * size / MU_KM3_S2  # e sin of it
    axis = 1.0 / (2.0 / radius - (velocity**2).sum(axis=1) / MU_KM3_S2)
    eccentricity = np.hypot(inward, across)
    anomaly = np.arctan2(across, inward)
    half = np.sqrt(np.maximum(1.0 - eccentricity, 0.0)) * np.sin(0.5 * anomaly)
    eccentric = 2.0 * np.arctan2(half, np.sqrt(1.0 + eccentricity) * np.cos(0.5 * anomaly))
    node = np.arctan2(momentum[:, 0], -momentum[:, 1])
    cosine, sine = np.cos(node), np.sin(node)
    # The axis a quarter turn after the node, in the plane, needs no division by the inclination.
    level = momentum[:, 2] * (position[1] * cosine - position[0] * sine)
    rising = position[2] * (momentum[:, 0] * sine - momentum[:, 1] * cosine)
    latitude = np.arctan2((level + rising) / size, position[0] * cosine + position[1] * sine)
    bound = axis > 0.0
    apogee = np.where(bound, axis * (1.0 + eccentricity) - EARTH_RADIUS_KM, np.inf)
    perigee = parameter / (1.0 + eccentricity) - EARTH_RADIUS_KM
    fate = np.where(perigee < RE_ENTRY_KM, Fate.RE_ENTERED, Fate.IN_ORBIT)
    fate = np.where(apogee >= FAR_KM, Fate.ESCAPED, fate)
    fate = np.where(np.isfinite(perigee), fate, Fate.UNTOLD).astype(np.int8)
    apogee[fate == Fate.UNTOLD] = np.nan
    return FragmentOrbits(
        perigee, apogee, np.arccos(np.clip(momentum[:, 2] / size, -1.0, 1.0)), node % TURN,
        (latitude - anomaly) % TURN,
        np.where(bound, eccentric - eccentricity * np.sin(eccentric), np.nan) % TURN, fate,
    )  # fmt: skip


def secular_rates_rad_s(
    perigee_km: Floats, apogee_km: Floats, inclination_rad: Floats
) -> tuple[Floats, Floats, Floats]:
    """Return how fast node, argument of perigee and mean anomaly move, (n,) each, by J2 alone."""
    axis = EARTH_RADIUS_KM + 0.5 * (perigee_km + apogee_km)
    eccentricity = 0.5 * (apogee_km - perigee_km) / axis
    motion = np.sqrt(MU_KM3_S2 / axis**3)
    flat = 1.0 - eccentricity**2
    pull = 1.5 * J2 * (EARTH_RADIUS_KM / (axis * flat)) ** 2 * motion
    cosine = np.cos(inclination_rad)
    node = -pull * cosine
    argument = pull * (2.5 * cosine**2 - 0.5)
    mean = motion + pull * np.sqrt(flat) * (1.5 * cosine**2 - 0.5)
    return node, argument, mean

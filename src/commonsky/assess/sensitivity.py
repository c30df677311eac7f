"""What a probability of collision hangs on: the size of the errors, and that of the bodies."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from commonsky.assess.collision import collision_probability, pc_against_scale
from commonsky.astro.arrays import Floats

POINTS = 61
# A common factor on the combined covariance: half to twice the sigmas.  CNES and EU SST scale the
# covariance of either object by a factor of its own; this is the plain form of that practice.
BAND = (0.25, 4.0)
FEWEST_DECADES, MOST_DECADES = 2.0, 6.0
RADIUS_DECADES = 1.0


@dataclass(frozen=True, slots=True)
class Curve:
    """Log10 Pc (m,) over a quantity (m,), ascending; -inf where Pc is 0."""

    at: Floats
    log10_pc: Floats


@dataclass(frozen=True, slots=True)
class Encounter2d:
    """An encounter on its principal axes: miss (2,) and sigma (2,), the larger sigma first."""

    miss_km: Floats
    sigma_km: Floats
    hard_body_radius_km: float

    def pc_at_scales(self, scale: Floats) -> Floats:
        """Log10 Pc (m,) at factors (m,) of the combined covariance."""
        (x, y), (a, b) = self.miss_km, self.sigma_km
        return pc_against_scale(x, y, a, b, self.hard_body_radius_km, scale)[1][0]

    def pc_at_radii(self, radius_km: Floats) -> Floats:
        """Log10 Pc (m,) at combined hard-body radii (m,)."""
        (x, y), (a, b) = self.miss_km, self.sigma_km
        return collision_probability(x, y, a, b, radius_km)[1]


def scale_curve(encounter: Encounter2d, scale_at_max: float) -> Curve:
    """Return Pc over the factor of the covariance, about 1, as far as its largest and beyond."""
    reach = abs(math.log10(scale_at_max)) if 0.0 < scale_at_max < math.inf else 0.0
    decades = min(max(FEWEST_DECADES, math.ceil(reach + 0.5)), MOST_DECADES)
    scale = np.logspace(-decades, decades, POINTS)
    return Curve(scale, encounter.pc_at_scales(scale))


def radius_curve(encounter: Encounter2d) -> Curve:
    """Return Pc over the combined hard-body radius, a tenth to ten times what is thought."""
    radius = encounter.hard_body_radius_km * np.logspace(-RADIUS_DECADES, RADIUS_DECADES, POINTS)
    return Curve(radius, encounter.pc_at_radii(radius))


def band(encounter: Encounter2d, scale_at_max: float) -> tuple[float, float]:
    """
    Return the least and the largest log10 Pc while the covariance is scaled through `BAND`.

    Pc rises to its largest and falls again, so that the ends and the largest are enough.
    """
    inside = [scale_at_max] if BAND[0] < scale_at_max < BAND[1] else []
    found = encounter.pc_at_scales(np.array([*BAND, *inside]))
    return float(found.min()), float(found.max())

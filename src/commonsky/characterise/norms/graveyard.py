"""
Whether an orbit left above the geostationary belt keeps out of it for a hundred years.

Sun, Moon, sunlight and the Earth's flattening move its perigee; with an eccentricity of 0.03 by
hundreds of kilometres, so that a perigee high enough today is not enough.
"""

from __future__ import annotations

import warnings

import erfa
import numpy as np
from numpy.typing import NDArray

from commonsky.assess.binomial import interval_95
from commonsky.astro.arrays import Floats
from commonsky.characterise.norms.disposal_geo import GEO_RADIUS_KM
from commonsky.characterise.norms.knowledge import Belief, Evidence
from commonsky.environment.earth import EARTH_RADIUS_KM
from commonsky.environment.secular import Ellipses, perigees_km
from commonsky.environment.solar_flux import mean_cycles

YEARS = 100.0


def least_perigee_above_geo_km(
    orbits: Ellipses, *, start_year: float, years: float = YEARS
) -> Floats:
    """
    (n,) lowest heights above the belt that perigees come to.

    `orbits` have radiation-pressure coefficient times area-to-mass as their ratio.  It is good
    to some kilometres, and takes a second for a few orbits.
    """
    with warnings.catch_warnings():
        # The Sun's and the Moon's series are good for this long after their stated end.
        warnings.simplefilter("ignore", erfa.ErfaWarning)
        low, _ = perigees_km(
            orbits, mean_cycles(start_year), start_year=start_year, years=years, drag=False,
            reflectivity=1.0,
        )  # fmt: skip
    return np.asarray(low.min(axis=0) + EARTH_RADIUS_KM - GEO_RADIUS_KM)


def stays_clear(
    orbits: Ellipses, *, start_year: float, region_km: float = 200.0, years: float = YEARS
) -> NDArray[np.bool_]:
    """(n,) whether perigees stay above the protected heights; latitudes are not reckoned with."""
    least = least_perigee_above_geo_km(orbits, start_year=start_year, years=years)
    return np.asarray(least > region_km)


def belief_of_staying(clear: NDArray[np.bool_], evidence: Evidence) -> Belief:
    """
    Return what draws of one object's orbit and area-to-mass ratio say, the chance of them in it.

    Where the orientation of the orbit is not known these are no draws of a chance: then it is
    unknown unless all of them agree.
    """
    low, high = interval_95(int(clear.sum()), len(clear))
    return Belief(low, high, evidence)

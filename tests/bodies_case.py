"""Where Sun and Moon are, from astropy: another way to them than the code's."""

from __future__ import annotations

import astropy.units as u
import numpy as np
from astropy.coordinates import get_body, solar_system_ephemeris
from astropy.time import Time

from commonsky.astro.arrays import Floats


def sun_and_moon_km(start_year: float, days: Floats) -> tuple[Floats, Floats]:
    """(n, 3) places of both, GCRS, at days after the start of a Julian year."""
    at = Time(2_451_545.0 + (start_year - 2000.0) * 365.25, days, format="jd", scale="tt")
    with solar_system_ephemeris.set("builtin"):
        both = [get_body(name, at).cartesian.xyz.to_value(u.km).T for name in ("sun", "moon")]
    return np.asarray(both[0]), np.asarray(both[1])

"""
The Earth and its days, as the long run takes them: one set of constants for every module here.

Reference: WGS 84 (NIMA TR8350.2) for GM, equatorial radius, flattening and rotation, to the digits
that matter here; EGM96 (Lemoine and others, 1998, NASA/TP-1998-206861) for J2.
"""

from __future__ import annotations

MU_KM3_S2 = 398_600.4418
EARTH_RADIUS_KM = 6378.137
J2 = 1.082_626_68e-3
FLATTENING = 1.0 / 298.257
ROTATION_RAD_S = 7.292115e-5

DAY_S = 86_400.0
YEAR_DAYS = 365.25  # Julian
YEAR_S = YEAR_DAYS * DAY_S
MONTH_S = YEAR_S / 12.0

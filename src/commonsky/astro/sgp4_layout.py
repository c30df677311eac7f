"""
Where the coefficients of SGP4 stand in the rows of its tables, and its constants (WGS-72).

Rows of near-Earth and deep-space objects share their first columns.  Angles in rad, times in
minutes, lengths in Earth radii; names as in the reference, which DESIGN's plain words would hide.

Reference: Hoots and Roehrich (1980), Spacetrack Report No. 3; Vallado, Crawford, Hujsak and Kelso
(2006), Revisiting Spacetrack Report #3, AIAA 2006-6753.
"""

from __future__ import annotations

import math
from typing import Final

from commonsky.astro.elements import MU_WGS72_KM3_S2, RADIUS_WGS72_KM

XKE: Final = 60.0 / math.sqrt(
    RADIUS_WGS72_KM * RADIUS_WGS72_KM * RADIUS_WGS72_KM / MU_WGS72_KM3_S2
)
J2, J3, J4 = 0.001082616, -0.00000253881, -0.00000165597
J3OJ2: Final = J3 / J2
KM_S: Final = RADIUS_WGS72_KM * XKE / 60.0
TWO_THIRDS: Final = 2.0 / 3.0
OUTSIDE: Final = 7.0  # status of a time for which the resonances were not integrated
UNDEFINED: Final = 8.0  # status of what is not a finite number
NEXT_TO_RETROGRADE: Final = 1.5e-12  # of 1 + cos i, where the long-period term has its pole

# Sun and moon: rates (rad/min) and eccentricities; rotation of the Earth (rad/min).
ZNS, ZES, ZNL, ZEL = 1.19459e-5, 0.01675, 1.5835218e-4, 0.05490
EARTH_ROTATION: Final = 4.37526908801129966e-3
# The resonance integrator: its step (min), and the phases of its terms.
STEP_MIN: Final = 720.0
FASX2, FASX4, FASX6 = 0.13130908, 2.8843198, 0.37448087
G22, G32, G44, G52, G54 = 5.7686396, 0.95240898, 1.8014998, 1.0508330, 4.4108898
NO_RESONANCE, SYNCHRONOUS, HALF_DAY = 0.0, 1.0, 2.0
NODE: Final = 5  # of the integrator: lambda, n, and the rates dlambda/dt, dn/dt, d2n/dt2

# T0 is minutes from the element epoch to the origin that minutes count from; BCC4 is B* C4 and so
# on; GENTLE tells how far from the middle of a stretch (min) small angles stay small.
(
    T0, STATUS, GENTLE, MO, MDOT, ARGPO, ARGPDOT, NODEO, NODEDOT, NODECF, CC1, BCC4, T2COF, NO, A0,
    ECCO, INCLO, SINIO, COSIO, AYCOF, XLCOF, CON41, X1MTH2, X7THM1,
) = range(24)  # fmt: skip
SHARED: Final = 24
(
    OMGCOF, XMCOF, ETA, DELMO, D2, D3, D4, BCC5, SINMAO, T3COF, T4COF, T5COF,
) = range(SHARED, SHARED + 12)  # fmt: skip
NEAR_COLUMNS: Final = SHARED + 12
(
    DEDT, DIDT, DOMDT, DNODT, DMDT, ZMOS, ZMOL, SE2, SE3, SI2, SI3, SL2, SL3, SL4, SGH2, SGH3,
    SGH4, SH2, SH3, EE2, E3, XI2, XI3, XL2, XL3, XL4, XGH2, XGH3, XGH4, XH2, XH3, GSTO, IREZ,
    XFACT, XLAMO, LYDDANE, AFSPC,
) = range(SHARED, SHARED + 37)  # fmt: skip
RESONANCE: Final = SHARED + 37  # ten amplitudes of the half-day resonance, or three of the daily
DEEP_COLUMNS: Final = RESONANCE + 10

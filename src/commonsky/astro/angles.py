"""
Sines, cosines and small turns in plain arithmetic, so that loops over them vectorise.

LLVM cannot vectorise calls to the mathematical library, and numba has no vector library of its
own any more; these have nearly its digits.

Reference: Cody and Waite (1980), Software Manual for the Elementary Functions, for the reduction;
coefficients of sine, cosine and arctangent as in the Cephes library (Moshier), pi/2 in three parts
as in fdlibm.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from commonsky.astro.kernels import inlined

TWO_PI: Final = 2.0 * math.pi
TWO_BY_PI: Final = 2.0 / math.pi
P1, P2, P3 = 1.5707963267341256, 6.077100506303966e-11, 2.0222662487959506e-21
S1, S2, S3 = -1.66666666666666307295e-1, 8.33333333332211858878e-3, -1.98412698295895385996e-4
S4, S5, S6 = 2.75573136213857245213e-6, -2.50507477628578072866e-8, 1.58962301576546568060e-10
C1, C2, C3 = 4.16666666666665929218e-2, -1.38888888888730564116e-3, 2.48015872888517045348e-5
C4, C5, C6 = -2.75573141792967388112e-7, 2.08757008419747316778e-9, -1.13585365213876817300e-11
LARGEST_TURN_RAD: Final = 0.25  # `turn` is good to 1e-13 up to here


@inlined()
def sincos(x):
    """Sine and cosine of an angle below 1e8 rad, as good as the last place of the angle."""
    q = np.floor(x * TWO_BY_PI + 0.5)
    r = ((x - q * P1) - q * P2) - q * P3
    z = r * r
    s = r + r * z * (S1 + z * (S2 + z * (S3 + z * (S4 + z * (S5 + z * S6)))))
    c = 1.0 - 0.5 * z + z * z * (C1 + z * (C2 + z * (C3 + z * (C4 + z * (C5 + z * C6)))))
    # Selects, not branches; the quadrant is 0..3.
    quadrant = q - 4.0 * np.floor(q * 0.25)
    odd = (quadrant == 1.0) | (quadrant == 3.0)
    sine = c if odd else s
    cosine = s if odd else c
    sine = -sine if quadrant >= 2.0 else sine
    cosine = -cosine if (quadrant == 1.0) | (quadrant == 2.0) else cosine
    return sine, cosine


@inlined()
def sincos_one(x):
    """Sine and cosine of an angle between -1 and 1 rad, to 3e-15."""
    z = x * x
    s = x * (1.0 - z * (1 / 6 - z * (1 / 120 - z * (1 / 5040 - z * (1 / 362880 - z * (
        1 / 39916800 - z * (1 / 6227020800 - z * (1 / 1307674368000))))))))  # fmt: skip
    c = 1.0 - z * (1 / 2 - z * (1 / 24 - z * (1 / 720 - z * (1 / 40320 - z * (1 / 3628800 - z * (
        1 / 479001600 - z * (1 / 87178291200 - z * (1 / 20922789888000))))))))  # fmt: skip
    return s, c


@inlined()
def turn(s, c, d):
    """Sine and cosine of an angle turned by d, at most `LARGEST_TURN_RAD` in size."""
    z = d * d
    sd = d * (1.0 - z * (1 / 6 - z * (1 / 120 - z * (1 / 5040 - z * (1 / 362880)))))
    cd = 1.0 - z * (1 / 2 - z * (1 / 24 - z * (1 / 720 - z * (1 / 40320 - z * (1 / 3628800)))))
    return s * cd + c * sd, c * cd - s * sd


@inlined()
def turn_slightly(s, c, d):
    """Sine and cosine of an angle turned by d, below 1e-2 in size."""
    z = d * d
    sd = d * (1.0 - z * (1 / 6 - z * (1 / 120)))
    cd = 1.0 - z * (1 / 2 - z * (1 / 24 - z * (1 / 720)))
    return s * cd + c * sd, c * cd - s * sd


@inlined()
def arctan2(y, x):
    """Angle of (x, y), larger than 1e-284, between -pi and pi; of the origin 0."""
    ax, ay = abs(x), abs(y)
    big = max(ay, ax)
    small = min(ax, ay)
    far = small > 0.4142135623730950488 * big
    t = (small - big) / (small + big) if far else small / (big + 1e-300)
    z = t * t
    p = z * -8.750608600031904122785e-1 - 1.615753718733365076637e1
    p = ((p * z - 7.500855792314704667340e1) * z - 1.228866684490136173410e2) * z
    p = p - 6.485021904942025371773e1
    q = (z + 2.485846490142306297962e1) * z + 1.650270098316988542046e2
    q = ((q * z + 4.328810604912902668951e2) * z + 4.853903996359136964868e2) * z
    q = q + 1.945506571482613964425e2
    a = t + t * z * p / q
    a = a + 0.25 * math.pi if far else a
    a = 0.5 * math.pi - a if ay > ax else a
    a = math.pi - a if x < 0.0 else a
    return -a if y < 0.0 else a

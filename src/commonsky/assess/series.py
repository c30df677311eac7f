"""
The 2-D probability of collision as a power series without a negative term.

Let X ~ N(m1, s1^2), Y ~ N(m2, s2^2), s1 <= s2.  Pc = P(X^2 + Y^2 <= R^2).  With

    d1 = (m1/s1)^2,  d2 = (m2/s2)^2,  phi = 1 - (s1/s2)^2,  d = d2 (1 - phi),  u = R^2 / (2 s1^2)

and z = 1 / (1 + 2 w s1^2), the Laplace transform of X^2 + Y^2 at w is z A(z), where

    A(z) = (s1/s2) exp(-(d1 + d2)/2) (1 - phi z)^(-1/2) exp(d1 z/2 + (d/2) z / (1 - phi z)).

z^(1+k) is the transform of s1^2 times a chi-square with 2 + 2k degrees of freedom, so that
Pc = sum_k a_k P(chi^2_(2+2k) <= 2u), a_k the coefficients of A: Ruben's mixture.  They are
positive, because 0 <= phi < 1 and d1, d >= 0 make every factor of A a series with positive
coefficients.  From the logarithmic derivative of A,

    2 k a_k = sum_(r=1..k) g_r a_(k-r),   g_1 = d1 + phi + d,   g_r = phi^r + r d phi^(r-1).

The tail of the sum, b_k = sum_(r>=2) g_r a_(k-r), obeys a recurrence of two terms whose
coefficients are positive as well.  The chi-square probabilities are exp(-u) sum_(j>k) u^j / j!;
exchanging the sums,

    Pc = exp(-u) sum_(j>=1) t_j,   t_j = u^j / j! S_(j-1),   S_j = a_0 + ... + a_j.

Nothing cancels, so the rounding error is a few units in the last place a term.

What is carried along is each of a, b and S times the current u^j / j!, so that no factor
overflows: with delta the distance in sigmas from the mean to the nearest point of the disc, Pc is
at most the area of the disc times the density there, and (d1 + d2 - delta^2)/2 is at most R times
the gradient at the centre, whence sum t_j <= u exp(u + sqrt(2u (d1 + d))).

Where to stop: r phi^(r-1) <= min(r, 1/(1 - phi)) gives g_r <= 1 + d1 [r=1] + min(r d, d2), hence
a_j <= S_(j-1) e_j with e_j = (1 + d1)/(2j) + min(d, d2/j)/2, which falls with j.  Therefore
t_(j+1) / t_j = u/(j+1) S_j/S_(j-1) <= q_j = u (1 + e_j)/(j+1), which falls as well, and all that
follows t_j is at most t_j q_j/(1 - q_j).  Once q_j <= 1/2 the rest is smaller than the last term.
Before that the terms may still rise, and a small one says nothing.

Reference: Ruben (1962), Probability content of regions under spherical normal distributions, IV,
Ann. Math. Statist. 33(2), 542-570; Serra, Arzelier, Joldes, Lasserre, Rondepierre and Salvy
(2016), Fast and accurate computation of orbital collision probability for short-term encounters,
J. Guid. Control Dyn. 39(5), 1009-1021, have the same series with another recurrence.  The
recurrence and the bound here were derived for this library.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from commonsky.assess.pieces import inlined_piece
from commonsky.astro.arrays import Floats
from commonsky.astro.kernels import kernel

NONE, SERIES, QUADRATURE = 0, 1, 2
RELATIVE_STOP = 1e-16
# About u + sqrt(u (d1 + d)) terms are needed: some hundreds at these ends, and no overflow.
LARGEST_U = 200.0
LARGEST_EXPONENT_SQUARED = 400.0**2
BLOCK, LANES, ROWS = 64, 16, 22
(CODE, SHARE, EXPONENT, D1, D2, D, U, PHI, FIRST, ONTO_TAIL, ONTO_CARRY) = range(5, 16)
(A, TAIL, CARRY, TERM, TOTAL, OPEN) = range(16, 22)


@inlined_piece()
def prepare(block: Floats) -> None:
    """Put the symbols of the series into the block, zero for a pair that it does not suit."""
    for k in range(BLOCK):
        m1, m2, v1, v2, radius = block[0, k], block[1, k], block[2, k], block[3, k], block[4, k]
        per_v1, per_v2 = 1.0 / v1, 1.0 / v2
        d1, d2, share = m1 * m1 * per_v1, m2 * m2 * per_v2, v1 * per_v2
        d, u = d2 * share, 0.5 * radius * radius * per_v1
        # Comparisons with nan are false, so a bad number is never taken for a good one.
        good = (
            0.0 < v1 <= v2 < math.inf and 0.0 < radius < math.inf and m1 * m1 + m2 * m2 < math.inf
        )
        suits = good and u <= LARGEST_U and 2.0 * u * (d1 + d) <= LARGEST_EXPONENT_SQUARED
        u = u if suits else 0.0
        d1 = d1 if suits else 0.0
        d2 = d2 if suits else 0.0
        d = d if suits else 0.0
        phi = (v2 - v1) * per_v2 if suits else 0.0
        block[CODE, k] = SERIES if suits else (QUADRATURE if good else NONE)
        block[SHARE, k], block[EXPONENT, k] = share, 0.5 * (d1 + d2) + u
        block[D1, k], block[D2, k], block[D, k], block[U, k], block[PHI, k] = d1, d2, d, u, phi
        # What a_(k-1) adds to 2k a_k, to b_(k+1), and to what b_(k+2) draws on.
        block[FIRST, k] = d1 + phi + d
        block[ONTO_TAIL, k], block[ONTO_CARRY, k] = phi * (phi + 2.0 * d), phi * d
        block[A, k] = block[TERM, k] = block[TOTAL, k] = u
        block[TAIL, k] = block[CARRY, k] = 0.0
        block[OPEN, k] = 1.0


@inlined_piece()
def sum_in_lanes(block: Floats, start: int) -> None:
    """
    Sum the series of LANES neighbouring pairs in step.

    A pair that has reached its end takes no further term: its sum does not depend on its
    neighbours.
    """
    j, left = 1.0, 1
    while left > 0:
        half_per_j = 0.5 / j
        j += 1.0
        per_j = 1.0 / j
        left = 0
        for k in range(start, start + LANES):
            a, tail, carry, phi = block[A, k], block[TAIL, k], block[CARRY, k], block[PHI, k]
            d1, u, still = block[D1, k], block[U, k], block[OPEN, k]
            ratio = u * per_j
            after = (block[FIRST, k] * a + tail) * (half_per_j * ratio)
            block[TAIL, k] = (block[ONTO_TAIL, k] * a + phi * (tail + carry)) * ratio
            block[CARRY, k] = (block[ONTO_CARRY, k] * a + phi * carry) * ratio
            term = block[TERM, k] * ratio + after
            total = block[TOTAL, k] + term * still
            block[A, k], block[TERM, k], block[TOTAL, k] = after, term, total
            growth = 1.0 + 0.5 * ((1.0 + d1) * per_j + min(block[D, k], block[D2, k] * per_j))
            last = term <= RELATIVE_STOP * total and 2.0 * u * growth <= j + 1.0
            still = 0.0 if last else still
            block[OPEN, k] = still
            left += 1 if still > 0.0 else 0


@kernel(fastmath={"contract"})
def log_probabilities_by_series(
    small: Floats, large: Floats, variance_small: Floats, variance_large: Floats, radius: Floats,
    ln_pc: Floats, code: NDArray[np.int8],
) -> None:  # fmt: skip
    """
    Fill the code of the method that suits each pair, and ln Pc where that is the series.

    Miss and variance along the smaller and the larger principal axis, and radius (n,).
    """
    # Quantities in rows, so that the sums of several pairs run side by side in registers.
    block = np.zeros((ROWS, BLOCK))
    for start in range(0, radius.shape[0], BLOCK):
        count = min(BLOCK, radius.shape[0] - start)
        for k in range(count):
            i = start + k
            block[0, k], block[1, k] = small[i], large[i]
            block[2, k], block[3, k], block[4, k] = variance_small[i], variance_large[i], radius[i]
        prepare(block)
        for lane in range(0, BLOCK, LANES):
            sum_in_lanes(block, lane)
        for k in range(count):
            i = start + k
            code[i] = np.int8(block[CODE, k])
            ln_pc[i] = math.nan
            if block[CODE, k] == SERIES:
                ln_sum = math.log(block[TOTAL, k] * math.sqrt(block[SHARE, k]))
                # Rounding may leave a probability of one a hair above it.
                ln_pc[i] = min(ln_sum - block[EXPONENT, k], 0.0)

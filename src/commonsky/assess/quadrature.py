"""
The 2-D probability of collision by quadrature, where the power series would be long.

In units of sigma the hard body is an ellipse.  Cut it across one principal axis: with t the
distance from the mean along that axis and h(t) the half-chord,

    Pc = integral of  phi(t) [Phi((h - m_b)/s_b) - Phi((-h - m_b)/s_b)] dt.

The integrand is log-concave (it is the marginal of a Gaussian restricted to a convex set; Prekopa
1973), and its logarithm falls at least as fast as -t^2/2 from its peak.  So the peak is found by a
golden section, the interval that matters by bisection, and inside it the trapezoid rule in theta,
t = centre - half cos(theta), converges geometrically: it clusters at both ends, where the chord
may vanish like a square root.  Nodes are doubled until two sums agree.  Everything is done on
logarithms, so nothing underflows.
"""

from __future__ import annotations

import math

import numpy as np

from commonsky.assess.compensated import exact_product, exact_sum
from commonsky.assess.pieces import piece
from commonsky.astro.arrays import Floats
from commonsky.astro.kernels import kernel

ROOT_HALF = math.sqrt(0.5)
LOG_ROOT_TWO_PI = 0.5 * math.log(2.0 * math.pi)
LOG_TWO = math.log(2.0)
LOG_ROOT_PI = 0.5 * math.log(math.pi)
GOLDEN = 0.5 * (math.sqrt(5.0) - 1.0)
# exp(-42) is 6e-19: what lies beyond is invisible.
DROP = 42.0
REACH = math.sqrt(2.0 * DROP) + 0.1
AGREEMENT = 1e-11
MOST_EXCESS = 600.0
SMALL = 0.01
MOST_NODES = 1 << 15
_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(12)
CHORD_NODES, CHORD_WEIGHTS = _NODES[6:].copy(), _WEIGHTS[6:].copy()


@piece()
def log_erfc(z: float) -> float:
    """Return ln erfc(z), z >= 0, without underflow."""
    if z < 8.0:
        return math.log(math.erfc(z))
    # Laplace's continued fraction: below 1e-30 after twenty steps at z = 8.
    tail = z
    for k in range(20, 0, -1):
        tail = z + 0.5 * k / tail
    return -z * z - math.log(tail) - LOG_ROOT_PI


@piece()
def power_of_point(a: float, b: float, radius: float) -> float:
    """Return R^2 - a^2 - b^2, right in its last digits even where it cancels."""
    squares, rest = exact_product(radius, radius)
    for side in (a, b):
        square, error = exact_product(side, side)
        squares, lost = exact_sum(squares, -square)
        rest += lost - error
    return squares + rest


@piece()
def log_chord(half: float, offset: float, from_edge: float) -> float:
    """
    Return the log of the probability of -half < v + offset < half, v standard normal, offset >= 0.

    `from_edge` is half - offset, given apart because the caller knows it to more digits.
    """
    if half < 1.0 and half * offset < 1.5:
        # Both bounds close together: a difference of error functions would cancel.
        total = 0.0
        for k in range(6):
            v = half * CHORD_NODES[k]
            total += CHORD_WEIGHTS[k] * math.exp(-0.5 * v * v) * math.cosh(v * offset)
        return math.log(2.0 * half * total) - 0.5 * offset * offset - LOG_ROOT_TWO_PI
    far = (half + offset) * ROOT_HALF
    if from_edge >= 0.0:
        return math.log(0.5 * (math.erf(from_edge * ROOT_HALF) + math.erf(far)))
    near = log_erfc(-from_edge * ROOT_HALF)
    return near + math.log1p(-math.exp(log_erfc(far) - near)) - LOG_TWO


@piece()
def log_slice(
    t: float, ma: float, sa: float, mb: float, sb: float, radius: float, power: float
) -> float:
    """
    Return the log of the integrand at t sigmas from the mean along axis a.

    `power` is R^2 - ma^2 - mb^2.
    """
    step = sa * t
    square = ((radius - ma) - step) * ((radius + ma) + step)
    if not square > 0.0:
        return -math.inf
    h = math.sqrt(square)
    from_edge = (power - step * (2.0 * ma + step)) / ((h + mb) * sb)
    return log_chord(h / sb, mb / sb, from_edge) - 0.5 * t * t - LOG_ROOT_TWO_PI


@piece()
def peak_of_slices(
    ma: float, sa: float, mb: float, sb: float, radius: float, power: float
) -> tuple[float, float]:
    """Return where the integrand is largest, well within its width there, and its log."""
    # The Gaussian rises towards t = 0, the chord towards the middle of the disc.
    low, high = -ma / sa, min(0.0, (radius - ma) / sa)
    left, right = high - GOLDEN * (high - low), low + GOLDEN * (high - low)
    at_left = log_slice(left, ma, sa, mb, sb, radius, power)
    at_right = log_slice(right, ma, sa, mb, sb, radius, power)
    for _ in range(100):
        if (high - low) * (1.0 - low) < 0.05:
            break
        if at_left < at_right:
            low, left, at_left = left, right, at_right
            right = low + GOLDEN * (high - low)
            at_right = log_slice(right, ma, sa, mb, sb, radius, power)
        else:
            high, right, at_right = right, left, at_left
            left = high - GOLDEN * (high - low)
            at_left = log_slice(left, ma, sa, mb, sb, radius, power)
    return (left, at_left) if at_left > at_right else (right, at_right)


@piece()
def bound_of_slices(
    top: float, outer: float, floor: float,
    ma: float, sa: float, mb: float, sb: float, radius: float, power: float,
) -> float:  # fmt: skip
    """Return a point between `top` and `outer` beyond which the log is below `floor`."""
    if log_slice(outer, ma, sa, mb, sb, radius, power) >= floor:
        return outer
    inner = top
    for _ in range(60):
        if abs(outer - inner) <= 0.03 * abs(inner - top):
            break
        middle = 0.5 * (inner + outer)
        if log_slice(middle, ma, sa, mb, sb, radius, power) < floor:
            outer = middle
        else:
            inner = middle
    return outer


@piece()
def log_integral(m1: float, s1: float, m2: float, s2: float, radius: float) -> tuple[float, int]:
    """
    Return ln Pc and the nodes used, from the miss and the sigma along both principal axes.

    s1, s2 and the radius are positive and finite.
    """
    ma, sa, mb, sb = abs(m1), s1, abs(m2), s2
    if sa > sb:
        ma, sa, mb, sb = mb, sb, ma, sa
    # Integrate along the edge and take the error function across it: where the edge nearest the
    # mean faces the smaller sigma, and is not the sharp end of the ellipse, exchange the axes.
    if ma * sa > mb * sb and radius * sa > sb * sb:
        ma, sa, mb, sb = mb, sb, ma, sa
    power = power_of_point(ma, mb, radius)
    top, peak = peak_of_slices(ma, sa, mb, sb, radius, power)
    first, last = max((-radius - ma) / sa, top - REACH), min((radius - ma) / sa, top + REACH)
    floor = peak - DROP
    low = bound_of_slices(top, first, floor, ma, sa, mb, sb, radius, power)
    high = bound_of_slices(top, last, floor, ma, sa, mb, sb, radius, power)
    centre, half = 0.5 * (low + high), 0.5 * (high - low)
    # A logarithm this large is not known better than that.
    agreement = max(AGREEMENT, -peak * 1e-15)
    total, nodes = 0.0, 1
    while nodes < MOST_NODES:
        nodes *= 2
        added = 0.0
        for k in range(1, nodes, 2):
            theta = math.pi * k / nodes
            t = centre - half * math.cos(theta)
            value = log_slice(t, ma, sa, mb, sb, radius, power)
            # Capped, because so far out the peak may lie between two floating-point numbers.
            added += math.sin(theta) * math.exp(min(value - peak, MOST_EXCESS))
        difference = abs(added - total)
        total += added
        if nodes >= 32 and difference < agreement * total:
            break
    return peak + math.log(total * half * math.pi / nodes), nodes


@piece()
def log_far_point(m1: float, s1: float, m2: float, s2: float, radius: float) -> float:
    """
    Return ln Pc of a body far smaller than the sigmas, at a very great distance in sigmas.

    Over the disc the exponent of the Gaussian is linear but for R^2 / 2 s1^2, and the integral is
    that of a modified Bessel function, here in its first asymptotic term.
    """
    z1, z2 = m1 / s1, m2 / s2
    slope = radius * math.hypot(z1 / s1, z2 / s2)
    ln_area = math.log(radius / s1) + math.log(radius / s2) - LOG_TWO
    ln_bessel = slope - 1.5 * math.log(slope) + LOG_TWO - LOG_ROOT_TWO_PI
    return ln_area + ln_bessel - 0.5 * (z1 * z1 + z2 * z2)


@kernel()
def log_integrals(
    small: Floats, large: Floats, variance_small: Floats, variance_large: Floats, radius: Floats
) -> Floats:
    """
    Return ln Pc of n pairs that do not suit the series; arguments as there.

    Digits are lost for a radius below the smaller sigma; there a pair does not suit the series
    only for Pc far below what a float can hold.
    """
    ln_pc = np.empty(radius.shape[0])
    for i in range(radius.shape[0]):
        s1, s2 = math.sqrt(variance_small[i]), math.sqrt(variance_large[i])
        if radius[i] < SMALL * s1:
            found = log_far_point(small[i], s1, large[i], s2, radius[i])
        else:
            found, _ = log_integral(small[i], s1, large[i], s2, radius[i])
        if not found > -math.inf:
            # The whole disc lies between two floating-point numbers: an upper bound.
            inner = math.hypot(small[i] / s1, large[i] / s2) - radius[i] / s1
            outer = (math.hypot(small[i], large[i]) - radius[i]) / s2
            found = -0.5 * max(inner, outer, 0.0) ** 2
        ln_pc[i] = min(found, 0.0)
    return ln_pc

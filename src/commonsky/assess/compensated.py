"""
Sums and products of two numbers with what rounding takes from them.

Reference: Dekker (1971), A floating-point technique for extending the available precision,
Numer. Math. 18, 224-242; the sum is Knuth's.
"""

from __future__ import annotations

from commonsky.assess.pieces import piece

SPLITTER = 134217729.0  # 2^27 + 1


@piece()
def exact_sum(a: float, b: float) -> tuple[float, float]:
    """Return a + b as rounded, and the rest."""
    total = a + b
    taken = total - a
    return total, (a - (total - taken)) + (b - taken)


@piece()
def exact_product(a: float, b: float) -> tuple[float, float]:
    """Return a * b as rounded, and the rest; not for numbers beyond 1e150."""
    split_a, split_b = SPLITTER * a, SPLITTER * b
    high_a, high_b = split_a - (split_a - a), split_b - (split_b - b)
    low_a, low_b = a - high_a, b - high_b
    product = a * b
    rest = ((high_a * high_b - product) + high_a * low_b + low_a * high_b) + low_a * low_b
    return product, rest

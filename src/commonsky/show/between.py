"""A number as low, nominal and high, to the four digits that can matter to what is so unsure."""

from __future__ import annotations

import numpy as np

from commonsky.astro.arrays import Floats
from commonsky.environment.consequence import Between

Low = tuple[float, float, float]  # then nominal, then high


def digits(value: float) -> float:
    """Four digits: of what is known to a factor of four."""
    return float(f"{value:.4g}")


def low(value: Between[float]) -> Low:
    """Return the three numbers."""
    return (digits(value.low), digits(value.nominal), digits(value.high))


def low_at(value: Between[Floats], place: int) -> Low | None:
    """Return the three numbers at a place; None where one of them is none."""
    found = Between(*(float(part[place]) for part in value))
    return low(found) if np.isfinite(found).all() else None

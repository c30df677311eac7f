"""How rarely a quiet gap looks like a manoeuvre."""

from __future__ import annotations

from typing import Final

import numpy as np

# Statistic q of a quiet gap exceeds z with the chance (1 + (z / a)²)^-b, a and b being TAILS[q]:
# the first four in dense histories of satellites far from any burn, the others in pairs of
# sets of debris, days to weeks apart.
TAILS: Final = np.array([
    [1.45, 3.08], [1.45, 3.08], [0.57, 1.0], [0.85, 1.4], [0.2, 0.75], [0.475, 0.95],
    [0.475, 0.95], [0.6, 2.5],
])  # fmt: skip
# In deep space the pressure of sunlight and long waves that SGP4 lacks make tails longer.
DEEP_TAILS: Final = TAILS * np.array([
    [1.9, 1.0], [1.9, 1.0], [1.2, 1.0], [1.3, 1.0], [1.0, 1.0], [1.0, 1.0], [1.0, 1.0], [1.0, 1.0],
])  # fmt: skip
CANDIDATE: Final = 2.2  # the score below which no step is looked at further
DAYS_A_YEAR: Final = 365.25

"""
What it costs to follow one source when another is right.

A source says mitigate if its Pc reaches the threshold.  In the world in which source w is right,
dismissing costs the collision times the Pc of w, mitigating costs the manoeuvre; the regret of a
decision there is what it costs more than the better of the two.  Worlds are not weighed against
each other, for that would average Pc's: the decision with the least regret in its worst world is
told beside the matrix, and people decide.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from commonsky.astro.arrays import Floats

THRESHOLD = 1e-4


@dataclass(frozen=True, slots=True)
class Costs:
    """
    What is lost by a collision and by a manoeuvre, in any one unit, and when sources mitigate.

    As given, a manoeuvre costs what a Pc at the threshold makes a collision cost.
    """

    collision: float = 1.0
    manoeuvre: float = THRESHOLD
    threshold: float = THRESHOLD

    def __post_init__(self) -> None:
        wanted = {"collision": self.collision, "manoeuvre": self.manoeuvre}
        for name, value in wanted.items():
            if not 0.0 <= value < math.inf:
                raise ValueError(f"the cost of a {name} must be 0 or more, but is {value}")
        if not 0.0 < self.threshold <= 1.0:
            raise ValueError(f"a threshold must be above 0 and at most 1, but is {self.threshold}")


@dataclass(frozen=True, slots=True)
class Regret:
    """
    Regret of n events with j solutions each; nan where a solution has no Pc.

    Where no solution has a Pc the worst cases are nan and `mitigate_least` is True: nothing known
    is no reason to dismiss.
    """

    mitigate: NDArray[np.bool_]  # (n, j), what each says; False without a Pc
    known: NDArray[np.bool_]  # (n, j), whether it says anything
    regret: Floats  # (n, j, j), of following the first where the second is right
    worst: Floats  # (n, j), of following each
    worst_mitigate: Floats  # (n,), of mitigating, in its worst world
    worst_dismiss: Floats  # (n,)
    mitigate_least: NDArray[np.bool_]  # (n,), the decision with the least worst regret
    split: NDArray[np.bool_]  # (n,), whether some say mitigate and some dismiss

    def __len__(self) -> int:
        return len(self.mitigate)


def regrets(pc: ArrayLike, costs: Costs | None = None) -> Regret:
    """Return the regret of following each of j solutions with Pc's (n, j), nan where none is."""
    costs = costs or Costs()
    each = np.asarray(pc, np.float64)
    if each.ndim != 2 or (each < 0.0).any() or (each > 1.0).any():
        raise ValueError(f"regret needs Pc's (n, j) from 0 to 1 or nan, but found {each.shape}")
    known = np.isfinite(each)
    mitigate = known & (each >= costs.threshold)
    dismissed = costs.collision * each
    best = np.minimum(dismissed, costs.manoeuvre)
    regret_dismiss, regret_mitigate = dismissed - best, costs.manoeuvre - best
    matrix = np.where(mitigate[:, :, None], regret_mitigate[:, None], regret_dismiss[:, None])
    matrix = np.where(known[:, :, None] & known[:, None, :], matrix, np.nan)
    worst_mitigate, worst_dismiss = _largest(regret_mitigate), _largest(regret_dismiss)
    dismissing = worst_dismiss < worst_mitigate
    return Regret(
        mitigate=mitigate,
        known=known,
        regret=matrix,
        worst=_largest(matrix),
        worst_mitigate=worst_mitigate,
        worst_dismiss=worst_dismiss,
        mitigate_least=~dismissing,
        split=np.asarray(mitigate.any(1) & (known & ~mitigate).any(1)),
    )


def _largest(values: Floats) -> Floats:
    """Return the largest of the last axis that is no nan; nan where all are."""
    top = np.where(np.isnan(values), -np.inf, values).max(axis=-1, initial=-np.inf)
    return np.where(top == -np.inf, np.nan, top)

"""The grounds of a verdict over one event, in words and numbers that people can check."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from commonsky.assess.adjudicate import Adjudications, Solutions, Verdict
from commonsky.assess.consistency import What
from commonsky.assess.contradiction import Cause
from commonsky.astro.arrays import Floats

OBJECTS = {What.PRIMARY: "primary", What.SECONDARY: "secondary", What.MISS: "miss"}
M_PER_KM = 1000.0
FUSED = "fused"


@dataclass(frozen=True, slots=True)
class Choice:
    """What follows from believing one solution; nan and False where it has no Pc."""

    name: str  # the source's, or `FUSED`
    pc: float
    known: bool
    mitigate: bool
    worst_regret: float


@dataclass(frozen=True, slots=True)
class Adjudication:
    """
    The verdict over one event.

    `regret` (j, j): of following the solution of a row of `choices` where that of a column is
    right.  `mitigate_least`: whether mitigating has the smaller worst regret.
    """

    verdict: Verdict
    reasons: tuple[str, ...]
    doubted: tuple[str, ...]
    fused_of: tuple[str, ...]
    choices: tuple[Choice, ...]
    regret: Floats
    worst_mitigate: float
    worst_dismiss: float
    mitigate_least: bool
    split: bool


def adjudication(solutions: Solutions, found: Adjudications, row: int) -> Adjudication:
    """Return the verdict over the event in a row, with its grounds."""
    names = [*solutions.source[row].tolist(), FUSED]
    pc = [*solutions.pc[row].tolist(), float(found.fused.ladder.pc[row])]
    regret = found.regret
    choices = tuple(
        Choice(
            name, pc[k], bool(regret.known[row, k]), bool(regret.mitigate[row, k]),
            float(regret.worst[row, k]),
        )
        for k, name in enumerate(names)
    )  # fmt: skip
    return Adjudication(
        verdict=found.verdicts()[row],
        reasons=tuple(_reasons(solutions, found, row)),
        doubted=_named(names, found.doubted[row]),
        fused_of=_named(names, found.fused.took[row]),
        choices=choices,
        regret=regret.regret[row],
        worst_mitigate=float(regret.worst_mitigate[row]),
        worst_dismiss=float(regret.worst_dismiss[row]),
        mitigate_least=bool(regret.mitigate_least[row]),
        split=bool(regret.split[row]),
    )


def _named(names: list[str], which: np.ndarray) -> tuple[str, ...]:
    return tuple(names[k] for k in np.flatnonzero(which).tolist())


def _reasons(solutions: Solutions, found: Adjudications, row: int) -> list[str]:
    names = solutions.source[row].tolist()
    pairs = found.pairs
    reasons = _left_out(solutions, found, row)
    p_value = pairs.p_value[row]
    if not np.isfinite(p_value).any():
        return ["no two solutions of one object say how sure they are", *reasons]
    if not pairs.contradicts[row].any():
        least = float(np.nanmin(p_value))
        reasons.insert(
            0,
            f"no comparison contradicts (smallest p {least:.2g}); sources that share "
            "observations agree too easily",
        )
    for pair, what in zip(*np.nonzero(pairs.contradicts[row]), strict=True):
        one, two = names[pairs.first[pair]], names[pairs.second[pair]]
        reasons.append(
            f"{OBJECTS[What(what)]}: {one} and {two} contradict each other (squared distance "
            f"{pairs.square[row, pair, what]:.3g} with {pairs.freedom[row, pair, what]} degrees "
            f"of freedom, p {p_value[pair, what]:.1g})"
        )
    return reasons + _explanations(names, found, row)


def _left_out(solutions: Solutions, found: Adjudications, row: int) -> list[str]:
    """Name whose solutions were not compared."""
    reasons = []
    for what, given in ((0, solutions.primary), (1, solutions.secondary)):
        for k, name in enumerate(solutions.source[row].tolist()):
            if np.isnan(given.state[row, k]).any() or found.testable[what, row, k]:
                continue
            why = "default" if given.default[row, k] else "not usable"
            reasons.append(f"{OBJECTS[What(what)]}: the covariance of {name} is {why}")
    return reasons


def _explanations(names: list[str], found: Adjudications, row: int) -> list[str]:
    told, why = found.contradictions, found.contradictions.explanation
    words = []
    for i in np.flatnonzero(told.event == row).tolist():
        older, newer = names[told.older[i]], names[told.newer[i]]
        ages = f"{told.older_days[i]:.2f} and {told.newer_days[i]:.2f} days old"
        about = f"{OBJECTS[What(told.what[i])]}: {older} against {newer}, {ages}"
        axis = (
            f"semi-major axis {M_PER_KM * why.axis_km[i]:+.0f} m ({why.axis_sigmas[i]:.1f} sigma)"
        )
        match Cause(why.cause[i]):
            case Cause.STALE:
                text = (
                    f"air that {older} did not foresee explains it (p {why.drag_p[i]:.2g}); {axis}"
                )
            case Cause.MANOEUVRE:
                text = (
                    f"a burn of {M_PER_KM * why.delta_v_km_s[i]:.2g} m/s {why.burn_days[i]:.2f} "
                    f"days before explains it (p {why.burn_p[i]:.2g}); {axis}"
                )
            case Cause.AGE_NOT_TOLD:
                text = "their last observations are not told, so that nothing explains it"
            case _:
                text = f"covariances that are too small explain it best; {axis}"
        words.append(f"{about}: {text}")
    return words

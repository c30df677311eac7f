"""Methods, doubts and reasons of `commonsky assess` in words, and which method holds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from commonsky.assess.ladder import MANY
from commonsky.show.assessment_lines import AssessmentLine

METHODS: Mapping[str, str] = {
    "none": "no method",
    "2d": "2-D Pc: straight paths, one moment",
    "2d-nc": "2-D Nc: curved paths, one moment",
    "3d-nc": "3-D Nc: curved paths, over time",
    "monte-carlo": "trials of both orbits",
}
SHORT: Mapping[str, str] = {
    "none": "none", "2d": "2-D Pc", "2d-nc": "2-D Nc", "3d-nc": "3-D Nc", "monte-carlo": "trials",
}  # fmt: skip
VIOLATIONS: Mapping[str, str] = {
    "curved": "the paths curve too much: 2-D Pc is more than 2 % off",
    "extended": "the encounter lasts too long to be one moment",
    "slow": "the objects are slow against each other, below 0.2 km/s",
    "many": "more than half a meeting is expected, so meetings may be counted twice",
    "no meeting": "the likeliest meeting was not found, or lost on the way",
    "no velocity errors": "errors of velocity are not told, so that nothing but 2-D Pc can be had "
    "and nothing checks it",
    "remediated": "a covariance was not positive, and was clipped",
}
BRIEF: Mapping[str, str] = {
    "curved": "curved paths", "extended": "long encounter", "slow": "slow",
    "many": "several meetings", "no meeting": "no meeting found",
    "no velocity errors": "unchecked", "remediated": "clipped covariance",
}  # fmt: skip
# Why there is no number, and what would help.
REASONS: Mapping[str, tuple[str, str]] = {
    "state not finite": (
        "A state of an object is missing, or no number.",
        "Ask the sender for a message with position and velocity of both objects.",
    ),
    "no hard-body radius": (
        "Nothing says how large the objects are.",
        "Give --hard-body-radius-m, or --radii with a list of radii.",
    ),
    "no relative velocity, and no other method answered": (
        "The objects do not move against each other: there is no plane, and no method answered.",
        "Screen ephemerides of both over time instead: they may fly in formation or be docked.",
    ),
    "no covariance": (
        "Errors of position are not told.",
        "Ask the sender for a message with covariances.",
    ),
    "covariance is not positive": (
        "The covariance cannot be one of real errors: it is not positive.",
        "Ask the sender to check it; a number from it would mean nothing.",
    ),
    "covariance stands for not known": (
        "The covariance stands for “not known”: huge, or named a default by its sender.",
        "Wait for an orbit that was determined, or ask the owner for an ephemeris.",
    ),
    "slow encounter of orbits that are not elliptic": (
        "The encounter is slow and an orbit is not elliptic, which no method covers.",
        "Check the states; if they are right, use trials with full dynamics.",
    ),
    "no method is valid; trials were not asked for": (
        "No method is valid here.",
        "Give --trials above 0: trials of both orbits may answer.",
    ),
}
AGAINST = {
    "2d": ("curved", "extended", "slow", "no meeting"),
    "2d-nc": ("extended", "slow", "no meeting"),
    "3d-nc": ("many",),
    "monte-carlo": (),
}


class Standing(StrEnum):
    """What a method's number is good for; the values are style classes."""

    USED = "used"
    HOLDS = "holds"
    INVALID = "invalid"
    SILENT = "silent"


@dataclass(frozen=True, slots=True)
class Step:
    """One method: its number (nan where silent), an interval (0, 0 without), and its standing."""

    method: str
    value: float
    interval: tuple[float, float]
    standing: Standing
    why: str


def steps(line: AssessmentLine) -> list[Step]:
    """Return what became of each method, from the plainest up."""
    trials = line.mc
    values = {
        "2d": line.pc_2d,
        "2d-nc": line.nc_2d,
        "3d-nc": line.nc_3d,
        "monte-carlo": None if trials is None else trials.pc,
    }
    return [
        Step(
            method,
            float("nan") if value is None else value,
            trials.ci95 if trials is not None and method == "monte-carlo" else (0.0, 0.0),
            *_standing(line, method, value),
        )
        for method, value in values.items()
    ]


def _standing(line: AssessmentLine, method: str, value: float | None) -> tuple[Standing, str]:
    against = [said for said in line.violations if said in AGAINST[method]]
    if method == "3d-nc" and value is not None and value > MANY and not against:
        against = ["many"]
    if value is None:
        return Standing.SILENT, _silence(line, method)
    if line.cannot_assess:
        return Standing.INVALID, _first(REASONS.get(line.cannot_assess), line.cannot_assess)
    if method == line.method:
        return Standing.USED, "; ".join(
            VIOLATIONS[said] for said in ("no velocity errors",) if said in line.violations
        )
    if against:
        return Standing.INVALID, "; ".join(VIOLATIONS[said] for said in against)
    return Standing.HOLDS, ""


def _silence(line: AssessmentLine, method: str) -> str:
    if line.cannot_assess:
        return "not reached"
    if method == "2d":
        return "no encounter plane"
    if "no velocity errors" in line.violations:
        return "needs errors of velocity"
    if method == "2d-nc" or (method == "3d-nc" and "no meeting" in line.violations):
        return VIOLATIONS["no meeting"]
    return "not needed"


def _first(found: tuple[str, str] | None, otherwise: str) -> str:
    return found[0].rstrip(".") if found else otherwise


def reason(line: AssessmentLine) -> tuple[str, str]:
    """Return why there is no number and what would help, in words."""
    said = line.cannot_assess or ""
    return REASONS.get(said, (said, ""))


def two_d_invalid(line: AssessmentLine) -> bool:
    """Whether there is a 2-D Pc that may not be used."""
    return steps(line)[0].standing is Standing.INVALID

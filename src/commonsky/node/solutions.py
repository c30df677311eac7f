"""
What this node itself makes of one approach: a solution for each combination of sources.

Everything that a duty officer needs to judge one row of the table of conjunctions, and what the
row does not say by itself: the encounter plane, the size of the errors, what Pc hangs on.
"""

from __future__ import annotations

import math
from enum import StrEnum

import erfa
import msgspec
import numpy as np

from commonsky.assess.approach import (
    Plane,
    approach,
    encounter_plane,
    relative_covariance,
    ric_axes,
)
from commonsky.assess.sensitivity import (
    BAND,
    Curve,
    Encounter2d,
    band,
    radius_curve,
    scale_curve,
)
from commonsky.astro.arrays import Floats, Ints
from commonsky.astro.epoch import utc_text
from commonsky.astro.frames import transform
from commonsky.astro.states import Frame
from commonsky.node.conjunctions import Conjunctions

WGS84 = 1
OLD_DAYS = 3.0  # of an element set in low orbit its errors are kilometres by then
MU_KM3_S2 = 398600.4418
# The plane is flat while the passage is a small part of a revolution.
LONGEST_PART, SIGMAS = 0.05, 3.0


class Doubt(StrEnum):
    """Why a solution is to be taken with care."""

    ESTIMATED_COVARIANCE = "estimated_covariance"
    SLOW = "slow"
    LONG_PASSAGE = "long_passage"
    OLD_ELEMENTS_1 = "old_elements_1"
    OLD_ELEMENTS_2 = "old_elements_2"
    REMEDIATED = "remediated"
    DILUTED = "diluted"
    INTRA_FLEET = "intra_fleet"
    NO_PC = "no_pc"
    INSIDE_HARD_BODY = "inside_hard_body"


class PlaneTold(msgspec.Struct, frozen=True, kw_only=True):
    """
    The plane across the relative velocity, seen along object 2's approach, object 1 at its middle.

    The second axis is `up`: away from the Earth, or in-track where the approach is radial.
    """

    miss_km: tuple[float, float]
    covariance_km2: tuple[tuple[float, float], tuple[float, float]]
    sigma_km: tuple[float, float]  # along the principal axes, the larger first
    tilt_rad: float  # of the larger axis from the first
    sigmas: float | None  # the miss in standard deviations
    up: str


class CurveTold(msgspec.Struct, frozen=True, kw_only=True):
    """Log10 Pc over a quantity; null where Pc is 0."""

    at: tuple[float, ...]
    log10_pc: tuple[float | None, ...]


class BandTold(msgspec.Struct, frozen=True, kw_only=True):
    """Least and largest Pc while the combined covariance is multiplied by `least` to `most`."""

    least: float
    most: float
    low: float
    high: float


class Meeting(msgspec.Struct, frozen=True, kw_only=True):
    """Where and how they meet; `way` is for someone who flies with object 1, head up."""

    angle_deg: float | None
    way: str
    velocity2_ric_km_s: tuple[float, float, float]
    latitude_deg: float
    longitude_deg: float
    height_km: float


class Solution(msgspec.Struct, frozen=True, kw_only=True):
    """
    One approach, from one nation's statement of either object.

    Sigmas are radial, transverse, normal: of each object on its own axes, combined on those of
    object 1.  Without a Pc there is `pc_null_reason`, and no band and no curves.
    """

    source1: str
    source2: str
    tca: str
    miss_km: float
    ric_km: tuple[float, float, float]
    relative_speed_km_s: float
    hard_body_radius_km: float | None
    hard_body_radii_km: tuple[float | None, float | None]
    age_days: tuple[float | None, float | None]
    sigma1_rtn_km: tuple[float | None, ...]
    sigma2_rtn_km: tuple[float | None, ...]
    sigma_ric_km: tuple[float | None, ...]
    grade: str
    pc: float | None
    log10_pc: float | None
    pc_max: float | None
    scale_at_max: float | None
    pc_method: str | None
    pc_null_reason: str | None
    diluted: bool
    slow: bool
    passage_s: float | None  # how long three sigmas to either side of the middle take
    doubts: tuple[Doubt, ...]
    meeting: Meeting
    plane: PlaneTold | None = None
    band: BandTold | None = None
    dilution: CurveTold | None = None
    radius: CurveTold | None = None


def solutions(table: Conjunctions, rows: Ints) -> tuple[Solution, ...]:
    """Return a solution for each of these rows of a table."""
    return tuple(solution(table, int(row)) for row in rows)


def solution(table: Conjunctions, row: int) -> Solution:
    """Return what a row of the table says, and what follows from it."""
    encounters, assessment = table.encounters, table.assessment
    states = (
        encounters.position1_teme_km[row],
        encounters.velocity1_teme_km_s[row],
        encounters.position2_teme_km[row],
        encounters.velocity2_teme_km_s[row],
    )
    sigma1, sigma2 = table.sigma1_rtn_km[row], table.sigma2_rtn_km[row]
    axes = ric_axes(*states[:2])
    with np.errstate(invalid="ignore"):
        covariance = relative_covariance(states, sigma1, sigma2)
        plane = encounter_plane(states, sigma1, sigma2)
        sigma = np.sqrt(np.diag(axes @ covariance @ axes.T))
    passage_s = _passage_s(states, covariance)
    log10_pc = float(assessment.log10_pc[row])
    known = math.isfinite(log10_pc)
    encounter = Encounter2d(
        assessment.miss_plane_km[row],
        assessment.sigma_plane_km[row],
        float(table.hard_body_radius_km[row]),
    )
    at_max = float(assessment.scale_at_max[row])
    return Solution(
        source1=str(table.source1[row]),
        source2=str(table.source2[row]),
        tca=utc_text(int(table.tca_tai_ns[row]), 3),
        miss_km=float(table.miss_km[row]),
        ric_km=_three(encounters.relative_ric_km[row]),
        relative_speed_km_s=float(table.relative_speed_km_s[row]),
        hard_body_radius_km=_value(table.hard_body_radius_km[row]),
        hard_body_radii_km=(
            _value(table.hard_body_radius1_km[row]),
            _value(table.hard_body_radius2_km[row]),
        ),
        age_days=(_value(table.age1_days[row]), _value(table.age2_days[row])),
        sigma1_rtn_km=_values(sigma1),
        sigma2_rtn_km=_values(sigma2),
        sigma_ric_km=_values(sigma),
        grade=str(table.grade[row]),
        pc=_value(table.pc[row]),
        log10_pc=_value(log10_pc),
        pc_max=_value(table.pc_max[row]),
        scale_at_max=_value(at_max),
        pc_method=str(table.pc_method[row]) or None,
        pc_null_reason=str(table.pc_null_reason[row]) or None,
        diluted=bool(table.diluted[row]),
        slow=bool(table.slow[row]),
        passage_s=passage_s,
        doubts=tuple(_doubts(table, row, passage_s, states)),
        meeting=_meeting(states, int(table.tca_tai_ns[row])),
        plane=None if plane is None else _plane_told(plane),
        band=_band(encounter, at_max) if known else None,
        dilution=_curve(scale_curve(encounter, at_max)) if known else None,
        radius=_curve(radius_curve(encounter)) if known else None,
    )


def _doubts(
    table: Conjunctions, row: int, passage_s: float | None, states: tuple[Floats, ...]
) -> list[Doubt]:
    revolution_s = _revolution_s(*states[:2])
    found = {
        Doubt.NO_PC: bool(table.pc_null_reason[row]),
        Doubt.SLOW: bool(table.slow[row]),
        Doubt.LONG_PASSAGE: passage_s is not None and passage_s > LONGEST_PART * revolution_s,
        Doubt.DILUTED: bool(table.diluted[row]),
        Doubt.INSIDE_HARD_BODY: bool(table.miss_km[row] < table.hard_body_radius_km[row]),
        Doubt.OLD_ELEMENTS_1: bool(abs(table.age1_days[row]) > OLD_DAYS),
        Doubt.OLD_ELEMENTS_2: bool(abs(table.age2_days[row]) > OLD_DAYS),
        Doubt.ESTIMATED_COVARIANCE: str(table.grade[row]) == "screening",
        Doubt.REMEDIATED: bool(table.assessment.remediated[row]),
        Doubt.INTRA_FLEET: bool(table.intra_fleet[row]),
    }
    return [doubt for doubt, holds in found.items() if holds]


def _revolution_s(position_km: Floats, velocity_km_s: Floats) -> float:
    """The period of a state's orbit, inf where it has none."""
    per_axis = 2.0 / float(np.linalg.norm(position_km)) - float(velocity_km_s @ velocity_km_s) / (
        MU_KM3_S2
    )
    return 2.0 * math.pi / math.sqrt(MU_KM3_S2 * per_axis**3) if per_axis > 0.0 else math.inf


def _passage_s(states: tuple[Floats, ...], covariance_km2: Floats) -> float | None:
    """How long the encounter lasts: three sigmas before the middle to three after it."""
    relative = states[3] - states[1]
    speed = float(np.linalg.norm(relative))
    if not speed > 0.0:
        return None
    along = relative / speed
    return _value(
        2.0 * SIGMAS * math.sqrt(max(float(along @ covariance_km2 @ along), 0.0)) / speed
    )


def _meeting(states: tuple[Floats, ...], tca_tai_ns: int) -> Meeting:
    found = approach(states[0], states[1], states[3])
    at, _ = transform(
        states[0][None], states[1][None], np.array([tca_tai_ns]), Frame.TEME, Frame.ITRF
    )
    longitude, latitude, height_m = erfa.gc2gd(WGS84, at[0] * 1000.0)
    return Meeting(
        angle_deg=_value(found.angle_deg),
        way=found.way.value,
        velocity2_ric_km_s=_three(found.velocity2_ric_km_s),
        latitude_deg=math.degrees(latitude),
        longitude_deg=math.degrees(longitude),
        height_km=float(height_m) / 1000.0,
    )


def _plane_told(plane: Plane) -> PlaneTold:
    (xx, xy), (yx, yy) = plane.covariance_km2.tolist()
    miss, sigma = plane.miss_km.tolist(), plane.sigma_km.tolist()
    return PlaneTold(
        miss_km=(miss[0], miss[1]),
        covariance_km2=((xx, xy), (yx, yy)),
        sigma_km=(sigma[0], sigma[1]),
        tilt_rad=plane.tilt_rad,
        sigmas=_value(plane.mahalanobis),
        up="in_track" if plane.up == "in-track" else "radial",
    )


def _band(encounter: Encounter2d, scale_at_max: float) -> BandTold:
    low, high = band(encounter, scale_at_max)
    return BandTold(least=BAND[0], most=BAND[1], low=10.0**low, high=10.0**high)


def _curve(curve: Curve) -> CurveTold:
    return CurveTold(
        at=tuple(float(f"{one:.6g}") for one in curve.at.tolist()),
        log10_pc=tuple(
            round(one, 4) if math.isfinite(one) else None for one in curve.log10_pc.tolist()
        ),
    )


def _value(number: float) -> float | None:
    return float(number) if math.isfinite(number) else None


def _values(numbers: Floats) -> tuple[float | None, ...]:
    return tuple(_value(one) for one in numbers.tolist())


def _three(numbers: Floats) -> tuple[float, float, float]:
    one, two, three = numbers.tolist()
    return one, two, three

"""One event on one card: drawings, numbers, and a sentence that says what they mean."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from commonsky.assess.approach import (
    Approach,
    Plane,
    approach,
    encounter_plane,
    relative_covariance,
    ric_axes,
)
from commonsky.assess.collision import pc_against_scale
from commonsky.astro.arrays import Floats
from commonsky.show.report.geometry import WORDS, approach_drawing
from commonsky.show.report.markup import facts
from commonsky.show.report.moment import Moment
from commonsky.show.report.plane import plane_drawing
from commonsky.show.report.run import EARTH_RADIUS_KM, Run
from commonsky.show.report.scale import scale_drawing
from commonsky.show.report.severity import severity
from commonsky.show.report.tables import flags, object_name
from commonsky.show.report.text import (
    NONE,
    SIGMA,
    TIMES,
    countdown,
    decimal,
    finite,
    length,
    log10_or_nan,
    odds,
    probability,
    shown,
    significant,
)

BARELY_LOG10 = 0.1  # a factor of 1.26


@dataclass(frozen=True, slots=True)
class Case:
    """The geometry of one event."""

    row: int
    plane: Plane | None
    meeting: Approach
    sigma_ric_km: Floats  # (3,) of the difference, on object 1's axes
    height_km: float

    @property
    def rank(self) -> int:
        """Place among the most dangerous, from 1."""
        return self.row + 1


def case_of(run: Run, row: int) -> Case:
    """Work out the geometry of one event from the states at its closest approach."""
    events, encounters = run.events, run.events.encounters
    states = (
        encounters.position1_teme_km[row],
        encounters.velocity1_teme_km_s[row],
        encounters.position2_teme_km[row],
        encounters.velocity2_teme_km_s[row],
    )
    sigmas = events.sigma1_rtn_km[row], events.sigma2_rtn_km[row]
    axes = ric_axes(*states[:2])
    covariance = relative_covariance(states, *sigmas)
    return Case(
        row,
        None if math.isnan(run.log10_pc[row]) else encounter_plane(states, *sigmas),
        approach(*states[:2], states[3]),
        np.sqrt(np.diag(axes @ covariance @ axes.T)),
        float(np.linalg.norm(states[0])) - EARTH_RADIUS_KM,
    )


def case_card(run: Run, case: Case) -> str:
    """Return one event as an HTML article."""
    row, events = case.row, run.events
    grade = severity(float(run.log10_pc[row]))
    moment = Moment.at(events.tca_tai_ns[row])
    key = f"c{case.rank}"
    return (
        f'<article class="case" id="case-{case.rank}" aria-labelledby="{key}-h"><header>'
        f'<div class="case-who"><h3 id="{key}-h"><span class="case-rank">{case.rank}</span> '
        f"{object_name(run, row, 1)} "
        f'<span class="and">and</span> {object_name(run, row, 2)}</h3>'
        f'<p class="case-when">{moment.day}, <b>{moment.fine_clock}</b> UTC '
        f'<span class="quiet">{countdown(run.since_start_s(row))} from the start</span>'
        f"{flags(run, row)}</p></div>"
        f'<p class="case-pc {grade.style}"><b>{probability(float(run.log10_pc[row]))}</b>'
        f"<span>{odds(float(run.log10_pc[row]))}</span></p></header>"
        f'<p class="case-say">{_sentence(run, case)}</p>'
        f'<div class="figures">{_figures(run, case, key)}</div>{_numbers(run, case)}</article>'
    )


def _figures(run: Run, case: Case, key: str) -> str:
    row, events = case.row, run.events
    radius_km = float(events.hard_body_radius_km[row])
    if case.plane is not None:
        first = plane_drawing(case.plane, radius_km, f"{key}p")
        second = _scale_figure(run, row, f"{key}s")
    else:
        first = second = '<p class="empty">No encounter plane: see the reason above.</p>'
    third = approach_drawing(
        case.meeting, events.encounters.relative_ric_km[row], case.sigma_ric_km, f"{key}g"
    )
    return "".join(
        f"<figure><figcaption>{caption}</figcaption>{drawing}</figure>"
        for caption, drawing in (
            ("<b>Encounter plane</b> where object 2 may pass object 1", first),
            ("<b>Pc against covariance scale</b> known well enough?", second),
            ("<b>Approach</b> from above, object 1 flying up", third),
        )
    )


def _scale_figure(run: Run, row: int, key: str) -> str:
    events, assessment = run.events, run.events.assessment
    largest_at = float(assessment.scale_at_max[row])
    reach = abs(math.log10(largest_at)) if 0 < largest_at < math.inf else 0.0
    decades = min(max(2.0, math.ceil(reach + 0.5)), 6.0)
    scale = np.logspace(-decades, decades, 121)
    miss_km, sigma_km = assessment.miss_plane_km[row], assessment.sigma_plane_km[row]
    radius_km = events.hard_body_radius_km[row]
    _, log10_pc = pc_against_scale(
        miss_km[0], miss_km[1], sigma_km[0], sigma_km[1], radius_km, scale
    )
    return scale_drawing(scale, log10_pc[0], float(run.log10_pc[row]), largest_at, key)


def _sentence(run: Run, case: Case) -> str:
    row, events = case.row, run.events
    speed = float(events.relative_speed_km_s[row])
    say = (
        f"They pass <b>{length(float(events.miss_km[row]))}</b> apart "
        f"at {decimal(speed, 2)} km/s, "
        f"{WORDS[case.meeting.way]} ({decimal(case.meeting.angle_deg, 0)}°), "
        f"{decimal(case.height_km, 0)} km up."
    )
    if math.isnan(run.log10_pc[row]):
        return f"{say} There is no Pc: {shown(events.pc_null_reason[row], 120)}."
    largest = log10_or_nan(float(events.pc_max[row]))
    at = float(events.assessment.scale_at_max[row])
    if bool(events.diluted[row]) and largest < run.log10_pc[row] + BARELY_LOG10:
        return f"{say} Slightly diluted: this is close to the largest Pc for any size of errors."
    if bool(events.diluted[row]):
        return (
            f"{say} <b>Diluted:</b> the orbits are known too badly for this Pc to reassure. "
            f"If the errors were {significant(math.sqrt(at))} times as large, "
            f"it would be {odds(largest)}."
        )
    if math.isfinite(at) and at > 1.05:
        return f"{say} Not diluted: if the miss is right, better-known orbits would lower the Pc."
    return say


def _numbers(run: Run, case: Case) -> str:
    row, events = case.row, run.events
    assessment = events.assessment
    plane = case.plane
    sigma1, sigma2 = events.sigma1_rtn_km[row], events.sigma2_rtn_km[row]
    columns = (
        (
            ("Pc", probability(float(run.log10_pc[row]))),
            ("largest Pc", probability(log10_or_nan(float(events.pc_max[row])))),
            ("at covariance", f"{significant(float(assessment.scale_at_max[row]))}{TIMES}"),
            ("method", shown(events.pc_method[row]) or NONE),
        ),
        (
            ("miss distance", f"{decimal(float(events.miss_km[row]), 3)} km"),
            ("in sigmas", decimal(plane.mahalanobis, 2) if plane else NONE),
            ("hard-body radius", length(float(events.hard_body_radius_km[row]))),
            ("relative speed", f"{decimal(float(events.relative_speed_km_s[row]), 3)} km/s"),
        ),
        (
            (
                f"1{SIGMA} in the plane",
                f" {TIMES} ".join(map(length, plane.sigma_km)) if plane else NONE,
            ),
            (f"1{SIGMA} of object 1, R T N", _sigmas(sigma1)),
            (f"1{SIGMA} of object 2, R T N", _sigmas(sigma2)),
            (
                "covariance",
                "estimated" if events.grade[row] == "screening" else shown(events.grade[row]),
            ),
        ),
        (
            ("object 1", run.kind(events.object1[row])),
            ("object 2", run.kind(events.object2[row])),
            (
                "age of elements",
                f"{_days(events.age1_days[row])} and {_days(events.age2_days[row])} days",
            ),
            ("source", _sources(run, row)),
        ),
    )
    return facts(columns)


def _days(age: float) -> str:
    return decimal(float(age), 1)


def _sigmas(sigma_km: Floats) -> str:
    if not finite(sigma_km):
        return NONE
    return f" {TIMES} ".join(length(float(s)) for s in sigma_km)


def _sources(run: Run, row: int) -> str:
    first, second = str(run.events.source1[row]), str(run.events.source2[row])
    if first == second:
        return shown(first, 40)
    return f"{shown(first, 40)}, {shown(second, 40)}"

from __future__ import annotations

import math
import re

import numpy as np
import pytest

from commonsky.assess.approach import Plane, approach, encounter_plane
from commonsky.show.report.drawing import Labels, nice_below, nice_step
from commonsky.show.report.geometry import WORDS, approach_drawing
from commonsky.show.report.plane import plane_drawing
from commonsky.show.report.scale import scale_drawing
from commonsky.show.report.text import (
    countdown,
    decimal,
    duration,
    length,
    mantissa_exponent,
    odds,
    percent,
    probability,
    shown,
    signed,
    significant,
)
from tests.report_case import invented_conjunctions

POSITION = np.array([7000.0, 0.0, 0.0])
VELOCITY = np.array([0.0, 7.5, 0.0])


def plane_of(miss_km: tuple[float, float], major: float, minor: float, tilt: float) -> Plane:
    c, s = math.cos(tilt), math.sin(tilt)
    turn = np.array([[c, -s], [s, c]])
    covariance = turn @ np.diag([major**2, minor**2]) @ turn.T
    return Plane(np.array(miss_km), covariance, "away from the Earth")


@pytest.mark.parametrize(
    ("velocity2", "angle", "word"),
    [
        ([0.0, -7.5, 0.0], 180.0, "head-on"),
        ([0.0, 0.0, 7.5], 90.0, "crossing from the right"),
        ([0.0, 0.0, -7.5], 90.0, "crossing from the left"),
        ([0.0, 7.6, 0.0], 0.0, "nearly parallel"),
    ],
)
def test_approach(velocity2: list[float], angle: float, word: str) -> None:
    meeting = approach(POSITION, VELOCITY, np.array(velocity2))
    assert meeting.angle_deg == pytest.approx(angle, abs=1e-6)
    assert WORDS[meeting.way] == word


def test_up_in_the_plane_is_away_from_the_earth() -> None:
    states = (POSITION, VELOCITY, POSITION + np.array([0.3, 0.0, 0.4]), -VELOCITY)
    plane = encounter_plane(states, np.full(3, 0.1), np.full(3, 0.2))
    assert plane is not None
    assert plane.up == "away from the Earth"
    assert plane.miss_km[1] == pytest.approx(0.3)
    assert abs(plane.miss_km[0]) == pytest.approx(0.4)
    assert plane.sigma_km == pytest.approx([math.hypot(0.1, 0.2)] * 2)
    assert plane.mahalanobis == pytest.approx(0.5 / math.hypot(0.1, 0.2))


def test_the_plane_is_seen_as_object_2_approaches() -> None:
    # Object 2 flies towards -y; who looks that way with +x up has +z on the right.
    states = (POSITION, VELOCITY, POSITION + np.array([0.0, 0.0, 0.4]), -VELOCITY)
    plane = encounter_plane(states, np.full(3, 0.1), np.full(3, 0.2))
    assert plane is not None
    assert plane.miss_km[0] == pytest.approx(0.4)


def test_the_plane_agrees_with_the_assessment() -> None:
    events = invented_conjunctions(60)
    for row in np.flatnonzero(np.isfinite(events.pc)):
        found = events.encounters
        states = (
            found.position1_teme_km[row],
            found.velocity1_teme_km_s[row],
            found.position2_teme_km[row],
            found.velocity2_teme_km_s[row],
        )
        plane = encounter_plane(states, events.sigma1_rtn_km[row], events.sigma2_rtn_km[row])
        assert plane is not None
        assert plane.sigma_km == pytest.approx(events.assessment.sigma_plane_km[row], rel=1e-6)
        axis = np.array([math.cos(plane.tilt_rad), math.sin(plane.tilt_rad)])
        along = abs(plane.miss_km @ axis)
        assert along == pytest.approx(events.assessment.miss_plane_km[row][0], abs=1e-6)


def test_no_plane_without_relative_velocity() -> None:
    states = (POSITION, VELOCITY, POSITION + 1.0, VELOCITY)
    assert encounter_plane(states, np.full(3, 0.1), np.full(3, 0.1)) is None
    states = (POSITION, VELOCITY, POSITION + 1.0, -VELOCITY)
    assert encounter_plane(states, np.full(3, np.nan), np.full(3, 0.1)) is None


@pytest.mark.parametrize("tilt", [0.0, 0.4, 1.5])
@pytest.mark.parametrize(
    ("miss_km", "major", "minor", "radius_km"),
    [
        ((0.3, -0.15), 0.42, 0.095, 0.015),
        ((0.0, 0.0), 3.0, 0.01, 0.002),
        ((40.0, -3.0), 0.1, 0.1, 0.01),
        ((1e-4, 1e-4), 50.0, 0.2, 0.004),
        ((0.01, 0.0), 0.002, 0.001, 0.02),
    ],
)
def test_the_three_sigma_ellipse_stays_in_the_drawing(
    miss_km: tuple[float, float], major: float, minor: float, radius_km: float, tilt: float
) -> None:
    drawing = plane_drawing(plane_of(miss_km, major, minor, tilt), radius_km, "p")
    cx, cy, rx, ry, turn = map(
        float,
        re.search(
            r'cloud s3" cx="([-\d.]+)" cy="([-\d.]+)" rx="([-\d.]+)" ry="([-\d.]+)" '
            r'transform="rotate\(([-\d.]+)',
            drawing,
        ).groups(),  # type: ignore[union-attr]
    )
    c, s = math.cos(math.radians(turn)), math.sin(math.radians(turn))
    half_width, half_height = math.hypot(rx * c, ry * s), math.hypot(rx * s, ry * c)
    assert min(cx - half_width, cy - half_height) > -0.5
    assert max(cx + half_width, cy + half_height) < 360.5
    # True to scale: the axes of the ellipse, and the hard body beside them.
    assert max(ry, 0.4) == pytest.approx(max(rx * minor / major, 0.4), rel=0.02, abs=0.01)
    radius = float(re.findall(r'class="body"[^>]* r="([\d.]+)"', drawing)[0])
    assert radius == pytest.approx(radius_km * rx / (3 * major), rel=0.02, abs=0.01)
    magnified = 'class="glass"' in drawing
    assert magnified == (radius < 2.0 or math.hypot(*miss_km) * rx / (3 * major) < 16.0)


def test_the_hard_body_is_visible_somewhere() -> None:
    drawing = plane_drawing(plane_of((3.0, 1.0), 2.0, 1.0, 0.2), 0.004, "p")
    assert max(map(float, re.findall(r'class="body"[^>]* r="([\d.]+)"', drawing))) > 10


def test_the_scale_curve_peaks_where_it_says() -> None:
    scale = np.logspace(-2, 2, 81)
    log10_pc = -3.0 - (np.log10(scale) + 1.0) ** 2
    drawing = scale_drawing(scale, log10_pc, -4.0, 0.1, "s")
    peak = float(re.search(r'class="peak" d="M([\d.]+)', drawing)[1])  # type: ignore[index]
    edge = float(re.search(r'class="edge" d="M([\d.]+)', drawing)[1])  # type: ignore[index]
    now = float(re.search(r'class="now" cx="([\d.]+)', drawing)[1])  # type: ignore[index]
    assert peak == pytest.approx(edge, abs=0.11)
    assert edge < now
    assert "largest at 0.1" in drawing


def test_nothing_to_draw() -> None:
    assert scale_drawing(np.ones(3), np.full(3, np.nan), math.nan, math.nan, "s") == ""


def test_bars_point_the_way_the_numbers_do() -> None:
    meeting = approach(POSITION, VELOCITY, -VELOCITY)
    drawing = approach_drawing(meeting, np.array([0.2, -0.1, 0.0]), np.ones(3), "g")
    bars = [
        (float(x), float(width))
        for x, width in re.findall(
            r'class="bar" x="([\d.]+)" y="[\d.]+" width="([\d.]+)"', drawing
        )
    ]
    middle = bars[0][0]
    assert bars[1][0] + bars[1][1] == pytest.approx(middle)
    assert bars[0][1] == pytest.approx(2 * bars[1][1])


def test_labels_avoid_each_other() -> None:
    labels = Labels(0, 0, 300, 300)
    for _ in range(6):
        labels.place(150, 150, "label")
    boxes = labels.taken
    for k, (a, b, c, d) in enumerate(boxes):
        for e, f, g, h in boxes[:k]:
            assert c <= e or g <= a or d <= f or h <= b


def test_steps() -> None:
    assert nice_step(7.0, 4) == 2.0
    assert nice_step(1000.0, 4) == 500.0
    assert nice_below(0.37) == pytest.approx(0.2)
    assert nice_below(1.0) == 1.0


def test_texts() -> None:
    assert mantissa_exponent(math.log10(9.96e-5)) == ("1.0", -4)
    assert probability(math.log10(2.94e-4)) == "2.9\u202f×\u202f10<sup>−4</sup>"  # noqa: RUF001
    assert probability(-412.0) == "1.0\u202f×\u202f10<sup>−412</sup>"  # noqa: RUF001
    assert probability(math.nan) == "–"  # noqa: RUF001
    assert probability(-math.inf) == "0"
    assert odds(math.log10(2.94e-4)) == "1 in\u00a03,400"
    assert odds(0.0) == "almost certain"
    assert odds(-8.0) == "1 in\u00a0100 million"
    assert odds(-40.0) == "less than 1 in a million million"
    assert percent(0.9996) == "more than 99.9 %"
    assert percent(0.0) == "0.0 %"
    assert percent(0.37) == "37 %"
    assert [duration(s) for s in (604800, 86400, 5400, 129600, 3)] == [
        "7 days",
        "1 day",
        "90 minutes",
        "36 hours",
        "3 seconds",
    ]
    assert countdown(90061) == "+1 d 01:01:01"
    assert signed(-0.0123) == "−0.012"  # noqa: RUF001
    assert decimal(math.inf, 2) == "–"  # noqa: RUF001
    assert [length(km) for km in (0.0042, 0.182, 1.284, 51.0, 1234.0)] == [
        "4.2 m",
        "182 m",
        "1.28 km",
        "51.0 km",
        "1,234 km",
    ]
    assert [significant(x) for x in (0.0224, 0.3, 2.34, 250.0)] == ["0.022", "0.3", "2.3", "250"]
    assert shown("a<b\u202e\n") == "a&lt;b[U+202E][U+000A]"

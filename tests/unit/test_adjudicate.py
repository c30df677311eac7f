"""Verdicts over events made by hand, and their grounds."""

from dataclasses import replace

import numpy as np
import pytest

from commonsky.assess.adjudicate import Solutions, Verdict, adjudicate, ladder_pc
from commonsky.assess.common_epoch import ObjectSolutions
from commonsky.assess.consistency import chi_square_beyond
from commonsky.assess.grounds import FUSED, adjudication
from commonsky.assess.two_body import GM_KM3_S2
from commonsky.astro.arrays import Floats

AXIS_KM = 6978.0
SPEED_KM_S = np.sqrt(GM_KM3_S2 / AXIS_KM)
MOTION_RAD_S = SPEED_KM_S / AXIS_KM
DAY_S = 86400.0
ONE = np.array([AXIS_KM, 0.0, 0.0, 0.0, SPEED_KM_S, 0.0])
TWO = np.array([AXIS_KM + 0.05, 0.0, 0.0, 0.0, 0.0, SPEED_KM_S])
# Radial, transverse, normal: what a day-old orbit knows; the speed goes with the height.
SIGMA = np.array([0.02, 0.15, 0.02, 1.5e-4, 2e-5, 2e-5])


def covariance(sigma: Floats) -> Floats:
    """Errors whose energy is well known: too high is too slow."""
    root = np.diag(sigma)
    root[4, 0] = -0.999 * sigma[0] * MOTION_RAD_S
    root[4, 4] = 0.05 * sigma[0] * MOTION_RAD_S
    return np.asarray(root @ root.T)


def told(states: list[Floats], ages: list[float], sigma: Floats = SIGMA) -> ObjectSolutions:
    k = len(states)
    return ObjectSolutions(
        np.array(states)[None], np.repeat(covariance(sigma)[None, None], k, axis=1),
        np.zeros((1, k)), np.array(ages)[None], np.zeros((1, k), np.bool_), np.ones(1, np.bool_),
    )  # fmt: skip


def event(states: list[Floats], ages: list[float]) -> Solutions:
    """Return one event whose secondary all see alike."""
    k = len(states)
    primary = told(states, ages)
    turned = np.zeros((6, 6))
    turned[:3, :3] = turned[3:, 3:] = [[1, 0, 0], [0, 0, -1], [0, 1, 0]]
    secondary = told([TWO] * k, [1.0] * k)
    secondary = replace(secondary, covariance=turned @ secondary.covariance @ turned.T)
    radius = np.full((1, k), 0.01)
    names = np.array([["AUS", "CAN", "DEU", "FRA"][:k]])
    return Solutions(names, primary, secondary, radius, ladder_pc(primary, secondary, radius))


def along(offset_km: float, axis_km: float) -> Floats:
    """Object 1 farther along by an offset, on a circle larger by `axis_km`."""
    a = AXIS_KM + axis_km
    angle = offset_km / a
    speed = np.sqrt(GM_KM3_S2 / a)
    c, s = np.cos(angle), np.sin(angle)
    return np.array([a * c, a * s, 0.0, -speed * s, speed * c, 0.0])


def verdict(solutions: Solutions) -> Verdict:
    return adjudicate(solutions).verdicts()[0]


def test_equal_solutions_agree_and_come_back() -> None:
    solutions = event([ONE, ONE, ONE], [1.0, 1.0, 2.0])
    found = adjudicate(solutions)
    assert found.verdicts() == [Verdict.AGREE]
    assert not found.doubted.any()
    assert found.fused.state1[0] == pytest.approx(ONE, abs=1e-9)
    assert found.fused.covariance1[0] == pytest.approx(covariance(SIGMA), rel=1e-6, abs=1e-15)
    assert found.fused.ladder.pc[0] == pytest.approx(solutions.pc[0, 0], rel=1e-6)


def test_an_old_solution_that_did_not_foresee_the_air_is_stale() -> None:
    # 40 m lower by drag in four days, so ahead by 3/4 of that times n T.
    ahead = 0.75 * 0.04 * MOTION_RAD_S * 4.0 * DAY_S
    solutions = event([along(0.0, 0.0), along(-ahead, 0.04)], [0.5, 4.0])
    found = adjudicate(solutions)
    assert found.verdicts() == [Verdict.ONE_SIDE_STALE]
    assert found.doubted.tolist() == [[False, True]]
    assert found.fused.took.tolist() == [[True, False]]
    assert found.fused.ladder.pc[0] == pytest.approx(solutions.pc[0, 0], rel=1e-6)
    # Where nobody tells the age, nothing explains it.
    assert verdict(event([along(0.0, 0.0), along(-ahead, 0.04)], [0.5, np.nan])) is (
        Verdict.DISAGREE
    )


def test_a_burn_between_observations_is_suspected() -> None:
    # Half a metre a second along the orbit, 1.3 days ago; the older source flies on without it.
    change = 5e-4
    axis_km = 2.0 * AXIS_KM * change / SPEED_KM_S
    back = 1.3 * DAY_S
    # At the epoch the phase since the burn makes the eccentricity's part of height and speed.
    phase = MOTION_RAD_S * back
    e = 2.0 * change / SPEED_KM_S
    radial = axis_km - AXIS_KM * e * np.cos(phase)
    behind = -1.5 * axis_km * phase + 2.0 * AXIS_KM * e * np.sin(phase)
    burnt = along(behind, radial)
    angle = behind / (AXIS_KM + radial)
    spin = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    speed = np.array([
        SPEED_KM_S * e * np.sin(phase),
        SPEED_KM_S * (1.0 - 0.5 * axis_km / AXIS_KM + e * np.cos(phase)),
    ])  # fmt: skip
    burnt[3:5] = spin @ speed
    solutions = event([ONE, burnt], [2.0, 0.5])
    found = adjudicate(solutions)
    assert found.verdicts() == [Verdict.MANOEUVRE_SUSPECTED]
    assert found.doubted.tolist() == [[True, False]]
    why = found.contradictions.explanation
    assert why.delta_v_km_s[0] == pytest.approx(change, rel=0.2)
    assert why.burn_days[0] == pytest.approx(1.3, abs=0.1)
    # What has no engine did not burn, and solutions of one age saw the same.
    rigid = replace(solutions, primary=replace(
        solutions.primary, may_manoeuvre=np.zeros(1, np.bool_)))  # fmt: skip
    assert verdict(rigid) is Verdict.DISAGREE
    assert verdict(event([ONE, burnt], [2.0, 2.0])) is Verdict.DISAGREE


def test_one_that_contradicts_all_others_is_doubted_and_not_fused() -> None:
    wrong = ONE + np.array([0.2, 0.0, 0.2, 0.0, 0.0, 0.0])
    found = adjudicate(event([ONE, ONE, wrong, ONE], [1.0] * 4))
    assert found.verdicts() == [Verdict.DISAGREE]
    assert found.doubted.tolist() == [[False, False, True, False]]
    assert not found.fused.took[0, 2]
    two = adjudicate(event([ONE, wrong], [1.0, 1.0]))
    assert two.doubted.all()
    assert np.isnan(two.fused.state1).all(), "nothing lies between two that contradict each other"
    assert np.isnan(two.fused.ladder.pc).all()


def test_default_or_enormous_or_lacking_covariances_tell_nothing() -> None:
    solutions = event([ONE, ONE + 5.0], [1.0, 1.0])
    assert verdict(solutions) is Verdict.DISAGREE
    default = np.array([[False, True]])
    changed = replace(
        solutions, primary=replace(solutions.primary, default=default),
        secondary=replace(solutions.secondary, default=default),
    )  # fmt: skip
    assert verdict(changed) is Verdict.CANNOT_TELL
    wide = np.array([1.0, 1e9])[:, None, None]
    objects = (solutions.primary, solutions.secondary)
    for change in (wide, np.array([1.0, np.nan])[:, None, None]):
        one, two = (replace(one, covariance=one.covariance * change) for one in objects)
        assert verdict(replace(solutions, primary=one, secondary=two)) is Verdict.CANNOT_TELL


def test_positions_alone_are_compared_but_not_fused() -> None:
    solutions = event([ONE, ONE + np.array([0.0, 0.0, 0.5, 0.0, 0.0, 0.0])], [1.0, 1.0])
    for_positions = solutions.primary.covariance.copy()
    for_positions[:, 1, 3:], for_positions[:, 1, :, 3:] = np.nan, np.nan
    primary = replace(solutions.primary, covariance=for_positions)
    found = adjudicate(replace(solutions, primary=primary))
    assert found.pairs.freedom[0, 0].tolist() == [3, 6, 2]
    assert found.verdicts() == [Verdict.DISAGREE]
    pc = ladder_pc(primary, solutions.secondary, solutions.hard_body_radius_km)
    assert np.isfinite(pc).all()


def test_states_of_other_epochs_are_brought_to_one() -> None:
    solutions = event([ONE, ONE], [1.0, 1.0])
    later = np.array([[0.0, 20.0]])
    angle = MOTION_RAD_S * 20.0
    c, s = np.cos(angle), np.sin(angle)
    moved = solutions.primary.state.copy()
    moved[0, 1] = [AXIS_KM * c, AXIS_KM * s, 0.0, -SPEED_KM_S * s, SPEED_KM_S * c, 0.0]
    primary = replace(solutions.primary, state=moved, offset_s=later)
    found = adjudicate(replace(solutions, primary=primary))
    assert found.verdicts() == [Verdict.AGREE]
    assert found.pairs.square[0, 0, 0] < 1e-6
    # Ten minutes are too far for two-body motion.
    far = replace(primary, offset_s=np.array([[0.0, 601.0]]))
    lone = replace(
        solutions, primary=far, secondary=replace(solutions.secondary, offset_s=far.offset_s)
    )
    assert verdict(lone) is Verdict.CANNOT_TELL


def test_nan_harms_no_other_event() -> None:
    one, two = event([ONE, ONE], [1.0, 1.0]), event([ONE * np.nan, ONE], [1.0, 1.0])
    assert verdict(two) is Verdict.AGREE, "of the secondary there are two solutions"
    assert adjudicate(two).fused.took[0].tolist() == [True, True]
    assert verdict(one) is Verdict.AGREE


def test_the_grounds_name_who_and_why() -> None:
    wrong = ONE + np.array([0.2, 0.0, 0.2, 0.0, 0.0, 0.0])
    solutions = event([ONE, wrong], [1.0, 1.0])
    found = adjudicate(solutions)
    told_of = adjudication(solutions, found, 0)
    assert told_of.verdict is Verdict.DISAGREE
    assert told_of.doubted == ("AUS", "CAN")
    assert told_of.fused_of == ()
    assert told_of.reasons[0].startswith("primary: AUS and CAN contradict each other")
    assert [one.name for one in told_of.choices] == ["AUS", "CAN", FUSED]
    assert not told_of.choices[2].known
    agreeing = event([ONE, ONE], [1.0, 1.0])
    calm = adjudication(agreeing, adjudicate(agreeing), 0)
    assert "no comparison contradicts" in calm.reasons[0]
    assert not calm.split


def test_chi_square_at_known_points() -> None:
    # The 95 % points of the usual tables.
    points = {1: 3.841459, 2: 5.991465, 3: 7.814728, 4: 9.487729, 6: 12.591587}
    for degrees, point in points.items():
        assert float(chi_square_beyond(np.array(point), degrees)) == pytest.approx(0.05, rel=1e-6)
    ends = chi_square_beyond(np.array([0.0, np.inf, np.nan]), 6)
    assert ends[:2].tolist() == [1.0, 0.0]
    assert np.isnan(ends[2])


def test_shapes_and_shares_are_checked() -> None:
    solutions = event([ONE, ONE], [1.0, 1.0])
    with pytest.raises(ValueError, match="hard_body_radius_km has"):
        replace(solutions, hard_body_radius_km=np.zeros(2))
    with pytest.raises(ValueError, match="1 events and 2 sources"):
        replace(solutions.primary, age_days=np.zeros(2))
    with pytest.raises(ValueError, match="between 0 and 1"):
        adjudicate(solutions, false_alarm=0.0)

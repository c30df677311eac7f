"""The fit to catalogued fragments on made-up events: what it finds, and how sure it is."""

from __future__ import annotations

import math

import numpy as np
import pytest

from commonsky.environment.breakup import Fragments, Parent, collision
from commonsky.environment.catalogue_delay import (
    DELAY,
    DelayOfEvent,
    delay_of_event,
    measured_delay,
    nodes,
    share_catalogued,
)
from commonsky.environment.catalogued import Beforehand, Catalogued, speed_in_plane_m_s
from commonsky.environment.earth import EARTH_RADIUS_KM, MU_KM3_S2
from commonsky.environment.fragment_orbits import fragment_orbits
from commonsky.environment.low_intensity import low_intensity, number
from commonsky.environment.parent_fit import (
    LIMIT_SIGMA,
    MODEL_SIGMA,
    SCALE_MIDDLES,
    SCALE_SIGMAS,
    Branch,
    Fit,
    Interval,
    fit,
    interval,
)

NOTHING = np.zeros(0)
PRIOR = Beforehand(900.0, 1.5)
LIKE_FENGYUN = DelayOfEvent(8.0, 70.0, 0.7, 0.4)


def drawn_delay(rng: np.random.Generator) -> DelayOfEvent:
    middle = DELAY.middle
    first, tau, shape, late = rng.standard_normal(4)
    odds = middle.late_share / (1.0 - middle.late_share) * math.exp(DELAY.late_sigma * late)
    return DelayOfEvent(
        middle.first_days * math.exp(DELAY.first_sigma * first),
        middle.tau_days * math.exp(DELAY.tau_sigma * tau),
        middle.shape * math.exp(DELAY.shape_sigma * shape),
        odds / (1.0 + odds),
    )


def share(delay: DelayOfEvent, days: np.ndarray) -> np.ndarray:
    told = (delay.first_days, delay.tau_days, delay.shape, delay.late_share)
    return share_catalogued(days, *(np.array(one) for one in told))


def known(day: float, count: float, speed_m_s: np.ndarray = NOTHING) -> Catalogued:
    return Catalogued(np.array([day]), np.array([count]), speed_m_s)


def fitted(catalogued: Catalogued, prior: Beforehand = PRIOR, seed: int = 1) -> Fit:
    return fit(catalogued, prior, np.random.default_rng(seed))


def ratio(told: Interval) -> float:
    return told.high / told.low


def test_truths_lie_within_nine_in_ten_intervals() -> None:
    rng = np.random.default_rng(11)
    ever: list[bool] = []
    longer: list[bool] = []
    for seed in range(200):
        branch = rng.integers(3)
        if branch == Branch.COLLISION:
            middle = 0.1 * 900.0**0.75 * 0.1**-1.71
            sigma = math.hypot(MODEL_SIGMA, 0.75 * math.log(1.5) / 1.645)
        else:
            middle, sigma = 6.0 * 0.1**-1.6 * SCALE_MIDDLES[branch - 1], SCALE_SIGMAS[branch - 1]
        truth = middle * math.exp(sigma * rng.standard_normal())
        seen = max(round(truth * math.exp(LIMIT_SIGMA * rng.standard_normal())), 1)
        day = float(np.exp(rng.uniform(np.log(10.0), np.log(400.0))))
        count = rng.binomial(seen, float(share(drawn_delay(rng), np.array(day))))
        told = fitted(known(day, float(count)), seed=seed)
        for inside, values, fact in (
            (ever, told.catalogued, seen),
            (longer, told.longer_than_10_cm, truth),
        ):
            found = interval(values)
            inside.append(found.low <= fact <= found.high)
    # 0.9 is due; the noise that real batches have is not in these events.
    assert 0.82 < np.mean(ever) <= 0.99
    assert 0.82 < np.mean(longer) <= 0.99


@pytest.mark.parametrize("truth", [150, 900, 3000])
def test_it_finds_the_truth_and_grows_surer(truth: int) -> None:
    usual = DELAY.middle
    before, widths = 1e9, []
    for day in (15.0, 30.0, 60.0, 120.0, 400.0, 2000.0):
        count = round(truth * float(share(usual, np.array(day))))
        found = interval(fitted(known(day, count)).catalogued)
        assert found.low <= truth * 1.02
        assert truth <= found.high
        assert found.low >= count
        widths.append(ratio(found))
        assert widths[-1] < before * 1.05
        before = widths[-1]
    assert widths[-1] < 1.35
    assert widths[0] > 4.0
    assert interval(fitted(known(2000.0, truth)).catalogued).median == pytest.approx(
        truth, rel=0.1
    )


def test_before_anything_is_catalogued_it_is_the_model_with_its_factor() -> None:
    sure = Beforehand(900.0, 1.0, (1.0, 0.0, 0.0))
    told = fitted(Catalogued(NOTHING, NOTHING, NOTHING), sure)
    found = interval(told.longer_than_10_cm)
    assert found.median == pytest.approx(842.0, rel=0.03)
    assert found.low == pytest.approx(842.0 / 4.0, rel=0.06)
    assert found.high == pytest.approx(842.0 * 4.0, rel=0.06)
    assert told.probability == (1.0, 0.0, 0.0)
    assert np.allclose(told.mass_kg, 900.0)


def test_of_one_centimetre_nothing_is_ever_surer_than_four_times() -> None:
    told = fitted(known(2000.0, 1500.0))
    assert ratio(interval(told.longer_than_1_cm)) > 16.0
    assert ratio(interval(told.longer_than_10_cm)) < 4.0


def test_more_fragments_than_the_mass_explains_raise_mass_and_factor() -> None:
    vague = Beforehand(900.0, 10.0, (1.0, 0.0, 0.0))
    few, many = (fitted(known(700.0, count), vague) for count in (150.0, 6000.0))
    assert interval(few.mass_kg).median < 900.0 < interval(many.mass_kg).median
    assert interval(few.scale).median < 1.0 < interval(many.scale).median
    precise = fitted(known(700.0, 6000.0), Beforehand(900.0, 1.1, (1.0, 0.0, 0.0)))
    assert ratio(interval(precise.mass_kg)) < 1.25


def test_slow_fragments_speak_for_low_intensity() -> None:
    rng = np.random.default_rng(2)
    slow, fast = (10.0 ** (mean + 0.35 * rng.standard_normal(200)) for mean in (1.33, 1.75))
    chance = [fitted(known(60.0, 170.0, one)).probability[2] for one in (slow, NOTHING, fast)]
    assert chance[0] > 0.5 > chance[1] > chance[2]
    assert chance[2] < 0.1


def test_what_comes_down_at_once_is_not_missed() -> None:
    high = interval(fitted(known(300.0, 400.0)).longer_than_10_cm).median
    low = interval(
        fitted(known(300.0, 400.0), Beforehand(900.0, 1.5, lasting_share=0.5)).longer_than_10_cm
    ).median
    assert low == pytest.approx(2.0 * high, rel=0.15)


def test_a_seed_is_a_fit_and_only_the_newest_count_tells() -> None:
    one, same, other = (fitted(known(30.0, 300.0), seed=seed) for seed in (3, 3, 4))
    assert np.array_equal(one.catalogued, same.catalogued)
    assert not np.array_equal(one.catalogued, other.catalogued)
    course = Catalogued(np.array([5.0, 12.0, 30.0]), np.array([0.0, 90.0, 300.0]), NOTHING)
    assert np.array_equal(fitted(course, seed=3).catalogued, one.catalogued)


@pytest.mark.parametrize("branch", list(Branch))
def test_a_tuned_break_up_is_drawn_with_its_number_and_mass(branch: Branch) -> None:
    chances = tuple(float(one is branch) for one in Branch)
    told = fitted(
        known(900.0, 900.0), Beforehand(1500.0, 1.2, (chances[0], chances[1], chances[2]))
    )
    tuned = told.tuned()
    assert tuned.branch is branch
    pieces = tuned.fragments(0.1, np.random.default_rng(5), impactor_kg=700.0)
    believed = interval(told.longer_than_10_cm).median
    # Of what is longer than 1 m there are remnants instead; mass may leave out some of the rest.
    assert 0.88 < len(pieces) / believed < 1.02
    assert pieces.mass_kg.sum() + pieces.mass_below_kg == pytest.approx(tuned.mass_kg, rel=1e-9)


def test_speeds_are_read_from_orbits_again() -> None:
    radius = EARTH_RADIUS_KM + 800.0
    place, motion = np.array([radius, 0, 0]), np.array([0, math.sqrt(MU_KM3_S2 / radius), 0])
    change = np.array([[40.0, 0, 0], [0, 40.0, 0], [0, -40.0, 0], [30.0, -40.0, 0], [0, 0, 40.0]])
    ones = np.ones(5)
    pieces = Fragments(ones, ones, ones, change, 0, 0.1, 0.0, 0)
    orbits = fragment_orbits(place, motion, pieces, oblate=False)
    told = speed_in_plane_m_s(orbits.perigee_km, orbits.apogee_km, 800.0)
    assert told == pytest.approx([40.0, 40.0, 40.0, 50.0, 0.0], abs=0.2)


def test_a_delay_is_found_again() -> None:
    rng = np.random.default_rng(6)
    delays = [
        LIKE_FENGYUN,
        DelayOfEvent(12.0, 40.0, 1.0, 0.02),
        DelayOfEvent(15.0, 90.0, 1.4, 0.1),
    ]
    days = np.array([20.0, 45.0, 120.0, 400.0])
    for delay in delays:
        grid = np.geomspace(1.0, 9000.0, 4000)
        appeared = np.interp(rng.random(1500), share(delay, grid), grid)
        assert share(delay_of_event(appeared), days) == pytest.approx(share(delay, days), abs=0.08)
    whole = measured_delay(delays)
    assert 8.0 < whole.middle.first_days < 15.0
    assert 0.02 < whole.middle.late_share < 0.4
    assert all(len(one) == len(nodes(whole)[0]) for one in nodes(whole))
    with pytest.raises(ValueError, match="three events"):
        measured_delay(delays[:2])
    with pytest.raises(ValueError, match="more than 12 days"):
        delay_of_event(np.array([1.0, 2.0]))


def test_low_intensity_is_few_slow_and_light() -> None:
    rng = np.random.default_rng(7)
    told = low_intensity(Parent(1457.0), 0.1, rng, scale=1.9)
    assert len(told) - told.remnants == pytest.approx(number(0.1, 1.9), abs=1.0)
    assert number(0.1, 1.9) == pytest.approx(1.9 * 6.0 * 0.1**-1.6, rel=0.01)
    assert told.mass_kg.sum() + told.mass_below_kg == pytest.approx(1457.0, rel=1e-12)
    assert np.abs(told.mass_kg @ told.delta_v_m_s).max() < 1e-9
    assert told.mass_kg[-1] > 0.95 * 1457.0
    pieces = told.characteristic_length_m[:-1]
    # Of NOAA-16, 2016: 55 % of 453 pieces are longer than 0.14 m, 5 % longer than 0.23 m.
    assert (pieces > 0.14).mean() == pytest.approx(0.57, abs=0.06)
    assert np.percentile(told.speed_m_s[:-1], 50) == pytest.approx(28.0, rel=0.15)
    light = low_intensity(Parent(20.0), 0.1, rng, scale=1.0)
    assert light.mass_kg[-1] == pytest.approx(16.0, rel=1e-6)


@pytest.mark.parametrize("scale", [0.0, -1.0, math.nan, math.inf])
def test_scales_that_are_none(scale: float) -> None:
    with pytest.raises(ValueError, match="scale of a break-up of low intensity"):
        low_intensity(Parent(900.0), 0.1, np.random.default_rng(1), scale=scale)
    with pytest.raises(ValueError, match="factor on the count"):
        collision(Parent(9.0), 9.0, 9.0, 0.1, np.random.default_rng(1), count_factor=scale)


def test_a_count_factor_keeps_all_fragments_mass_and_momentum() -> None:
    one, same, many = (
        collision(Parent(880.0), 500.0, 9.4, 0.1, np.random.default_rng(1), count_factor=factor)
        for factor in (1.0, 1.0, 4.3)
    )
    plain = collision(Parent(880.0), 500.0, 9.4, 0.1, np.random.default_rng(1))
    for name in ("mass_kg", "area_to_mass_m2_kg", "delta_v_m_s", "characteristic_length_m"):
        assert np.array_equal(getattr(one, name), getattr(plain, name))
    assert np.array_equal(one.mass_kg, same.mass_kg)
    assert len(many) / len(one) == pytest.approx(4.3, rel=0.02)
    assert many.mass_kg.sum() + many.mass_below_kg == pytest.approx(880.0, rel=1e-12)
    assert np.abs(many.mass_kg @ many.delta_v_m_s).max() < 1e-8
    assert np.median(many.area_to_mass_m2_kg) > 2.0 * np.median(one.area_to_mass_m2_kg)


@pytest.mark.parametrize(
    ("day", "count", "speed", "words"),
    [
        ([2.0, 1.0], [1.0, 2.0], [], "each later than the last"),
        ([1.0, math.nan], [1.0, 2.0], [], "days after the event"),
        ([1.0, 2.0], [2.0, 1.0], [], "never fall"),
        ([1.0, 2.0], [-2.0, 1.0], [], "0 or more"),
        ([1.0, 2.0], [1.0, math.nan], [], "never fall"),
        ([1.0, 2.0], [1.0], [], "a count for each day"),
        ([1.0], [1.0], [-3.0], "speeds of fragments"),
        ([1.0], [1.0], [math.inf], "speeds of fragments"),
    ],
)
def test_what_makes_no_sense_is_told(
    day: list[float], count: list[float], speed: list[float], words: str
) -> None:
    with pytest.raises(ValueError, match=words):
        Catalogued(np.array(day), np.array(count), np.array(speed))


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ({"mass_kg": -1.0}, "mass above 0"), ({"mass_factor": 0.5}, "factor of 1 or more"),
        ({"mass_factor": math.nan}, "factor of 1 or more"),
        ({"lasting_share": 0.0}, "share that stays up"),
        ({"chances": (0.5, 0.2, 0.2)}, "add up to 1"),
        ({"chances": (1.5, -0.5, 0.0)}, "add up to 1"),
    ],
)  # fmt: skip
def test_beliefs_that_make_no_sense(told: dict[str, object], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        Beforehand(**{"mass_kg": 900.0, **told})  # type: ignore[arg-type]

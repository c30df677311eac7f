"""What a break-up does: closed forms, conservation, and rows that have no orbit."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from commonsky.astro.arrays import Floats
from commonsky.environment import shell_flux
from commonsky.environment.breakup import COUNT_FACTOR, Fragments, Parent, collision
from commonsky.environment.consequence import (
    MOMENTS_DAYS,
    MOST_FOLLOWED,
    Consequence,
    Event,
    Method,
    Surroundings,
    Terms,
    between,
    consequence,
    fragmentation_index_at,
)
from commonsky.environment.descent import share_of_time_below
from commonsky.environment.detectability import DetectabilityTable, plain_detectability
from commonsky.environment.earth import DAY_S, EARTH_RADIUS_KM, MU_KM3_S2, YEAR_DAYS, YEAR_S
from commonsky.environment.first_days import meetings_then
from commonsky.environment.fragment_orbits import (
    TURN,
    Fate,
    FragmentOrbits,
    fragment_orbits,
)
from commonsky.environment.gas import EDGES_KM
from commonsky.environment.lifetime import Orbits, lifetime_years
from commonsky.environment.satellites import Satellites, anywhere
from commonsky.environment.solar_flux import mean_cycles

AT_YEAR = 2026.0
TERMS = Terms(mean_cycles(AT_YEAR))
SHORT = replace(TERMS, days=(1.0, 30.0, 300.0))
KM_PER_M = 1e-3


def state(height_km: float, inclination_deg: float = 0.0) -> tuple[Floats, Floats]:
    """On a circle, at its node."""
    radius = EARTH_RADIUS_KM + height_km
    speed, tilt = np.sqrt(MU_KM3_S2 / radius), np.radians(inclination_deg)
    moving = speed * np.array([0.0, np.cos(tilt), np.sin(tilt)])
    return np.array([radius, 0.0, 0.0]), moving


def pieces(delta_v_m_s: Floats, ratio_m2_kg: float = 0.05, length_m: float = 0.1) -> Fragments:
    n = len(delta_v_m_s)
    ones = np.ones(n)
    return Fragments(
        length_m * ones, ratio_m2_kg * ones, ones, delta_v_m_s.astype(np.float64), 0, 0.01, 0.0, 0
    )


def still(n: int = 1, ratio_m2_kg: float = 0.05) -> Fragments:
    return pieces(np.zeros((n, 3)), ratio_m2_kg)


def cloud(height_km: float = 700.0, seed: int = 1) -> Event:
    made = collision(Parent(800.0), 400.0, 9.0, 0.05, np.random.default_rng(seed))
    return Event(*state(height_km, 75.0), AT_YEAR, made)


def taken(event: Event, rows: np.ndarray) -> Event:
    made = event.fragments
    part = Fragments(
        made.characteristic_length_m[rows], made.area_to_mass_m2_kg[rows], made.mass_kg[rows],
        made.delta_v_m_s[rows], 0, made.smallest_m, 0.0, 0,
    )  # fmt: skip
    return replace(event, fragments=part)


def fleet() -> Satellites:
    low = np.array([420.0, 700.0, 800.0, 35_786.0])
    tilt = np.radians([51.6, 98.0, 75.0, 0.1])
    radius = np.array([50.0, 3.0, 3.0, 10.0])
    return anywhere(low, low + 2.0, tilt, radius, np.array([True, False, False, False]))


@pytest.fixture(scope="module")
def told() -> Consequence:
    return consequence(cloud(), fleet(), TERMS)


def mixed() -> Event:
    """One that stays, one hyperbolic, one that falls, one below the surface, one of no number."""
    made = pieces(
        np.array([[0, 0, 0], [0, 4000, 0], [0, -1000, 0], [0, -7000, 0], [np.nan, 0, 0]])
    )
    return Event(*state(800.0), AT_YEAR, made)


def test_every_fragment_has_a_fate_and_none_is_lost() -> None:
    found = consequence(mixed(), fleet(), TERMS)
    assert found.moments[0].fate.tolist() == [
        Fate.IN_ORBIT, Fate.ESCAPED, Fate.RE_ENTERED, Fate.RE_ENTERED, Fate.UNTOLD,
    ]  # fmt: skip
    for moment in found.moments:
        up, down, gone = (
            one.nominal for one in (moment.in_orbit, moment.re_entered, moment.escaped)
        )
        assert up + down + gone + moment.untold == 5
    assert found.years[1:4].tolist() == [np.inf, 0.0, 0.0]
    assert np.isnan(found.years[4])
    assert np.isnan(found.moments[0].perigee_km[1:]).all()


def test_a_ratio_that_is_no_number_has_no_fate() -> None:
    event = Event(*state(800.0), AT_YEAR, still(2))
    event.fragments.area_to_mass_m2_kg[1] = np.nan
    found = consequence(event, fleet(), TERMS)
    assert found.moments[-1].untold == 1
    assert np.isnan(found.years[1])


def test_counts_add_up_at_each_moment(told: Consequence) -> None:
    n = len(cloud().fragments)
    down = [moment.re_entered.nominal for moment in told.moments]
    assert down == sorted(down)
    for moment in told.moments:
        total = moment.in_orbit.nominal + moment.re_entered.nominal + moment.escaped.nominal
        assert total + moment.untold == n


def test_object_years_are_the_sum_of_lifetimes(told: Consequence) -> None:
    event = cloud()
    found = fragment_orbits(event.position_km, event.velocity_km_s, event.fragments)
    rows = np.flatnonzero(found.fate == Fate.IN_ORBIT)
    orbits = Orbits(
        found.perigee_km[rows], found.apogee_km[rows], found.inclination_rad[rows],
        event.fragments.area_to_mass_m2_kg[rows],
    )  # fmt: skip
    years = lifetime_years(orbits, TERMS.flux, start_year=AT_YEAR, most_years=25.0)
    summed = np.minimum(years, 25.0).sum()
    assert told.moments[-1].object_years.nominal == pytest.approx(summed, rel=2e-3)
    down = np.isfinite(years)
    assert np.median(np.abs(told.years[rows[down]] - years[down])) < 0.01


def test_years_in_low_orbits_are_all_of_a_low_cloud_and_no_more_of_any(told: Consequence) -> None:
    for moment in told.moments:
        leo, whole = moment.object_years_leo.nominal, moment.object_years.nominal
        assert 0.5 * whole < leo <= whole
    # One that sinks, past 2000 km and soon: more of its time is low than at first.
    high = pieces(np.array([[0.0, 1500.0, 0.0]]), 0.3)
    sinks = consequence(Event(*state(400.0), AT_YEAR, high), fleet(), TERMS).moments
    first, last = (
        sinks[place].object_years_leo.nominal / sinks[place].object_years.nominal
        for place in (1, -1)
    )
    assert 0.0 < first < 0.4
    assert last > 1.2 * first
    low = consequence(Event(*state(500.0), AT_YEAR, still(3)), fleet(), TERMS)
    for moment in low.moments:
        assert moment.object_years_leo.nominal == pytest.approx(moment.object_years.nominal)


def test_density_times_volume_is_the_number(told: Consequence) -> None:
    circle = consequence(Event(*state(800.0), AT_YEAR, still(7)), fleet(), TERMS)
    held = circle.moments[0].density_per_km3.nominal * shell_flux.VOLUME_KM3
    assert held.sum() == pytest.approx(7.0)
    for moment in told.moments:
        held = moment.density_per_km3.nominal * shell_flux.VOLUME_KM3
        rows = moment.fate == Fate.IN_ORBIT
        low, high = moment.perigee_km[rows], moment.apogee_km[rows]
        inside = share_of_time_below(2050.0, low, high) - share_of_time_below(150.0, low, high)
        assert held.sum() == pytest.approx(inside.sum(), rel=1e-6)


def test_flux_is_that_of_circles_that_cross() -> None:
    moments = shell_flux.shell_moments(
        np.array([801.0]), np.array([801.0]), np.radians([2.5]), np.array([0.1])
    )
    flux = shell_flux.flux_per_m2_year(moments, np.radians(92.5))
    shell = int(np.argmax(flux))
    radius = EARTH_RADIUS_KM + 812.5
    # Planes 92.5° apart, each passed twice a revolution: sigma v / cos(I/2) / (2 pi² R² dR).
    rate = np.sqrt(MU_KM3_S2 / radius) / (2.0 * np.pi**2 * radius**2 * 25.0)
    rate /= np.cos(np.radians(0.5 * 92.5))
    assert flux[shell] == pytest.approx(rate * 1e-6 * YEAR_S, rel=0.01, abs=0.0)


def test_a_hit_is_a_meeting_within_the_radii() -> None:
    low, tilt = np.full(40, 800.0), np.full(40, 1.3)
    moments = shell_flux.shell_moments(low, low, tilt, np.full(40, 0.5))
    one = anywhere(low[:1], low[:1], tilt[:1], np.array([2.0]), np.array([False]))
    near, hit = shell_flux.meetings_per_s(moments, one, 2.5 * KM_PER_M)
    assert hit / near == pytest.approx([1.0])
    assert shell_flux.meetings_per_s(moments, one, 5.0 * KM_PER_M)[0] / near == pytest.approx(
        [4.0]
    )


def test_the_probability_of_a_hit_is_that_of_a_year() -> None:
    # 10 cm long is 4.19 cm in radius: of area 0.5569 l^2.0047.
    event = Event(*state(710.0, 75.0), AT_YEAR, pieces(np.zeros((9, 3)), 1e-3))
    moment = consequence(event, fleet(), replace(TERMS, days=(30.0,))).moments[0]
    rate = -np.log1p(-moment.hit_probability_year.nominal[1])
    size_km = (3.0 + np.sqrt(0.556945 * 0.1**2.0047077 / np.pi)) * KM_PER_M
    weeks = YEAR_DAYS / 7.0
    expected = moment.conjunctions_week.nominal[1] * weeks * size_km**2
    assert rate / expected == pytest.approx(1.0)


def even(n: int, seed: int) -> FragmentOrbits:
    """A gas: everything at random."""
    rng = np.random.default_rng(seed)
    low = rng.uniform(650.0, 750.0, n)
    angles = rng.uniform(0.0, TURN, (3, n))
    tilt, high = np.full(n, np.radians(75.0)), low + rng.uniform(0.0, 80.0, n)
    return FragmentOrbits(
        low, high, tilt, angles[0], angles[1], angles[2], np.zeros(n, np.int8)
    )  # fmt: skip


def test_positions_of_a_gas_tell_what_the_gas_tells() -> None:
    gas, radius = even(12_000, 3), np.full(12_000, 0.2)
    one = anywhere(
        np.array([700.0]), np.array([702.0]), np.radians([51.6]), np.array([3.0]),
        np.array([False]),
    )  # fmt: skip
    found = meetings_then(gas, radius, one, 3600.0, DAY_S, screening_km=1.0, seed=1)
    moments = shell_flux.shell_moments(gas.perigee_km, gas.apogee_km, gas.inclination_rad, radius)
    near, hit = shell_flux.meetings_per_s(moments, one, 1.0)
    assert found.noise[0] < 0.05
    assert found.near_per_s / near == pytest.approx([1.0], rel=0.1)
    assert found.hit_per_s / hit == pytest.approx([1.0], rel=0.1)


def test_in_the_first_hour_the_cloud_is_where_it_broke_up() -> None:
    event = cloud(700.0)
    place = fragment_orbits(event.position_km, event.velocity_km_s, still())
    along = np.array([0.0, np.pi])
    both = np.ones(2)
    angles = np.stack([
        place.node_rad * both, place.argument_rad * both, place.mean_anomaly_rad + along
    ], axis=1)  # fmt: skip
    low = 700.0 * both
    known = Satellites(low, low, np.radians(75.0) * both, 3.0 * both, both > 2.0, angles)
    found = consequence(event, known, replace(TERMS, days=(1.0 / 24.0, 25.0)))
    early, late = (moment.conjunctions_week.nominal for moment in found.moments)
    assert early[0] > 4.0 * early[1]
    chance = found.moments[1].noise * late
    assert abs(late[0] - late[1]) < 4.0 * np.hypot(*chance)


def test_parts_of_a_cloud_add_up() -> None:
    event = cloud()
    cut = np.arange(len(event.fragments)) < 700
    all_of_it = consequence(event, fleet(), SHORT)
    parts = [consequence(taken(event, which), fleet(), SHORT) for which in (cut, ~cut)]
    for place, whole in enumerate(all_of_it.moments):
        one, other = (part.moments[place] for part in parts)
        for name in (
            "in_orbit", "re_entered", "density_per_km3", "flux_m2_year", "conjunctions_week",
            "lethal_unseen", "object_years", "object_years_leo",
        ):  # fmt: skip
            both = getattr(one, name).nominal + getattr(other, name).nominal
            expected = pytest.approx(getattr(whole, name).nominal, rel=1e-9, abs=0.0, nan_ok=True)
            assert both == expected, name


def test_the_order_of_fragments_does_not_matter(told: Consequence) -> None:
    event = cloud()
    order = np.random.default_rng(4).permutation(len(event.fragments))
    mixed_up = consequence(taken(event, order), fleet(), TERMS)
    assert np.array_equal(mixed_up.years, told.years[order], equal_nan=True)
    assert mixed_up.spreading == told.spreading
    for one, other in zip(mixed_up.moments, told.moments, strict=True):
        near = pytest.approx(other.conjunctions_week.nominal, rel=1e-9, nan_ok=True)
        assert one.conjunctions_week.nominal == near
        assert one.unseen_index.nominal == pytest.approx(other.unseen_index.nominal, rel=1e-9)


def test_every_number_says_how_well_it_is_known(told: Consequence) -> None:
    for moment in told.moments:
        for name in ("in_orbit", "object_years", "lethal_unseen", "unseen_index"):
            low, nominal, high = getattr(moment, name)
            assert low * COUNT_FACTOR == pytest.approx(nominal) == high / COUNT_FACTOR
        low, nominal, high = moment.hit_probability_year
        known = np.isfinite(nominal)
        assert (low[known] <= nominal[known]).all()
        assert ((nominal[known] <= high[known]) & (high[known] <= 1.0)).all()
    assert between(8.0) == (2.0, 8.0, 32.0)


def test_methods_and_what_lies_above_the_gas(told: Consequence) -> None:
    methods = [moment.method for moment in told.moments]
    assert methods == [Method.POSITIONS] * 2 + [Method.GAS] * 4
    assert tuple(moment.days for moment in told.moments) == MOMENTS_DAYS
    for moment in told.moments[2:]:
        assert np.isnan(moment.conjunctions_week.nominal[3])
        assert (moment.conjunctions_week.nominal[:3] > 0.0).all()
    # Long after, less is met than at first.
    assert (
        told.moments[-1].conjunctions_week.nominal < told.moments[2].conjunctions_week.nominal
    )[:3].all()


def test_nobody_to_meet_is_no_trouble() -> None:
    none = np.zeros(0)
    nobody = anywhere(none, none, none, none, np.zeros(0, np.bool_))
    found = consequence(cloud(), nobody, replace(TERMS, days=(1.0, 40.0)))
    assert found.moments[0].conjunctions_week.nominal.shape == (0,)
    assert found.moments[1].conjunctions_week.nominal.shape == (0,)


def test_the_least_lucky_plane() -> None:
    tilt = np.radians([51.6, 0.0])
    found = shell_flux.least_lucky_plane(tilt, np.radians(82.6))
    # 1 / cos(I / 2) of the planes that are 134.2° apart, over a mean of 1.3 to 1.8.
    assert 1.4 < found[0] < 2.0
    assert found[1] == pytest.approx(1.0, abs=0.06)


def test_a_cloud_is_a_ring_long_before_it_is_a_shell(told: Consequence) -> None:
    assert 0.1 < told.spreading.along_track_days < 5.0
    assert 100.0 * told.spreading.along_track_days < told.spreading.nodes_days < 1e4


def test_better_sensors_leave_less_unseen(told: Consequence) -> None:
    axis = np.array([1e-3, 10.0])
    eyes = DetectabilityTable(axis, np.array([0.0, 1e5]), np.ones((2, 2)))
    found = consequence(cloud(), fleet(), replace(TERMS, days=(1.0,)), eyes)
    assert found.moments[0].lethal_unseen.nominal == pytest.approx(0.0, abs=1e-9)
    assert told.moments[1].lethal_unseen.nominal > 100.0


def test_a_break_up_changes_the_criticality_of_its_shells(told: Consequence) -> None:
    ratio = np.ones(76)
    around = Surroundings(ratio, np.full(76, 0.5), np.zeros(76))
    low, nominal, high = fragmentation_index_at(told, 1, cloud(), around, plain_detectability())
    assert (low <= nominal).all()
    assert (nominal <= high).all()
    assert 600.0 < EDGES_KM[int(np.argmax(nominal))] < 800.0


def test_what_cannot_be_asked() -> None:
    with pytest.raises(ValueError, match="in orbit, above 120 km"):
        consequence(Event(*state(-100.0), AT_YEAR, still()), fleet(), TERMS)
    with pytest.raises(ValueError, match="ask for longer ones"):
        collision(Parent(9000.0), 9000.0, 14.0, 1e-4, np.random.default_rng(1))
    many = MOST_FOLLOWED + 1
    crowd = pieces(np.zeros((1, 3)))
    crowd = replace(crowd, mass_kg=np.broadcast_to(1.0, many))
    with pytest.raises(ValueError, match="at most 2,000,000 fragments are followed"):
        consequence(Event(*state(800.0), AT_YEAR, crowd), fleet(), TERMS)
    with pytest.raises(ValueError, match="screening distance"):
        Terms(TERMS.flux, screening_km=0.0)


@pytest.mark.parametrize(
    ("column", "value", "why"),
    [("perigee_km", -10.0, "perigee above 0"), ("radius_m", 0.0, "radius of a satellite"),
     ("apogee_km", np.nan, "perigee above 0"), ("inclination_rad", np.inf, "perigee above 0")],
)  # fmt: skip
def test_satellites_that_are_none(column: str, value: float, why: str) -> None:
    good = fleet()
    bad = getattr(good, column).copy()
    bad[1] = value
    with pytest.raises(ValueError, match=why):
        replace(good, **{column: bad})

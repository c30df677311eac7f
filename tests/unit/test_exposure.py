"""Tables, dipole, integrals, margins: against closed forms."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from commonsky.astro.arrays import Floats
from commonsky.astro.epoch import NS_PER_DAY, tai_ns
from commonsky.characterise.dose_table import DoseTable, Places, Quantity, behind, rates_at
from commonsky.characterise.exposure import (
    LONGEST_DAYS,
    Exposure,
    Margins,
    Verdict,
    days_of_margin,
    exposure,
    judged,
    margins_of,
    orbit_rates,
    verdicts,
)
from commonsky.characterise.magnetic_coordinates import (
    COEFFICIENTS_NT,
    GOOD_FACTOR,
    REFERENCE_RADIUS_KM,
    USABLE_FACTOR,
    YEARS,
    Dipole,
    dipole_coordinates,
    dipole_uncertainty,
    eccentric_dipole,
)
from commonsky.errors import OutOfSpan, UnreadableInput
from commonsky.node.exposures import dipole_field
from commonsky.node.natural_belt import field_of_1960, natural_belt

START_NS = tai_ns("2026-11-03T00:00:00Z")
NONE = np.zeros(0)


def shells(rate: Floats, first: Floats, second: Floats) -> DoseTable:
    """A table of particles over L and B/B0."""
    return DoseTable(
        Places.SHELLS, first, second, NONE, rate[:, :, None], Quantity.FLUENCE, "electrons"
    )


def epochs(days: float, steps: int) -> np.ndarray:
    return START_NS + round(days * NS_PER_DAY / steps) * np.arange(steps + 1, dtype=np.int64)


# The pole of the geomagnetic dipole by the DGRF, latitude and longitude, as published by the
# Woods Hole Oceanographic Institution (deeptow.whoi.edu/cdpole.html, read 2026).
@pytest.mark.parametrize(
    ("year", "latitude", "longitude"), [(2000, 79.54, -71.57), (2010, 80.02, -72.21)]
)
def test_the_pole_is_where_others_find_it(year: int, latitude: float, longitude: float) -> None:
    x, y, z = eccentric_dipole(tai_ns(f"{year}-01-01T12:00:00Z")).north_itrf
    assert math.degrees(math.asin(z)) == pytest.approx(latitude, abs=0.03)
    assert math.degrees(math.atan2(y, x)) == pytest.approx(longitude, abs=0.03)


def test_the_centre_is_that_of_the_usual_formula() -> None:
    g10, g11, h11, g20, g21, h21, g22, h22 = COEFFICIENTS_NT[YEARS == 2025.0][0]
    square, root = g10**2 + g11**2 + h11**2, math.sqrt(3.0)
    l0 = 2.0 * g10 * g20 + root * (g11 * g21 + h11 * h21)
    l1 = -g11 * g20 + root * (g10 * g21 + g11 * g22 + h11 * h22)
    l2 = -h11 * g20 + root * (g10 * h21 - h11 * g22 + g11 * h22)
    e = (l0 * g10 + l1 * g11 + l2 * h11) / (4.0 * square)
    wanted = np.array([l1 - g11 * e, l2 - h11 * e, l0 - g10 * e]) / (3.0 * square)
    found = eccentric_dipole(tai_ns("2025-01-01T00:00:00Z")).centre_itrf_km
    assert found == pytest.approx(wanted * REFERENCE_RADIUS_KM, rel=1e-4)
    assert 550.0 < np.linalg.norm(found) < 650.0


def test_the_dipole_says_nothing_of_other_times() -> None:
    with pytest.raises(OutOfSpan, match="2000 to 2030"):
        eccentric_dipole(tai_ns("1999-06-01T00:00:00Z"))


def test_a_field_line_is_one_shell() -> None:
    dipole = eccentric_dipole(START_NS)
    across = np.cross(dipole.north_itrf, [1.0, 0.0, 0.0])
    across /= np.linalg.norm(across)
    latitude = np.radians(np.linspace(-60.0, 60.0, 41))
    away = 2.5 * REFERENCE_RADIUS_KM * np.cos(latitude) ** 2
    unit = np.outer(np.cos(latitude), across) + np.outer(np.sin(latitude), dipole.north_itrf)
    shell, over = dipole_coordinates(dipole.centre_itrf_km + away[:, None] * unit, dipole)
    assert shell == pytest.approx(np.full(41, 2.5), rel=1e-12)
    axial = unit @ dipole.north_itrf
    field = (3.0 * axial[:, None] * unit - dipole.north_itrf) / away[:, None] ** 3
    size = np.linalg.norm(field, axis=1)
    assert over == pytest.approx(size / size[20], rel=1e-12)
    assert over[20] == pytest.approx(1.0, abs=1e-14)


def test_the_axis_of_a_dipole_has_no_shell() -> None:
    dipole = Dipole(np.zeros(3), np.array([0.0, 0.0, 1.0]))
    shell, over = dipole_coordinates(np.array([[0.0, 0.0, 7000.0], [np.nan] * 3]), dipole)
    assert np.isinf([shell[0], over[0]]).all()
    assert np.isnan([shell[1], over[1]]).all()


def test_interpolation_is_exact_for_what_it_assumes() -> None:
    l_axis, b_axis = np.array([1.0, 2.0, 4.0]), np.array([1.0, 3.0])
    first, second = np.array([1.3, 3.9, 4.0]), np.array([1.0, 2.2, 3.0])
    plane = shells(np.add.outer(l_axis - 1.0, b_axis - 1.0), l_axis, b_axis)
    assert not plane.logarithmic
    assert rates_at(plane, behind(plane, 0.0), first, second) == pytest.approx(first + second - 2)
    steep = shells(np.exp(np.add.outer(-3.0 * l_axis, 2.0 * b_axis)), l_axis, b_axis)
    assert steep.logarithmic
    found = rates_at(steep, behind(steep, 0.0), first, second)
    assert found == pytest.approx(np.exp(-3.0 * first + 2.0 * second))


@given(st.floats(allow_nan=True, width=64), st.floats(allow_nan=True, width=64))
def test_nothing_is_extrapolated(first: float, second: float) -> None:
    table = shells(np.array([[1.0, 2.0], [4.0, 0.0]]), np.array([1.2, 3.0]), np.array([1.0, 2.0]))
    for one in (table, replace(table, zero_beyond=True)):
        rates = behind(one, 0.0)
        (found,) = rates_at(one, rates, np.array([first]), np.array([second]))
        if 1.2 <= first <= 3.0 and 1.0 <= second <= 2.0:
            assert 0.0 <= found <= 4.0
        elif one.zero_beyond and (first > 3.0 or first < 1.2 or second > 2.0):
            assert found == 0.0
        else:
            assert math.isnan(found)


def test_shielding_is_interpolated_and_never_guessed() -> None:
    rate = np.array([8.0, 2.0]) * np.ones((2, 2, 1))
    table = DoseTable(
        Places.ORBITS, np.array([500.0, 900.0]), np.radians([50.0, 60.0]), np.array([1.0, 3.0]),
        rate, Quantity.DOSE,
    )  # fmt: skip
    assert behind(table, 2.0) == pytest.approx(4.0)  # the geometric mean
    assert np.isnan(behind(table, 3.1)).all()
    assert np.isnan(behind(table, math.nan)).all()
    height, none = np.full((3, 4), 700.0), (NONE, NONE)
    found = orbit_rates(
        table, height, none, np.radians([55.0, 55.0, 70.0]), np.array([1.0, math.nan, 1.0])
    )
    assert found[0] == pytest.approx(8.0)
    assert np.isnan(found[1:]).all()


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"first": np.array([2.0, 1.0])}, "rise"),
        ({"rate_per_day": np.full((2, 2, 1), -1.0)}, "negative"),
        ({"rate_per_day": np.ones((2, 3, 1))}, "shape"),
        ({"efolding_days": 0.0}, "positive"),
        ({"places": Places.ORBITS, "zero_beyond": True}, "beyond"),
    ],
)
def test_a_table_is_checked(wrong: dict[str, object], said: str) -> None:
    table = shells(np.ones((2, 2)), np.array([1.0, 2.0]), np.array([1.0, 2.0]))
    with pytest.raises(ValueError, match=said):
        replace(table, **wrong)  # type: ignore[arg-type]


EVEN = shells(np.full((2, 2), 6.0), np.array([1.0, 9.0]), np.array([1.0, 9.0]))


def found_for(rates: Floats, *tables: DoseTable, days: float = 10.0) -> Exposure:
    """Exposure to the same rates from each table, at a height where a dipole is good."""
    height = np.full(rates.shape, 9000.0)
    return exposure(
        [rates] * len(tables), tables, height, epochs(days, rates.shape[1] - 1), dipole=True
    )


def test_an_even_rate_adds_up() -> None:
    found = found_for(np.full((2, 101), 6.0), EVEN, replace(EVEN, efolding_days=5.0))
    assert found.mean_per_day == pytest.approx(np.full((2, 2), 6.0))
    assert found.in_span == pytest.approx(60.0 + 30.0 * (1.0 - math.exp(-2.0)), rel=1e-3)
    assert found.peak_per_day == pytest.approx(12.0)
    assert found.window_time_share == pytest.approx(1.0)
    assert found.window_of.tolist() == [0, 1]
    assert found.outside_share.tolist() == [0.0, 0.0]
    assert found.field_factor == pytest.approx(GOOD_FACTOR)


def test_a_table_that_has_decayed_before_begins_lower() -> None:
    table = replace(EVEN, efolding_days=5.0, epoch_tai_ns=START_NS - 5 * NS_PER_DAY)
    found = found_for(np.full((1, 11), 6.0), table)
    assert found.mean_per_day[0, 0] == pytest.approx(6.0 / math.e)


def test_the_integral_converges_as_its_rule_does() -> None:
    """A rate e^(t/5 days): the trapezoidal rule errs by a quarter when the step is halved."""
    wanted, errors = 5.0 * (math.exp(2.0) - 1.0), []
    for steps in (20, 40, 80):
        time_days = np.linspace(0.0, 10.0, steps + 1)
        errors.append(found_for(np.exp(time_days / 5.0)[None], EVEN).in_span[0] - wanted)
    assert errors[0] / errors[1] == pytest.approx(4.0, rel=0.02)
    assert errors[1] / errors[2] == pytest.approx(4.0, rel=0.02)
    assert errors[2] / wanted < 1e-3


def test_windows_are_where_most_is_taken_up() -> None:
    """Two high passages with 90 of 100 parts; the rest is thin."""
    rate = np.full((1, 1001), 1.0)
    rate[0, 100:150] = rate[0, 600:650] = 85.0
    rate[0, 0] = rate[0, -1] = np.nan
    found = found_for(rate, EVEN)
    step_ns = 10 * NS_PER_DAY // 1000
    assert found.window_start_tai_ns.tolist() == [
        START_NS + k * step_ns - step_ns // 2 for k in (100, 600)
    ]
    assert found.window_stop_tai_ns.tolist() == [
        START_NS + k * step_ns + step_ns // 2 for k in (149, 649)
    ]
    assert found.window_time_share == pytest.approx(0.1)
    share = found.mean_in_windows_per_day / found.mean_per_day
    assert share == pytest.approx(8500.0 / 9399.0, rel=1e-3)
    assert found.outside_share == pytest.approx(0.001)


def test_a_window_has_four_fifths() -> None:
    """Of a rate that rises from 0 to 1, what is above the root of a fifth has four fifths."""
    found = found_for(np.linspace(0.0, 1.0, 2001)[None], EVEN)
    assert found.window_time_share == pytest.approx(1.0 - math.sqrt(0.2), abs=1e-3)
    share = found.mean_in_windows_per_day / found.mean_per_day
    assert share == pytest.approx(0.8, abs=1e-3)


def test_a_table_over_orbits_has_no_windows() -> None:
    table = DoseTable(
        Places.ORBITS, EVEN.first, EVEN.second, np.array([1.0, 2.0]), np.ones((2, 2, 2)),
        Quantity.DOSE,
    )  # fmt: skip
    found = found_for(np.array([[1.0, 5.0, 1.0, 1.0]]), table)
    assert len(found.window_of) == 0
    assert np.isnan(found.mean_in_windows_per_day).all()
    assert found.field_factor.tolist() == [1.0]


def test_days_of_margin_are_those_of_closed_forms() -> None:
    forever, tau = np.array([np.inf]), np.array([50.0])
    rate, margin = np.full((4, 1), 2.0), np.array([30.0, 99.0, 101.0, np.nan])
    assert days_of_margin(rate, forever, margin)[:3] == pytest.approx([15.0, 49.5, 50.5])
    found = days_of_margin(rate, tau, margin)
    assert found[:2] == pytest.approx([-50.0 * math.log(1.0 - m / 100.0) for m in (30.0, 99.0)])
    assert found[2] == LONGEST_DAYS  # the whole table gives 100
    assert math.isnan(found[3])
    both = days_of_margin(np.array([[2.0, 1.0]]), np.array([50.0, np.inf]), np.array([400.0]))
    assert both[0] == pytest.approx(300.0 + 100.0 * math.exp(-6.0) + 0.0, abs=0.01)
    none = days_of_margin(np.array([[0.0], [2.0]]), forever, np.array([1.0, 0.0]))
    assert none == pytest.approx([LONGEST_DAYS, 0.0], abs=1e-9)


def test_verdicts() -> None:
    nan = math.nan
    days = np.array([500.0, 100.0, 100.0, 100.0, 100.0, nan, 500.0, 100.0, 100.0])
    windows = np.array([900.0, 400.0, 200.0, 150.0, nan, nan, 900.0, 400.0, 150.0])
    throughout = np.array([999.0, 800.0, 400.0, 200.0, nan, nan, 999.0, 800.0, 200.0])
    outside = np.array([0.0] * 6 + [0.1] * 3)
    assert verdicts(days, windows, throughout, outside, 365.0).tolist() == [
        Verdict.HOLDS, Verdict.HOLDS_SAFED_IN_WINDOWS, Verdict.HOLDS_SAFED_THROUGHOUT,
        Verdict.DOES_NOT_HOLD, Verdict.DOES_NOT_HOLD_UNSAFED, Verdict.CANNOT_BE_TOLD,
        Verdict.CANNOT_BE_TOLD, Verdict.CANNOT_BE_TOLD, Verdict.DOES_NOT_HOLD,
    ]  # fmt: skip


def margins(fluence: list[float], particles: str = "Electrons") -> Margins:
    """Margins of satellites 1, 2, 3... of which a safed one takes up a tenth."""
    nan = np.full(len(fluence), np.nan)
    number = np.arange(1, len(fluence) + 1, dtype=np.int64)
    names = np.full(len(fluence), particles)
    return Margins(number, nan, nan, np.array(fluence), names, np.full(len(fluence), 0.1))


def test_a_verdict_needs_both_ends_of_what_the_field_leaves_open() -> None:
    found = found_for(np.full((4, 11), 6.0), EVEN)
    told = judged(found, [EVEN], margins([6.0 * d for d in (600.0, 400.0, 300.0, 20.0)]), 365.0)
    assert told.days == pytest.approx([600.0, 400.0, 300.0, 20.0])
    assert told.days_safed_throughout == pytest.approx([6000.0, 4000.0, 3000.0, 200.0])
    assert told.verdict.tolist() == [
        Verdict.HOLDS, Verdict.CANNOT_BE_TOLD, Verdict.CANNOT_BE_TOLD, Verdict.DOES_NOT_HOLD
    ]  # fmt: skip
    sure = replace(found, field_factor=np.ones(4))
    told = judged(sure, [EVEN], margins([3600.0, 2400.0, 1800.0, 120.0]), 365.0)
    assert told.verdict.tolist() == [
        Verdict.HOLDS, Verdict.HOLDS, Verdict.HOLDS_SAFED_IN_WINDOWS, Verdict.DOES_NOT_HOLD
    ]  # fmt: skip


def test_margins_of_other_particles_are_none() -> None:
    found = found_for(np.full((1, 11), 6.0), EVEN)
    told = judged(found, [EVEN], margins([100.0], "protons"), 365.0)
    assert np.isnan([told.margin[0], told.days[0]]).all()
    assert told.verdict.tolist() == [Verdict.CANNOT_BE_TOLD]


def test_margins_stand_by_their_satellites() -> None:
    told = margins_of(margins([10.0, 20.0, 30.0]), np.array([3, 7, 1], np.int64))
    assert told.fluence_per_cm2[[0, 2]].tolist() == [30.0, 10.0]
    assert np.isnan(told.fluence_per_cm2[1])
    assert told.particles.tolist() == ["Electrons", "", "Electrons"]
    assert len(margins_of(margins([]), np.array([1], np.int64)).particles) == 1


def test_a_dipole_bounds_only_what_is_high() -> None:
    rate = np.array([[1.0, 1.0], [1.0, 1.0], [1.0, 0.001], [1.0, 1.0], [0.0, 0.0], [0.0, 0.0]])
    height = np.array([
        (9000.0, 9000.0), (9000.0, 1800.0), (9000.0, 600.0), (9000.0, 600.0), (600.0, 600.0),
        (9000.0, 9000.0),
    ])  # fmt: skip
    found = dipole_uncertainty(rate, height)
    mean = 0.5 * (GOOD_FACTOR + USABLE_FACTOR)
    assert found[[0, 1, 5]] == pytest.approx([GOOD_FACTOR, mean, 1.0])
    assert GOOD_FACTOR <= found[2] < 1.01 * GOOD_FACTOR
    assert np.isinf(found[3:5]).all()


def test_the_natural_belts_are_those_of_aep8() -> None:
    aep8 = pytest.importorskip("aep8", reason="the natural belts are an extra")
    from astropy import units  # noqa: PLC0415 - comes with it

    table = natural_belt("e", "max", 1.0)
    shell, over = np.array([1.3, 4.2, 6.6, 11.0]), np.array([1.05, 3.0, 1.7, 20.0])
    found = rates_at(table, behind(table, 0.0), shell, over) / 86_400.0
    model = aep8.model(particle="e", solar="max")
    wanted = model.integral_flux_for_geomagnetic_coordinates(shell, over, 1.0 * units.MeV).value
    assert found == pytest.approx(np.maximum(wanted, 0.0), rel=0.02, abs=1.0)
    # At geostationary height dipole and field agree.
    place = np.array([[[42_164.0, 0.0, 0.0], [0.0, 42_164.0, 0.0]]])
    field = field_of_1960().coordinates(place, epochs(1.0, 1))
    dipole = dipole_coordinates(place, eccentric_dipole(START_NS))
    assert field[0] == pytest.approx(dipole[0], rel=0.03)


@pytest.mark.parametrize(
    ("height_km", "factor"),
    [(1500.0, USABLE_FACTOR), (2200.0, GOOD_FACTOR), (4000.0, GOOD_FACTOR), (9000.0, GOOD_FACTOR)],
)
@pytest.mark.parametrize("particles", ["e:max:0.5", "e:max:2", "p:min:10", "p:max:100"])
def test_a_dipole_is_as_good_as_it_says(height_km: float, factor: float, particles: str) -> None:
    """Daily means of the natural belts by the dipole, over those by the field they are of."""
    pytest.importorskip("aep8", reason="the natural belts are an extra")
    particle, solar, energy_mev = particles.split(":")
    table = natural_belt(particle, solar, float(energy_mev))
    times = epochs(1.0, 480)
    for inclination in np.radians([0.1, 28.0, 65.0, 98.0]):
        place = circle_itrf_km(6378.0 + height_km, inclination, times)[None]
        ways = (dipole_field(START_NS), field_of_1960())
        dipole, whole = (
            rates_at(table, behind(table, 0.0), *way.coordinates(place, times)).mean()
            for way in ways
        )
        assert 1.0 / factor < dipole / whole < factor


def circle_itrf_km(radius_km: float, inclination_rad: float, times: np.ndarray) -> Floats:
    """(k, 3) a circular Kepler orbit seen from the turning Earth."""
    seconds = (times - times[0]) / 1e9
    along = seconds * math.sqrt(398_600.4 / radius_km**3)
    node = -seconds * 2.0 * math.pi * 1.0027379 / 86_400.0
    x, y = np.cos(along), np.sin(along) * math.cos(inclination_rad)
    turned = (x * np.cos(node) - y * np.sin(node), x * np.sin(node) + y * np.cos(node))
    return radius_km * np.stack([*turned, np.sin(along) * math.sin(inclination_rad)], axis=1)


def test_without_the_package_it_is_named() -> None:
    try:
        import aep8  # type: ignore[import-not-found] # noqa: F401, PLC0415
    except ImportError:
        with pytest.raises(UnreadableInput, match="aep8"):
            natural_belt("e", "max", 1.0)

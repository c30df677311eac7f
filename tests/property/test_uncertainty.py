"""What must hold of the uncertainty of element sets whatever the elements."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from commonsky.assess.completeness import missed_share
from commonsky.assess.uncertainty import (
    FLOOR_RTN_KM,
    ErrorClasses,
    Kind,
    OrbitClass,
    covariance_inertial_km2,
    drag_km_day2,
    orbit_classes,
    sigma_rtn_km,
    tail_sigma_rtn_km,
)
from commonsky.astro.arrays import Floats
from commonsky.astro.elements import MeanElements
from commonsky.astro.frames import rotation_rtn
from commonsky.screen.volume import Shape, Volume

BY_DRAWS = 0.01  # its errors are spread over a plane whose axes depend on the frame
seeds = st.integers(0, 2**32 - 1)
anything = st.floats(allow_nan=True, allow_infinity=True, allow_subnormal=True)


def classes_of(rng: np.random.Generator, n: int) -> ErrorClasses:
    return ErrorClasses(
        rng.integers(1, len(OrbitClass), n).astype(np.int8),
        rng.integers(0, len(Kind), n).astype(np.int8),
        10.0 ** rng.uniform(-12.0, 6.0, n), rng.uniform(6500.0, 50_000.0, n),
    )  # fmt: skip


@given(seeds)
def test_no_set_grows_better_with_age(seed: int) -> None:
    rng = np.random.default_rng(seed)
    some = classes_of(rng, 50)
    one, two = np.sort(rng.uniform(0.0, 60.0, (2, 50)), axis=0)
    younger, older = sigma_rtn_km(some, one), sigma_rtn_km(some, two)
    assert (younger >= np.array(FLOOR_RTN_KM) - 1e-12).all()
    assert (older >= younger - 1e-9 * younger).all()
    assert (sigma_rtn_km(some, -one) == younger).all()
    assert (tail_sigma_rtn_km(some, one) >= younger).all()


@given(seeds, st.permutations(range(20)))
def test_rows_know_nothing_of_each_other(seed: int, order: list[int]) -> None:
    rng = np.random.default_rng(seed)
    some, age, rows = classes_of(rng, 20), rng.uniform(-40.0, 40.0, 20), np.array(order)
    assert (sigma_rtn_km(some.take(rows), age[rows]) == sigma_rtn_km(some, age)[rows]).all()


def states(rng: np.random.Generator, n: int) -> tuple[Floats, Floats, Floats]:
    """Return sigmas, positions and velocities of n objects."""
    return 10.0 ** rng.uniform(-3.0, 4.0, (n, 3)), *(7e3 * rng.normal(size=(2, n, 3)))


@given(seeds)
def test_covariances_turn_with_the_frame(seed: int) -> None:
    rng = np.random.default_rng(seed)
    sigma, position, velocity = states(rng, 10)
    turn, _ = np.linalg.qr(rng.normal(size=(3, 3)))
    turn *= np.sign(np.linalg.det(turn))
    plain = covariance_inertial_km2(sigma, position, velocity)
    turned = covariance_inertial_km2(sigma, position @ turn.T, velocity @ turn.T)
    scale = (sigma**2).max(axis=1)[:, None, None]
    assert (np.abs(turned - turn @ plain @ turn.T) < 1e-8 * scale).all()
    assert (plain == np.swapaxes(plain, 1, 2)).all()


@given(seeds)
def test_covariances_have_their_sigmas_on_the_axes(seed: int) -> None:
    sigma, position, velocity = states(np.random.default_rng(seed), 10)
    axes = rotation_rtn(position, velocity)
    back = axes @ covariance_inertial_km2(sigma, position, velocity) @ np.swapaxes(axes, 1, 2)
    scale = (sigma**2).max(axis=1)[:, None, None]
    expected = np.eye(3) * (sigma**2)[:, :, None]
    assert (np.abs(back - expected) < 1e-8 * scale).all()


VOLUMES = st.sampled_from([
    Volume.sphere(5.0), Volume((2.0, 25.0, 10.0)), Volume((3.0, 12.0, 5.0), Shape.BOX)
])  # fmt: skip


@settings(max_examples=30)
@given(seeds, VOLUMES)
def test_what_is_missed_depends_on_no_frame_and_no_order(seed: int, volume: Volume) -> None:
    rng = np.random.default_rng(seed)
    n = 1500
    sigma1, position, velocity1 = states(rng, n)
    sigma2, _, velocity2 = states(rng, n)
    share = missed_share(volume, sigma1, sigma2, (position, velocity1), (position, velocity2))
    turn, _ = np.linalg.qr(rng.normal(size=(3, 3)))
    turn *= np.sign(np.linalg.det(turn))
    position, velocity1, velocity2 = (x @ turn.T for x in (position, velocity1, velocity2))
    turned = missed_share(volume, sigma1, sigma2, (position, velocity1), (position, velocity2))
    swapped = missed_share(volume, sigma2, sigma1, (position, velocity2), (position, velocity1))
    assert 0.0 <= share <= 1.0
    assert abs(turned - share) < BY_DRAWS
    assert abs(swapped - share) < BY_DRAWS


@given(st.lists(st.tuples(anything, anything, anything), min_size=1, max_size=8))
def test_elements_may_be_anything(rows: list[tuple[float, float, float]]) -> None:
    motion, eccentricity, bstar = np.array(rows).T
    n, zero = len(rows), np.zeros(len(rows))
    elements = MeanElements(
        np.zeros(n, np.int64), motion, eccentricity, zero, zero, zero, zero, bstar, zero, zero
    )
    orbit, drag = orbit_classes(elements), drag_km_day2(elements)
    some = ErrorClasses(orbit, np.zeros(n, np.int8), drag, np.full(n, 7000.0))
    sigma = sigma_rtn_km(some, np.full(n, 3.0))
    bad = ~((eccentricity >= 0.0) & (eccentricity < 1.0) & (motion > 0.0) & (motion < np.inf))
    assert np.isnan(sigma[bad]).all()
    good = ~bad & np.isfinite(bstar) & (motion > 1e-6) & (motion < 0.09)
    assert (sigma[good] >= FLOOR_RTN_KM).all()

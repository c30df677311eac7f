"""What share of true approaches a volume misses, against sampling and by hand."""

from typing import Any

import numpy as np
import pytest
from scipy.special import erf

from commonsky.assess import completeness
from commonsky.astro.arrays import Floats
from commonsky.astro.frames import rotated, rotation_rtn
from commonsky.screen.encounter import Encounters
from commonsky.screen.volume import Shape, Volume

BY_DRAWS = 0.01


def missed_share(
    volume: Volume, some: Encounters, sigma1: Floats, sigma2: Floats, **primary: Any
) -> float:
    return completeness.missed_share(
        volume, sigma1, sigma2, (some.position1_teme_km, some.velocity1_teme_km_s),
        (some.position2_teme_km, some.velocity2_teme_km_s), **primary,
    )  # fmt: skip


HEAD_ON = np.array([[7000.0, 0.0, 0.0]]), np.array([[0.0, 7.5, 0.0]]), np.array([[0.0, -7.5, 0.0]])
CROSSING = HEAD_ON[0], HEAD_ON[1], np.array([[0.0, 0.0, 7.5]])
ALONG_UP = HEAD_ON[0], np.array([[0.0, 7.5, 0.0]]), np.array([[0.1, 7.5, 0.0]])


def encounters_of(position: Floats, velocity1: Floats, velocity2: Floats) -> Encounters:
    n = len(position)
    speed = np.linalg.norm(velocity2 - velocity1, axis=1)
    return Encounters(
        np.arange(n), np.arange(n) + n, np.arange(n), np.zeros(n), speed, np.zeros((n, 3)),
        position, velocity1, position, velocity2, speed < 0.1,
    )  # fmt: skip


def many(n: int, seed: int) -> tuple[Encounters, Floats, Floats]:
    """Return encounters on circular orbits and sigmas of many sizes."""
    rng = np.random.default_rng(seed)
    position = rng.normal(size=(n, 3))
    position *= 7000.0 / np.linalg.norm(position, axis=1)[:, None]
    velocity = np.cross(rng.normal(size=(2, n, 3)), position)
    velocity *= 7.5 / np.linalg.norm(velocity, axis=2)[..., None]
    sigma = 10.0 ** rng.uniform([-1.0, -0.5, -1.0], [0.5, 2.0, 0.5], (2, n, 3))
    return encounters_of(position, *velocity), *sigma


def by_sampling(
    volume: Volume, some: Encounters, sigma1: Floats, sigma2: Floats, primary: Any = (True, True)
) -> float:
    """The same by plain draws: errors of both on their axes, miss across the velocity, areas."""
    rng = np.random.default_rng(99)
    turn1 = rotation_rtn(some.position1_teme_km, some.velocity1_teme_km_s)
    turn2 = rotation_rtn(some.position2_teme_km, some.velocity2_teme_km_s)
    forward = some.velocity2_teme_km_s - some.velocity1_teme_km_s
    forward /= np.linalg.norm(forward, axis=1)[:, None]

    def inside(miss: Floats) -> Floats:
        found = np.zeros(len(miss), bool)
        for turn, taken in zip((turn1, turn2), primary, strict=True):
            found |= volume.holds(rotated(turn, miss)) & taken
        return found.astype(float)

    def across(vector: Floats) -> Floats:
        return vector - forward * (vector * forward).sum(axis=1)[:, None]

    n, draws, reach = len(some), 3000, volume.bounding_radius_km
    seen, area = np.zeros(n), np.zeros(n)
    for _ in range(draws):
        error1, error2 = rng.normal(size=(2, n, 3))
        apparent = rotated(np.swapaxes(turn2, 1, 2), error2 * sigma2)
        apparent -= rotated(np.swapaxes(turn1, 1, 2), error1 * sigma1)
        seen += inside(across(apparent)) / draws
        spot = across(rng.normal(size=(n, 3)))
        spot *= (reach * np.sqrt(rng.random(n)) / np.linalg.norm(spot, axis=1))[:, None]
        area += inside(spot) / draws
    return float(1.0 - (seen / area).sum() / (1.0 / area).sum())


VOLUMES = [
    Volume.sphere(5.0),
    Volume.sphere(50.0),
    Volume((2.0, 25.0, 25.0)),
    Volume((10.0, 44.0, 51.0), Shape.BOX),
    Volume((3.0, 12.0, 5.0), Shape.BOX),
]


@pytest.mark.parametrize("volume", VOLUMES, ids=str)
def test_as_by_plain_draws(volume: Volume) -> None:
    some, sigma1, sigma2 = many(200, 3)
    expected = by_sampling(volume, some, sigma1, sigma2)
    assert 0.02 < expected < 0.98
    assert missed_share(volume, some, sigma1, sigma2) == pytest.approx(expected, abs=BY_DRAWS)


@pytest.mark.parametrize("volume", [Volume((3.0, 12.0, 5.0)), VOLUMES[4]], ids=str)
def test_about_the_primaries_only(volume: Volume) -> None:
    some, sigma1, sigma2 = many(200, 4)
    choice = np.random.default_rng(5).random(200) < 0.5
    found = missed_share(volume, some, sigma1, sigma2, primary1=choice, primary2=~choice)
    expected = by_sampling(volume, some, sigma1, sigma2, (choice, ~choice))
    assert found == pytest.approx(expected, abs=BY_DRAWS)
    assert found != missed_share(volume, some, sigma1, sigma2)


def test_head_on_in_a_sphere_by_hand() -> None:
    # Errors along the velocity do not matter; the others are round: Rayleigh.
    sigma = np.array([[1.0, 50.0, 1.0]])
    found = missed_share(Volume.sphere(3.0), encounters_of(*HEAD_ON), sigma, sigma)
    assert found == pytest.approx(np.exp(-(3.0**2) / (2.0 * 2.0)), abs=BY_DRAWS)


def test_crossing_at_a_right_angle_takes_half_of_each_error_along() -> None:
    # In the plane lie the radial axis and the bisector of the two velocities, reversed.
    along = np.sqrt(2.0) * 10.0 * np.sqrt(0.5)
    sigma = np.array([[1e-6, 10.0, 1e-6]])
    found = missed_share(Volume.sphere(10.0), encounters_of(*CROSSING), sigma, sigma)
    assert found == pytest.approx(1.0 - erf(10.0 / along / np.sqrt(2.0)), abs=0.02)


def test_certain_orbits_hide_nothing() -> None:
    some, sigma1, _ = many(50, 6)
    assert missed_share(Volume.sphere(5.0), some, 0.0 * sigma1, 0.0 * sigma1) == 0.0


def test_larger_volumes_miss_less_and_larger_errors_more() -> None:
    some, sigma1, sigma2 = many(300, 7)
    shares = [missed_share(Volume.sphere(radius), some, sigma1, sigma2) for radius in (1, 5, 25)]
    assert shares == sorted(shares, reverse=True)
    assert missed_share(Volume.sphere(5.0), some, 3.0 * sigma1, 3.0 * sigma2) > shares[1]


def test_one_volume_by_three_names() -> None:
    some, sigma1, sigma2 = many(300, 8)
    sphere = missed_share(Volume.sphere(5.0), some, sigma1, sigma2)
    assert missed_share(Volume((5.0, 5.0, 5.0)), some, sigma1, sigma2) == pytest.approx(sphere)
    assert missed_share(Volume((5.0, 5.0, 5.0), Shape.BOX), some, sigma1, sigma2) < sphere


def test_geometries_count_by_the_area_they_were_found_in() -> None:
    volume = Volume((1.0, 10.0, 10.0))
    both = [np.concatenate(pair) for pair in zip(HEAD_ON, ALONG_UP, strict=True)]
    sigma = np.array([[1.0, 1.0, 1.0], [4.0, 4.0, 4.0]])
    one, two = (
        missed_share(volume, encounters_of(*each), sigma[k : k + 1], sigma[k : k + 1])
        for k, each in enumerate((HEAD_ON, ALONG_UP))
    )
    found = missed_share(volume, encounters_of(*both), sigma, sigma)
    # Areas: pi times 1 times 10 across the flight, 10 times 10 seen from below.
    weight = np.array([1.0 / 10.0, 1.0 / 100.0])
    assert found == pytest.approx((weight @ [one, two]) / weight.sum(), abs=BY_DRAWS)


def test_the_larger_of_two_volumes_is_what_was_searched() -> None:
    # The second object's volume lies along the encounter plane, the first one's across it.
    uneven = HEAD_ON[0], HEAD_ON[1], np.array([[0.0, 0.0, 3.0]])
    some = encounters_of(*(np.concatenate(pair) for pair in zip(HEAD_ON, uneven, strict=True)))
    sigma = np.array([[0.1, 0.1, 0.1], [9.0, 9.0, 9.0]])
    volume = Volume((1.0, 10.0, 1.0))
    expected = by_sampling(volume, some, sigma, sigma)
    assert missed_share(volume, some, sigma, sigma) == pytest.approx(expected, abs=0.03)


def test_nothing_to_average() -> None:
    none = np.zeros((0, 3))
    assert np.isnan(missed_share(Volume.sphere(5.0), encounters_of(none, none, none), none, none))
    slow = encounters_of(HEAD_ON[0], HEAD_ON[1], HEAD_ON[1] + 0.01)
    ones = np.ones((1, 3))
    assert np.isnan(missed_share(Volume.sphere(5.0), slow, ones, ones))
    unknown = np.full((1, 3), np.nan)
    assert np.isnan(missed_share(Volume.sphere(5.0), encounters_of(*HEAD_ON), ones, unknown))


def test_unknown_and_slow_rows_change_nothing() -> None:
    some, sigma1, sigma2 = many(100, 9)
    good = missed_share(Volume.sphere(5.0), some, sigma1, sigma2)
    worse1 = np.concatenate([sigma1, np.full((3, 3), np.nan), 1e3 * np.ones((2, 3))])
    worse2 = np.concatenate([sigma2, np.ones((3, 3)), 1e3 * np.ones((2, 3))])
    more = some.take(np.concatenate([np.arange(100), np.arange(5)]))
    more.velocity2_teme_km_s[103:] = more.velocity1_teme_km_s[103:] + 0.01
    assert missed_share(Volume.sphere(5.0), more, worse1, worse2) == good


def test_a_sample_of_many_is_near_the_whole() -> None:
    some, sigma1, sigma2 = many(20_000, 10)
    parts = [
        missed_share(
            Volume.sphere(5.0), some.take(np.arange(k, 20_000, 10)), sigma1[k::10], sigma2[k::10]
        )
        for k in range(10)
    ]
    whole = missed_share(Volume.sphere(5.0), some, sigma1, sigma2)
    assert whole == pytest.approx(np.mean(parts), abs=BY_DRAWS)
    assert whole == missed_share(Volume.sphere(5.0), some, sigma1, sigma2)

"""Real element sets against later ones of the same objects; design/002 made the constants."""

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest
from numpy.typing import NDArray
from sgp4.api import WGS72, Satrec

from commonsky.assess.uncertainty import Kind, OrbitClass, error_classes, sigma_rtn_km
from commonsky.astro.arrays import Floats
from commonsky.astro.elements import MeanElements
from commonsky.astro.epoch import utc_ns
from commonsky.astro.frames import rotated, rotation_rtn
from commonsky.node.intake import read_records

CATALOGUES = Path(__file__).parents[3] / "shared/data/catalogues"
FIRST_ANALYST = 270_000
NS_PER_DAY = 86_400_000_000_000
MEDIAN = 0.6745  # of |x| of a standard Gaussian
SEED = 5
# Days of quiet air and days of storms differ by this much; see design/002.  Errors that two sets
# share do not show in their difference, so that fresh sets look too good.
LOW, HIGH = 0.2, 1.7
FEWEST = 100
JULY, DECEMBER = ("heyoka_20240705", "bg_20240709"), ("bg_20191212", "bg_20191217")


class Compared(NamedTuple):
    """Sets of some days against later ones: errors (n, 3) on RTN axes, sigmas, classes."""

    error_km: Floats
    sigma_km: Floats
    orbit: NDArray[np.int8]
    kind: NDArray[np.int8]

    def of(self, orbit: OrbitClass, kind: Kind) -> tuple[Floats, Floats]:
        """Errors and sigmas of a class; skips where it has few."""
        rows = (self.orbit == orbit) & (self.kind == kind)
        if rows.sum() < FEWEST:
            pytest.skip(f"only {rows.sum()} pairs of this class")
        return self.error_km[rows], self.sigma_km[rows]


def position_and_velocity(elements: MeanElements, minutes: Floats) -> tuple[Floats, Floats]:
    """States in TEME by the sgp4 package."""
    days = utc_ns(elements.epoch_tai_ns) / NS_PER_DAY + 7306.0  # since 1949-12-31
    states = np.full((len(elements), 2, 3), np.nan)
    for k in range(len(elements)):
        satellite = Satrec()
        satellite.sgp4init(
            WGS72, "i", 0, days[k], elements.bstar_per_earth_radius[k], 0.0, 0.0,
            elements.eccentricity[k], elements.argument_of_perigee_rad[k],
            elements.inclination_rad[k], elements.mean_anomaly_rad[k],
            elements.mean_motion_rad_min[k], elements.raan_rad[k],
        )  # fmt: skip
        status, *found = satellite.sgp4_tsince(minutes[k])
        if status == 0:
            states[k] = found
    return states[:, 0], states[:, 1]


@pytest.fixture(scope="module")
def compared() -> Callable[[tuple[str, str]], Compared]:
    if not CATALOGUES.exists():
        pytest.skip("real catalogues lie in ../shared, which is not here")
    return cache(_compared)


def _compared(names: tuple[str, str]) -> Compared:
    older, newer = (read_records(CATALOGUES / f"{name}.3le.xz") for name in names)
    _, i, j = np.intersect1d(older.catalogue_number, newer.catalogue_number, return_indices=True)
    older, newer = older.take(i), newer.take(j)
    age = (newer.elements.epoch_tai_ns - older.elements.epoch_tai_ns) / NS_PER_DAY
    rows = np.flatnonzero((age > 3.0) & (age < 6.0) & (older.catalogue_number < FIRST_ANALYST))
    older, newer, age = older.take(rows), newer.take(rows), age[rows]
    later = np.random.default_rng(SEED).uniform(0.0, 90.0, len(age))
    position1, _ = position_and_velocity(older.elements, age * 1440.0 + later)
    position2, velocity2 = position_and_velocity(newer.elements, later)
    error_km = np.abs(rotated(rotation_rtn(position2, velocity2), position1 - position2))
    classes = error_classes(older)
    good = np.isfinite(error_km).all(axis=1)
    sigma_km = sigma_rtn_km(classes, age)
    return Compared(error_km[good], sigma_km[good], classes.orbit[good], classes.kind[good])


@pytest.mark.parametrize("names", [JULY, DECEMBER], ids=["2024", "2019"])
@pytest.mark.parametrize("kind", list(Kind))
@pytest.mark.parametrize("orbit", list(OrbitClass)[1:])
def test_sigmas_are_of_the_right_size(
    compared: Callable[[tuple[str, str]], Compared],
    orbit: OrbitClass,
    kind: Kind,
    names: tuple[str, str],
) -> None:
    error_km, sigma_km = compared(names).of(orbit, kind)
    over = np.median(error_km / sigma_km, axis=0) / MEDIAN
    assert (over < HIGH).all()
    # Steered fleets of 2019 were other ones.
    if names == JULY or kind is not Kind.STEERED:
        assert over[1] > LOW


@pytest.mark.parametrize(
    "orbit", [OrbitClass.LEO_BELOW_600_KM, OrbitClass.LEO_BELOW_2000_KM, OrbitClass.GEO]
)
def test_what_is_called_steered_leaves_its_path(
    compared: Callable[[tuple[str, str]], Compared], orbit: OrbitClass
) -> None:
    steered, _ = compared(JULY).of(orbit, Kind.STEERED)
    drifting, _ = compared(JULY).of(orbit, Kind.DRIFTING)
    assert np.median(steered[:, 1]) > 2.0 * np.median(drifting[:, 1])
    far = np.quantile(drifting[:, 1], 0.99)
    assert (steered[:, 1] > far).mean() > 0.25

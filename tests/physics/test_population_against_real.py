"""The synthetic sky beside CelesTrak's of 2024-11-01; design/003 prints and draws the same."""

import csv
import lzma
from pathlib import Path

import numpy as np
import pytest

from commonsky.astro.arrays import Floats
from commonsky.astro.elements import MU_WGS72_KM3_S2, RADIUS_WGS72_KM
from commonsky.catalogue.identity import object_types
from commonsky.catalogue.population import population

REAL = Path(__file__).parents[3] / "shared/data/catalogues/celestrak_on_orbit_20241101.omm.csv.xz"
HEIGHTS_KM = np.append(np.arange(200.0, 2001.0, 50.0), [10_000.0, 30_000.0, 36_200.0, 1e6])
INCLINATIONS_DEG = np.arange(0.0, 182.0, 2.0)
LOG_ECCENTRICITIES = np.linspace(-5.0, 0.0, 51)


@pytest.fixture(scope="module")
def real() -> tuple[Floats, Floats, Floats, np.ndarray]:
    if not REAL.exists():
        pytest.skip("the real catalogue lies in ../shared, which is not here")
    with lzma.open(REAL, "rt") as file:
        rows = list(csv.DictReader(file))
    motion = np.array([float(row["MEAN_MOTION"]) for row in rows]) * 2.0 * np.pi / 86400.0
    return (
        (MU_WGS72_KM3_S2 / motion**2) ** (1.0 / 3.0) - RADIUS_WGS72_KM,
        np.array([float(row["INCLINATION"]) for row in rows]),
        np.log10(np.array([float(row["ECCENTRICITY"]) for row in rows]).clip(1e-5)),
        object_types(np.array([row["OBJECT_NAME"] for row in rows])),
    )


def total_variation(one: Floats, two: Floats, edges: Floats) -> float:
    shares = [np.histogram(x.clip(edges[0], edges[-1]), edges)[0] / len(x) for x in (one, two)]
    return float(0.5 * np.abs(shares[0] - shares[1]).sum())


@pytest.mark.parametrize("seed", [7, 21])
@pytest.mark.parametrize("kind", [0, 1, 2, 3])
def test_distributions_are_close(
    real: tuple[Floats, Floats, Floats, np.ndarray], seed: int, kind: int
) -> None:
    sky = population(seed=seed)
    made = (
        sky.elements.semi_major_axis_km - RADIUS_WGS72_KM,
        np.degrees(sky.elements.inclination_rad),
        np.log10(sky.elements.eccentricity.clip(1e-5)),
    )
    # Kind 0 stands for the whole sky here.
    there = real[3] == kind if kind else np.ones(len(real[3]), bool)
    here = sky.object_type == kind if kind else np.ones(len(sky), bool)
    for k, edges in enumerate((HEIGHTS_KM, INCLINATIONS_DEG, LOG_ECCENTRICITIES)):
        assert total_variation(real[k][there], made[k][here], edges) < 0.2
    assert abs(there.mean() - here.mean()) < 0.03

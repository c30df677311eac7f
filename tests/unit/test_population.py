import subprocess
import sys
from dataclasses import fields

import numpy as np
import pytest
from sgp4.api import WGS72, Satrec

from commonsky.astro.elements import MeanElements
from commonsky.catalogue.catalogue import (
    SYNTHETIC_FIRST,
    SYNTHETIC_LAST,
    Catalogue,
    ObjectType,
    RcsSize,
)
from commonsky.catalogue.identity import fleets, object_types
from commonsky.catalogue.merge import NS_PER_DAY, decayed, default_start
from commonsky.catalogue.population import REFERENCE_TAI_NS, population
from commonsky.catalogue.shells import FLEETS, Shell, slots

MILLION = """
import resource
from commonsky.catalogue.population import population
sky = population(1_000_000)
assert len(sky) == 1_000_000
assert len(set(sky.catalogue_number.tolist())) == 1_000_000
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


@pytest.fixture(scope="module")
def sky() -> Catalogue:
    return population()


def bytes_of(catalogue: Catalogue) -> bytes:
    columns = [getattr(catalogue.elements, one.name) for one in fields(MeanElements)]
    columns += [getattr(catalogue, one.name) for one in fields(Catalogue)[1:-1]]
    return b"".join(column.tobytes() for column in columns)


def test_same_seed_same_bytes(sky: Catalogue) -> None:
    assert bytes_of(population()) == bytes_of(sky)


def test_other_seed_other_sky(sky: Catalogue) -> None:
    other = population(seed=8)
    assert len(other) == len(sky)
    same = other.elements.mean_anomaly_rad == sky.elements.mean_anomaly_rad
    assert same.sum() < 10


def test_epoch_moves_the_whole_sky(sky: Catalogue) -> None:
    later = population(epoch_tai_ns=REFERENCE_TAI_NS + 5 * NS_PER_DAY)
    shift = later.elements.epoch_tai_ns - sky.elements.epoch_tai_ns
    assert (shift == 5 * NS_PER_DAY).all()


@pytest.mark.parametrize("objects", [1, 2, 13, 100, 999, 30_000, 65_537])
def test_any_size(objects: int) -> None:
    sky = population(objects)
    assert len(sky) == objects
    assert sky.provenance.read_count == objects


@pytest.mark.parametrize("objects", [0, -1, 10**9])
def test_no_such_size(objects: int) -> None:
    with pytest.raises(ValueError, match="a population has"):
        population(objects)


def test_numbers_are_those_of_simulated_objects(sky: Catalogue) -> None:
    assert sky.catalogue_number.tolist() == list(range(SYNTHETIC_FIRST, SYNTHETIC_FIRST + 30_000))
    assert sky.catalogue_number.max() <= SYNTHETIC_LAST


def test_elements_are_sound(sky: Catalogue) -> None:
    elements = sky.elements
    for one in fields(MeanElements):
        assert np.isfinite(getattr(elements, one.name)).all(), one.name
    assert ((elements.eccentricity >= 0) & (elements.eccentricity < 0.95)).all()
    assert ((elements.inclination_rad >= 0) & (elements.inclination_rad < np.pi)).all()
    for angle in ("raan_rad", "argument_of_perigee_rad", "mean_anomaly_rad"):
        values = getattr(elements, angle)
        assert ((values >= 0) & (values < 2 * np.pi)).all()
    assert elements.perigee_height_km.min() > 180.0
    assert not decayed(sky).any()


def test_epochs_are_of_the_days_before(sky: Catalogue) -> None:
    age_days = (REFERENCE_TAI_NS - sky.elements.epoch_tai_ns) / NS_PER_DAY
    assert age_days.min() > 0.0
    assert 0.3 < np.median(age_days) < 1.0
    assert 1.0 < np.quantile(age_days, 0.95) < 5.0
    assert age_days.max() <= 30.0
    assert default_start(sky) == sky.elements.epoch_tai_ns.max()


def test_names_tell_the_types(sky: Catalogue) -> None:
    # So that types survive formats that carry only names.
    assert (object_types(sky.object_name) == sky.object_type).all()


def test_no_real_names(sky: Catalogue) -> None:
    invented = {"CONSTELLATION", "SAT", "DERELICT", "STAGE", "PARENT", "FRAGMENT", "UNKNOWN"}
    assert {name.split()[0] for name in sky.object_name.tolist()} == invented
    assert {name.split()[0] for name in sky.operator.tolist() if name} == {"OPERATOR"}


def test_fleets_are_those_of_operators(sky: Catalogue) -> None:
    by_operator = fleets(sky)
    by_name = fleets(Catalogue(**{
        **{one.name: getattr(sky, one.name) for one in fields(Catalogue)},
        "operator": np.full(len(sky), ""),
    }))  # fmt: skip
    for one in ("CONSTELLATION A", "CONSTELLATION B"):
        named = by_name == one
        assert named.sum() > 500
        assert (by_operator[named] == one.replace("CONSTELLATION", "OPERATOR")).all()
    steered = by_operator != ""
    assert (sky.object_type[steered] == ObjectType.PAYLOAD).all()
    assert (by_name[sky.operator == ""] == "").all()


def test_shares_of_types_regions_and_sizes(sky: Catalogue) -> None:
    share = np.bincount(sky.object_type, minlength=4) / len(sky)
    assert 0.44 < share[ObjectType.PAYLOAD] < 0.53
    assert 0.06 < share[ObjectType.ROCKET_BODY] < 0.10
    assert 0.35 < share[ObjectType.DEBRIS] < 0.45
    assert 0.01 < share[ObjectType.UNKNOWN] < 0.06
    elements = sky.elements
    belt = np.abs(elements.semi_major_axis_km - 42_164.0) < 1000.0
    assert 0.04 < belt.mean() < 0.08
    assert 0.75 < (elements.apogee_height_km < 2000.0).mean() < 0.88
    assert 0.04 < (elements.eccentricity > 0.25).mean() < 0.08
    debris = sky.object_type == ObjectType.DEBRIS
    assert (sky.rcs_size[debris] == RcsSize.SMALL).mean() > 0.7
    assert (sky.rcs_size[sky.object_type == ObjectType.ROCKET_BODY] == RcsSize.LARGE).mean() > 0.7


@pytest.mark.parametrize(
    "shell", [shell for fleet in FLEETS for shell in fleet if shell.planes > 1], ids=str
)
def test_slots_of_a_shell_never_meet(shell: Shell) -> None:
    """Over a whole revolution, satellites taken as moving on circles in step."""
    axis, inclination, node, start = slots(np.random.default_rng(1), shell, 0)
    nearest_km = np.inf
    for moved in np.linspace(0.0, 2.0 * np.pi, 720):
        u = start + moved
        ahead = np.sin(u) * np.cos(inclination)
        x = np.cos(u) * np.cos(node) - ahead * np.sin(node)
        y = np.cos(u) * np.sin(node) + ahead * np.cos(node)
        points = axis * np.stack([x, y, np.sin(u) * np.sin(inclination)])
        # The pattern is the same from every member of a plane.
        for one in range(0, len(axis), shell.per_plane * max(1, shell.planes // 3)):
            apart = np.linalg.norm(points - points[:, one : one + 1], axis=0)
            apart[one] = np.inf
            nearest_km = min(nearest_km, float(apart.min()))
    assert nearest_km > (12.0 if shell.climb_km == 0.0 else 0.3)


def test_constellations_keep_their_distance() -> None:
    """At one moment no two members in their slots are near each other, in any shell."""
    sky = population()
    elements = sky.elements
    member = np.char.startswith(sky.object_name, "CONSTELLATION A")
    shell = FLEETS[0][0]
    inclined = np.abs(np.degrees(elements.inclination_rad) - shell.inclination_deg) < 0.01
    high = np.abs(elements.semi_major_axis_km - 6378.135 - shell.height_km) < 1.0
    rows = np.flatnonzero(member & inclined & high)
    assert len(rows) > 1200
    points = []
    for row in rows.tolist():
        one = elements.take(np.array([row]))
        satellite = Satrec()
        satellite.sgp4init(
            WGS72, "i", 1, 27_000.0, one.bstar_per_earth_radius[0], 0.0, 0.0, one.eccentricity[0],
            one.argument_of_perigee_rad[0], one.inclination_rad[0], one.mean_anomaly_rad[0],
            one.mean_motion_rad_min[0], one.raan_rad[0],
        )  # fmt: skip
        minutes = (REFERENCE_TAI_NS - one.epoch_tai_ns[0]) / 60e9
        points.append(satellite.sgp4_tsince(minutes)[1])
    apart = np.linalg.norm(np.array(points)[:, None] - np.array(points), axis=2)
    np.fill_diagonal(apart, np.inf)
    nearest = apart.min(axis=1)
    assert np.quantile(nearest, 0.002) > 15.0


def test_a_million_objects_fit_in_memory() -> None:
    told = subprocess.run([sys.executable, "-c", MILLION], check=True, capture_output=True)  # noqa: S603
    scale = 1024 if sys.platform == "linux" else 1
    assert int(told.stdout) * scale < 2e9

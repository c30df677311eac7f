"""
The real catalogue of 2024-11-01 with NASA CARA's list of June 2026 and the UCS database of 2023.

Measured here, over ESA's totals of 2024-12-31 within LEO, touching it, and in all: with both
tables 1.01 to 1.02 (seeds 0 to 4), 1.02 and 1.11; with CARA's alone 1.03, 1.04 and 1.11; with none
0.92 to 0.93, 0.95 and 1.06.  The catalogue is two months older than the totals.  What is too heavy
in all is the belt: active satellites stand there for old ones, and with fuel they have burnt.
"""

from __future__ import annotations

import lzma
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from commonsky.catalogue.catalogue import Catalogue, ObjectType
from commonsky.environment.mass_gate import (
    ESA_EVERYWHERE,
    ESA_LEO,
    ESA_TOUCHING_LEO,
    MassGate,
    Verdict,
    weigh,
)
from commonsky.environment.objects import Objects, SizeProvenance
from commonsky.environment.size_table import merged
from commonsky.environment.sizes import objects
from commonsky.formats.object_sizes import ObjectSizes, object_sizes
from tests.screening_case import real_catalogue

TABLES = Path(__file__).parents[3] / "shared/data/objects"
WITH_TABLES, WITHOUT, ALL_ORBITS = 0.06, 0.10, 0.14


def table(name: str) -> ObjectSizes:
    path = TABLES / name
    if not path.exists():
        pytest.skip(f"{name} lies in ../shared, which is not here")
    return object_sizes(lzma.decompress(path.read_bytes()))


@pytest.fixture(scope="module")
def sky() -> Catalogue:
    return real_catalogue("celestrak_on_orbit_20241101")


@pytest.fixture(scope="module")
def cara() -> ObjectSizes:
    return table("cara_hbr_mass_20260601.csv.xz")


@pytest.fixture(scope="module")
def ucs() -> ObjectSizes:
    return table("ucs_20230501.csv.xz")


@pytest.fixture(scope="module")
def whole(sky: Catalogue, cara: ObjectSizes, ucs: ObjectSizes) -> Objects:
    return objects(sky, merged([cara.table, ucs.table]))


def test_every_row_of_the_tables_is_accounted_for(cara: ObjectSizes, ucs: ObjectSizes) -> None:
    for one, rows in ((cara, 58_609), (ucs, 7562)):
        assert one.read == rows
        assert len(one.table) + sum(one.left_out.values()) + one.superseded == rows
    # 4671 + 910 radii and 4671 + 852 + 162 + 1 masses are CARA's defaults.
    assert cara.ignored == {"a default of CARA's": 11_267}
    assert len(cara.table) == 18_062
    assert sum(ucs.left_out.values()) < 10


@pytest.mark.parametrize("gate", [ESA_LEO, ESA_TOUCHING_LEO, ESA_EVERYWHERE])
def test_the_mass_of_all_is_what_esa_counts(
    sky: Catalogue, cara: ObjectSizes, whole: Objects, gate: MassGate
) -> None:
    everywhere = gate is ESA_EVERYWHERE
    for known, tolerance in (
        (whole, WITH_TABLES), (objects(sky, cara.table), WITH_TABLES), (objects(sky), WITHOUT),
        (objects(sky, seed=1), WITHOUT),
    ):  # fmt: skip
        found = weigh(known, gate, ALL_ORBITS if everywhere else tolerance)
        assert found.verdict is Verdict.WITHIN, found.ratio


def test_the_satellites_average_for_debris_would_not_pass(whole: Objects) -> None:
    debris = whole.kind == ObjectType.DEBRIS
    # As one open model has it: debris without data between 50 and 1000 kg.
    heavy = replace(whole, mass_kg=np.where(debris, 500.0, whole.mass_kg))
    assert weigh(heavy, ESA_LEO).verdict is Verdict.TOO_HEAVY


def test_what_the_mass_rests_on(sky: Catalogue, cara: ObjectSizes, whole: Objects) -> None:
    share = weigh(whole, ESA_LEO).share
    assert share[SizeProvenance.MEASURED] == pytest.approx(0.08, abs=0.01)  # ISS and Hubble
    assert share[SizeProvenance.CATALOGUE] == pytest.approx(0.23, abs=0.02)
    assert share[SizeProvenance.DESIGN] == pytest.approx(0.47, abs=0.02)
    assert share[SizeProvenance.RADAR] == pytest.approx(0.044, abs=0.01)
    assert share[SizeProvenance.KIND] == pytest.approx(0.18, abs=0.02)
    alone = weigh(objects(sky, cara.table), ESA_LEO).share
    assert SizeProvenance.CATALOGUE not in alone
    assert alone[SizeProvenance.KIND] > share[SizeProvenance.KIND]


def test_debris_is_light_and_has_many_square_metres_per_kilogram(whole: Objects) -> None:
    low = whole.take(whole.apogee_km < 2000.0)
    part = {kind: low.take(low.kind == kind) for kind in ObjectType}
    debris, payloads = part[ObjectType.DEBRIS], part[ObjectType.PAYLOAD]
    assert np.median(debris.mass_kg) < 0.001 * np.median(payloads.mass_kg)
    assert np.median(part[ObjectType.UNKNOWN].mass_kg) < 1.0
    assert np.median(debris.area_to_mass_m2_kg) == pytest.approx(0.11, rel=0.2)
    assert np.median(part[ObjectType.ROCKET_BODY].area_to_mass_m2_kg) < 0.01
    assert np.median(part[ObjectType.ROCKET_BODY].mass_kg) == pytest.approx(1434.0)
    # CARA estimates 50 t for the 9149 of these pieces that it has.
    assert debris.mass_kg.sum() == pytest.approx(52e3, rel=0.1)
    assert (debris.mass_provenance == SizeProvenance.RADAR).mean() > 0.95


def test_drawn_debris_is_like_what_radar_sees(sky: Catalogue, cara: ObjectSizes) -> None:
    seen, drawn = objects(sky, cara.table), objects(sky)
    rows = (seen.kind == ObjectType.DEBRIS) & (seen.mass_provenance == SizeProvenance.RADAR)
    assert rows.sum() > 9000
    for name in ("mass_kg", "area_m2"):
        ratio = np.median(getattr(drawn, name)[rows]) / np.median(getattr(seen, name)[rows])
        assert 0.7 < ratio < 1.6


def test_stations_keep_their_known_masses(sky: Catalogue, whole: Objects) -> None:
    station = int(np.flatnonzero(sky.catalogue_number == 25_544)[0])
    assert whole.mass_kg[station] == 419_725.0
    assert whole.mass_provenance[station] == SizeProvenance.MEASURED
    # A sphere round all of it has 13,700 m²; it looks like a sixth of that.
    assert 1500.0 < whole.area_m2[station] < 3000.0


def test_most_payloads_in_low_orbits_are_active(whole: Objects) -> None:
    low = whole.apogee_km < 2000.0
    active = whole.active & low
    # ESA: about 9300 active payloads at the end of 2024, in all orbits.
    assert 8000 < active.sum() < 9300
    assert (whole.kind[active] == ObjectType.PAYLOAD).all()
    assert whole.active.sum() == pytest.approx(9300, rel=0.1)

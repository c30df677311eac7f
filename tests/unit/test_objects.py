"""Objects of the environment: their columns, and where masses and sizes come from."""

from __future__ import annotations

import math
from dataclasses import fields, replace
from typing import Any

import numpy as np
import pytest

from commonsky.catalogue.catalogue import ObjectType, RcsSize
from commonsky.catalogue.population import population
from commonsky.catalogue.shells import FLEETS as SYNTHETIC_SHELLS
from commonsky.environment import usual
from commonsky.environment.designs import (
    STAGES,
    SYNTHETIC_FLEETS,
    design_of_satellite,
    design_of_stage,
    is_of_a_stage,
)
from commonsky.environment.mass import areas_of_masses_m2, masses_of_areas_kg
from commonsky.environment.mass_gate import (
    ESA_END_OF_2024,
    ESA_EVERYWHERE,
    ESA_LEO,
    ESA_TOUCHING_LEO,
    Verdict,
    weigh,
)
from commonsky.environment.objects import Objects, SizeProvenance, joined
from commonsky.environment.size_table import ACTIVE, INACTIVE, SizeTable, merged, nothing_of
from commonsky.environment.sizes import objects
from tests.catalogue_case import catalogue_of

PAYLOAD, STAGE, DEBRIS = ObjectType.PAYLOAD, ObjectType.ROCKET_BODY, ObjectType.DEBRIS
GEO = {"mean_motion": 0.00437527, "eccentricity": 1e-4, "inclination": 1e-3}
OF = SizeProvenance


def known(*rows: dict[str, Any]) -> SizeTable:
    table = nothing_of(np.array([row["catalogue_number"] for row in rows], np.int64))
    for place, row in enumerate(rows):
        for name, value in row.items():
            getattr(table, name)[place] = value
    return table


def of(row: dict[str, Any], table: SizeTable | None = None, seed: int = 0) -> Objects:
    return objects(catalogue_of({"type": PAYLOAD} | row), table, seed)


def test_shapes_are_checked_and_rows_are_taken() -> None:
    sky = objects(catalogue_of(*({"number": k, "type": DEBRIS} for k in range(1, 6))))
    with pytest.raises(ValueError, match=r"area_m2 has shape \(4,\), but 5 objects need \(5,\)"):
        replace(sky, area_m2=sky.area_m2[:4])
    some = sky.take(np.array([3, 1]))
    assert some.catalogue_number.tolist() == [4, 2]
    assert len(sky.take(sky.catalogue_number > 3)) == 2
    whole = joined([some, sky.take(slice(0, 1))])
    assert whole.catalogue_number.tolist() == [4, 2, 1]
    assert whole.mass_kg.tolist() == sky.mass_kg[[3, 1, 0]].tolist()


def test_what_follows_from_the_columns() -> None:
    told = known({"catalogue_number": 1, "mass_kg": 200.0, "area_m2": math.pi})
    one = of({"number": 1, "eccentricity": 0.1}, told)
    assert one.radius_m[0] == pytest.approx(1.0)
    assert one.area_to_mass_m2_kg[0] == pytest.approx(math.pi / 200.0)
    axis = one.semi_major_axis_km[0]
    assert one.perigee_km[0] == pytest.approx(0.9 * axis - 6378.137)
    assert one.apogee_km[0] == pytest.approx(1.1 * axis - 6378.137)
    assert one.weight.tolist() == [1.0]


def test_debris_never_gets_the_mass_of_a_satellite() -> None:
    rows = [{"number": k, "type": kind, "size": size, "name": name}
            for k, (kind, size, name) in enumerate(
                [(kind, size, name) for kind in (DEBRIS, ObjectType.UNKNOWN)
                 for size in (RcsSize.UNKNOWN, RcsSize.SMALL, RcsSize.MEDIUM)
                 for name in ("STARLINK-30042 DEB", "SL-16 DEB", "IRIDIUM 33 DEB", "FRAGMENT")]
                * 400)]  # fmt: skip
    light = objects(catalogue_of(*rows))
    assert np.median(light.mass_kg) < 0.5
    assert light.mass_kg.mean() < 5.0
    # A satellite of the least usual kind has a median of 85 kg; CARA's default is 448 kg.
    assert (light.mass_kg > 85.0).mean() < 0.02
    assert not (light.mass_provenance == OF.DESIGN).any()
    assert not light.active.any()


def test_the_length_of_debris_is_the_power_law_of_the_breakup_model() -> None:
    rows = ({"number": k, "type": DEBRIS} for k in range(20_000))
    sky = objects(catalogue_of(*rows))
    length = (sky.area_m2 / 0.556945) ** (1.0 / 2.0047077)
    assert (length.min(), length.max()) == pytest.approx((0.1, 1.0), rel=0.02)
    above = (0.2**-1.71 - 1.0) / (0.1**-1.71 - 1.0)
    assert (length > 0.2).mean() == pytest.approx(above, abs=0.01)
    assert np.log10(sky.area_to_mass_m2_kg).mean() == pytest.approx(-0.9, abs=0.2)


def test_fragments_of_stages_are_lighter_for_their_size() -> None:
    names = ("SL-8 DEB", "COSMOS 2251 DEB")
    ratio = [
        np.median(objects(catalogue_of(*(
            {"number": k, "type": DEBRIS, "name": name, "size": RcsSize.MEDIUM}
            for k in range(3000)))).area_to_mass_m2_kg)
        for name in names
    ]  # fmt: skip
    assert ratio[0] > 1.6 * ratio[1]
    fragments = ("SL-8 DEB", "BREEZE-M DEB [TANK]")
    assert all(map(is_of_a_stage, fragments))
    assert not any(map(is_of_a_stage, ("COSMOS 2251 DEB", "SL-8 R/B", "DEB")))


def test_the_best_source_comes_first() -> None:
    row = {"number": 7, "name": "STARLINK-30042", "size": RcsSize.LARGE}
    best = {"catalogue_number": 7, "mass_kg": 111.0, "mass_provenance": OF.MEASURED,
            "area_m2": 3.0, "size_provenance": OF.MEASURED, "rcs_m2": 2.0}  # fmt: skip
    one = of(row, known(best))
    assert (one.mass_kg[0], one.mass_provenance[0]) == (111.0, OF.MEASURED)
    assert (one.area_m2[0], one.area_provenance[0]) == (3.0, OF.MEASURED)
    one = of(
        row, known({"catalogue_number": 7, "mass_kg": 222.0, "mass_provenance": OF.CATALOGUE})
    )
    assert (one.mass_kg[0], one.mass_provenance[0]) == (222.0, OF.CATALOGUE)
    assert (one.area_m2[0], one.area_provenance[0]) == (29.0 * 4.1 / 2.0, OF.DESIGN)
    one = of(row, known({"catalogue_number": 7, "rcs_m2": 2.0}))
    assert (one.mass_kg[0], one.mass_provenance[0]) == (730.0, OF.DESIGN)


def test_a_cross_section_comes_before_its_class_and_that_before_the_kind() -> None:
    row = {"number": 7, "name": "OPS 1", "size": RcsSize.LARGE}
    one = of(row, known({"catalogue_number": 7, "rcs_m2": 0.5}))
    assert one.area_m2[0] == pytest.approx(2.5 * 0.5)
    assert one.mass_kg[0] == pytest.approx(float(masses_of_areas_kg(np.array(1.25))))
    assert one.mass_provenance[0] == one.area_provenance[0] == OF.RADAR
    by_class, by_kind = of(row), of(row | {"size": RcsSize.UNKNOWN})
    assert by_class.mass_provenance[0] == OF.RCS_CLASS
    assert by_kind.mass_provenance[0] == OF.KIND
    assert by_class.area_provenance[0] == by_kind.area_provenance[0] == OF.DERIVED
    assert by_kind.area_m2[0] == pytest.approx(areas_of_masses_m2(by_kind.mass_kg)[0])


@pytest.mark.parametrize(
    ("told", "length_m", "source"),
    [
        ({"rcs_m2": 1.0}, 1.38, OF.RADAR),
        ({"rcs_m2": 0.1}, 0.3184, OF.RADAR),
        ({"rcs_m2": 1e-6}, 0.1, OF.RADAR),
        ({"radius_m": 0.2, "size_provenance": OF.RADAR, "rcs_m2": 1.0}, 0.4, OF.RADAR),
        ({"radius_m": 0.3, "size_provenance": OF.MEASURED}, 0.6, OF.MEASURED),
    ],
)
def test_radar_tells_the_length_of_debris(
    told: dict[str, Any], length_m: float, source: OF
) -> None:
    one = of({"number": 3, "type": DEBRIS}, known({"catalogue_number": 3, **told}))
    assert one.area_m2[0] == pytest.approx(0.556945 * length_m**2.0047077, rel=1e-3)
    assert one.area_provenance[0] == source
    assert one.mass_provenance[0] == (OF.DERIVED if source is OF.MEASURED else OF.RADAR)
    if length_m > 1.0:  # an adapter or a tank, no fragment of the model
        assert one.mass_kg[0] == pytest.approx(float(masses_of_areas_kg(np.array(one.area_m2[0]))))


def test_debris_of_known_mass_is_as_large_as_such_a_fragment_is() -> None:
    told = {"catalogue_number": 3, "mass_kg": 2.0, "mass_provenance": OF.RADAR}
    one = of({"number": 3, "type": DEBRIS}, known(told))
    assert one.area_m2[0] == pytest.approx(0.22)
    assert (one.mass_kg[0], one.area_provenance[0]) == (2.0, OF.DERIVED)


def test_a_hard_body_radius_bounds_what_is_whole() -> None:
    told = {"catalogue_number": 9, "radius_m": 0.2, "size_provenance": OF.MEASURED}
    heavy = next(n for n in range(9, 200) if of({"number": n}).mass_kg[0] > 300.0)
    one = of({"number": heavy}, known(told | {"catalogue_number": heavy}))
    assert one.mass_kg[0] == pytest.approx(float(masses_of_areas_kg(np.array(math.pi * 0.04))))
    assert one.mass_provenance[0] == OF.DERIVED
    assert one.area_m2[0] <= math.pi * 0.04 * (1.0 + 1e-12)
    # A sphere round long booms says little: the mass and the area by density stay.
    wide = of({"number": 9}, known(told | {"radius_m": 250.0, "mass_kg": 340.0}))
    assert wide.area_m2[0] == pytest.approx(areas_of_masses_m2(np.array([340.0]))[0])
    seen = known(told | {"radius_m": 7.4, "size_provenance": OF.RADAR})
    assert of({"number": 9}, seen).mass_kg[0] == 9000.0  # and not the 21.6 t of a ball


def test_a_table_tells_the_kind_of_what_the_catalogue_does_not_know() -> None:
    told = known({"catalogue_number": 5, "kind": PAYLOAD, "mass_kg": 80.0, "active": ACTIVE})
    one = of({"number": 5, "type": ObjectType.UNKNOWN}, told)
    assert one.kind.tolist() == [PAYLOAD]
    assert one.active.tolist() == [True]
    assert of({"number": 5, "type": DEBRIS}, told).kind.tolist() == [DEBRIS]
    assert of({"number": 5, "type": DEBRIS}, told).active.tolist() == [False]


@pytest.mark.parametrize(
    ("row", "state", "expected"),
    [
        ({}, None, False),
        ({"operator": "OPERATOR A"}, None, True),
        ({"operator": "OPERATOR A"}, INACTIVE, False),
        ({}, ACTIVE, True),
        ({"name": "ONEWEB-0012"}, None, True),
        ({"name": "IRIDIUM 33"}, None, False),
        ({"name": "IRIDIUM 106"}, None, True),
        (GEO, None, True),
        (GEO | {"inclination": 0.1}, None, False),
        (GEO | {"type": STAGE}, None, False),
    ],
)
def test_who_can_avoid_others(row: dict[str, Any], state: int | None, expected: bool) -> None:
    table = None if state is None else known({"catalogue_number": 1, "active": state})
    assert of({"number": 1} | row, table).active.tolist() == [expected]


def test_launches_are_dated_by_the_designator_where_no_table_does() -> None:
    sky = objects(
        catalogue_of(*({"number": k, "object_id": text} for k, text in enumerate(
            ["1998-067A", "", "98067A", "0123-001A", "²024-001A"]))),
        known({"catalogue_number": 4, "launched_year": 2020.25}),
    )  # fmt: skip
    assert sky.launched_year[[0, 4]].tolist() == [1998.5, 2020.25]
    assert np.isnan(sky.launched_year[1:4]).all()


def test_old_satellites_and_those_of_the_belt_are_heavier() -> None:
    def median(row: dict[str, Any]) -> float:
        rows = ({"number": k, "type": PAYLOAD} | row for k in range(2000))
        return float(np.median(objects(catalogue_of(*rows)).mass_kg))

    assert median({}) == pytest.approx(85.0, rel=0.2)
    assert median({"object_id": "1975-001A"}) == pytest.approx(225.0, rel=0.2)
    assert median(GEO) == pytest.approx(3610.0, rel=0.1)
    assert median({"type": STAGE}) == pytest.approx(1434.0, rel=0.1)
    assert median({"size": RcsSize.SMALL}) == pytest.approx(5.0, rel=0.2)
    assert median({"type": STAGE, "size": RcsSize.MEDIUM}) == pytest.approx(60.0, rel=0.2)


def test_a_draw_depends_on_the_object_alone() -> None:
    sky = population(2000, 7)
    whole = objects(sky, seed=3)
    some = np.random.default_rng(1).permutation(2000)[:500]
    part = objects(sky.take(some), seed=3)
    for column in fields(Objects):
        assert getattr(part, column.name).tolist() == pytest.approx(
            getattr(whole, column.name)[some].tolist(), nan_ok=True, rel=0.0, abs=0.0
        )
    other = objects(sky, seed=4)
    drawn = np.isin(whole.mass_provenance, (OF.KIND, OF.RCS_CLASS))
    assert (other.mass_kg[drawn] != whole.mass_kg[drawn]).mean() > 0.95
    assert (other.mass_kg[~drawn] == whole.mass_kg[~drawn]).all()


def test_draws_are_even_normal_and_independent() -> None:
    draws = usual.Draws(np.arange(100_000), 5)
    one, two = draws.random(100_000), draws.random(100_000)
    for even in (one, two):
        gap = np.abs(np.sort(even) - (np.arange(100_000) + 0.5) / 100_000).max()
        assert gap < 1.95 / math.sqrt(100_000)  # Kolmogorov, 0.1 %
    assert abs(np.corrcoef(one, two)[0, 1]) < 0.012
    assert abs(np.corrcoef(one[1:], one[:-1])[0, 1]) < 0.012
    normal = draws.standard_normal(100_000)
    assert (normal.mean(), normal.std()) == pytest.approx((0.0, 1.0), abs=0.012)
    assert (np.abs(normal) > 1.96).mean() == pytest.approx(0.05, abs=0.003)
    with pytest.raises(ValueError, match="one number for each of 100000 objects, not 5"):
        draws.random(5)


def test_quantiles_are_met() -> None:
    quantiles = usual.SATELLITES_KG[0]
    assert usual.at_quantiles(np.array(usual.CHANCES), quantiles) == pytest.approx(quantiles)
    assert usual.at_quantiles(np.array([0.375]), quantiles)[0] == pytest.approx(
        math.sqrt(quantiles[2] * quantiles[3])
    )


@pytest.mark.parametrize(
    ("name", "mass_kg"),
    [("STARLINK-1007", 260), ("STARLINK-3005", 305), ("STARLINK-30042", 730),
     ("STARLINK-11072 [DTC]", 730), ("IRIDIUM 33", 662), ("IRIDIUM 106", 860),
     ("IRIDIUM 914", 662), ("GLOBALSTAR M001", 450), ("GLOBALSTAR M089", 700),
     ("ORBCOMM FM08", 42), ("ORBCOMM FM109", 172), ("FLOCK 4P-7", 5.7), ("LEMUR-2-JEROEN", 4.6),
     ("CONSTELLATION A-0001", 449), ("CONSTELLATION O-0001", 449), ("CONSTELLATION N-1", 675)],
)  # fmt: skip
def test_satellites_of_known_fleets(name: str, mass_kg: float) -> None:
    assert design_of_satellite(name).mass_kg == mass_kg


@pytest.mark.parametrize(
    "name", ["", "STARLINK", "STARLINK-" + "9" * 60, "HST", "CONSTELLATION ", "CONSTELLATION E-1",
             "STARLINK-50"],
)  # fmt: skip
def test_names_of_which_nothing_is_published(name: str) -> None:
    assert math.isnan(design_of_satellite(name).mass_kg)
    assert math.isnan(design_of_stage(name).mass_kg)


def test_a_stage_tumbles_so_that_a_quarter_of_its_surface_is_seen() -> None:
    zenit = design_of_stage("SL-16 R/B")
    surface_m2 = math.pi * 3.9 * 11.1 + 2.0 * math.pi * 3.9**2 / 4.0
    assert zenit.area_m2 == pytest.approx(surface_m2 / 4.0)
    assert design_of_stage("DELTA 2 R/B(2)").mass_kg == 132
    density = [areas_of_masses_m2(np.array(one.mass_kg)) / one.area_m2 for one in STAGES.values()]
    assert 0.3 < min(density) < max(density) < 2.7


def test_the_law_of_density_goes_both_ways() -> None:
    area = np.geomspace(1e-3, 1e4, 30)
    assert areas_of_masses_m2(masses_of_areas_kg(area)) == pytest.approx(area)
    # Medians of the few satellites and stages of which CARA has a radius and a mass by radar.
    assert areas_of_masses_m2(np.array(152.9)) / 152.9 == pytest.approx(0.0138, rel=0.05)
    assert areas_of_masses_m2(np.array(907.0)) / 907.0 == pytest.approx(0.0106, rel=0.1)


def test_the_best_of_several_tables_is_kept() -> None:
    one = known(
        {"catalogue_number": 5, "mass_kg": 10.0, "mass_provenance": OF.MEASURED, "rcs_m2": 1.0},
        {"catalogue_number": 2, "area_m2": 3.0, "size_provenance": OF.CATALOGUE},
    )
    two = known(
        {"catalogue_number": 2, "radius_m": 9.0, "size_provenance": OF.RADAR},
        {"catalogue_number": 5, "mass_kg": 11.0, "mass_provenance": OF.CATALOGUE, "rcs_m2": 2.0},
        {"catalogue_number": 5, "mass_kg": 12.0, "mass_provenance": OF.MEASURED, "active": 1},
    )
    whole = merged([one, two])
    assert whole.catalogue_number.tolist() == [2, 5]
    assert (whole.area_m2[0], whole.size_provenance[0]) == (3.0, OF.CATALOGUE)
    assert math.isnan(whole.radius_m[0])
    assert (whole.mass_kg[1], whole.rcs_m2[1], whole.active[1]) == (12.0, 1.0, 1)
    assert merged([two, one]).mass_kg[1] == 10.0
    assert len(merged([])) == 0


def test_a_table_is_checked() -> None:
    table = nothing_of(np.array([1, 2]))
    with pytest.raises(ValueError, match=r"rcs_m2 has shape \(1,\), but 2 objects need \(2,\)"):
        replace(table, rcs_m2=np.zeros(1))
    for bad in (0.0, -1.0, math.inf):
        with pytest.raises(ValueError, match="each mass_kg is above 0 and finite"):
            replace(table, mass_kg=np.array([1.0, bad]))


def test_masses_add_up_by_region_and_provenance() -> None:
    sky = objects(
        catalogue_of({"number": 1, "type": PAYLOAD}, {"number": 2, "type": PAYLOAD,
                     "mean_motion": 0.02, "eccentricity": 0.5},
                     {"number": 3, "type": PAYLOAD} | GEO),
        known({"catalogue_number": 1, "mass_kg": 4e6, "mass_provenance": OF.MEASURED},
              {"catalogue_number": 2, "mass_kg": 3e6, "mass_provenance": OF.CATALOGUE},
              {"catalogue_number": 3, "mass_kg": 5e6, "mass_provenance": OF.RADAR}),
    )  # fmt: skip
    sky = replace(sky, weight=np.array([1.5, 1.0, 1.0]))
    low, touching, whole = (weigh(sky, gate) for gate in ESA_END_OF_2024)
    assert [one.gate for one in (low, touching, whole)] == [
        ESA_LEO, ESA_TOUCHING_LEO, ESA_EVERYWHERE
    ]  # fmt: skip
    assert (low.tonnes, touching.tonnes, whole.tonnes) == (6000.0, 9000.0, 14_000.0)
    assert low.ratio == pytest.approx(6000.0 / 6661.3)
    assert low.share == {OF.MEASURED: 1.0}
    assert touching.share == pytest.approx({OF.MEASURED: 2.0 / 3.0, OF.CATALOGUE: 1.0 / 3.0})
    assert low.verdict is touching.verdict is whole.verdict is Verdict.WITHIN
    assert weigh(sky, ESA_LEO, 0.05).verdict is Verdict.TOO_LIGHT
    assert weigh(sky, ESA_TOUCHING_LEO, 0.05).verdict is Verdict.TOO_HEAVY
    with pytest.raises(ValueError, match="a tolerance is a fraction"):
        weigh(sky, ESA_LEO, 15.0)


def test_nothing_weighs_nothing() -> None:
    empty = objects(population(10, 1).take(np.zeros(0, np.int64)))
    assert len(empty) == 0
    assert weigh(empty, ESA_LEO).verdict is Verdict.TOO_LIGHT
    assert weigh(empty, ESA_LEO).share == {}


def test_the_synthetic_sky_has_masses_of_its_kinds() -> None:
    assert len(SYNTHETIC_SHELLS) == SYNTHETIC_FLEETS
    sky = population(10_000, 7)
    there = objects(sky)
    assert np.isfinite(there.mass_kg).all()
    assert (there.mass_kg > 0.0).all()
    medians = [np.median(there.mass_kg[there.kind == one]) for one in (PAYLOAD, STAGE, DEBRIS)]
    assert medians[2] < 0.01 * min(medians[:2])
    assert there.active.sum() == (sky.operator != "").sum()
    # Of its low payloads half are large, which the real ones are not: it is too heavy by a third.
    mass = weigh(there, ESA_LEO).tonnes * 26_834 / 10_000
    assert 0.9 < mass / ESA_LEO.tonnes < 1.4


def test_density_falls_with_size() -> None:
    # d = 1 m: 2.8 * 100^-0.74 g/cm3 = 92.7 kg/m3.
    assert masses_of_areas_kg(np.array([np.pi / 4.0]))[0] == pytest.approx(
        92.7 * np.pi / 6.0, rel=2e-3
    )

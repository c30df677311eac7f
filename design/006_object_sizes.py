"""
What objects weigh and measure: the constants of commonsky.environment.usual and .sizes.

Run from the repository root: python design/006_object_sizes.py [folder of real data]
It prints the quantiles to paste, and how well cross-sections and the law of density do.

Real: CelesTrak's catalogue of November 2024, the UCS Satellite Database of May 2023, NASA CARA's
list of June 2026, radar cross-sections of January 2025.  Masses of the series that most low
satellites from before 2013 are of were read in GCAT (edition of 2026-09-28, planet4589.org,
CC-BY) by name and orbit; the rest of those are guesses, marked so.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pandas as pd

from commonsky.catalogue.catalogue import ObjectType
from commonsky.catalogue.identity import object_types
from commonsky.environment.breakup import area_m2
from commonsky.environment.designs import STAGES, design_of_stage
from commonsky.environment.mass import areas_of_masses_m2
from commonsky.environment.usual import CHANCES

SHARED = Path(__file__).parents[1].parent / "shared" / "data"
FLEETS = "STARLINK|ONEWEB|IRIDIUM|GLOBALSTAR|FLOCK|LEMUR|ORBCOMM"
SOVIET = ("COSMOS", "GONETS", "RADIO", "STRELA", "RODNIK")
CLASSES_M2 = {"small": (0.0, 0.1), "medium": (0.1, 1.0), "large": (1.0, np.inf)}
# Mass in kg by inclination and height of the series of SOVIET names; GCAT.
SERIES = (
    (60.0, (73, 75), (1300, 1600)), (225.0, (82, 83), (1300, 1600)),
    (800.0, (82.5, 83.5), (900, 1100)), (800.0, (73, 75), (700, 1000)),
    (1154.0, (64, 66), (800, 1100)), (3250.0, (70, 72), (800, 900)),
)  # fmt: skip
GUESSED = {"METEOR": 1500.0, "SOVIET above 80 degrees": 1750.0, "others": 225.0}


def objects(folder: Path) -> pd.DataFrame:
    """Every object of the catalogue with what the tables say of it."""
    sky = pd.read_csv(folder / "catalogues" / "celestrak_on_orbit_20241101.omm.csv.xz")
    axis = (398600.8 / (sky.MEAN_MOTION * 2 * np.pi / 86400) ** 2) ** (1 / 3)
    sky["perigee"] = axis * (1 - sky.ECCENTRICITY) - 6378.137
    sky["apogee"] = axis * (1 + sky.ECCENTRICITY) - 6378.137
    sky["year"] = pd.to_numeric(sky.OBJECT_ID.astype(str).str[:4], errors="coerce")
    sky["kind"] = object_types(sky.OBJECT_NAME.to_numpy().astype(str))
    ucs = pd.read_csv(folder / "objects" / "ucs_20230501.csv.xz", encoding="utf-8-sig")
    launch, dry, number = (
        pd.to_numeric(ucs[name].astype(str).str.replace("[ ,]", "", regex=True), errors="coerce")
        for name in ("Launch Mass (kg.)", " Dry Mass (kg.) ", "NORAD Number")
    )
    masses = pd.DataFrame({"ucs": (launch + dry.fillna(launch)) / 2, "number": number})
    masses = masses.dropna().drop_duplicates("number", keep="last").set_index("number")
    cara = pd.read_csv(folder / "objects" / "cara_hbr_mass_20260601.csv.xz").set_index("ObjectID")
    seen = pd.read_parquet(
        folder / "objects" / "mizuba_full_catalog_20250112_names_rcs.parquet"
    ).drop_duplicates("norad_id")
    for table in (
        masses,
        cara[["HBR", "Mass", "MassSource"]],
        seen.set_index("norad_id")[["rcs"]],
    ):
        sky = sky.join(table, on="NORAD_CAT_ID")
    return sky


def of_series(sky: pd.DataFrame) -> pd.Series:
    """Masses of old low satellites by their series."""
    name, height = sky.OBJECT_NAME, (sky.perigee + sky.apogee) / 2
    soviet = name.str.startswith(SOVIET)
    mass = pd.Series(GUESSED["others"], index=sky.index)
    mass[soviet & (sky.INCLINATION > 80)] = GUESSED["SOVIET above 80 degrees"]
    mass[name.str.contains("METEOR")] = GUESSED["METEOR"]
    for kg, (low, high), (bottom, top) in SERIES:
        mass[soviet & sky.INCLINATION.between(low, high) & height.between(bottom, top)] = kg
    return mass


def told(label: str, values: pd.Series) -> None:
    """Print how many, their mean and their quantiles."""
    some = values.dropna()
    quantiles = " ".join(f"{value:9.3g}" for value in some.quantile(list(CHANCES)))
    print(f"{label:<34}{len(some):6} mean {some.mean():8.3g}  {quantiles}")


def satellites(sky: pd.DataFrame) -> None:
    """Masses of satellites, and cross sections of spheres of them per radar cross-section."""
    alone = sky[(sky.kind == ObjectType.PAYLOAD) & ~sky.OBJECT_NAME.str.match(FLEETS)]
    low, old = alone.apogee < 2000, alone.year < 2013
    told("low, from 2013 on, kg", alone[low & ~old].ucs)
    told("low, before 2013, active, kg", alone[low & old].ucs)
    unlisted = alone[low & old & alone.ucs.isna()]
    told("low, before 2013, in no list, kg", of_series(unlisted))
    told("above low orbits, kg", alone[~low & (alone.perigee < 30_000)].ucs)
    told("belt, kg", alone[alone.perigee > 30_000].ucs)
    known = of_series(unlisted)
    mass = alone[low].ucs.fillna(known[known != GUESSED["others"]])
    for name, (least, most) in CLASSES_M2.items():
        told(f"low, {name}, kg", mass[alone[low].rcs.between(least, most, inclusive="right")])
    both = mass.notna() & alone[low].rcs.notna()
    sphere = areas_of_masses_m2(mass[both].to_numpy())
    told("sphere over cross-section", pd.Series(sphere) / alone[low].rcs[both].to_numpy())


def stages(sky: pd.DataFrame) -> None:
    """Masses of stages as often as they are there, and how the law of density does for them."""
    there = sky[sky.kind == ObjectType.ROCKET_BODY]
    mass = there.OBJECT_NAME.map(lambda name: design_of_stage(name).mass_kg)
    told("low stages, kg", mass[there.apogee < 2000])
    told("other stages, kg", mass[there.apogee >= 2000])
    told("stages below 1 m2, kg", mass[there.rcs < 1.0])
    # One of each design, not of each name that it goes by.
    designs = list(dict.fromkeys(STAGES.values()))
    area = pd.Series([one.area_m2 for one in designs])
    told("sphere over cylinder", areas_of_masses_m2(np.array([d.mass_kg for d in designs])) / area)
    median = there.groupby("OBJECT_NAME").rcs.median()
    ratio = {name: design_of_stage(name).area_m2 / rcs for name, rcs in median.items()}
    told("cylinder over cross-section", pd.Series(ratio))


def fragments(sky: pd.DataFrame) -> None:
    """Lengths of debris by class and by cross-section, and its area-to-mass ratios."""
    seen = sky[(sky.kind == ObjectType.DEBRIS) & (sky.MassSource == "SFK RCS Estimate")]
    length = 2 * seen.HBR
    for name, (least, most) in CLASSES_M2.items():
        told(f"debris, {name}, m", length[seen.rcs.between(least, most, inclusive="right")])
    told("debris, m2/kg", pd.Series(area_m2(length.to_numpy()), seen.index) / seen.Mass)
    some = (seen.rcs > 0.02) & length.notna()
    x, y = np.log10(seen.rcs[some]), np.log10(length[some])
    power, factor = np.polyfit(x, y, 1)
    spread = (y - power * x - factor).std()
    print(f"length {10**factor:.3g} m * m2^{power:.3g}, within {10**spread:.3g}, of {some.sum()}")


def main() -> None:
    """Print it all."""
    sky = objects(Path(sys.argv[1]) if len(sys.argv) > 1 else SHARED)
    print(f"{'':<34}{'':6}      {'':8}  " + " ".join(f"{chance:9.0%}" for chance in CHANCES))
    satellites(sky)
    stages(sky)
    fragments(sky)


if __name__ == "__main__":
    main()

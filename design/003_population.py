"""
How much the synthetic sky looks like the real one, in numbers and as docs/population.svg.

Run from the repository root: python design/003_population.py [folder of real data]
Real: CelesTrak's GP data of everything in orbit, 2024-11-01 (CelesTrak, Dr T.S. Kelso).
"""

from __future__ import annotations

import csv
import lzma
import sys
from pathlib import Path

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np

from commonsky.astro.arrays import Floats
from commonsky.astro.elements import MU_WGS72_KM3_S2, RADIUS_WGS72_KM
from commonsky.catalogue.catalogue import Catalogue, ObjectType
from commonsky.catalogue.identity import object_types
from commonsky.catalogue.population import population

SHARED = Path(__file__).parents[1].parent / "shared" / "data"
REAL = Path("catalogues") / "celestrak_on_orbit_20241101.omm.csv.xz"
FIGURE = Path("docs/population.svg")
COLOURS = {"payloads": "#2a6fbb", "rocket bodies": "#c98a1b", "debris": "#7a7a7a"}
KINDS = {
    "payloads": ObjectType.PAYLOAD,
    "rocket bodies": ObjectType.ROCKET_BODY,
    "debris": ObjectType.DEBRIS,
}
HIGH_KM = [10_000.0, 30_000.0, 35_500.0, 36_200.0, 1e6]
HEIGHTS_KM = np.concatenate([np.arange(200.0, 2001.0, 50.0), HIGH_KM])
INCLINATIONS_DEG = np.arange(0.0, 182.0, 2.0)
LOG_ECCENTRICITIES = np.linspace(-5.0, 0.0, 51)
LEO_HEIGHTS_KM = np.arange(200.0, 2001.0, 25.0)
MEASURES = {
    "mean height": (0, HEIGHTS_KM),
    "inclination": (1, INCLINATIONS_DEG),
    "log10 eccentricity": (2, LOG_ECCENTRICITIES),
}


def columns(axis_km: Floats, inclination_deg: Floats, eccentricity: Floats) -> Floats:
    """(3, n) mean height, inclination and logarithm of the eccentricity."""
    logarithm = np.log10(np.maximum(eccentricity, 1e-5))
    return np.stack([axis_km - RADIUS_WGS72_KM, inclination_deg, logarithm])


def real_sky(folder: Path) -> tuple[Floats, np.ndarray]:
    """Orbits and types of the real catalogue."""
    with lzma.open(folder / REAL, "rt") as file:
        rows = list(csv.DictReader(file))
    motion = np.array([float(row["MEAN_MOTION"]) for row in rows]) * 2.0 * np.pi / 86400.0
    axis = (MU_WGS72_KM3_S2 / motion**2) ** (1.0 / 3.0)
    orbit = columns(
        axis,
        np.array([float(row["INCLINATION"]) for row in rows]),
        np.array([float(row["ECCENTRICITY"]) for row in rows]),
    )
    return orbit, object_types(np.array([row["OBJECT_NAME"] for row in rows]))


def synthetic_sky(sky: Catalogue) -> tuple[Floats, np.ndarray]:
    """Orbits and types of a population."""
    elements = sky.elements
    orbit = columns(
        elements.semi_major_axis_km, np.degrees(elements.inclination_rad), elements.eccentricity
    )
    return orbit, sky.object_type


def apart(one: Floats, two: Floats, edges: Floats) -> float:
    """Total variation distance of two samples over bins: 0 the same, 1 nothing in common."""
    first, second = (np.histogram(np.clip(x, edges[0], edges[-1]), edges)[0] for x in (one, two))
    return float(0.5 * np.abs(first / len(one) - second / len(two)).sum())


def draw(real: tuple[Floats, np.ndarray], made: tuple[Floats, np.ndarray]) -> None:
    """Draw both skies, the synthetic one above and the real one mirrored below."""
    mpl.rcParams |= {"svg.fonttype": "none", "svg.hashsalt": "population", "font.size": 9}
    figure, panels = plt.subplots(3, 1, figsize=(8.0, 9.0), layout="constrained")
    shown = [
        ("mean height, km", 0, LEO_HEIGHTS_KM),
        ("inclination, degrees", 1, INCLINATIONS_DEG[:61]),
    ]
    shown.append(("logarithm of the eccentricity", 2, LOG_ECCENTRICITIES))
    for panel, (label, column, edges) in zip(panels, shown, strict=True):
        for sign, (orbit, types) in ((1, made), (-1, real)):
            base = np.zeros(len(edges) - 1)
            for name, kind in KINDS.items():
                counts = np.histogram(orbit[column, types == kind], edges)[0]
                share = sign * 30_000.0 * counts / len(types)
                panel.stairs(
                    base + share, edges, baseline=base, fill=True, color=COLOURS[name],
                    label=name if sign > 0 else None,
                )  # fmt: skip
                base = base + share
        panel.axhline(0.0, color="black", linewidth=0.8)
        panel.set_xlabel(label)
        panel.set_xlim(edges[0], edges[-1])
        panel.set_ylabel("objects of 30 000")
        highest = np.abs(panel.get_ylim()).max()
        panel.set_ylim(-highest, highest)
        panel.yaxis.set_major_formatter(lambda value, _: f"{abs(value):,.0f}")
        panel.text(0.01, 0.95, "synthetic", transform=panel.transAxes, va="top")
        panel.text(0.01, 0.05, "real (CelesTrak, 2024-11-01)", transform=panel.transAxes)
        panel.spines[["top", "right"]].set_visible(False)
    panels[0].legend(frameon=False, loc="upper right")
    figure.savefig(FIGURE, metadata={"Date": None})


def main() -> None:
    """Print the distances and draw the figure."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else SHARED
    real, made = real_sky(folder), synthetic_sky(population())
    print(f"{'':<16}{'share real':>12}{'made':>8}" + "".join(f"{name:>20}" for name in MEASURES))
    for name, kind in KINDS.items():
        a, b = real[1] == kind, made[1] == kind
        line = "".join(
            f"{apart(real[0][k, a], made[0][k, b], edges):>20.3f}"
            for k, edges in MEASURES.values()
        )
        print(f"{name:<16}{a.mean():>12.3f}{b.mean():>8.3f}{line}")
    line = "".join(f"{apart(real[0][k], made[0][k], e):>20.3f}" for k, e in MEASURES.values())
    print(f"{'all':<16}{'':>20}{line}")
    draw(real, made)


if __name__ == "__main__":
    main()

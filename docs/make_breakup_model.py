"""
The page on the breakup model and its figure: `python docs/make_breakup_model.py`.

Draws are ours, from seeds that are stated; what stands beside them was published, or measured on
other programs in November 2026.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from commonsky.astro.arrays import Floats
from commonsky.environment.area_to_mass import Mixture, drawn, payload, rocket_body
from commonsky.environment.breakup import Parent, area_m2, collision
from commonsky.environment.cloud import EARTH_RADIUS_KM, MU_KM3_S2, cloud

ROOT = Path(__file__).parent
PAGE, PICTURE = ROOT / "breakup-model.md", ROOT / "breakup-model" / "area-to-mass.png"
DRAWS, SEED = 400_000, 5
INK, MIXTURE, SUM = "#222222", "#0072b2", "#d55e00"

INTRODUCTION = f"""# The breakup model, and where programs differ
Made by `python docs/make_breakup_model.py`: {DRAWS:,} draws, seed {SEED}.

Break-ups are drawn by the NASA standard model (Johnson, Krisko, Liou, Anz-Meador, 2001, Adv. Space Res. 28(9), 1377-1384). Programs
that say they have it differ in one place that decides masses, lifetimes and what follows.

## A mixture, not a sum
For fragments longer than 11 cm the model gives the logarithm of area-to-mass as a **mixture** of two normal populations: a fragment is of the one or of the other. Six of
seven open programs that were read in November 2026 draw from both and add the draws up by weight. That is another distribution: a single
hill, and far too narrow. Dense fragments, which stay longest and break up what they hit, all but vanish from it.

![Area-to-mass of fragments](breakup-model/area-to-mass.png)

| program, version read | where it draws | what it draws |
|---|---|---|
| esa/NASA-breakup-model-cpp, ddd9657 | `Breakup.cpp`, `calculateAreaMassRatio` | weighted sum; its own output has a spread of 0.309 dex |
| ARCLab-MIT/MOCAT-MC | `supporting_functions/func_Am.m` | weighted sum |
| MOCAT-SSEM | `Collisions/func_Am.m` | weighted sum |
| pyssem | `utils/collisions/NASA_SBM_Evolve.py` | weighted sum |
| PyMOCAT-MC | `supporting_functions/func_Am.py` | weighted sum |
| kerrywood/NASA_evolve | `EVOLVE.py` | weighted sum, and even draws where normal ones are meant |
| kesspy 0.2.0 | compiled | mixture; its output has a spread of 0.569 dex |
| commonsky | `environment/area_to_mass.py` | mixture |
"""

CLOSING = """
## What else the paper leaves open
- **Collisions that are not catastrophic**: the mass involved is m v² with v in km/s. The paper prints m v; later literature corrects it.
- **Mass**: the paper does not say how it is kept. Here what drawn fragments do not hold is in a few remnants, and what is shorter than asked for is told as mass.
  What is hit by something far lighter stays one body.
- **Speeds**: the model's tail reaches beyond 1.8 km/s, which catalogues do not show. Draws above 1.3 times the speed of the collision are drawn again, and counted aloud.
- **Counts**: those of real break-ups were 0.95 to 4.3 times the model's. Every number that grows with them is told with a factor of four;
  `commonsky breakup --catalogued` fits mass and scale to the first catalogued fragments, and knows a third branch, of low intensity, which is ours.

## A break-up that happened: Cosmos 1408
Made by `python design/006_cosmos_1408.py`: pieces of 10 cm and more by the model, with the Sun as it was, beside those that were tracked.

![Cosmos 1408](breakup-model/cosmos-1408.png)

Real counts lie within the factor of four on all eleven dates, and within a factor of two until January 2023. The model keeps
pieces too long, 1.4 to 1.8 times as many after a year, since it throws too many of them too high: nine in ten apogees were below 667 km in truth, and are below 1,376 km in the
model.
"""


class Kind(NamedTuple):
    """What breaks up, its populations, and what was measured of correct draws elsewhere."""

    name: str
    populations: Callable[[Floats], Mixture]
    is_rocket_body: bool
    spread: tuple[float, float]  # of the mixture and of the sum
    dense: tuple[float, float]
    light: tuple[float, float]


KINDS = (
    Kind("payload", payload, False, (0.483, 0.286), (0.1045, 0.0064), (0.0279, 0.0082)),
    Kind("rocket body", rocket_body, True, (0.529, 0.430), (0.0104, 0.0040), (0.2927, 0.2625)),
)
# Parent, mass, catalogued over the model, both in pieces of 10 cm and more.
COUNTED = (
    ("Fengyun-1C", 880.0, 828, 3549), ("Iridium 33", 560.0, 590, 659),
    ("Cosmos 2251", 900.0, 842, 1716), ("Cosmos 1408", 1750.0, 1387, 1562),
    ("Cosmos 1408", 2200.0, 1647, 1562),
)  # fmt: skip
SHARES = (
    ("payload", 880.0, False, 0.83, 0.44), ("payload", 1456.0, False, 0.72, 0.39),
    ("payload", 5000.0, False, 0.53, 0.28), ("rocket body", 1456.0, True, 0.23, 0.18),
)  # fmt: skip


def lengths_m(n: int, rng: np.random.Generator, shortest_m: float = 0.11) -> Floats:
    """(n,) lengths up to 1 m by the power law of collisions."""
    u = rng.random(n)
    inverse = shortest_m**-1.71 * (1.0 - u) + u
    return np.asarray(inverse ** (-1.0 / 1.71), np.float64)


def summed(kind: Kind, length_m: Floats, rng: np.random.Generator) -> Floats:
    """(n,) log10 of area-to-mass by the mistake: both draws, added up by weight."""
    told = kind.populations(np.log10(length_m))
    one = told.mean1 + told.sigma1 * rng.standard_normal(len(length_m))
    other = told.mean2 + told.sigma2 * rng.standard_normal(len(length_m))
    return np.asarray(told.share * one + (1.0 - told.share) * other, np.float64)


def both(kind: Kind) -> tuple[Floats, Floats]:
    """Return draws of the mixture and of the sum."""
    rng = np.random.default_rng(SEED)
    length = lengths_m(DRAWS, rng)
    mixture = np.log10(drawn(length, rng, is_rocket_body=kind.is_rocket_body))
    return mixture, summed(kind, length, rng)


def distributions() -> Iterator[str]:
    yield "\n## Figures of both\nFragments of 11 cm to 1 m. In each cell ours, then as measured by another program of the same formula."
    yield ""
    yield "| of | draws | spread, dex | denser than 0.02 m²/kg | lighter than 0.5 m²/kg |"
    yield "|---|---|---|---|---|"
    for kind in KINDS:
        for place, (name, x) in enumerate(zip(("mixture", "sum"), both(kind), strict=True)):
            yield (
                f"| {kind.name} | {name} | {x.std():.3f} / {kind.spread[place]:.3f} "
                f"| {(x < np.log10(0.02)).mean():.1%} / {kind.dense[place]:.1%} "
                f"| {(x > np.log10(0.5)).mean():.1%} / {kind.light[place]:.1%} |"
            )


def masses() -> Iterator[str]:
    yield "\n## What that does to masses\nShare of the mass that is in fragments of 10 cm to 1 m, of a catastrophic collision; before any is left out to keep the mass."
    yield ""
    yield "| of | mass, kg | mixture: ours / measured elsewhere | sum: ours / measured elsewhere |"
    yield "|---|---|---|---|"
    for name, mass_kg, is_rocket_body, mixture, total in SHARES:
        rng = np.random.default_rng(SEED)
        kind = KINDS[1 if is_rocket_body else 0]
        number = 0.1 * mass_kg**0.75 * (0.1**-1.71 - 1.0)
        length = lengths_m(DRAWS, rng, 0.1)
        ratio = drawn(length, rng, is_rocket_body=is_rocket_body)
        wrong = ratio.copy()
        large = length > 0.11
        wrong[large] = 10.0 ** summed(kind, length[large], rng)
        share, mistaken = (
            number * float((area_m2(length) / one).mean()) / mass_kg for one in (ratio, wrong)
        )
        yield (
            f"| {name} | {mass_kg:,.0f} | {share:.0%} / {mixture:.0%} "
            f"| {mistaken:.0%} / {total:.0%} |"
        )


def counts() -> Iterator[str]:
    yield "\n## Counts of break-ups that happened\nPieces of 10 cm and more of one parent, by the power law and as catalogued at most."
    yield ""
    yield "| parent | mass, kg | power law: ours / published | catalogued | over the model |"
    yield "|---|---|---|---|---|"
    for name, mass_kg, published, catalogued in COUNTED:
        told = 0.1 * mass_kg**0.75 * 0.1**-1.71
        yield (
            f"| {name} | {mass_kg:,.0f} | {told:,.0f} / {published:,} | {catalogued:,} "
            f"| {catalogued / told:.2f} |"
        )


def speeds() -> Iterator[str]:
    yield "\n## Speeds and first orbits\nTwenty draws of Cosmos 1408 (1,750 kg, hit by 500 kg at 9.4 km/s, at 480 km); beside them what was measured of the model without a cap."
    yield ""
    yield "| | ours | measured elsewhere |"
    yield "|---|---|---|"
    clouds = [
        collision(Parent(1750.0), 500.0, 9.4, 0.1, np.random.default_rng(seed))
        for seed in range(20)
    ]
    speed = np.concatenate([one.speed_m_s for one in clouds])
    parts = [f"{value:,.0f}" for value in np.percentile(speed, [10, 50, 90, 99])]
    yield f"| delta-v at 10, 50, 90, 99 %, m/s | {', '.join(parts)} | 18, 114, 539, 1,844 |"
    radius = EARTH_RADIUS_KM + 480.0
    place, moving = np.array([radius, 0.0, 0.0]), np.array([0.0, np.sqrt(MU_KM3_S2 / radius), 0.0])
    orbits = [cloud(place, moving, one) for one in clouds]
    down = np.concatenate([one.perigee_km < 150.0 for one in orbits]).mean()
    apogee = np.concatenate([one.apogee_km for one in orbits])
    high = np.percentile(apogee[np.isfinite(apogee)], [10, 50, 90])
    yield f"| perigee below 150 km at once | {down:.0%} | 18% |"
    yield f"| apogee at 10, 50, 90 %, km | {', '.join(f'{h:,.0f}' for h in high)} | 481, 545, 1,156 |"


def draw() -> None:
    """Draw both distributions of both kinds."""
    figure = Figure(figsize=(8.6, 3.6), layout="constrained", dpi=110)
    FigureCanvasAgg(figure)
    for axes, kind in zip(figure.subplots(1, 2, sharey=True), KINDS, strict=True):
        _histograms(axes, kind)
    figure.supylabel("fragments per dex", fontsize=9, color=INK)
    PICTURE.parent.mkdir(exist_ok=True)
    figure.savefig(PICTURE)


def _histograms(axes: Axes, kind: Kind) -> None:
    edges = np.linspace(-3.0, 0.8, 115)
    mixture, total = both(kind)
    for x, colour, label in ((mixture, MIXTURE, "mixture"), (total, SUM, "weighted sum")):
        density, _ = np.histogram(x, edges, density=True)
        axes.stairs(
            density, edges, color=colour, linewidth=1.7, label=f"{label}: {x.std():.2f} dex"
        )
    axes.axvspan(-3.0, np.log10(0.02), color="#eeeeee", zorder=0)
    axes.set_xlim(-3.0, 0.8)
    axes.set_xticks([-3, -2, -1, 0], ["0.001", "0.01", "0.1", "1"])
    axes.text(-2.95, 0.06, "dense", fontsize=8, color="#666666")
    axes.set_title(f"fragments of a {kind.name}, 11 cm to 1 m", loc="left", fontsize=10, color=INK)
    axes.set_xlabel("area-to-mass, m²/kg", fontsize=9, color=INK)
    axes.tick_params(labelsize=8)
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False, fontsize=8, loc="upper left")


def main() -> None:
    """Write the page and its figure."""
    draw()
    parts = (distributions, masses, counts, speeds)
    lines = [line for part in parts for line in part()]
    PAGE.write_text(INTRODUCTION + "\n".join(lines) + "\n" + CLOSING)


if __name__ == "__main__":
    main()

"""
The long-term model beside history and beside published ones.

`python -m bench.environment_validation --write` makes docs/environment-validation.md and its
picture.  Needs the real data and the reference values beside the repository.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np

from bench import crowding, hindcast, published
from bench.followed import Followed
from bench.hindcast_figure import FIGURE, draw
from bench.past_events import GREAT, catalogued_pieces, explosions_of_the_nineties, known_lacks
from bench.past_sky import DATA, snapshots
from commonsky import __version__

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "environment-validation.md"
FOUND = Path(__file__).with_name("environment_findings.md")
REFERENCE = DATA.parent / "reference" / "reference.json"
LEGEND = "LEGEND no-future-launch (Liou & Johnson, ASR 41 (2008) 1046)"
IADC = "IADC-12-08 (2013)"
START = (
    "Starts of past years are built from counts of that year's catalogue by 20 km of mean height "
    "and type (Bill Gray's collection of Space-Track sets); inclination, eccentricity, mass and "
    "area of each object are those of one of the same type and nearest heights that was "
    "catalogued by then and is in the catalogue of 2019-12-12, drawn by the seed. Masses and "
    "sizes: NASA CARA's list of June 2026, UCS's of May 2023, and commonsky's own where both are "
    "silent."
)
COLUMNS = (
    "A and B launch again what of 1992 to 1999 is in their start, let collisions happen, and have "
    "a mean of the cycles of the Sun that were over before 2000 (A) or the observed flux (B). "
    "Nobody disposes of anything, as nobody did. Explosions in all columns are those of the "
    "nineties: {per_year:.1f} a year of {pieces:.0f} pieces, counted from the catalogue's numbers "
    "(launches of which four pieces or more were catalogued over half a year later), spread "
    "evenly over all passive satellites and stages. C and D take launches, with pieces that came "
    "along, from the catalogues of December 2019, August 2024 and September 2025, put as much "
    "higher as drag has sunk them since; their collisions are {names}, drawn by the "
    "breakup model, and no others. In D those leave {catalogued} pieces, as many as were ever "
    "catalogued."
)
DRAG = (
    "What was there on a day, under the observed Sun, without launches or break-ups, beside what "
    "was left of it: objects with numbers of the catalogue's first years only. Left / ours, mean "
    "of ten seeds. Satellites that were moved are among those left."
)
ON_LEGEND = (
    "Liou and Johnson (2008), Adv. Space Res. 41, 1046, 150 runs. Ours: counts of November 2006, "
    "debris multiplied to as many objects as theirs, or as catalogued; nobody avoids, no "
    "explosions, the mean of cycles 20 to 22. Means and standard errors, seeds from 1 on. What is "
    "told are rates without chance; what happened was drawn with them."
)
ON_IADC_2013 = (
    "Six models of as many agencies (2013). Ours: counts of May 2009, launches of the eight years "
    "before again and again, 90 % disposed of within 25 years after eight, no explosions, no "
    "avoidance, the mean of cycles 20 to 22. The second column has debris multiplied as LEGEND's "
    "start of 2006 asks for. Seeds from 1 on."
)
ON_IADC_2026 = (
    "Theirs: several models, issue 4 (2026), and the issue before. Ours: the catalogue of "
    "2024-08-08; what was launched in eight years again and again, constellations too; 90 % "
    f"disposed of, active ones avoid; {published.EXPLOSIONS_PER_YEAR:g} explosions a year, "
    "without launches for 18 years; a Sun of its own for each run. Seeds from 1 on."
)
ON_2020 = (
    "Theirs: the population of MOCAT for January 2020 with sizes of fragments corrected, by cubes "
    "of 50 km and a gas of 25-km shells. Ours: the catalogue of 2019-12-12."
)
ON_CUBES = (
    "Two ways to the same rate, of all that is not steered in the same catalogue, seed 1; "
    "constellations are left out so."
)
ON_DENSITY = "Tracked objects in a shell of 25 km that holds the height; edges need not be theirs."
ON_LIFETIMES = (
    "Years on circular orbits. Theirs: density by JB2008, a round Earth, air that stands still; "
    f"to be read as ±50 %. Ours: an inclination of {crowding.INCLINATION_DEG:g}°, the oblate "
    "Earth, air that turns; the observed Sun, then mean cycles."
)


def hindcast_section() -> Iterator[str]:
    """Yield the hindcast, its table and its picture."""
    known = explosions_of_the_nineties()
    told = hindcast.runs(hindcast.Settings(known))
    draw(told)
    yield f"Means and standard deviations of {len(hindcast.SEEDS)} runs, seeds 1 to 10. {START}"
    yield ""
    yield "What each column knows:"
    yield ""
    for column, knows in hindcast.COLUMNS.items():
        yield f"- **{column}**: {knows}."
    yield ""
    catalogued = catalogued_pieces()
    yield COLUMNS.format(
        per_year=known.per_year, pieces=known.pieces,
        names=", ".join(f"{one.name} ({int(one.year)})" for one in GREAT),
        catalogued=", ".join(f"{catalogued[one.launch]:,}" for one in GREAT),
    )  # fmt: skip
    yield ""
    yield f"![Observed and modelled counts by height]({FIGURE.relative_to(PAGE.parent)})"
    yield ""
    yield from hindcast.table(told)
    yield ""
    dates = ", ".join(f"{snapshots()[day].year:.2f}" for day in hindcast.DAYS.values())
    yield f"Counts are of mean heights below 2000 km on the days next to each New Year: {dates}."
    yield ""
    yield from known_lacks(hindcast.DAYS)
    yield _collisions(told)


def _collisions(told: dict[str, list[Followed]]) -> str:
    sums = [
        f"{np.mean([one.run.catastrophic[:25].sum() for one in told[column]]):.1f} ({column})"
        for column in told
    ]
    return (
        f"- Catastrophic collisions expected from 2000 to 2024: {', '.join(sums)}; one happened. "
        "In C and D active satellites avoid what is catalogued, in A and B only one another."
    )


def sections() -> Iterator[tuple[str, Iterable[str]]]:
    """Yield headings and the lines below them."""
    reference = json.loads(REFERENCE.read_text())
    future = reference["longterm"]
    yield "Hindcast, 2000 to 2025", hindcast_section()
    yield "Drag alone", below(DRAG, hindcast.survivors())
    yield "No launches after 2005: LEGEND", below(ON_LEGEND, published.legend(future[LEGEND]))
    start = float(future[LEGEND]["pop_2006_gt10cm_LEO"])
    yield (
        "Ninety per cent disposal from 2009: IADC-12-08",
        below(ON_IADC_2013, published.iadc_2013(future[IADC], start)),
    )
    yield "Launches or none from 2024: IADC-23-01", below(ON_IADC_2026, published.iadc_2026())
    rates = reference["cube_and_rates_2020_LEO"]
    yield "How often objects collided in 2020", below(ON_2020, crowding.collision_rates(rates))
    yield "Gas and cubes", below(ON_CUBES, crowding.cubes())
    dense = reference["spatial_density_2020_per_km3"]
    yield "How dense it was in 2020", below(ON_DENSITY, crowding.densities(dense))
    lasting = reference["orbital_lifetime_years_circular"]
    yield "How long orbits last", below(ON_LIFETIMES, crowding.lifetimes(lasting))


def below(text: str, lines: Iterable[str]) -> Iterator[str]:
    """Yield a text, and a table below it."""
    yield text
    yield ""
    yield from lines


def page() -> str:
    """Return docs/environment-validation.md; the picture is written on the way."""
    lines = [
        "# Validation of the long-term model",
        "",
        f"Made by `python -m bench.environment_validation --write` with commonsky {__version__}.",
        "",
        FOUND.read_text().rstrip(),
        "",
    ]
    for heading, body in sections():
        sys.stderr.write(f"{heading}\n")
        lines += [f"## {heading}", *body, ""]
    return "\n".join(lines)


def main() -> None:
    """Print the page, or write it."""
    parser = argparse.ArgumentParser(
        prog="python -m bench.environment_validation", description=__doc__
    )
    parser.add_argument("--write", action="store_true")
    asked = parser.parse_args()
    text = page()
    if asked.write:
        PAGE.write_text(text)
    else:
        print(text)


if __name__ == "__main__":
    main()

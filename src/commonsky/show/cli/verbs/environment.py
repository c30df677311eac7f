"""`commonsky environment`: what its verbs take."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from cyclopts import Parameter, validators

from commonsky.show.cli.verbs.file import FILE

SIZES = Parameter(
    name="--sizes",
    help="A table of masses and sizes by catalogue number (CARA, SATCAT, UCS, GCAT or our own "
    "headings); may be given several times.",
)
POPULATION = Parameter(
    name="--population", required=True, help="A catalogue file; several are one."
)
LIMIT = Parameter(
    name="--limit",
    help="What is unacceptable above a limit: growth=1.0 (of debris), catastrophic=0.2 "
    "(collisions a year), objects=N; may be given several times.",
)
SEED = Parameter(
    validator=validators.Number(gte=0),
    help="The same seed, the same numbers: of sizes that nobody knows, and of what happens.",
)
NOT_BELOW_0 = validators.Number(gte=0)
FORMAT = Parameter(help="What is written.")


def now(
    *files: Annotated[str, FILE],
    sizes: Annotated[tuple[Path, ...], SIZES] = (),
    seed: Annotated[int, SEED] = 7,
    format: Annotated[Literal["text", "json"], FORMAT] = "text",  # noqa: A002 - the option's name
) -> None:
    """Tell how crowded it is."""
    from commonsky.show.cli.crowding import Population, show_now  # noqa: PLC0415 - quick help

    show_now(Population(files, sizes, seed), form=format)


def project(
    *,
    population: Annotated[tuple[str, ...], POPULATION],
    years: Annotated[
        float | None,
        Parameter(validator=NOT_BELOW_0, help="How far; 200, or as the scenario says."),
    ] = None,
    scenario: Annotated[
        Path | None, Parameter(help="A TOML file with what differs from the usual assumptions.")
    ] = None,
    runs: Annotated[
        int, Parameter(validator=validators.Number(gte=1, lte=10_000), help="How many futures.")
    ] = 1,
    limit: Annotated[tuple[str, ...], LIMIT] = (),
    figure: Annotated[
        Path | None, Parameter(help="A file for a picture: .png, .svg or .pdf; needs matplotlib.")
    ] = None,
    sizes: Annotated[tuple[Path, ...], SIZES] = (),
    seed: Annotated[int, SEED] = 7,
    format: Annotated[Literal["text", "json"], FORMAT] = "text",  # noqa: A002 - the option's name
) -> None:
    """Tell how crowded it gets."""
    from commonsky.show.cli.crowding import (  # noqa: PLC0415 - quick help
        Futures,
        Population,
        show_projection,
    )

    wanted = Futures(scenario, years, runs, limit, figure)
    show_projection(Population(population, sizes, seed), wanted, form=format)


def capacity(
    *,
    population: Annotated[tuple[str, ...], POPULATION],
    years: Annotated[
        int, Parameter(validator=validators.Number(gte=1, lte=1000), help="How far.")
    ] = 100,
    launch_factor: Annotated[float, Parameter(help="Times today's launches.")] = 1.0,
    mission_years: Annotated[float, Parameter(help="How long missions last.")] = 8.0,
    disposal_success: Annotated[float, Parameter(help="Share disposed of at their end.")] = 0.9,
    disposal_limit_years: Annotated[
        float, Parameter(help="Within how many years these come down.")
    ] = 5.0,
    direct_re_entry: Annotated[float, Parameter(help="Share of these down at once.")] = 0.9,
    removals_per_year: Annotated[float, Parameter(help="Whole ones taken away.")] = 0.0,
    explosion_factor: Annotated[
        float, Parameter(help="Times one derelict in a thousand a year.")
    ] = 0.0,
    avoidance: Annotated[float, Parameter(help="Share of collisions avoided.")] = 0.99,
    limit: Annotated[tuple[str, ...], LIMIT] = (),
    sizes: Annotated[tuple[Path, ...], SIZES] = (),
    seed: Annotated[int, SEED] = 7,
    format: Annotated[Literal["text", "json"], FORMAT] = "text",  # noqa: A002 - the option's name
) -> None:
    """Tell at once what a policy comes to."""
    from commonsky.show.cli.capacities import show_capacity  # noqa: PLC0415 - quick help
    from commonsky.show.cli.crowding import Population  # noqa: PLC0415 - quick help

    figures = {
        "launch_factor": launch_factor, "mission_years": mission_years,
        "disposal_success": disposal_success, "disposal_limit_years": disposal_limit_years,
        "direct_re_entry": direct_re_entry, "removals_per_year": removals_per_year,
        "explosion_factor": explosion_factor, "avoidance": avoidance,
    }  # fmt: skip
    show_capacity(Population(population, sizes, seed), figures, years, limit, form=format)

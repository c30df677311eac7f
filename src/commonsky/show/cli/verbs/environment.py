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
    population: Annotated[
        tuple[str, ...],
        Parameter(name="--population", required=True, help="A catalogue file; several are one."),
    ],
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
    limit: Annotated[
        tuple[str, ...],
        Parameter(
            name="--limit",
            help="What is unacceptable above a limit: growth=1.0 (of debris), catastrophic=0.2 "
            "(collisions a year), objects=N; may be given several times.",
        ),
    ] = (),
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

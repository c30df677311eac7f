"""`commonsky exposure`: what it takes."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from cyclopts import Parameter, validators

from commonsky.show.cli.verbs.file import FILE

TABLE = Parameter(
    name="--table",
    help="A CSV of dose rates or particle fluxes over orbits or magnetic shells; several of one "
    "quantity add up.",
)
NATURAL = Parameter(
    name="--natural",
    help="A natural belt as one more table: e or p, min or max of the Sun, and above how many "
    "MeV, as e:max:1; needs the package aep8.",
)
MARGINS = Parameter(
    name="--margins", help="A CSV of declared margins, shielding and what safing leaves."
)
SATELLITES = Parameter(
    name="--satellites",
    help="Whom to ask for: numbers with commas, or all of the catalogue; without it those with a "
    "margin.",
)
FIELD = Parameter(
    name="--field",
    help="What tells L and B/B0: a dipole, or the field that AE8 was made with, by the package "
    "aep8.",
)
ABOVE_0 = validators.Number(gt=0)


def exposure(
    *files: Annotated[str, FILE],
    table: Annotated[tuple[Path, ...], TABLE] = (),
    natural: Annotated[tuple[str, ...], NATURAL] = (),
    margins: Annotated[Path | None, MARGINS] = None,
    satellites: Annotated[str, SATELLITES] = "",
    start: Annotated[
        str, Parameter(help="UTC, as 2026-11-03T00:00:00; by default the catalogue's own time.")
    ] = "",
    days: Annotated[
        float,
        Parameter(
            validator=validators.Number(gt=0, lte=366), help="For how long orbits are followed."
        ),
    ] = 3.0,
    step_s: Annotated[
        float, Parameter(validator=validators.Number(gte=1, lte=600), help="How closely.")
    ] = 30.0,
    needed_days: Annotated[
        float, Parameter(validator=ABOVE_0, help="How long margins must last.")
    ] = 365.0,
    field: Annotated[Literal["dipole", "aep8"], FIELD] = "dipole",
    format: Annotated[Literal["text", "json"], Parameter(help="What is written.")] = "text",  # noqa: A002 - the option's name
) -> None:
    """Tell how radiation uses up the margins of satellites."""
    from commonsky.show.cli.exposing import Asked, show_exposure  # noqa: PLC0415 - quick help

    asked = Asked(
        files, table, natural, margins, satellites, start, days, step_s, needed_days, field
    )
    show_exposure(asked, form=format)

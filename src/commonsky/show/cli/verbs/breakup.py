"""`commonsky breakup`: what it takes."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from cyclopts import Parameter, validators

ABOVE_0 = validators.Number(gt=0)


def breakup(
    parent: Annotated[int, Parameter(help="Catalogue number of what breaks up.")],
    *,
    catalogue: Annotated[Path, Parameter(help="A file with its element set.")],
    at: Annotated[
        str, Parameter(show_default=False, help="When, in UTC; otherwise at its epoch.")
    ] = "",
    smallest_m: Annotated[
        float, Parameter(validator=ABOVE_0, help="Length of the smallest fragments.")
    ] = 0.1,
    mass_kg: Annotated[
        float | None, Parameter(validator=ABOVE_0, help="Its mass; otherwise from its size.")
    ] = None,
    impactor_kg: Annotated[
        float | None,
        Parameter(validator=ABOVE_0, help="What collides with it; otherwise it explodes."),
    ] = None,
    speed_km_s: Annotated[
        float, Parameter(validator=ABOVE_0, help="How fast they collide.")
    ] = 10.0,
    scale: Annotated[
        float, Parameter(validator=ABOVE_0, help="S of an explosion: how many pieces.")
    ] = 1.0,
    seed: Annotated[
        int, Parameter(validator=validators.Number(gte=0), help="The same seed, the same cloud.")
    ] = 7,
    interest: Annotated[
        tuple[str, ...],
        Parameter(
            name="--for",
            help="Whose satellites the cloud is followed for: a catalogue number, crewed or "
            "payloads; may be given several times.",
        ),
    ] = (),
    screening_km: Annotated[
        float, Parameter(validator=ABOVE_0, help="What counts as a conjunction with these.")
    ] = 1.0,
    catalogued: Annotated[
        tuple[str, ...],
        Parameter(
            name="--catalogued",
            help="What is catalogued by a day after it, as 3=120; fits mass, scale and kind of "
            "break-up; may be given several times.",
        ),
    ] = (),
    format: Annotated[Literal["text", "ndjson"], Parameter(help="What is written.")] = "text",  # noqa: A002 - the option's name
) -> None:
    """Tell what a break-up leaves: fragments, their masses, and the orbits they begin on."""
    from commonsky.show.cli.breaking import BreakUp, write_breakup  # noqa: PLC0415 - quick help

    asked = BreakUp(
        parent, at, smallest_m, mass_kg, impactor_kg, speed_km_s, scale, seed,
        interest, screening_km, catalogued,
    )  # fmt: skip
    write_breakup(asked, catalogue, form=format)

"""`commonsky assess`: what it takes."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Annotated, Literal

from cyclopts import Parameter, validators

from commonsky.show.cli.verbs.file import no_option

MESSAGES = Parameter(
    required=True,
    allow_leading_hyphen=True,
    validator=no_option,
    help="Conjunction data messages, also packed; - is stdin.",
)
ABOVE_0 = validators.Number(gt=0)


def assess(
    *files: Annotated[str, MESSAGES],
    hard_body_radius_m: Annotated[
        float | None,
        Parameter(validator=ABOVE_0, help="Joint radius, instead of what messages say."),
    ] = None,
    radii: Annotated[
        Path | None,
        Parameter(help="CSV of radii, as NASA CARA's monthly list, where messages say none."),
    ] = None,
    all_tiers: Annotated[
        bool, Parameter(help="Every method for every message, not only what is needed.")
    ] = False,
    trials: Annotated[
        int,
        Parameter(validator=validators.Number(gte=0), help="Of Monte Carlo where it is needed."),
    ] = 1_000_000,
    seed: Annotated[
        int, Parameter(validator=validators.Number(gte=0), help="The same seed, the same trials.")
    ] = 1,
    correlate: Annotated[
        bool,
        Parameter(help="Recommend what counts with errors of air density that both share."),
    ] = False,
    report: Annotated[
        Path | None, Parameter(help="Write a page of HTML about all of them here.")
    ] = None,
    events: Annotated[
        bool, Parameter(help="With ndjson also a line an approach that messages tell of.")
    ] = False,
    format: Annotated[Literal["table", "ndjson"], Parameter(help="What is written.")] = "table",  # noqa: A002 - the option's name
) -> None:
    """Tell how dangerous conjunctions are, and by which method that can be known."""
    from commonsky.show.assessment_lines import Climb  # noqa: PLC0415 - quick help
    from commonsky.show.cli.assessing import Asked, assess_files  # noqa: PLC0415

    radius_km = math.nan if hard_body_radius_m is None else hard_body_radius_m / 1000.0
    climb = Climb(all_tiers, trials, seed, correlate)
    asked = Asked(radius_km, radii, climb, report, events)
    assess_files(files, asked, form=format)

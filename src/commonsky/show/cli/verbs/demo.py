"""`commonsky demo`: what it takes."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter, validators

from commonsky import __version__

REPORT = Path("out/report.html")


def demo(
    *,
    objects: Annotated[
        int, Parameter(validator=validators.Number(gte=100), help="How many are invented.")
    ] = 30_000,
    seed: Annotated[
        int,
        Parameter(validator=validators.Number(gte=0), help="The same seed gives the same sky."),
    ] = 7,
    days: Annotated[
        float,
        Parameter(
            validator=validators.Number(gt=0, lte=30),
            help="How many days to look ahead; all twelve encounters lie within 7.",
        ),
    ] = 7.0,
    threads: Annotated[
        int | None,
        Parameter(validator=validators.Number(gt=0), help="How many; else one for each core."),
    ] = None,
    report: Annotated[Path, Parameter(help="Where the HTML report goes.")] = REPORT,
) -> None:
    """Screen an embedded population in which twelve dangerous encounters are planted."""
    sys.stdout.write(f"commonsky {__version__}: an invented sky, twelve planted encounters\n")
    sys.stdout.flush()
    from commonsky.show.cli.showing import demonstrate  # noqa: PLC0415 - help needs no NumPy

    demonstrate(objects, seed, days, threads, report)

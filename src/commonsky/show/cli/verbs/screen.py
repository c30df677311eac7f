"""`commonsky screen`: what it takes."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

from cyclopts import Group, Parameter, validators

from commonsky.show.cli.verbs.file import FILE

WHAT = Group("What to screen", sort_key=1)
WHERE = Group("Where the results go", sort_key=2)
HOW = Group("How", sort_key=3)

POSITIVE = validators.Number(gt=0)


@dataclass(frozen=True, slots=True)
class Question:
    """What to screen, and how."""

    days: Annotated[
        float, Parameter(group=WHAT, validator=POSITIVE, help="How far to look ahead.")
    ] = 1.0
    start: Annotated[
        str,
        Parameter(
            group=WHAT,
            help="UTC, as 2025-03-31T00:00:00Z.  Otherwise the newest epoch that is not more "
            "than a day after the median epoch; it is printed.",
        ),
    ] = ""
    threshold_km: Annotated[
        float | None,
        Parameter(
            group=WHAT, validator=POSITIVE, help="Largest miss distance; 5 without --volume-km."
        ),
    ] = None
    volume_km: Annotated[
        str,
        Parameter(
            group=WHAT,
            help="Instead of a distance: semi-axes radial,in-track,cross-track about each "
            "primary, as 0.4,44,51.",
        ),
    ] = ""
    volume_shape: Annotated[
        Literal["ellipsoid", "box"], Parameter(group=WHAT, help="Of --volume-km.")
    ] = "ellipsoid"
    primaries: Annotated[
        str,
        Parameter(
            group=WHAT,
            help="Catalogue numbers, as 25544,48274: only pairs with one of these; "
            "without it all against all.",
        ),
    ] = ""
    max_age_days: Annotated[
        float | None,
        Parameter(
            group=WHAT,
            validator=POSITIVE,
            help="Leave out element sets older than this at the start; they are counted.",
        ),
    ] = None
    hard_body: Annotated[
        Path | None,
        Parameter(
            group=HOW,
            help="CSV with the columns NORAD_CAT_ID and HARD_BODY_RADIUS_M, for objects whose "
            "size is known.",
        ),
    ] = None
    threads: Annotated[
        int | None,
        Parameter(group=HOW, validator=POSITIVE, help="Without it one for each core."),
    ] = None
    step_s: Annotated[
        float,
        Parameter(
            group=HOW,
            validator=POSITIVE,
            help="Step of the sieve; the result does not depend on it.",
        ),
    ] = 300.0


@dataclass(frozen=True, slots=True)
class Wanted:
    """Where the results go."""

    format: Annotated[
        Literal["table", "ndjson", "csv", "json", "parquet"] | None,
        Parameter(group=WHERE, help="Without it told by the name of --output, otherwise table."),
    ] = None
    output: Annotated[Path | None, Parameter(group=WHERE, help="Otherwise stdout.")] = None
    top: Annotated[
        int,
        Parameter(
            group=WHERE, validator=POSITIVE, help="Rows of the table, the most dangerous first."
        ),
    ] = 20
    report: Annotated[
        Path | None, Parameter(group=WHERE, help="One self-contained HTML file for people.")
    ] = None
    cdm: Annotated[
        Path | None, Parameter(group=WHERE, help="Folder for one CDM a conjunction.")
    ] = None
    cdm_format: Annotated[Literal["kvn", "xml", "json"], Parameter(group=WHERE)] = "kvn"
    quiet: Annotated[bool, Parameter(group=WHERE, help="Nothing on stderr but errors.")] = False


def screen(
    *files: Annotated[str, FILE],
    question: Annotated[Question, Parameter(name="*")] = Question(),
    wanted: Annotated[Wanted, Parameter(name="*")] = Wanted(),
) -> None:
    """Find which objects of a catalogue come close to each other, and how dangerous it is."""
    from commonsky.show.cli.screening import screen_files  # noqa: PLC0415 - help needs no NumPy

    screen_files(files, question, wanted)

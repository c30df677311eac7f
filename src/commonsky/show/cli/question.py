"""What `commonsky screen` is asked: what to screen, and where the results go."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

from cyclopts import Group, Parameter, validators

WHAT = Group("What to screen", sort_key=1)
WHERE = Group("Where the results go", sort_key=2)
HOW = Group("How", sort_key=3)

POSITIVE = validators.Number(gt=0, lt=math.inf)
LOOK_AHEAD = validators.Number(gt=0, lte=366)  # element sets tell nothing of what is later


@dataclass(frozen=True, slots=True)
class Question:
    """What to screen, and how."""

    days: Annotated[
        float, Parameter(group=WHAT, validator=LOOK_AHEAD, help="How many days to look ahead.")
    ] = 1.0
    start: Annotated[
        str,
        Parameter(
            group=WHAT,
            show_default=False,
            help="When to begin, in UTC, as 2025-03-31T00:00:00Z.  Otherwise the newest epoch "
            "that is not more than a day after the median epoch; it is printed.",
        ),
    ] = ""
    threshold_km: Annotated[
        float | None,
        Parameter(
            group=WHAT,
            validator=POSITIVE,
            help="Largest miss distance to tell; 5 km, if neither this nor --volume-km is given.",
        ),
    ] = None
    volume_km: Annotated[
        str,
        Parameter(
            group=WHAT,
            show_default=False,
            help="Instead of a distance: radial,in-track,cross-track semi-axes about each "
            "primary, as 0.4,44,51.",
        ),
    ] = ""
    volume_shape: Annotated[
        Literal["ellipsoid", "box"], Parameter(group=WHAT, help="Shape of --volume-km.")
    ] = "ellipsoid"
    primaries: Annotated[
        str,
        Parameter(
            group=WHAT,
            show_default=False,
            help="Only pairs with one of these catalogue numbers, as 25544,48274; otherwise all "
            "against all.",
        ),
    ] = ""
    max_age_days: Annotated[
        float | None,
        Parameter(
            group=WHAT,
            validator=POSITIVE,
            help="Leave out element sets that are older at the start; they are counted.  "
            "Otherwise none is left out.",
        ),
    ] = None
    hard_body: Annotated[
        Path | None,
        Parameter(
            group=HOW,
            help="CSV of known sizes, with the columns NORAD_CAT_ID and HARD_BODY_RADIUS_M.  "
            "Other sizes are guessed from type and radar cross-section.",
        ),
    ] = None
    threads: Annotated[
        int | None,
        Parameter(group=HOW, validator=POSITIVE, help="How many; else one for each core."),
    ] = None
    step_s: Annotated[
        float,
        Parameter(
            group=HOW,
            validator=POSITIVE,
            help="Step of the sieve in seconds; what is found does not depend on it.",
        ),
    ] = 300.0


@dataclass(frozen=True, slots=True)
class Wanted:
    """Where the results go."""

    format: Annotated[
        Literal["table", "ndjson", "csv", "json", "parquet"] | None,
        Parameter(group=WHERE, help="Otherwise as the name of --output ends, or else a table."),
    ] = None
    output: Annotated[Path | None, Parameter(group=WHERE, help="A file instead of stdout.")] = None
    top: Annotated[
        int,
        Parameter(
            group=WHERE,
            validator=POSITIVE,
            help="How many rows a table shows, the most dangerous first.",
        ),
    ] = 20
    report: Annotated[
        Path | None, Parameter(group=WHERE, help="An HTML report for people, in one file.")
    ] = None
    cdm: Annotated[
        Path | None, Parameter(group=WHERE, help="Folder for conjunction data messages, one each.")
    ] = None
    cdm_format: Annotated[
        Literal["kvn", "xml", "json"],
        Parameter(group=WHERE, help="Form of the messages of --cdm."),
    ] = "kvn"
    quiet: Annotated[
        bool, Parameter(group=WHERE, show_default=False, help="Nothing on stderr but errors.")
    ] = False

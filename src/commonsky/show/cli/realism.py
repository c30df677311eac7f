"""`commonsky realism`: a scorecard of the covariances that stand in for missing ones."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import msgspec

from commonsky.assess.covariance_scale import Interval
from commonsky.assess.realism import EVERYTHING, ScorecardRow, Verdict
from commonsky.node.executor import workers
from commonsky.node.realism import LEAST_DAYS, Later, Realism, realism_of
from commonsky.show.cli.exits import Misuse
from commonsky.show.cli.histories import read_histories
from commonsky.show.cli.plain import plain
from commonsky.show.cli.screening import tell_intake
from commonsky.show.cli.voice import Voice, announce_compilation

MULTIPLIES = {
    Later.SHARED: "what covariances grow by with age, beyond those of fresh sets",
    Later.INDEPENDENT: "covariances, of fresh later sets too",
    Later.TRUTH: "covariances",
}


class Heading(NamedTuple):
    """One column of the table."""

    title: str
    cell: Callable[[ScorecardRow], str]
    right: bool


def verdict_words(row: ScorecardRow) -> str:
    """Return a verdict, and where only the tails decided it, that they did."""
    return f"{row.verdict} in the tails" if row.only_in_tails else row.verdict.value


HEADINGS = (
    Heading("class", lambda row: plain(row.group), right=False),
    Heading("days", lambda row: f"{row.span_days:.1f}", right=True),
    Heading("n", lambda row: f"{row.n:,}", right=True),
    Heading("unusable", lambda row: f"{row.unusable:,}", right=True),
    Heading("m²/3", lambda row: f"{row.mean_square_over_3.value:.3g}", right=True),
    Heading("CvM p", lambda row: f"{row.cramer_von_mises_p:.2g}", right=True),
    Heading("pass", lambda row: f"{row.pass_share:.0%}", right=True),
    Heading("factor", lambda row: f"{row.factor.value:.3g}", right=True),
    Heading("95 %", lambda row: f"{row.factor.low:.3g}..{row.factor.high:.3g}", right=True),
    Heading("beyond 99 %", lambda row: f"{row.share_beyond_99:.1%}", right=True),
    Heading("outliers", lambda row: f"{row.outlier_share:.1%}", right=True),
    Heading("verdict", verdict_words, right=False),
)


def show_realism(files: Sequence[str], later: str, fewest: int, form: str) -> None:
    """Write the scorecard of element sets in files against later ones of the same objects."""
    with Voice() as voice:
        announce_compilation(voice, "astro")
        with voice.during("reading"):
            sets = read_histories(files)
        tell_intake(voice, sets)
        with voice.during("comparing"), workers(None) as executor:
            told = realism_of([sets], treated=Later(later), executor=executor, fewest=fewest)
        if told.pairs == 0:
            raise Misuse(
                "realism needs two sets of the same object, at least "
                f"{LEAST_DAYS:g} days apart, but found none among {len(sets):,} sets"
            )
    if form == "json":
        sys.stdout.buffer.write(document(told, Later(later)) + b"\n")
    else:
        sys.stdout.write("\n".join(lines(told, Later(later))) + "\n")


def document(told: Realism, later: Later) -> bytes:
    """Return everything as one JSON document; what nothing tells is null."""
    objects = told.objects
    return msgspec.json.encode(
        {
            "scorecard": [_fields(row) for row in told.scorecard],
            "objects": {
                "norad_id": objects.norad_id.tolist(),
                "factor": objects.factor.tolist(),
                "own_factor": objects.own_factor.tolist(),
                "n": objects.n.tolist(),
            },
            "pairs": told.pairs,
            "excluded": told.excluded,
            "later": later.value,
            "factor_multiplies": MULTIPLIES[later],
        }
    )


def _fields(row: ScorecardRow) -> dict[str, Any]:
    return {
        name: value._asdict() if isinstance(value, Interval) else value
        for name in row.__slots__
        for value in (getattr(row, name),)
    }


def lines(told: Realism, later: Later) -> list[str]:
    """Return the scorecard as aligned lines; the last one is what it means."""
    grid = [[heading.title for heading in HEADINGS]]
    grid += [[_dash(heading.cell(row)) for heading in HEADINGS] for row in told.scorecard]
    widths = [max(len(line[k]) for line in grid) for k in range(len(HEADINGS))]
    table = [_aligned(grid[0], widths)]
    for row, cells in zip(told.scorecard, grid[1:], strict=True):
        if row.group == EVERYTHING:
            table.append(f"{plain(row.source)}:")
        table.append(_aligned(cells, widths))
    left_out = ", ".join(f"{count:,} {why}" for why, count in told.excluded.items() if count)
    head = f"{told.pairs:,} pairs of element sets" + (
        f"; left out: {left_out}" if left_out else ""
    )
    own = f"{len(told.objects):,} objects have factors of their own (--format json tells them)"
    return [head, f"factors multiply {MULTIPLIES[later]}", *table, own, meaning(told.scorecard)]


def _aligned(cells: Sequence[str], widths: Sequence[int]) -> str:
    padded = (
        cell.rjust(width) if heading.right else cell.ljust(width)
        for cell, width, heading in zip(cells, widths, HEADINGS, strict=True)
    )
    return "  ".join(padded).rstrip()


def _dash(cell: str) -> str:
    return "-" if cell.startswith("nan") else cell


def meaning(scorecard: Sequence[ScorecardRow]) -> str:
    """Return in one line what the scorecard means to somebody who uses these covariances."""
    classes = [row for row in scorecard if row.group != EVERYTHING]
    told = [row for row in classes if row.verdict is not Verdict.CANNOT_TELL]
    counts = {verdict: sum(row.verdict is verdict for row in told) for verdict in Verdict}
    tails = sum(row.only_in_tails for row in told)
    if not told:
        return (
            "What it means: too few residuals, or too mixed ones, to trust or mistrust any class."
        )
    small = counts[Verdict.TOO_SMALL]
    return (
        f"What it means: of {len(classes)} classes {counts[Verdict.REALISTIC]} are realistic, "
        f"{small} too small ({tails} of them only in the tails), "
        f"{counts[Verdict.TOO_LARGE]} too large. "
        + (
            "Where they are too small, a low Pc is no all-clear, and in the tails no factor mends "
            "it; "
            if small
            else ""
        )
        + "later sets are not the truth: what all sets of an object get wrong does not show."
    )

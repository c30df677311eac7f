"""`commonsky demo`: the main job on an invented sky, and whether it found what was planted."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from commonsky.astro.arrays import Floats, Ints
from commonsky.astro.epoch import NS_PER_S, tai_ns, utc_text
from commonsky.catalogue.planted import Planted, plant
from commonsky.catalogue.population import population
from commonsky.node import pipeline, preview
from commonsky.node.conjunctions import Conjunctions
from commonsky.show.cli.voice import Voice, announce_compilation
from commonsky.show.report import write_report

NEAR_NS = 60 * NS_PER_S  # a planted encounter and its find are at most so far apart
HOUR_NS = 3600 * NS_PER_S
HEADING = (
    f"{'planted encounter':<36} {'found':<6} {'miss planned':>12} {'miss found':>10} {'Pc':>9} "
    f"{'lead time':>10}"
)


def demonstrate(objects: int, seed: int, days: float, threads: int | None, report: Path) -> None:
    """Screen an invented sky with twelve planted encounters, and tell which were found."""
    with Voice() as voice:
        announce_compilation(voice)
        with voice.during("inventing a sky"):
            sky = population(objects, seed)
            start_tai_ns = int(sky.elements.epoch_tai_ns.max())
            sky, planted = plant(sky, start_tai_ns, seed)
        voice.say(f"{len(sky):,} invented objects, {days:g} days from {utc_text(start_tai_ns, 0)}")
        table = pipeline.screen(sky, start_tai_ns, days, threads=threads, progress=voice)
        voice.rest()
        with voice.during("writing the report"):
            report.parent.mkdir(parents=True, exist_ok=True)
            write_report(table, sky, report, title="An invented sky with planted encounters")
    sys.stdout.write("\n".join([*outcome(table, planted), f"report: {report.resolve()}"]) + "\n")


def found_rows(table: Conjunctions, planted: Planted) -> Ints:
    """(n,) row of the table that each planted encounter became, -1 where it was missed."""
    rows = np.full(len(planted), -1, np.int64)
    for k in range(len(planted)):
        pair = (table.object1 == planted.object1[k]) & (table.object2 == planted.object2[k])
        apart_ns = np.abs(table.tca_tai_ns - planted.tca_tai_ns[k])
        near = np.flatnonzero(pair & (apart_ns < NEAR_NS))
        if len(near):
            rows[k] = near[np.argmin(apart_ns[near])]
    return rows


def outcome(table: Conjunctions, planted: Planted) -> Iterator[str]:
    """Yield the lines that tell what came of the planted encounters."""
    rows = found_rows(table, planted)
    inside = planted.tca_tai_ns <= tai_ns(table.summary.stop)
    lead_h = (planted.tca_tai_ns - tai_ns(table.summary.start)) / HOUR_NS
    yield f"{len(table):,} conjunctions {table.summary.region()}; {preview.banner(table.summary)}"
    yield ""
    yield HEADING
    for k, row in enumerate(rows.tolist()):
        who = f"{planted.object1[k]} and {planted.object2[k]}"
        word = "yes" if row >= 0 else "NO" if inside[k] else "later"
        found = f"{metres(table.miss_km, row)} {preview.probability(_pc(table, row)):>9}"
        yield (
            f"{who:<36} {word:<6} {planted.miss_km[k] * 1000:>10.1f} m {found} {lead_h[k]:>8.1f} h"
        )
    later = int((~inside).sum())
    after = f", {later} more come after the days screened" if later else ""
    yield f"{int((rows[inside] >= 0).sum())} of {int(inside.sum())} found{after}"
    yield ""


def metres(miss_km: Floats, row: int) -> str:
    """Return a found miss distance in metres, or a dash."""
    return f"{miss_km[row] * 1000:>8.1f} m" if row >= 0 else f"{'-':>10}"


def _pc(table: Conjunctions, row: int) -> float | None:
    return None if row < 0 or np.isnan(table.pc[row]) else float(table.pc[row])

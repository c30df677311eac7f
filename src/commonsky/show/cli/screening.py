"""`commonsky screen`: from files to warnings, reports and messages."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

from commonsky.astro.epoch import tai_ns, utc_text
from commonsky.catalogue.catalogue import Catalogue
from commonsky.errors import NotRepresentable, UnreadableInput
from commonsky.formats.hard_body import hard_body_radii_km
from commonsky.node import pipeline
from commonsky.node.conjunctions import Conjunctions
from commonsky.screen.volume import Shape, Volume
from commonsky.show.cli.destination import STDOUT, opened
from commonsky.show.cli.exits import Misuse
from commonsky.show.cli.question import Question, Wanted
from commonsky.show.cli.voice import Voice, announce_compilation
from commonsky.show.rows import Format, write_rows

EXAMPLES = 3  # of quarantined records


def screen_files(files: Sequence[str], question: Question, wanted: Wanted) -> None:
    """Screen catalogue files and write what was asked for."""
    form = form_of(wanted)
    volume, primaries = volume_of(question), numbers_of(question.primaries)
    radii = radii_of(question.hard_body)
    if question.start:
        tai_ns(question.start)  # a bad one is told before anything is read
    with Voice(quiet=wanted.quiet) as voice:
        announce_compilation(voice)
        with voice.during("reading"):
            catalogue = read_files(files)
        tell_intake(voice, catalogue)
        table = pipeline.screen(
            catalogue,
            start_of(voice, catalogue, question.start),
            question.days,
            question.threshold_km,
            volume=volume,
            primaries=primaries,
            max_age_days=question.max_age_days,
            hard_body_radius_km=radii,
            threads=question.threads,
            step_s=question.step_s,
            progress=voice,
        )
        voice.rest()
        tell_result(voice, table)
        try:
            write_beside(voice, table, catalogue, wanted)
        except NotRepresentable:
            write_table(table, form, wanted)  # a message without a form takes no row away
            raise
    write_table(table, form, wanted)


def write_table(table: Conjunctions, form: Format, wanted: Wanted) -> None:
    """Write the conjunctions where they were asked for."""
    with opened(wanted.output or STDOUT) as stream:
        write_rows(table, form, stream, shown=wanted.top)


def read_files(files: Sequence[str]) -> Catalogue:
    """Read catalogue files, `-` and fetched groups into one catalogue."""
    paths = [_fetched(name) if name.startswith("celestrak:") else name for name in files]
    try:
        return pipeline.read(*paths, stdin=sys.stdin.buffer)
    except OSError as error:
        raise UnreadableInput(f"{error.filename or 'the input'}: {error.strerror}") from error


def _fetched(name: str) -> Path:
    """Return the file of a fetched group."""
    from commonsky.share.sources.cache import default_directory  # noqa: PLC0415 - quick start
    from commonsky.share.sources.celestrak import locate  # noqa: PLC0415 - quick start

    return locate(name, default_directory(os.environ))


def form_of(wanted: Wanted) -> Format:
    """Return how the results are written: as asked, or as the file's name says."""
    if wanted.format is not None:
        form = Format(wanted.format)
    else:
        suffix = (wanted.output or STDOUT).suffix.removeprefix(".").lower()
        form = Format({"jsonl": "ndjson"}.get(suffix, suffix) if suffix in SUFFIXES else "table")
    if form is Format.PARQUET:
        if find_spec("pyarrow") is None:
            raise Misuse("Parquet needs pyarrow, which is not installed: pip install pyarrow")
        if wanted.output is None and sys.stdout.isatty():
            raise Misuse("Parquet is not for a terminal; name a file with --output")
    return form


SUFFIXES = {"ndjson", "jsonl", "csv", "json", "parquet"}


def volume_of(question: Question) -> Volume | None:
    """Return the screening volume, if it is not a mere distance."""
    if not question.volume_km:
        return None
    if question.threshold_km is not None:
        raise Misuse("--threshold-km and --volume-km are two ways to say the same; give one")
    try:
        axes = [float(axis) for axis in question.volume_km.split(",")]
        radial, in_track, cross_track = axes
        return Volume((radial, in_track, cross_track), Shape(question.volume_shape))
    except ValueError:
        raise Misuse(
            f"--volume-km takes three positive lengths, as 0.4,44,51, not {question.volume_km!r}"
        ) from None


def numbers_of(primaries: str) -> list[int] | None:
    """Return catalogue numbers from a list with commas, or None for all."""
    if not primaries:
        return None
    numbers = [word.strip() for word in primaries.split(",")]
    wrong = [word for word in numbers if not (word.isascii() and word.isdigit())]
    if wrong:
        raise Misuse(f"--primaries takes catalogue numbers, as 25544,48274, not {wrong[0]!r}")
    return [int(word) for word in numbers]


def radii_of(path: Path | None) -> dict[int, float] | None:
    """Return the hard-body radii a file tells, or None."""
    if path is None:
        return None
    try:
        return hard_body_radii_km(path.read_bytes())
    except OSError as error:
        raise UnreadableInput(f"{path}: {error.strerror}") from error


def tell_intake(voice: Voice, catalogue: Catalogue) -> None:
    """Say what became of the records."""
    came_from = catalogue.provenance
    superseded = came_from.superseded_count
    voice.say(
        f"read {came_from.read_count:,} records: {len(catalogue):,} objects"
        + (f", {superseded:,} superseded by newer ones" if superseded else "")
        + (f", {came_from.quarantined_count:,} set aside" if came_from.quarantined_count else "")
    )
    for record in came_from.quarantined[:EXAMPLES]:
        field = f", {record.field}" if record.field else ""
        voice.say(f"  set aside: {record.source} line {record.line}{field}: {record.reason}")


def start_of(voice: Voice, catalogue: Catalogue, asked: str) -> int:
    """Return the start in TAI ns, and say why where nobody asked for one."""
    start_tai_ns = pipeline.epoch_of(catalogue, asked or None)
    if not asked:
        voice.say(
            f"start {utc_text(start_tai_ns, 0)}: the newest epoch that is not more than a day "
            "after the median epoch"
        )
    return start_tai_ns


def tell_result(voice: Voice, table: Conjunctions) -> None:
    """Say what was covered."""
    summary = table.summary
    excluded = "".join(f", {n:,} left out: {why}" for why, n in summary.excluded.items() if n)
    voice.say(
        f"screened {summary.propagated:,} objects, {summary.start} to {summary.stop}: "
        f"{len(table):,} conjunctions {summary.region()}"
        + (f"; {summary.failed:,} objects had no usable state" if summary.failed else "")
        + excluded
    )


def write_beside(voice: Voice, table: Conjunctions, catalogue: Catalogue, wanted: Wanted) -> None:
    """Write the report and the messages that were asked for."""
    if wanted.report is not None:
        from commonsky.show.report import write_report  # noqa: PLC0415 - quick start

        wanted.report.parent.mkdir(parents=True, exist_ok=True)
        with voice.during("writing the report"):
            write_report(table, catalogue, wanted.report)
        voice.say(f"report: {wanted.report}")
    if wanted.cdm is not None:
        from commonsky.node.messages import write_messages  # noqa: PLC0415 - quick start

        with voice.during("writing messages"):
            count = write_messages(table, catalogue, wanted.cdm, wanted.cdm_format)
        voice.say(f"{count:,} conjunction data messages in {wanted.cdm}")

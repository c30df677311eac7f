"""`commonsky environment`: how crowded it is, how crowded it gets, what a policy changes."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import msgspec

from commonsky.catalogue.catalogue import Catalogue
from commonsky.environment.criteria import criteria_of
from commonsky.environment.index import Criterion
from commonsky.environment.objects import Objects
from commonsky.environment.scenario import Scenario
from commonsky.errors import UnreadableInput
from commonsky.formats.compression import Unpacked
from commonsky.formats.scenario_toml import scenario_of
from commonsky.node.environment import (
    crowd,
    digest_of,
    newest,
    project,
    size_tables,
    sized,
    year_of,
)
from commonsky.node.executor import workers
from commonsky.show.cli.exits import Misuse
from commonsky.show.cli.plain import plain
from commonsky.show.cli.screening import read_files, tell_intake
from commonsky.show.cli.voice import Voice, announce_compilation
from commonsky.show.crowding import Now, Part, Projection, now_document, projection_document
from commonsky.show.projection_figure import SUFFIXES, write_figure

PIECE, MOST_BYTES = 1 << 20, 1 << 29
_ENCODER = msgspec.json.Encoder()


@dataclass(frozen=True, slots=True)
class Population:
    """Which files a population comes from, and the seed of what nothing tells."""

    files: Sequence[str]
    sizes: Sequence[Path]
    seed: int


@dataclass(frozen=True, slots=True)
class Futures:
    """What is assumed, how far and how often it is followed, and what is unacceptable."""

    scenario: Path | None
    years: float | None
    runs: int
    limits: Sequence[str]
    figure: Path | None


def show_now(asked: Population, form: str) -> None:
    """Write how crowded it is."""
    with Voice() as voice:
        catalogue, objects = read(voice, asked)
        year = year_of(catalogue)
        usual = Scenario()
        found = crowd(objects, year, usual.avoidance, asked.seed)
        operator = newest(catalogue).operator[found.rows]
        told = now_document(objects, found, year, operator)
    write(told, form, now_words(told))


def show_projection(asked: Population, wanted: Futures, form: str) -> None:
    """Write how crowded it gets."""
    criteria = limits_of(wanted.limits)
    if wanted.figure is not None and wanted.figure.suffix not in SUFFIXES:
        raise Misuse(f"--figure ends in {', '.join(SUFFIXES)}, not {wanted.figure.suffix!r}")
    with Voice() as voice:
        catalogue, objects = read(voice, asked)
        scenario = scenario_for(catalogue, wanted.scenario, wanted.years)
        seeds = range(asked.seed, asked.seed + wanted.runs)
        with workers(None) as executor:
            told = project(
                objects, scenario, seeds, executor, lambda share: voice("evolving", share, 1.0)
            )
        document = projection_document(
            objects, scenario, told, digest_of(objects, scenario), criteria
        )
    if wanted.figure is not None:
        write_figure(document, wanted.figure)
    write(document, form, projection_words(document))


def read(voice: Voice, asked: Population) -> tuple[Catalogue, Objects]:
    """Return the newest element sets of files, and their objects with mass and size."""
    announce_compilation(voice, "astro")
    with voice.during("reading"):
        catalogue = read_files(asked.files)
    tell_intake(voice, catalogue)
    contents = [content_of(path) for path in asked.sizes]
    for path, told in zip(asked.sizes, size_tables(contents), strict=True):
        left = sum(told.left_out.values())
        voice.say(
            f"{path.name}: {told.form.value}, {told.read:,} rows, {left:,} of them left out"
            + "".join(f"; {reason}: {count:,}" for reason, count in told.left_out.items())
        )
    return catalogue, sized(catalogue, contents, asked.seed)


def content_of(path: Path) -> bytes:
    """Return the bytes of a table or scenario, unpacked where it is packed."""
    pieces, size = [], 0
    try:
        with path.open("rb") as stream:
            content = Unpacked(iter(lambda: stream.read(PIECE), b""))
            for piece in content:
                pieces.append(piece)
                size += len(piece)
                if size > MOST_BYTES:
                    raise UnreadableInput(f"{path}: more than {MOST_BYTES:,} bytes")
    except OSError as error:
        raise UnreadableInput(f"{path}: {error.strerror}") from error
    if content.problem:
        raise UnreadableInput(f"{path}: {content.problem}")
    return b"".join(pieces)


def limits_of(limits: Sequence[str]) -> tuple[Criterion, ...]:
    """Return the criteria for limits as `growth=1.5`."""
    try:
        pairs = (one.split("=", 1) for one in limits)
        return criteria_of({name: float(value) for name, value in pairs})
    except ValueError as error:
        raise Misuse(f"--limit takes a measure and a number, as growth=1.5: {error}") from None


def scenario_for(catalogue: Catalogue, file: Path | None, years: float | None) -> Scenario:
    """Return the scenario of a file, or the usual one, from the catalogue's time on."""
    usual = replace(Scenario(), start_year=round(year_of(catalogue), 3))
    told = usual if file is None else scenario_of(content_of(file), usual)
    try:
        return told if years is None else replace(told, years=years)
    except ValueError as error:
        raise Misuse(str(error)) from None


def write(told: Now | Projection, form: str, words: list[str]) -> None:
    """Write a document as JSON, or in words."""
    if form == "json":
        sys.stdout.buffer.write(_ENCODER.encode(told) + b"\n")
    else:
        sys.stdout.write("\n".join(plain(line) for line in words) + "\n")


def now_words(told: Now) -> list[str]:
    """Return how crowded it is, for people."""
    lines = [
        (
            f"{told.below_2000_km:,} objects with a perigee below 2000 km in {told.year:.1f}: "
            f"{told.payloads:,} payloads ({told.active:,} steered), {told.rocket_bodies:,} rocket "
            f"bodies, {told.debris:,} pieces of debris"
        ),
    ]
    if told.left_out:
        lines.append(f"{told.left_out:,} left out: no orbit above 120 km")
    lines += [
        f"mass, {mass.name} ({mass.region}): {mass.tonnes:,.0f} t; published for {mass.date}: "
        f"{mass.published_tonnes:,.0f} t, {mass.verdict}"
        for mass in told.masses
    ]
    known = ", ".join(f"{share:.0%} {of}" for of, share in told.masses[0].provenance.items())
    lines.append(f"  the first rests on: {known}")
    lines.append(
        f"collisions of these: {_rate(told.collisions_per_year)}, catastrophic ones "
        f"{_rate(told.catastrophic_per_year)}, where the steered avoid 99 % of those that are seen"
    )
    worst = sorted(told.shells, key=lambda shell: -shell.collisions_per_year)[:5]
    lines.append("most of them at " + ", ".join(
        f"{shell.height_km:.0f} km ({shell.collisions_per_year:.3g} a year)" for shell in worst
    ))  # fmt: skip
    lines.append("most critical (mass, crowd, lifetime; Criticality of Spacecraft Index):")
    lines += [
        f"  {one.norad_cat_id:>9}  {one.mass_kg:7,.0f} kg  {one.perigee_km:5.0f} x "
        f"{one.apogee_km:5.0f} km  {one.criticality:.3g}"
        for one in told.critical
    ]
    lines.append("by height: " + _of(told.by_height))
    if told.by_operator:
        lines.append("by operator: " + _of(told.by_operator))
    return lines


def _of(parts: Sequence[Part]) -> str:
    return ", ".join(f"{part.name} {part.share:.0%}" for part in parts[:5])


def projection_words(told: Projection) -> list[str]:
    """Return how crowded it gets, for people."""
    runs = len(told.seeds)
    lines = [
        (
            f"{told.objects:,} objects, {told.scenario['years']:g} years, {runs} "
            f"run{'s' if runs > 1 else ''} from seed {told.seeds[0]}; parameters "
            f"{told.parameters_sha256[:12]}"
        ),
        "    year   objects (10 % to 90 %)        debris   active   mass t   collisions a year",
    ]
    step = max(len(told.years) // 10, 1)
    shown = [one for k, one in enumerate(told.years) if (k + 1) % step == 0]
    lines += [
        f"{one.year:8.1f}  {one.objects:8,.0f} ({one.objects_low:,.0f} to {one.objects_high:,.0f})"
        f"{one.debris:12,.0f} {one.active:8,.0f} {one.mass_t:8,.0f}   {one.catastrophic:.3g} "
        f"catastrophic of {one.collisions:.3g}"
        for one in shown
    ]
    total, pieces = told.catastrophic_collisions, told.fragments
    error = "" if total.standard_error is None else f" ± {total.standard_error:.2g}"
    lines += [
        f"{one.measure}: {one.nominal:.3g} ({one.low:.3g} to {one.high:.3g}), limit "
        f"{one.limit:g}: {one.verdict}"
        for one in told.criteria
        if one.nominal is not None
    ]
    lines += [
        (
            f"catastrophic collisions in all: {total.mean:.3g}{error} expected; in one of "
            f"{1.0 / (1.0 - total.level):.0f} futures {total.value_at_risk:.0f} or more"
        ),
        (
            f"fragments of all collisions: {pieces.mean:,.0f} expected, "
            f"{pieces.value_at_risk:,.0f} or more in one of {1.0 / (1.0 - pieces.level):.0f}"
        ),
        (
            f"{told.object_years:,.0f} object-years below 2000 km; {told.launched:,.0f} launched, "
            f"{told.re_entered:,.0f} came down, {told.removed:,.0f} removed"
        ),
        (
            "launches, disposal, explosions and avoidance are assumed: see the scenario in "
            "--format json, and change it with --scenario"
        ),
    ]
    return lines


def _rate(per_year: float) -> str:
    """A rate as people say it."""
    if per_year <= 0.0:
        return "none expected"
    return f"one in {1.0 / per_year:.3g} years" if per_year < 1.0 else f"{per_year:.3g} a year"

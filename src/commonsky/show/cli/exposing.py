"""`commonsky exposure`: from files to who takes up how much, and for how long margins last."""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import msgspec
import numpy as np

from commonsky.astro.epoch import tai_ns
from commonsky.catalogue.catalogue import Catalogue
from commonsky.characterise.dose_table import DoseTable
from commonsky.characterise.exposure import LONGEST_DAYS, Margins
from commonsky.errors import MessageError
from commonsky.formats.dose_rows import dose_table
from commonsky.formats.exposure_margins import exposure_margins
from commonsky.node.exposures import Exposed, Exposures, Span, Told, exposures
from commonsky.node.natural_belt import field_of_1960, natural_belt
from commonsky.show.cli.crowding import content_of
from commonsky.show.cli.exits import Misuse
from commonsky.show.cli.plain import plain
from commonsky.show.cli.screening import read_files, start_of, tell_intake
from commonsky.show.cli.voice import Voice, announce_compilation

NATURAL = re.compile(r"([ep]):(min|max):(\d{1,4}(?:\.\d{1,6})?)", re.ASCII)
SHOWN, SHOWN_WINDOWS = 40, 3
_ENCODER = msgspec.json.Encoder()


@dataclass(frozen=True, slots=True)
class Asked:
    """What the verb was told."""

    files: Sequence[str]
    tables: Sequence[Path]
    natural: Sequence[str]
    margins: Path | None
    satellites: str
    start: str
    days: float
    step_s: float
    needed_days: float
    field: str


def show_exposure(asked: Asked, form: str) -> None:
    """Write who is exposed, and who can be made safe."""
    if asked.start:
        tai_ns(asked.start)  # a bad one is told before anything is read
    tables = tables_of(asked)
    margins = _margins(asked.margins)
    field = field_of_1960() if asked.field == "aep8" else None
    with Voice() as voice:
        announce_compilation(voice, "astro")
        with voice.during("reading"):
            catalogue = read_files(asked.files)
        tell_intake(voice, catalogue)
        satellites = _satellites(asked.satellites, catalogue)
        start = start_of(voice, catalogue, asked.start)
        span = Span(start, asked.days, asked.step_s, asked.needed_days)
        with voice.during("following orbits"):
            told = exposures(catalogue, tables, margins, span, satellites, field)
    if form == "json":
        sys.stdout.buffer.write(_ENCODER.encode(told) + b"\n")
    else:
        sys.stdout.write("\n".join(plain(line) for line in words(told)) + "\n")


def tables_of(asked: Asked) -> list[DoseTable]:
    """Return the tables that were named, each by the name of its file if it has no other."""
    tables = []
    for path in asked.tables:
        try:
            table = dose_table(content_of(path))
        except MessageError as error:
            raise MessageError(
                f"{path.name}: {error.problem}", line=error.line, field=error.field
            ) from error
        tables.append(replace(table, source=table.source or path.name))
    for text in asked.natural:
        if (found := NATURAL.fullmatch(text)) is None:
            raise Misuse(f"--natural takes e or p, min or max and MeV, as e:max:1, not {text!r}")
        particle, solar, energy_mev = found.groups()
        tables.append(natural_belt(particle, solar, float(energy_mev)))
    if not tables:
        raise Misuse("name a table with --table, or a natural belt with --natural")
    return tables


def _margins(path: Path | None) -> Margins:
    content = b"NORAD_CAT_ID\n" if path is None else content_of(path)
    try:
        return exposure_margins(content)
    except MessageError as error:
        name = "" if path is None else path.name
        raise MessageError(
            f"{name}: {error.problem}", line=error.line, field=error.field
        ) from error


def _satellites(text: str, catalogue: Catalogue) -> list[int] | None:
    if not text:
        return None
    if text == "all":
        return np.unique(catalogue.catalogue_number).tolist()
    numbers = [word.strip() for word in text.split(",")]
    wrong = [word for word in numbers if not (word.isascii() and word.isdigit())]
    if wrong:
        raise Misuse(f"--satellites takes catalogue numbers or `all`, not {wrong[0]!r}")
    return [int(word) for word in numbers]


def words(told: Exposures) -> list[str]:
    """Return who is exposed, for people."""
    lines = [
        (
            f"{told.asked:,} satellites from {told.start} to {told.stop}, every {told.step_s:g} "
            f"s; margins must last {told.needed_days:g} days"
        )
    ]
    for table in told.tables:
        folding = table.efolding_days
        falls = f"by e in {folding:g} days from {table.epoch}" if folding else "not with time"
        lines.append(
            f"table {table.source}: {_unit(table)} over {table.places}; falls "
            f"{falls}; interpolation {table.interpolation}; beyond it {table.beyond}"
        )
    if told.magnetic_field:
        lines.append(f"L and B/B0: {told.magnetic_field}")
    lines.append("most exposed first:")
    for one in told.satellites[:SHOWN]:
        lines += _satellite(one)
    if len(told.satellites) > SHOWN:
        lines.append(f"  and {len(told.satellites) - SHOWN:,} more: see --format json")
    lines.append(f"can be made safe by safing: {_numbers(told.can_be_made_safe)}")
    lines += [f"{gap}: {_numbers(numbers)}" for gap, numbers in told.gaps.items()]
    return lines


def _satellite(one: Exposed) -> list[str]:
    unit = f"{_unit(one)} a day"
    rate = "nothing known" if one.rate_per_day is None else f"{one.rate_per_day:.3g} {unit}"
    least = "at least " if 0.0 < one.outside_share < 1.0 else ""
    share = one.share_of_margin_per_day
    margin = "" if share is None else f", {share:.2%} of the margin a day"
    because = f" ({one.gap})" if one.gap else ""
    who = f"{one.norad_cat_id:>11} {one.object_name[:24]:24}"
    lines = [f"{who} {least}{rate}{margin}: {one.verdict}{because}"]
    if one.days_of_margin is not None:
        safed = "; what safing leaves is not declared"
        if one.days_safed_throughout is not None:
            safed = f", {_days(one.days_safed_throughout)} if safed throughout"
        if one.days_safed_in_windows is not None:
            safed = f", {_days(one.days_safed_in_windows)} if safed in windows{safed}"
        lines.append(f"            margin lasts {_days(one.days_of_margin)}{safed}")
    if one.windows:
        first = ", ".join(f"{w.start} to {w.stop[11:]}" for w in one.windows[:SHOWN_WINDOWS])
        lines.append(
            f"            {one.window_share:.0%} of it in {one.window_hours_a_day:.1f} h a day, "
            f"{one.windows_a_day:.1f} windows a day: {first}"
        )
    return lines


def _unit(one: Told | Exposed) -> str:
    return f"{one.particles} {one.quantity}".strip()


def _numbers(numbers: Sequence[int]) -> str:
    more = f" and {len(numbers) - SHOWN:,} more" if len(numbers) > SHOWN else ""
    return (", ".join(map(str, numbers[:SHOWN])) or "none") + more


def _days(days: float) -> str:
    return "a century or more" if days >= LONGEST_DAYS else f"{days:,.0f} days"

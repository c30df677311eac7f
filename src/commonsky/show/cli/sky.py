"""`commonsky sky`: the state of the sky, as a page, as JSON, or in a few lines."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import msgspec

from commonsky.astro.epoch import tai_ns, utc_text
from commonsky.node.case_file import asked_rules
from commonsky.node.clock import RealClock
from commonsky.node.executor import workers
from commonsky.node.findings import EVERY_KIND, counted
from commonsky.node.sky_state import USUAL_RULES, SkyState, sky_state
from commonsky.show.cli.dossiers import circumstances_of, register_of_files
from commonsky.show.cli.histories import read_histories
from commonsky.show.cli.plain import plain
from commonsky.show.cli.screening import tell_intake
from commonsky.show.cli.voice import Voice, announce_compilation
from commonsky.show.report.sky import sky_html


def show_sky(
    files: Sequence[str],
    page: Path | None,
    rules: Sequence[str],
    on: str,
    registers: Sequence[Path],
    circumstances: Sequence[Path],
    kinds: Sequence[str],
    form: str,
) -> None:
    """Write the state of the sky."""
    day = on or utc_text(RealClock().now_tai_ns(), 0)[:10]
    tai_ns(f"{day}T00:00:00Z")
    with Voice() as voice, workers(None) as executor:
        announce_compilation(voice, "characterise")
        with voice.during("reading"):
            sets = read_histories(files)
        tell_intake(voice, sets)
        told = sky_state(
            sets, register_of_files(registers), circumstances_of(circumstances),
            asked_rules(rules or USUAL_RULES), date.fromisoformat(day),
            kinds=kinds or EVERY_KIND, executor=executor, progress=voice,
        )  # fmt: skip
        if page is not None:
            page.write_text(sky_html(told), encoding="utf-8")
            voice.say(f"{page} is the page")
    if form == "json":
        sys.stdout.buffer.write(msgspec.json.encode(told) + b"\n")
    else:
        sys.stdout.write("".join(f"{plain(line)}\n" for line in lines(told)))


def lines(told: SkyState) -> list[str]:
    """Return the state of the sky in a few lines."""
    heads = ("regime", "payloads", "stages", "debris", "unknown")
    found = [f"{heads[0]:<16}" + "".join(f"{head:>10}" for head in heads[1:])]
    for one in told.counts:
        numbers = (one.payloads, one.rocket_bodies, one.debris, one.unknown)
        found.append(f"{one.regime:<16}" + "".join(f"{number:>10,}" for number in numbers))
    events = ", ".join(counted(kind, many) for kind, many in sorted(told.events.items()))
    found += ["", f"{told.first[:10]} to {told.last[:10]}: {events or 'no event found'}", ""]
    found += ["State  rule              determined    open   limit passed (best to worst)"]
    for kept in told.kept:
        if not kept.is_one_of_ten or not kept.rule:
            continue
        share = "-" if kept.share is None else f"{kept.share:.0%}"
        low, high = kept.share_low or 0.0, 1.0 if kept.share_high is None else kept.share_high
        tested = f"{kept.owner:<7}{kept.rule:<18}{kept.determined:>10,}{kept.open:>8,}"
        found.append(f"{tested}   {share} ({low:.0%} to {high:.0%})")
    return found

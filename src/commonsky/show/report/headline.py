"""The top of the page: what a duty officer must know if nothing else is read."""

from __future__ import annotations

import math

import numpy as np

from commonsky.show.report.case import Case
from commonsky.show.report.drawing import svg
from commonsky.show.report.geometry import WORDS
from commonsky.show.report.moment import Moment
from commonsky.show.report.run import Run
from commonsky.show.report.severity import ATTENTION_LOG10, HIGH_LOG10, Severity
from commonsky.show.report.tables import object_name, symbol
from commonsky.show.report.text import (
    TIMES,
    count,
    counted,
    decimal,
    duration,
    length,
    log10_or_nan,
    odds,
    percent,
    probability,
    shown,
)

BANNER = (
    '<p class="banner" role="note"><b>Screening grade</b>'
    "<span>Estimated covariances. Not for manoeuvre decisions.</span></p>"
)


def headline(run: Run, title: str, worst: Case | None) -> str:
    """Return title, what was screened, what the volume misses, and the most dangerous event."""
    return (
        f'<header class="top"><p class="eyebrow">{title}</p><h1>{_title(run)}</h1>'
        f'<p class="lede">{_screened(run)}</p>{_incomplete(run)}</header>'
        f'<div class="lead">{_missed(run)}{_worst(run, worst)}</div>{_tally(run)}'
    )


def _title(run: Run) -> str:
    return f"{counted(run.total, 'conjunction')} in {duration(run.span_s)}"


def volume_words(run: Run) -> str:
    """Return the screening volume in words."""
    summary = run.summary
    if isinstance(summary.volume_km, tuple):
        axes = f" {TIMES} ".join(f"{axis:g}" for axis in summary.volume_km)
        shape = shown(summary.volume_shape) if isinstance(summary.volume_shape, str) else "volume"
        return f"inside a {shape} of ± {axes} km (radial, in-track, cross-track)"
    if isinstance(summary.threshold_km, float | int):
        return f"closer than {summary.threshold_km:g} km"
    return "inside the volume"


def _screened(run: Run) -> str:
    start, stop = Moment.at(run.start_tai_ns), Moment.at(run.stop_tai_ns)
    objects, primaries = run.summary.propagated, run.summary.primaries
    who = f"{counted(objects, 'object')} screened against each other"
    if isinstance(primaries, int):
        few = counted(primaries, "primary", "primaries")
        who = f"{few} screened against {counted(objects, 'object')}"
    return (
        f"{who}, from <b>{start.day}, {start.clock}</b> to <b>{stop.day} {stop.date[:4]}, "
        f"{stop.clock} UTC</b>. Listed is every approach {volume_words(run)}."
    )


def _incomplete(run: Run) -> str:
    if run.summary.complete:
        return ""
    return (
        '<p class="alarm"><b>This run is not complete.</b> '
        "What is not listed here may still come close.</p>"
    )


def _missed(run: Run) -> str:
    share = run.summary.missed_share
    if share is None or not math.isfinite(share):
        return (
            '<section class="missed"><h2>What this list misses</h2>'
            '<p class="big">unknown</p><p>How many of the pairs that will truly meet '
            "are hidden by the errors of their orbits could not be estimated.</p></section>"
        )
    return (
        '<section class="missed"><h2>What this list misses</h2>'
        f'<p class="big">{percent(share)}</p>'
        "<p>of the pairs that will truly meet are <b>not</b> listed: "
        f"the errors of their orbits hide them.</p>{_strip(share)}</section>"
    )


def _strip(share: float) -> str:
    hidden = min(max(round(100 * share), 1 if share > 0 else 0), 100 if share >= 1 else 99)
    ticks = [
        f'<path class="seen" d="M{4 * k + 1} 1v16"/>'
        if k < 100 - hidden
        else f'<path class="unseen" d="M{4 * k + 1} 13v4"/>'
        for k in range(100)
    ]
    told = f"of 100 true collisions, {100 - hidden} are listed and {hidden} are not"
    drawing = svg(400, 18, "Of a hundred true collisions", told, ticks, "strip")
    return f'{drawing}<p class="note">{told}</p>'


def _worst(run: Run, worst: Case | None) -> str:
    if worst is None:
        words = (
            "No event has a probability of collision."
            if run.unknown_total
            else "Nothing came close."
        )
        caution = " That is not the same as a clear sky: see what the list misses."
        return f'<section class="worst"><h2>Most dangerous</h2><p>{words}{caution}</p></section>'
    row, events = worst.row, run.events
    moment = Moment.at(events.tca_tai_ns[row])
    log10_pc, largest = float(run.log10_pc[row]), log10_or_nan(float(events.pc_max[row]))
    fleet = _beside_fleet(run) if events.intra_fleet[row] else ""
    if bool(events.diluted[row]):
        trust = (
            f" The orbits are so uncertain that the true value may be higher, "
            f"up to <b>{odds(largest)}</b>."
        )
    else:
        trust = f" At worst, for any size of the errors, {odds(largest)}."
    return (
        '<section class="worst"><h2>Most dangerous</h2>'
        f'<p class="big">{odds(log10_pc)} <span class="pc">Pc {probability(log10_pc)}</span></p>'
        f"<p>{object_name(run, row, 1)} and {object_name(run, row, 2)} pass "
        f"<b>{length(float(events.miss_km[row]))}</b> apart on {moment.day} "
        f"at <b>{moment.clock} UTC</b>, {duration(max(run.since_start_s(row), 0.0))} after the "
        f"start, at {decimal(float(events.relative_speed_km_s[row]), 1)} km/s, "
        f"{WORDS[worst.meeting.way]}.{trust}{fleet} "
        f'<a href="#case-{worst.rank}">See the case</a></p></section>'
    )


def _beside_fleet(run: Run) -> str:
    """Return which event is the worst between operators, where the worst of all is within one."""
    between = np.flatnonzero(~run.events.intra_fleet[: run.ranked])
    told = " Both belong to one operator."
    if not len(between):
        return told
    row = int(between[0])
    return (
        f"{told} The worst between operators is number {row + 1}: {object_name(run, row, 1)} and "
        f"{object_name(run, row, 2)}, {odds(float(run.log10_pc[row]))}."
    )


def _tally(run: Run) -> str:
    log10_pc = run.all_log10_pc
    bands = (
        (Severity.HIGH, int(np.sum(log10_pc >= HIGH_LOG10))),
        (Severity.ATTENTION, int(np.sum((log10_pc >= ATTENTION_LOG10) & (log10_pc < HIGH_LOG10)))),
        (Severity.LOW, int(np.sum(log10_pc < ATTENTION_LOG10))),
        (Severity.UNKNOWN, run.unknown_total),
    )
    return (
        '<ul class="tally">'
        + "".join(
            f"<li>{symbol(grade)}<b>{count(number)}</b> <span>{grade.markup}</span></li>"
            for grade, number in bands
        )
        + "</ul>"
    )

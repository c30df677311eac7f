"""One event of an assessment on one card: the ladder, the plane, why, and its history."""

from __future__ import annotations

import math
from collections.abc import Sequence

from commonsky.show.circumstances import Circumstances
from commonsky.show.events import EventMessage, Grouped, Trend
from commonsky.show.report.assessment_doubts import differ, doubts, tags
from commonsky.show.report.assessment_history import history_drawing
from commonsky.show.report.assessment_ladder import ladder_drawing
from commonsky.show.report.assessment_run import Assessments, grade, log10_pc
from commonsky.show.report.assessment_tables import end_of, kilometres, speed_km_s
from commonsky.show.report.assessment_words import AGAINST, METHODS, SHORT, Standing, Step, steps
from commonsky.show.report.markup import facts, table
from commonsky.show.report.plane import plane_drawing
from commonsky.show.report.text import (
    NONE,
    SIGMA,
    TIMES,
    counted,
    decimal,
    length,
    odds,
    probability,
    shown,
)

MOST_MESSAGES = 10
VERDICTS = {
    Standing.USED: "recommended",
    Standing.HOLDS: "agrees",
    Standing.INVALID: "may not be used",
    Standing.SILENT: "no number",
}
TRENDS = {
    Trend.RISING: "It is rising: the message before gave {before}.",
    Trend.FALLING: "It is falling: the message before gave {before}.",
    Trend.STEADY: "It is steady: the message before gave {before}.",
    Trend.NONE: "",
}


def event_card(run: Assessments, one: Grouped, rank: int) -> str:
    """Return one event as an HTML article."""
    event, line, key = one.event, run.line(one), f"c{rank}"
    at = log10_pc(event.pc)
    when = event.tca.replace("T", ", ").rstrip("Z")
    return (
        f'<article class="case" id="case-{rank}" aria-labelledby="{key}-h"><header>'
        f'<div class="case-who"><h3 id="{key}-h"><span class="case-rank">{rank}</span> '
        f'{run.name(one, 1)} <span class="and">and</span> {run.name(one, 2)}</h3>'
        f'<p class="case-when"><b>{shown(when) or "time not told"}</b> UTC '
        f"{tags(doubts(line, event))}</p></div>"
        f'<p class="case-pc {grade(one).style}"><b>{probability(at)}</b>'
        f"<span>{odds(at)}</span></p></header>"
        f'<p class="case-say">{_sentence(run, one)}</p>'
        f'<div class="figures">{_figures(run, one, key)}</div>'
        f"{_numbers(run, one)}{_history(one, key)}{_source(run, one)}</article>"
    )


def _sentence(run: Assessments, one: Grouped) -> str:
    event, line = one.event, run.line(one)
    say = [_pass(run, one), f"Recommended is {METHODS.get(event.method, shown(event.method))}."]
    off = differ(line.pc or 0.0, line.pc_2d) if line.pc_2d is not None else ""
    if off and event.method != "2d":
        say.append(f"2-D Pc would be <b>{off}</b>.")
    if not event.pc_is_of_newest:
        say.append("<b>The newest message could not be assessed</b>; the number is of an older.")
    numbers = [message.pc for message in event.messages if message.pc is not None]
    if len(numbers) > 1:
        say.append(TRENDS[event.trend].format(before=probability(log10_pc(numbers[-2]))))
        say.append(f"The largest so far is {probability(log10_pc(event.pc_largest))}.")
    if event.pair_events > 1 and event.pair_pc_lower is not None:
        say.append(_several(one))
    return " ".join(part for part in say if part)


def _pass(run: Assessments, one: Grouped) -> str:
    miss, speed = one.event.miss_km, run.line(one).relative_speed_km_s
    apart = f"They pass <b>{length(math.nan if miss is None else miss)}</b> apart"
    return f"{apart} at {speed_km_s(speed)} km/s." if speed is not None else f"{apart}."


def _several(one: Grouped) -> str:
    event = one.event
    least = probability(log10_pc(event.pair_pc_lower))
    most = (
        f"{probability(log10_pc(event.pair_pc_upper))} at most"
        if event.pair_pc_upper is not None
        else "no upper limit, as some have no number"
    )
    return (
        f"These two meet in {event.pair_events} of the events here: "
        f"that they collide in any has {least} at least, {most}."
    )


def _figures(run: Assessments, one: Grouped, key: str) -> str:
    line = run.line(one)
    climbed = steps(line)
    caption = "where object 2 may pass object 1"
    if set(line.violations) & set(AGAINST["2d-nc"]):
        caption = "at one moment, which does not describe this encounter"
    stated = math.nan if line.pc_stated is None else line.pc_stated
    return (
        "<figure><figcaption><b>Ladder</b> filled may be used, hollow may not</figcaption>"
        f"{ladder_drawing(climbed, stated, f'{key}l')}</figure>"
        f'<dl class="why">{_whys(climbed)}</dl>'
        "<figure><figcaption><b>Encounter plane</b> "
        f"{caption}</figcaption>"
        f"{_plane(run, one, key)}</figure>"
    )


def _plane(run: Assessments, one: Grouped, key: str) -> str:
    plane = run.told[one.telling].plane
    radius_m = run.line(one).hard_body_radius_m
    if plane is None or radius_m is None:
        return '<p class="quiet">There is no encounter plane to draw.</p>'
    return plane_drawing(plane, radius_m / 1000.0, f"{key}p")


def _whys(climbed: Sequence[Step]) -> str:
    before = ["", *(step.why for step in climbed)]
    return "".join(_why(step, said) for step, said in zip(climbed, before, strict=False))


def _why(step: Step, before: str) -> str:
    said = "for the same reason" if step.why == before else shown(step.why, 300)
    why = f"<dd>{said}</dd>" if step.why else ""
    verdict = VERDICTS[step.standing]
    if step.standing is Standing.SILENT:
        verdict, why = shown(step.why, 80), ""
    return (
        f'<div class="{step.standing}"><dt><span>{METHODS[step.method].partition(":")[0]}</span>'
        f'<span class="verdict">{verdict}</span></dt>{why}</div>'
    )


def _numbers(run: Assessments, one: Grouped) -> str:
    line, told = run.line(one), run.told[one.telling]
    plane = told.plane
    radius = math.nan if line.hard_body_radius_m is None else line.hard_body_radius_m / 1000.0
    columns = (
        (
            ("Pc", probability(log10_pc(line.pc))),
            ("largest 2-D Pc", probability(log10_pc(line.pc_max))),
        ),
        (
            ("miss distance", f"{kilometres(line.miss_km)} km"),
            ("in sigmas", decimal(plane.mahalanobis, 2) if plane else NONE),
        ),
        (
            (
                f"1{SIGMA} in the plane",
                f" {TIMES} ".join(map(length, plane.sigma_km)) if plane else NONE,
            ),
            ("hard-body radius", f"{length(radius)}, {shown(line.radius_source, 30)}"),
        ),
        _stated(run, told, one),
    )
    return facts(columns)


def _stated(run: Assessments, told: Circumstances, one: Grouped) -> tuple[tuple[str, str], ...]:
    line = run.line(one)
    return (
        (
            f"{shown(told.originator, 20) or 'sender'} states",
            probability(log10_pc(line.pc_stated)),
        ),
        ("with shared errors", probability(log10_pc(line.pc_correlated))),
    )


def _history(one: Grouped, key: str) -> str:
    messages = one.event.messages
    if len(messages) < 2:
        return ""
    newest = messages[: -MOST_MESSAGES - 1 : -1]
    cut = f"The newest {len(newest)} of " if len(messages) > len(newest) else ""
    return (
        '<div class="history"><figure><figcaption><b>History</b> Pc from message to message'
        f"</figcaption>{history_drawing(messages, f'{key}h')}</figure>"
        + table(
            f"{cut}{counted(len(messages), 'message')}, newest first",
            ("Created", "TCA (UTC)", "Miss <i>km</i>", "Pc", "by"),
            map(_message, newest),
            numbers=(2,),
        )
        + "</div>"
    )


def _message(message: EventMessage) -> tuple[str, ...]:
    why = shown(message.cannot_assess or "", 60)
    return (
        shown(message.created, 26) or NONE,
        shown(message.tca.replace("T", " ").rstrip("Z"), 26) or NONE,
        kilometres(message.miss_km),
        probability(log10_pc(message.pc)) if message.pc is not None else f"none: {why}",
        SHORT.get(message.method, shown(message.method)),
    )


def _source(run: Assessments, one: Grouped) -> str:
    line = run.line(one)
    return (
        f'<p class="case-files">Message {shown(line.message_id, 80) or NONE} in '
        f"{end_of(line.file, 90)}</p>"
    )

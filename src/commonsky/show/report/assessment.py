"""One self-contained HTML page about what `commonsky assess` found."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from commonsky.show.assessment_lines import AssessmentLine, RefusedLine
from commonsky.show.circumstances import Circumstances
from commonsky.show.report.assessment_card import event_card
from commonsky.show.report.assessment_run import Assessments, assessments_of, grade, log10_pc
from commonsky.show.report.assessment_style import ASSESSMENT_STYLE
from commonsky.show.report.assessment_tables import event_table, refused_table, unknown_tables
from commonsky.show.report.assessment_words import METHODS, REASONS
from commonsky.show.report.html import HATCH, POLICY
from commonsky.show.report.markup import section
from commonsky.show.report.severity import Severity
from commonsky.show.report.style import STYLE
from commonsky.show.report.tables import symbol
from commonsky.show.report.text import count, counted, length, odds, probability, shown

CARDS = 20


def write_assessment(
    lines: Sequence[AssessmentLine],
    refused: Sequence[RefusedLine],
    told: Sequence[Circumstances],
    path: str | Path,
    *,
    title: str = "Assessment of conjunctions",
    written: str = "",
) -> None:
    """Write `assessment_html` to a file."""
    text = assessment_html(lines, refused, told, title=title, written=written)
    Path(path).write_text(text, encoding="utf-8")


def assessment_html(
    lines: Sequence[AssessmentLine],
    refused: Sequence[RefusedLine],
    told: Sequence[Circumstances],
    *,
    title: str = "Assessment of conjunctions",
    written: str = "",
) -> str:
    """
    Return one HTML page about n assessments: no script, nothing fetched, printable, light, dark.

    `told` (n,) is what the messages say beside; `written` the UTC text of when the page is made,
    left out where "".  The gravest twenty events get a card.  Texts of others are escaped and cut.
    """
    run = assessments_of(lines, refused, told)
    cards = min(CARDS, len(run.ranked))
    cases = "".join(event_card(run, one, k + 1) for k, one in enumerate(run.ranked[:cards]))
    unknown = unknown_tables(run) if run.unknown else ""
    parts = [
        "<main>",
        _headline(run, shown(title, 120), shown(written)),
        section("events", "Gravest first", event_table(run, cards)),
        section("unknown", "No number", f"{CAUTION}{unknown}" if unknown else ""),
        section("refused", "Refused", refused_table(run) if run.refused else ""),
        section("cases", _heading(run, cards), cases),
        section("reading", "How to read this", _reading() if run.lines else ""),
        "</main>",
    ]
    return (
        '<!doctype html>\n<html lang="en-GB"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="color-scheme" content="light dark">'
        '<meta name="referrer" content="no-referrer">'
        f"<title>{shown(title, 120)}</title><style>{STYLE}{ASSESSMENT_STYLE}</style></head>"
        f"<body>{HATCH}" + "\n".join(part for part in parts if part) + "</body></html>\n"
    )


CAUTION = (
    '<p class="quiet">These could not be given a probability. That does not make them safe.</p>'
)


def _heading(run: Assessments, cards: int) -> str:
    return "Each event" if cards == len(run.ranked) else f"The gravest {cards}"


def _headline(run: Assessments, title: str, written: str) -> str:
    events = len(run.ranked) + len(run.unknown)
    made = f" This page was written {written}." if written else ""
    heading = f"{counted(events, 'event')} in {counted(run.files, 'message')}"
    return (
        f'<header class="top"><p class="eyebrow">{title}</p><h1>{heading}</h1>'
        f'<p class="lede">{_counts(run)}{_span(run)}{made}</p></header>'
        f'<div class="lead">{_worst(run)}{_missing(run)}</div>{_tally(run)}'
    )


def _counts(run: Assessments) -> str:
    have = "message has" if run.assessed == 1 else "messages have"
    were = "was" if len(run.refused) == 1 else "were"
    return (
        f"<b>{count(run.assessed)}</b> {have} a number, "
        f"<b>{count(len(run.lines) - run.assessed)}</b> could not be assessed, "
        f"<b>{count(len(run.refused))}</b> {were} refused."
    )


def _span(run: Assessments) -> str:
    times = sorted(line.tca for line in run.lines if line.tca)
    if not times:
        return ""
    first, last = shown(times[0][:10]), shown(times[-1][:10])
    return f" Closest approaches: {first}." if first == last else (
        f" Closest approaches from {first} to {last}."
    )  # fmt: skip


def _worst(run: Assessments) -> str:
    if not run.ranked:
        return (
            '<section class="worst"><h2>Gravest</h2><p class="big">unknown</p>'
            "<p>No event has a probability of collision. That is not a clear sky.</p></section>"
        )
    one = run.ranked[0]
    at, miss = log10_pc(one.event.pc), one.event.miss_km
    apart = f"pass <b>{length(miss)}</b> apart" if miss is not None else "meet"
    method = METHODS.get(one.event.method, shown(one.event.method)).partition(":")[0]
    return (
        '<section class="worst"><h2>Gravest</h2>'
        f'<p class="big">{odds(at)} <span class="pc">Pc {probability(at)}</span></p>'
        f"<p>{run.name(one, 1)} and {run.name(one, 2)} {apart}, "
        f"<b>{shown(one.event.tca.replace('T', ', ').rstrip('Z')) or 'time not told'} UTC</b>, by "
        f'{method}. <a href="#case-1">See the event</a></p></section>'
    )


def _missing(run: Assessments) -> str:
    reasons = run.reasons().most_common(3)
    if not reasons:
        return (
            '<section class="missed"><h2>Without a number</h2><p class="big">none</p>'
            "<p>Every message that was read could be assessed.</p></section>"
        )
    items = ""
    for said, number in reasons:
        why, helps = REASONS.get(said, (said, ""))
        items += (
            f"<li><b>{count(number)}</b> {shown(why, 120)} "
            f'<span class="help">{shown(helps, 120)}</span></li>'
        )
    total = len(run.lines) - run.assessed
    return (
        f'<section class="missed"><h2>Without a number</h2><p class="big">{count(total)} '
        f'<span class="pc">of {counted(len(run.lines), "message")} read</span></p>'
        f'<ul class="reasons">{items}</ul></section>'
    )


def _tally(run: Assessments) -> str:
    grades = [grade(one) for one in (*run.ranked, *run.unknown)]
    return (
        '<ul class="tally">'
        + "".join(
            f"<li>{symbol(band)}<b>{count(grades.count(band))}</b> <span>{band.markup}</span></li>"
            for band in reversed(Severity)
        )
        + "</ul>"
    )


def _reading() -> str:
    return (
        '<div class="method">'
        "<p><b>Pc</b> is of the plainest method that is valid. Where 2-D Pc is struck through, "
        "its assumption of straight paths does not hold, and it may be too large or too small.</p>"
        "<p><b>Nc</b> is the expected number of collisions of curved paths: at one moment (2-D) "
        "or over time (3-D). Trials draw errors and follow both orbits; the bar is where their "
        "true share lies with 95 % confidence.</p>"
        "<p><b>An event</b> is what messages tell of the same two objects at about the same time. "
        "Its number is that of its newest message that could be assessed.</p>"
        "<p><b>Diluted</b>: the errors are so large that they lower Pc; better orbits may raise "
        "it. All numbers are only as good as the covariances of the messages.</p></div>"
    )

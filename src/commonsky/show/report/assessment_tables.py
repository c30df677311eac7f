"""Tables of the report on an assessment: events, those without a number, files refused."""

from __future__ import annotations

import math

from commonsky.assess.ladder import SLOW_KM_S
from commonsky.show.assessment_lines import AssessmentLine
from commonsky.show.events import Grouped
from commonsky.show.report.assessment_doubts import doubts, tags
from commonsky.show.report.assessment_run import Assessments, grade, log10_pc
from commonsky.show.report.assessment_words import AGAINST, BRIEF, SHORT, reason, two_d_invalid
from commonsky.show.report.markup import table
from commonsky.show.report.tables import symbol
from commonsky.show.report.text import NONE, count, counted, decimal, probability, shown

MOST_ROWS, MOST_UNKNOWN, MOST_REFUSED = 300, 200, 100
HEADINGS = (
    ("rank", "", "#"),
    ("pc", "probability of collision, from the plainest method that is valid", "Pc"),
    ("", "which method that is", "by"),
    ("pc", "straight paths; struck through where that may not be used", "2-D Pc"),
    ("who", "", "Objects"),
    ("tca", "time of closest approach", "TCA (UTC)"),
    ("num", "", "Miss <i>km</i>"),
    ("num", "", "Speed <i>km/s</i>"),
    ("num", "messages about this event", "Messages"),
    ("doubt", "", "Doubtful"),
)


def event_table(run: Assessments, cards: int) -> str:
    """Return the table of events that have a number; the first `cards` link to their card."""
    if not run.ranked:
        return ""
    head = "".join(
        f'<th scope="col" class="{kind}"'
        + (f' title="{title}"' if title else "")
        + f">{name}</th>"
        for kind, title, name in HEADINGS
    )
    rows = run.ranked[:MOST_ROWS]
    body = "".join(_event(run, one, k + 1, cards) for k, one in enumerate(rows))
    return (
        f'<div class="scroll"><table class="events"><caption>{_caption(run)}</caption>'
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def _caption(run: Assessments) -> str:
    total = counted(len(run.ranked), "event")
    if len(run.ranked) > MOST_ROWS:
        return f"The first {MOST_ROWS} of {total} with a Pc; --events lists all"
    return f"{total} with a Pc"


def _event(run: Assessments, one: Grouped, rank: int, cards: int) -> str:
    line, event = run.line(one), one.event
    place = f'<a href="#case-{rank}">{rank}</a>' if rank <= cards else f"{rank}"
    flat = probability(log10_pc(line.pc_2d))
    cells = (
        ("rank", "", place),
        ("pc main", "Pc", symbol(grade(one)) + probability(log10_pc(event.pc))),
        ("by", "by", SHORT.get(event.method, shown(event.method)) + _because(line)),
        ("pc max", "2-D Pc", f"<s>{flat}</s>" if two_d_invalid(line) else flat),
        ("who", "", f"{run.name(one, 1)}<br>{run.name(one, 2)}"),
        ("tca", "TCA", moment(event.tca)),
        ("num miss", "Miss, km", kilometres(event.miss_km)),
        ("num speed", "Speed, km/s", speed_km_s(line.relative_speed_km_s)),
        ("num age", "Messages", count(len(one.rows))),
        ("doubt", "", tags(doubts(line, event))),
    )
    return (
        "<tr>"
        + "".join(
            f'<td class="{kind}"' + (f' data-name="{name}"' if name else "") + f">{value}</td>"
            for kind, name, value in cells
        )
        + "</tr>"
    )


def _because(line: AssessmentLine) -> str:
    """Return what speaks against 2-D Pc, on lines below the method."""
    said = [BRIEF[one] for one in line.violations if one in AGAINST["2d"]]
    return f'<br><span class="quiet">{", ".join(said)}</span>' if said else ""


def speed_km_s(value: float | None) -> str:
    """Return a relative speed in km/s, with enough digits that a slow one is not 0."""
    if value is None or value >= SLOW_KM_S or value <= 0.0:
        return kilometres(value, 2)
    return decimal(value, 3) if value >= 0.01 else probability(log10_pc(value))


def moment(text: str) -> str:
    """Return a UTC text of ours on two lines: day and clock."""
    if not text:
        return NONE
    day, _, clock = text.partition("T")
    return f'{shown(day, 12)} <br><span class="quiet">{shown(clock.rstrip("Z"), 16)}</span>'


def kilometres(value: float | None, digits: int = 3) -> str:
    """Return a decimal; a dash where there is none."""
    return decimal(math.nan if value is None else value, digits)


def unknown_tables(run: Assessments) -> str:
    """Return the events without a number by reason, the commonest first, with what would help."""
    groups: dict[tuple[str, str], list[Grouped]] = {}
    for one in run.unknown:
        groups.setdefault(reason(run.line(one)), []).append(one)
    left, tables = MOST_UNKNOWN, []
    for (why, helps), events in sorted(groups.items(), key=lambda group: -len(group[1])):
        tables.append(_unknown_table(run, why, helps, events, left))
        left = max(0, left - len(events))
    return "".join(tables)


def _unknown_table(
    run: Assessments, why: str, helps: str, events: list[Grouped], most: int
) -> str:
    listed = events[:most]
    said = f'<h3>{shown(why, 120)}</h3><p class="help">{shown(helps, 120)}</p>'
    total = counted(len(events), "event")
    if not listed:
        return f"{said}<p>{total}, listed by --events</p>"
    caption = total if len(listed) == len(events) else f"The first {len(listed)} of {total}"
    return said + table(
        f"{caption}, by time of closest approach",
        ("Objects", "TCA (UTC)", "Miss <i>km</i>", "Messages", "Newest message"),
        (_unknown(run, one) for one in listed),
        numbers=(2, 3),
        style="unknown",
    )


def _unknown(run: Assessments, one: Grouped) -> tuple[str, ...]:
    return (
        f"{run.name(one, 1)}<br>{run.name(one, 2)}",
        moment(one.event.tca),
        kilometres(one.event.miss_km),
        count(len(one.rows)),
        f'<span class="file">{end_of(run.line(one).file)}</span>',
    )


def end_of(file: str, longest: int = 70) -> str:
    """Return the end of a path, safe to print."""
    return ("\N{HORIZONTAL ELLIPSIS}" if len(file) > longest else "") + shown(
        file[-longest:], longest
    )


def refused_table(run: Assessments) -> str:
    """Return the files that are no conjunction data messages."""
    rows = run.refused[:MOST_REFUSED]
    more = f"The first {MOST_REFUSED} of " if len(run.refused) > MOST_REFUSED else ""
    return table(
        f"{more}{counted(len(run.refused), 'file')} refused",
        ("File", "Line", "Column", "What is wrong"),
        (
            (
                end_of(one.file),
                count(one.line),
                count(one.column),
                shown(one.problem, 200),
            )
            for one in rows
        ),
        numbers=(1, 2),
    )

"""The ranked table of events, and the lane of those that have no Pc."""

from __future__ import annotations

from commonsky.show.report.drawing import mark
from commonsky.show.report.moment import Moment
from commonsky.show.report.run import Run
from commonsky.show.report.severity import Severity, severity
from commonsky.show.report.text import (
    NONE,
    countdown,
    decimal,
    log10_or_nan,
    probability,
    shown,
    signed,
)

HEADINGS = (
    ("rank", "", "#"),
    ("pc", "probability of collision", "Pc"),
    ("pc", "largest Pc over all sizes of the covariance", "largest Pc"),
    ("who", "", "Objects"),
    (
        "tca",
        "time of closest approach, UTC, and time from the start of the screening",
        "TCA (UTC)",
    ),
    ("num", "", "Miss <i>km</i>"),
    ("num", "radial: object 2 seen from object 1", "R <i>km</i>"),
    ("num", "in-track: object 2 seen from object 1", "I <i>km</i>"),
    ("num", "cross-track: object 2 seen from object 1", "C <i>km</i>"),
    ("num", "", "Speed <i>km/s</i>"),
    ("num", "age of the element sets at the closest approach", "Age <i>d</i>"),
    ("flag", "", "Flags"),
)


def event_table(run: Run, rows: range, cards: int, caption: str) -> str:
    """Return a table of some rows of the run; the first `cards` events have a card to link to."""
    head = "".join(
        f'<th scope="col" class="{kind}"'
        + (f' title="{title}"' if title else "")
        + f">{name}</th>"
        for kind, title, name in HEADINGS
    )
    body = "".join(_event(run, row, row - rows.start + 1, cards) for row in rows)
    return (
        f'<div class="scroll"><table class="events"><caption>{caption}</caption>'
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def _event(run: Run, row: int, rank: int, cards: int) -> str:
    events = run.events
    grade = severity(float(run.log10_pc[row]))
    moment = Moment.at(events.tca_tai_ns[row])
    place = f'<a href="#case-{rank}">{rank}</a>' if row < cards else f"{rank}"
    tags = flags(run, row)
    kinds = ["fleet"] if events.intra_fleet[row] else []
    kinds += ["slow"] if events.slow[row] else []
    later = countdown(run.since_start_s(row))
    ages = events.age1_days[row], events.age2_days[row]
    components = (events.radial_km[row], events.in_track_km[row], events.cross_track_km[row])
    cells = (
        ("rank", "", place),
        ("pc main", "Pc", symbol(grade) + _pc_or_reason(run, row)),
        ("pc max", "largest Pc", probability(log10_or_nan(float(events.pc_max[row])))),
        ("who", "", f"{object_name(run, row, 1)}<br>{object_name(run, row, 2)}"),
        ("tca", "TCA", f'{moment.date} {moment.clock}<br><span class="quiet">{later}</span>'),
        ("num miss", "Miss, km", decimal(float(events.miss_km[row]), 3)),
        *(
            (f"num ric {axis.lower()}", f"{axis}, km", signed(float(value)))
            for axis, value in zip(("R", "I", "C"), components, strict=True)
        ),
        ("num speed", "Speed, km/s", decimal(float(events.relative_speed_km_s[row]), 2)),
        ("num age", "Age, d", "<br>".join(decimal(float(age), 1) for age in ages)),
        ("flag" if tags else "flag plainly", "", tags or NONE),
    )  # fmt: skip
    return (
        f'<tr class="{" ".join(kinds)}">'
        + "".join(
            f'<td class="{kind}"' + (f' data-name="{name}"' if name else "") + f">{value}</td>"
            for kind, name, value in cells
        )
        + "</tr>"
    )


def _pc_or_reason(run: Run, row: int) -> str:
    if severity(float(run.log10_pc[row])) is Severity.UNKNOWN:
        return f'<span class="reason">{shown(run.events.pc_null_reason[row], 80)}</span>'
    return probability(float(run.log10_pc[row]))


def symbol(grade: Severity) -> str:
    """Return the mark of a band as a small inline picture, named for those who cannot see it."""
    return (
        f'<svg class="sym" viewBox="-7 -7 14 14" role="img" aria-label="{grade.words}">'
        f"{mark(0, 0, grade.shape, grade.style, 4.4)}</svg>"
    )


def object_name(run: Run, row: int, which: int) -> str:
    """Return name and number of one of the two objects, safe to print."""
    events = run.events
    name = str((events.name1, events.name2)[which - 1][row]).strip()
    number = int((events.object1, events.object2)[which - 1][row])
    known = shown(name) if name else "unnamed"
    return f'<span class="name">{known}</span> <span class="id">{number}</span>'


def flags(run: Run, row: int) -> str:
    """Return what is special about an event, as small tags."""
    events = run.events
    tags = []
    if events.diluted[row]:
        tags.append(("dilute", "diluted", "the covariance is so large that it lowers the Pc"))
    if events.slow[row]:
        tags.append(("", "slow", "relative speed below 0.1 km/s: docked, in formation, same slot"))
    if events.intra_fleet[row]:
        tags.append(("", "one operator", "both objects belong to one operator"))
    return "".join(
        f'<span class="tag {kind}" title="{title}">{name}</span>' for kind, name, title in tags
    )

"""The page of a dossier: what was seen, what else it may have been, which rules it meets."""

from __future__ import annotations

from collections.abc import Sequence

from commonsky.node.dossier import Dossier
from commonsky.node.dossier_files import RECORDS, SIGNED
from commonsky.node.finding_words import finding_words
from commonsky.node.findings import (
    NAMES,
    AnyFinding,
    Fragmentation,
    Manoeuvre,
    Proximity,
    Relocation,
)
from commonsky.show.report.dossier_course import Course, course_figure
from commonsky.show.report.dossier_gabbard import Cloud, gabbard_figure
from commonsky.show.report.dossier_rules import rules_section
from commonsky.show.report.dossier_style import DOSSIER_STYLE
from commonsky.show.report.html import HATCH, POLICY
from commonsky.show.report.markup import section, table
from commonsky.show.report.style import STYLE
from commonsky.show.report.text import MINUS, NONE, count, counted, percent, shown

MOST_FINDINGS = 60
LONGEST_TEXT = 2000


def dossier_html(
    dossier: Dossier,
    courses: Sequence[Course],
    signed: Sequence[str],
    clouds: Sequence[Cloud] = (),
) -> str:
    """
    Return one HTML page: no script, nothing fetched, light and dark, printable.

    `signed` are the names under the dossier's checkpoint.  All texts are escaped.
    """
    title = shown(dossier.asked.title, 200)
    parts = [
        "<main>",
        _head(dossier, title, signed),
        section("seen", "What was seen", _seen(dossier, courses, clouds)),
        section("else", "What else it may have been", _alternatives(dossier)),
        section("rules", "The rules, one by one", rules_section(dossier.judgements)),
        section("change", "What would change this", _would_change(dossier)),
        section("custody", "When nobody was looking", _custody(dossier)),
        section("stated", "What people state", _circumstances(dossier)),
        section("withheld", "What is not in it", _withheld(dossier)),
        section("check", "How to check it", _check(dossier)),
        "</main>",
    ]
    return (
        '<!doctype html>\n<html lang="en-GB"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="color-scheme" content="light dark">'
        '<meta name="referrer" content="no-referrer">'
        f"<title>{title}</title><style>{STYLE}{DOSSIER_STYLE}</style></head><body>{HATCH}"
        + "\n".join(part for part in parts if part)
        + "</body></html>\n"
    )


def _head(dossier: Dossier, title: str, signed: Sequence[str]) -> str:
    asked = dossier.asked
    by = f"signed by {', '.join(shown(name) for name in signed)}" if signed else "not signed"
    span = " to ".join(day for day in (asked.since[:10], asked.until[:10]) if day)
    objects = ", ".join(str(number) for number in asked.objects[:8])
    more = f" and {len(asked.objects) - 8} more" if len(asked.objects) > 8 else ""
    lines = "".join(f"<li>{shown(text, LONGEST_TEXT)}</li>" for text in dossier.summary)
    return (
        f'<header class="top"><p class="eyebrow">Dossier on {objects}{more}'
        f"{f', {span}' if span else ''}; rules as of {shown(asked.on)}; {by}</p>"
        f'<h1>{title}</h1><ul class="summary">{lines}</ul></header>'
    )


def _seen(dossier: Dossier, courses: Sequence[Course], clouds: Sequence[Cloud]) -> str:
    custody = {one.object: one for one in dossier.custody}
    figures = "".join(
        course_figure(course, custody.get(course.number), dossier.findings, f"course{k}")
        for k, course in enumerate(courses)
    )
    figures += "".join(gabbard_figure(cloud, f"cloud{k}") for k, cloud in enumerate(clouds))
    if not dossier.findings:
        return figures + "<p>Nothing was found in these records.</p>"
    shown_here = dossier.findings[:MOST_FINDINGS]
    more = len(dossier.findings) - len(shown_here)
    caption = counted(len(dossier.findings), "event")
    if more:
        caption += f", the first {len(shown_here)} of them here, all in the file"
    rows = [_finding_row(one) for one in shown_here]
    return figures + table(
        caption, ("what", "when (UTC)", "who", "how much", "how sure", "rests on"), rows,
        style="seen",
    )  # fmt: skip


def _finding_row(one: AnyFinding) -> tuple[str, ...]:
    rests = counted(len(one.records), "record")
    if isinstance(one, Manoeuvre):
        much = NONE
        if one.delta_v_m_s is not None:
            sigma = (
                ""
                if one.delta_v_sigma_m_s is None
                else f" \N{PLUS-MINUS SIGN} {_short(one.delta_v_sigma_m_s)}"
            )
            much = f"{_short(one.delta_v_m_s)}{sigma} m/s"
        return (
            f"manoeuvre, {shown(one.type)}", _window(one.not_before, one.not_after),
            _who(one.object, one.name), much,
            f"score {one.score:.3g}; smallest visible {_short(one.detectable_m_s)} m/s", rests,
        )  # fmt: skip
    if isinstance(one, Relocation):
        return (
            "relocation", _window(one.left_not_before, one.arrived_not_after),
            _who(one.object, one.name),
            _moved(one),
            f"score {one.score:.3g}", rests,
        )  # fmt: skip
    if isinstance(one, Proximity):
        much = "same slot; no distance can be said"
        if one.separation_km is not None:
            much = (
                f"{_short(one.separation_km)} km ({_short(one.separation_low_km)} to "
                f"{_short(one.separation_high_km)})"
            )
        return (
            "approach" + (", habitual" if one.habitual else ""),
            _window(one.not_before, one.not_after),
            f"{_who(one.object1, one.name1)}<br>{_who(one.object2, one.name2)}", much,
            shown(one.status), rests,
        )  # fmt: skip
    if isinstance(one, Fragmentation):
        return _fragmentation_row(one, rests)
    return (
        shown(NAMES[type(one).__name__.lower()][0]), _window(one.not_before, one.not_after),
        ", ".join(str(number) for number in one.objects[:4]), shown(finding_words(one), 300),
        NONE, rests,
    )  # fmt: skip


def _moved(one: Relocation) -> str:
    return (
        f"{_east(one.longitude_from_deg)} to {_east(one.longitude_to_deg)}, "
        f"{_short(abs(one.drift_deg_day))}\N{DEGREE SIGN} a day"
    )


def _fragmentation_row(one: Fragmentation, rests: str) -> tuple[str, ...]:
    sure = f"score {one.score:.3g}"
    if one.parent_probability is not None:
        sure += f"; parent {percent(one.parent_probability)}"
    return (
        f"common origin: {shown(one.type)}", _window(one.not_before, one.not_after),
        _who(one.parent, one.parent_name) if one.parent else "parent unknown",
        counted(one.fragments, "fragment"), sure, rests,
    )  # fmt: skip


def _alternatives(dossier: Dossier) -> str:
    told: dict[str, float | None] = {}
    for judgement in dossier.judgements:
        for text, likelihood in judgement.alternatives:
            told.setdefault(text, likelihood)
    if not told:
        return "<p>No other explanation was put forward or follows from the records.</p>"
    rows = [
        (shown(text, LONGEST_TEXT), NONE if likelihood is None else percent(likelihood))
        for text, likelihood in told.items()
    ]
    return table("Explanations, with the likelihood that was given to them", ("", ""), rows)


def _would_change(dossier: Dossier) -> str:
    texts = dict.fromkeys(text for one in dossier.judgements for text in one.would_change)
    return (
        "<ul>" + "".join(f"<li>{shown(t, LONGEST_TEXT)}</li>" for t in texts) + "</ul>"
        if texts
        else ""
    )


def _custody(dossier: Dossier) -> str:
    rows = []
    for one in dossier.custody:
        gaps = "; ".join(
            f"{_minute(gap.not_before)} to {_minute(gap.not_after)} ({gap.hours:,.0f} h)"
            for gap in one.gaps
        )
        by = ", ".join(f"{shown(name)} {count(sets)}" for name, sets in one.sources[:6])
        usual = NONE if one.usual_interval_h is None else f"{one.usual_interval_h:,.1f} h"
        rows.append(
            (str(one.object), count(one.sets), usual, percent(one.gap_share), gaps or "none", by)
        )
    return table(
        "How closely each object was followed, and the longest times that it was not",
        ("object", "sets", "usual interval", "in gaps", "longest gaps (UTC)", "who said so"),
        rows,
    )  # fmt: skip


def _circumstances(dossier: Dossier) -> str:
    if not dossier.circumstances:
        return ""
    rows = [
        (
            shown(one.kind.value), shown(one.answer.value), shown(one.day or NONE),
            shown(one.text, LONGEST_TEXT),
            f"{shown(one.source, LONGEST_TEXT)} ({shown(one.standing.value)})",
        )
        for one in dossier.circumstances
    ]  # fmt: skip
    return table(
        "Not seen in orbit but stated, by whom, and how the source was read",
        ("of", "answer", "day", "", "source"), rows,
    )  # fmt: skip


def _withheld(dossier: Dossier) -> str:
    return (
        "<ul>" + "".join(f"<li>{shown(t, LONGEST_TEXT)}</li>" for t in dossier.withheld) + "</ul>"
    )


def _check(dossier: Dossier) -> str:
    made = dossier.software
    by = f"Python {shown(made.python)}, NumPy {shown(made.numpy)}, {shown(made.machine)}"
    code = f"{shown(made.name)} {shown(made.version)}, sources {shown(made.sources[:16])}, {by}"
    rows = [
        ("records", f"{count(dossier.records)}, each with its way to the root, in {RECORDS}"),
        ("signature", f"one over all that is said here and all records, in {SIGNED}"),
        ("software", code),
    ]
    for one in dossier.files:
        digest = f"SHA-256 <code>{shown(one.sha256, 64)}</code>"
        many = f"{count(one.accepted)} of {count(one.read)} records"
        rows.append(("file", f"{shown(one.name, 80)}: {many}, {digest}"))
    return (
        "<p>Whoever has this folder can compute it again, without trusting who made it:</p>"
        "<p><code>commonsky dossier verify FOLDER</code></p>"
        "<p>checks every record against the signed root, partners' records against what the "
        "partner signed, detects again from the records, and compares every number.</p>"
        + table("What it was made of", ("", ""), rows, style="params")
    )


def _who(number: int, name: str) -> str:
    return f'<span class="name">{shown(name)}</span> <span class="id">{number}</span>'


def _window(not_before: str, not_after: str) -> str:
    first, last = _minute(not_before), _minute(not_after)
    return first if first == last else f"{first}<br>to {last}"


def _minute(text: str) -> str:
    return text[:16].replace("T", " ")


def _east(degrees: float) -> str:
    side = "E" if degrees >= 0 else "W"
    return f"{abs(degrees):.2f}\N{DEGREE SIGN} {side}"


def _short(value: float | None) -> str:
    if value is None:
        return NONE
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}".replace("-", MINUS)

"""The page: everything the other files draw, in the order a tired reader needs it."""

from __future__ import annotations

from pathlib import Path

from commonsky.catalogue.catalogue import Catalogue
from commonsky.node.conjunctions import Conjunctions
from commonsky.show.report.case import case_card, case_of
from commonsky.show.report.headline import BANNER, headline
from commonsky.show.report.markup import section
from commonsky.show.report.run import Run, run_of
from commonsky.show.report.style import STYLE
from commonsky.show.report.tables import event_table
from commonsky.show.report.text import count, counted, shown
from commonsky.show.report.timeline import timeline
from commonsky.show.report.trust import not_assessed, provenance
from commonsky.show.report.where import where_and_when

RANKED_ROWS, UNKNOWN_ROWS = 50, 50
POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; "
    "base-uri 'none'; form-action 'none'"
)


def write_report(
    conjunctions: Conjunctions,
    catalogue: Catalogue,
    path: str | Path,
    *,
    top: int = 10,
    title: str = "Screening report",
) -> None:
    """Write `report_html` to a file."""
    text = report_html(conjunctions, catalogue, top=top, title=title)
    Path(path).write_text(text, encoding="utf-8")


def report_html(
    conjunctions: Conjunctions,
    catalogue: Catalogue,
    *,
    top: int = 10,
    title: str = "Screening report",
) -> str:
    """
    Return one HTML page about a screening: no script, nothing fetched, light and dark, printable.

    The `top` most dangerous events get a card with drawings.  Events without a Pc have a table of
    their own.  All texts of the inputs are escaped and cut.
    """
    run = run_of(conjunctions, catalogue)
    cases = [case_of(run, row) for row in range(min(top, run.ranked))]
    parts = [
        BANNER,
        "<main>",
        headline(run, shown(title, 120), cases[0] if cases else None),
        section("glance", "At a glance", timeline(run, len(cases))),
        section("ranked", "Most dangerous first", _tables(run, len(cases))),
        section("cases", "Cases", "".join(case_card(run, case) for case in cases)),
        section("where", "Where and when", where_and_when(run)),
        section("left-out", "What could not be assessed", not_assessed(run)),
        section("provenance", "Provenance", provenance(run)),
        "</main>",
    ]
    return (
        '<!doctype html>\n<html lang="en-GB"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="color-scheme" content="light dark">'
        '<meta name="referrer" content="no-referrer">'
        f"<title>{shown(title, 120)}</title><style>{STYLE}</style></head><body>{HATCH}"
        + "\n".join(part for part in parts if part)
        + "</body></html>\n"
    )


HATCH = (
    '<svg class="defs" width="0" height="0" aria-hidden="true"><defs>'
    '<pattern id="hatch" width="6" height="6" patternUnits="userSpaceOnUse" '
    'patternTransform="rotate(45)">'
    '<path class="hatch-line" d="M0 0V6"/></pattern></defs></svg>'
)


def _tables(run: Run, cards: int) -> str:
    if not run.total:
        return "<p>No approach inside the volume was found.</p>"
    body = ""
    if run.ranked:
        rows = range(min(run.ranked, RANKED_ROWS))
        total = counted(run.total - run.unknown_total, "event")
        body += event_table(run, rows, cards, f"The first {count(len(rows))} of {total} with a Pc")
    if run.unknown_total:
        rows = range(run.ranked, min(len(run.events), run.ranked + UNKNOWN_ROWS))
        total = counted(run.unknown_total, "event")
        body += (
            "<h3>No Pc, nearest first</h3>"
            '<p class="quiet">These could not be given a probability. '
            "That does not make them safe.</p>"
            + event_table(run, rows, 0, f"The first {count(len(rows))} of {total} without a Pc")
        )
    return body

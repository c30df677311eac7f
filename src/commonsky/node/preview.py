"""A first look at conjunctions, in a terminal and in a notebook."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from html import escape
from typing import Any, NamedTuple

from commonsky.node.summary import Summary

LONGEST_NAME = 20
HONESTY = {
    "screening": (
        "screening grade: covariances are estimated from past element sets, so Pc sorts, "
        "it does not decide"
    ),
}
FRAME = "components: object 2 seen from object 1, radial/in-track/cross-track, inertial"


class Heading(NamedTuple):
    """One column of the preview."""

    title: str
    cell: Callable[[Mapping[str, Any]], str]
    right: bool


def _who(number: int) -> Callable[[Mapping[str, Any]], str]:
    return lambda row: f"{row[f'object{number}']} {printable(row[f'name{number}'])}".rstrip()


def _flags(row: Mapping[str, Any]) -> str:
    words = {"slow": "slow", "intra_fleet": "fleet", "diluted": "diluted"}
    return " ".join(word for name, word in words.items() if row[name])


HEADINGS = (
    Heading("TCA (UTC)", lambda row: row["tca"][:-4] + "Z", right=False),
    Heading("object 1", _who(1), right=False),
    Heading("object 2", _who(2), right=False),
    Heading("miss km", lambda row: f"{row['miss_km']:.3f}", right=True),
    Heading("km/s", lambda row: f"{row['relative_speed_km_s']:.2f}", right=True),
    Heading("R km", lambda row: f"{row['radial_km']:.3f}", right=True),
    Heading("Pc", lambda row: probability(row["pc"]), right=True),
    Heading("max Pc", lambda row: probability(row["pc_max"]), right=True),
    Heading("remarks", _flags, right=False),
)


def printable(name: str) -> str:
    """Return a name cut to fit, without characters that could steer a terminal."""
    plain = "".join(letter if letter.isprintable() else "?" for letter in name)
    return plain if len(plain) <= LONGEST_NAME else plain[: LONGEST_NAME - 1] + "…"


def probability(value: float | None) -> str:
    """Return a probability in two digits, or a dash."""
    return "-" if value is None else f"{value:.1e}"


def cells(rows: Iterable[Mapping[str, Any]]) -> list[list[str]]:
    """Return the preview's cells as texts, one list a row."""
    return [[heading.cell(row) for heading in HEADINGS] for row in rows]


def title(total: int, summary: Summary) -> str:
    """Return what the table holds, in one line."""
    noun = "conjunction" if total == 1 else "conjunctions"
    start, stop = (when.replace(".000000Z", "Z") for when in (summary.start, summary.stop))
    return f"{total:,} {noun} {summary.region()}, {start} to {stop}"


def banner(summary: Summary) -> str:
    """Return how far to trust the table, in one line."""
    told = HONESTY.get(summary.grade, f"grade: {summary.grade}")
    return told if summary.complete else f"INCOMPLETE: {told}"


def text(rows: Sequence[Mapping[str, Any]], total: int, summary: Summary) -> str:
    """Return aligned lines: what it is, how far to trust it, the rows given."""
    lines = [title(total, summary), f"({banner(summary)}; {FRAME})"]
    if not rows:
        return "\n".join(lines)
    grid = [[heading.title for heading in HEADINGS], *cells(rows)]
    widths = [max(len(line[k]) for line in grid) for k in range(len(HEADINGS))]
    for line in grid:
        padded = (
            cell.rjust(width) if heading.right else cell.ljust(width)
            for cell, width, heading in zip(line, widths, HEADINGS, strict=True)
        )
        lines.append("  ".join(padded).rstrip())
    if total > len(rows):
        lines.append(f"... and {total - len(rows):,} more")
    return "\n".join(lines)


def html(rows: Sequence[Mapping[str, Any]], total: int, summary: Summary) -> str:
    """Return an HTML table of the rows given, under a banner that says how far to trust it."""
    head = "".join(f"<th>{escape(heading.title)}</th>" for heading in HEADINGS)
    body = "".join(
        "<tr>" + "".join(_cell(k, cell) for k, cell in enumerate(line)) + "</tr>"
        for line in cells(rows)
    )
    more = "" if total <= len(rows) else f"<p>The {len(rows)} most dangerous of {total:,}.</p>"
    return (
        f"<div><p><strong>{escape(title(total, summary))}</strong><br>"
        f"<em>{escape(banner(summary))}</em><br><small>{escape(FRAME)}</small></p>"
        f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{more}</div>"
    )


def _cell(column: int, cell: str) -> str:
    style = ' style="text-align:right"' if HEADINGS[column].right else ""
    return f"<td{style}>{escape(cell)}</td>"

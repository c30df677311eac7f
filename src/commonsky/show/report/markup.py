"""The few pieces of HTML that every section is made of; all texts must be escaped already."""

from __future__ import annotations

from collections.abc import Iterable, Sequence


def section(name: str, heading: str, body: str) -> str:
    """Return a section with its heading; nothing where the body is empty."""
    if not body:
        return ""
    return (
        f'<section id="{name}" aria-labelledby="{name}-h">'
        f'<h2 id="{name}-h">{heading}</h2>{body}</section>'
    )


def figure(drawing: str, caption: str) -> str:
    """Return a drawing as wide as the page, its caption below."""
    return f'<figure class="wide">{drawing}<figcaption>{caption}</figcaption></figure>'


def legend(entries: Iterable[tuple[str, str]]) -> str:
    """Return a legend of marks and their names."""
    items = "".join(f"<li>{sign}{name}</li>" for sign, name in entries)
    return f'<ul class="legend">{items}</ul>'


def facts(columns: Iterable[Iterable[tuple[str, str]]]) -> str:
    """Return columns of what is told and its value, side by side."""
    lists = (
        "".join(f"<div><dt>{name}</dt><dd>{value}</dd></div>" for name, value in cells)
        for cells in columns
    )
    return '<div class="numbers">' + "".join(f"<dl>{one}</dl>" for one in lists) + "</div>"


def table(
    caption: str,
    headings: Sequence[str],
    rows: Iterable[Sequence[str]],
    *,
    numbers: Iterable[int] = (),
    style: str = "",
) -> str:
    """
    Return a plain table whose first column names the rows.

    `numbers` are the columns set flush right; without `headings` there is no head.
    """
    right = set(numbers)
    head = "".join(
        f'<th scope="col"{_kind(k, right)}>{name}</th>' for k, name in enumerate(headings)
    )
    body = "".join(
        "<tr>"
        + "".join(
            f'<th scope="row"{_kind(k, right)}>{cell}</th>'
            if k == 0
            else f"<td{_kind(k, right)}>{cell}</td>"
            for k, cell in enumerate(row)
        )
        + "</tr>"
        for row in rows
    )
    return (
        f'<div class="scroll"><table class="plain {style}"><caption>{caption}</caption>'
        + (f"<thead><tr>{head}</tr></thead>" if head else "")
        + f"<tbody>{body}</tbody></table></div>"
    )


def _kind(column: int, right: set[int]) -> str:
    return ' class="num"' if column in right else ""

"""Rules of a dossier: the fact, the test and the legal status, side by side and never mixed."""

from __future__ import annotations

from collections.abc import Sequence

from commonsky.node.judgements import Judgement
from commonsky.show.report.drawing import line, mark, rectangle, svg, words
from commonsky.show.report.markup import table
from commonsky.show.report.text import count, percent, shown

DETERMINED, CANNOT, NOT_BOUND = "determined", "cannot be determined", "not applicable"
LONGEST = 2000
WIDTH, HEIGHT, LEFT, RIGHT = 300.0, 46.0, 6.0, 294.0


def rules_section(judgements: Sequence[Judgement]) -> str:
    """Return a card for each rule that has an outcome, and a table of those that bind nobody."""
    if not judgements:
        return "<p>No rule was asked for.</p>"
    cards = [one for one in judgements if one.outcome != NOT_BOUND]
    rest = [one for one in judgements if one.outcome == NOT_BOUND]
    order = {DETERMINED: 0, CANNOT: 1}
    cards.sort(key=lambda one: (order[one.outcome], -(one.probability or 0.0), one.rule))
    body = "".join(_card(one, f"rule{k}") for k, one in enumerate(cards))
    if rest:
        rows = [
            (shown(one.rule), shown(one.title, 120), shown("; ".join(one.reasons), LONGEST))
            for one in rest
        ]
        body += table(
            f"{count(len(rest))} rules do not apply here, and why", ("rule", "", ""), rows
        )
    return body


def _card(one: Judgement, key: str) -> str:
    return (
        f'<article class="rule {"open" if one.outcome == CANNOT else ""}">'
        f'<h3><span class="id">{shown(one.rule)}</span> {shown(one.title, 160)}</h3>'
        '<div class="threefold">'
        f"<div><h4>Fact</h4>{_listed(one.fact)}</div>"
        f"<div><h4>Test</h4>{_test(one, key)}</div>"
        f"<div><h4>Legal status</h4><p><b>{shown(one.binding, 80)}</b></p>"
        f"<p>{shown(one.legal, LONGEST)}</p>{_citations(one)}</div></div></article>"
    )


def _listed(texts: Sequence[str]) -> str:
    return "<ul>" + "".join(f"<li>{shown(text, LONGEST)}</li>" for text in texts) + "</ul>"


def _test(one: Judgement, key: str) -> str:
    reasons = "".join(f"<li>{shown(text, LONGEST)}</li>" for text in one.reasons)
    if one.outcome == CANNOT or one.probability is None:
        decide = "".join(f"<li>{shown(text, LONGEST)}</li>" for text in one.would_decide)
        return f'<p class="cannot">Cannot be determined</p><ul>{reasons}</ul>' + (
            f"<p>It would be decided by:</p><ul>{decide}</ul>" if decide else ""
        )
    low = one.probability_low if one.probability_low is not None else one.probability
    high = one.probability_high if one.probability_high is not None else one.probability
    return (
        f'<p><b class="chance">{percent(one.probability)}</b> that the limit was passed</p>'
        + _bar(one.probability, low, high, key)
        + f"<ul>{reasons}</ul>"
        f'<p class="quiet">confidence {percent(one.confidence)}</p>'
    )


def _bar(probability: float, low: float, high: float, key: str) -> str:
    def x(value: float) -> float:
        return LEFT + min(max(value, 0.0), 1.0) * (RIGHT - LEFT)

    body = [
        line(LEFT, 16, RIGHT, 16, "axis"),
        rectangle(x(low), 11, max(x(high) - x(low), 2.0), 10, "between"),
        mark(x(probability), 16, "circle", "one-fill", 4.0),
        *(words(x(at), 38, name, "tick", anchor) for at, name, anchor in (
            (0.0, "met", "start"), (0.5, "even", "middle"), (1.0, "passed", "end"))),
    ]  # fmt: skip
    told = f"between {percent(low)} and {percent(high)}"
    drawing = svg(WIDTH, HEIGHT, percent(probability), told, body, key)
    return f'<figure class="chance-bar">{drawing}</figure>'


def _citations(one: Judgement) -> str:
    return "".join(f'<p class="cite">{shown(text, LONGEST)}</p>' for text in one.citations)

"""The page on the state of the sky: numbers by regime, what happened, who keeps to which rule."""

from __future__ import annotations

from commonsky.node.finding_words import finding_words
from commonsky.node.findings import counted as counted_of
from commonsky.node.home import NATIONS
from commonsky.node.sky_state import Count, Kept, SkyState
from commonsky.show.report.dossier_style import DOSSIER_STYLE
from commonsky.show.report.drawing import line, mark, rectangle, svg, words
from commonsky.show.report.html import HATCH, POLICY
from commonsky.show.report.markup import figure, legend, section, table
from commonsky.show.report.style import STYLE
from commonsky.show.report.text import NONE, count, counted, percent, shown

WIDTH, ROW, LEFT, RIGHT = 1080.0, 30.0, 120.0, 1010.0
MOST_EVENTS, MOST_STATES = 40, 14
KINDS = (("t1", "payloads"), ("t2", "rocket bodies"), ("t3", "debris"), ("t0", "unknown"))
BAR, BAR_LEFT, BAR_RIGHT = 220.0, 6.0, 214.0


def sky_html(state: SkyState) -> str:
    """Return one HTML page: no script, nothing fetched, light and dark, printable."""
    title = f"The state of the sky, {state.last[:10]}"
    parts = [
        "<main>",
        _head(state, title),
        section("up", "What is up there", _regimes(state)),
        section("happened", "What happened", _happened(state)),
        section("rules", "Who keeps to which rule", _rules(state)),
        section("not", "What it cannot say", _limits(state)),
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


def _head(state: SkyState, title: str) -> str:
    events = sum(state.events.values())
    return (
        f'<header class="top"><p class="eyebrow">Element sets from {state.first[:10]} to '
        f"{state.last[:10]}; rules as of {shown(state.on)}</p><h1>{title}</h1>"
        f'<p class="lede"><b>{count(state.objects)}</b> objects by {count(state.sets)} element '
        f"sets. <b>{count(events)}</b> {'event' if events == 1 else 'events'} found. The same "
        "rules and the same tests for every State, those who made this report among them.</p>"
        "</header>"
    )


def _regimes(state: SkyState) -> str:
    most = max((_total(one) for one in state.counts), default=1) or 1
    body: list[str] = []
    for k, one in enumerate(state.counts):
        y = 8.0 + k * ROW
        x = LEFT
        body.append(words(LEFT - 10, y + 15, one.regime, "strong", "end"))
        for (style, _), many in zip(KINDS, _parts(one), strict=True):
            width = many / most * (RIGHT - LEFT)
            body.append(rectangle(x, y, width, 20, style))
            x += width
        body.append(words(x + 8, y + 15, count(_total(one)), "tick"))
    height = 16.0 + ROW * len(state.counts)
    drawing = svg(WIDTH, height, "Objects by regime and kind", "Bars of counts.", body, "regimes")
    key = legend((f'<i class="swatch {style}"></i>', name) for style, name in KINDS)
    rows = [
        (one.regime, *(count(part) for part in _parts(one)), count(_total(one)))
        for one in state.counts
    ]
    headings = ("regime", *(name for _, name in KINDS), "all")
    return figure(drawing, f"Objects by regime and kind.{key}") + table(
        "LEO: apogee below 2000 km. GEO: mean height within 1500 km of the belt. High eccentric: "
        "eccentricity above 0.25.", headings, rows, numbers=range(1, 6), style="regimes",
    )  # fmt: skip


def _happened(state: SkyState) -> str:
    if not state.findings:
        return (
            "<p>Nothing was found. With one element set of each object nothing can be: give "
            "catalogues of several days.</p>"
        )
    tally = ", ".join(counted_of(kind, many) for kind, many in sorted(state.events.items()))
    ranked = sorted(state.findings, key=lambda one: -_score(one))[:MOST_EVENTS]
    items = "".join(f"<li>{shown(finding_words(one), 400)}</li>" for one in ranked)
    more = len(state.findings) - len(ranked)
    rest = f"<p class='quiet'>{count(more)} more are in the JSON.</p>" if more else ""
    return f"<p>{tally}; the surest first:</p><ul>{items}</ul>{rest}"


def _score(one: object) -> float:
    return float(getattr(one, "score", 0.0))


def _rules(state: SkyState) -> str:
    return "".join(_rule(state, *rule) for rule in state.rules) or "<p>No rule was asked for.</p>"


def _rule(state: SkyState, rule: str, title: str, binding: str) -> str:
    rows = [one for one in state.kept if one.rule == rule]
    heading = f'<h3><span class="id">{shown(rule)}</span> {shown(title)} ({shown(binding)})</h3>'
    decided = sum(one.determined for one in rows)
    open_ = sum(one.open for one in rows)
    if not decided:
        why = (
            f"{counted(open_, 'object')} would have to be looked at; from what was given nothing "
            "can be determined of any of them."
            if open_
            else "Nothing here is of its kind."
        )
        return f"{heading}<p>{why}</p>"
    ours = [one for one in rows if one.is_one_of_ten]
    others = [one for one in rows if not one.is_one_of_ten and one.determined]
    others.sort(key=lambda one: -one.determined)
    missing = sorted(set(NATIONS) - {one.owner for one in ours})
    cells = [_kept_row(one, f"{rule}{k}") for k, one in enumerate([*ours, *others[:MOST_STATES]])]
    body = table(
        "The ten nations first, then those of whom most was determined. Bars: from the best to "
        "the worst that is possible with what is open; the dot is of what was determined.",
        ("State", "determined", "open", "does not apply", "down in time", "limit passed", ""),
        cells, numbers=range(1, 5),
    )  # fmt: skip
    if missing:
        body += f"<p class='quiet'>Of {', '.join(missing)} no object is of its kind here.</p>"
    return heading + body


def _kept_row(one: Kept, key: str) -> tuple[str, ...]:
    share = NONE if one.share is None else percent(one.share)
    withheld = f" ({count(one.withheld)} withheld)" if one.withheld else ""
    return (
        f"{shown(one.owner)}{withheld}", count(one.determined), count(one.open),
        count(one.not_applicable), count(one.came_down) if one.came_down else NONE, share,
        _bar(one, key),
    )  # fmt: skip


def _bar(one: Kept, key: str) -> str:
    def x(value: float) -> float:
        return BAR_LEFT + value * (BAR_RIGHT - BAR_LEFT)

    low, high = one.share_low or 0.0, 1.0 if one.share_high is None else one.share_high
    body = [
        line(BAR_LEFT, 9, BAR_RIGHT, 9, "axis"),
        rectangle(x(low), 4, max(x(high) - x(low), 2.0), 10, "between"),
    ]
    if one.share is not None:
        body.append(mark(x(one.share), 9, "circle", "one-fill", 3.6))
    told = f"{percent(low)} to {percent(high)}"
    return f'<div class="chance-bar">{svg(BAR, 18, told, told, body, key)}</div>'


def _limits(state: SkyState) -> str:
    hidden = (
        f"{counted(state.withheld, 'object')} of the register are withheld by their owners; they "
        "are counted with these and not judged."
        if state.withheld
        else "No register given says what is withheld; owners, the ten nations among them, keep "
        "some objects out of catalogues, and these are neither counted nor judged."
    )
    return (
        f"<ul><li>{hidden}</li>"
        f"<li>The register has {counted(state.register_rows, 'row')}; of what it does not name, "
        "owner and dates are unknown, and rules that ask for them stay open.</li>"
        "<li>Only what is still in orbit is tested on lifetimes: stages that came down in time "
        "stand in a column of their own, and satellites whose end of mission nobody stated stay "
        "open.</li>"
        "<li>Whether a limit was passed is no breach of law: guidelines, proposals and yardsticks "
        "bind nobody.</li></ul>"
    )


def _parts(one: Count) -> tuple[int, int, int, int]:
    return (one.payloads, one.rocket_bodies, one.debris, one.unknown)


def _total(one: Count) -> int:
    return sum(_parts(one))

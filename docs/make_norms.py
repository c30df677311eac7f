"""
Write the tables of docs/norms.md from the rules and the facts; prose is written by hand.

    python docs/make_norms.py
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import fields
from datetime import date
from pathlib import Path

from commonsky.characterise.norms.fact_toml import KINDS
from commonsky.characterise.norms.facts import Fact
from commonsky.characterise.norms.intent import USUAL
from commonsky.characterise.norms.rule import Binding, Rule
from commonsky.characterise.norms.rule_tests import NO_RULE, NOT_TESTABLE, TESTS
from commonsky.characterise.norms.rulebook import rulebook

PAGE = Path(__file__).with_name("norms.md")
MOST_STATES = 4


def rules() -> Iterator[str]:
    """Yield a table of the rules for each kind of binding."""
    for binding in Binding:
        held = [one for one in rulebook() if one.binding is binding]
        yield f"**{binding.capitalize()}** ({len(held)})"
        yield ""
        yield "| rule | asks | of whom, since when | test | numbers, and where each was read |"
        yield "|---|---|---|---|---|"
        for one in held:
            yield (
                f"| `{one.id}` | **{one.title}.** {_cell(one.text)} *{_cell(one.issuer)}* "
                f"| {_whom(one)} | {_test(one)} | {_numbers(one)} |"
            )
        yield ""


def _whom(rule: Rule) -> str:
    terms = rule.applies_to
    states = [one.state for one in terms.bound]
    whom = f"{terms.by}: "
    if len(states) > MOST_STATES:
        whom += f"{len(states)} States, the first since {min(b.since for b in terms.bound)}"
    else:
        whom += ", ".join(states) or "any"
    more = [f"since {terms.since}"]
    if terms.until != date.max:
        more.append(f"until {terms.until}")
    more.append("whenever it was" if terms.dated == "any" else f"by {terms.dated}")
    more += [*terms.kinds, *terms.agencies, *terms.sectors]
    return f"{whom}; {', '.join(more)}"


def _test(rule: Rule) -> str:
    if rule.test == NOT_TESTABLE:
        return "not testable from outside"
    if rule.test == NO_RULE:
        return "nothing in force"
    return f"`{rule.test}` of {', '.join(f'`{one.__name__}`' for one in TESTS[rule.test].of)}"


def _numbers(rule: Rule) -> str:
    told = [
        f"{name.replace('_', ' ')} {one.value:g} ({one.status})"
        for name, one in rule.thresholds.items()
        if not name.startswith(("absent_if", "prior_"))
    ]
    return "; ".join(told) or "none"


def facts() -> Iterator[str]:
    """Yield what each kind of fact holds."""
    yield "| fact | holds |"
    yield "|---|---|"
    common = {field.name for field in fields(Fact)}
    for name, kind in KINDS.items():
        own = [f"`{field.name}`" for field in fields(kind) if field.name not in common]
        yield f"| `{name}` | {', '.join(own)} |"


def questions() -> Iterator[str]:
    """Yield the usual questions about intent, with their likelihoods."""
    yield "| | question | yes, if intended | yes, if not |"
    yield "|---|---|---|---|"
    for name, one in USUAL.items():
        yield f"| `{name}` | {one.text} | {one.yes_if_intended:g} | {one.yes_if_not:g} |"


def _cell(text: str) -> str:
    return re.sub(r"\s+", " ", text).replace("|", "/")


PARTS = {"rules": rules, "facts": facts, "questions": questions}


def page(text: str) -> str:
    """Return the page with its tables made anew."""
    for name, part in PARTS.items():
        begins, ends = f"<!-- {name} -->\n", f"\n<!-- /{name} -->"
        before, found, after = text.partition(begins)
        if not found or ends not in after:
            raise SystemExit(f"{PAGE.name} has no place for {name}")
        made = "\n".join(part()).rstrip()
        text = before + begins + made + ends + after.partition(ends)[2]
    return text


def main() -> None:
    """Write the page."""
    PAGE.write_text(page(PAGE.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()

"""
Rules from their data files: unknown keys are errors, and so are numbers nobody can vouch for.

A number that is disputed, not verifiable, from memory or not re-checked is never loaded as a
threshold.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterable
from datetime import date
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

from commonsky.characterise.norms.rule import (
    MAY_DECIDE,
    AppliesTo,
    Binding,
    Bound,
    Citation,
    Dated,
    Rule,
    Threshold,
    Verification,
    Vote,
)
from commonsky.characterise.norms.rule_tests import TESTS
from commonsky.characterise.norms.subject import Capacity, Kind, Sector
from commonsky.characterise.norms.toml_tables import (
    Wrong,
    all_there,
    day,
    document,
    number,
    only,
    table,
    tables,
    text,
    texts,
    word,
)
from commonsky.errors import MessageError

MOST_BYTES = 1 << 20
_RULE = (
    "id", "version", "title", "binding", "issuer", "text", "data", "test", "applies_to",
)  # fmt: skip
_RULE_MORE = ("citation", "threshold", "note", "vote")
_APPLIES_MORE = ("until", "bound", "kinds", "agencies", "sectors")
_MONTH = re.compile(r"(\d{4})-(0[1-9]|1[0-2])")
_STATE = re.compile(r"[A-Z]{3}")


@cache
def rulebook() -> tuple[Rule, ...]:
    """Return all rules that are shipped, in the order of their files and in these."""
    folder = files("commonsky.characterise.norms").joinpath("rules")
    names = sorted(one.name for one in folder.iterdir() if one.name.endswith(".toml"))
    return distinct(
        rule for name in names for rule in rules_of(folder.joinpath(name).read_bytes())
    )


def distinct(rules: Iterable[Rule]) -> tuple[Rule, ...]:
    """Return rules of which no two have one id; two that do are a `ValueError`."""
    told: dict[str, Rule] = {}
    for rule in rules:
        if rule.id in told:
            raise ValueError(f"there are two rules {rule.id}; each id stands once")
        told[rule.id] = rule
    return tuple(told.values())


def rules_of(content: bytes) -> tuple[Rule, ...]:
    """Return the rules of one TOML file; what is wrong in it is a `MessageError`."""
    told = document(content, "a file of rules", MOST_BYTES)
    rule_id = ""
    try:
        only(told, ("rule",), "a file of rules")
        rules = []
        for one in tables(told.get("rule", []), "rule"):
            rule_id = str(one.get("id", ""))
            rules.append(_rule(one))
        return distinct(rules)
    except ValueError as error:
        raise MessageError(str(error), line=_line(content, rule_id), field=rule_id) from None


def _line(content: bytes, rule_id: str) -> int:
    """The line where a rule's id stands, or 1."""
    wanted = f'id = "{rule_id}"'.encode()
    for place, line in enumerate(content.split(b"\n"), 1):
        if line.strip() == wanted:
            return place
    return 1


def _rule(told: dict[str, Any]) -> Rule:
    _known(told, _RULE, _RULE_MORE, "a rule")
    test = text(told["test"], "test")
    thresholds = _thresholds(table(told.get("threshold", {}), "threshold"), test)
    binding = word(Binding, told["binding"], "binding")
    citations = tuple(_citation(one) for one in tables(told.get("citation", []), "citation"))
    if not citations and binding is not Binding.OURS:
        raise Wrong("a rule that is not ours has a citation")
    terms = _applies_to(table(told["applies_to"], "applies_to"))
    if binding in {Binding.NATIONAL_LAW, Binding.PLEDGE} and not terms.bound:
        raise Wrong(f"a {binding} binds some States, each of them in applies_to.bound")
    return Rule(
        id=text(told["id"], "id"), version=text(told["version"], "version"),
        title=text(told["title"], "title"), binding=binding,
        issuer=text(told["issuer"], "issuer"), text=text(told["text"], "text"),
        applies_to=terms, data=text(told["data"], "data"), test=test, citations=citations,
        thresholds=MappingProxyType(thresholds),
        note=text(told.get("note", ""), "note", may_be_empty=True),
        votes=tuple(_vote(one) for one in tables(told.get("vote", []), "vote")),
    )  # fmt: skip


def _thresholds(told: dict[str, Any], test: str) -> dict[str, Threshold]:
    """The numbers of a rule: just those that its test needs."""
    if test not in TESTS:
        raise Wrong(f"there is no test {test!r}; there are {', '.join(TESTS)}")
    found = {name: _threshold(name, table(one, name)) for name, one in told.items()}
    needed = TESTS[test].numbers
    if set(found) != set(needed):
        raise Wrong(
            f"the test {test} needs the numbers {', '.join(needed) or '(none)'}; found "
            f"{', '.join(sorted(found)) or '(none)'}"
        )
    return found


def _threshold(name: str, told: dict[str, Any]) -> Threshold:
    _known(told, ("value", "unit", "source", "status"), ("address",), f"the number {name}")
    status = word(Verification, told["status"], "status")
    if status not in MAY_DECIDE:
        raise Wrong(
            f"the number {name} is {status}: such a number may be told in a note, and never "
            f"decides; what decides is {', '.join(sorted(MAY_DECIDE))}"
        )
    return Threshold(
        value=number(told["value"], name), unit=text(told["unit"], "unit"),
        source=text(told["source"], "source"), status=status, address=_address(told),
    )  # fmt: skip


def _citation(told: dict[str, Any]) -> Citation:
    _known(told, ("text", "status"), ("address",), "a citation")
    return Citation(
        text=text(told["text"], "text"), status=word(Verification, told["status"], "status"),
        address=_address(told),
    )  # fmt: skip


def _address(told: dict[str, Any]) -> str:
    return text(told.get("address", ""), "address", may_be_empty=True)


def _vote(told: dict[str, Any]) -> Vote:
    _known(told, ("state", "vote"), (), "a vote")
    return Vote(_state(told["state"]), text(told["vote"], "vote"))


def _applies_to(told: dict[str, Any]) -> AppliesTo:
    _known(told, ("by", "dated", "since"), _APPLIES_MORE, "applies_to")
    return AppliesTo(
        by=word(Capacity, told["by"], "by"),
        dated=word(Dated, told["dated"], "dated"),
        since=_since(told["since"], "since"),
        until=_since(told["until"], "until") if "until" in told else date.max,
        bound=tuple(_bound(one) for one in tables(told.get("bound", []), "bound")),
        kinds=tuple(word(Kind, one, "kinds") for one in texts(told.get("kinds", []), "kinds")),
        agencies=texts(told.get("agencies", []), "agencies"),
        sectors=tuple(
            word(Sector, one, "sectors") for one in texts(told.get("sectors", []), "sectors")
        ),
    )


def _bound(told: dict[str, Any]) -> Bound:
    _known(told, ("state", "since"), (), "a bound State")
    return Bound(_state(told["state"]), _since(told["since"], "since"))


def _state(value: object) -> str:
    state = text(value, "state")
    if not _STATE.fullmatch(state):
        raise Wrong(f"a State has three capital letters (ISO 3166), not {state!r}")
    return state


def _since(value: object, key: str) -> date:
    """A day; of a month alone the last one, since when it binds for certain."""
    month = _MONTH.fullmatch(value) if isinstance(value, str) else None
    if month is None:
        return day(value, f"{key}, if not a month as '2024-09',")
    year, which = int(month[1]), int(month[2])
    return date(year, which, calendar.monthrange(year, which)[1])


def _known(
    told: dict[str, Any], needed: tuple[str, ...], more: tuple[str, ...], where: str
) -> None:
    only(told, (*needed, *more), where)
    all_there(told, needed, where)

"""
Facts as TOML: what happened, as people know it from texts, each value with its source.

    [[fact]]
    kind = "Lifetime"
    subject = { object_number = 900000001, name = "one", kind = "payload", operating = ["NOR"] }
    when = { day = 2026-01-01, evidence = ["element set of that day"] }
    ended = { yes = true, evidence = ["statement of the operator"] }
    perigee_km = { exactly = 550.0, evidence = [12] }
    area_to_mass_m2_kg = { median = 0.01, sigma_log = 0.4, evidence = ["assumed: as others"] }

A number is `exactly`, `low` and `high`, `mean` and `sigma`, or `median` and `sigma_log`; an answer
is `yes` (true or false), `low` and `high`, or `not_found = true`; a day is `day`, or `first` and
`last`.  What is not known is `{ unknown = "why" }`, and what is left out is "not told".  Questions
about intent are the usual ones, as `questions = { announced = { yes = true, evidence = [...] } }`,
or a list of others with their likelihoods.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields
from functools import partial
from typing import Any

from commonsky.characterise.norms import facts as kinds
from commonsky.characterise.norms.facts import Alternative, Fact, Question
from commonsky.characterise.norms.intent import usual_questions
from commonsky.characterise.norms.knowledge import (
    Answer,
    Belief,
    Between,
    Day,
    Evidence,
    LogNormal,
    Normal,
    NotFound,
    Quantity,
    Unknown,
    When,
)
from commonsky.characterise.norms.subject import Kind, Sector, Subject
from commonsky.characterise.norms.toml_tables import (
    Wrong,
    all_there,
    day,
    document,
    flag,
    number,
    only,
    table,
    tables,
    text,
    texts,
    whole,
    word,
)
from commonsky.errors import MessageError

MOST_BYTES = 1 << 22
Reader = Callable[[Any, str], Any]
NOT_TOLD = Unknown("not told")
KINDS: Mapping[str, type[Fact]] = {
    name: kind
    for name, kind in vars(kinds).items()
    if isinstance(kind, type) and issubclass(kind, Fact) and kind is not Fact
}


def facts_of(content: bytes) -> tuple[Fact, ...]:
    """Return the facts of one TOML file; what is wrong in it is a `MessageError`."""
    told = document(content, "a file of facts", MOST_BYTES)
    facts: list[Fact] = []
    try:
        only(told, ("fact",), "a file of facts")
        # One after another: how many are read tells where the one is that could not be.
        facts.extend(fact_of(one) for one in tables(told.get("fact", []), "fact"))
    except ValueError as error:
        raise MessageError(str(error), line=_line(content, len(facts)), field="fact") from None
    return tuple(facts)


def _line(content: bytes, number_of_fact: int) -> int:
    """The line where a fact begins, or 1."""
    places = [at for at, line in enumerate(content.split(b"\n"), 1) if line.strip() == b"[[fact]]"]
    return places[number_of_fact] if 0 <= number_of_fact < len(places) else 1


def fact_of(told: Mapping[str, Any]) -> Fact:
    """Return a fact from a table; a `ValueError` says what is wrong."""
    name = text(told.get("kind", ""), "kind")
    if name not in KINDS:
        raise Wrong(f"a fact has a kind, one of {', '.join(KINDS)}; found {name!r}")
    readers = {field.name: _READERS[str(field.type)] for field in fields(KINDS[name])}
    only(told, ("kind", *readers), f"a {name}")
    found: dict[str, Any] = {
        key: _read(reader, told.get(key, MISSING), key) for key, reader in readers.items()
    }
    return KINDS[name](**found)


def _read(reader: Reader, told: object, key: str) -> object:
    """What a value is, and its name in what is wrong with it."""
    try:
        return reader(told, key)
    except Wrong:
        raise
    except ValueError as error:
        raise Wrong(f"{key}: {error}") from None


class _Missing:
    """What a table does not hold."""


MISSING = _Missing()


def _quantity(told: object, key: str) -> Quantity:
    found = _value(told, key, ("exactly", "low", "high", "mean", "sigma", "median", "sigma_log"))
    if isinstance(found, Unknown):
        return found
    evidence = _evidence(found)
    match {name: number(one, key) for name, one in found.items() if name != "evidence"}:
        case {"exactly": value, **rest} if not rest:
            return Between(value, value, evidence)
        case {"low": low, "high": high, **rest} if not rest:
            return Between(low, high, evidence)
        case {"mean": mean, "sigma": sigma, **rest} if not rest:
            return Normal(mean, sigma, evidence)
        case {"median": median, "sigma_log": sigma, **rest} if not rest:
            return LogNormal(median, sigma, evidence)
    raise Wrong(
        f"{key}: a number is exactly, low and high, mean and sigma, or median and sigma_log; "
        f"found {', '.join(found)}"
    )


def _answer(told: object, key: str) -> Answer:
    found = _value(told, key, ("yes", "low", "high", "not_found"))
    if isinstance(found, Unknown):
        return found
    evidence = _evidence(found)
    match {name: one for name, one in found.items() if name != "evidence"}:
        case {"yes": bool(is_so), **rest} if not rest:
            return Belief(float(is_so), float(is_so), evidence)
        case {"not_found": True, **rest} if not rest:
            return NotFound(evidence)
        case {"low": low, "high": high, **rest} if not rest:
            return Belief(number(low, key), number(high, key), evidence)
    raise Wrong(
        f"{key}: an answer is yes (true or false), low and high, or not_found = true; found "
        f"{', '.join(found)}"
    )


def _day(told: object, key: str) -> Day:
    found = _value(told, key, ("day", "first", "last"))
    if isinstance(found, Unknown):
        return found
    evidence = _evidence(found)
    match {name: day(one, key) for name, one in found.items() if name != "evidence"}:
        case {"day": one, **rest} if not rest:
            return When(one, one, evidence)
        case {"first": first, "last": last, **rest} if not rest:
            return When(first, last, evidence)
    raise Wrong(f"{key}: a day is day, or first and last; found {', '.join(found)}")


def _value(told: object, key: str, keys: tuple[str, ...]) -> Unknown | dict[str, Any]:
    if isinstance(told, _Missing):
        return NOT_TOLD
    found = table(told, key)
    if "unknown" in found:
        only(found, ("unknown",), f"{key}, being unknown,")
        return Unknown(text(found["unknown"], key))
    only(found, (*keys, "evidence"), key)
    return found


def _evidence(found: Mapping[str, Any]) -> Evidence:
    held = found.get("evidence", [])
    if not isinstance(held, list) or not all(
        isinstance(one, int | str) and not isinstance(one, bool) for one in held
    ):
        raise Wrong(f"evidence is a list of input rows and of sources, not {held!r}")
    return tuple(held)


def _optional_text(told: object, key: str) -> str:
    return "" if isinstance(told, _Missing) else text(told, key)


def _each(told: object, key: str) -> list[Any]:
    if isinstance(told, _Missing):
        return []
    if not isinstance(told, list):
        raise Wrong(f"{key} is a list, not {told!r}")
    return told


def _subject(told: object, key: str) -> Subject:
    found = table(told, key)
    only(found, _SUBJECT, "a subject")
    all_there(found, ("object_number", "name"), "a subject")
    return Subject(**{name: _SUBJECT[name](one, name) for name, one in found.items()})


def _questions(told: object, key: str) -> tuple[Question, ...]:
    """The usual questions with their answers, or a list of others."""
    if isinstance(told, dict):
        return usual_questions({name: _answer(one, name) for name, one in told.items()})
    return tuple(_question(table(one, key)) for one in _each(told, key))


def _question(told: dict[str, Any]) -> Question:
    only(told, ("text", "answer", "yes_if_intended", "yes_if_not"), "a question")
    all_there(told, ("text", "yes_if_intended", "yes_if_not"), "a question")
    return Question(
        text=text(told["text"], "text"),
        answer=_answer(told.get("answer", MISSING), "answer"),
        yes_if_intended=number(told["yes_if_intended"], "yes_if_intended"),
        yes_if_not=number(told["yes_if_not"], "yes_if_not"),
    )


def _alternatives(told: object, key: str) -> tuple[Alternative, ...]:
    return tuple(_alternative(table(one, key)) for one in _each(told, key))


def _alternative(told: dict[str, Any]) -> Alternative:
    only(told, ("text", "likelihood"), "an alternative")
    all_there(told, ("text",), "an alternative")
    return Alternative(
        text=text(told["text"], "text"),
        likelihood=_answer(told.get("likelihood", MISSING), "likelihood"),
    )


def _offset(told: object, key: str) -> tuple[Quantity, Quantity, Quantity]:
    held = [MISSING] * 3 if isinstance(told, _Missing) else _each(told, key)
    if len(held) != 3:
        raise Wrong(f"{key} is radial, in-track and cross-track")
    return _quantity(held[0], key), _quantity(held[1], key), _quantity(held[2], key)


_SUBJECT: Mapping[str, Reader] = {
    "object_number": whole,
    "name": text,
    "kind": partial(word, Kind),
    "launching": texts,
    "registering": texts,
    "licensing": texts,
    "operating": texts,
    "agency": text,
    "sector": partial(word, Sector),
    "launched": _day,
    "applied": _day,
    "withheld": flag,
}
_READERS: Mapping[str, Reader] = {
    "Subject": _subject,
    "Day": _day,
    "str": _optional_text,
    "int": whole,
    "float": number,
    "Answer": _answer,
    "Quantity": _quantity,
    "tuple[Alternative, ...]": _alternatives,
    "tuple[Question, ...]": _questions,
    "tuple[Quantity, ...]": lambda told, key: tuple(
        _quantity(one, key) for one in _each(told, key)
    ),
    "tuple[Answer, ...]": lambda told, key: tuple(_answer(one, key) for one in _each(told, key)),
    "tuple[Quantity, Quantity, Quantity]": _offset,
}

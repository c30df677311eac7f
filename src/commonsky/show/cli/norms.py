"""`commonsky norms`: the rules, what they mean, and objects held against them."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import msgspec

from commonsky.astro.epoch import tai_ns, utc_text
from commonsky.characterise.history import history
from commonsky.characterise.norms.check import check
from commonsky.characterise.norms.explain import rule_lines
from commonsky.characterise.norms.rulebook import rulebook
from commonsky.errors import UnknownObject
from commonsky.node.case_file import asked_rules
from commonsky.node.clock import RealClock
from commonsky.node.detection import detected, earlier_files
from commonsky.node.executor import workers
from commonsky.node.findings import EVERY_KIND
from commonsky.node.judgements import Judgement, judgements
from commonsky.node.norm_facts import Known, facts_of
from commonsky.show.cli.detecting import only
from commonsky.show.cli.dossiers import circumstances_of, objects_in, register_of_files
from commonsky.show.cli.exits import Misuse
from commonsky.show.cli.histories import read_histories
from commonsky.show.cli.plain import plain
from commonsky.show.cli.screening import tell_intake
from commonsky.show.cli.voice import Voice, announce_compilation

NOT_BOUND = "not applicable"
MOST_OBJECTS = 2000  # beyond, say which ones


@dataclass(frozen=True, slots=True)
class Held:
    """What is held against which rules, as the command line says it."""

    objects: tuple[int, ...]
    rules: tuple[str, ...]
    on: str
    registers: tuple[Path, ...]
    circumstances: tuple[Path, ...]
    kinds: tuple[str, ...]
    whole: bool  # also what does not apply


def list_rules(form: str) -> None:
    """Write a line for each rule."""
    for rule in rulebook():
        if form == "ndjson":
            told = {"id": rule.id, "version": rule.version, "binding": rule.binding.value,
                    "issuer": rule.issuer, "title": rule.title, "test": rule.test}  # fmt: skip
            sys.stdout.buffer.write(msgspec.json.encode(told) + b"\n")
        else:
            sys.stdout.write(plain(f"{rule.id:<26}{rule.binding:<17}{rule.title}") + "\n")


def explain_rules(ids: Sequence[str]) -> None:
    """Write what rules ask."""
    named = {rule.id.upper(): rule for rule in rulebook()}
    for number, one in enumerate(ids):
        rule = named.get(one.upper())
        if rule is None:
            raise UnknownObject(f"there is no rule {one!r}; `commonsky norms list` names all")
        if number:
            sys.stdout.write("\n")
        sys.stdout.write("".join(f"{plain(line)}\n" for line in rule_lines(rule)))


def check_norms(files: Sequence[str], held: Held, form: str) -> None:
    """Write what rules say of objects."""
    on = held.on or utc_text(RealClock().now_tai_ns(), 0)[:10]
    tai_ns(f"{on}T00:00:00Z")
    rules = asked_rules(held.rules)
    with Voice() as voice, workers(None) as executor:
        announce_compilation(voice, "characterise")
        with voice.during("reading"):
            sets = read_histories(files)
        tell_intake(voice, sets)
        objects = list(held.objects) or objects_in(sets)
        if len(objects) > MOST_OBJECTS:
            raise Misuse(
                f"{len(objects):,} objects at once are too many to read: name some with --object, "
                "or ask `commonsky sky` how all of them do"
            )
        sets = only(sets, objects)
        found = detected(
            sets,
            held.kinds or EVERY_KIND,
            earlier=earlier_files(sets),
            executor=executor,
            progress=voice,
        )
        known = Known(sets, history(sets), found, register_of_files(held.registers),
                      circumstances_of(held.circumstances))  # fmt: skip
        told = judgements(check(rules, facts_of(known, objects), date.fromisoformat(on)))
    told = tuple(one for one in told if held.whole or one.outcome != NOT_BOUND)
    if form == "ndjson":
        sys.stdout.buffer.write(msgspec.json.Encoder().encode_lines(told))
    else:
        sys.stdout.write("\n".join(plain(line) for one in told for line in lines(one)) + "\n")


def lines(one: Judgement) -> list[str]:
    """Return a judgement for people: the fact, the test, and the legal status, told apart."""
    outcome = one.outcome
    if one.probability is not None:
        low, high = one.probability_low or 0.0, one.probability_high or 0.0
        outcome = f"passed with probability {one.probability:.2f} ({low:.2f} to {high:.2f})"
    told = [
        f"{one.rule}  {one.title}",
        *(f"  fact    {text}" for text in one.fact),
        f"  test    {outcome}",
        *(f"          {text}" for text in one.reasons),
        *(f"          it would be decided by: {text}" for text in one.would_decide),
        f"  status  {one.legal}",
    ]
    if one.alternatives:
        told += [f"  or else {text}" for text, _ in one.alternatives]
    return [*told, ""]

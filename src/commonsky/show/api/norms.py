"""Rules of responsible behaviour, and objects held against them by what this node holds."""

from __future__ import annotations

from datetime import date

import msgspec

from commonsky.astro.epoch import utc_text
from commonsky.characterise.norms.explain import bound_text, rule_lines, test_text
from commonsky.characterise.norms.rulebook import rulebook
from commonsky.errors import UnreadableInput
from commonsky.formats.registry import Register, register
from commonsky.ledger.label import Label, join
from commonsky.node.case_file import asked_rules, composed
from commonsky.node.circumstances import Circumstance, circumstances
from commonsky.node.dossier import Asked, Dossier
from commonsky.node.evidence import Exhibit, of_store
from commonsky.node.judgements import Judgement
from commonsky.show.api.answer import Answer, Marking, marking_of
from commonsky.show.api.completeness import completeness
from commonsky.show.api.desk import Desk
from commonsky.show.api.problem import misuse, unknown

SCOPE = "the rules that this node knows"


class RuleTold(msgspec.Struct, frozen=True, kw_only=True):
    """A rule, its binding and test in words; `lines` say all of it, with where it was read."""

    id: str
    version: str
    title: str
    binding: str
    issuer: str
    asks: str
    of_whom: str
    test: str
    lines: tuple[str, ...]


class HeldAsked(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which rules, by comma, and as of which UTC day; "" for all, and for today."""

    rules: str = ""
    on: str = ""


class HeldTold(msgspec.Struct, frozen=True, kw_only=True):
    """What rules say of an object; fact, test and legal status apart."""

    object: int
    on: str
    marking: Marking
    judgements: tuple[Judgement, ...]
    withheld: tuple[str, ...]
    register: str  # whether this node has a register, in words


def rules(desk: Desk) -> Answer[tuple[RuleTold, ...]]:
    """Return every rule."""
    told = tuple(
        RuleTold(
            id=rule.id, version=rule.version, title=rule.title, binding=rule.binding.value,
            issuer=rule.issuer, asks=rule.text, of_whom=bound_text(rule), test=test_text(rule),
            lines=tuple(rule_lines(rule)),
        )
        for rule in rulebook()
    )  # fmt: skip
    return Answer(told, completeness(desk, SCOPE))


def held(desk: Desk, number: int, asked: HeldAsked) -> Answer[HeldTold]:
    """Return what rules say of one object."""
    ids = tuple(one for one in asked.rules.split(",") if one)
    asked_rules(ids)
    about = Asked(
        title="", objects=(number,), on=day_of(desk, asked.on), rules=ids,
        kinds=("manoeuvre", "relocation"), nation=desk.home.nation, realm=desk.home.realm,
    )  # fmt: skip
    dossier, _, label = composed_here(desk, about)
    told = HeldTold(
        object=number, on=about.on, marking=marking_of(label), judgements=dossier.judgements,
        withheld=dossier.withheld,
        register="" if desk.home.register.exists() else f"there is no {desk.home.register.name}",
    )  # fmt: skip
    return Answer(told, completeness(desk, f"statements of {number} held here, and the rules"))


def day_of(desk: Desk, text: str) -> str:
    """Return a UTC day, today where none is given."""
    day = text or utc_text(desk.clock.now_tai_ns(), 0)[:10]
    try:
        return date.fromisoformat(day).isoformat()
    except ValueError:
        raise misuse(f"`on` is a UTC day, as 2024-11-01, not {text!r}") from None


def composed_here(desk: Desk, asked: Asked) -> tuple[Dossier, list[Exhibit], Label]:
    """Return a dossier by what this node holds, its exhibits, and how it is marked."""
    exhibits = of_store(desk.store, asked.everything)
    missing = set(asked.everything) - {
        number for one in exhibits for number in one.envelope.subject
    }  # fmt: skip
    if missing:
        raise unknown(f"this node holds no statement of {min(missing)}")
    label = join({one.envelope.label for one in exhibits})
    dossier, _ = composed(asked, exhibits, register_of(desk), circumstances_of(desk))
    return dossier, exhibits, label


def register_of(desk: Desk) -> Register:
    """Return what this node's register says; nothing where there is none."""
    path = desk.home.register
    return register(path.read_bytes()) if path.exists() else Register({}, 0, {})


def circumstances_of(desk: Desk) -> tuple[Circumstance, ...]:
    """Return what people here state; a file that cannot be read is told as such."""
    path = desk.home.circumstances
    if not path.exists():
        return ()
    try:
        return circumstances(path.read_bytes(), path.name)
    except UnreadableInput as error:
        raise misuse(str(error)) from None

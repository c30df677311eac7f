"""
What orbits do not show: notices, consent, ends of missions, other explanations, with sources.

A TOML file of `[[circumstance]]` tables, as

    [[circumstance]]
    kind = "consent"
    objects = [37744, 38740]
    answer = "yes"
    text = "The operator of both announced the docking beforehand."
    source = "press release of the operator, 17 April 2020"
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import msgspec
from msgspec import Meta

from commonsky.errors import UnreadableInput

MOST_BYTES = 1 << 20
Day = Annotated[str, Meta(pattern=r"^\d{4}-\d{2}-\d{2}$")]
Text = Annotated[str, Meta(min_length=1, max_length=2000)]


class About(StrEnum):
    """What a circumstance says something of."""

    NOTICE = "notice"  # whether it was announced before
    CONSENT = "consent"  # whether the other side had agreed
    END_OF_MISSION = "end_of_mission"
    FUNCTION = "function"  # what the object was declared to be for
    INTENT = "intent"  # whether a break-up was intended
    EXPLANATION = "explanation"  # what else it may have been
    CLAIM = "claim"  # what somebody says of it; told beside, and tests nothing


class Answer(StrEnum):
    """What is known of it; `not searched` is not `no`."""

    YES = "yes"
    NO = "no"  # searched for where it would be, and not found
    NOT_SEARCHED = "not searched"


class Standing(StrEnum):
    """How its source was read."""

    PRIMARY = "primary"  # the issuer's own text
    SECONDARY = "secondary"
    MEMORY = "memory"  # by whoever wrote it, without a text at hand


class Circumstance(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True,
                   forbid_unknown_fields=True):  # fmt: skip
    """One thing that people know, and from where."""

    kind: About
    objects: Annotated[tuple[int, ...], Meta(min_length=1, max_length=1000)]
    text: Text
    source: Text
    answer: Answer = Answer.NOT_SEARCHED
    day: Day | None = None
    day_until: Day | None = None  # where only a span of days is known
    likelihood: Annotated[float, Meta(ge=0.0, le=1.0)] | None = None
    address: str = ""
    standing: Standing = Standing.SECONDARY


class _File(msgspec.Struct, forbid_unknown_fields=True):
    circumstance: list[Circumstance] = []


def circumstances(content: bytes, name: str) -> tuple[Circumstance, ...]:
    """Return what a file says; one that says it wrongly is an `UnreadableInput` that tells how."""
    if len(content) > MOST_BYTES:
        raise UnreadableInput(f"{name} has more than {MOST_BYTES:,} bytes")
    try:
        return tuple(msgspec.toml.decode(content, type=_File).circumstance)
    except (msgspec.DecodeError, ValueError, RecursionError) as error:
        raise UnreadableInput(f"{name}: {error}") from error

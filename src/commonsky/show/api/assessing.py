"""Conjunction data messages that somebody holds up to a node: assessed, and not kept."""

from __future__ import annotations

import math

import msgspec

from commonsky.formats.ndm_lines import Problem
from commonsky.formats.ndm_message import Message
from commonsky.formats.ndm_read import read_messages
from commonsky.node.encounters import encounters_of
from commonsky.show.api.answer import Answer
from commonsky.show.api.completeness import completeness
from commonsky.show.api.desk import Desk
from commonsky.show.api.problem import misuse
from commonsky.show.assessment_lines import (
    AssessmentLine,
    Climb,
    RefusedLine,
    assessment_lines,
    usable,
)

CLIMB = Climb(trials=100_000)
SENT = "sent"


class AssessAsked(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Messages as they are (KVN, XML, JSON or NDJSON), and the joint radius if they tell none."""

    messages: str
    hard_body_radius_m: float | None = None


class AssessedTold(msgspec.Struct, frozen=True, kw_only=True):
    """A line for each message that could be read, and why the others could not."""

    assessments: tuple[AssessmentLine, ...]
    refused: tuple[RefusedLine, ...]


def assessed(desk: Desk, asked: AssessAsked) -> Answer[AssessedTold]:
    """Return what the ladder makes of the messages; nothing of them is kept or told on."""
    radius_km = math.nan
    if asked.hard_body_radius_m is not None:
        if not 0.0 < asked.hard_body_radius_m < 1000.0:
            raise misuse("hard_body_radius_m is above 0 and below 1000")
        radius_km = asked.hard_body_radius_m / 1000.0
    try:
        read = [usable(SENT, one) for one in read_messages(asked.messages.encode())]
    except Problem as problem:
        raise misuse(f"no message: {problem}") from problem
    good = [one for one in read if isinstance(one, Message)]
    found = encounters_of(good, {}, radius_km)
    told = AssessedTold(
        assessments=tuple(assessment_lines(good, [SENT] * len(good), found, CLIMB)),
        refused=tuple(one for one in read if isinstance(one, RefusedLine)),
    )
    return Answer(told, completeness(desk, "the messages that were sent, and nothing else"))

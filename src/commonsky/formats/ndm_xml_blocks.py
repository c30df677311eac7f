"""Elements that become lines of numbers: states, covariances of ephemerides, observations."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from commonsky.formats.ndm_layout import TOLERATED_UNITS
from commonsky.formats.ndm_lines import shown
from commonsky.formats.ndm_plan import NUMBER
from commonsky.formats.ndm_spec import Field
from commonsky.formats.ndm_transcript import NOWHERE, Original, Transcript
from commonsky.formats.ndm_xml_lex import WHOLE_OBSERVATION, WHOLE_STATE
from commonsky.formats.ndm_xml_names import MATRIX, STATE, Element, Form

PLAIN = 7  # columns of a state without accelerations
EPOCH = re.compile(rb"[\d:.TZ-]+")


class Part(NamedTuple):
    """A keyword inside of one of these elements: its value, its unit, and where it stands."""

    field: Field
    value: bytes
    unit: bytes
    start: int


def take_in_bulk(transcript: Transcript, raw: bytes, place: int, inside: Element) -> int:
    """Transcribe the states or observations that follow, and return where they end."""
    lines, places = transcript.lines.append, transcript.places.append
    if inside.many == "stateVector":
        while found := WHOLE_STATE.match(raw, place):
            numbers = found.groups()
            lines(b" ".join(numbers if found.lastindex == len(numbers) else numbers[:PLAIN]))
            places((found.start(1), NOWHERE))
            place = found.end()
    else:
        keywords = inside.children[b"observation"].keywords
        while (found := WHOLE_OBSERVATION.match(raw, place)) and found[2] in keywords:
            lines(found[2] + b" = " + found[1] + b" " + found[3])
            places((found.start(3), NOWHERE))
            place = found.end()
    return place


def add_state(
    transcript: Transcript, original: Original, parts: Sequence[Part], start: int
) -> None:
    """Transcribe a state as one line."""
    names = tuple(part.field.name for part in parts)
    if names not in (STATE[:PLAIN], STATE):
        told = f"a state is {', '.join(STATE[:PLAIN])}, and accelerations, in this order"
        raise original.problem(start, told)
    transcript.add(b" ".join(part.value for part in parts), parts[0].start)
    _check(transcript, original, parts)


def add_matrix(
    transcript: Transcript, original: Original, parts: Sequence[Part], start: int
) -> None:
    """Transcribe a covariance as the rows of its lower triangle."""
    names = tuple(part.field.name for part in parts)
    for part, wanted in zip(parts, MATRIX, strict=False):
        if part.field.name != wanted:
            told = f"{wanted} is what follows here in a covariance"
            raise original.problem(part.start, told, part.field.name)
    if names != MATRIX:
        raise original.problem(start, f"a covariance has {len(MATRIX)} elements, not {len(names)}")
    done = 0
    for row in range(6):
        ours = parts[done : done + row + 1]
        transcript.add(b" ".join(part.value for part in ours), ours[0].start)
        _check(transcript, original, ours)
        done += row + 1


def add_observation(
    transcript: Transcript, original: Original, parts: Sequence[Part], start: int
) -> None:
    """Transcribe an observation as a line for each thing that was measured, one mostly."""
    if len(parts) < 2 or parts[0].field.name != "EPOCH":
        raise original.problem(start, "an observation is an EPOCH and what was measured then")
    epoch = parts[0].value
    for place, part in enumerate(parts[1:]):
        line = part.field.name.encode() + b" = " + epoch + b" " + part.value
        transcript.add(line, part.start)
        _check(transcript, original, (parts[0], part))
        if place:
            transcript.remark(part.field.name, "is not alone in its observation")


def _check(transcript: Transcript, original: Original, parts: Sequence[Part]) -> None:
    """Each is one word, a time or a number, in the unit of the standard."""
    for part in parts:
        name, wanted = part.field.name, part.field.unit
        if not (EPOCH if name == "EPOCH" else NUMBER).fullmatch(part.value):
            told = "is no time" if name == "EPOCH" else "is no number"
            raise original.problem(part.start, f"{shown(part.value)} {told}", name)
        said = part.unit.decode("utf-8", "replace")
        if said in ("", wanted):
            continue
        if said not in TOLERATED_UNITS.get(wanted, ()):
            told = f"is in [{wanted}], and [{said[:20]}] cannot be that"
            raise original.problem(part.start, told, name)
        transcript.remark(name, f"is in [{wanted}], but [{said}] is written")


JOIN = {
    Form.STATE: add_state, Form.OBSERVATION: add_observation, Form.MATRIX: add_matrix,
}  # fmt: skip

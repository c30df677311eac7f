"""What nations assert of orbits, read from the records they sent."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from commonsky.astro.arrays import Ints
from commonsky.astro.elements import MeanElements
from commonsky.catalogue.catalogue import UNNUMBERED_FIRST, Catalogue, Quarantined, concatenated
from commonsky.catalogue.identity import number_for_unnumbered
from commonsky.formats.gathering import EXAMPLES, Gathering, Numbers
from commonsky.formats.omm_json_body import gather_bodies
from commonsky.ledger.label import Label
from commonsky.ledger.record import Kind
from commonsky.ledger.store import Held

Key = tuple[str, tuple[int, ...], Label]  # of one key, the newest statement stands

_TEXTS, _SMALL = np.zeros(0, "U1"), np.zeros(0, np.int8)
_FLOATS, _INTS = np.zeros(0), np.zeros(0, np.int64)
NOTHING = Catalogue(
    MeanElements(_INTS, *[_FLOATS] * 9),
    _INTS, _TEXTS, _TEXTS, _SMALL, _SMALL, _TEXTS, _TEXTS, _INTS, _INTS, _TEXTS,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Bodies:
    """
    Element sets read from n bodies: the good rows, which body each is, and what was refused.

    In `refused` the number of the body, from 0, stands for the line.
    """

    catalogue: Catalogue
    body: Ints
    refused: tuple[Quarantined, ...]


def catalogue_of(bodies: Sequence[bytes], source: Sequence[str]) -> Bodies:
    """Return the element sets in bodies, one OMM in JSON to each, and who said them as source."""
    parts, good, refused = [NOTHING], [_INTS], []
    numbers = Numbers()
    # No more at once than a gathering keeps reasons for.
    for start in range(0, len(bodies), EXAMPLES):
        gathering = Gathering("", numbers)
        rows = start + gather_bodies(bodies[start : start + EXAMPLES], gathering)
        parts += gathering.parts
        good.append(rows)
        refused += [
            replace(one, source=source[start + one.line], line=start + one.line)
            for one in gathering.quarantined
        ]
    row = np.concatenate(good)
    said_by = np.array(source, np.str_)[row] if len(row) else _TEXTS
    return Bodies(replace(concatenated(parts), source=said_by), row, tuple(refused))


@dataclass(frozen=True, slots=True, eq=False)
class Statement:
    """One element set as a nation states it: a row of a page, and the record it came in."""

    key: Key
    handle: str
    said_tai_ns: int
    sequence: int
    page: Catalogue
    row: int

    @property
    def number(self) -> int:
        """The number its object has in the picture."""
        return int(self.page.catalogue_number[self.row])


@dataclass(frozen=True, slots=True, eq=False)
class Refused:
    """A record that holds no element set that can be used, and why."""

    key: Key
    handle: str
    said_tai_ns: int
    sequence: int
    reason: str


def assertions(records: Iterable[Held], nation: str) -> list[Statement | Refused]:
    """
    Read element-set records; other kinds are passed over.

    An object that only its issuer numbers, and that has no designator, gets a number of its own
    for each nation but ours (`nation`): the third uncorrelated track of two nations is hardly one
    object.
    """
    chosen = [held for held in records if held.record.envelope.kind is Kind.ELEMENT_SET]
    contents = [held.record.body.content if held.record.body else b"" for held in chosen]
    nations = [held.record.envelope.node for held in chosen]
    read = catalogue_of(contents, nations)
    reasons = {one.line: f"{one.field}: {one.reason}".removeprefix(": ") for one in read.refused}
    numbers, page = _picture_numbers(read, chosen, nation, reasons), read.catalogue
    page = replace(page, catalogue_number=np.array(numbers, np.int64))
    row_of = {body: row for row, body in enumerate(read.body.tolist())}
    found: list[Statement | Refused] = []
    for body, held in enumerate(chosen):
        envelope = held.record.envelope
        key = (envelope.node, envelope.subject, envelope.label)
        if held.record.body is None:
            reasons[body] = "its body was purged"
        if body in reasons:
            why = reasons[body]
            found.append(Refused(key, envelope.handle, envelope.said_tai_ns, held.sequence, why))
        else:
            found.append(
                Statement(
                    key, envelope.handle, envelope.said_tai_ns, held.sequence, page, row_of[body]
                )
            )
    return found


def _picture_numbers(
    read: Bodies, chosen: Sequence[Held], nation: str, reasons: dict[int, str]
) -> list[int]:
    """Numbers of good rows in the picture; what is not what its envelope says gets a reason."""
    numbers = read.catalogue.catalogue_number.tolist()
    designators = read.catalogue.object_id.tolist()
    for row, body in enumerate(read.body.tolist()):
        envelope = chosen[body].record.envelope
        own = numbers[row] >= UNNUMBERED_FIRST
        if len(envelope.subject) != 1 or (not own and envelope.subject[0] != numbers[row]):
            told = ", ".join(map(str, envelope.subject)) or "nothing"
            reasons[body] = f"it is about {numbers[row]}, but its envelope says about {told}"
        elif own and envelope.subject[0] < UNNUMBERED_FIRST:
            reasons[body] = f"it has no number, but its envelope says {envelope.subject[0]}"
        elif own:
            numbers[row] = envelope.subject[0]
            if designators[row] == "" and envelope.node != nation:
                numbers[row] = number_for_unnumbered("", f"{envelope.node} {numbers[row]}")
    return numbers

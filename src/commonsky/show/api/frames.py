"""
The picture as a globe eats it: a header that names every row, and flat float32 for any moment.

A picture is named by a digest of its objects, who states them and their elements, so that the
numbers of one name and moment never change: they are the same bytes for everybody, for ever.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from math import inf, isfinite, log10
from typing import Any

import msgspec
import numpy as np

from commonsky.assess.uncertainty import error_classes, sigma_rtn_km
from commonsky.astro.arrays import Ints
from commonsky.astro.elements import MeanElements
from commonsky.astro.epoch import NS_PER_DAY, NS_PER_S, utc_text
from commonsky.astro.sgp4 import Propagator, propagator
from commonsky.astro.sgp4_narrow import narrow_states
from commonsky.astro.utc import tai_ns_from_utc_ns
from commonsky.catalogue.catalogue import Catalogue
from commonsky.catalogue.merge import element_bits
from commonsky.node.owners import owners
from commonsky.show.api.desk import Desk, View
from commonsky.show.report.severity import Severity, severity

SCOPE = "every statement of the picture, equal ones once"
LAYOUT = "float32, little-endian, [object][x, y, z, vx, vy, vz], km and km/s"
GRADE = "screening"  # of all sigmas here: they are estimated from past element sets
STEP_S = 60
AT_ONCE = 16  # frames that are made together: the fewest for which SGP4 is vectorised in full
# As told in the column: 0 none, then 1 low, 2 attention, 3 high, 4 unknown; and which is worst.
TOLD_AS = {Severity.LOW: 1, Severity.ATTENTION: 2, Severity.HIGH: 3, Severity.UNKNOWN: 4}
WORST = (0, 1, 4, 2, 3)


class FrameColumns(msgspec.Struct, frozen=True, kw_only=True):
    """
    What is told of object k, the k-th row of every frame.

    `source` is the nations that state it so, joined by +.  `sigma_km` is the length of the three
    sigmas of position at `at`, null where the model knows none.  `alert` is the worst conjunction
    alert that stands: 0 none, 1 low, 2 attention, 3 high, 4 no Pc, which is worse than low.
    """

    number: tuple[int, ...]
    name: tuple[str, ...]
    designator: tuple[str, ...]
    source: tuple[str, ...]
    type: tuple[int, ...]  # 0 unknown, 1 payload, 2 rocket body, 3 debris
    owner: tuple[str, ...]  # a nation, "" where none is known
    age_days: tuple[float | None, ...]  # of the elements at `at`
    sigma_km: tuple[float | None, ...]
    alert: tuple[int, ...]


class Frames(msgspec.Struct, frozen=True, kw_only=True):
    """
    What the frames of a picture are.

    The states at a moment are at `frames/{picture}/{seconds}.f32?step={step_s}`, where `seconds`
    is POSIX time and a multiple of `step`; nan where an object has none, as after decay.
    """

    picture: str
    at: str
    step_s: int
    layout: str
    frame: str
    sigma_grade: str
    columns: FrameColumns


@dataclass(slots=True)
class Pictured:
    """One picture, as far as states need it."""

    name: str
    elements: MeanElements
    superseded_s: float = inf  # on the clock of whoever keeps it
    _ready: tuple[int, Propagator] | None = field(default=None)

    @property
    def size_bytes(self) -> int:
        """About how much memory it takes."""
        return 80 * len(self.elements)

    def frames(self, first_s: int, step_s: int) -> list[bytes]:
        """Return the states at `AT_ONCE` moments, the first at a POSIX time."""
        seconds = range(first_s, first_s + AT_ONCE * step_s, step_s)
        epoch = np.array([tai_ns_from_utc_ns(one * NS_PER_S) for one in seconds], np.int64)
        return [one.tobytes() for one in narrow_states(self._made_ready(epoch), epoch)]

    def _made_ready(self, epoch_tai_ns: Ints) -> Propagator:
        """What costs more than a frame is kept for whole days."""
        first, last = int(epoch_tai_ns[0]) // NS_PER_DAY, int(epoch_tai_ns[-1]) // NS_PER_DAY
        if first != last:
            return propagator(self.elements, int(epoch_tai_ns[0]), int(epoch_tai_ns[-1]))
        ready = self._ready
        if ready is None or ready[0] != first:
            begin = first * NS_PER_DAY
            ready = first, propagator(self.elements, begin, begin + NS_PER_DAY)
            self._ready = ready
        return ready[1]

    def rest(self) -> None:
        """Let go of what can be made again."""
        self._ready = None


def digest_of(table: Catalogue) -> str:
    """Return what tells one picture from another: objects, who states them, elements."""
    digest = hashlib.sha256(table.catalogue_number.tobytes())
    digest.update("\0".join(table.source.tolist()).encode())
    digest.update(np.ascontiguousarray(element_bits(table.elements)).tobytes())
    return digest.hexdigest()[:32]


def header(desk: Desk, view: View, name: str) -> Frames:
    """Return the header of the picture that a view shows."""
    table, at = view.catalogue, view.at_tai_ns
    numbers = table.catalogue_number.tolist()
    age_days = (at - table.elements.epoch_tai_ns) / NS_PER_DAY
    sigma = np.linalg.norm(sigma_rtn_km(error_classes(table), age_days), axis=1)
    owned, alerts = owners(desk.home.owners), standing(desk, at)
    columns = FrameColumns(
        number=tuple(numbers),
        name=tuple(table.object_name.tolist()),
        designator=tuple(table.object_id.tolist()),
        source=tuple(table.source.tolist()),
        type=tuple(table.object_type.tolist()),
        owner=tuple([owned.get(number, "") for number in numbers]),
        age_days=tuple(np.round(age_days, 4).tolist()),
        sigma_km=tuple(np.round(sigma, 3).tolist()),
        alert=tuple([alerts.get(number, 0) for number in numbers]),
    )
    return Frames(
        picture=name,
        at=utc_text(at, 3) if at else "",
        step_s=STEP_S,
        layout=LAYOUT,
        frame="GCRF",
        sigma_grade=GRADE,
        columns=columns,
    )


def standing(desk: Desk, at_tai_ns: int) -> dict[int, int]:
    """Return the worst conjunction alert of each object that stands and lies ahead of a time."""
    worst: dict[int, int] = {}
    if not at_tai_ns:
        return worst
    for *pair, pc in desk.survey.approaches(utc_text(at_tai_ns, 3)):
        told = TOLD_AS[_severity(pc)]
        for number in pair:
            # Bodies of partners may be anything.
            if isinstance(number, int) and _rank(told) > _rank(worst.get(number, 0)):
                worst[number] = told
    return worst


def _severity(pc: Any) -> Severity:  # noqa: ANN401 - of a partner's body
    if not isinstance(pc, int | float) or not isfinite(pc):
        return Severity.UNKNOWN
    return severity(log10(pc) if pc > 0.0 else -inf)


def _rank(told: int) -> int:
    return WORST.index(told)


def group_of(seconds: int, step_s: int) -> int:
    """Return the first moment of those that are made together with one."""
    return seconds - seconds % (AT_ONCE * step_s)


def moments(first_s: int, step_s: int) -> Sequence[int]:
    """Return the moments that are made together."""
    return range(first_s, first_s + AT_ONCE * step_s, step_s)

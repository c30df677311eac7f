"""
Positions and velocities of the whole picture at times apart, as flat float32 for a globe.

The header says what the numbers are; the numbers follow in blocks of one time each, so that
whoever draws can begin with the first.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from http import HTTPStatus

import msgspec
import numpy as np

from commonsky.astro.arrays import Ints
from commonsky.astro.epoch import NS_PER_S, tai_ns, utc_texts
from commonsky.astro.frames import rotated, rotation
from commonsky.astro.sgp4 import propagate
from commonsky.astro.states import Frame
from commonsky.catalogue.catalogue import Catalogue
from commonsky.catalogue.merge import element_bits
from commonsky.show.api.answer import Answer, text_of
from commonsky.show.api.completeness import completeness
from commonsky.show.api.desk import Desk, View
from commonsky.show.api.problem import Problem, misuse

SCOPE = "every statement of the picture, equal ones once"
FRAMES = (Frame.GCRF, Frame.TEME)
LAYOUT = "float32, little-endian, [time][object][x, y, z, vx, vy, vz]"
VALUE_BYTES, VALUES = 4, 6
MOST_BYTES = 128 << 20
MOST_TIMES = 1000
DEFAULT_TIMES = 16
TIMES_AT_ONCE = 8


class KeyframesAsked(
    msgspec.Struct,
    frozen=True,
    forbid_unknown_fields=True,
    rename={"from_": "from", "step_s": "step"},
):
    """
    From when until when (UTC; without, the next 15 steps from now), a time every `step` seconds.

    `picture` is the digest of a header: where the picture is another by now, this is refused.
    """

    from_: str = ""
    until: str = ""
    step_s: float = 60.0
    frame: str = Frame.GCRF.value
    picture: str = ""


class Keyframes(msgspec.Struct, frozen=True, kw_only=True):
    """
    What the numbers are: object k of each block is `number[k]`, as `source[k]` states it.

    Positions are km, velocities km/s; both are nan where an object has no state, as after decay.
    """

    picture: str
    layout: str
    bytes: int
    frame: str
    times: tuple[str, ...]
    step_s: float
    number: tuple[int, ...]
    source: tuple[str, ...]
    name: tuple[str, ...]
    type: tuple[int, ...]  # 0 unknown, 1 payload, 2 rocket body, 3 debris


@dataclass(frozen=True, slots=True)
class Span:
    """The picture and the times that somebody asked for."""

    catalogue: Catalogue
    picture: str
    epoch_tai_ns: Ints
    frame: Frame

    @property
    def size_bytes(self) -> int:
        """How many bytes the numbers have."""
        return len(self.epoch_tai_ns) * len(self.catalogue) * VALUES * VALUE_BYTES

    def blocks(self) -> Iterator[bytes]:
        """Yield the numbers, some times at once."""
        for start in range(0, len(self.epoch_tai_ns), TIMES_AT_ONCE):
            some = self.epoch_tai_ns[start : start + TIMES_AT_ONCE]
            yield _block(self.catalogue, some, self.frame)


def keyframes_header(desk: Desk, asked: KeyframesAsked) -> Answer[Keyframes]:
    """Return what the numbers of the same question will be."""
    view = desk.view()
    span = span_of(desk, asked, view)
    table = span.catalogue
    answer = Keyframes(
        picture=span.picture,
        layout=LAYOUT,
        bytes=span.size_bytes,
        frame=span.frame.value,
        times=tuple(utc_texts(span.epoch_tai_ns, 3)) if len(span.epoch_tai_ns) else (),
        step_s=asked.step_s,
        number=tuple(table.catalogue_number.tolist()),
        source=tuple(table.source.tolist()),
        name=tuple(table.object_name.tolist()),
        type=tuple(table.object_type.tolist()),
    )
    return Answer(answer, completeness(desk, SCOPE, view))


def span_of(desk: Desk, asked: KeyframesAsked, view: View) -> Span:
    """Return what a question asks for; one that asks for too much is refused."""
    if asked.frame not in FRAMES:
        raise misuse(f"`frame` is one of {', '.join(FRAMES)}, not {asked.frame!r}")
    if not asked.step_s >= 1e-3:
        raise misuse(f"`step` is seconds, 0.001 at least, not {asked.step_s:g}")
    step_ns = round(min(asked.step_s, 1e9) * NS_PER_S)
    begin = tai_ns(asked.from_) if asked.from_ else desk.clock.now_tai_ns()
    end = tai_ns(asked.until) if asked.until else begin + (DEFAULT_TIMES - 1) * step_ns
    if end < begin:
        raise misuse(f"`until` {text_of(end)} lies before `from` {text_of(begin)}")
    count = (end - begin) // step_ns + 1
    table = view.catalogue
    size = count * len(table) * VALUES * VALUE_BYTES
    if count > MOST_TIMES or size > MOST_BYTES:
        raise misuse(
            f"{count:,} times of {len(table):,} objects are {size:,} bytes; at most "
            f"{MOST_TIMES:,} times and {MOST_BYTES:,} bytes are given at once: ask for less of "
            "the span, or for a longer `step`"
        )
    picture = digest_of(table)
    if asked.picture not in {"", picture}:
        raise Problem(
            HTTPStatus.CONFLICT,
            f"the picture {asked.picture} has changed and is {picture} now: ask for its header",
        )
    times = begin + step_ns * np.arange(count, dtype=np.int64)
    return Span(table, picture, times, Frame(asked.frame))


def digest_of(table: Catalogue) -> str:
    """Return what tells one picture from another: objects, who states them, elements."""
    digest = hashlib.sha256(table.catalogue_number.tobytes())
    digest.update("\0".join(table.source.tolist()).encode())
    digest.update(np.ascontiguousarray(element_bits(table.elements)).tobytes())
    return digest.hexdigest()[:32]


def _block(table: Catalogue, epoch_tai_ns: Ints, frame: Frame) -> bytes:
    """The numbers of some times."""
    states = propagate(table.elements, epoch_tai_ns)
    bad = states.status != 0
    values = np.concatenate([states.position_km, states.velocity_km_s], axis=2)
    values[bad] = np.nan
    told = np.swapaxes(values, 0, 1).reshape(len(epoch_tai_ns), len(table), 2, 3)
    if frame is not Frame.TEME:
        # Both frames are at rest: velocities turn as positions do.
        told = rotated(rotation(Frame.TEME, frame, epoch_tai_ns)[:, None, None], told)
    return np.ascontiguousarray(told, "<f4").tobytes()

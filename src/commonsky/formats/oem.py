"""
Orbit ephemeris messages in keyword-value notation: states in, bytes out.

Reference: CCSDS 502.0-B-3, Orbit Data Messages, section 5 (OEM version 2.0).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from commonsky.astro.arrays import Floats, Ints
from commonsky.astro.epoch import utc_text, utc_texts
from commonsky.astro.states import Frame
from commonsky.errors import NotRepresentable
from commonsky.formats.cdm_fields import writable_comment, writable_name

VERSION = "2.0"
FRAMES = (Frame.GCRF, Frame.EME2000)
LONGEST_LINE = 254


@dataclass(frozen=True, slots=True)
class Segment:
    """States of one object at k ascending epochs: (k,), (k, 3) km and (k, 3) km/s."""

    object_name: str
    object_id: str
    comments: tuple[str, ...]
    epoch_tai_ns: Ints
    position_km: Floats
    velocity_km_s: Floats


def oem_kvn(
    segments: Sequence[Segment],
    frame: Frame,
    *,
    originator: str,
    created_tai_ns: int,
    comments: Iterable[str] = (),
) -> bytes:
    """
    Return a message of one segment or more, in UTC; numbers come back to the last bit.

    Times are rounded to the microsecond.  Names and comments are written as they can be; a frame
    that the standard has no word for is `NotRepresentable`, and so is a message of no states.
    """
    if frame not in FRAMES:
        raise NotRepresentable(f"an OEM of ours is in {' or '.join(FRAMES)}, not in {frame}")
    if not segments or any(len(one.epoch_tai_ns) == 0 for one in segments):
        raise NotRepresentable("each segment of an OEM has one state at least")
    lines = [
        f"CCSDS_OEM_VERS = {VERSION}",
        *(_comment(one) for one in comments),
        f"CREATION_DATE = {utc_text(created_tai_ns, 6, suffix='')}",
        f"ORIGINATOR = {writable_name(originator)}",
    ]
    for one in segments:
        lines += ["", *_metadata(one, frame), "", *_states(one)]
    return ("\n".join(lines) + "\n").encode("ascii")


def _metadata(one: Segment, frame: Frame) -> list[str]:
    start, stop = utc_texts(one.epoch_tai_ns[[0, -1]], 6, suffix="")
    return [
        "META_START",
        *(_comment(text) for text in one.comments),
        f"OBJECT_NAME = {writable_name(one.object_name)}",
        f"OBJECT_ID = {writable_name(one.object_id)}",
        "CENTER_NAME = EARTH",
        f"REF_FRAME = {frame.value}",
        "TIME_SYSTEM = UTC",
        f"START_TIME = {start}",
        f"STOP_TIME = {stop}",
        "INTERPOLATION = HERMITE",
        "INTERPOLATION_DEGREE = 7",
        "META_STOP",
    ]


def _states(one: Segment) -> list[str]:
    times = utc_texts(one.epoch_tai_ns, 6, suffix="")
    rows = zip(times, one.position_km.tolist(), one.velocity_km_s.tolist(), strict=True)
    # The shortest digits that come back as the same number.
    return [" ".join([time, *map(repr, (*place, *speed))]) for time, place, speed in rows]


def _comment(text: str) -> str:
    """A comment as its line: longer ones are cut to what a line of a message holds."""
    return f"COMMENT {writable_comment(text)}"[:LONGEST_LINE]

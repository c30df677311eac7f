"""
Orbit ephemeris messages: bytes in, states as arrays out, in the frame that each segment names.

Reference: CCSDS 502.0-B-3, section 5.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from commonsky.astro.arrays import Floats, Ints
from commonsky.astro.utc import tai_ns_from_utc_days
from commonsky.errors import NotRepresentable
from commonsky.formats.ndm_kernels import (
    BAD_EPOCH,
    BAD_NUMBER,
    ENDED,
    MONTHS,
    POWERS,
    TOO_MANY,
    ephemeris_lines,
)
from commonsky.formats.ndm_lines import Problem, problem_at, shown
from commonsky.formats.ndm_message import Message, Reader
from commonsky.formats.ndm_odm import OEM
from commonsky.formats.ndm_plan import NUMBER

CHUNK = 16_384  # rows
NS_PER_DAY = 86_400_000_000_000
BEHIND_TAI_NS = {"TAI": 0, "TT": -32_184_000_000, "GPS": 19_000_000_000}
LONGEST_MATRIX = 64  # lines
PAIRS = (("INTERPOLATION", "INTERPOLATION_DEGREE"), ("USEABLE_START_TIME", "USEABLE_STOP_TIME"))
ORDER = ("START_TIME", "USEABLE_START_TIME", "USEABLE_STOP_TIME", "STOP_TIME")
WRONG = {BAD_EPOCH: "is no time", BAD_NUMBER: "is no number", TOO_MANY: "is one number too many"}


@dataclass(frozen=True, slots=True)
class Covariances:
    """(c,) epochs as in `Ephemeris`, (c, 6, 6) km and s, and the frame of each."""

    day: Ints
    ns_of_day: Ints
    covariance_km2: Floats
    frame: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Ephemeris:
    """
    The states of a segment at k epochs: (k, 3) km, km/s and km/s**2, nan where not said.

    `day` counts from 1970-01-01 and `ns_of_day` from its 0h, both in `time_system`.
    """

    object_name: str
    object_id: str
    center: str
    frame: str
    time_system: str
    day: Ints
    ns_of_day: Ints
    position_km: Floats
    velocity_km_s: Floats
    acceleration_km_s2: Floats
    covariances: Covariances

    @property
    def epoch_tai_ns(self) -> Ints:
        """(k,) epochs; of a time system other than UTC, TAI, TT and GPS `NotRepresentable`."""
        if self.time_system == "UTC":
            return tai_ns_from_utc_days(self.day, self.ns_of_day)
        behind = BEHIND_TAI_NS.get(self.time_system)
        if behind is None:
            raise NotRepresentable(f"epochs in {self.time_system} cannot be told in TAI here")
        return self.day * NS_PER_DAY + self.ns_of_day + behind


@dataclass(frozen=True, slots=True)
class EphemerisMessage:
    """The message with its texts, and an ephemeris for each of its segments."""

    message: Message
    ephemerides: tuple[Ephemeris, ...]


def read_oem(raw: bytes, *, strict: bool = False) -> EphemerisMessage:
    """Return a message in keyword-value notation; what cannot be one is a `Problem`."""
    message = Reader(OEM, strict=strict).read(raw)
    rows: list[list[int]] = [[] for _ in range(message.segments)]
    for row in message.layout.rows:
        rows[message.layout.places[row].segment - 1].append(row)
    ephemerides = tuple(
        _ephemeris(message, segment, ours) for segment, ours in enumerate(rows, start=1)
    )
    found = sorted(_inconsistencies(message, ephemerides))
    if found and strict:
        row, keyword, problem = found[0]
        raise message.lines.problem(row, problem, keyword)
    departures = (*message.departures, *found)
    return EphemerisMessage(replace(message, departures=departures), ephemerides)


def _inconsistencies(
    message: Message, ephemerides: tuple[Ephemeris, ...]
) -> Iterator[tuple[int, str, str]]:
    """What the standard forbids and every keyword by itself does not show."""
    index = message.layout.index
    for segment, ours in enumerate(ephemerides, start=1):
        for first, second in (*PAIRS, *(pair[::-1] for pair in PAIRS)):
            if message.says(first, segment) and not message.says(second, segment):
                yield index[first, segment, 0], first, f"{second} is needed beside it"
        said = [keyword for keyword in ORDER if message.says(keyword, segment)]
        times = [_epoch(message.raw, *_span_of(message, keyword, segment)) for keyword in said]
        for place in range(1, len(said)):
            if times[place] < times[place - 1]:
                yield index[said[place], segment, 0], said[place], f"lies before {said[place - 1]}"
        for keyword in ("OBJECT_NAME", "OBJECT_ID"):
            if message.text(keyword, segment) != message.text(keyword, 1):
                yield index[keyword, segment, 0], keyword, "differs from that of segment 1"
        frame_has_epoch = message.says("REF_FRAME_EPOCH", segment)
        for problem in _of_states(ours, frame_has_epoch, old=message.version == "1.0"):
            yield index["REF_FRAME", segment, 0], "REF_FRAME", problem


def _of_states(ours: Ephemeris, frame_has_epoch: bool, *, old: bool) -> Iterator[str]:
    """What is wrong with the states of a segment as a whole."""
    if np.any(np.diff(ours.day) * NS_PER_DAY + np.diff(ours.ns_of_day) <= 0):
        yield "the epochs of its states do not increase"
    without = np.isnan(ours.acceleration_km_s2[:, 0])
    if np.any(without) and not np.all(without):
        yield "some of its states have accelerations, and some have not"
    if old and (len(ours.covariances.day) or frame_has_epoch):
        yield "covariances and frames of an epoch are not of version 1.0"
    if old and not np.all(without):
        yield "accelerations are not of version 1.0"


def _span_of(message: Message, keyword: str, segment: int) -> tuple[int, int]:
    start, end = message.lines.spans[1:, message.layout.index[keyword, segment, 0]].tolist()
    return start, end


def _ephemeris(message: Message, segment: int, rows: list[int]) -> Ephemeris:
    places = message.layout.places
    parts = [
        part
        for row in rows
        if places[row].section == "ephemeris"
        for part in states(message.raw, *message.lines.spans[1:, row].tolist())
    ]
    if not parts:
        start = message.layout.index["REF_FRAME", segment, 0]
        raise message.lines.problem(start, f"segment {segment} has no states")
    day, ns, value = (np.concatenate(column) for column in zip(*parts, strict=True))
    return Ephemeris(
        object_name=message.text("OBJECT_NAME", segment),
        object_id=message.text("OBJECT_ID", segment),
        center=message.text("CENTER_NAME", segment),
        frame=message.text("REF_FRAME", segment),
        time_system=message.text("TIME_SYSTEM", segment).upper(),
        day=day,
        ns_of_day=ns,
        position_km=value[:, :3],
        velocity_km_s=value[:, 3:6],
        acceleration_km_s2=value[:, 6:],
        covariances=_covariances(message, segment, rows),
    )


def states(raw: bytes, start: int, end: int) -> Iterator[tuple[Ints, Ints, Floats]]:
    """
    Yield day, nanosecond of the day and (k, 9) numbers of the lines from start to end.

    In parts of some thousand rows, so that what is needed beside the result stays small.
    """
    text = np.frombuffer(raw, dtype=np.uint8)
    hard = np.empty((9 * CHUNK, 4), dtype=np.int64)
    while start < end:
        rows = min(CHUNK, raw.count(b"\n", start, end) + 1)
        day, ns = np.empty(rows, dtype=np.int64), np.empty(rows, dtype=np.int64)
        value = np.empty((rows, 9))
        filled, left, stopped, why = ephemeris_lines(
            text, start, end, MONTHS, POWERS, day, ns, value, hard
        )
        if why != ENDED or (filled == 0 and raw[stopped:end].strip()):
            raise _wrong(raw, stopped, why if why != ENDED else BAD_EPOCH)
        for row, column, first, last in hard[:left].tolist():
            value[row, column] = float(raw[first:last])
        if filled:
            yield day[:filled], ns[:filled], value[:filled]
        start = stopped


def _wrong(raw: bytes, place: int, why: int) -> Problem:
    word = raw[place : place + 64].split(None, 1)
    told = WRONG.get(why)
    if told is None or not word:
        return problem_at(raw, place, "a state is an epoch and six numbers, or nine")
    return problem_at(raw, place, f"{shown(word[0])} {told}")


def _covariances(message: Message, segment: int, rows: list[int]) -> Covariances:
    """Matrices of a segment; a frame that is not said is that of the matrix before."""
    matrices: list[Floats] = []
    days: list[tuple[int, int]] = []
    frames: list[str] = []
    frame = message.text("REF_FRAME", segment)
    for row in rows:
        place = message.layout.places[row]
        if place.section != "covariance":
            continue
        epoch = message.layout.index.get(("EPOCH", segment, place.block))
        if epoch is None or epoch > row or len(days) > place.block:
            raise message.lines.problem(row, "a matrix needs an EPOCH of its own before it")
        frame = message.text("COV_REF_FRAME", segment, place.block) or frame
        matrices.append(_matrix(message.raw, *message.lines.spans[1:, row].tolist()))
        days.append(_epoch(message.raw, *message.lines.spans[1:, epoch].tolist()))
        frames.append(frame)
    day = np.array(days, dtype=np.int64).reshape(-1, 2)
    covariance = np.array(matrices).reshape(-1, 6, 6)
    return Covariances(day[:, 0], day[:, 1], covariance, tuple(frames))


def _epoch(raw: bytes, start: int, end: int) -> tuple[int, int]:
    """Day and nanosecond of a time, by the kernel that reads those of states."""
    line = raw[start:end] + b" 0 0 0 0 0 0"
    try:
        day, ns, _ = next(states(line, 0, len(line)))
    except Problem:
        raise problem_at(raw, start, f"{shown(raw[start:end])} is no time", "EPOCH") from None
    return int(day[0]), int(ns[0])


def _matrix(raw: bytes, start: int, end: int) -> Floats:
    """(6, 6) of the lower triangle, a row a line."""
    matrix = np.zeros((6, 6))
    place, row = start, 0
    for line in raw[start:end].split(b"\n", LONGEST_MATRIX):
        words = line.split()
        if words and (len(words) != row + 1 or row == 6):
            raise problem_at(raw, place, f"row {row + 1} of a matrix has {len(words)} numbers")
        for column, word in enumerate(words):
            if not NUMBER.fullmatch(word):
                raise problem_at(raw, place + line.find(word), f"{shown(word)} is no number")
            matrix[row, column] = matrix[column, row] = float(word)
        row += bool(words)
        place += len(line) + 1
    if row != 6:
        raise problem_at(raw, end, f"a matrix has six rows, not {row}")
    return matrix

"""
Operators' ephemerides in Space-Track's modified ITC form: bytes in, arrays out, and back.

Four lines of header, then a line a state: the epoch as YYYYDDDHHMMSS.sss in UTC, position and
velocity on the mean equator and equinox of J2000, km and km/s; behind it, or nowhere in a file,
three lines with the lower triangle of the covariance, on radial, in-track and cross-track axes
where the header says UVW.

The form as other readers of it describe it and as published files of Starlink are; the operators'
handbook itself was not at hand.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

import numpy as np

from commonsky.astro.arrays import Floats, Ints
from commonsky.astro.epoch import NS_PER_S, tai_ns_from_year_day, utc_texts
from commonsky.errors import NotRepresentable
from commonsky.formats.ndm_lines import Problem, problem_at

HEADER_LINES, COLUMNS, COVARIANCE_LINES = 4, 7, 3
LONGEST_LINE = 1000
EPOCH = re.compile(rb"\d{13}(?:\.\d{1,9})?")
SPAN = re.compile(
    rb"ephemeris_start:(.*?)\s*ephemeris_stop:(.*?)\s*step_size:\s*([0-9.]*)\s*", re.DOTALL
)
FRAMES = ("UVW", "RTN", "MEME", "EME2000", "J2000", "ITRF", "TEME")
LOWER = np.tril_indices(6)
DIGITS = 10


@dataclass(frozen=True, slots=True)
class Itc:
    """
    n states in EME2000, km and km/s; covariances (n, 6, 6) km^2, km^2/s, km^2/s^2, or (0, 6, 6).

    `covariance_frame` is as in the header, UVW for radial, in-track and cross-track.  Texts of the
    header are as written; `step_s` is nan where it is not told.
    """

    created: str
    start: str
    stop: str
    step_s: float
    source: str
    covariance_frame: str
    epoch_tai_ns: Ints  # (n,)
    position_km: Floats  # (n, 3)
    velocity_km_s: Floats
    covariance: Floats

    def __len__(self) -> int:
        return len(self.epoch_tai_ns)


def read_itc(raw: bytes) -> Itc:
    """Return an ephemeris; what is none is a `Problem` with line and column."""
    lines = raw.split(b"\n")
    created, span, source, frame = _header(raw, lines)
    told = enumerate(lines[HEADER_LINES:], start=HEADER_LINES)
    body = [(row, parts, line) for row, line in told if (parts := line.split())]
    for row, parts, _ in body:
        if len(parts) != COLUMNS:
            raise _problem(raw, row, f"holds {len(parts)} numbers, and not {COLUMNS}")
    if not body:
        raise _problem(raw, HEADER_LINES, "there are no states")
    first = [EPOCH.fullmatch(parts[0]) is not None for _, parts, _ in body[: COVARIANCE_LINES + 2]]
    stride = 1 + COVARIANCE_LINES if len(first) > 1 and not first[1] else 1
    if len(body) % stride:
        raise _problem(raw, body[-1][0], "the file was cut off: a covariance has three lines")
    numbers = _numbers(raw, body)
    states = numbers[::stride]
    rows = [row for row, _, _ in body[::stride]]
    covariance = np.zeros((0, 6, 6))
    if stride > 1:
        covariance = np.zeros((len(states), 6, 6))
        triangle = numbers.reshape(len(states), stride * COLUMNS)[:, COLUMNS:]
        covariance[:, LOWER[0], LOWER[1]] = covariance[:, LOWER[1], LOWER[0]] = triangle
    return Itc(
        created=created,
        start=span[0],
        stop=span[1],
        step_s=span[2],
        source=source,
        covariance_frame=frame,
        epoch_tai_ns=_epochs(raw, [parts[0] for _, parts, _ in body[::stride]], rows),
        position_km=np.ascontiguousarray(states[:, 1:4]),
        velocity_km_s=np.ascontiguousarray(states[:, 4:7]),
        covariance=covariance,
    )


def itc_text(ephemeris: Itc) -> bytes:
    """Return an ephemeris as a file; `NotRepresentable` for what the form cannot carry."""
    n = len(ephemeris)
    if len(ephemeris.covariance) not in (0, n):
        raise NotRepresentable("an ephemeris has covariances for all of its states, or for none")
    states = np.hstack([ephemeris.position_km, ephemeris.velocity_km_s])
    if not (np.isfinite(states).all() and np.isfinite(ephemeris.covariance).all()):
        raise NotRepresentable("an ephemeris has numbers only")
    step = "" if math.isnan(ephemeris.step_s) else f"{ephemeris.step_s:g}"
    lines = [
        f"created:{ephemeris.created}",
        f"ephemeris_start:{ephemeris.start} ephemeris_stop:{ephemeris.stop} step_size:{step}",
        f"ephemeris_source:{ephemeris.source}",
        ephemeris.covariance_frame,
    ]
    for text in lines:
        if not text.isprintable() or not text.isascii():
            raise NotRepresentable(f"{text[:40]!r} is no line of a header")
    for i, epoch in enumerate(utc_texts(ephemeris.epoch_tai_ns, 3, day_of_year=True)):
        digits = re.sub(r"[^0-9.]", "", epoch)
        lines.append(" ".join([digits, *(f"{value:.{DIGITS}f}" for value in states[i])]))
        if len(ephemeris.covariance):
            triangle = [f"{value:.{DIGITS}e}" for value in ephemeris.covariance[i][LOWER]]
            lines += [
                " ".join(triangle[start : start + COLUMNS]) for start in range(0, 21, COLUMNS)
            ]
    return "\n".join([*lines, ""]).encode()


def _header(raw: bytes, lines: list[bytes]) -> tuple[str, tuple[str, str, float], str, str]:
    wanted = (b"created:", b"ephemeris_start:", b"ephemeris_source:")
    for row, word in enumerate(wanted):
        if row >= len(lines) or not lines[row].lstrip().startswith(word):
            raise _problem(raw, min(row, len(lines) - 1), f"begins with {word.decode()}")
        if len(lines[row]) > LONGEST_LINE:
            raise _problem(raw, row, f"is longer than {LONGEST_LINE} characters")
    found = SPAN.fullmatch(lines[1].strip())
    if found is None:
        raise _problem(raw, 1, "tells ephemeris_start, ephemeris_stop and step_size")
    frame = lines[3].strip().decode("ascii", "replace") if len(lines) > 3 else ""
    if frame not in FRAMES:
        raise _problem(raw, 3, f"is one of {', '.join(FRAMES)}")
    told = [part.strip().decode("ascii", "replace") for part in found.groups()]
    try:
        step = float(told[2]) if told[2] else math.nan
    except ValueError:
        raise _problem(raw, 1, "has a step_size that is no number") from None
    created, source = (
        line.partition(b":")[2].strip().decode("ascii", "replace") for line in (lines[0], lines[2])
    )
    return created, (told[0], told[1], step), source, frame


def _numbers(raw: bytes, body: list[tuple[int, list[bytes], bytes]]) -> Floats:
    """All numbers (lines, 7), finite."""
    try:
        numbers = np.loadtxt([line for _, _, line in body], ndmin=2, comments=None)
    except ValueError:
        for row, parts, _ in body:
            for part in parts:
                if not _is_number(part):
                    told = part[:40].decode("utf-8", "replace")
                    raise _problem(raw, row, f"{told!r} is no number", part) from None
        raise
    bad = np.flatnonzero(~np.isfinite(numbers).all(axis=1))
    if len(bad):
        raise _problem(raw, body[int(bad[0])][0], "holds what is no finite number")
    return np.asarray(numbers)


def _is_number(part: bytes) -> bool:
    try:
        float(part)
    except ValueError:
        return False
    return True


def _epochs(raw: bytes, texts: list[bytes], rows: list[int]) -> Ints:
    """Epochs (n,), increasing; from day and time of the year."""
    bad = next((i for i, text in enumerate(texts) if not EPOCH.fullmatch(text)), None)
    if bad is not None:
        raise _problem(raw, rows[bad], "begins with an epoch as YYYYDDDHHMMSS.sss")
    digits = [_padded(text) for text in texts]
    year, day, hour, minute, second, fraction = (
        np.array([int(one[a:b]) for one in digits], np.int64)
        for a, b in ((0, 4), (4, 7), (7, 9), (9, 11), (11, 13), (13, 22))
    )
    wrong = (day < 1) | (day > 366) | (hour > 23) | (minute > 59) | (second > 60)
    if wrong.any():
        raise _problem(
            raw, rows[int(np.flatnonzero(wrong)[0])], "has an epoch that does not exist"
        )
    since = ((hour * 60 + minute) * 60 + second) * NS_PER_S + fraction
    epochs = tai_ns_from_year_day(year, (day - 1) * 86_400 * NS_PER_S + since)
    late = np.flatnonzero(np.diff(epochs) <= 0)
    if len(late):
        raise _problem(raw, rows[int(late[0]) + 1], "has an epoch that is not after the last one")
    return epochs


def _padded(text: bytes) -> bytes:
    """YYYYDDDHHMMSS and nine digits."""
    whole, _, fraction = text.partition(b".")
    return whole + fraction.ljust(9, b"0")


def _problem(raw: bytes, row: int, told: str, part: bytes = b"") -> Problem:
    start = 0
    for _ in range(row):
        start = raw.find(b"\n", start) + 1
    place = raw.find(part, start) if part else start
    return problem_at(raw, max(place, 0), f"the line {told}")

"""
Operators' ephemerides in Space-Track's modified ITC form: bytes in, arrays out, and back.

Four lines of header: three that describe (`created:`, `ephemeris_start:` with `ephemeris_stop:`
and `step_size:`, `ephemeris_source:`), and one word for the axes of the covariances, UVW for
radial, in-track and cross-track.  Then a record for each epoch, YYYYDDDHHMMSS.sss in UTC, with
position in km and velocity in km/s; behind it, for all records or for none, the 21 elements of
the covariance's lower triangle, row by row, in km and s, over three lines.

The frame of the states stands in the file's name alone: MEME is the mean equator and equinox of
J2000.  Nothing says whether velocities along UVW are those seen from the turning axes; readers of
the field take the axes as standing still.

Reference: the form as published files of one owner have it, and as brahe
(github.com/duncaneddy/brahe) reads it; the operators' handbook itself was not at hand.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from commonsky.astro.arrays import Floats, Ints
from commonsky.astro.epoch import NS_PER_DAY, NS_PER_S, tai_ns, utc_text
from commonsky.astro.utc import ends_with_leap_second, tai_ns_from_utc_days, utc_days
from commonsky.errors import NotRepresentable, UnknownEpoch
from commonsky.formats.itc_kernels import (
    BAD_NUMBER,
    COVARIANCE_TOO,
    ENDED,
    EPOCH_DIGITS,
    NO_COVARIANCE,
    STATE,
    TOO_FEW,
    TOO_MANY,
    TRIANGLE,
    itc_lines,
)
from commonsky.formats.ndm_kernels import POWERS
from commonsky.formats.ndm_lines import BYTE_ORDER_MARK, Problem, problem_at, shown
from commonsky.formats.ndm_message import Deviation
from commonsky.formats.ndm_oem import Covariances, Ephemeris

HEADER_LINES = 4
LONGEST_HEADER = 4096  # bytes
AXES = {
    "UVW": "RTN", "RTN": "RTN", "RSW": "RTN", "RIC": "RTN", "MEME": "EME2000",
    "EME2000": "EME2000", "J2000": "EME2000", "ITRF": "ITRF", "TEME": "TEME",
}  # fmt: skip
FRAMES = {"MEME": "EME2000", "TEME": "TEME", "ITRF": "ITRF"}
LABEL = re.compile(r"(created|ephemeris_start|ephemeris_stop|step_size|ephemeris_source)[ \t]*:")
WORDS = "|".join(AXES).encode()
BEGINNING = re.compile(
    rb"(?:\xef\xbb\xbf)?(?:[^\n]*\n){3}[ \t]*(?:" + WORDS + rb")[ \t\r]*\n\d{13}[ .]"
)
NAME = re.compile(
    r"(?P<frame>[A-Z0-9]+)_(?P<number>\d{1,9})_(?P<object>.*)_(?P<start>\d{7})"
    r"_(?P<category>[A-Za-z]+)_(?P<rest>[^_]*)_(?P<classification>[A-Za-z]+)(?:\.[a-z]+)?"
)
FIRST_YEAR, LAST_YEAR = 1678, 2261
CHUNK = 8192  # records
NS_PER_MS = 1_000_000
LOWER = np.tril_indices(6)
STATE_LINE = "%s " + " ".join(["%.10f"] * 6)
TRIANGLE_LINES = "\n".join([" ".join(["%.10e"] * 7)] * 3)


class FileName(NamedTuple):
    """What the name of such a file tells; `frame` is the CCSDS word for that of the states."""

    frame: str
    number: int
    object_name: str
    category: str
    classification: str


@dataclass(frozen=True, slots=True)
class Itc:
    """
    n states, km and km/s; covariances (n, 6, 6) km^2, km^2/s, km^2/s^2, or (0, 6, 6).

    `covariance_frame` is as in the header, UVW for radial, in-track and cross-track.  Texts of the
    header are as written, "" where they are not told; `step_s` is nan where it is not told.
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
    deviations: tuple[Deviation, ...] = ()

    def __len__(self) -> int:
        return len(self.epoch_tai_ns)

    def ephemeris(
        self, *, object_name: str = "", object_id: str = "", frame: str = "EME2000"
    ) -> Ephemeris:
        """Return the states as those of an OEM; names and frame are the file name's to tell."""
        day, ns = utc_days(self.epoch_tai_ns)
        n = len(self.covariance)
        axes = AXES[self.covariance_frame.upper()]
        covariances = Covariances(day[:n], ns[:n], self.covariance, (axes,) * n)
        return Ephemeris(
            object_name, object_id, "EARTH", frame, "UTC", day, ns, self.position_km,
            self.velocity_km_s, np.full((len(self), 3), np.nan), covariances,
        )  # fmt: skip


def is_itc(raw: bytes) -> bool:
    """Whether bytes begin as such an ephemeris does."""
    return BEGINNING.match(raw[:LONGEST_HEADER]) is not None


def named(name: str) -> FileName:
    """Return what a file's name tells, as MEME_100001_A_2540142_Operational__UNCLASSIFIED.txt."""
    found = NAME.fullmatch(name)
    if found is None or found["frame"] not in FRAMES:
        told = "frame, number, name, start, category, a field, and classification with _ between"
        raise Problem(f"{name[:80]!r} is no name of these: {told}", line=1, column=1)
    return FileName(
        FRAMES[found["frame"]], int(found["number"]), found["object"], found["category"],
        found["classification"],
    )  # fmt: skip


def read_itc(raw: bytes, *, strict: bool = False) -> Itc:
    """
    Return an ephemeris; what is none is a `Problem` with line and column.

    Epochs that do not increase, numbers that are not finite, a record that is cut off, a
    covariance for some records only are such.  A header that contradicts the records, as where
    whole records are cut off, is a deviation, and strictly a `Problem` too.
    """
    header, axes, start = _header(raw)
    epoch_tai_ns, place, value, has_covariances = _records(raw, start)
    late = np.flatnonzero(np.diff(epoch_tai_ns) <= 0)
    if len(late):
        raise problem_at(raw, int(place[late[0] + 1]), "its epoch is not after the last one")
    _check_end(raw, place)
    deviations = tuple(_contradictions(raw, header, epoch_tai_ns))
    if strict and deviations:
        line, column, field, told = deviations[0]
        raise Problem(told, line=line, column=column, field=field)
    return Itc(
        created=header.get("created", ""),
        start=header.get("ephemeris_start", ""),
        stop=header.get("ephemeris_stop", ""),
        step_s=_step_s(raw, header),
        source=header.get("ephemeris_source", ""),
        covariance_frame=axes,
        epoch_tai_ns=epoch_tai_ns,
        position_km=value[:, :3].copy(),
        velocity_km_s=value[:, 3:STATE].copy(),
        covariance=_matrices(value[:, STATE:] if has_covariances else np.empty((0, TRIANGLE))),
        deviations=deviations,
    )


def _matrices(triangle: Floats) -> Floats:
    """(n, 6, 6) of lower triangles (n, 21)."""
    matrix = np.empty((len(triangle), 6, 6))
    matrix[:, LOWER[0], LOWER[1]] = triangle
    matrix[:, LOWER[1], LOWER[0]] = triangle
    return matrix


def _header(raw: bytes) -> tuple[dict[str, str], str, int]:
    """What is said behind known labels, the axes of the covariances, where the records begin."""
    lines = raw[:LONGEST_HEADER].split(b"\n")
    if len(lines) <= HEADER_LINES:
        told = "created:, ephemeris_start:, ephemeris_source: and the axes of the covariances"
        raise problem_at(raw, 0, f"four lines come first: {told}")
    start = sum(map(len, lines[:HEADER_LINES])) + HEADER_LINES
    word = lines[HEADER_LINES - 1].strip()
    axes = word.decode("ascii", "replace")
    if axes.upper() not in AXES:
        told = f"{shown(word)} is not one of {', '.join(AXES)}, axes of the covariances"
        raise problem_at(raw, start - len(lines[HEADER_LINES - 1]) - 1, told)
    said: dict[str, str] = {}
    for line in lines[: HEADER_LINES - 1]:
        text = line.removeprefix(BYTE_ORDER_MARK).decode("utf-8", "replace")
        pieces = LABEL.split(text)
        for label, value in zip(pieces[1::2], pieces[2::2], strict=True):
            said.setdefault(label, value.strip())
    missing = {"ephemeris_stop", "step_size"} - said.keys()
    if "ephemeris_start" in said and missing:
        at = raw.find(b"ephemeris_start")
        raise problem_at(raw, at, f"{' and '.join(sorted(missing))} must stand in this line too")
    return said, axes, start


def _step_s(raw: bytes, said: dict[str, str]) -> float:
    text = said.get("step_size", "")
    if text and not re.fullmatch(r"\d{1,9}(?:\.\d{0,9})?", text):
        raise problem_at(raw, raw.find(b"step_size"), "step_size is no number of seconds")
    return float(text) if text else math.nan


def _records(raw: bytes, start: int) -> tuple[Ints, Ints, Floats, bool]:
    """Epoch, place and numbers of all records, and whether they have covariances."""
    text = np.frombuffer(raw, dtype=np.uint8)
    covariances = _has_covariances(raw, start)
    hard = np.empty(((STATE + TRIANGLE) * CHUNK, 4), dtype=np.int64)
    parts: list[tuple[Ints, Ints, Floats]] = []
    while start < len(raw):
        day, ns, place = (np.empty(CHUNK, dtype=np.int64) for _ in range(3))
        value = np.empty((CHUNK, STATE + TRIANGLE if covariances else STATE))
        rows, left, start, why = itc_lines(
            text, start, len(raw), POWERS, covariances, day, ns, place, value, hard
        )
        if why != ENDED:
            raise _wrong(raw, start, why)
        for row, column, first, last in hard[:left].tolist():
            value[row, column] = float(raw[first:last])
            if not math.isfinite(value[row, column]):
                raise problem_at(raw, first, f"{shown(raw[first:last])} is no finite number")
        days = _days(raw, day[:rows], ns[:rows], place)
        parts.append((tai_ns_from_utc_days(days, ns[:rows]), place[:rows], value[:rows]))
    if not parts or len(parts[0][0]) == 0:
        raise problem_at(raw, start, "there are no states")
    epoch_tai_ns, place, value = (np.concatenate(column) for column in zip(*parts, strict=True))
    return epoch_tai_ns, place, value, covariances


def _has_covariances(raw: bytes, start: int) -> bool:
    """Whether something other than an epoch stands in the second line of records."""
    _, _, rest = raw[start : start + LONGEST_HEADER].partition(b"\n")
    word = rest.split(None, 1)[:1]
    return bool(word) and not word[0][:EPOCH_DIGITS].isdigit()


def _days(raw: bytes, year_day: Ints, ns: Ints, place: Ints) -> Ints:
    """(k,) days since 1970-01-01 of 1000 x year + day of the year."""
    year, day_of_year = np.divmod(year_day, 1000)
    leap = (year % 4 == 0) & ((year % 100 != 0) | (year % 400 == 0))
    first = (year - 1970).astype("datetime64[Y]").astype("datetime64[D]").astype(np.int64)
    day = first + day_of_year - 1
    good = (day_of_year >= 1) & (day_of_year <= 365 + leap)
    good &= (year >= FIRST_YEAR) & (year <= LAST_YEAR)
    for row in np.flatnonzero(good & (ns >= NS_PER_DAY)).tolist():
        good[row] = ends_with_leap_second(int(day[row]))
    if not np.all(good):
        raise problem_at(raw, int(place[int(np.argmin(good))]), "this epoch does not exist")
    return day


def _wrong(raw: bytes, place: int, why: int) -> Problem:
    """What the kernel has found, where."""
    place = min(place, len(raw.rstrip()))
    word = shown(b"".join(raw[place : place + 64].split(None, 1)[:1]))
    told = f"an epoch is UTC as YYYYDDDHHMMSS.sss, and {word} is none"
    if why == BAD_NUMBER:
        finite = "finite " if re.match(r"'[+-]?(?:nan|inf)", word, re.IGNORECASE) else ""
        told = f"{word} is no {finite}number"
    elif why == TOO_MANY:
        told = f"{word} is one number too many: a state is an epoch and {STATE} numbers"
    elif why == TOO_FEW:
        told = (
            f"this record is cut off: it has {STATE} numbers, and {TRIANGLE} of its covariance "
            "if the others have one"
        )
    elif why == COVARIANCE_TOO:
        told = f"{word} follows a state, but those before it have no covariance"
    elif why == NO_COVARIANCE:
        told = "this record has no covariance, but those before it have"
    return problem_at(raw, place, told)


def _check_end(raw: bytes, place: Ints) -> None:
    """A last number that is cut still is one: its length beside that of the record before."""
    if len(place) < 2 or raw.endswith(b"\n"):
        return
    last = raw[int(place[-1]) :].split()[-1]
    before = raw[int(place[-2]) : int(place[-1])].split()[-1]
    if len(last.lstrip(b"+-")) < len(before.lstrip(b"+-")):
        told = f"{shown(last)} ends the file, and is shorter than {shown(before)} before: cut off"
        raise problem_at(raw, len(raw.rstrip()) - len(last), told)


def _contradictions(raw: bytes, said: dict[str, str], epoch_tai_ns: Ints) -> list[Deviation]:
    """What the header says, and the records do not bear out."""
    found = []
    for label, row in (("ephemeris_start", 0), ("ephemeris_stop", -1)):
        text, epoch = said.get(label, "").removesuffix("UTC").strip(), int(epoch_tai_ns[row])
        try:
            # The header tells whole seconds.
            agrees = not text or abs(tai_ns(text) - epoch) < NS_PER_S
            told = f"is not that of the states, {utc_text(epoch, 3)}"
        except UnknownEpoch:
            agrees, told = False, "is no epoch"
        if not agrees:
            at = problem_at(raw, raw.find(label.encode()), told, label)
            found.append(Deviation(at.line, at.column, label, told))
    return found


def itc_text(ephemeris: Itc) -> bytes:
    """
    Return an ephemeris as a file: states to 1e-10 km, eleven digits of the covariances.

    `NotRepresentable` for what the form cannot carry: epochs that do not increase or are finer
    than a millisecond, numbers that are not finite, covariances for some states only.
    """
    _check_writable(ephemeris)
    step = "" if math.isnan(ephemeris.step_s) else f"{ephemeris.step_s:g}"
    header = [
        f"created:{ephemeris.created}",
        f"ephemeris_start:{ephemeris.start} ephemeris_stop:{ephemeris.stop} step_size:{step}",
        f"ephemeris_source:{ephemeris.source}",
        ephemeris.covariance_frame,
    ]
    for text in header:
        if not text.isprintable() or not text.isascii():
            raise NotRepresentable(f"{text[:40]!r} is no line of a header")
    day, ns = utc_days(ephemeris.epoch_tai_ns)
    dates = day.astype("datetime64[D]").tolist()
    epochs = map(_epoch, dates, (ns // NS_PER_MS).tolist())
    states = np.hstack([ephemeris.position_km, ephemeris.velocity_km_s]).tolist()
    lines = [STATE_LINE % (epoch, *state) for epoch, state in zip(epochs, states, strict=True)]
    if len(ephemeris.covariance):
        triangles = ephemeris.covariance[:, LOWER[0], LOWER[1]].tolist()
        pairs = zip(lines, triangles, strict=True)
        lines = [f"{line}\n{TRIANGLE_LINES % tuple(triangle)}" for line, triangle in pairs]
    return ("\n".join([*header, *lines]) + "\n").encode("ascii")


def _check_writable(ephemeris: Itc) -> None:
    if len(ephemeris.covariance) not in (0, len(ephemeris)) or len(ephemeris) == 0:
        raise NotRepresentable("an ephemeris has covariances for all of its states, or for none")
    if ephemeris.covariance_frame.upper() not in AXES:
        raise NotRepresentable(f"axes of covariances are one of {', '.join(AXES)}")
    columns = (ephemeris.position_km, ephemeris.velocity_km_s, ephemeris.covariance)
    if not all(np.all(np.isfinite(column)) for column in columns):
        raise NotRepresentable("an ephemeris has finite numbers only")
    if np.any(np.diff(ephemeris.epoch_tai_ns) <= 0):
        raise NotRepresentable("the epochs of an ephemeris increase")
    if np.any(ephemeris.epoch_tai_ns % NS_PER_MS):
        raise NotRepresentable("epochs are told to the millisecond here, and these are finer")


def _epoch(date: object, millisecond_of_day: int) -> str:
    """An epoch as a record has it; a leap second is the sixtieth of the last minute."""
    second, millisecond = divmod(millisecond_of_day, 1000)
    minute = min(second // 60, 1439)
    second -= 60 * minute
    return f"{date:%Y%j}{minute // 60:02d}{minute % 60:02d}{second:02d}.{millisecond:03d}"

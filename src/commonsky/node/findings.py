"""What was found to have happened, as records: one line of ndjson, one event of a dossier each."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import numpy as np

from commonsky.astro.arrays import Floats
from commonsky.astro.epoch import utc_text

M_PER_KM = 1000.0
DIGITS = 6  # what is told of a number; platforms differ behind them


class Finding(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind"):
    """
    Something that happened.  `rows` are the input rows it rests on, from 0.

    In a dossier `records` are the handles of these rows' records instead.
    """

    rows: tuple[int, ...] = ()
    records: tuple[str, ...] = ()

    @property
    def objects(self) -> tuple[int, ...]:
        """The catalogue numbers it is about."""
        raise NotImplementedError


class Manoeuvre(Finding, frozen=True, kw_only=True, tag="manoeuvre"):
    """A change of orbit that no force of nature makes; null is what could not be determined."""

    object: int
    name: str
    not_before: str
    not_after: str
    epoch_estimate: str
    delta_v_m_s: float | None
    delta_v_sigma_m_s: float | None
    delta_v_rtn_m_s: tuple[float, float, float] | None
    type: str
    score: float
    detectable_m_s: float | None

    @property
    def objects(self) -> tuple[int, ...]:
        """The one that manoeuvred."""
        return (self.object,)


class Relocation(Finding, frozen=True, kw_only=True, tag="relocation"):
    """A geostationary object that left one longitude and stayed at another."""

    object: int
    name: str
    left_not_before: str
    left_not_after: str
    arrived_not_before: str
    arrived_not_after: str
    longitude_from_deg: float
    longitude_to_deg: float
    drift_deg_day: float
    score: float
    status: str  # arrived; or under way, and then the last longitude stands for the new one

    @property
    def objects(self) -> tuple[int, ...]:
        """The one that moved."""
        return (self.object,)


class Proximity(Finding, frozen=True, kw_only=True, tag="proximity"):
    """
    Two objects near each other for a while.

    `separation_km` is the estimate, low and high its interval; all null where element sets are
    too old for a distance and only the shared slot is said (`status`).
    """

    object1: int
    object2: int
    name1: str
    name2: str
    not_before: str
    not_after: str
    closest: str
    separation_km: float | None
    separation_low_km: float | None
    separation_high_km: float | None
    relative_ric_km: tuple[float, float, float] | None
    relative_speed_m_s: float | None
    dwell_h: float | None
    status: str
    geometry: str  # passes, dwells, circles, unknown
    habitual: bool
    passive_safe: str

    @property
    def objects(self) -> tuple[int, ...]:
        """Both."""
        return (self.object1, self.object2)


class Fragmentation(Finding, frozen=True, kw_only=True, tag="fragmentation"):
    """Objects that once were at one place; `parent` is 0 where none was found."""

    parent: int
    parent_name: str
    parent_probability: float | None
    alternatives: tuple[tuple[int, float], ...]
    not_before: str
    not_after: str
    epoch_estimate: str
    height_km: float | None
    fragments: int
    members: tuple[int, ...]
    type: str
    score: float

    @property
    def objects(self) -> tuple[int, ...]:
        """The parent first, then its pieces."""
        return ((self.parent,) if self.parent else ()) + self.members


class Launch(Finding, frozen=True, kw_only=True, tag="launch"):
    """New objects of one launch; `launch` is its designator, "" where orbits alone tie them."""

    launch: str
    new: bool  # false where something of it was in the earlier catalogue
    payloads: int
    stages: int
    debris: int
    unknown: int
    perigee_km: float | None
    apogee_km: float | None
    inclination_deg: float | None
    not_before: str
    not_after: str
    members: tuple[int, ...]

    @property
    def objects(self) -> tuple[int, ...]:
        """All of it."""
        return self.members


class Decay(Finding, frozen=True, kw_only=True, tag="decay"):
    """An object that is no longer in the newest catalogue, and what became of it."""

    object: int
    name: str
    fate: str  # re-entered, lost, renumbered, untold
    probability: float  # of re-entry
    not_before: str
    not_after: str
    found_as: int  # the number that its orbit goes on under, 0 if none

    @property
    def objects(self) -> tuple[int, ...]:
        """What vanished."""
        return (self.object,)


class Swap(Finding, frozen=True, kw_only=True, tag="swap"):
    """Two histories whose later sets belong to one another."""

    object1: int
    object2: int
    not_before: str
    not_after: str
    as_is_sigmas: float | None
    swapped_sigmas: float | None

    @property
    def objects(self) -> tuple[int, ...]:
        """Both."""
        return (self.object1, self.object2)


class Oddity(Finding, frozen=True, kw_only=True, tag="oddity"):
    """An object whose newest set does not fit its own past."""

    object: int
    name: str
    p_own: float
    p_kind: float | None
    cause: str  # what fits least: axis, shape, plane, along
    not_before: str
    not_after: str

    @property
    def objects(self) -> tuple[int, ...]:
        """The odd one."""
        return (self.object,)


AnyFinding = Manoeuvre | Relocation | Proximity | Fragmentation | Launch | Decay | Swap | Oddity
KINDS = ("manoeuvre", "relocation", "proximity", "fragmentation")
MORE_KINDS = ("launch", "decay", "swap", "oddity")  # asked for by name
EVERY_KIND = (*KINDS, *MORE_KINDS)
NAMES = {
    "manoeuvre": ("manoeuvre", "manoeuvres"),
    "relocation": ("relocation", "relocations"),
    "proximity": ("approach", "approaches"),
    "fragmentation": ("common origin", "common origins"),
    "launch": ("launch", "launches"),
    "decay": ("object gone", "objects gone"),
    "swap": ("swap of histories", "swaps of histories"),
    "oddity": ("oddity", "oddities"),
}
_ENCODER = msgspec.json.Encoder()
_DECODER = msgspec.json.Decoder(AnyFinding)


def encoded_lines(findings: Sequence[Finding]) -> bytes:
    """Return findings as ndjson."""
    return _ENCODER.encode_lines(findings)


def decoded(line: bytes) -> AnyFinding:
    """Return the finding that a line is; anything else is a `msgspec.DecodeError`."""
    return _DECODER.decode(line)


def counted(kind: str, many: int) -> str:
    """Return how many there are of a kind, in words."""
    return f"{many:,} {NAMES[kind][many != 1]}"


def told(value: float) -> float | None:
    """Return a number to the digits that are told; None where it is none."""
    if not np.isfinite(value):
        return None
    return float(f"{value:.{DIGITS}g}")


def told_vector(values: Floats, scale: float = 1.0) -> tuple[float, float, float] | None:
    """Return three numbers to the digits that are told; None where one of them is none."""
    one, two, three = (told(float(value) * scale) for value in values)
    return None if one is None or two is None or three is None else (one, two, three)


def moment(epoch_tai_ns: int) -> str:
    """Return UTC to the second."""
    return utc_text(int(epoch_tai_ns), 0)

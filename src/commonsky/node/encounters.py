"""
What conjunction data messages say of two objects at TCA, as the ladder takes it.

Both states of a message come into one inertial frame: the message's own where both share it, GCRF
otherwise.  Of what is not in the standard, comments of real senders are read: HBR,
EXCLUSION_VOLUME_RADIUS, and the three of density forecasts (DCP).
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from commonsky.assess.ladder import Ladder, climb
from commonsky.assess.limits import joint_radius_km
from commonsky.astro.arrays import Floats, Ints
from commonsky.astro.epoch import tai_ns
from commonsky.astro.frames import rotation_rtn, transform
from commonsky.astro.states import Frame
from commonsky.errors import UnknownEpoch
from commonsky.formats.hard_body import HardBody
from commonsky.formats.ndm_message import Message

M_PER_KM = 1000.0
AXES = ("R", "T", "N", "RDOT", "TDOT", "NDOT")
LOWER = [(row, column) for row in range(6) for column in range(row + 1)]
NUMBER = r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?"
RADIUS = re.compile(
    rf"(HBR|EXCLUSION[ _]VOLUME[ _]RADIUS)\s*=\s*({NUMBER})\s*(?:\[\s*m\s*\])?\s*", re.IGNORECASE
)
SHARED = re.compile(
    rf"DCP (Density Forecast Uncertainty|Sensitivity Vector RTN (?:Pos|Vel))\s*=\s*"
    rf"({NUMBER}(?:\s+{NUMBER}){{0,2}})\s*(?:\[[^\]]*\])?\s*"
)
DENSITY = "Density Forecast Uncertainty"
POSITION, VELOCITY = "Sensitivity Vector RTN Pos", "Sensitivity Vector RTN Vel"


class RadiusSource(StrEnum):
    """Where the joint hard-body radius comes from."""

    GIVEN = "given"
    MESSAGE = "HBR of the message"
    OBJECTS = "HBR of both objects"
    LIST = "list of radii"
    EXCLUSION_VOLUMES = "exclusion volumes"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Encounters:
    """
    n encounters; states (n, 3) and covariances (n, 6, 6) in one inertial frame each, km, km/s.

    `shared1`, `shared2` (n, 6): what one sigma of the density's forecast does to either state.
    Radii are nan where nothing is known.
    """

    tca_tai_ns: Ints
    position1_km: Floats
    velocity1_km_s: Floats
    covariance1: Floats
    position2_km: Floats
    velocity2_km_s: Floats
    covariance2: Floats
    hard_body_radius_km: Floats
    radius_source: tuple[RadiusSource, ...]
    shared1: Floats
    shared2: Floats
    default_covariance: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.tca_tai_ns)


def encounters_of(
    messages: Sequence[Message],
    bodies: Mapping[int, HardBody] | None = None,
    hard_body_radius_km: float = math.nan,
) -> Encounters:
    """
    Return what n conjunction data messages say.

    A radius that is given is taken for all of them; otherwise that of the message, of its objects,
    or of their catalogue numbers in `bodies`, or the exclusion volumes of both.
    """
    tca = np.array([_tca(message) for message in messages], np.int64)
    sides = [_side(messages, segment, tca) for segment in (1, 2)]
    radii = [_radius(message, bodies or {}, hard_body_radius_km) for message in messages]
    return Encounters(
        tca,
        *sides[0][:3],
        *sides[1][:3],
        np.array([radius for radius, _ in radii], np.float64) / M_PER_KM,
        tuple(source for _, source in radii),
        sides[0][3],
        sides[1][3],
        np.array([_is_default(message) for message in messages], np.bool_),
    )


def without_shared_errors(found: Encounters) -> Encounters:
    """Return the encounters as if their errors had nothing in common."""
    none = np.zeros_like(found.shared1)
    return replace(found, shared1=none, shared2=none)


def assessed_encounters(
    found: Encounters, *, all_tiers: bool = False, trials: int = 0, seed: int = 1
) -> Ladder:
    """Return what the ladder makes of the encounters."""
    return climb(
        found.position1_km, found.velocity1_km_s, found.covariance1,
        found.position2_km, found.velocity2_km_s, found.covariance2,
        found.hard_body_radius_km, shared=(found.shared1, found.shared2),
        default_covariance=found.default_covariance, all_tiers=all_tiers, trials=trials, seed=seed,
    )  # fmt: skip


def _tca(message: Message) -> int:
    """TCA; 0 where the text is none, as lenient readers let pass."""
    try:
        return tai_ns(message.text("TCA").removesuffix("Z"))
    except UnknownEpoch:
        return 0


def _is_default(message: Message) -> bool:
    return any(message.text("COVARIANCE_METHOD", side) == "DEFAULT" for side in (1, 2))


def _side(
    messages: Sequence[Message], segment: int, tca: Ints
) -> tuple[Floats, Floats, Floats, Floats]:
    """Position, velocity, covariance and shared error of one of the objects."""
    state = np.array([
        [one.number(word, segment) for word in ("X", "Y", "Z", "X_DOT", "Y_DOT", "Z_DOT")]
        for one in messages
    ]).reshape(-1, 6)  # fmt: skip
    rtn = np.zeros((len(messages), 6, 6))
    for row, column in LOWER:
        word = f"C{AXES[row]}_{AXES[column]}"
        rtn[:, row, column] = rtn[:, column, row] = [one.number(word, segment) for one in messages]
    position, velocity = _inertial(messages, segment, state, tca)
    turn = np.zeros_like(rtn)
    turn[:, :3, :3] = turn[:, 3:, 3:] = rotation_rtn(position, velocity).transpose(0, 2, 1)
    shared = np.array([_shared(one, segment) for one in messages]).reshape(-1, 6)
    return (
        position,
        velocity,
        turn @ (rtn / M_PER_KM**2) @ turn.transpose(0, 2, 1),
        np.einsum("nij,nj->ni", turn, shared / M_PER_KM),
    )


def _inertial(
    messages: Sequence[Message], segment: int, state: Floats, tca: Ints
) -> tuple[Floats, Floats]:
    """States in the inertial frame of each message."""
    frames = [tuple(one.text("REF_FRAME", side) for side in (1, 2)) for one in messages]
    position, velocity = state[:, :3].copy(), state[:, 3:].copy()
    for pair in set(frames):
        if pair[0] == pair[1] != Frame.ITRF or pair[segment - 1] not in tuple(Frame):
            continue
        rows = np.array([i for i, one in enumerate(frames) if one == pair])
        position[rows], velocity[rows] = transform(
            position[rows], velocity[rows], tca[rows], Frame(pair[segment - 1]), Frame.GCRF
        )
    return position, velocity


def _radius(
    message: Message, bodies: Mapping[int, HardBody], given_km: float
) -> tuple[float, RadiusSource]:
    """Return the joint radius in m."""
    if not math.isnan(given_km):
        return given_km * M_PER_KM, RadiusSource.GIVEN
    told: dict[tuple[str, int], float] = {}
    for _, segment, text in message.comments:
        found = RADIUS.fullmatch(text)
        if found:
            name = found[1].upper().replace(" ", "_")
            told.setdefault((name, segment), float(found[2]))
    if ("HBR", 0) in told:
        return told["HBR", 0], RadiusSource.MESSAGE
    both = sum(message.number("HBR", side) for side in (1, 2))
    if not math.isnan(both):
        return both, RadiusSource.OBJECTS
    numbers = [_catalogue_number(message, side) for side in (1, 2)]
    if all(number in bodies for number in numbers):
        one, two = (bodies[number] for number in numbers)
        joint = joint_radius_km(one.radius_km, two.radius_km, one.sigma_km, two.sigma_km)
        return float(joint) * M_PER_KM, RadiusSource.LIST
    volumes = [told.get(("EXCLUSION_VOLUME_RADIUS", side), math.nan) for side in (1, 2)]
    if not math.isnan(sum(volumes)):
        return sum(volumes), RadiusSource.EXCLUSION_VOLUMES
    return math.nan, RadiusSource.NONE


def _catalogue_number(message: Message, segment: int) -> int:
    text = message.text("OBJECT_DESIGNATOR", segment)
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 10 else -1


def _shared(message: Message, segment: int) -> Floats:
    """Return what one sigma of the density's forecast does (6,), in m and m/s on RTN; or zeros."""
    told = {
        found[1]: [float(part) for part in found[2].split()]
        for _, where, text in message.comments
        if where == segment and (found := SHARED.fullmatch(text))
    }
    for word, keyword in (
        (DENSITY, "DENSITY_FORECAST_UNCERTAINTY"),
        (POSITION, "DCP_SENSITIVITY_VECTOR_POSITION"),
        (VELOCITY, "DCP_SENSITIVITY_VECTOR_VELOCITY"),
    ):
        parts = message.text(keyword, segment).split("[")[0].split()
        if parts and all(re.fullmatch(NUMBER, part) for part in parts):
            told[word] = [float(part) for part in parts]
    density = told.get(DENSITY, [])
    vectors = told.get(POSITION, []) + told.get(VELOCITY, [])
    if len(density) != 1 or len(vectors) != 6:
        return np.zeros(6)
    return np.asarray(density[0] * np.array(vectors))

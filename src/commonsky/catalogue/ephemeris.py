"""An object's motion as a table of states over time, whoever made it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from commonsky.astro.arrays import Floats, Ints
from commonsky.astro.sgp4 import propagate
from commonsky.astro.states import Frame, States
from commonsky.catalogue.catalogue import Catalogue, ObjectType
from commonsky.errors import OutOfSpan

NS_PER_S = 1_000_000_000
# The angle about the Earth between neighbouring points: at more, interpolation is off by 30 m.
WIDEST_STEP_RAD = 0.5


@dataclass(frozen=True, slots=True)
class Ephemeris:
    """
    Position and velocity of one object at k >= 2 ascending epochs, all in one inertial frame.

    `source` names the file or node that asserts it.  It may be used from `usable_start_tai_ns` to
    `usable_stop_tai_ns`, which lie within its epochs and are by default their ends.
    """

    catalogue_number: int
    object_name: str
    source: str
    frame: Frame
    epoch_tai_ns: Ints  # (k,)
    position_km: Floats  # (k, 3)
    velocity_km_s: Floats  # (k, 3)
    object_type: ObjectType = ObjectType.UNKNOWN
    operator: str = ""
    usable_start_tai_ns: int = 0
    usable_stop_tai_ns: int = 0

    def __post_init__(self) -> None:
        who = f"the ephemeris of {self.catalogue_number} from {self.source}"
        _check_points(self, who)
        if self.frame is Frame.ITRF:
            raise ValueError(f"{who} is in ITRF, but it must be in an inertial frame")
        first, last = int(self.epoch_tai_ns[0]), int(self.epoch_tai_ns[-1])
        # Zero is 1970 and so before any ephemeris: it stands for "not said".
        object.__setattr__(self, "usable_start_tai_ns", self.usable_start_tai_ns or first)
        object.__setattr__(self, "usable_stop_tai_ns", self.usable_stop_tai_ns or last)
        if not first <= self.usable_start_tai_ns <= self.usable_stop_tai_ns <= last:
            raise ValueError(f"{who} may be used outside its own epochs, or never")

    def __len__(self) -> int:
        return len(self.epoch_tai_ns)

    @property
    def widest_step_rad(self) -> float:
        """Return the largest angle that the object turns between two neighbouring epochs."""
        sweep = np.linalg.norm(np.cross(self.position_km, self.velocity_km_s), axis=1)
        with np.errstate(divide="ignore", invalid="ignore"):
            rate_rad_s = sweep / np.square(self.position_km).sum(axis=1)
        step_s = np.diff(self.epoch_tai_ns) / NS_PER_S
        return float((step_s * np.maximum(rate_rad_s[1:], rate_rad_s[:-1])).max())


def _check_points(ephemeris: Ephemeris, who: str) -> None:
    k = len(ephemeris.epoch_tai_ns)
    if k < 2:
        raise ValueError(f"{who} has {k} epochs, but needs at least two")
    for name in ("position_km", "velocity_km_s"):
        column = getattr(ephemeris, name)
        if column.shape != (k, 3):
            raise ValueError(f"{name} has shape {column.shape}, but {k} epochs need ({k}, 3)")
        if not np.isfinite(column).all():
            raise ValueError(f"{who} has a {name} that is not a finite number")
    if not (np.diff(ephemeris.epoch_tai_ns) > 0).all():
        raise ValueError(f"{who} needs ascending epochs, but some repeat or go back")
    if not ephemeris.widest_step_rad <= WIDEST_STEP_RAD:
        raise ValueError(
            f"{who} turns by {ephemeris.widest_step_rad:.2f} rad between neighbouring epochs, but "
            f"interpolation needs {WIDEST_STEP_RAD} or less: closer epochs, or km and km/s"
        )


def sampled(catalogue: Catalogue, row: int, epoch_tai_ns: Ints, source: str) -> Ephemeris:
    """Return the ephemeris that SGP4 makes of one element set, in TEME, said to be of `source`."""
    states = propagate(catalogue.elements.take(np.array([row])), epoch_tai_ns)
    return Ephemeris(
        int(catalogue.catalogue_number[row]),
        str(catalogue.object_name[row]),
        source,
        Frame.TEME,
        np.asarray(epoch_tai_ns, np.int64),
        states.position_km[0],
        states.velocity_km_s[0],
        ObjectType(int(catalogue.object_type[row])),
        str(catalogue.operator[row]),
    )


def interpolate(ephemeris: Ephemeris, epoch_tai_ns: Ints) -> tuple[States, Floats]:
    """
    Return the states at n epochs and (n,) the estimated error of their positions in km.

    Each is on the Hermite polynomial through three neighbouring points, positions and velocities
    (degree 5).  The error is what a fourth point would change; of three points, how far the cubic
    through two is off, which is much more; nan of two.  It is an estimate: velocities that are not
    quite the derivative of the positions, as SGP4's, bend all polynomials alike.  An epoch outside
    the usable span raises `OutOfSpan`.
    """
    at = np.asarray(epoch_tai_ns, np.int64)
    outside = (at < ephemeris.usable_start_tai_ns) | (at > ephemeris.usable_stop_tai_ns)
    if outside.any():
        raise OutOfSpan(
            f"{int(outside.sum())} of {len(at)} epochs lie outside what the ephemeris of "
            f"{ephemeris.catalogue_number} from {ephemeris.source} may be used for"
        )
    points = min(len(ephemeris), 3)
    position, velocity = _hermite(ephemeris, points, at)
    if points == 2:
        error = np.full(len(at), np.nan)
    else:
        other, _ = _hermite(ephemeris, 4 if len(ephemeris) > 3 else 2, at)
        error = np.linalg.norm(position - other, axis=1)
    number = np.full(len(at), ephemeris.catalogue_number, np.int64)
    return States(number, at, position, velocity, ephemeris.frame), error


def _hermite(ephemeris: Ephemeris, count: int, at: Ints) -> tuple[Floats, Floats]:
    """(n, 3) position and velocity at each epoch on the polynomial through `count` points."""
    epochs, last = ephemeris.epoch_tai_ns, len(ephemeris) - count
    below = np.clip(np.searchsorted(epochs, at, side="right") - 1, 0, len(ephemeris) - 2)
    first = np.clip(below - (count - 1) // 2, 0, last)
    rows = first[:, None] + np.arange(count)
    # Seconds from the epoch asked for: small numbers, and the polynomial is wanted at zero.
    node = np.repeat((epochs[rows] - at[:, None]) / NS_PER_S, 2, axis=1)
    table = np.repeat(ephemeris.position_km[rows], 2, axis=1)
    slopes = np.repeat(ephemeris.velocity_km_s[rows], 2, axis=1)
    coefficients = [table[:, 0]]
    for order in range(1, 2 * count):
        width = node[:, order:] - node[:, :-order]
        repeated = (width == 0.0)[..., None]
        rise = (table[:, 1:] - table[:, :-1]) / np.where(width == 0.0, 1.0, width)[..., None]
        table = np.where(repeated, slopes[:, : rise.shape[1]], rise)
        coefficients.append(table[:, 0])
    # Horner's scheme for Newton's form, with its derivative.
    position, velocity = coefficients[-1], np.zeros_like(coefficients[-1])
    for order in range(2 * count - 2, -1, -1):
        step = -node[:, order : order + 1]
        velocity = velocity * step + position
        position = position * step + coefficients[order]
    return position, velocity

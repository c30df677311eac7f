"""What a line of `commonsky assess` must tell, for events and reports to be made of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol


class Tried(Protocol):
    """What two-body trials found."""

    @property
    def pc(self) -> float:
        """Share of trials that met."""

    @property
    def ci95(self) -> tuple[float, float]:
        """Its 95 % interval."""

    @property
    def trials(self) -> int:
        """How many there were."""


class Assessed(Protocol):
    """One message that was read; None is what could not be had or was not wanted."""

    @property
    def file(self) -> str:
        """Where the message stands."""

    @property
    def message_id(self) -> str:
        """MESSAGE_ID."""

    @property
    def tca(self) -> str:
        """Time of closest approach, UTC; "" where the message tells none."""

    @property
    def object1(self) -> str:
        """OBJECT_DESIGNATOR of the first."""

    @property
    def object2(self) -> str:
        """OBJECT_DESIGNATOR of the second."""

    @property
    def miss_km(self) -> float | None:
        """Miss distance."""

    @property
    def relative_speed_km_s(self) -> float | None:
        """Relative speed at TCA."""

    @property
    def hard_body_radius_m(self) -> float | None:
        """Radius of both together."""

    @property
    def radius_source(self) -> str:
        """Where that radius comes from."""

    @property
    def pc(self) -> float | None:
        """The number to use."""

    @property
    def method(self) -> str:
        """The rung it comes from, as in `Rung`."""

    @property
    def violations(self) -> Sequence[str]:
        """What speaks against lower rungs, as `Ladder.violated` words it."""

    @property
    def remediated(self) -> bool:
        """Whether a covariance was clipped."""

    @property
    def pc_2d(self) -> float | None:
        """2-D Pc."""

    @property
    def nc_2d(self) -> float | None:
        """Expected number about the likeliest meeting."""

    @property
    def nc_3d(self) -> float | None:
        """Expected number over time."""

    @property
    def mc(self) -> Tried | None:
        """Two-body trials."""

    @property
    def pc_max(self) -> float | None:
        """Largest 2-D Pc over all sizes of the covariance."""

    @property
    def diluted(self) -> bool:
        """Whether smaller errors would raise 2-D Pc."""

    @property
    def pc_correlated(self) -> float | None:
        """With errors of air density that both share."""

    @property
    def pc_stated(self) -> float | None:
        """COLLISION_PROBABILITY of the message."""

    @property
    def cannot_assess(self) -> str | None:
        """Why there is no number."""


class Refused(Protocol):
    """A file that is no conjunction data message."""

    @property
    def file(self) -> str:
        """Where it stands."""

    @property
    def line(self) -> int:
        """Line of the problem, from 1."""

    @property
    def column(self) -> int:
        """Column of the problem, from 1."""

    @property
    def problem(self) -> str:
        """What is wrong."""

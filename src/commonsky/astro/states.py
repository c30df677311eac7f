"""Many orbital states at once, as columns."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from commonsky.astro.arrays import Floats, Ints
from commonsky.errors import FrameMismatch


class Frame(StrEnum):
    """A reference frame, by its CCSDS name."""

    EME2000 = "EME2000"
    GCRF = "GCRF"
    ITRF = "ITRF"
    TEME = "TEME"


@dataclass(frozen=True, slots=True)
class States:
    """Position and velocity of n objects, one row each, all in one frame."""

    object_id: Ints  # (n,)
    epoch_tai_ns: Ints  # (n,) as in `commonsky.astro.epoch`
    position_km: Floats  # (n, 3)
    velocity_km_s: Floats  # (n, 3)
    frame: Frame

    def __post_init__(self) -> None:
        n = len(self.object_id)
        expected = {
            "epoch_tai_ns": (n,),
            "position_km": (n, 3),
            "velocity_km_s": (n, 3),
        }
        for name, shape in expected.items():
            found = getattr(self, name).shape
            if found != shape:
                raise ValueError(f"{name} has shape {found}, but {n} objects need {shape}")

    def __len__(self) -> int:
        return len(self.object_id)

    def take(self, rows: Ints) -> States:
        """Return the states at `rows`, in that order."""
        return States(
            self.object_id[rows],
            self.epoch_tai_ns[rows],
            self.position_km[rows],
            self.velocity_km_s[rows],
            self.frame,
        )

    def require(self, frame: Frame, action: str) -> None:
        """Raise `FrameMismatch` unless these states are in `frame`."""
        if self.frame is not frame:
            raise FrameMismatch(frame, self.frame, action)

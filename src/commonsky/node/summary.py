"""What a screening covered: an empty answer must never pass for a clear sky."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec
from msgspec import UNSET, UnsetType


class Summary(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind", tag="summary"):
    """
    The last line of a screening; also a mapping, without the fields that do not apply.

    Records: `read` = `accepted` + `quarantined` + `superseded`.  Objects: `propagated` had a
    usable state at some time, `partly` of them not all the time (they decay, or their ephemeris
    ends), `failed` had none.  `excluded` counts objects by reason,
    `complete` says that nothing else was left out.  One of `threshold_km` and `volume_km` (semi-
    axes: radial, in-track, cross-track) is set.  `missed_share` estimates which share of true
    approaches leaves the volume by the errors of the element sets; null where unknown.
    """

    read: int
    accepted: int
    quarantined: int
    superseded: int = 0
    propagated: int
    failed: int
    partly: int = 0
    conjunctions: int
    start: str  # UTC
    stop: str  # UTC
    threshold_km: float | UnsetType = UNSET
    volume_km: tuple[float, float, float] | UnsetType = UNSET
    volume_shape: str | UnsetType = UNSET
    volume_frame: str | UnsetType = UNSET
    primaries: int | UnsetType = UNSET  # how many, where not all
    step_s: float | UnsetType = UNSET
    seconds: float | UnsetType = UNSET  # of wall time
    grade: str = "screening"
    missed_share: float | None = None
    excluded: dict[str, int] = {}
    sources: tuple[str, ...] = ()
    version: str = ""
    complete: bool

    def keys(self) -> Iterator[str]:
        """Return the names of the fields that apply."""
        return iter(self.as_dict())

    def __getitem__(self, name: str) -> Any:  # noqa: ANN401 - fields differ
        return self.as_dict()[name]

    def get(self, name: str, default: Any = None) -> Any:  # noqa: ANN401 - fields differ
        """Return a field, or the default where it does not apply."""
        return self.as_dict().get(name, default)

    def as_dict(self) -> Mapping[str, Any]:
        """Return the fields that apply."""
        fields = {name: getattr(self, name) for name in self.__struct_fields__}
        return {name: value for name, value in fields.items() if value is not UNSET}

    def region(self) -> str:
        """Return the screened volume in words."""
        if isinstance(self.volume_km, tuple):
            axes = " x ".join(f"{axis:g}" for axis in self.volume_km)
            shape = self.volume_shape if isinstance(self.volume_shape, str) else "volume"
            return f"inside the {shape} {axes} km (radial, in-track, cross-track)"
        if isinstance(self.threshold_km, float | int):
            return f"within {self.threshold_km:g} km"
        return "within the screening volume"

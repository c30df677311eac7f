"""Where a nation's own sensors stand: for its own screens, and for nobody else."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from pathlib import Path

import msgspec

from commonsky.errors import NodeError

KINDS = ("radar", "telescope", "laser", "passive_rf")
LONGEST_NAME, HIGHEST_M = 80, 9000.0
MOST = 1000


class Sensor(msgspec.Struct, frozen=True, kw_only=True):
    """One sensor at rest on the Earth; geodetic, WGS-84."""

    name: str
    latitude_deg: float
    longitude_deg: float
    height_m: float
    least_elevation_deg: float
    kind: str

    @property
    def problem(self) -> str:
        """What is wrong with it, "" for nothing."""
        within = (
            ("latitude_deg", self.latitude_deg, 90.0),
            ("longitude_deg", self.longitude_deg, 360.0),
            ("height_m", self.height_m, HIGHEST_M),
            ("least_elevation_deg", self.least_elevation_deg, 90.0),
        )
        for name, value, most in within:
            if not abs(value) <= most:
                return f"{name} is {value:g}, beyond {most:g}"
        if not 0 < len(self.name) <= LONGEST_NAME:
            return f"a name has 1 to {LONGEST_NAME} letters"
        return "" if self.kind in KINDS else f"kind is one of {', '.join(KINDS)}"


HEADING = Sensor.__struct_fields__


def sensors(path: Path) -> tuple[Sensor, ...]:
    """Return the sensors that a CSV file names; none without a file."""
    if not path.exists():
        return ()
    with path.open(newline="", encoding="utf-8") as stream:
        rows = csv.reader(stream)
        if tuple(next(rows, ())) != HEADING:
            raise NodeError(f"{path} must begin with the line {','.join(HEADING)}")
        found = tuple(_sensor(path, line, row) for line, row in enumerate(rows, 2) if row)
    if len(found) > MOST:
        raise NodeError(f"{path} has {len(found)} sensors, and {MOST} are shown at most")
    return found


def write_sensors(path: Path, told: Iterable[Sensor]) -> None:
    """Write the file that `sensors` reads; nobody but the node's owner may read it."""
    with path.open("w", newline="", encoding="utf-8") as stream:
        path.chmod(0o600)
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerows([HEADING, *(msgspec.structs.astuple(one) for one in told)])


def _sensor(path: Path, line: int, row: list[str]) -> Sensor:
    where = f"{path} line {line}"
    if len(row) != len(HEADING):
        raise NodeError(f"{where}: wanted {', '.join(HEADING)}, found {','.join(row)[:200]!r}")
    try:
        one = msgspec.convert(dict(zip(HEADING, row, strict=True)), Sensor, strict=False)
    except msgspec.ValidationError as error:
        raise NodeError(f"{where}: {error}") from None
    if one.problem:
        raise NodeError(f"{where}: {one.problem}")
    return one

"""
Summaries of conjunctions as Space-Track's class `cdm_public` has them: bytes in, a table out.

A summary tells when two objects meet, how near, and how probably they collide; it has neither
states nor covariances, so that no message can be made of it and nothing be assessed anew.

Reference: names and values as tests of open clients show them; Space-Track's own text was not at
hand.  That MIN_RNG is in metres is how those clients take it; the unit of SAT_n_EXCL_VOL they do
not agree on, so it is kept as told.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from commonsky.astro.arrays import Floats, Ints
from commonsky.astro.epoch import tai_ns
from commonsky.errors import UnknownEpoch
from commonsky.formats.flat_rows import Row, rows
from commonsky.formats.ndm_lines import Problem

M_PER_KM = 1000.0
LARGEST_NUMBER = 999_999_999
LONGEST_TEXT = 100
YES = {"Y": True, "N": False, "": False}


class SetAside(NamedTuple):
    """A summary that could not be read: in which line it begins, and why."""

    line: int
    reason: str


@dataclass(frozen=True, slots=True)
class Summaries:
    """
    n conjunctions, (n,) columns and (n, 2) for what is said of either object.

    Probabilities and volumes are nan where not told, texts "", created 0.  `exclusion_volume` has
    the unit of its sender.
    """

    cdm_id: Ints
    created_tai_ns: Ints
    tca_tai_ns: Ints
    miss_distance_km: Floats
    collision_probability: Floats
    emergency_reportable: NDArray[np.bool_]
    norad_cat_id: Ints
    object_name: NDArray[np.str_]
    object_type: NDArray[np.str_]
    radar_cross_section: NDArray[np.str_]
    exclusion_volume: Floats

    def __len__(self) -> int:
        return len(self.cdm_id)


TYPES: dict[str, type] = {
    "cdm_id": np.int64, "created_tai_ns": np.int64, "tca_tai_ns": np.int64,
    "emergency_reportable": np.bool_, "norad_cat_id": np.int64, "object_name": np.str_,
    "object_type": np.str_, "radar_cross_section": np.str_,
}  # fmt: skip
PAIRS = frozenset({
    "norad_cat_id", "object_name", "object_type", "radar_cross_section", "exclusion_volume",
})  # fmt: skip


def read_summaries(raw: bytes) -> tuple[Summaries, list[SetAside]]:
    """
    Return summaries, in JSON or CSV, and those set aside; if there is no row at all, a `Problem`.

    Every row is one or the other: their counts are that of the rows read.
    """
    good: list[dict[str, Any]] = []
    aside: list[SetAside] = []
    first = Problem("there are no summaries", line=1, column=1)
    met = 0
    for row in rows(raw):
        if isinstance(row, Problem):
            first = first if aside else row
            aside.append(SetAside(row.line, str(row)))
            continue
        met += 1
        try:
            good.append(_summary(row))
        except (ValueError, UnknownEpoch) as problem:
            aside.append(SetAside(row.line, str(problem)))
    if not met:
        raise first
    columns: dict[str, Any] = {
        one.name: np.array([row[one.name] for row in good], TYPES.get(one.name, np.float64))
        for one in fields(Summaries)
    }
    shaped = {
        name: column.reshape(-1, 2) if name in PAIRS else column
        for name, column in columns.items()
    }
    return Summaries(**shaped), aside


def _summary(row: Row) -> dict[str, Any]:
    said = row.said
    for name in ("TCA", "MIN_RNG", "SAT_1_ID", "SAT_2_ID"):
        if name not in said:
            raise ValueError(f"{name} is missing")
    numbers = [row.whole(f"SAT_{side}_ID") for side in (1, 2)]
    if not all(0 < number <= LARGEST_NUMBER for number in numbers):
        raise ValueError(f"{numbers[0]} and {numbers[1]} are not two catalogue numbers")
    miss_m, probability = row.real("MIN_RNG"), row.real("PC")
    if not miss_m >= 0.0:
        raise ValueError("MIN_RNG is below 0")
    if probability < 0.0 or probability > 1.0:
        raise ValueError(f"PC is from 0 to 1, not {probability:g}")
    emergency = said.get("EMERGENCY_REPORTABLE", "")
    if emergency not in YES:
        raise ValueError(f"EMERGENCY_REPORTABLE is Y or N, not {emergency[:20]!r}")
    created = said.get("CREATED") or said.get("CREATION_DATE")
    return {
        "cdm_id": row.whole("CDM_ID"),
        "created_tai_ns": tai_ns(created) if created else 0,
        "tca_tai_ns": tai_ns(said["TCA"]),
        "miss_distance_km": miss_m / M_PER_KM,
        "collision_probability": probability,
        "emergency_reportable": YES[emergency],
        "norad_cat_id": numbers,
        "object_name": _texts(said, "SAT_{}_NAME"),
        "object_type": _texts(said, "SAT{}_OBJECT_TYPE"),
        "radar_cross_section": _texts(said, "SAT{}_RCS"),
        "exclusion_volume": [row.real(f"SAT_{side}_EXCL_VOL") for side in (1, 2)],
    }


def _texts(said: Mapping[str, str], name: str) -> list[str]:
    return [said.get(name.format(side), "")[:LONGEST_TEXT] for side in (1, 2)]

"""The table of conjunctions: what a user of a screening holds in hand."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from commonsky.assess.collision import METHODS, NULLS, CollisionAssessment, PcMethod
from commonsky.astro.arrays import Floats, Ints
from commonsky.astro.epoch import utc_ns, utc_texts
from commonsky.catalogue.catalogue import Texts
from commonsky.node import interchange, preview
from commonsky.node.summary import Summary
from commonsky.screen.encounter import Encounters

COLUMNS = (
    "object1", "object2", "name1", "name2", "source1", "source2", "tca", "miss_km",
    "relative_speed_km_s", "radial_km", "in_track_km", "cross_track_km", "pc", "pc_max",
    "pc_method", "pc_null_reason", "diluted", "grade", "slow", "intra_fleet", "age1_days",
    "age2_days",
)  # fmt: skip
DANGEROUS_WHEN_LARGE = {"pc", "pc_max"}
ROWS_AT_ONCE = 8192
METHOD_TEXTS = np.array(["" if method is PcMethod.NONE else str(method) for method in METHODS])
NULL_TEXTS = np.array([str(reason) for reason in NULLS])

Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Conjunctions:
    """
    n conjunctions, one row each, ordered by TCA and then by catalogue numbers.

    `columns` bear the names of the ndjson contract, and are attributes as well as items; n is
    `len`.  `object1` < `object2`.  Radial, in-track and cross-track are object 2 seen from
    object 1, in an inertial frame.  `pc` is nan exactly where `pc_null_reason` is not "".
    Ages are from the epoch of the element set to TCA.  The rest is for reports and messages:
    sigmas (n, 3) are radial, transverse and normal on each object's own axes.
    """

    object1: Ints
    object2: Ints
    name1: Texts
    name2: Texts
    source1: Texts
    source2: Texts
    age1_days: Floats
    age2_days: Floats
    intra_fleet: Bools
    grade: Texts
    hard_body_radius1_km: Floats
    hard_body_radius2_km: Floats
    sigma1_rtn_km: Floats
    sigma2_rtn_km: Floats
    encounters: Encounters
    assessment: CollisionAssessment
    summary: Summary

    def __post_init__(self) -> None:
        n = len(self.object1)
        for column in fields(self)[:-1]:
            value = getattr(self, column.name)
            wide = column.name.startswith("sigma")
            found = value.shape if isinstance(value, np.ndarray) else (len(value),)
            if found != ((n, 3) if wide else (n,)):
                raise ValueError(f"{column.name} has shape {found}, but there are {n} rows")
        if not (self.object1 < self.object2).all():
            raise ValueError("object1 must be below object2 in every row")

    def __len__(self) -> int:
        return len(self.object1)

    def __getitem__(self, column: str) -> NDArray[Any]:
        if column not in COLUMNS:
            raise KeyError(f"no column {column!r}; the columns are {', '.join(COLUMNS)}")
        return np.asarray(getattr(self, column))

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of the public columns, as in the ndjson contract."""
        return COLUMNS

    @property
    def tca_tai_ns(self) -> Ints:
        """(n,) times of closest approach."""
        return self.encounters.tca_tai_ns

    @property
    def tca(self) -> NDArray[np.datetime64]:
        """(n,) times of closest approach as UTC datetime64[ns], a leap second reading twice."""
        return utc_ns(self.tca_tai_ns).view("datetime64[ns]")

    @property
    def miss_km(self) -> Floats:
        """(n,) distances at closest approach."""
        return self.encounters.miss_km

    @property
    def relative_speed_km_s(self) -> Floats:
        """(n,) relative speeds at closest approach."""
        return self.encounters.relative_speed_km_s

    @property
    def radial_km(self) -> Floats:
        """(n,) of object 2 seen from object 1."""
        return self.encounters.relative_ric_km[:, 0]

    @property
    def in_track_km(self) -> Floats:
        """(n,) of object 2 seen from object 1."""
        return self.encounters.relative_ric_km[:, 1]

    @property
    def cross_track_km(self) -> Floats:
        """(n,) of object 2 seen from object 1."""
        return self.encounters.relative_ric_km[:, 2]

    @property
    def pc(self) -> Floats:
        """(n,) probabilities of collision, nan where there is a reason for none."""
        return self.assessment.pc

    @property
    def pc_max(self) -> Floats:
        """(n,) largest Pc under any common factor of the covariance."""
        return self.assessment.pc_max

    @property
    def pc_method(self) -> Texts:
        """(n,) how Pc was calculated, "" where it was not."""
        return METHOD_TEXTS[self.assessment.method]

    @property
    def pc_null_reason(self) -> Texts:
        """(n,) why there is no Pc, "" where there is one."""
        return NULL_TEXTS[self.assessment.null_reason]

    @property
    def diluted(self) -> Bools:
        """(n,) whether worse knowledge of the orbits would lower Pc: a low Pc is no comfort."""
        return self.assessment.diluted

    @property
    def slow(self) -> Bools:
        """(n,) whether the relative speed is below 0.1 km/s; kept once per revolution."""
        return self.encounters.slow

    @property
    def hard_body_radius_km(self) -> Floats:
        """(n,) combined hard-body radii."""
        return self.hard_body_radius1_km + self.hard_body_radius2_km

    def take(self, rows: Ints) -> Conjunctions:
        """Return the rows asked for, in that order, with the same summary."""
        tables = {column.name: getattr(self, column.name) for column in fields(self)[:-1]}
        chosen: dict[str, Any] = {
            name: table[rows] if isinstance(table, np.ndarray) else table.take(rows)
            for name, table in tables.items()
        }
        return replace(self, **chosen)

    def head(self, n: int = 10) -> Conjunctions:
        """Return the first n rows."""
        return self.take(np.arange(min(max(n, 0), len(self))))

    def sort_by(self, column: str, *, reverse: bool = False) -> Conjunctions:
        """
        Return the table ordered by a column: the most dangerous Pc first, otherwise the smallest.

        Rows without a value come last, also with `reverse`.  Equal rows keep their order.
        """
        values = self.assessment.log10_pc if column == "pc" else self[column]
        falling = (column in DANGEROUS_WHEN_LARGE) is not reverse
        _, place = np.unique(values, return_inverse=True)
        missing = np.isnan(values) if values.dtype.kind == "f" else np.zeros(len(self), bool)
        return self.take(np.lexsort((np.where(falling, -place, place), missing)))

    def most_dangerous(self, n: int = 10) -> Conjunctions:
        """Return the n rows with the largest Pc, those without one last and nearest first."""
        miss = np.where(np.isnan(self.assessment.log10_pc), self.miss_km, 0.0)
        return self.take(np.argsort(miss, kind="stable")).sort_by("pc").head(n)

    def values(self) -> Iterator[tuple[Any, ...]]:
        """Return each row as plain Python values: tca as text, None where there is no value."""
        starts = range(0, len(self), ROWS_AT_ONCE)
        return chain.from_iterable(self._block(start) for start in starts)

    def rows(self) -> Iterator[dict[str, Any]]:
        """Return each row as a dictionary of `values`."""
        return (dict(zip(COLUMNS, row, strict=True)) for row in self.values())

    def _block(self, start: int) -> Iterator[tuple[Any, ...]]:
        part = self.take(np.arange(start, min(start + ROWS_AT_ONCE, len(self))))
        lists = {name: part[name].tolist() for name in COLUMNS if name != "tca"}
        lists["tca"] = utc_texts(part.tca_tai_ns)
        for name in ("pc", "pc_max"):
            lists[name] = [None if value != value else value for value in lists[name]]  # noqa: PLR0124 - nan
        for name in ("pc_method", "pc_null_reason"):
            lists[name] = [value or None for value in lists[name]]
        return zip(*(lists[name] for name in COLUMNS), strict=True)

    def __repr__(self) -> str:
        return preview.text(list(self.head(10).rows()), len(self), self.summary)

    def _repr_html_(self) -> str:
        return preview.html(list(self.most_dangerous(20).rows()), len(self), self.summary)

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        return interchange.arrow_stream(self).__arrow_c_stream__(requested_schema)

    def to_polars(self) -> Any:  # noqa: ANN401 - a polars.DataFrame, and polars is optional
        """Return a `polars.DataFrame` of the public columns."""
        return interchange.polars_frame(self)

    def to_pandas(self) -> Any:  # noqa: ANN401 - a pandas.DataFrame, and pandas is optional
        """Return a `pandas.DataFrame` of the public columns."""
        return interchange.pandas_frame(self)

    def write_parquet(self, path: str | Path) -> None:
        """Write the public columns, with the summary as the file's metadata."""
        interchange.write_parquet(self, path)

"""Conjunctions in other people's tables: Arrow, polars, pandas, Parquet."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any, BinaryIO, Protocol

import msgspec
import nanoarrow
import numpy as np
from nanoarrow.c_array_stream import CArrayStream
from numpy.typing import NDArray

from commonsky.node.summary import Summary

NULLABLE_TEXTS = {"pc_method", "pc_null_reason"}


class Table(Protocol):
    """What is needed of `Conjunctions`."""

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of the columns."""

    @property
    def summary(self) -> Summary:
        """What was covered."""

    def __len__(self) -> int: ...
    def __getitem__(self, column: str) -> NDArray[Any]: ...


def arrow_stream(table: Table) -> CArrayStream:
    """Return the public columns as one batch; `tca` is timestamp[ns, UTC], nan is null."""
    arrays = {name: arrow_column(table[name], name) for name in table.columns}
    types = {name: array.schema for name, array in arrays.items()}
    batch = nanoarrow.c_array_from_buffers(
        nanoarrow.struct(types), len(table), [None], children=list(arrays.values())
    )
    return CArrayStream.from_c_arrays([batch], batch.schema, validate=False)


def arrow_column(values: NDArray[Any], name: str) -> Any:  # noqa: ANN401 - nanoarrow has no types
    """Return one column as an Arrow array, without copying numbers."""
    n = len(values)
    match values.dtype.kind:
        case "U":
            missing = values == "" if name in NULLABLE_TEXTS else None
            return _texts(values, missing)
        case "M":
            kind = nanoarrow.timestamp("ns", timezone="UTC")
            return _fixed(kind, n, values.view(np.int64), None)
        case "b":
            return _fixed(nanoarrow.bool_(), n, _bits(values), None)
        case "f":
            return _fixed(nanoarrow.float64(), n, values, np.isnan(values))
        case _:
            return _fixed(nanoarrow.int64(), n, values.astype(np.int64, copy=False), None)


def _fixed(kind: Any, n: int, values: NDArray[Any], missing: NDArray[np.bool_] | None) -> Any:  # noqa: ANN401
    buffers = [_validity(missing), np.ascontiguousarray(values)]
    return nanoarrow.c_array_from_buffers(kind, n, buffers)


def _texts(values: NDArray[Any], missing: NDArray[np.bool_] | None) -> Any:  # noqa: ANN401
    encoded = [value.encode("utf-8", "replace") for value in values.tolist()]
    offsets = np.zeros(len(encoded) + 1, np.int64)
    np.cumsum([len(value) for value in encoded], out=offsets[1:])
    letters = np.frombuffer(b"".join(encoded), np.uint8)
    buffers = [_validity(missing), offsets, letters]
    return nanoarrow.c_array_from_buffers(nanoarrow.large_string(), len(encoded), buffers)


def _validity(missing: NDArray[np.bool_] | None) -> NDArray[np.uint8] | None:
    return _bits(~missing) if missing is not None and missing.any() else None


def _bits(values: NDArray[np.bool_]) -> NDArray[np.uint8]:
    return np.packbits(values, bitorder="little")


def _optional(module: str, action: str) -> ModuleType:
    try:
        return import_module(module)
    except ImportError as missing:
        package = module.partition(".")[0]
        raise ImportError(
            f"{action} needs {package}, which is not installed: pip install {package}"
        ) from missing


def polars_frame(table: Table) -> Any:  # noqa: ANN401 - polars is optional
    """Return a `polars.DataFrame`, by Arrow."""
    return _optional("polars", "to_polars").DataFrame(table)


def pandas_frame(table: Table) -> Any:  # noqa: ANN401 - pandas is optional
    """Return a `pandas.DataFrame`; needs no pyarrow."""
    pandas = _optional("pandas", "to_pandas")
    frame = pandas.DataFrame({name: table[name] for name in table.columns}, copy=True)
    frame["tca"] = frame["tca"].dt.tz_localize("UTC")
    for name in NULLABLE_TEXTS:
        frame[name] = frame[name].where(frame[name] != "", None)
    return frame


def write_parquet(table: Table, path: str | Path | BinaryIO) -> None:
    """Write a Parquet file with the summary as metadata `commonsky.summary`, in JSON."""
    pyarrow = _optional("pyarrow", "Parquet")
    parquet = _optional("pyarrow.parquet", "Parquet")
    columns = pyarrow.table(table)
    summary = {"commonsky.summary": msgspec.json.encode(table.summary)}
    parquet.write_table(columns.replace_schema_metadata(summary), path)

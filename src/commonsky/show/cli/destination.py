"""Where bytes of results go: stdout, or a file that is whole or not there."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, cast

STDOUT = Path("-")


@contextmanager
def opened(path: Path) -> Iterator[BinaryIO]:
    """Yield a stream to a path, `-` being stdout; a file appears only when all went well."""
    if path == STDOUT:
        yield sys.stdout.buffer
    elif path.exists() and not path.is_file():
        with path.open("wb") as stream:  # a pipe or a device, which cannot be replaced
            yield stream
    else:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=path.parent, prefix=f".{path.name}.") as folder:
            part = Path(folder) / path.name
            with part.open("wb") as stream:
                yield cast("BinaryIO", stream)
            part.replace(path)

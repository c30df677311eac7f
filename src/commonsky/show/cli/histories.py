"""Files with many element sets of each object: read whole, directories opened."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from commonsky.catalogue.catalogue import Catalogue
from commonsky.errors import UnreadableInput
from commonsky.node.intake import read_records

FETCHED = "celestrak:"


def read_histories(files: Sequence[str]) -> Catalogue:
    """Read every set of the files, older ones of an object too; of a directory, its files."""
    try:
        return read_records(*_paths(files), stdin=sys.stdin.buffer)
    except OSError as error:
        raise UnreadableInput(f"{error.filename or 'the input'}: {error.strerror}") from error


def files_in(folder: Path) -> list[Path]:
    """Return the files of a directory by name; hidden ones are left alone."""
    return sorted(
        path for path in folder.iterdir() if path.is_file() and not path.name.startswith(".")
    )


def _paths(files: Sequence[str]) -> Iterator[str | Path]:
    from commonsky.share.sources.cache import default_directory  # noqa: PLC0415 - quick start
    from commonsky.share.sources.celestrak import locate  # noqa: PLC0415 - quick start

    for name in files:
        if name.startswith(FETCHED):
            yield locate(name, default_directory(os.environ))
        elif name != "-" and Path(name).is_dir():
            within = files_in(Path(name))
            if not within:
                raise UnreadableInput(f"{name} is a directory without files")
            yield from within
        else:
            yield name

"""Files of lines that only grow: appended durably, whoever else writes."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

from commonsky.errors import PolicyError


def append(path: Path, lines: bytes) -> None:
    """Append whole lines durably, after cutting what a writer that was killed left behind."""
    is_new = not path.exists()
    descriptor = os.open(path, os.O_CREAT | os.O_APPEND | os.O_RDWR, 0o600)
    with os.fdopen(descriptor, "a+b") as stream:
        fcntl.flock(stream, fcntl.LOCK_EX)
        _cut_torn_line(stream.fileno())
        stream.write(lines)
        stream.flush()
        os.fsync(stream.fileno())
    if is_new:
        _sync_folder(path.parent)


def grown(path: Path, read_bytes: int) -> bytes:
    """
    Return the whole lines that a file has had since so many bytes were read of it.

    A line that is being written waits.  A file that has become shorter is a `PolicyError`.
    """
    try:
        with path.open("rb") as stream:
            if stream.seek(0, os.SEEK_END) < read_bytes:
                raise PolicyError(f"{path} has lost lines: it only ever grows")
            stream.seek(read_bytes)
            new = stream.read()
    except FileNotFoundError:
        return b""
    return new[: new.rfind(b"\n") + 1]


def _cut_torn_line(descriptor: int) -> None:
    """Cut what nobody has taken in."""
    size = os.fstat(descriptor).st_size
    content = os.pread(descriptor, size, 0)
    if not content.endswith(b"\n"):
        os.ftruncate(descriptor, content.rfind(b"\n") + 1)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)

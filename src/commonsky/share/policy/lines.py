"""Files of lines that only grow: appended durably, whoever else writes."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path


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

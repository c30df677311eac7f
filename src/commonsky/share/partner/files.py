"""Files under a folder, opened step by step: no link is followed, nothing but files is read."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator

CHUNK_BYTES = 1 << 18
FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
# A pipe put in a file's place must not hold up the others.
FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK


class Opened:
    """An open regular file, and how long it was when it was opened."""

    def __init__(self, handle: int, size: int, changed_ns: int) -> None:
        self._handle, self.size, self.changed_ns = handle, size, changed_ns

    def chunks(self) -> Iterator[bytes]:
        """Yield its bytes, at most `size`."""
        place = 0
        while place < self.size:
            chunk = os.pread(self._handle, min(CHUNK_BYTES, self.size - place), place)
            if not chunk:
                return
            place += len(chunk)
            yield chunk

    def close(self) -> None:
        """Close it."""
        os.close(self._handle)


def opened(folder: int, path: str) -> Opened:
    """Open a file beneath an open folder; what is none is a `FileNotFoundError`."""
    *names, last = path.split("/")
    within = folder
    try:
        for name in names:
            deeper = os.open(name, FOLDER, dir_fd=within)
            if within != folder:
                os.close(within)
            within = deeper
        handle = os.open(last, FILE, dir_fd=within)
    except OSError as error:
        # A link, a file in a folder's place, a missing name: all of them are nothing to see.
        raise FileNotFoundError(path) from error
    finally:
        if within != folder:
            os.close(within)
    found = os.fstat(handle)
    if not stat.S_ISREG(found.st_mode):
        os.close(handle)
        raise FileNotFoundError(path)
    return Opened(handle, found.st_size, found.st_mtime_ns)


def read(folder: int, path: str, most_bytes: int) -> bytes:
    """Return a small file's content; longer ones are a `FileNotFoundError`."""
    file = opened(folder, path)
    try:
        if file.size > most_bytes:
            raise FileNotFoundError(path)
        return b"".join(file.chunks())
    finally:
        file.close()

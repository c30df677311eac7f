"""Logs in directories: read like a partner's, copied to a stick byte by byte."""

from __future__ import annotations

import os
from pathlib import Path

from commonsky.errors import FeedRefused, PeerUnreachable

CHECKPOINT = "checkpoint"
UNFINISHED = ".new"  # ends the name of a file that is being written


class Missing(PeerUnreachable):
    """A log has no such file (yet)."""


class DirectoryTransport:
    """A log in a directory."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def read(self, path: str, *, most_bytes: int) -> bytes:
        """Return a file of the log; longer ones are refused before they are read."""
        try:
            with (self._folder / path).open("rb") as stream:
                if os.fstat(stream.fileno()).st_size > most_bytes:
                    raise FeedRefused("oversized", f"{path} has more than {most_bytes} bytes")
                return stream.read(most_bytes)
        except FileNotFoundError:
            raise Missing(f"{self._folder} has no {path}") from None
        except OSError as error:
            raise PeerUnreachable(f"{self._folder / path} cannot be read: {error}") from error


def write_whole(path: Path, content: bytes) -> None:
    """Write a file that appears whole and durable, or not at all."""
    begin(path, content)
    finish(path)


def begin(path: Path, content: bytes) -> None:
    """Write a file under another name, until it is finished."""
    unfinished = _unfinished(path)
    try:
        stream = unfinished.open("wb", buffering=0)
    except FileNotFoundError:
        path.parent.mkdir(parents=True, exist_ok=True)
        stream = unfinished.open("wb", buffering=0)
    with stream:
        left = memoryview(content)
        while left:
            left = left[stream.write(left) :]


def finish(path: Path) -> None:
    """Make a file that was begun durable, and let it appear."""
    unfinished = _unfinished(path)
    handle = os.open(unfinished, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
    unfinished.replace(path)


def _unfinished(path: Path) -> Path:
    return path.with_name(path.name + UNFINISHED)


def export(folder: Path, to: Path) -> int:
    """Copy a log into a directory, what is new of it, the checkpoint last; return the files."""
    copied = 0
    checkpoint = (folder / CHECKPOINT).read_bytes()
    for source in sorted(path for path in folder.rglob("*") if path.is_file()):
        relative = source.relative_to(folder)
        target = to / relative
        if relative.name == CHECKPOINT or relative.suffix == UNFINISHED:
            continue
        content = source.read_bytes()
        if not target.exists() or target.read_bytes() != content:
            write_whole(target, content)
            copied += 1
    write_whole(to / CHECKPOINT, checkpoint)
    return copied + 1

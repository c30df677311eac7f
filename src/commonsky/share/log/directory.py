"""Logs in directories: read like a partner's, copied to a stick byte by byte."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from commonsky.errors import FeedRefused, PeerUnreachable

CHECKPOINT = "checkpoint"
TILES = "tile"
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
    settle(_unfinished(path))
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
    """Let a file that was begun appear."""
    _unfinished(path).replace(path)


def settle(path: Path) -> None:
    """Make a file durable."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _unfinished(path: Path) -> Path:
    return path.with_name(path.name + UNFINISHED)


def export(folder: Path, to: Path) -> int:
    """
    Copy a log into a directory, what is new of it, the checkpoint last; return how many files.

    What the log has no more goes there, too; a directory with another log in it is refused.
    """
    signed = (folder / CHECKPOINT).read_bytes()
    there = to / CHECKPOINT
    if there.exists() and _origin(there.read_bytes()) != _origin(signed):
        raise FeedRefused("wrong log", f"{to} holds another log; choose an empty directory")
    copied = 0
    kept = {CHECKPOINT}
    for relative in _files(folder):
        with suppress(FileNotFoundError):  # a partial file that gave way to the full one
            content = (folder / relative).read_bytes()
            kept.add(relative)
            if relative != CHECKPOINT and not _holds(to / relative, content):
                write_whole(to / relative, content)
                copied += 1
    write_whole(there, signed)
    for relative in _files(to / TILES):
        if f"{TILES}/{relative}" not in kept:
            (to / TILES / relative).unlink()
    return copied + 1


def _files(folder: Path) -> list[str]:
    """Every finished file in a folder, relative to it."""
    found = (path for path in folder.rglob("*") if path.is_file() and path.suffix != UNFINISHED)
    return sorted(path.relative_to(folder).as_posix() for path in found)


def _holds(path: Path, content: bytes) -> bool:
    try:
        return path.stat().st_size == len(content) and path.read_bytes() == content
    except FileNotFoundError:
        return False


def _origin(signed: bytes) -> bytes:
    return signed.partition(b"\n")[0]

"""
The cache of fetched files that all processes of a user share.

Beside each file stands a record of when it was asked for and what came; every write is whole or
not at all; a lock lets one process at a time ask one source.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import msgspec

from commonsky.errors import UnreadableInput

LOCK_POLL_S = 0.05


class FetchRecord(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is known of one cached file; times are POSIX nanoseconds, 0 if never."""

    asked_utc_ns: int = 0
    confirmed_utc_ns: int = 0  # when the source last sent these bytes, or said they still hold
    sha256: str = ""
    size_bytes: int = 0
    etag: str = ""
    last_modified: str = ""
    failure: str = ""  # why the last request brought nothing


def default_directory(environment: Mapping[str, str]) -> Path:
    """Where fetched files are kept: under COMMONSKY_CACHE, XDG_CACHE_HOME or ~/.cache."""
    base = environment.get("COMMONSKY_CACHE") or environment.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "commonsky" / "sources"


def write_whole(path: Path, content: bytes) -> None:
    """Put a file in its place in one step: a reader sees the earlier one or this one."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def record_path(path: Path) -> Path:
    """Where the record of a cached file stands."""
    return path.with_name(path.name + ".json")


def write_record(path: Path, record: FetchRecord) -> None:
    """Keep the record of a cached file."""
    write_whole(record_path(path), msgspec.json.format(msgspec.json.encode(record)) + b"\n")


def read_record(path: Path) -> FetchRecord:
    """
    Return the record of a cached file; empty if there never was one.

    One that cannot be read still shows by its file's age when the source was last asked.
    """
    beside = record_path(path)
    try:
        content = beside.read_bytes()
    except FileNotFoundError:
        return FetchRecord(asked_utc_ns=_modified_utc_ns(path))
    try:
        return msgspec.json.decode(content, type=FetchRecord)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return FetchRecord(asked_utc_ns=max(_modified_utc_ns(beside), _modified_utc_ns(path)))


def _modified_utc_ns(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns
    except FileNotFoundError:
        return 0


def sha256_of(path: Path) -> str:
    """Digest of a cached file, empty if there is none."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except FileNotFoundError:
        return ""


@contextmanager
def locked(directory: Path, *, wait_s: float) -> Iterator[None]:
    """
    Hold a directory, made if need be, for this process alone; wait for another that has it.

    What the file system refuses, here or while it is held, is raised as `UnreadableInput`.
    """
    try:
        directory.mkdir(parents=True, exist_ok=True)
        # Closing the file lets go of it, and so does the end of a process that was killed.
        with (directory / ".lock").open("ab") as file:
            _grasp(file.fileno(), directory, wait_s)
            yield
    except OSError as error:
        raise UnreadableInput(
            f"the cache {directory} cannot be used ({error.strerror}); "
            "name another directory with COMMONSKY_CACHE"
        ) from error


def _grasp(file_descriptor: int, directory: Path, wait_s: float) -> None:
    last = time.monotonic() + wait_s
    while True:
        try:
            fcntl.flock(file_descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > last:
                raise UnreadableInput(
                    f"another process has held the cache {directory} for {wait_s:g} s; "
                    "see what it is doing, or try again"
                ) from None
            time.sleep(LOCK_POLL_S)
        else:
            return

"""
Compiled kernels: one decorator, and a cache that notices every edit.

Numba's on-disk cache looks only at the file of the function it compiles, not at the files of the
functions that one calls, so the cache directory's name ends in a hash of all our sources.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from contextlib import suppress
from pathlib import Path
from stat import S_ISDIR
from typing import Any

import numba

SOURCES = Path(__file__).parents[1]
PURE = ("astro", "catalogue", "screen", "assess", "environment", "characterise")
# Not nnan and not ninf: a nan must stay a nan.
REORDER = frozenset({"contract", "afn", "arcp", "nsz", "reassoc"})
KEPT = 2  # caches that stay however old they are
IN_USE_NS = 7 * 86_400_000_000_000  # every start touches its cache


def cache_directory() -> Path:
    """Where compiled kernels of exactly these sources are kept, outside the package."""
    name = f"kernels-{sources_digest()[:16]}"
    home = os.environ.get("COMMONSKY_CACHE") or os.environ.get("XDG_CACHE_HOME")
    try:
        directory = (Path(home) if home else Path.home() / ".cache") / "commonsky" / name
        new = not directory.exists()
        directory.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=directory):
            os.utime(directory)
        if new:
            _remove_old(directory)
    except (OSError, RuntimeError):  # no home, or one that cannot be written
        return _own_temporary(name)
    return directory


def _remove_old(newest: Path) -> None:
    """Remove caches beside the newest that nobody has used in the week before it was made."""
    made_ns = newest.stat().st_mtime_ns
    used_ns = {}
    for cache in newest.parent.glob("kernels-*"):
        with suppress(OSError):  # another process removes them too
            used_ns[cache] = cache.lstat().st_mtime_ns
    for cache in sorted(used_ns, key=used_ns.__getitem__, reverse=True)[KEPT:]:
        if made_ns - used_ns[cache] > IN_USE_NS:
            shutil.rmtree(cache, ignore_errors=True)


def sources_digest() -> str:
    """Digest of the sources and of the compiler, file by file."""
    digest = hashlib.sha256(numba.__version__.encode())
    for package in PURE:
        for file in sorted((SOURCES / package).rglob("*.py")):
            digest.update(hashlib.sha256(str(file.relative_to(SOURCES)).encode()).digest())
            digest.update(hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()


def _own_temporary(name: str) -> Path:
    """
    Return a temporary folder that nobody else can write to, the same at every start if possible.

    What lies in a kernel cache is run, so a folder that someone else put there is not used.
    """
    user = getattr(os, "getuid", int)()  # Windows has no such number, and stats as 0
    directory = Path(tempfile.gettempdir()) / f"commonsky-{user}-{name}"
    with suppress(OSError):
        directory.mkdir(mode=0o700, exist_ok=True)
        found = directory.lstat()
        if S_ISDIR(found.st_mode) and found.st_uid == user and not found.st_mode & 0o022:
            return directory
    return Path(tempfile.mkdtemp(prefix="commonsky-"))


CACHE = cache_directory()
CONFIG: Any = numba.config  # its names are made at run time
if not os.environ.get("NUMBA_CACHE_DIR"):
    CONFIG.CACHE_DIR = str(CACHE)


def compiled_before(package: str) -> bool:
    """Whether kernels of one of our packages have been compiled and kept earlier."""
    return any(Path(CONFIG.CACHE_DIR).glob(f"{package}_*/*.nbc"))


def kernel(**options: Any) -> Any:  # noqa: ANN401 - numba's decorator has no types
    """`numba.njit` without the interpreter lock, kept on disk; options as numba's."""
    usual: dict[str, Any] = {"cache": True, "nogil": True, "error_model": "numpy"}
    return numba.njit(**usual | options)


def inlined(**options: Any) -> Any:  # noqa: ANN401 - numba's decorator has no types
    """A scalar function that is always inlined and may be reordered, so that loops vectorise."""
    usual: dict[str, Any] = {
        "forceinline": True, "fastmath": set(REORDER), "error_model": "numpy",
    }  # fmt: skip
    return numba.njit(**usual | options)

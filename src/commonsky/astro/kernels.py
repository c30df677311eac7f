"""
Compiled kernels: one decorator, and a cache that notices every edit.

Numba's on-disk cache looks only at the file of the function it compiles, not at the files of the
functions that one calls, so the cache directory's name ends in a hash of all our sources.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from pathlib import Path
from typing import Any

import numba

SOURCES = Path(__file__).parents[1]
PURE = ("astro", "catalogue", "screen", "assess")
# Not nnan and not ninf: a nan must stay a nan.
REORDER = frozenset({"contract", "afn", "arcp", "nsz", "reassoc"})


def cache_directory() -> Path:
    """Where compiled kernels of exactly these sources are kept, outside the package."""
    digest = hashlib.sha256(numba.__version__.encode())
    for package in PURE:
        for file in sorted((SOURCES / package).rglob("*.py")):
            digest.update(file.read_bytes())
    home = os.environ.get("COMMONSKY_CACHE") or os.environ.get("XDG_CACHE_HOME")
    base = Path(home) if home else Path.home() / ".cache"
    directory = base / "commonsky" / f"kernels-{digest.hexdigest()[:16]}"
    try:
        directory.mkdir(parents=True, exist_ok=True)
    except OSError:
        directory = Path(tempfile.gettempdir()) / f"commonsky-{directory.name}"
        directory.mkdir(parents=True, exist_ok=True)
    return directory


CACHE = cache_directory()
if not os.environ.get("NUMBA_CACHE_DIR"):
    numba.config.CACHE_DIR = str(CACHE)


def compiled_before() -> bool:
    """Whether some kernels of these sources have been compiled and kept earlier."""
    return any(CACHE.rglob("*.nbc"))


def kernel(**options: Any) -> Any:  # noqa: ANN401 - numba's decorator has no types
    """`numba.njit` without the interpreter lock, kept on disk; options as numba's."""
    return numba.njit(**{"cache": True, "nogil": True, "error_model": "numpy"} | options)


def inlined(**options: Any) -> Any:  # noqa: ANN401 - numba's decorator has no types
    """A scalar function that is always inlined and may be reordered, so that loops vectorise."""
    return numba.njit(
        **{"forceinline": True, "fastmath": set(REORDER), "error_model": "numpy"} | options
    )

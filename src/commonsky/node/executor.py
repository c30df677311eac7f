"""
Who does the work beside: threads of this process, one a core.

Kernels need no interpreter, so threads share all cores and all arrays.  Every calculation takes
any `concurrent.futures.Executor`, and its result does not depend on it: other machines can take
the place of threads here, and nowhere else.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from os import cpu_count


def threads_of(threads: int | None) -> int:
    """Return how many threads to use: as asked, or one a core."""
    if threads is not None and threads < 1:
        raise ValueError(f"threads must be at least 1, but is {threads}")
    return threads or cpu_count() or 1


@contextmanager
def workers(threads: int | None) -> Iterator[ThreadPoolExecutor | None]:
    """Yield an executor of so many threads, by default one a core; None for a single one."""
    count = threads_of(threads)
    if count == 1:
        yield None
        return
    with ThreadPoolExecutor(count) as executor:
        yield executor

"""What a run says on stderr while it works: a bar on a terminal, a few plain lines elsewhere."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from commonsky.show.cli.plain import plain

PATIENCE_S = 1.0  # a bar that flashes by helps nobody
BETWEEN_LINES_S = 10.0


class Voice:
    """Lines and progress on stderr; `quiet` says nothing.  A context: leaving it ends the bar."""

    def __init__(self, *, quiet: bool = False) -> None:
        self._quiet = quiet
        self._console = Console(stderr=True, highlight=False, markup=False, soft_wrap=True)
        self._bar: Progress | None = None
        self._task: TaskID | None = None
        self._stage = ""
        self._stage_since = self._last_line = time.monotonic()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        self.rest()

    def say(self, line: str) -> None:
        """Print one line above the bar, if there is one."""
        if not self._quiet:
            self._console.print(plain(line))

    def __call__(self, stage: str, done: float, total: float) -> None:
        """Take the progress of a stage: `done` of `total`, in any unit."""
        if self._quiet:
            return
        now = time.monotonic()
        if stage != self._stage:
            self._stage, self._stage_since, self._last_line = stage, now, now
            self._task = None
        share = min(done / total, 1.0) if total > 0 else 0.0
        if self._console.is_terminal:
            self._draw(stage, share, now)
        elif now - self._last_line > BETWEEN_LINES_S:
            self._last_line = now
            self.say(f"{stage}: {share:.0%} after {now - self._stage_since:.0f} s")

    @contextmanager
    def during(self, stage: str) -> Iterator[None]:
        """Show that something of unknown length goes on, where a terminal waits for it."""
        if self._quiet or not self._console.is_terminal:
            yield
            return
        self.rest()
        status = self._console.status(stage)
        timer = threading.Timer(PATIENCE_S, status.start)
        timer.start()
        try:
            yield
        finally:
            timer.cancel()
            timer.join()
            status.stop()

    def rest(self) -> None:
        """End the bar, so that results may be printed."""
        if self._bar is not None:
            self._bar.stop()
            self._bar = self._task = None

    def _draw(self, stage: str, share: float, now: float) -> None:
        if now - self._stage_since < PATIENCE_S and self._bar is None:
            return
        if self._bar is None:
            columns = (
                TextColumn("{task.description:<12}", markup=False),
                BarColumn(),
                TextColumn("{task.percentage:>3.0f} %"),
                TimeElapsedColumn(),
            )
            self._bar = Progress(*columns, console=self._console, transient=True)
            self._bar.start()
        if self._task is None:
            self._task = self._bar.add_task(stage, total=1.0)
        self._bar.update(self._task, completed=share)


def announce_compilation(voice: Voice, package: str = "screen") -> None:
    """Where the kernels of the package used last were never compiled, say so, and help with it."""
    from commonsky.astro.kernels import compiled_before  # noqa: PLC0415 - speak before numba loads

    if not compiled_before(package):
        voice.say("compiling kernels, once on this machine; every later start is quick")
        sys.stderr.flush()
        if package == "screen":
            from commonsky.node.compilation import compile_beside  # noqa: PLC0415 - as above

            compile_beside()

"""
The first start on a machine: kernels compiled by two processes at once.

Numba compiles one function at a time in a process.  While the first process compiles what it needs
first, propagation, a second one compiles what comes later, sieve and assessment, into the same
cache.  `python -m commonsky.node.compilation` is that second process.
"""

from __future__ import annotations

import os
import subprocess
import sys

import numpy as np

from commonsky.assess.collision import assess
from commonsky.assess.ladder import climb
from commonsky.astro.sgp4_narrow import narrowed
from commonsky.screen.motion import Motion
from commonsky.screen.pair import refine
from commonsky.screen.screening import Job, Span, candidates
from commonsky.screen.tiles import STATE_TILE, TILE
from commonsky.screen.trajectory import states_at


def compile_beside() -> subprocess.Popen[bytes] | None:
    """Start the second process, if there is a core for it; it ends by itself."""
    if (os.cpu_count() or 1) < 2:
        return None
    return subprocess.Popen(
        [sys.executable, "-m", "commonsky.node.compilation"],
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip


def compile_late_kernels() -> None:
    """Call with next to nothing what a screening calls after propagation."""
    nobody = np.zeros(0, np.int64)
    motion = Motion(
        np.zeros((0, 1)), np.zeros((0, 1)), np.zeros((0, 1, 1)), nobody, np.zeros(1, np.int64),
        np.zeros(0), np.zeros((0, 6)), np.zeros((0, 2)),
    )  # fmt: skip
    job = Job(
        motion, 1, Span(0.0, 5.0), 5.0, np.zeros(TILE, np.float32), np.ones(1, np.int64),
        np.ones(TILE, np.uint8), few_marked=False,
    )  # fmt: skip
    candidates(job, np.ones(2 * STATE_TILE, np.float32), 2, 0.0)
    nothing = np.zeros(0)
    refine(motion, nobody, nobody, nothing, np.zeros(0, np.bool_), 0.5, nothing, nothing)
    states_at(motion, nobody, nothing, np.zeros((0, 6)), np.zeros(0, np.int8))
    one, two = np.array([[7000.0, 0.0, 0.0]]), np.array([[7000.0, 1.0, 0.0]])
    assess(
        one, np.array([[0.0, 7.5, 0.0]]), np.eye(3)[None], two, np.array([[0.0, 0.0, 7.5]]),
        np.eye(3)[None], np.array([0.01]),
    )  # fmt: skip
    _compile_for_the_console()


def _compile_for_the_console() -> None:
    """What the first visitor asks for: the states it draws, and the ladder of a case."""
    nobody = np.zeros(0, np.int64)
    narrowed(
        nobody, np.zeros((0, 1, 3)), np.zeros((0, 1, 3)), np.zeros((0, 1), np.int8),
        np.eye(3)[None], np.zeros((1, 0, 6), "<f4"),
    )  # fmt: skip
    one, two = np.array([[7000.0, 0.0, 0.0]]), np.array([[7000.0, 0.01, 0.0]])
    errors = np.diag([1e-2] * 3 + [1e-8] * 3)[None]
    climb(
        one, np.array([[0.0, 7.5, 0.0]]), errors, two, np.array([[0.0, 0.0, 7.5]]), errors,
        np.array([0.01]), all_tiers=True, trials=1,
    )  # fmt: skip


if __name__ == "__main__":
    compile_late_kernels()

"""The first start: a second process, if there is a core for it, and what it compiles."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import Any

import pytest

from commonsky.node import compilation

# What a screening calls after the late kernels were: kernels got no further signature by it.
CALLED = """
import numpy as np
from commonsky.assess import series
from commonsky.catalogue.population import population
from commonsky.node.compilation import compile_late_kernels
from commonsky.node.pipeline import screen
from commonsky.screen import knots, pair, sweep, trajectory

late = (sweep.sweep, pair.refine, trajectory.states_at, series.log_probabilities_by_series)
assert not any(one.signatures for one in late)
compile_late_kernels()
before = [list(one.signatures) for one in late]
assert not knots.fill.signatures, "propagation is the first process's"
found = screen(population(300, 5), days=0.5, threshold_km=50.0, threads=1)
assert len(found) > 10
assert np.isfinite(found.pc).any()
for kernel, signatures in zip(late, before, strict=True):
    assert len(signatures) == 1, kernel
    assert kernel.signatures == signatures, kernel
print("good")
"""


def test_late_kernels_are_what_a_screening_calls() -> None:
    done = subprocess.run(  # noqa: S603 - our own interpreter and code
        [sys.executable, "-c", CALLED], capture_output=True, text=True, check=False
    )
    assert (done.stdout.strip(), done.returncode) == ("good", 0), done.stderr


@pytest.mark.parametrize(("cores", "started"), [(None, False), (1, False), (2, True), (8, True)])
def test_a_second_process_needs_a_second_core(
    monkeypatch: pytest.MonkeyPatch, cores: int | None, *, started: bool
) -> None:
    calls: list[tuple[Any, ...]] = []

    def popen(command: list[str], **how: int) -> str:
        calls.append((command, how))
        return "a process"

    monkeypatch.setattr(os, "cpu_count", lambda: cores)
    monkeypatch.setattr(subprocess, "Popen", popen)
    assert (compilation.compile_beside() is not None) is started
    if started:
        (command, how), *others = calls
        assert command == [sys.executable, "-m", "commonsky.node.compilation"]
        assert set(how.values()) == {subprocess.DEVNULL}  # a terminal's input stays ours
        assert not others


def test_the_second_process_is_a_program() -> None:
    code = f"import runpy; runpy.run_module({compilation.__name__!r}, run_name='__main__')"
    code += "\nfrom commonsky.screen.sweep import sweep; print(len(sweep.signatures))"
    done = subprocess.run(  # noqa: S603 - our own interpreter and code
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "1"

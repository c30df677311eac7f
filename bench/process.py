"""Clocks and whole processes: what work costs, in this process or in one of its own."""

from __future__ import annotations

import json
import math
import os
import platform
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

import numba

from commonsky.astro.kernels import CACHE, CONFIG

STATUS = Path("/proc/self/status")
CPU_INFO = Path("/proc/cpuinfo")
ROOT = Path(__file__).parents[1]


@dataclass(frozen=True, slots=True)
class Ran:
    """A process that ended: what it returned, and what it took from start to end."""

    result: dict[str, Any]
    wall_s: float
    cpu_s: float
    peak_mb: float


def in_process(module: str, function: str, **arguments: object) -> Ran:
    """
    Call a function of a module in a new process, to its end; it returns a dict of plain values.

    Peaks are told by the child: what `wait4` says of it may be the size of its parent.
    """
    call = json.dumps({"module": module, "function": function, "arguments": arguments})
    started = time.perf_counter()
    with subprocess.Popen(  # noqa: S603 - our own interpreter and module
        [sys.executable, "-m", "bench.process", call], stdout=subprocess.PIPE, cwd=ROOT
    ) as child:
        assert child.stdout is not None
        said = child.stdout.read()
        _, status, usage = os.wait4(child.pid, 0)
        wall_s = time.perf_counter() - started
        child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode != 0:
        raise RuntimeError(f"{module}.{function} ended with {child.returncode}")
    told = json.loads(said.splitlines()[-1])
    return Ran(told["result"], wall_s, usage.ru_utime + usage.ru_stime, told["peak_mb"])


def memory_mb(name: str = "VmHWM") -> float:
    """Return the largest (VmHWM) or present (VmRSS) resident memory of this process."""
    if STATUS.exists():
        line = next(line for line in STATUS.read_text().splitlines() if line.startswith(name))
        return int(line.split()[1]) / 1024.0
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most / (1024.0**2 if sys.platform == "darwin" else 1024.0)


def cpu_seconds(*works: Callable[[], object], rounds: int = 3) -> list[float]:
    """
    Return the least CPU time of each work, after one call that does not count.

    They take turns, so that a disturbed moment hits them alike.
    """
    best = [math.inf] * len(works)
    for turn in range(rounds + 1):
        for k, work in enumerate(works):
            start = time.process_time()
            work()
            if turn:
                best[k] = min(best[k], time.process_time() - start)
    return best


def machine() -> str:
    """Describe where this runs, in one line."""
    model = platform.processor() or platform.machine()
    if CPU_INFO.exists():
        names = (line for line in CPU_INFO.read_text().splitlines() if "model name" in line)
        model = next(names, model).split(":")[-1].strip()
    return (
        f"{os.cpu_count()} cores, {model}, {platform.system()} {platform.machine()}, "
        f"Python {platform.python_version()}, numba {numba.__version__}"
    )


def load() -> float:
    """Return the load average of the last minute: above the number of cores, times are rough."""
    return os.getloadavg()[0]


def kernel_cache() -> Path:
    """Where the kernels of this run are kept."""
    return Path(CONFIG.CACHE_DIR or CACHE)


def main() -> None:
    """Run the call that was asked for, and tell its result and this process's peak."""
    call = json.loads(sys.argv[1])
    result = getattr(import_module(call["module"]), call["function"])(**call["arguments"])
    print(json.dumps({"result": result, "peak_mb": memory_mb()}), flush=True)


if __name__ == "__main__":
    main()

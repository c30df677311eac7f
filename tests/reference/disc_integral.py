"""
The integral of a Gaussian over a disc to 30 digits, slowly: what the fast kernels are held
against.

Nothing is shared with them: no series, no logarithms, one angle around the disc, 70 digits
throughout. `python -m tests.reference.disc_integral` writes `pc_plane.json` anew.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import mpmath as mp
import numpy as np

DIGITS = 70
NODES = 30
# What is exp(-85) of the largest value is left out: 1e-37.
DROP = 85
ROWS = 300


@cache
def legendre() -> list[tuple[Any, Any]]:
    """Nodes and weights of Gauss and Legendre on [-1, 1]."""
    with mp.workdps(DIGITS):
        found = []
        for i in range(1, NODES // 2 + 1):
            x = mp.cos(mp.pi * (i - mp.mpf(1) / 4) / (NODES + mp.mpf(1) / 2))
            for _ in range(12):
                before, here = mp.mpf(1), x
                for k in range(2, NODES + 1):
                    before, here = here, ((2 * k - 1) * x * here - (k - 1) * before) / k
                slope = NODES * (x * here - before) / (x * x - 1)
                x -= here / slope
            weight = 2 / ((1 - x * x) * slope * slope)
            found += [(x, weight), (-x, weight)]
        return found


def peak(f: Callable[[Any], Any], low: Any, high: Any) -> Any:
    """Where a function with one maximum has it."""
    for _ in range(70):
        a, b = low + (high - low) / 3, high - (high - low) / 3
        if f(a) < f(b):
            low = a
        else:
            high = b
    return (low + high) / 2


def edge(f: Callable[[Any], Any], top: Any, outer: Any, least: Any) -> Any:
    """A point towards `outer` where `f` is below `least`, or `outer`."""
    if f(outer + (top - outer) * mp.mpf(10) ** -12) >= least:
        return outer
    inner = top
    for _ in range(40):
        middle = (inner + outer) / 2
        if f(middle) < least:
            outer = middle
        else:
            inner = middle
    return outer


def disc_integral(
    miss_x: float, miss_y: float, sigma_x: float, sigma_y: float, radius: float
) -> Any:
    """Pc as a number of mpmath, right to about 30 digits, or an ArithmeticError."""
    with mp.workdps(DIGITS):
        mx, my, sx, sy, r = (
            abs(mp.mpf(float(v))) for v in (miss_x, miss_y, sigma_x, sigma_y, radius)
        )
        if sx > sy:
            mx, sx, my, sy = my, sy, mx, sx
        # Either axis is right; this one converges sooner.
        if mx * sx > my * sy and r * sx > sy * sy:
            mx, sx, my, sy = my, sy, mx, sx
        root2 = mp.sqrt(2)

        def f(theta: Any) -> Any:
            x, h = -r * mp.cos(theta), r * mp.sin(theta)
            a, b = (my - h) / (root2 * sy), (my + h) / (root2 * sy)
            across = mp.erfc(a) - mp.erfc(b) if a > 0 else mp.erf(b) - mp.erf(a)
            return h * mp.exp(-(((x - mx) / sx) ** 2) / 2) * across

        top = peak(f, mp.mpf(0), mp.pi)
        least = f(top) * mp.exp(-DROP)
        bounds = (edge(f, top, mp.mpf(0), least), top, edge(f, top, mp.pi, least))

        def panels(n: int) -> Any:
            total = mp.mpf(0)
            for low, high in pairwise(bounds):
                half = (high - low) / (2 * n)
                for k in range(n):
                    middle = low + half * (2 * k + 1)
                    total += half * sum(w * f(middle + half * x) for x, w in legendre())
            return total

        coarse, n = panels(3), 3
        while n < 100:
            n *= 2
            fine = panels(n)
            # The next error is about the square of this difference.
            if abs(fine / coarse - 1) < mp.mpf(10) ** -18:
                return fine / (2 * mp.sqrt(2 * mp.pi) * sx)
            coarse = fine
        raise ArithmeticError("the reference did not converge")


def domain(rng: np.random.Generator, n: int) -> np.ndarray:
    """
    Rows miss_x, miss_y, sigma_x = 1, sigma_y, radius over the whole domain, many near the edge.
    """
    sigma_y = 10 ** rng.uniform(0, 6, n)
    sigma_y = np.where(rng.random(n) < 0.3, 10 ** rng.uniform(0, 1, n), sigma_y)
    radius = 10 ** rng.uniform(-8, 4, n)
    sigmas = np.where(rng.random(n) < 0.3, rng.uniform(0, 6, n), rng.uniform(0, 37, n))
    phase = rng.uniform(0, np.pi / 2, n)
    miss_x, miss_y = sigmas * np.cos(phase), sigmas * np.sin(phase) * sigma_y
    from_edge = rng.random(n) < 0.6
    turn = np.where(rng.random(n) < 0.3, 10 ** rng.uniform(-6, 0, n), rng.uniform(0, np.pi / 2, n))
    miss_x = np.where(from_edge, miss_x + radius * np.cos(turn), miss_x)
    miss_y = np.where(from_edge, miss_y + radius * np.sin(turn), miss_y)
    miss_x = np.where(rng.random(n) < 0.1, 0.0, miss_x)
    miss_y = np.where(rng.random(n) < 0.1, 0.0, miss_y)
    return np.column_stack([miss_x, miss_y, np.ones(n), sigma_y, radius])


def write(path: Path) -> None:
    """Write ROWS cases with Pc above 1e-300."""
    rows: list[str] = []
    for case in domain(np.random.default_rng(2026), 2 * ROWS):
        numbers = [float(f"{v:.9g}") for v in case]
        pc = disc_integral(*numbers)
        if pc > mp.mpf(10) ** -300 and len(rows) < ROWS:
            rows.append(json.dumps([*numbers, mp.nstr(pc, 30, min_fixed=0, max_fixed=0)]))
    head = {
        "schema": "commonsky-pc-plane/1",
        "note": "made by tests/reference/disc_integral.py with mpmath",
        "columns": ["miss_x", "miss_y", "sigma_x", "sigma_y", "radius", "pc"],
    }
    body = json.dumps(head)[:-1] + ', "rows": [\n' + ",\n".join(rows) + "\n]}\n"
    path.write_text(body)


if __name__ == "__main__":
    write(Path(__file__).with_name("pc_plane.json"))

"""Decorators for the pieces of this package's kernels, which Python itself never calls."""

from __future__ import annotations

from typing import Any

from commonsky.astro.kernels import inlined, kernel

# Each wrapper not made is time saved at the first start.
UNWRAPPED = {"no_cpython_wrapper": True, "no_cfunc_wrapper": True}


def piece(**options: Any) -> Any:  # noqa: ANN401 - numba's decorator has no types
    """`kernel` for a scalar function that is called by kernels only."""
    return kernel(**UNWRAPPED | options)


def inlined_piece() -> Any:  # noqa: ANN401 - numba's decorator has no types
    """`inlined`, with fused multiply-add as the only liberty."""
    return inlined(**UNWRAPPED | {"fastmath": {"contract"}})

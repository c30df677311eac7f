"""Random bytes for handles and nonces: from the system, or repeatable where a test asks."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable

# What the bytes are for, and how many; the system's ignores the first.
Entropy = Callable[[bytes, int], bytes]


def system(purpose: bytes, count: int) -> bytes:  # noqa: ARG001 - the shape of every Entropy
    """Return bytes that nobody can guess."""
    return secrets.token_bytes(count)


def repeatable(seed: bytes) -> Entropy:
    """
    Return bytes that depend on the seed and the purpose alone, for tests and exercises.

    Whoever knows the seed can guess handles and nonces: never in operations.
    """

    def drawn(purpose: bytes, count: int) -> bytes:
        return hashlib.shake_256(seed + len(purpose).to_bytes(8) + purpose).digest(count)

    return drawn

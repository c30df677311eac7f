"""
Checkpoints: which log, how many entries, which root.

Reference: C2SP tlog-checkpoint.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from commonsky.errors import FeedRefused
from commonsky.share.log import note
from commonsky.share.log.merkle import HASH_BYTES

SIZE = re.compile(rb"0|[1-9][0-9]{0,18}")
LARGEST = (1 << 63) - 1


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The state of a log."""

    origin: str
    size: int
    root: bytes

    def __bytes__(self) -> bytes:
        root = base64.b64encode(self.root).decode()
        return f"{self.origin}\n{self.size}\n{root}\n".encode()


def parsed(text: bytes) -> Checkpoint:
    """Return the checkpoint of a note's text; extension lines after the root are left alone."""
    lines = text.split(b"\n")
    if len(lines) < 4 or not all(lines[:-1]) or lines[-1] or not SIZE.fullmatch(lines[1]):
        raise FeedRefused("malformed", "a checkpoint is an origin, a size and a root")
    try:
        root = base64.b64decode(lines[2], validate=True)
        origin = lines[0].decode()
    except ValueError:
        raise FeedRefused("malformed", "a checkpoint's root is base64") from None
    if len(root) != HASH_BYTES:
        raise FeedRefused("malformed", f"a checkpoint's root has {HASH_BYTES} bytes")
    if int(lines[1]) > LARGEST:
        raise FeedRefused("malformed", "a checkpoint's size has 63 bits at most")
    return Checkpoint(origin, int(lines[1]), root)


class PublicKey(Protocol):
    """A key that speaks, or spoke, for a log."""

    @property
    def public_key(self) -> bytes:
        """32 bytes."""
        ...


class KeyRing(Protocol):
    """Which keys speak for a log, the newest last."""

    @property
    def keys(self) -> Sequence[PublicKey]:
        """All that ever did."""
        ...

    def check(self, public_key: bytes, origin: str, size: int, root: bytes) -> None:
        """Refuse a checkpoint that its key had no right to sign."""
        ...


@dataclass(frozen=True, slots=True)
class OneKey:
    """A key that alone speaks for a log, without end."""

    public_key: bytes

    @property
    def keys(self) -> tuple[OneKey]:
        """The one key."""
        return (self,)

    def check(self, public_key: bytes, origin: str, size: int, root: bytes) -> None:
        """Refuse what another key has signed."""
        if public_key != self.public_key:
            raise FeedRefused(
                "bad signature", f"{origin} has another key, at {size}: {root.hex()}"
            )


def opened(signed: bytes, origin: str, ring: KeyRing) -> Checkpoint:
    """Return the checkpoint of a log's note, signed by a key that had the right to."""
    text, _ = note.parts(signed)
    state = parsed(text)
    if state.origin != origin:
        raise FeedRefused("wrong log", f"this is {state.origin}, and {origin} was asked for")
    found = note.signers(signed, [note.Verifier(origin, key.public_key) for key in ring.keys])
    if not found:
        raise FeedRefused("bad signature", f"no known key of {origin} has signed this checkpoint")
    ring.check(found[-1].public_key, origin, state.size, state.root)
    return state

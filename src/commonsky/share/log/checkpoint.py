"""
Checkpoints: which log, how many entries, which root.

Reference: C2SP tlog-checkpoint.
"""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass

from commonsky.errors import FeedRefused
from commonsky.share.log.merkle import HASH_BYTES

SIZE = re.compile(rb"0|[1-9][0-9]{0,18}")


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
    if len(lines) < 4 or not lines[0] or not SIZE.fullmatch(lines[1]):
        raise FeedRefused("malformed", "a checkpoint is an origin, a size and a root")
    try:
        root = base64.b64decode(lines[2], validate=True)
        origin = lines[0].decode()
    except (binascii.Error, UnicodeDecodeError):
        raise FeedRefused("malformed", "a checkpoint's root is base64") from None
    if len(root) != HASH_BYTES:
        raise FeedRefused("malformed", f"a checkpoint's root has {HASH_BYTES} bytes")
    return Checkpoint(origin, int(lines[1]), root)

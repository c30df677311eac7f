"""
Checkpoints: which log, how many entries, which root.

Reference: C2SP tlog-checkpoint.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Sequence
from dataclasses import dataclass

from commonsky.errors import FeedRefused
from commonsky.share.log import note
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
    if len(lines) < 4 or not all(lines[:-1]) or lines[-1] or not SIZE.fullmatch(lines[1]):
        raise FeedRefused("malformed", "a checkpoint is an origin, a size and a root")
    try:
        root = base64.b64decode(lines[2], validate=True)
        origin = lines[0].decode()
    except ValueError:
        raise FeedRefused("malformed", "a checkpoint's root is base64") from None
    if len(root) != HASH_BYTES:
        raise FeedRefused("malformed", f"a checkpoint's root has {HASH_BYTES} bytes")
    if int(lines[1]) > note.ANY_SIZE:
        raise FeedRefused("malformed", "a checkpoint's size has 63 bits at most")
    return Checkpoint(origin, int(lines[1]), root)


def opened(signed: bytes, origin: str, keys: Sequence[note.LogKey]) -> Checkpoint:
    """Return the checkpoint of a log's note, signed by a key that may sign so large a log."""
    text, _ = note.parts(signed)
    state = parsed(text)
    if state.origin != origin:
        raise FeedRefused("wrong log", f"this is {state.origin}, and {origin} was asked for")
    by_name = {note.Verifier(origin, key.public_key): key.last_size for key in keys}
    found = note.signers(signed, list(by_name))
    if not found:
        raise FeedRefused("bad signature", f"no known key of {origin} has signed this checkpoint")
    last_size = max(by_name[verifier] for verifier in found)
    if state.size > last_size:
        raise FeedRefused(
            "revoked key", f"the key was revoked after {last_size} entries, and signs {state.size}"
        )
    return state

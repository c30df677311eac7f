"""
One-time addresses of the console: whoever may write in a node's folder may open its console.

Each is a file named by the hash of its token, so that nothing in the folder opens anything, and
the command line can make one for a node that runs.  Using one is removing its file, which
succeeds once.
"""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

from commonsky.errors import KeyRefused
from commonsky.node.entropy import Entropy, system

FOLDER = "openings"
TOKEN = re.compile(r"[0-9a-f]{64}")
VALID_NS = 300 * 1_000_000_000
MOST = 32
REFUSED = "this address was used already, is too old, or was never made here"


class Openings:
    """The one-time addresses of one node that are still good."""

    def __init__(self, home: Path, entropy: Entropy = system) -> None:
        self._folder, self._entropy = home / FOLDER, entropy

    def make(self, now_tai_ns: int) -> str:
        """Return a token that opens the console once, within minutes."""
        self._folder.mkdir(mode=0o700, exist_ok=True)
        good = 0
        for path in self._folder.iterdir():
            if _is_old(path, now_tai_ns):
                path.unlink(missing_ok=True)
            else:
                good += 1
        if good >= MOST:
            raise KeyRefused(f"{good} addresses of this console are unused; use one, or wait")
        token = self._entropy(b"opening", 32).hex()
        path = self._path(token)
        path.touch(mode=0o600, exist_ok=False)
        path.write_text(str(now_tai_ns), encoding="ascii")
        return token

    def use(self, token: str, now_tai_ns: int) -> None:
        """Use a token up; one that is not good is a `KeyRefused`."""
        if not TOKEN.fullmatch(token):
            raise KeyRefused(REFUSED)
        path = self._path(token)
        old = _is_old(path, now_tai_ns)
        try:
            path.unlink()
        except OSError:
            raise KeyRefused(REFUSED) from None
        if old:
            raise KeyRefused(REFUSED)

    def _path(self, token: str) -> Path:
        return self._folder / hashlib.sha256(token.encode()).hexdigest()


def _is_old(path: Path, now_tai_ns: int) -> bool:
    """Whether a token may no longer be used; one from the future may not either."""
    try:
        made = int(path.read_text(encoding="ascii"))
    except (OSError, ValueError):
        return True
    return not 0 <= now_tai_ns - made <= VALID_NS

"""Records by the first digits of their handles, as people type them."""

from __future__ import annotations

import re

from commonsky.errors import UnknownRecord
from commonsky.ledger.store import Held, Store
from commonsky.show.cli.exits import Misuse

HANDLE = re.compile(r"[0-9a-f]{4,32}")


def record_named(store: Store, name: str) -> Held:
    """Return the record whose handle begins so; four digits are the least."""
    digits = name.strip().lower()
    if not HANDLE.fullmatch(digits):
        raise Misuse(f"{name!r} is no handle: wanted are 4 to 32 hexadecimal digits")
    handles = store.handles(digits, most=2)
    if not handles:
        raise UnknownRecord(f"this node holds no record whose handle begins with {digits}")
    if len(handles) > 1:
        raise Misuse(f"several records begin with {digits}; give more digits")
    return store.held(handles[0])

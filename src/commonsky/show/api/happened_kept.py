"""What happened, by all element sets that a node holds: looked for once, and kept."""

from __future__ import annotations

import threading

import msgspec

from commonsky.ledger.store import Store
from commonsky.node.detection import began
from commonsky.node.findings import AnyFinding
from commonsky.node.following import Following
from commonsky.node.stored_sets import Handles, handles_of, sets_after


class Happened:
    """Follows a ledger; what was found before is not looked for again."""

    def __init__(self) -> None:
        self._following = Following()
        self._handles: Handles = {}
        self._at = 0
        self._found: list[AnyFinding] = []
        self._looking = threading.Lock()

    def all(self, store: Store) -> list[AnyFinding]:
        """Return every event, the newest first, each naming its records."""
        with self._looking:
            while (part := sets_after(store, self._at)) is not None:
                sets, named, self._at = part
                self._handles.update(named)
                found = self._following.take(sets)
                handles = handles_of(self._following.looked_at, self._handles)
                self._found += [
                    msgspec.structs.replace(
                        one, rows=(),
                        records=tuple(sorted({handles[row] for row in one.rows if row >= 0})),
                    )
                    for one in found
                ]  # fmt: skip
            return sorted(self._found, key=began, reverse=True)

"""What has been read of one input so far: rows that are good, records that are set aside."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from commonsky.astro.arrays import Ints
from commonsky.catalogue.catalogue import Catalogue, Quarantined
from commonsky.catalogue.identity import designator, number_for_unnumbered
from commonsky.formats.sniff import Format

EXAMPLES = 1000
LONGEST_EXCERPT = 160

Bools = NDArray[np.bool_]


class Numbers:
    """Our own numbers for objects without one: the same object has the same, two never share."""

    def __init__(self) -> None:
        self._owner: dict[int, str] = {}

    def number(self, object_id: str, name: str) -> int:
        """Return the number of an object that has a designator, or a name, or both."""
        key = designator(object_id) or f"name {name.strip().upper()}"
        attempt = 0
        while True:
            number = number_for_unnumbered(object_id, name, attempt)
            if self._owner.setdefault(number, key) == key:
                return number
            attempt += 1


class Gathering:
    """
    The good rows and the refused records of one input, in the order they were met.

    Every record is counted once, as accepted or as quarantined; of those set aside the first
    thousand are kept as examples, so that an endless input needs bounded memory.
    """

    def __init__(self, source: str, numbers: Numbers | None = None) -> None:
        self.source = source
        self.numbers = numbers or Numbers()
        self.parts: list[Catalogue] = []
        self.formats: list[str] = []
        self.accepted = 0
        self.quarantined: list[Quarantined] = []
        self.quarantined_count = 0

    @property
    def read(self) -> int:
        """How many records were met."""
        return self.accepted + self.quarantined_count

    def accept(self, part: Catalogue, form: str) -> None:
        """Add good rows, which were written in the format named."""
        if len(part) == 0:
            return
        self.parts.append(part)
        self.accepted += len(part)
        if form not in self.formats:
            self.formats.append(form)

    def refuse(self, line: int, field: str, reason: str, excerpt: str = "") -> None:
        """Set one record aside."""
        self.quarantined_count += 1
        if len(self.quarantined) < EXAMPLES:
            self.quarantined.append(
                Quarantined(self.source, line, field, reason, shortened(excerpt))
            )

    def refuse_all(
        self, lines: Ints, field: str, reason: str, excerpt: Callable[[int], str]
    ) -> None:
        """Set n records aside for one reason; `excerpt` is asked only for the examples."""
        kept = min(len(lines), EXAMPLES - len(self.quarantined))
        for row in range(kept):
            self.refuse(int(lines[row]), field, reason, excerpt(row))
        self.quarantined_count += len(lines) - kept


@dataclass(frozen=True, slots=True)
class Taken:
    """How many bytes a reader has used, and the format that it saw begin after them, if any."""

    used: int
    begins: Format | None = None


class Checks:
    """Which of n records hold what is required of them, and what each fails first."""

    def __init__(self, n: int) -> None:
        self.good: Bools = np.ones(n, dtype=np.bool_)
        self._failed: list[tuple[Ints, str, str]] = []

    def require(self, holds: Bools | np.bool_, field: str, reason: str) -> None:
        """Fail the records that do not hold it; in the reason `{}` stands for what was found."""
        if np.all(holds):
            return
        failing = np.flatnonzero(self.good & ~holds)
        if len(failing):
            self._failed.append((failing, field, reason))
            self.good[failing] = False

    def report(
        self,
        gathering: Gathering,
        lines: Ints,
        found: Callable[[int, str], str],
        excerpt: Callable[[int], str],
    ) -> Ints:
        """Set the failed records aside, in their order, and return the rows of the good."""
        if self._failed:
            rows = np.concatenate([failing for failing, _, _ in self._failed])
            cause = np.repeat(
                np.arange(len(self._failed)), [len(failing) for failing, _, _ in self._failed]
            )
            order = np.argsort(rows, kind="stable")
            kept = min(len(rows), EXAMPLES - len(gathering.quarantined))
            for place in order[:kept].tolist():
                row, (_, field, reason) = int(rows[place]), self._failed[cause[place]]
                told = reason.replace("{}", repr(shortened(found(row, field), 40)))
                gathering.refuse(int(lines[row]), field, told, excerpt(row))
            gathering.quarantined_count += len(rows) - kept
        return np.flatnonzero(self.good)


def shortened(text: str, longest: int = LONGEST_EXCERPT) -> str:
    """Return the beginning of a text, with an ellipsis where something was left out."""
    return text if len(text) <= longest else text[: longest - 1] + "…"


def plain_text(raw: bytes) -> str:
    """Return bytes as text: UTF-8, or Latin-1 where they are not."""
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return raw.decode("latin-1")

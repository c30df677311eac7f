"""The screening that a node keeps in memory, and renews as time goes on."""

from __future__ import annotations

from collections.abc import Sequence

from commonsky.astro.epoch import NS_PER_DAY
from commonsky.catalogue.catalogue import Catalogue
from commonsky.node.conjunctions import Conjunctions
from commonsky.node.home import Screening
from commonsky.node.screener import Change, Screener

# The span is longer than what is asked for by this share, and renewed when that has passed.
BEYOND = 0.25


class Watch:
    """Every statement of the picture against every other, for the days to come."""

    def __init__(self, screening: Screening, threads: int | None = None) -> None:
        self._screening, self._threads = screening, threads
        self._screener: Screener | None = None
        self._begun_tai_ns = 0

    def is_due(self, now_tai_ns: int) -> bool:
        """Whether the whole picture is to be screened anew, since it never was or time went on."""
        spare_ns = round(BEYOND * self._screening.days * NS_PER_DAY)
        return self._screener is None or now_tai_ns > self._begun_tai_ns + spare_ns

    def begin(self, catalogue: Catalogue, now_tai_ns: int) -> Conjunctions | None:
        """Screen everything; return all conjunctions, None where there is nothing to screen."""
        self.close()
        if len(catalogue) == 0:
            return None
        self._screener = Screener(
            catalogue,
            now_tai_ns,
            self._screening.days * (1.0 + BEYOND),
            self._screening.threshold_km,
            threads=self._threads,
            by_source=True,
        )
        self._begun_tai_ns = now_tai_ns
        return self._screener.conjunctions

    def update(self, changed: Catalogue) -> Change | None:
        """Screen changed statements against all others."""
        return self._screener.update(changed) if self._screener and len(changed) else None

    def withdraw(self, numbers: Sequence[int], sources: Sequence[str]) -> Change | None:
        """Take statements out."""
        return self._screener.withdraw(numbers, sources) if self._screener and numbers else None

    @property
    def conjunctions(self) -> Conjunctions | None:
        """All conjunctions at present, None where nothing is screened."""
        return self._screener.conjunctions if self._screener else None

    def close(self) -> None:
        """Give the memory back."""
        if self._screener is not None:
            self._screener.close()
            self._screener = None

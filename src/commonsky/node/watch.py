"""The screening that a node keeps in memory, and renews as time goes on."""

from __future__ import annotations

from collections.abc import Collection

from commonsky.astro.epoch import NS_PER_DAY
from commonsky.catalogue.catalogue import Catalogue
from commonsky.errors import NodeError
from commonsky.node.change import Change
from commonsky.node.conjunctions import Conjunctions
from commonsky.node.home import Screening
from commonsky.node.screener import Screener
from commonsky.node.side_by_side import Delta

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

    def update(self, delta: Delta) -> Change | None:
        """Screen changed statements against all others, and take out what is gone."""
        if self._screener is None or not delta:
            return None
        return self._screener.update(delta.changed, delta.gone_numbers, delta.gone_sources)

    def of_pairs(self, pairs: Collection[tuple[int, int]]) -> Conjunctions:
        """Return the present conjunctions of these pairs; there must be a screening."""
        if self._screener is None:
            raise NodeError("nothing is screened yet")
        return self._screener.of_pairs(pairs)

    @property
    def conjunctions(self) -> Conjunctions | None:
        """All conjunctions at present, None where nothing is screened."""
        return self._screener.conjunctions if self._screener else None

    def close(self) -> None:
        """Give the memory back."""
        if self._screener is not None:
            self._screener.close()
            self._screener = None

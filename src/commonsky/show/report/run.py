"""What the report needs of a screening run, looked up once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from commonsky.astro.arrays import Floats, Ints
from commonsky.astro.epoch import tai_ns
from commonsky.catalogue.catalogue import Catalogue, ObjectType
from commonsky.node.conjunctions import Conjunctions
from commonsky.node.summary import Summary
from commonsky.show.report.moment import seconds_between

MOST_RANKED, MOST_UNKNOWN = 500, 100
EARTH_RADIUS_KM = 6378.137

TYPE_WORDS = {
    ObjectType.PAYLOAD: "payload",
    ObjectType.ROCKET_BODY: "rocket body",
    ObjectType.DEBRIS: "debris",
    ObjectType.UNKNOWN: "type unknown",
}


@dataclass(frozen=True, slots=True)
class Run:
    """
    One screening and the catalogue it was made from, ranked by danger.

    `events` are the rows the page can show: first those with a Pc, the most dangerous first, so
    that row and rank go together; then from row `ranked` on those without one, the nearest first.
    The columns that begin with `all` cover every conjunction of the run.
    """

    events: Conjunctions
    ranked: int
    log10_pc: Floats  # of the events
    all_log10_pc: Floats
    all_tca_tai_ns: Ints
    all_height_km: Floats  # of the meetings
    catalogue: Catalogue
    summary: Summary
    start_tai_ns: int
    stop_tai_ns: int
    type_of: dict[int, ObjectType]

    @property
    def total(self) -> int:
        """Number of conjunctions."""
        return len(self.all_log10_pc)

    @property
    def unknown_total(self) -> int:
        """Number of conjunctions without a Pc."""
        return int(np.isnan(self.all_log10_pc).sum())

    @property
    def span_s(self) -> float:
        """Seconds from start to stop."""
        return seconds_between(self.start_tai_ns, self.stop_tai_ns)

    def since_start_s(self, row: int) -> float:
        """Seconds from the start to the closest approach of an event."""
        return seconds_between(self.start_tai_ns, self.events.tca_tai_ns[row])

    def kind(self, number: int) -> str:
        """Return what an object is, in words."""
        return TYPE_WORDS[self.type_of.get(int(number), ObjectType.UNKNOWN)]


def run_of(conjunctions: Conjunctions, catalogue: Catalogue) -> Run:
    """Rank the events of a run and look up what the pages keep asking."""
    log10_pc = np.asarray(conjunctions.assessment.log10_pc, dtype=np.float64)
    ranked, unknown = _ranking(log10_pc, conjunctions.miss_km)
    rows = np.concatenate((ranked[:MOST_RANKED], unknown[:MOST_UNKNOWN]))
    events = conjunctions.take(rows)
    with np.errstate(invalid="ignore"):
        distance_km = np.linalg.norm(conjunctions.encounters.position1_teme_km, axis=1)
    summary = conjunctions.summary
    return Run(
        events,
        min(len(ranked), MOST_RANKED),
        log10_pc[rows],
        log10_pc,
        conjunctions.tca_tai_ns,
        distance_km - EARTH_RADIUS_KM,
        catalogue,
        summary,
        tai_ns(summary.start),
        tai_ns(summary.stop),
        _types(catalogue, np.concatenate((events.object1, events.object2))),
    )


def _ranking(log10_pc: Floats, miss_km: Floats) -> tuple[Ints, Ints]:
    known = ~np.isnan(log10_pc)
    order = np.lexsort((miss_km, -np.where(known, log10_pc, -np.inf))).astype(np.int64)
    nearest = np.argsort(miss_km, kind="stable").astype(np.int64)
    return order[known[order]], nearest[~known[nearest]]


def _types(catalogue: Catalogue, numbers: Ints) -> dict[int, ObjectType]:
    rows = np.flatnonzero(np.isin(catalogue.catalogue_number, numbers))
    return {
        int(catalogue.catalogue_number[row]): ObjectType(int(catalogue.object_type[row]))
        for row in rows
    }

"""
The events of one day of a whole catalogue, ours and those of `astroz.screen`, side by side.

    python -m bench.against.astroz_events

Events of a pair within a second are the same.  What only one of the two has is looked at with the
`sgp4` package: how far apart the two objects really are at that time, and how fast.  Of slow pairs
we tell the nearest minimum of each revolution, and they all.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import astroz
import numpy as np
from numpy.typing import NDArray

from bench.screening import DAY_MIN, KM
from bench.sky import START, name, omm_json, satrecs, sky
from commonsky.astro.arrays import Floats, Ints
from commonsky.astro.epoch import NS_PER_S, tai_ns
from commonsky.catalogue.catalogue import Catalogue
from commonsky.node.pipeline import screen

STEP_MIN = 0.5
SAME_S = 1.0
SLOW_KM_S = 0.1
EDGE_KM = 0.001
SAME_PLACE_KM = 1e-6


@dataclass(frozen=True, slots=True)
class Events:
    """n events: rows of the catalogue in order, seconds since the start, km and km/s."""

    row1: Ints
    row2: Ints
    seconds: Floats
    miss_km: Floats
    speed_km_s: Floats

    def __len__(self) -> int:
        return len(self.row1)

    @property
    def slow(self) -> NDArray[np.bool_]:
        return self.speed_km_s < SLOW_KM_S

    @property
    def pairs(self) -> list[tuple[int, int]]:
        return list(zip(self.row1.tolist(), self.row2.tolist(), strict=True))


def ours(catalogue: Catalogue) -> Events:
    """Return what we find."""
    table = screen(catalogue, START, DAY_MIN / 1440.0, KM)
    found = table.encounters
    seconds = (table.tca_tai_ns - tai_ns(START)) / NS_PER_S
    return ordered(found.row1, found.row2, seconds, table.miss_km, table.relative_speed_km_s)


def theirs(catalogue: Catalogue) -> Events:
    """Return what astroz finds."""
    constellation = astroz.Constellation(omm_json(catalogue))
    start = datetime.fromisoformat(START)
    found = astroz.screen(constellation, DAY_MIN, threshold=KM, step=STEP_MIN, start_time=start)
    row = np.array(constellation.satnums)  # each object is numbered by its row
    return ordered(row[found.i], row[found.j], 60.0 * found.time, found.distance, found.speed)


def ordered(i: Ints, j: Ints, seconds: Floats, miss_km: Floats, speed_km_s: Floats) -> Events:
    """Return events with the lower row first."""
    return Events(np.minimum(i, j), np.maximum(i, j), seconds, miss_km, speed_km_s)


def slow_pairs(events: Events) -> set[tuple[int, int]]:
    """Return the pairs that have slow events."""
    return {pair for pair, slow in zip(events.pairs, events.slow, strict=True) if slow}


def partners(events: Events, others: Events) -> Ints:
    """(n,) for each event which of the others is the same, -1 for none."""
    held: dict[tuple[int, int], list[int]] = {}
    for k, pair in enumerate(others.pairs):
        held.setdefault(pair, []).append(k)
    same = np.full(len(events), -1, np.int64)
    for k, pair in enumerate(events.pairs):
        near = [
            m for m in held.get(pair, ()) if abs(others.seconds[m] - events.seconds[k]) < SAME_S
        ]
        if near:
            same[k] = near[0]
    return same


def reason(catalogue: Catalogue, events: Events, k: int, others: Events) -> str:
    """Say why only one of the two has an event."""
    pair = events.row1[k], events.row2[k]
    period_s = 120.0 * np.pi / float(catalogue.elements.mean_motion_rad_min[list(pair)].min())
    same_pair = (others.row1 == pair[0]) & (others.row2 == pair[1])
    near = same_pair & (np.abs(others.seconds - events.seconds[k]) < period_s)
    if events.slow[k] and (others.miss_km[near] <= events.miss_km[k]).any():
        return "slow pair, not the nearest minimum of its revolution"
    miss_km = exact_miss_km(catalogue, pair, float(events.seconds[k]))
    if np.isnan(miss_km):
        return "sgp4 has no state"
    if events.slow[k] and miss_km < SAME_PLACE_KM:
        return "docked, one place by the same elements: once a revolution with us"
    if abs(miss_km - KM) < EDGE_KM:
        return f"at the edge: within {1e3 * EDGE_KM:g} m of the threshold by sgp4"
    where = "inside" if miss_km < KM else "outside"
    return f"unexplained: rows {pair[0]}, {pair[1]}, {miss_km:.6f} km by sgp4, {where}"


def exact_miss_km(catalogue: Catalogue, pair: tuple[int, int], seconds: float) -> float:
    """Least distance by the `sgp4` package within two seconds of a time, nan without a state."""
    one, two = satrecs(catalogue.elements.take(np.array(pair)), tai_ns(START))
    days = (seconds + np.linspace(-2.0, 2.0, 40_001)) / 86400.0
    bad1, position1, _ = one.sgp4_array(np.zeros_like(days), days)
    bad2, position2, _ = two.sgp4_array(np.zeros_like(days), days)
    apart = np.linalg.norm(position1 - position2, axis=1)
    apart[(bad1 != 0) | (bad2 != 0)] = np.nan
    return float(np.nanmin(apart)) if np.isfinite(apart).any() else np.nan


def main() -> None:
    """Print how many events each has, and what becomes of those that only one has."""
    catalogue = sky()
    mine, peer = ours(catalogue), theirs(catalogue)
    to_peer, to_mine = partners(mine, peer), partners(peer, mine)
    print(f"{len(catalogue):,} {name()} objects, one day from {START}, {KM:g} km\n")
    print(
        "| events | ours | astroz | in both | only ours | only astroz |\n|---|---|---|---|---|---|"
    )
    for label, a, b in (
        (f"faster than {SLOW_KM_S:g} km/s", ~mine.slow, ~peer.slow),
        ("slower", mine.slow, peer.slow),
    ):
        print(f"| {label} | {a.sum():,} | {b.sum():,} | {(to_peer[a] >= 0).sum():,} "
              f"| {(to_peer[a] < 0).sum():,} | {(to_mine[b] < 0).sum():,} |")  # fmt: skip
    pairs, others = slow_pairs(mine), slow_pairs(peer)
    print(f"| slow pairs | {len(pairs):,} | {len(others):,} | {len(pairs & others):,} "
          f"| {len(pairs - others):,} | {len(others - pairs):,} |\n")  # fmt: skip
    both = np.flatnonzero((to_peer >= 0) & ~mine.slow)
    off_m = 1e3 * np.abs(mine.miss_km[both] - peer.miss_km[to_peer[both]])
    off_ms = 1e3 * np.abs(mine.seconds[both] - peer.seconds[to_peer[both]])
    print(f"Fast ones in both differ by {np.median(off_m):.2g} m and {np.median(off_ms):.2g} ms "
          f"(medians), {off_m.max():.2g} m and {off_ms.max():.2g} ms at most.\n")  # fmt: skip
    tell("ours", catalogue, mine, np.flatnonzero(to_peer < 0), peer)
    tell("astroz", catalogue, peer, np.flatnonzero(to_mine < 0), mine)


def tell(who: str, catalogue: Catalogue, events: Events, rows: Ints, others: Events) -> None:
    """Print why events are in one list only, counted by reason."""
    reasons = [reason(catalogue, events, k, others) for k in rows.tolist()]
    for why in sorted(set(reasons)):
        print(f"- only {who}, {reasons.count(why):,}: {why}")


if __name__ == "__main__":
    main()

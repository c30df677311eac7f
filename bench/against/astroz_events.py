"""
The events of one day of a whole catalogue, ours and those of `astroz.screen`, side by side.

    python -m bench.against.astroz_events

Events of a pair within a second are the same.  What only one of the two has is looked at with the
`sgp4` package: how far apart the two objects really are at that time, and how fast.
"""

from __future__ import annotations

from datetime import datetime

import astroz
import numpy as np

from bench.screening import DAY_MIN, KM
from bench.sky import START, omm_json, satrecs, sky
from commonsky.astro.arrays import Floats, Ints
from commonsky.astro.elements import DEEP_SPACE_PERIOD_MIN
from commonsky.astro.epoch import NS_PER_S, tai_ns
from commonsky.node.pipeline import screen

SAME_S = 1.0
SLOW_KM_S = 0.1
EXAMPLES = 12


def theirs(step_min: float = 0.5) -> tuple[Ints, Ints, Floats, Floats]:
    """Rows, seconds since the start, and speeds of their events."""
    catalogue = sky()
    constellation = astroz.Constellation(omm_json(catalogue))
    found = astroz.screen(constellation, DAY_MIN, threshold=KM, step=step_min,
                          start_time=datetime.fromisoformat(START))  # fmt: skip
    # They number near-Earth objects first, then deep space.
    deep = 2.0 * np.pi / catalogue.elements.mean_motion_rad_min >= DEEP_SPACE_PERIOD_MIN
    order = np.concatenate([np.flatnonzero(~deep), np.flatnonzero(deep)])
    i, j = order[np.asarray(found.i)], order[np.asarray(found.j)]
    seconds = 60.0 * np.asarray(found.time, np.float64)
    return np.minimum(i, j), np.maximum(i, j), seconds, np.asarray(found.speed)


def unmatched(a: tuple[Ints, Ints, Floats], b: tuple[Ints, Ints, Floats]) -> Ints:
    """Return rows of a that have none of the same pair in b within a second."""
    held: dict[tuple[int, int], list[float]] = {}
    for i, j, t in zip(*(column.tolist() for column in b), strict=True):
        held.setdefault((i, j), []).append(t)
    return np.array(
        [
            k
            for k, (i, j, t) in enumerate(zip(*(column.tolist() for column in a), strict=True))
            if not any(abs(t - other) < SAME_S for other in held.get((i, j), ()))
        ],
        np.int64,
    )


def main() -> None:
    """Print how many events each has, and what becomes of those that only one has."""
    catalogue = sky()
    table = screen(catalogue, START, 1.0, KM)
    row1, row2 = table.encounters.row1, table.encounters.row2
    ours = (
        np.minimum(row1, row2), np.maximum(row1, row2),
        (table.tca_tai_ns - tai_ns(START)) / NS_PER_S,
    )  # fmt: skip
    i, j, seconds, speed = theirs()
    fast_ours = table.relative_speed_km_s >= SLOW_KM_S
    fast_theirs = speed >= SLOW_KM_S
    mine = ours[0][fast_ours], ours[1][fast_ours], ours[2][fast_ours]
    only_ours = unmatched(mine, (i, j, seconds))
    peer = (i[fast_theirs], j[fast_theirs], seconds[fast_theirs])
    only_theirs = unmatched(peer, ours)
    print(f"ours {len(table):,} ({fast_ours.sum():,} faster than {SLOW_KM_S} km/s), "
          f"theirs {len(i):,} ({fast_theirs.sum():,})")  # fmt: skip
    print(f"fast ones only ours {len(only_ours)}, only theirs {len(only_theirs)}")
    for label, (a, b, t), rows in (
        ("ours", mine, only_ours),
        ("theirs", peer, only_theirs),
    ):
        for k in rows[:EXAMPLES].tolist():
            print(f"  only {label}: {explained(int(a[k]), int(b[k]), float(t[k]))}")


def explained(i: int, j: int, seconds: float) -> str:
    """Say what the `sgp4` package makes of a pair about a time."""
    catalogue = sky()
    one, two = satrecs(catalogue.elements.take(np.array([i, j])), tai_ns(START))
    best = (np.inf, 0.0, 0.0)
    for offset in np.linspace(-2.0, 2.0, 4001):
        day = (seconds + offset) / 86400.0
        (bad1, r1, v1), (bad2, r2, v2) = one.sgp4(0.0, day), two.sgp4(0.0, day)
        if bad1 or bad2:
            return f"rows {i}, {j} at {seconds:.1f} s: sgp4 fails with {bad1}, {bad2}"
        apart = float(np.linalg.norm(np.subtract(r2, r1)))
        best = min(best, (apart, float(offset), float(np.linalg.norm(np.subtract(v2, v1)))))
    periods = 2.0 * np.pi / catalogue.elements.mean_motion_rad_min[[i, j]]
    return (
        f"rows {i}, {j} at {seconds:.1f} s: {best[0]:.6f} km by sgp4, {best[2]:.2f} km/s, "
        f"periods {periods[0]:.0f} and {periods[1]:.0f} min"
    )


if __name__ == "__main__":
    main()

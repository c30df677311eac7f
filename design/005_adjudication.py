"""
How often sources split, and how often a verdict over them is right: commonsky.assess.adjudicate.

Run from the repository root: python design/005_adjudication.py [events] [seed]

Everything is invented, from a seed; see adjudicated_world.py.  Shares of events are of what was
drawn, Pc and losses are weighted to a miss that is uniform over a disc.
"""

from __future__ import annotations

import sys
import time

import numpy as np
from adjudicated_world import KINDS, MOST, World, world
from numpy.typing import NDArray

from commonsky.assess.adjudicate import VERDICTS, Adjudications, Verdict, adjudicate
from commonsky.assess.regret import THRESHOLD, regrets
from commonsky.astro.arrays import Floats

EXPECTED = (
    Verdict.AGREE, Verdict.ONE_SIDE_STALE, Verdict.MANOEUVRE_SUSPECTED, Verdict.DISAGREE,
    Verdict.CANNOT_TELL,
)  # fmt: skip


def share(which: NDArray[np.bool_]) -> str:
    return f"{which.mean():6.1%} of {which.size:5}"


def splits(some: World) -> None:
    """(a) how often two sources say different things."""
    pc = some.solutions.pc
    print("\n(a) two sources split mitigate/dismiss at 1e-4")
    first, second = np.triu_indices(MOST, 1)
    one, two = pc[:, first], pc[:, second]
    both = np.isfinite(one) & np.isfinite(two)
    split = (one >= THRESHOLD) != (two >= THRESHOLD)
    for name, rows in (
        ("all pairs", both),
        ("serious: one of the two at 1e-5 or more", both & (np.fmax(one, two) >= 1e-5)),
        ("serious: one of the two at 1e-4 or more", both & (np.fmax(one, two) >= 1e-4)),
    ):
        print(f"  {name:<42}{share(split[rows])}")
        for code in range(4):
            here = rows & (some.kind == code)[:, None]
            print(f"    {KINDS[code]:<40}{share(split[here])}")


def confusion(some: World, found: Adjudications) -> None:
    """(b) verdicts against kinds, and whom they speak against."""
    print("\n(b) verdict (columns) of what was drawn (rows), in per cent of the row")
    print(f"  {'':<22}{'n':>6}" + "".join(f"{one.name[:12].lower():>14}" for one in VERDICTS))
    told_apart = detectable(some, found)
    for code, kind in enumerate(KINDS):
        for name, rows in (
            (kind, some.kind == code),
            (" detectable", (some.kind == code) & told_apart),
        ):
            if name == kind or code in (1, 2, 3):
                row = np.bincount(found.verdict[rows], minlength=len(VERDICTS)) / max(
                    rows.sum(), 1
                )
                print(
                    f"  {name:<22}{rows.sum():6}" + "".join(f"{100.0 * one:14.1f}" for one in row)
                )
    expected = np.array([VERDICTS.index(one) for one in EXPECTED])[some.kind]
    right = found.verdict == expected
    print(f"  verdict as drawn: {share(right)}")
    print(f"  where detectable: {share(right[told_apart])}")
    named = (some.culprit >= 0) & right & (some.kind != 4)
    doubted = found.doubted[named]
    hit = doubted[np.arange(len(doubted)), some.culprit[named]]
    alone = hit & (doubted.sum(1) == 1)
    print(f"  right verdicts that doubt the right source: {share(hit)}, it alone: {share(alone)}")


def detectable(some: World, found: Adjudications) -> NDArray[np.bool_]:
    """Whether anything is seen at all: what no comparison sees, no verdict can tell."""
    return np.asarray(found.pairs.contradicts.any((1, 2)) | np.isin(some.kind, (0, 4)))


def calibration(some: World, found: Adjudications) -> None:
    """(c) hits against Pc, both weighted."""
    agree = np.isin(
        found.verdict, [VERDICTS.index(v) for v in Verdict if v is not Verdict.CANNOT_TELL]
    )
    best = np.where(np.isfinite(some.solutions.pc), some.solutions.pc, np.nan)
    first = np.argmax(np.isfinite(best), axis=1)
    single = best[np.arange(len(first)), first]
    print("\n(c) hits seen over hits foretold, by Pc")
    print(f"  {'Pc':<16}{'fused':>16}{'best source there':>22}{'fused, honest':>22}")
    only = some.kind == 0
    for low, high in ((1e-7, 1e-5), (1e-5, 1e-4), (1e-4, 1e-3), (1e-3, 1.0), (1e-7, 1.0)):
        cells = []
        for pc, which in (
            (found.fused.ladder.pc, agree),
            (single, agree),
            (found.fused.ladder.pc, only),
        ):
            rows = which & (pc >= low) & (pc < high)
            seen = (some.weight * some.hit)[rows].sum()
            foretold = (some.weight * pc)[rows].sum()
            cells.append(f"{seen / foretold:10.2f} ({rows.sum():4})" if foretold else " " * 17)
        print(f"  {low:.0e} - {high:.0e}{cells[0]:>18}{cells[1]:>22}{cells[2]:>22}")


def losses(some: World, found: Adjudications) -> None:
    """(d) what decisions cost on average, above what it costs to know everything."""
    pc = some.solutions.pc
    newest = np.argmin(np.where(np.isfinite(pc), some.solutions.primary.age_days, np.inf), axis=1)
    fused_pc = found.fused.ladder.pc
    all_known = np.isfinite(fused_pc)
    trusted = np.column_stack([np.where(found.doubted, np.nan, pc), fused_pc])
    sure = np.isfinite(trusted).any(1)
    minimax = found.regret.mitigate_least
    rules = {
        **{
            f"source {'abcd'[k]}, else the first there": filled(pc, k) >= THRESHOLD
            for k in range(MOST)
        },
        "newest source": pc[np.arange(len(pc)), newest] >= THRESHOLD,
        "any source says mitigate": (pc >= THRESHOLD).any(1),
        "least worst regret, all": minimax,
        "least worst regret, undoubted, else all": np.where(
            sure, regrets(trusted).mitigate_least, minimax
        ),
        "fused, else least worst regret": np.where(all_known, fused_pc >= THRESHOLD, minimax),
        "mitigate always": np.ones(len(pc), np.bool_),
        "mitigate never": np.zeros(len(pc), np.bool_),
    }
    print("\n(d) mean regret, in manoeuvres per 1,000 events of a miss uniform over 5 km")
    print(f"  {'':<42}{'regret':>8}{'manoeuvres':>12}{'hits met':>10}{'of contradictions':>20}")
    total = some.weight.sum()
    disputed = found.pairs.contradicts.any((1, 2))
    for name, mitigate in rules.items():
        cost = np.where(
            mitigate, np.where(some.hit, 0.0, THRESHOLD), np.where(some.hit, 1.0 - THRESHOLD, 0.0)
        )
        regret = 1000.0 * (some.weight * cost).sum() / total / THRESHOLD
        apart = (
            1000.0 * (some.weight * cost)[disputed].sum() / some.weight[disputed].sum() / THRESHOLD
        )
        done = 1000.0 * (some.weight * mitigate).sum() / total
        met = (some.weight * (some.hit & mitigate)).sum() / (some.weight * some.hit).sum()
        print(f"  {name:<42}{regret:8.1f}{done:12.1f}{met:10.1%}{apart:20.1f}")


def filled(pc: Floats, k: int) -> Floats:
    """Pc of a source, where it is absent that of the first that is there."""
    first = np.argmax(np.isfinite(pc), axis=1)
    return np.where(np.isfinite(pc[:, k]), pc[:, k], pc[np.arange(len(pc)), first])


def main() -> None:
    """Print the four tables."""
    n = int(sys.argv[1]) if len(sys.argv) > 1 else 5000
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else 1
    start = time.perf_counter()
    some = world(n, seed)
    made = time.perf_counter()
    found = adjudicate(some.solutions)
    print(f"{n} events, seed {seed}: made in {made - start:.1f} s, "
          f"adjudicated in {time.perf_counter() - made:.1f} s")  # fmt: skip
    splits(some)
    confusion(some, found)
    calibration(some, found)
    losses(some, found)


if __name__ == "__main__":
    main()

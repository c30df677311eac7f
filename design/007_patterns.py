"""
Who stays where in the geosynchronous belt, who moved, and who came near whom: what is found.

Run from the repository root: python -m design.007_patterns
It prints tables in Markdown; --quick leaves out the approaches of eleven years.

Real: one element set a month of 1,411 objects of the belt, 2014 to 2025, weekly in 2020 (Bill
Gray's collection of Space-Track sets), the SATCAT of March 2025 for what objects are, and every
set that CelesTrak listed in a week of May 2026.

Objects that cannot relocate, for false alarms: rocket bodies, debris, and payloads launched before
1985 (one of those, GOES 3, was in use until 2016).  The threshold of evidence was looked for on
those with even numbers, and is told for both halves.

The stays of Luch/Olymp were listed by reading its monthly sets; beside some of them stand
published ones.  Others wrote of 96.4 E (beside Express AM-33; satellitedashboard.org), 18.1 W and
24.4 W (seradata.com), 32.7 E from 17 August to 16 October 2017, and 38.2 E from 24 October 2017 to
17 January 2018 (planet4589.org).  The other stays are known from these sets alone.  Between 14
October and 15 November 2017 there is none: of the passage by Athena-Fidus, which France called too
close and McDowell put at 85 km, nothing can be said from them.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from time import process_time

import numpy as np

from bench.belt_history import Named, launch_years, monthly, types, week
from commonsky.astro.epoch import NS_PER_DAY, utc_texts
from commonsky.catalogue.catalogue import ObjectType
from commonsky.characterise.history import History
from commonsky.characterise.longitude import longitude_rad, wrapped
from commonsky.characterise.pattern import patterns
from commonsky.characterise.pattern_change import changes
from commonsky.characterise.prediction import theory
from commonsky.characterise.proximity import (
    Approaches,
    Geometry,
    Habits,
    Status,
    Verdict,
    approaches,
    habits,
)
from commonsky.characterise.relative_orbit import relative_states
from commonsky.characterise.relocation import Outcome, Relocations, relocations
from commonsky.characterise.separation import errors_of, interval_km, joint_covariance_km2
from commonsky.characterise.set_states import set_states, states
from commonsky.characterise.station_keeping import Control, Stays, stays

LUCH = 40258
# The longitudes (deg east) at which Luch/Olymp stood, by eye, and who says so too.
REFERENCE = (
    (96.08, "satellitedashboard.org"), (-18.12, "seradata.com"), (-24.34, "seradata.com"),
    (-1.09, ""), (9.88, ""), (32.72, "planet4589.org"), (38.09, "planet4589.org"), (41.91, ""),
    (42.52, ""), (47.52, ""), (47.99, ""), (49.90, ""), (57.06, ""), (59.94, ""), (64.05, ""),
    (65.93, ""), (68.45, ""), (70.60, ""), (21.50, ""), (-1.09, ""), (-4.87, ""), (-3.03, ""),
    (-8.08, ""), (45.19, ""), (56.93, ""), (59.96, ""), (61.89, ""), (-18.08, ""), (65.48, ""),
)  # fmt: skip
CASES = {
    "Luch-5X (Olymp-K 2)": 55841, "SJ-21": 49330, "Beidou G2 (Compass G2)": 34779,
    "SJ-21's kick motor": 49382, "SJ-17": 41838, "SY-12 01": 50321, "SY-12 02": 50322,
    "SJ-20": 44910, "SJ-23": 55131, "TJS-3": 43874, "USA 253 (GSSAP)": 40099,
    "USA 254 (GSSAP)": 40100, "USA 270 (GSSAP)": 41744, "USA 271 (GSSAP)": 41745,
    "USA 324 (GSSAP)": 51280, "USA 325 (GSSAP)": 51281, "LDPE-1": 49818, "LDPE-2": 54219,
    "LDPE-3A": 55264, "MEV-1": 44625, "MEV-2": 46113, "WGS F3": 36108, "Athena-Fidus": 39509,
}  # fmt: skip
STATES = ("PASSES", "DWELLS", "CIRCLES")
DEAD_BEFORE = 1985
DAY_S = 86400.0
AGES = ((0.3, 1.0), (1.0, 2.0), (2.0, 3.0))
BEST_DAYS = 0.15
TOLD = 20


def main() -> None:
    belt = monthly()
    made, seconds = timed(belt.history)
    print("## Timings\n")
    table(("what", "CPU s"), seconds)
    check_longitudes(belt)
    luch(belt, made[0], made[1])
    false_alarms(belt, made[0], made[1])
    known = habits(belt.history)
    print_week(known)
    intervals(known)
    if "--quick" not in sys.argv:
        precedents(belt, made[0], made[1], known)


def timed(history: History) -> tuple[tuple[Stays, Relocations], list[tuple[str, str]]]:
    """Stays and relocations, and what everything takes once it is compiled."""
    small = history.of(np.arange(3))
    rows = []
    for name, work in (
        ("stays", stays), ("relocations", relocations), ("patterns", patterns),
        ("changes of pattern", changes),
    ):  # fmt: skip
        work(small)
        start = process_time()
        work(history)
        rows.append((f"{name}, {len(history.row):,} sets", f"{process_time() - start:.1f}"))
    return (stays(history), relocations(history)), rows


def check_longitudes(belt: Named) -> None:
    off = wrapped(
        longitude_rad(belt.history) - np.radians(belt.longitude_deg[belt.history.row])
    )  # fmt: skip
    print(f"\nMean longitudes differ from the table's own by {np.degrees(np.abs(off)).max():.5f} "
          "degrees at most.\n")  # fmt: skip


def luch(belt: Named, all_stays: Stays, moves: Relocations) -> None:
    print("## Luch/Olymp (40258)\n")
    own = all_stays.take(np.flatnonzero(all_stays.catalogue_number == LUCH))
    held = own.take(np.flatnonzero(own.control == Control.HELD))
    rows = [
        (
            f"{np.degrees(held.longitude_rad[k]):.2f}", date(held.began_not_before_tai_ns[k]),
            date(held.began_not_after_tai_ns[k]), date(held.ended_not_before_tai_ns[k]),
            date(held.ended_not_after_tai_ns[k]), int(held.sets[k]),
            f"{held.evidence[k]:.1f}", source(float(np.degrees(held.longitude_rad[k])), k),
        )
        for k in range(len(held))
    ]  # fmt: skip
    table(
        ("° E", "not there on", "there on", "still there on", "gone on", "sets", "evidence",
         "published too"),
        rows,
    )  # fmt: skip
    found = [float(np.degrees(angle)) for angle in held.longitude_rad]
    same = len(found) == len(REFERENCE) and all(
        abs(a - b) < 0.1 for a, (b, _) in zip(found, REFERENCE, strict=True)
    )
    print(f"\nAll {len(REFERENCE)} stays of the list by eye, and no other: {same}.\n")
    gone = moves.take(np.flatnonzero(moves.catalogue_number == LUCH))
    table(RELOCATION_HEAD, [relocation_row(gone, k, belt.names) for k in range(len(gone))])
    print()


def source(longitude_deg: float, k: int) -> str:
    if k < len(REFERENCE) and abs(REFERENCE[k][0] - longitude_deg) < 0.1:
        return REFERENCE[k][1]
    return "not in the list"


RELOCATION_HEAD = (
    "object", "from ° E", "to ° E", "° a day", "left", "between", "arrived", "between", "score",
)  # fmt: skip


def relocation_row(moves: Relocations, k: int, names: dict[int, str]) -> Sequence[object]:
    return (
        names[int(moves.catalogue_number[k])], f"{np.degrees(moves.longitude_from_rad[k]):.2f}",
        f"{np.degrees(moves.longitude_to_rad[k]):.2f}",
        f"{np.degrees(moves.drift_rad_day[k]):+.3f}", date(moves.left_tai_ns[k]),
        f"{date(moves.left_not_before_tai_ns[k])}, {date(moves.left_not_after_tai_ns[k])}",
        date(moves.arrived_tai_ns[k]) if moves.outcome[k] == Outcome.ARRIVED else "under way",
        f"{date(moves.arrived_not_before_tai_ns[k])}, {date(moves.arrived_not_after_tai_ns[k])}",
        f"{moves.score[k]:.1f}",
    )  # fmt: skip


def false_alarms(belt: Named, found: Stays, moves: Relocations) -> None:
    print("## Relocations of what cannot relocate\n")
    kinds, years, history = types(), launch_years(), belt.history
    epoch = history.elements.epoch_tai_ns
    span = (epoch[history.first[1:] - 1] - epoch[history.first[:-1]]) / NS_PER_DAY / 365.25
    of = np.array([kinds.get(int(n), ObjectType.UNKNOWN) for n in history.object_number])
    old = np.array([years.get(int(n), 2025) < DEAD_BEFORE for n in history.object_number])
    groups = {
        "debris": of == ObjectType.DEBRIS, "rocket bodies": of == ObjectType.ROCKET_BODY,
        f"payloads launched before {DEAD_BEFORE}": (of == ObjectType.PAYLOAD) & old,
        "all other payloads": (of == ObjectType.PAYLOAD) & ~old,
    }  # fmt: skip
    rows = []
    for name, which in groups.items():
        for half, parity in (("even", 0), ("odd", 1)):
            mine = np.flatnonzero(which & (history.object_number % 2 == parity))
            numbers = history.object_number[mine]
            here = np.isin(moves.catalogue_number, numbers)
            held = np.isin(found.catalogue_number, numbers) & (found.control == Control.HELD)
            arrived = int((here & (moves.outcome == Outcome.ARRIVED)).sum())
            rows.append((
                f"{name}, {half} numbers", len(mine), f"{span[mine].sum():.0f}",
                int(held.sum()), arrived, f"{arrived / span[mine].sum():.4f}",
                int((here & (moves.outcome == Outcome.UNDER_WAY)).sum()),
            ))  # fmt: skip
    table(
        ("objects", "number", "object-years", "stays said to be held", "relocations",
         "per object-year", "under way"), rows,
    )  # fmt: skip
    print()


def print_week(known: Habits) -> None:
    told = week()
    approaches(told.history.of(np.arange(40)), habits=known)
    start = process_time()
    found = approaches(told.history, habits=known)
    seconds = process_time() - start
    print(f"## A week of May 2026: {len(told.history)} objects, {seconds:.2f} CPU s\n")
    print({state.name: int((found.status == state).sum()) for state in Status}, "\n")
    measured = found.take(np.flatnonzero(np.isfinite(found.separation_km)))
    usual = measured.colocated_habitually == Verdict.YES
    for title, which in (("Not always together", ~usual), ("Always together", usual)):
        rows = np.flatnonzero(which)
        rows = rows[np.argsort(measured.separation_km[rows])][:TOLD]
        print(f"### {title}: {int(which.sum())}, the {TOLD} closest\n")
        table(APPROACH_HEAD, [approach_row(measured, int(k), told.names) for k in rows])
        print()


APPROACH_HEAD = (
    "one", "other", "closest", "km", "95 %", "other sets say", "R, I, C km", "m/s", "days",
    "across km", "how", "safe by itself", "always", "status",
)  # fmt: skip


def approach_row(found: Approaches, k: int, names: dict[int, str]) -> Sequence[object]:
    low, high = found.separation_low_km[k], found.separation_high_km[k]
    return (
        names.get(int(found.catalogue_number_1[k]), "?"),
        names.get(int(found.catalogue_number_2[k]), "?"), date(found.epoch_tai_ns[k], 16),
        f"{found.separation_km[k]:.1f}", f"{low:.1f} to {high:.1f}",
        f"{found.told_least_km[k]:.1f} to {found.told_most_km[k]:.1f}",
        ", ".join(f"{x:.1f}" for x in found.relative_ric_km[k]),
        f"{found.relative_speed_km_s[k] * 1e3:.1f}", f"{found.dwell_s[k] / DAY_S:.1f}",
        f"{found.across_track_km[k]:.1f}", Geometry(int(found.geometry[k])).name.lower(),
        Verdict(int(found.passive_safe[k])).name.lower(),
        Verdict(int(found.colocated_habitually[k])).name.lower(),
        Status(int(found.status[k])).name.lower(),
    )  # fmt: skip


def intervals(known: Habits) -> None:
    """How often 95 % intervals from old sets hold what sets of the hour say."""
    told = week().history
    found = approaches(told, habits=known)
    epoch = told.elements.epoch_tai_ns
    place = {int(n): j for j, n in enumerate(told.object_number)}
    pairs = {
        (place[int(a)], place[int(b)])
        for a, b in zip(found.catalogue_number_1, found.catalogue_number_2, strict=True)
    }
    sets = set_states(theory(told.elements), epoch, 4.0)
    rows = []
    for low, high in AGES:
        cases = []
        for one, other in sorted(pairs):
            for at in range(int(epoch.max()) - 5 * NS_PER_DAY, int(epoch.max()), NS_PER_DAY // 4):
                chosen = [aged(told, j, at, low, high) for j in (one, other)]
                best = [aged(told, j, at, -BEST_DAYS, BEST_DAYS) for j in (one, other)]
                if min(chosen) >= 0 and min(best) >= 0:
                    cases.append((*chosen, *best, at))
        columns = np.array(cases, np.int64).reshape(-1, 5)
        state = []
        for c in range(4):
            out = np.empty((len(columns), 6))
            states(sets, columns[:, c].copy(), columns[:, 4].copy(), out)
            state.append(out)
        ages = [(columns[:, 4] - epoch[columns[:, c]]) / NS_PER_DAY for c in (0, 1)]
        errors = [errors_of(told.elements.take(columns[:, c])) for c in (0, 1)]
        covariance = joint_covariance_km2(
            state[0], state[1], errors[0], errors[1], ages[0], ages[1]
        )  # fmt: skip
        least, most = interval_km(relative_states(state[0], state[1])[0], covariance)
        truth = np.linalg.norm((state[3] - state[2])[:, :3], axis=1)
        said = np.linalg.norm((state[1] - state[0])[:, :3], axis=1)
        here = truth < 300.0
        held = (least <= truth) & (truth <= most)
        rows.append((
            f"{low:g} to {high:g}", int(here.sum()), f"{held[here].mean():.3f}",
            f"{np.median((most - least)[here]):.1f}",
            f"{np.median(np.abs(said - truth)[here]):.1f}",
        ))  # fmt: skip
    print("## How often intervals from old sets hold what sets of the hour say\n")
    table(
        ("age of both sets, days", "cases", "held", "median width, km", "median error, km"), rows
    )
    print()


def aged(history: History, j: int, at_tai_ns: int, low_days: float, high_days: float) -> int:
    """An object's newest set between two ages at a time, or -1."""
    begin, end = int(history.first[j]), int(history.first[j + 1])
    age = (at_tai_ns - history.elements.epoch_tai_ns[begin:end]) / NS_PER_DAY
    good = np.flatnonzero((age >= low_days) & (age <= high_days))
    return begin + int(good[np.argmin(np.abs(age[good]))]) if len(good) else -1


def precedents(belt: Named, found: Stays, moves: Relocations, known: Habits) -> None:
    start = process_time()
    near = approaches(belt.history, habits=known)
    print(f"## Eleven years, all on all: {len(near):,} runs, {process_time() - start:.0f} CPU s\n")
    print({state.name: int((near.status == state).sum()) for state in Status}, "\n")
    print({state.name: int((near.geometry == state).sum()) for state in Geometry}, "\n")
    sets_of = np.diff(belt.history.first).tolist()
    counts = dict(zip(belt.history.object_number.tolist(), sets_of, strict=True))
    for name, number in {"Luch/Olymp": LUCH, **CASES}.items():
        sets = counts.get(number, 0)
        print(f"### {name} ({number}): {sets} sets\n")
        if not sets:
            print("Not in these data.\n")
            continue
        if number != LUCH:
            own = moves.take(np.flatnonzero(moves.catalogue_number == number))
            stay = found.take(np.flatnonzero(
                (found.catalogue_number == number) & (found.control == Control.HELD)
            ))  # fmt: skip
            print("Held at " + "; ".join(slot(stay, k) for k in range(len(stay))) + ".\n")
            if len(own):
                table(RELOCATION_HEAD, [relocation_row(own, k, belt.names)
                                        for k in range(len(own))])  # fmt: skip
                print()
        mine = (near.catalogue_number_1 == number) | (near.catalogue_number_2 == number)
        mine &= (near.dwell_s > 4 * DAY_S) & (near.colocated_habitually != Verdict.YES)
        mine &= (near.coplanar_rad < np.radians(1.0)) | np.isnan(near.coplanar_rad)
        rows = np.flatnonzero(mine)
        table(APPROACH_HEAD, [approach_row(near, int(k), belt.names) for k in rows[:60]])
        print()


def slot(stay: Stays, k: int) -> str:
    return (
        f"{np.degrees(stay.longitude_rad[k]):.2f}° E {date(stay.began_not_after_tai_ns[k])} "
        f"to {date(stay.ended_not_before_tai_ns[k])}"
    )


def date(epoch_tai_ns: int, letters: int = 10) -> str:
    return utc_texts(np.array([epoch_tai_ns], np.int64), 0)[0][:letters]


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    print("| " + " | ".join(head) + " |")
    print("|" + "---|" * len(head))
    for row in rows:
        print("| " + " | ".join(str(cell) for cell in row) + " |")


if __name__ == "__main__":
    main()

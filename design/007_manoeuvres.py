"""
How well manoeuvres are found: scores against operators' own lists, and false alarms on debris.

Run from the repository root: python design/007_manoeuvres.py [folder of real data]
It prints tables in Markdown.

Real: eleven satellites with their operators' manoeuvres (dpshorten's benchmark, of IDS and CMA
files), maneuver-detect's labels, full catalogues days to weeks apart (Bill Gray's collection), and
a week of CelesTrak's sets.

The match rule is maneuver-detect's: an event is a gap between element sets that holds one or more
labelled manoeuvres (those in one gap merge); a detection matches an event of its object whose gap,
with the gap before and the one after, holds the detection's epoch; one to one, the highest score
first, each to the nearest event.  Labels outside the sets' span are left out.  Counted both ways:
with every event, and without those whose labelled delta-v lies below the object's own floor, a
detection that matches one of them being neither right nor wrong.

The times in the benchmark's YAML files are off: the IDS ones are 24 hours late (the day of the
year was added to the first of January), those of Fengyun 8 hours (China's time was read as UTC).
The operators' files lie beside them and are read here; scores by the YAML times are told too.

No parameter is fitted to one satellite.  The row "chosen on the others" takes, for each satellite,
the score threshold that is best for the other ones of its regime together.
"""

from __future__ import annotations

import json
import sys
import tarfile
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from commonsky.astro.arrays import Floats, Ints
from commonsky.astro.elements import MeanElements
from commonsky.astro.epoch import NS_PER_DAY, NS_PER_S, tai_ns
from commonsky.characterise.history import History, history
from commonsky.characterise.manoeuvre import Manoeuvres, detectability_km_s, manoeuvres
from commonsky.node.intake import read_records

SHARED = Path(__file__).parents[2] / "shared" / "data"
BENCHMARK = Path("manoeuvres") / "tle_benchmark_11sats_with_truth.tar.xz"
LABELS = Path("manoeuvres") / "maneuver_detect_v0.3_labels.tar.xz"
LOW = {
    "TOPEX": "topman", "Jason-1": "ja1man", "Jason-2": "ja2man", "CryoSat-2": "cs2man",
    "Haiyang-2A": "h2aman", "Sentinel-3A": "s3aman", "Sentinel-6A": "s6aman",
}  # fmt: skip
GEO = {
    "Fengyun-2D": "manFY2D", "Fengyun-2E": "manFY2E", "Fengyun-2H": "manFY2H",
    "Fengyun-4A": "manFY4A",
}  # fmt: skip
SEQUENCES = {
    "June to August 2024": ("bg_20240616", "heyoka_20240705", "bg_20240709", "bg_20240808"),
    "December 2019": ("bg_20191212", "bg_20191217", "bg_20191223"),
    "August 2025": ("bg_20250808", "bg_20250901"),
}
# Components of the IDS files, by the code of their order, as radial, transverse, normal.
ORDER = {"005": (2, 1, 0), "006": (0, 1, 2), "007": (0, 1, 2)}
CST_NS, YEAR_NS = 8 * 3600 * NS_PER_S, 365.25 * NS_PER_DAY
ALL = 0.999  # a share of false discoveries that lets every candidate stand


@dataclass(frozen=True)
class Truth:
    """An operator's manoeuvres: k epochs, and delta-v in m/s, nan where it is not told."""

    epoch_tai_ns: Ints
    delta_v_m_s: Floats  # (k, 3) radial, transverse, normal
    yaml_tai_ns: Ints


@dataclass(frozen=True)
class Scored:
    """Detections of one satellite, and the events that they may match."""

    name: str
    score: Floats
    hit: NDArray[np.bool_]
    ignored: NDArray[np.bool_]  # it matches an event below the floor
    events: int
    below: int
    merged: int
    outside: int

    def counts(self, least: float, above_floor: bool) -> tuple[int, int, int]:
        """Right ones, detections and events at a score."""
        stands = self.score >= least
        if not above_floor:
            return int((stands & self.hit).sum()), int(stands.sum()), self.events
        stands &= ~self.ignored
        return int((stands & self.hit).sum()), int(stands.sum()), self.events - self.below


def ids_epoch(fields: Sequence[str]) -> int:
    """TAI of year, day of the year, hour, minute and maybe second, as IDS counts them."""
    start = tai_ns(f"{fields[0]}-01-01T00:00:00Z")
    # The files' clock is TAI; leap seconds within a year matter to nobody here.
    seconds = (int(fields[1]) - 1) * 86400 + int(fields[2]) * 3600 + int(fields[3]) * 60
    return start + round((seconds + float(fields[4] if len(fields) > 4 else 0)) * NS_PER_S)


def ids_truth(text: str) -> Iterator[tuple[int, Floats]]:
    """Yield epoch and delta-v of each manoeuvre of an IDS file, its burns taken together."""
    for line in text.splitlines():
        fields = line.split()
        if len(fields) < 9:
            continue
        at = 9 if len(fields) > 9 and fields[9].isdigit() else 10
        if len(fields) <= at or int(fields[at + 1]) == 0:
            yield (ids_epoch(fields[1:5]) + ids_epoch(fields[5:9])) // 2, np.full(3, np.nan)
            continue
        total = np.zeros(3)
        burns = [fields[b : b + 15] for b in range(at + 2, at + 2 + 15 * int(fields[at + 1]), 15)]
        for burn in burns:
            total[list(ORDER[fields[at]])] += np.array(burn[6:9], np.float64)
        yield ids_epoch(burns[0][:5]), total


def fengyun_truth(text: str) -> Iterator[tuple[int, Floats]]:
    """Yield the epoch of each manoeuvre of a Fengyun file, whose clock is China's."""
    for line in text.splitlines():
        if '"' in line:
            started = line.split('"')[1].split()[0].replace("/", "-")
            yield tai_ns(f"{started}Z") - CST_NS, np.full(3, np.nan)


@cache
def benchmark(data: Path) -> dict[str, tuple[History, Truth]]:
    """Histories and truths of the eleven satellites."""
    found = {}
    with tempfile.TemporaryDirectory() as folder, tarfile.open(data / BENCHMARK) as archive:
        archive.extractall(folder, filter="data")
        root = next(Path(folder).rglob("processed_files")).parent
        for name, file in (LOW | GEO).items():
            raw = root / "raw_data" / "manoeuvres"
            if name in LOW:
                told = sorted(ids_truth((raw / f"{file}.txt").read_text()), key=lambda one: one[0])
            else:
                text = (raw / f"{file}.txt.fy").read_text()
                told = sorted(fengyun_truth(text), key=lambda one: one[0])
            yaml = (root / "processed_files" / f"manoeuvres_{name}.yaml").read_text()
            times = [
                tai_ns(f"{line[2:12]}T{line[13:21]}Z") for line in yaml.splitlines()
                if line.startswith("- ")
            ]  # fmt: skip
            truth = Truth(
                np.array([epoch for epoch, _ in told], np.int64),
                np.array([delta_v for _, delta_v in told]), np.sort(np.array(times, np.int64)),
            )  # fmt: skip
            sets = root / "processed_files" / f"{name}.tle"
            found[name] = history(read_records(sets)), truth
    return found


def events_of(epoch: Ints, labels: Ints) -> tuple[Ints, list[Ints], int]:
    """Gaps that hold labels, which labels each holds, and how many lie outside the sets."""
    gap = np.searchsorted(epoch, labels, side="right") - 1
    inside = (gap >= 0) & (gap < len(epoch) - 1)
    gaps = np.unique(gap[inside])
    return gaps, [np.flatnonzero(inside & (gap == g)) for g in gaps], int((~inside).sum())


def matched(epoch: Ints, found_ns: Ints, score: Floats, gaps: Ints) -> Ints:
    """(k,) the event that each detection matches; -1 for none."""
    first, last = epoch[np.maximum(gaps - 1, 0)], epoch[np.minimum(gaps + 2, len(epoch) - 1)]
    middle = (epoch[gaps] + epoch[gaps + 1]) // 2
    taken, told = np.zeros(len(gaps), bool), np.full(len(found_ns), -1)
    for row in np.lexsort((found_ns, -score)):
        free = np.flatnonzero((first <= found_ns[row]) & (found_ns[row] <= last) & ~taken)
        if len(free):
            told[row] = free[np.argmin(np.abs(middle[free] - found_ns[row]))]
            taken[told[row]] = True
    return told


def scored(name: str, past: History, labels: Ints, delta_v: Floats, found: Manoeuvres) -> Scored:
    """Match what was found of one satellite to its labels."""
    epoch = past.elements.epoch_tai_ns
    gaps, held, outside = events_of(epoch, labels)
    size = np.array([np.linalg.norm(delta_v[rows].sum(axis=0)) for rows in held])
    below = size < 1e3 * float(detectability_km_s(past)[0])
    event = matched(epoch, found.epoch_tai_ns, found.score, gaps)
    ignored = (event >= 0) & below[np.maximum(event, 0)]
    merged = sum(len(rows) - 1 for rows in held)
    return Scored(
        name, found.score, event >= 0, ignored, len(gaps), int(below.sum()), merged, outside
    )


def rates(right: int, found: int, events: int) -> tuple[float, float, float]:
    """Precision, recall and F1."""
    return right / max(found, 1), right / max(events, 1), 2.0 * right / max(found + events, 1)


def best_score(cases: Sequence[Scored], above_floor: bool) -> float:
    """Return the score at which cases together have the best F1."""
    candidates = np.unique(np.concatenate([case.score for case in cases]))
    values = []
    for least in candidates:
        counts = np.array([case.counts(float(least), above_floor) for case in cases]).sum(axis=0)
        values.append(rates(*(int(count) for count in counts))[2])
    return float(candidates[int(np.argmax(values))])


def table(title: str, cases: Sequence[Scored], standing: Sequence[Scored]) -> Iterator[str]:
    """Yield a regime's scores: as the library decides by itself, and by others' threshold."""
    yield f"### {title}"
    yield ""
    yield (
        "| satellite | events | below floor | P | R | F1 | above floor: P | R | F1 | "
        "chosen on the others: F1 | above floor |"
    )
    yield "|---|---|---|---|---|---|---|---|---|---|---|"
    pooled = np.zeros((4, 3), np.int64)
    for case, stands in zip(cases, standing, strict=True):
        others = [other for other in cases if other is not case]
        rows = [stands.counts(0.0, False), stands.counts(0.0, True)] + [
            case.counts(best_score(others, above), above) for above in (False, True)
        ]
        pooled += np.array(rows)
        yield row(case.name, case.events, case.below, rows)
    total = [(int(a), int(b), int(c)) for a, b, c in pooled]
    yield row("**pooled**", sum(case.events for case in cases),
              sum(case.below for case in cases), total)  # fmt: skip
    yield ""
    yield (
        f"Labels that share a gap with an earlier one: {sum(case.merged for case in cases)}; "
        f"outside the sets' span: {sum(case.outside for case in cases)}."
    )
    yield ""


def row(name: str, events: int, below: int, counts: Sequence[tuple[int, int, int]]) -> str:
    """One line of a table of scores."""
    told = [rates(*one) for one in counts]
    cells = [f"{x:.2f}" for one in told[:2] for x in one] + [f"{one[2]:.2f}" for one in told[2:]]
    return f"| {name} | {events} | {below} | {' | '.join(cells)} |"


def regime(data: Path, names: Sequence[str], title: str) -> Iterator[str]:
    """Yield the tables of one regime, and what the YAML times would have made of them."""
    cases, standing, late = [], [], []
    for name in names:
        past, truth = benchmark(data)[name]
        every, stands = manoeuvres(past, false_discovery=ALL), manoeuvres(past)
        cases.append(scored(name, past, truth.epoch_tai_ns, truth.delta_v_m_s, every))
        standing.append(scored(name, past, truth.epoch_tai_ns, truth.delta_v_m_s, stands))
        nothing = np.full((len(truth.yaml_tai_ns), 3), np.nan)
        late.append(scored(name, past, truth.yaml_tai_ns, nothing, stands))
    yield from table(title, cases, standing)
    counts = np.array([case.counts(0.0, False) for case in late]).sum(axis=0)
    yield f"By the late times of the YAML files the pooled F1 would be {rates(*counts)[2]:.2f}."
    yield ""


def recall_at_one_a_year(data: Path) -> Iterator[str]:
    """Yield maneuver-detect's measure: recall at one false alarm per satellite-year."""
    yield "### Recall at one false alarm per satellite-year"
    yield ""
    yield "| labels | regime | satellites | satellite-years | events | recall | above floor |"
    yield "|---|---|---|---|---|---|---|"
    with tarfile.open(data / LABELS) as archive:
        member = next(one for one in archive.getmembers() if one.name.endswith("labels.json"))
        stream = archive.extractfile(member)
        labels = json.load(stream) if stream else []
    sources = (
        ("operators' files", "LEO", list(LOW), None), ("operators' files", "GEO", list(GEO), None),
        ("maneuver-detect 0.3", "LEO", list(LOW), labels),
    )  # fmt: skip
    for source, name, satellites, told in sources:
        cases, years = [], 0.0
        for satellite in satellites:
            past, truth = benchmark(data)[satellite]
            times, delta_v = truth.epoch_tai_ns, truth.delta_v_m_s
            if told is not None:
                mine = [one for one in told if one["norad_id"] == int(past.object_number[0])]
                if not mine:
                    continue
                times = np.array([tai_ns(f"{one['epoch'][:19]}Z") for one in mine], np.int64)
                size = [np.nan if one["delta_v"] is None else one["delta_v"] for one in mine]
                delta_v = np.column_stack([np.zeros((len(mine), 2)), np.array(size, np.float64)])
            cases.append(scored(satellite, past, times, delta_v,
                                manoeuvres(past, false_discovery=ALL)))  # fmt: skip
            epoch = past.elements.epoch_tai_ns
            years += float(epoch[-1] - epoch[0]) / YEAR_NS
        events = sum(case.events for case in cases)
        both = [at_one_a_year(cases, years, above) for above in (False, True)]
        yield (
            f"| {source} | {name} | {len(cases)} | {years:.0f} | {events} | {both[0]:.2f} | "
            f"{both[1]:.2f} |"
        )
    yield ""


def at_one_a_year(cases: Sequence[Scored], years: float, above_floor: bool) -> float:
    """Return recall at the lowest score with one false alarm per satellite-year."""
    best = 0.0
    for least in np.unique(np.concatenate([case.score for case in cases])):
        counts = np.array([case.counts(float(least), above_floor) for case in cases]).sum(axis=0)
        if counts[1] - counts[0] <= years:
            best = max(best, rates(*(int(count) for count in counts))[1])
    return best


def false_alarms(data: Path, sequences: Mapping[str, Sequence[str]] = SEQUENCES) -> Iterator[str]:
    """Yield what is found of objects that cannot manoeuvre, in sequences of full catalogues."""
    yield "### False alarms in sequences of full catalogues"
    yield ""
    yield (
        "| catalogues | debris | object-years | false alarms | per object-year | "
        "rocket bodies, per object-year | Starlink satellites found manoeuvring |"
    )
    yield "|---|---|---|---|---|---|---|"
    for title, files in sequences.items():
        paths = [data / "catalogues" / f"{file}.3le.xz" for file in files]
        records = read_records(*paths)
        past = history(records)
        names = records.object_name[past.row[past.first[:-1]]]
        debris, bodies, starlink = (
            np.char.find(np.char.upper(names), word) >= 0 for word in (" DEB", " R/B", "STARLINK")
        )
        epoch = past.elements.epoch_tai_ns
        years = (epoch[past.first[1:] - 1] - epoch[past.first[:-1]]) / YEAR_NS
        found = manoeuvres(past)
        owner = np.searchsorted(past.object_number, found.catalogue_number)
        alarms, others = int(debris[owner].sum()), int(bodies[owner].sum())
        seen = len(np.unique(owner[starlink[owner]]))
        yield (
            f"| {title} ({len(files)}) | {debris.sum():,} | {years[debris].sum():,.0f} | {alarms} "
            f"| {alarms / years[debris].sum():.3f} | {others / years[bodies].sum():.3f} | "
            f"{seen:,} of {int(starlink.sum()):,} |"
        )
    yield ""


def delta_v(data: Path) -> Iterator[str]:
    """Yield how the delta-v found compares with the operators'."""
    yield "### Delta-v and time against the operators'"
    yield ""
    yield (
        "| satellite | matched | median ratio | 16 % | 84 % | within 2 sigma | "
        "time off, hours: 16 % | median | 84 % |"
    )
    yield "|---|---|---|---|---|---|---|---|---|"
    for name in (*LOW, *GEO):
        past, truth = benchmark(data)[name]
        found, epoch = manoeuvres(past), past.elements.epoch_tai_ns
        gaps, held, _ = events_of(epoch, truth.epoch_tai_ns)
        event = matched(epoch, found.epoch_tai_ns, found.score, gaps)
        hits = np.flatnonzero(event >= 0)
        sums = np.array([truth.delta_v_m_s[held[event[k]]].sum(axis=0) for k in hits])
        when = np.array([truth.epoch_tai_ns[held[event[k]]].mean() for k in hits])
        size = np.linalg.norm(sums, axis=1)
        hours = (found.epoch_tai_ns[hits] - when) / NS_PER_S / 3600
        clear = size > 1e3 * found.detectable_km_s[hits]
        told = ["", "", "", ""]
        if clear.any():
            mine = 1e3 * found.delta_v_km_s[hits][clear]
            sigma = 1e3 * found.delta_v_sigma_km_s[hits][clear]
            ratio = np.percentile(mine / size[clear], [50, 16, 84])
            within = float((np.abs(mine - size[clear]) <= 2.0 * sigma).mean())
            told = [*(f"{x:.2f}" for x in ratio), f"{within:.0%}"]
        off = np.percentile(hours, [16, 50, 84])
        cells = [name, str(len(hits)), *told, *(f"{x:.1f}" for x in off)]
        yield f"| {' | '.join(cells)} |"
    yield ""


def spoilt(past: History) -> Iterator[tuple[str, History]]:
    """Yield one satellite's history made worse in ways that real ones are."""
    rng = np.random.default_rng(7)
    one, n = past.elements, len(past.elements)
    yield "as it is", past
    few = rng.random(n) < 1e-3
    turned = replace(one, mean_anomaly_rad=one.mean_anomaly_rad + 0.3 * few)
    yield "one bad set in a thousand", replace(past, elements=turned)
    some = rng.random(n) < 1e-2
    shifted = replace(one, epoch_tai_ns=one.epoch_tai_ns + some * 60 * NS_PER_S)
    yield "epochs of a hundredth off by a minute", ordered(past, shifted)
    other = rng.permutation(n)
    tagged = replace(
        one, raan_rad=np.where(some, one.raan_rad[other], one.raan_rad),
        mean_anomaly_rad=np.where(some, one.mean_anomaly_rad[other], one.mean_anomaly_rad),
    )  # fmt: skip
    yield "a hundredth of another object", replace(past, elements=tagged)
    yield "every other set missing", ordered(past, one.take(np.arange(0, n, 2)))
    month = np.arange(n)[(np.arange(n) // 30) % 4 != 3]
    yield "every fourth month missing", ordered(past, one.take(month))


def ordered(past: History, elements: MeanElements) -> History:
    """One satellite's history of other sets, in order of time and without doubles."""
    _, order = np.unique(elements.epoch_tai_ns, return_index=True)
    first = np.array([0, len(order)], np.int64)
    return History(elements.take(order), order, past.object_number, first, np.zeros(0, np.int64))


def bad_histories(data: Path) -> Iterator[str]:
    """Yield how bad histories cost score, of the low orbits together."""
    yield "### Bad histories, low orbits together"
    yield ""
    yield "| history | events | P | R | F1 |"
    yield "|---|---|---|---|---|"
    pooled: dict[str, Ints] = {}
    for name in LOW:
        past, truth = benchmark(data)[name]
        for what, worse in spoilt(past):
            case = scored(name, worse, truth.epoch_tai_ns, truth.delta_v_m_s, manoeuvres(worse))
            pooled[what] = pooled.get(what, np.zeros(3, np.int64)) + case.counts(0.0, False)
    for what, counts in pooled.items():
        told = rates(*(int(count) for count in counts))
        yield f"| {what} | {counts[2]} | {' | '.join(f'{x:.2f}' for x in told)} |"
    yield ""


def report(data: Path) -> Iterator[str]:
    """Yield all tables, line by line, in Markdown."""
    yield from regime(data, list(LOW), "Low orbits: seven satellites, 1992 to 2022")
    yield from regime(data, list(GEO), "The geostationary belt: four satellites, 2011 to 2022")
    yield from recall_at_one_a_year(data)
    yield from delta_v(data)
    yield from false_alarms(data)
    yield from bad_histories(data)


if __name__ == "__main__":
    for line in report(Path(sys.argv[1]) if len(sys.argv) > 1 else SHARED):
        print(line)

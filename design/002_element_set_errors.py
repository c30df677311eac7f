"""
How far element sets are from later ones: the constants of commonsky.assess.uncertainty.

Run from the repository root: python design/002_element_set_errors.py [folder of real data]
It prints the laws to paste, what they leave over, how well the rule for steered payloads tells
them apart, and draws docs/element_set_errors.svg.  It takes about a minute.

Real: catalogues of Space-Track as mirrored by Bill Gray and in heyoka.py, and CelesTrak's GP data
(CelesTrak, Dr T.S. Kelso) as read half-hourly in May 2026.

Each older set is propagated by SGP4 into the first revolution after the epoch of the newer one,
at random places, and compared there: radius, angle along the orbit and angle across it, in km.
Eccentric orbits with a low perigee are compared below 2000 km, where they meet others.  Analyst
objects (numbers from 270 000 here) change their identity between catalogues and are left out.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
from scipy.optimize import minimize
from sgp4.api import WGS72, Satrec

from commonsky.assess.uncertainty import (
    DRAG_ERROR,
    RADIAL_SHARES,
    Kind,
    OrbitClass,
    drag_km_day2,
    kinds,
    orbit_classes,
)
from commonsky.astro.arrays import Floats, Ints
from commonsky.astro.elements import RADIUS_WGS72_KM, MeanElements
from commonsky.astro.epoch import utc_ns
from commonsky.astro.frames import rotated, rotation_rtn
from commonsky.catalogue.catalogue import Catalogue
from commonsky.node.intake import read_records

SHARED = Path(__file__).parents[1].parent / "shared" / "data"
FIGURE = Path("docs/element_set_errors.svg")
QUIET = (("bg_20191212", "bg_20191217"), ("bg_20191217", "bg_20191223"),
         ("bg_20191212", "bg_20191223"))  # fmt: skip
ACTIVE = (("bg_20240616", "heyoka_20240705"), ("heyoka_20240705", "bg_20240709"),
          ("bg_20240616", "bg_20240709"), ("bg_20240709", "bg_20240808"),
          ("bg_20250808", "bg_20250901"))  # fmt: skip
HISTORIES = ("geo", "military", "oneweb", "resource", "science", "starlink", "stations", "weather")
HISTORY = "20260524-20260530"
FIRST_ANALYST = 270_000
NS_PER_DAY = 86_400_000_000_000
LEAST_AGE_DAYS = 0.5  # younger pairs share nearly all of their tracking
HOUR = 1.0 / 24.0
AGES_DAYS = np.array([0.5, 1.0, 1.5, 2.0, 3.0, 4.5, 6.0, 8.0, 11.0, 15.0, 21.0, 26.0, 33.0])
FEWEST = 30  # pairs in a bin of ages
PLACES = 4  # on the revolution
PAIRS_PER_OBJECT = 24
MEDIAN, UPPER = 0.6745, 1.9600  # of |x| of a standard Gaussian: its median and 95 % quantile
STARTS = np.array([(0.1, 0.3, 0.3), (0.01, 2.0, 0.1), (3.0, 0.1, 3.0)])
YOUNG_DAYS, SMALLEST = 3.0, 1e-3
RADIAL, IN_TRACK = range(2)
SHOWN = (
    ("#b3312c", "debris below 400 km", OrbitClass.LEO_BELOW_400_KM, Kind.DEBRIS),
    ("#c98a1b", "debris, 400 to 600 km", OrbitClass.LEO_BELOW_600_KM, Kind.DEBRIS),
    ("#7a7a7a", "debris, 600 to 1000 km", OrbitClass.LEO_BELOW_1000_KM, Kind.DEBRIS),
    ("#2a6fbb", "steered, 400 to 600 km", OrbitClass.LEO_BELOW_600_KM, Kind.STEERED),
)
ORBITS = tuple(orbit for orbit in OrbitClass if orbit is not OrbitClass.UNKNOWN)


@dataclass(frozen=True)
class Pairs:
    """Differences (n, places, 3) of pairs of sets, absolute values in km, by class."""

    error_km: Floats
    age_days: Floats
    orbit: Ints
    kind: Ints
    drag_km: Floats  # displacement by drag over the age
    interval: np.ndarray  # which snapshots
    number: Ints

    def take(self, keep: np.ndarray) -> Pairs:
        """Return the pairs that are kept."""
        return Pairs(*(getattr(self, name)[keep] for name in self.__dataclass_fields__))


def joined(parts: list[Pairs]) -> Pairs:
    """Return all pairs in one table."""
    return Pairs(
        *(
            np.concatenate([getattr(part, name) for part in parts])
            for name in Pairs.__dataclass_fields__
        )
    )


def states(elements: MeanElements, minutes: Floats) -> tuple[Floats, Floats]:
    """Positions and velocities (n, 3) in TEME so many minutes after each epoch, nan on errors."""
    days = (utc_ns(elements.epoch_tai_ns) / NS_PER_DAY) + 7306.0  # since 1949-12-31
    position, velocity = np.full((len(elements), 3), np.nan), np.full((len(elements), 3), np.nan)
    for k in range(len(elements)):
        satellite = Satrec()
        satellite.sgp4init(
            WGS72, "i", 0, days[k], elements.bstar_per_earth_radius[k], 0.0, 0.0,
            elements.eccentricity[k], elements.argument_of_perigee_rad[k],
            elements.inclination_rad[k], elements.mean_anomaly_rad[k],
            elements.mean_motion_rad_min[k], elements.raan_rad[k],
        )  # fmt: skip
        status, r, v = satellite.sgp4_tsince(minutes[k])
        if status == 0:
            position[k], velocity[k] = r, v
    return position, velocity


def errors_km(older: MeanElements, newer: MeanElements, rng: np.random.Generator) -> Floats:
    """(n, places, 3) how far the older sets are from the newer ones, along the curved axes."""
    wait_min = (newer.epoch_tai_ns - older.epoch_tai_ns) / 60e9
    period_min = 2.0 * np.pi / newer.mean_motion_rad_min
    e, axis_km = newer.eccentricity, newer.semi_major_axis_km
    # The eccentric anomaly at 2000 km, for eccentric orbits that come below it.
    low = (e > 0.1) & (newer.perigee_height_km < 2000.0)
    cosine = (1.0 - (RADIUS_WGS72_KM + 2000.0) / axis_km) / np.maximum(e, 1e-9)
    widest = np.where(low, np.arccos(np.clip(cosine, -1.0, 1.0)), np.pi)
    found = []
    for _ in range(PLACES):
        anomaly = widest * rng.uniform(-1.0, 1.0, len(e))
        turn = anomaly - e * np.sin(anomaly) - newer.mean_anomaly_rad
        later_min = np.mod(turn / (2.0 * np.pi), 1.0) * period_min
        one, _ = states(older, wait_min + later_min)
        two, speed = states(newer, later_min)
        radial, along, across = rotated(rotation_rtn(two, speed), one).T
        r1, r2 = np.linalg.norm(one, axis=1), np.linalg.norm(two, axis=1)
        angles = (np.arctan2(along, radial) * r2, np.arcsin(across / r1) * r2)
        found.append(np.abs(np.stack([r1 - r2, *angles], axis=1)))
    return np.stack(found, axis=1)


def pairs(
    older: Catalogue, newer: Catalogue, interval: str, rng: np.random.Generator,
    least_days: float = LEAST_AGE_DAYS,
) -> Pairs:  # fmt: skip
    """Return the differences of two catalogues, row by row, as the older set's class has them."""
    keep = np.flatnonzero(
        (newer.elements.epoch_tai_ns - older.elements.epoch_tai_ns > least_days * NS_PER_DAY)
        & (newer.catalogue_number < FIRST_ANALYST)
    )
    older, newer = older.take(keep), newer.take(keep)
    age = (newer.elements.epoch_tai_ns - older.elements.epoch_tai_ns) / NS_PER_DAY
    orbit = orbit_classes(older.elements)
    table = Pairs(
        errors_km(older.elements, newer.elements, rng), age, orbit.astype(np.int64),
        kinds(older, orbit).astype(np.int64), drag_km_day2(older.elements) * age**2,
        np.full(len(age), interval), older.catalogue_number,
    )  # fmt: skip
    return table.take(np.asarray(np.isfinite(table.error_km).all(axis=(1, 2))))


def of_snapshots(folder: Path, names: tuple[str, str], rng: np.random.Generator) -> Pairs:
    """Return the differences of two whole catalogues."""
    one, two = (read_records(folder / "catalogues" / f"{name}.3le.xz") for name in names)
    _, i, j = np.intersect1d(one.catalogue_number, two.catalogue_number, return_indices=True)
    return pairs(one.take(i), two.take(j), "-".join(name[-8:] for name in names), rng)


def of_history(
    folder: Path, group: str, rng: np.random.Generator, least_days: float = LEAST_AGE_DAYS
) -> Pairs:
    """Return differences of many sets of the same objects within a week."""
    ending = "_mod5eq0" if group == "starlink" else ""
    name = f"celestrak_{group}_20260524-30_history{ending}.3le.xz"
    sets = read_records(folder / "manoeuvres" / name)
    sets = sets.take(np.lexsort((sets.elements.epoch_tai_ns, sets.catalogue_number)))
    starts = np.flatnonzero(np.diff(sets.catalogue_number, prepend=-1))
    chosen = [
        start + np.sort(rng.choice(stop - start, (PAIRS_PER_OBJECT, 2)), axis=1)
        for start, stop in zip(starts, np.append(starts[1:], len(sets)), strict=True)
    ]
    rows = np.unique(np.concatenate(chosen), axis=0)
    return pairs(sets.take(rows[:, 0]), sets.take(rows[:, 1]), HISTORY, rng, least_days)


def bins(some: Pairs) -> Iterator[Pairs]:
    """Return the pairs of one age after the other, where there are enough."""
    place = np.digitize(some.age_days, AGES_DAYS)
    for k in range(1, len(AGES_DAYS)):
        if (place == k).sum() >= FEWEST:
            yield some.take(place == k)


def sigma(some: Pairs, axis: int, law: Floats) -> Floats:
    """(n,) sigma of an axis under floor, rate and acceleration, and the error of the drag."""
    age, drag = some.age_days, DRAG_ERROR * some.drag_km
    variance = law[0] ** 2 + (law[1] * age) ** 2
    if axis == RADIAL:
        variance = variance + (RADIAL_SHARES[some.orbit] * drag) ** 2
    if axis == IN_TRACK:
        variance = variance + (law[2] * age**2) ** 2 + drag**2
    return np.asarray(np.sqrt(variance))


def fitted(some: Pairs, axis: int) -> Floats:
    """Floor, rate and acceleration for which each age has the median of a Gaussian."""
    parts = list(bins(some))
    # Thrust bends the orbits of many; of the eccentric ones there are too few to tell.
    bends = axis == IN_TRACK and bool((some.kind == Kind.STEERED).all())
    bends &= bool((some.orbit < OrbitClass.ECCENTRIC).all())

    def misfit(log_law: Floats) -> float:
        law = np.append(np.exp(log_law), 0.0)
        ratios = [
            np.median(part.error_km[:, :, axis] / sigma(part, axis, law)[:, None]) / MEDIAN
            for part in parts
        ]
        return float(np.square(np.log(ratios)).sum())

    tries = [
        minimize(misfit, np.log(start[: 3 if bends else 2]), method="Nelder-Mead")
        for start in STARTS
    ]
    best = min(tries, key=lambda one: one.fun)
    law = np.append(np.exp(best.x), 0.0)[:3]
    # What the young ones do not show is not known; what is too small to count is left out.
    if parts[0].age_days.mean() > YOUNG_DAYS:
        law[0] = 0.0
    return np.where(law < SMALLEST, 0.0, law)


def quantiles(some: Pairs, axis: int, law: Floats) -> Floats:
    """(2, ages) sigma by the median and by the 95 % quantile, over that of a law."""
    rows = []
    for part in bins(some):
        ratio = part.error_km[:, :, axis] / sigma(part, axis, law)[:, None]
        rows.append((np.median(ratio) / MEDIAN, np.quantile(ratio, 0.95) / UPPER))
    return np.array(rows).reshape(-1, 2).T


def of_class(table: Pairs, orbit: OrbitClass, kind: Kind) -> Pairs:
    """
    Return the pairs of a class.

    Few eccentric ones are steered, so they stand together.  The histories are of satellites in
    use: what the rule there calls drifting is steered more often than elsewhere.
    """
    eccentric = (OrbitClass.ECCENTRIC, OrbitClass.HIGH_ECCENTRIC)
    together = kind is Kind.STEERED and orbit in eccentric
    same = np.isin(table.orbit, eccentric if together else (orbit,))
    biased = (kind is Kind.DRIFTING) & (table.interval == HISTORY)
    return table.take(same & (table.kind == kind) & ~biased)


def print_laws(active: Pairs, quiet: Pairs) -> None:
    """Print the laws to paste, then what their medians leave over, and 2019 beside them."""
    remarks = ["", f"{'':<32} pairs, ages; floors seen; spread of the medians; 2019 over the law"]
    for orbit in ORBITS:
        print(f"    OrbitClass.{orbit.name}: (")
        for kind in Kind:
            some, before = of_class(active, orbit, kind), of_class(quiet, orbit, kind)
            laws = np.array([fitted(some, axis) for axis in range(3)])
            both = [quantiles(some, axis, law) for axis, law in enumerate(laws)]
            then = [quantiles(before, axis, law) for axis, law in enumerate(laws)]
            tails = [max(1.0, float(np.median(upper))) for _, upper in both]
            spread = [np.exp(np.std(np.log(middle))) for middle, _ in both]
            past = [np.median(middle) if middle.size else np.nan for middle, _ in then]
            bend = f"{laws[IN_TRACK, 2]:.2g}"
            print(f"        Law(({numbers(laws[:, 1])}), {bend}, ({numbers(tails)})),")
            remarks.append(
                f"{orbit.name + ' ' + kind.name:<32} {len(some.age_days):6}, "
                f"{some.age_days.min():.1f}-{some.age_days.max():.0f} d; {numbers(laws[:, 0])}; "
                f"{numbers(spread)}; {numbers(past)}"
            )
        print("    ),")
    print("\n".join(remarks))


def numbers(values: Iterable[float]) -> str:
    """Return numbers to two digits."""
    return ", ".join(f"{value:.2g}" for value in values)


def print_drag(everything: Pairs) -> None:
    """Print which fraction of the displacement by drag was wrong, interval by interval."""
    drifting = everything.kind != Kind.STEERED
    drifting &= everything.orbit <= OrbitClass.LEO_BELOW_1000_KM
    plain = everything.take(drifting & (everything.drag_km > 20.0) & (everything.drag_km < 5000.0))
    print(
        "\nfraction of the drag that was wrong below 400, 600, 1000 km; its tail, and without drag"
    )
    middles = []
    for interval in np.unique(plain.interval):
        told = []
        for orbit in ORBITS[:3]:
            some = plain.take((plain.interval == interval) & (plain.orbit == orbit))
            if len(some.age_days) < FEWEST:
                told.append(f"{'-':^18}")
                continue
            error = some.error_km[:, :, IN_TRACK]
            middle, over = middle_and_tail(error / some.drag_km[:, None])
            middles.append(middle)
            told.append(f"{middle:6.3f} ({over:4.1f} {middle_and_tail(error)[1]:4.1f})")
        print(f"{interval:<18}" + "  ".join(told))
    print(f"median {np.median(middles):.3f}, from {min(middles):.3f} to {max(middles):.3f}")
    print("radial error over the in-track error, where drag makes it")
    for orbit in (*ORBITS[:3], OrbitClass.ECCENTRIC):
        some = everything.take((everything.kind != Kind.STEERED) & (everything.orbit == orbit))
        some = some.take(some.drag_km * DRAG_ERROR > 100.0)
        radial, along = (np.median(some.error_km[:, :, axis]) for axis in (RADIAL, IN_TRACK))
        print(f"{orbit.name:<22}{radial / along:7.4f}, {len(some.age_days)} pairs")


def middle_and_tail(values: Floats) -> tuple[float, float]:
    """Return the sigma by the median, and that by the 95 % quantile over it."""
    middle = float(np.median(values)) / MEDIAN
    return middle, float(np.quantile(values, 0.95)) / UPPER / middle


def print_young(folder: Path) -> None:
    """Print how near sets of the same tracking are to each other."""
    rng = np.random.default_rng(3)
    some = joined([of_history(folder, group, rng, HOUR) for group in ("weather", "resource")])
    some = some.take((some.orbit == OrbitClass.LEO_BELOW_1000_KM) & (some.age_days < 3.0 * HOUR))
    sigmas = (np.median(some.error_km[:, :, axis]) / MEDIAN for axis in range(3))
    print(f"\n{len(some.age_days)} pairs one to three hours apart: {numbers(sigmas)} km")


def print_steered(everything: Pairs) -> None:
    """Print how often payloads left what nobody steers behind, by what the rule says of them."""
    print("\nshare of payloads farther off in-track than 99 % of rocket bodies and old payloads")
    one = everything.take(everything.interval == "20240705-20240709")
    off = np.median(one.error_km[:, :, 1], axis=1)
    for orbit in ORBITS:
        drifts = (one.orbit == orbit) & (one.kind == Kind.DRIFTING)
        steered = (one.orbit == orbit) & (one.kind == Kind.STEERED)
        if drifts.sum() < FEWEST or steered.sum() < FEWEST:
            continue
        limit = np.quantile(off[drifts], 0.99)
        print(
            f"{orbit.name:<22}{limit:8.2f} km: of {drifts.sum()} drifting "
            f"{(off[drifts] > limit).mean():.3f}, of {steered.sum()} steered "
            f"{(off[steered] > limit).mean():.3f}; medians {np.median(off[drifts]):.2f} and "
            f"{np.median(off[steered]):.2f} km"
        )


def draw(found: Pairs) -> None:
    """Draw in-track errors over age, whole and as a fraction of the drag, before and after."""
    mpl.rcParams |= {"svg.fonttype": "none", "svg.hashsalt": "errors", "font.size": 9}
    figure, (left, right) = plt.subplots(1, 2, figsize=(9.0, 4.2), layout="constrained")
    quiet = np.char.startswith(found.interval, "2019")
    for colour, label, orbit, kind in SHOWN:
        for past in (False, True):
            some = of_class(found.take(quiet == past), orbit, kind)
            parts = list(bins(some))
            ages = [np.median(part.age_days) for part in parts]
            whole = [np.median(part.error_km[:, :, IN_TRACK]) / MEDIAN for part in parts]
            looks = {"mfc": "none" if past else colour, "ms": 4, "color": colour}
            left.plot(ages, whole, "o", **looks, label=None if past else label)
            if kind is not Kind.STEERED:
                over = [
                    np.median(part.error_km[:, :, IN_TRACK] / part.drag_km[:, None]) / MEDIAN
                    for part in parts
                ]
                right.plot(ages, over, "o", **looks)
    right.axhline(DRAG_ERROR, color="black", linewidth=0.8)
    right.text(0.55, DRAG_ERROR * 0.85, f"{DRAG_ERROR:g}, the published fraction")
    right.set_yticks([0.05, 0.1, 0.2, 0.5, 1.0])
    right.yaxis.set_major_formatter(lambda value, _: f"{value:g}")
    left.set_ylabel("in-track sigma by the median, km")
    right.set_ylabel("the same over the displacement by drag")
    for panel in (left, right):
        panel.set(xscale="log", yscale="log", xlabel="age, days")
        panel.set_xticks([0.5, 1, 2, 5, 10, 20], ["0.5", "1", "2", "5", "10", "20"])
        panel.minorticks_off()
        panel.spines[["top", "right"]].set_visible(False)
    left.legend(frameon=False, title="filled: 2024 to 2026; open: 2019", loc="upper left")
    figure.savefig(FIGURE, metadata={"Date": None})


def everything(folder: Path) -> Pairs:
    """Return the pairs of all intervals."""
    rng = np.random.default_rng(2)
    parts = [of_snapshots(folder, names, rng) for names in QUIET + ACTIVE]
    return joined(parts + [of_history(folder, group, rng) for group in HISTORIES])


def main() -> None:
    """Print the laws and draw the figure."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else SHARED
    found = everything(folder)
    quiet = np.char.startswith(found.interval, "2019")
    print_laws(found.take(~quiet), found.take(quiet))
    print_drag(found)
    print_steered(found)
    print_young(folder)
    draw(found)


if __name__ == "__main__":
    main()

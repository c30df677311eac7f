"""What satellites take up along their orbits, by tables of others, and how long margins last."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from commonsky.astro.arrays import Floats, Ints
from commonsky.astro.epoch import NS_PER_DAY
from commonsky.characterise.dose_table import DoseTable, Places, Quantity, behind, rates_at
from commonsky.characterise.magnetic_coordinates import dipole_uncertainty

EQUATORIAL_RADIUS_KM = 6378.137  # heights of tables count from here
LONGEST_DAYS = 36_525.0  # what lasts a century is not followed further
WORST_SHARE = 0.8
BISECTIONS = 100
ROUNDING = 1e-12


class Verdict(IntEnum):
    """Whether a margin lasts as long as it must."""

    HOLDS = 0
    HOLDS_SAFED_IN_WINDOWS = 1
    HOLDS_SAFED_THROUGHOUT = 2
    DOES_NOT_HOLD = 3  # safed or not
    DOES_NOT_HOLD_UNSAFED = 4  # and what safing would save nobody has declared
    CANNOT_BE_TOLD = 5


@dataclass(frozen=True, slots=True)
class Margins:
    """
    What operators declare of m satellites, by ascending number; nan where they do not.

    `safed_factor` is the exposure of a safed satellite over that of one that is not.
    """

    catalogue_number: Ints
    dose_gy: Floats
    shielding_mm_al: Floats
    fluence_per_cm2: Floats
    particles: NDArray[np.str_]  # that the fluence is of
    safed_factor: Floats


@dataclass(frozen=True, slots=True)
class Exposure:
    """
    Exposure of n satellites in a span of time, to t tables that add up.

    Means are over the span, with decay as at its start; where a table is silent they take 0, so
    that they are lower bounds where `outside_share` is above 0.  The windows are the shortest time
    in which a satellite takes up `WORST_SHARE` of all; window w is of satellite `window_of[w]`.
    A table over orbits knows only means over whole ones, and with one there are no windows.
    """

    mean_per_day: Floats  # (n, t)
    mean_in_windows_per_day: Floats  # (n, t): of the mean; nan without windows
    in_span: Floats  # (n,) decay included
    peak_per_day: Floats  # (n,)
    outside_share: Floats  # (n,) of the time in which some table is silent
    field_factor: Floats  # (n,) as `dipole_uncertainty`, 1 where no dipole was asked
    window_time_share: Floats  # (n,)
    window_of: Ints  # (w,)
    window_start_tai_ns: Ints
    window_stop_tai_ns: Ints


@dataclass(frozen=True, slots=True)
class Judgement:
    """How long margins of n satellites last, and whether that is enough; nan is not known."""

    rate_per_day: Floats
    margin: Floats
    days: Floats
    days_safed_in_windows: Floats
    days_safed_throughout: Floats
    verdict: NDArray[np.int8]  # `Verdict`


def orbit_rates(
    table: DoseTable, height_km: Floats, shells: tuple[Floats, Floats], inclination_rad: Floats,
    shielding_mm_al: Floats,
) -> Floats:  # fmt: skip
    """
    (n, k) undecayed rates a day of n satellites at k places; nan outside the table.

    The places are heights over 6378.137 km (n, k), and L and B/B0 (n, k) in whatever field.
    A table over orbits is read at each height on the way: for an eccentric orbit that is exact
    only where the perigee wanders, since such tables are means over circular ones.
    """
    if table.places is Places.SHELLS:
        first, second = shells
    else:
        first, second = height_km, np.broadcast_to(inclination_rad[:, None], height_km.shape)
    found = np.full(first.shape, np.nan)
    told = np.nan_to_num(shielding_mm_al, nan=-1.0)  # behind which no table speaks of doses
    for thickness in np.unique(told):  # fleets have few
        rows = np.flatnonzero(told == thickness)
        found[rows] = rates_at(table, behind(table, float(thickness)), first[rows], second[rows])
    return found


def exposure(
    rates_per_day: Sequence[Floats], tables: Sequence[DoseTable], height_km: Floats,
    epoch_tai_ns: Ints, *, dipole: bool = False,
) -> Exposure:  # fmt: skip
    """
    Return the exposure by rates (n, k) to each of t tables, at k evenly spaced epochs.

    Integrals are by the trapezoidal rule.  `dipole` says that L and B/B0 were those of one.
    """
    outside = np.logical_or.reduce([np.isnan(rates) for rates in rates_per_day])
    weight = np.full(len(epoch_tai_ns), 1.0)
    weight[[0, -1]] = 0.5
    weight /= weight.sum()
    span_days = float(epoch_tai_ns[-1] - epoch_tai_ns[0]) / NS_PER_DAY
    left = [decay(table, epoch_tai_ns) for table in tables]
    rates = [np.nan_to_num(one) * kept[0] for one, kept in zip(rates_per_day, left, strict=True)]
    total = np.sum(rates, axis=0)
    local = all(table.places is Places.SHELLS for table in tables)
    worst = _worst(total, weight) if local else np.zeros(total.shape, np.bool_)
    summed = sum(one @ (weight * kept / kept[0]) for one, kept in zip(rates, left, strict=True))
    shells = [r for r, one in zip(rates, tables, strict=True) if one.places is Places.SHELLS]
    sure = not (dipole and shells)
    return Exposure(
        np.stack([one @ weight for one in rates], axis=1),
        np.stack(
            [(one * worst) @ weight if local else one[:, 0] * np.nan for one in rates], axis=1
        ),
        np.asarray(summed * span_days),
        total.max(axis=1),
        outside @ weight,
        np.ones(len(total)) if sure else dipole_uncertainty(np.sum(shells, axis=0), height_km),
        worst @ weight,
        *_windows(worst, epoch_tai_ns),
    )


def decay(table: DoseTable, epoch_tai_ns: Ints) -> Floats:
    """(k,) what is left of a table's rates at k epochs, 1 where it does not decay."""
    since = table.epoch_tai_ns or int(epoch_tai_ns[0])
    return np.exp(-((epoch_tai_ns - since) / NS_PER_DAY) / table.efolding_days)


def _worst(rate: Floats, weight: Floats) -> NDArray[np.bool_]:
    """(n, k) where rates are the highest, until these make up `WORST_SHARE` of the exposure."""
    order = np.argsort(-rate, axis=1, kind="stable")
    highest = np.take_along_axis(rate, order, axis=1)
    gained = np.cumsum(highest * weight[order], axis=1)
    enough = gained >= WORST_SHARE * gained[:, -1:] * (1.0 - ROUNDING)
    least = np.take_along_axis(highest, enough.argmax(axis=1)[:, None], axis=1)
    # Rates that differ by rounding only belong together: an even rate has no window.
    return (rate >= least * (1.0 - ROUNDING)) & (rate > 0.0)


def _windows(worst: NDArray[np.bool_], epoch_tai_ns: Ints) -> tuple[Ints, Ints, Ints]:
    """Satellite, start and stop of each run of epochs, half a step wider on either side."""
    edge = np.diff(np.pad(worst.astype(np.int8), ((0, 0), (1, 1))), axis=1)
    of, begin = np.nonzero(edge == 1)
    end = np.nonzero(edge == -1)[1]
    half = int(epoch_tai_ns[1] - epoch_tai_ns[0]) // 2
    start = np.maximum(epoch_tai_ns[begin] - half, epoch_tai_ns[0])
    return of, start, np.minimum(epoch_tai_ns[end - 1] + half, epoch_tai_ns[-1])


def margins_of(margins: Margins, catalogue_number: Ints) -> Margins:
    """Return the margins of these satellites, in their order; nan where none is declared."""
    known = np.isin(catalogue_number, margins.catalogue_number)
    place = np.searchsorted(margins.catalogue_number, catalogue_number[known])

    def column(values: Floats) -> Floats:
        found = np.full(len(catalogue_number), np.nan)
        found[known] = values[place]
        return found

    particles = np.full(len(catalogue_number), "", margins.particles.dtype)
    particles[known] = margins.particles[place]
    return Margins(
        catalogue_number, column(margins.dose_gy), column(margins.shielding_mm_al),
        column(margins.fluence_per_cm2), particles, column(margins.safed_factor),
    )  # fmt: skip


def judged(
    found: Exposure, tables: Sequence[DoseTable], margins: Margins, needed_days: float
) -> Judgement:
    """
    Return how long margins last, for n satellites exposed to tables of one quantity.

    A verdict stands only if it is the same at both ends of what the field leaves uncertain.
    Margins of other particles than the tables' are no margins here.
    """
    folding = np.array([table.efolding_days for table in tables])
    if tables[0].quantity is Quantity.DOSE:
        margin = margins.dose_gy
    else:
        same = np.char.lower(margins.particles) == tables[0].particles.lower()
        margin = np.where(same, margins.fluence_per_cm2, np.nan)
    silent = found.outside_share > 1.0 - ROUNDING
    mean = np.where(silent[:, None], np.nan, found.mean_per_day)
    saved = 1.0 - margins.safed_factor[:, None]
    safed = (mean, mean - saved * found.mean_in_windows_per_day, mean * (1.0 - saved))

    def lasts(times: Floats) -> tuple[Floats, Floats, Floats]:
        one, two, three = (days_of_margin(r * times[:, None], folding, margin) for r in safed)
        return one, two, three

    bounded = np.isfinite(found.field_factor)
    factor = np.where(bounded, found.field_factor, 1.0)
    ends = [
        verdicts(*lasts(times), found.outside_share, needed_days)
        for times in (factor, 1.0 / factor)
    ]
    verdict = np.where(bounded & (ends[0] == ends[1]), ends[0], Verdict.CANNOT_BE_TOLD)
    days = lasts(np.ones(len(margin)))
    return Judgement(mean.sum(axis=1), margin, *days, verdict.astype(np.int8))


def days_of_margin(mean_per_day: Floats, efolding_days: Floats, margin: Floats) -> Floats:
    """
    (n,) days until a margin is used up, nan where something is not known, at most `LONGEST_DAYS`.

    `mean_per_day` (n, t) are rates at the start, of t tables that fall by e in `efolding_days`
    (t,), which may be infinite.  The orbit is taken to stay what it is.
    """

    def used(days: Floats) -> Floats:
        x = days[:, None] / efolding_days
        # (1 - exp(-x)) / x of a decaying table, 1 of one that stays.
        share = np.where(x > 0.0, -np.expm1(-x) / np.where(x > 0.0, x, 1.0), 1.0)
        return (mean_per_day * share).sum(axis=1) * days

    longest = np.full(len(margin), LONGEST_DAYS)
    low, high = np.zeros(len(margin)), longest
    for _ in range(BISECTIONS):
        middle = 0.5 * (low + high)
        enough = used(middle) >= margin
        low, high = np.where(enough, low, middle), np.where(enough, middle, high)
    unknown = np.isnan(margin) | np.isnan(mean_per_day).any(axis=1)
    return np.where(unknown, np.nan, np.where(used(longest) < margin, longest, high))


def verdicts(
    days: Floats, safed_in_windows_days: Floats, safed_throughout_days: Floats,
    outside_share: Floats, needed_days: float,
) -> NDArray[np.int8]:  # fmt: skip
    """
    (n,) `Verdict`: whether margins last `needed_days`; nan is what nobody knows.

    Where a table is silent for part of the time, exposure is a lower bound: that a margin does
    not hold can then be told, that it holds cannot.
    """
    rules = {
        Verdict.CANNOT_BE_TOLD: np.isnan(days),
        Verdict.HOLDS: days >= needed_days,
        Verdict.DOES_NOT_HOLD_UNSAFED: np.isnan(safed_throughout_days),
        Verdict.HOLDS_SAFED_IN_WINDOWS: safed_in_windows_days >= needed_days,
        Verdict.HOLDS_SAFED_THROUGHOUT: safed_throughout_days >= needed_days,
    }
    found = np.select(list(rules.values()), list(rules), Verdict.DOES_NOT_HOLD)
    unsure = (outside_share > 0.0) & (found <= Verdict.HOLDS_SAFED_THROUGHOUT)
    return np.where(unsure, Verdict.CANNOT_BE_TOLD, found).astype(np.int8)

"""
From catalogue, tables and margins to who takes up how much, and for how long margins last.

Plain functions; what is told is a document of structs, the same for JSON and for words.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import msgspec
import numpy as np

from commonsky.astro.arrays import Floats, Ints
from commonsky.astro.epoch import NS_PER_DAY, NS_PER_S, utc_text
from commonsky.astro.frames import rotation
from commonsky.astro.sgp4 import propagate
from commonsky.astro.states import Frame
from commonsky.catalogue.catalogue import Catalogue
from commonsky.characterise.dose_table import DoseTable, Places, Quantity
from commonsky.characterise.exposure import (
    Exposure,
    Margins,
    Verdict,
    days_of_margin,
    decay,
    exposure,
    orbit_rates,
    verdicts,
)
from commonsky.characterise.magnetic_coordinates import Dipole, eccentric_dipole
from commonsky.errors import OutOfSpan
from commonsky.node.environment import newest

FIELD = "eccentric dipole of IGRF-14; L and B/B0 of the whole field differ, most in low orbit"
POINTS_AT_ONCE = 2_000_000
WINDOWS_TOLD = 12
WORDS = {
    Verdict.HOLDS: "holds",
    Verdict.HOLDS_SAFED_IN_WINDOWS: "holds if safed in its windows",
    Verdict.HOLDS_SAFED_THROUGHOUT: "holds if safed throughout",
    Verdict.DOES_NOT_HOLD: "does not hold, safed or not",
    Verdict.DOES_NOT_HOLD_UNSAFED: "does not hold; no safing is declared",
    Verdict.CANNOT_BE_TOLD: "cannot be told",
}


class Window(msgspec.Struct, frozen=True):
    """A passage through the worst region, in UTC."""

    start: str
    stop: str


class Exposed(msgspec.Struct, frozen=True, kw_only=True):
    """
    One satellite and one quantity: null is what nobody knows, 36525 days a century or more.

    `rate_per_day` is the mean along the orbit, with decay as at the start; it and what follows
    from it are lower bounds where `outside_share` is above 0.  Windows hold `window_share` of it.
    """

    norad_cat_id: int
    object_name: str
    catalogue_row: int
    elements_age_days: float
    quantity: str
    particles: str
    rate_per_day: float | None
    peak_per_day: float | None
    in_span: float | None
    outside_share: float
    margin: float | None
    share_of_margin_per_day: float | None
    days_of_margin: float | None
    days_safed_in_windows: float | None
    days_safed_throughout: float | None
    window_share: float
    window_hours_a_day: float
    windows_a_day: float
    windows: list[Window]
    verdict: str
    reason: str


class Told(msgspec.Struct, frozen=True):
    """A table that was asked."""

    source: str
    places: str
    quantity: str
    particles: str
    interpolation: str
    beyond: str
    efolding_days: float | None
    epoch: str


class Gaps(msgspec.Struct, frozen=True):
    """Who is missing from the answer, and why: catalogue numbers."""

    no_element_set: list[int]
    no_margin: list[int]
    no_shielding: list[int]
    other_particles: list[int]
    not_followed: list[int]
    outside: list[int]
    partly_outside: list[int]


class Exposures(msgspec.Struct, frozen=True, kw_only=True, tag="exposure", tag_field="kind"):
    """Who is exposed, the most exposed first, and who can be made safe."""

    start: str
    stop: str
    step_s: float
    needed_days: float
    field: str
    tables: list[Told]
    asked: int
    satellites: list[Exposed]
    can_be_made_safe: list[int]
    gaps: Gaps


@dataclass(frozen=True, slots=True)
class Span:
    """When orbits are followed, how closely, and for how long margins must last."""

    start_tai_ns: int
    days: float = 3.0
    step_s: float = 30.0
    needed_days: float = 365.0

    @property
    def epoch_tai_ns(self) -> Ints:
        """(k,) evenly spaced epochs, at most the step apart."""
        steps = max(int(np.ceil(self.days * NS_PER_DAY / NS_PER_S / self.step_s)), 2)
        step_ns = round(self.days * NS_PER_DAY / steps)
        return self.start_tai_ns + step_ns * np.arange(steps + 1, dtype=np.int64)


def exposures(
    catalogue: Catalogue, tables: Sequence[DoseTable], margins: Margins, span: Span,
    satellites: Sequence[int] | None = None,
) -> Exposures:  # fmt: skip
    """
    Return the exposure of satellites, the most exposed first, against their margins.

    Tables of one quantity (and of the same particles) add up.  Without `satellites` all that have
    a margin are asked for.
    """
    if not tables:
        raise ValueError("at least one table is needed")
    asked = np.unique(margins.catalogue_number if satellites is None else np.array(satellites))
    fleet = newest(catalogue)
    missing = np.setdiff1d(asked, fleet.catalogue_number)
    rows = np.flatnonzero(np.isin(fleet.catalogue_number, asked))
    tables = [_since(table, span) for table in tables]
    dipole = eccentric_dipole(span.start_tai_ns + round(0.5 * span.days * NS_PER_DAY))
    number_to_row = {int(n): k for k, n in enumerate(catalogue.catalogue_number)}
    told: list[Exposed] = []
    at_once = max(POINTS_AT_ONCE // len(span.epoch_tai_ns), 1)
    for begin in range(0, len(rows), at_once):
        some = fleet.take(rows[begin : begin + at_once])
        orbits = _Orbits.of(some, _declared(margins, some.catalogue_number), span, dipole)
        for kind in dict.fromkeys((one.quantity, one.particles.casefold()) for one in tables):
            added = [t for t in tables if (t.quantity, t.particles.casefold()) == kind]
            told += orbits.told(added, number_to_row)
    told.sort(key=lambda one: (-(one.share_of_margin_per_day or 0.0), -(one.rate_per_day or 0.0)))
    safe = {WORDS[Verdict.HOLDS_SAFED_IN_WINDOWS], WORDS[Verdict.HOLDS_SAFED_THROUGHOUT]}
    hopeless = {o.norad_cat_id for o in told if o.verdict not in {*safe, WORDS[Verdict.HOLDS]}}
    shells = any(table.places is Places.SHELLS for table in tables)
    return Exposures(
        start=utc_text(int(span.epoch_tai_ns[0]), 0), stop=utc_text(int(span.epoch_tai_ns[-1]), 0),
        step_s=span.step_s, needed_days=span.needed_days, field=FIELD if shells else "",
        tables=[_told(table) for table in tables], asked=len(asked), satellites=told,
        can_be_made_safe=sorted(
            {one.norad_cat_id for one in told if one.verdict in safe} - hopeless
        ),
        gaps=_gaps(told, missing),
    )  # fmt: skip


def _since(table: DoseTable, span: Span) -> DoseTable:
    """The table with the epoch from which it decays; it says nothing of times before."""
    table = replace(table, epoch_tai_ns=table.epoch_tai_ns or span.start_tai_ns)
    if span.start_tai_ns < table.epoch_tai_ns and np.isfinite(table.efolding_days):
        raise OutOfSpan(
            f"the table {table.source} decays from {utc_text(table.epoch_tai_ns, 0)} on, but is "
            f"asked from {utc_text(span.start_tai_ns, 0)} on"
        )
    return table


def _declared(margins: Margins, number: Ints) -> Margins:
    """The margins of these satellites, in their order; nan where none is declared."""
    place = np.searchsorted(margins.catalogue_number, number)
    place = np.minimum(place, max(len(margins.catalogue_number) - 1, 0))
    if len(margins.catalogue_number) == 0:
        none = np.full(len(number), np.nan)
        return Margins(number, none, none, none, np.full(len(number), ""), none)
    known = margins.catalogue_number[place] == number

    def column(values: Floats) -> Floats:
        return np.where(known, values[place], np.nan)

    return Margins(
        number, column(margins.dose_gy), column(margins.shielding_mm_al),
        column(margins.fluence_per_cm2), np.where(known, margins.particles[place], ""),
        column(margins.safed_factor),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Orbits:
    """Where some satellites are at the epochs of a span, and what is declared of them."""

    fleet: Catalogue
    margins: Margins
    span: Span
    dipole: Dipole
    position_itrf_km: Floats  # (n, k, 3); nan of orbits that cannot be followed
    followed: np.ndarray

    @classmethod
    def of(cls, fleet: Catalogue, margins: Margins, span: Span, dipole: Dipole) -> _Orbits:
        epochs = span.epoch_tai_ns
        states = propagate(fleet.elements, epochs)
        turn = rotation(Frame.TEME, Frame.ITRF, epochs)
        position = np.einsum("kij,nkj->nki", turn, states.position_km)
        followed = (states.status == 0).all(axis=1)
        position[~followed] = np.nan
        return cls(fleet, margins, span, dipole, position, followed)

    def told(
        self, tables: Sequence[DoseTable], number_to_row: dict[int, int]
    ) -> Iterator[Exposed]:
        """Yield what tables that add up say of each satellite."""
        epochs, inclination = self.span.epoch_tai_ns, self.fleet.elements.inclination_rad
        rates = [
            orbit_rates(
                t, self.position_itrf_km, inclination, self.margins.shielding_mm_al, self.dipole
            )
            for t in tables
        ]
        found = exposure(rates, tables, epochs)
        judged = _Judged.of(found, tables, self, epochs)
        for k in range(len(self.fleet)):
            yield judged.told(k, tables[0], self, number_to_row)


@dataclass(frozen=True, slots=True)
class _Judged:
    """Columns of n satellites: exposure, margin, days, verdict."""

    found: Exposure
    rate_per_day: Floats
    margin: Floats
    days: Floats
    windowed: Floats
    throughout: Floats
    verdict: np.ndarray

    @classmethod
    def of(
        cls, found: Exposure, tables: Sequence[DoseTable], orbits: _Orbits, epochs: Ints
    ) -> _Judged:
        margins, needed = orbits.margins, orbits.span.needed_days
        folding = np.array([table.efolding_days for table in tables])
        mean = found.mean_per_day * np.concatenate([decay(t, epochs[:1]) for t in tables])
        inside = found.mean_in_windows_per_day * np.concatenate(
            [decay(t, epochs[:1]) for t in tables]
        )
        dose = tables[0].quantity is Quantity.DOSE
        comparable = np.char.lower(margins.particles) == tables[0].particles.casefold()
        margin = margins.dose_gy if dose else np.where(comparable, margins.fluence_per_cm2, np.nan)
        margin = np.where(found.outside_share > 1.0 - 1e-9, np.nan, margin)
        factor = margins.safed_factor[:, None]
        days = days_of_margin(mean, folding, margin)
        windowed = days_of_margin(mean - (1.0 - factor) * inside, folding, margin)
        throughout = days_of_margin(mean * factor, folding, margin)
        unknown = np.isnan(margins.safed_factor)
        windowed, throughout = (np.where(unknown, np.nan, d) for d in (windowed, throughout))
        verdict = verdicts(days, windowed, throughout, found.outside_share, needed)
        return cls(found, mean.sum(axis=1), margin, days, windowed, throughout, verdict)

    def told(
        self, k: int, table: DoseTable, orbits: _Orbits, number_to_row: dict[int, int]
    ) -> Exposed:
        """Return what is told of satellite k."""
        found, fleet, span = self.found, orbits.fleet, orbits.span
        number = int(fleet.catalogue_number[k])
        age = (span.start_tai_ns - int(fleet.elements.epoch_tai_ns[k])) / NS_PER_DAY
        silent = found.outside_share[k] > 1.0 - 1e-9
        passes = np.flatnonzero(found.window_of == k)
        mean = found.mean_per_day[k].sum()
        inside = found.mean_in_windows_per_day[k].sum()
        rate = _known(self.rate_per_day[k], silent)
        margin = _known(self.margin[k])
        return Exposed(
            norad_cat_id=number, object_name=str(fleet.object_name[k]),
            catalogue_row=number_to_row[number], elements_age_days=round(age, 3),
            quantity=str(table.quantity), particles=table.particles, rate_per_day=rate,
            peak_per_day=_known(found.peak_per_day[k], silent),
            in_span=_known(found.in_span[k], silent),
            outside_share=round(float(found.outside_share[k]), 6), margin=margin,
            share_of_margin_per_day=rate / margin if margin and rate is not None else None,
            days_of_margin=_known(self.days[k]), days_safed_in_windows=_known(self.windowed[k]),
            days_safed_throughout=_known(self.throughout[k]),
            window_share=round(float(inside / mean), 4) if mean > 0.0 else 0.0,
            window_hours_a_day=round(24.0 * float(found.window_time_share[k]), 3),
            windows_a_day=round(len(passes) / span.days, 3),
            windows=[
                Window(utc_text(int(found.window_start_tai_ns[w]), 0),
                       utc_text(int(found.window_stop_tai_ns[w]), 0))
                for w in passes[:WINDOWS_TOLD]
            ],
            verdict=WORDS[Verdict(int(self.verdict[k]))], reason=self._reason(k, table, orbits),
        )  # fmt: skip

    def _reason(self, k: int, table: DoseTable, orbits: _Orbits) -> str:
        """Why something about satellite k is not known, or only bounded; empty where it is."""
        margins, dose = orbits.margins, table.quantity is Quantity.DOSE
        outside = float(self.found.outside_share[k])
        if not orbits.followed[k]:
            return NOT_FOLLOWED
        if dose and np.isnan(margins.shielding_mm_al[k]):
            return NO_SHIELDING
        if np.isnan(margins.dose_gy[k] if dose else margins.fluence_per_cm2[k]):
            return NO_MARGIN
        if not dose and str(margins.particles[k]).casefold() != table.particles.casefold():
            return f"{OTHER_PARTICLES} {margins.particles[k]}"
        if outside > 0.0:
            return f"{OUTSIDE} {outside:.1%} of the time"
        return ""


NOT_FOLLOWED = "the orbit cannot be followed"
NO_SHIELDING, NO_MARGIN = "no shielding declared", "no margin declared"
OTHER_PARTICLES, OUTSIDE = "the margin is of other particles:", "outside the table"


def _known(value: float, silent: bool = False) -> float | None:
    return None if silent or np.isnan(value) else float(f"{value:.6g}")


def _told(table: DoseTable) -> Told:
    beyond = "zero, as the table says" if table.zero_beyond else "refused"
    folding = float(table.efolding_days) if np.isfinite(table.efolding_days) else None
    kind = "logarithms" if table.logarithmic else "linear"
    return Told(
        table.source, str(table.places), str(table.quantity), table.particles, kind, beyond, folding,
        utc_text(table.epoch_tai_ns, 0),
    )  # fmt: skip


def _gaps(told: Sequence[Exposed], missing: Ints) -> Gaps:
    def because(reason: str) -> list[int]:
        return sorted({one.norad_cat_id for one in told if one.reason.startswith(reason)})

    silent = {o.norad_cat_id for o in told if o.outside_share >= 1.0}
    partly = {o.norad_cat_id for o in told if 0.0 < o.outside_share < 1.0}
    unasked = {o.norad_cat_id for o in told if o.reason in {NOT_FOLLOWED, NO_SHIELDING}}
    return Gaps(
        missing.tolist(), because(NO_MARGIN), because(NO_SHIELDING), because(OTHER_PARTICLES),
        because(NOT_FOLLOWED), sorted(silent - unasked), sorted(partly),
    )  # fmt: skip

"""
From catalogue, tables and margins to who takes up how much, and for how long margins last.

Plain functions; what is told is a document of structs, the same for JSON and for words.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TypeAlias

import msgspec
import numpy as np

from commonsky.astro.arrays import Floats, Ints
from commonsky.astro.epoch import NS_PER_DAY, NS_PER_S, utc_text, utc_texts
from commonsky.astro.frames import rotation
from commonsky.astro.sgp4 import propagate
from commonsky.astro.states import Frame
from commonsky.catalogue.catalogue import Catalogue
from commonsky.characterise.dose_table import DoseTable, Places, Quantity
from commonsky.characterise.exposure import (
    EQUATORIAL_RADIUS_KM,
    Exposure,
    Judgement,
    Margins,
    Verdict,
    exposure,
    judged,
    margins_of,
    orbit_rates,
)
from commonsky.characterise.magnetic_coordinates import dipole_coordinates, eccentric_dipole
from commonsky.errors import OutOfSpan
from commonsky.node.environment import newest

POINTS_AT_ONCE = 1_000_000
WINDOWS_TOLD = 12
ALL = 1.0 - 1e-9
WORDS = {
    Verdict.HOLDS: "holds",
    Verdict.HOLDS_SAFED_IN_WINDOWS: "holds if safed in its windows",
    Verdict.HOLDS_SAFED_THROUGHOUT: "holds if safed throughout",
    Verdict.DOES_NOT_HOLD: "does not hold, safed or not",
    Verdict.DOES_NOT_HOLD_UNSAFED: "does not hold; what safing leaves is not declared",
    Verdict.CANNOT_BE_TOLD: "cannot be told",
}
# Positions (n, k, 3) in ITRF and epochs (k,) to L and B/B0 (n, k).
Coordinates: TypeAlias = Callable[[Floats, Ints], tuple[Floats, Floats]]


class Gap(StrEnum):
    """Why something is not known, or only bounded."""

    NONE = ""
    NO_ELEMENTS = "no element set"
    NOT_FOLLOWED = "the orbit cannot be followed"
    NO_SHIELDING = "no shielding is declared"
    OUTSIDE = "outside the table"
    NO_MARGIN = "no margin is declared"
    OTHER_PARTICLES = "the margin is of other particles"
    PARTLY_OUTSIDE = "partly outside the table: exposure is a lower bound"
    TOO_LOW = "too low for a dipole: nothing bounds L and B/B0"
    TOO_CLOSE = "too close for a dipole to tell"


@dataclass(frozen=True, slots=True)
class MagneticField:
    """What tells L and B/B0; of a dipole it is known how far off exposures may be."""

    name: str
    coordinates: Coordinates
    is_dipole: bool


class Window(msgspec.Struct, frozen=True):
    """A passage through the worst region, in UTC."""

    start: str
    stop: str


class Exposed(msgspec.Struct, frozen=True, kw_only=True):
    """
    One satellite and one quantity; null is what nobody knows, 36525 days a century or more.

    `rate_per_day` is the mean along the orbit, with decay as at the start.  It and what follows
    from it are lower bounds where `outside_share` is above 0, and uncertain by `field_factor`
    either way, null where nothing bounds it.  Windows hold `window_share` of the exposure; a
    table over orbits has none.
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
    field_factor: float | None
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
    gap: str


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


class Exposures(msgspec.Struct, frozen=True, kw_only=True, tag="exposure", tag_field="kind"):
    """Who is exposed, the most exposed first; who can be made safe; who is missing, and why."""

    start: str
    stop: str
    step_s: float
    needed_days: float
    magnetic_field: str
    tables: list[Told]
    asked: int
    satellites: list[Exposed]
    can_be_made_safe: list[int]
    gaps: dict[str, list[int]]


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


def dipole_field(epoch_tai_ns: int) -> MagneticField:
    """Return the eccentric dipole at an epoch."""
    dipole = eccentric_dipole(epoch_tai_ns)
    return MagneticField(
        "eccentric dipole of IGRF-14, not the whole field",
        lambda position, _: dipole_coordinates(position, dipole),
        is_dipole=True,
    )


def exposures(
    catalogue: Catalogue, tables: Sequence[DoseTable], margins: Margins, span: Span,
    satellites: Sequence[int] | None = None, field: MagneticField | None = None,
) -> Exposures:  # fmt: skip
    """
    Return the exposure of satellites, the most exposed first, against their margins.

    Tables of one quantity (and of the same particles) add up.  Without `satellites` all that have
    a margin are asked for; without a `field` L and B/B0 are those of a dipole.
    """
    if not tables:
        raise ValueError("at least one table is needed")
    tables = [_since(table, span) for table in tables]
    if all(table.places is Places.ORBITS for table in tables):
        field = None
    elif field is None:
        field = dipole_field(span.start_tai_ns + round(0.5 * span.days * NS_PER_DAY))
    asked = np.unique(margins.catalogue_number if satellites is None else np.array(satellites))
    fleet = newest(catalogue)
    rows = np.flatnonzero(np.isin(fleet.catalogue_number, asked))
    at_once = max(POINTS_AT_ONCE // len(span.epoch_tai_ns), 1)
    told: list[Exposed] = []
    for begin in range(0, len(rows), at_once):
        some = fleet.take(rows[begin : begin + at_once])
        told += _told(some, tables, margins_of(margins, some.catalogue_number), span, field)
    row_of = {number: k for k, number in enumerate(catalogue.catalogue_number.tolist())}
    told = [msgspec.structs.replace(o, catalogue_row=row_of[o.norad_cat_id]) for o in told]
    told.sort(key=lambda one: (-(one.share_of_margin_per_day or 0.0), -(one.rate_per_day or 0.0)))
    missing = np.setdiff1d(asked, fleet.catalogue_number).tolist()
    return Exposures(
        start=utc_text(int(span.epoch_tai_ns[0]), 0), stop=utc_text(int(span.epoch_tai_ns[-1]), 0),
        step_s=span.step_s, needed_days=span.needed_days,
        magnetic_field=field.name if field else "", tables=[_of_table(table) for table in tables],
        asked=len(asked), satellites=told, can_be_made_safe=_safe(told), gaps=_gaps(told, missing),
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


def _told(
    fleet: Catalogue, tables: Sequence[DoseTable], margins: Margins, span: Span,
    field: MagneticField | None,
) -> Iterator[Exposed]:  # fmt: skip
    """Yield what each kind of table says of each satellite."""
    epochs = span.epoch_tai_ns
    states = propagate(fleet.elements, epochs)
    followed = (states.status == 0).all(axis=1)
    states.position_km[~followed] = np.nan
    height = np.linalg.norm(states.position_km, axis=-1) - EQUATORIAL_RADIUS_KM
    shells = (height, height)
    if field is not None:
        turn = rotation(Frame.TEME, Frame.ITRF, epochs)
        shells = field.coordinates(np.einsum("kij,nkj->nki", turn, states.position_km), epochs)
    kinds = dict.fromkeys((one.quantity, one.particles.casefold()) for one in tables)
    for kind in kinds:
        added = [one for one in tables if (one.quantity, one.particles.casefold()) == kind]
        rates = [
            orbit_rates(
                one, height, shells, fleet.elements.inclination_rad, margins.shielding_mm_al
            )
            for one in added
        ]
        found = exposure(
            rates, added, height, epochs, dipole=field is not None and field.is_dipole
        )
        verdict = judged(found, added, margins, span.needed_days)
        gap = _gap(found, verdict, added[0], margins, followed)
        for k in range(len(fleet)):
            yield _exposed(k, fleet, added[0], found, verdict, gap[k], span)


def _gap(
    found: Exposure, verdict: Judgement, table: DoseTable, margins: Margins,
    followed: np.ndarray,
) -> list[Gap]:  # fmt: skip
    """For each satellite the first reason why something of it is not known."""
    dose = table.quantity is Quantity.DOSE
    declared = margins.dose_gy if dose else margins.fluence_per_cm2
    reasons = {
        Gap.NOT_FOLLOWED: ~followed,
        Gap.NO_SHIELDING: np.isnan(margins.shielding_mm_al) & dose,
        Gap.OUTSIDE: found.outside_share > ALL,
        Gap.NO_MARGIN: np.isnan(declared),
        Gap.OTHER_PARTICLES: np.isnan(verdict.margin),
        Gap.PARTLY_OUTSIDE: found.outside_share > 0.0,
        Gap.TOO_LOW: np.isinf(found.field_factor),
        Gap.TOO_CLOSE: verdict.verdict == Verdict.CANNOT_BE_TOLD,
    }
    first = np.argmax([*reasons.values(), np.ones(len(followed), np.bool_)], axis=0)
    return [[*reasons, Gap.NONE][k] for k in first.tolist()]


def _exposed(
    k: int, fleet: Catalogue, table: DoseTable, found: Exposure, verdict: Judgement, gap: Gap,
    span: Span,
) -> Exposed:  # fmt: skip
    """What is told of satellite k."""
    silent = bool(found.outside_share[k] > ALL)
    rate, margin = _known(verdict.rate_per_day[k], silent), _known(verdict.margin[k])
    mean, inside = found.mean_per_day[k].sum(), found.mean_in_windows_per_day[k].sum()
    passes = np.flatnonzero(found.window_of == k)
    starts, stops = (
        utc_texts(times[passes[:WINDOWS_TOLD]], 0)
        for times in (found.window_start_tai_ns, found.window_stop_tai_ns)
    )
    age = (span.start_tai_ns - int(fleet.elements.epoch_tai_ns[k])) / NS_PER_DAY
    return Exposed(
        norad_cat_id=int(fleet.catalogue_number[k]), object_name=str(fleet.object_name[k]),
        catalogue_row=-1, elements_age_days=round(age, 3), quantity=str(table.quantity),
        particles=table.particles, rate_per_day=rate,
        peak_per_day=_known(found.peak_per_day[k], silent),
        in_span=_known(found.in_span[k], silent),
        outside_share=round(float(found.outside_share[k]), 6),
        field_factor=_known(found.field_factor[k]), margin=margin,
        share_of_margin_per_day=rate / margin if margin and rate is not None else None,
        days_of_margin=_known(verdict.days[k]),
        days_safed_in_windows=_known(verdict.days_safed_in_windows[k]),
        days_safed_throughout=_known(verdict.days_safed_throughout[k]),
        window_share=round(float(inside / mean), 4) if len(passes) else 0.0,
        window_hours_a_day=round(24.0 * float(found.window_time_share[k]), 3),
        windows_a_day=round(len(passes) / span.days, 3),
        windows=[Window(*one) for one in zip(starts, stops, strict=True)],
        verdict=WORDS[Verdict(int(verdict.verdict[k]))], gap=str(gap),
    )  # fmt: skip


def _known(value: float, silent: bool = False) -> float | None:
    return None if silent or not np.isfinite(value) else float(f"{value:.6g}")


def _of_table(table: DoseTable) -> Told:
    return Told(
        table.source, str(table.places), str(table.quantity), table.particles,
        "logarithms" if table.logarithmic else "linear",
        "zero, as the table says" if table.zero_beyond else "refused",
        _known(table.efolding_days), utc_text(table.epoch_tai_ns, 0),
    )  # fmt: skip


def _safe(told: Sequence[Exposed]) -> list[int]:
    """Who does not hold as it is, and does in all quantities if safed."""
    safed = {WORDS[Verdict.HOLDS_SAFED_IN_WINDOWS], WORDS[Verdict.HOLDS_SAFED_THROUGHOUT]}
    other = {o.norad_cat_id for o in told if o.verdict not in {*safed, WORDS[Verdict.HOLDS]}}
    return sorted({o.norad_cat_id for o in told if o.verdict in safed} - other)


def _gaps(told: Sequence[Exposed], missing: list[int]) -> dict[str, list[int]]:
    gaps = {gap: sorted({o.norad_cat_id for o in told if o.gap == gap}) for gap in Gap if gap}
    gaps[Gap.NO_ELEMENTS] = missing
    return {str(gap): numbers for gap, numbers in gaps.items() if numbers}

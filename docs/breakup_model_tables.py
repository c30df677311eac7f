# ruff: noqa: RUF001 - scripts, not a package; pages have signs
"""Tables of docs/breakup-model.md that compare with real break-ups."""

from __future__ import annotations

from collections.abc import Iterator

import breakup_model_events as real
import breakup_model_figures as figures
import numpy as np

from commonsky.environment.breakup import Parent, collision, explosion
from commonsky.environment.catalogue_delay import measured_delay
from commonsky.environment.low_intensity import low_intensity
from commonsky.environment.parent_fit import interval

DAYS = (14, 30, 60, 120, 365)


def row(*cells: object) -> str:
    """Return a line of a table."""
    return "| " + " | ".join(str(cell) for cell in cells) + " |"


def head(*cells: str) -> Iterator[str]:
    """Yield the head of a table."""
    yield row(*cells)
    yield "|" + "---|" * len(cells)


def measured() -> Iterator[str]:
    """Yield area-to-mass and lengths that were measured."""
    yield from head(
        "break-up", "cause", "pieces above 0.11 m", "mean of log10 A/M", "deviation",
        "below 0.02 m²/kg", "above 0.5 m²/kg", "slope beyond 0.14 m",
    )  # fmt: skip
    for event in real.EVENTS:
        table = real.sizes_of(event)
        kept = np.log10(table.ratio[table.diameter_m > 0.11].to_numpy())
        if len(kept) < 50 or event.name == "Fregat tank":  # drag on its orbit tells no mass
            continue
        beyond = table.diameter_m[table.diameter_m > 0.14].to_numpy()
        slope = len(beyond) / np.log(beyond / 0.14).sum()
        yield row(
            event.name, event.cause, f"{len(kept):,}", f"{kept.mean():.2f}", f"{kept.std():.2f}",
            f"{100 * (kept < np.log10(0.02)).mean():.1f} %",
            f"{100 * (kept > np.log10(0.5)).mean():.1f} %",
            f"{slope:.1f} ± {slope / np.sqrt(len(beyond)):.1f}",
        )  # fmt: skip


def counted() -> Iterator[str]:
    """Yield what was catalogued beside the plain model."""
    yield from head(
        "break-up", "cause", "mass, kg", "ever catalogued", "plain model, 10 cm, lasting", "ratio"
    )
    ratios = []
    for event in real.EVENTS:
        model, truth = real.model_number(event), len(real.appeared_days(event))
        ratios.append(truth / model)
        known = np.isfinite(model)
        yield row(
            event.name, event.cause, f"{event.mass_kg:,.0f}", f"{truth:,}",
            f"{model:,.0f}" if known else "–", f"{truth / model:.2f}" if known else "–",
        )  # fmt: skip
    logs = np.log([ratio for ratio in ratios if np.isfinite(ratio)])
    within = (np.abs(logs) <= np.log(4.0)).sum()
    yield ""
    yield (
        f"Within a factor of four: {within} of {len(logs)}; the typical factor between model and "
        f"catalogue (mean of |ln|) is {np.exp(np.abs(logs).mean()):.2f}."
    )


def fast() -> Iterator[str]:
    """Yield delta-v in the plane of the orbit."""
    yield from head(
        "", "pieces", "half below, m/s", "90 % below", "99 % below", "deviation, log10"
    )
    rng = np.random.default_rng(5)
    rows = [
        (event.name, real.speeds_m_s(event)) for event in real.EVENTS
        if event.name not in {"Fregat tank", "Microsat-R", "Yunhai 1-02"}
    ]  # fmt: skip
    models = (
        ("model: collision", collision(Parent(20_000.0), 500.0, 9.0, 0.1, rng)),
        ("model: explosion, spacecraft", explosion(Parent(5800.0), 0.1, rng, scale=20.0)),
        ("ours: low intensity", low_intensity(Parent(1e5), 0.1, rng, scale=20.0)),
    )
    rows += [(name, figures.in_plane_m_s(told, 820.0)) for name, told in models]
    for name, speed in rows:
        told = (f"{x:,.0f}" for x in np.percentile(speed, [50, 90, 99]))
        yield row(name, f"{len(speed):,}", *told, f"{np.log10(speed.clip(1.0)).std():.2f}")


def delays() -> Iterator[str]:
    """Yield how late fragments were catalogued."""
    yield from head("break-up", "first day t0", "tau, days", "shape k", "late share")
    told = [real.delay_of(event) for event in real.EVENTS]
    for event, one in zip(real.EVENTS, told, strict=True):
        cells = (f"{one.first_days:.0f}", f"{one.tau_days:.0f}", f"{one.shape:.2f}")
        yield row(event.name, *cells, f"{one.late_share:.2f}")
    delay = measured_delay(told)
    middle = delay.middle
    yield row(
        "middle (deviation of ln, logit)", f"{middle.first_days:.1f} ({delay.first_sigma:.2f})",
        f"{middle.tau_days:.0f} ({delay.tau_sigma:.2f})",
        f"{middle.shape:.2f} ({delay.shape_sigma:.2f})",
        f"{middle.late_share:.3f} ({delay.late_sigma:.2f})",
    )  # fmt: skip


def fits() -> Iterator[str]:
    """Yield what the fit said on days, and how well."""
    yield from head("break-up", "ever", *(f"day {day}" for day in DAYS))
    inside = {day: [] for day in DAYS}  # type: dict[int, list[float]]
    off = {day: [] for day in DAYS}  # type: dict[int, list[float]]
    wide = {day: [] for day in DAYS}  # type: dict[int, list[float]]
    for event in real.EVENTS:
        seen, cells = real.appeared_days(event), []
        for day in DAYS:
            told = interval(real.fitted(event, day).catalogued)
            is_in = told.low <= len(seen) <= told.high
            inside[day].append(is_in)
            off[day].append(abs(np.log(told.median / len(seen))))
            wide[day].append(np.log(told.high / told.low))
            numbers = f"{told.low:,.0f}–**{told.median:,.0f}**–{told.high:,.0f}"
            so_far = np.searchsorted(seen, day, "right")
            cells.append(f"{so_far:,} → {numbers}{'' if is_in else ' ✗'}")
        yield row(event.name, f"{len(seen):,}", *cells)
    share = (f"{sum(inside[day])} of {len(inside[day])}" for day in DAYS)
    yield row("in the 90 % interval", "", *share)
    yield row("typical factor off", "", *(f"{np.exp(np.mean(off[day])):.2f}" for day in DAYS))
    yield row("high over low", "", *(f"{np.exp(np.mean(wide[day])):.1f}" for day in DAYS))
    hits = [one for day in DAYS for one in inside[day]]
    plain = [
        abs(np.log(real.model_number(event) / len(real.appeared_days(event))))
        for event in real.EVENTS if np.isfinite(real.model_number(event))
    ]  # fmt: skip
    yield ""
    yield (
        f"In all {sum(hits)} of {len(hits)}, {np.mean(hits):.0%}, are within. The plain model, "
        f"which is told the cause, is off by a typical factor of {np.exp(np.mean(plain)):.2f}."
    )


def causes() -> Iterator[str]:
    """Yield what the fit of day 60 believes of the cause, without and with velocities."""
    yield from head("break-up", "cause", "by counts", "by counts and velocities")
    for event in real.EVENTS:
        if event.name in {"Fregat tank", "Microsat-R", "Yunhai 1-02"}:
            continue
        told = (real.fitted(event, 60, with_speeds=one).probability for one in (False, True))
        yield row(
            event.name, event.cause,
            *(", ".join(f"{100 * share:.0f} %" for share in one) for one in told),
        )  # fmt: skip

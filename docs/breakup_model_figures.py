# ruff: noqa: ANN401, RUF001 - scripts, not a package; matplotlib has no types
"""Figures of docs/breakup-model.md, each from a run; those of real break-ups need real data."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import breakup_model_events as real
import matplotlib as mpl
import numpy as np
from breakup_model_events import Event, named
from matplotlib.ticker import FixedLocator, FuncFormatter, NullFormatter

from commonsky.astro.arrays import Floats
from commonsky.environment.area_to_mass import payload, rocket_body
from commonsky.environment.breakup import COUNT_FACTOR, Fragments, Parent, collision, explosion
from commonsky.environment.catalogued import speed_in_plane_m_s
from commonsky.environment.earth import EARTH_RADIUS_KM, MU_KM3_S2
from commonsky.environment.fragment_orbits import fragment_orbits
from commonsky.environment.low_intensity import low_intensity
from commonsky.environment.parent_fit import interval

mpl.use("Agg")
import matplotlib.pyplot as plt

FOLDER = Path(__file__).with_name("breakup-model")
# Okabe and Ito's, that all eyes tell apart; the orange darker, to be read on white.
BLUE, ORANGE, GREEN, RED, GREY, INK = (
    "#0072b2", "#b97700", "#009e73", "#d55e00", "#8a8a8a", "#222222",
)  # fmt: skip
DARK, PURPLE = "#555555", "#aa4499"
RATIOS = np.linspace(-2.8, 0.6, 69)
# Of labels, by stage or not, and mixture or sum.
PLACES = {
    (False, True): (-0.38, 0.9), (False, False): (-0.38, 1.3), (True, True): (-2.7, 0.85),
    (True, False): (-2.7, 1.3),
}  # fmt: skip
STYLE: Any = {
    "font.size": 10, "axes.spines.top": False, "axes.spines.right": False, "axes.titlesize": 10.5,
    "axes.titlelocation": "left", "axes.titleweight": "bold", "axes.labelcolor": INK,
    "axes.edgecolor": "#777777", "xtick.color": "#444444", "ytick.color": "#444444",
    "svg.hashsalt": "commonsky", "figure.dpi": 110,
}  # fmt: skip
mpl.rcParams.update(STYLE)


def lengths_m(n: int, rng: np.random.Generator, least_m: float = 0.11) -> Floats:
    """(n,) of a collision's power law up to 1 m."""
    u = rng.random(n)
    return np.asarray((least_m**-1.71 * (1.0 - u) + u) ** (-1.0 / 1.71), np.float64)


def log_ratios(
    length_m: Floats, rng: np.random.Generator, *, is_rocket_body: bool, is_mixture: bool
) -> Floats:
    """(n,) log10 of area-to-mass: of a mixture, or of the weighted sum that is the mistake."""
    told = (rocket_body if is_rocket_body else payload)(np.log10(length_m))
    one = told.mean1 + told.sigma1 * rng.standard_normal(len(length_m))
    two = told.mean2 + told.sigma2 * rng.standard_normal(len(length_m))
    first = rng.random(len(length_m)) < told.share
    summed = told.share * one + (1.0 - told.share) * two
    return np.asarray(np.where(first, one, two) if is_mixture else summed, np.float64)


def in_plane_m_s(fragments: Fragments, height_km: float) -> Floats:
    """(n,) as it would be read from the orbits of those that stay up; remnants left out."""
    radius = EARTH_RADIUS_KM + height_km
    place, motion = np.array([radius, 0, 0]), np.array([0, np.sqrt(MU_KM3_S2 / radius), 0])
    orbits = fragment_orbits(place, motion, fragments, oblate=False)
    up = (orbits.perigee_km > real.STAYS_ABOVE_KM) & np.isfinite(orbits.apogee_km)
    up[len(fragments) - fragments.remnants :] = False
    return speed_in_plane_m_s(orbits.perigee_km[up], orbits.apogee_km[up], height_km)


def save(figure: Any, name: str) -> None:
    """Write a figure as small as it gets."""
    FOLDER.mkdir(exist_ok=True)
    figure.savefig(FOLDER / f"{name}.png", metadata={"Software": None})
    plt.close(figure)


def ratio_axis(axes: Any) -> None:
    """Write decades of area-to-mass as people read them."""
    axes.set(xlim=(RATIOS[0], RATIOS[-1]), yticks=[])
    axes.set_xticks([-2, -1, 0], ["0.01", "0.1", "1"])
    axes.spines["left"].set_visible(False)


def area_to_mass() -> None:
    """Draw the mixture, and the weighted sum in its place."""
    figure, both = plt.subplots(1, 2, figsize=(8.4, 3.1), layout="constrained", sharey=True)
    rng = np.random.default_rng(3)
    for axes, is_rocket_body in zip(both, (False, True), strict=True):
        length = lengths_m(400_000, rng)
        for is_mixture, ink in ((False, ORANGE), (True, BLUE)):
            x = log_ratios(length, rng, is_rocket_body=is_rocket_body, is_mixture=is_mixture)
            height, edges = np.histogram(x, RATIOS, density=True)
            if is_mixture:
                axes.stairs(height, edges, fill=True, color=ink, alpha=0.22)
            axes.stairs(height, edges, color=ink, lw=2.0)
            label = "mixture, as published" if is_mixture else "weighted sum,\nthe mistake"
            place = PLACES[is_rocket_body, is_mixture]
            axes.text(
                *place, f"{label}\nσ = {x.std():.2f}", color=ink, va="top", fontweight="bold",
            )  # fmt: skip
        axes.set_title("of an upper stage" if is_rocket_body else "of a spacecraft")
        axes.set_xlabel("area-to-mass, m²/kg")
        ratio_axis(axes)
    both[0].axvspan(RATIOS[0], np.log10(0.02), color=GREY, alpha=0.12, lw=0)
    both[0].text(
        -2.76, 1.3, "below 0.02:\ndense, stays\nup long", fontsize=9, color=DARK, va="top"
    )
    save(figure, "area-to-mass")


def measured_ratios() -> None:
    """Draw area-to-mass as radar and drag tell it of real fragments, beside both."""
    figure, panels = plt.subplots(2, 2, figsize=(8.4, 4.6), layout="constrained", sharex=True)
    rng = np.random.default_rng(4)
    names = ("Cosmos 1408", "Fengyun-1C", "Cosmos 2251", "NOAA-16")
    for axes, name in zip(panels.ravel(), names, strict=True):
        table = real.sizes_of(named(name))
        kept = table[table.diameter_m > 0.11]
        seen = np.log10(kept.ratio.to_numpy())
        length = rng.choice(kept.diameter_m.to_numpy(), 200_000)
        height, edges = np.histogram(seen, np.linspace(-2.8, 0.6, 35), density=True)
        axes.stairs(height, edges, fill=True, color=GREY, alpha=0.35)
        for is_mixture, ink in ((True, BLUE), (False, ORANGE)):
            x = log_ratios(
                np.minimum(length, 1.0), rng, is_rocket_body=False, is_mixture=is_mixture
            )
            axes.stairs(*np.histogram(x, RATIOS, density=True), color=ink, lw=1.8)
        axes.set_title(f"{name}: {len(seen):,} pieces, σ = {seen.std():.2f}")
        ratio_axis(axes)
    first = panels[0, 0]
    first.text(-2.75, 1.12, "weighted sum", color=ORANGE, fontweight="bold", fontsize=9.5)
    first.text(-2.75, 0.94, "mixture", color=BLUE, fontweight="bold", fontsize=9.5)
    first.text(-2.75, 0.76, "measured", color="#666666", fontweight="bold", fontsize=9.5)
    for axes in panels[1]:
        axes.set_xlabel("area-to-mass, m²/kg")
    save(figure, "measured-area-to-mass")


def counts() -> None:
    """Draw what was catalogued of each event beside the plain model and the fit of day 30."""
    figure, axes = plt.subplots(figsize=(8.4, 4.6), layout="constrained")
    events = [one for one in real.EVENTS if np.isfinite(real.model_number(one))]
    for row, event in enumerate(reversed(events)):
        model, truth = real.model_number(event), len(real.appeared_days(event))
        told = interval(real.fitted(event, 60).catalogued)
        axes.plot(
            [model / COUNT_FACTOR, model * COUNT_FACTOR], [row + 0.16] * 2, color=BLUE, lw=5,
            alpha=0.3, solid_capstyle="butt",
        )  # fmt: skip
        axes.plot(model, row + 0.16, "|", color=BLUE, ms=9, mew=2)
        axes.plot(
            [told.low, told.high], [row - 0.16] * 2, color=GREEN, lw=5, alpha=0.4,
            solid_capstyle="butt",
        )  # fmt: skip
        axes.plot(told.median, row - 0.16, "|", color=GREEN, ms=9, mew=2)
        axes.plot(truth, row, "o", color=RED, ms=6.5, mec="white", mew=0.8, zorder=3)
    for place, ink, label in (
        (0.0, RED, "● catalogued in the end"), (0.3, BLUE, "▬ plain model, ÷4 to ×4"),
        (0.62, GREEN, "▬ fit of day 60, 90 %"),
    ):  # fmt: skip
        axes.text(place, 1.02, label, color=ink, fontweight="bold", transform=axes.transAxes)
    axes.set_yticks(range(len(events)), [one.name for one in reversed(events)])
    axes.tick_params(axis="y", length=0)
    axes.set(xscale="log", xlim=(20, 12_000), ylim=(-0.6, len(events) - 0.4), xlabel="fragments")
    log_ticks(axes.xaxis, (30, 100, 300, 1000, 3000, 10_000))
    axes.grid(axis="x", lw=0.5, alpha=0.5)
    save(figure, "counts")


def log_ticks(axis: Any, ticks: tuple[int, ...]) -> None:
    """Write these marks and no others."""
    axis.set_major_locator(FixedLocator(ticks))
    axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.0f}"))
    axis.set_minor_formatter(NullFormatter())
    axis.set_minor_locator(FixedLocator([]))


def fit_by_day() -> None:
    """Draw how the fit of three events narrows."""
    days = np.unique(np.geomspace(8, 365, 22).astype(int))
    figure, panels = plt.subplots(1, 3, figsize=(8.4, 3.3), layout="constrained", sharex=True)
    for axes, name in zip(panels, ("Cosmos 1408", "NOAA-16", "Fengyun-1C"), strict=True):
        event = named(name)
        told = [interval(real.fitted(event, int(day)).catalogued) for day in days]
        seen, truth = real.appeared_days(event), len(real.appeared_days(event))
        axes.fill_between(
            days, [x.low for x in told], [x.high for x in told], color=GREEN, alpha=0.25, lw=0
        )
        axes.plot(days, [x.median for x in told], color=GREEN, lw=2)
        axes.step(
            np.arange(8, 366), np.searchsorted(seen, np.arange(8, 366), "right"), color=INK, lw=1.4
        )
        axes.axhline(truth, color=RED, lw=1.4, ls=(0, (4, 2)))
        axes.text(9, 6300, f"{truth:,} in the end", color=RED, fontweight="bold")
        axes.set(xscale="log", yscale="log", ylim=(30, 9000), title=name, xlabel="days after")
        log_ticks(axes.xaxis, (10, 30, 100, 300))
        log_ticks(axes.yaxis, (30, 100, 300, 1000, 3000))
    panels[0].text(16, 2450, "fit, 90 %", color=GREEN, fontweight="bold")
    panels[0].text(33, 210, "catalogued\nso far", color=INK, fontweight="bold", va="top")
    panels[0].set_ylabel("fragments")
    save(figure, "fit-by-day")


def speeds() -> None:
    """Draw delta-v in the plane of the orbit: what catalogues have, and what models say."""
    figure, both = plt.subplots(1, 2, figsize=(8.4, 3.6), layout="constrained", sharey=True)
    rng = np.random.default_rng(5)
    left = ("Fengyun-1C", "Cosmos 2251", "Iridium 33", "Cosmos 1408")
    right = ("NOAA-16", "NOAA-17", "DMSP F13", "Long March 6A 2022")
    inks = (BLUE, GREEN, PURPLE, RED)
    for axes, names in zip(both, (left, right), strict=True):
        for name, ink in zip(names, inks, strict=True):
            shares(axes, real.speeds_m_s(named(name)), color=ink, lw=1.6, label=name)
    model = in_plane_m_s(collision(Parent(20_000.0), 500.0, 9.0, 0.1, rng), 800.0)
    shares(both[0], model, color=INK, lw=2.4, ls=(0, (4, 2)), label="model, collision")
    model = in_plane_m_s(explosion(Parent(5800.0), 0.1, rng, scale=20.0), 800.0)
    shares(both[1], model, color=INK, lw=2.4, ls=(0, (4, 2)), label="model, explosion")
    model = in_plane_m_s(low_intensity(Parent(1e5), 0.1, rng, scale=20.0), 830.0)
    shares(both[1], model, color=GREY, lw=2.4, ls=(0, (1, 1)), label="ours, low intensity")
    for axes, title in zip(both, ("collisions", "batteries and a stage"), strict=True):
        axes.set(
            xscale="log", xlim=(3, 3000), ylim=(0, 1), title=title, xlabel="m/s, in the plane"
        )
        log_ticks(axes.xaxis, (3, 10, 30, 100, 300, 1000))
        axes.set_yticks([0, 0.5, 0.9, 1.0], ["0", "half", "90 %", "all"])
        axes.grid(lw=0.5, alpha=0.5)
        axes.legend(frameon=False, fontsize=8.5, loc="lower right", handlelength=1.8)
    save(figure, "speeds")


def shares(axes: Any, values: Floats, **how: Any) -> None:
    """Draw which share is slower."""
    axes.plot(np.sort(values), (np.arange(len(values)) + 0.5) / len(values), **how)


def gabbard() -> None:
    """Draw heights against periods of Cosmos 1408, catalogued and modelled, by density."""
    event: Event = named("Cosmos 1408")
    rng = np.random.default_rng(6)
    told = collision(Parent(event.mass_kg), 100.0, 7.0, 0.1, rng)
    orbits = fragment_orbits(*real.state(event), told, oblate=False)
    up = (orbits.perigee_km > real.STAYS_ABOVE_KM) & np.isfinite(orbits.apogee_km)
    shot = real.snapshots(event)[1]
    figure, both = plt.subplots(1, 2, figsize=(8.4, 3.9), layout="constrained", sharey=True)
    panels = (
        (
            f"model, at once: {up.sum():,} that stay up",
            orbits.perigee_km[up],
            orbits.apogee_km[up],
        ),
        (f"catalogued, day {shot.days}: {len(shot.number):,}", shot.perigee_km, shot.apogee_km),
    )
    for axes, (title, low, high) in zip(both, panels, strict=True):
        axis_km = EARTH_RADIUS_KM + 0.5 * (low + high)
        period = 2.0 * np.pi * np.sqrt(axis_km**3 / MU_KM3_S2) / 60.0
        for height, ink in ((high, RED), (low, BLUE)):
            axes.hexbin(
                period, height, gridsize=(46, 30), extent=(88.5, 112.0, 150.0, 2600.0), mincnt=1,
                bins="log",
                cmap=mpl.colors.LinearSegmentedColormap.from_list("one", [f"{ink}40", ink]),
                linewidths=0.2,
            )  # fmt: skip
        axes.set(xlim=(88.5, 112.0), ylim=(150, 2600), title=title, xlabel="period, minutes")
        axes.grid(lw=0.4, alpha=0.5)
    both[0].set_ylabel("height, km")
    both[0].text(101.5, 2050, "apogee", color=RED, fontweight="bold", ha="right")
    both[0].text(104, 620, "perigee", color=BLUE, fontweight="bold")
    save(figure, "gabbard-cosmos-1408")

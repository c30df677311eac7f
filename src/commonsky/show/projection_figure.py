"""How crowded it gets, as a picture for reports and notebooks; needs the extra `figures`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from commonsky.errors import CommonskyError
from commonsky.show.crowding import Projection

if TYPE_CHECKING:  # an extra, imported where a figure is asked for
    from matplotlib.axes import Axes

# Told apart by those who see few colours, and in grey: Okabe and Ito's.
INK, DEBRIS, PAYLOADS, STAGES, FAINT = "#222222", "#d55e00", "#0072b2", "#009e73", "#b8b8b8"
SUFFIXES = (".png", ".svg", ".pdf")


class NoMatplotlib(CommonskyError):
    """The package that draws is not installed."""


def write_figure(told: Projection, path: Path) -> None:
    """Draw a projection into a file: objects over the years, collisions, and where it ends."""
    try:
        from matplotlib.backends.backend_agg import FigureCanvasAgg  # noqa: PLC0415 - an extra
        from matplotlib.figure import Figure  # noqa: PLC0415 - an extra
    except ImportError:
        raise NoMatplotlib("figures need matplotlib: pip install 'commonsky[figures]'") from None
    figure = Figure(figsize=(9.0, 6.4), layout="constrained", dpi=150)
    FigureCanvasAgg(figure)
    parts = figure.subplot_mosaic([["objects"] * 2, ["collisions", "heights"]],
                                  height_ratios=[1.35, 1.0])  # fmt: skip
    _objects(parts["objects"], told)
    _collisions(parts["collisions"], told)
    _heights(parts["heights"], told)
    runs = len(told.seeds)
    figure.suptitle(
        f"{told.scenario['years']:g} years, {runs} run{'s' if runs > 1 else ''} from seed "
        f"{told.seeds[0]}, parameters {told.parameters_sha256[:12]}",
        fontsize=9, color=INK, x=0.01, ha="left",
    )  # fmt: skip
    figure.savefig(path, metadata=None)


def _plain(axes: Axes, title: str) -> None:
    axes.set_title(title, loc="left", fontsize=10, color=INK)
    axes.spines[["top", "right"]].set_visible(False)
    axes.tick_params(labelsize=8, colors=INK)
    axes.grid(axis="y", color="#e6e6e6", linewidth=0.7)
    axes.set_axisbelow(True)


def _objects(axes: Axes, told: Projection) -> None:
    year = np.array([one.year for one in told.years])
    low, high = (np.array([getattr(one, f"objects_{end}") for one in told.years])
                 for end in ("low", "high"))  # fmt: skip
    axes.fill_between(year, low, high, color=FAINT, alpha=0.5, linewidth=0)
    lines = (("objects", INK, "all"), ("debris", DEBRIS, "debris"),
             ("payloads", PAYLOADS, "payloads"), ("active", PAYLOADS, "of them steered"),
             ("rocket_bodies", STAGES, "rocket bodies"))  # fmt: skip
    ends = []
    for name, colour, label in lines:
        values = [getattr(one, name) for one in told.years]
        axes.plot(year, values, color=colour, linewidth=1.8 if name == "objects" else 1.3,
                  linestyle="--" if name == "active" else "-")  # fmt: skip
        ends.append((values[-1], label, colour))
    axes.set_ylim(0, None)
    apart = 0.055 * axes.get_ylim()[1]
    place = -apart
    for value, label, colour in sorted(ends):
        place = max(value, place + apart)
        axes.annotate(
            label, (year[-1], place), xytext=(6, 0), textcoords="offset points", va="center",
            fontsize=8, color=colour, annotation_clip=False,
        )  # fmt: skip
    axes.yaxis.set_major_formatter("{x:,.0f}")
    _plain(axes, "objects below 2000 km (band: 10 to 90 % of runs)")


def _collisions(axes: Axes, told: Projection) -> None:
    year = np.array([one.year for one in told.years])
    for name, colour, label in (
        ("collisions", FAINT, "all"), ("catastrophic", DEBRIS, "catastrophic"),
    ):  # fmt: skip
        values = np.cumsum([getattr(one, name) for one in told.years])
        axes.plot(year, values, color=colour, linewidth=1.6)
        axes.annotate(label, (year[-1], values[-1]), xytext=(4, 0), textcoords="offset points",
                      va="center", fontsize=8, color=INK, annotation_clip=False)  # fmt: skip
    axes.set_ylim(0, None)
    _plain(axes, "expected collisions until then")


def _heights(axes: Axes, told: Projection) -> None:
    height = [one["height_km"] for one in told.by_height]
    for name, colour, label in (("debris", DEBRIS, "debris"), ("payloads", PAYLOADS, "payloads"),
                                ("rocket_bodies", STAGES, "rocket bodies")):  # fmt: skip
        axes.step(height, [one[name] for one in told.by_height], where="mid", color=colour,
                  linewidth=1.3, label=label)  # fmt: skip
    axes.legend(fontsize=8, frameon=False)
    axes.set_xlabel("height in km", fontsize=8, color=INK)
    axes.set_ylim(0, None)
    _plain(axes, "at the end, in layers of 25 km")

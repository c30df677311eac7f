"""The picture of the hindcast: what was catalogued in six bands of height, and four columns."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from bench.followed import Followed
from bench.hindcast import COLUMNS, START_DAY
from bench.past_sky import BANDS_KM, snapshots

FIGURE = Path(__file__).parents[1] / "docs" / "environment-validation" / "hindcast.png"
INCOMPLETE = {"20200103"}  # some thousand objects fewer than the days before and after it
INKS = {"A": "#8a8a8a", "B": "#c98a1b", "C": "#2a6fbb", "D": "#14813f"}
LABELS = {
    "A": "A: knows nothing after 1999",
    "B": "B: knows the Sun",
    "C": "C: knows launches and four break-ups too",
    "D": "D: knows how many pieces those left",
}


def draw(told: dict[str, list[Followed]]) -> None:
    """Write the picture."""
    import matplotlib as mpl  # noqa: PLC0415 - tests of the hindcast draw nothing

    mpl.use("Agg")
    import matplotlib.pyplot as plt  # noqa: PLC0415
    from PIL import Image  # noqa: PLC0415

    figure, axes = plt.subplots(2, 3, figsize=(9.2, 5.3), dpi=110, sharex=True)
    days = [day for day in sorted(snapshots()) if day >= START_DAY and day not in INCOMPLETE]
    years = [snapshots()[day].year for day in days]
    seen = np.array([snapshots()[day].by_band().sum(axis=0) for day in days])
    for k, (axis, (low, high)) in enumerate(zip(axes.ravel(), BANDS_KM, strict=True)):
        for column in COLUMNS:
            runs = np.array([one.bands[:, :, k].sum(axis=1) for one in told[column]])
            ends = np.concatenate([[2000.0], told[column][0].run.year])
            runs = np.column_stack([np.full(len(runs), seen[0, k]), runs])
            mean, spread = runs.mean(axis=0), runs.std(axis=0, ddof=1)
            ink = INKS[column]
            if column in {"A", "D"}:
                axis.fill_between(ends, mean - spread, mean + spread, color=ink, alpha=0.16, lw=0)
            axis.plot(
                ends, mean, color=ink, lw=1.6, ls="--" if column in {"A", "B"} else "-",
                label=LABELS[column],
            )  # fmt: skip
        axis.plot(years, seen[:, k], ".", color="#b3372f", ms=4, label="catalogued")
        axis.set_title(
            f"{low} to {high} km" if low else f"below {high} km", loc="left", fontsize=9
        )
        axis.set_ylim(0.0, None)
        axis.set_xlim(2000.0, 2026.0)
        axis.grid(visible=True, lw=0.4, alpha=0.5)
        axis.spines[["top", "right"]].set_visible(False)
        axis.tick_params(labelsize=8)
        axis.yaxis.set_major_formatter("{x:,.0f}")
    handles, labels = axes[0, 0].get_legend_handles_labels()
    order = [len(handles) - 1, *range(len(handles) - 1)]
    figure.legend(
        [handles[one] for one in order], [labels[one] for one in order], loc="lower center",
        ncols=3, fontsize=8.5, frameon=False,
    )  # fmt: skip
    figure.suptitle(
        "Objects by mean height, 2000 to 2025; shaded: one standard deviation of ten runs",
        x=0.01, ha="left", fontsize=10.5,
    )  # fmt: skip
    figure.tight_layout(rect=(0.0, 0.09, 1.0, 0.99))
    FIGURE.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(FIGURE)
    plt.close(figure)
    with Image.open(FIGURE) as drawn:
        few = drawn.convert("RGB").quantize(64)  # a third of the bytes, and no eye sees it
    few.save(FIGURE, optimize=True)

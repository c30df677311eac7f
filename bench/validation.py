"""
The ladder beside published values; `python -m bench.validation --write` makes the page of it.

Needs the reference values beside the repository; what is compared in tests is compared here, and
every number is shown.
"""

from __future__ import annotations

import argparse
import json
import lzma
import math
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from commonsky import __version__
from commonsky.assess.collision import collision_probability, collision_probability_of_states
from commonsky.assess.ladder import Ladder, climb, in_plane
from commonsky.assess.limits import square_probability
from commonsky.assess.one_covariance import assess_one_covariance
from commonsky.assess.pairs import pairs_of
from commonsky.astro.frames import rotation_rtn

ROOT = Path(__file__).parents[1]
SHARED = ROOT.parent / "shared"
PAGE = ROOT / "docs" / "validation.md"
FOUND = Path(__file__).with_name("validation_findings.md")
TRIALS, SEED = 1_000_000, 1
# Half windows of Alfano (2009), s.
ALFANO_WINDOWS_S = (21600.0,) * 4 + (1419.0,) * 3 + (10135.0, 10800.0, 21600.0, 1420.0, 1420.0)
KM = {"r1": 1e-3, "v1": 1e-3, "C1": 1e-6, "r2": 1e-3, "v2": 1e-3, "C2": 1e-6, "hbr_m": 1e-3}
CARA = (
    "Theirs: CARA_Analysis_Tools at a80d016, their own test conjunctions by their own methods. "
    "Errors that both objects share are left out, as there."
)
ALFANO = (
    "Alfano (2009); 2-D Pc and 1e8 trials as run again by CARA. Windows are Alfano's. Nc counts "
    "every collision of a pair, and Pc is at most that."
)

Case = dict[str, Any]


def group(name: str) -> list[Case]:
    """Return the reference cases of a group."""
    text = lzma.decompress((SHARED / "reference" / "pc_cases.json.xz").read_bytes())
    return [case for case in json.loads(text)["cases"] if case["group"] == name]


def columns(cases: Sequence[Case]) -> list[np.ndarray]:
    """Return states, covariances and radii in km."""
    return [np.array([case["inputs"][key] for case in cases]) * scale for key, scale in KM.items()]


def said(case: Case, method: str) -> Case:
    """Return what was published for a method; nan if nothing was."""
    found = [one for one in case["expected"] if f"{one['method']} ".startswith(f"{method} ")]
    return dict(found[0]) if found else {"value": math.nan}


def beside(ours: float, theirs: float) -> str:
    """Return both values, and how far apart they are."""
    if math.isnan(theirs):
        return f"{ours:.4g} / -"
    if math.isnan(ours) or theirs == 0.0:
        return f"{ours:.4g} / {theirs:.4g}"
    return f"{ours:.4g} / {theirs:.4g} ({ours / theirs - 1.0:+.0e})"


def real_messages() -> Iterator[str]:
    """Yield the table of NASA CARA's 53 real messages."""
    cases = group("CARA_PcMethod_53")
    found = climb(*columns(cases), all_tiers=True, trials=TRIALS, seed=SEED)
    yield (
        "| objects, TCA | km/s | 2-D Pc | 2-D Nc | 3-D Nc | trials: ours, 95 % / theirs, 95 % | "
        "to use | 2-D violated: ours, theirs |"
    )
    yield "|---|---|---|---|---|---|---|---|"
    inside = 0
    for i, case in enumerate(cases):
        _, first, _, second, day, *_ = case["id"].replace("cara-cdm-", "cdm_").split("_")
        trials = said(case, "PcSDMC")
        low, high = trials["ci95"]
        inside += low <= found.pc[i] <= high
        violated = ", ".join(found.violated()[i]) or "no"
        yield (
            f"| {int(first)} {int(second)}, {day} | {case['vrel_mps'] / 1e3:.2f} | "
            f"{beside(found.pc_2d[i], said(case, 'Pc2D')['value'])} | "
            f"{beside(found.nc_2d[i], said(case, 'Nc2D')['value'])} | "
            f"{beside(found.nc_3d[i], said(case, 'Nc3D')['value'])} | "
            f"{found.pc_monte_carlo[i]:.3g} [{found.ci_low[i]:.3g}, {found.ci_high[i]:.3g}] / "
            f"{trials['value']:.3g} [{low:.3g}, {high:.3g}] | "
            f"{found.methods()[i]} | {violated}; {'yes' if case['violations']['Pc2D'] else 'no'} |"
        )
    yield ""
    yield from _spread(cases, found, inside)


def _spread(cases: Sequence[Case], found: Ladder, inside: int) -> Iterator[str]:
    """Yield how far apart the columns are."""
    for name, ours, method, where in (
        ("2-D Pc, above 1e-60", found.pc_2d, "Pc2D", 1e-60),
        ("2-D Nc, where theirs is valid", found.nc_2d, "Nc2D", 0.0),
        ("3-D Nc", found.nc_3d, "Nc3D", 0.0),
    ):
        theirs = np.array([said(case, method)["value"] for case in cases])
        keep = theirs > where
        if method == "Nc2D":
            keep &= np.array([case["violations"]["Nc2D"] == 0 for case in cases])
        off = np.abs(ours[keep] / theirs[keep] - 1.0)
        yield (
            f"- {name}: {keep.sum()} rows, median difference {np.median(off):.0e}, largest "
            f"{off.max():.0e}, {(off <= 1e-3).sum()} within 1e-3."
        )
    agree = sum(
        ("curved" in violated) == (case["violations"]["Pc2D"] > 0)
        for case, violated in zip(cases, found.violated(), strict=True)
    )
    yield f"- The verdict that 2-D Pc may not be used is theirs in {agree} of {len(cases)}."
    yield (
        f"- The number to use lies in their 95 % interval of trials in {inside} of {len(cases)}."
    )


def alfano() -> Iterator[str]:
    """Yield the table of Alfano's twelve cases."""
    cases = group("Alfano_2009")
    found = climb(
        *columns(cases), half_window_s=np.array(ALFANO_WINDOWS_S), all_tiers=True, trials=TRIALS,
        seed=SEED,
    )  # fmt: skip
    yield ("| case | 2-D Pc | 3-D Nc / CARA's | their 1e8 trials, 95 % | our trials | to use |")
    yield "|---|---|---|---|---|---|"
    for i, case in enumerate(cases):
        trials = said(case, "Monte Carlo 1e8 (CARA re-run)")
        low, high = trials["ci95"]
        yield (
            f"| {i + 1} | {beside(found.pc_2d[i], said(case, 'Pc2D')['value'])} | "
            f"{beside(found.nc_3d[i], said(case, 'Nc3D')['value'])} | "
            f"{trials['value']:.5g} [{low:.5g}, {high:.5g}] | {found.pc_monte_carlo[i]:.4g} | "
            f"{found.methods()[i]} |"
        )


def samples() -> Iterator[str]:
    """Yield what is published for CARA's other examples."""
    yield "| case | method | ours / theirs |"
    yield "|---|---|---|"
    for case in (*group("CARA_inline"), *group("CARA_SampleCDM")):
        r1, v1, c1, r2, v2, c2, radius = (column[None] for column in _one(case))
        pairs = pairs_of((r1, v1, c1), (r2, v2, c2), radius)
        found = climb(r1, v1, c1, r2, v2, c2, radius, all_tiers=True, trials=200_000, seed=SEED)
        flat = in_plane(pairs, resolve_tca=False)
        half = radius * math.sqrt(math.pi) / 2.0
        ours = {
            "Pc2D_NoAdj": flat.pc[0],
            "Pc2D_Foster circle": found.pc_2d[0],
            "Pc2D_Foster square (": square_probability(
                flat.miss_plane_km, flat.sigma_plane_km, radius
            )[0],
            "Pc2D_Foster equal": square_probability(flat.miss_plane_km, flat.sigma_plane_km, half)[
                0
            ],
            "DilutionMaxPc": found.pc_max[0],
            # Without errors of velocity there are no trials, and the plane is all there is.
            "Monte Carlo": (found.pc_monte_carlo if pairs.full[0] else found.pc)[0],
            "Nc3D": found.nc_3d[0],
        }
        for one in case["expected"]:
            value = next(v for name, v in ours.items() if one["method"].startswith(name))
            yield f"| {case['id']} | {one['method']} | {beside(value, one['value'])} |"


def _one(case: Case) -> list[np.ndarray]:
    return [np.asarray(column[0]) for column in columns([case])]


def one_covariance() -> Iterator[str]:
    """Yield the bounds where one object's errors are known, against Frisbee's as CARA has them."""
    yield "| case | radius m | errors of | ours, a square of the same area / theirs | a disc |"
    yield "|---|---|---|---|---|"
    for case in group("Frisbee_max_single_cov"):
        r1, v1, c1, r2, v2, c2, _ = (column[None] for column in _one(case))
        for row, radius in enumerate((0.070, 0.020)):
            for column, (name, known) in enumerate((("2", c2), ("1", c1))):
                found = assess_one_covariance(r1, v1, r2, v2, known[:, :3, :3], [radius])
                half = np.array([0.5 * math.sqrt(math.pi) * radius])
                square = square_probability(found.miss_plane_km, found.sigma_plane_km, half)[0]
                yield (
                    f"| {case['id'].removeprefix('frisbee-SingleCov')} | {radius * 1e3:g} | "
                    f"{name} | {beside(square, case['expected'][0]['value'][row][column])} | "
                    f"{found.pc[0]:.4g} |"
                )


def planes() -> Iterator[str]:
    """Yield plane cases against their truth to 40 digits, and what Orekit's tests expect."""
    yield "| case | ours | difference from the truth | expected by Orekit's tests, relative |"
    yield "|---|---|---|---|"
    for case in group("Orekit_scalar"):
        given = case["inputs"]
        ours = collision_probability(
            *([given[key]] for key in ("xm", "ym", "sigma_x", "sigma_y", "hbr_m"))
        )[0][0]
        truth = said(case, "truth (this work, mpmath 40 digits)")["value"]
        theirs = {
            one["method"].removeprefix("Orekit "): one["value"] / truth - 1.0
            for one in case["expected"]
            if one["method"].startswith("Orekit")
        }
        off = ", ".join(f"{name} {value:+.0e}" for name, value in theirs.items())
        name = case["id"].removeprefix("orekit-")
        yield f"| {name} | {ours:.12g} | {ours / truth - 1.0:+.0e} | {off} |"


def armellin() -> str:
    """Return how 1,447 real geometries compare with their truth."""
    with lzma.open(SHARED / "data" / "cdm" / "armellin_pc_cases.csv.xz", "rt") as table:
        data = np.genfromtxt(table, delimiter=",", skip_header=1)
    text = lzma.decompress((SHARED / "reference" / "pc_cases_armellin.json.xz").read_bytes())
    rows = {row["id"]: row["truth_pc2d"] for row in json.loads(text)["rows"]}
    truth = np.array([rows[int(number)] for number in data[:, 0]])
    objects = []
    for start in (2, 14):
        position, velocity = data[:, start : start + 3], data[:, start + 3 : start + 6]
        axes = rotation_rtn(position, velocity)
        rtn = data[:, start + 6 : start + 12][:, [0, 3, 4, 3, 1, 5, 4, 5, 2]].reshape(-1, 3, 3)
        objects += [position, velocity, axes.transpose(0, 2, 1) @ rtn @ axes]
    r1, v1, c1, r2, v2, c2 = objects
    ours, _ = collision_probability_of_states(r1, v1, c1, r2, v2, c2, data[:, 1])
    off = np.abs(ours / truth - 1.0)
    return (
        f"{len(truth):,} conjunctions derived from the ESA collision avoidance challenge: largest "
        f"relative difference {off.max():.0e}, median {np.median(off):.0e}."
    )


def page() -> str:
    """Return docs/validation.md."""
    made = (
        f"Made by `python -m bench.validation --write` with commonsky {__version__}; "
        f"{TRIALS:,} trials, seed {SEED}. Cells hold ours / theirs (relative difference)."
    )
    parts = [
        "# Validation of the probability of collision",
        "",
        made,
        (
            "The long-term model has [a page of its own](environment-validation.md), and so has "
            "[what happened](events-validation.md)."
        ),
        "",
        "## NASA CARA's 53 real messages",
        CARA,
        "",
        *real_messages(),
        "",
        "## Alfano's twelve cases",
        ALFANO,
        "",
        *alfano(),
        "",
        "## CARA's examples",
        *samples(),
        "",
        "## One covariance only",
        "Frisbee's bound, as CARA's unit test has it.",
        "",
        *one_covariance(),
        "",
        "## Plane cases",
        "Truth: a one-dimensional integral to 40 digits.",
        "",
        *planes(),
        "",
        "## Armellin's set",
        armellin(),
        "",
        FOUND.read_text().rstrip(),
        "",
    ]
    return "\n".join(parts)


def main() -> None:
    """Print the page, or write it."""
    parser = argparse.ArgumentParser(prog="python -m bench.validation", description=__doc__)
    parser.add_argument("--write", action="store_true")
    text = page()
    if parser.parse_args().write:
        PAGE.write_text(text)
    else:
        print(text)


if __name__ == "__main__":
    main()

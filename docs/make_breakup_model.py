"""
Make the figures and tables of docs/breakup-model.md; prose between them is written by hand.

    python docs/make_breakup_model.py

What compares with real break-ups or with published figures needs the shared folder beside the
repository; without it those parts stay as they are.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import breakup_model_events as real
import breakup_model_figures as figures
import breakup_model_tables as tables
import numpy as np
from breakup_model_tables import head, row

from commonsky.astro.arrays import Floats
from commonsky.environment.area_to_mass import BLEND_UNTIL_M, drawn
from commonsky.environment.breakup import Parent, area_m2, collision, explosion
from commonsky.environment.earth import EARTH_RADIUS_KM, MU_KM3_S2
from commonsky.environment.fragment_orbits import fragment_orbits
from commonsky.environment.low_intensity import low_intensity

PAGE = Path(__file__).with_name("breakup-model.md")
REFERENCE = real.DATA.parent / "reference" / "reference.json"
DRAWS = 40


def log_ratios(*, is_rocket_body: bool, is_mixture: bool) -> Floats:
    """(n,) log10 of area-to-mass of fragments of 0.11 to 1 m."""
    rng = np.random.default_rng(3)
    length = figures.lengths_m(400_000, rng)
    return figures.log_ratios(length, rng, is_rocket_body=is_rocket_body, is_mixture=is_mixture)


def shares_of_mass(mass_kg: float, *, is_rocket_body: bool) -> Iterator[str]:
    """Yield what share of a parent is in fragments of 0.1 to 1 m, if nothing limits it."""
    rng = np.random.default_rng(4)
    expected = 0.1 * mass_kg**0.75 * (0.1**-1.71 - 1.0)
    length = figures.lengths_m(400_000, rng, 0.1)
    ratio = drawn(length, rng, is_rocket_body=is_rocket_body)
    wrong, large = ratio.copy(), length > BLEND_UNTIL_M
    wrong[large] = 10.0 ** figures.log_ratios(
        length[large], rng, is_rocket_body=is_rocket_body, is_mixture=False
    )
    for one in (ratio, wrong):
        yield f"{100 * expected * float((area_m2(length) / one).mean()) / mass_kg:.0f} %"


def mixture() -> Iterator[str]:
    """Yield the mixture beside the weighted sum."""
    yield from head("", "mixture, as published", "weighted sum, the mistake")
    for is_rocket_body, name in ((False, "spacecraft"), (True, "upper stage")):
        both = [log_ratios(is_rocket_body=is_rocket_body, is_mixture=one) for one in (True, False)]
        yield row(f"{name}: deviation of log10", *(f"{x.std():.3f}" for x in both))
        below = (f"{100 * (x < np.log10(0.02)).mean():.1f} %" for x in both)
        yield row(f"{name}: below 0.02 m²/kg", *below)
        above = (f"{100 * (x > np.log10(0.5)).mean():.1f} %" for x in both)
        yield row(f"{name}: above 0.5 m²/kg", *above)
        for mass_kg in (1456,) if is_rocket_body else (880, 1456, 5000):
            told = shares_of_mass(mass_kg, is_rocket_body=is_rocket_body)
            yield row(f"{name}, {mass_kg:,} kg: mass in fragments of 0.1 to 1 m", *told)


def masses() -> Iterator[str]:
    """Yield where the mass goes."""
    yield from head(
        "break-up", "from", "fragments, kg", "shorter ones, kg", "remnants, kg", "sum, kg"
    )
    rng = np.random.default_rng(7)
    stage, satellite = Parent(1456.0, is_rocket_body=True), Parent(880.0)
    cases = (
        ("880 kg and 500 kg at 9.4 km/s", collision(satellite, 500, 9.4, 0.1, rng)),
        ("the same", collision(satellite, 500, 9.4, 0.01, rng)),
        (
            "the same, 4.3 times as many",
            collision(satellite, 500, 9.4, 0.1, rng, count_factor=4.3),
        ),
        ("stage of 1,456 kg and 900 kg at 11.6 km/s", collision(stage, 900, 11.6, 0.1, rng)),
        ("5,000 kg and 0.5 kg at 5 km/s", collision(Parent(5000.0), 0.5, 5.0, 0.1, rng)),
        ("explosion of the stage, S = 1", explosion(stage, 0.1, rng)),
        ("low intensity, 1,457 kg, scale 1", low_intensity(Parent(1457.0), 0.1, rng)),
    )
    for name, told in cases:
        n = len(told) - told.remnants
        drawn, left = float(told.mass_kg[:n].sum()), float(told.mass_kg[n:].sum())
        yield row(
            name, f"{told.smallest_m:g} m", f"{n:,}: {drawn:,.1f}", f"{told.mass_below_kg:,.1f}",
            f"{told.remnants}: {left:,.1f}", f"{drawn + left + told.mass_below_kg:,.1f}",
        )  # fmt: skip


def published() -> Iterator[str]:
    """Yield our value beside each figure that was published, or measured elsewhere."""
    told: dict[str, Any] = json.loads(REFERENCE.read_text(encoding="utf-8"))
    yield from head("figure", "ours", "reference")
    rng = np.random.default_rng(8)
    for name, by_length in told["sbm_formulae"]["counts"].items():
        mass_kg = float(re.findall(r"(\d+) kg", name)[0])
        for length, count in by_length.items():
            smallest_m = float(length.removeprefix("Lc>="))
            found = collision(Parent(mass_kg), 1e-6 * mass_kg, 1e5, smallest_m, rng)
            ours = len(found) - found.remnants + 0.1 * mass_kg**0.75
            yield row(f"{name}: longer than {smallest_m:g} m", f"{ours:,.0f}", f"{count:,}")
    yield from _esa(told["sbm_formulae"]["esa_cpp_regression"])
    seen = told["sbm_AM_sampling_test"]
    for is_rocket_body, key in (
        (False, "payload, Lc power-law 0.11-1 m"), (True, "rocket body, same")
    ):  # fmt: skip
        x, theirs = (
            log_ratios(is_rocket_body=is_rocket_body, is_mixture=True),
            seen[key]["mixture"],
        )
        name = "stage" if is_rocket_body else "spacecraft"
        for what, ours in (
            ("mean", x.mean()), ("std", x.std()), ("p01", np.percentile(x, 1)),
            ("p50", np.median(x)), ("p99", np.percentile(x, 99)),
        ):  # fmt: skip
            if what in theirs:
                yield row(f"log10 A/M, {name}: {what}", f"{ours:.3f}", f"{theirs[what]:.3f}")
    for key, height_km, mass_kg, impactor_kg, speed_km_s in (
        ("C1408 480 km", 480, 1750, 30, 5.0), ("FY-1C 863 km", 863, 880, 20, 9.0),
        ("Ir33-C2251 789 km", 789, 900, 556, 11.6),
    ):  # fmt: skip
        theirs = told["sbm_dv_gabbard"][key]
        speed, down = _velocities(height_km, mass_kg, impactor_kg, speed_km_s)
        values = theirs.get("dv_p10_50_90_99") or theirs["dv"]
        yield row(
            f"{key}: delta-v, 10, 50, 90, 99 %, m/s", ", ".join(f"{x:,.0f}" for x in speed),
            ", ".join(f"{x:,}" for x in values),
        )  # fmt: skip
        share = theirs.get("instant_reentry_frac_perigee_lt_150") or theirs["instant_reentry"]
        yield row(
            f"{key}: perigee below 150 km at once", f"{100 * down:.1f} %", f"{100 * share:.1f} %"
        )


def _esa(counts: dict[str, Any]) -> Iterator[str]:
    for key, one_kg, other_kg, smallest_m in (
        ("iridium_cosmos2 556+900 kg, Lc 0.05", 556.0, 900.0, 0.05),
        ("fengyun 880+500 kg, Lc 0.05", 880.0, 500.0, 0.05),
        ("fengyun Lc 0.001", 880.0, 500.0, 0.001),
    ):
        both = 0.1 * (one_kg + other_kg) ** 0.75  # longer than 1 m: remnants, here
        for mass_kg, impactor_kg in ((one_kg, other_kg), (other_kg, one_kg)):
            rng = np.random.default_rng(10)
            found = collision(Parent(mass_kg), impactor_kg, 9.4, smallest_m, rng)
            both += len(found) - found.remnants
        yield row(
            f"ESA's program, {one_kg:g} + {other_kg:g} kg, from {smallest_m:g} m",
            f"{both:,.0f}", f"{counts[key]:,}",
        )  # fmt: skip


def _velocities(
    height_km: float, mass_kg: float, impactor_kg: float, speed_km_s: float
) -> tuple[list[float], float]:
    rng = np.random.default_rng(9)
    radius = EARTH_RADIUS_KM + height_km
    place = np.array([radius, 0, 0])
    motion = np.array([0, float(np.sqrt(MU_KM3_S2 / radius)), 0])
    speeds, lows = [], []
    for _ in range(DRAWS):
        told = collision(Parent(mass_kg), impactor_kg, speed_km_s, 0.1, rng)
        n = len(told) - told.remnants
        speeds.append(told.speed_m_s[:n])
        lows.append(fragment_orbits(place, motion, told, oblate=False).perigee_km[:n])
    return (
        np.percentile(np.concatenate(speeds), [10, 50, 90, 99]).tolist(),
        float((np.concatenate(lows) < 150.0).mean()),
    )


def main() -> None:
    """Write all parts that can be made here."""
    parts = {"mixture": mixture, "masses": masses}
    drawings = [figures.area_to_mass]
    if REFERENCE.exists():
        parts |= {"published": published}
    if real.here():
        parts |= {
            "measured": tables.measured, "counted": tables.counted, "fast": tables.fast,
            "delays": tables.delays, "fits": tables.fits, "causes": tables.causes,
        }  # fmt: skip
        drawings += [
            figures.measured_ratios, figures.counts, figures.fit_by_day, figures.speeds,
            figures.gabbard,
        ]  # fmt: skip
    text = PAGE.read_text(encoding="utf-8")
    for name, part in parts.items():
        made = "\n".join(part())
        begins, ends = f"<!-- {name} -->\n", f"\n<!-- /{name} -->"
        before, found, after = text.partition(begins)
        text = before + begins + made + ends + after.partition(ends)[2]
        if not found:
            raise SystemExit(f"docs/breakup-model.md has no place for {name}")
    PAGE.write_text(text, encoding="utf-8")
    for draw in drawings:
        draw()


if __name__ == "__main__":
    main()

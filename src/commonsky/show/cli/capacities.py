"""`commonsky environment capacity`: what a policy comes to, at once."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Any

import msgspec
import numpy as np

from commonsky.environment.capacity import (
    Policy,
    as_document,
    capacity_model,
    project,
    shell_population,
)
from commonsky.environment.gas import Avoidance
from commonsky.environment.sky import sky_of
from commonsky.node.environment import year_of
from commonsky.show.cli.crowding import Population, limits_of, read
from commonsky.show.cli.exits import Misuse
from commonsky.show.cli.plain import plain
from commonsky.show.cli.voice import Voice


def show_capacity(
    asked: Population, figures: Mapping[str, float], years: int, limits: tuple[str, ...], form: str
) -> None:
    """Write what a policy comes to, and how much of each shell's room is used."""
    limit_of = {one.name: one.limit for one in limits_of(limits)}
    told: dict[str, Any] = dict(figures)
    try:
        avoidance = Avoidance(of_tracked=told.pop("avoidance"))
        policy = Policy(avoidance=avoidance, **told)
    except ValueError as error:
        raise Misuse(str(error)) from None
    with Voice() as voice:
        catalogue, objects = read(voice, asked)
        year = year_of(catalogue)
        sky = sky_of(objects, year, policy.mission_years)
        model = capacity_model(
            shell_population(
                sky.perigee_km, sky.apogee_km, sky.mass_kg, sky.area_m2, sky.kind, sky.active,
                sky.weight, sky.inclination_rad,
            ),
            start_year=year,
        )  # fmt: skip
        document = {"kind": "capacity", "policy": told | {"avoidance": figures["avoidance"]}}
        document |= as_document(project(model, policy, years), limit_of)
    if form == "json":
        sys.stdout.buffer.write(msgspec.json.encode(document) + b"\n")
    else:
        sys.stdout.write("\n".join(plain(line) for line in words(document)) + "\n")


def words(told: Mapping[str, Any]) -> list[str]:
    """Return what a policy comes to, for people."""
    years, numbers = told["years"], told["numbers"]
    places = np.unique(np.linspace(0, len(years) - 1, 9).astype(int)).tolist()
    lines = ["   years     active   derelict     debris   catastrophic a year"]
    rates = [None, *told["catastrophic_per_year"]][-len(years) :]
    lines += [
        f"{years[k]:8.0f}{numbers['active'][k]:11,.0f}{numbers['derelict'][k]:11,.0f}"
        f"{numbers['debris'][k]:11,.0f}   " + ("" if rates[k] is None else f"{rates[k]:.3g}")
        for k in places
    ]
    more = "multiplies by itself" if told["reproduction"] > 1.0 else "dies out by itself"
    lines.append(
        f"one fragment leads to {told['reproduction']:.2g} more while it is up: debris {more}"
    )
    for one in told["criteria"]:
        crossed = one["crossed_after_years"]
        when = "" if crossed is None else f", crossed after {crossed:g} years"
        lines.append(
            f"{one['measure']}: {one['value']:.3g}, limit {one['limit']:g}: {one['verdict']}{when}"
        )
    shells = told["shells"]
    full = np.argsort(-np.array(shells["used"]), kind="stable")[:5]
    lines.append("fullest shells, steered satellites there of those that the shell can bear:")
    lines += [
        f"  {shells['from_km'][k]:5.0f} km  {shells['active'][k]:8,.0f} of "
        f"{shells['capacity'][k]:,.0f} ({shells['used'][k]:.0%})"
        for k in full.tolist()
        if shells["active"][k] >= 1.0
    ]
    lines.append("means only, by a shell model: `environment project` follows every object")
    return lines

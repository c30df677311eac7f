"""`commonsky breakup`: fragments as lines, and what becomes of them in words."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from commonsky.astro.epoch import tai_ns, utc_text
from commonsky.catalogue.catalogue import Catalogue, ObjectType
from commonsky.environment.breakup import Fragments, Parent, collision, energy_j_g, explosion
from commonsky.environment.drag import RE_ENTRY_KM
from commonsky.environment.fragment_orbits import Fate, FragmentOrbits, fragment_orbits
from commonsky.environment.objects import SizeProvenance
from commonsky.environment.sizes import objects
from commonsky.errors import UnknownObject
from commonsky.node.breakups import (
    consequence_of,
    rows_of_interest,
    satellites_of,
    state_of,
)
from commonsky.show.cli.consequences import MomentLine, consequence_words, moment_lines
from commonsky.show.cli.exits import Misuse
from commonsky.show.cli.fitting import (
    catalogued_of,
    fit_line,
    fit_words,
    fitted,
    tuned_fragments,
)
from commonsky.show.cli.screening import read_files
from commonsky.show.cli.voice import Voice, announce_compilation

ROWS_AT_ONCE = 4096
GIVEN = "as given"
KNOWN = {
    SizeProvenance.MEASURED: "measured",
    SizeProvenance.CATALOGUE: "of a catalogue",
    SizeProvenance.DESIGN: "published for its type",
    SizeProvenance.RADAR: "guessed by its radar cross-section, to a factor of three",
    SizeProvenance.RCS_CLASS: "guessed by the class of its cross-section, to a factor of ten",
    SizeProvenance.KIND: "drawn from what others of its kind have, to a factor of ten",
    SizeProvenance.DERIVED: "guessed by its size, to a factor of three",
}
_ENCODER = msgspec.json.Encoder()


@dataclass(frozen=True, slots=True)
class BreakUp:
    """What breaks up, when, how, and how much of it is to be told."""

    number: int
    at: str
    smallest_m: float
    mass_kg: float | None
    impactor_kg: float | None
    speed_km_s: float
    scale: float
    seed: int
    interest: tuple[str, ...] = ()
    screening_km: float = 1.0
    catalogued: tuple[str, ...] = ()


class FragmentLine(msgspec.Struct, frozen=True, tag="fragment", tag_field="kind"):
    """One line of ndjson."""

    characteristic_length_m: float
    area_to_mass_m2_kg: float
    mass_kg: float
    delta_v_m_s: float
    perigee_km: float
    apogee_km: float | None  # null for what leaves the Earth
    period_min: float | None
    inclination_deg: float


class Summary(msgspec.Struct, frozen=True, kw_only=True, tag="summary", tag_field="kind"):
    """The last line."""

    parent: int
    name: str
    at: str
    how: str
    mass_kg: float
    mass_provenance: str
    fragments: int
    fragments_between: tuple[int, int]
    remnants: int
    smallest_m: float
    mass_below_kg: float
    capped_velocities: int
    re_entering: int
    escaping: int
    seed: int


def write_breakup(asked: BreakUp, path: Path, form: str) -> None:
    """Write the fragments of a break-up, or what they come to."""
    with Voice() as voice:
        announce_compilation(voice, "astro")
        catalogue = read_files([str(path)])
        row = row_of(catalogue, asked.number)
        at_tai_ns = tai_ns(asked.at) if asked.at else int(catalogue.elements.epoch_tai_ns[row])
        kind = ObjectType(int(catalogue.object_type[row]))
        mass_kg, provenance = mass_of(catalogue, row, asked)
        try:
            state = state_of(catalogue, row, at_tai_ns)
            fragments, how = broken(asked, mass_kg, kind)
            told_of = None
            if asked.catalogued:
                lasting = float((fragment_orbits(*state, fragments).fate == Fate.IN_ORBIT).mean())
                told_of = fitted(
                    catalogued_of(asked.catalogued), mass_kg, provenance, lasting, asked.seed
                )
                fragments, how = tuned_fragments(
                    told_of, asked.smallest_m, asked.seed,
                    is_rocket_body=kind is ObjectType.ROCKET_BODY,
                    impactor_kg=asked.impactor_kg, speed_km_s=asked.speed_km_s,
                )  # fmt: skip
        except ValueError as error:
            raise Misuse(str(error)) from None
        orbits = fragment_orbits(*state, fragments)
        moments, spread_days = followed(voice, catalogue, asked, state, at_tai_ns, fragments)
    told = Summary(
        parent=asked.number,
        name=str(catalogue.object_name[row]),
        at=utc_text(at_tai_ns, 0),
        how=how,
        mass_kg=mass_kg,
        mass_provenance=GIVEN if asked.mass_kg is not None else KNOWN[provenance],
        fragments=len(fragments),
        fragments_between=(round(fragments.count_between[0]), round(fragments.count_between[1])),
        remnants=fragments.remnants,
        smallest_m=asked.smallest_m,
        mass_below_kg=round(fragments.mass_below_kg, 3),
        capped_velocities=fragments.capped,
        re_entering=int((orbits.fate == Fate.RE_ENTERED).sum()),
        escaping=int((orbits.fate == Fate.ESCAPED).sum()),
        seed=asked.seed,
    )
    if form == "ndjson":
        write_lines(fragments, orbits)
        sys.stdout.buffer.write(_ENCODER.encode_lines(moments))
        if told_of is not None:
            sys.stdout.buffer.write(_ENCODER.encode(fit_line(told_of)) + b"\n")
        sys.stdout.buffer.write(_ENCODER.encode(told) + b"\n")
    else:
        lines = words(told, fragments, orbits)
        if told_of is not None:
            lines += fit_words(fit_line(told_of))
        if moments:
            lines += consequence_words(moments, spread_days)
        sys.stdout.write("\n".join(lines) + "\n")


def followed(
    voice: Voice, catalogue: Catalogue, asked: BreakUp, state: tuple[Any, Any], at_tai_ns: int,
    fragments: Fragments,
) -> tuple[list[MomentLine], float]:  # fmt: skip
    """Return what becomes of the cloud, where satellites of interest are asked for."""
    if not asked.interest:
        return [], np.inf
    rows = rows_of_interest(catalogue, asked.interest)
    rows = rows[catalogue.catalogue_number[rows] != asked.number]
    with voice.during("following"):
        satellites = satellites_of(catalogue, rows, at_tai_ns, asked.seed)
        told = consequence_of(
            state, at_tai_ns, fragments, satellites, screening_km=asked.screening_km,
            seed=asked.seed,
        )  # fmt: skip
    return moment_lines(told, catalogue, rows), told.spreading.nodes_days


def mass_of(catalogue: Catalogue, row: int, asked: BreakUp) -> tuple[float, SizeProvenance]:
    """Return the mass of what breaks up, and how it is known."""
    if asked.mass_kg is not None:
        return asked.mass_kg, SizeProvenance.MEASURED
    found = objects(catalogue.take(np.array([row])), None, asked.seed)
    return float(found.mass_kg[0]), SizeProvenance(int(found.mass_provenance[0]))


def broken(asked: BreakUp, mass_kg: float, kind: ObjectType) -> tuple[Fragments, str]:
    """Return the fragments, and in words how they came about."""
    rng = np.random.default_rng(asked.seed)
    parent = Parent(mass_kg, kind is ObjectType.ROCKET_BODY)
    if asked.impactor_kg is None:
        told = explosion(parent, asked.smallest_m, rng, scale=asked.scale)
        return told, f"explosion of scale {asked.scale:g}"
    energy = energy_j_g(parent.mass_kg, asked.impactor_kg, asked.speed_km_s)
    told = collision(parent, asked.impactor_kg, asked.speed_km_s, asked.smallest_m, rng)
    what = "catastrophic" if energy >= 40.0 else "not catastrophic"
    return told, (
        f"collision with {asked.impactor_kg:g} kg at {asked.speed_km_s:g} km/s, "
        f"{energy:,.0f} J/g: {what}"
    )


def row_of(catalogue: Catalogue, number: int) -> int:
    """Return the row of an object."""
    rows = np.flatnonzero(catalogue.catalogue_number == number)
    if not len(rows):
        raise UnknownObject(f"{number} is in none of these files")
    return int(rows[-1])


def write_lines(fragments: Fragments, orbits: FragmentOrbits) -> None:
    """Write a line for each fragment."""
    columns = (
        fragments.characteristic_length_m, fragments.area_to_mass_m2_kg, fragments.mass_kg,
        fragments.speed_m_s, orbits.perigee_km, orbits.apogee_km, orbits.period_min,
        np.degrees(orbits.inclination_rad),
    )  # fmt: skip
    for start in range(0, len(fragments), ROWS_AT_ONCE):
        part = [column[start : start + ROWS_AT_ONCE].tolist() for column in columns]
        lines = [
            FragmentLine(length, ratio, mass, speed, low, _finite(high), _finite(period), tilt)
            for length, ratio, mass, speed, low, high, period, tilt in zip(*part, strict=True)
        ]
        sys.stdout.buffer.write(_ENCODER.encode_lines(lines))


def _finite(value: float) -> float | None:
    return value if np.isfinite(value) else None


def words(told: Summary, fragments: Fragments, orbits: FragmentOrbits) -> list[str]:
    """Return what a break-up comes to, as lines for people."""
    few, many = told.fragments_between
    stay = orbits.fate == Fate.IN_ORBIT
    lines = [
        f"{told.parent} {told.name} at {told.at}: {told.how}",
        (
            f"mass {told.mass_kg:,.0f} kg, {told.mass_provenance}; of it "
            f"{told.mass_below_kg:,.0f} kg in pieces below {told.smallest_m:g} m"
        ),
        (
            f"{told.fragments:,} fragments of {told.smallest_m:g} m or more, {told.remnants} of "
            f"them remnants; such counts were off by up to four times: {few:,} to {many:,}"
        ),
        (
            f"{told.re_entering:,} come down at once (perigee below {RE_ENTRY_KM:g} km), "
            f"{told.escaping:,} leave the Earth"
        ),
    ]
    if stay.any():
        speed = np.percentile(fragments.speed_m_s[stay], [50, 90])
        low = np.percentile(orbits.perigee_km[stay], [10, 50, 90])
        high = np.percentile(orbits.apogee_km[stay], [10, 50, 90])
        lines += [
            (
                f"of those that stay: delta-v median {speed[0]:,.0f} m/s, 90 % below "
                f"{speed[1]:,.0f} m/s"
            ),
            (
                f"  perigee {low[0]:,.0f}, {low[1]:,.0f}, {low[2]:,.0f} km "
                "(10 %, 50 %, 90 % are lower)"
            ),
            f"  apogee  {high[0]:,.0f}, {high[1]:,.0f}, {high[2]:,.0f} km",
        ]
    return lines

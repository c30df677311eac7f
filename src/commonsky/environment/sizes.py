"""
Mass and size of each object of a catalogue, from the best that is known of it.

What was measured comes before what a catalogue says, that before what is published of its type,
that before its own radar cross-section, that before the class of it, and last comes a draw among
others of its kind.  Debris, and what is of no known type, has the size of a fragment and the
area-to-mass ratio of one; it never gets a satellite's mass.

Radar cross-sections are smaller than what they are of.  For 1045 low satellites with known masses
spheres of those masses have 2.5 times the cross-section in the median (nine in ten 1.3 to 6.3
times), cylinders of the measures of stages 1.7 times (0.8 to 5.3).  Of NASA CARA's list 3216
pieces of debris have lengths of 1.38 m times the 0.637th power of the cross-section in m², within
a factor of 1.55.  See design/006_object_sizes.py.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from commonsky.astro.arrays import Floats, Ints
from commonsky.catalogue.catalogue import Catalogue, ObjectType, RcsSize, Texts
from commonsky.environment import usual
from commonsky.environment.area_to_mass import drawn
from commonsky.environment.breakup import LONGEST_M, area_m2
from commonsky.environment.designs import (
    Design,
    design_of_satellite,
    design_of_stage,
    is_of_a_stage,
)
from commonsky.environment.earth import EARTH_RADIUS_KM, YEAR_S
from commonsky.environment.mass import areas_of_masses_m2, masses_of_areas_kg
from commonsky.environment.objects import Objects, SizeProvenance
from commonsky.environment.size_table import ACTIVE, UNKNOWN_STATE, SizeTable, nothing_of

SATELLITE_PER_RCS, STAGE_PER_RCS = 2.5, 1.7
HEAVIEST_SEEN_KG = 9000.0  # long antennas look like much more; of stations the mass is known
FRAGMENT_M, FRAGMENT_POWER = 1.38, 0.637
FRAGMENT_M2_KG = 0.11  # the median of debris in CARA's list
LOW_KM, BELT_KM = 2000.0, 30_000.0
FIRST_YEAR, OLD_YEAR = 1957.0, 2013.0
GEO_RADIUS_KM, GEO_WIDTH_KM, GEO_ECCENTRICITY = 42_164.5, 15.0, 2e-3
GEO_INCLINATION_RAD = np.radians(0.5)


def objects(catalogue: Catalogue, known: SizeTable | None = None, seed: int = 0) -> Objects:
    """
    Return the objects of a catalogue, one for each of its rows, with masses and sizes.

    Take one row of each object first where several sources state it.  What is drawn depends on
    the seed and the object's own number.  A payload is active where the table says so; where it
    is silent, if it has an operator, is of a fleet that is steered, or keeps a place in the belt.
    """
    numbers, elements = catalogue.catalogue_number, catalogue.elements
    told = nothing_of(numbers) if known is None else known.at(numbers)
    stated = catalogue.object_type
    kind = np.where(stated == ObjectType.UNKNOWN, told.kind, stated).astype(np.int8)
    year = np.where(np.isnan(told.launched_year), _years(catalogue.object_id), told.launched_year)
    # A designator tells no more than the year, but what has elements was launched before them.
    year = np.minimum(year, _julian_years(elements.epoch_tai_ns))
    sizes = _Sizes(catalogue, told, kind, seed)
    sizes.of_fragments()
    sizes.of_intact(_orbits(catalogue, year))
    likely = (catalogue.operator != "") | sizes.steered | _keeps_a_place(catalogue)
    active = np.where(told.active == UNKNOWN_STATE, likely, told.active == ACTIVE)
    return Objects(
        elements.semi_major_axis_km, elements.eccentricity.copy(),
        elements.inclination_rad.copy(), sizes.mass, sizes.area, kind,
        active & (kind == ObjectType.PAYLOAD), year, np.ones(len(catalogue)), numbers.copy(),
        sizes.mass_provenance, sizes.area_provenance,
    )  # fmt: skip


class _Sizes:
    """Columns that fill up from the best source to the least."""

    def __init__(
        self, catalogue: Catalogue, told: SizeTable, kind: NDArray[np.int8], seed: int
    ) -> None:
        self.told, self.kind = told, kind
        self.names = np.strings.upper(np.strings.strip(catalogue.object_name))
        self.rcs_size = catalogue.rcs_size
        self.seed = seed
        self.steered = np.zeros(len(kind), np.bool_)
        self.mass, self.area = told.mass_kg.copy(), told.area_m2.copy()
        self.mass_provenance = told.mass_provenance.copy()
        self.area_provenance = told.size_provenance.copy()

    @property
    def intact(self) -> NDArray[np.bool_]:
        """(n,) what is a satellite or a stage."""
        kind = self.kind
        return np.asarray((kind == ObjectType.PAYLOAD) | (kind == ObjectType.ROCKET_BODY))

    def of_fragments(self) -> None:
        """Fill in debris, and what is of no known type."""
        rows = np.flatnonzero(~self.intact)
        draws, mass = self._draws(rows), self.mass[rows]
        length, source = self._lengths_m(rows, draws)
        ratio = self._ratios(rows, length, draws)
        # A mass that is known says more of the size than a draw does.
        weighed = ~np.isnan(mass) & (source >= SizeProvenance.RCS_CLASS)
        self._fill_areas(
            rows,
            np.where(weighed, mass * FRAGMENT_M2_KG, area_m2(length)),
            np.where(weighed, SizeProvenance.DERIVED, source),
        )
        area = self.area[rows]
        # Longer than the model's longest are adapters, tanks, covers: as dense as what is whole.
        piece = np.where(length <= LONGEST_M, area / ratio, masses_of_areas_kg(area))
        self._fill_masses(rows, piece, self._source_of_mass(rows))

    def _lengths_m(self, rows: Ints, draws: usual.Draws) -> tuple[Floats, NDArray[Any]]:
        size, rcs = self.rcs_size[rows], self.told.rcs_m2[rows]
        radius = self.told.radius_m[rows]
        length = usual.lengths_m(draws.random(len(rows)), size)
        source = np.where(size == RcsSize.UNKNOWN, SizeProvenance.KIND, SizeProvenance.RCS_CLASS)
        by_radar = np.maximum(FRAGMENT_M * rcs**FRAGMENT_POWER, usual.SHORTEST_M)
        for known, values, of in (
            (~np.isnan(rcs), by_radar, SizeProvenance.RADAR),
            (~np.isnan(radius), 2.0 * radius, self.told.size_provenance[rows]),
        ):
            length, source = np.where(known, values, length), np.where(known, of, source)
        return length, source

    def _ratios(self, rows: Ints, length_m: Floats, draws: usual.Draws) -> Floats:
        """(k,) area-to-mass ratios of the breakup model, by what the fragments are of."""
        length = np.clip(length_m, usual.SHORTEST_M, LONGEST_M)
        of_a_stage = _by_name(self.names[rows], lambda name: (is_of_a_stage(name),), 1)[0] > 0.0
        satellite = drawn(length, draws.generator(), is_rocket_body=False)
        stage = drawn(length, draws.generator(), is_rocket_body=True)
        return np.where(of_a_stage, stage, satellite)

    def of_intact(self, orbit: NDArray[np.int8]) -> None:
        """Fill in satellites and stages."""
        rows = np.flatnonzero(self.intact)
        kind, told = self.kind[rows], self.told
        self._fill_designs(rows)
        disc = np.pi * told.radius_m[rows] ** 2
        measured = told.size_provenance[rows] < SizeProvenance.RADAR
        radar = np.full(len(rows), SizeProvenance.RADAR)
        self._fill_areas(rows, np.where(measured, np.nan, disc), radar)
        factor = np.where(kind == ObjectType.ROCKET_BODY, STAGE_PER_RCS, SATELLITE_PER_RCS)
        self._fill_areas(rows, factor * told.rcs_m2[rows], radar)
        seen = np.minimum(masses_of_areas_kg(self.area[rows]), HEAVIEST_SEEN_KG)
        self._fill_masses(rows, seen, self._source_of_mass(rows))
        chance = self._draws(rows).random(len(rows))
        mass, by_class = usual.masses_kg(chance, kind, self.rcs_size[rows], orbit[rows])
        # What is drawn is no heavier than a sphere that is known to hold all of it.
        most = masses_of_areas_kg(np.where(measured, disc, np.inf))
        source = np.where(by_class, SizeProvenance.RCS_CLASS, SizeProvenance.KIND)
        source = np.where(mass > most, SizeProvenance.DERIVED, source)
        self._fill_masses(rows, np.fmin(mass, most), source)
        self._fill_areas(
            rows,
            np.fmin(areas_of_masses_m2(self.mass[rows]), disc),
            np.full(len(rows), SizeProvenance.DERIVED),
        )

    def _draws(self, rows: Ints) -> usual.Draws:
        return usual.Draws(self.told.catalogue_number[rows], self.seed)

    def _fill_designs(self, rows: Ints) -> None:
        stage = self.kind[rows] == ObjectType.ROCKET_BODY
        for some, look in ((rows[stage], design_of_stage), (rows[~stage], design_of_satellite)):
            mass, area, steered = _by_name(self.names[some], look, len(Design._fields))
            published = np.full(len(some), SizeProvenance.DESIGN)
            self._fill_masses(some, mass, published)
            self._fill_areas(some, area, published)
            self.steered[some] = steered > 0.0

    def _source_of_mass(self, rows: Ints) -> NDArray[Any]:
        """(k,) how a mass is known that comes from an area."""
        source = self.area_provenance[rows]
        return np.where(source < SizeProvenance.RADAR, SizeProvenance.DERIVED, source)

    def _fill_masses(self, rows: Ints, mass_kg: Floats, source: NDArray[Any]) -> None:
        empty = np.isnan(self.mass[rows]) & ~np.isnan(mass_kg)
        self.mass[rows[empty]] = mass_kg[empty]
        self.mass_provenance[rows[empty]] = source[empty]

    def _fill_areas(self, rows: Ints, area: Floats, source: NDArray[Any]) -> None:
        empty = np.isnan(self.area[rows]) & ~np.isnan(area)
        self.area[rows[empty]] = area[empty]
        self.area_provenance[rows[empty]] = source[empty]


def _by_name(names: Texts, look: Callable[[str], tuple[float, ...]], width: int) -> Floats:
    """(width, n) what a function finds by name, asked once for each."""
    unique, place = np.unique(names, return_inverse=True)
    found = np.array([look(name) for name in unique.tolist()], np.float64)
    return np.asarray(found.reshape(len(unique), width)[place].T)


def _orbits(catalogue: Catalogue, year: Floats) -> NDArray[np.int8]:
    """(n,) which column of `usual` an orbit and a year of launch belong to."""
    axis, eccentricity = catalogue.elements.semi_major_axis_km, catalogue.elements.eccentricity
    low = axis * (1.0 + eccentricity) - EARTH_RADIUS_KM < LOW_KM
    high = axis * (1.0 - eccentricity) - EARTH_RADIUS_KM > BELT_KM
    which = np.select(
        [low & (year < OLD_YEAR), low, high], [usual.LOW_BEFORE_2013, usual.LOW, usual.BELT],
        usual.MIDDLE,
    )  # fmt: skip
    return which.astype(np.int8)


def _years(object_id: Texts) -> Floats:
    """(n,) years of launch by international designators, in their middles; nan without one."""
    begins = object_id.astype("U4")
    good = np.strings.isdecimal(begins) & np.strings.endswith(object_id.astype("U5"), "-")
    told = np.where(good, begins, "0").astype(np.float64)
    return np.where(told >= FIRST_YEAR, told + 0.5, np.nan)


def _julian_years(epoch_tai_ns: Ints) -> Floats:
    """(n,) the years of epochs, with their parts."""
    return np.asarray(1970.0 + epoch_tai_ns / (1e9 * YEAR_S), np.float64)


def _keeps_a_place(catalogue: Catalogue) -> NDArray[np.bool_]:
    """(n,) what stays in the geostationary belt: within months, nothing does by itself."""
    elements = catalogue.elements
    near = np.abs(elements.semi_major_axis_km - GEO_RADIUS_KM) < GEO_WIDTH_KM
    flat = elements.inclination_rad < GEO_INCLINATION_RAD
    return np.asarray(near & flat & (elements.eccentricity < GEO_ECCENTRICITY))

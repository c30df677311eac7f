"""From catalogues and tables of sizes to how crowded it is, and how crowded it gets."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from dataclasses import asdict, dataclass, fields
from threading import Lock

import msgspec
import numpy as np

from commonsky.astro.arrays import Floats, Ints
from commonsky.catalogue.catalogue import Catalogue
from commonsky.environment.earth import YEAR_S
from commonsky.environment.evolve import Run, evolve
from commonsky.environment.gas import Avoidance, Rates, rates
from commonsky.environment.objects import Objects
from commonsky.environment.pairs import Meetings, meetings
from commonsky.environment.scenario import Scenario
from commonsky.environment.size_table import merged
from commonsky.environment.sizes import objects
from commonsky.environment.sky import Sky, sky_of, usable
from commonsky.formats.object_sizes import ObjectSizes, object_sizes

YEAR_NS = YEAR_S * 1e9
TAI_1970 = 1970.0
_LOOKS = 20_000


def newest(catalogue: Catalogue) -> Catalogue:
    """Return one row of each object, the newest; sources that state the same one count once."""
    order = np.lexsort((catalogue.elements.epoch_tai_ns, catalogue.catalogue_number))
    numbers = catalogue.catalogue_number[order]
    last = np.append(numbers[1:] != numbers[:-1], True) if len(numbers) else np.zeros(0, np.bool_)
    return catalogue.take(np.sort(order[last]))


def sized(catalogue: Catalogue, tables: Sequence[bytes], seed: int) -> Objects:
    """Return the objects of a catalogue with what tables know of them, best provenance first."""
    known = merged([read.table for read in size_tables(tables)]) if tables else None
    return objects(newest(catalogue), known, seed)


def size_tables(tables: Sequence[bytes]) -> list[ObjectSizes]:
    """Return what tables say, and what of them was left out."""
    return [object_sizes(content) for content in tables]


def year_of(catalogue: Catalogue) -> float:
    """Return the year in which most element sets are, with its part."""
    epochs = catalogue.elements.epoch_tai_ns
    return TAI_1970 + float(np.median(epochs)) / YEAR_NS if len(epochs) else 2025.0


@dataclass(frozen=True, slots=True)
class Crowd:
    """What is in orbit at one time, and how often it collides: all per year."""

    sky: Sky
    rows: Ints  # of the objects that `sky` has
    number: Ints  # catalogue numbers of the rows of `sky`
    rates: Rates
    drawn: Meetings  # virtual collisions, as often as they happen

    @property
    def collisions_per_year(self) -> float:
        """Expected collisions, with avoidance."""
        return self.rates.total_per_s * YEAR_NS / 1e9

    @property
    def catastrophic_per_year(self) -> float:
        """Expected collisions that break up both objects."""
        if not len(self.drawn):
            return 0.0
        return self.collisions_per_year * float(self.drawn.catastrophic(self.sky.mass_kg).mean())

    def shares(self) -> Floats:
        """(n,) expected collisions per year that each object takes part in."""
        both = np.concatenate([self.drawn.first, self.drawn.second])
        told = np.bincount(both, minlength=len(self.sky)) / max(len(self.drawn), 1)
        return np.asarray(told * self.collisions_per_year, np.float64)


def crowd(objects_: Objects, year: float, avoidance: Avoidance, seed: int) -> Crowd:
    """Return how crowded it is now."""
    sky = sky_of(objects_, year, 8.0)
    gas = sky.gas(0.0)  # all of it is in a catalogue
    told = rates(gas, avoidance)
    drawn = meetings(gas, told, _LOOKS, np.random.default_rng(seed))
    rows = np.flatnonzero(usable(objects_))
    return Crowd(sky, rows, objects_.catalogue_number[rows], told, drawn)


def project(
    objects_: Objects, scenario: Scenario, seeds: Sequence[int], executor: Executor | None,
    progress: Callable[[float], None] | None = None,
) -> list[Run]:  # fmt: skip
    """Return a run for each seed; the share of all that is done goes to `progress`."""
    done, lock = dict.fromkeys(seeds, 0.0), Lock()

    def one(seed: int) -> Run:
        def tell(share: float) -> None:
            if progress is not None:
                with lock:
                    done[seed] = share
                    progress(sum(done.values()) / len(done))

        return evolve(objects_, scenario, seed, progress=tell)

    return list((executor.map if executor else map)(one, seeds))


def digest_of(objects_: Objects, scenario: Scenario) -> str:
    """Return the SHA-256 over all that a projection depends on but its seed."""
    told = hashlib.sha256()
    for column in fields(objects_):
        told.update(np.ascontiguousarray(getattr(objects_, column.name)).tobytes())
    figures = asdict(scenario)
    flux = scenario.flux
    figures["flux"] = None if flux is None else [flux.start_year, flux.monthly_sfu.tolist()]
    told.update(msgspec.json.encode(figures, order="sorted"))
    return told.hexdigest()

"""One day of an invented sky: which nation comes to know which orbit when."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from commonsky.astro.arrays import Ints
from commonsky.astro.epoch import NS_PER_S
from commonsky.catalogue.catalogue import Catalogue, ObjectType
from commonsky.catalogue.planted import Planted, plant
from commonsky.catalogue.population import population
from commonsky.exercise.sites import SITES, Site
from commonsky.exercise.visibility import first_seen

HOURS, STEP_HOURS = 24, 2
HOUR_NS = 3600 * NS_PER_S
LATENCY_NS = 1800 * NS_PER_S  # from the pass to the element set
OWNED_EACH = 20  # payloads that a nation owns, beside those in the encounters
NATIONS = tuple(dict.fromkeys(site.nation for site in SITES))


@dataclass(frozen=True, slots=True)
class Delivery:
    """What one nation learns in one step: rows of the catalogue, by marking."""

    nation: str
    category: str
    rows: Ints


@dataclass(frozen=True, slots=True)
class Day:
    """
    An invented day.

    `known_tai_ns` (n, 10) is when each nation has an element set of each object, -1 for not within
    the day; `marked` (n, 10) whether it comes from a sensor with a category.
    """

    catalogue: Catalogue
    planted: Planted
    owned: dict[int, str]
    start_tai_ns: int
    known_tai_ns: Ints
    marked: NDArray[np.bool_]

    @property
    def steps(self) -> list[int]:
        """The times at which nations are given what they have learnt."""
        step = STEP_HOURS * HOUR_NS
        return [self.start_tai_ns + k * step for k in range(HOURS // STEP_HOURS + 1)]

    def deliveries(self, begin_tai_ns: int, end_tai_ns: int) -> list[Delivery]:
        """Return what nations learn after one time and until another."""
        found = []
        for place, nation in enumerate(NATIONS):
            known = self.known_tai_ns[:, place]
            new = (known > begin_tai_ns) & (known <= end_tai_ns)
            for category, rows in (
                ("", np.flatnonzero(new & ~self.marked[:, place])),
                ("SENSOR=B", np.flatnonzero(new & self.marked[:, place])),
            ):
                if len(rows):
                    found.append(Delivery(nation, category, rows))
        return found

    def alone_tai_ns(self, nation: str) -> Ints:
        """(12,) when a nation alone holds both objects of each encounter, -1 for never."""
        place = NATIONS.index(nation)
        row = {int(number): k for k, number in enumerate(self.catalogue.catalogue_number)}
        both = np.array(
            [
                [self.known_tai_ns[row[int(number)], place] for number in pair]
                for pair in zip(self.planted.object1, self.planted.object2, strict=True)
            ]
        )
        return np.where((both > 0).all(axis=1), both.max(axis=1), -1)


def day(objects: int = 4000, seed: int = 7, sites: tuple[Site, ...] = SITES) -> Day:
    """Return a day that depends on its arguments alone."""
    sky = population(objects, seed)
    start = int(sky.elements.epoch_tai_ns.max())
    sky, planted = plant(sky, start, seed)
    seen = first_seen(sky.elements, sites, start, HOURS)
    late = np.where(seen >= 0, seen + LATENCY_NS, np.iinfo(np.int64).max)
    known = np.full((len(sky), len(NATIONS)), -1, np.int64)
    marked = np.zeros((len(sky), len(NATIONS)), np.bool_)
    for place, nation in enumerate(NATIONS):
        own = [k for k, site in enumerate(sites) if site.nation == nation]
        best = late[:, own].argmin(axis=1)
        first = late[np.arange(len(sky)), np.array(own)[best]]
        inside = first <= start + HOURS * HOUR_NS
        known[inside, place] = first[inside]
        has_category = np.array([bool(sites[k].category) for k in own])
        marked[:, place] = has_category[best] & inside
    return Day(sky, planted, _owned(sky, planted, seed), start, known, marked)


def _owned(sky: Catalogue, planted: Planted, seed: int) -> dict[int, str]:
    """
    Whose objects are whose: the encounters' in turn, and some payloads for each nation.

    The higher number of each encounter, a newcomer, belongs to the nation after the other's.
    """
    rng = np.random.default_rng(seed)
    payloads = sky.catalogue_number[sky.object_type == ObjectType.PAYLOAD]
    drawn = rng.choice(payloads, OWNED_EACH * len(NATIONS), replace=False).tolist()
    owned = {number: NATIONS[k % len(NATIONS)] for k, number in enumerate(drawn)}
    for k, (one, other) in enumerate(zip(planted.object1, planted.object2, strict=True)):
        owned[int(one)] = NATIONS[k % len(NATIONS)]
        owned[int(other)] = NATIONS[(k + 1) % len(NATIONS)]
    return owned

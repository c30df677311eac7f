"""
The demonstration's world: an invented sky, and which nation comes to know which orbit when.

Every nation holds a part, all ten together nearly all.  Twelve encounters are planted and cast:
who owns the satellite, who follows what comes near it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Self

import numpy as np
from numpy.typing import NDArray

from commonsky.astro.arrays import Ints
from commonsky.astro.epoch import NS_PER_S
from commonsky.catalogue.catalogue import Catalogue, ObjectType
from commonsky.catalogue.planted import Planted, plant
from commonsky.catalogue.population import population
from commonsky.exercise.casting import CASTS, Cast, Part, cast
from commonsky.exercise.sensors import NATIONS, NEVER, SENSORS, Sensor, large_enough
from commonsky.exercise.visibility import first_seen

HOURS = 24
HOUR_NS = 3600 * NS_PER_S
LATENCY_NS = 1200 * NS_PER_S  # from the pass to the element set
NATIONAL = "OBJECT=NATIONAL"
KEEPING_TO_THEMSELVES = ("JPN", "USA")  # whose policies know national objects
ELSEWHERE = 6  # of sixteen operators, beside the ten nations' own


@dataclass(frozen=True, slots=True)
class Delivery:
    """What one nation learns in a while: rows of the catalogue, by category ("" for none)."""

    nation: str
    category: str
    rows: Ints
    known_tai_ns: Ints  # (rows,)


@dataclass(frozen=True, slots=True)
class World:
    """
    An invented day over n objects.

    `known_tai_ns` (n, 10) is when each nation has an element set of each object, `NEVER` for not
    within the day; `sensor` (n, 10) is the category of the sensor that it comes from.  `owned`
    says whose each satellite is.  Of encounter k, `casts[k].owner` owns object 1.
    """

    catalogue: Catalogue
    planted: Planted
    casts: tuple[Cast, ...]
    owned: dict[int, str]
    start_tai_ns: int
    known_tai_ns: Ints
    sensor: NDArray[np.str_]

    @classmethod
    def of(cls, objects: int = 4000, seed: int = 7, sensors: tuple[Sensor, ...] = SENSORS) -> Self:
        """Return the world of so many objects, and twelve more; it depends on these alone."""
        sky = population(objects, seed)
        start = int(sky.elements.epoch_tai_ns.max())
        sky, planted = plant(sky, start, seed)
        pairs = rows_of(sky, planted)
        seen = seen_tai_ns(sky, sensors, start)
        chosen = cast(CASTS, pairs, seen, sensors, planted.tca_tai_ns)
        sky = _with_satellites(sky, pairs[:, 0], chosen)
        owned = owners(sky, pairs[:, 0], chosen)
        rng = np.random.default_rng(seed)
        followed = seen.copy()
        for k, sensor in enumerate(sensors):
            followed[:, :, k][rng.random(seen.shape[:2]) >= sensor.share] = NEVER
        known, category = _first(followed, sensors)
        _know_your_own(sky, owned, start, known, category)
        for k, one in enumerate(chosen):
            _keep_to_cast(one, pairs[k], seen, sensors, known, category)
        return cls(sky, planted, chosen, owned, start, known, category)

    def steps(self, hours: int = 1) -> list[int]:
        """Return the start and the times every so many hours after it, to the end of the day."""
        return [self.start_tai_ns + k * HOUR_NS for k in range(0, HOURS + 1, hours)]

    def deliveries(
        self, begin_tai_ns: int, end_tai_ns: int, nations: Sequence[str] = NATIONS
    ) -> list[Delivery]:
        """Return what nations learn after one time and until another."""
        found = []
        for nation in nations:
            known = self.known_tai_ns[:, NATIONS.index(nation)]
            new = (known > begin_tai_ns) & (known <= end_tai_ns)
            category = self.categories(nation)
            for name in np.unique(category[new]).tolist():
                rows = np.flatnonzero(new & (category == name))
                found.append(Delivery(nation, name, rows, known[rows]))
        return found

    def categories(self, nation: str) -> NDArray[np.str_]:
        """(n,) what a nation marks its element set of each object with, "" for nothing."""
        category = self.sensor[:, NATIONS.index(nation)].copy()
        if nation in KEEPING_TO_THEMSELVES:
            own = np.array([self.owned.get(n) == nation for n in self._numbers])
            category[own & (self.catalogue.operator == "")] = NATIONAL
        return category

    def held(self, nation: str) -> Ints:
        """Return the rows that a nation has an element set of by the end of the day."""
        return np.flatnonzero(self.known_tai_ns[:, NATIONS.index(nation)] < NEVER)

    @property
    def pairs(self) -> Ints:
        """(12, 2) rows of the objects of each encounter."""
        return rows_of(self.catalogue, self.planted)

    @property
    def _numbers(self) -> list[int]:
        numbers: list[int] = self.catalogue.catalogue_number.tolist()
        return numbers


def rows_of(catalogue: Catalogue, planted: Planted) -> Ints:
    """(12, 2) rows of the objects of each encounter."""
    order = np.argsort(catalogue.catalogue_number)
    numbers = np.stack([planted.object1, planted.object2], axis=1)
    return order[np.searchsorted(catalogue.catalogue_number[order], numbers)]


def seen_tai_ns(catalogue: Catalogue, sensors: tuple[Sensor, ...], start_tai_ns: int) -> Ints:
    """(n, 24, m) when in each hour of the day each sensor first could see each object."""
    sites = tuple(sensor.site for sensor in sensors)
    hours = [
        first_seen(catalogue.elements, sites, start_tai_ns + hour * HOUR_NS, 1)
        for hour in range(HOURS)
    ]
    seen = np.stack(hours, axis=1)
    return np.where((seen >= 0) & large_enough(sensors, catalogue)[:, None, :], seen, NEVER)


def owners(catalogue: Catalogue, satellites: Ints, casts: Sequence[Cast]) -> dict[int, str]:
    """
    Return the nation of each payload that is one of the ten's, by catalogue number.

    The largest operator is American; the others, and the payloads without one, are of the nations
    in turn, by name and by number, and six of sixteen of nobody's here.
    """
    turn = [*NATIONS, *[""] * ELSEWHERE]
    names, place = np.unique(catalogue.operator, return_inverse=True)
    nation_of = {str(name): turn[k % len(turn)] for k, name in enumerate(names)}
    nation_of[str(names[np.bincount(place[catalogue.operator != ""]).argmax()])] = "USA"
    owned, alone = {}, 0
    for row in np.flatnonzero(catalogue.object_type == ObjectType.PAYLOAD).tolist():
        operator = str(catalogue.operator[row])
        nation = nation_of[operator] if operator else turn[alone % len(turn)]
        alone += operator == ""
        if nation:
            owned[int(catalogue.catalogue_number[row])] = nation
    numbers = catalogue.catalogue_number[satellites].tolist()
    return owned | {number: one.owner for number, one in zip(numbers, casts, strict=True)}


def _with_satellites(catalogue: Catalogue, rows: Ints, casts: Sequence[Cast]) -> Catalogue:
    """Return the catalogue with a satellite of its owner in each encounter."""
    names = np.array([f"SATELLITE {one.owner}-{k + 1}" for k, one in enumerate(casts)])
    name = catalogue.object_name.astype(np.result_type(catalogue.object_name, names))
    kind, operator = catalogue.object_type.copy(), catalogue.operator.copy()
    name[rows], kind[rows], operator[rows] = names, ObjectType.PAYLOAD, ""
    return replace(catalogue, object_name=name, object_type=kind, operator=operator)


def _first(seen: Ints, sensors: tuple[Sensor, ...]) -> tuple[Ints, NDArray[np.str_]]:
    """(n, 10) when each nation first has an element set, and the category of its sensor."""
    late = seen.min(axis=1)
    known = np.full((len(seen), len(NATIONS)), NEVER, np.int64)
    category = np.full(known.shape, "", "U16")
    marks = np.array([sensor.site.category for sensor in sensors])
    for place, nation in enumerate(NATIONS):
        own = np.array([k for k, one in enumerate(sensors) if one.site.nation == nation])
        best = own[late[:, own].argmin(axis=1)]
        first = late[np.arange(len(seen)), best]
        there = first < NEVER
        known[there, place] = first[there] + LATENCY_NS
        category[there, place] = marks[best[there]]
    return known, category


def _know_your_own(
    catalogue: Catalogue, owned: dict[int, str], start_tai_ns: int, known: Ints,
    category: NDArray[np.str_],
) -> None:  # fmt: skip
    """Let nations know the satellites that they operate themselves, by the end of an hour."""
    for row in np.flatnonzero(catalogue.operator == "").tolist():
        nation = owned.get(int(catalogue.catalogue_number[row]))
        if nation:
            known[row, NATIONS.index(nation)] = start_tai_ns + LATENCY_NS
            category[row, NATIONS.index(nation)] = ""


def _keep_to_cast(
    one: Cast, pair: Ints, seen: Ints, sensors: tuple[Sensor, ...], known: Ints,
    category: NDArray[np.str_],
) -> None:  # fmt: skip
    """Let only the followers follow the newcomer; nobody else but the owner holds both."""
    satellite, newcomer = pair
    if not one.followers:
        return
    known[newcomer], category[newcomer] = NEVER, ""
    for nation in one.followers:
        place = NATIONS.index(nation)
        own = [
            k
            for k, sensor in enumerate(sensors)
            if sensor.site.nation == nation
            and (one.part is not Part.WARNING or sensor.site.category)
        ]
        first = seen[newcomer][:, own].min(axis=0)
        known[newcomer, place] = first.min() + LATENCY_NS if first.min() < NEVER else NEVER
        category[newcomer, place] = sensors[own[int(first.argmin())]].site.category
        if nation != one.owner:
            known[satellite, place], category[satellite, place] = NEVER, ""

"""What happens in the demonstration's day, as data: when, to whom, and in a sentence."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TypeAlias

import numpy as np

from commonsky.catalogue.catalogue import Catalogue
from commonsky.catalogue.planted import elements_through, states_at
from commonsky.exercise.casting import Part
from commonsky.exercise.sensors import NATIONS
from commonsky.exercise.world import HOUR_NS, KEEPING_TO_THEMSELVES, LATENCY_NS, World
from commonsky.node.home import NATIONS as NAMES

LEFT_OVER = 0.05  # of the miss distance, after the mistake
REALM = "exercise/demonstration"


@dataclass(frozen=True, slots=True)
class Together:
    """An encounter that two nations see together, and neither alone."""

    at_tai_ns: int
    encounter: int
    owner: str
    follower: str

    @property
    def narration(self) -> str:
        """One sentence."""
        return (
            f"{NAMES[self.owner]} knows its satellite, {NAMES[self.follower]} alone follows what "
            "will come near it: only together do they see the encounter."
        )


@dataclass(frozen=True, slots=True)
class Withheld:
    """An encounter known from a sensor whose element sets never leave; its owner is warned."""

    at_tai_ns: int
    encounter: int
    issuer: str
    at_risk: str
    category: str

    @property
    def narration(self) -> str:
        """One sentence."""
        return (
            f"{NAMES[self.issuer]} has seen with {self.category.replace('=', ' ')} what will come "
            f"near a satellite of {NAMES[self.at_risk]}: the orbit stays home, the warning goes."
        )


@dataclass(frozen=True, slots=True)
class Mistaken:
    """A nation states a wrong element set, which makes an encounter look far worse."""

    at_tai_ns: int
    encounter: int
    nation: str
    stated: Catalogue  # one row

    @property
    def narration(self) -> str:
        """One sentence."""
        name = self.stated.object_name[0]
        return (
            f"{NAMES[self.nation]} states an orbit of {name} from a sensor that measures wrongly."
        )


@dataclass(frozen=True, slots=True)
class Recalled:
    """The nation takes the wrong element set back."""

    at_tai_ns: int
    encounter: int
    nation: str
    number: int
    reason: str

    @property
    def narration(self) -> str:
        """One sentence."""
        return (
            f"{NAMES[self.nation]} recalls that orbit ({self.reason}): all partners withdraw it, "
            "and what rested on it."
        )


@dataclass(frozen=True, slots=True)
class Cut:
    """The link between two nations is down for some hours."""

    at_tai_ns: int
    until_tai_ns: int
    nations: tuple[str, str]

    @property
    def narration(self) -> str:
        """One sentence."""
        one, other = (NAMES[nation] for nation in self.nations)
        hours = (self.until_tai_ns - self.at_tai_ns) // HOUR_NS
        return f"The link between {one} and {other} is cut for {hours} hours; both work on alone."


@dataclass(frozen=True, slots=True)
class Forked:
    """Somebody who has a nation's log key shows one partner another story than the log's."""

    at_tai_ns: int
    nation: str
    recipient: str

    @property
    def narration(self) -> str:
        """One sentence."""
        return (
            f"Somebody has stolen the log key of {NAMES[self.nation]} and shows "
            f"{NAMES[self.recipient]} a log with another past."
        )


@dataclass(frozen=True, slots=True)
class Apart:
    """The same nations run an exercise beside, in a realm of its own, that must never mix."""

    at_tai_ns: int
    nations: tuple[str, str]
    realm: str

    @property
    def narration(self) -> str:
        """One sentence."""
        one, other = (NAMES[nation] for nation in self.nations)
        return (
            f"{one} and {other} begin {self.realm} beside it: its records are offered to the real "
            "feed, which refuses them."
        )


Step: TypeAlias = Together | Withheld | Mistaken | Recalled | Cut | Forked | Apart


def script(world: World) -> tuple[Step, ...]:
    """Return what happens in the day of a world, by time; a sky may lack some of it."""
    start = world.start_tai_ns
    steps: list[Step] = [
        Apart(start + 2 * HOUR_NS, ("AUS", "CAN"), REALM),
        Cut(start + 8 * HOUR_NS, start + 14 * HOUR_NS, ("GBR", "NOR")),
        Forked(start + 10 * HOUR_NS, "CAN", "NZL"),
    ]
    for k, one in enumerate(world.casts):
        known = max(world.known_tai_ns[world.pairs[k, 1]].min(), start + LATENCY_NS)
        if one.part is Part.TOGETHER:
            steps.append(Together(int(known), k, one.owner, one.followers[0]))
        elif one.part is Part.WARNING:
            issuer = one.followers[0]
            category = str(world.categories(issuer)[world.pairs[k, 1]])
            steps.append(Withheld(int(known), k, issuer, one.owner, category))
    return tuple(sorted([*steps, *_mistake(world)], key=lambda step: step.at_tai_ns))


def _mistake(world: World) -> list[Step]:
    """
    Return a mistake about the satellite of the last encounter seen together, and its recall.

    It is made by a nation that has no element set of the satellite before the recall.
    """
    at, recalled = (world.start_tai_ns + hours * HOUR_NS for hours in (5, 7))
    together = [
        k
        for k, one in enumerate(world.casts)
        if one.part is Part.TOGETHER
        and one.owner not in KEEPING_TO_THEMSELVES
        and world.known_tai_ns[world.pairs[k, 1]].min() < at
    ]
    for k in reversed(together):
        satellite, _ = world.pairs[k]
        follower = world.casts[k].followers[0]
        late = world.known_tai_ns[satellite] > recalled + HOUR_NS
        for nation in ("GBR", *NATIONS):
            if late[NATIONS.index(nation)] and nation != follower:
                stated = wrong(world, k)
                number = int(stated.catalogue_number[0])
                return [
                    Mistaken(at, k, nation, stated),
                    Recalled(recalled, k, nation, number, "sensor bias found in calibration"),
                ]
    return []


def wrong(world: World, encounter: int) -> Catalogue:
    """Return an element set (1,) that brings a satellite far nearer to what it will meet."""
    rows = world.pairs[encounter]
    pair = world.catalogue.take(rows)
    tca = int(world.planted.tca_tai_ns[encounter])
    position, velocity = states_at(pair.elements, tca)
    nearer = position[1] + LEFT_OVER * (position[0] - position[1])
    epoch = int(pair.elements.epoch_tai_ns[0])
    true = pair.take(np.array([0]))
    return replace(true, elements=elements_through(nearer, velocity[0], tca, epoch))

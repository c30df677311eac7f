"""Who plays what in the twelve planted encounters: whose satellite, who follows the newcomer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np

from commonsky.astro.arrays import Ints
from commonsky.astro.epoch import NS_PER_S
from commonsky.exercise.sensors import NEVER, SENSOR_B, Sensor

HOUR_NS = 3600 * NS_PER_S


class Part(StrEnum):
    """What an encounter shows."""

    ALONE = "alone"  # the owner follows the newcomer itself
    TOGETHER = "together"  # one nation owns the satellite, another alone follows the newcomer
    WARNING = "warning"  # only a withheld sensor follows the newcomer
    SHARED = "shared"  # whoever sees it


@dataclass(frozen=True, slots=True)
class Cast:
    """
    One encounter: who owns object 1, who alone follows object 2.

    Without followers the sensors decide, as they do for all other objects.
    """

    part: Part
    owner: str
    followers: tuple[str, ...] = ()


# In the order of the planted encounters.  All ten nations own a satellite.
CASTS = (
    Cast(Part.TOGETHER, "NOR", ("GBR",)),
    Cast(Part.TOGETHER, "NZL", ("USA",)),
    Cast(Part.ALONE, "DEU", ("DEU",)),
    Cast(Part.TOGETHER, "GBR", ("FRA",)),
    Cast(Part.ALONE, "USA", ("USA",)),
    Cast(Part.TOGETHER, "FRA", ("ITA",)),
    Cast(Part.TOGETHER, "ITA", ("DEU",)),
    Cast(Part.ALONE, "CAN", ("CAN",)),
    Cast(Part.WARNING, "JPN", ("AUS",)),
    Cast(Part.ALONE, "AUS", ("AUS",)),
    Cast(Part.TOGETHER, "USA", ("JPN",)),
    Cast(Part.SHARED, "ITA"),
)


def cast(
    casts: Sequence[Cast], pairs: Ints, seen_tai_ns: Ints, sensors: Sequence[Sensor], tca: Ints
) -> tuple[Cast, ...]:
    """
    Return the casts as this sky allows them, `pairs` (12, 2) being the rows of the encounters.

    A follower must be able to see the newcomer an hour before; where those named cannot, whoever
    sees it first does instead, by a withheld sensor only where no other sees it.  The warning
    changes places with another encounter where the withheld sensor does not see its newcomer.
    """
    first = seen_tai_ns.min(axis=1)[pairs[:, 1]]  # (12, sensors)
    first[first >= tca[:, None] - HOUR_NS] = NEVER
    wanted = list(casts)
    withheld = [k for k, one in enumerate(sensors) if one.site.category == SENSOR_B]
    seen_there = (first[:, withheld] < NEVER).any(axis=1)
    place = next(k for k, one in enumerate(wanted) if one.part is Part.WARNING)
    if not seen_there[place] and seen_there.any():
        other = int(np.flatnonzero(seen_there)[-1])
        wanted[place], wanted[other] = wanted[other], wanted[place]
    return tuple(_able(one, first[k], sensors) for k, one in enumerate(wanted))


def _able(one: Cast, first: Ints, sensors: Sequence[Sensor]) -> Cast:
    """Return a cast whose followers can see the newcomer, if anyone can."""
    withheld = np.array([sensor.site.category != "" for sensor in sensors])
    order = np.lexsort((first, withheld)).tolist()
    able = list(dict.fromkeys(sensors[k].site.nation for k in order if first[k] < NEVER))
    if not one.followers or all(nation in able for nation in one.followers):
        return one
    others = [nation for nation in able if nation != one.owner]
    if not others:
        return replace(one, part=Part.SHARED, followers=())
    return replace(one, part=Part.TOGETHER, followers=(others[0],))

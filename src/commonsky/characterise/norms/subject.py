"""Whose conduct a rule is held against: an object, and the States that answer for it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from commonsky.characterise.norms.knowledge import Day, Unknown

UNKNOWN_STATE = "unknown"


class Kind(StrEnum):
    """What an object is."""

    PAYLOAD = "payload"
    ROCKET_BODY = "rocket body"
    DEBRIS = "debris"
    UNKNOWN = "unknown"


class Sector(StrEnum):
    """Who uses an object; pledges of armed forces bind no others."""

    CIVIL = "civil"
    MILITARY = "military"
    COMMERCIAL = "commercial"
    UNKNOWN = "unknown"


class Capacity(StrEnum):
    """In which of its roles a State is bound."""

    LAUNCHING = "launching"
    REGISTERING = "registering"
    LICENSING = "licensing"  # access to a market counts as a licence
    OPERATING = "operating"


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """
    An object and who answers for it; an empty tuple of States is that nobody knows.

    `applied` is when its authorisation was asked for, `withheld` that its owner keeps its orbit
    out of the public catalogue.
    """

    object_number: int
    name: str
    kind: Kind = Kind.UNKNOWN
    launching: tuple[str, ...] = ()
    registering: tuple[str, ...] = ()
    licensing: tuple[str, ...] = ()
    operating: tuple[str, ...] = ()
    agency: str = ""
    sector: Sector = Sector.UNKNOWN
    launched: Day = Unknown("no day of launch was given")  # noqa: RUF009 - frozen
    applied: Day = Unknown("no day of application was given")  # noqa: RUF009 - frozen
    withheld: bool = False

    def states(self, capacity: Capacity) -> tuple[str, ...]:
        """Return the States in a role."""
        match capacity:
            case Capacity.LAUNCHING:
                return self.launching
            case Capacity.REGISTERING:
                return self.registering
            case Capacity.LICENSING:
                return self.licensing
            case Capacity.OPERATING:
                return self.operating

    @property
    def owner(self) -> str:
        """The State it is counted under: operating, else registering, else launching."""
        for states in (self.operating, self.registering, self.launching):
            if states:
                return "/".join(sorted(states))
        return UNKNOWN_STATE

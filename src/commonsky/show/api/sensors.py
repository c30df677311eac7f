"""The node's own sensors, as its own people see them; they are never told to partners."""

from __future__ import annotations

import msgspec

from commonsky.node.sensors import Sensor, sensors
from commonsky.show.api.answer import Answer
from commonsky.show.api.completeness import completeness
from commonsky.show.api.desk import Desk

SCOPE = "sensors that stand in this node's sensors.csv; they are never told to partners"


class Sensors(msgspec.Struct, frozen=True, kw_only=True):
    """Where this nation looks up from."""

    nation: str
    sensors: tuple[Sensor, ...]


def own_sensors(desk: Desk) -> Answer[Sensors]:
    """Return the sensors of this node."""
    told = Sensors(nation=desk.home.nation, sensors=sensors(desk.home.sensors))
    return Answer(told, completeness(desk, SCOPE))

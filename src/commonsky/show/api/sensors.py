"""The node's own sensors, as its own people see them; they are never told to partners."""

from __future__ import annotations

from commonsky.node.sensors import Sensor, sensors
from commonsky.show.api.answer import Answer
from commonsky.show.api.completeness import completeness
from commonsky.show.api.desk import Desk

SCOPE = "sensors that stand in this node's sensors.csv; they are never told to partners"


def own_sensors(desk: Desk) -> Answer[tuple[Sensor, ...]]:
    """Return the sensors of this node."""
    return Answer(sensors(desk.home.sensors), completeness(desk, SCOPE))

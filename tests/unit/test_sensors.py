"""A nation's own sensors: read from its file, shown to its people, and kept from partners."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from commonsky.errors import NodeError
from commonsky.exercise.sensors import NATIONS, SENSORS, sited
from commonsky.node.sensors import HEADING, Sensor, sensors, write_sensors
from tests.api_case import asking, case_in, closed

RADAR = Sensor(
    name="north, by the sea", latitude_deg=60.0, longitude_deg=5.0, height_m=40.0,
    least_elevation_deg=10.0, kind="radar",
)  # fmt: skip


def test_sensors_come_back_and_are_for_the_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "sensors.csv"
    assert sensors(path) == ()
    write_sensors(path, [RADAR])
    assert sensors(path) == (RADAR,)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ("a,91,0,0,10,radar", "latitude_deg is 91, beyond 90"),
        ("a,nan,0,0,10,radar", "latitude_deg is nan"),
        ("a,0,0,1e6,10,radar", "height_m"),
        ("a,0,0,0,10,oracle", "kind is one of radar"),
        (",0,0,0,10,radar", "a name"),
        ("a,0,0,0,10", "line 2: wanted name, latitude_deg"),
        ("a,north,0,0,10,radar", "latitude_deg"),
    ],
)
def test_a_line_that_is_no_sensor_is_refused_by_its_number(
    tmp_path: Path, row: str, why: str
) -> None:
    path = tmp_path / "sensors.csv"
    path.write_text(f"{','.join(HEADING)}\n{row}\n")
    with pytest.raises(NodeError, match=why):
        sensors(path)


def test_another_heading_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "sensors.csv"
    path.write_text("NAME\n")
    with pytest.raises(NodeError, match="must begin with the line name,latitude_deg"):
        sensors(path)


def test_the_node_shows_its_own(tmp_path: Path) -> None:
    case = case_in(tmp_path)
    with asking(case) as ask:
        assert ask.get("/api/v1/sensors").json()["data"] == []
        write_sensors(case.home.sensors, [RADAR])
        (one,) = ask.get("/api/v1/sensors").json()["data"]
        assert (one["name"], one["latitude_deg"]) == (RADAR.name, 60.0)
        case.home.sensors.write_text("nonsense")
        assert ask.get("/api/v1/sensors").status_code == 409
    closed(case)


def test_every_nation_of_the_demonstration_has_its_own_sensors_and_no_others() -> None:
    of = {nation: sited(nation) for nation in NATIONS}
    assert sum(map(len, of.values())) == len(SENSORS)
    assert all(of.values())
    assert not [one for told in of.values() for one in told if one.problem]
    assert len({one.name for told in of.values() for one in told}) == len(SENSORS)
    assert {(one.latitude_deg, one.longitude_deg) for one in of["NOR"]} == {(60.0, 5.0)}

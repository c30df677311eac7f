"""`commonsky environment`, as a stranger runs it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from commonsky.catalogue.population import population
from commonsky.formats.omm_csv_writer import omm_csv
from commonsky.show.cli.app import run

SIZES = "NORAD_CAT_ID,MASS_KG,AREA_M2\n900000005,1234,7\nnonsense,1,1\n"


@pytest.fixture(scope="module")
def sky(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("sky") / "sky.csv"
    path.write_text("".join(omm_csv(population(3000, 3))))
    return path


def told(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, Any]:
    assert run(["environment", *arguments, "--format", "json"]) == 0
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


def test_now(sky: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    plain = told(capsys, "now", str(sky))
    assert plain["kind"] == "environment"
    assert plain["objects"] + plain["left_out"] == 3000
    assert plain["payloads"] + plain["rocket_bodies"] + plain["debris"] == plain["below_2000_km"]
    assert 0.0 < plain["catastrophic_per_year"] <= plain["collisions_per_year"]
    shells = sum(shell["collisions_per_year"] for shell in plain["shells"])
    assert shells == pytest.approx(plain["collisions_per_year"], rel=1e-3)
    ranks = [one["criticality"] for one in plain["critical"]]
    assert len(ranks) == 10
    assert ranks == sorted(ranks, reverse=True)
    assert sum(part["share"] for part in plain["by_height"]) <= 1.0 + 1e-4
    assert 0.0 <= plain["intact_with_intact_per_year"] <= plain["collisions_per_year"]
    for mass in plain["masses"]:
        assert sum(mass["provenance"].values()) == pytest.approx(1.0, abs=1e-4)
    table = tmp_path / "sizes.csv"
    table.write_text(SIZES)
    known = told(capsys, "now", str(sky), "--sizes", str(table))
    assert "catalogue" in known["masses"][2]["provenance"] or (
        "measured" in known["masses"][2]["provenance"]
    )


def test_project(sky: Path, capsys: pytest.CaptureFixture[str]) -> None:
    asked = ("project", "--population", str(sky), "--years", "6", "--seed", "4", "--runs", "2")
    one, same = told(capsys, *asked), told(capsys, *asked)
    assert one == same
    assert one["kind"] == "projection"
    assert one["seeds"] == [4, 5]
    assert len(one["years"]) == 6
    assert one["object_years"] > 0.0
    assert len(one["parameters_sha256"]) == 64
    assert one["health_index"] > 0.0
    for year in one["years"]:
        parts = year["payloads"] + year["rocket_bodies"] + year["debris"]
        assert parts == pytest.approx(year["objects"], rel=1e-4)
        assert year["objects_low"] <= year["objects"] <= year["objects_high"]
    other = told(capsys, *asked[:-4], "--seed", "9")
    assert other["years"] != one["years"]


def test_a_scenario_changes_it(
    sky: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "none.toml"
    file.write_text("years = 8\nlaunch_factor = 0\ndisposal_success = 0\n")
    alone = told(capsys, "project", "--population", str(sky), "--scenario", str(file))
    usual = told(capsys, "project", "--population", str(sky), "--years", "8")
    assert alone["launched"] == 0.0
    assert usual["launched"] > 0.0
    assert alone["parameters_sha256"] != usual["parameters_sha256"]


def test_what_is_unacceptable_is_for_whoever_asks(
    sky: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = ("project", "--population", str(sky), "--years", "3", "--limit", "objects=10")
    one = told(capsys, *asked, "--limit", "growth=1000")
    verdicts = {each["name"]: each["verdict"] for each in one["criteria"]}
    assert verdicts["objects"] == "unacceptable"
    assert verdicts["growth"] == "acceptable"
    assert "catastrophic" in verdicts
    assert run(["environment", *asked, "--limit", "grow=2"]) == 2
    assert "growth" in capsys.readouterr().err
    assert run(["environment", *asked, "--limit", "growth"]) == 2
    assert "growth=1.5" in capsys.readouterr().err


@pytest.mark.parametrize(("name", "magic"), [("a.png", b"\x89PNG"), ("a.svg", b"<?xml")])
def test_a_picture(
    sky: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str, magic: bytes
) -> None:
    asked = ("project", "--population", str(sky), "--years", "4", "--runs", "2")
    told(capsys, *asked, "--figure", str(tmp_path / name))
    assert (tmp_path / name).read_bytes().startswith(magic)
    assert run(["environment", *asked, "--figure", "a.exe"]) == 2
    assert ".png" in capsys.readouterr().err


def test_capacity(sky: Path, capsys: pytest.CaptureFixture[str]) -> None:
    asked = ("capacity", "--population", str(sky), "--years", "50")
    usual = told(capsys, *asked)
    worse = told(capsys, *asked, "--disposal-success", "0", "--limit", "growth=0.001")
    assert usual["kind"] == "capacity"
    assert worse["numbers"]["derelict"][-1] > usual["numbers"]["derelict"][-1]
    assert {one["name"]: one["verdict"] for one in worse["criteria"]}["growth"] == "unacceptable"
    assert run(["environment", *asked]) == 0
    assert "fullest shells" in capsys.readouterr().out
    assert run(["environment", *asked, "--disposal-success", "1.5"]) == 2
    assert "disposal_success" in capsys.readouterr().err


def test_in_words(sky: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["environment", "now", str(sky)]) == 0
    out = capsys.readouterr().out
    assert "catastrophic ones" in out
    assert "published for 2024-12-31" in out
    asked = ["environment", "project", "--population", str(sky), "--years", "3"]
    assert run(asked) == 0
    out = capsys.readouterr().out
    assert "object-years below 2000 km" in out
    assert "catastrophic collisions in all" in out


@pytest.mark.parametrize(
    ("content", "code", "said"),
    [("yeers = 1", 3, "yeers"), ("years = -1", 3, "0 to 1000"), ("[[[", 3, "TOML")],
)
def test_bad_scenarios(
    sky: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], content: str, code: int,
    said: str,
) -> None:  # fmt: skip
    file = tmp_path / "bad.toml"
    file.write_text(content)
    assert (
        run(["environment", "project", "--population", str(sky), "--scenario", str(file)]) == code
    )
    assert said in capsys.readouterr().err


def test_what_is_missing_is_told(sky: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["environment", "now", str(sky), "--sizes", "/nowhere.csv"]) == 3
    assert "nowhere" in capsys.readouterr().err
    assert run(["environment", "project", "--population", str(sky), "--years", "1e9"]) == 2
    assert "0 to 1000" in capsys.readouterr().err
    assert run(["environment", "project"]) == 2

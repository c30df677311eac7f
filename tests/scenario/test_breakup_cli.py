"""`commonsky breakup`, as a stranger runs it."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from commonsky.catalogue.population import population
from commonsky.formats.omm_csv_writer import omm_csv
from commonsky.show.cli.app import run


@pytest.fixture
def sky(tmp_path: Path) -> Path:
    path = tmp_path / "sky.csv"
    path.write_text("".join(omm_csv(population(30, 3))))
    return path


def test_on_the_command_line(sky: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    asked = ["breakup", "900000005", "--catalogue", str(sky), "--format", "ndjson", "--seed", "4"]
    assert run([*asked, "--mass-kg", "880"]) == 0
    out = capfdbinary.readouterr().out
    *lines, last = [json.loads(line) for line in out.splitlines()]
    assert {line["kind"] for line in lines} == {"fragment"}
    assert last["kind"] == "summary"
    assert len(lines) == last["fragments"]
    whole = sum(line["mass_kg"] for line in lines) + last["mass_below_kg"]
    assert whole == pytest.approx(880.0, rel=1e-6)
    assert run([*asked, "--mass-kg", "880"]) == 0
    assert capfdbinary.readouterr().out == out


def test_whom_a_cloud_meets(sky: Path, capsys: pytest.CaptureFixture[str]) -> None:
    asked = ["breakup", "900000005", "--catalogue", str(sky), "--impactor-kg", "200"]
    interest = ["--for", "900000012", "--for", "payloads"]
    assert run([*asked, *interest, "--format", "ndjson"]) == 0
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    moments = [line for line in lines if line["kind"] == "consequence"]
    assert [round(one["days"]) for one in moments] == [0, 1, 30, 365, 1826, 9131]
    assert lines[-1]["kind"] == "summary"
    for one in moments:
        low, nominal, high = one["in_orbit"]
        assert low * 16 == pytest.approx(high)
        total = nominal + one["re_entered"][1] + one["escaped"][1]
        assert total == pytest.approx(lines[-1]["fragments"], rel=1e-3)
        numbers = [each["norad_cat_id"] for each in one["satellites"]]
        assert 900000012 in numbers
        assert 900000005 not in numbers
    years = [one["object_years"][1] for one in moments]
    assert years == sorted(years)
    assert run([*asked, "--for", "900000012"]) == 0
    out = capsys.readouterr().out
    assert "conjunctions more a week" in out
    assert "four times fewer or more" in out
    assert run([*asked, "--for", "77"]) == 2
    assert "77 is in none of these files" in capsys.readouterr().err


def test_what_is_catalogued_tells_what_it_was(
    sky: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = ["breakup", "900000005", "--catalogue", str(sky), "--mass-kg", "900"]
    assert run([*asked, "--catalogued", "20=200", "--format", "ndjson"]) == 0
    early = json.loads(capsys.readouterr().out.splitlines()[-2])
    more = ["--catalogued", "20=200", "--catalogued", "90=320", "--catalogued", "300=350"]
    assert run([*asked, *more, "--format", "ndjson"]) == 0
    *_, fit, summary = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert fit["kind"] == "fit"
    assert sum(fit["probability"].values()) == pytest.approx(1.0, abs=1e-3)
    low, middle, high = fit["to_be_catalogued"]
    assert low < middle < high
    assert np.log(high / low) < np.log(early["to_be_catalogued"][2] / early["to_be_catalogued"][0])
    assert 200 < middle < 700
    assert "fitted" in summary["how"]
    assert run([*asked, *more]) == 0
    assert "what is catalogued so far says" in capsys.readouterr().out
    assert run([*asked, "--catalogued", "20"]) == 2
    assert "3=120" in capsys.readouterr().err


def test_what_makes_no_sense_is_told(sky: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["breakup", "12", "--catalogue", str(sky)]) == 2
    assert "12 is in none of these files" in capsys.readouterr().err
    asked = ["breakup", "900000005", "--catalogue", str(sky)]
    assert run([*asked, "--smallest-m", "7"]) == 2
    assert "smallest fragment" in capsys.readouterr().err
    assert run([*asked, "--smallest-m", "0.0001", "--scale", "100"]) == 2
    assert "ask for longer ones" in capsys.readouterr().err

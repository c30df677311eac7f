"""`commonsky exposure`, as an operator runs it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from commonsky.astro.elements import MU_WGS72_KM3_S2, RADIUS_WGS72_KM
from commonsky.formats.omm_csv_writer import omm_csv
from commonsky.show.cli.app import run
from tests.catalogue_case import catalogue_of

LOW, HIGH, FAR, DECAYED = 900_000_001, 900_000_002, 900_000_003, 900_000_004
ORBITS = "ALTITUDE_KM,INCLINATION_DEG,SHIELDING_MM_AL,DOSE_RATE_RAD_SI_DAY\n" + "".join(
    f"{height},{inclination},{shielding},{rate / shielding:g}\n"
    for height, rate in ((400, 4), (700, 16), (1000, 64))
    for inclination in (40, 60)
    for shielding in (1, 4)
)
MARGINS = f"""NORAD_CAT_ID,DOSE_MARGIN_RAD_SI,SHIELDING_MM_AL,SAFED_FACTOR
{LOW},900,4,0.2
{HIGH},900,4,0.2
{FAR},900,4,
25544,900,4,
"""


def satellite(number: int, height_km: float, **other: float) -> dict[str, Any]:
    """A circular orbit, or nearly."""
    axis = RADIUS_WGS72_KM + height_km
    motion = 60.0 * np.sqrt(MU_WGS72_KM3_S2 / axis**3)
    usual = {"eccentricity": 1e-4, "inclination": np.radians(53.0), "bstar": 0.0}
    return {"number": number, "name": f"SAT {number}", "mean_motion": motion, **usual, **other}


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("own")
    own = catalogue_of(
        satellite(LOW, 500.0),
        satellite(HIGH, 850.0),
        satellite(FAR, 20_200.0, inclination=np.radians(55.0)),
        satellite(DECAYED, 90.0, bstar=0.5),
    )
    (folder / "own.csv").write_text("".join(omm_csv(own)))
    (folder / "orbits.csv").write_text(ORBITS)
    (folder / "margins.csv").write_text(MARGINS)
    return folder


def asked(folder: Path, *more: str, table: str = "orbits.csv") -> list[str]:
    named = ["--table", str(folder / table), "--margins", str(folder / "margins.csv")]
    return ["exposure", str(folder / "own.csv"), *named, "--days", "1", *more]


def told(capsys: pytest.CaptureFixture[str], arguments: list[str]) -> dict[str, Any]:
    assert run([*arguments, "--format", "json"]) == 0
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


def by_number(found: dict[str, Any]) -> dict[int, dict[str, Any]]:
    return {one["norad_cat_id"]: one for one in found["satellites"]}


def test_a_table_over_orbits(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = told(capsys, asked(files, "--needed-days", "365"))
    assert found["kind"] == "exposure"
    assert found["magnetic_field"] == ""
    assert found["asked"] == 4
    assert [one["norad_cat_id"] for one in found["satellites"]] == [HIGH, LOW, FAR]
    one = by_number(found)
    # Rates grow by e^(h log 4 / 300 km): 1 rad a day at 400 km, behind 4 mm.
    wanted = 0.01 * 4.0 ** ((500.0 - 400.0) / 300.0)
    assert one[LOW]["rate_per_day"] == pytest.approx(wanted, rel=0.1)
    assert one[LOW]["in_span"] == pytest.approx(one[LOW]["rate_per_day"], rel=1e-5)
    assert one[LOW]["days_of_margin"] == pytest.approx(9.0 / one[LOW]["rate_per_day"], rel=1e-4)
    assert one[LOW]["verdict"] == "holds"
    assert one[HIGH]["verdict"] == "holds if safed throughout"
    assert one[HIGH]["days_safed_throughout"] == pytest.approx(
        5 * one[HIGH]["days_of_margin"], rel=1e-4
    )
    assert one[HIGH]["windows"] == []
    assert one[HIGH]["days_safed_in_windows"] is None
    assert one[FAR]["rate_per_day"] is None
    assert one[FAR]["verdict"] == "cannot be told"
    assert found["can_be_made_safe"] == [HIGH]
    assert found["gaps"] == {"no element set": [25544], "outside the table": [FAR]}


def test_tables_of_one_quantity_add_up(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    once = by_number(told(capsys, asked(files)))
    twice = by_number(told(capsys, asked(files, "--table", str(files / "orbits.csv"))))
    assert twice[LOW]["rate_per_day"] == pytest.approx(2 * once[LOW]["rate_per_day"], rel=1e-5)
    assert twice[LOW]["days_of_margin"] == pytest.approx(once[LOW]["days_of_margin"] / 2, rel=1e-5)


def test_a_table_that_decays(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (files / "falls.csv").write_text("# E_FOLDING_DAYS: 1000\n" + ORBITS)
    plain = by_number(told(capsys, asked(files)))[HIGH]
    falls = by_number(told(capsys, asked(files, table="falls.csv")))[HIGH]
    assert falls["rate_per_day"] == pytest.approx(plain["rate_per_day"])
    days = -1000.0 * np.log(1.0 - 9.0 / (1000.0 * plain["rate_per_day"]))
    assert falls["days_of_margin"] == pytest.approx(days, rel=1e-4)
    assert falls["in_span"] < plain["in_span"]
    (files / "later.csv").write_text(
        "# E_FOLDING_DAYS: 100\n# EPOCH: 2029-01-01T00:00:00\n" + ORBITS
    )
    assert run(asked(files, table="later.csv")) == 1
    assert "decays from 2029-01-01" in capsys.readouterr().err


def test_a_shell_seen_by_a_dipole(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Only L from 4 to 5 counts: passages with windows up high, and no verdict down low."""
    rows = "".join(
        f"{shell},{over},{rate}\n"
        for shell, rate in ((3.9, 0), (4, 1e11), (5, 1e11), (5.1, 0))
        for over in (1, 1000)
    )
    head = "# PARTICLES: electrons above 1 MeV\n# OUTSIDE: zero\nL,B_B0,FLUENCE_PER_CM2_DAY\n"
    (files / "shell.csv").write_text(head + rows)
    (files / "arrays.csv").write_text(
        "NORAD_CAT_ID,ARRAY_MARGIN_PER_CM2,ARRAY_MARGIN_PARTICLES,SAFED_FACTOR\n"
        + "".join(f"{number},5e12,{name},0.1\n" for number, name in (
            (LOW, "Electrons above 1 MeV"), (HIGH, "protons"), (FAR, "electrons above 1 MeV")))
    )  # fmt: skip
    arguments = [
        "exposure", str(files / "own.csv"), "--table", str(files / "shell.csv"), "--margins",
        str(files / "arrays.csv"), "--days", "2",
    ]  # fmt: skip
    found = told(capsys, arguments)
    assert "dipole" in found["magnetic_field"]
    one = by_number(found)
    assert one[FAR]["peak_per_day"] == pytest.approx(1e11)
    inside = one[FAR]["rate_per_day"] / 1e11
    assert 0.1 < inside < 0.6
    assert one[FAR]["windows_a_day"] >= 3.0
    assert one[FAR]["window_hours_a_day"] < 24.0 * inside
    assert one[FAR]["windows"][0]["start"] < one[FAR]["windows"][0]["stop"]
    assert one[FAR]["verdict"] == "holds if safed in its windows"
    assert one[FAR]["field_factor"] == pytest.approx(1.4)
    assert found["can_be_made_safe"] == [FAR]
    assert one[LOW]["field_factor"] is None
    assert one[LOW]["verdict"] == "cannot be told"
    assert found["gaps"]["the margin is of other particles"] == [HIGH]
    assert found["gaps"]["too low for a dipole: nothing bounds L and B/B0"] == [LOW]
    finer = by_number(told(capsys, [*arguments, "--step-s", "10"]))
    assert finer[FAR]["rate_per_day"] == pytest.approx(one[FAR]["rate_per_day"], rel=2e-3)


def test_who_declares_nothing_is_told(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (files / "few.csv").write_text(f"NORAD_CAT_ID,DOSE_MARGIN_GY_SI,SHIELDING_MM_AL\n{LOW},,2\n")
    arguments = asked(files, "--satellites", "all")
    arguments[arguments.index("--margins") + 1] = str(files / "few.csv")
    found = told(capsys, arguments)
    assert found["gaps"] == {
        "the orbit cannot be followed": [DECAYED],
        "no shielding is declared": [HIGH, FAR],
        "no margin is declared": [LOW],
    }
    assert by_number(found)[LOW]["rate_per_day"] is not None
    assert {one["verdict"] for one in found["satellites"]} == {"cannot be told"}


def test_in_words(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(asked(files)) == 0
    out = capsys.readouterr().out
    assert "most exposed first" in out
    assert "safed throughout" in out
    assert f"can be made safe by safing: {HIGH}" in out
    assert "no element set: 25544" in out
    assert "outside the table" in out


@pytest.mark.parametrize(
    ("more", "code", "said"),
    [
        (["--table", "/nowhere.csv"], 3, "nowhere"),
        (["--natural", "electrons"], 2, "e:max:1"),
        (["--satellites", "ISS"], 2, "ISS"),
        (["--days", "0"], 2, "days"),
        (["--start", "soon"], 2, "soon"),
    ],
)
def test_misuse(
    files: Path, capsys: pytest.CaptureFixture[str], more: list[str], code: int, said: str
) -> None:
    assert run(asked(files, *more)) == code
    assert said in capsys.readouterr().err


def test_a_bad_table_is_named(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (files / "cut.csv").write_text(ORBITS[:-9])
    assert run(asked(files, table="cut.csv")) == 3
    assert "cut.csv" in capsys.readouterr().err
    assert run(["exposure", str(files / "own.csv")]) == 2
    assert "--table" in capsys.readouterr().err

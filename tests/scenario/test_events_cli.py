"""`commonsky events`, `watch`, `norms`, `dossier` and `sky`, as a stranger runs them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from commonsky.node.assembly import initialised, keys_of
from commonsky.node.clock import RealClock
from commonsky.node.dossier_files import CONTENT, PAGE, RECORDS
from commonsky.share.log.note import Verifier
from commonsky.show.cli.app import run
from tests.history_case import NUMBER, history_of, written

REGISTER = (
    "NORAD_CAT_ID,OBJECT_NAME,OBJECT_TYPE,OWNER,LAUNCH_DATE,END_OF_MISSION,WITHHELD\n"
    f"{NUMBER},ONE,PAY,NOR,2005-01-01,2010-01-01,\n40001,TWO,R/B,US,2006-01-01,,\n"
    "40009,HIDDEN,PAY,US,2006-01-01,,yes\n"
)
STATED = f"""
[[circumstance]]
kind = "explanation"
objects = [{NUMBER}]
text = "A test of its engine."
source = "its owner"
likelihood = 0.3
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("events")
    sets = folder / "sets"
    sets.mkdir()
    written(sets, history_of(raised_km=1.0), history_of(40001, name="TWO", seed=2))
    (folder / "register.csv").write_text(REGISTER)
    (folder / "stated.toml").write_text(STATED)
    return folder


def lines(capsys: pytest.CaptureFixture[str], *arguments: str) -> list[dict[str, Any]]:
    assert run(list(arguments)) == 0
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_a_burn_is_one_line(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (burn,) = lines(capsys, "events", "detect", str(folder / "sets"), "--kind", "manoeuvre")
    assert (burn["kind"], burn["object"], burn["name"]) == ("manoeuvre", NUMBER, "ONE")
    # A kilometre higher is half of the mean motion times a kilometre.
    assert burn["delta_v_m_s"] == pytest.approx(0.52, abs=3.0 * burn["delta_v_sigma_m_s"] + 0.03)
    assert burn["not_before"] <= burn["epoch_estimate"] <= burn["not_after"]
    assert burn["rows"] == [19, 20]
    assert 0.0 < burn["detectable_m_s"] < burn["delta_v_m_s"]
    fields = {"type", "score", "delta_v_sigma_m_s"}
    assert fields <= burn.keys()


def test_words_are_for_people(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["events", "detect", str(folder / "sets"), "--format", "text"]) == 0
    out = capsys.readouterr()
    assert f"{NUMBER} ONE manoeuvred by 0.5" in out.out
    assert "1 manoeuvre" in out.err


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("--kind", "malice"), 2),
        (("--object", "777"), 2),
    ],
)
def test_misuse_is_said(
    folder: Path, arguments: tuple[str, ...], code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["events", "detect", str(folder / "sets"), *arguments]) == code
    assert capsys.readouterr().err.count("\n") <= 3


def test_a_folder_without_files_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["events", "detect", str(tmp_path)]) == 3
    assert "without files" in capsys.readouterr().err


def test_a_folder_is_watched_and_events_told_once(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    incoming = tmp_path / "incoming"
    incoming.mkdir()
    (incoming / "bad.csv").write_text("nothing\n")
    (incoming / "sets.csv").write_bytes((folder / "sets" / "sets.csv").read_bytes())
    arguments = ("watch", str(incoming), "--once", "--kind", "manoeuvre", "--format", "ndjson")
    found = lines(capsys, *arguments)
    assert [one["object"] for one in found] == [NUMBER]
    assert run(["watch"]) == 2
    assert run(["watch", str(incoming), "--state", "--once"]) == 2


def test_a_node_states_what_it_finds(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    node = tmp_path / "nor"
    initialised(node, "NOR", "ops", RealClock())
    for day in (10, 20, 30, 41):
        part = tmp_path / f"{day}.csv"
        whole = (folder / "sets" / "sets.csv").read_text().splitlines(keepends=True)
        rows = whole[1:41][:day]
        part.write_text("".join([whole[0], *rows]))
        # Each ingest states the newest set of each object alone.
        for row in rows[-10:]:
            part.write_text(whole[0] + row)
            assert run(["ingest", str(part), "--node", str(node)]) == 0
    capsys.readouterr()
    arguments = ("watch", "--node", str(node), "--once", "--kind", "manoeuvre", "--state",
                 "--format", "ndjson")  # fmt: skip
    (burn,) = lines(capsys, *arguments)
    assert burn["object"] == NUMBER
    assert run(list(arguments)) == 0  # told again, and not stated again
    capsys.readouterr()
    made = tmp_path / "case"
    assert run(["dossier", "make", "--object", str(NUMBER), "--node", str(node),
                "--output", str(made), "--on", "2026-01-01"]) == 0  # fmt: skip
    capsys.readouterr()
    from commonsky.node.home import opened  # noqa: PLC0415 - only here

    signer = keys_of(opened(node)).signer()
    key = str(Verifier(signer.name, signer.public_key))
    assert run(["dossier", "verify", str(made), "--key", key]) == 0
    assert f"signed by {signer.name}" in capsys.readouterr().out


def test_rules_are_listed_and_explained(capsys: pytest.CaptureFixture[str]) -> None:
    rules = lines(capsys, "norms", "list", "--format", "ndjson")
    assert {"GEO-REORBIT", "FCC-5Y", "OST-IV-1"} <= {rule["id"] for rule in rules}
    assert run(["norms", "explain", "fcc-5y", "OST-IV-1"]) == 0
    told = capsys.readouterr().out
    assert "USA" in told
    assert "2024-09" in told
    assert run(["norms", "explain", "NO-SUCH"]) == 2


def test_an_object_is_held_against_rules(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = (
        "norms", "check", str(folder / "sets"), "--object", str(NUMBER), "--register",
        str(folder / "register.csv"), "--circumstances", str(folder / "stated.toml"),
        "--on", "2026-01-01", "--rule", "IADC-5.3.2", "--rule", "FCC-5Y",
    )  # fmt: skip
    (told,) = lines(capsys, *arguments, "--format", "ndjson")
    assert told["rule"] == "IADC-5.3.2"
    assert told["binding"] == "guideline"
    assert told["alternatives"] == [["A test of its engine.", 0.3]]
    both = lines(capsys, *arguments, "--whole", "--format", "ndjson")
    assert {one["rule"]: one["outcome"] for one in both}["FCC-5Y"] == "not applicable"
    assert run(list(arguments)) == 0
    assert "status  " in capsys.readouterr().out


@pytest.fixture(scope="module")
def made(folder: Path) -> Path:
    made = folder / "made"
    assert run([
        "dossier", "make", str(folder / "sets"), "--object", str(NUMBER), "--beside", "40001",
        "--register", str(folder / "register.csv"), "--circumstances",
        str(folder / "stated.toml"), "--on", "2026-01-01", "--output", str(made),
        "--title", "Who <b>moved</b>?",
    ]) == 0  # fmt: skip
    return made


def test_a_dossier_is_made_and_computed_again(
    made: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    assert run(["dossier", "verify", str(made)]) == 0
    told = capsys.readouterr().out
    assert "byte for byte" in told
    assert "nobody's word" in told
    page = (made / PAGE).read_text()
    assert "<b>moved</b>" not in page
    assert "Cannot be determined" in page
    assert "withheld by their owners" in page
    assert "<script" not in page


def test_a_changed_dossier_is_refused(
    made: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, old, new in (
        (CONTENT, b'"score":', b'"score": 9'),
        (RECORDS, b'"entry"', b'"entri"'),
    ):
        other = tmp_path / name
        other.mkdir()
        for file in made.iterdir():
            (other / file.name).write_bytes(file.read_bytes())
        (other / name).write_bytes((made / name).read_bytes().replace(old, new, 1))
        assert run(["dossier", "verify", str(other)]) in {3, 4}
    capsys.readouterr()


def test_a_dossier_gets_a_folder_of_its_own(
    folder: Path, made: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    again = ["dossier", "make", str(folder / "sets"), "--object", str(NUMBER), "--output"]
    assert run([*again, str(made)]) == 2
    assert run(["dossier", "make", "--object", "5", "--output", str(folder / "none")]) == 2
    capsys.readouterr()


def test_the_state_of_the_sky(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page = tmp_path / "sky.html"
    assert run([
        "sky", str(folder / "sets"), "--register", str(folder / "register.csv"), "--on",
        "2026-01-01", "--page", str(page), "--kind", "manoeuvre", "--format", "json",
    ]) == 0  # fmt: skip
    told = json.loads(capsys.readouterr().out)
    assert told["objects"] == 2
    assert told["events"] == {"manoeuvre": 1}
    assert told["withheld"] == 1
    owners = {one["owner"] for one in told["kept"]}
    # The ten are in it, whether they own anything here or not.
    assert {"AUS", "CAN", "DEU", "FRA", "GBR", "ITA", "JPN", "NOR", "NZL", "USA"} <= owners
    assert "manoeuvred by" in page.read_text()

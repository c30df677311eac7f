"""`commonsky realism`: what it writes."""

import json
import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from commonsky.assess.object_scale import ObjectFactors
from commonsky.assess.realism import judged
from commonsky.errors import UnreadableInput
from commonsky.formats.omm_csv_writer import omm_csv
from commonsky.node.realism import Later, Realism
from commonsky.show.cli.exits import Misuse
from commonsky.show.cli.realism import document, lines, meaning, show_realism
from tests.catalogue_case import catalogue_of


def told(*inflations: float, source: str = "a") -> Realism:
    """A scorecard of classes whose covariances are too small by so much."""
    rng = np.random.default_rng(1)
    parts = [(f"class {k}", one * rng.chisquare(3.0, 300)) for k, one in enumerate(inflations)]
    parts.insert(0, ("all", np.concatenate([squares for _, squares in parts])))
    rows = tuple(
        judged(squares, np.arange(len(squares)), np.full(len(squares), 4.0), source, group)
        for group, squares in parts
    )
    objects = ObjectFactors(
        np.array([5]), np.array([2.0]), np.array([3.0]), np.array([4], np.int64)
    )
    return Realism(rows, objects, 900, {"pairs of another kind": 7, "nothing": 0})


def test_the_table_has_a_line_a_class_and_ends_with_what_it_means() -> None:
    found = lines(told(1.0, 4.0), Later.TRUTH)
    assert found[0] == "900 pairs of element sets; left out: 7 pairs of another kind"
    assert found[1] == "factors multiply covariances"
    assert found[3] == "a:"
    assert found[5].startswith("class 0")
    assert found[5].endswith("realistic")
    assert found[6].endswith("too small")
    assert "1 objects have factors" in found[-2]
    assert found[-1].startswith("What it means: of 2 classes 1 are realistic, 1 too small")


def test_what_nothing_tells_is_a_dash() -> None:
    row = judged(np.ones(3), np.arange(3), np.ones(3), "a", "b")
    found = lines(replace(told(1.0), scorecard=(row,)), Later.SHARED)
    assert "nan" not in "\n".join(found)
    assert "- " in found[-3]
    assert meaning((row,)).startswith("What it means: too few residuals")


def test_names_cannot_steer_a_terminal() -> None:
    found = "\n".join(lines(told(1.0, source="\x1b[2Jevil"), Later.SHARED))
    assert "\x1b" not in found
    assert "?[2Jevil" in found


def test_the_document_is_json_with_null_where_nothing_tells() -> None:
    row = judged(np.ones(3), np.arange(3), np.ones(3), "a", "b")
    held = json.loads(document(replace(told(1.0), scorecard=(row,)), Later.SHARED))
    assert held["scorecard"][0]["cramer_von_mises_p"] is None
    assert held["scorecard"][0]["verdict"] == "cannot tell"
    assert held["scorecard"][0]["factor"]["value"] > 0.0
    assert held["objects"] == {
        "norad_id": [5], "factor": [2.0], "own_factor": [3.0], "n": [4],
    }  # fmt: skip
    assert held["factor_multiplies"].startswith("what covariances grow by")


def write(path: Path, *days: float) -> str:
    sky = catalogue_of(
        *({"number": k + 1, "day": day, "anomaly": 0.1 * k} for day in days for k in range(8))
    )
    path.write_text("".join(omm_csv(sky)))
    return str(path)


def test_files_make_a_scorecard(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    older, later = write(tmp_path / "a.csv", 0.0), write(tmp_path / "b.csv", 2.0, 3.0)
    show_realism([older, later], "truth", 2, form="json")
    held = json.loads(capsys.readouterr().out)
    assert held["pairs"] == 16
    assert held["objects"]["norad_id"] == list(range(1, 9))
    assert {row["source"] for row in held["scorecard"]} == {"a.csv", "b.csv"}
    show_realism([older, later], "shared", 2, form="table")
    written = capsys.readouterr().out
    assert written.splitlines()[0].startswith("16 pairs of element sets")
    assert written.splitlines()[-1].startswith("What it means")


def test_one_set_of_each_object_is_misuse(tmp_path: Path) -> None:
    with pytest.raises(Misuse, match=r"two sets .* 0\.5 days apart, but found none among 8 sets"):
        show_realism([write(tmp_path / "a.csv", 0.0)], "shared", 3, form="table")


def test_what_is_no_catalogue_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("nothing\n")
    with pytest.raises(UnreadableInput):
        show_realism([str(tmp_path / "a.csv")], "shared", 3, form="table")


def test_inflations_are_what_the_words_say() -> None:
    assert "2 too large" in meaning(told(0.1, 0.2).scorecard)
    assert "low Pc" not in meaning(told(0.1, 0.2).scorecard)
    assert math.isclose(told(4.0).scorecard[0].factor.value, 4.0, rel_tol=0.3)

"""`commonsky assess`, as a stranger runs it: made messages, and the real ones of CARA."""

from __future__ import annotations

import json
import lzma
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from commonsky.show.cli.app import run
from tests.ndm_case import SHARED, archived

ROOT = Path(__file__).parents[3] / "shared"
TRIANGLE = {
    "R": 900.0, "T": 90000.0, "N": 900.0, "RDOT": 1e-3, "TDOT": 1e-4, "NDOT": 1e-3,
}  # fmt: skip


def message(*, header: str = "COMMENT HBR = 20 [m]\n", method: str = "CALCULATED") -> str:
    """Return a conjunction of two on crossing orbits, 40 m apart."""
    axes = list(TRIANGLE)
    covariance = "".join(
        f"C{row}_{column} = {TRIANGLE[row] if row == column else 0.0}\n"
        for place, row in enumerate(axes)
        for column in axes[: place + 1]
    )
    body = ""
    for side, state in (
        (1, (7000.0, 0.0, 0.0, 0.0, 7.5, 0.0)),
        (2, (7000.04, 0.0, 0.0, 0.0, 1.0, 7.43)),
    ):
        values = zip(("X", "Y", "Z", "X_DOT", "Y_DOT", "Z_DOT"), state, strict=True)
        body += (
            f"OBJECT = OBJECT{side}\nOBJECT_DESIGNATOR = 9000{side}\nCATALOG_NAME = SATCAT\n"
            f"OBJECT_NAME = A{side}\nINTERNATIONAL_DESIGNATOR = 2020-001A\n"
            f"EPHEMERIS_NAME = NONE\nCOVARIANCE_METHOD = {method}\nMANEUVERABLE = NO\n"
            "REF_FRAME = EME2000\n"
            + "".join(f"{word} = {value}\n" for word, value in values)
            + covariance
        )
    return (
        "CCSDS_CDM_VERS = 1.0\nCREATION_DATE = 2026-01-01T00:00:00\nORIGINATOR = T\n"
        "MESSAGE_ID = M1\nTCA = 2026-01-02T00:00:00.000\nMISS_DISTANCE = 40\n" + header + body
    )


def assessed(
    capsys: pytest.CaptureFixture[str], *arguments: str, code: int = 0
) -> list[dict[str, Any]]:
    assert run(["assess", *arguments, "--format", "ndjson"]) == code
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_one_message(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "one.cdm"
    file.write_text(message())
    (line, summary) = assessed(capsys, str(file), "--all-tiers", "--trials", "20000")
    assert line["kind"] == "assessment"
    assert (line["object1"], line["object2"]) == ("90001", "90002")
    assert line["tca"] == "2026-01-02T00:00:00.000Z"
    assert line["miss_km"] == pytest.approx(0.04)
    assert (line["method"], line["tier"]) == ("2d", 1)
    assert line["lower"] < line["pc"] == line["pc_2d"] < line["upper"] < line["pc_max"] * 1.3
    assert line["nc_2d"] == pytest.approx(line["pc_2d"], rel=1e-2)
    assert line["nc_3d"] == pytest.approx(line["pc_2d"], rel=1e-2)
    assert line["mc"]["ci95"][0] < line["mc"]["pc"] < line["mc"]["ci95"][1]
    assert line["cannot_assess"] is None
    assert summary["kind"] == "summary"
    assert summary["assessed"] == 1


def test_what_cannot_be_assessed_says_why_and_stays(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    texts = {
        "good.cdm": message(),
        "no_radius.cdm": message(header=""),
        "default.cdm": message(method="DEFAULT"),
        "cut.cdm": message()[:700],
        "oem.cdm": "CCSDS_OEM_VERS = 2.0\n",
    }
    for name, text in texts.items():
        (tmp_path / name).write_text(text)
    lines = assessed(capsys, *(str(tmp_path / name) for name in texts), code=3)
    told = {Path(line["file"]).name: line for line in lines[:-1]}
    assert list(told) == list(texts)
    assert told["good.cdm"]["pc"] > 0.0
    assert told["no_radius.cdm"]["cannot_assess"] == "no hard-body radius"
    assert told["default.cdm"]["cannot_assess"] == "covariance stands for not known"
    assert told["default.cdm"]["pc"] is None
    assert told["cut.cdm"]["kind"] == told["oem.cdm"]["kind"] == "refused"
    assert told["cut.cdm"]["line"] > 10
    assert (lines[-1]["assessed"], lines[-1]["cannot_assess"], lines[-1]["refused"]) == (1, 2, 2)


def test_radii_come_from_the_message_its_objects_a_list_or_the_user(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    volumes = message(header="").replace(
        "REF_FRAME = EME2000\n",
        "REF_FRAME = EME2000\nCOMMENT EXCLUSION_VOLUME_RADIUS = 3 [m]\n",
    )
    names = {"said": message(), "silent": message(header=""), "volumes": volumes}
    for name, text in names.items():
        (tmp_path / name).write_text(text)
    files = [str(tmp_path / name) for name in names]
    listed = tmp_path / "radii.csv"
    listed.write_text("NORAD_CAT_ID,HARD_BODY_RADIUS_M\n90001,4\n90002,1.5\n")
    radii = [line["hard_body_radius_m"] for line in assessed(capsys, *files)[:-1]]
    assert radii == [20.0, None, 6.0]
    lines = assessed(capsys, *files, "--radii", str(listed))[:-1]
    assert [line["hard_body_radius_m"] for line in lines] == [20.0, 5.5, 5.5]
    assert lines[1]["radius_source"] == "list of radii"
    listed.write_text("ObjectID,HBR,HBRSigma\n90001,4,0.6\n90002,1.5,0.8\n90003,,0\n")
    told = assessed(capsys, files[1], "--radii", str(listed))[0]["hard_body_radius_m"]
    assert told == pytest.approx(float(np.sqrt(5.5**2 + 0.6**2 + 0.8**2)))
    lines = assessed(capsys, *files, "--hard-body-radius-m", "8")[:-1]
    assert [line["hard_body_radius_m"] for line in lines] == [8.0] * 3


def test_states_on_the_turning_earth_are_those_in_space(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from commonsky.astro.epoch import tai_ns  # noqa: PLC0415 - one test's need
    from commonsky.astro.frames import transform  # noqa: PLC0415
    from commonsky.astro.states import Frame  # noqa: PLC0415

    text = message()
    turned = text.replace("EME2000", "ITRF")
    at = np.array([tai_ns("2026-01-02T00:00:00")])
    for side in (1, 2):
        block = text[text.index(f"OBJECT = OBJECT{side}") :]
        words = ("X", "Y", "Z", "X_DOT", "Y_DOT", "Z_DOT")
        said = [block[block.index(f"\n{word} = ") :].split("\n")[1] for word in words]
        state = np.array([[float(line.split("= ")[1]) for line in said]])
        place, speed = transform(state[:, :3], state[:, 3:], at, Frame.EME2000, Frame.ITRF)
        cut = turned.index(f"OBJECT = OBJECT{side}")
        for word, line, value in zip(words, said, [*place[0], *speed[0]], strict=True):
            turned = turned[:cut] + turned[cut:].replace(
                f"\n{line}\n", f"\n{word} = {float(value)!r}\n", 1
            )
    for name, content in (("space", text), ("earth", turned)):
        (tmp_path / name).write_text(content)
    space, earth, _ = assessed(capsys, str(tmp_path / "space"), str(tmp_path / "earth"))
    assert earth["pc"] == pytest.approx(space["pc"], rel=1e-6)
    assert earth["miss_km"] == pytest.approx(space["miss_km"], rel=1e-6)


def test_errors_of_air_density_that_both_share(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shared = (
        "REF_FRAME = EME2000\nCOMMENT DCP Density Forecast Uncertainty = 0.2\n"
        "COMMENT DCP Sensitivity Vector RTN Pos = 1.0 900.0 0.0 [m]\n"
        "COMMENT DCP Sensitivity Vector RTN Vel = -0.1 0.0 0.0 [m/sec]\n"
    )
    file = tmp_path / "shared"
    file.write_text(message().replace("REF_FRAME = EME2000\n", shared))
    (alone, _), (aware, _) = (assessed(capsys, str(file), *more) for more in ([], ["--correlate"]))
    assert alone["pc_correlated"] == aware["pc"] == aware["pc_correlated"]
    assert alone["pc"] != aware["pc"]
    assert abs(alone["pc"] / aware["pc"] - 1.0) > 0.01


def test_a_report_and_a_line_an_event(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    later = message().replace("MESSAGE_ID = M1", "MESSAGE_ID = M2")
    later = later.replace("CREATION_DATE = 2026-01-01T00", "CREATION_DATE = 2026-01-01T06")
    for name, text in (("a", message()), ("b", later), ("bad", "CCSDS_CDM_VERS = 1.0")):
        (tmp_path / name).write_text(text)
    page = tmp_path / "out" / "report.html"
    files = [str(tmp_path / name) for name in ("b", "a", "bad")]
    lines = assessed(capsys, *files, "--report", str(page), "--events", code=3)
    assert [line["kind"] for line in lines] == [
        "assessment", "assessment", "refused", "event", "summary",
    ]  # fmt: skip
    event = lines[3]
    assert [one["message_id"] for one in event["messages"]] == ["M1", "M2"]
    assert event["pc"] == lines[0]["pc"]
    assert "<h1>1 event in 3 messages</h1>" in page.read_text()


@pytest.mark.skipif(not SHARED.exists(), reason="the real messages are not here")
def test_the_real_messages_of_cara(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    cases = {
        case["id"].removeprefix("cara-cdm-"): case
        for case in json.loads(
            lzma.decompress((ROOT / "reference" / "pc_cases.json.xz").read_bytes())
        )["cases"]
        if case["group"] == "CARA_PcMethod_53"
    }
    for name, raw in archived("cdm/cara_cdms_and_pc_unit_tests.tar.xz").items():
        if "_conj_" in name:
            (tmp_path / Path(name).name).write_bytes(raw)
    files = sorted(map(str, tmp_path.iterdir()))
    *lines, summary = assessed(capsys, *files)
    assert summary["assessed"] == len(lines) == len(cases) == 53
    for line in lines:
        case = cases[Path(line["file"]).stem]
        said = {one["method"].split()[0]: one["value"] for one in case["expected"]}
        # Below 1e-80 theirs are coarse: an adaptive integral that is cut.
        close = 1e-6 if said["Pc2D"] > 1e-60 else 1e-2
        assert line["pc_2d"] == pytest.approx(said["Pc2D"], rel=close), line["file"]
        assert line["pc_2d_as_given"] == pytest.approx(said["Pc2D_NoAdj"], rel=close)
        assert line["miss_km"] > 0.0
        trials = next(one for one in case["expected"] if one["method"].startswith("PcSDMC"))
        low, high = trials["ci95"]
        assert 0.98 * low - 0.5 * (high - low) < line["pc"] < 1.02 * high + 0.5 * (high - low)

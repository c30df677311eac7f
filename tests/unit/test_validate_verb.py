"""`commonsky validate` tells of each message whether it keeps its standard."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from commonsky.show.cli.app import run
from tests.ndm_case import OEM, cdm


def told(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_messages_are_told_one_by_one_and_counted(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a.cdm").write_bytes(gzip.compress(cdm().replace(b" [km]\n", b" [km ]\n", 1)))
    (tmp_path / "b.oem").write_bytes(OEM.replace(b"EPOCH = 2016", b"EPOCH = x016"))
    files = [str(tmp_path / "a.cdm"), str(tmp_path / "b.oem")]
    assert run(["validate", *files]) == 3
    first, second, summary = told(capsys)
    assert (first["message"], first["version"]) == ("CDM", "1.0")
    (deviation,) = first["deviations"]
    assert "blanks pad" in deviation["problem"]
    row = OEM[: OEM.index(b"EPOCH = 2016")].count(b"\n") + 1
    assert second["refused"]["line"] == row
    assert summary == {"kind": "summary", "messages": 2, "refused": 1}
    assert run(["validate", "--strict", files[0]]) == 3


def test_an_endless_line_is_refused_before_it_is_all_read(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a").write_bytes(gzip.compress(b"X" * 50_000_000))
    assert run(["validate", str(tmp_path / "a")]) == 3
    refused = told(capsys)[0]["refused"]
    assert refused["line"] == 1
    assert "a line of more than" in refused["problem"]


def test_a_damaged_or_missing_file_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a").write_bytes(gzip.compress(cdm())[:-20])
    assert run(["validate", str(tmp_path / "a")]) == 3
    assert run(["validate", str(tmp_path / "none")]) == 3
    assert "none" in capsys.readouterr().err

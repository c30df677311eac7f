"""`commonsky screen` inside one process: what is loaded, and what a refusal leaves standing."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from commonsky.catalogue.population import population
from commonsky.errors import NotRepresentable
from commonsky.formats.omm_csv_writer import omm_csv
from commonsky.node import messages
from commonsky.show.cli import screening
from commonsky.show.cli.app import run


@pytest.fixture
def sky(tmp_path: Path) -> str:
    path = tmp_path / "sky.csv"
    path.write_text("".join(omm_csv(population(300, 5))))
    return str(path)


def test_a_message_that_cannot_be_written_takes_no_row_away(
    sky: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsysbinary: pytest.CaptureFixture[bytes],
) -> None:
    def refuse(*_: Any) -> int:
        raise NotRepresentable("1 of 9 conjunctions have no message")

    monkeypatch.setattr(screening, "announce_compilation", lambda _: None)
    question = ["screen", sky, "--threshold-km", "40", "--format", "ndjson", "--quiet"]
    assert run(question) == 0
    wanted = capsysbinary.readouterr().out
    assert json.loads(wanted.splitlines()[-1])["conjunctions"] > 5
    monkeypatch.setattr(messages, "write_messages", refuse)
    assert run([*question, "--cdm", str(tmp_path / "out")]) == 1
    told = capsysbinary.readouterr()
    assert told.out == wanted
    assert told.err == b"commonsky: 1 of 9 conjunctions have no message\n"


def test_screening_files_loads_no_network() -> None:
    code = "import sys, commonsky.show.cli.screening; print({'httpx', 'ssl'} & set(sys.modules))"
    done = subprocess.run(  # noqa: S603 - our own interpreter and code
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "set()"

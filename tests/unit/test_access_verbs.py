"""`commonsky node open`, `key` and `keys`, beside a node that runs."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from commonsky.errors import KeyRefused
from commonsky.node.clock import RealClock
from commonsky.node.home import made
from commonsky.show.api.keys import ApiKeys, Role, role_of
from commonsky.show.api.openings import Openings
from commonsky.show.cli.app import run
from commonsky.show.cli.exits import Exit


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return made(tmp_path / "nor", "NOR", "test").folder


def test_an_address_is_printed_that_opens_once(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["node", "open", str(folder), "--port", "7999"]) == Exit.RAN
    told = capsys.readouterr()
    found = re.fullmatch(r"http://127\.0\.0\.1:7999/open/([0-9a-f]{64})\n", told.out)
    assert found is not None
    Openings(folder).use(found[1], RealClock().now_tai_ns())
    with pytest.raises(KeyRefused):
        Openings(folder).use(found[1], RealClock().now_tai_ns())


@pytest.mark.parametrize("role", Role)
def test_keys_are_made_by_role_listed_and_removed(
    folder: Path, role: Role, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["node", "key", str(folder), "--name", "desk-2", "--role", role]) == Exit.RAN
    key = capsys.readouterr().out.strip()
    keys = ApiKeys(folder / "api-keys.json")
    assert role_of(keys.opened_by(key).scopes) is role
    assert run(["node", "keys", str(folder)]) == Exit.RAN
    told = capsys.readouterr().out
    assert told.split() == [key[3:11], role, "desk-2"]
    assert run(["node", "keys", str(folder), "--remove", key[3:11]]) == Exit.RAN
    assert capsys.readouterr().out == ""
    with pytest.raises(KeyRefused):
        keys.opened_by(key)
    assert run(["node", "keys", str(folder), "--remove", key[3:11]]) == Exit.REFUSED


def test_no_key_for_exercise_control_is_made_in_operations(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    home = made(tmp_path / "nor", "NOR", "ops")
    told = ["node", "key", str(home.folder), "--name", "desk-2", "--role", "exercise-control"]
    assert run(told) == Exit.REFUSED
    assert "in operations" in capsys.readouterr().err
    assert not len(ApiKeys(home.folder / "api-keys.json"))

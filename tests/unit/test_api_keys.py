"""Keys to the API: hashed, scoped, in a file that nobody else may read."""

import stat
from pathlib import Path

import pytest

from commonsky.errors import KeyRefused
from commonsky.show.api.keys import ApiKeys, Scope


def test_a_key_opens_what_it_was_made_for(tmp_path: Path) -> None:
    keys = ApiKeys(tmp_path / "api-keys.json")
    secret = keys.make("sensor at Fauske", [Scope.SUBMIT], 5)
    found = keys.opened_by(secret)
    assert (found.name, found.made_tai_ns) == ("sensor at Fauske", 5)
    assert [scope for scope in Scope if found.allows(scope)] == [Scope.SUBMIT]


def test_admin_is_good_for_everything(tmp_path: Path) -> None:
    keys = ApiKeys(tmp_path / "api-keys.json")
    found = keys.opened_by(keys.make("chief", [Scope.ADMIN], 0))
    assert all(found.allows(scope) for scope in Scope)


def test_the_file_holds_no_key_and_is_nobody_elses(tmp_path: Path) -> None:
    path = tmp_path / "api-keys.json"
    secret = ApiKeys(path).make("chief", [Scope.READ], 0)
    assert secret.rsplit("_", 1)[1] not in path.read_text()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.parametrize(
    "wrong", ["", "ck_", "x", "ck_" + "0" * 8 + "_" + "0" * 64, "ck_é_" + "0"]
)
def test_what_is_no_key_is_refused(tmp_path: Path, wrong: str) -> None:
    with pytest.raises(KeyRefused):
        ApiKeys(tmp_path / "api-keys.json").opened_by(wrong)


def test_a_key_with_one_other_digit_is_refused(tmp_path: Path) -> None:
    keys = ApiKeys(tmp_path / "api-keys.json")
    secret = keys.make("chief", [Scope.READ], 0)
    with pytest.raises(KeyRefused, match="not, or no longer, good"):
        keys.opened_by(secret[:-1] + ("0" if secret[-1] != "0" else "1"))


def test_what_another_process_makes_and_removes_counts_at_once(tmp_path: Path) -> None:
    here, there = ApiKeys(tmp_path / "api-keys.json"), ApiKeys(tmp_path / "api-keys.json")
    secret = there.make("chief", [Scope.READ], 0)
    assert here.opened_by(secret).name == "chief"
    there.make("another", [Scope.READ], 0)
    assert len(here) == 2
    there.remove(here.opened_by(secret).id)
    with pytest.raises(KeyRefused):
        here.opened_by(secret)


@pytest.mark.parametrize("name", ["", "a\nb", "x" * 65, "<script>"])
def test_a_key_is_for_somebody(tmp_path: Path, name: str) -> None:
    with pytest.raises(KeyRefused, match="for somebody"):
        ApiKeys(tmp_path / "api-keys.json").make(name, [Scope.READ], 0)


def test_a_key_for_nothing_is_not_made(tmp_path: Path) -> None:
    with pytest.raises(KeyRefused, match="needs a scope"):
        ApiKeys(tmp_path / "api-keys.json").make("chief", [], 0)


def test_a_damaged_file_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "api-keys.json").write_text('[{"id": 1}]')
    with pytest.raises(KeyRefused, match="no keys"):
        ApiKeys(tmp_path / "api-keys.json")

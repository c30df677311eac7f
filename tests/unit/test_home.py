"""A node's directory, its configuration, its owners and its clocks."""

import stat
from pathlib import Path

import pytest

from commonsky.errors import NodeError
from commonsky.node.clock import RealClock, ScaledClock, SteppedClock
from commonsky.node.entropy import repeatable, system
from commonsky.node.home import NATIONS, made, opened, parsed
from commonsky.node.owners import at_risk, owners, write_owners


def test_what_is_made_is_opened_again(tmp_path: Path) -> None:
    made(tmp_path / "nor", "NOR", "exercise/gs26", port=7300, host="nor.example")
    home = opened(tmp_path / "nor")
    assert (home.nation, home.realm) == ("NOR", "exercise/gs26")
    assert home.configuration.port == 7300
    assert home.configuration.address == "nor.example:7301"
    assert set(home.configuration.label.releasable_to) == set(NATIONS)
    assert stat.S_IMODE((tmp_path / "nor").stat().st_mode) == 0o700
    assert stat.S_IMODE((tmp_path / "nor" / "ledger").stat().st_mode) == 0o700


def test_a_node_is_not_made_twice(tmp_path: Path) -> None:
    made(tmp_path, "NOR", "ops")
    before = (tmp_path / "node.toml").read_text()
    with pytest.raises(NodeError, match="is a node already"):
        made(tmp_path, "AUS", "ops")
    assert (tmp_path / "node.toml").read_text() == before


def test_an_unknown_nation_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NodeError, match="none of the nations AUS"):
        made(tmp_path / "x", "ZZZ", "ops")
    assert not (tmp_path / "x").exists()


def test_a_directory_without_a_node_teaches(tmp_path: Path) -> None:
    with pytest.raises(NodeError, match="commonsky node init"):
        opened(tmp_path)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ('nation = "NOR"\nrealm = "ops"\ncolour = 1', "colour"),
        ('nation = "NOR"', "realm"),
        ('nation = "NOR"\nrealm = "ops"\n[screening]\ndays = "x"', "days"),
        ("nation = ", "configuration"),
    ],
)
def test_a_faulty_configuration_is_an_error_that_names_the_fault(text: str, why: str) -> None:
    with pytest.raises(NodeError, match=why):
        parsed(text, "node.toml")


def test_owners_come_back(tmp_path: Path) -> None:
    write_owners(tmp_path / "owners.csv", {25544: "USA", 900_000_001: "NOR"})
    held = owners(tmp_path / "owners.csv")
    assert held == {25544: "USA", 900_000_001: "NOR"}
    assert at_risk(held, (1, 900_000_001)) == {"NOR"}
    assert at_risk(held, (1, 2)) == frozenset()
    assert owners(tmp_path / "none.csv") == {}


@pytest.mark.parametrize("row", ["25544,ZZZ", "abc,NOR", "25544", "25544,NOR,1"])
def test_a_faulty_owner_is_told_by_line(tmp_path: Path, row: str) -> None:
    path = tmp_path / "owners.csv"
    path.write_text(f"NORAD_CAT_ID,NATION\n1,NOR\n{row}\n")
    with pytest.raises(NodeError, match="line 3"):
        owners(path)


def test_owners_need_their_heading(tmp_path: Path) -> None:
    path = tmp_path / "owners.csv"
    path.write_text("25544,NOR\n")
    with pytest.raises(NodeError, match="must begin"):
        owners(path)


def test_a_stepped_clock_stands_until_it_is_set_and_never_runs_back() -> None:
    clock = SteppedClock(100)
    assert clock.now_tai_ns() == clock.now_tai_ns() == 100
    clock.advance_to(250)
    assert clock.now_tai_ns() == 250
    with pytest.raises(ValueError, match="cannot be set back"):
        clock.advance_to(249)


def test_a_scaled_clock_begins_where_it_is_told_and_runs() -> None:
    clock = ScaledClock(1_000_000, 1e6)
    first = clock.now_tai_ns()
    while clock.now_tai_ns() == first:
        pass
    assert 1_000_000 <= first < clock.now_tai_ns()
    with pytest.raises(ValueError, match="rate"):
        ScaledClock(0, 0.0)


def test_the_real_clock_is_in_this_century() -> None:
    assert RealClock().now_tai_ns() > 1_700_000_000 * 10**9


def test_repeatable_bytes_depend_on_seed_and_purpose_alone() -> None:
    drawn = repeatable(b"seed")
    assert drawn(b"a", 16) == repeatable(b"seed")(b"a", 16)
    assert len({drawn(b"a", 16), drawn(b"b", 16), repeatable(b"other")(b"a", 16)}) == 3
    assert system(b"a", 16) != system(b"a", 16)

"""The journal: one JSON object a line, by the node's clock, without secrets."""

import json
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from commonsky.node.clock import SteppedClock
from commonsky.node.journal import LONGEST, Journal
from commonsky.show.api.keys import ApiKeys, Scope

LOG = logging.getLogger("commonsky.tests")
AT_TAI_NS = 1_764_000_037_000_000_000  # 2025-11-24T16:00:00Z


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[tuple[Journal, Path]]:
    path = tmp_path / "log" / "journal.jsonl"
    journal = Journal(SteppedClock(AT_TAI_NS), "NOR", path)
    yield journal, path
    journal.close()


def lines(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_a_line_is_one_object_timed_by_the_nodes_clock(journal: tuple[Journal, Path]) -> None:
    LOG.info("an alert\nwas %s", "claimed", extra={"operator": "duty officer", "count": 3})
    (line,) = lines(journal[1])
    assert line == {
        "at": "2025-11-24T16:00:00.000Z", "level": "info", "node": "NOR",
        "where": "commonsky.tests", "says": "an alert\nwas claimed", "operator": "duty officer",
        "count": 3,
    }  # fmt: skip


def test_what_has_no_field_is_not_written(journal: tuple[Journal, Path]) -> None:
    LOG.info("stored", extra={"body": "MEAN_MOTION = 15.5"})
    assert "MEAN_MOTION" not in journal[1].read_text()


def test_keys_are_hidden(journal: tuple[Journal, Path], tmp_path: Path) -> None:
    secret = ApiKeys(tmp_path / "api-keys.json").make("chief", [Scope.READ], 0)
    LOG.info("asked with %s", secret, extra={"reason": f"Authorization: Bearer {secret}"})
    try:
        int(secret)
    except ValueError:
        LOG.exception("failed")
    assert secret not in journal[1].read_text()
    assert len(lines(journal[1])) == 2


def test_a_long_text_is_shortened(journal: tuple[Journal, Path]) -> None:
    LOG.info("x" * 10**6)
    (line,) = lines(journal[1])
    assert len(str(line["says"])) == LONGEST + 1


def test_errors_are_counted_and_others_are_not(journal: tuple[Journal, Path]) -> None:
    LOG.warning("a little")
    LOG.error("much")
    assert journal[0].errors == 1


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no disk here is always full")
def test_a_full_disk_stops_nobody() -> None:
    full = Journal(SteppedClock(AT_TAI_NS), "NOR", Path("/dev/full"))
    LOG.info("lost")
    assert full.unwritten == 1
    full.close()


def test_a_rotated_file_is_begun_anew(journal: tuple[Journal, Path]) -> None:
    LOG.info("before")
    journal[1].rename(journal[1].with_suffix(".1"))
    LOG.info("after")
    assert [line["says"] for line in lines(journal[1])] == ["after"]


def test_nothing_is_written_after_the_end(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    Journal(SteppedClock(AT_TAI_NS), "NOR", path).close()
    LOG.warning("late")
    assert path.read_text() == ""

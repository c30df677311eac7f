from pathlib import Path

import pytest

from commonsky.errors import FeedRefused, PeerUnreachable
from commonsky.ledger.sqlite import SqliteStore
from commonsky.share.log.directory import DirectoryTransport, Missing, export, write_whole
from tests.feed_case import REALM, Issuer, files, held, reader, record

RECORDS = [record(number) for number in range(600)]


@pytest.fixture
def issuer(tmp_path: Path) -> Issuer:
    return Issuer.at(tmp_path / "AUS")


def test_a_copy_has_the_same_bytes(issuer: Issuer, tmp_path: Path) -> None:
    stick = tmp_path / "stick"
    issuer.tell(RECORDS[:100])
    assert export(issuer.folder / "GBR", stick) == 4
    assert files(stick) == files(issuer.folder / "GBR")
    issuer.tell(RECORDS[100:600])
    assert export(issuer.folder / "GBR", stick) > 4
    assert files(stick) == files(issuer.folder / "GBR")
    assert export(issuer.folder / "GBR", stick) == 1


def test_a_copy_is_read_like_the_log(issuer: Issuer, tmp_path: Path) -> None:
    issuer.tell(RECORDS)
    export(issuer.folder / "GBR", tmp_path / "stick")
    with SqliteStore(tmp_path / "gbr.sqlite", REALM) as store:
        reader(store, issuer).pull(DirectoryTransport(tmp_path / "stick"))
        assert list(held(store)) == RECORDS


def test_a_copy_that_was_cut_off_shows_the_old_log(issuer: Issuer, tmp_path: Path) -> None:
    stick = tmp_path / "stick"
    issuer.tell(RECORDS[:100])
    export(issuer.folder / "GBR", stick)
    before = (stick / "checkpoint").read_bytes()
    issuer.tell(RECORDS[100:600])
    (stick / "tile" / "entries" / "002.p").write_text("in the way of a folder")
    with pytest.raises(OSError, match=r"002\.p"):
        export(issuer.folder / "GBR", stick)
    assert (stick / "checkpoint").read_bytes() == before
    with SqliteStore(tmp_path / "gbr.sqlite", REALM) as store:
        assert reader(store, issuer).pull(DirectoryTransport(stick)).size == 100


def test_another_log_is_not_written_over(issuer: Issuer, tmp_path: Path) -> None:
    issuer.tell(RECORDS[:10])
    issuer.tell(RECORDS[10:20], to="NOR")
    export(issuer.folder / "GBR", tmp_path / "stick")
    before = files(tmp_path / "stick")
    with pytest.raises(FeedRefused) as caught:
        export(issuer.folder / "NOR", tmp_path / "stick")
    assert caught.value.reason == "wrong log"
    assert files(tmp_path / "stick") == before


def test_what_else_is_on_a_stick_stays(issuer: Issuer, tmp_path: Path) -> None:
    stick = tmp_path / "stick"
    write_whole(stick / "letter.txt", b"dear colleagues")
    issuer.tell(RECORDS[:10])
    export(issuer.folder / "GBR", stick)
    assert (stick / "letter.txt").read_bytes() == b"dear colleagues"


def test_files_of_a_directory_are_bounded(tmp_path: Path) -> None:
    transport = DirectoryTransport(tmp_path)
    with pytest.raises(Missing):
        transport.read("checkpoint", most_bytes=10)
    (tmp_path / "checkpoint").write_bytes(b"x" * 10)
    assert transport.read("checkpoint", most_bytes=10) == b"x" * 10
    with pytest.raises(FeedRefused, match="more than 9 bytes"):
        transport.read("checkpoint", most_bytes=9)
    (tmp_path / "folder").mkdir()
    with pytest.raises(PeerUnreachable, match="cannot be read"):
        transport.read("folder", most_bytes=9)

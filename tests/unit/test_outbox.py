import shutil
from contextlib import suppress
from pathlib import Path

import pytest

from commonsky.errors import LedgerError
from commonsky.ledger.record import Body
from commonsky.share.log import checkpoint, tile
from commonsky.share.log.directory import UNFINISHED, begin, finish
from commonsky.share.log.edge import Edge
from commonsky.share.log.folder import LogFolder
from commonsky.share.log.merkle import Frontier, leaf_hash
from commonsky.share.verification import Report, verify
from tests.feed_case import Issuer, files, outgoing, record

RECORDS = [record(number) for number in range(700)]


@pytest.fixture
def issuer(tmp_path: Path) -> Issuer:
    return Issuer.at(tmp_path / "AUS")


def state(issuer: Issuer) -> checkpoint.Checkpoint:
    signed = (issuer.folder / "GBR" / "checkpoint").read_bytes()
    return checkpoint.opened(signed, issuer.origin(), checkpoint.OneKey(issuer.key.public_key))


def test_a_log_has_a_random_name_that_it_keeps(issuer: Issuer) -> None:
    origin = issuer.outbox.open("GBR")
    assert origin.startswith("commonsky/")
    assert len(origin) == len("commonsky/") + 32
    assert issuer.again().open("GBR") == origin
    assert issuer.outbox.open("NOR") != origin
    with pytest.raises(LedgerError, match="no log for JPN"):
        issuer.outbox.publish(["JPN"])


def test_what_is_written_is_what_was_sent(issuer: Issuer) -> None:
    issuer.tell(RECORDS[:600])
    tree = Frontier()
    tree.append(leaf_hash(one.encoded) for one in RECORDS[:600])
    assert (state(issuer).size, state(issuer).root) == (600, tree.root())
    written = files(issuer.folder / "GBR")
    part = RECORDS[512:600]
    entries = tile.split_bundle(written["tile/entries/002.p/88"], 88)
    bodies = tile.split_bodies(written["tile/bodies/002.p/88"], 88)
    assert entries == [one.encoded for one in part]
    assert bodies == [one.body.nonce + one.body.content for one in part if one.body]
    assert written["tile/0/002.p/88"] == b"".join(leaf_hash(entry) for entry in entries)
    assert set(written) == {"checkpoint", *(tile.path(*one) for one in tile.widths(600))}


def test_a_batch_has_one_signature_and_no_size_two(issuer: Issuer) -> None:
    issuer.tell(RECORDS[:300])
    assert issuer.key.signed == 1
    assert issuer.outbox.publish(["GBR"]) == {}
    assert issuer.again().publish(["GBR"]) == {}
    assert issuer.key.signed == 1
    issuer.tell(RECORDS[300:301])
    assert issuer.key.signed == 2


def test_an_empty_log_is_signed_too(issuer: Issuer) -> None:
    issuer.outbox.open("GBR")
    issuer.outbox.publish(["GBR"])
    assert state(issuer).size == 0
    (issuer.folder / "GBR" / "checkpoint").unlink()
    issuer.again().publish(["GBR"])
    assert state(issuer).size == 0


def test_bytes_depend_on_the_entries_and_the_key_alone(tmp_path: Path) -> None:
    one, other = Issuer.at(tmp_path / "one"), Issuer.at(tmp_path / "other")
    other.tell(RECORDS[600:], to="NOR")  # of which nothing goes to GBR
    for stop in (1, 3, 256, 300, 600):
        start = one.store.outgoing_log("GBR")
        for issuer in (one, other):
            issuer.tell(RECORDS[start.size if start else 0 : stop])
        other.again()
    assert files(one.folder / "GBR") == files(other.folder / "GBR")


def test_partial_files_stay_until_the_full_one_is_there(issuer: Issuer) -> None:
    for stop in (100, 200):
        issuer.tell(RECORDS[stop - 100 : stop])
    folder = issuer.folder / "GBR" / "tile"
    assert sorted(path.name for path in (folder / "0" / "000.p").iterdir()) == ["100", "200"]
    issuer.tell(RECORDS[200:256])
    assert not (folder / "0" / "000.p").exists()
    assert not (folder / "bodies" / "000.p").exists()
    assert (folder / "0" / "000").stat().st_size == 256 * 32


@pytest.mark.parametrize("lost", ["everything", "checkpoint", "a tile", "a bundle", "a body"])
def test_lost_files_are_written_again_from_the_ledger(issuer: Issuer, lost: str) -> None:
    issuer.tell(RECORDS[:600])
    before = files(issuer.folder)
    names = {
        "checkpoint": "checkpoint", "a tile": "tile/1/000.p/2", "a bundle": "tile/entries/001",
        "a body": "tile/bodies/000",
    }  # fmt: skip
    if lost == "everything":
        shutil.rmtree(issuer.folder)
    else:
        (issuer.folder / "GBR" / names[lost]).unlink()
    issuer.again().publish(["GBR"])
    assert files(issuer.folder) == before
    assert issuer.key.signed == 1


def test_a_damaged_last_tile_is_written_again(issuer: Issuer) -> None:
    issuer.tell(RECORDS[:600])
    before = files(issuer.folder)
    for name in ("tile/0/002.p/88", "tile/1/000.p/2"):
        path = issuer.folder / "GBR" / name
        path.write_bytes(path.read_bytes()[:-32] + bytes(32))
        issuer.again().publish(["GBR"])
        assert files(issuer.folder) == before


def told(issuer: Issuer) -> Report:
    return verify(issuer.feed(), issuer.origin(), checkpoint.OneKey(issuer.key.public_key))


class Stopped(BaseException):
    """A process that ends here."""


class Steps:
    """Writes files until it stops, in the midst of one, after so many steps."""

    def __init__(self, left: int) -> None:
        self.left = left

    def begin(self, path: Path, content: bytes) -> None:
        self._step(path, content[: len(content) // 2])
        begin(path, content)

    def finish(self, path: Path) -> None:
        self._step(path, path.with_name(path.name + UNFINISHED).read_bytes())
        finish(path)

    def _step(self, path: Path, content: bytes) -> None:
        if self.left == 0:
            begin(path, content)
            raise Stopped
        self.left -= 1


@pytest.mark.parametrize("first", [0, 250])
def test_a_publisher_may_stop_before_any_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, first: int
) -> None:
    whole = Issuer.at(tmp_path / "whole")
    whole.tell(RECORDS[:first])
    whole.send(RECORDS[first:300])
    whole.store.close()
    shutil.copytree(tmp_path / "whole", tmp_path / "begun")
    whole = Issuer.at(tmp_path / "whole")
    whole.outbox.publish(["GBR"])
    expected = files(whole.folder)
    for count in range(100):
        shutil.copytree(tmp_path / "begun", tmp_path / str(count))
        issuer = Issuer.at(tmp_path / str(count))
        steps = Steps(count)
        with monkeypatch.context() as patch, suppress(Stopped):
            patch.setattr("commonsky.share.log.folder.begin", steps.begin)
            patch.setattr("commonsky.share.log.folder.finish", steps.finish)
            issuer.outbox.publish(["GBR"])
        if first:  # whatever is there is a whole log
            assert told(issuer).problems == []
        issuer.again().publish(["GBR"])
        assert files(issuer.folder) == expected
        issuer.store.close()
        if steps.left:
            break
    assert count > 2 * 5  # five files at least, in two steps each


def test_what_a_killed_process_left_is_removed(
    issuer: Issuer, monkeypatch: pytest.MonkeyPatch
) -> None:
    issuer.tell(RECORDS[:250])
    issuer.send(RECORDS[250:300])

    def stopped(folder: LogFolder, before: int, size: int) -> None:
        raise Stopped(folder, before, size)

    with monkeypatch.context() as patch:
        patch.setattr(LogFolder, "remove_partials", stopped)
        with pytest.raises(Stopped):
            issuer.outbox.publish(["GBR"])
    (issuer.folder / "GBR" / "tile" / f"x{UNFINISHED}").write_bytes(b"begun")
    issuer.again().publish(["GBR"])
    left = set(files(issuer.folder / "GBR"))
    assert left == {"checkpoint", *(tile.path(*one) for one in tile.widths(300))}


def test_a_damaged_tile_is_found_where_more_was_signed(
    issuer: Issuer, monkeypatch: pytest.MonkeyPatch
) -> None:
    issuer.tell(RECORDS[:88])
    issuer.send(RECORDS[88:100])
    with monkeypatch.context() as patch, suppress(Stopped):
        patch.setattr("commonsky.share.log.folder.begin", Steps(0).begin)
        issuer.outbox.publish(["GBR"])
    path = issuer.folder / "GBR" / "tile" / "0" / "000.p" / "88"
    path.write_bytes(bytes(32) + path.read_bytes()[32:])
    issuer.again().publish(["GBR"])
    assert (state(issuer).size, told(issuer).problems) == (100, [])
    assert issuer.key.signed == 2


@pytest.fixture
def settled(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What was made durable, in order."""
    found: list[str] = []
    monkeypatch.setattr(
        "commonsky.share.log.folder.settle", lambda path: found.append(path.as_posix())
    )
    return found


def test_files_are_settled_when_nothing_is_to_be_told(issuer: Issuer, settled: list[str]) -> None:
    issuer.tell(RECORDS[:300])
    issuer.tell(RECORDS[300:310])
    assert settled == []
    issuer.outbox.publish(["GBR"])
    names = {path.partition("/GBR/")[2] for path in settled}
    assert names == {*files(issuer.folder / "GBR")}
    settled.clear()
    issuer.outbox.publish(["GBR"])
    assert settled == []
    assert issuer.store.cursor("outbox settled GBR") == 310


def test_what_a_killed_process_wrote_is_settled_by_the_next(
    issuer: Issuer, settled: list[str]
) -> None:
    issuer.tell(RECORDS[:300])
    issuer.outbox.publish(["GBR"])
    issuer.tell(RECORDS[300:310])
    settled.clear()
    issuer.again().publish(["GBR"])
    assert {path.partition("/GBR/")[2] for path in settled} == {
        "checkpoint", "tile/entries/001.p/54", "tile/bodies/001.p/54", "tile/0/001.p/54",
    }  # fmt: skip


def test_many_files_are_settled_at_once(
    issuer: Issuer, settled: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("commonsky.share.outbox.MOST_UNSETTLED", 5)
    issuer.tell(RECORDS[:200])
    assert settled == []
    issuer.tell(RECORDS[200:400])
    assert len(settled) > 5


@pytest.mark.parametrize("idle", [False, True])
def test_after_a_power_failure_what_was_not_settled_is_written_again(
    issuer: Issuer, monkeypatch: pytest.MonkeyPatch, idle: bool
) -> None:
    issuer.tell(RECORDS[:300])
    issuer.outbox.publish(["GBR"])
    issuer.tell(RECORDS[300:600])
    if idle:
        issuer.outbox.publish(["GBR"])
    expected = files(issuer.folder)
    path = issuer.folder / "GBR" / "tile" / "bodies" / "001"
    inode = path.stat().st_ino
    if not idle:
        path.write_bytes(b"")  # as a file system may leave it
    monkeypatch.setattr("commonsky.share.outbox.boot", lambda: 12345)
    issuer.again().publish(["GBR"])
    assert files(issuer.folder) == expected
    assert (path.stat().st_ino == inode) == idle
    assert issuer.key.signed == 2


def test_after_a_failure_the_folder_is_looked_at_anew(
    issuer: Issuer, monkeypatch: pytest.MonkeyPatch
) -> None:
    issuer.send(RECORDS[:600])

    def full(path: Path, content: bytes) -> None:
        raise OSError(28, f"no space for {len(content)} bytes", str(path))

    with monkeypatch.context() as patch:
        patch.setattr("commonsky.share.log.folder.begin", full)
        with pytest.raises(OSError, match="no space"):
            issuer.outbox.publish(["GBR"])
    issuer.send(RECORDS[600:])
    issuer.outbox.publish(["GBR"])
    assert state(issuer).size == 700
    assert LogFolder(issuer.folder / "GBR").edge(state(issuer)).size == 700


def test_an_old_copy_of_a_ledger_signs_nothing(issuer: Issuer, tmp_path: Path) -> None:
    issuer.tell(RECORDS[:10])
    issuer.store.close()
    shutil.copytree(tmp_path / "AUS", tmp_path / "copy")
    issuer = Issuer.at(tmp_path / "AUS")
    issuer.tell(RECORDS[10:20])
    shutil.rmtree(tmp_path / "copy" / "outbox")
    shutil.copytree(issuer.folder, tmp_path / "copy" / "outbox")
    old = Issuer.at(tmp_path / "copy")
    old.send(RECORDS[30:33])
    with pytest.raises(LedgerError, match="told 20 entries, and this ledger knows of 10"):
        old.outbox.publish(["GBR"])
    assert old.key.signed == 0


def test_a_damaged_ledger_signs_nothing(issuer: Issuer) -> None:
    issuer.tell(RECORDS[:600])
    issuer.send(RECORDS[600:610])
    with issuer.store._connection.transaction() as writer:  # noqa: SLF001 - what a disk may do
        writer.execute("update outgoing set entry=x'00' where place=3")
    shutil.rmtree(issuer.folder)
    with pytest.raises(LedgerError, match="not those that were signed"):
        issuer.again().publish(["GBR"])
    assert issuer.key.signed == 1


def test_a_purged_body_is_in_no_file(issuer: Issuer) -> None:
    for stop in (100, 150, 200):
        issuer.tell(RECORDS[stop - 100 if stop == 100 else stop - 50 : stop])
    before = files(issuer.folder)
    spilled = RECORDS[120]
    assert spilled.body is not None
    issuer.store.purge(spilled.envelope.handle, at_tai_ns=0)
    issuer.again().purged("GBR", 120)
    after = files(issuer.folder)
    assert [name for name in after if after[name] != before[name]] == [
        "GBR/tile/bodies/000.p/150", "GBR/tile/bodies/000.p/200",
    ]  # fmt: skip
    assert not any(spilled.body.content in content for content in after.values())
    assert tile.split_bodies(after["GBR/tile/bodies/000.p/150"], 150)[120] == b""
    issuer.tell(RECORDS[200:300])
    assert not any(spilled.body.content in content for content in files(issuer.folder).values())
    assert state(issuer).size == 300


def test_what_no_log_can_carry_is_not_signed(issuer: Issuer) -> None:
    long = record(1, content=bytes(tile.LONGEST_BODY))
    issuer.send([long])
    with pytest.raises(LedgerError, match="longer than a log can carry"):
        issuer.outbox.publish(["GBR"])
    assert issuer.key.signed == 0
    assert tile.fits(bytes(tile.LONGEST_ENTRY), bytes(tile.LONGEST_BODY))
    assert not tile.fits(bytes(tile.LONGEST_ENTRY + 1), b"")


def test_products_go_with_their_own_bodies(issuer: Issuer) -> None:
    issuer.outbox.open("GBR")
    issuer.store.append(RECORDS[:1])
    issuer.store.send("GBR", [outgoing(RECORDS[0], Body(bytes(32), b"a product"))])
    issuer.outbox.publish(["GBR"])
    assert files(issuer.folder)["GBR/tile/bodies/000.p/1"].endswith(bytes(32) + b"a product")


def test_many_entries_are_signed_in_rounds(
    issuer: Issuer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("commonsky.share.outbox.AT_ONCE", 256)
    issuer.send(RECORDS)
    issuer.outbox.publish(["GBR"])
    assert (issuer.key.signed, state(issuer).size) == (3, 700)
    before = files(issuer.folder)
    shutil.rmtree(issuer.folder)
    issuer.again().publish(["GBR"])
    after = files(issuer.folder)
    assert issuer.key.signed == 3
    assert {name: before[name] for name in after} == after
    assert set(before) - set(after) == set()


def test_an_edge_is_the_frontier_of_its_leaves() -> None:
    leaves = [leaf_hash(one.encoded) for one in RECORDS] * 100
    edge, tree = Edge(), Frontier()
    for stop in (1, 255, 256, 257, 511, 65_535, 65_536, 70_000):
        list(edge.grow(leaves[edge.size : stop]))
        tree.append(leaves[tree.size : stop])
        assert bytes(edge.frontier()) == bytes(tree)

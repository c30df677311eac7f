import base64
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from commonsky.errors import CommonskyError, FeedRefused, PeerUnreachable
from commonsky.ledger.record import Kind
from commonsky.ledger.sqlite import SqliteStore
from commonsky.share.inbox import Inbox
from commonsky.share.log import checkpoint
from commonsky.share.log.directory import DirectoryTransport, Missing
from commonsky.share.log.proof import continues
from tests.feed_case import REALM, Issuer, Key, drawn, held, outgoing, reader, record

NOTE = re.compile(rb"[^\n]+\n\d+\n[^\n]+\n\n(?:\xe2\x80\x94 [^\n]+\n)+")
RECORDS = [record(number) for number in range(1200)]


@pytest.fixture
def issuer(tmp_path: Path) -> Issuer:
    return Issuer.at(tmp_path / "AUS")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteStore]:
    with SqliteStore(tmp_path / "gbr.sqlite", REALM) as store:
        yield store


def refusal(store: SqliteStore, inbox: Inbox, issuer: Issuer) -> str:
    """Why a pull is refused; nothing may be stored by it."""
    before = (inbox.state(), len(list(held(store))))
    with pytest.raises(FeedRefused) as caught:
        inbox.pull(issuer.feed())
    assert (inbox.state(), len(list(held(store)))) == before
    return caught.value.reason


def pull_all(inbox: Inbox, folder: Path) -> None:
    while inbox.state().size < 600:
        inbox.pull(DirectoryTransport(folder), most_entries=1)


def test_what_was_told_is_held(issuer: Issuer, store: SqliteStore) -> None:
    inbox = reader(store, issuer)
    for stop in (1, 3, 300, 1200):
        begun = inbox.state().size
        issuer.tell(RECORDS[begun:stop])
        pulled = inbox.pull(issuer.feed())
        assert (len(pulled.sequences), pulled.quarantined) == (stop - begun, 0)
        assert pulled.size == pulled.peer_size == stop
        assert list(held(store)) == RECORDS[:stop]
    assert inbox.pull(issuer.feed()).sequences == ()


def test_stretches_end_with_bundles(issuer: Issuer, store: SqliteStore) -> None:
    issuer.tell(RECORDS)
    inbox = reader(store, issuer)
    sizes = [inbox.pull(issuer.feed(), most_entries=300).size for _ in range(4)]
    assert sizes == [512, 1024, 1200, 1200]
    assert list(held(store)) == RECORDS


def test_memory_is_bounded_in_bytes(
    issuer: Issuer, store: SqliteStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("commonsky.share.inbox.MOST_BYTES", 1)
    issuer.tell(RECORDS)
    assert reader(store, issuer).pull(issuer.feed()).size == 256


class Recording(DirectoryTransport):
    """A directory that tells what was read of it, or of another from some read on."""

    def __init__(self, folder: Path, then: Path | None = None) -> None:
        super().__init__(folder)
        self.paths: list[str] = []
        self._then = then

    def read(self, path: str, *, most_bytes: int) -> bytes:
        content = super().read(path, most_bytes=most_bytes)
        self.paths.append(path)
        if self._then is not None:
            self._folder = self._then
        return content


def test_what_follows_needs_no_tiles(issuer: Issuer, store: SqliteStore) -> None:
    issuer.tell(RECORDS[:500])
    transport = Recording(issuer.folder / "GBR")
    reader(store, issuer).pull(transport)
    assert transport.paths == [
        "checkpoint", "tile/entries/000", "tile/bodies/000", "tile/entries/001.p/244",
        "tile/bodies/001.p/244",
    ]  # fmt: skip


def test_a_partial_bundle_may_have_become_full(
    issuer: Issuer, store: SqliteStore, tmp_path: Path
) -> None:
    issuer.tell(RECORDS[:300])
    shutil.copytree(issuer.folder / "GBR", tmp_path / "old")
    issuer.tell(RECORDS[300:600])
    inbox = reader(store, issuer)
    transport = Recording(tmp_path / "old", then=issuer.folder / "GBR")
    assert inbox.pull(transport).size == 300
    assert inbox.pull(issuer.feed()).size == 600
    assert list(held(store)) == RECORDS[:600]


def test_before_anything_is_told_there_is_nothing(issuer: Issuer, store: SqliteStore) -> None:
    inbox = reader(store, issuer)
    with pytest.raises(Missing):
        inbox.pull(issuer.feed())
    issuer.outbox.publish(["GBR"])
    assert inbox.pull(issuer.feed()).peer_size == 0
    assert inbox.pull(issuer.feed()).peer_size == 0
    issuer.tell(RECORDS[:1])
    assert inbox.pull(issuer.feed()).size == 1


def test_a_purged_body_is_not_there(issuer: Issuer, store: SqliteStore) -> None:
    issuer.tell(RECORDS[:10])
    issuer.store.purge(RECORDS[4].envelope.handle, at_tai_ns=0)
    issuer.outbox.purged("GBR", 4)
    reader(store, issuer).pull(issuer.feed())
    bodies = [one.body for one in held(store)]
    assert bodies == [None if k == 4 else one.body for k, one in enumerate(RECORDS[:10])]


def test_bad_records_are_set_aside(issuer: Issuer, store: SqliteStore) -> None:
    bad = record(3, realm="exercise/gs26")
    twice = record(4, handle=RECORDS[0].envelope.handle)
    issuer.outbox.open("GBR")
    issuer.store.append([bad])
    issuer.tell(RECORDS[:2])
    issuer.store.send("GBR", [outgoing(one, one.body) for one in (bad, twice)])
    issuer.tell(RECORDS[5:6])
    pulled = reader(store, issuer).pull(issuer.feed())
    assert (len(pulled.sequences), pulled.quarantined, pulled.size) == (3, 1, 5)
    assert [(one.index, one.reason) for one in store.quarantined("AUS")] == [
        (2, "other realm: 'exercise/gs26'"), (3, "duplicate handle"),
    ]  # fmt: skip
    assert not pulled.answers_only


def test_a_receipt_is_owed_for_what_is_held(issuer: Issuer, store: SqliteStore) -> None:
    inbox = reader(store, issuer)
    assert inbox.receipt_due() == b""
    issuer.tell(RECORDS[:600])
    inbox.pull(issuer.feed(), most_entries=256)
    assert inbox.receipt_due() == b""  # what is signed is not all held yet
    inbox.pull(issuer.feed())
    due = reader(store, issuer).receipt_due()
    assert due == (issuer.folder / "GBR" / "checkpoint").read_bytes()
    reader(store, issuer).receipt_told()
    assert inbox.receipt_due() == b""


def test_answers_ask_for_no_receipt(issuer: Issuer, store: SqliteStore) -> None:
    inbox = reader(store, issuer)
    issuer.tell([record(1, kind=Kind.RECEIPT), record(2, kind=Kind.WITHDRAWN)])
    assert inbox.pull(issuer.feed()).answers_only
    assert inbox.receipt_due() == b""
    issuer.tell([record(3, kind=Kind.RECEIPT), record(4, kind=Kind.NOTICE)])
    assert not inbox.pull(issuer.feed()).answers_only
    assert inbox.receipt_due() != b""
    inbox.receipt_told()
    issuer.tell([record(5, kind=Kind.RECEIPT)])
    inbox.pull(issuer.feed())
    assert inbox.receipt_due() == b""


def test_a_signature_of_another_is_refused(issuer: Issuer, store: SqliteStore) -> None:
    issuer.tell(RECORDS[:5])
    key = checkpoint.OneKey(Key("stranger").public_key)
    inbox = Inbox(store, "AUS", issuer.origin(), key, REALM)
    assert refusal(store, inbox, issuer) == "bad signature"


def test_the_log_for_another_is_refused(issuer: Issuer, store: SqliteStore) -> None:
    issuer.tell(RECORDS[:5])
    issuer.tell(RECORDS[5:9], to="NOR")
    inbox = reader(store, issuer)
    with pytest.raises(FeedRefused) as caught:
        inbox.pull(issuer.feed("NOR"))
    assert caught.value.reason == "wrong log"
    assert inbox.pull(issuer.feed()).size == 5
    other = Inbox(store, "AUS", issuer.origin("NOR"), checkpoint.OneKey(issuer.key.public_key), "")
    with pytest.raises(FeedRefused, match="was commonsky/") as caught:
        other.pull(issuer.feed("NOR"))
    assert caught.value.reason == "wrong log"


def test_a_rewound_log_is_refused_and_proven(
    issuer: Issuer, store: SqliteStore, tmp_path: Path
) -> None:
    issuer.tell(RECORDS[:300])
    shutil.copytree(issuer.folder, tmp_path / "old")
    issuer.tell(RECORDS[300:310])
    inbox = reader(store, issuer)
    inbox.pull(issuer.feed())
    shutil.rmtree(issuer.folder)
    shutil.copytree(tmp_path / "old", issuer.folder)
    assert refusal(store, inbox, issuer) == "rewind"
    assert refusal(store, inbox, issuer) == "rewind"
    (evidence,) = store.quarantined("AUS")
    assert (evidence.index, evidence.reason) == (-311, "rewind")
    states, _ = evidence_of(evidence.entry, issuer)
    assert [one.size for one in states] == [310, 300]


def forked(tmp_path: Path, ours: int, theirs: int) -> Issuer:
    """The same node, which tells another story after `ours` entries."""
    liar = Issuer.at(tmp_path / "liar")
    liar.tell([*RECORDS[:ours], *(record(5000 + k) for k in range(theirs - ours))])
    return liar


def test_two_roots_for_one_size_are_a_fork(
    issuer: Issuer, store: SqliteStore, tmp_path: Path
) -> None:
    issuer.tell(RECORDS[:300])
    inbox = reader(store, issuer)
    inbox.pull(issuer.feed())
    assert refusal(store, inbox, forked(tmp_path, 290, 300)) == "fork"
    (evidence,) = store.quarantined("AUS")
    (first, second), proof = evidence_of(evidence.entry, issuer)
    assert first.size == second.size == 300
    assert first.root != second.root
    assert proof == []
    issuer.tell(RECORDS[300:310])
    assert inbox.pull(issuer.feed()).size == 310


@pytest.mark.parametrize("most_entries", [256, 10_000])
@pytest.mark.parametrize(("ours", "theirs"), [(100, 700), (599, 601), (260, 1200)])
def test_a_log_that_does_not_continue_is_a_fork_with_proof(
    issuer: Issuer, store: SqliteStore, tmp_path: Path, most_entries: int, ours: int, theirs: int
) -> None:
    issuer.tell(RECORDS[:600])
    inbox = reader(store, issuer)
    inbox.pull(issuer.feed(), most_entries=most_entries)
    liar = forked(tmp_path, ours, theirs)
    assert refusal(store, inbox, liar) == "fork"
    (evidence,) = store.quarantined("AUS")
    (old, new), (root, *proof) = evidence_of(evidence.entry, issuer)
    assert (old.size, new.size) == (600, theirs)
    assert root != old.root
    assert continues(root, 600, new.root, new.size, proof)


def evidence_of(entry: bytes, issuer: Issuer) -> tuple[list[checkpoint.Checkpoint], list[bytes]]:
    """What evidence says: the checkpoints it holds, and the hashes after them."""
    key = checkpoint.OneKey(issuer.key.public_key)
    notes = list(NOTE.finditer(entry))
    states = [checkpoint.opened(one[0], issuer.origin(), key) for one in notes]
    return states, [base64.b64decode(line) for line in entry[notes[-1].end() :].split()]


def test_a_log_that_was_seen_must_continue_even_where_it_is_not_held(
    issuer: Issuer, store: SqliteStore, tmp_path: Path
) -> None:
    issuer.tell(RECORDS[:600])
    inbox = reader(store, issuer)
    inbox.pull(issuer.feed(), most_entries=256)
    for theirs in (600, 590, 700):
        liar = forked(tmp_path / str(theirs), 300, theirs)
        expected = "rewind" if theirs < 600 else "fork"
        assert refusal(store, inbox, liar) == expected
    assert inbox.pull(issuer.feed()).size == 600


def test_a_damaged_file_is_no_fork(issuer: Issuer, store: SqliteStore) -> None:
    issuer.tell(RECORDS[:600])
    inbox = reader(store, issuer)
    inbox.pull(issuer.feed(), most_entries=256)
    issuer.tell(RECORDS[600:])
    for name in ("tile/0/002", "tile/entries/001", "tile/1/000.p/4"):
        path = issuer.folder / "GBR" / name
        content = path.read_bytes()
        path.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
        with pytest.raises(FeedRefused) as caught:
            inbox.pull(issuer.feed(), most_entries=1)
        assert caught.value.reason == "malformed", name
        path.write_bytes(content)
    assert list(store.quarantined("AUS")) == []
    inbox.pull(issuer.feed())
    assert list(held(store)) == RECORDS


FILES = [
    "checkpoint", "tile/entries/001", "tile/entries/002.p/88", "tile/bodies/000",
    "tile/bodies/002.p/88", "tile/0/002.p/88", "tile/1/000.p/2",
]  # fmt: skip


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> tuple[Issuer, Issuer]:
    """Two nodes whose logs are only read."""
    folder = tmp_path_factory.mktemp("told")
    aus, nor = Issuer.at(folder / "AUS"), Issuer.at(folder / "NOR", "NOR")
    aus.tell(RECORDS[:600])
    nor.tell([record(k, "NOR") for k in range(10)])
    return aus, nor


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("harm", ["gone", "cut", "empty", "random", "longer", "huge", "folder"])
def test_a_file_that_is_not_what_was_signed_is_named(
    told: tuple[Issuer, Issuer], store: SqliteStore, tmp_path: Path, name: str, harm: str
) -> None:
    issuer, good = told
    shutil.copytree(issuer.folder / "GBR", tmp_path / "GBR")
    path = tmp_path / "GBR" / name
    content = path.read_bytes()
    path.unlink()
    if harm == "folder":
        path.mkdir()
    elif harm == "huge":
        with path.open("wb") as stream:
            stream.truncate(10 << 30)
    elif harm != "gone":
        path.write_bytes(
            {
                "cut": content[:-1], "empty": b"", "longer": content + b"\n",
                "random": drawn(name.encode(), len(content)),
            }[harm]
        )  # fmt: skip
    inbox = reader(store, issuer)
    with pytest.raises(CommonskyError) as caught:
        pull_all(inbox, tmp_path / "GBR")
    # A file that is not to be had now may be there later; all else is a refusal.
    later = harm == "folder" or (harm, name) == ("gone", "checkpoint")
    assert isinstance(caught.value, PeerUnreachable if later else FeedRefused)
    if isinstance(caught.value, FeedRefused):
        named = {"gone": "gap", "huge": "oversized"}.get(harm, "malformed")
        assert caught.value.reason == named
    assert list(held(store)) == RECORDS[: inbox.state().size]
    assert reader(store, good, "NOR").pull(good.feed()).size == 10


def test_a_log_is_not_read_beyond_its_signed_size(issuer: Issuer, store: SqliteStore) -> None:
    issuer.tell(RECORDS[:300])
    signed = (issuer.folder / "GBR" / "checkpoint").read_bytes()
    issuer.tell(RECORDS[300:600])
    (issuer.folder / "GBR" / "checkpoint").write_bytes(signed)
    pulled = reader(store, issuer).pull(issuer.feed())
    assert (pulled.size, pulled.peer_size) == (300, 300)

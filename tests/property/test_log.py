"""Trees against the definition, readers against anything, two nodes in any order of events."""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from commonsky.errors import FeedRefused, KeyRefused
from commonsky.ledger.record import Kind
from commonsky.ledger.sqlite import SqliteStore
from commonsky.share import receipt
from commonsky.share.assay import Assay
from commonsky.share.log import checkpoint, note, tile
from commonsky.share.log.directory import Missing
from commonsky.share.log.edge import Edge
from commonsky.share.log.merkle import Frontier, leaf_hash, subtree_hash
from commonsky.share.log.proof import consistency_proof, continues, includes, inclusion_proof
from tests.feed_case import REALM, Issuer, Key, held, reader, record

REASONS = {
    "bad signature", "wrong log", "rewind", "fork", "gap", "malformed", "oversized", "expired",
    "revoked key",
}  # fmt: skip
MOST = 1500
LEAVES = [leaf_hash(b"%d" % number) for number in range(MOST)]


def tree_hash(leaves: list[bytes]) -> bytes:
    """The definition, word by word: RFC 6962, section 2.1."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return hashlib.sha256(b"\x01" + tree_hash(leaves[:k]) + tree_hash(leaves[k:])).digest()


def subtree(level: int, first: int) -> bytes:
    return subtree_hash(LEAVES[first : first + (1 << level)])


@given(st.lists(st.integers(0, 700), max_size=8))
def test_trees_are_those_of_the_definition_however_they_grow(steps: list[int]) -> None:
    tree, edge = Frontier(), Edge()
    for step in steps:
        stop = min(tree.size + step, MOST)
        tree = Frontier(tree.size, bytes(tree))
        list(edge.grow(LEAVES[tree.size : stop]))
        tree.append(LEAVES[tree.size : stop])
        assert tree.root() == tree_hash(LEAVES[: tree.size])
        assert bytes(edge.frontier()) == bytes(tree)


@given(st.integers(1, MOST), st.data())
def test_entries_are_proven_and_no_others(size: int, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, size - 1))
    other = data.draw(st.integers(0, size - 1))
    root = tree_hash(LEAVES[:size])
    proof = inclusion_proof(index, size, subtree)
    assert includes(root, size, index, LEAVES[index], proof)
    assert includes(root, size, other, LEAVES[index], proof) == (index == other)
    assert includes(root, size, index, LEAVES[other], proof) == (index == other)


@given(st.integers(1, MOST), st.integers(1, MOST), st.integers(1, MOST))
def test_beginnings_are_proven_and_no_others(one: int, two: int, three: int) -> None:
    old, new = sorted((one, two))
    proof = consistency_proof(old, new, subtree)
    before, after = tree_hash(LEAVES[:old]), tree_hash(LEAVES[:new])
    assert continues(before, old, after, new, proof)
    other = tree_hash(LEAVES[:three])
    assert continues(other, old, after, new, proof) == (three == old)
    assert continues(before, old, other, new, proof) == (three == new)


@given(st.integers(0, 1 << 40))
def test_paths_name_each_index_once(index: int) -> None:
    parts = tile.path(0, index).split("/")[2:]
    assert int("".join(part.removeprefix("x") for part in parts)) == index
    assert all(part.startswith("x") == (part is not parts[-1]) for part in parts)


@given(st.lists(st.binary(max_size=300), max_size=256))
def test_bundles_come_back_as_they_were(parts: list[bytes]) -> None:
    assert tile.split_bundle(tile.bundle(parts), len(parts)) == parts
    assert tile.split_bodies(tile.bodies(parts), len(parts)) == parts


TEXT = b"commonsky/x\n3\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"
GOOD = record(1)
SEEDS = st.sampled_from(
    [
        note.signed(TEXT, "commonsky/x", Key("a")), TEXT, tile.bundle([b"abc", b""]), GOOD.encoded,
        str(note.Verifier("a", Key("a").public_key)).encode(), b"\n\n", "\N{EM DASH} a ".encode(),
    ]
)  # fmt: skip


@st.composite
def harmed(draw: st.DrawFn) -> bytes:
    """Good bytes, joined, cut, and with others in between."""
    content = b"".join(draw(st.lists(SEEDS | st.binary(max_size=12), max_size=3)))
    first = draw(st.integers(0, len(content)))
    return content[:first] + draw(st.binary(max_size=4)) + content[draw(st.integers(0, 99)) :]


def reason(read: Callable[[], object]) -> str:
    """Why a reader refused, "" where it did not."""
    try:
        read()
    except FeedRefused as refusal:
        return refusal.reason
    return ""


@given(harmed())
def test_readers_refuse_anything_else_by_name(content: bytes) -> None:
    ring = checkpoint.OneKey(Key("a").public_key)
    readers: list[Callable[[], object]] = [
        lambda: note.parts(content),
        lambda: checkpoint.parsed(content),
        lambda: checkpoint.opened(content, "commonsky/x", ring),
        lambda: tile.split_bundle(content, 2),
        lambda: tile.split_bodies(content, 2),
    ]
    assert {reason(read) for read in readers} <= REASONS | {""}
    with suppress(KeyRefused):
        note.parsed_verifier(content.decode(errors="replace"))
    records, set_aside = Assay("AUS", REALM).sorted(0, [content], [b""])
    assert len(records) + len(set_aside) == 1


class Nodes(RuleBasedStateMachine):
    """Two nodes that tell each other things, and stop and begin again at any moment."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.issuer = Issuer.at(self.folder / "AUS")
        self.store = SqliteStore(self.folder / "gbr.sqlite", REALM)
        self.key = Key("GBR")
        self.told = 0
        self.purged: set[int] = set()
        self.issuer.origin()

    def teardown(self) -> None:
        self.issuer.store.close()
        self.store.close()
        shutil.rmtree(self.folder)

    @rule(count=st.sampled_from([1, 2, 30, 255, 256, 257, 600]), answers=st.booleans())
    def send(self, count: int, answers: bool) -> None:
        kind = Kind.RECEIPT if answers else Kind.NOTICE
        made = [record(self.told + k, kind=kind) for k in range(count)]
        self.issuer.send(made)
        self.told += count

    @rule()
    def publish(self) -> None:
        self.issuer.outbox.publish(["GBR"])

    @rule()
    def restart_issuer(self) -> None:
        self.issuer.store.close()
        self.issuer = Issuer.at(self.folder / "AUS")

    @rule()
    def lose_the_files(self) -> None:
        shutil.rmtree(self.issuer.folder / "GBR", ignore_errors=True)
        self.issuer.again()

    @precondition(lambda self: self.told > 0)
    @rule(data=st.data())
    def purge(self, data: st.DataObject) -> None:
        number = data.draw(st.integers(0, self.told - 1))
        self.issuer.store.purge(record(number).envelope.handle, at_tai_ns=0)
        self.issuer.outbox.purged("GBR", number)
        self.purged.add(number)

    @rule(most=st.sampled_from([1, 300, 10_000]))
    def pull(self, most: int) -> None:
        inbox = reader(self.store, self.issuer)
        with suppress(Missing):
            inbox.pull(self.issuer.feed(), most_entries=most)

    @rule()
    def restart_reader(self) -> None:
        self.store.close()
        self.store = SqliteStore(self.folder / "gbr.sqlite", REALM)

    @rule()
    def answer(self) -> None:
        inbox = reader(self.store, self.issuer)
        due = inbox.receipt_due()
        if due:
            content = receipt.receipt(due, "GBR", REALM, self.key, 1)
            inbox.receipt_told()
            ours, theirs = self.issuer.key.public_key, self.key.public_key
            size = receipt.kept(self.issuer.store, "GBR", REALM, content, ours, theirs)
            assert size == inbox.state().size

    @invariant()
    def what_is_held_is_a_beginning_of_what_was_told(self) -> None:
        log = reader(self.store, self.issuer).state()
        ours = self.issuer.store.outgoing_log("GBR")
        assert ours is not None
        assert log.size <= ours.checkpoint_size <= self.told == ours.size
        handles = [one.envelope.handle for one in held(self.store)]
        assert handles == [record(k).envelope.handle for k in range(log.size)]

    @rule()
    def converge(self) -> None:
        self.issuer.outbox.publish(["GBR"])
        inbox = reader(self.store, self.issuer)
        while inbox.state().size < self.told:
            inbox.pull(self.issuer.feed())
        ours = self.issuer.store.outgoing_log("GBR")
        assert ours is not None
        log = inbox.state()
        if self.told:
            assert (log.size, log.frontier) == (ours.size, ours.frontier)
            assert log.checkpoint == ours.checkpoint


TestNodes = Nodes.TestCase
Nodes.TestCase.settings = settings(
    max_examples=max(settings().max_examples // 10, 8), stateful_step_count=20, deadline=None
)

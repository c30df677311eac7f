"""
Our logs, proofs and receipts, read by a program that shares nothing with ours.

aics-tlog 0.2.1 (PyPI, Apache-2.0) implements C2SP tlog-tiles, tlog-checkpoint, signed-note and
tlog-cosignature.  It needs Python 3.12, so this runs where that is: `pip install aics-tlog`.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from commonsky.ledger.sqlite import SqliteStore
from commonsky.share import receipt
from commonsky.share.log import note
from commonsky.share.log.directory import DirectoryTransport
from commonsky.share.log.proof import consistency_proof, inclusion_proof
from commonsky.share.log.tiled import TiledLog
from tests.feed_case import REALM, Issuer, Key, reader, record

tlog = pytest.importorskip("aics_tlog", reason="aics-tlog is not installed: it needs Python 3.12")

RECORDS = [record(number) for number in range(1300)]
SIZES = (1, 255, 256, 257, 700, 1300)


@pytest.fixture
def issuer(tmp_path: Path) -> Issuer:
    issuer = Issuer.at(tmp_path / "AUS")
    begun = 0
    for stop in SIZES:
        issuer.tell(RECORDS[begun:stop])
        begun = stop
    return issuer


def test_another_program_verifies_our_log(issuer: Issuer) -> None:
    folder = issuer.folder / "GBR"
    signed = tlog.parse_note((folder / "checkpoint").read_text())
    key = tlog.parse_vkey(str(note.Verifier(issuer.origin(), issuer.key.public_key)))
    assert tlog.verify_checkpoint(signed, key, expected_origin=issuer.origin()).ok
    state = tlog.parse_checkpoint(signed.text)
    tiles = tlog.VerifiedTileReader(tlog.FileSystemTileReader(folder), state.size, state.root)
    assert tlog.tree_root_from_tiles(tiles, state.size) == state.root
    entries = [tlog.read_entry(tiles, index, state.size) for index in range(state.size)]
    assert entries == [one.encoded for one in RECORDS]
    tree = tlog.MerkleTree(entries)
    ours = TiledLog(DirectoryTransport(folder), state.size)
    for old in SIZES:
        proof = consistency_proof(old, state.size, ours.subtree)
        assert proof == tree.consistency_proof(old, state.size)
        assert tlog.verify_consistency(old, state.size, tree.root(old), state.root, proof)
        index = old - 1
        path = inclusion_proof(index, state.size, ours.subtree)
        assert tlog.verify_leaf_inclusion(entries[index], index, state.size, path, state.root)


def test_another_program_verifies_our_receipts(issuer: Issuer, tmp_path: Path) -> None:
    gbr = Key("GBR")
    with SqliteStore(tmp_path / "gbr.sqlite", REALM) as store:
        inbox = reader(store, issuer)
        inbox.pull(issuer.feed())
        content = receipt.receipt(inbox.receipt_due(), "GBR", REALM, gbr, 1_800_000_000)
    log_key = tlog.parse_vkey(str(note.Verifier(issuer.origin(), issuer.key.public_key)))
    cosigner = note.Verifier(receipt.cosigner("GBR", REALM), gbr.public_key, note.COSIGNATURE)
    witness = tlog.parse_vkey(str(cosigner))
    found = tlog.verify_checkpoint(tlog.parse_note(content.decode()), log_key, [witness], 1)
    assert found.ok


def test_another_program_writes_the_same_bytes(issuer: Issuer, tmp_path: Path) -> None:
    written = tmp_path / "written"
    tlog.tiles.write_tiles([one.encoded for one in RECORDS], written)
    ours = issuer.folder / "GBR"
    for path in sorted(written.rglob("*")):
        if path.is_file():
            assert (ours / path.relative_to(written)).read_bytes() == path.read_bytes()

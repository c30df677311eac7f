from itertools import pairwise
from pathlib import Path

import msgspec
import pytest

from commonsky.errors import FeedRefused
from commonsky.share import commitment
from commonsky.share.commitment import Day, Proof, day_of, was_withheld, withheld
from commonsky.share.log import checkpoint, note
from tests.feed_case import REALM, SAID_TAI_NS, Issuer, Key, record

SECRET = bytes(range(32))
DAY = day_of(SAID_TAI_NS)
KEY = Key("AUS")
RING = checkpoint.OneKey(KEY.public_key)
RECORDS = [(bytes([k] * 32), f"{k:064x}") for k in range(1, 6)]
TREE = Day(DAY, RECORDS, SECRET)
STATEMENT = TREE.statement("AUS", REALM, KEY)


def proven(proof: Proof, nonce: bytes, digest: str, statement: bytes = STATEMENT) -> bool:
    return was_withheld(statement, "AUS", REALM, RING, proof, nonce, digest)


def test_days_are_counted_in_tai() -> None:
    assert [day_of(one) for one in (0, commitment.DAY_NS - 1, commitment.DAY_NS)] == [0, 0, 1]


@pytest.mark.parametrize(("nonce", "digest"), RECORDS)
def test_a_record_that_was_withheld_is_proven(nonce: bytes, digest: str) -> None:
    proof = TREE.proof(nonce, digest)
    assert len(proof.path) == 16
    assert proven(proof, nonce, digest)
    travelled = msgspec.json.decode(msgspec.json.encode(proof), type=Proof)
    assert proven(travelled, nonce, digest)


def test_nothing_else_is_proven() -> None:
    nonce, digest = RECORDS[0]
    proof = TREE.proof(nonce, digest)
    assert not proven(proof, RECORDS[1][0], digest)
    assert not proven(proof, nonce, RECORDS[1][1])
    for wrong in (
        msgspec.structs.replace(proof, index=proof.index ^ 1),
        msgspec.structs.replace(proof, size=proof.size * 2),
        msgspec.structs.replace(proof, path=proof.path[::-1]),
        msgspec.structs.replace(proof, path=(bytes(32), *proof.path[1:])),
    ):
        assert not proven(wrong, nonce, digest)
    for other in (bytes(32), bytes([6] * 32)):
        with pytest.raises(LookupError, match="not withheld"):
            TREE.proof(other, digest)


def test_the_statement_of_another_day_or_nation_is_refused() -> None:
    nonce, digest = RECORDS[0]
    proof = TREE.proof(nonce, digest)
    later = msgspec.structs.replace(proof, day=DAY + 1)
    with pytest.raises(FeedRefused, match="wrong log"):
        proven(later, nonce, digest)
    with pytest.raises(FeedRefused, match="wrong log"):
        was_withheld(STATEMENT, "NOR", REALM, RING, proof, nonce, digest)
    with pytest.raises(FeedRefused, match="bad signature"):
        was_withheld(
            STATEMENT, "AUS", REALM, checkpoint.OneKey(Key("NOR").public_key), proof, nonce, digest
        )
    next_day = Day(DAY + 1, RECORDS, SECRET)
    assert not proven(
        msgspec.structs.replace(next_day.proof(nonce, digest), day=DAY), nonce, digest
    )


def test_a_statement_can_be_witnessed() -> None:
    witness = Key("NOR")
    both = note.cosigned(STATEMENT, "nor.witness", witness, 1)
    verifier = note.Verifier("nor.witness", witness.public_key, note.COSIGNATURE)
    assert note.opened(both, verifier) == note.parts(STATEMENT)[0]
    nonce, digest = RECORDS[0]
    assert proven(TREE.proof(nonce, digest), nonce, digest, both)


def test_commitments_of_a_record_on_two_days_have_nothing_in_common() -> None:
    nonce, digest = RECORDS[0]
    made = {commitment.commitment(nonce, digest, day) for day in range(10)}
    assert len(made) == 10


def test_neither_number_nor_place_is_told() -> None:
    nothing = Day(DAY, [], SECRET)
    assert nothing.size == TREE.size == 65_536
    assert nothing.root != TREE.root
    assert nothing.root != Day(DAY + 1, [], SECRET).root
    assert nothing.root != Day(DAY, [], SECRET[::-1]).root
    assert nothing.root == Day(DAY, [], SECRET).root
    assert Day(DAY, [*RECORDS[::-1], RECORDS[0]], SECRET).root == TREE.root
    assert all(one < another for one, another in pairwise(TREE._leaves))  # noqa: SLF001


def test_a_day_of_many_has_more_leaves(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(commitment, "LEAST_LEAVES", 4)
    for count, size in ((0, 4), (4, 4), (5, 8)):
        tree = Day(DAY, RECORDS[:count], SECRET)
        assert tree.size == size
        for nonce, digest in RECORDS[:count]:
            assert proven(
                tree.proof(nonce, digest), nonce, digest, tree.statement("AUS", REALM, KEY)
            )
    with pytest.raises(ValueError, match="32 bytes"):
        Day(DAY, [], b"short")


def test_what_somebody_was_not_told_in_full_is_withheld(tmp_path: Path) -> None:
    issuer = Issuer.at(tmp_path / "AUS")
    told, kept, purged = (record(number) for number in range(3))
    issuer.send([told], to="GBR")
    issuer.store.append([kept, purged, record(9, "NOR")])
    issuer.store.purge(purged.envelope.handle, at_tai_ns=0)
    ours = list(issuer.store.since())
    foreign = [msgspec.structs.replace(ours[-1], peer="NOR")]
    assert kept.body is not None
    assert told.body is not None
    one, other = (
        (each.body.nonce, each.envelope.digest) for each in (told, kept) if each.body is not None
    )
    assert list(withheld(issuer.store, [*ours[:3], *foreign], ["GBR"])) == [other]
    assert list(withheld(issuer.store, ours[:3], ["GBR", "NOR"])) == [one, other]
    assert list(withheld(issuer.store, ours[:3], [])) == []

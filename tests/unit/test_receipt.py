import shutil
from pathlib import Path

import pytest

from commonsky.errors import FeedRefused
from commonsky.ledger.sqlite import SqliteStore
from commonsky.share import receipt
from commonsky.share.log import note
from tests.feed_case import REALM, Issuer, Key, reader, record

RECORDS = [record(number) for number in range(20)]
GBR = Key("GBR")


@pytest.fixture
def issuer(tmp_path: Path) -> Issuer:
    return Issuer.at(tmp_path / "AUS")


def due(issuer: Issuer, tmp_path: Path) -> bytes:
    with SqliteStore(tmp_path / "gbr.sqlite", REALM) as store:
        inbox = reader(store, issuer)
        inbox.pull(issuer.feed())
        return inbox.receipt_due()


def keep(issuer: Issuer, content: bytes, recipient: str = "GBR", key: Key = GBR) -> int:
    ours = issuer.key.public_key
    return receipt.kept(issuer.store, recipient, REALM, content, ours, key.public_key)


def test_a_receipt_is_kept_for_what_it_covers(issuer: Issuer, tmp_path: Path) -> None:
    receipts: list[bytes] = []
    for stop in (5, 20):
        issuer.tell(RECORDS[len(receipts) * 5 : stop])
        signed = due(issuer, tmp_path)
        receipts.append(receipt.receipt(signed, "GBR", REALM, GBR, 1_800_000_000 + stop))
        assert keep(issuer, receipts[-1]) == stop
        assert keep(issuer, receipts[-1]) == stop
    assert issuer.store.receipts("GBR") == [(5, receipts[0]), (20, receipts[1])]


def refused(issuer: Issuer, content: bytes, recipient: str = "GBR", key: Key = GBR) -> str:
    before = issuer.store.receipts(recipient)
    with pytest.raises(FeedRefused) as caught:
        keep(issuer, content, recipient, key)
    assert issuer.store.receipts(recipient) == before
    return caught.value.reason


def test_what_is_no_receipt_is_refused(issuer: Issuer, tmp_path: Path) -> None:
    issuer.tell(RECORDS[:5])
    issuer.tell(RECORDS[5:9], to="NOR")
    signed = due(issuer, tmp_path)
    good = receipt.receipt(signed, "GBR", REALM, GBR, 1_800_000_000)
    stranger = Key("stranger")
    other_realm = receipt.receipt(signed, "GBR", "exercise/gs26", GBR, 1_800_000_000)
    text, _ = note.parts(signed)
    unsigned = note.cosigned(
        note.signed(text, issuer.origin(), stranger), receipt.cosigner("GBR", REALM), GBR, 1
    )
    assert refused(issuer, signed) == "bad signature"
    assert refused(issuer, good, key=stranger) == "bad signature"
    assert refused(issuer, unsigned) == "bad signature"
    assert refused(issuer, other_realm) == "bad signature"
    assert refused(issuer, good, recipient="NOR") == "wrong log"
    assert refused(issuer, good, recipient="JPN") == "wrong log"
    assert refused(issuer, good.replace(b"\n5\n", b"\n4\n")) == "bad signature"
    assert refused(issuer, b"thank you") == "malformed"
    assert keep(issuer, good) == 5


def test_a_receipt_for_more_than_we_signed_is_an_alarm(issuer: Issuer, tmp_path: Path) -> None:
    issuer.tell(RECORDS[:5])
    issuer.store.close()
    shutil.copytree(tmp_path / "AUS", tmp_path / "thief")
    thief = Issuer.at(tmp_path / "thief")
    thief.tell(RECORDS[5:])
    issuer = Issuer.at(tmp_path / "AUS")
    stolen = receipt.receipt(due(thief, tmp_path), "GBR", REALM, GBR, 1_800_000_000)
    assert refused(issuer, stolen) == "fork"


def test_receipts_of_realms_have_different_names() -> None:
    names = {receipt.cosigner("GBR", realm) for realm in ("ops", "test", "exercise/gs26")}
    assert names == {"gbr.ops.commonsky", "gbr.test.commonsky", "gbr.exercise.gs26.commonsky"}

"""Keys change and are stolen while a log is read: what its reader makes of it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from commonsky.errors import FeedRefused, KeyRefused
from commonsky.ledger.sqlite import SqliteStore
from commonsky.node.clock import now_tai_ns
from commonsky.share import key_log, peers
from commonsky.share.inbox import Inbox
from commonsky.share.key_log import KEY_LOG, MOST_BYTES
from commonsky.share.log.checkpoint import parsed
from commonsky.share.log.directory import DirectoryTransport
from commonsky.share.log.note import parts
from commonsky.share.outbox import Outbox
from tests.border_case import Nation, friends
from tests.feed_case import REALM, drawn, outgoing, record


class Teller:
    """AUS, which tells GBR what its keys and its ledger say."""

    def __init__(self, nation: Nation) -> None:
        self.nation = nation
        self.store = SqliteStore(nation.folder / "ledger.sqlite", REALM)
        self.outbox = Outbox(self.store, nation.outbox, nation.keys.signer(), drawn)
        self.origin = self.outbox.open("GBR")
        self.folder = nation.outbox / "GBR"

    def tell(self, first: int, count: int) -> None:
        records = [record(number) for number in range(first, first + count)]
        self.store.append(records)
        self.store.send("GBR", [outgoing(one) for one in records])
        self.outbox.publish(["GBR"])

    def good(self) -> dict[str, tuple[int, bytes]]:
        signed = parsed(parts((self.folder / "checkpoint").read_bytes())[0])
        return {self.origin: (signed.size, signed.root)}

    def changed(self) -> None:
        """Go on with the standing key, and say so to whoever reads."""
        self.outbox = Outbox(self.store, self.nation.outbox, self.nation.keys.signer(), drawn)
        self.nation.keys.publish([self.folder])


class Scene:
    """AUS tells, GBR knows it by an invitation, and reads."""

    def __init__(self, folder: Path) -> None:
        self.aus, self.gbr = friends(folder, "AUS", "GBR", realm=REALM)
        self.teller = Teller(self.aus)
        self.keys, self.root = self.aus.keys, self.aus.keys.root()
        self.peers = folder / "GBR" / "peers"
        self.peers.mkdir()
        invitation = peers.invite(
            self.keys.log(), self.root, "aus.example:7151", "GBR", self.teller.origin
        )
        peers.accept(self.peers, self.gbr.tls, invitation, self.gbr.keys.log())
        self.store = SqliteStore(folder / "GBR" / "ledger.sqlite", REALM)
        self.feed = DirectoryTransport(self.teller.folder)

    def inbox(self) -> Inbox:
        partner = peers.partners(self.peers)["AUS"]
        return Inbox(self.store, "AUS", partner.origin, partner.key_log, REALM)

    def pull(self) -> int:
        return self.inbox().pull(self.feed).size

    def learn(self) -> None:
        content = self.feed.read(KEY_LOG, most_bytes=MOST_BYTES)
        peers.learn(self.peers, self.gbr.tls, "AUS", content)

    def refusal(self) -> str:
        with pytest.raises(FeedRefused) as refused:
            self.pull()
        return refused.value.reason

    def close(self) -> None:
        self.store.close()
        self.teller.store.close()


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    made = Scene(tmp_path)
    made.teller.tell(0, 10)
    assert made.pull() == 10
    yield made
    made.close()


def test_a_key_changes_and_the_log_goes_on(scene: Scene) -> None:
    scene.keys.rotate(scene.root, scene.teller.good(), now_tai_ns())
    scene.teller.changed()
    scene.teller.tell(10, 5)
    assert scene.refusal() == "bad signature"  # so far, the new key is nobody's
    scene.learn()
    assert scene.pull() == 15


def test_what_a_revoked_key_signs_beyond_the_good_is_refused(scene: Scene) -> None:
    thief = scene.keys.signer()
    good = scene.teller.good()
    scene.keys.revoke(scene.root, good, now_tai_ns())
    scene.keys.publish([scene.teller.folder])
    scene.learn()
    assert scene.pull() == 10  # what was good stays good
    scene.teller.outbox = Outbox(scene.teller.store, scene.aus.outbox, thief, drawn)
    scene.teller.tell(10, 5)
    assert scene.refusal() == "revoked key"
    assert scene.inbox().state().size == 10


def test_a_thief_who_forks_below_the_good_is_caught(scene: Scene, tmp_path: Path) -> None:
    thief = scene.keys.signer()
    good = scene.teller.good()
    scene.keys.revoke(scene.root, good, now_tai_ns())
    scene.keys.publish([scene.teller.folder])
    scene.learn()
    forged = SqliteStore(tmp_path / "forged.sqlite", REALM)
    forged.open_outgoing("GBR", scene.teller.origin)
    records = [record(number) for number in range(100, 110)]
    forged.append(records)
    forged.send("GBR", [outgoing(one) for one in records])
    Outbox(forged, tmp_path / "forged", thief, drawn).publish(["GBR"])
    forged.close()
    scene.feed = DirectoryTransport(tmp_path / "forged" / "GBR")
    assert scene.refusal() == "fork"


def test_a_thief_cannot_pass_the_key_on(scene: Scene) -> None:
    """Who holds the key of the logs alone writes no key log that is learnt."""
    thief, log = scene.keys.signer(), scene.keys.log()
    forged = key_log.KeyLog(
        log.nation, log.realm, thief.public_key, log.statements, log.keys, b"", frozenset()
    )
    with pytest.raises(KeyRefused):
        key_log.rotated(forged, thief, thief, b"t" * 32, {}, now_tai_ns())
    statement = log.statements[0].statement
    bad = key_log.Signed(statement, thief.sign(key_log.message(statement)).hex())
    content = msgspec.json.encode([bad])
    with pytest.raises(KeyRefused, match="not signed by the root"):
        peers.learn(scene.peers, scene.gbr.tls, "AUS", content)
    assert peers.partners(scene.peers)["AUS"].key_log == log

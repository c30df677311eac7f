"""Two nodes come to know each other, and nobody else comes between."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from commonsky.errors import KeyRefused
from commonsky.node.keys import Keys, made_keys
from commonsky.share import joining, key_log, peers
from commonsky.share.peers import Invitation

NOW_TAI_NS = 1_772_000_000 * 10**9
ORIGINS = {"AUS": "commonsky/" + "a" * 32, "NOR": "commonsky/" + "b" * 32}


class Node:
    """What of a node takes part in inviting."""

    def __init__(self, folder: Path, nation: str, realm: str = "ops") -> None:
        self.nation, self.realm = nation, realm
        self.folder, self.tls = folder / nation / "peers", folder / nation / "partner"
        self.folder.mkdir(parents=True)
        self.keys: Keys = made_keys(folder / nation / "keys", self.tls, nation, realm, NOW_TAI_NS)

    def invites(self, other: str, **changed: str) -> bytes:
        told = {"address": f"{self.nation.lower()}.example:7151", "origin": ORIGINS["AUS"]}
        told |= changed
        invitation = peers.invite(
            self.keys.log(), self.keys.root(), told["address"], other, told["origin"]
        )
        peers.keep_issued(self.folder, other, invitation)
        return invitation

    def accepts(self, invitation: bytes, *, confirmed: bool = False) -> peers.Partner:
        return peers.accept(
            self.folder, self.tls, invitation, self.keys.log(), confirmed=confirmed
        )

    def let_in(self) -> set[str]:
        return {path.name for path in (self.tls / "peers").iterdir()}


@pytest.fixture
def aus(tmp_path: Path) -> Node:
    return Node(tmp_path, "AUS")


@pytest.fixture
def nor(tmp_path: Path) -> Node:
    return Node(tmp_path, "NOR")


def test_two_nodes_join_and_see_the_same_phrase(aus: Node, nor: Node) -> None:
    to_nor, to_aus = aus.invites("NOR"), nor.invites("AUS", origin=ORIGINS["NOR"])
    partner = nor.accepts(to_nor)
    assert partner.address == "aus.example:7151"
    assert partner.origin == ORIGINS["AUS"]
    assert partner.key_log == aus.keys.log()
    aus.accepts(to_aus)
    assert peers.partners(nor.folder) == {"AUS": partner}
    assert nor.let_in() == {"AUS.pem", "AUS.void"}
    phrase = peers.phrase_with(nor.folder, "AUS")
    assert phrase == peers.phrase_with(aus.folder, "NOR") == peers.short_phrase(to_aus, to_nor)
    assert len(phrase.split()) == 6
    assert phrase in joining.accepted(partner, phrase)


def test_the_phrase_shows_any_change_of_either_invitation(aus: Node, nor: Node) -> None:
    to_nor, to_aus = aus.invites("NOR"), nor.invites("AUS")
    phrases = {
        peers.short_phrase(to_nor, to_aus),
        peers.short_phrase(aus.invites("NOR", address="mallory.example:7151"), to_aus),
        peers.short_phrase(to_nor, nor.invites("AUS", origin=ORIGINS["NOR"])),
    }
    assert len(phrases) == 3


def test_white_space_does_not_change_the_phrase(aus: Node, nor: Node) -> None:
    to_nor, to_aus = aus.invites("NOR"), nor.invites("AUS")
    retyped = msgspec.json.format(to_nor, indent=0)
    assert retyped != to_nor
    nor.accepts(retyped)
    assert peers.short_phrase(retyped, to_aus) == peers.short_phrase(to_aus, to_nor)


def test_the_words_are_those_of_the_published_example() -> None:
    # 127.0.0.1 and 63.84.220.193 in Wilkerson (2009).
    for address, words in ((b"\x7f\0\0\1", "lusab-babad"), (b"\x3f\x54\xdc\xc1", "gutih-tugad")):
        assert "-".join(peers._word(address[at : at + 2]) for at in (0, 2)) == words  # noqa: SLF001


def test_before_both_have_invited_there_is_no_phrase(aus: Node, nor: Node) -> None:
    partner = nor.accepts(aus.invites("NOR"))
    assert peers.phrase_with(nor.folder, "AUS") == ""
    assert "peer invite AUS" in joining.accepted(partner, "")


def altered(**changed: object) -> Callable[[bytes], bytes]:
    def alter(content: bytes) -> bytes:
        told = msgspec.json.decode(content, type=Invitation)
        return msgspec.json.encode(msgspec.structs.replace(told, **changed))

    return alter


DAMAGED: dict[str, tuple[str, Callable[[bytes], bytes]]] = {
    "empty": ("no invitation", lambda _: b""),
    "cut": ("no invitation", lambda content: content[: len(content) // 2]),
    "no text": ("no invitation", lambda _: b"\xff\xfe" * 100),
    "deep": ("no invitation", lambda _: b"[" * 100_000),
    "huge": ("at most", lambda content: content + b" " * (1 << 20)),
    "more than it may hold": (
        "no invitation",
        lambda content: content.replace(b"{", b'{"colour": 1,', 1),
    ),
    "another realm": ("realms never mix", altered(realm="exercise/gs26")),
    "another recipient": ("is for GBR", altered(recipient="GBR")),
    "our own": ("NOR's own", altered(nation="NOR")),
    "another nation": ("not signed by the root", altered(nation="USA")),
    "another address": ("not signed by the root", altered(address="mallory.example:1")),
    "another log": ("not signed by the root", altered(origin=ORIGINS["NOR"])),
    "another root": ("not signed by the root", altered(root="ab" * 32)),
    "no root": ("not signed by the root", altered(root="zz")),
    "no signature": ("not signed by the root", altered(signature="")),
    "no keys": ("not signed by the root", altered(key_log=())),
    "no address": ("host:port", altered(address="nor.example")),
    "no port": ("host:port", altered(address="nor.example:99999")),
    "command in the address": ("host:port", altered(address="a b;rm:1")),
    "no log": ("no log", altered(origin="../../etc")),
    "path as nation": ("no nation", altered(nation="../x")),
}


@pytest.mark.parametrize("name", DAMAGED)
def test_what_is_no_good_invitation_is_refused_with_why(aus: Node, nor: Node, name: str) -> None:
    why, damage = DAMAGED[name]
    with pytest.raises(KeyRefused, match=why):
        nor.accepts(damage(aus.invites("NOR")))
    assert peers.partners(nor.folder) == {}
    assert nor.let_in() == set()


def test_every_changed_letter_shows(aus: Node) -> None:
    content = aus.invites("NOR")
    good = peers.checked(content, "NOR", "ops")
    for place in range(0, len(content), 13):
        changed = content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :]
        try:
            found = peers.checked(changed, "NOR", "ops")
        except KeyRefused:
            continue
        assert found == good  # only white space was touched


def test_an_exercise_never_joins_operations(tmp_path: Path, nor: Node) -> None:
    exercise = Node(tmp_path / "ex", "AUS", "exercise/gs26")
    with pytest.raises(KeyRefused, match="realms never mix"):
        nor.accepts(exercise.invites("NOR"))
    # Whoever writes ops over it would have to sign it so, and the key log is still another's.
    forged = msgspec.structs.replace(
        msgspec.json.decode(exercise.invites("NOR"), type=Invitation), realm="ops"
    )
    message = peers._message(forged)  # noqa: SLF001
    signature = exercise.keys.root().sign(message).hex()
    with pytest.raises(KeyRefused, match="exercise/gs26"):
        nor.accepts(msgspec.json.encode(msgspec.structs.replace(forged, signature=signature)))


def test_an_authority_of_another_nation_is_refused(tmp_path: Path, nor: Node) -> None:
    """A nation that would vouch for another's certificates with an authority of its own."""
    aus, gbr = Node(tmp_path / "x", "AUS"), Node(tmp_path / "y", "GBR")
    log = key_log.begun(
        "AUS", "ops", aus.keys.root(), b"k" * 32, gbr.keys.log().authority, NOW_TAI_NS
    )
    invitation = peers.invite(log, aus.keys.root(), "a.example:1", "NOR", ORIGINS["AUS"])
    with pytest.raises(KeyRefused, match="GBR authority"):
        nor.accepts(invitation)


def test_a_known_nation_with_another_root_needs_a_word(tmp_path: Path, nor: Node) -> None:
    first, second = Node(tmp_path / "1", "AUS"), Node(tmp_path / "2", "AUS")
    nor.accepts(first.invites("NOR"))
    with pytest.raises(KeyRefused, match="another root key"):
        nor.accepts(second.invites("NOR"))
    assert peers.partners(nor.folder)["AUS"].key_log == first.keys.log()
    nor.accepts(second.invites("NOR"), confirmed=True)
    assert peers.partners(nor.folder)["AUS"].key_log == second.keys.log()


def test_a_known_nation_may_move_but_not_change_its_log(aus: Node, nor: Node) -> None:
    nor.accepts(aus.invites("NOR"))
    assert (
        nor.accepts(aus.invites("NOR", address="new.example:7151")).address == "new.example:7151"
    )
    with pytest.raises(KeyRefused, match="another log"):
        nor.accepts(aus.invites("NOR", origin=ORIGINS["NOR"]))


def test_an_old_invitation_does_not_bring_a_revoked_key_back(aus: Node, nor: Node) -> None:
    old = aus.invites("NOR")
    nor.accepts(old)
    aus.keys.revoke(aus.keys.root(), {}, NOW_TAI_NS + 1)
    nor.accepts(aus.invites("NOR"))
    for confirmed in (False, True):
        with pytest.raises(KeyRefused, match="rewind"):
            nor.accepts(old, confirmed=confirmed)
    assert peers.partners(nor.folder)["AUS"].key_log == aus.keys.log()


def test_news_of_keys_is_learnt_and_forks_are_refused(aus: Node, nor: Node) -> None:
    nor.accepts(aus.invites("NOR"))
    before = aus.keys.log()
    other = key_log.revoked(before, aus.keys.root(), b"x" * 32, {}, NOW_TAI_NS + 1)
    aus.keys.revoke(aus.keys.root(), {}, NOW_TAI_NS + 1)
    learnt = peers.learn(nor.folder, nor.tls, "AUS", key_log.encoded(aus.keys.log()))
    assert learnt.key_log == aus.keys.log()
    assert peers.partners(nor.folder)["AUS"] == learnt
    void = (nor.tls / "peers" / "AUS.void").read_text().split()
    assert set(void) == learnt.key_log.revoked_certificates != set()
    for content, why in (
        (key_log.encoded(other), "fork"),
        (key_log.encoded(before), "rewind"),
        (b"noise", "no key log"),
    ):
        with pytest.raises(KeyRefused, match=why):
            peers.learn(nor.folder, nor.tls, "AUS", content)
    with pytest.raises(KeyRefused, match="no partner"):
        peers.learn(nor.folder, nor.tls, "GBR", key_log.encoded(before))


def test_a_removed_partner_is_let_in_no_more(aus: Node, nor: Node) -> None:
    nor.accepts(aus.invites("NOR"))
    peers.remove(nor.folder, nor.tls, "AUS")
    assert peers.partners(nor.folder) == {}
    assert nor.let_in() == set()
    assert "refused from now on" in joining.removed("AUS")
    for nation in ("AUS", "../AUS"):
        with pytest.raises(KeyRefused, match="no partner"):
            peers.remove(nor.folder, nor.tls, nation)


def test_what_tls_needs_is_made_again_from_what_was_accepted(aus: Node, nor: Node) -> None:
    nor.accepts(aus.invites("NOR"))
    (nor.tls / "peers" / "AUS.pem").unlink()
    (nor.tls / "peers" / "GBR.pem").write_bytes(b"left behind")
    peers.admit(nor.folder, nor.tls)
    assert nor.let_in() == {"AUS.pem", "AUS.void"}


def test_a_damaged_file_of_a_partner_is_told_by_name(aus: Node, nor: Node) -> None:
    nor.accepts(aus.invites("NOR"))
    path = nor.folder / "AUS.json"
    path.write_bytes(path.read_bytes().replace(b"aus.example", b"eve.example"))
    with pytest.raises(KeyRefused, match=r"AUS\.json"):
        peers.partners(nor.folder)
    peers.remove(nor.folder, nor.tls, "AUS")
    assert peers.partners(nor.folder) == {}


def test_nobody_is_invited_to_themselves_or_to_nowhere(aus: Node, tmp_path: Path) -> None:
    for other in ("AUS", "", "aus", "../NOR"):
        with pytest.raises(KeyRefused, match="cannot invite"):
            aus.invites(other)
    with pytest.raises(KeyRefused, match="host:port"):
        aus.invites("NOR", address="here")
    assert "aus-for-nor.json" in joining.invited("NOR", tmp_path / "aus-for-nor.json")

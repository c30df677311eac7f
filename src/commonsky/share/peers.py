"""
Partners: how two nodes come to know each other, and what each then holds of the other.

An invitation tells where a node is reached, its root key, the key log that the root signed, and
the name of the log it keeps for the invited nation.  Nothing in it is secret.  It may be changed
on its way, so both sides compare a phrase that depends on both invitations.

peers/NATION.json is the invitation as it was accepted, peers/NATION.key-log the newest key log
where there is a newer one, peers/invited/NATION.json what we sent.  What TLS needs is derived.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from commonsky.errors import KeyRefused
from commonsky.share import key_log
from commonsky.share.certificates import authority_pem, checked_authority
from commonsky.share.connection import host_and_port
from commonsky.share.key_log import KeyLog, Signed
from commonsky.share.log.directory import write_whole
from commonsky.share.log.note import Signer
from commonsky.share.partner.identity import PEERS

DOMAIN = b"commonsky/invitation@1\n"
MOST_BYTES = 1 << 20
NATION, ORIGIN = re.compile(r"[A-Z]{3}"), re.compile(r"commonsky/[0-9a-f]{32}")
INVITED = "invited"
WORDS = 6
# Slow enough that nobody finds two invitations that make the same phrase, quick enough for us.
COST, BLOCK = 1 << 14, 8
CONSONANTS, VOWELS = "bdfghjklmnprstvz", "aiou"


class Invitation(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What one node tells another; keys and signature in hexadecimal."""

    nation: str
    realm: str
    address: str
    root: str
    key_log: tuple[Signed, ...]
    recipient: str
    origin: str  # of the log for the recipient
    signature: str = ""


@dataclass(frozen=True, slots=True)
class Partner:
    """A nation whose invitation was accepted."""

    nation: str
    realm: str
    address: str
    origin: str  # of their log for us
    key_log: KeyLog


def invite(log: KeyLog, root: Signer, address: str, recipient: str, origin: str) -> bytes:
    """Return an invitation for another nation, signed by the root."""
    host_and_port(address)
    if not NATION.fullmatch(recipient) or recipient == log.nation:
        raise KeyRefused(f"{log.nation} cannot invite {recipient!r}")
    invitation = Invitation(
        nation=log.nation,
        realm=log.realm,
        address=address,
        root=log.root.hex(),
        key_log=log.statements,
        recipient=recipient,
        origin=origin,
    )
    signature = root.sign(_message(invitation)).hex()
    return _encoded(msgspec.structs.replace(invitation, signature=signature))


def keep_issued(folder: Path, recipient: str, invitation: bytes) -> None:
    """Keep what we sent a nation: the phrase is made of both invitations."""
    write_whole(folder / INVITED / f"{recipient}.json", invitation)


def checked(content: bytes, nation: str, realm: str) -> tuple[Invitation, Partner]:
    """Return a foreign invitation for this nation in this realm; anything else is refused."""
    if len(content) > MOST_BYTES:
        raise KeyRefused(f"an invitation has at most {MOST_BYTES} bytes, not {len(content)}")
    try:
        told = msgspec.json.decode(content, type=Invitation)
    except (msgspec.DecodeError, RecursionError) as error:
        raise KeyRefused(f"this is no invitation: {error}") from None
    if told.realm != realm:
        raise KeyRefused(
            f"this invitation is of the realm {told.realm[:80]}, and this node is in {realm}: "
            "realms never mix"
        )
    if told.recipient != nation:
        raise KeyRefused(f"this invitation is for {told.recipient[:80]}, and this is {nation}")
    if told.nation == nation:
        raise KeyRefused(f"this invitation is {nation}'s own; it is for {told.recipient[:80]}")
    if not NATION.fullmatch(told.nation) or not ORIGIN.fullmatch(told.origin):
        raise KeyRefused("this invitation names no nation, or no log")
    host_and_port(told.address)
    return told, _verified(told)


def accept(
    folder: Path, tls: Path, content: bytes, ours: KeyLog, *, confirmed: bool = False
) -> Partner:
    """
    Take a nation as a partner by its invitation.

    Where that nation is known with another root or another log, somebody must have `confirmed`
    it: asked them by voice, and heard the phrase.
    """
    invitation, partner = checked(content, ours.nation, ours.realm)
    known = partners(folder, [partner.nation]).get(partner.nation)
    if known is not None and known.key_log.root == partner.key_log.root:
        key_log.check_continues(known.key_log, partner.key_log)
    if known is not None and not confirmed:
        for what, before, now in (
            ("root key", known.key_log.root, partner.key_log.root),
            ("log", known.origin, partner.origin),
        ):
            if before != now:
                raise KeyRefused(
                    f"{partner.nation} is known with another {what}. Ask them by voice whether "
                    "they began anew; if so, accept again and confirm it"
                )
    write_whole(folder / f"{partner.nation}.json", _encoded(invitation))
    (folder / f"{partner.nation}.key-log").unlink(missing_ok=True)
    admit(folder, tls)
    return partner


def partners(folder: Path, nations: Iterable[str] = ()) -> dict[str, Partner]:
    """Return the partners that a node has, or those of these nations."""
    wanted = {*nations}
    found = {}
    for path in sorted(folder.glob("*.json")):
        nation = path.stem
        if NATION.fullmatch(nation) and (not wanted or nation in wanted):
            try:
                found[nation] = _kept(path, nation)
            except (OSError, msgspec.DecodeError, KeyRefused) as error:
                raise KeyRefused(
                    f"what is known of {nation} in {path} cannot be used: {error}; remove the "
                    "partner, and accept a new invitation"
                ) from None
    return found


def learn(folder: Path, tls: Path, nation: str, content: bytes) -> Partner:
    """Take in the key log that a partner has laid into our outbox there, if it goes on."""
    known = partners(folder, [nation])
    if nation not in known:
        raise KeyRefused(f"{nation} is no partner of this node")
    partner = _with(known[nation], content)
    if partner != known[nation]:
        write_whole(folder / f"{nation}.key-log", key_log.encoded(partner.key_log))
        admit(folder, tls)
    return partner


def remove(folder: Path, tls: Path, nation: str) -> None:
    """Forget a partner; what they told us stays."""
    path = folder / f"{nation}.json"
    if not NATION.fullmatch(nation) or not path.exists():
        raise KeyRefused(f"{nation[:80]} is no partner of this node")
    (tls / PEERS / f"{nation}.pem").unlink(missing_ok=True)
    path.unlink()
    (folder / f"{nation}.key-log").unlink(missing_ok=True)
    admit(folder, tls)


def admit(folder: Path, tls: Path) -> None:
    """
    Write what the partner listener must know of partners, and remove what it must know no more.

    The listener sees the folder change.  Call it also when a node starts.
    """
    known = partners(folder)
    wanted = {}
    for nation, partner in known.items():
        void = "".join(f"{one}\n" for one in sorted(partner.key_log.revoked_certificates))
        wanted[f"{nation}.void"] = void.encode()
        wanted[f"{nation}.pem"] = authority_pem(partner.key_log.authority)
    place = tls / PEERS
    place.mkdir(mode=0o755, exist_ok=True)
    for path in place.iterdir():
        if path.name not in wanted:
            path.unlink()
    for name, content in wanted.items():  # what is void before whom it would let in
        path = place / name
        if not path.exists() or path.read_bytes() != content:
            write_whole(path, content)


def short_phrase(one: bytes, other: bytes) -> str:
    """
    Return six words that both sides see alike, if neither invitation was changed on its way.

    96 bits: whoever changes both invitations must find two that fit among 2**48 pairs, each at the
    cost of scrypt, while both sides wait.  Words are pronounceable in many languages.

    Reference: Wilkerson (2009), arXiv:0901.4016, for the words.
    """
    told = sorted(_encoded(msgspec.json.decode(each, type=Invitation)) for each in (one, other))
    digests = b"".join(hashlib.sha256(each).digest() for each in told)
    drawn = hashlib.scrypt(
        digests, salt=b"commonsky/phrase@1", n=COST, r=BLOCK, p=1, dklen=2 * WORDS
    )
    return " ".join(_word(drawn[at : at + 2]) for at in range(0, len(drawn), 2))


def phrase_with(folder: Path, nation: str) -> str:
    """Return the phrase to compare with a partner, "" while one of the invitations is missing."""
    issued, accepted = folder / INVITED / f"{nation}.json", folder / f"{nation}.json"
    if not issued.exists() or not accepted.exists():
        return ""
    return short_phrase(issued.read_bytes(), accepted.read_bytes())


def _word(bits: bytes) -> str:
    value = int.from_bytes(bits)
    return "".join(
        letters[value >> shift & (len(letters) - 1)]
        for letters, shift in (
            (CONSONANTS, 12), (VOWELS, 10), (CONSONANTS, 6), (VOWELS, 4), (CONSONANTS, 0)
        )
    )  # fmt: skip


def _kept(path: Path, nation: str) -> Partner:
    """The partner whose invitation is in a file, and whose key log may be in another."""
    partner = _verified(msgspec.json.decode(path.read_bytes(), type=Invitation))
    if partner.nation != nation:
        raise KeyRefused(f"it is of {partner.nation}")
    newer = path.with_suffix(".key-log")
    return _with(partner, newer.read_bytes()) if newer.exists() else partner


def _verified(told: Invitation) -> Partner:
    try:
        root = bytes.fromhex(told.root)
        key = Ed25519PublicKey.from_public_bytes(root)
        key.verify(bytes.fromhex(told.signature), _message(told))
    except (ValueError, InvalidSignature):
        raise KeyRefused(
            f"this invitation is not signed by the root it names: {told.nation[:80]} did not "
            "write it so"
        ) from None
    log = key_log.verify_key_log(told.key_log, root)
    return _partner(told.nation, told.realm, told.address, told.origin, log)


def _with(partner: Partner, content: bytes) -> Partner:
    """The partner with a newer key log, if it goes on from the one that is known."""
    told = key_log.verify_key_log(key_log.decoded(content), partner.key_log.root)
    key_log.check_continues(partner.key_log, told)
    return _partner(partner.nation, partner.realm, partner.address, partner.origin, told)


def _partner(nation: str, realm: str, address: str, origin: str, log: KeyLog) -> Partner:
    if (log.nation, log.realm) != (nation, realm):
        raise KeyRefused(
            f"the key log of {nation} in {realm} is of {log.nation[:80]} in {log.realm[:80]}"
        )
    checked_authority(log.authority, nation, realm)
    return Partner(nation, realm, address, origin, log)


def _message(invitation: Invitation) -> bytes:
    unsigned = msgspec.structs.replace(invitation, signature="")
    return DOMAIN + msgspec.json.encode(unsigned, order="deterministic")


def _encoded(invitation: Invitation) -> bytes:
    return msgspec.json.format(msgspec.json.encode(invitation, order="deterministic")) + b"\n"

"""
The key log of a node: which keys speak for it, since when, and up to where.

A chain of statements, each signed by the node's root and bound to the one before.  A key changes
with the signatures of root and old key; the root alone takes a stolen key back, and says up to
which size each log was good.  Entries beyond are disputed, whatever time they claim.

Everybody may read a key log, so the sizes in it are hidden behind the random origin of each log,
which its own reader alone knows.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from commonsky.errors import FeedRefused, KeyRefused
from commonsky.share.log.note import Signer

KEY_LOG = "key-log"  # the name of its file, in each outbox
MOST_BYTES, MOST_STATEMENTS = 1 << 19, 500
DOMAIN = b"commonsky/key-log@1\n"
SIZE_BYTES, ROOT_BYTES = 8, 32
NOTHING = "0" * 64  # before the first statement


class Good(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How far one log was good, hidden from whoever does not know its origin; hexadecimal."""

    log: str
    hidden: str


class Genesis(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="genesis"):
    """The first key of the logs, and the authority for TLS certificates (DER in base64)."""

    log_key: str
    authority: str


class Rotation(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="rotation"):
    """Another key from here on; what the old one signed stands up to these sizes."""

    log_key: str
    good: tuple[Good, ...]


class Revocation(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="revocation"):
    """The key was stolen or lost; `certificates` are SHA-256 of those that went with it."""

    log_key: str  # the next
    good: tuple[Good, ...]
    certificates: tuple[str, ...]


class Authority(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="authority"):
    """Another authority for TLS certificates; all of the old one's are void."""

    authority: str


What = Genesis | Rotation | Revocation | Authority


class Statement(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One statement, and the SHA-256 of the one before."""

    nation: str
    realm: str
    index: int
    previous: str
    said_tai_ns: int
    what: What


class Signed(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A statement with the root's signature and, of a rotation, the old key's; hexadecimal."""

    statement: Statement
    root_signature: str
    key_signature: str = ""


@dataclass(frozen=True, slots=True)
class LogKey:
    """A key of the logs, and how far what it signed is good once another has followed."""

    public_key: bytes
    since_tai_ns: int
    ended_by: int = 0  # index of the statement that ended it, 0 while it stands
    revoked: bool = False
    good: tuple[Good, ...] = ()


@dataclass(frozen=True, slots=True)
class KeyLog:
    """A verified key log."""

    nation: str
    realm: str
    root: bytes  # public key
    statements: tuple[Signed, ...]
    keys: tuple[LogKey, ...]
    authority: bytes  # DER
    revoked_certificates: frozenset[str]

    @property
    def key(self) -> LogKey:
        """The key that stands."""
        return self.keys[-1]

    def check(self, public_key: bytes, origin: str, size: int, root: bytes) -> None:
        """Refuse a checkpoint that its key had no right to sign, when it did or any more."""
        known = [key for key in self.keys if key.public_key == public_key]
        if not known:
            raise FeedRefused("bad signature", f"{self.nation} never had the key that signed this")
        key = known[0]
        if not key.ended_by:
            return
        ended = "was revoked" if key.revoked else "gave way to another"
        good_size, good_root = good_of(key, origin)
        if size > good_size:
            raise FeedRefused(
                "revoked key",
                f"the key of {self.nation} {ended} at {good_size} entries of this log, and signed "
                f"{size}",
            )
        if size == good_size and root != good_root:
            raise FeedRefused(
                "fork", f"{self.nation} names another root for {size} entries than the key signed"
            )


def good_of(key: LogKey, origin: str) -> tuple[int, bytes]:
    """Return the size and root up to which a key that ended was good; nothing of other logs."""
    name, pad = _names(origin, key.ended_by)
    for good in key.good:
        if good.log == name:
            shown = bytes(a ^ b for a, b in zip(bytes.fromhex(good.hidden), pad, strict=True))
            return int.from_bytes(shown[:SIZE_BYTES]), shown[SIZE_BYTES:]
    return 0, hashlib.sha256().digest()


def begun(
    nation: str, realm: str, root: Signer, log_key: bytes, authority: bytes, now_tai_ns: int
) -> KeyLog:
    """Return a new key log."""
    what = Genesis(log_key.hex(), base64.b64encode(authority).decode())
    statement = Statement(nation, realm, 0, NOTHING, now_tai_ns, what)
    return verify_key_log([_signed(statement, root)], root.public_key)


def rotated(
    log: KeyLog,
    root: Signer,
    old: Signer,
    log_key: bytes,
    good: Mapping[str, tuple[int, bytes]],
    now_tai_ns: int,
) -> KeyLog:
    """Return the key log with another key; `good` are size and root of each log by origin."""
    what = Rotation(log_key.hex(), _hidden(log, good))
    return _continued(log, root, what, now_tai_ns, old)


def revoked(
    log: KeyLog,
    root: Signer,
    log_key: bytes,
    good: Mapping[str, tuple[int, bytes]],
    now_tai_ns: int,
    certificates: Sequence[str] = (),
) -> KeyLog:
    """Return the key log with the standing key taken back, and another in its place."""
    what = Revocation(log_key.hex(), _hidden(log, good), tuple(certificates))
    return _continued(log, root, what, now_tai_ns)


def with_authority(log: KeyLog, root: Signer, authority: bytes, now_tai_ns: int) -> KeyLog:
    """Return the key log with another authority for TLS certificates."""
    return _continued(log, root, Authority(base64.b64encode(authority).decode()), now_tai_ns)


def encoded(log: KeyLog) -> bytes:
    """Return a key log as a file."""
    return msgspec.json.format(msgspec.json.encode(log.statements)) + b"\n"


def decoded(content: bytes) -> tuple[Signed, ...]:
    """Return the statements in a file; they are not verified."""
    if len(content) > MOST_BYTES:
        raise KeyRefused(f"a key log has at most {MOST_BYTES} bytes, this one {len(content)}")
    try:
        return msgspec.json.decode(content, type=tuple[Signed, ...])
    except (msgspec.DecodeError, RecursionError) as error:
        raise KeyRefused(f"this is no key log: {error}") from None


def verify_key_log(statements: Sequence[Signed], root: bytes) -> KeyLog:
    """Return the keys that a chain of statements names, if a root signed it all."""
    if not 0 < len(statements) <= MOST_STATEMENTS:
        raise KeyRefused(f"a key log has 1 to {MOST_STATEMENTS} statements, not {len(statements)}")
    first = statements[0].statement
    keys: list[LogKey] = []
    authority, void = b"", set[str]()
    for index, signed in enumerate(statements):
        _check_place(statements, index)
        if not _verifies(root, signed.statement, signed.root_signature):
            raise KeyRefused(f"statement {index} is not signed by the root of {first.nation}")
        match signed.statement.what:
            case Genesis() as what if index == 0:
                authority = _base64(what.authority, index)
            case Rotation() as what if index:
                if not _verifies(keys[-1].public_key, signed.statement, signed.key_signature):
                    raise KeyRefused(f"statement {index} changes a key, which has not signed it")
                keys[-1] = _ended(keys[-1], index, what.good, revoked=False)
            case Revocation() as what if index:
                keys[-1] = _ended(keys[-1], index, what.good, revoked=True)
                void |= {*what.certificates}
            case Authority() as authority_statement if index:
                authority = _base64(authority_statement.authority, index)
                continue
            case _:
                raise KeyRefused(f"statement {index} cannot stand there: genesis is the first")
        key = _key(what.log_key, index)
        if any(known.public_key == key for known in keys):
            raise KeyRefused(f"statement {index} names a key that was used before")
        keys.append(LogKey(key, signed.statement.said_tai_ns))
    return KeyLog(
        first.nation, first.realm, root, tuple(statements), tuple(keys), authority, frozenset(void)
    )


def check_continues(known: KeyLog, told: KeyLog) -> None:
    """Refuse a key log that does not go on from the one that is known."""
    count = len(known.statements)
    if told.root != known.root:
        raise KeyRefused(f"this key log of {known.nation} is another root's")
    if told.statements[:count] != known.statements[: len(told.statements)]:
        raise KeyRefused(
            f"fork: {known.nation} tells another story of its keys than before; ask by voice"
        )
    if len(told.statements) < count:
        raise KeyRefused(
            f"rewind: {known.nation} has told {count} statements of its keys before, and "
            f"{len(told.statements)} now"
        )


def message(statement: Statement) -> bytes:
    """Return what is signed."""
    return DOMAIN + msgspec.json.encode(statement, order="deterministic")


def _continued(
    log: KeyLog, root: Signer, what: What, now_tai_ns: int, old: Signer | None = None
) -> KeyLog:
    last = log.statements[-1].statement
    statement = Statement(
        log.nation, log.realm, len(log.statements), digest(last), now_tai_ns, what
    )
    return verify_key_log([*log.statements, _signed(statement, root, old)], log.root)


def _signed(statement: Statement, root: Signer, old: Signer | None = None) -> Signed:
    content = message(statement)
    return Signed(
        statement, root.sign(content).hex(), "" if old is None else old.sign(content).hex()
    )


def _check_place(statements: Sequence[Signed], index: int) -> None:
    """Refuse a statement that does not follow on the one before it."""
    one, first = statements[index].statement, statements[0].statement
    before = statements[index - 1].statement if index else first
    previous = digest(before) if index else NOTHING
    if (one.index, one.previous) != (index, previous):
        raise KeyRefused(f"statement {index} of this key log does not follow on the one before")
    if (one.nation, one.realm) != (first.nation, first.realm):
        raise KeyRefused(
            f"statement {index} is of {one.nation} in {one.realm}, the first of {first.nation} "
            f"in {first.realm}"
        )
    if one.said_tai_ns < before.said_tai_ns:
        raise KeyRefused(f"statement {index} is dated before the one before it")


def digest(statement: Statement) -> str:
    """Return how the next statement names this one."""
    return hashlib.sha256(message(statement)).hexdigest()


def _verifies(public_key: bytes, statement: Statement, signature: str) -> bool:
    try:
        key = Ed25519PublicKey.from_public_bytes(public_key)
        key.verify(bytes.fromhex(signature), message(statement))
    except (ValueError, InvalidSignature):
        return False
    return True


def _ended(key: LogKey, index: int, good: tuple[Good, ...], *, revoked: bool) -> LogKey:
    for one in good:
        _bytes(one.log, 16, index)
        _bytes(one.hidden, SIZE_BYTES + ROOT_BYTES, index)
    return LogKey(key.public_key, key.since_tai_ns, index, revoked, good)


def _key(text: str, index: int) -> bytes:
    return _bytes(text, 32, index)


def _bytes(text: str, count: int, index: int) -> bytes:
    try:
        found = bytes.fromhex(text)
    except ValueError:
        found = b""
    if len(found) != count or found.hex() != text:
        raise KeyRefused(f"statement {index}: {text[:80]!r} is not {count} bytes in hexadecimal")
    return found


def _base64(text: str, index: int) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error:
        raise KeyRefused(f"statement {index} holds no certificate") from None


def _hidden(log: KeyLog, good: Mapping[str, tuple[int, bytes]]) -> tuple[Good, ...]:
    """Sizes and roots, hidden; in an order that says nothing."""
    hidden = []
    for origin, (size, root) in good.items():
        name, pad = _names(origin, len(log.statements))
        shown = size.to_bytes(SIZE_BYTES) + root
        hidden.append(Good(name, bytes(a ^ b for a, b in zip(shown, pad, strict=True)).hex()))
    return tuple(sorted(hidden, key=lambda one: one.log))


def _names(origin: str, index: int) -> tuple[str, bytes]:
    """What a log is called in a statement, and what hides its size there: both never again."""
    salt = hashlib.shake_256(f"commonsky/good@1\n{index}\n{origin}".encode())
    drawn = salt.digest(16 + SIZE_BYTES + ROOT_BYTES)
    return drawn[:16].hex(), drawn[16:]

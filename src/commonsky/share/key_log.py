"""
Key logs: which key of a nation counts, proved by a chain of statements from its offline root.

Rotation needs the root and the old key.  Revocation is signed by the root alone and names the last
good size and root of each log: what a stolen key signed beyond is disputed, not deleted.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from commonsky.errors import KeyRefused

GENESIS, ROTATION, REVOCATION = "genesis", "rotation", "revocation"


class LastGood(msgspec.Struct, frozen=True):
    """How far a log is good that a revoked key signed."""

    origin: str
    size: int
    root: str  # base64


class Statement(msgspec.Struct, frozen=True, kw_only=True):
    """One link of a key log: `before` is the digest of the one before, "" of the first."""

    kind: str
    nation: str
    realm: str
    key: str  # base64, of the log key that counts from now on
    at_tai_ns: int
    before: str = ""
    last_good: tuple[LastGood, ...] = ()
    by_root: str = ""  # signatures, base64
    by_old_key: str = ""

    def unsigned(self) -> bytes:
        """Return the bytes that are signed."""
        return b"commonsky key log\n" + msgspec.json.encode(
            msgspec.structs.replace(self, by_root="", by_old_key=""), order="deterministic"
        )

    @property
    def digest(self) -> str:
        """SHA-256 over the whole statement, in hexadecimal."""
        return hashlib.sha256(msgspec.json.encode(self, order="deterministic")).hexdigest()


@dataclass(frozen=True, slots=True)
class LogKeys:
    """What a key log says: the key that counts, those of before, and what of them is good."""

    current: bytes
    former: tuple[bytes, ...]
    revoked: tuple[bytes, ...]
    last_good: tuple[LastGood, ...]
    digest: str  # of the last statement


def verified(told: Sequence[Statement], root_key: bytes, nation: str, realm: str) -> LogKeys:
    """
    Return what a key log says, all of it checked from its first statement on.

    A statement of another nation or realm, out of order in time, not continuing the one before,
    or without the signatures it needs, is a `KeyRefused`.
    """
    if not told or told[0].kind != GENESIS:
        raise KeyRefused("a key log begins with a genesis")
    current, former, revoked = b"", [], []
    last_good: tuple[LastGood, ...] = ()
    before, at = "", -(2**63)
    for place, one in enumerate(told):
        where = f"statement {place} of the key log of {nation}"
        if (one.nation, one.realm) != (nation, realm):
            raise KeyRefused(f"{where} is of {one.nation} in {one.realm}, not of {realm}")
        if one.before != before or (place > 0) != (one.kind in {ROTATION, REVOCATION}):
            raise KeyRefused(f"{where} does not continue the one before")
        if one.at_tai_ns < at:
            raise KeyRefused(f"{where} is dated back")
        _check(root_key, one.by_root, one, f"{where}: the root's signature")
        if one.kind == ROTATION:
            _check(current, one.by_old_key, one, f"{where}: the old key's signature")
            former.append(current)
        elif one.kind == REVOCATION:
            revoked.append(current)
            last_good = one.last_good
        current = as_bytes(one.key)
        before, at = one.digest, one.at_tai_ns
    return LogKeys(current, tuple(former), tuple(revoked), last_good, before)


def continues(held: Sequence[Statement], told: Sequence[Statement]) -> bool:
    """Whether a key log begins with all we hold of it: else somebody tells two stories."""
    return list(told[: len(held)]) == list(held)


def spoken(told: Iterable[Statement]) -> bytes:
    """Return a key log as it is written: one JSON object a line."""
    return b"".join(msgspec.json.encode(one, order="deterministic") + b"\n" for one in told)


def _check(key: bytes, signature: str, statement: Statement, what: str) -> None:
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(as_bytes(signature), statement.unsigned())
    except (InvalidSignature, ValueError):
        raise KeyRefused(f"{what} is missing or wrong") from None


def as_text(content: bytes) -> str:
    """Return bytes as base64."""
    return base64.b64encode(content).decode()


def as_bytes(text: str) -> bytes:
    """Return the bytes that a base64 text stands for."""
    try:
        return base64.b64decode(text, validate=True)
    except ValueError:
        raise KeyRefused("a key or signature is not base64") from None

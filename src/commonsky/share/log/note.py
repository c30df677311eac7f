"""
Signed notes: a text, and under it one line for each signature.

Reference: C2SP signed-note and tlog-cosignature (Ed25519, v1).
"""

from __future__ import annotations

import base64
import hashlib
import re
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from commonsky.errors import FeedRefused, KeyRefused

ED25519, COSIGNATURE = b"\x01", b"\x04"
MOST_BYTES, MOST_SIGNATURES = 1 << 16, 32
KEY_BYTES, SIGNATURE_BYTES, ID_BYTES = 32, 64, 4
CONTROLS = re.compile(rb"[\x00-\x09\x0b-\x1f]")


class Signer(Protocol):
    """A private key that stays where it is."""

    @property
    def public_key(self) -> bytes:
        """32 bytes."""
        ...

    def sign(self, message: bytes) -> bytes:
        """Return 64 bytes of Ed25519."""
        ...


def key_id(name: str, kind: bytes, public_key: bytes) -> bytes:
    """Return the four bytes by which a signature line names its key."""
    return hashlib.sha256(name.encode() + b"\n" + kind + public_key).digest()[:ID_BYTES]


@dataclass(frozen=True, slots=True)
class Verifier:
    """A public key under a name, for signatures of one kind."""

    name: str
    public_key: bytes
    kind: bytes = ED25519

    def __post_init__(self) -> None:
        if not _is_name(self.name):
            raise KeyRefused(f"{self.name!r} is no name of a key: no spaces, no plus")
        if self.kind not in {ED25519, COSIGNATURE} or len(self.public_key) != KEY_BYTES:
            raise KeyRefused(f"{self.name} is no Ed25519 key for notes or cosignatures")

    @property
    def id(self) -> bytes:
        """The four bytes by which a signature line names this key."""
        return key_id(self.name, self.kind, self.public_key)

    def __str__(self) -> str:
        key = base64.b64encode(self.kind + self.public_key).decode()
        return f"{self.name}+{self.id.hex()}+{key}"

    def verifies(self, text: bytes, signature: bytes) -> bool:
        """Whether this key made the signature of a text."""
        message = text
        if self.kind == COSIGNATURE:
            if len(signature) != 8 + SIGNATURE_BYTES:
                return False
            (posix_s,) = struct.unpack(">Q", signature[:8])
            message, signature = cosigned_message(text, posix_s), signature[8:]
        try:
            Ed25519PublicKey.from_public_bytes(self.public_key).verify(signature, message)
        except InvalidSignature:
            return False
        return True


def parsed_verifier(text: str) -> Verifier:
    """Return the key of a verifier line, name+id+base64."""
    name, _, rest = text.partition("+")
    _, _, encoded = rest.partition("+")
    try:
        key = base64.b64decode(encoded, validate=True)
    except ValueError:
        raise KeyRefused(f"no verifier key: {text[:80]!r}") from None
    found = Verifier(name, key[1:], key[:1])
    if str(found) != text:
        raise KeyRefused(f"no verifier key, or not the one it names: {text[:80]!r}")
    return found


def signed(text: bytes, name: str, signer: Signer) -> bytes:
    """Return a note: the text, which ends in a newline, and our signature."""
    line = key_id(name, ED25519, signer.public_key) + signer.sign(text)
    return text + b"\n" + _line(name, line)


def cosigned(note: bytes, name: str, signer: Signer, posix_s: int) -> bytes:
    """Return a note with our cosignature under it: we hold what it says since that time."""
    text, _ = parts(note)
    signature = struct.pack(">Q", posix_s) + signer.sign(cosigned_message(text, posix_s))
    return note + _line(name, key_id(name, COSIGNATURE, signer.public_key) + signature)


def cosigned_message(text: bytes, posix_s: int) -> bytes:
    """Return what a cosignature signs."""
    return b"cosignature/v1\ntime %d\n" % posix_s + text


def parts(note: bytes) -> tuple[bytes, list[tuple[str, bytes, bytes]]]:
    """Return the text of a note, and (name, key id, signature) of each line under it."""
    if len(note) > MOST_BYTES:
        raise FeedRefused("oversized", f"a note of {len(note)} bytes")
    text, blank, under = note.rpartition(b"\n\n")
    if not blank or not under.endswith(b"\n") or not _is_text(note):
        raise FeedRefused("malformed", "a note is a text, an empty line, and signatures")
    lines = under[:-1].split(b"\n")
    if len(lines) > MOST_SIGNATURES:
        raise FeedRefused("oversized", f"a note with {len(lines)} signatures")
    return text + b"\n", [_parsed_line(line) for line in lines]


def _parsed_line(line: bytes) -> tuple[str, bytes, bytes]:
    try:
        dash, name, encoded = line.decode().split(" ")
        signature = base64.b64decode(encoded, validate=True)
    except ValueError:
        raise FeedRefused("malformed", f"no signature line: {line[:80]!r}") from None
    if dash != "\N{EM DASH}" or not _is_name(name) or len(signature) <= ID_BYTES:
        raise FeedRefused("malformed", f"no signature line: {line[:80]!r}")
    return name, signature[:ID_BYTES], signature[ID_BYTES:]


def _is_text(note: bytes) -> bool:
    """Whether it is UTF-8 without control characters but newlines."""
    try:
        note.decode()
    except UnicodeDecodeError:
        return False
    return not CONTROLS.search(note)


def _is_name(name: str) -> bool:
    return bool(name) and name.isprintable() and not any(c.isspace() or c == "+" for c in name)


def opened(note: bytes, *verifiers: Verifier) -> bytes:
    """Return the text of a note that every one of these keys has signed."""
    text, lines = parts(note)
    for verifier in verifiers:
        if not _has_signed(verifier, text, lines):
            raise FeedRefused(
                "bad signature", f"{verifier.name} has not signed with the known key"
            )
    return text


def signers(note: bytes, verifiers: Sequence[Verifier]) -> list[Verifier]:
    """
    Return which of these keys have signed a note.

    A line by one of them that does not verify is a refusal, whoever else has signed.
    """
    text, lines = parts(note)
    return [verifier for verifier in verifiers if _has_signed(verifier, text, lines)]


def _has_signed(
    verifier: Verifier, text: bytes, lines: Sequence[tuple[str, bytes, bytes]]
) -> bool:
    mine = [line for line in lines if line[:2] == (verifier.name, verifier.id)]
    if not all(verifier.verifies(text, signature) for _, _, signature in mine):
        raise FeedRefused("bad signature", f"the signature of {verifier.name} is wrong")
    return bool(mine)


def _line(name: str, signature: bytes) -> bytes:
    return f"\N{EM DASH} {name} {base64.b64encode(signature).decode()}\n".encode()

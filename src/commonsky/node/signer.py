"""Private keys behind a port: files now, hardware later."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from commonsky.errors import KeyRefused

PRIVATE = 0o600


@dataclass(frozen=True, slots=True)
class FileSigner:
    """A key in a file; `name` tells nation and realm."""

    name: str
    key: Ed25519PrivateKey

    @property
    def public_key(self) -> bytes:
        """32 bytes."""
        return self.key.public_key().public_bytes_raw()

    def sign(self, message: bytes) -> bytes:
        """Return 64 bytes of Ed25519."""
        return self.key.sign(message)

    def __repr__(self) -> str:
        return f"FileSigner({self.name}, {self.public_key.hex()})"


def made_signer(path: Path, name: str, passphrase: bytes = b"") -> FileSigner:
    """Make a key, write it, encrypted where there is a passphrase, and return its signer."""
    key = Ed25519PrivateKey.generate()
    lock = BestAvailableEncryption(passphrase) if passphrase else NoEncryption()
    write_secret(path, key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, lock))
    return FileSigner(name, key)


def opened_signer(path: Path, name: str, passphrase: bytes = b"") -> FileSigner:
    """Return the signer of a key's file."""
    content = read_secret(path)
    try:
        key = load_pem_private_key(content, passphrase or None)
    except TypeError:
        why = "needs no passphrase" if passphrase else "needs its passphrase"
        raise KeyRefused(f"{path} {why}") from None
    except ValueError:
        why = "cannot be read with this passphrase" if passphrase else "holds no private key"
        raise KeyRefused(f"{path} {why}") from None
    if not isinstance(key, Ed25519PrivateKey):
        raise KeyRefused(f"{path} holds a key of another kind than Ed25519")
    return FileSigner(name, key)


def read_secret(path: Path) -> bytes:
    """Return a secret file's content; one that others may read is refused."""
    try:
        with path.open("rb") as stream:
            if os.fstat(stream.fileno()).st_mode & 0o077:
                raise KeyRefused(f"{path} can be read by others: chmod 600 it, or change the key")
            return stream.read(1 << 16)
    except FileNotFoundError:
        raise KeyRefused(f"there is no key {path}") from None
    except OSError as error:
        raise KeyRefused(f"{path} cannot be read: {error.strerror}") from error


def write_secret(path: Path, content: bytes) -> None:
    """Write a file that nobody else may read, durably; one that exists is not touched."""
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, PRIVATE)
    except FileExistsError:
        raise KeyRefused(f"{path} exists already; nothing was changed") from None
    with os.fdopen(handle, "wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())

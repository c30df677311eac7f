"""Signing with a key that lies in a file; hardware takes its place behind the same three words."""

from __future__ import annotations

from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from commonsky.errors import KeyRefused


class FileSigner:
    """An Ed25519 key in a PEM file."""

    def __init__(self, path: Path, passphrase: bytes | None = None) -> None:
        try:
            key = serialization.load_pem_private_key(path.read_bytes(), passphrase)
        except (OSError, ValueError, TypeError) as error:
            raise KeyRefused(f"the key {path} cannot be used: {error}") from None
        if not isinstance(key, Ed25519PrivateKey):
            raise KeyRefused(f"the key {path} is not of Ed25519")
        self._key = key
        self.public_key = key.public_key().public_bytes_raw()

    def sign(self, message: bytes) -> bytes:
        """Return 64 bytes of Ed25519."""
        return self._key.sign(message)


def write_key(path: Path, passphrase: bytes | None = None) -> FileSigner:
    """Make a key in a file that only its owner can read; one that exists is never replaced."""
    key = Ed25519PrivateKey.generate()
    encryption: serialization.KeySerializationEncryption = serialization.NoEncryption()
    if passphrase:
        encryption = serialization.BestAvailableEncryption(passphrase)
    content = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, encryption
    )
    write_secret(path, content)
    return FileSigner(path, passphrase)


def write_secret(path: Path, content: bytes) -> None:
    """Write a new file that only its owner can read."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.touch(mode=0o600, exist_ok=False)
    path.write_bytes(content)

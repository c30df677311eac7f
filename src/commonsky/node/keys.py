"""
A node's keys: made at init, changed and taken back with the root.

keys/ holds what nobody else may read: root.pem (move it to a safe), the keys of the logs, the key
of the TLS authority; and key-log, which everybody may.  partner/ holds what the partner listener
needs: its certificate and that one's key.  All of them belong to one nation in one realm.

Times are those of the computer's clock, as TLS compares certificates with it.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from commonsky.errors import KeyRefused
from commonsky.node import certificates
from commonsky.node.signer import (
    FileSigner,
    made_signer,
    opened_signer,
    read_secret,
    write_secret,
)
from commonsky.share import key_log
from commonsky.share.certificates import fingerprint
from commonsky.share.key_log import KEY_LOG, KeyLog
from commonsky.share.log.directory import write_whole

ROOT, AUTHORITY_KEY = "root.pem", "authority-key.pem"
CERTIFICATE, KEY = "certificate.pem", "key.pem"
MOVE_IT = (
    "{path} signs all other keys, and nothing else. Move it to a safe now: this node runs without "
    "it. It is needed to invite partners, to change a key, and to revoke a stolen one."
)


@dataclass(frozen=True, slots=True)
class Keys:
    """Where the keys of one node are."""

    folder: Path
    partner: Path
    nation: str
    realm: str

    @property
    def root_path(self) -> Path:
        """Where the root is until it lies in a safe."""
        return self.folder / ROOT

    @property
    def advice(self) -> str:
        """What whoever made the keys must do now."""
        return MOVE_IT.format(path=self.root_path)

    def log(self) -> KeyLog:
        """Return our own key log, verified."""
        try:
            content = (self.folder / KEY_LOG).read_bytes()
        except OSError as error:
            raise KeyRefused(f"{self.folder} has no keys: {error.strerror}") from error
        statements = key_log.decoded(content)
        if not statements:
            raise KeyRefused(f"{self.folder / KEY_LOG} is empty")
        log = key_log.verify_key_log(statements, (self.folder / "root.pub").read_bytes())
        if (log.nation, log.realm) != (self.nation, self.realm):
            raise KeyRefused(
                f"the keys in {self.folder} are of {log.nation} in {log.realm}, but this node is "
                f"{self.nation} in {self.realm}"
            )
        return log

    def root(self, passphrase: bytes = b"", path: Path | None = None) -> FileSigner:
        """Return the root, from the safe."""
        root = opened_signer(path or self.root_path, self._name("root"), passphrase)
        if root.public_key != self.log().root:
            raise KeyRefused(f"{path or self.root_path} is another node's root")
        return root

    def signer(self) -> FileSigner:
        """Return the standing key of the logs."""
        public_key = self.log().key.public_key
        signer = opened_signer(self._log_key_path(public_key), self._name("log"))
        if signer.public_key != public_key:
            raise KeyRefused(f"{self._log_key_path(public_key)} holds another key than its name")
        return signer

    def rotate(
        self, root: FileSigner, good: Mapping[str, tuple[int, bytes]], now_tai_ns: int
    ) -> KeyLog:
        """
        Put another key in the place of the standing one; `good` as in `revoke`.

        Killed at any moment, either the old or the new key stands.
        """
        old, new = self.signer(), self._made_log_key()
        log = key_log.rotated(self.log(), root, old, new.public_key, good, now_tai_ns)
        return self._kept(log)

    def revoke(
        self, root: FileSigner, good: Mapping[str, tuple[int, bytes]], now_tai_ns: int
    ) -> KeyLog:
        """
        Take the standing key back, and the TLS certificate with it; put others in their place.

        `good` are size and root of each log, by origin, up to which the key was ours alone.
        """
        new = self._made_log_key()
        stolen = fingerprint(certificates.der(self.certificate()))
        log = key_log.revoked(self.log(), root, new.public_key, good, now_tai_ns, [stolen])
        self._kept(log)
        self._issue(now_tai_ns)
        return log

    def certificate(self) -> x509.Certificate:
        """Return the certificate with which this node serves and asks."""
        path = self.partner / KEY
        try:
            return x509.load_pem_x509_certificate(read_secret(path))
        except ValueError as error:
            raise KeyRefused(f"{path} holds no certificate: {error}") from None

    def renew(self, now_tai_ns: int) -> bool:
        """Issue another certificate if the present one has less than a month; say whether."""
        present = self.certificate()
        # Void ones are left where a revocation was cut off before its last step.
        is_void = fingerprint(certificates.der(present)) in self.log().revoked_certificates
        if not is_void and not certificates.is_due(present, now_tai_ns):
            return False
        self._issue(now_tai_ns)
        return True

    def publish(self, outboxes: Iterable[Path]) -> None:
        """Lay our key log into these recipients' outboxes, where it is not there already."""
        content = key_log.encoded(self.log())
        for folder in outboxes:
            path = folder / KEY_LOG
            if not path.exists() or path.read_bytes() != content:
                write_whole(path, content)

    def _issue(self, now_tai_ns: int) -> None:
        """Make a new key and certificate for TLS."""
        authority = x509.load_der_x509_certificate(self.log().authority)
        issuer_key = load_pem_private_key(read_secret(self.folder / AUTHORITY_KEY), None)
        if not isinstance(issuer_key, ec.EllipticCurvePrivateKey):
            raise KeyRefused(f"{self.folder / AUTHORITY_KEY} holds a key of another kind")
        key = ec.generate_private_key(ec.SECP256R1())
        made = certificates.leaf(
            self.nation, self.realm, key.public_key(), authority, issuer_key, now_tai_ns
        )
        # One file, since key and certificate must change in one step.
        replace_secret(self.partner / KEY, certificates.pem(made) + _pem(key))
        write_whole(self.partner / CERTIFICATE, certificates.pem(made))

    def _made_log_key(self) -> FileSigner:
        temporary = self.folder / "log-new.pem"
        temporary.unlink(missing_ok=True)
        signer = made_signer(temporary, self._name("log"))
        temporary.rename(self._log_key_path(signer.public_key))
        return signer

    def _log_key_path(self, public_key: bytes) -> Path:
        return self.folder / f"log-{public_key.hex()[:16]}.pem"

    def _kept(self, log: KeyLog) -> KeyLog:
        write_whole(self.folder / KEY_LOG, key_log.encoded(log))
        for path in self.folder.glob("log-*.pem"):
            # A key that speaks no more is of use to thieves alone.
            if path != self._log_key_path(log.key.public_key):
                path.unlink()
        return log

    def _name(self, what: str) -> str:
        return f"commonsky/{self.realm}/{self.nation}/{what}"


def made_keys(
    folder: Path,
    partner: Path,
    nation: str,
    realm: str,
    now_tai_ns: int,
    passphrase: bytes = b"",
) -> Keys:
    """Make all keys of a new node; the root is encrypted where there is a passphrase."""
    keys = Keys(folder, partner, nation, realm)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.chmod(0o700)
    partner.mkdir(mode=0o755, parents=True, exist_ok=True)
    (partner / "peers").mkdir(mode=0o755, exist_ok=True)
    if (folder / KEY_LOG).exists():
        raise KeyRefused(f"{folder} holds keys already; nothing was changed")
    root = made_signer(keys.root_path, keys._name("root"), passphrase)  # noqa: SLF001
    log_key = keys._made_log_key()  # noqa: SLF001
    issuer_key = ec.generate_private_key(ec.SECP256R1())
    write_secret(folder / AUTHORITY_KEY, _pem(issuer_key))
    authority = certificates.der(certificates.authority(nation, realm, issuer_key, now_tai_ns))
    write_whole(folder / "root.pub", root.public_key)
    log = key_log.begun(nation, realm, root, log_key.public_key, authority, now_tai_ns)
    keys._kept(log)  # noqa: SLF001
    keys._issue(now_tai_ns)  # noqa: SLF001
    return keys


def replace_secret(path: Path, content: bytes) -> None:
    """Put a secret file in the place of another in one step."""
    temporary = path.with_name(path.name + ".new")
    temporary.unlink(missing_ok=True)
    write_secret(temporary, content)
    os.replace(temporary, path)  # noqa: PTH105 - as Path.replace, beside os.open


def _pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())

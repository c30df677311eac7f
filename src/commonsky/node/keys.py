"""A node's keys: an offline root, the log key it signed, and the certificates of its listener."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path

import msgspec
import numpy as np
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from commonsky.astro.epoch import utc_ns
from commonsky.errors import KeyRefused
from commonsky.node.signer import FileSigner, write_key, write_secret
from commonsky.share.key_log import (
    GENESIS,
    REVOCATION,
    ROTATION,
    LastGood,
    Statement,
    as_text,
)
from commonsky.share.log.note import Signer

ROOT, LOG, KEY_LOG = "root.pem", "log.pem", "key-log.jsonl"
AUTHORITY, AUTHORITY_KEY = "authority.crt", "authority.pem"
TLS, TLS_KEY = "listener.crt", "listener.pem"
AUTHORITY_DAYS, TLS_DAYS = 3650, 825
NS_PER_S = 1_000_000_000


def make(folder: Path, partner: Path, nation: str, realm: str, now_tai_ns: int) -> None:
    """Make all keys of a new node: root, log key, TLS authority and listener certificate."""
    root = write_key(folder / ROOT)
    log = write_key(folder / LOG)
    first = Statement(
        kind=GENESIS, nation=nation, realm=realm, key=as_text(log.public_key), at_tai_ns=now_tai_ns
    )
    _append(folder, _signed(first, root))
    write_certificates(folder, partner, nation, realm, now_tai_ns)


def statements(folder: Path) -> list[Statement]:
    """Return the key log of a node."""
    try:
        lines = (folder / KEY_LOG).read_bytes().splitlines()
        return [msgspec.json.decode(line, type=Statement) for line in lines]
    except (OSError, msgspec.DecodeError) as error:
        raise KeyRefused(f"the key log in {folder} cannot be read: {error}") from None


def rotate(folder: Path, root: Signer, now_tai_ns: int) -> FileSigner:
    """Put a new log key in the place of the old one; signed by the root and by the old key."""
    old = FileSigner(folder / LOG)
    told = statements(folder)
    new_path = folder / f"log-{len(told)}.pem"
    new = write_key(new_path)
    first = told[0]
    link = Statement(
        kind=ROTATION, nation=first.nation, realm=first.realm, key=as_text(new.public_key),
        at_tai_ns=now_tai_ns, before=told[-1].digest,
    )  # fmt: skip
    by_old = as_text(old.sign(link.unsigned()))
    _append(folder, msgspec.structs.replace(_signed(link, root), by_old_key=by_old))
    new_path.replace(folder / LOG)
    return FileSigner(folder / LOG)


def revoke(
    folder: Path, root: Signer, last_good: Sequence[LastGood], now_tai_ns: int
) -> FileSigner:
    """Declare the log key stolen: what it signed beyond `last_good` is disputed, not deleted."""
    told = statements(folder)
    new_path = folder / f"log-{len(told)}.pem"
    new = write_key(new_path)
    first = told[0]
    link = Statement(
        kind=REVOCATION, nation=first.nation, realm=first.realm, key=as_text(new.public_key),
        at_tai_ns=now_tai_ns, before=told[-1].digest, last_good=tuple(last_good),
    )  # fmt: skip
    _append(folder, _signed(link, root))
    new_path.replace(folder / LOG)
    return FileSigner(folder / LOG)


def write_certificates(
    folder: Path, partner: Path, nation: str, realm: str, now_tai_ns: int
) -> None:
    """Make a TLS authority if there is none, and a certificate for listener and client by it."""
    now = _datetime(now_tai_ns)
    if not (folder / AUTHORITY).exists():
        key = ec.generate_private_key(ec.SECP256R1())
        write_secret(folder / AUTHORITY_KEY, _pem(key))
        name = _name(nation, realm, "authority")
        certificate = (
            _builder(name, name, key, now, AUTHORITY_DAYS)
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(_usage(signs_certificates=True), critical=True)
            .sign(key, hashes.SHA256())
        )
        (folder / AUTHORITY).write_bytes(_encoded(certificate))
    authority = x509.load_pem_x509_certificate((folder / AUTHORITY).read_bytes())
    by = serialization.load_pem_private_key((folder / AUTHORITY_KEY).read_bytes(), None)
    leaf = ec.generate_private_key(ec.SECP256R1())
    usages = [ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH]
    certificate = (
        _builder(_name(nation, realm, "listener"), authority.subject, leaf, now, TLS_DAYS)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs_certificates=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage(usages), critical=False)
        .add_extension(
            x509.SubjectAlternativeName([x509.DNSName(host_name(nation, realm))]), critical=False
        )
        .sign(by, hashes.SHA256())  # type: ignore[arg-type]
    )
    (partner / TLS_KEY).unlink(missing_ok=True)
    write_secret(partner / TLS_KEY, _pem(leaf))
    (partner / TLS).write_bytes(_encoded(certificate))
    (partner / AUTHORITY).write_bytes(_encoded(authority))


def host_name(nation: str, realm: str) -> str:
    """Return the name in a nation's certificate, whatever address it is reached by."""
    return f"{nation.lower()}.{realm.replace('/', '.').replace('_', '-').lower()}.commonsky"


def _name(nation: str, realm: str, what: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, nation),
            x509.NameAttribute(NameOID.ORGANIZATIONAL_UNIT_NAME, realm),
            x509.NameAttribute(NameOID.COMMON_NAME, f"commonsky {what}"),
        ]
    )


def _builder(
    subject: x509.Name,
    issuer: x509.Name,
    key: ec.EllipticCurvePrivateKey,
    now: dt.datetime,
    days: int,
) -> x509.CertificateBuilder:
    public = key.public_key()
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=days))
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
    )


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        encipher_only=False,
        decipher_only=False,
    )


def _datetime(epoch_tai_ns: int) -> dt.datetime:
    seconds = int(utc_ns(np.array([epoch_tai_ns]))[0]) // NS_PER_S
    return dt.datetime.fromtimestamp(seconds, dt.UTC)


def _pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )


def _encoded(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)


def _signed(statement: Statement, root: Signer) -> Statement:
    return msgspec.structs.replace(statement, by_root=as_text(root.sign(statement.unsigned())))


def _append(folder: Path, statement: Statement) -> None:
    with (folder / KEY_LOG).open("ab") as stream:
        stream.write(msgspec.json.encode(statement, order="deterministic") + b"\n")

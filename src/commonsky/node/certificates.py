"""TLS certificates made: an authority for each node, and short-lived ones that it issues."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID

from commonsky.astro.epoch import NS_PER_S
from commonsky.astro.utc import utc_ns
from commonsky.share.certificates import authority_name, tls_name

AUTHORITY_LASTS, LEAF_LASTS, RENEWED_BEFORE = (timedelta(days=days) for days in (7300, 90, 30))
CLOCKS_APART = timedelta(hours=1)  # at most, of partners
NOTHING_ELSE = {
    "content_commitment": False, "key_encipherment": False, "data_encipherment": False,
    "key_agreement": False, "encipher_only": False, "decipher_only": False,
}  # fmt: skip


def moment(now_tai_ns: int) -> datetime:
    """Return a time as certificates tell it, to the second."""
    posix_s = int(utc_ns(np.array([now_tai_ns]))[0]) // NS_PER_S
    return datetime.fromtimestamp(posix_s, UTC)


def authority(
    nation: str, realm: str, key: ec.EllipticCurvePrivateKey, now_tai_ns: int
) -> x509.Certificate:
    """Return a nation's authority: for its own names in this realm and no others."""
    name = authority_name(nation, realm)
    began = moment(now_tai_ns) - CLOCKS_APART
    confined = x509.NameConstraints([x509.DNSName(tls_name(nation, realm))], None)
    identifier = x509.SubjectKeyIdentifier.from_public_key(key.public_key())
    return (
        _certificate(name, name, key.public_key(), began, AUTHORITY_LASTS)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(
            x509.KeyUsage(
                digital_signature=False, key_cert_sign=True, crl_sign=True, **NOTHING_ELSE
            ),
            critical=True,
        )
        .add_extension(confined, critical=True)
        .add_extension(identifier, critical=False)
        .sign(key, hashes.SHA256())
    )


def leaf(
    nation: str,
    realm: str,
    public_key: ec.EllipticCurvePublicKey,
    issuer: x509.Certificate,
    issuer_key: ec.EllipticCurvePrivateKey,
    now_tai_ns: int,
) -> x509.Certificate:
    """Return the certificate with which a node serves and asks."""
    names = [
        x509.NameAttribute(x509.NameOID.ORGANIZATION_NAME, f"commonsky {realm}"),
        x509.NameAttribute(x509.NameOID.COMMON_NAME, nation),
    ]
    purposes = [ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH]
    began = moment(now_tai_ns) - CLOCKS_APART
    return (
        _certificate(x509.Name(names), issuer.subject, public_key, began, LEAF_LASTS)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(
            x509.KeyUsage(
                digital_signature=True, key_cert_sign=False, crl_sign=False, **NOTHING_ELSE
            ),
            critical=True,
        )
        .add_extension(x509.ExtendedKeyUsage(purposes), critical=False)
        .add_extension(
            x509.SubjectAlternativeName([x509.DNSName(tls_name(nation, realm))]), critical=False
        )
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public_key), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()),
            critical=False,
        )
        .sign(issuer_key, hashes.SHA256())
    )


def is_due(certificate: x509.Certificate, now_tai_ns: int) -> bool:
    """Whether a certificate should be renewed now."""
    return moment(now_tai_ns) >= certificate.not_valid_after_utc - RENEWED_BEFORE


def pem(certificate: x509.Certificate) -> bytes:
    """Return a certificate as PEM."""
    return certificate.public_bytes(Encoding.PEM)


def der(certificate: x509.Certificate) -> bytes:
    """Return a certificate as DER."""
    return certificate.public_bytes(Encoding.DER)


def _certificate(
    subject: x509.Name,
    issuer: x509.Name,
    public_key: ec.EllipticCurvePublicKey,
    began: datetime,
    lasts: timedelta,
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(public_key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(began)
        .not_valid_after(began + lasts)
    )

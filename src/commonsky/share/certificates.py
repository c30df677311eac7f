"""TLS certificates of nodes: what a nation's authority must be, and the names it may issue."""

from __future__ import annotations

import hashlib

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.serialization import Encoding

from commonsky.errors import KeyRefused


def tls_name(nation: str, realm: str) -> str:
    """
    Return the name in a node's certificate: nation and realm, not where it happens to run.

    The id of an exercise may hold what no DNS name can, so it stands there as a hash.
    """
    kind, _, name = realm.partition("/")
    if name:
        kind += "-" + hashlib.sha256(name.encode()).hexdigest()[:12]
    return f"{nation}.{kind}.commonsky".lower()


def fingerprint(certificate: bytes) -> str:
    """Return the SHA-256 of a certificate in DER, in hexadecimal."""
    return hashlib.sha256(certificate).hexdigest()


def authority_name(nation: str, realm: str) -> x509.Name:
    """Return the subject of a nation's authority."""
    return x509.Name(
        [
            x509.NameAttribute(x509.NameOID.ORGANIZATION_NAME, f"commonsky {realm}"),
            x509.NameAttribute(x509.NameOID.COMMON_NAME, f"{nation} authority"),
        ]
    )


def checked_authority(certificate: bytes, nation: str, realm: str) -> x509.Certificate:
    """
    Return the authority of a nation, from DER.

    It must sign itself, name nation and realm, issue no further authorities, and be confined to
    the names of that nation in that realm.
    """
    try:
        found = x509.load_der_x509_certificate(certificate)
        found.verify_directly_issued_by(found)
        basic = found.extensions.get_extension_for_class(x509.BasicConstraints).value
        names = found.extensions.get_extension_for_class(x509.NameConstraints)
        usage = found.extensions.get_extension_for_class(x509.KeyUsage).value
    except (ValueError, TypeError, InvalidSignature, x509.ExtensionNotFound) as error:
        raise KeyRefused(f"the certificate of {nation} is no authority's: {error}") from None
    expected = [x509.DNSName(tls_name(nation, realm))]
    if found.subject != authority_name(nation, realm):
        raise KeyRefused(
            f"the authority of {nation} in {realm} calls itself {found.subject.rfc4514_string()}"
        )
    if not basic.ca or basic.path_length != 0 or not usage.key_cert_sign:
        raise KeyRefused(f"the authority of {nation} could make other authorities, or none")
    if not names.critical or names.value.permitted_subtrees != expected:
        raise KeyRefused(f"the authority of {nation} is not confined to {expected[0].value}")
    return found


def authority_pem(certificate: bytes) -> bytes:
    """Return a certificate in DER as PEM."""
    return x509.load_der_x509_certificate(certificate).public_bytes(Encoding.PEM)

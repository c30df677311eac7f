"""Who is at the door: certificates of partners, each vouched for by its own nation alone."""

from __future__ import annotations

import os
import re
import ssl
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.serialization import Encoding

from commonsky.share.certificates import fingerprint
from commonsky.share.partner import files

KEY, PEERS = "key.pem", "peers"
AUTHORITY = re.compile(r"([A-Z]{3})\.pem")
MOST_BYTES = 1 << 18


class Stranger(Exception):
    """A certificate that is nobody's we know, though some authority vouched for it."""


@dataclass(frozen=True, slots=True)
class Voucher:
    """Who vouches for a partner, and the fingerprints of what they issued that is void."""

    nation: str
    authority: x509.Certificate
    void: frozenset[str]


def vouchers(folder: int) -> dict[str, Voucher]:
    """Read who vouches for our partners, from files NATION.pem and NATION.void under peers/."""
    found = {}
    peers = os.open(PEERS, files.FOLDER, dir_fd=folder)
    try:
        for name in sorted(os.listdir(peers)):  # noqa: PTH208 - of an open folder
            named = AUTHORITY.fullmatch(name)
            if named is None:
                continue
            nation = named[1]
            try:
                authority = x509.load_pem_x509_certificate(files.read(peers, name, MOST_BYTES))
            except (FileNotFoundError, ValueError):
                continue  # gone just now, or no certificate: whoever it is, is not let in
            found[nation] = Voucher(nation, authority, _void(peers, nation))
    finally:
        os.close(peers)
    return found


def _void(peers: int, nation: str) -> frozenset[str]:
    try:
        return frozenset(files.read(peers, f"{nation}.void", MOST_BYTES).decode().split())
    except FileNotFoundError:
        return frozenset()


def server_context(folder: Path, known: dict[str, Voucher]) -> ssl.SSLContext:
    """Return what the listener offers: TLS 1.3 for clients that some partner vouches for."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    _harden(context)
    context.verify_mode = ssl.CERT_REQUIRED
    # A resumed session would skip the certificate, which may have been taken back meanwhile.
    context.num_tickets = 0
    context.load_cert_chain(folder / KEY)
    for voucher in known.values():
        context.load_verify_locations(cadata=voucher.authority.public_bytes(Encoding.DER))
    return context


def client_context(folder: Path, voucher: Voucher) -> ssl.SSLContext:
    """Return what we ask a partner with: our certificate, and trust in their authority alone."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    _harden(context)
    context.load_cert_chain(folder / KEY)
    context.load_verify_locations(cadata=voucher.authority.public_bytes(Encoding.DER))
    return context


def nation_of(certificate: bytes, known: dict[str, Voucher]) -> str:
    """
    Return the nation that a verified certificate in DER is of.

    The authority of one nation cannot vouch for another: it must have issued the certificate
    directly, and the certificate must name that nation.
    """
    leaf = x509.load_der_x509_certificate(certificate)
    names = leaf.subject.get_attributes_for_oid(x509.NameOID.COMMON_NAME)
    nation = str(names[0].value) if len(names) == 1 else ""
    voucher = known.get(nation)
    if voucher is None:
        raise Stranger("no partner")
    check_issued(leaf, voucher)
    return nation


def check_issued(leaf: x509.Certificate, voucher: Voucher) -> None:
    """Refuse a certificate that this partner's authority did not issue, or that is void."""
    try:
        leaf.verify_directly_issued_by(voucher.authority)
    except (ValueError, TypeError, InvalidSignature):
        raise Stranger("wrong nation") from None
    if fingerprint(leaf.public_bytes(Encoding.DER)) in voucher.void:
        raise Stranger("revoked key")


def expected_name(voucher: Voucher) -> str:
    """Return the TLS name that a partner's authority is confined to."""
    extension = voucher.authority.extensions.get_extension_for_class(x509.NameConstraints)
    permitted = extension.value.permitted_subtrees or []
    return next((name.value for name in permitted if isinstance(name, x509.DNSName)), "")


def _harden(context: ssl.SSLContext) -> None:
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    context.verify_flags |= ssl.VerifyFlags.VERIFY_X509_STRICT

"""The border between nations: who is let in, what they get, and what a bad day does to it."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import socket
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from commonsky.errors import FeedRefused, NodeError, PeerUnreachable
from commonsky.node import certificates
from commonsky.node.clock import now_tai_ns
from commonsky.share.certificates import authority_name, fingerprint, tls_name
from commonsky.share.connection import Patience
from commonsky.share.log.directory import Missing
from commonsky.share.partner import limits
from commonsky.share.partner.confinement import confinement
from commonsky.share.partner.process import PartnerProcess
from tests.border_case import Nation, friends

DAY_NS = 86_400 * 10**9
BUNDLE = os.urandom(150_000)


@pytest.fixture
def nations(tmp_path: Path) -> list[Nation]:
    """AUS, which serves, and two that ask."""
    made = friends(tmp_path, "AUS", "GBR", "NOR")
    made[0].signs("GBR", 5)
    made[0].releases("GBR", "tile/entries/000", BUNDLE)
    made[0].releases("NOR", "secret", b"for NOR alone")
    return made


def until(holds: Callable[[], bool], seconds: float = 20.0) -> bool:
    ends_s = time.monotonic() + seconds
    while time.monotonic() < ends_s:
        if holds():
            return True
        time.sleep(0.01)
    return False


@contextlib.contextmanager
def raw(
    port: int, key: Path | None, source: str = "127.0.0.1", *, newest: bool = True
) -> Iterator[ssl.SSLSocket]:
    """A client that keeps to no rules but its own."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    if not newest:
        context.maximum_version = ssl.TLSVersion.TLSv1_2
    if key is not None:
        context.load_cert_chain(key)
    plain = socket.create_connection(("127.0.0.1", port), 10, (source, 0))
    with context.wrap_socket(plain) as secure:
        yield secure


def said(secure: ssl.SSLSocket, request: bytes) -> bytes:
    """All that the other side says to a request, until it ends the connection or falls silent."""
    answer = b""
    secure.settimeout(0.5)
    with contextlib.suppress(OSError):
        secure.sendall(request)
        while piece := secure.recv(1 << 16):
            answer += piece
    return answer


def test_a_partner_reads_its_own_folder_and_no_other(nations: list[Nation]) -> None:
    aus, gbr, nor = nations
    with aus.listening() as listener:
        with gbr.asking(listener.port, "AUS") as feed:
            assert feed.read("tile/entries/000", most_bytes=1 << 20) == BUNDLE
            assert feed.read("checkpoint", most_bytes=1000).startswith(b"origin\n5\n")
            for path in ("secret", "tile/entries/001", "tile", "checkpoint/x"):
                with pytest.raises(Missing):
                    feed.read(path, most_bytes=1000)
        with nor.asking(listener.port, "AUS") as feed:
            assert feed.read("secret", most_bytes=1000) == b"for NOR alone"
            with pytest.raises(Missing):
                feed.read("checkpoint", most_bytes=1000)


def test_no_path_of_a_wild_client_leads_out(nations: list[Nation]) -> None:
    aus, gbr, _ = nations
    with aus.listening() as listener:
        for path in (
            b"/../NOR/secret", b"/%2e%2e/NOR/secret", b"/..%2fNOR/secret", b"/./../NOR/secret",
            b"//NOR/secret", b"/NOR/secret", b"/../../keys/root.pem", b"/\\..\\NOR\\secret",
            b"/tile/../../NOR/secret", b"http://x/../NOR/secret", b"/..\0/NOR/secret",
        ):  # fmt: skip
            with raw(listener.port, gbr.tls / "key.pem") as secure:
                request = b"GET " + path + b" HTTP/1.1\r\nConnection: close\r\n\r\n"
                answer = said(secure, request)
            assert re.match(rb"HTTP/1\.1 40[04] ", answer), (path, answer)
            assert b"alone" not in answer


def test_answers_come_in_the_order_of_requests_asked_ahead(nations: list[Nation]) -> None:
    aus, gbr, _ = nations
    paths = [f"tile/entries/{n:03}" for n in range(40)]
    for n, path in enumerate(paths):
        aus.releases("GBR", path, b"%d" % n * 1000)
    with aus.listening() as listener, gbr.asking(listener.port, "AUS") as feed:
        feed.expect(paths)
        feed.expect(paths)
        found = [feed.read(path, most_bytes=1 << 20) for path in paths[:20]]
        assert found == [b"%d" % n * 1000 for n in range(20)]
        # Whoever changes their mind gets what they ask for.
        assert feed.read(paths[0], most_bytes=1 << 20) == b"0" * 1000
        feed.expect([*paths[:3], "tile/entries/999"])
        assert feed.read(paths[0], most_bytes=1 << 20) == b"0" * 1000
        feed.expect(paths[1:3])
        assert feed.read(paths[1], most_bytes=1 << 20) == b"1" * 1000


def test_what_is_longer_than_it_may_be_is_refused_before_it_is_read(nations: list[Nation]) -> None:
    aus, gbr, _ = nations
    with aus.listening() as listener, gbr.asking(listener.port, "AUS") as feed:
        with pytest.raises(FeedRefused) as refused:
            feed.read("tile/entries/000", most_bytes=len(BUNDLE) - 1)
        assert refused.value.reason == "oversized"
        assert feed.read("tile/entries/000", most_bytes=len(BUNDLE)) == BUNDLE


# Waiting for news.


def test_a_ring_wakes_whoever_waits_and_nobody_else(nations: list[Nation]) -> None:
    aus, gbr, nor = nations
    woken: dict[str, bool] = {}
    with (
        aus.listening() as listener,
        gbr.asking(listener.port, "AUS") as to_gbr,
        nor.asking(listener.port, "AUS") as to_nor,
    ):
        assert to_gbr.wait(0, 20.0)  # there is something beyond 0 already
        waits = [
            threading.Thread(target=lambda: woken.update(GBR=to_gbr.wait(5, 20.0))),
            threading.Thread(target=lambda: woken.update(NOR=to_nor.wait(0, 1.0))),
        ]
        for wait in waits:
            wait.start()
        time.sleep(0.3)
        assert not woken
        aus.signs("GBR", 6)
        listener.ring("GBR")
        for wait in waits:
            wait.join()
        assert woken == {"GBR": True, "NOR": False}
        # The answer that was too late for NOR comes to its next question.
        aus.signs("NOR", 1)
        listener.ring("NOR")
        assert to_nor.wait(0, 10.0)


def test_news_is_seen_also_when_nobody_rings(nations: list[Nation]) -> None:
    aus, gbr, _ = nations
    with aus.listening() as listener, gbr.asking(listener.port, "AUS") as feed:
        threading.Timer(0.5, aus.signs, ("GBR", 6)).start()
        assert feed.wait(5, 20.0)


def test_a_log_that_shrank_is_news_too(nations: list[Nation]) -> None:
    aus, gbr, _ = nations
    with aus.listening() as listener, gbr.asking(listener.port, "AUS") as feed:
        assert feed.wait(1000, 5.0)


def test_closing_ends_a_wait(nations: list[Nation]) -> None:
    aus, gbr, _ = nations
    with aus.listening() as listener, gbr.asking(listener.port, "AUS") as feed:
        threading.Timer(0.3, feed.close).start()
        with pytest.raises(PeerUnreachable):
            feed.wait(5, 20.0)
        with pytest.raises(PeerUnreachable, match="closed here"):
            feed.read("checkpoint", most_bytes=1000)


# Who is let in.


def test_whoever_shows_no_certificate_gets_nothing(nations: list[Nation]) -> None:
    with nations[0].listening() as listener:
        for newest in (True, False):
            try:
                with raw(listener.port, None, newest=newest) as secure:
                    answer = said(secure, b"GET /checkpoint HTTP/1.1\r\n\r\n")
            except ssl.SSLError:
                answer = b""
            assert answer == b""
        assert until(lambda: listener.counts.get("no handshake", 0) == 2)


def test_older_tls_is_not_spoken(nations: list[Nation]) -> None:
    aus, gbr, _ = nations
    with (
        aus.listening() as listener,
        pytest.raises(ssl.SSLError),
        raw(listener.port, gbr.tls / "key.pem", newest=False),
    ):
        pass


def refusal(asker: Nation, port: int, peer: str = "AUS") -> str:
    """Why a nation cannot read."""
    with (
        asker.asking(port, peer) as feed,
        pytest.raises((PeerUnreachable, FeedRefused)) as refused,
    ):
        feed.read("checkpoint", most_bytes=1000)
    assert not isinstance(refused.value, Missing)
    return str(refused.value)


def test_a_stranger_and_an_exercise_are_not_let_in(nations: list[Nation], tmp_path: Path) -> None:
    aus = nations[0]
    stranger = Nation(tmp_path / "s", "USA")
    exercise = Nation(tmp_path / "e", "GBR", "exercise/gs26")
    with aus.listening() as listener:
        for asker in (stranger, exercise):
            asker.knows(aus)
            assert "does not accept our certificate" in refusal(asker, listener.port)


def issued(nation: Nation, named: str, now_tai_ns: int) -> None:
    """Let a nation's authority make a certificate in another name, and the nation use it."""
    key = ec.generate_private_key(ec.SECP256R1())
    authority = x509.load_der_x509_certificate(nation.keys.log().authority)
    leaf = certificates.leaf(
        named, "ops", key.public_key(), authority, authority_key(nation), now_tai_ns
    )
    write_chain(nation, key, leaf)


def authority_key(nation: Nation) -> ec.EllipticCurvePrivateKey:
    content = (nation.folder / "keys" / "authority-key.pem").read_bytes()
    key = serialization.load_pem_private_key(content, None)
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    return key


def write_chain(nation: Nation, key: ec.EllipticCurvePrivateKey, *chain: x509.Certificate) -> None:
    secret = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    content = b"".join(certificates.pem(one) for one in chain) + secret
    (nation.tls / "key.pem").write_bytes(content)


def test_no_authority_vouches_for_another_nation(nations: list[Nation]) -> None:
    aus, _, nor = nations
    aus.releases("GBR", "secret", b"for GBR alone")
    with aus.listening() as listener:
        issued(nor, "GBR", now_tai_ns())
        assert "does not accept" in refusal(nor, listener.port)
        # In its own TLS name, but calling itself GBR: past OpenSSL, and not past us.
        key = ec.generate_private_key(ec.SECP256R1())
        authority = x509.load_der_x509_certificate(nor.keys.log().authority)
        write_chain(nor, key, disguised(key, authority, authority_key(nor), "GBR", "NOR"))
        assert "403" in refusal(nor, listener.port)
        assert "wrong nation" in refusal(nor, listener.port)
        assert until(lambda: listener.counts.get("wrong nation", 0) == 2)


def disguised(
    key: ec.EllipticCurvePrivateKey,
    issuer: x509.Certificate,
    issuer_key: ec.EllipticCurvePrivateKey,
    called: str,
    nation: str,
    *,
    authority: bool = False,
) -> x509.Certificate:
    """A certificate that calls itself something else than its TLS name says."""
    now = certificates.moment(now_tai_ns())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, called)])
    return (
        x509.CertificateBuilder()
        .subject_name(authority_name(called, "ops") if authority else name)
        .issuer_name(issuer.subject)
        .public_key(key.public_key())
        .serial_number(7)
        .not_valid_before(now - certificates.CLOCKS_APART)
        .not_valid_after(now + certificates.LEAF_LASTS)
        .add_extension(
            x509.BasicConstraints(ca=authority, path_length=0 if authority else None),
            critical=True,
        )
        .add_extension(
            x509.SubjectAlternativeName([x509.DNSName(tls_name(nation, "ops"))]), critical=False
        )
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()),
            critical=False,
        )
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(issuer_key, hashes.SHA256())
    )


def test_no_authority_makes_other_authorities(nations: list[Nation]) -> None:
    aus, _, nor = nations
    root, root_key = x509.load_der_x509_certificate(nor.keys.log().authority), authority_key(nor)
    between_key, key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    between = disguised(between_key, root, root_key, "GBR", "NOR", authority=True)
    leaf = disguised(key, between, between_key, "GBR", "NOR")
    with aus.listening() as listener:
        write_chain(nor, key, leaf, between)
        assert "does not accept our certificate" in refusal(nor, listener.port)


def test_expired_certificates_are_named_on_both_sides(nations: list[Nation]) -> None:
    aus, gbr, nor = nations
    issued(gbr, "GBR", now_tai_ns() - 100 * DAY_NS)
    with aus.listening() as listener:
        assert "expired" in refusal(gbr, listener.port)
        assert until(lambda: listener.counts.get("certificate has expired", 0) == 1)
    issued(aus, "AUS", now_tai_ns() - 100 * DAY_NS)
    with aus.listening() as listener:
        assert refusal(nor, listener.port).startswith("expired: ")


def test_revoked_certificates_are_named_on_both_sides(nations: list[Nation]) -> None:
    aus, gbr, nor = nations
    stolen = fingerprint(certificates.der(gbr.keys.certificate()))
    (aus.tls / "peers" / "GBR.void").write_text(f"{stolen}\n")
    with aus.listening() as listener:
        assert "revoked key" in refusal(gbr, listener.port)
        stolen = fingerprint(certificates.der(aus.keys.certificate()))
        (nor.tls / "peers" / "AUS.void").write_text(f"{stolen}\n")
        assert refusal(nor, listener.port).startswith("revoked key: ")


def test_another_node_at_a_partners_address_is_not_taken_for_it(nations: list[Nation]) -> None:
    _, gbr, nor = nations
    with nor.listening() as listener:
        assert refusal(gbr, listener.port).startswith("wrong nation: ")


def test_a_removed_partner_is_cut_off_at_once(nations: list[Nation]) -> None:
    aus, gbr, nor = nations
    with (
        aus.listening() as listener,
        gbr.asking(listener.port, "AUS") as feed,
        nor.asking(listener.port, "AUS") as other,
    ):
        assert feed.read("checkpoint", most_bytes=1000)
        assert other.read("secret", most_bytes=1000)
        outcome: list[str] = []

        def waits() -> None:
            try:
                feed.wait(5, 20.0)
            except PeerUnreachable as problem:
                outcome.append(str(problem))

        waiting = threading.Thread(target=waits)
        waiting.start()
        time.sleep(0.3)
        aus.forgets(gbr)
        listener.reload()
        waiting.join()
        assert len(outcome) == 1
        with pytest.raises(PeerUnreachable):
            feed.read("checkpoint", most_bytes=1000)
        assert other.read("secret", most_bytes=1000)
        # And may come back.
        aus.knows(gbr)
        listener.reload()
        assert until(lambda: reads(feed))


def reads(feed: object) -> bool:
    try:
        feed.read("checkpoint", most_bytes=1000)  # type: ignore[attr-defined]
    except PeerUnreachable:
        return False
    return True


def test_whom_we_do_not_know_we_do_not_ask(nations: list[Nation]) -> None:
    aus, gbr, _ = nations
    with aus.listening() as listener:
        gbr.forgets(aus)
        assert "is no partner" in refusal(gbr, listener.port)


def test_no_session_is_resumed_without_a_certificate(nations: list[Nation]) -> None:
    aus, gbr, _ = nations
    with aus.listening() as listener, raw(listener.port, gbr.tls / "key.pem") as secure:
        # Tickets, where there are any, come with the first answer.
        assert said(secure, b"GET /checkpoint HTTP/1.1\r\nConnection: close\r\n\r\n")
        assert secure.session is None or not secure.session.has_ticket


# Who would take more than their share.


def test_silent_strangers_do_not_keep_partners_out(nations: list[Nation]) -> None:
    aus, gbr, _ = nations
    with aus.listening() as listener, contextlib.ExitStack() as stack:
        for _ in range(limits.MOST_OF_ONE_ADDRESS + 20):
            with contextlib.suppress(OSError):
                silent = socket.create_connection(
                    ("127.0.0.1", listener.port), 5, ("127.0.0.2", 0)
                )
                stack.enter_context(silent)
        with gbr.asking(listener.port, "AUS") as feed:
            assert feed.read("tile/entries/000", most_bytes=1 << 20) == BUNDLE
        assert until(lambda: listener.counts.get("too many at the door", 0) >= 20)


def test_one_partner_cannot_take_all_connections(nations: list[Nation]) -> None:
    aus, gbr, nor = nations
    with aus.listening() as listener, contextlib.ExitStack() as stack:
        many = [
            stack.enter_context(raw(listener.port, gbr.tls / "key.pem"))
            for _ in range(limits.MOST_CONNECTIONS)
        ]
        for secure in many:
            # Letter by letter, and never to the end.
            secure.sendall(b"GET /checkpoint HTTP/1.1\r\nX: ")
        assert "503" in refusal(gbr, listener.port)
        with nor.asking(listener.port, "AUS") as feed:
            assert feed.read("secret", most_bytes=1000) == b"for NOR alone"
        many[0].close()
        with gbr.asking(listener.port, "AUS") as feed:
            assert until(lambda: reads(feed))


def test_what_is_no_request_is_answered_and_the_next_is_served(nations: list[Nation]) -> None:
    aus, gbr, _ = nations
    with aus.listening() as listener:
        for request, status in (
            (b"x" * 100_000, b"400"),
            (b"POST /checkpoint HTTP/1.1\r\nContent-Length: 3\r\n\r\nabc", b"405"),
            (b"GET /checkpoint HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n", b"413"),
            (b"GET /none HTTP/1.1\r\n\r\nHEAD /checkpoint HTTP/1.0\r\n\r\n", b"404"),
        ):
            with raw(listener.port, gbr.tls / "key.pem") as secure:
                answer = said(secure, request)
            assert answer.startswith(b"HTTP/1.1 " + status), (request[:40], answer)
        assert answer.count(b"HTTP/1.1 ") == 2  # HEAD was served after a path that is not there
        with gbr.asking(listener.port, "AUS") as feed:
            assert feed.read("checkpoint", most_bytes=1000)


# When a process dies.


def test_a_listener_that_dies_is_replaced_at_the_same_port(nations: list[Nation]) -> None:
    aus, gbr, _ = nations
    with aus.listening() as listener, gbr.asking(listener.port, "AUS") as feed:
        assert reads(feed)
        before, port = listener.pid, listener.port
        os.kill(before, signal.SIGKILL)
        assert until(lambda: listener.pid not in {0, before})
        assert until(lambda: reads(feed))
        assert (listener.port, listener.starts) == (port, 2)
        assert listener.confinement


def test_a_listener_ends_with_its_node(nations: list[Nation]) -> None:
    aus = nations[0]
    script = (
        "import sys, time; from pathlib import Path;"
        "from commonsky.share.partner.process import PartnerProcess;"
        "p = PartnerProcess(Path(sys.argv[1]), Path(sys.argv[2])); p.start();"
        "print(p.pid, flush=True); time.sleep(60)"
    )
    with subprocess.Popen(  # noqa: S603 - this very Python
        [sys.executable, "-c", script, str(aus.outbox), str(aus.tls)], stdout=subprocess.PIPE
    ) as node:
        assert node.stdout is not None
        pid = int(node.stdout.readline())
        node.kill()
    assert until(lambda: not alive(pid))


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    # One that nobody has asked about since it ended is not alive.
    status = Path(f"/proc/{pid}/status")
    return "State:\tZ" not in status.read_text() if status.exists() else False


def test_a_listener_has_given_up_what_it_does_not_need(nations: list[Nation]) -> None:
    with nations[0].listening() as listener:
        assert listener.confinement == confinement()
        status = Path(f"/proc/{listener.pid}/status")
        if not status.exists():
            pytest.skip("this system does not tell of processes")
        assert "NoNewPrivs:\t1" in status.read_text()


def test_a_port_that_is_taken_is_told(nations: list[Nation]) -> None:
    aus = nations[0]
    with socket.create_server(("127.0.0.1", 0)) as taken:
        process = PartnerProcess(aus.outbox, aus.tls, port=taken.getsockname()[1])
        with pytest.raises(NodeError, match="Address already in use"):
            process.start()
        process.stop()


def test_an_asker_tells_nobody_at_home_from_a_silent_one(nations: list[Nation]) -> None:
    _, gbr, _ = nations
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        hasty = Patience(0.3, 0.3, 0.3)
        with (
            gbr.asking(port, "AUS", hasty) as feed,
            pytest.raises(PeerUnreachable, match="speaks no TLS"),
        ):
            feed.read("checkpoint", most_bytes=1000)
    with (
        gbr.asking(port, "AUS", hasty) as feed,
        pytest.raises(PeerUnreachable, match="nobody answers"),
    ):
        feed.read("checkpoint", most_bytes=1000)

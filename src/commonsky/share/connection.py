"""
A connection to a partner: TLS 1.3 with certificates on both sides, and a narrow HTTP/1.1 over it.

Several requests may be on their way at once; answers come in their order.
"""

from __future__ import annotations

import contextlib
import os
import re
import socket
import ssl
import threading
import time
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509

from commonsky.errors import FeedRefused, KeyRefused, PeerUnreachable
from commonsky.share.partner import files, identity
from commonsky.share.partner.identity import Stranger, Voucher
from commonsky.share.partner.request import HEADER

SLOWEST_BYTES_S = 16_384
MOST_HEAD_BYTES, MOST_REASON_BYTES, RECEIVE_BYTES = 1 << 14, 1 << 12, 1 << 16
STATUS = re.compile(rb"HTTP/1\.1 ([2-5][0-9]{2})(?: [\x20-\x7e]{0,200})?")
ADDRESS = re.compile(r"(?:\[([0-9A-Fa-f:.%]{2,60})\]|([A-Za-z0-9](?:[A-Za-z0-9.-]{0,252})))"
                     r":([1-9][0-9]{0,4})")  # fmt: skip
NO_BODY = 204
# Of OpenSSL's reasons to distrust a certificate, those that have a name here.
TROUBLE = {9: "expired", 10: "expired", 23: "revoked key"}


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a partner is waited for."""

    connect_s: float = 10.0  # for the connection, and again for the handshake
    silence_s: float = 20.0
    grace_s: float = 30.0  # for the head of an answer, and for its body beyond the slowest pace


PATIENT = Patience()


class Unanswered(Exception):
    """No byte of an answer came in time; it may still come."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A status, and the body or the reason that came with it."""

    status: int
    body: bytes


def host_and_port(address: str) -> tuple[str, int]:
    """Return the parts of host:port; IPv6 addresses stand in brackets."""
    found = ADDRESS.fullmatch(address)
    if found is None or int(found[3]) > 65_535:
        raise KeyRefused(f"an address is host:port, as nor.example:7151, but not {address[:80]!r}")
    return found[1] or found[2], int(found[3])


class Connection:
    """Made when it is needed, and again when it was lost."""

    def __init__(
        self, address: str, tls_folder: Path, peer: str, patience: Patience = PATIENT
    ) -> None:
        """`address` is host:port; `tls_folder` holds key.pem and peers/NATION.pem."""
        self.address, self.peer, self.patience = address, peer, patience
        self._place, self._folder = host_and_port(address), tls_folder
        self._socket: ssl.SSLSocket | None = None
        self._received = bytearray()
        self._asked: deque[str] = deque()
        self._closed = False
        self._lock = threading.Lock()

    def ask(self, path: str, most_bytes: int, patience_s: float) -> Answer:
        """Return the answer to a request, whose body is at most so long."""
        with self._lock:
            try:
                return self._ask(path, most_bytes, patience_s)
            finally:
                if self._closed:
                    self._drop()

    def _ask(self, path: str, most_bytes: int, patience_s: float) -> Answer:
        if self._asked and self._asked[0] != path:
            self.forget()
        reused = self._socket is not None
        try:
            if not self._asked:
                self._send([path])
            return self._answered(most_bytes, patience_s)
        except _Gone:
            # Connections that were idle may have ended meanwhile; that says nothing of the peer.
            if not reused:
                raise
        self._send(())
        return self._answered(most_bytes, patience_s)

    def ask_ahead(self, paths: Iterable[str]) -> None:
        """Send requests whose answers will be asked for in this order."""
        new = list(paths)
        already = list(self._asked)
        if already == new[: len(already)]:
            new = new[len(already) :]
        elif already:
            self.forget()
        try:
            self._send(new)
        except _Gone:
            self._send(())

    def forget(self) -> None:
        """Give up what was asked and not answered."""
        self._drop()
        self._asked.clear()

    def close(self) -> None:
        """Close it for good; may be called from another thread, whose reader then ends."""
        self._closed = True
        held = self._socket
        if held is not None:
            # The plain method: the one of a TLS socket would pull it from under the reader.
            with contextlib.suppress(OSError):
                socket.socket.shutdown(held, socket.SHUT_RDWR)
        if self._lock.acquire(blocking=False):
            self._drop()
            self._lock.release()

    def _answered(self, most_bytes: int, patience_s: float) -> Answer:
        if self._socket is None:
            self._send(())
        try:
            answer, keeps = self._answer(most_bytes, patience_s)
        except Unanswered:
            raise
        except BaseException:
            self._drop()
            raise
        self._asked.popleft()
        if not keeps:
            self._drop()
        return answer

    def _send(self, paths: Iterable[str]) -> None:
        """Send requests, and on a new connection also those that were not answered before."""
        new = list(paths)
        if self._received and not self._asked:
            self._drop()
            raise FeedRefused("malformed", f"{self.peer} says what was not asked for")
        self._asked.extend(new)
        if self._socket is None:
            self._socket = self._connected()
            new = list(self._asked)
        content = "".join(f"GET /{path} HTTP/1.1\r\nHost: {self.peer}\r\n\r\n" for path in new)
        try:
            self._socket.settimeout(self.patience.silence_s)
            self._socket.sendall(content.encode())
        except OSError as error:
            self._drop()
            raise self._gone(error) from error

    def _connected(self) -> ssl.SSLSocket:
        if self._closed:
            raise PeerUnreachable(f"the connection to {self.peer} was closed here")
        voucher = self._voucher()
        context = identity.client_context(self._folder, voucher)
        try:
            plain = socket.create_connection(self._place, self.patience.connect_s)
        except OSError as error:
            raise PeerUnreachable(
                f"nobody answers for {self.peer} at {self.address}: {error}"
            ) from error
        try:
            plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            name = identity.expected_name(voucher)
            secure = context.wrap_socket(plain, server_hostname=name)
        except ssl.SSLCertVerificationError as error:
            plain.close()
            reason = TROUBLE.get(error.verify_code, "wrong nation")
            raise FeedRefused(
                reason,
                f"whoever answers at {self.address} is not {self.peer}: {error.verify_message}",
            ) from error
        except OSError as error:
            plain.close()
            raise PeerUnreachable(f"{self.address} speaks no TLS with us: {error}") from error
        self._check(secure, voucher)
        return secure

    def _voucher(self) -> Voucher:
        try:
            folder = os.open(self._folder, files.FOLDER)
            try:
                return identity.vouchers(folder)[self.peer]
            finally:
                os.close(folder)
        except (OSError, KeyError):
            raise PeerUnreachable(f"{self.peer} is no partner of this node") from None

    def _check(self, secure: ssl.SSLSocket, voucher: Voucher) -> None:
        try:
            leaf = secure.getpeercert(binary_form=True) or b""
            identity.check_issued(x509.load_der_x509_certificate(leaf), voucher)
        except (Stranger, ValueError) as error:
            secure.close()
            raise FeedRefused(
                str(error), f"the certificate of {self.peer} at {self.address} is void"
            ) from None

    def _answer(self, most_bytes: int, patience_s: float) -> tuple[Answer, bool]:
        """The next answer, and whether the connection goes on."""
        status, headers = self._head(patience_s)
        keeps = headers.get("connection", "").lower() != "close"
        if status == NO_BODY:
            return Answer(status, b""), keeps
        length = headers.get("content-length", "")
        if "transfer-encoding" in headers or not re.fullmatch(r"[0-9]{1,15}", length):
            raise FeedRefused("malformed", f"{self.peer} does not say how long its answer is")
        if headers.get("content-encoding", "identity").lower() != "identity":
            raise FeedRefused("malformed", f"{self.peer} sends compressed what must not be")
        most = most_bytes if status == 200 else MOST_REASON_BYTES
        if int(length) > most:
            raise FeedRefused(
                "oversized", f"{self.peer} would send {length} bytes where {most} are the most"
            )
        return Answer(status, self._body(int(length))), keeps

    def _head(self, patience_s: float) -> tuple[int, dict[str, str]]:
        ends_s = time.monotonic() + patience_s
        while (end := self._received.find(b"\r\n\r\n")) < 0:
            if len(self._received) > MOST_HEAD_BYTES:
                raise FeedRefused("oversized", f"the head of an answer of {self.peer} has no end")
            try:
                self._received += self._receive(ends_s)
            except TimeoutError:
                if self._received:
                    raise PeerUnreachable(f"{self.peer} stalls in an answer's head") from None
                raise Unanswered from None
        first, *lines = bytes(self._received[:end]).split(b"\r\n")
        del self._received[: end + 4]
        found = STATUS.fullmatch(first)
        told = [HEADER.fullmatch(line.decode("latin-1")) for line in lines]
        if found is None or None in told:
            raise FeedRefused("malformed", f"{self.peer} answers with {first[:60]!r}")
        return int(found[1]), {one[1].lower(): one[2] for one in told if one is not None}

    def _body(self, length: int) -> bytes:
        ends_s = time.monotonic() + self.patience.grace_s + length / SLOWEST_BYTES_S
        body = bytearray(length)
        place = min(length, len(self._received))
        body[:place] = self._received[:place]
        del self._received[:place]
        view = memoryview(body)
        try:
            while place < length:
                silence_s = time.monotonic() + self.patience.silence_s
                place += self._receive_into(view[place:], min(ends_s, silence_s))
        except TimeoutError:
            raise PeerUnreachable(f"{self.peer} stalls in an answer") from None
        except _Gone as gone:
            raise PeerUnreachable(f"{self.peer} broke off in an answer") from gone
        return bytes(body)

    def _receive(self, ends_s: float) -> bytes:
        block = bytearray(RECEIVE_BYTES)
        count = self._receive_into(memoryview(block), ends_s)
        return bytes(block[:count])

    def _receive_into(self, room: memoryview, ends_s: float) -> int:
        if self._socket is None:
            raise _Gone(f"the connection to {self.peer} is closed")
        left_s = ends_s - time.monotonic()
        if left_s <= 0.0:
            raise TimeoutError
        self._socket.settimeout(left_s)
        try:
            count = self._socket.recv_into(room)
        except TimeoutError:
            raise
        except OSError as error:
            raise self._gone(error) from error
        if not count:
            raise _Gone(f"{self.peer} closed the connection")
        return count

    def _gone(self, error: OSError) -> PeerUnreachable:
        """Why a connection ended: by a word about our certificate, or without one."""
        reason = (getattr(error, "reason", None) or "").lower().replace("_", " ")
        if "alert" in reason:
            said = reason.partition("alert ")[2]
            return PeerUnreachable(f"{self.peer} does not accept our certificate: {said}")
        return _Gone(f"the connection to {self.peer} broke: {error}")

    def _drop(self) -> None:
        """End the connection; what was asked and not answered is asked again on the next."""
        held, self._socket = self._socket, None
        self._received.clear()
        if held is not None:
            held.close()


class _Gone(PeerUnreachable):
    """The connection ended between two answers."""

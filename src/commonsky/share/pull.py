"""
A partner's log read over the network.

The partner is known by the certificate authority that came with its invitation, not by its
address.  Everything is bounded: bytes before they are read, seconds for the whole of it.  Nothing
is followed, nothing is unpacked.
"""

from __future__ import annotations

import re
import time
from collections.abc import Sequence
from pathlib import Path

from commonsky.errors import PeerUnreachable
from commonsky.share.connection import NO_BODY, PATIENT, Answer, Connection, Patience, Unanswered
from commonsky.share.log.directory import CHECKPOINT, Missing

LONGEST_WAIT_S = 25.0  # of the other side, before it says that there is nothing new
MOST_CHECKPOINT_BYTES = 1 << 16
MOST_AHEAD = 64  # requests on their way; so few that they never fill a socket's buffer


class HttpsTransport:
    """
    One partner's listener.

    `read` and `wait` may be called from two threads at once, each of them from one at a time;
    `close` from any, and whoever reads or waits is told that the partner is unreachable.
    """

    def __init__(
        self, address: str, tls_folder: Path, peer: str, patience: Patience = PATIENT
    ) -> None:
        """`address` is host:port; `tls_folder` holds key.pem and peers/NATION.pem."""
        self.address, self.peer, self.patience = address, peer, patience
        self._reading = Connection(address, tls_folder, peer, patience)
        self._waiting = Connection(address, tls_folder, peer, patience)

    def read(self, path: str, *, most_bytes: int) -> bytes:
        """Return a file of the log; one that is longer is refused before it is read."""
        try:
            answer = self._reading.ask(path, most_bytes, self.patience.grace_s)
        except Unanswered:
            self._reading.forget()
            raise PeerUnreachable(f"{self.peer} does not answer at {self.address}") from None
        return self._content(path, answer)

    def expect(self, paths: Sequence[str]) -> None:
        """
        Ask ahead for what will be read next, in this order; beyond 64 files it is not asked.

        Reading anything else costs a new connection; not calling this costs a round trip a file.
        """
        self._reading.ask_ahead(paths[:MOST_AHEAD])

    def wait(self, size: int, timeout_s: float) -> bool:
        """Wait until the log is of another size, at most so long; whether it is."""
        ends_s = time.monotonic() + timeout_s
        path = f"{CHECKPOINT}?after={size}"
        while (left_s := ends_s - time.monotonic()) > 0.0:
            longest_s = LONGEST_WAIT_S + self.patience.silence_s
            try:
                answer = self._waiting.ask(path, MOST_CHECKPOINT_BYTES, min(left_s, longest_s))
            except Unanswered:
                if left_s < longest_s:
                    return False  # the answer may still come, to the next call
                self._waiting.forget()
                raise PeerUnreachable(f"{self.peer} does not answer at {self.address}") from None
            if answer.status != NO_BODY:
                self._content(CHECKPOINT, answer)
                return True
        return False

    def close(self) -> None:
        """Close it for good."""
        self._reading.close()
        self._waiting.close()

    def _content(self, path: str, answer: Answer) -> bytes:
        match answer.status:
            case 200:
                return answer.body
            case 404:
                raise Missing(f"{self.peer} has no {path}")
        said = re.sub(r"[^ -~]+", " ", answer.body[:200].decode("ascii", "replace")).strip()
        raise PeerUnreachable(f"{self.peer} answers {answer.status} at {self.address}: {said}")

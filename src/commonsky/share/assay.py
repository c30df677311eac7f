"""What is a usable record among the entries of a partner's log, and what is set aside, and why."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from functools import lru_cache
from hashlib import sha256
from itertools import pairwise

import msgspec

from commonsky.ledger.label import Label, problem
from commonsky.ledger.record import NONCE_BYTES, Body, Envelope, Record, decoded
from commonsky.ledger.store import Quarantined

HANDLE = re.compile("[0-9a-f]{32}").fullmatch
LARGEST = (1 << 63) - 1  # a ledger keeps no larger number
# Readers of JSON give up somewhere below the depth of Python's own stack, which varies.
DEEPEST = 50
# What a reader of JSON raises over bytes that are none, or that are not UTF-8.
UNREADABLE = (msgspec.DecodeError, ValueError, RecursionError)
TEXT = re.compile(rb'"(?:[^"\\]|\\.)*"')


class Assay:
    """What one partner may tell one realm."""

    def __init__(self, peer: str, realm: str, simulated: Collection[int] = ()) -> None:
        """`simulated` are catalogue numbers that the realm refuses."""
        self._peer, self._realm, self._simulated = peer, realm, simulated

    def sorted(
        self, first: int, entries: Sequence[bytes], bodies: Sequence[bytes]
    ) -> tuple[list[tuple[int, Record]], list[Quarantined]]:
        """Return the records by index, of which `first` is the first, and what is set aside."""
        records: list[tuple[int, Record]] = []
        set_aside: list[Quarantined] = []
        for index, (entry, body) in enumerate(zip(entries, bodies, strict=True), first):
            try:
                envelope = decoded(entry)
            except UNREADABLE as error:
                set_aside.append(Quarantined(self._peer, index, f"no envelope: {error}", entry))
                continue
            wrong = (
                self.problem(envelope)
                or (body and _body_problem(envelope, body))
                or (entry.count(b"[") + entry.count(b"{") > DEEPEST and _depth_problem(entry))
            )
            if wrong:
                set_aside.append(Quarantined(self._peer, index, str(wrong), entry))
                continue
            parts = Body(body[:NONCE_BYTES], body[NONCE_BYTES:]) if body else None
            records.append((index, Record(envelope, entry, parts)))
        return records, set_aside

    def problem(self, envelope: Envelope) -> str:
        """Return why an envelope cannot be used, "" where it can."""
        if envelope.node != self._peer:
            return f"relayed without grant: a statement of {envelope.node[:40]!r}"
        if envelope.realm != self._realm:
            return f"other realm: {envelope.realm[:80]!r}"
        subject = envelope.subject
        if self._simulated and any(number in self._simulated for number in subject):
            return "simulated object in operations"
        if not HANDLE(envelope.handle) or not all(map(HANDLE, _related(envelope))):
            return "a handle in it is not 32 hexadecimal digits"
        return _number_problem(envelope) or _label_problem(envelope.label)


def _number_problem(envelope: Envelope) -> str:
    subject = envelope.subject
    if len(subject) > 1 and any(one >= another for one, another in pairwise(subject)):
        return "its subjects are not sorted, each once"
    least, largest = (subject[0], subject[-1]) if subject else (0, 0)
    if not (
        -LARGEST <= envelope.said_tai_ns <= LARGEST
        and -LARGEST <= envelope.valid_from_tai_ns <= LARGEST
        and -LARGEST <= envelope.valid_until_tai_ns <= LARGEST
        and -LARGEST <= envelope.label.embargo_tai_ns <= LARGEST
        and -LARGEST <= least <= largest <= LARGEST
    ):
        return "a number in it has more than 63 bits"
    return ""


@lru_cache(maxsize=64)  # a log has few labels, and many records of each
def _label_problem(label: Label) -> str:
    wrong = problem(label)
    return f"its label cannot be used: {wrong}" if wrong else ""


def _body_problem(envelope: Envelope, body: bytes) -> str:
    if len(body) < NONCE_BYTES:
        return "the body has no nonce"
    if sha256(body).hexdigest() != envelope.digest:
        return "the digest is not the body's"
    return ""


def _depth_problem(entry: bytes) -> str:
    return f"it is nested deeper than {DEEPEST}" if _depth(entry) > DEEPEST else ""


def _depth(entry: bytes) -> int:
    """How deep JSON is nested."""
    depth = deepest = 0
    for character in TEXT.sub(b"", entry):
        if character in b"[{":
            depth += 1
            deepest = max(depth, deepest)
        elif character in b"]}":
            depth -= 1
    return deepest


def _related(envelope: Envelope) -> Sequence[str]:
    """Handles of other records in an envelope."""
    if envelope.lineage is None and not envelope.links:
        return ()
    used = envelope.lineage.used if envelope.lineage else ()
    return (*used, *(link.handle for link in envelope.links))

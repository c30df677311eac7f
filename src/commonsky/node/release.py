"""
What leaves this node, for whom, by which rule: decided, made into products, put in their logs.

The decision and the entry are durable together, before anything is signed or written.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from commonsky.ledger.record import Body, Envelope, Kind, Record, Relation
from commonsky.ledger.store import Held, Outgoing, Store
from commonsky.node import products
from commonsky.node.entropy import Entropy, system
from commonsky.node.owners import at_risk
from commonsky.share.log import tile
from commonsky.share.policy.policy import Policy, RecordClass, Released, Withheld
from commonsky.share.policy.refusal import Refusals

# Records between nodes about records: always allowed to whom they are addressed to.
PROTOCOL = (Kind.RETRACTION, Kind.RECEIPT, Kind.WITHDRAWN, Kind.NOTICE)
BULK = (Kind.ELEMENT_SET, Kind.EPHEMERIS)
ALERTS = (Kind.CONJUNCTION, Kind.CLAIM, *PROTOCOL)
FINDINGS = (Kind.FINDING,)
AT_ONCE = 2048
WARN = "warn"
PURGED = Withheld("the body was purged")
KEPT_HOME = "kept home by the release officer"
TOO_LONG = Withheld("longer than a log can carry")


@dataclass(frozen=True, slots=True)
class Decision:
    """What one recipient would get of one record, and why."""

    held: Held
    recipient: str
    verdict: Released | Withheld
    entry: Outgoing | None  # None where nothing leaves


@dataclass(slots=True)
class Release:
    """Decides over our records, one recipient at a time, and puts what may leave in its log."""

    nation: str
    store: Store
    policy: Policy
    owned: Mapping[int, str]
    recipients: Sequence[str]
    entropy: Entropy = system
    refusals: Refusals | None = None  # None where no officer may keep anything home
    _given: dict[str, set[bytes]] = field(default_factory=dict)
    _confirmed_bytes: int = -1
    _boundary_tai_ns: int = 0  # when verdicts may change by themselves

    def run(self, kinds: Sequence[Kind], now_tai_ns: int) -> dict[str, int]:
        """
        Decide over all of our records of these kinds that were not decided over before.

        Return how many entries each recipient was sent.
        """
        lane = "release " + " ".join(kinds)
        sent = dict.fromkeys(self.recipients, 0)
        while True:
            after = self.store.cursor(lane)
            new = list(_first(self.store.since(after, kinds=kinds), AT_ONCE))
            if not new:
                return sent
            with self.store.transaction():
                for recipient, entries in self._entries(new, now_tai_ns).items():
                    self.store.send(recipient, entries)
                    sent[recipient] += len(entries)
                self.store.move_cursor(lane, new[-1].sequence)

    def review(self, now_tai_ns: int) -> dict[str, int]:
        """
        Decide again over what stands, where that may come out otherwise than before.

        So it may after another embargo or agreement has begun or ended, when classes were
        confirmed, and with another policy or another partner.
        """
        decided_by = hashlib.sha256(
            "\0".join([self.policy.digest, *self.recipients]).encode()
        ).hexdigest()
        stamp = f"decided by {decided_by}"
        confirmations = self.policy.confirmations
        confirmations.refresh()
        words = confirmations.read_bytes
        if self.refusals is not None:
            self.refusals.refresh()
            words += self.refusals.read_bytes
        same = words == self._confirmed_bytes and self.store.cursor(stamp)
        if same and now_tai_ns < self._boundary_tai_ns:
            return {}
        self._confirmed_bytes = words
        sent = self._reconsider(now_tai_ns)
        self.store.move_cursor(stamp, 1)
        return sent

    def _reconsider(self, now_tai_ns: int) -> dict[str, int]:
        sent = dict.fromkeys(self.recipients, 0)
        standing = [held for held in self.store.heads(Kind.ELEMENT_SET) if not held.peer]
        standing += self._alerts(now_tai_ns)
        self._boundary_tai_ns = self.policy.next_boundary((), now_tai_ns)
        for start in range(0, len(standing), AT_ONCE):
            with self.store.transaction():
                part = standing[start : start + AT_ONCE]
                for recipient, entries in self._entries(part, now_tai_ns).items():
                    self.store.send(recipient, entries)
                    sent[recipient] += len(entries)
        return sent

    def _alerts(self, now_tai_ns: int) -> list[Held]:
        """Our conjunctions that are still to come and that no later record has replaced."""
        ours = [held for held in self.store.since(kinds=[Kind.CONJUNCTION]) if not held.peer]
        replaced = {link.handle for held in ours for link in held.record.envelope.links}
        return [
            held
            for held in ours
            if held.record.envelope.handle not in replaced
            and held.record.envelope.valid_until_tai_ns > now_tai_ns
        ]

    def preview(self, recipient: str, now_tai_ns: int) -> Iterator[Decision]:
        """Yield what would leave for a recipient at this moment, and what would not, and why."""
        for kinds in (BULK, ALERTS):
            after = self.store.cursor("release " + " ".join(kinds))
            for held in self.store.since(after, kinds=kinds):
                if not held.peer:
                    yield self.decided(held, recipient, now_tai_ns)

    def _entries(self, new: Iterable[Held], now_tai_ns: int) -> dict[str, list[Outgoing]]:
        """Return what leaves of these; inside the transaction in which it does."""
        if self.refusals is not None:
            self.refusals.refresh()
        entries: dict[str, list[Outgoing]] = {}
        for held in new:
            if held.peer:
                continue
            embargo_tai_ns = held.record.envelope.label.embargo_tai_ns
            if embargo_tai_ns > now_tai_ns:
                self._boundary_tai_ns = min(self._boundary_tai_ns, embargo_tai_ns)
            for recipient in self.recipients:
                if self._has(recipient, held.record.envelope.handle):
                    continue
                entry = self.decided(held, recipient, now_tai_ns).entry
                if entry is not None:
                    self._given[recipient].add(bytes.fromhex(entry.handle))
                    entries.setdefault(recipient, []).append(entry)
        return entries

    def class_of(self, record: Record, recipient: str) -> RecordClass:
        """Return the class of a record of ours, as far as the policy asks, for one recipient."""
        endangered = recipient in at_risk(self.owned, record.envelope.subject)
        return self.policy.class_of(record, at_risk=endangered)

    def decided(self, held: Held, recipient: str, now_tai_ns: int) -> Decision:
        """Return what a recipient would get of a record of ours, and why."""
        record = held.record
        envelope = record.envelope
        if envelope.kind in PROTOCOL:
            return self._protocol(held, recipient, now_tai_ns)
        if record.body is None:
            return Decision(held, recipient, PURGED, None)
        verdict = self._verdict(record, recipient, now_tai_ns)
        if isinstance(verdict, Withheld):
            return Decision(held, recipient, verdict, None)
        made = self._made(record, recipient, verdict, now_tai_ns)
        if made is None:
            return Decision(
                held, recipient, Withheld(f"{envelope.kind} has no such product"), None
            )
        entry, body = made
        carried = body or record.body
        if not tile.fits(entry, carried.nonce + carried.content):
            return Decision(held, recipient, TOO_LONG, None)
        return Decision(
            held, recipient, verdict, _outgoing(envelope, entry, body, verdict, now_tai_ns)
        )

    def _verdict(self, record: Record, recipient: str, now_tai_ns: int) -> Released | Withheld:
        """The policy's verdict, an officer's refusal, or the duty to warn whoever is at risk."""
        envelope = record.envelope
        kind = self.class_of(record, recipient)
        words = () if self.refusals is None else self.refusals.of(envelope.handle, recipient)
        verdict: Released | Withheld = self.policy.verdict(kind, recipient, now_tai_ns)
        if words:
            verdict = Withheld(f"{KEPT_HOME}: {words[-1].reason}")
        level = verdict.level if isinstance(verdict, Released) else ""
        silent = self.refusals is not None and self.refusals.covers_warn(
            envelope.handle, recipient
        )
        warns = kind.at_risk and envelope.kind is Kind.CONJUNCTION and not silent
        if warns and level not in {"full", WARN}:
            warning = self.policy.warning(kind, recipient, now_tai_ns)
            if isinstance(warning, Released) or (level == "" and not words):
                return warning
        return verdict

    def _made(
        self, record: Record, recipient: str, verdict: Released, now_tai_ns: int
    ) -> tuple[bytes, Body | None] | None:
        """Entry and body of the product that a level asks for; None where there is none."""
        envelope = record.envelope
        given = self._seen(recipient, envelope)
        relayed_to = self.policy.relayed_to(envelope.label.agreements, now_tai_ns)
        label = products.relabelled(envelope.label, recipient, relayed_to)
        match verdict.level, envelope.kind:
            case "full", _:
                return products.full(record, label, given)
            case "exists", Kind.ELEMENT_SET:
                return products.existence(record, label, given, self.entropy)
            case "event", Kind.CONJUNCTION:
                return products.event(record, label, given, self.entropy)
            case "warn", Kind.CONJUNCTION:
                own = next(n for n in envelope.subject if self.owned.get(n) == recipient)
                other = next((n for n in envelope.subject if n != own), own)
                return products.warning(
                    record,
                    label,
                    given,
                    self.entropy,
                    own=own,
                    other_is_known=self._knows(other, given),
                )
        return None

    def _knows(self, number: int, given: frozenset[str]) -> bool:
        """Whether we gave the recipient a statement about an object that this rests on."""
        return any(number in self.store.held(handle).record.envelope.subject for handle in given)

    def _protocol(self, held: Held, recipient: str, now_tai_ns: int) -> Decision:
        envelope = held.record.envelope
        addressed = recipient in envelope.label.releasable_to
        if envelope.kind is Kind.RETRACTION:
            retracted = [
                link.handle for link in envelope.links if link.relation is Relation.RETRACTS
            ]
            addressed = any(self._has(recipient, handle) for handle in retracted)
        if not addressed:
            return Decision(held, recipient, Withheld("not addressed to them"), None)
        verdict = Released("full", "between nodes", "")
        label = products.relabelled(envelope.label, recipient)
        entry, body = products.full(held.record, label, self._seen(recipient, envelope))
        return Decision(
            held, recipient, verdict, _outgoing(envelope, entry, body, verdict, now_tai_ns)
        )

    def _seen(self, recipient: str, envelope: Envelope) -> frozenset[str]:
        """The handles in an envelope that the recipient may see: those it gave us or was given."""
        used = envelope.lineage.used if envelope.lineage else ()
        named = [*used, *(link.handle for link in envelope.links)]
        return frozenset(
            one for one in named if self._has(recipient, one) or self._from(recipient, one)
        )

    def _from(self, recipient: str, handle: str) -> bool:
        return self.store.known([handle])[0] and self.store.held(handle).peer == recipient

    def _has(self, recipient: str, handle: str) -> bool:
        """Whether the recipient was told this record, or a product of it."""
        given = self._given.get(recipient)
        if given is None:
            given = {bytes.fromhex(one) for one in self.store.told_handles(recipient)}
            self._given[recipient] = given
        return bytes.fromhex(handle) in given


def _outgoing(
    envelope: Envelope, entry: bytes, body: Body | None, verdict: Released, now_tai_ns: int
) -> Outgoing:
    return Outgoing(
        handle=envelope.handle,
        entry=entry,
        body=body,
        level=verdict.level,
        rule=verdict.rule,
        agreement=verdict.agreement,
        sent_tai_ns=now_tai_ns,
    )


def _first(held: Iterator[Held], most: int) -> Iterator[Held]:
    for count, one in enumerate(held, 1):
        yield one
        if count == most:
            return

"""What would leave, why, and who has confirmed it."""

from __future__ import annotations

import logging
from collections import Counter
from http import HTTPStatus
from itertools import islice
from typing import Any

import msgspec

from commonsky.ledger.store import Held
from commonsky.node.release import PROTOCOL, Decision, Release
from commonsky.share.policy.confirmation import PERSONS
from commonsky.share.policy.policy import Released, Withheld, record_class
from commonsky.share.policy.refusal import EVERYBODY, Refusal, Refusals
from commonsky.show.api.answer import Answer, Marking, Page, marking_of, text_of
from commonsky.show.api.completeness import completeness
from commonsky.show.api.desk import Desk
from commonsky.show.api.keys import ApiKey
from commonsky.show.api.problem import Problem, misuse, unknown

LOG = logging.getLogger(__name__)
EXAMPLES = 5
MOST_PREVIEWED = 100_000
MOST_REFUSED, MOST_LINES = 500, 500
LONGEST_SHOWN = 20_000


class PreviewAsked(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """For whom."""

    to: str


class ExplainAsked(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which record, by its handle, and for whom."""

    record: str
    to: str


class ConfirmAsked(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The record whose class is confirmed; the person is whoever holds the key."""

    record: str


class RefuseAsked(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """
    Which records of ours are kept home, from whom (everybody where nobody is named), and why.

    A warning to whoever is at risk still goes, unless two persons say `covers_warn`.
    """

    records: tuple[str, ...]
    reason: str
    recipients: tuple[str, ...] = ()
    covers_warn: bool = False


class KeptHome(msgspec.Struct, frozen=True, kw_only=True):
    """One record, and from whom it is kept: "" is everybody."""

    record: str
    kept_from: tuple[str, ...]
    reasons: tuple[str, ...]
    warn_covered: bool


class LinesAsked(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """For whom, and of which group of the preview; lines beyond `after`."""

    to: str
    level: str = ""
    kind: str = ""
    rule: str = ""
    after: int = 0
    most: int = 100


class PreviewLine(msgspec.Struct, frozen=True, kw_only=True):
    """One record that waits, and what would become of it."""

    record: str
    kind: str
    said: str
    subject: tuple[int, ...]
    marking: Marking
    level: str
    rule: str
    bytes: int  # that would leave


class ProductTold(msgspec.Struct, frozen=True, kw_only=True):
    """A record as a recipient would see it; neither where nothing would leave."""

    record: str
    to: str
    level: str
    rule: str
    envelope: Any = None
    body: Any = None


class Group(msgspec.Struct, frozen=True, kw_only=True):
    """Records that are decided over alike."""

    level: str  # full, event, exists, warn, withheld
    kind: str
    rule: str
    count: int
    examples: tuple[str, ...]


class Preview(msgspec.Struct, frozen=True, kw_only=True):
    """What would leave for a nation now; `whole` false where there was too much to look at all."""

    to: str
    groups: tuple[Group, ...]
    whole: bool


class Tried(msgspec.Struct, frozen=True):
    """One level, and what the policy says of it."""

    level: str
    verdict: str


class Explained(msgspec.Struct, frozen=True, kw_only=True):
    """Why a nation gets a record, or does not."""

    record: str
    to: str
    released: bool
    level: str
    rule: str
    rule_text: str
    reason: str
    agreement: str
    tried: tuple[Tried, ...]
    told: tuple[str, ...]  # levels at which it has been told already


class Confirmed(msgspec.Struct, frozen=True, kw_only=True):
    """Who has confirmed the class of a record."""

    record: str
    persons: tuple[str, ...]
    missing: int


def preview(desk: Desk, asked: PreviewAsked) -> Answer[Preview]:
    """Return what would leave for a nation, and what would not, before anything does."""
    release = _for(desk, asked.to)
    groups: Counter[tuple[str, str, str]] = Counter()
    examples: dict[tuple[str, str, str], list[str]] = {}
    whole = True
    for count, decision in enumerate(release.preview(asked.to, desk.clock.now_tai_ns())):
        if count == MOST_PREVIEWED:
            whole = False
            break
        envelope = decision.held.record.envelope
        key = (_level(decision.verdict), envelope.kind.value, decision.verdict.rule)
        groups[key] += 1
        few = examples.setdefault(key, [])
        if len(few) < EXAMPLES:
            few.append(envelope.handle)
    told = tuple(
        Group(level=level, kind=kind, rule=rule, count=count,
              examples=tuple(examples[level, kind, rule]))
        for (level, kind, rule), count in sorted(groups.items())
    )  # fmt: skip
    scope = f"what was stated here and not decided over yet, for {asked.to}"
    return Answer(Preview(to=asked.to, groups=told, whole=whole), completeness(desk, scope))


def explain(desk: Desk, asked: ExplainAsked) -> Answer[Explained]:
    """Return verdict, rule, level and agreement of one record for one nation."""
    release = _for(desk, asked.to)
    held = _ours(desk, asked.record)
    now = desk.clock.now_tai_ns()
    why = release.policy.explain(release.class_of(held.record, asked.to), asked.to, now)
    # What would truly leave, which for whoever is at risk may be a warning beside the verdict.
    verdict = release.decided(held, asked.to, now).verdict
    rule = release.policy.rules.get(verdict.rule)
    named = [one for one in release.policy.rules.values() if one.id == verdict.rule]
    rule = rule or (named[0] if named else None)
    told = [entry.level for to, _, entry in desk.store.told(asked.record) if to == asked.to]
    answer = Explained(
        record=asked.record,
        to=asked.to,
        released=isinstance(verdict, Released),
        level=_level(verdict),
        rule=verdict.rule,
        rule_text=rule.text if rule else "",
        reason=rule.reason if rule else "",
        agreement=verdict.agreement if isinstance(verdict, Released) else "",
        tried=tuple(Tried(level, _words(one)) for level, one in why.tried),
        told=tuple(told),
    )
    return Answer(answer, completeness(desk, f"the policy of this node for {asked.to}"))


def confirm(desk: Desk, asked: ConfirmAsked, key: ApiKey) -> Answer[Confirmed]:
    """Note that whoever holds this key confirms the class of a record; two persons are needed."""
    held = _ours(desk, asked.record)
    release = desk.release()
    kind = record_class(held.record, at_risk=False)
    confirmations = release.policy.confirmations
    persons = confirmations.confirm(kind, key.name, desk.clock.now_tai_ns())
    LOG.info("a class was confirmed", extra={"handle": asked.record, "operator": key.name})
    desk.ring()
    missing = 0 if confirmations.confirmed(kind) else PERSONS - len(persons)
    answer = Confirmed(record=asked.record, persons=tuple(persons), missing=missing)
    return Answer(answer, completeness(desk, "the confirmed classes of this node"))


def refuse(desk: Desk, asked: RefuseAsked, key: ApiKey) -> Answer[tuple[KeptHome, ...]]:
    """Keep records home that have not left yet."""
    return _say(desk, asked, key, lifted=False)


def allow(desk: Desk, asked: RefuseAsked, key: ApiKey) -> Answer[tuple[KeptHome, ...]]:
    """Let the policy decide again over records that were kept home."""
    return _say(desk, asked, key, lifted=True)


def _say(
    desk: Desk, asked: RefuseAsked, key: ApiKey, *, lifted: bool
) -> Answer[tuple[KeptHome, ...]]:
    refusals = Refusals(desk.home.policy)
    if not 1 <= len(asked.records) <= MOST_REFUSED:
        raise misuse(f"1 to {MOST_REFUSED} records are kept home at once")
    release = desk.release()
    for nation in asked.recipients:
        if nation not in release.recipients:
            raise unknown(f"{nation!r} is no partner of this node")
    now = desk.clock.now_tai_ns()
    with desk.store.transaction():  # in which nothing else can leave
        for handle in asked.records:
            _may_be_kept(desk, handle, asked.recipients, lifted=lifted)
        for handle in asked.records:
            nations = asked.recipients or (EVERYBODY, *(release.recipients if lifted else ()))
            for nation in nations:
                refusals.say(Refusal(
                    record=handle, recipient=nation, person=key.name, reason=asked.reason,
                    at_tai_ns=now, covers_warn=asked.covers_warn, lifted=lifted,
                ))  # fmt: skip
            word = "let go again" if lifted else "kept home"
            LOG.info("a record was %s", word, extra={"handle": handle, "operator": key.name})
    desk.ring()
    told = tuple(_kept(refusals, release, handle) for handle in asked.records)
    return Answer(told, completeness(desk, "what the release officers of this node keep home"))


def _may_be_kept(desk: Desk, handle: str, recipients: tuple[str, ...], *, lifted: bool) -> None:
    kind = _ours(desk, handle).record.envelope.kind
    if lifted:
        return
    if kind in PROTOCOL:
        raise misuse(f"a {kind} is between nodes: no officer keeps it home")
    gone = {to for to, _, _ in desk.store.told(handle)}
    late = sorted(gone & {*(recipients or gone)})
    if late:
        raise Problem(
            HTTPStatus.CONFLICT,
            f"{handle} has left for {', '.join(late)} already: recall it instead",
        )


def kept_home(desk: Desk) -> Answer[tuple[KeptHome, ...]]:
    """Return what is kept home by officers' words."""
    refusals, release = Refusals(desk.home.policy), desk.release()
    told = tuple(_kept(refusals, release, handle) for handle in refusals.records())
    return Answer(told, completeness(desk, "what the release officers of this node keep home"))


def _kept(refusals: Refusals, release: Release, handle: str) -> KeptHome:
    nations = (EVERYBODY, *release.recipients)
    words = {nation: refusals.of(handle, nation) for nation in nations}
    own = {
        nation: [one for one in said if one.recipient == nation] for nation, said in words.items()
    }
    return KeptHome(
        record=handle,
        kept_from=tuple(nation for nation, said in own.items() if said),
        reasons=tuple(dict.fromkeys(one.reason for said in own.values() for one in said)),
        warn_covered=any(refusals.covers_warn(handle, nation) for nation in nations),
    )


def preview_lines(desk: Desk, asked: LinesAsked) -> Page[PreviewLine]:
    """Return the records of a group of the preview, one by one."""
    if not 1 <= asked.most <= MOST_LINES or asked.after < 0:
        raise misuse(f"`most` is 1 to {MOST_LINES}, and `after` is not negative")
    release = _for(desk, asked.to)
    found: list[PreviewLine] = []
    place = 0
    scope = f"what was stated here and not decided over yet, for {asked.to}"
    for decision in islice(release.preview(asked.to, desk.clock.now_tai_ns()), MOST_PREVIEWED):
        line = _preview_line(decision)
        if (asked.level not in {"", line.level}) or (asked.kind not in {"", line.kind}):
            continue
        if asked.rule not in {"", line.rule}:
            continue
        place += 1
        if place <= asked.after:
            continue
        if len(found) == asked.most:
            return Page(tuple(found), str(asked.after + asked.most), completeness(desk, scope))
        found.append(line)
    return Page(tuple(found), "", completeness(desk, scope))


def _preview_line(decision: Decision) -> PreviewLine:
    record, entry = decision.held.record, decision.entry
    size = 0
    if entry is not None:
        body = entry.body or record.body
        size = len(entry.entry) + (len(body.content) if body else 0)
    return PreviewLine(
        record=record.envelope.handle,
        kind=record.envelope.kind.value,
        said=text_of(record.envelope.said_tai_ns),
        subject=record.envelope.subject,
        marking=marking_of(record.envelope.label),
        level=_level(decision.verdict),
        rule=decision.verdict.rule,
        bytes=size,
    )


def product(desk: Desk, asked: ExplainAsked) -> Answer[ProductTold]:
    """Return a record as a recipient would see it."""
    release = _for(desk, asked.to)
    decision = release.decided(_ours(desk, asked.record), asked.to, desk.clock.now_tai_ns())
    entry = decision.entry
    told = ProductTold(
        record=asked.record, to=asked.to, level=_level(decision.verdict),
        rule=decision.verdict.rule,
    )  # fmt: skip
    if entry is not None:
        body = entry.body or decision.held.record.body
        told = msgspec.structs.replace(
            told,
            envelope=msgspec.json.decode(entry.entry),
            body=_shown(body.content) if body else None,
        )
    return Answer(told, completeness(desk, f"the policy of this node for {asked.to}"))


def _shown(content: bytes) -> Any:  # noqa: ANN401 - whatever JSON holds
    try:
        return msgspec.json.decode(content)
    except (msgspec.DecodeError, RecursionError):
        return content[:LONGEST_SHOWN].decode(errors="replace")


def _for(desk: Desk, nation: str) -> Release:
    release = desk.release()
    if nation not in release.recipients:
        known = ", ".join(release.recipients) or "none"
        raise unknown(f"{nation!r} is no partner of this node; partners are {known}")
    return release


def _ours(desk: Desk, handle: str) -> Held:
    held = desk.store.held(handle)
    if held.peer:
        raise misuse(f"{handle} is a statement of {held.peer}: only they may release it")
    return held


def _level(verdict: Released | Withheld) -> str:
    return verdict.level if isinstance(verdict, Released) else "withheld"


def _words(verdict: Released | Withheld) -> str:
    match verdict:
        case Released(_, rule, agreement):
            return f"released by {rule}" + (f" under {agreement}" if agreement else "")
        case Withheld(rule):
            return f"withheld: {rule}"

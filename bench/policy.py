"""Verdicts of the release policy: by class, record by record, and by Cedar alone."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import cedarpy
import msgspec
import numpy as np

from bench.figure import Figure, Unit
from commonsky.ledger.label import Category, Label, Tag
from commonsky.ledger.record import Body, Envelope, Kind, Record, decoded, encoded
from commonsky.share.policy.agreements import entities
from commonsky.share.policy.policy import Policy, RecordClass, Released
from commonsky.share.policy.rules import POLICY, schema
from commonsky.share.policy.starter import TEN, install, starter_classes

SINGLE, PEER = 50_000, 2_000
RECORDS, CLASSES, NOW_TAI_NS = 10_000_000, 500, 1_800_000_000_000_000_000


def classes(nation: str) -> list[RecordClass]:
    """Many classes: the nation's own, each under as many embargoes that are past."""
    known = starter_classes(nation)
    return [
        msgspec.structs.replace(known[k % len(known)], embargo_tai_ns=k) for k in range(CLASSES)
    ]


def records(nation: str) -> list[Record]:
    """Many records as a ledger gives them, each decoded anew, of a hundred labels."""
    body = Body(bytes(32), b"{}")
    told = []
    for k in range(SINGLE):
        mark = Category("SENSOR", Tag.RESTRICTIVE, (f"S-{k % 100}",))
        envelope = Envelope(
            handle=f"{k:032x}", digest=body.digest, kind=Kind.ELEMENT_SET, spec="ccsds/omm",
            node=nation, realm="test", said_tai_ns=NOW_TAI_NS, subject=(k,),
            label=Label(categories=(mark,), releasable_to=TEN),
        )  # fmt: skip
        entry = encoded(envelope)
        told.append(Record(decoded(entry), entry, body))
    return told


def singly(policy: Policy, folder: Path) -> tuple[float, float]:
    """Return verdicts a second, record by record, and of Cedar alone with all handles kept."""
    told = records("USA")
    policy.confirmations.begin_with({policy.class_of(one, at_risk=False) for one in told})
    began = time.process_time()
    for recipient in TEN[:-1]:
        for one in told:
            policy.verdict(policy.class_of(one, at_risk=False), recipient, NOW_TAI_NS)
    ours = len(told) * len(TEN[:-1]) / (time.process_time() - began)
    rules = cedarpy.PolicySet.from_str((folder / POLICY).read_text(encoding="utf-8"))
    members = cedarpy.Entities.from_json_str(entities(policy.groups))
    shape = cedarpy.Schema.from_str(schema())
    few = told[:PEER]
    began = time.process_time()
    answers = [
        cedarpy.is_authorized(asked(policy.class_of(one, at_risk=False)), rules, members, shape)
        for one in few
    ]
    alone = len(few) / (time.process_time() - began)
    for one, answer in zip(few, answers, strict=True):
        kind = policy.class_of(one, at_risk=False)
        released = isinstance(policy.verdict(kind, "GBR", NOW_TAI_NS), Released)
        assert released == answer.allowed, "both must decide alike"
    return ours, alone


def asked(kind: RecordClass) -> dict[str, object]:
    return {
        "principal": {"type": "Commonsky::Nation", "id": "GBR"},
        "action": {"type": "Commonsky::Action", "id": "release_full"},
        "resource": {"type": "Commonsky::Release", "id": "record"},
        "context": kind.context(),
    }


def measure() -> Iterator[Figure]:
    """Yield verdicts a second for ten million records of five hundred classes."""
    with tempfile.TemporaryDirectory() as folder:
        install(Path(folder), "USA")
        policy = Policy.load(Path(folder), "USA")
        several = classes("USA")
        kinds = np.random.default_rng(3).integers(0, len(several), RECORDS)
        began = time.process_time()
        policy.verdicts(kinds[:1], several, "GBR", NOW_TAI_NS)
        first = len(several) / (time.process_time() - began)
        began = time.process_time()
        for recipient in TEN[:3]:
            policy.verdicts(kinds, several, recipient, NOW_TAI_NS)
        known = 3 * RECORDS / (time.process_time() - began)
        single, alone = singly(policy, Path(folder))
    told = (
        f"{RECORDS:,} class numbers, {CLASSES} classes, three recipients, two of them new to it; "
        "a look-up, once the classes are decided"
    )
    yield Figure("policy: verdicts for records of known classes", known, Unit.RECORDS_PER_S,
                 2e6, 1e7, told)  # fmt: skip
    yield Figure("policy: classes decided for the first time", first, Unit.RECORDS_PER_S,
                 np.nan, np.nan, "all three actions of each by Cedar")  # fmt: skip
    told = f"{SINGLE:,} records, nine recipients, {single / alone:,.0f} times Cedar alone"
    yield Figure("policy: label to class to verdict, record by record", single,
                 Unit.RECORDS_PER_S, np.nan, np.nan, told)  # fmt: skip


if __name__ == "__main__":
    for figure in measure():
        print(figure.row)

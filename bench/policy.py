"""Verdicts of the release policy: of classes that are known, and of new ones."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import msgspec
import numpy as np

from bench.figure import Figure, Unit
from commonsky.share.policy.policy import Policy, RecordClass
from commonsky.share.policy.starter import TEN, install, starter_classes

RECORDS, CLASSES, NOW_TAI_NS = 10_000_000, 500, 1_800_000_000_000_000_000


def classes(nation: str) -> list[RecordClass]:
    """Many classes: the nation's own, each under as many embargoes that are past."""
    known = starter_classes(nation)
    return [
        msgspec.structs.replace(known[k % len(known)], embargo_tai_ns=k) for k in range(CLASSES)
    ]


def measure() -> Iterator[Figure]:
    """Yield verdicts a second for ten million records of five hundred classes."""
    with tempfile.TemporaryDirectory() as folder:
        install(Path(folder), "USA")
        policy = Policy.load(Path(folder), "USA")
        several = classes("USA")
        kinds = np.random.default_rng(3).integers(0, len(several), RECORDS)
        began = time.perf_counter()
        policy.verdicts(kinds[:1], several, "GBR", NOW_TAI_NS)
        first = len(several) / (time.perf_counter() - began)
        began = time.perf_counter()
        for recipient in TEN[:3]:
            policy.verdicts(kinds, several, recipient, NOW_TAI_NS)
        known = 3 * RECORDS / (time.perf_counter() - began)
    told = f"{RECORDS:,} records of {CLASSES} classes, three recipients, two of them new to it"
    yield Figure("policy: verdicts for records of known classes", known, Unit.RECORDS_PER_S,
                 2e6, 1e7, told)  # fmt: skip
    yield Figure("policy: classes decided for the first time", first, Unit.RECORDS_PER_S,
                 np.nan, np.nan, "by Cedar, one by one")  # fmt: skip


if __name__ == "__main__":
    for figure in measure():
        print(figure.row)

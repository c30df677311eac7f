"""Classes of records: all that a verdict depends on, so that each is decided once."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Collection

import msgspec

from commonsky.ledger.label import CLASSIFICATIONS, Label, Tag
from commonsky.ledger.record import Kind, Record

OBJECTS, PC_EXPONENT, MISS_M = "objects", "pc_exponent", "miss_m"
PARTICULARS = (OBJECTS, PC_EXPONENT, MISS_M)  # part of a class only where a rule asks for them
OPEN = (OBJECTS, MISS_M)  # without a finite domain: each record is a class of its own
UNTOLD = -1
LEAST_PC_EXPONENT = 30
M_PER_KM = 1000.0

# What can be made of a kind, highest first; any other kind leaves in full or not at all.
LADDER: dict[str, tuple[str, ...]] = {
    Kind.ELEMENT_SET: ("full", "exists"),
    Kind.CONJUNCTION: ("full", "event"),
}
FULL = ("full",)


class RecordClass(
    msgspec.Struct, frozen=True, kw_only=True, order=True, omit_defaults=True, cache_hash=True
):
    """
    What a release policy sees of a record.

    `unreadable` says that a permissive category has no value left, so that no reader qualifies.
    `asked` are the particulars that were looked up; others have their defaults.
    """

    kind: str
    originator: str
    classification: int
    categories: tuple[str, ...] = ()
    releasable_to: tuple[str, ...] = ()
    agreements: tuple[str, ...] = ()
    embargo_tai_ns: int = 0
    at_risk: bool = False
    unreadable: bool = False
    asked: tuple[str, ...] = ()
    objects: tuple[int, ...] = ()
    pc_exponent: int = UNTOLD
    miss_m: int = UNTOLD

    @property
    def digest(self) -> str:
        """SHA-256 of the class, in hexadecimal."""
        return hashlib.sha256(msgspec.json.encode(self)).hexdigest()

    @property
    def ladder(self) -> tuple[str, ...]:
        """The levels there is a product for, highest first."""
        return LADDER.get(self.kind, FULL)

    @property
    def open(self) -> bool:
        """Whether it may be the class of a single record."""
        return any(name in OPEN for name in self.asked)

    @property
    def confirmable(self) -> RecordClass:
        """What two persons confirm: whoever is at risk, whatever the object, whenever."""
        if not (self.embargo_tai_ns or self.at_risk or self.asked):
            return self
        return msgspec.structs.replace(
            self,
            embargo_tai_ns=0,
            at_risk=False,
            asked=(),
            objects=(),
            pc_exponent=UNTOLD,
            miss_m=UNTOLD,
        )

    def context(self) -> dict[str, object]:
        """Return the class as Cedar's context; strings stay values, whatever they hold."""
        told: dict[str, object] = {
            "kind": self.kind,
            "originator": self.originator,
            "classification": self.classification,
            "categories": list(self.categories),
            "releasable_to": list(self.releasable_to),
            "agreements": list(self.agreements),
            "embargoed": self.embargo_tai_ns != 0,
            "at_risk": self.at_risk,
            OBJECTS: list(self.objects),
        }
        if self.pc_exponent != UNTOLD:
            told[PC_EXPONENT] = self.pc_exponent
        if self.miss_m != UNTOLD:
            told[MISS_M] = self.miss_m
        return told


def record_class(record: Record, *, at_risk: bool, asked: Collection[str] = ()) -> RecordClass:
    """Return the class of a record, with those particulars that a policy asks for."""
    envelope = record.envelope
    label = envelope.label
    told = RecordClass(
        kind=envelope.kind.value,
        originator=envelope.node,
        classification=CLASSIFICATIONS.index(label.classification),
        categories=_categories(label),
        releasable_to=label.releasable_to,
        agreements=label.agreements,
        embargo_tai_ns=label.embargo_tai_ns,
        at_risk=at_risk,
        unreadable=any(one.tag is Tag.PERMISSIVE and not one.values for one in label.categories),
    )
    if not asked:
        return told
    miss_m, pc_exponent = _approach(record)
    return msgspec.structs.replace(
        told,
        asked=tuple(sorted(asked)),
        objects=envelope.subject if OBJECTS in asked else (),
        pc_exponent=pc_exponent if PC_EXPONENT in asked else UNTOLD,
        miss_m=miss_m if MISS_M in asked else UNTOLD,
    )


class _Approach(msgspec.Struct, frozen=True):
    miss_km: float
    pc: float | None


_DECODER = msgspec.json.Decoder(_Approach)


def _approach(record: Record) -> tuple[int, int]:
    """Miss distance in metres and exponent of Pc of a conjunction, UNTOLD where it has none."""
    if record.envelope.kind is not Kind.CONJUNCTION or record.body is None:
        return UNTOLD, UNTOLD
    told = _DECODER.decode(record.body.content)
    miss_m = int(told.miss_km * M_PER_KM) if math.isfinite(told.miss_km) else UNTOLD
    return miss_m, UNTOLD if told.pc is None else exponent(told.pc)


def exponent(pc: float) -> int:
    """Return n where 1e-n <= Pc < 1e-(n-1), at most 30."""
    return next((n for n in range(LEAST_PC_EXPONENT) if pc >= float(f"1e-{n}")), LEAST_PC_EXPONENT)


def _categories(label: Label) -> tuple[str, ...]:
    r"""As NAME=value; an equals sign in a name is written \=, so that no two read alike."""
    return tuple(
        f"{one.name.translate(_ESCAPED)}={value}"
        for one in label.categories
        for value in one.values
    )


_ESCAPED = str.maketrans({"\\": "\\\\", "=": "\\="})

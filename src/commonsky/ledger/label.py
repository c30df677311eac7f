"""
Confidentiality labels: the model of STANAG 4774 in JSON, and their join.

Labels form a lattice ordered by how much they restrict.  What is derived from several records is
labelled with the join of their labels, which is at least as strict as each of them.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from functools import reduce
from typing import Literal

import msgspec

EVERYONE = "ALL"  # in `releasable_to`: no nation is excluded
CLASSIFICATIONS = ("UNCLASSIFIED", "RESTRICTED", "CONFIDENTIAL", "SECRET", "TOP SECRET")
POLICY = "commonsky"

Classification = Literal["UNCLASSIFIED", "RESTRICTED", "CONFIDENTIAL", "SECRET", "TOP SECRET"]


class Tag(StrEnum):
    """How the values of a category combine, in the words of STANAG 4774."""

    RESTRICTIVE = "RESTRICTIVE"  # a reader needs them all
    PERMISSIVE = "PERMISSIVE"  # a reader needs one of them
    INFORMATIVE = "INFORMATIVE"  # tells, restricts nobody


class Category(msgspec.Struct, frozen=True, gc=False, order=True):
    """One category of a label: values sorted, each once."""

    name: str
    tag: Tag
    values: tuple[str, ...]


class Label(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """
    Who may know a record.

    `releasable_to` is sorted nations, or EVERYONE alone; empty is nobody but the originator.
    `agreements` are those it is held under, all of which must permit.  Nothing leaves before
    `embargo_tai_ns`; 0 is none.
    """

    policy: str = POLICY
    classification: Classification = "UNCLASSIFIED"
    categories: tuple[Category, ...] = ()
    releasable_to: tuple[str, ...] = ()
    agreements: tuple[str, ...] = ()
    embargo_tai_ns: int = 0


OPEN = Label(releasable_to=(EVERYONE,))  # the bottom of the lattice


def join(labels: Iterable[Label]) -> Label:
    """Return the least label that is at least as strict as each of these; OPEN of none."""
    return reduce(_join, labels, OPEN)


def _join(a: Label, b: Label) -> Label:
    if a.policy != b.policy:
        raise ValueError(f"labels of the policies {a.policy!r} and {b.policy!r} have no join")
    return Label(
        policy=a.policy,
        classification=max(a.classification, b.classification, key=CLASSIFICATIONS.index),
        categories=_joined(a.categories, b.categories),
        releasable_to=_both(a.releasable_to, b.releasable_to),
        agreements=tuple(sorted({*a.agreements, *b.agreements})),
        embargo_tai_ns=max(a.embargo_tai_ns, b.embargo_tai_ns),
    )


def _both(a: tuple[str, ...], b: tuple[str, ...]) -> tuple[str, ...]:
    if EVERYONE in a:
        return b
    return a if EVERYONE in b else tuple(sorted({*a} & {*b}))


def _joined(a: tuple[Category, ...], b: tuple[Category, ...]) -> tuple[Category, ...]:
    """Every category of either; of permissive ones in both, the values in both."""
    held = {(one.name, one.tag): one for one in a}
    for one in b:
        key = (one.name, one.tag)
        ours = held.get(key)
        if ours is None:
            held[key] = one
            continue
        values = {*ours.values}
        both = values & {*one.values} if one.tag is Tag.PERMISSIVE else values | {*one.values}
        held[key] = Category(one.name, one.tag, tuple(sorted(both)))
    return tuple(sorted(held.values()))

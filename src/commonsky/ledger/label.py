"""
Confidentiality labels: the model of STANAG 4774 in JSON, and their join.

Labels form a lattice ordered by how much they restrict.  What is derived from several records is
labelled with the join of their labels, which is at least as strict as each of them.  Labels of
another policy than ours have no place in it yet.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from enum import StrEnum
from functools import reduce
from itertools import pairwise
from typing import Any, Literal

import msgspec

from commonsky.errors import MessageError

EVERYONE = "ALL"  # in `releasable_to`: no nation is excluded
CLASSIFICATIONS = ("UNCLASSIFIED", "RESTRICTED", "CONFIDENTIAL", "SECRET", "TOP SECRET")
POLICY = "commonsky"
LATEST_TAI_NS = (1 << 63) - 1

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

    @property
    def canonical(self) -> bytes:
        """The one way to write a label that has no `problem`: equal labels, equal bytes."""
        return _ENCODER.encode(self)


OPEN = Label(releasable_to=(EVERYONE,))  # the bottom of the lattice


def parsed(text: bytes) -> Label:
    """Return the label written so; bytes that are not its canonical form are a `MessageError`."""
    try:
        label = _DECODER.decode(text)
    except (msgspec.DecodeError, ValueError, RecursionError) as error:
        raise MessageError(f"no label: {error}", line=1) from None
    wrong = problem(label) or ("" if label.canonical == text else "it is not in canonical form")
    if wrong:
        raise MessageError(f"no label of ours: {wrong}", line=1)
    return label


def problem(label: Label) -> str:
    """Return what keeps a label from being one of ours, "" for nothing."""
    if label.policy != POLICY:
        return f"the policy {label.policy[:80]!r} is not known here"
    if not 0 <= label.embargo_tai_ns <= LATEST_TAI_NS:
        return "the embargo is no time in TAI ns"
    return _reader_problem(label) or _category_problem(label)


def _reader_problem(label: Label) -> str:
    to = label.releasable_to
    if EVERYONE in to and len(to) > 1:
        return f"{EVERYONE} stands beside nations"
    if not all(map(_NATION, to)):
        return "it is releasable to what is no nation of three letters"
    if not (_in_order(to) and _in_order(label.agreements)):
        return "nations or agreements are not sorted, each once"
    if not all(map(_is_word, label.agreements)):
        return "an agreement has no name that can be printed"
    return ""


def _category_problem(label: Label) -> str:
    categories = label.categories
    if not _in_order([(one.name, one.tag) for one in categories]):
        return "categories are not sorted, each once"
    for one in categories:
        if not all(map(_is_word, (one.name, *one.values))):
            return "a category has a name or value that cannot be printed"
        if not _in_order(one.values):
            return f"the values of the category {one.name!r} are not sorted, each once"
        if one.values:
            continue
        if one.tag is not Tag.PERMISSIVE:
            return f"the category {one.name!r} has no values"
        if label.releasable_to:
            return f"the category {one.name!r} permits nobody, and the label does"
    return ""


def _in_order(values: Sequence[Any]) -> bool:
    return all(one < another for one, another in pairwise(values))


def _is_word(text: str) -> bool:
    return bool(text) and text.isprintable() and text == text.strip()


def restricts(strict: Label, lax: Label) -> bool:
    """Whether the one label is at least as strict as the other: the order of the lattice."""
    return join([strict, lax]) == join([strict])


def join(labels: Iterable[Label]) -> Label:
    """Return the least label that is at least as strict as each of these; OPEN of none."""
    return reduce(_join, labels, OPEN)


def _join(a: Label, b: Label) -> Label:
    if a.policy != b.policy:
        raise ValueError(f"labels of the policies {a.policy!r} and {b.policy!r} have no join")
    categories = _joined(a.categories, b.categories)
    # A permissive category without values permits nobody: say so where every reader looks.
    nobody = any(one.tag is Tag.PERMISSIVE and not one.values for one in categories)
    return Label(
        policy=a.policy,
        classification=max(a.classification, b.classification, key=CLASSIFICATIONS.index),
        categories=categories,
        releasable_to=() if nobody else _both(a.releasable_to, b.releasable_to),
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


_NATION = re.compile(r"[A-Z]{3}").fullmatch
_ENCODER = msgspec.json.Encoder(order="deterministic")
_DECODER = msgspec.json.Decoder(Label)

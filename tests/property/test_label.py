"""Labels form a lattice: laws of the join, and who is left to read what is derived."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from commonsky.errors import MessageError
from commonsky.ledger.label import (
    CLASSIFICATIONS,
    EVERYONE,
    OPEN,
    Category,
    Label,
    Tag,
    join,
    parsed,
    problem,
    restricts,
)

NATIONS = ("AUS", "CAN", "GBR", "NOR")
NAMES, VALUES, AGREEMENTS = ("EYES", "SENSOR"), ("A", "B", "C"), ("X-1", "X-2")
TIMES = (0, 1, 5, (1 << 63) - 1)

Categories = dict[tuple[str, Tag], set[str]]


def label_of(
    classification: str, categories: Categories, to: set[str], agreements: set[str], embargo: int
) -> Label:
    """A label of ours, made without the code that is to be tested."""
    kept = tuple(
        Category(name, tag, tuple(sorted(values)))
        for (name, tag), values in sorted(categories.items())
        if values or tag is Tag.PERMISSIVE
    )
    return Label(
        classification=classification,  # type: ignore[arg-type]
        categories=kept,
        releasable_to=tuple(sorted(to)) if all(one.values for one in kept) else (),
        agreements=tuple(sorted(agreements)),
        embargo_tai_ns=embargo,
    )


LABELS = st.builds(
    label_of,
    st.sampled_from(CLASSIFICATIONS),
    st.dictionaries(
        st.tuples(st.sampled_from(NAMES), st.sampled_from(Tag)),
        st.sets(st.sampled_from(VALUES)),
        max_size=3,
    ),
    st.one_of(st.just({EVERYONE}), st.sets(st.sampled_from(NATIONS))),
    st.sets(st.sampled_from(AGREEMENTS)),
    st.sampled_from(TIMES),
)


@dataclass(frozen=True)
class Reader:
    """Somebody who asks, as a label sees them."""

    nation: str
    clearance: str
    held: frozenset[tuple[str, str]]  # categories and values
    agreements: frozenset[str]
    at_tai_ns: int

    def may_read(self, label: Label) -> bool:
        """Whether a label admits them, in the words of STANAG 4774's model."""
        to = label.releasable_to
        return (
            (self.nation in to or EVERYONE in to)
            and CLASSIFICATIONS.index(self.clearance)
            >= CLASSIFICATIONS.index(label.classification)
            and self.agreements.issuperset(label.agreements)
            and self.at_tai_ns >= label.embargo_tai_ns
            and all(map(self._satisfies, label.categories))
        )

    def _satisfies(self, category: Category) -> bool:
        has = [(category.name, value) in self.held for value in category.values]
        if category.tag is Tag.INFORMATIVE:
            return True
        return all(has) if category.tag is Tag.RESTRICTIVE else any(has)


HOLDINGS = [(name, value) for name in NAMES for value in VALUES]
EVERYTHING = frozenset(HOLDINGS)
CLEARED = Reader("GBR", CLASSIFICATIONS[-1], EVERYTHING, frozenset(AGREEMENTS), TIMES[-1])
# Who lacks one thing at most, so that nothing else hides what the join did to it.
READERS = st.one_of(
    st.just(CLEARED),
    st.builds(lambda nation: replace(CLEARED, nation=nation), st.sampled_from(NATIONS)),
    st.builds(lambda one: replace(CLEARED, clearance=one), st.sampled_from(CLASSIFICATIONS)),
    st.builds(lambda one: replace(CLEARED, held=EVERYTHING - {one}), st.sampled_from(HOLDINGS)),
    st.builds(lambda one: replace(CLEARED, held=frozenset({one})), st.sampled_from(HOLDINGS)),
    st.builds(
        lambda one: replace(CLEARED, agreements=frozenset({one})), st.sampled_from(AGREEMENTS)
    ),
    st.builds(lambda at: replace(CLEARED, at_tai_ns=at), st.sampled_from(TIMES)),
)
EYES = [
    Label(categories=(Category("EYES", Tag.PERMISSIVE, (value,)),), releasable_to=(EVERYONE,))
    for value in VALUES
]


@given(LABELS, LABELS, LABELS)
def test_the_join_is_that_of_a_lattice(a: Label, b: Label, c: Label) -> None:
    assert join([a]) == a == join([a, a]) == join([a, OPEN])
    assert join([a, b]) == join([b, a])
    assert join([join([a, b]), c]) == join([a, join([b, c])]) == join([c, a, b])


@given(LABELS, LABELS, LABELS)
def test_the_join_is_the_least_that_is_as_strict_as_both(a: Label, b: Label, c: Label) -> None:
    both = join([a, b])
    assert restricts(both, a)
    assert restricts(both, b)
    assert restricts(a, OPEN)
    if restricts(c, a) and restricts(c, b):
        assert restricts(c, both)
    assert (restricts(a, b) and restricts(b, a)) == (a == b)
    assert restricts(join([both, c]), join([a, c]))


@given(LABELS, LABELS, READERS)
@example(EYES[0], EYES[1], replace(CLEARED, held=frozenset({("EYES", "A")})))
@example(join(EYES[:2]), OPEN, CLEARED)
@example(Label(), OPEN, CLEARED)
def test_who_may_read_what_is_derived_may_read_all_it_rests_on(
    a: Label, b: Label, reader: Reader
) -> None:
    derived = join([a, b])
    if reader.may_read(derived):
        assert reader.may_read(a)
        assert reader.may_read(b)
    if restricts(a, b) and reader.may_read(a):
        assert reader.may_read(b)
    # Nobody else is kept out but by permissive categories, of which one value was shared.
    tags = {one.tag for label in (a, b) for one in label.categories}
    if Tag.PERMISSIVE not in tags:
        assert reader.may_read(derived) == (reader.may_read(a) and reader.may_read(b))


def test_permissive_values_that_nobody_shares_leave_nobody() -> None:
    assert join(EYES[:2]).releasable_to == ()
    assert join([EYES[0], EYES[0]]).releasable_to == (EVERYONE,)


@given(LABELS, LABELS)
@example(EYES[0], EYES[1])
def test_a_label_is_written_in_one_way(a: Label, b: Label) -> None:
    assert not problem(a)
    assert parsed(a.canonical) == a
    assert (a.canonical == b.canonical) == (a == b)
    assert not problem(join([a, b]))


@given(LABELS, st.data())
def test_other_ways_to_write_it_are_refused(label: Label, data: st.DataObject) -> None:
    text = label.canonical
    cut = data.draw(st.integers(0, len(text) - 1))
    ways = [
        text[:cut],
        text.replace(b",", b", ", 1),
        b" " + text,
        text + b"\n",
        text.replace(b'"policy"', b'"policy":"commonsky","policy"', 1),
        text[:-1] + b',"more":1}',
    ]
    other = data.draw(st.sampled_from(ways))
    with pytest.raises(MessageError):
        parsed(other)


def changed(**fields: object) -> Callable[[Label], Label]:
    return lambda label: msgspec.structs.replace(label, **fields)


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        (changed(policy="NATO"), "the policy 'NATO' is not known here"),
        (changed(embargo_tai_ns=-1), "no time"),
        (changed(embargo_tai_ns=1 << 63), "no time"),
        (changed(releasable_to=("ALL", "GBR")), "beside nations"),
        (changed(releasable_to=("GBR", "AUS")), "not sorted"),
        (changed(releasable_to=("GBR", "GBR")), "not sorted"),
        (changed(releasable_to=("gbr",)), "no nation"),
        (changed(releasable_to=("GBR\n",)), "no nation"),
        (changed(releasable_to=("",)), "no nation"),
        (changed(releasable_to=("ÄÖÜ",)), "no nation"),
        (changed(agreements=("X-2", "X-1")), "not sorted"),
        (changed(agreements=("",)), "cannot|no name"),
        (changed(agreements=("X\n1",)), "no name"),
        (changed(categories=(Category("S", Tag.RESTRICTIVE, ()),)), "has no values"),
        (changed(categories=(Category("S", Tag.INFORMATIVE, ()),)), "has no values"),
        (changed(categories=(Category("S", Tag.PERMISSIVE, ()),)), "permits nobody"),
        (changed(categories=(Category("S", Tag.RESTRICTIVE, ("B", "A")),)), "not sorted"),
        (changed(categories=(Category("S", Tag.RESTRICTIVE, ("A", "A")),)), "not sorted"),
        (changed(categories=(Category("", Tag.RESTRICTIVE, ("A",)),)), "cannot be printed"),
        (changed(categories=(Category("S", Tag.RESTRICTIVE, (" A",)),)), "cannot be printed"),
        (changed(categories=(Category("S", Tag.RESTRICTIVE, ("A",)),) * 2), "not sorted"),
        (
            changed(
                categories=(
                    Category("T", Tag.RESTRICTIVE, ("A",)), Category("S", Tag.RESTRICTIVE, ("A",)),
                )
            ),
            "not sorted",
        ),
    ],
)  # fmt: skip
def test_a_spoilt_label_is_refused_with_a_reason(
    spoil: Callable[[Label], Label], told: str
) -> None:
    spoilt = spoil(Label(releasable_to=("GBR",)))
    with pytest.raises(MessageError, match=told):
        parsed(spoilt.canonical)


@pytest.mark.parametrize(
    "text", [b"", b"null", b"[]", b'{"policy":7}', b"[" * 100_000, b"\xff", b'{"policy":"\xff"}']
)
def test_what_is_no_label_at_all(text: bytes) -> None:
    with pytest.raises(MessageError, match="no label"):
        parsed(text)


def test_labels_of_another_policy_have_no_join() -> None:
    with pytest.raises(ValueError, match="have no join"):
        join([OPEN, Label(policy="NATO")])

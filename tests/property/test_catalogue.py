"""Merging and differencing do not depend on the order of rows, and lose nothing."""

from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from commonsky.catalogue.catalogue import Catalogue, concatenated
from commonsky.catalogue.difference import difference
from commonsky.catalogue.merge import default_start, merge, validity_tai_ns
from tests.catalogue_case import DAY_NS, catalogue_of, rows_of

# Few values each, so that rows tie in every way.
ROW = st.fixed_dictionaries(
    {
        "number": st.integers(1, 4),
        "day": st.sampled_from([0.0, 1.0, 1.0 + 1e-9, 300.0]),
        "set": st.integers(1, 2),
        "revolution": st.integers(1, 2),
        "anomaly": st.sampled_from([0.0, -0.0, 1.0, np.nan]),
        "name": st.sampled_from(["", "A", "B"]),
        "type": st.integers(0, 2),
        "operator": st.sampled_from(["", "ACME"]),
        "source": st.sampled_from(["a", "b", "c"]),
    }
)
ROWS = st.lists(ROW, min_size=1, max_size=12)


# Rows that differ only in what decides last.
TWIN = st.fixed_dictionaries(
    {
        "anomaly": st.sampled_from([0.0, -0.0, 1.0, np.nan]),
        "bstar": st.sampled_from([0.0, 1e-4]),
        "name": st.sampled_from(["", "A", "B"]),
        "classification": st.sampled_from(["U", "S"]),
        "source": st.sampled_from(["a", "b"]),
    }
)
TWINS = st.lists(TWIN, min_size=2, max_size=5)


def told(catalogue: Catalogue) -> list[str]:
    return [repr(row) for row in rows_of(catalogue)]


@given(ROWS | TWINS, st.randoms(use_true_random=False), st.booleans())
@settings(max_examples=150)
def test_merge_does_not_depend_on_order(rows: list[Any], random: Any, side_by_side: bool) -> None:
    mixed = rows.copy()
    random.shuffle(mixed)
    one = merge(catalogue_of(*rows), side_by_side=side_by_side)
    two = merge(catalogue_of(*mixed), side_by_side=side_by_side)
    assert told(one.catalogue) == told(two.catalogue)
    assert told(one.superseded) == told(two.superseded)
    assert one.duplicate_count == two.duplicate_count


@given(ROWS, st.booleans())
@settings(max_examples=100)
def test_merge_loses_nothing(rows: list[Any], side_by_side: bool) -> None:
    before = catalogue_of(*rows)
    merged = merge(before, side_by_side=side_by_side)
    after = merged.catalogue
    assert len(after) + len(merged.superseded) + merged.duplicate_count == len(rows)
    assert after.provenance.superseded_count == len(rows) - len(after)
    keys = list(zip(after.catalogue_number, after.source, strict=True))
    if not side_by_side:
        assert after.catalogue_number.tolist() == sorted({row["number"] for row in rows})
    assert len(set(keys)) == len(keys)
    for number, epoch in zip(after.catalogue_number, after.elements.epoch_tai_ns, strict=True):
        if not side_by_side:
            same = before.catalogue_number == number
            assert epoch == before.elements.epoch_tai_ns[same].max()


@given(ROWS, st.booleans())
def test_merging_again_changes_nothing(rows: list[Any], side_by_side: bool) -> None:
    once = merge(catalogue_of(*rows), side_by_side=side_by_side)
    twice = merge(once.catalogue, side_by_side=side_by_side)
    assert told(once.catalogue) == told(twice.catalogue)
    assert len(twice.superseded) == twice.duplicate_count == 0


@given(ROWS, ROWS)
@settings(max_examples=100)
def test_difference_is_told_from_both_sides(first: list[Any], second: list[Any]) -> None:
    old, new = catalogue_of(*first), catalogue_of(*second)
    there, back = difference(old, new), difference(new, old)
    assert there.appeared.tolist() == back.vanished.tolist()
    assert there.changed.tolist() == back.replaced.tolist()
    assert len(there.unchanged) == len(back.unchanged)
    rows = [*there.appeared, *there.changed, *there.unchanged]
    assert sorted(rows) == list(range(len(new)))
    assert not difference(old, old)


@given(ROWS, st.randoms(use_true_random=False))
def test_difference_does_not_depend_on_order(rows: list[Any], random: Any) -> None:
    mixed = rows.copy()
    random.shuffle(mixed)
    assert not difference(catalogue_of(*rows), catalogue_of(*mixed))


@given(ROWS)
def test_validity_spans_do_not_overlap_within_a_source(rows: list[Any]) -> None:
    sky = concatenated([catalogue_of(row) for row in rows])
    start, stop = validity_tai_ns(sky)
    assert (stop >= start).all()
    for one in range(len(sky)):
        for two in range(len(sky)):
            same = sky.catalogue_number[one] == sky.catalogue_number[two]
            if same and sky.source[one] == sky.source[two] and start[one] < start[two]:
                assert stop[one] <= start[two]


@given(ROWS)
def test_default_start_is_an_epoch_near_the_median(rows: list[Any]) -> None:
    epochs = np.sort(catalogue_of(*rows).elements.epoch_tai_ns)
    start = default_start(catalogue_of(*rows))
    assert start in epochs
    assert start >= epochs[(len(epochs) - 1) // 2]
    assert start <= epochs[len(epochs) // 2] + DAY_NS

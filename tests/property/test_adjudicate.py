"""What a verdict must not hang on: order, names, frame, which object is called the primary."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from commonsky.assess.adjudicate import Adjudications, Solutions, adjudicate
from tests.adjudication_case import reordered, taken, turned, world

seeds = st.integers(0, 2**32 - 1)
EVENTS = 60


def events(seed: int) -> Solutions:
    solutions: Solutions = world(EVENTS, seed % 5).solutions
    return solutions


def same(one: Adjudications, other: Adjudications) -> None:
    """Verdicts are the same, and fused Pc's up to rounding."""
    assert (one.verdict == other.verdict).all()
    pc, again = one.fused.ladder.pc, other.fused.ladder.pc
    assert (np.isnan(pc) == np.isnan(again)).all()
    counted = pc > 1e-12
    assert again[counted] == pytest.approx(pc[counted], rel=1e-3)
    assert (one.regret.mitigate_least == other.regret.mitigate_least).all()


@given(seeds)
@settings(max_examples=10, deadline=None)
def test_order_of_sources(seed: int) -> None:
    order = np.random.default_rng(seed).permutation(4)
    plain, mixed = events(seed), reordered(events(seed), order)
    one, other = adjudicate(plain), adjudicate(mixed)
    same(one, other)
    assert (other.doubted == one.doubted[:, order]).all()


@given(seeds)
@settings(max_examples=10, deadline=None)
def test_rotation_of_the_frame(seed: int) -> None:
    rotation, _ = np.linalg.qr(np.random.default_rng(seed).normal(size=(3, 3)))
    rotation *= np.sign(np.linalg.det(rotation))
    same(adjudicate(events(seed)), adjudicate(turned(events(seed), rotation)))


@given(seeds)
@settings(max_examples=5, deadline=None)
def test_swap_of_the_objects(seed: int) -> None:
    plain = events(seed)
    swapped = replace(plain, primary=plain.secondary, secondary=plain.primary)
    one, other = adjudicate(plain), adjudicate(swapped)
    same(one, other)
    assert (one.doubted == other.doubted).all()


@given(seeds)
@settings(max_examples=5, deadline=None)
def test_rows_know_nothing_of_each_other(seed: int) -> None:
    rows = np.random.default_rng(seed).permutation(EVENTS)[:20]
    whole, part = adjudicate(events(seed)), adjudicate(taken(events(seed), rows))
    assert (part.verdict == whole.verdict[rows]).all()
    assert (part.doubted == whole.doubted[rows]).all()


def test_names_of_nations() -> None:
    plain = events(1)
    names = np.broadcast_to(np.array(["NZL", "USA", "JPN", "NOR"]), plain.source.shape)
    one, other = adjudicate(plain), adjudicate(replace(plain, source=names))
    assert (one.verdict == other.verdict).all()
    assert np.array_equal(one.fused.ladder.pc, other.fused.ladder.pc, equal_nan=True)

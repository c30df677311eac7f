"""
The same events however they are looked for: step, layers, blocks, threads, order of the objects.

On real catalogues where they are, thinned; and on a synthetic sky.  COMMONSKY_EVERY=1 takes every
object and a whole day, and is run by hand.
"""

import os
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from commonsky.astro.arrays import Ints
from commonsky.astro.elements import MeanElements
from commonsky.catalogue.population import population
from commonsky.screen import screening
from commonsky.screen.encounter import Encounters
from commonsky.screen.screener import encounters_of, prepare_job
from commonsky.screen.screening import minima
from commonsky.screen.trajectory import trajectories
from commonsky.screen.volume import Volume
from tests.screening_case import HOUR_NS, real_catalogue

EVERY = int(os.environ.get("COMMONSKY_EVERY", "7"))
HOURS = {1.0: 24.0, 5.0: 24.0, 50.0: 6.0} if EVERY == 1 else {1.0: 24.0, 5.0: 12.0, 50.0: 2.0}
SKIES = ("synthetic", "celestrak_on_orbit_20241101", "bg_20191212", "bg_20250901")
DISTANCES = (1.0, 5.0, 50.0)
TCA_NS, MISS_KM = 1000, 1e-8  # Newton's method ends within this from different guesses
STEPS_S = (60.0, 120.0, 180.0, 240.0, 360.0)


def sky(name: str) -> tuple[MeanElements, Ints]:
    """Elements and numbers of every so-many-th object."""
    whole = population(30_000, 3) if name == "synthetic" else real_catalogue(name)
    rows = np.arange(0, len(whole), EVERY)
    return whole.elements.take(rows), whole.catalogue_number[rows]


def events(
    elements: MeanElements,
    numbers: Ints,
    distance_km: float,
    *,
    step_s: float = 300.0,
    executor: Executor | None = None,
    **changes: Any,
) -> Encounters:
    """Screen from the median epoch on, with what the sieve takes for granted changed."""
    start = int(np.median(elements.epoch_tai_ns))
    stop = start + round(HOURS[distance_km] * HOUR_NS)
    ready = trajectories(elements, numbers, start, stop)
    everyone = np.ones(len(ready), bool)
    volume = Volume.sphere(distance_km)
    job = replace(prepare_job(ready, start, stop, volume, everyone, step_s), **changes)
    return encounters_of(ready, minima(job, executor)[0], volume, everyone)


def same(one: Encounters, other: Encounters, distance_km: float) -> None:
    """The same pairs at the same times; one at the very limit may be on either side of it."""
    one, other = inner(one, distance_km), inner(other, distance_km)
    assert len(one) == len(other)
    assert len(one) > 0
    a, b = np.lexsort(key(one)), np.lexsort(key(other))
    assert (one.row1[a] == other.row1[b]).all()
    assert (one.row2[a] == other.row2[b]).all()
    quick = ~one.slow[a]
    assert (one.slow[a] == other.slow[b]).all()
    assert np.abs(one.tca_tai_ns[a] - other.tca_tai_ns[b])[quick].max() <= TCA_NS
    assert np.abs(one.miss_km[a] - other.miss_km[b]).max() <= MISS_KM


def inner(found: Encounters, distance_km: float) -> Encounters:
    return found.take(np.flatnonzero(found.miss_km < distance_km - 2 * MISS_KM))


def key(found: Encounters) -> tuple[Ints, Ints, Ints]:
    return found.tca_tai_ns // 10_000_000_000, found.row2, found.row1


@pytest.fixture(scope="module", params=[(name, d) for name in SKIES for d in DISTANCES], ids=str)
def known(
    request: pytest.FixtureRequest,
) -> tuple[MeanElements, Ints, float, Encounters]:
    name, distance_km = request.param
    elements, numbers = sky(name)
    found = events(elements, numbers, distance_km)
    print(f"{name} {distance_km} km: {len(elements)} objects, {len(found)} events")  # noqa: T201
    return elements, numbers, distance_km, found


Known = tuple[MeanElements, Ints, float, Encounters]


@pytest.mark.parametrize("step_s", STEPS_S if EVERY == 1 else (60.0, 180.0, 360.0))
def test_step(known: Known, step_s: float) -> None:
    elements, numbers, distance_km, found = known
    same(events(elements, numbers, distance_km, step_s=step_s), found, distance_km)


@pytest.mark.parametrize("layer_km", [10.0, 20.0, 60.0] if EVERY == 1 else [20.0])
def test_layers(known: Known, layer_km: float) -> None:
    elements, numbers, distance_km, found = known
    same(events(elements, numbers, distance_km, layer_km=layer_km), found, distance_km)


@pytest.mark.parametrize("block_knots", [7, 17, 32, 33] if EVERY == 1 else [9])
def test_blocks(known: Known, block_knots: int) -> None:
    elements, numbers, distance_km, found = known
    same(events(elements, numbers, distance_km, block_knots=block_knots), found, distance_km)


def test_threads_and_order(known: Known) -> None:
    elements, numbers, distance_km, found = known
    order = np.random.default_rng(1).permutation(len(elements))
    with ThreadPoolExecutor(2) as executor:
        shuffled = events(elements.take(order), numbers[order], distance_km, executor=executor)
    first, second = order[shuffled.row1], order[shuffled.row2]
    same(replace(shuffled, row1=first, row2=second), found, distance_km)


def test_threads_change_nothing_at_all() -> None:
    elements, numbers = sky("synthetic")
    one = events(elements, numbers, 5.0)
    with ThreadPoolExecutor(3) as executor:
        other = events(elements, numbers, 5.0, executor=executor)
    for name in ("row1", "row2", "tca_tai_ns", "miss_km", "relative_ric_km", "slow"):
        assert getattr(one, name).tobytes() == getattr(other, name).tobytes()


@pytest.mark.parametrize("step_s", [30.0, 90.0, 100.0, 301.0, 361.0, 420.0, 600.0, 0.0, -60.0])
def test_steps_that_are_not_allowed(step_s: float) -> None:
    with pytest.raises(ValueError, match="multiple of 60 s up to 360 s"):
        screening.Span(0.0, 60.0, step_s)

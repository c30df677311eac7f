"""SGP4 over all that elements and times can be, against the `sgp4` package and against itself."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from commonsky.astro.arrays import Floats
from commonsky.astro.epoch import NS_PER_DAY
from commonsky.astro.sgp4 import Mode, Status, propagate, propagator
from commonsky.astro.sgp4_kernels import row_state, row_states
from tests.screening_case import MINUTE_NS, START_NS, elements_of, joined, reference_states
from tests.sgp4_case import KINDS, orbits

GATE_KM = 5e-6
# What runaway drag and e near 1 make of rounding, per km of distance.
RELATIVE = 1e-9

angles = st.floats(0.0, 2.0 * np.pi)
# Lyddane's way begins at 0.2 rad; at 0 and pi the node and XLCOF have their poles.
inclinations = st.one_of(
    st.floats(0.0, np.pi),
    st.floats(0.19, 0.21),
    st.floats(-12.0, -1.0).map(lambda power: 10.0**power),
    st.floats(-12.0, -1.0).map(lambda power: np.pi - 10.0**power),
    st.sampled_from([0.0, 0.2, np.nextafter(0.2, 0.0), np.pi]),
).filter(lambda i: i == 0.0 or i > 1e-300)  # of less, the package makes nan
eccentricities = st.one_of(
    st.floats(0.0, 0.99), st.floats(0.0, 2e-4), st.sampled_from([0.0, 1e-6, 1e-4, 0.1, 0.9, 0.99])
)
# Revolutions a day: low orbits, the resonances at 2 and 1, the border of deep space at 6.4.
motions = st.one_of(
    st.floats(0.3, 16.5), st.floats(1.9, 2.1), st.floats(0.98, 1.02), st.floats(6.35, 6.45)
).map(lambda rev: rev * 2.0 * np.pi / 1440.0)
drags = st.one_of(
    st.just(0.0), st.floats(-1e-3, 1e-3), st.floats(-0.1, 0.1), st.floats(-10.0, 10.0)
)
element_sets = st.fixed_dictionaries(
    {
        "mean_motion": motions, "eccentricity": eccentricities, "inclination": inclinations,
        "raan": angles, "perigee": angles, "anomaly": angles, "bstar": drags,
        "day": st.floats(-3.0, 3.0),
    }
)  # fmt: skip
minutes_since = st.lists(
    st.one_of(st.floats(-2880.0, 2880.0), st.floats(-1e5, 1e5), st.sampled_from([0.0, 720.0])),
    min_size=1, max_size=12,
)  # fmt: skip
modes = st.sampled_from(["i", "a"])
MODES = {"i": Mode.IMPROVED, "a": Mode.AFSPC}


@given(element_sets, minutes_since, modes)
def test_same_state_and_status_as_the_package(
    row: dict[str, float], minutes: list[float], mode: str
) -> None:
    some = elements_of(row)
    epochs = some.epoch_tai_ns[0] + np.rint(np.array(minutes) * MINUTE_NS).astype(np.int64)
    position, velocity, error = reference_states(some, epochs, mode)
    ours = propagate(some, epochs, mode=MODES[mode])
    # A state within rounding of a limit may fall to either side of it.
    edge = np.abs(np.linalg.norm(position, axis=2) / 6378.135 - 1.0) < 1e-9
    assert ((ours.status == error) | edge).all()
    good = error == 0
    far = np.linalg.norm(position, axis=2)
    apart = np.linalg.norm(ours.position_km - position, axis=2)
    assert (apart[good] <= GATE_KM + RELATIVE * far[good]).all()
    apart = np.linalg.norm(ours.velocity_km_s - velocity, axis=2)
    assert (apart[good] <= 1e-8 + RELATIVE * np.linalg.norm(velocity, axis=2)[good]).all()
    lacking = np.isin(ours.status, [1, 2, 3, 4, 7, 8])
    assert (np.isnan(ours.position_km).all(axis=2) == lacking).all()


@given(st.lists(element_sets, min_size=1, max_size=6), st.data())
def test_result_depends_on_nothing_but_element_set_and_time(
    rows: list[dict[str, float]], data: st.DataObject
) -> None:
    some = elements_of(*rows)
    epochs = START_NS + np.arange(-40, 200, 7, dtype=np.int64) * 10 * MINUTE_NS
    whole = propagate(some, epochs)
    row = data.draw(st.integers(0, len(some) - 1))
    k = data.draw(st.integers(0, len(epochs) - 1))
    alone = propagate(some.take(np.array([row])), epochs[k : k + 1])
    assert alone.status[0, 0] == whole.status[row, k]
    e = some.eccentricity
    assert near(alone.position_km[0, 0], whole.position_km[row, k], e[row])
    # Any order, with repeats, of objects and times.
    objects = np.array(data.draw(st.lists(st.integers(0, len(some) - 1), min_size=1, max_size=8)))
    times = np.array(data.draw(st.lists(st.integers(0, len(epochs) - 1), min_size=1, max_size=9)))
    other = propagate(some.take(objects), epochs[times])
    assert (other.status == whole.status[np.ix_(objects, times)]).all()
    assert near(other.position_km, whole.position_km[np.ix_(objects, times)], e[objects, None])


def near(one: Floats, other: Floats, e: Floats) -> bool:
    """
    Whether positions agree to 1e-9 km and as far as Kepler's equation is solved.

    One time is solved as published, which may leave 1e-12 rad; several are solved to 1e-14.  Near
    e = 1 ten published steps may end before that.
    """
    room = np.nan_to_num(np.linalg.norm(other, axis=-1, keepdims=True))
    room = 1e-9 + np.where(np.asarray(e)[..., None] < 0.9, 1e-11, 1e-8) * room
    alike = np.isnan(one) == np.isnan(other)
    return bool((alike & ~(np.abs(one - other) > room)).all())


@given(motions, eccentricities.filter(lambda e: e < 0.7), inclinations, st.floats(-40.0, 40.0))
@example(1.0027 * 2.0 * np.pi / 1440.0, 0.0002, 0.001, 0.5)
@example(2.0057 * 2.0 * np.pi / 1440.0, 0.7, 1.107, -0.5)
def test_resonances_do_not_remember(
    motion: float, e: float, inclination: float, day: float
) -> None:
    some = elements_of(
        {"mean_motion": motion, "eccentricity": e, "inclination": inclination, "bstar": 0.0}
    )
    at = np.array([START_NS + round(day * NS_PER_DAY)])
    alone = propagate(some, at)
    # Asked beside times on the other side of the epoch, and far beyond.
    beside = propagate(some, np.r_[at, START_NS + np.array([-50, -1, 0, 1, 50]) * NS_PER_DAY])
    assert alone.status[0, 0] == beside.status[0, 0]
    assert near(alone.position_km[0, 0], beside.position_km[0, 0], some.eccentricity[0])


@given(st.lists(element_sets, min_size=1, max_size=5))
def test_span_may_be_given_in_either_order(rows: list[dict[str, float]]) -> None:
    some = elements_of(*rows)
    there = propagator(some, START_NS, START_NS + NS_PER_DAY)
    back = propagator(some, START_NS + NS_PER_DAY, START_NS)
    assert (there.near == back.near)[~np.isnan(there.near)].all()
    assert there.nodes.tobytes() == back.nodes.tobytes()


def test_threads_and_chunks() -> None:
    rng = np.random.default_rng(5)
    n = 1500  # three chunks of rows
    some = replace(
        joined(*[elements_of({})] * n),
        mean_motion_rad_min=rng.choice([0.0625, 0.00875, 0.004375, 0.03], n),
        eccentricity=rng.uniform(0.0, 0.6, n) * rng.integers(0, 2, n),
        inclination_rad=rng.uniform(0.0, np.pi, n),
        mean_anomaly_rad=rng.uniform(0.0, 6.28, n),
    )
    epochs = START_NS + np.arange(0, 1440, 30, dtype=np.int64) * MINUTE_NS
    one = propagate(some, epochs)
    with ThreadPoolExecutor(3) as executor:
        many = propagate(some, epochs, executor=executor)
    assert one.position_km.tobytes() == many.position_km.tobytes()
    assert one.velocity_km_s.tobytes() == many.velocity_km_s.tobytes()
    assert one.status.tobytes() == many.status.tobytes()
    back = propagate(some.take(np.arange(n)[::-1]), epochs[::-1])
    assert back.position_km[::-1, ::-1].tobytes() == one.position_km.tobytes()
    assert (one.status == Status.GOOD).sum() > 0.9 * one.status.size


# Years from the epoch, and what the last place of the angles is worth there (rad).
SPANS = {0.0: 2e-14, 0.02: 2e-13, 30.0: 1e-9, -30.0: 1e-9}


@pytest.mark.parametrize("mode", list(Mode))
@pytest.mark.parametrize("years", SPANS)
@pytest.mark.parametrize("kind", KINDS)
def test_loops_over_time_make_the_states_of_single_times(
    kind: str, years: float, mode: Mode
) -> None:
    """
    Both to what Kepler's equation is solved to at a single time, 1e-12 rad, as published.

    At perigee of e = 0.9 the last place of the mean anomaly is worth ten; runaway drag takes
    states far beyond their semi-major axis.
    """
    some = orbits(kind, 60, seed=round(years * 100.0) % 97)
    if abs(years) > 1.0:  # or drag would leave none
        some = replace(some, bstar_per_earth_radius=1e-4 * some.bstar_per_earth_radius)
    start = START_NS + round(years * 365.25 * NS_PER_DAY)
    ready = propagator(some, start, start + NS_PER_DAY, mode=mode)
    minutes = np.arange(0.0, 1440.0, 17.0)
    states, status = np.empty((6, len(minutes))), np.empty(len(minutes), np.int8)
    parts = ready.near, ready.deep, ready.nodes, ready.first
    in_loop = 0
    for o in range(len(some)):
        row_states(*parts, o, minutes, states, status)
        singly = np.array([row_state(*parts, o, minute) for minute in minutes])
        assert (singly[:, 6] == status).all()
        assert (np.isnan(singly[:, :6]) == np.isnan(states.T)).all()
        assert (np.isnan(singly[:, 0]) == np.isin(status, [1, 2, 3, 4, 7, 8])).all()
        apart = np.linalg.norm(singly[:, :3] - states[:3].T, axis=1)
        row = ready.rows[o]
        far = np.maximum(np.linalg.norm(singly[:, :3], axis=1), some.semi_major_axis_km[row])
        room = 1e-9 + (1.2e-12 + SPANS[years] / (1.0 - some.eccentricity[row])) * far
        assert not (apart > room).any(), (o, np.nanmax(apart / room))
        in_loop += int((apart != 0.0).sum())
    assert in_loop > 0  # else the loops have given everything away


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "falling"])
def test_epochs_in_chunks(kind: str) -> None:
    """Other middles of stretches, and other sums of minutes, are worth micrometres at most."""
    some = orbits(kind, 200)
    epochs = START_NS + np.arange(0, 10_080, 60, dtype=np.int64) * MINUTE_NS
    whole = propagate(some, epochs)
    for size in (3, 7, 100):
        parts = [propagate(some, epochs[k : k + size]) for k in range(0, len(epochs), size)]
        assert (np.concatenate([part.status for part in parts], axis=1) == whole.status).all()
        position = np.concatenate([part.position_km for part in parts], axis=1)
        apart = np.linalg.norm(position - whole.position_km, axis=2)
        far = np.linalg.norm(whole.position_km, axis=2)
        far = np.maximum(far, some.semi_major_axis_km[:, None])
        room = 1e-9 + (1e-12 + 4e-13 / (1.0 - some.eccentricity[:, None])) * far
        assert not (apart > room).any()


def test_rows_beside_do_not_matter() -> None:
    """Bit by bit: objects are alone in their loops, whatever the order and the company."""
    some = joined(*(orbits(kind, 30) for kind in KINDS))
    epochs = START_NS + np.arange(-300, 300, 7, dtype=np.int64) * 10 * MINUTE_NS
    whole = propagate(some, epochs)
    order = np.random.default_rng(2).permutation(len(some))
    shuffled = propagate(some.take(order), epochs)
    assert shuffled.position_km.tobytes() == whole.position_km[order].tobytes()
    assert shuffled.velocity_km_s.tobytes() == whole.velocity_km_s[order].tobytes()
    for row in range(0, len(some), 11):
        alone = propagate(some.take(np.array([row])), epochs)
        assert alone.position_km[0].tobytes() == whole.position_km[row].tobytes()
        assert alone.status[0].tobytes() == whole.status[row].tobytes()

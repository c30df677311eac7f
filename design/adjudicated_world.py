"""
Conjunctions as two to four sources tell them: invented from a seed, and what is true of each.

Pairs in low orbit pass at a true miss; each source a to d (a observes best) has its own age,
errors and covariance.  Orbit errors are drawn in elements; of the air all sources foresee the
same part wrongly.  Five kinds of event:

- honest: covariances hold everything;
- stale: for the oldest source the air changed after its last observation, more than it knows;
- manoeuvre: object 1 burned between last observations, 2 cm/s to 2 m/s; two-body, not linear;
- optimistic: one source's sigmas are three to ten times too small;
- default: all but one source gave a default covariance.

The true miss is drawn log-uniformly so that there are hits, and weighted back to a miss that is
uniform over a disc.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from commonsky.assess.adjudicate import Solutions
from commonsky.assess.collision import collision_probability_of_states
from commonsky.assess.common_epoch import (
    ObjectSolutions,
    common_frames,
    elements_and_spread,
    moved,
    states_of_elements,
)
from commonsky.assess.two_body import GM_KM3_S2, elements_of_states
from commonsky.astro.arrays import Floats, Ints

KINDS = ("honest", "stale", "manoeuvre", "optimistic", "default")
SHARES = (0.55, 0.15, 0.15, 0.10, 0.05)
MOST = 4
QUALITY = np.array([1.0, 1.4, 2.0, 2.8])  # of sigmas, sources a to d
RADIUS_KM, DISC_KM, HITS = 0.02, 5.0, 0.15
DAY_S = 86400.0
STATE_SCATTER_S = 2.0  # of the epochs of states about the common one


@dataclass(frozen=True)
class World:
    """Events as sources tell them, and what is true."""

    solutions: Solutions
    kind: Ints
    hit: NDArray[np.bool_]
    weight: Floats
    culprit: Ints  # position of the source that is stale or optimistic; -1


def two_states(rng: np.random.Generator, n: int) -> tuple[Floats, Floats, Floats, Floats]:
    """Two states at closest approach, and the true miss with its weight."""
    place = unit(rng.normal(size=(n, 3)))
    position = place * (6378.0 + rng.uniform(450.0, 900.0, n))[:, None]
    east = unit(np.cross(place, unit(rng.normal(size=(n, 3)))))
    north = np.cross(place, east)
    angle = rng.uniform(np.radians(15.0), np.radians(345.0), n)
    speed = np.sqrt(GM_KM3_S2 / np.linalg.norm(position, axis=1))
    states = []
    for turn in (np.zeros(n), angle):
        flat = np.cos(turn)[:, None] * east + np.sin(turn)[:, None] * north
        climb, faster = rng.normal(0.0, 1.5e-3, (2, n, 1))
        states.append(speed[:, None] * ((1.0 + faster) * flat + climb * place))
    hits = rng.random(n) < HITS
    inside = RADIUS_KM * np.sqrt(rng.random(n))
    outside = RADIUS_KM * (DISC_KM / RADIUS_KM) ** rng.random(n)
    miss = np.where(hits, inside, outside)
    share = (RADIUS_KM / DISC_KM) ** 2
    density = 2.0 * outside**2 / DISC_KM**2 * np.log(DISC_KM / RADIUS_KM) / (1.0 - HITS)
    weight = np.where(hits, share / HITS, density)
    across = unit(np.cross(states[1] - states[0], rng.normal(size=(n, 3))))
    second = position + miss[:, None] * across
    one, two = np.hstack([position, states[0]]), np.hstack([second, states[1]])
    return one, two, miss, weight


def unit(vectors: Floats) -> Floats:
    return np.asarray(vectors / np.linalg.norm(vectors, axis=-1, keepdims=True))


def drag_rates(rng: np.random.Generator, state: Floats) -> Floats:
    """(n,) rates of mean motion by drag, rad/s^2: some hundred metres a day at 450 km."""
    radius = np.linalg.norm(state[:, :3], axis=1)
    metres_day = (
        200.0 * np.exp(-(radius - 6828.0) / 65.0) * np.exp(rng.normal(0.0, 0.7, len(state)))
    )
    motion = np.sqrt(GM_KM3_S2 / radius**3)
    return np.asarray(1.5 * motion / radius * metres_day * 1e-3 / DAY_S)


def told(
    rng: np.random.Generator, state: Floats, before: Floats, age_days: Floats, stale: Floats,
    optimism: Floats,
) -> tuple[Floats, Floats, Floats]:  # fmt: skip
    """
    States (n, k, 6) and covariances at the common epoch that sources tell of one object.

    `before` (n, k, 6) are the elements that each source follows without errors, in the frames of
    `state`; `stale` (n, k) what multiplies the drag that it did not foresee.
    """
    n, k = age_days.shape
    frame = common_frames(state[:, None])
    span = age_days * DAY_S
    motion = before[:, :, 0]
    axis = (GM_KM3_S2 / motion**2) ** (1.0 / 3.0)
    sigma = np.stack([0.0005 * 1.5 * motion / axis] + [np.full((n, k), 3e-6)] * 2
                     + [np.full((n, k), 1.5e-6)] * 2 + [np.full((n, k), 5e-6)], 2)  # fmt: skip
    sigma *= QUALITY[:k, None] * np.exp(rng.normal(0.0, 0.2, (n, 1, 1)))
    fixed = np.zeros((n, k, 6, 6))
    fixed[:, :] = np.eye(6)
    fixed[:, :, 5, 0] = span
    rate = drag_rates(rng, state)[:, None]
    along = eccentricity_per_motion(rng, before)
    air = np.zeros((n, k, 6))
    air[:, :, 0], air[:, :, 5] = rate * span, 0.5 * rate * span**2
    air[:, :, 1:3] = along * air[:, :, :1]
    wrong = 0.15
    spread = fixed @ (sigma[..., None] ** 2 * np.eye(6)) @ np.swapaxes(fixed, 2, 3)
    spread += wrong**2 * air[..., :, None] * air[..., None, :]
    own = np.einsum("nkij,nkj->nki", fixed, sigma * rng.normal(size=(n, k, 6)))
    shared = rng.normal(size=(n, 1)) * 0.7**0.5 + rng.normal(size=(n, k)) * 0.3**0.5
    error = own + wrong * shared[..., None] * air
    storm = _storm(rng, rate, span)
    storm[:, :, 1:3] = along * storm[:, :, :1]
    error += storm * stale[..., None]
    spread /= optimism[..., None, None] ** 2
    states, covariances = states_of_elements(
        (before + error).reshape(-1, 6), spread.reshape(-1, 6, 6), np.repeat(frame, k, axis=0)
    )
    return states.reshape(n, k, 6), covariances.reshape(n, k, 6, 6), frame


def eccentricity_per_motion(rng: np.random.Generator, elements: Floats) -> Floats:
    """(n, k, 2) changes of h and k by drag over those of mean motion, by heights of our own."""
    n, h, k = elements[:, :, 0], elements[:, :, 1], elements[:, :, 2]
    eccentricity = np.hypot(h, k)
    scale_km = rng.uniform(45.0, 90.0, (len(n), 1))
    argument = (GM_KM3_S2 / n**2) ** (1.0 / 3.0) * eccentricity / scale_km
    angle = np.linspace(0.0, np.pi, 200)
    bulge = np.exp(argument[..., None] * (np.cos(angle) - 1.0))
    ratio = (bulge * np.cos(angle)).mean(-1) / bulge.mean(-1)
    change = (-2.0 / 3.0 / n * ratio / eccentricity)[..., None] * np.stack([h, k], -1)
    return np.asarray(change)


def _storm(rng: np.random.Generator, rate: Floats, span: Floats) -> Floats:
    """Errors of elements by air that is denser than foreseen, day by day since each age."""
    n, k = span.shape
    daily = np.maximum(rng.normal(1.0, 0.6, (n, 16)), -0.5)
    out = np.zeros((n, k, 6))
    for day in range(16):
        # The days are counted back from the common epoch.
        start, stop = np.minimum((day + 1) * DAY_S, span), np.minimum(day * DAY_S, span)
        change = rate * daily[:, day, None]
        out[:, :, 0] += change * (start - stop)
        out[:, :, 5] += change * 0.5 * (start**2 - stop**2)
    return out


def burnt(rng: np.random.Generator, state: Floats, elements: Floats, days: Floats) -> Floats:
    """(n, 6) elements that object 1 would have had without a burn so many days ago."""
    n = len(state)
    span = days * DAY_S
    at, _ = moved(elements, -span)
    radial = unit(at[:, :3])
    normal = unit(np.cross(at[:, :3], at[:, 3:]))
    axes = np.stack([np.cross(normal, radial), normal, radial], 1)
    way = axes[np.arange(n), rng.choice(3, n, p=(0.7, 0.15, 0.15))]
    size = 2e-5 * 100.0 ** rng.random(n) * rng.choice((-1.0, 1.0), n)
    before = elements_of_states(at[:, :3], at[:, 3:] - size[:, None] * way)
    before[:, 5] += before[:, 0] * span
    turns = np.round((before[:, 5] - elements[:, 5]) / (2.0 * np.pi))
    before[:, 5] -= 2.0 * np.pi * turns
    return before


def world(n: int, seed: int) -> World:
    """Return n events with two to four sources."""
    rng = np.random.default_rng(seed)
    one, two, miss, weight = two_states(rng, n)
    kind = rng.choice(len(KINDS), n, p=SHARES)
    count = rng.integers(2, MOST + 1, n)
    # Who is absent is drawn, so that the best source often is.
    order = np.argsort(rng.random((n, MOST)), axis=1)
    absent = np.argsort(order, axis=1) >= count[:, None]
    age = np.exp(rng.uniform(np.log(0.3), np.log(3.0), (n, MOST)))
    shown = np.where(absent, -1.0, age)
    oldest = np.argmax(shown, axis=1)
    rows = np.arange(n)
    age[rows, oldest] = np.where(kind == 1, rng.uniform(3.0, 7.0, n), age[rows, oldest])
    age2 = age * np.exp(rng.normal(0.0, 0.3, age.shape))
    stale = np.zeros((n, MOST))
    stale[rows, oldest] = np.where(kind == 1, rng.uniform(0.5, 2.0, n), 0.0)
    some = np.argmax(np.where(absent, -1.0, rng.random((n, MOST))), axis=1)
    optimism = np.ones((n, MOST))
    optimism[rows, some] = np.where(kind == 3, rng.uniform(3.0, 10.0, n), 1.0)
    present_ages = np.sort(np.where(absent, np.inf, age), axis=1)
    gap = rng.integers(1, count)  # the burn lies between these two ages
    low, high = present_ages[rows, gap - 1], present_ages[rows, gap]
    burn_days = low + (high - low) * rng.uniform(0.1, 0.9, n)
    objects = []
    for number, (state, ages) in enumerate(((one, age), (two, age2))):
        frame = common_frames(state[:, None])
        truth, _ = elements_and_spread(state[:, None], np.zeros((n, 1, 6, 6)), frame)
        before = np.repeat(truth, MOST, axis=1)
        if number == 0:
            without = burnt(rng, state, truth[:, 0], burn_days)
            late = (ages > burn_days[:, None]) & (kind == 2)[:, None]
            before = np.where(late[..., None], without[:, None], before)
        objects.append(told(rng, state, before, ages, stale * (number == 0), optimism)[:2])
    pc = np.full((n, MOST), np.nan)
    for k in range(MOST):
        pc[:, k] = collision_probability_of_states(
            objects[0][0][:, k, :3], objects[0][0][:, k, 3:], objects[0][1][:, k, :3, :3],
            objects[1][0][:, k, :3], objects[1][0][:, k, 3:], objects[1][1][:, k, :3, :3],
            np.full(n, RADIUS_KM),
        )[0]  # fmt: skip
    default = (kind == 4)[:, None] & (np.arange(MOST) != some[:, None])
    columns = []
    for (state, covariance), ages in zip(objects, (age, age2), strict=True):
        state[absent] = np.nan
        columns.append(scattered(rng, state, covariance, ages, default))
    pc[absent] = np.nan
    names = np.broadcast_to(np.array(list("abcd")), (n, MOST))
    solutions = Solutions(names, columns[0], columns[1], np.full((n, MOST), RADIUS_KM), pc)
    culprit = np.select([kind == 1, kind == 3], [oldest, some], -1)
    return World(solutions, kind, miss < RADIUS_KM, weight, culprit)


def scattered(
    rng: np.random.Generator, state: Floats, covariance: Floats, age: Floats,
    default: NDArray[np.bool_],
) -> ObjectSolutions:  # fmt: skip
    """The same solutions, with states at epochs of their own."""
    n, k = age.shape
    offset = rng.uniform(-STATE_SCATTER_S, STATE_SCATTER_S, (n, k))
    frame = common_frames(state)
    elements, spread = elements_and_spread(state, covariance, frame)
    there, partials = moved(elements.reshape(-1, 6), offset.ravel())
    turn = np.zeros((n, 6, 6))
    turn[:, :3, :3] = turn[:, 3:, 3:] = np.swapaxes(frame, 1, 2)
    onto = turn[:, None] @ partials.reshape(n, k, 6, 6)
    states = np.einsum("nij,nkj->nki", turn, there.reshape(n, k, 6))
    return ObjectSolutions(
        states, onto @ spread @ np.swapaxes(onto, 2, 3), offset, age, default,
        np.ones(n, np.bool_),
    )  # fmt: skip

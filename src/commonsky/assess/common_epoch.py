"""
Several sources' states of one object, brought to one epoch and into elements that do not bend.

Between the epochs of states lie seconds, minutes at most: they are bridged by two-body motion,
and what that leaves out, the oblateness of the Earth, is added to the covariance as if nobody
knew its direction: 14 cm after 5 s, 55 m after 100 s in low orbit.

Errors grow along the orbit until they bend around the Earth.  Differences of equinoctial elements
stay straight: mean motion, h, k, p, q and mean longitude, here in a frame whose pole is the mean
of the orbits' normals and whose first axis is near the object, so that p, q and the longitude are
small and no orbit is near the set's pole.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from commonsky.assess.two_body import (
    GM_KM3_S2,
    elements_of_states,
    partials_at_epoch,
    place_with_partials,
)
from commonsky.astro.arrays import Floats
from commonsky.astro.kernels import kernel

QUIET = np.errstate(all="ignore")
MOST_SPAN_S = 600.0
J2, RADIUS_KM = 1.0826e-3, 6378.137
LEAST_MOMENTUM = 1e-9  # of position times velocity; below, an orbit has no plane


@dataclass(frozen=True, slots=True)
class ObjectSolutions:
    """
    What k sources say of one object of n events, in one inertial frame, km and km/s.

    Absent solutions have nan states.  Covariances (n, k, 6, 6); where a source gives those of
    positions alone the rest is nan.  `offset_s` is from the common epoch, near the time of
    closest approach, to that of the state.  `age_days` is from the last observation used to the
    common epoch, nan where it is not told.  `default` marks covariances that were not calculated.
    `may_manoeuvre` is False for what has no engine; True where nobody knows.
    """

    state: Floats  # (n, k, 6)
    covariance: Floats  # (n, k, 6, 6)
    offset_s: Floats  # (n, k)
    age_days: Floats  # (n, k)
    default: NDArray[np.bool_]  # (n, k)
    may_manoeuvre: NDArray[np.bool_]  # (n,)

    def __post_init__(self) -> None:
        n, k = self.offset_s.shape
        expected = [(n, k, 6), (n, k, 6, 6), (n, k), (n, k), (n,)]
        columns = (self.state, self.covariance, self.age_days, self.default, self.may_manoeuvre)
        found = [column.shape for column in columns]
        if found != expected:
            raise ValueError(
                f"{n} events and {k} sources need states, covariances, ages, marks and "
                f"whether the object may manoeuvre {expected}, but found {found}"
            )


@dataclass(frozen=True, slots=True)
class Brought:
    """States at the common epoch, and their elements; nan where they cannot be had."""

    state: Floats  # (n, k, 6)
    covariance: Floats  # (n, k, 6, 6)
    elements: Floats  # (n, k, 6)
    spread: Floats  # (n, k, 6, 6), the covariances of elements
    frame: Floats  # (n, 3, 3), rows are the axes of the elements


@kernel()
def _moved(elements: Floats, time_s: Floats, state: Floats, partials: Floats) -> None:
    """Fill states (n, 6) and their partials (n, 6, 6) at times (n,) after that of elements."""
    for i in range(elements.shape[0]):
        place_with_partials(elements[i], time_s[i], state[i], partials[i])


def moved(elements: Floats, time_s: Floats) -> tuple[Floats, Floats]:
    """Return states (n, 6) at times (n,), and derivatives (n, 6, 6) by the elements at time 0."""
    state, partials = np.full_like(elements, np.nan), np.full((len(elements), 6, 6), np.nan)
    rows = np.flatnonzero(np.isfinite(elements).all(1) & np.isfinite(time_s))
    some, some_partials = np.empty((len(rows), 6)), np.empty((len(rows), 6, 6))
    _moved(np.ascontiguousarray(elements[rows]), time_s[rows], some, some_partials)
    state[rows], partials[rows] = some, some_partials
    return state, partials


@QUIET
def brought(solutions: ObjectSolutions) -> Brought:
    """
    Return states and elements at the common epoch.

    nan where the state is absent, no ellipse, or more than 10 minutes away.  Covariances of
    positions alone stay so, turned and widened but not moved: they have no elements.
    """
    n, k = solutions.offset_s.shape
    frame = common_frames(solutions.state)
    turn = np.zeros((n, 6, 6))
    turn[:, :3, :3] = turn[:, 3:, 3:] = frame
    turned = np.einsum("nij,nkj->nki", turn, solutions.state).reshape(-1, 6)
    span = solutions.offset_s.ravel()
    turned[~(np.abs(span) <= MOST_SPAN_S)] = np.nan
    elements = elements_of_states(turned[:, :3], turned[:, 3:])
    # At the epoch itself two-body motion must not add rounding.
    still = span == 0.0
    there, _ = moved(elements, -span)
    there[still] = turned[still]
    state = np.einsum("nji,nkj->nki", turn, there.reshape(n, k, 6))
    transition = _transitions(elements, -span)
    transition[still] = np.eye(6)
    transition = np.einsum("nji,nkjl,nlm->nkim", turn, transition.reshape(n, k, 6, 6), turn)
    covariance = _moved_covariance(transition, solutions.covariance)
    covariance += _left_out(solutions.state, solutions.offset_s)
    covariance[np.isnan(state[:, :, 0])] = np.nan
    at_epoch, spread = elements_and_spread(state, covariance, frame)
    return Brought(state, covariance, at_epoch, spread, frame)


@QUIET
def elements_and_spread(state: Floats, covariance: Floats, frame: Floats) -> tuple[Floats, Floats]:
    """Return elements (n, k, 6) and their covariances in frames (n, 3, 3), nan where none are."""
    n, k = state.shape[:2]
    turn = np.zeros((n, 6, 6))
    turn[:, :3, :3] = turn[:, 3:, 3:] = frame
    turned = np.einsum("nij,nkj->nki", turn, state).reshape(-1, 6)
    elements = elements_of_states(turned[:, :3], turned[:, 3:])
    inverse = _inverse(_partials(elements)).reshape(n, k, 6, 6)
    onto = np.einsum("nkij,njl->nkil", inverse, turn)
    spread = onto @ covariance @ np.swapaxes(onto, 2, 3)
    elements = elements.reshape(n, k, 6)
    # Longitudes are near 0 in this frame, so that they need only be brought to its turn.
    elements[:, :, 5] = np.remainder(elements[:, :, 5] + np.pi, 2.0 * np.pi) - np.pi
    return elements, 0.5 * (spread + np.swapaxes(spread, 2, 3))


@QUIET
def states_of_elements(elements: Floats, spread: Floats, frame: Floats) -> tuple[Floats, Floats]:
    """Return states (n, 6) and covariances (n, 6, 6) of elements in frames (n, 3, 3)."""
    state, partials = moved(elements, np.zeros(len(elements)))
    turn = np.zeros((len(elements), 6, 6))
    turn[:, :3, :3] = turn[:, 3:, 3:] = np.swapaxes(frame, 1, 2)
    onto = turn @ partials
    covariance = onto @ spread @ np.swapaxes(onto, 1, 2)
    return np.einsum("nij,nj->ni", turn, state), 0.5 * (covariance + np.swapaxes(covariance, 1, 2))


@QUIET
def common_frames(state: Floats) -> Floats:
    """(n, 3, 3) frames of k states each: the third axis along the mean normal, the first ahead."""
    position, velocity = state[:, :, :3], state[:, :, 3:]
    normal = np.cross(position, velocity)
    size = np.linalg.norm(normal, axis=2, keepdims=True)
    whole = np.linalg.norm(position, axis=2) * np.linalg.norm(velocity, axis=2)
    plane = size[:, :, 0] > LEAST_MOMENTUM * whole
    pole = _unit(_sum(np.where(plane[:, :, None], normal / size, np.nan)))
    ahead = _sum(position / np.linalg.norm(position, axis=2, keepdims=True))
    first = _unit(ahead - (ahead * pole).sum(1, keepdims=True) * pole)
    return np.stack([first, np.cross(pole, first), pole], 1)


def _sum(vectors: Floats) -> Floats:
    """(n, 3) sums of what is finite, in any order of the k."""
    return np.asarray(np.sort(np.where(np.isfinite(vectors), vectors, 0.0), axis=1).sum(1))


def _unit(vectors: Floats) -> Floats:
    return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True))


def _partials(elements: Floats) -> Floats:
    partials = np.full((len(elements), 6, 6), np.nan)
    rows = np.flatnonzero(np.isfinite(elements).all(1))
    some = np.empty((len(rows), 6, 6))
    partials_at_epoch(np.ascontiguousarray(elements[rows]), some)
    partials[rows] = some
    return partials


def _inverse(matrices: Floats) -> Floats:
    sound: NDArray[np.bool_] = np.asarray(np.isfinite(matrices).all((1, 2)))
    sound &= np.abs(np.linalg.det(np.where(sound[:, None, None], matrices, 0.0))) > 0.0
    inverse = np.linalg.inv(np.where(sound[:, None, None], matrices, np.eye(6)))
    inverse[~sound] = np.nan
    return np.asarray(inverse)


def _transitions(elements: Floats, span_s: Floats) -> Floats:
    """(n, 6, 6) derivatives of states after a span by states before it, in the elements' frame."""
    _, after = moved(elements, span_s)
    return np.asarray(after @ _inverse(_partials(elements)))


def _moved_covariance(transition: Floats, covariance: Floats) -> Floats:
    moved_whole = transition @ covariance @ np.swapaxes(transition, 2, 3)
    without: NDArray[np.bool_] = np.asarray(np.isnan(covariance[:, :, 3:, 3:]).all((2, 3)))
    return np.where(without[:, :, None, None], covariance, moved_whole)


def _left_out(state: Floats, span_s: Floats) -> Floats:
    """(n, k, 6, 6) covariances of what oblateness does in a span, in any direction."""
    radius = np.linalg.norm(state[:, :, :3], axis=2)
    # That over the equator; over the poles it is twice as much.
    pull = 1.5 * J2 * GM_KM3_S2 * RADIUS_KM**2 / radius**4
    by = np.stack([0.5 * pull * span_s**2, pull * np.abs(span_s)], 2)
    block = by[:, :, :, None] * by[:, :, None, :]
    return np.asarray(np.einsum("nkab,ij->nkaibj", block, np.eye(3)).reshape(*span_s.shape, 6, 6))

"""Invented events told by several sources, from the experiment that measures the verdicts."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import adjudicated_world
import numpy as np

from commonsky.assess.adjudicate import Solutions
from commonsky.assess.common_epoch import ObjectSolutions
from commonsky.astro.arrays import Floats, Ints


@cache
def world(n: int, seed: int) -> adjudicated_world.World:
    """Return n events, with what is true of them."""
    return adjudicated_world.world(n, seed)


def turned(solutions: Solutions, rotation: Floats) -> Solutions:
    """Return the same in a frame that is turned."""
    return replace(
        solutions,
        primary=_turned(solutions.primary, rotation),
        secondary=_turned(solutions.secondary, rotation),
    )


def _turned(one: ObjectSolutions, rotation: Floats) -> ObjectSolutions:
    both = np.zeros((6, 6))
    both[:3, :3] = both[3:, 3:] = rotation
    covariance = both @ one.covariance @ both.T
    return replace(one, state=one.state @ both.T, covariance=covariance)


def reordered(solutions: Solutions, order: Ints) -> Solutions:
    """Return the same with the sources in another order."""
    return Solutions(
        solutions.source[:, order],
        _reordered(solutions.primary, order),
        _reordered(solutions.secondary, order),
        solutions.hard_body_radius_km[:, order],
        solutions.pc[:, order],
    )


def _reordered(one: ObjectSolutions, order: Ints) -> ObjectSolutions:
    return ObjectSolutions(
        one.state[:, order], one.covariance[:, order], one.offset_s[:, order],
        one.age_days[:, order], one.default[:, order], one.may_manoeuvre,
    )  # fmt: skip


def taken(solutions: Solutions, rows: Ints) -> Solutions:
    """Return the events at `rows`."""
    return Solutions(
        solutions.source[rows],
        _taken(solutions.primary, rows),
        _taken(solutions.secondary, rows),
        solutions.hard_body_radius_km[rows],
        solutions.pc[rows],
    )


def _taken(one: ObjectSolutions, rows: Ints) -> ObjectSolutions:
    return ObjectSolutions(
        one.state[rows], one.covariance[rows], one.offset_s[rows], one.age_days[rows],
        one.default[rows], one.may_manoeuvre[rows],
    )  # fmt: skip

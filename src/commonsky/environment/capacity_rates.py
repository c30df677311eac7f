"""
The kernels of environment.capacity: numbers in cells as they sink, collide and are replaced.

Sinking only ever leads to a lower perigee or a smaller difference, so one pass from the top down
solves a step of any length, and cells through which objects fall within days cost no more than
others.  Arrivals are even within a step: exact for one cell, of second order for a row of them.
"""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

import numpy as np
from numba import njit

from commonsky.astro.arrays import Floats, Ints
from commonsky.environment.capacity_cells import (
    BINS,
    CELLS,
    CLASSES,
    DIFFERENCES_KM,
    EDGES_KM,
    LOWEST_KM,
    SHELLS,
    SOFT_KM,
    STEP_YEARS,
    STEPS_PER_YEAR,
    WIDTH_KM,
)
from commonsky.environment.drag import EARTH_RADIUS_KM
from commonsky.environment.gas import share_below

MOST_OBJECTS = 1e8
_PARTS = 8
SUMS = 8
COLLISIONS, CATASTROPHIC, FRAGMENTS, LAUNCHED, RE_ENTERED, REMOVED, BROKEN, STAYED = range(SUMS)


class Laws(NamedTuple):
    """
    What a step of a quarter year does; rows follow the Sun, and begin again after the last.

    `keep` and `through` (rows, 2, 180, 4), of what was placed and what sank, are the shares of
    what is there, and of what comes evenly within the step, that are there at its end; `shrinks`
    (rows, 2, 180) of those who leave go inwards.  `per_year`, `gone`, `whole` and `pieces`
    (3, 3, 36) are of two objects in one shell: collisions, those that one of the first kind does
    not outlive, catastrophic ones, and fragments; `crippled` (3, 36) make an active one derelict.
    `lost` (2, 36) of fragments find no cell; `disposal` (180, 4, 8) are cells in which disposed
    ones are left to sink, -1 for none.
    """

    keep: Floats
    through: Floats
    shrinks: Floats
    residence: Floats
    scattered: Floats
    lost: Floats
    per_year: Floats
    gone: Floats
    whole: Floats
    pieces: Floats
    crippled: Floats
    launched: Floats
    disposal: Ints
    worth: Floats
    explosions: Floats
    pieces_of_explosion: float
    mission_years: float
    disposed: float
    at_once: float
    removals: float


class Told(NamedTuple):
    """Rows of years to fill: (m, 3), (m, 3, 36), and (m, 8) what came about in each year."""

    numbers: Floats
    by_shell: Floats
    sums: Floats


@cache
def residence() -> Floats:
    """(180, 36) share of its time that an object of a cell stays in each shell."""
    parts = (np.arange(_PARTS) + 0.5) / _PARTS
    logs = np.log1p(DIFFERENCES_KM / SOFT_KM)
    wide = SOFT_KM * np.expm1(logs[:-1, None] + parts * np.diff(logs)[:, None])
    return _stays(EDGES_KM[:-1, None] + WIDTH_KM * parts, wide)


@njit(cache=True, nogil=True)
def _stays(perigee, wide):
    told = np.zeros((CELLS, SHELLS))
    for cell in range(CELLS):
        for low in perigee[cell // BINS]:
            for difference in wide[cell % BINS]:
                axis = EARTH_RADIUS_KM + low + 0.5 * difference
                below = 0.0
                for shell in range(cell // BINS, SHELLS):
                    edge = LOWEST_KM + (shell + 1) * WIDTH_KM
                    until = share_below(edge, axis, 0.5 * difference / axis)
                    told[cell, shell] += (until - below) / _PARTS**2
                    below = until
    return told


@njit(cache=True, nogil=True)
def _crowd(placed, sunk, residence, crowd):
    """How many of each species are in a shell on average; return how many there are in all."""
    total = 0.0
    for k in range(3):
        for s in range(SHELLS):
            crowd[k, s] = 0.0
        for c in range(CELLS):
            number = 0.0
            for q in range(CLASSES):
                number += placed[k, c, q] + sunk[k, c, q]
            if number > 0.0:
                total += number
                for s in range(c // BINS, SHELLS):
                    crowd[k, s] += number * residence[c, s]
    return total


@njit(cache=True, nogil=True)
def _meet(crowd, laws, made, gone, sums):
    """Tell the collisions of a step, their fragments, and what they take of an object in a shell."""
    for s in range(SHELLS):
        made[s], gone[3, s] = 0.0, 0.0
        for i in range(3):
            gone[i, s] = 0.0
            for j in range(3):
                both = 0.5 * STEP_YEARS * crowd[i, s] * crowd[j, s]
                sums[COLLISIONS] += both * laws.per_year[i, j, s]
                sums[CATASTROPHIC] += both * laws.whole[i, j, s]
                made[s] += both * laws.pieces[i, j, s]
                gone[i, s] += STEP_YEARS * crowd[j, s] * laws.gone[i, j, s]
            gone[3, s] += STEP_YEARS * crowd[i, s] * laws.crippled[i, s]


@njit(cache=True, nogil=True)
def _scatter(made, scattered, lost, new, sums):
    """Place the fragments of each shell."""
    for s in range(SHELLS):
        if made[s] > 0.0:
            for c in range((s + 1) * BINS):
                for q in range(CLASSES):
                    new[c, q] += made[s] * scattered[s, c, q]
            sums[FRAGMENTS] += made[s]
            sums[RE_ENTERED] += made[s] * lost[s]


@njit(cache=True, nogil=True)
def _lose(placed, sunk, gone, residence, explosions, new, sums):
    """Take away what collided and exploded, by the shells that it stays in."""
    for c in range(CELLS):
        for k in range(3):
            number = 0.0
            for q in range(CLASSES):
                number += placed[k, c, q] + sunk[k, c, q]
            if number == 0.0:
                continue
            lost, hurt = STEP_YEARS * explosions[k], 0.0
            for s in range(c // BINS, SHELLS):
                lost += residence[c, s] * gone[k, s]
                if k == 0:
                    hurt += residence[c, s] * gone[3, s]
            lost = min(lost, 1.0)
            hurt = min(hurt, lost)
            sums[BROKEN] += (lost - hurt) * number
            for q in range(CLASSES):
                new[c, q] += hurt * (placed[k, c, q] + sunk[k, c, q])
                placed[k, c, q] *= 1.0 - lost
                sunk[k, c, q] *= 1.0 - lost


@njit(cache=True, nogil=True)
def _end(placed, new, laws, sums):
    """Launch, and end missions: what is not disposed of is derelict where it is."""
    stay = np.exp(-STEP_YEARS / laws.mission_years)
    fails, lowered = 1.0 - laws.disposed, laws.disposed * (1.0 - laws.at_once)
    count = laws.disposal.shape[2]
    for c in range(CELLS):
        for q in range(CLASSES):
            come, number = laws.launched[0, c, q], placed[c, q]
            stages = laws.launched[1, c, q] * STEP_YEARS
            if come + number + stages == 0.0:
                continue
            left = number * stay + come * laws.mission_years * (1.0 - stay)
            placed[c, q] = left
            ended = number + come * STEP_YEARS - left + stages
            sums[LAUNCHED] += come * STEP_YEARS + stages
            new[c, q] += ended * fails
            sums[RE_ENTERED] += ended * laws.disposed * laws.at_once
            part = ended * lowered / count
            for k in range(count):
                target = laws.disposal[c, q, k]
                if target < 0:
                    sums[RE_ENTERED] += part
                else:
                    new[target, q] += part


@njit(cache=True, nogil=True)
def _remove(placed, sunk, crowd, laws, sums):
    """Take derelicts away, the more the heavier they are and the more crowded their shell is."""
    total = 0.0
    for turn in range(2):
        for c in range(CELLS):
            p = c // BINS
            worth = laws.worth[p] * (crowd[0, p] + crowd[1, p] + crowd[2, p])
            number = 0.0
            for q in range(CLASSES):
                number += placed[c, q] + sunk[c, q]
            if turn == 0:
                total += worth * number
            elif total > 0.0:
                share = min(laws.removals * STEP_YEARS * worth / total, 1.0)
                sums[REMOVED] += share * number
                for q in range(CLASSES):
                    placed[c, q] *= 1.0 - share
                    sunk[c, q] *= 1.0 - share


@njit(cache=True, nogil=True)
def _sink(placed, sunk, new, fell, keep, through, shrinks):
    """Move one species down by a step, in place; return how many re-enter."""
    down = 0.0
    for c in range(CELLS):
        for q in range(CLASSES):
            fell[c, q] = 0.0
    for k in range(CELLS):
        c = CELLS - 1 - k
        for q in range(CLASSES):
            here = placed[c, q] * keep[0, c, q] + new[c, q] * through[0, c, q]
            there = sunk[c, q] * keep[1, c, q] + fell[c, q] * through[1, c, q]
            one, two = placed[c, q] + new[c, q] - here, sunk[c, q] + fell[c, q] - there
            placed[c, q], sunk[c, q] = here, there
            inwards = one * shrinks[0, c] + two * shrinks[1, c]
            if c % BINS > 0:
                fell[c - 1, q] += inwards
            if c >= BINS:
                fell[c - BINS, q] += one + two - inwards
            else:
                down += one + two - inwards
    return down


@njit(cache=True, nogil=True)
def advance(placed, sunk, years, laws, told):
    """Move (3, 180, 4) on by years, in place; return in how many all stayed countable."""
    crowd, gone, made = np.zeros((3, SHELLS)), np.zeros((4, SHELLS)), np.zeros(SHELLS)
    new, fell = np.zeros((3, CELLS, CLASSES)), np.zeros((CELLS, CLASSES))
    before = _crowd(placed, sunk, laws.residence, crowd)
    for step in range(years * STEPS_PER_YEAR):
        year, row = step // STEPS_PER_YEAR, step % len(laws.keep)
        sums = told.sums[year]
        new.fill(0.0)
        _meet(crowd, laws, made, gone, sums)
        _scatter(made, laws.scattered[0], laws.lost[0], new[2], sums)
        if laws.explosions[1] > 0.0:
            for s in range(SHELLS):
                bursts = laws.explosions[0] * crowd[0, s] + laws.explosions[1] * crowd[1, s]
                made[s] = STEP_YEARS * laws.pieces_of_explosion * bursts
            _scatter(made, laws.scattered[1], laws.lost[1], new[2], sums)
        _lose(placed, sunk, gone, laws.residence, laws.explosions, new[1], sums)
        _end(placed[0], new[1], laws, sums)
        if laws.removals > 0.0:
            _remove(placed[1], sunk[1], crowd, laws, sums)
        for k in range(1, 3):
            sums[RE_ENTERED] += _sink(
                placed[k], sunk[k], new[k], fell, laws.keep[row], laws.through[row],
                laws.shrinks[row],
            )  # fmt: skip
        total = _crowd(placed, sunk, laws.residence, crowd)
        sums[STAYED] += 0.5 * (before + total) * STEP_YEARS
        before = total
        if (step + 1) % STEPS_PER_YEAR == 0:
            told.by_shell[year] = crowd
            for k in range(3):
                told.numbers[year, k] = placed[k].sum() + sunk[k].sum()
        if total > MOST_OBJECTS:
            return year
    return years


@njit(cache=True, nogil=True)
def settle(sources, rate, shrinks, loss):
    """(n, 180) how many are in cells in the long run of n sources (n, 180, 4) a year."""
    held = np.zeros(sources.shape[:2])
    fell = np.zeros((CELLS, CLASSES))
    for n in range(len(sources)):
        fell.fill(0.0)
        for k in range(CELLS):
            c = CELLS - 1 - k
            for q in range(CLASSES):
                placed = sources[n, c, q] / (rate[0, c, q] + loss)
                sunk = fell[c, q] / (rate[1, c, q] + loss)
                held[n, c] += placed + sunk
                placed *= rate[0, c, q]
                sunk *= rate[1, c, q]
                inwards = placed * shrinks[0, c] + sunk * shrinks[1, c]
                if c % BINS > 0:
                    fell[c - 1, q] += inwards
                if c >= BINS:
                    fell[c - BINS, q] += placed + sunk - inwards
    return held

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
    KINDS,
    LOWEST_KM,
    SHELLS,
    SOFT_KM,
    STEP_YEARS,
    STEPS_PER_YEAR,
    WIDTH_KM,
    Kind,
)
from commonsky.environment.drag import EARTH_RADIUS_KM
from commonsky.environment.gas import share_below

MOST_OBJECTS = 1e8
_PARTS = 8
DERELICT, RETIRED, FRAGMENT = int(Kind.DERELICT), int(Kind.RETIRED), int(Kind.FRAGMENT)
SUMS = 8
COLLISIONS, CATASTROPHIC, FRAGMENTS, LAUNCHED, RE_ENTERED, REMOVED, BROKEN, STAYED = range(SUMS)


class Laws(NamedTuple):
    """
    What a step of half a year does; rows follow the Sun, and begin again after the last.

    `keep` and `through` (rows, 2, 180, 4), of what was placed and what sank, are the shares of
    what is there, and of what comes evenly within the step, that are there at its end; `shrinks`
    (rows, 2, 180) of those who leave go inwards.  `last` (180,) is the shell above those that
    objects of a cell come to, `stays` (36, 180) is `residence` turned round.  `per_year`, `gone`,
    `whole` and `pieces` (5, 5, 36) are of two objects in one shell: collisions, those that one of
    the first kind does not outlive, catastrophic ones, and fragments; `crippled` (5, 36) leave of
    an active one a derelict.  `scattered` (2, 36, 720) are shares of fragments of collisions and
    explosions by cell and class, `missing` (2, 36) what finds none; `bursts` (5,) is how many one of
    a kind leaves in a step by exploding.  `disposal` (180, 4, 4) are cells in
    which disposed ones are left to sink, -1 for none; `missions` are their years, the share
    disposed of, and that of these down at once.
    """

    keep: Floats
    through: Floats
    shrinks: Floats
    residence: Floats
    last: Ints
    stays: Floats
    scattered: Floats
    missing: Floats
    per_year: Floats
    gone: Floats
    whole: Floats
    pieces: Floats
    crippled: Floats
    launched: Floats
    disposal: Ints
    missions: tuple[float, float, float]
    worth_kg: Floats
    explosions: Floats
    bursts: Floats
    removals: float


class Told(NamedTuple):
    """Rows of years to fill: (m, 5), (m, 5, 36), and (m, 8) what came about in each year."""

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
def _crowd(placed, sunk, residence, last, crowd):
    """How many of each kind are in a shell on average; return how many there are in all."""
    total = 0.0
    for k in range(KINDS):
        for s in range(SHELLS):
            crowd[k, s] = 0.0
        for c in range(CELLS):
            number = 0.0
            for q in range(CLASSES):
                number += placed[k, c, q] + sunk[k, c, q]
            total += number
            for s in range(c // BINS, last[c]):
                crowd[k, s] += number * residence[c, s]
    return total


@njit(cache=True, nogil=True)
def _meet(crowd, per_year, whole, pieces, gone, crippled, made, lost, sums):
    """Tell the collisions of a step, their fragments, and the share that each shell loses."""
    dt = STEP_YEARS
    both, catastrophic = 0.0, 0.0
    for s in range(SHELLS):
        made[s], lost[KINDS, s] = 0.0, 0.0
    for i in range(KINDS):
        for s in range(SHELLS):
            lost[i, s] = 0.0
            lost[KINDS, s] += dt * crowd[i, s] * crippled[i, s]
        for j in range(KINDS):
            for s in range(SHELLS):
                pairs = 0.5 * dt * crowd[i, s] * crowd[j, s]
                both += pairs * per_year[i, j, s]
                catastrophic += pairs * whole[i, j, s]
                made[s] += pairs * pieces[i, j, s]
                lost[i, s] += dt * crowd[j, s] * gone[i, j, s]
    sums[COLLISIONS] += both
    sums[CATASTROPHIC] += catastrophic


@njit(cache=True, nogil=True)
def _scatter(made, scattered, missing, new, sums):
    """Place the fragments of each shell in the cells that they begin in, row by row."""
    for s in range(SHELLS):
        for c in range((s + 1) * BINS * CLASSES):
            new[c] += made[s] * scattered[s, c]
        sums[FRAGMENTS] += made[s]
        sums[RE_ENTERED] += made[s] * missing[s]


@njit(cache=True, nogil=True)
def _lose(placed, sunk, lost, stays, explosions, share, new, sums):
    """Take away what collided and exploded, by the shells that it stays in."""
    for k in range(KINDS + 1):
        start = STEP_YEARS * explosions[k] if k < KINDS else 0.0
        for c in range(CELLS):
            share[k, c] = start
        for s in range(SHELLS):
            for c in range((s + 1) * BINS):
                share[k, c] += lost[k, s] * stays[s, c]
        for c in range(CELLS):
            share[k, c] = min(share[k, c], 1.0)
    broken = 0.0
    for k in range(KINDS):
        for c in range(CELLS):
            gone, number = share[k, c], 0.0
            hurt = min(share[KINDS, c], gone) if k == 0 else 0.0
            for q in range(CLASSES):
                both = placed[k, c, q] + sunk[k, c, q]
                number += both
                new[c, q] += hurt * both
                placed[k, c, q] *= 1.0 - gone
                sunk[k, c, q] *= 1.0 - gone
            broken += (gone - hurt) * number
    sums[BROKEN] += broken


@njit(cache=True, nogil=True)
def _end(active, launched, disposal, missions, new, sums):
    """Launch, and end missions: what is not disposed of is derelict where it is."""
    mission_years, disposed, at_once = missions
    stay = np.exp(-STEP_YEARS / mission_years)
    come = mission_years * (1.0 - stay)
    count = disposal.shape[2]
    launches, down = 0.0, 0.0
    for c in range(CELLS):
        for q in range(CLASSES):
            satellites, stages = launched[0, c, q], launched[1, c, q] * STEP_YEARS
            left = active[c, q] * stay + satellites * come
            retired = active[c, q] + satellites * STEP_YEARS - left
            active[c, q] = left
            if retired + stages > 0.0:
                launches += satellites * STEP_YEARS + stages
                new[RETIRED, c, q] += retired * (1.0 - disposed)
                new[DERELICT, c, q] += stages * (1.0 - disposed)
                down += (retired + stages) * disposed * at_once
                part = disposed * (1.0 - at_once) / count
                for k in range(count):
                    target = disposal[c, q, k]
                    if target < 0:
                        down += (retired + stages) * part
                    else:
                        new[RETIRED, target, q] += retired * part
                        new[DERELICT, target, q] += stages * part
    sums[LAUNCHED] += launches
    sums[RE_ENTERED] += down


@njit(cache=True, nogil=True)
def _remove(placed, sunk, crowd, worth_kg, wanted):
    """Take derelicts away, the more the heavier they are and the more crowded their shell is."""
    total, removed = 0.0, 0.0
    for turn in range(2):
        for k in range(DERELICT, RETIRED + 1):
            for c in range(CELLS):
                p, number, around = c // BINS, 0.0, 0.0
                for q in range(CLASSES):
                    number += placed[k, c, q] + sunk[k, c, q]
                for other in range(KINDS):
                    around += crowd[other, p]
                worth = worth_kg[k, p] * around
                if turn == 0:
                    total += worth * number
                else:
                    share = min(wanted * worth / max(total, 1e-300), 1.0)
                    removed += share * number
                    for q in range(CLASSES):
                        placed[k, c, q] *= 1.0 - share
                        sunk[k, c, q] *= 1.0 - share
    return removed


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
def _counted(placed, sunk, crowd, numbers, by_shell):
    """Tell how many there are at the end of a year."""
    for k in range(KINDS):
        numbers[k] = 0.0
        for c in range(CELLS):
            for q in range(CLASSES):
                numbers[k] += placed[k, c, q] + sunk[k, c, q]
        for s in range(SHELLS):
            by_shell[k, s] = crowd[k, s]


@njit(cache=True, nogil=True)
def advance(placed, sunk, years, laws, told):
    """Move (5, 180, 4) on by years, in place; return in how many all stayed countable."""
    crowd, lost, made = np.zeros((KINDS, SHELLS)), np.zeros((KINDS + 1, SHELLS)), np.zeros(SHELLS)
    share, fell = np.zeros((KINDS + 1, CELLS)), np.zeros((CELLS, CLASSES))
    new = np.zeros((KINDS, CELLS, CLASSES))
    rows, pieces = len(laws.keep), new[FRAGMENT].reshape(CELLS * CLASSES)
    before = _crowd(placed, sunk, laws.residence, laws.last, crowd)
    for step in range(years * STEPS_PER_YEAR):
        year, row = step // STEPS_PER_YEAR, step % rows
        sums = told.sums[year]
        new[:] = 0.0
        _meet(
            crowd, laws.per_year, laws.whole, laws.pieces, laws.gone, laws.crippled, made, lost,
            sums,
        )  # fmt: skip
        _scatter(made, laws.scattered[0], laws.missing[0], pieces, sums)
        if laws.explosions.max() > 0.0:
            for s in range(SHELLS):
                made[s] = 0.0
                for k in range(KINDS):
                    made[s] += laws.bursts[k] * crowd[k, s]
            _scatter(made, laws.scattered[1], laws.missing[1], pieces, sums)
        _lose(placed, sunk, lost, laws.stays, laws.explosions, share, new[RETIRED], sums)
        _end(placed[0], laws.launched, laws.disposal, laws.missions, new, sums)
        if laws.removals > 0.0:
            wanted = laws.removals * STEP_YEARS
            sums[REMOVED] += _remove(placed, sunk, crowd, laws.worth_kg, wanted)
        for k in range(1, KINDS):
            sums[RE_ENTERED] += _sink(
                placed[k], sunk[k], new[k], fell, laws.keep[row], laws.through[row],
                laws.shrinks[row],
            )  # fmt: skip
        total = _crowd(placed, sunk, laws.residence, laws.last, crowd)
        sums[STAYED] += 0.5 * (before + total) * STEP_YEARS
        before = total
        if (step + 1) % STEPS_PER_YEAR == 0:
            _counted(placed, sunk, crowd, told.numbers[year], told.by_shell[year])
        if not total < MOST_OBJECTS:
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

"""
The kernels of environment.capacity: numbers in cells as they sink, collide and are replaced.

Sinking only ever leads to a lower perigee or a smaller difference, so one pass from the top down
solves a step of any length, and cells through which objects fall within days cost no more than
others.  Arrivals are even within a step: exact for one cell, of second order for a row of them.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from commonsky.environment.capacity_cells import (
    BINS,
    CELLS,
    CLASSES,
    KINDS,
    SHELLS,
    STEP_YEARS,
    STEPS_PER_YEAR,
    Kind,
)

MOST_OBJECTS = 1e8
DERELICT, RETIRED, FRAGMENT = int(Kind.DERELICT), int(Kind.RETIRED), int(Kind.FRAGMENT)
SUMS = 8
COLLISIONS, CATASTROPHIC, FRAGMENTS, LAUNCHED, RE_ENTERED, REMOVED, BROKEN, STAYED = range(SUMS)


@njit(cache=True, nogil=True)
def _crowd(placed, sunk, residence, last, crowd):
    """How many of each kind and class are in a shell on average; return how many in all cells."""
    total = 0.0
    for k in range(KINDS):
        for s in range(SHELLS):
            for q in range(CLASSES):
                crowd[k, s, q] = 0.0
        for c in range(CELLS):
            # By name, so that the four are kept in one register.
            n0, n1 = placed[k, c, 0] + sunk[k, c, 0], placed[k, c, 1] + sunk[k, c, 1]
            n2, n3 = placed[k, c, 2] + sunk[k, c, 2], placed[k, c, 3] + sunk[k, c, 3]
            number = n0 + n1 + n2 + n3
            total += number
            if number > 0.0:
                for s in range(c // BINS, last[c]):
                    share = residence[c, s]
                    crowd[k, s, 0] += n0 * share
                    crowd[k, s, 1] += n1 * share
                    crowd[k, s, 2] += n2 * share
                    crowd[k, s, 3] += n3 * share
    return total


@njit(cache=True, nogil=True)
def _counting(crowd, weights, turned, told):
    """As how many each kind counts, in shells, when it meets another."""
    for i in range(KINDS):
        for s in range(SHELLS):
            for q in range(CLASSES):
                turned[q, s] = crowd[i, s, q]
        for x in range(3):
            for j in range(KINDS):
                w0, w1 = weights[x, i, j, 0], weights[x, i, j, 1]
                w2, w3 = weights[x, i, j, 2], weights[x, i, j, 3]
                for s in range(SHELLS):
                    low = w0 * turned[0, s] + w1 * turned[1, s]
                    told[x, i, j, s] = low + w2 * turned[2, s] + w3 * turned[3, s]


@njit(cache=True, nogil=True)
def _meet(counted, rates, gone, crippled, made, lost, sums):
    """Tell the collisions of a step, their fragments, and the share that each shell loses."""
    both, catastrophic = 0.0, 0.0
    for s in range(SHELLS):
        made[s], lost[KINDS, s] = 0.0, 0.0
    for i in range(KINDS):
        for s in range(SHELLS):
            lost[i, s] = 0.0
        for j in range(KINDS):
            for s in range(SHELLS):
                met = STEP_YEARS * counted[0, j, i, s] * rates[0, i, j, s]
                both += 0.5 * met * counted[0, i, j, s]
                lost[i, s] += met * gone[i, j, s]
                if i == 0:
                    lost[KINDS, s] += met * crippled[j, s]
                pairs = 0.5 * STEP_YEARS * counted[1, i, j, s] * counted[1, j, i, s]
                catastrophic += pairs * rates[1, i, j, s]
                pairs = 0.5 * STEP_YEARS * counted[2, i, j, s] * counted[2, j, i, s]
                made[s] += pairs * rates[2, i, j, s]
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
def _shares(lost, stays, explosions, share):
    """Which share of each cell collides and explodes, by the shells that its objects stay in."""
    for k in range(KINDS + 1):
        start = STEP_YEARS * explosions[k] if k < KINDS else 0.0
        for c in range(CELLS):
            share[k, c] = start
        for s in range(SHELLS):
            for c in range((s + 1) * BINS):
                share[k, c] += lost[k, s] * stays[s, c]
        for c in range(CELLS):
            share[k, c] = min(share[k, c], 1.0)


@njit(cache=True, nogil=True)
def _lose(placed, sunk, share, new, sums):
    """Take away what collided and exploded; active ones that stay whole are derelict."""
    broken = 0.0
    for c in range(CELLS):
        hurt = min(share[KINDS, c], share[0, c])
        for q in range(CLASSES):
            new[c, q] += hurt * (placed[0, c, q] + sunk[0, c, q])
            broken -= hurt * (placed[0, c, q] + sunk[0, c, q])
    for k in range(KINDS):
        for c in range(CELLS):
            gone, stay, number = share[k, c], 1.0 - share[k, c], 0.0
            for q in range(CLASSES):
                number += placed[k, c, q] + sunk[k, c, q]
                placed[k, c, q] *= stay
                sunk[k, c, q] *= stay
            broken += gone * number
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
                    for q in range(CLASSES):
                        around += crowd[other, p, q]
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
            by_shell[k, s] = 0.0
            for q in range(CLASSES):
                by_shell[k, s] += crowd[k, s, q]


@njit(cache=True, nogil=True)
def advance(placed, sunk, years, laws, told):
    """Move (5, 180, 4) on by years, in place; return in how many all stayed countable."""
    crowd, counted = np.zeros((KINDS, SHELLS, CLASSES)), np.zeros((3, KINDS, KINDS, SHELLS))
    lost, made = np.zeros((KINDS + 1, SHELLS)), np.zeros(SHELLS)
    turned = np.zeros((CLASSES, SHELLS))
    share, fell = np.zeros((KINDS + 1, CELLS)), np.zeros((CELLS, CLASSES))
    new = np.zeros((KINDS, CELLS, CLASSES))
    rows, pieces = len(laws.keep), new[FRAGMENT].reshape(CELLS * CLASSES)
    before = _crowd(placed, sunk, laws.residence, laws.last, crowd)
    for step in range(years * STEPS_PER_YEAR):
        year, row = step // STEPS_PER_YEAR, step % rows
        sums = told.sums[year]
        new.fill(0.0)
        _counting(crowd, laws.weights, turned, counted)
        _meet(counted, laws.rates, laws.gone, laws.crippled, made, lost, sums)
        _scatter(made, laws.scattered[0], laws.missing[0], pieces, sums)
        if laws.bursts[DERELICT] > 0.0:
            for s in range(SHELLS):
                made[s] = 0.0
                for k in range(KINDS):
                    for q in range(CLASSES):
                        made[s] += laws.bursts[k] * crowd[k, s, q]
            _scatter(made, laws.scattered[1], laws.missing[1], pieces, sums)
        _shares(lost, laws.stays, laws.explosions, share)
        _lose(placed, sunk, share, new[RETIRED], sums)
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
    """(n, 180, 4) how many are in cells in the long run of n sources a year, of the same shape."""
    held = np.zeros(sources.shape)
    fell = np.zeros((CELLS, CLASSES))
    for n in range(len(sources)):
        fell.fill(0.0)
        for k in range(CELLS):
            c = CELLS - 1 - k
            for q in range(CLASSES):
                placed = sources[n, c, q] / (rate[0, c, q] + loss)
                sunk = fell[c, q] / (rate[1, c, q] + loss)
                held[n, c, q] = placed + sunk
                placed *= rate[0, c, q]
                sunk *= rate[1, c, q]
                inwards = placed * shrinks[0, c] + sunk * shrinks[1, c]
                if c % BINS > 0:
                    fell[c - 1, q] += inwards
                if c >= BINS:
                    fell[c - BINS, q] += placed + sunk - inwards
    return held

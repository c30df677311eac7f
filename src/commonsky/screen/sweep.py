"""
All pairs over a block of knots: layers, lines, tests, candidates.

Every buffer is checked: `needed` says what a block would have needed, and the caller runs the
block again with more room.  Nothing is dropped for want of space.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from commonsky.astro.elements import MU_WGS72_KM3_S2
from commonsky.astro.kernels import kernel
from commonsky.screen.interval import prepare
from commonsky.screen.layer import arrange, cells, count_sort, largest, place
from commonsky.screen.pair import PIECE_S, quintic_minimum
from commonsky.screen.sieve import (
    MEMBERS_SEEN,
    PAIRS_EXAMINED,
    everyone,
    gap,
    neighbours,
)
from commonsky.screen.tiles import (
    F32,
    GUARD_KM,
    INTERVAL_TILE,
    LAYER_PLANES,
    MEMBERS,
    PADDING,
    PLANE,
    STATE_TILE,
    TILE,
    U64,
)

FEW: Final = 96  # layers of so few members are tested all against all
MOST_SECTORS: Final = 1024
# Bands are as high as the largest departure in a layer, up to this.  Members that depart by more
# (they decay, or dive deep) are tested against their whole layers, so that none spoils it.
ROUGH_KM: Final = 15.0
FASTEST: Final = 1.6  # times circular speed; above the square root of 2 nothing is in orbit
# Columns of `needed`.
CANDIDATES, HITS, MEMBERSHIPS, LAYER_MEMBERS = 0, 1, 2, 3
# Columns of the candidate table of integers.
FIRST, SECOND, IS_SLOW = 0, 1, 2


@kernel()
def report(lines, p, s0, s1, order, members, limit, states, begin, end, step_s, distance_km,
           slow_km_s, remainder, layer, lowest, identity, marked, few_marked, minute,
           pairs, minutes, out, statistics):  # fmt: skip
    """Candidates of line p against the run s0..s1, written from row `out` on -> the next row."""
    x, y, z = lines[p], lines[PLANE + p], lines[2 * PLANE + p]
    a, b, c = lines[3 * PLANE + p], lines[4 * PLANE + p], lines[5 * PLANE + p]
    near = limit + lines[6 * PLANE + p]
    low, high = lines[7 * PLANE + p], lines[8 * PLANE + p]
    wi = int(members[int(order[p])])
    i = (wi // INTERVAL_TILE) * TILE + wi % INTERVAL_TILE
    for u in range(s0, s1):
        if gap(lines, U64(u), x, y, z, a, b, c, near, low, high) >= 0 or u == p:
            continue
        wj = int(members[int(order[u])])
        j = (wj // INTERVAL_TILE) * TILE + wj % INTERVAL_TILE
        if layer != max(lowest[i], lowest[j]):
            continue  # the pair is met in several layers, and taken in one
        if identity[i] == identity[j] or (marked[i] | marked[j]) == 0:
            continue
        if few_marked and u < p and (marked[i] & marked[j]) != 0:
            continue  # two primaries meet twice where each goes against its whole layer
        statistics[PAIRS_EXAMINED] += 1
        da, db = lines[3 * PLANE + u] - a, lines[4 * PLANE + u] - b
        dc = lines[5 * PLANE + u] - c
        slow = da * da + db * db + dc * dc < (slow_km_s * 0.5 * step_s) ** 2
        parts, at = 1, 0.0
        if slow:
            parts = math.ceil(step_s / PIECE_S - 1e-9)
        else:
            most = distance_km + GUARD_KM + remainder[i] + remainder[j]
            at = quintic_minimum(states, begin, end, i, j, step_s, most)[0]
        if at < 0.0:
            continue
        for part in range(parts):
            if out < pairs.shape[0]:
                pairs[out, FIRST], pairs[out, SECOND] = min(i, j), max(i, j)
                pairs[out, IS_SLOW] = slow
                offset = (part + 0.5) * step_s / parts if slow else at
                minutes[out] = minute + offset / 60.0
            out += 1
    return out


@kernel()
def memberships(lowest, highest, n, offset, members):
    """Members of each layer by counting: layer L is members[offset[L - 1]:offset[L]]."""
    for layer in range(offset.shape[0]):
        offset[layer] = 0
    for o in range(n):
        for layer in range(lowest[o], highest[o] + 1):
            offset[layer + 1] += 1
    for layer in range(offset.shape[0] - 1):
        offset[layer + 1] += offset[layer]
    total = offset[offset.shape[0] - 1]
    if total <= members.shape[0]:
        for o in range(n):
            for layer in range(lowest[o], highest[o] + 1):
                members[offset[layer]] = (o // TILE) * INTERVAL_TILE + o % TILE
                offset[layer] += 1
    return total


@kernel()
def arrange_layer(lines, arranged, m, limit, radius, most_departure, most_chord, key, cell, order,
                  window):  # fmt: skip
    """
    Sort a layer into bands and sectors -> their numbers.

    Neighbours suffice for members that depart and move no more than the most given.
    """
    bits = lines.view(np.int32)
    top = np.zeros(2, np.int32)
    top[0] = largest(bits, 9 * PLANE, m)
    top[1] = largest(bits, 6 * PLANE, m)
    chord, departure = top.view(np.float32)
    chord, departure = min(chord, most_chord), min(departure, most_departure)
    # Two lines that meet have their P within this; a band is no lower, so neighbours suffice.
    separation = (limit + 2.0 * departure + 2.0 * chord) * 1.0001
    band = max(separation, 2.0 * radius / (math.sqrt(m) + 1.0))
    bands = int(2.0 * radius / band) + 1
    sectors = max(1, min(MOST_SECTORS, int(2.0 * m / bands)))
    cells(lines, m, key, radius, band, bands, sectors)
    count_sort(key, m, cell, bands * sectors, order)
    arrange(lines, m, order, arranged, window, limit + departure + chord, sectors)
    return bands, sectors


@kernel()
def rough_members(lines, m, most_departure, most_chord, chosen):
    """Members that depart or move by more than the most given -> how many; written to `chosen`."""
    count = 0
    for u in range(m):
        if lines[6 * PLANE + u] > most_departure or lines[9 * PLANE + u] > most_chord:
            chosen[count] = u
            count += 1
    return count


@kernel()
def chosen_members(members, marked, chosen):
    """Positions in `members` of the marked objects -> how many; written to `chosen`."""
    count = 0
    for u in range(members.shape[0]):
        w = int(members[u])
        if marked[(w // INTERVAL_TILE) * TILE + w % INTERVAL_TILE]:
            chosen[count] = u
            count += 1
    return count


@kernel()
def sweep(states, tiles, n, knots, step_s, distance_km, slow_km_s, remainder, edges, layer_of,
          half_layer_km, identity, marked, few_marked, minute, pairs, minutes, hits, room, needed,
          statistics):  # fmt: skip
    """
    Candidates of all pairs in the intervals between `knots` knots from `minute` on -> how many.

    `marked` says which objects may take part as primary: a pair needs at least one.  With
    `few_marked` only those are tested, each against its whole layer.
    """
    layers = edges.shape[0] - 1
    intervals = np.empty(tiles * INTERVAL_TILE, np.float32)
    lines = np.zeros(LAYER_PLANES * PLANE, np.float32)
    arranged = np.zeros(LAYER_PLANES * PLANE, np.float32)
    window = np.empty(2 * PLANE, np.int32)
    key = np.empty(PLANE, np.int32)
    order = np.empty(PLANE, np.uint32)
    same = np.arange(PLANE).astype(np.uint32)
    chosen = np.empty(PLANE, np.int64)
    # bands * sectors <= max(2 m, bands), bands <= sqrt(m) + 2
    cell = np.empty(2 * MEMBERS + 4096, np.int32)
    lowest = np.empty(tiles * TILE, np.int32)
    highest = np.empty(tiles * TILE, np.int32)
    offset = np.empty(layers + 1, np.int64)
    members = np.empty(room, np.uint32)
    tau = 0.5 * step_s
    reach = 0.5 * distance_km + GUARD_KM
    out = np.int64(0)  # a plain 0 would be compiled as a kind of its own
    for step in range(knots - 1):
        begin, end = step * tiles * STATE_TILE, (step + 1) * tiles * STATE_TILE
        now = minute + step * step_s / 60.0
        for tile in range(tiles):
            prepare(states, begin + tile * STATE_TILE, end + tile * STATE_TILE, intervals,
                    tile * INTERVAL_TILE, remainder, tile * TILE, lowest, highest, layer_of,
                    step_s, reach, half_layer_km)  # fmt: skip
        total = memberships(lowest, highest, n, offset, members)
        needed[MEMBERSHIPS] = max(needed[MEMBERSHIPS], total)
        if total > room:
            return out
        statistics[MEMBERS_SEEN] += total
        for layer in range(layers):
            first = offset[layer - 1] if layer else 0
            m = offset[layer] - first
            if m < 2:
                continue
            needed[LAYER_MEMBERS] = max(needed[LAYER_MEMBERS], m)
            if m > MEMBERS - PADDING:
                return out
            shared = members[first : first + m]
            picked = 0
            if few_marked:
                picked = chosen_members(shared, marked, chosen)
                if picked == 0:
                    continue
            radius = edges[layer + 1]
            mean_radius = 0.5 * (edges[layer] + radius)
            scale = 0.5 / math.cos(tau * math.sqrt(MU_WGS72_KM3_S2 / mean_radius**3))
            limit = F32(2.0 * scale * (distance_km + GUARD_KM))
            place(intervals, members, first, first + m, lines, scale)
            rounds = 1
            most_departure = F32(2.0 * scale * ROUGH_KM)
            most_chord = F32(
                FASTEST * radius * math.tan(tau * math.sqrt(MU_WGS72_KM3_S2 / radius**3))
            )
            if not (few_marked or m <= FEW):
                picked = rough_members(lines, m, most_departure, most_chord, chosen)
                rounds = 2 if picked else 1
            for turn in range(rounds):
                if few_marked or m <= FEW or turn + 1 < rounds:
                    found = everyone(lines, m, chosen[:picked], limit, hits, statistics)
                    used, ordering = lines, same
                else:
                    wide = radius * 2.02 * scale
                    bands, sectors = arrange_layer(
                        lines, arranged, m, limit, wide, most_departure, most_chord, key, cell,
                        order, window)  # fmt: skip
                    found = neighbours(arranged, bands, sectors, cell, window, limit, hits,
                                       statistics)  # fmt: skip
                    used, ordering = arranged, order
                needed[HITS] = max(needed[HITS], found)
                for hit in range(min(found, hits.shape[0])):
                    out = report(used, hits[hit, 0], hits[hit, 1], hits[hit, 2], ordering, shared,
                                 limit, states, begin, end, step_s, distance_km, slow_km_s,
                                 remainder, layer, lowest, identity, marked, few_marked, now,
                                 pairs, minutes, out, statistics)  # fmt: skip
    needed[CANDIDATES] = max(needed[CANDIDATES], out)
    return out

"""
The natural way to look for manoeuvres in one object's history: Python, numpy and sgp4.

For each gap the set before it is propagated to the epochs of the sets about it, one call each; the
mean elements of sgp4's record are compared with those of the sets; a step is fitted by least
squares with Student's weights over a short and a long window, and to inclination and eccentricity
vectors; steps are divided by how large they usually are.  This is what `characterise.manoeuvre`
does first; the search, its second look beside what was found, the time of a burn and its delta-v
are left out, so that the peer is spared them.
"""

from __future__ import annotations

import numpy as np
from sgp4.api import WGS72, Satrec

from commonsky.astro.arrays import Floats
from commonsky.astro.elements import MeanElements
from commonsky.astro.epoch import NS_PER_DAY

SGP4_EPOCH_TAI_NS = -631_152_000 * 10**9  # 1949-12-31 and a day, nearly: only differences matter
RADIUS_KM = 6378.135
NOISE = np.array([0.002, 0.05, 0.05, 0.05, 0.05, 0.1])


def records(elements: MeanElements) -> list[Satrec]:
    """One record of sgp4 a set."""
    told = []
    for k in range(len(elements)):
        record = Satrec()
        record.sgp4init(
            WGS72, "i", 1, (elements.epoch_tai_ns[k] - SGP4_EPOCH_TAI_NS) / NS_PER_DAY,
            elements.bstar_per_earth_radius[k], 0.0, 0.0, elements.eccentricity[k],
            elements.argument_of_perigee_rad[k], elements.inclination_rad[k],
            elements.mean_anomaly_rad[k], elements.mean_motion_rad_min[k], elements.raan_rad[k],
        )  # fmt: skip
        told.append(record)
    return told


def means(record: Satrec, minutes: float) -> tuple[float, ...]:
    """Axis in Earth radii, e, i, node, argument of perigee and mean anomaly, so much later."""
    record.sgp4_tsince(minutes)
    return record.am, record.em, record.im, record.Om, record.om, record.mm


def apart(one: tuple[float, ...], other: tuple[float, ...]) -> Floats:
    """Differences of axis, eccentricity and inclination vectors, and along the track, km."""
    a, e, i, node, w, m = one
    a2, e2, i2, node2, w2, m2 = other
    turned = (node2 - node + np.pi) % (2 * np.pi) - np.pi
    w2 = w2 + np.cos(i) * turned
    along = (m2 - m + w2 - w + np.pi) % (2 * np.pi) - np.pi
    scale = a * RADIUS_KM
    return scale * np.array([
        (a2 - a) / a, e2 * np.cos(w2) - e * np.cos(w), e2 * np.sin(w2) - e * np.sin(w),
        i2 - i, np.sin(i2) * turned, along,
    ])  # fmt: skip


def fitted(rows: Floats, values: Floats) -> float:
    """The last parameter over its sigma, by least squares with Student's weights."""
    weight = np.ones(len(values))
    for _ in range(3):
        root = np.sqrt(weight)
        solution, *_ = np.linalg.lstsq(rows * root[:, None], values * root, rcond=None)
        left = values - rows @ solution
        weight = 5.0 / (4.0 + left**2)
    covariance = np.linalg.pinv((rows * weight[:, None]).T @ rows)
    size = max(1.0, 1.4826 * float(np.median(np.abs(left))))
    return float(solution[-1] / (np.sqrt(covariance[-1, -1]) * size))


def statistics(elements: MeanElements) -> Floats:
    """(n - 1, 4) how clear a step is at each gap of one object: short, long, plane and shape."""
    made, n = records(elements), len(elements)
    own = [means(record, 0.0) for record in made]
    day = (elements.epoch_tai_ns - elements.epoch_tai_ns[0]) / NS_PER_DAY
    told = np.full((n - 1, 4), np.nan)
    for k in range(n - 1):
        first, last = max(0, k - 11), min(n - 1, k + 12)
        sets = np.arange(first, last + 1)
        seen = np.array([
            apart(means(made[k], (day[j] - day[k]) * 1440.0), own[j]) for j in sets
        ])  # fmt: skip
        t = day[sets] - 0.5 * (day[k] + day[k + 1])
        after = (t > 0).astype(np.float64)
        drive = 1.5 * 1440.0 * elements.mean_motion_rad_min[k]
        for column, side in enumerate((6, 12)):
            near = (sets > k - side) & (sets <= k + side)
            if near.sum() < 5 or after[near].sum() < 2 or after[near].sum() > near.sum() - 2:
                continue
            s, h, zero, one = t[near], after[near], np.zeros(near.sum()), np.ones(near.sum())
            axis = np.column_stack([zero, one, s, h]) / NOISE[0]
            along = np.column_stack([
                one, -drive * s, -0.5 * drive * s**2, -drive * s * h
            ]) / NOISE[5]  # fmt: skip
            values = np.concatenate([seen[near, 0] / NOISE[0], seen[near, 5] / NOISE[5]])
            told[k, column] = fitted(np.vstack([axis, along]), values)
        near = (sets > k - 8) & (sets <= k + 8)
        if near.sum() >= 5 and 2 <= after[near].sum() <= near.sum() - 2:
            rows = np.column_stack([np.ones(near.sum()), t[near], after[near]])
            for column, pair in enumerate(((3, 4), (1, 2))):
                first_, other = (fitted(rows / NOISE[q], seen[near, q] / NOISE[q]) for q in pair)
                told[k, 2 + column] = np.hypot(first_, other)
    usual = np.array([
        [
            np.nanmedian(np.abs(told[max(0, k - 40) : k + 41, column])) for column in range(4)
        ] for k in range(n - 1)
    ])  # fmt: skip
    return np.asarray(told / np.maximum(usual, 0.3), np.float64)

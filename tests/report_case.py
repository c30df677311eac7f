"""Plausible but invented screening runs, for the tests of the report."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from commonsky.assess.approach import ric_axes
from commonsky.assess.collision import NULLS, PcNull, assess
from commonsky.astro.arrays import Floats
from commonsky.astro.elements import MU_WGS72_KM3_S2, RADIUS_WGS72_KM, MeanElements
from commonsky.astro.epoch import tai_ns
from commonsky.catalogue.catalogue import Catalogue, Input, Provenance, Quarantined
from commonsky.node.conjunctions import Conjunctions
from commonsky.node.summary import Summary
from commonsky.screen.encounter import Encounters

START, STOP = "2026-11-24T00:00:00Z", "2026-12-01T00:00:00Z"
STEMS = (
    "STARLINK-{}",
    "COSMOS {} DEB",
    "FENGYUN 1C DEB {}",
    "ONEWEB-{}",
    "SL-16 R/B {}",
    "SENTINEL-{}A",
)


def invented_catalogue(n: int = 3000, seed: int = 5) -> Catalogue:
    rng = np.random.default_rng(seed)
    height = np.where(rng.random(n) < 0.5, rng.normal(550, 12, n), rng.gamma(6.0, 150.0, n) + 250)
    height[: n // 30] = 35_786 + rng.normal(0, 30, n // 30)
    height[n // 30 : n // 20] = rng.normal(20_200, 300, n // 20 - n // 30)
    axis = height + RADIUS_WGS72_KM
    elements = MeanElements(
        np.full(n, tai_ns(START)), 60 * np.sqrt(MU_WGS72_KM3_S2 / axis**3),
        1e-3 * rng.random(n), rng.random(n), rng.random(n), rng.random(n), rng.random(n),
        np.full(n, 1e-4), np.zeros(n), np.zeros(n),
    )  # fmt: skip
    texts = np.array([STEMS[k % 6].format(1000 + k) for k in range(n)])
    kinds = np.where(
        np.abs(height - 550) < 40, 1, rng.choice([0, 1, 2, 3], n, p=[0.03, 0.27, 0.1, 0.6])
    )
    provenance = Provenance(
        (Input("gp.csv.xz", "OMM CSV", "9f" * 32, 3_145_728, n + 6, n, 4),),
        (
            Quarantined("gp.csv.xz", 811, "ECCENTRICITY", "-0.01 is below 0", "43012,-0.01"),
            Quarantined("gp.csv.xz", 1207, "EPOCH", "no epoch in any form", "2026-13-45T"),
        ),
        4, 2, n + 6,
    )  # fmt: skip
    blank = np.full(n, "")
    return Catalogue(
        elements, np.arange(n) + 40_000, blank, texts, kinds.astype(np.int8),
        np.zeros(n, np.int8), blank, np.full(n, "U"), np.zeros(n, np.int64), np.zeros(n, np.int64),
        np.full(n, "gp.csv.xz"), provenance,
    )  # fmt: skip


def _unit(values: Floats) -> Floats:
    return values / np.linalg.norm(values, axis=-1, keepdims=True)


def _covariance(position: Floats, velocity: Floats, sigma_rtn: Floats) -> Floats:
    axes = ric_axes(position, velocity)
    return axes.T @ np.diag(sigma_rtn**2) @ axes


def invented_conjunctions(
    n: int = 200, seed: int = 3, told: dict[str, Any] | None = None, **changes: Any
) -> Conjunctions:
    rng = np.random.default_rng(seed)
    radius = (
        6378
        + rng.choice([550.0, 780.0, 850.0, 35786.0], n, p=[0.4, 0.3, 0.28, 0.02])
        + rng.normal(0, 8, n)
    )
    up = _unit(rng.normal(size=(n, 3)))
    along1 = _unit(np.cross(up, rng.normal(size=(n, 3))))
    across1 = np.cross(up, along1)
    slow = rng.random(n) < 0.03
    angle = np.radians(np.where(slow, 0.3, rng.uniform(1, 179, n)))[:, None]
    along2 = np.cos(angle) * along1 + np.sin(angle) * across1
    speed = np.sqrt(398600.4 / radius)[:, None]
    velocity1, velocity2 = along1 * speed, along2 * speed
    relative = velocity2 - velocity1
    forward = _unit(relative)
    side = np.cross(forward, up)
    turn = rng.uniform(0, 2 * np.pi, n)[:, None]
    miss = 5.0 * np.sqrt(rng.random(n))[:, None]
    miss[: n // 20] *= 0.03
    offset = miss * (np.cos(turn) * side + np.sin(turn) * np.cross(side, forward))
    position1 = up * radius[:, None]
    position2 = position1 + offset
    sigma1, sigma2 = np.exp(rng.normal(np.log([0.12, 1.1, 0.1]), 0.7, (2, n, 3)))
    body = rng.choice([0.004, 0.012, 0.02], n)
    start = tai_ns(START)
    tca = np.sort(start + (rng.random(n) * 7 * 86400e9).astype(np.int64))
    covariance1 = np.stack(
        [_covariance(p, v, s) for p, v, s in zip(position1, velocity1, sigma1, strict=True)]
    )
    covariance2 = np.stack(
        [_covariance(p, v, s) for p, v, s in zip(position2, velocity2, sigma2, strict=True)]
    )
    covariance1[slow] = np.nan
    assessment = assess(position1, velocity1, covariance1, position2, velocity2, covariance2, body)
    assessment.null_reason[slow] = NULLS.index(PcNull.SLOW_ENCOUNTER)
    ric = np.stack([np.sum(offset * axis, axis=1) for axis in (up, along1, across1)], axis=1)
    row1, row2 = rng.integers(0, 3000, n), rng.integers(0, 3000, n)
    names = np.array([STEMS[k % 6].format(1000 + k) for k in range(3000)])
    encounters = Encounters(
        row1, row2, tca, np.linalg.norm(offset, axis=1), np.linalg.norm(relative, axis=1), ric,
        position1, velocity1, position2, velocity2, slow,
    )  # fmt: skip
    order1, order2 = np.minimum(row1, row2), np.maximum(row1, row2) + (row1 == row2)
    summary = {
        "read": 3006, "accepted": 3000, "quarantined": 4, "superseded": 2, "propagated": 2997,
        "failed": 3, "conjunctions": n, "start": START, "stop": STOP, "threshold_km": 5.0,
        "complete": True, "missed_share": 0.37, "sources": ("gp.csv.xz",), "version": "0.1.0",
    }  # fmt: skip
    out = Conjunctions(
        object1=order1 + 40_000, object2=order2 + 40_000,
        name1=names[order1], name2=names[order2 % 3000],
        source1=np.full(n, "gp.csv.xz"), source2=np.full(n, "gp.csv.xz"),
        age1_days=rng.gamma(2.0, 0.7, n), age2_days=rng.gamma(2.0, 0.7, n),
        intra_fleet=rng.random(n) < 0.1, grade=np.full(n, "screening"),
        hard_body_radius1_km=0.5 * body, hard_body_radius2_km=0.5 * body,
        sigma1_rtn_km=sigma1, sigma2_rtn_km=sigma2, encounters=encounters,
        assessment=assessment, summary=Summary(**{**summary, **(told or {})}),
    )  # fmt: skip
    return replace(out, **changes)

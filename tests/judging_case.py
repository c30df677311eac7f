"""One approach, solved from the orbits of two nations."""

from __future__ import annotations

import dataclasses

import numpy as np

from commonsky.node.conjunctions import Conjunctions
from tests.conjunction_case import conjunctions_of


def two_nations(apart_km: float = 0.0) -> Conjunctions:
    """Two rows of one fast approach: from a nation's own orbits, and from another nation's."""
    table = conjunctions_of(2)
    found = table.encounters
    r1, v1 = np.array([7000.0, 0.0, 0.0]), np.array([0.0, 7.5, 0.0])
    v2 = np.array([0.0, 0.5, 7.48])
    shift = np.array([[0.0, 0.0, 0.0], [apart_km, 0.0, 0.0]])
    encounters = dataclasses.replace(
        found,
        tca_tai_ns=np.array([found.tca_tai_ns[0]] * 2),
        position1_teme_km=r1 + shift,
        velocity1_teme_km_s=np.tile(v1, (2, 1)),
        position2_teme_km=np.tile(r1 + np.array([0.05, 0.0, 0.0]), (2, 1)),
        velocity2_teme_km_s=np.tile(v2, (2, 1)),
    )
    return dataclasses.replace(
        table,
        encounters=encounters,
        source1=np.array(["NOR", "GBR"]),
        source2=np.array(["NOR", "GBR"]),
        sigma1_rtn_km=np.full((2, 3), 0.1),
        sigma2_rtn_km=np.full((2, 3), 0.1),
        hard_body_radius1_km=np.full(2, 0.005),
        hard_body_radius2_km=np.full(2, 0.005),
        age1_days=np.array([0.5, 0.6]),
        age2_days=np.array([0.5, 0.6]),
    )

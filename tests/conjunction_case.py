"""Tables of conjunctions with known contents, for the tests of what shows them."""

from typing import Any

import numpy as np

from commonsky.assess.collision import METHODS, NULLS, CollisionAssessment, PcMethod, PcNull
from commonsky.astro.epoch import tai_ns
from commonsky.node.conjunctions import Conjunctions
from commonsky.node.summary import Summary
from commonsky.screen.encounter import Encounters

START, STOP = "2025-03-31T00:00:00.000000Z", "2025-04-01T00:00:00.000000Z"


def summary_of(n: int, **changes: Any) -> Summary:
    fields: dict[str, Any] = {
        "read": 7, "accepted": 5, "quarantined": 2, "propagated": 5, "failed": 0,
        "conjunctions": n, "start": START, "stop": STOP, "threshold_km": 5.0, "complete": True,
    }  # fmt: skip
    return Summary(**(fields | changes))


def conjunctions_of(n: int, seed: int = 1, **changes: Any) -> Conjunctions:
    """Return n invented rows; every fifth is slow and has no Pc."""
    rng = np.random.default_rng(seed)
    tca = np.sort(tai_ns(START) + rng.integers(0, 86_400_000_000_000, n))
    position = rng.normal(size=(n, 3)) * 7000.0
    velocity = rng.normal(size=(n, 3)) * 7.0
    relative = rng.normal(size=(n, 3))
    slow = np.arange(n) % 5 == 4
    encounters = Encounters(
        rng.integers(0, 50, n), rng.integers(0, 50, n), tca, np.linalg.norm(relative, axis=1),
        np.where(slow, 0.01, 10.0), relative, position, velocity, position + relative,
        -velocity, slow,
    )  # fmt: skip
    log10_pc = np.where(slow, np.nan, rng.uniform(-400.0, -3.0, n))
    with np.errstate(under="ignore"):
        pc = 10.0**log10_pc
    assessment = CollisionAssessment(
        pc, log10_pc, np.where(slow, np.nan, 1e-2), np.where(slow, np.nan, 2.0),
        np.arange(n) % 3 == 0,
        np.where(slow, 0, METHODS.index(PcMethod.SERIES)).astype(np.int8),
        np.where(slow, NULLS.index(PcNull.SLOW_ENCOUNTER), 0).astype(np.int8),
        np.zeros(n, bool), np.zeros(n), encounters.miss_km, np.ones((n, 2)), np.ones((n, 2)),
    )  # fmt: skip
    columns = {
        "object1": np.arange(n) + 100, "object2": np.arange(n) + 270_438,
        "name1": np.array([f"ALPHA {k}" for k in range(n)], dtype=np.str_),
        "name2": np.array([f"BETA-{k}" for k in range(n)], dtype=np.str_),
        "source1": np.full(n, "gp.csv"), "source2": np.full(n, "own.tle"),
        "age1_days": rng.random(n), "age2_days": rng.random(n), "intra_fleet": np.arange(n) == 1,
        "grade": np.full(n, "screening"), "hard_body_radius1_km": np.full(n, 0.003),
        "hard_body_radius2_km": np.full(n, 0.001), "sigma1_rtn_km": np.full((n, 3), 0.1),
        "sigma2_rtn_km": np.full((n, 3), 0.2), "encounters": encounters,
        "assessment": assessment, "summary": summary_of(n),
    }  # fmt: skip
    return Conjunctions(**(columns | changes))

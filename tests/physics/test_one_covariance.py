"""
The bound with one covariance, against CARA's published values and against a search.

Expected values: CARA_Analysis_Tools at a80d016, FrisbeeMaxPc_UnitTest, which takes a square of the
body's area.
"""

import json
import lzma
import math
from pathlib import Path

import numpy as np
import pytest

from commonsky.assess.collision import assess
from commonsky.assess.limits import square_probability
from commonsky.assess.one_covariance import assess_one_covariance

CASES = Path(__file__).parents[3] / "shared" / "reference" / "pc_cases.json.xz"
RADII_KM = (0.070, 0.020)  # rows of the tables; columns: errors of object 2 only, of 1 only


@pytest.mark.skipif(not CASES.exists(), reason="the reference cases are not here")
def test_published_bounds() -> None:
    cases = json.loads(lzma.decompress(CASES.read_bytes()))["cases"]
    compared = 0
    for case in cases:
        if case["group"] != "Frisbee_max_single_cov":
            continue
        r1, v1, r2, v2 = (
            np.array([case["inputs"][key]]) / 1e3 for key in ("r1", "v1", "r2", "v2")
        )
        for row, radius in enumerate(RADII_KM):
            for column, known in enumerate(("C2", "C1")):
                covariance = np.array([case["inputs"][known]])[:, :3, :3] / 1e6
                found = assess_one_covariance(r1, v1, r2, v2, covariance, [radius])
                half = np.array([0.5 * math.sqrt(math.pi) * radius])
                square = square_probability(found.miss_plane_km, found.sigma_plane_km, half)[0]
                expected = case["expected"][0]["value"][row][column]
                assert square == pytest.approx(expected, rel=2e-3), (case["id"], row, column)
                # A circle is hit as a square of its area where Pc is small.
                assert found.pc[0] == pytest.approx(expected, rel=0.15)
                compared += 1
    assert compared == 56


def test_no_covariance_of_the_other_object_does_worse() -> None:
    rng = np.random.default_rng(8)
    r1, v1 = np.array([[7000.0, 0.0, 0.0]]), np.array([[0.0, 7.5, 0.0]])
    v2 = np.array([[0.0, 2.0, 7.2]])
    for _ in range(20):
        r2 = r1 + rng.normal(0.0, 1.0, (1, 3))
        root = rng.normal(0.0, 0.3, (3, 3))
        known = (root @ root.T)[None]
        bound = assess_one_covariance(r1, v1, r2, v2, known, [0.005]).pc[0]
        roots = rng.normal(size=(4000, 3, 3)) * 10.0 ** rng.uniform(-3, 1, (4000, 1, 3))
        others = roots @ roots.transpose(0, 2, 1)
        a, b, c, d, e = (np.repeat(column, 4000, axis=0) for column in (r1, v1, known, r2, v2))
        tried = assess(a, b, c, d, e, others, np.full(4000, 0.005)).pc
        # Bodies are small against the errors, so that the density is all that counts.
        assert np.nanmax(tried) <= bound * (1.0 + 1e-3)


def test_a_miss_within_one_sigma_is_made_no_worse_by_more_errors() -> None:
    known = np.diag([1.0, 1.0, 1.0])[None]
    r1, v1 = np.array([[7000.0, 0.0, 0.0]]), np.array([[0.0, 7.5, 0.0]])
    r2, v2 = r1 + np.array([[0.5, 0.0, 0.0]]), np.array([[0.0, 0.0, 7.5]])
    alone = assess(r1, v1, known, r2, v2, known * 0.0, np.array([0.01])).pc
    assert assess_one_covariance(r1, v1, r2, v2, known, [0.01]).pc == pytest.approx(alone)

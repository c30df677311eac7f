"""
The ladder against NASA CARA's published results for 53 real messages and Alfano's cases.

Expected values: CARA_Analysis_Tools at a80d016, PcTestCaseCDMs and its Alfano distributed results.
"""

import json
import lzma
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from commonsky.assess.ladder import Ladder, climb

CASES = Path(__file__).parents[3] / "shared" / "reference" / "pc_cases.json.xz"
pytestmark = pytest.mark.skipif(not CASES.exists(), reason="the reference cases are not here")
# CARA's own rule of 101 times and 5,810 directions is high by 8e-4 throughout where both methods
# must agree; its slow cases differ by up to 0.25 % from the two of ours, which agree.
NC_2D_TOLERANCE, NC_3D_TOLERANCE = 2e-3, 3e-3
# Alfano's windows are other than ours in 9 to 12.  The covariances of 6 are not symmetric: the
# mean of their triangles, which we take, is not positive and is clipped; that moves the answer by
# 1 %.
ALFANO = {
    "01": 2e-3,
    "02": 2e-3,
    "03": 2e-3,
    "04": 2e-3,
    "05": 5e-3,
    "06": 2e-2,
    "07": 2e-3,
    "08": 2e-3,
}


@cache
def climbed(group: str) -> tuple[list[dict[str, Any]], Ladder]:
    cases = json.loads(lzma.decompress(CASES.read_bytes()))["cases"]
    chosen = [case for case in cases if case["group"] == group]
    if group == "Alfano_2009":
        chosen = [case for case in chosen if case["id"][-2:] in ALFANO]
    columns = [
        np.array([case["inputs"][key] for case in chosen]) * scale
        for key, scale in (
            ("r1", 1e-3), ("v1", 1e-3), ("C1", 1e-6), ("r2", 1e-3), ("v2", 1e-3), ("C2", 1e-6),
            ("hbr_m", 1e-3),
        )
    ]  # fmt: skip
    return chosen, climb(*columns, all_tiers=True, trials=50_000)


def expected(case: dict[str, Any], method: str) -> dict[str, Any]:
    return next(said for said in case["expected"] if said["method"].startswith(method))


def test_expected_numbers_of_real_messages() -> None:
    cases, found = climbed("CARA_PcMethod_53")
    for i, case in enumerate(cases):
        assert found.nc_3d[i] == pytest.approx(
            expected(case, "Nc3D")["value"], rel=NC_3D_TOLERANCE
        ), case["id"]
        if case["violations"]["Nc2D"] == 0:
            assert found.nc_2d[i] == pytest.approx(
                expected(case, "Nc2D")["value"], rel=NC_2D_TOLERANCE
            ), case["id"]


def test_recommended_numbers_are_those_of_trials() -> None:
    """Inside CARA's 95 % interval widened by half to each side: 53 intervals miss some."""
    cases, found = climbed("CARA_PcMethod_53")
    outside = 0
    for i, case in enumerate(cases):
        low, high = expected(case, "PcSDMC")["ci95"]
        wide = 0.5 * (high - low)
        assert low - wide < found.pc[i] < high + wide, case["id"]
        outside += not low < found.pc[i] < high
    assert outside <= 6


def test_violations_of_the_plane_are_those_that_cara_finds() -> None:
    cases, found = climbed("CARA_PcMethod_53")
    for case, said in zip(cases, found.violated(), strict=True):
        assert ("curved" in said) == (case["violations"]["Pc2D"] > 0), case["id"]


def test_our_trials_agree_with_cara() -> None:
    cases, found = climbed("CARA_PcMethod_53")
    far = 0
    for i, case in enumerate(cases):
        said = expected(case, "PcSDMC")
        sigma = np.hypot(
            *(np.array([found.ci_high[i] - found.ci_low[i], np.ptp(said["ci95"])]) / 3.92)
        )
        far += bool(abs(found.pc_monte_carlo[i] - said["value"]) > 2.0 * sigma)
        assert abs(found.pc_monte_carlo[i] - said["value"]) < 4.0 * sigma, case["id"]
    assert far <= 6


def test_alfano() -> None:
    cases, found = climbed("Alfano_2009")
    for i, case in enumerate(cases):
        said = expected(case, "Monte Carlo 1e8 (CARA")
        chance = float(np.ptp(said["ci95"])) / 2.0
        off = abs(found.nc_3d[i] - said["value"])
        assert off < ALFANO[case["id"][-2:]] * said["value"] + chance, case["id"]

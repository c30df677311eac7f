"""
Probability of collision against 30 digits, published cases, and other programs' real conjunctions.
"""

from __future__ import annotations

import json
import lzma
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from commonsky.assess.collision import (
    CollisionAssessment,
    PcNull,
    assess,
    collision_probability,
    collision_probability_of_states,
)
from commonsky.assess.probability import log_probabilities
from commonsky.assess.quadrature import log_integrals
from commonsky.assess.series import QUADRATURE, SERIES
from commonsky.astro.arrays import Floats
from tests.reference.disc_integral import disc_integral

REFERENCE = Path(__file__).parents[1] / "reference"
FROM_AXES = 1e-12
FROM_STATES = 1e-8
# Printed digits of the tables cited below.
PRINTED = 5e-4
# `truth_pc2d` was formed from states in plain double precision: for the numbers as given it is
# itself off by up to 4.2e-10, as 50-digit projection shows; half of the rows agree to 1e-12.
ARMELLIN_WORST, ARMELLIN_MEDIAN = 5e-10, 1e-12

# Chan (1997): encounter-plane cases in metres, as tabulated in the tests of Orekit 13
# with Alfano (2005) values; then cases of Serra et al. (2016), JGCD 39(5), and Alfano (2009), AAS
# 09-233, cases 3 and 5.  Where methods disagree there, the value of Serra et al. is quoted.
# miss_x, miss_y, sigma_x, sigma_y, radius, published.
PUBLISHED = (
    (0.0, 10.0, 25.0, 50.0, 5.0, 9.742e-3),
    (10.0, 0.0, 25.0, 50.0, 5.0, 9.181e-3),
    (0.0, 10.0, 25.0, 75.0, 5.0, 6.571e-3),
    (10.0, 0.0, 25.0, 75.0, 5.0, 6.125e-3),
    (0.0, 1000.0, 1000.0, 3000.0, 10.0, 1.577e-5),
    (1000.0, 0.0, 1000.0, 3000.0, 10.0, 1.011e-5),
    (0.0, 10000.0, 1000.0, 3000.0, 10.0, 6.443e-8),
    (10000.0, 0.0, 1000.0, 3000.0, 10.0, 3.219e-27),
    (0.0, 10000.0, 1000.0, 10000.0, 10.0, 3.033e-6),
    (10000.0, 0.0, 1000.0, 10000.0, 10.0, 9.656e-28),
    (0.0, 5000.0, 1000.0, 3000.0, 50.0, 1.039e-4),
    (5000.0, 0.0, 1000.0, 3000.0, 50.0, 1.564e-9),
    (84.875546, 60.583685, 57.918666, 152.8814468, 10.3, 1.9002e-3),
    (-81.618369, 115.055899, 15.988242, 5756.840725, 1.3, 2.0553e-11),
    (102.177247, 693.405893, 94.230921, 643.409272, 5.3, 7.2004e-5),
    (-752.672701, 644.939441, 445.85995, 6095.858688, 3.5, 5.3904e-7),
    (-692.362272, 4475.456261, 193.454603, 562.027293, 13.2, 2.2796e-20),
    (-3.8872073, 0.1591646, 1.410183, 114.258519, 15.0, 0.10038),
    (-1.2217895, 2.1230067, 0.0373279, 177.8109003, 10.0, 4.451e-2),
)


def plane_cases() -> tuple[Floats, Floats]:
    """The frozen table: arguments (5, n) and Pc (n,)."""
    rows = json.loads((REFERENCE / "pc_plane.json").read_text())["rows"]
    return np.array([row[:5] for row in rows], float).T, np.array([float(row[5]) for row in rows])


def test_thirty_digits_over_the_whole_domain() -> None:
    arguments, truth = plane_cases()
    pc, log10_pc = collision_probability(*arguments)
    np.testing.assert_allclose(pc, truth, rtol=FROM_AXES)
    np.testing.assert_allclose(log10_pc, np.log10(truth), rtol=0.0, atol=FROM_AXES)
    # Both methods are exercised, and the table reaches where it says.
    small, large, sigma_small, sigma_large, radius = arguments
    _, code = log_probabilities(small, large, sigma_small**2, sigma_large**2, radius)
    assert np.count_nonzero(code == SERIES) > 100
    assert np.count_nonzero(code == QUADRATURE) > 40
    assert truth.min() < 1e-250
    assert truth.max() > 0.999


@pytest.mark.parametrize("sigma_y", [1.0, 1.7, 30.0])
@pytest.mark.parametrize("turn", [0.0, 0.01, 0.6, 1.5707])
def test_thirty_digits_just_outside_a_very_large_body(sigma_y: float, turn: float) -> None:
    """The distance to the edge is a small difference of large numbers, and its square matters."""
    distance = 1e4 + 25.0
    case = (distance * np.cos(turn), distance * np.sin(turn), 1.0, sigma_y, 1e4)
    truth = float(disc_integral(*case))
    np.testing.assert_allclose(collision_probability(*case)[0], truth, rtol=FROM_AXES)


def test_series_and_quadrature_agree_where_both_work() -> None:
    arguments, _ = plane_cases()
    small, large, sigma_small, sigma_large, radius = arguments
    ln_pc, code = log_probabilities(small, large, sigma_small**2, sigma_large**2, radius)
    integrals = log_integrals(small, large, sigma_small**2, sigma_large**2, radius)
    # The quadrature is made for bodies larger than the smaller sigma.
    both = (code == SERIES) & (radius > sigma_small)
    assert np.count_nonzero(both) > 20
    np.testing.assert_allclose(ln_pc[both], integrals[both], rtol=0.0, atol=FROM_AXES)


@pytest.mark.parametrize("sigmas_in_radius", [1e-8, 0.01, 1.0, 16.0, 25.0, 512.0, 1e4])
def test_head_on_round_gaussian_has_a_closed_form(sigmas_in_radius: float) -> None:
    """With no miss and a round covariance, Pc = 1 - exp(-R^2 / 2 sigma^2)."""
    exact = -np.expm1(-0.5 * sigmas_in_radius**2)
    pc, _ = collision_probability(0.0, 0.0, 1.0, 1.0, sigmas_in_radius)
    np.testing.assert_allclose(pc, exact, rtol=1e-14)


@pytest.mark.parametrize("case", PUBLISHED)
def test_published_cases(case: tuple[float, ...]) -> None:
    pc, _ = collision_probability(*case[:5])
    np.testing.assert_allclose(pc, case[5], rtol=PRINTED)


def alfano_case_3() -> tuple[Floats, ...]:
    """
    Alfano (2009), Satellite conjunction Monte Carlo analysis, AAS 09-233, case 3 at closest
    approach.

    Two geostationary satellites; km, km/s, km^2, and 15 m.
    """
    covariance1 = [[6494.0687699936, -376.21742938622, 0.0], [0.0, 22.568637218841, 0.0],
                   [0.0, 0.0, 1.2050405732107]]  # fmt: skip
    covariance2 = [[6539.7159476886, -354.4827622708, -24.21583392685],
                   [0.0, 19.987684161349, 1.3128407317001],
                   [0.0, 0.0, 1.2674955658292]]  # fmt: skip
    return (
        np.array([[153.9514752631, 41874.153994752, 0.0]]),
        np.array([[3.0668746235984, -0.011411024582792, 0.0]]),
        np.array([covariance1]) / 1e6,
        np.array([[153.95197327397, 41874.156744625, 0.0027520743270427]]),
        np.array([[3.0668646233948, -0.000044998591717235, -0.011356027211548]]),
        np.array([covariance2]) / 1e6,
        np.array([0.015]),
    )


def test_published_states() -> None:
    """Alfano's table gives 0.100351176 for the linear method; CARA's program 0.100351017066071."""
    found = assess(*alfano_case_3(), resolve_tca=False)
    np.testing.assert_allclose(found.pc, 0.100351017066071, rtol=FROM_STATES)
    np.testing.assert_allclose(found.pc, 0.100351176, rtol=2e-6)


@pytest.fixture(scope="module")
def shared() -> Path:
    """Where the reference data lie that are not ours to publish."""
    found = Path(__file__).parents[2].parent / "shared"
    if not (found / "reference" / "pc_cases.json.xz").exists():
        pytest.skip("needs ../shared/reference")
    return found


def unpacked(path: Path) -> dict[str, Any]:
    return json.loads(lzma.decompress(path.read_bytes()))


@pytest.fixture(scope="module")
def cases(shared: Path) -> list[dict[str, Any]]:
    return unpacked(shared / "reference" / "pc_cases.json.xz")["cases"]


def chosen(
    cases: list[dict[str, Any]], group: str, method: str
) -> tuple[list[dict[str, Any]], Floats]:
    """The cases of a group that state a value for the method, and those values."""
    pairs = [
        (case, expected["value"])
        for case in cases
        if case["group"] == group
        for expected in case["expected"]
        if expected["method"] == method
    ]
    return [case for case, _ in pairs], np.array([value for _, value in pairs])


def assessed(cases: list[dict[str, Any]], *, resolve_tca: bool) -> CollisionAssessment:
    def column(name: str, power: int) -> Floats:
        return np.array([case["inputs"][name] for case in cases], float) / 1e3**power

    def covariance(name: str) -> Floats:
        return np.array([np.array(case["inputs"][name])[:3, :3] for case in cases]) / 1e6

    return assess(
        column("r1", 1), column("v1", 1), covariance("C1"),
        column("r2", 1), column("v2", 1), covariance("C2"),
        column("hbr_m", 1), resolve_tca=resolve_tca,
    )  # fmt: skip


@pytest.mark.parametrize(("method", "resolve_tca"), [("Pc2D", True), ("Pc2D_NoAdj", False)])
def test_53_real_conjunctions_of_cara(
    cases: list[dict[str, Any]], method: str, resolve_tca: bool
) -> None:
    real, published = chosen(cases, "CARA_PcMethod_53", method)
    assert len(real) == 53
    found = assessed(real, resolve_tca=resolve_tca)
    # Their own rounding reaches 1.4e-8 (50-digit projection of the same numbers); ours 2e-9.
    np.testing.assert_allclose(found.pc, published, rtol=2e-8)
    assert np.median(np.abs(found.pc / published - 1.0)) < 1e-10
    assert not found.null_reason.any()


def test_eleven_cases_of_alfano_and_the_one_without_an_answer(cases: list[dict[str, Any]]) -> None:
    fast, published = chosen(cases, "Alfano_2009", "Pc2D")
    assert len(fast) == 11
    found = assessed(fast, resolve_tca=False)
    np.testing.assert_allclose(found.pc, published, rtol=1e-9)
    still = assessed([case for case in cases if case["id"] == "alfano2009-12"], resolve_tca=True)
    assert np.isnan(still.pc).all()
    assert still.null_reasons() == [PcNull.NO_RELATIVE_VELOCITY]


def test_covariances_that_are_not_positive_are_clipped_and_said_so(
    cases: list[dict[str, Any]],
) -> None:
    for group, name in (("CARA_inline", "NPD"), ("CARA_SampleCDM", "NonPDCovariance")):
        bad = [c for c in chosen(cases, group, "Pc2D_NoAdj")[0] if name in c["id"]]
        assert len(bad) == 1
        found = assessed(bad, resolve_tca=False)
        np.testing.assert_allclose(found.pc, 0.0, atol=1e-12)
        assert found.remediated.all()
        assert not found.null_reason.any()


def test_largest_probabilities_of_cara(cases: list[dict[str, Any]]) -> None:
    """Their search keeps the covariance above a floor: 0.999 there is 1 here."""
    dilute, published = chosen(cases, "CARA_SampleCDM", "DilutionMaxPc")
    found = assessed(dilute, resolve_tca=True)
    np.testing.assert_allclose(found.pc_max, published, rtol=5e-3)


def test_scalars_collected_by_orekit(cases: list[dict[str, Any]]) -> None:
    scalars, truth = chosen(cases, "Orekit_scalar", "truth (this work, mpmath 40 digits)")
    assert len(scalars) == 19
    names = ("xm", "ym", "sigma_x", "sigma_y", "hbr_m")
    arguments = np.array([[case["inputs"][name] for name in names] for case in scalars]).T
    pc, _ = collision_probability(*arguments)
    np.testing.assert_allclose(pc, truth, rtol=1e-13)


def test_1447_conjunctions_derived_from_esa(shared: Path) -> None:
    with lzma.open(shared / "data" / "cdm" / "armellin_pc_cases.csv.xz", "rt") as table:
        data = np.genfromtxt(table, delimiter=",", skip_header=1)
    reference = unpacked(shared / "reference" / "pc_cases_armellin.json.xz")
    rows = {row["id"]: row["truth_pc2d"] for row in reference["rows"]}
    truth = np.array([rows[int(number)] for number in data[:, 0]])
    assert len(truth) == 1447

    def covariance(states: Floats, elements: Floats) -> Floats:
        position, velocity = states[:, :3], states[:, 3:]
        radial = position / np.linalg.norm(position, axis=1, keepdims=True)
        normal = np.cross(position, velocity)
        normal /= np.linalg.norm(normal, axis=1, keepdims=True)
        axes = np.stack([radial, np.cross(normal, radial), normal], axis=1)
        rtn = elements[:, [0, 3, 4, 3, 1, 5, 4, 5, 2]].reshape(-1, 3, 3)
        return np.transpose(axes, (0, 2, 1)) @ rtn @ axes

    pc, _ = collision_probability_of_states(
        data[:, 2:5], data[:, 5:8], covariance(data[:, 2:8], data[:, 8:14]),
        data[:, 14:17], data[:, 17:20], covariance(data[:, 14:20], data[:, 20:26]), data[:, 1],
    )  # fmt: skip
    np.testing.assert_allclose(pc, truth, rtol=ARMELLIN_WORST)
    assert np.median(np.abs(pc / truth - 1.0)) < ARMELLIN_MEDIAN

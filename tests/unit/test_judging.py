"""The ladder and the verdict over rows of a node's table of conjunctions."""

import dataclasses

import numpy as np
import pytest

from commonsky.node.judging import case_assessment
from tests.judging_case import two_nations


def test_each_combination_is_on_the_ladder_and_nations_that_agree_agree() -> None:
    found = case_assessment(two_nations(), np.array([0, 1]))
    assert [(one.source1, one.method, one.tier) for one in found.rungs] == [
        ("NOR", "2d", 1),
        ("GBR", "2d", 1),
    ]
    for one in found.rungs:
        assert one.pc is not None
        assert one.nc_2d == pytest.approx(one.pc, rel=0.02)
        assert not one.cannot_assess
    assert found.judgement is not None
    assert found.judgement.verdict == "agree"
    assert [one.source for one in found.judgement.choices] == ["GBR", "NOR", "fused"]
    assert found.judgement.fused_of == ("GBR", "NOR")


def test_orbits_that_are_far_apart_are_no_agreement() -> None:
    found = case_assessment(two_nations(apart_km=5.0), np.array([0, 1]))
    assert found.judgement is not None
    assert found.judgement.verdict != "agree"
    assert found.judgement.doubted
    assert any("primary" in reason for reason in found.judgement.reasons)
    assert found.judgement.split


def test_one_nation_alone_is_not_judged() -> None:
    found = case_assessment(two_nations(), np.array([0]))
    assert len(found.rungs) == 1
    assert found.judgement is None


def test_nothing_has_nothing() -> None:
    found = case_assessment(two_nations(), np.zeros(0, np.int64))
    assert found.rungs == ()
    assert found.judgement is None


def test_a_row_without_sigmas_says_why() -> None:
    table = two_nations()
    table = dataclasses.replace(table, sigma1_rtn_km=np.full((2, 3), np.nan))
    found = case_assessment(table, np.array([0, 1]))
    assert {one.cannot_assess for one in found.rungs} == {"no covariance"}
    assert {one.tier for one in found.rungs} == {0}

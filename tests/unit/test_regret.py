"""The regret of following one source when another is right."""

import math

import numpy as np
import pytest

from commonsky.assess.regret import Costs, regrets


def test_two_sources_that_split() -> None:
    found = regrets([[1e-3, 1e-5]])
    assert found.split.tolist() == [True]
    assert found.mitigate.tolist() == [[True, False]]
    # Mitigating where dismissing was right costs the manoeuvre less what it saved.
    assert found.regret[0] == pytest.approx(np.array([[0.0, 9e-5], [9e-4, 0.0]]))
    assert found.worst[0] == pytest.approx([9e-5, 9e-4])
    assert found.worst_mitigate[0] == pytest.approx(9e-5)
    assert found.worst_dismiss[0] == pytest.approx(9e-4)
    assert found.mitigate_least.tolist() == [True]


def test_costs_of_ones_own() -> None:
    costly = Costs(collision=1.0, manoeuvre=0.01, threshold=1e-4)
    found = regrets([[1e-3, 1e-5]], costs=costly)
    assert found.mitigate.tolist() == [[True, False]]
    # At these costs both worlds prefer to dismiss, though one source says mitigate.
    assert found.mitigate_least.tolist() == [False]
    assert found.regret[0, 0] == pytest.approx([0.009, 0.00999])


def test_a_pc_that_is_not_there_decides_nothing() -> None:
    found = regrets([[math.nan, 1e-6], [math.nan, math.nan]])
    assert not found.known[0, 0]
    assert np.isnan(found.regret[0, 0]).all()
    assert np.isnan(found.regret[0, :, 0]).all()
    assert found.split.tolist() == [False, False]
    assert found.mitigate_least.tolist() == [False, True]
    assert np.isnan(found.worst_dismiss[1])


def test_no_choice_has_regret_where_all_say_the_same() -> None:
    found = regrets(np.geomspace(1e-4, 1.0, 5)[None])
    assert (found.regret == 0.0).all()
    assert found.worst_dismiss[0] == pytest.approx(1.0 - 1e-4)


@pytest.mark.parametrize("pc", [[[-0.1]], [[1.1]], [0.5]])
def test_no_probability(pc: list[object]) -> None:
    with pytest.raises(ValueError, match="from 0 to 1"):
        regrets(np.array(pc, np.float64))


def test_costs_must_be_costs() -> None:
    with pytest.raises(ValueError, match="manoeuvre must be 0 or more, but is -1"):
        Costs(manoeuvre=-1.0)
    with pytest.raises(ValueError, match="threshold must be above 0"):
        Costs(threshold=0.0)

from dataclasses import replace

import numpy as np
import pytest

from commonsky.catalogue.catalogue import Catalogue, concatenated
from commonsky.characterise.history import history
from commonsky.node.custody import custody
from commonsky.node.findings import Manoeuvre, decoded, encoded_lines, told
from commonsky.node.following import Following
from tests.catalogue_case import catalogue_of
from tests.dossier_case import MANOEUVRE
from tests.history_case import NUMBER, history_of


def days(sets: Catalogue, first: int, stop: int) -> Catalogue:
    return sets.take(np.arange(first, stop))


def test_an_event_is_told_once_as_sets_come_day_by_day() -> None:
    sets = history_of(raised_km=1.0)
    following = Following(("manoeuvre",))
    found = [one for stop in range(10, 41, 5)
             for one in following.take(days(sets, stop - 5, stop))]  # fmt: skip
    assert [one.objects for one in found] == [(NUMBER,)]
    assert following.take(sets) == []
    assert len(following) == len(sets)


def test_of_others_nothing_is_looked_for_again() -> None:
    one, two = history_of(raised_km=1.0), history_of(40_001, seed=2)
    following = Following(("manoeuvre",))
    assert len(following.take(one)) == 1
    assert following.take(two) == []
    assert set(following.looked_at.catalogue_number.tolist()) == {40_001}


def test_memory_is_bounded_but_keeps_the_newest() -> None:
    following = Following(("manoeuvre",), memory_days=10.0)
    old = history_of(40_002, days=20, start_day=-400.0)
    following.take(old)
    following.take(history_of())
    assert 6 <= len(following) < 40 + len(old)


def test_custody_says_when_nobody_looked_and_who_did() -> None:
    sets = concatenated([
        catalogue_of({"number": 5, "day": 0.0, "source": "a"}),
        catalogue_of({"number": 5, "day": 1.0, "source": "b"}),
        catalogue_of({"number": 5, "day": 2.0, "source": "b"}),
        catalogue_of({"number": 5, "day": 30.0, "source": "b"}),
        catalogue_of({"number": 6, "day": 0.0}),
    ])  # fmt: skip
    one, other = custody(history(sets), sets)
    assert (one.sets, one.sources, one.usual_interval_h) == (4, (("b", 3), ("a", 1)), 24.0)
    assert [gap.hours for gap in one.gaps] == [28 * 24.0]
    assert one.gap_share == pytest.approx(28 / 30, abs=1e-4)
    assert (other.sets, other.usual_interval_h, other.gaps, other.gap_share) == (1, None, (), 0.0)


def test_findings_go_there_and_back() -> None:
    line = encoded_lines([MANOEUVRE])
    assert decoded(line) == MANOEUVRE
    assert isinstance(decoded(line), Manoeuvre)
    assert MANOEUVRE.objects == (5,)


def test_numbers_are_told_to_six_digits() -> None:
    assert told(1.23456789) == 1.23457
    assert told(float("nan")) is None
    assert told(float("inf")) is None


def test_a_history_without_doubles_is_in_order() -> None:
    sets = concatenated([history_of(), history_of()])
    past = history(sets)
    assert len(past.row) == 40
    assert len(past.set_aside) == 40
    bad = replace(sets, elements=replace(sets.elements, eccentricity=np.full(len(sets), np.nan)))
    nothing = history(bad)
    assert (len(nothing), len(nothing.set_aside)) == (0, 80)
    assert nothing.of(np.zeros(0, np.int64)).row.shape == (0,)

import numpy as np

from commonsky.catalogue.difference import difference
from tests.catalogue_case import catalogue_of


def test_each_object_is_told_once() -> None:
    old = catalogue_of(
        {"number": 5}, {"number": 1}, {"number": 3, "day": 1.0}, {"number": 2, "bstar": 1e-5}
    )
    new = catalogue_of(
        {"number": 2, "bstar": 2e-5},
        {"number": 3, "day": 2.0},
        {"number": 1, "name": "RENAMED", "source": "b"},
        {"number": 4},
    )
    told = difference(old, new)
    assert new.catalogue_number[told.appeared].tolist() == [4]
    assert old.catalogue_number[told.vanished].tolist() == [5]
    assert new.catalogue_number[told.changed].tolist() == [2, 3]
    assert old.catalogue_number[told.replaced].tolist() == [2, 3]
    assert new.catalogue_number[told.unchanged].tolist() == [1]
    assert told


def test_sources_side_by_side() -> None:
    old = catalogue_of({"number": 1, "day": 1.0}, {"number": 1, "day": 2.0}, {"number": 2})
    new = catalogue_of({"number": 2}, {"number": 1, "day": 2.0}, {"number": 1, "day": 1.0})
    assert not difference(old, new)
    fewer = difference(old, new.take(np.array([0, 1])))
    assert len(fewer.changed) == 1
    assert len(fewer.replaced) == 2


def test_the_last_bit_counts() -> None:
    old, new = catalogue_of({}), catalogue_of({"anomaly": np.nextafter(3.0, 4.0)})
    assert len(difference(old, new).changed) == 1
    assert len(difference(old, old).unchanged) == 1


def test_nothing_and_something() -> None:
    some = catalogue_of({"number": 1}, {"number": 2})
    none = some.take(np.array([], np.int64))
    assert difference(none, some).appeared.tolist() == [0, 1]
    assert difference(some, none).vanished.tolist() == [0, 1]
    assert not difference(none, none)

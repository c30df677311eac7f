"""How large objects are taken to be."""

import numpy as np
import pytest

from commonsky.assess.hard_body import RADII_M, hard_body_radii_km
from commonsky.catalogue.catalogue import ObjectType, RcsSize


def radius_m(kind: ObjectType, size: RcsSize, number: int = 5, **overrides: float) -> float:
    given = {int(name[1:]): value for name, value in overrides.items()}
    found = hard_body_radii_km(
        np.array([kind], np.int8), np.array([size], np.int8), np.array([number]), given
    )
    return float(found[0]) * 1000.0


def test_each_type_and_size_has_a_radius() -> None:
    assert RADII_M.shape == (len(ObjectType), len(RcsSize))
    assert (RADII_M > 0.0).all()
    assert radius_m(ObjectType.DEBRIS, RcsSize.MEDIUM) == pytest.approx(0.26)
    assert radius_m(ObjectType.PAYLOAD, RcsSize.LARGE) == pytest.approx(4.5)


def test_larger_echoes_are_larger_bodies() -> None:
    assert (np.diff(RADII_M[:, RcsSize.SMALL :], axis=1) > 0.0).all()


def test_what_is_not_known_is_taken_to_be_large() -> None:
    assert (RADII_M[ObjectType.UNKNOWN] == RADII_M[1:].max(axis=0)).all()
    assert (RADII_M[:, RcsSize.UNKNOWN] > RADII_M[:, RcsSize.SMALL]).all()


def test_a_file_overrides() -> None:
    given = {"_25544": 0.054, "_99999": 1.0}
    station = radius_m(ObjectType.PAYLOAD, RcsSize.LARGE, 25544, **given)
    assert station == pytest.approx(54.0)
    assert radius_m(ObjectType.PAYLOAD, RcsSize.LARGE, 25545, **given) == pytest.approx(4.5)
    assert radius_m(ObjectType.PAYLOAD, RcsSize.LARGE, 100_000, **given) == pytest.approx(4.5)


def test_many_at_once_and_the_table_stays_as_it_is() -> None:
    rng = np.random.default_rng(1)
    n = 2000
    kind, size = rng.integers(0, 4, (2, n)).astype(np.int8)
    number = rng.permutation(n)
    overrides = {int(k): float(k) + 1.0 for k in rng.choice(2 * n, 500, replace=False)}
    before = RADII_M.copy()
    found = hard_body_radii_km(kind, size, number, overrides)
    expected = [
        overrides.get(int(k), RADII_M[a, b] / 1000.0)
        for a, b, k in zip(kind, size, number, strict=True)
    ]
    assert found.tolist() == expected
    assert (before == RADII_M).all()


def test_without_objects_or_overrides() -> None:
    none = np.zeros(0, np.int8)
    assert hard_body_radii_km(none, none, np.zeros(0, np.int64), {1: 1.0}).shape == (0,)
    assert hard_body_radii_km(none, none, np.zeros(0, np.int64)).shape == (0,)

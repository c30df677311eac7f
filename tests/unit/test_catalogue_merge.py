import numpy as np
import pytest

from commonsky.catalogue.catalogue import concatenated
from commonsky.catalogue.merge import (
    age_days,
    decayed,
    default_start,
    merge,
    select,
    validity_tai_ns,
)
from tests.catalogue_case import DAY_NS, START_NS, catalogue_of, rows_of


def test_newest_wins_and_the_older_is_kept() -> None:
    merged = merge(
        catalogue_of(
            {"number": 7, "day": 2.0, "anomaly": 0.2},
            {"number": 5, "day": 1.0},
            {"number": 7, "day": 3.0, "anomaly": 0.3},
            {"number": 7, "day": 1.0, "anomaly": 0.1},
        )
    )
    assert merged.catalogue.catalogue_number.tolist() == [5, 7]
    assert merged.catalogue.elements.mean_anomaly_rad.tolist() == [3.0, 0.3]
    assert merged.superseded.elements.mean_anomaly_rad.tolist() == [0.1, 0.2]
    assert merged.catalogue.provenance.superseded_count == 2
    assert merged.duplicate_count == 0


def test_equal_epochs_go_by_element_set_number_then_revolution() -> None:
    merged = merge(
        catalogue_of(
            {"set": 12, "revolution": 5, "anomaly": 0.1},
            {"set": 13, "revolution": 4, "anomaly": 0.2},
            {"set": 13, "revolution": 5, "anomaly": 0.05},
            {"set": 11, "revolution": 9, "anomaly": 0.4},
        )
    )
    assert merged.catalogue.elements.mean_anomaly_rad.tolist() == [0.05]
    assert len(merged.superseded) == 3


def test_exact_duplicates_collapse() -> None:
    merged = merge(catalogue_of({}, {"day": 1.0}, {}, {"day": 1.0, "source": "b"}, {}))
    assert len(merged.catalogue) == 1
    assert merged.duplicate_count == 3
    assert len(merged.superseded) == 1
    assert merged.catalogue.provenance.superseded_count == 4


def test_side_by_side_keeps_one_of_each_source() -> None:
    rows = [
        {"number": 1, "day": 1.0, "source": "a"},
        {"number": 1, "day": 2.0, "source": "b"},
        {"number": 1, "day": 0.5, "source": "b"},
    ]
    merged = merge(catalogue_of(*rows), side_by_side=True)
    assert merged.catalogue.source.tolist() == ["a", "b"]
    assert merged.superseded.source.tolist() == ["b"]
    assert merge(catalogue_of(*rows)).catalogue.source.tolist() == ["b"]


def test_descriptions_survive_their_element_sets() -> None:
    merged = merge(
        catalogue_of(
            {"number": 1, "day": 0.0, "name": "OLD NAME", "object_id": "1998-067A", "size": 2},
            {"number": 1, "day": 1.0, "name": "NEW NAME", "type": 1},
            {"number": 1, "day": 2.0, "operator": "ACME"},
            {"number": 2, "day": 2.0},
        )
    ).catalogue
    assert merged.object_name.tolist() == ["NEW NAME", ""]
    assert merged.object_id.tolist() == ["1998-067A", ""]
    assert merged.object_type.tolist() == [1, 0]
    assert merged.rcs_size.tolist() == [2, 0]
    assert merged.operator.tolist() == ["ACME", ""]


def test_descriptions_cross_sources() -> None:
    merged = merge(
        catalogue_of(
            {"number": 1, "day": 3.0, "source": "named", "name": "ISS"},
            {"number": 1, "day": 1.0, "source": "other"},
        ),
        side_by_side=True,
    )
    assert merged.catalogue.object_name.tolist() == ["ISS", "ISS"]


def test_empty() -> None:
    merged = merge(catalogue_of({}).take(np.array([], np.int64)))
    assert len(merged.catalogue) == len(merged.superseded) == merged.duplicate_count == 0


def test_concatenated_keeps_rows_and_provenance() -> None:
    one, two = catalogue_of({"number": 1}, {"number": 1}), catalogue_of({"number": 3, "name": "X"})
    one = merge(one).catalogue
    both = concatenated([one, two, one])
    assert rows_of(both) == rows_of(one) + rows_of(two) + rows_of(one)
    assert both.provenance.superseded_count == 2


def test_age_and_selection() -> None:
    sky = catalogue_of({"number": 1, "day": -3.0}, {"number": 2}, {"number": 3, "day": 4.0})
    assert age_days(sky, START_NS).tolist() == [3.0, 0.0, -4.0]
    assert select(sky, 3.0, START_NS).catalogue_number.tolist() == [1, 2]
    assert len(select(sky, np.inf, START_NS)) == 3


def test_validity_ends_at_the_next_epoch_or_with_the_orbit_class() -> None:
    sky = catalogue_of(
        {"number": 1, "day": 2.0},
        {"number": 1, "day": 0.0},
        {"number": 1, "day": 1.0, "source": "b"},
        {"number": 2, "day": 0.0, "mean_motion": 0.0044},
        {"number": 3, "day": 0.0, "mean_motion": 0.0685},
    )
    start, stop = validity_tai_ns(sky)
    assert start.tolist() == sky.elements.epoch_tai_ns.tolist()
    days = (stop - START_NS) / DAY_NS
    assert days.tolist() == [16.0, 2.0, 15.0, 30.0, 3.0]


def test_decayed() -> None:
    sky = catalogue_of(
        {"number": 1},
        {"number": 2, "eccentricity": 0.12},
        {"number": 3, "mean_motion": 16.7 * 2 * np.pi / 1440},
    )
    assert decayed(sky).tolist() == [False, True, True]


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        ([0.0], 0.0),
        ([0.0, 0.2, 0.4], 0.4),
        ([0.0, 0.1, 1.1], 1.1),
        ([0.0, 0.1, 1.2], 0.1),
        ([-300.0, 0.0, 0.3, 0.9, 500.0], 0.9),
        ([0.0, 0.9, 1.5, 4.0], 1.5),
    ],
)
def test_default_start(days: list[float], expected: float) -> None:
    sky = catalogue_of(*({"number": k, "day": day} for k, day in enumerate(days)))
    assert default_start(sky) == START_NS + round(expected * DAY_NS)


def test_default_start_is_exact_to_the_nanosecond() -> None:
    sky = catalogue_of({})
    sky.elements.epoch_tai_ns[0] += 1
    assert default_start(sky) == START_NS + 1


def test_default_start_needs_an_object() -> None:
    with pytest.raises(ValueError, match="at least one"):
        default_start(catalogue_of({}).take(np.array([], np.int64)))

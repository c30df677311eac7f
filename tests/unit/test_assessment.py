"""What a screening found, made into a table: who, how uncertain, what was covered."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, fields, replace
from functools import cache
from typing import Any

import numpy as np
import pytest
from msgspec import UNSET
from numpy.typing import NDArray

from commonsky.assess.collision import METHODS, NULLS, PcMethod, PcNull
from commonsky.assess.uncertainty import error_classes, sigma_rtn_km
from commonsky.astro.arrays import Ints
from commonsky.astro.epoch import NS_PER_DAY
from commonsky.astro.frames import transform
from commonsky.astro.states import Frame
from commonsky.catalogue.catalogue import Catalogue, ObjectType, concatenated
from commonsky.catalogue.ephemeris import Ephemeris, sampled
from commonsky.node import assessment
from commonsky.node.assessment import Sky, assessed, conjunctions, in_teme, summary_of
from commonsky.screen.encounter import Encounters
from commonsky.screen.screener import Screening, screen
from commonsky.screen.volume import Shape, Volume
from tests.screener_case import START_NS, changed, invented_sky, nudged, renumbered

STOP_NS = START_NS + NS_PER_DAY // 4
SPHERE = Volume.sphere(10.0)
NO_RADII: dict[int, float] = {}


@cache
def sky() -> Catalogue:
    return invented_sky(700, 4)


@cache
def screening() -> Screening:
    elements, numbers = sky().elements, sky().catalogue_number
    return screen(elements, numbers, START_NS, STOP_NS, SPHERE)


def owner(row: int, **columns: Any) -> Ephemeris:
    epochs = START_NS + np.arange(-10, 400, dtype=np.int64) * 60_000_000_000
    return replace(sampled(sky(), row, epochs, "owner"), **columns)


def alike(one: Sky, other: Sky) -> None:
    """Every column, and every column of the error classes, to the last bit."""
    for part in ("numbers", "names", "sources", "fleets", "epoch_tai_ns", "hard_body_radius_km"):
        assert getattr(one, part).tolist() == getattr(other, part).tolist(), part
    for column in fields(one.classes):
        ours, theirs = (getattr(each.classes, column.name) for each in (one, other))
        assert np.array_equal(ours, theirs, equal_nan=theirs.dtype.kind == "f"), column.name
    assert one.named_sources == other.named_sources
    assert one.catalogue.object_name.tolist() == other.catalogue.object_name.tolist()


def test_a_sky_is_element_sets_then_ephemerides() -> None:
    radii = {int(sky().catalogue_number[5]): 0.25}
    beside = [owner(5), owner(7, operator="SOMEONE", object_type=ObjectType.DEBRIS)]
    whole, n = Sky.of(sky(), beside, radii), len(sky())
    assert whole.numbers[n:].tolist() == sky().catalogue_number[[5, 7]].tolist()
    assert whole.names[n:].tolist() == sky().object_name[[5, 7]].tolist()
    assert whole.sources[n:].tolist() == ["owner", "owner"]
    assert whole.epoch_tai_ns[n] == START_NS - 600_000_000_000
    assert whole.hard_body_radius_km[[5, n]].tolist() == [0.25, 0.25]
    assert whole.named_sources == ("owner", str(sky().source[0]))
    assert whole.fleets[n] == whole.fleets[5]  # without an operator, that of its element set
    assert whole.fleets[n + 1] == "SOMEONE"


def test_an_ephemeris_has_no_sigma_of_ours() -> None:
    whole = Sky.of(sky(), [owner(3)], NO_RADII)
    rows, age = np.array([len(sky()), 3, 0]), np.array([0.5, 0.5, 2.0])
    sigma = whole.sigma_rtn_km(rows, age)
    assert np.isnan(sigma[0]).all()
    wanted = sigma_rtn_km(error_classes(sky()).take(rows[1:]), age[1:])
    assert np.array_equal(sigma[1:], wanted)


def test_frames_of_ephemerides() -> None:
    teme = owner(3)
    assert in_teme(teme) is teme
    position, velocity = transform(
        teme.position_km, teme.velocity_km_s, teme.epoch_tai_ns, Frame.TEME, Frame.GCRF
    )
    assert np.abs(position - teme.position_km).max() > 1.0
    gcrf = replace(teme, frame=Frame.GCRF, position_km=position, velocity_km_s=velocity)
    back = in_teme(gcrf)
    assert back.frame is Frame.TEME
    assert np.abs(back.position_km - teme.position_km).max() < 1e-6


@pytest.mark.parametrize(
    "change",
    [
        "orbits",
        "another source",
        "a longer name",
        "a new object",
        "a twin of an old one",
        "a type",
    ],
)
def test_a_sky_with_rows_replaced_is_a_sky_of_the_new_catalogue(change: str) -> None:
    rows = np.array([2, 9, 300])
    new = nudged(sky(), rows, 1e-3)
    if change == "another source":
        new = replace(new, source=np.full(3, "a much longer name of a source"))
    elif change == "a longer name":
        new = replace(new, object_name=np.array(["A VERY LONG NAME INDEED, 1", "B", "C"]))
    elif change == "a type":
        new = replace(new, object_type=np.full(3, ObjectType.DEBRIS, np.int8))
    columns = {"elements": placed(sky(), rows, new)} | {
        column.name: put(getattr(sky(), column.name), rows, getattr(new, column.name))
        for column in fields(Catalogue)[1:-1]
    }
    catalogue = replace(sky(), **columns)
    if change == "a new object":
        new = renumbered(changed(sky(), [4]), 880_000_000)
        catalogue, rows = concatenated([sky(), new]), np.array([len(sky())])
    elif change == "a twin of an old one":
        new = replace(changed(sky(), [4]), source=np.array(["theirs"]))
        catalogue, rows = concatenated([sky(), new]), np.array([len(sky())])
    for beside in ([], [owner(3)]):
        before = Sky.of(sky(), beside, NO_RADII)
        after = before.replaced(catalogue, rows, NO_RADII)
        alike(after, Sky.of(catalogue, beside, NO_RADII))
        assert after.catalogue is catalogue
        alike(before, Sky.of(sky(), beside, NO_RADII))  # a sky is never changed in place


def test_a_source_of_which_nothing_is_left_is_not_named() -> None:
    rows = np.array([2, 9])
    theirs = replace(sky(), source=put(sky().source, rows, np.array(["theirs", "theirs"])))
    before = Sky.of(theirs, [], NO_RADII)
    assert "theirs" in before.named_sources
    alike(before.replaced(sky(), rows, NO_RADII), Sky.of(sky(), [], NO_RADII))
    assert "theirs" in before.without(rows[:1], NO_RADII).named_sources
    assert "theirs" not in before.without(rows, NO_RADII).named_sources


def put(column: NDArray[Any], rows: Ints, values: NDArray[Any]) -> NDArray[Any]:
    whole = column.astype(np.result_type(column, values))
    whole[rows] = values
    return whole


def placed(catalogue: Catalogue, rows: Ints, new: Catalogue) -> Any:
    ours, theirs = catalogue.elements, new.elements
    return replace(ours, **{
        one.name: put(getattr(ours, one.name), rows, getattr(theirs, one.name))
        for one in fields(ours)
    })  # fmt: skip


def test_a_sky_without_rows_is_a_sky_of_what_is_left() -> None:
    twin = replace(changed(sky(), [4]), source=np.array(["theirs"]))
    both = concatenated([sky(), twin])
    fleet = np.flatnonzero(Sky.of(sky(), [], NO_RADII).fleets != "")
    for catalogue, rows in (
        (both, np.array([4])), (both, np.array([len(sky())])), (sky(), np.array([0, 10])),
        (sky(), fleet[1:]),
    ):  # fmt: skip
        for beside in ([], [owner(3)]):
            left = Sky.of(catalogue, beside, NO_RADII).without(rows, NO_RADII)
            kept = catalogue.take(np.delete(np.arange(len(catalogue)), rows))
            alike(left, Sky.of(kept, beside, NO_RADII))


def known_sigmas(found: Encounters) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    sigma = np.array([0.1, 0.5, 0.2])
    return np.tile(sigma, (len(found), 1)), np.tile(2.0 * sigma, (len(found), 1))


def test_parts_and_threads_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    found = screening().encounters
    assert len(found) > 20
    radius = np.full(len(found), 0.01)
    whole = assessed(found, *known_sigmas(found), radius)
    monkeypatch.setattr(assessment, "ROWS_AT_ONCE", 7)
    heard: list[tuple[float, float]] = []
    with ThreadPoolExecutor(2) as executor:
        parts = assessed(
            found, *known_sigmas(found), radius, executor, lambda *told: heard.append(told)
        )
    for column in fields(whole):
        one, other = (getattr(each, column.name) for each in (whole, parts))
        assert np.array_equal(one, other, equal_nan=one.dtype.kind == "f"), column.name
    steps = -(-len(found) // 7)
    assert heard == [(k + 1, steps) for k in range(steps)]


def test_slow_pairs_have_a_reason_instead_of_a_probability() -> None:
    found = screening().encounters
    half = replace(found, slow=np.arange(len(found)) % 2 == 0)
    result = assessed(half, *known_sigmas(found), np.full(len(found), 0.01))
    for column in (result.pc, result.log10_pc, result.pc_max, result.scale_at_max):
        assert np.isnan(column[half.slow]).all()
    assert np.isfinite(result.pc[~half.slow & ~found.slow]).all()
    assert not result.diluted[half.slow].any()
    assert set(result.method[half.slow]) == {METHODS.index(PcMethod.NONE)}
    assert set(result.null_reason[half.slow]) == {NULLS.index(PcNull.SLOW_ENCOUNTER)}
    assert NULLS.index(PcNull.SLOW_ENCOUNTER) not in result.null_reason[~half.slow]


def test_nothing_found_is_a_table_too() -> None:
    nobody = screening().encounters.take(np.zeros(0, np.int64))
    ours = Sky.of(sky(), [], NO_RADII)
    covered = summary_of(ours, screening(), (START_NS, STOP_NS), SPHERE, None, {})
    table = conjunctions(ours, nobody, covered, SPHERE)
    assert len(table) == 0
    assert table.summary.missed_share is None


def test_a_table_is_of_the_rows_that_met() -> None:
    found = screening().encounters
    ours = Sky.of(sky(), [], {int(sky().catalogue_number[found.row1[0]]): 0.4})
    covered = summary_of(ours, screening(), (START_NS, STOP_NS), SPHERE, None, {})
    table = conjunctions(ours, found, covered, SPHERE)
    for which, rows in ((1, found.row1), (2, found.row2)):
        assert table[f"object{which}"].tolist() == sky().catalogue_number[rows].tolist()
        assert table[f"name{which}"].tolist() == sky().object_name[rows].tolist()
        age = (found.tca_tai_ns - sky().elements.epoch_tai_ns[rows]) / NS_PER_DAY
        assert table[f"age{which}_days"].tolist() == age.tolist()
    assert table.hard_body_radius1_km[0] == 0.4
    fleet = ours.fleets
    mates = (fleet[found.row1] == fleet[found.row2]) & (fleet[found.row1] != "")
    assert table.intra_fleet.tolist() == mates.tolist()
    assert table.summary.conjunctions == len(found)
    share = table.summary.missed_share
    assert share is not None
    assert 0.0 < share < 1.0


@dataclass(frozen=True, slots=True)
class Told:
    """What a screening told of its knots."""

    unusable_knots: Ints
    knots: int = 10
    step_s: float = 300.0


def test_a_summary_counts_objects_and_records() -> None:
    some = sky().take(np.arange(6))
    told = replace(
        some.provenance, read_count=11, quarantined_count=2, superseded_count=1, inputs=()
    )
    ours = Sky.of(replace(some, provenance=told), [owner(3)], NO_RADII)
    covered = Told(np.array([0, 10, 3, 10, 0, 9, 0]))
    span = (START_NS, STOP_NS)
    summary = summary_of(ours, covered, span, SPHERE, [1, 2], {"older than 1 days": 2})
    assert (summary.read, summary.accepted) == (11, 8)  # with those left out by age
    assert (summary.quarantined, summary.superseded) == (2, 1)
    assert (summary.failed, summary.partly, summary.propagated) == (2, 2, 5)
    assert summary.start == "2025-03-31T00:00:00.000000Z"
    assert summary.stop == "2025-03-31T06:00:00.000000Z"
    assert (summary.threshold_km, summary.volume_km) == (10.0, UNSET)
    assert summary.primaries == 2
    assert summary.sources == tuple(sorted({"owner", str(sky().source[0])}))
    box = Volume((1.0, 2.0, 3.0), Shape.BOX)
    summary = summary_of(ours, covered, span, box, None, {})
    assert (summary.threshold_km, summary.primaries) == (UNSET, UNSET)
    assert (summary.volume_km, summary.volume_shape) == ((1.0, 2.0, 3.0), "box")

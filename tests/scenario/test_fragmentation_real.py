"""
Real break-ups as catalogues had them, found without designators.

Measured by design/007_fragmentations.py: of 17 break-ups of which 5 pieces or more were catalogued
by the first snapshot, 16 are found, and the parent of each that had public sets; in six weeks
without one nothing is taken for a break-up.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from bench import past_breakups as past
from commonsky.catalogue.catalogue import Catalogue, concatenated
from commonsky.characterise.fragmentation import Fragmentations, Kind, confirmation, fragmentations
from commonsky.characterise.launch import launches

HOUR_NS = 3600 * 10**9

pytestmark = pytest.mark.skipif(
    not past.here(), reason="real break-ups lie in ../shared, which is not here"
)


def event(name: str) -> past.Event:
    return next(one for one in past.EVENTS if one.name == name)


def blank(sets: Catalogue) -> Catalogue:
    return replace(sets, object_id=np.full(len(sets), "", "U12"))


def searched(before: Catalogue, after: Catalogue) -> Fragmentations:
    return fragmentations(blank(before), blank(after))


def only(events: Fragmentations) -> int:
    (j,) = np.flatnonzero(events.kind == Kind.FRAGMENTATION).tolist()
    return int(j)


def test_the_collision_of_2009_is_two_break_ups_at_one_place_and_time() -> None:
    sets = [
        [past.sections(launch)[day] for launch in ("1993-036", "1997-051")]
        for day in ("20081011", "20090531")
    ]
    before, after = (concatenated(both) for both in sets)
    events = searched(before, after)
    broke = np.flatnonzero(events.kind == Kind.FRAGMENTATION).tolist()
    assert sorted(events.catalogue_number[broke].tolist()) == [22675, 24946]
    one, other = broke
    assert events.partner[[one, other]].tolist() == [other, one]
    # 16:56 UTC, found to the minute after three months; the larger cloud tells the revolution.
    off = events.epoch_tai_ns[broke] - event("Cosmos 2251").epoch_tai_ns
    assert (np.abs(off) < HOUR_NS // 12).all()
    for j, launch in zip(broke, past_launches(events, broke), strict=True):
        said = confirmation(events, j, before, after)
        assert said.launch == launch
        assert said.share > 0.99


def past_launches(events: Fragmentations, broke: list[int]) -> list[str]:
    names = {22675: "1993-036", 24946: "1997-051"}
    return [names[int(number)] for number in events.catalogue_number[broke]]


def test_a_break_up_is_found_in_two_whole_catalogues() -> None:
    of = event("Resurs P1")
    before, after = past.around(of)
    events = searched(before, after)
    j = only(events)
    assert events.catalogue_number[j] == of.parent
    assert past.pieces(of, after, events.pieces(j)).all()
    assert abs(int(events.epoch_tai_ns[j]) - of.epoch_tai_ns) < 8 * HOUR_NS


@pytest.mark.parametrize("name", ["NOAA-17", "Yunhai 1-02", "Fregat tank"])
def test_two_dozen_pieces_are_enough(name: str) -> None:
    of = event(name)
    events = searched(*past.around(of, alone=True))
    j = only(events)
    assert events.catalogue_number[j] == of.parent
    assert events.not_before_tai_ns[j] - HOUR_NS < of.epoch_tai_ns
    assert events.not_after_tai_ns[j] + HOUR_NS > of.epoch_tai_ns


def test_two_quiet_weeks_have_launches_and_no_break_up() -> None:
    before, after = past.catalogue("bg_20191212"), past.catalogue("bg_20191223")
    events = searched(before, after)
    assert Kind.FRAGMENTATION not in events.kind.tolist()
    # The largest group is what one rocket set free on 20 December.
    assert events.kind[0] == Kind.DEPLOYMENT
    assert confirmation(events, 0, before, after).launch == "2019-093"
    told = launches(before, after)
    new = set(told.launch[told.is_new & (told.launch != "")].tolist())
    assert {"2019-090", "2019-091", "2019-092", "2019-093"} <= new
    assert "1999-025" not in new

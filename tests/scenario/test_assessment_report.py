"""Real messages into events and a report: what is drawn is what was calculated."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from commonsky.assess.collision import collision_probability, collision_probability_of_states
from commonsky.formats.ndm_message import Message
from commonsky.formats.ndm_read import read_message
from commonsky.node.encounters import Encounters, encounters_of
from commonsky.show.circumstances import Circumstances, circumstances_of
from commonsky.show.events import events_of
from commonsky.show.report.assessment import assessment_html
from tests.assessment_case import NO_RADIUS, invented
from tests.ndm_case import SHARED, archived
from tests.unit.test_report import outline_of

STATED = 5e-3

pytestmark = pytest.mark.skipif(not SHARED.exists(), reason="the real messages are not here")


@pytest.fixture(scope="module")
def real() -> tuple[list[Message], Encounters, list[Circumstances]]:
    messages = [
        read_message(raw)
        for name, raw in archived("cdm/cara_cdms_and_pc_unit_tests.tar.xz").items()
        if Path(name).suffix == ".cdm" and "CDMs" in name
    ]
    found = encounters_of(messages)
    return messages, found, circumstances_of(messages, found)


def test_planes_give_the_probability_that_is_calculated_and_that_is_stated(
    real: tuple[list[Message], Encounters, list[Circumstances]],
) -> None:
    messages, found, told = real
    calculated, _ = collision_probability_of_states(
        found.position1_km, found.velocity1_km_s, found.covariance1[:, :3, :3],
        found.position2_km, found.velocity2_km_s, found.covariance2[:, :3, :3],
        found.hard_body_radius_km,
    )  # fmt: skip
    compared = 0
    for row, (message, one) in enumerate(zip(messages, told, strict=True)):
        stated = message.number("COLLISION_PROBABILITY")
        if one.plane is None or not stated > 1e-60 or math.isnan(calculated[row]):
            continue
        tilt, (x, y) = one.plane.tilt_rad, one.plane.miss_km
        along = x * math.cos(tilt) + y * math.sin(tilt)
        across = y * math.cos(tilt) - x * math.sin(tilt)
        longer, shorter = one.plane.sigma_km
        pc = collision_probability(along, across, longer, shorter, found.hard_body_radius_km[row])[
            0
        ][0]
        assert pc == pytest.approx(calculated[row], rel=1e-6), message.text("MESSAGE_ID")
        # Its sender calculates without a new TCA.
        assert pc == pytest.approx(stated, rel=STATED), message.text("MESSAGE_ID")
        compared += 1
    assert compared >= 50


def test_real_names_and_dates_come_into_events_and_page(
    real: tuple[list[Message], Encounters, list[Circumstances]],
) -> None:
    messages, _, told = real
    lines = [
        invented(
            {} if k % 4 else NO_RADIUS,
            tca=message.text("TCA"),
            object1=message.text("OBJECT_DESIGNATOR", 1),
            object2=message.text("OBJECT_DESIGNATOR", 2),
        )
        for k, message in enumerate(messages)
    ]
    events = events_of(lines, [one.created for one in told])
    assert sum(len(event.messages) for event in events) == len(messages) == 87
    # Two of the sets hold several messages about one approach.
    assert len(events) == 82
    page = assessment_html(lines, [], told)
    outline_of(page)
    assert "82 events in 87 messages" in page
    assert len(page.encode()) < 500_000

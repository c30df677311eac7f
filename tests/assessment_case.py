"""Plausible but invented assessments, for the tests of events and of their report."""

from __future__ import annotations

from typing import Any

import numpy as np

from commonsky.assess.approach import Plane
from commonsky.show.assessment_lines import AssessmentLine, RefusedLine, Trials
from commonsky.show.circumstances import Circumstances

PLAIN: dict[str, Any] = {
    "file": "one.cdm", "message_id": "M-1", "tca": "2026-11-26T12:00:00.000Z",
    "object1": "25544", "object2": "41335", "miss_km": 0.4, "relative_speed_km_s": 11.2,
    "hard_body_radius_m": 12.0, "radius_source": "HBR of the message", "pc": 3e-5, "method": "2d",
    "tier": 1, "violations": [], "lower": 2e-5, "upper": 4e-5, "remediated": False, "pc_2d": 3e-5,
    "pc_2d_as_given": 3e-5, "nc_2d": 3.01e-5, "nc_3d": None, "mc": None, "pc_max": 6e-5,
    "diluted": False, "pc_correlated": None, "pc_stated": 3e-5, "cannot_assess": None,
}  # fmt: skip
CURVED: dict[str, Any] = {
    "pc": 4.7e-5, "method": "2d-nc", "tier": 2, "violations": ["curved"], "pc_2d": 1.9e-5,
    "nc_2d": 4.7e-5, "pc_stated": 1.9e-5, "pc_correlated": 1e-4,
}  # fmt: skip
TRIED: dict[str, Any] = {
    "pc": 2e-2, "method": "monte-carlo", "tier": 4, "violations": ["slow", "many"], "pc_2d": 8e-4,
    "nc_2d": 2.0, "nc_3d": 1.7, "mc": Trials(2e-2, (1.8e-2, 2.2e-2), 10_000),
    "relative_speed_km_s": 2.1e-6,
}  # fmt: skip
NO_RADIUS: dict[str, Any] = {
    "pc": None, "method": "none", "tier": 0, "pc_2d": None, "nc_2d": None, "lower": None,
    "upper": None, "hard_body_radius_m": None, "radius_source": "none", "pc_max": None,
    "cannot_assess": "no hard-body radius",
}  # fmt: skip
PLANE = Plane(np.array([0.3, 0.2]), np.array([[0.04, 0.01], [0.01, 0.02]]), "away from the Earth")


def invented(*parts: dict[str, Any], **changes: Any) -> AssessmentLine:
    told = dict(PLAIN)
    for part in parts:
        told |= part
    return AssessmentLine(**(told | changes))


def told(created: str = "2026-11-25T00:00:00", **changes: Any) -> Circumstances:
    known: dict[str, Any] = {"created": created, "originator": "SENDER", "plane": PLANE}
    return Circumstances(**(known | changes))


def invented_run() -> tuple[list[AssessmentLine], list[RefusedLine], list[Circumstances]]:
    """Six events: plain, curved with history, tried, and three without a number."""
    lines = [
        invented(),
        invented(CURVED, object1="20580", object2="2017", file="old.cdm", pc=4e-6, nc_2d=4e-6),
        invented(CURVED, object1="2017", object2="20580", file="new.cdm"),
        invented(CURVED, NO_RADIUS, object1="2017", object2="20580", file="newest.cdm"),
        invented(TRIED, object1="1001", object2="1002"),
        invented(NO_RADIUS, object1="3", object2="4"),
        invented(NO_RADIUS, object1="5", object2="6", tca="", miss_km=None),
        invented(NO_RADIUS, object1="7", object2="8", cannot_assess="a reason of tomorrow"),
    ]
    days = ["25T00", "24T00", "24T12", "25T00", "25T00", "25T00", "25T00", "25T00"]
    names = ["ISS (ZARYA)", "HST", "COSMOS 1408 DEB", "COSMOS 1408 DEB", "", "", "", ""]
    beside = [
        told(f"2026-11-{day}:00:00", name1=name, plane=None if name == "" else PLANE)
        for day, name in zip(days, names, strict=True)
    ]
    return lines, [RefusedLine(file="bad.cdm", line=3, column=7, problem="no keyword")], beside

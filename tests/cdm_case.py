"""A conjunction data message as a record, and a reader of keywords and values, for the tests."""

from __future__ import annotations

import re
from typing import Any

from msgspec.structs import replace

from commonsky.formats.cdm import (
    ConjunctionDataMessage,
    CovarianceMatrix,
    Header,
    Metadata,
    RelativeMetadata,
    RelativeStateVector,
    Segment,
    StateVector,
)

LINE = re.compile(r"([A-Z0-9_]+)\s*=\s*(.*?)\s*(?:\[([^\]]*)\])?\s*")


def message_of(values: list[float] | None = None) -> ConjunctionDataMessage:
    """A message whose 54 numbers of states and covariances may be given."""
    given = values or [(-1.0) ** k * (k + 1) * 12.3456789012345 for k in range(54)]
    return ConjunctionDataMessage(
        Header(
            COMMENT=("GRADE = SCREENING",), CREATION_DATE="2025-03-31T00:00:00.000000",
            ORIGINATOR="COMMONSKY", MESSAGE_ID="ABC-12_34",
        ),
        RelativeMetadata(
            TCA="2025-03-31T04:05:06.789012", MISS_DISTANCE=715.0, RELATIVE_SPEED=14762.5,
            relative_state=RelativeStateVector(27.4, -70.2, 711.8, -7.2, -14692.0, -1437.2),
            START_SCREEN_PERIOD="2025-03-31T00:00:00", STOP_SCREEN_PERIOD="2025-04-07T00:00:00",
            SCREEN_VOLUME_FRAME="RTN", SCREEN_VOLUME_SHAPE="ELLIPSOID", SCREEN_VOLUME_X=200.0,
            SCREEN_VOLUME_Y=1000.0, SCREEN_VOLUME_Z=1000.0, COLLISION_PROBABILITY=4.835e-05,
            COLLISION_PROBABILITY_METHOD="FOSTER-1992",
        ),
        segment_of("OBJECT1", given[:27]),
        segment_of("OBJECT2", given[27:]),
    )  # fmt: skip


def segment_of(which: str, values: list[float]) -> Segment:
    return Segment(
        Metadata(
            OBJECT=which, OBJECT_DESIGNATOR="25544", CATALOG_NAME="SATCAT",
            OBJECT_NAME="ISS (ZARYA)", INTERNATIONAL_DESIGNATOR="1998-067A",
            OBJECT_TYPE="PAYLOAD", OPERATOR_ORGANIZATION="NASA", EPHEMERIS_NAME="NONE",
            COVARIANCE_METHOD="DEFAULT", MANEUVERABLE="N/A", REF_FRAME="GCRF",
            GRAVITY_MODEL="WGS-72: 4D 0O", SOLAR_RAD_PRESSURE="NO",
        ),
        StateVector((), *values[:6]),
        CovarianceMatrix((), *values[6:]),
    )  # fmt: skip


def changed(message: ConjunctionDataMessage, block: str, **changes: Any) -> ConjunctionDataMessage:
    """The message with other fields in its header, relative, metadata1, state2, covariance1 ..."""
    if block in {"header", "relative"}:
        return replace(message, **{block: replace(getattr(message, block), **changes)})
    name, place = f"segment{block[-1]}", block[:-1]
    segment = getattr(message, name)
    return replace(
        message, **{name: replace(segment, **{place: replace(getattr(segment, place), **changes)})}
    )


def kvn_pairs(raw: bytes) -> list[tuple[str, str, str]]:
    """Keyword, value and unit of each line that is no comment, read as independently as may be."""
    pairs = []
    for line in raw.decode().splitlines():
        if line.strip() and not line.startswith("COMMENT"):
            found = LINE.fullmatch(line)
            assert found is not None, line
            pairs.append((found[1], found[2], found[3] or ""))
    return pairs

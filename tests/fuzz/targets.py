"""What is done with any bytes at all, and must hold of the outcome."""

from __future__ import annotations

import io
from collections.abc import Callable

from commonsky.errors import CommonskyError, UnreadableInput
from commonsky.formats.hard_body import hard_body_radii_km
from commonsky.formats.ndm_lines import Problem
from commonsky.formats.ndm_read import read_message
from commonsky.formats.omm_csv_writer import omm_csv
from commonsky.node.intake import read_records
from tests.catalogue_case import rows_of
from tests.formats_case import gathered
from tests.ndm_case import OEM, cdm
from tests.property.test_formats import SHAPES, consistent, told

SEEDS = [*SHAPES, b"NORAD_CAT_ID,HARD_BODY_RADIUS_M\n25544,54.5\n", OEM, cdm()]


def fuzz_sections(raw: bytes) -> None:
    """Read the bytes after the first whole, and in pieces as long as the first says."""
    size, text = raw[:1] or b"\0", raw[1:]
    whole, pieces = gathered(text), gathered(text, [size[0] + 1])
    consistent(whole)
    assert told(whole) == told(pieces)


def fuzz_intake(raw: bytes) -> None:
    """Read as a file, unpacking included; what is good can be written and read again."""
    try:
        table = read_records("-", stdin=io.BytesIO(raw))
    except UnreadableInput:
        return
    source = table.provenance.inputs[0]
    assert source.read == source.accepted + source.quarantined
    again = read_records("-", stdin=io.BytesIO("".join(omm_csv(table)).encode()))
    assert [row[0] for row in rows_of(again)] == [row[0] for row in rows_of(table)]


def fuzz_hard_body(raw: bytes) -> None:
    """Read a list of radii."""
    try:
        radii = hard_body_radii_km(raw)
    except CommonskyError:
        return
    assert all(0.0 < radius_km <= 1.0 for radius_km in radii.values())


def fuzz_messages(raw: bytes) -> None:
    """Read as a navigation message: what is read comes back, and again says the same."""
    try:
        message = read_message(raw)
    except Problem as refused:
        message, place = None, (refused.line, refused.column)
    if message is None:
        assert 1 <= place[0] <= raw.count(b"\n") + 1
        assert place[1] >= 1
        return
    assert message.changed({}) == raw
    assert all(one.line >= 1 for one in message.deviations)


TARGETS: dict[str, Callable[[bytes], None]] = {
    "sections": fuzz_sections,
    "intake": fuzz_intake,
    "hard_body": fuzz_hard_body,
    "messages": fuzz_messages,
}

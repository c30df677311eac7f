"""Readers on anything at all: nothing is fatal, nothing is lost, and cuts change nothing."""

from __future__ import annotations

import io
import json
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from hypothesis import assume, example, given
from hypothesis import strategies as st

from commonsky.catalogue.catalogue import concatenated
from commonsky.errors import UnreadableInput
from commonsky.formats.gathering import Gathering
from commonsky.formats.sniff import format_begun_by
from commonsky.node.intake import read_records
from tests.catalogue_case import rows_of
from tests.formats_case import (
    FILES,
    ISS,
    MESSAGES,
    TLE_ALPHA5,
    TLE_ISS,
    TLE_VANGUARD,
    gathered,
)

# The same messages in the shapes that programs write them in.
SHAPES = [
    *(text.encode() for text in FILES.values()),
    json.dumps(MESSAGES, indent=2).encode() + b"\n",
    json.dumps({"about": 1, "omm": MESSAGES}, separators=(",", ":")).encode(),
    "\n".join(map(json.dumps, MESSAGES)).encode(),
    json.dumps([{"omm": {"body": one}} for one in MESSAGES]).encode() + b"\n",
    FILES["OMM CSV"].replace("\n", "\r\n").encode(),
    FILES["OMM CSV"].replace(",", ";").encode(),
    FILES["OMM CSV"].replace("VANGUARD 1", '"VANGUARD, ""1"""').encode(),
    FILES["OMM XML"].replace("\n", "").encode(),
    FILES["OMM XML"].replace("><", ">\n <").encode(),
    FILES["TLE"].replace("\n", "\r\n").encode(),
]
SOUP = st.lists(
    st.sampled_from(
        [
            *SHAPES, TLE_ISS.encode(), TLE_VANGUARD.encode(), TLE_ALPHA5.encode(), b"{", b"[",
            b"}", b"]", b"<omm>", b"</omm>", b"</ndm>", b"<!--", b"-->", b"CCSDS_OMM_VERS = 2.0\n",
            b"EPOCH", b'"', b"\n", b"\r\n", b"\r", b"\0", b",", b"1 ", b"2 ", b"NAME\n", b"# x\n",
            b"\xef\xbb\xbf", b"\xff\xfe", b"COMMENT x\n", b"<ndm>", b"&x;", b"<![CDATA[", b"\\",
            b"NORAD_CAT_ID,EPOCH,BSTAR\n", b'{"EPOCH":', b"<?xml version='1.0'?>", b"<omm",
            b"1 5\n",
            b"2 5\n", b'{"omm":[', b"\x1b[2J\n", b"\t", b"<!DOCTYPE ndm [",
        ]
    )
    | st.binary(max_size=20),
    max_size=12,
).map(b"".join)  # fmt: skip


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    """Files with some bytes changed, some cut out and some put in."""
    raw = bytearray(b"".join(draw(st.lists(st.sampled_from(SHAPES), min_size=1, max_size=2))))
    for _ in range(draw(st.integers(1, 6))):
        place = draw(st.integers(0, len(raw)))
        match draw(st.sampled_from(["change", "cut", "insert"])):
            case "change":
                raw[place : place + 1] = draw(st.binary(min_size=1, max_size=1))
            case "cut":
                del raw[place : place + draw(st.integers(1, 80))]
            case "insert":
                raw[place:place] = draw(
                    st.sampled_from([b"\n", b",", b'"', b"<", b"{", b"\0", b"="])
                )
    return bytes(raw)


def consistent(gathering: Gathering) -> None:
    assert gathering.accepted == sum(map(len, gathering.parts))
    assert gathering.read == gathering.accepted + gathering.quarantined_count
    assert len(gathering.quarantined) == min(gathering.quarantined_count, 1000)
    for part in gathering.parts:
        elements = part.elements
        assert np.isfinite(elements.bstar_per_earth_radius).all()
        assert ((elements.eccentricity >= 0) & (elements.eccentricity < 1)).all()
        assert (elements.mean_motion_rad_min > 0).all()
        assert (part.catalogue_number > 0).all()


def told(gathering: Gathering) -> tuple[list[object], int, list[str]]:
    rows = rows_of(concatenated(gathering.parts)) if gathering.parts else []
    return (
        sorted(rows, key=str),
        gathering.quarantined_count,
        sorted(map(str, gathering.quarantined)),
    )


@given(SOUP | damaged() | st.binary(max_size=300))
def test_nothing_is_fatal(raw: bytes) -> None:
    consistent(gathered(raw))
    try:
        catalogue = read_records("-", stdin=io.BytesIO(raw))
    except UnreadableInput:
        pass
    else:
        source = catalogue.provenance.inputs[0]
        assert source.read == source.accepted + source.quarantined
        assert source.accepted == len(catalogue) > 0


# What once came out otherwise in pieces.
@example(TLE_ISS.replace("1 25544U 98067A ", "1 67A ").encode(), [1])
@example(b"\0\r" + FILES["OMM CSV"].encode(), [1])
@example(FILES["OMM CSV"].replace("EPOCH", "EPOCH\n", 1).encode(), [1])
@example(b"!\r" + TLE_ISS.encode() + b"\x1b[2J\n", [1])
@example(b"\t\xef\xbb\xbf" + TLE_ISS.encode(), [1])
@example(FILES["OMM CSV"].replace(",", ";").encode() + b"&x;" + TLE_ISS.encode(), [1])
@example(b"[\n\0 " + json.dumps(ISS, indent=1).encode(), [1])
@example(FILES["OMM XML"].replace("UTF-8", "TF-8").encode(), [1])
@example(FILES["OMM XML"].replace("</ndm>", "</ndm\n>").encode(), [1])
@example(b'{"NAME":"A}B"}' + FILES["OMM JSON"].encode(), [10])
@given(SOUP | damaged(), st.lists(st.integers(1, 400), min_size=1, max_size=4))
def test_cuts_change_nothing(raw: bytes, sizes: Sequence[int]) -> None:
    assert told(gathered(raw, sizes)) == told(gathered(raw))


def junk_line(raw: bytes) -> bool:
    """Whether a line is of no format, and cannot claim a line beside it for itself."""
    return format_begun_by(raw) is None and not raw.lstrip().startswith((b"1 ", b"2 "))


JUNK = (st.binary(max_size=90) | st.text(max_size=40).map(lambda text: text.encode())).map(
    lambda raw: raw.replace(b"\n", b"").replace(b'"', b"") + b"\n"
).filter(junk_line)  # fmt: skip


@given(st.lists(st.sampled_from(SHAPES) | JUNK, min_size=1, max_size=8))
def test_junk_between_files_costs_none_of_their_records(pieces: list[bytes]) -> None:
    raw = b"".join(piece if piece.endswith(b"\n") else piece + b"\n" for piece in pieces)
    files = sum(piece in SHAPES for piece in pieces)
    found = np.concatenate([[0], *(part.catalogue_number for part in gathered(raw).parts)])
    count = {number: np.count_nonzero(found == number) for number in (5, 25544, 270438)}
    assert count[5] == count[25544] == files
    # A message in keyword-value notation has no end, so that junk after the last stands in it.
    kvn = FILES["OMM KVN"].encode()
    spoilt = sum(one == kvn and two not in SHAPES for one, two in pairwise(pieces))
    assert files - spoilt <= count[270438] <= files


@given(st.sampled_from(SHAPES), st.integers(0, 2000), st.binary(min_size=1, max_size=3))
def test_one_damage_costs_one_record(raw: bytes, place: int, scar: bytes) -> None:
    """Two where it joins them, and all where it stands in the heading of a table."""
    heading = raw.find(b"\n") + 1 if raw.startswith(b"OBJECT_NAME") else 0
    cut = heading + place % (len(raw) - heading)
    damaged = raw[:cut] + scar.replace(b"\n", b"?") + raw[cut + 1 :]
    assume(not damaged.lstrip().startswith((b"1 ", b"2 ", b"#")))
    line = raw[raw.rfind(b"\n", 0, cut) + 1 :].partition(b"\n")[0]
    parts_two = raw[cut : cut + 1] == b"\n" or line.startswith(b"CCSDS_OMM_VERS")
    assert gathered(damaged).accepted >= (1 if parts_two else 2)

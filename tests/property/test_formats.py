"""Readers on anything at all: nothing is fatal, nothing is lost, and cuts change nothing."""

from __future__ import annotations

import io
from collections.abc import Sequence

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from commonsky.catalogue.catalogue import concatenated
from commonsky.errors import UnreadableInput
from commonsky.formats.gathering import Gathering
from commonsky.node.intake import read_records
from tests.catalogue_case import rows_of
from tests.formats_case import FILES, TLE_ALPHA5, TLE_ISS, TLE_VANGUARD, gathered

SOUP = st.lists(
    st.sampled_from(
        [
            *(text.encode() for text in FILES.values()), TLE_ISS.encode(), TLE_VANGUARD.encode(),
            TLE_ALPHA5.encode(), b"{", b"[", b"}", b"]", b"<omm>", b"</omm>", b"</ndm>", b"<!--",
            b"CCSDS_OMM_VERS = 2.0\n", b"EPOCH", b'"', b"\n", b"\r\n", b"\0", b",", b"1 ", b"2 ",
            b"NAME\n", b"# note\n", b"\xef\xbb\xbf", b"\xff\xfe", b"COMMENT x\n", b"<ndm>", b"&x;",
            b"NORAD_CAT_ID,EPOCH,BSTAR\n", b'{"EPOCH":', b"<?xml version='1.0'?>", b"<omm",
        ]
    )
    | st.binary(max_size=20),
    max_size=12,
).map(b"".join)  # fmt: skip


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    """Files with some bytes changed, some cut out and some put in."""
    raw = bytearray(
        "".join(
            draw(st.lists(st.sampled_from(list(FILES.values())), min_size=1, max_size=2))
        ).encode()
    )
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


@given(SOUP | damaged(), st.lists(st.integers(1, 400), min_size=1, max_size=4))
def test_cuts_change_nothing(raw: bytes, sizes: Sequence[int]) -> None:
    assert told(gathered(raw, sizes)) == told(gathered(raw))

"""Numbers of real messages are those that an independent reader finds, to the last bit."""

from __future__ import annotations

import numpy as np
import pytest

from commonsky.formats.ndm_cdm import CDM
from commonsky.formats.ndm_lines import Problem
from commonsky.formats.ndm_message import Reader
from commonsky.formats.ndm_oem import read_oem
from tests.ndm_case import archived

STATE = ("X", "Y", "Z", "X_DOT", "Y_DOT", "Z_DOT")


def test_ephemerides_against_ccsds_ndm_py() -> None:
    peer = pytest.importorskip("ccsds_ndm", reason="ccsds-ndm-py is not installed")
    compared = 0
    for archive in ("bradsease_oem", "nyx_ccsds", "orekit_ccsds", "jochimmaene_ccsds_ndm"):
        for name, raw in archived(f"ccsds/{archive}.tar.xz").items():
            if not raw.startswith(b"CCSDS_OEM_VERS"):
                continue
            try:
                theirs = peer.from_str(raw.decode())
                ours = read_oem(raw)
            except (Problem, peer.NdmError, ValueError):
                continue
            for mine, segment in zip(ours.ephemerides, theirs.segments, strict=True):
                expected = [
                    [getattr(one, name.lower()) for name in STATE]
                    for one in segment.data.state_vector
                ]
                found = np.hstack([mine.position_km, mine.velocity_km_s])
                assert np.array_equal(found, np.array(expected)), name
                compared += len(expected)
    assert compared > 1000


def test_conjunctions_against_ccsds_ndm_py() -> None:
    peer = pytest.importorskip("ccsds_ndm", reason="ccsds-ndm-py is not installed")
    reader = Reader(CDM)
    compared = 0
    for name, raw in archived("cdm/cara_cdms_and_pc_unit_tests.tar.xz").items():
        if "_conj_" not in name:
            continue
        ours, theirs = reader.read(raw), peer.from_str(raw.decode())
        for number, segment in enumerate(theirs.body.segments, start=1):
            state, matrix = segment.data.state_vector, segment.data.covariance_matrix
            for keyword in STATE:
                assert ours.number(keyword, number) == getattr(state, keyword.lower()), name
            for keyword in ("CR_R", "CT_R", "CT_T", "CNDOT_R", "CNDOT_NDOT"):
                assert ours.number(keyword, number) == getattr(matrix, keyword.lower()), name
        compared += 1
    assert compared == 53

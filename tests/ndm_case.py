"""Navigation messages for tests, made by our own writers and by hand."""

from __future__ import annotations

import lzma
import tarfile
from functools import cache
from pathlib import Path

import pytest

from commonsky.formats.cdm_kvn import cdm_kvn
from tests.cdm_case import message_of

SHARED = Path(__file__).parents[2] / "shared" / "data"

OEM = b"""CCSDS_OEM_VERS = 2.0
COMMENT made by hand
CREATION_DATE = 2026-11-26T12:00:00
ORIGINATOR = COMMONSKY

META_START
OBJECT_NAME          = SATELLITE [A]
OBJECT_ID            = 2026-001A
CENTER_NAME          = EARTH
REF_FRAME            = GCRF
TIME_SYSTEM          = UTC
START_TIME           = 2016-12-31T23:59:59
STOP_TIME            = 2017-001T00:00:01.5Z
META_STOP

COMMENT a leap second lies inside
2016-12-31T23:59:59  7000.1 -1.5e-3 .25 0 +7.5 1E+0
2016-12-31T23:59:60.000000001 7000.123456789012345678 1 2 3 4 5 6 7 8

2017-001T00:00:01.5Z  7000 1 2 3 4 5.
COVARIANCE_START
EPOCH = 2016-12-31T23:59:59
1
2 3
4 5 6
7 8 9 10
11 12 13 14 15

16 17 18 19 20 -21.5e-1
EPOCH = 2017-01-01T00:00:00
COV_REF_FRAME = RTN
1
0 1
0 0 1
0 0 0 1
0 0 0 0 1
0 0 0 0 0 1
COVARIANCE_STOP
"""


def cdm() -> bytes:
    """A conjunction data message of two invented objects."""
    return cdm_kvn(message_of())


@cache
def archived(name: str) -> dict[str, bytes]:
    """The files of an archive of real messages by path; skips where there is none."""
    path = SHARED / name
    if not path.exists():
        pytest.skip(f"no {name} beside the repository")
    with lzma.open(path) as unpacked, tarfile.open(fileobj=unpacked) as archive:
        return {
            member.name: content.read()
            for member in archive
            if member.isfile() and (content := archive.extractfile(member)) is not None
        }

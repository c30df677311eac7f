"""
Navigation messages read a second and core, beside the Rust reader `ccsds-ndm-py`.

CPU times of one process, the smallest of several.  The peer makes an object of each message; it
keeps neither lexemes nor places.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import nan

import ccsds_ndm  # type: ignore[import-untyped]
import numpy as np

from bench.figure import Figure, Unit
from bench.process import cpu_seconds
from commonsky.formats.ndm_cdm import CDM
from commonsky.formats.ndm_message import Reader
from commonsky.formats.ndm_oem import read_oem
from tests.ndm_case import cdm

MESSAGES, STATES = 1000, 100_000
HEAD = """CCSDS_OEM_VERS = 2.0
CREATION_DATE = 2026-11-26T12:00:00
ORIGINATOR = COMMONSKY
META_START
OBJECT_NAME = A
OBJECT_ID = 2026-001A
CENTER_NAME = EARTH
REF_FRAME = GCRF
TIME_SYSTEM = UTC
START_TIME = 2020-01-01T00:00:00
STOP_TIME = 2020-03-10T00:00:00
META_STOP
"""


def measure() -> Iterator[Figure]:
    """Yield for CDM and OEM the rate, and how many times that of the peer it is."""
    message = cdm()
    text, reader = message.decode(), Reader(CDM)
    ours_s, peer_s = cpu_seconds(
        lambda: [reader.read(message) for _ in range(MESSAGES)],
        lambda: [ccsds_ndm.from_str(text) for _ in range(MESSAGES)],
    )
    told = f"{len(message):,} bytes each, keywords and values"
    yield Figure(
        "CDM read, per core", MESSAGES / ours_s, Unit.RECORDS_PER_S, 10_000.0, 20_000.0, told
    )
    against = f"`ccsds-ndm-py` {ccsds_ndm_version()}: {MESSAGES / peer_s:,.0f}/s"
    yield Figure("CDM read", peer_s / ours_s, Unit.TIMES_FASTER, nan, nan, against)
    long = ephemeris()
    text = long.decode()
    ours_s, peer_s = cpu_seconds(lambda: read_oem(long), lambda: ccsds_ndm.from_str(text))
    told = f"{STATES:,} states of {len(long) // STATES} bytes, into arrays"
    yield Figure("OEM states read, per core", STATES / ours_s, Unit.RECORDS_PER_S, 1e6, 2e6, told)
    against = f"`ccsds-ndm-py` {ccsds_ndm_version()}: {STATES / peer_s:,.0f}/s"
    yield Figure("OEM states read", peer_s / ours_s, Unit.TIMES_FASTER, nan, nan, against)


def ccsds_ndm_version() -> str:
    """Version of the peer, as it was installed."""
    from importlib.metadata import version  # noqa: PLC0415 - only for the table

    return version("ccsds-ndm-py")


def ephemeris() -> bytes:
    """A message of many states of random numbers."""
    numbers = np.random.default_rng(1).normal(0.0, 7000.0, (STATES, 6)).tolist()
    first = np.datetime64("2020-01-01T00:00:00", "ms")
    times = np.datetime_as_string(first + np.arange(STATES) * np.timedelta64(60_000, "ms"))
    rows = (
        " ".join([time, *(f"{one:.9f}" for one in row)])
        for time, row in zip(times.tolist(), numbers, strict=True)
    )
    return (HEAD + "\n".join(rows) + "\n").encode()

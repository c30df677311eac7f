"""
Conjunctions as CCSDS conjunction data messages, a file each.

States are turned from TEME to GCRF.  Covariances are estimated from past element sets by class and
age, so that COVARIANCE_METHOD is DEFAULT; comments in the message say what else a reader must
know.  Outside operations each message carries COMMENT REALM and an ORIGINATOR that ends in -EX.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from commonsky.astro.epoch import utc_text, utc_texts
from commonsky.catalogue.catalogue import Catalogue
from commonsky.errors import NotRepresentable
from commonsky.formats.cdm import (
    ConjunctionDataMessage,
    Header,
    RelativeMetadata,
    RelativeStateVector,
)
from commonsky.formats.cdm_fields import writable_comment
from commonsky.formats.cdm_json import cdm_json
from commonsky.formats.cdm_kvn import cdm_kvn
from commonsky.formats.cdm_xml import cdm_xml
from commonsky.node.clock import now_tai_ns
from commonsky.node.conjunctions import Conjunctions
from commonsky.node.message_geometry import M_PER_KM, message_geometry
from commonsky.node.message_objects import Known, Objects
from commonsky.node.realm import OPS, Realm
from commonsky.node.summary import Summary

ROWS_AT_ONCE = 1024
WRITERS = {"kvn": cdm_kvn, "xml": cdm_xml, "json": cdm_json}
ORIGINATOR = "COMMONSKY"
SYNTHETIC = Realm("exercise/synthetic")
# The series and the quadrature are two ways to the integral of Foster and Estes.
PC_METHOD = "FOSTER-1992"


def write_messages(
    table: Conjunctions,
    catalogue: Catalogue,
    folder: Path,
    form: str = "kvn",
    *,
    originator: str = ORIGINATOR,
    realm: str = OPS,
    clock: Callable[[], int] = now_tai_ns,
) -> int:
    """
    Write one file for each conjunction as "kvn", "xml" or "json", and return their number.

    `table` comes from screening `catalogue`.  Files are named by TCA and catalogue numbers, so
    that their order is that of the events; a file appears only whole, and replaces an older one
    of its name.  Messages are made and written in small blocks.  A row that no CDM can carry does
    not hold up the others: when all of these are written, `NotRepresentable` tells of it.

    `realm` is ops, test or exercise/<id>; a table with simulated objects is written as
    exercise/synthetic where ops was asked for.
    """
    encode = WRITERS.get(form)
    if encode is None:
        raise ValueError(f"messages are written as {', '.join(WRITERS)}, not {form!r}")
    folder.mkdir(parents=True, exist_ok=True)
    count, refused, first = 0, 0, ""
    for name, message in messages(
        table, catalogue, originator=originator, realm=realm, clock=clock
    ):
        try:
            content = encode(message)
        except NotRepresentable as refusal:
            refused += 1
            first = first or f"{message.header.MESSAGE_ID}: {refusal}"
            continue
        _write_whole(folder / f"{name}.{form}", content)
        count += 1
    if refused:
        raise NotRepresentable(
            f"{refused} of {len(table)} conjunctions have no message in {folder}; the "
            f"others have; the first is {first}"
        )
    return count


def messages(
    table: Conjunctions,
    catalogue: Catalogue,
    *,
    originator: str = ORIGINATOR,
    realm: str = OPS,
    clock: Callable[[], int] = now_tai_ns,
) -> Iterator[tuple[str, ConjunctionDataMessage]]:
    """
    Return a name and a message for each conjunction, in the order of the table.

    Names and message ids are unique in the table: rows of one pair at one microsecond, which
    differ in their sources, are counted from 2.  Times are rounded to the microsecond, which moves
    a state by 4 mm at most.
    """
    place = realm_of(table, realm)
    created = utc_text(clock(), 6, suffix="")
    author = place.originator(originator)
    known = Known(catalogue)
    seen: Counter[str] = Counter()
    for start in range(0, len(table), ROWS_AT_ONCE):
        part = table.take(np.arange(start, min(start + ROWS_AT_ONCE, len(table))))
        block = _Block(part, known)
        for row in range(len(part)):
            event = block.event(row)
            seen[event] += 1
            name = event if seen[event] == 1 else f"{event}_{seen[event]}"
            header = Header(
                COMMENT=(*place.comments, f"GRADE = {writable_comment(block.grade[row].upper())}"),
                CREATION_DATE=created,
                ORIGINATOR=author,
                MESSAGE_ID=f"{name}_{_digits(created)}",
            )
            yield name, block.message(row, header)


def realm_of(table: Conjunctions, realm: str) -> Realm:
    """Return the realm of a table's messages: not ops where it has simulated objects."""
    asked = Realm.parsed(realm)
    refused = asked.refused_numbers(np.concatenate([table.object1, table.object2]))
    return SYNTHETIC if refused.any() else asked


def _digits(epoch: str) -> str:
    """An epoch as 20250331T040506789012."""
    return epoch.translate({ord(letter): "" for letter in "-:."})


def _write_whole(path: Path, content: bytes) -> None:
    # Hidden and of another suffix, so that nobody who watches the folder takes it for a message.
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        part.write_bytes(content)
        part.replace(path)
    except OSError:
        part.unlink(missing_ok=True)
        raise


class _Block:
    """Some conjunctions as plain values, from which their messages are put together."""

    def __init__(self, part: Conjunctions, known: Known) -> None:
        geometry = message_geometry(part)
        relative = np.hstack(
            [geometry.relative_position_rtn_m, geometry.relative_velocity_rtn_m_s]
        )
        self.tca = utc_texts(part.tca_tai_ns, 6, suffix="")
        self.object1, self.object2 = part.object1.tolist(), part.object2.tolist()
        self.grade = part.grade.tolist()
        self._summary = _screening_fields(part.summary)
        self._relative = relative.tolist()
        self._miss_m = np.linalg.norm(relative[:, :3], axis=1).tolist()
        self._speed_m_s = np.linalg.norm(relative[:, 3:], axis=1).tolist()
        self._radius_m = (part.hard_body_radius_km * M_PER_KM).tolist()
        self._part = list(part.rows())
        self._log10_pc = part.assessment.log10_pc.tolist()
        found = part.encounters
        self._objects = (
            Objects.of(1, part, known, found.row1, geometry),
            Objects.of(2, part, known, found.row2, geometry),
        )

    def event(self, row: int) -> str:
        """Return the time and the objects of a row, so that texts sort as events."""
        return f"{_digits(self.tca[row])}_{self.object1[row]:012}_{self.object2[row]:012}"

    def message(self, row: int, header: Header) -> ConjunctionDataMessage:
        """Return the message of one row."""
        first, second = self._objects
        return ConjunctionDataMessage(
            header, self._relative_metadata(row), first.segment(row), second.segment(row)
        )

    def _relative_metadata(self, row: int) -> RelativeMetadata:
        values = self._part[row]
        return RelativeMetadata(
            COMMENT=tuple(_remarks(values, self._radius_m[row], self._log10_pc[row])),
            TCA=self.tca[row],
            MISS_DISTANCE=self._miss_m[row],
            RELATIVE_SPEED=self._speed_m_s[row],
            relative_state=RelativeStateVector(*self._relative[row]),
            **self._summary,
            **(
                {}
                if values["pc"] is None
                else {
                    "COLLISION_PROBABILITY": min(values["pc"], 1.0),
                    "COLLISION_PROBABILITY_METHOD": PC_METHOD,
                }
            ),
        )


def _screening_fields(summary: Summary) -> dict[str, Any]:
    """Fields of the screening: its period, and the semi-axes of its volume in m."""
    fields: dict[str, Any] = {
        "START_SCREEN_PERIOD": summary.start.removesuffix("Z"),
        "STOP_SCREEN_PERIOD": summary.stop.removesuffix("Z"),
    }
    if isinstance(summary.volume_km, tuple):
        axes_km = summary.volume_km
    elif isinstance(summary.threshold_km, float | int):
        axes_km = (summary.threshold_km,) * 3
    else:
        return fields
    fields["SCREEN_VOLUME_FRAME"] = "RTN"
    fields["SCREEN_VOLUME_SHAPE"] = "BOX" if summary.volume_shape == "box" else "ELLIPSOID"
    for axis, size_km in zip("XYZ", axes_km, strict=True):
        fields[f"SCREEN_VOLUME_{axis}"] = size_km * M_PER_KM
    return fields


def _remarks(values: dict[str, Any], radius_m: float, log10_pc: float) -> Iterator[str]:
    """What a reader must know of a conjunction, and the standard has no keyword for."""
    yield f"HBR = {radius_m:.3f} [m]" if np.isfinite(radius_m) else "HBR = unknown"
    if values["pc"] is None:
        yield f"PC_NULL_REASON = {values['pc_null_reason']}"
    else:
        yield f"PC_METHOD = {values['pc_method']}"
        if values["pc"] == 0.0 and np.isfinite(log10_pc):
            yield f"LOG10_COLLISION_PROBABILITY = {log10_pc:.6f}"
    if values["pc_max"] is not None:
        yield f"COLLISION_MAX_PROBABILITY = {values['pc_max']:.6E}"
        yield f"DILUTED = {'YES' if values['diluted'] else 'NO'}"
    if values["slow"]:
        yield "SLOW = YES"
    if values["intra_fleet"]:
        yield "INTRA_FLEET = YES"

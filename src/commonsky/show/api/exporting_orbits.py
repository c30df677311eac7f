"""Orbits for other programs: CCSDS OEM of one object, CZML of several or of a conjunction."""

from __future__ import annotations

from typing import Any

import msgspec
import numpy as np

from commonsky.astro.arrays import Floats, Ints
from commonsky.astro.epoch import NS_PER_DAY, NS_PER_S, tai_ns, utc_text
from commonsky.astro.frames import transform
from commonsky.astro.sgp4 import propagate
from commonsky.astro.states import Frame
from commonsky.catalogue.catalogue import Catalogue
from commonsky.formats.oem import FRAMES, Segment, oem_kvn
from commonsky.ledger.label import join
from commonsky.ledger.record import Kind
from commonsky.node.alerts import conjunction_of
from commonsky.node.realm import Realm
from commonsky.show.api.answer import marking_of, text_of
from commonsky.show.api.desk import Desk, View
from commonsky.show.api.exporting import Exported, file_name, originator
from commonsky.show.api.problem import misuse, unknown

MOST_STATES = 200_000
MOST_OBJECTS = 200
CONJUNCTION_NS, CONJUNCTION_STEP_S = 1800 * NS_PER_S, 10.0
M_PER_KM = 1000.0
COLOURS = ((108, 182, 255), (255, 194, 75), (127, 209, 174), (185, 167, 255), (255, 122, 102))


class OrbitAsked(
    msgspec.Struct,
    frozen=True,
    forbid_unknown_fields=True,
    rename={"from_": "from", "step_s": "step"},
):
    """From when until when (UTC; without, one day from now), every `step` seconds; GCRF or not."""

    from_: str = ""
    until: str = ""
    step_s: float = 60.0
    frame: str = Frame.GCRF.value


class CzmlAsked(
    msgspec.Struct,
    frozen=True,
    forbid_unknown_fields=True,
    rename={"from_": "from", "step_s": "step"},
):
    """
    Which objects, by number and with commas, or which conjunction, by the handle of its alert.

    Times are as for an OEM; those of a conjunction are half an hour around it where none is given.
    """

    objects: str = ""
    conjunction: str = ""
    from_: str = ""
    until: str = ""
    step_s: float = 0.0  # 60 s, and 10 s about a conjunction


def oem(desk: Desk, number: int, asked: OrbitAsked) -> Exported:
    """Return every nation's statement of an object as a segment of an OEM."""
    if asked.frame not in FRAMES:
        raise misuse(f"`frame` is one of {', '.join(FRAMES)}, not {asked.frame!r}")
    view, frame = desk.view(), Frame(asked.frame)
    told = [one for one in view.statements if one.number == number]
    if not told:
        raise unknown(f"nobody has stated an orbit of {number} to this node, or none that stands")
    epoch = times(desk, asked.from_, asked.until, asked.step_s, len(told))
    segments, silent = [], []
    for one in sorted(told, key=lambda one: (one.key[0], one.said_tai_ns)):
        row = one.page.take(np.array([one.row]))
        good, position, velocity = states(row, epoch, frame)
        if not good.any():
            silent.append(f"{one.key[0]} STATES NO ORBIT IN THIS SPAN: {one.handle}")
            continue
        comments = (
            f"STATED BY = {one.key[0]}, SAID {text_of(one.said_tai_ns)}",
            f"RECORD = {one.handle}",
            f"MARKING = {marking_of(one.key[2]).text}",
            f"ELEMENTS OF {text_of(int(row.elements.epoch_tai_ns[0]), 6)}, PROPAGATED BY SGP4",
        )
        segments.append(
            Segment(str(row.object_name[0]), str(row.object_id[0]) or str(number), comments,
                    epoch[good], position[good], velocity[good])
        )  # fmt: skip
    if not segments:
        raise misuse(f"no statement of {number} has a state between the times asked for")
    realm = Realm.parsed(desk.home.realm)
    marking = marking_of(join({one.key[2] for one in told})).text
    body = oem_kvn(
        segments,
        frame,
        originator=originator(desk),
        created_tai_ns=desk.clock.now_tai_ns(),
        comments=(*realm.comments, f"MARKING = {marking}", *silent),
    )
    return Exported(file_name(desk, f"{number}.oem"), "text/plain; charset=us-ascii", body)


def czml(desk: Desk, asked: CzmlAsked) -> Exported:
    """Return chosen objects, or both of a conjunction, as CZML."""
    view = desk.view()
    if bool(asked.objects) == bool(asked.conjunction):
        raise misuse("give `objects`, numbers with commas, or `conjunction`, a handle")
    labels = set()
    if asked.conjunction:
        held = desk.store.held(asked.conjunction)
        body = held.record.body
        if held.record.envelope.kind is not Kind.CONJUNCTION or body is None:
            raise misuse(f"{asked.conjunction} is no conjunction whose body is held")
        told = conjunction_of(body.content)
        labels.add(held.record.envelope.label)
        numbers, tca = [told.object1, told.object2], tai_ns(told.tca)
        begin = asked.from_ or utc_text(tca - CONJUNCTION_NS)
        end = asked.until or utc_text(tca + CONJUNCTION_NS)
        step_s, current = asked.step_s or CONJUNCTION_STEP_S, tca
    else:
        numbers, current = _numbers(asked.objects), 0
        begin, end, step_s = asked.from_, asked.until, asked.step_s or 60.0
    table = view.catalogue
    rows = np.flatnonzero(np.isin(table.catalogue_number, numbers))
    if len(rows) == 0:
        raise unknown("nobody has stated an orbit of any of these to this node")
    labels |= {one.key[2] for one in view.statements if one.number in numbers}
    epoch = times(desk, begin, end, step_s, len(rows))
    document = _document(desk, marking_of(join(labels)).text, epoch, current or int(epoch[0]))
    packets = [document, *_packets(view, rows, epoch)]
    name = asked.conjunction or ("-".join(map(str, numbers)) if len(numbers) < 4 else "objects")
    body_bytes = msgspec.json.encode(packets)
    return Exported(file_name(desk, f"{name}.czml"), "application/json", body_bytes)


def times(desk: Desk, begin: str, end: str, step_s: float, count: int) -> Ints:
    """Return epochs from one time to another; more than are given at once are refused."""
    if not 1e-3 <= step_s <= 1e6:
        raise misuse(f"`step` is 0.001 to 1,000,000 seconds, not {step_s:g}")
    step_ns = round(step_s * NS_PER_S)
    first = tai_ns(begin) if begin else desk.clock.now_tai_ns() // NS_PER_S * NS_PER_S
    last = tai_ns(end) if end else first + NS_PER_DAY
    if last < first:
        raise misuse(f"`until` {text_of(last)} lies before `from` {text_of(first)}")
    number = (last - first) // step_ns + 1
    if number * count > MOST_STATES:
        raise misuse(
            f"{number:,} times of {count:,} statements are more than {MOST_STATES:,} states: ask "
            "for less of the span, or for a longer `step`"
        )
    return first + step_ns * np.arange(number, dtype=np.int64)


def states(row: Catalogue, epoch: Ints, frame: Frame) -> tuple[Floats, Floats, Floats]:
    """(k,) which states are good, (k, 3) positions and velocities of one row in a frame."""
    found = propagate(row.elements, epoch)
    position, velocity = transform(
        found.position_km[0], found.velocity_km_s[0], epoch, Frame.TEME, frame
    )
    return found.status[0] == 0, position, velocity


def _numbers(text: str) -> list[int]:
    parts = [one.strip() for one in text.split(",") if one.strip()]
    wrong = [one for one in parts if not (one.isascii() and one.isdigit() and len(one) < 19)]
    if wrong or not 0 < len(parts) <= MOST_OBJECTS:
        raise misuse(f"`objects` is 1 to {MOST_OBJECTS} catalogue numbers with commas between")
    return sorted({int(one) for one in parts})


def _document(desk: Desk, marking: str, epoch: Ints, current: int) -> dict[str, Any]:
    interval = f"{utc_text(int(epoch[0]), 3)}/{utc_text(int(epoch[-1]), 3)}"
    realm = desk.home.realm
    return {
        "id": "document",
        "version": "1.0",
        "name": f"{originator(desk)}, REALM = {realm}, MARKING = {marking}",
        "clock": {
            "interval": interval,
            "currentTime": utc_text(current, 3),
            "multiplier": 1 if len(epoch) == 1 else 60,
            "range": "CLAMPED",
        },
        "properties": {"realm": realm, "marking": marking, "originator": originator(desk)},
    }


def _packets(view: View, rows: Ints, epoch: Ints) -> list[dict[str, Any]]:
    """A packet for each row, under its number and who states it."""
    table = view.catalogue
    seconds = (epoch - epoch[0]) / NS_PER_S
    begin = utc_text(int(epoch[0]), 6)
    made = []
    for k, row in enumerate(rows.tolist()):
        one = table.take(np.array([row]))
        good, position, velocity = states(one, epoch, Frame.GCRF)
        if not good.any():
            continue
        values = np.column_stack([seconds, position * M_PER_KM, velocity * M_PER_KM])[good]
        number, source = int(one.catalogue_number[0]), str(one.source[0])
        name = str(one.object_name[0]) or str(number)
        rgba = [*COLOURS[k % len(COLOURS)], 255]
        inside = epoch[good]
        made.append({
            "id": f"{number}/{source}",
            "name": f"{name} ({number}) as {source} states it",
            "availability": f"{utc_text(int(inside[0]), 3)}/{utc_text(int(inside[-1]), 3)}",
            "position": {
                "epoch": begin, "referenceFrame": "INERTIAL",
                "interpolationAlgorithm": "HERMITE", "interpolationDegree": 3,
                "cartesianVelocity": np.round(values, 6).ravel().tolist(),
            },
            "point": {"pixelSize": 6, "color": {"rgba": rgba}},
            "label": {"text": f"{name} {source}", "font": "12px sans-serif",
                      "pixelOffset": {"cartesian2": [10, 0]}, "horizontalOrigin": "LEFT"},
            "path": {"leadTime": 0, "trailTime": 5400, "width": 1,
                     "material": {"solidColor": {"color": {"rgba": rgba}}}},
            "properties": {"number": number, "source": source},
        })  # fmt: skip
    return made

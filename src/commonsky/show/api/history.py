"""What was ever said of an object, and each of its fields with who says so and since when."""

from __future__ import annotations

import msgspec
import numpy as np

from commonsky.catalogue.catalogue import ObjectType, RcsSize
from commonsky.ledger.record import Kind
from commonsky.node.assertions import Statement, assertions
from commonsky.show.api.answer import Answer, Marking, marking_of, text_of
from commonsky.show.api.completeness import completeness
from commonsky.show.api.desk import Desk
from commonsky.show.api.problem import misuse, unknown

MOST = 1000
DIGITS = {"period_min": 4, "perigee_km": 2, "apogee_km": 2, "inclination_deg": 4}


class HistoryAsked(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How many statements, the newest first."""

    most: int = 200


class Past(msgspec.Struct, frozen=True, kw_only=True):
    """One statement, as it stands now: standing, superseded, withdrawn or unusable."""

    handle: str
    nation: str
    said: str
    epoch: str
    marking: Marking
    state: str
    why: str = ""
    period_min: float | None = None
    perigee_km: float | None = None
    apogee_km: float | None = None
    inclination_deg: float | None = None


class Source(msgspec.Struct, frozen=True, kw_only=True):
    """What one nation's newest statement says of a field."""

    value: str
    nation: str
    said: str
    handle: str
    marking: Marking


class Field(msgspec.Struct, frozen=True, kw_only=True):
    """One field of an object, as every nation has it; `differ` where they do not agree."""

    name: str
    sources: tuple[Source, ...]
    differ: bool


class HistoryTold(msgspec.Struct, frozen=True, kw_only=True):
    """The statements of an object, and its fields."""

    number: int
    statements: tuple[Past, ...]
    whole: bool  # false where there are more
    fields: tuple[Field, ...]


def history(desk: Desk, number: int, asked: HistoryAsked) -> Answer[HistoryTold]:
    """Return what was ever said of an object."""
    if not 1 <= asked.most <= MOST:
        raise misuse(f"`most` is 1 to {MOST}, not {asked.most}")
    held = desk.survey.statements(Kind.ELEMENT_SET, number, most=asked.most + 1)
    if not held:
        raise unknown(f"this node holds no statement of {number}")
    read = assertions(held[-asked.most :], desk.home.nation)
    view = desk.view()
    standing = {one.handle for one in view.standing}
    withdrawn = desk.survey.withdrawals([one.handle for one in read])
    labels = {one.record.envelope.handle: one.record.envelope.label for one in held}
    statements = []
    for one in sorted(read, key=lambda one: (one.said_tai_ns, one.sequence), reverse=True):
        state, why = "superseded", ""
        if one.handle in withdrawn:
            state = "withdrawn"
        elif one.handle in standing:
            state = "standing"
        if not isinstance(one, Statement):
            state, why = "unusable", one.reason
        statements.append(Past(
            handle=one.handle, nation=one.key[0], said=text_of(one.said_tai_ns),
            epoch=_epoch(one), marking=marking_of(labels[one.handle]), state=state, why=why,
            **_orbit(one),
        ))  # fmt: skip
    newest = {
        one.key[0]: one
        for one in sorted(read, key=lambda one: one.said_tai_ns)
        if isinstance(one, Statement) and one.handle not in withdrawn
    }
    answer = HistoryTold(
        number=number, statements=tuple(statements), whole=len(held) <= asked.most,
        fields=fields(newest),
    )  # fmt: skip
    return Answer(answer, completeness(desk, f"all statements of {number} held here", view))


def fields(newest: dict[str, Statement]) -> tuple[Field, ...]:
    """Return the fields of an object, each as the newest statement of every nation has it."""
    told = {nation: _values(one) for nation, one in sorted(newest.items())}
    names = next(iter(told.values()), {})
    found = []
    for name in names:
        sources = tuple(
            Source(
                value=told[nation][name], nation=nation, said=text_of(one.said_tai_ns),
                handle=one.handle, marking=marking_of(one.key[2]),
            )
            for nation, one in sorted(newest.items())
            if told[nation][name]
        )  # fmt: skip
        differ = len({one.value for one in sources}) > 1
        found.append(Field(name=name, sources=sources, differ=differ))
    return tuple(found)


def _values(one: Statement) -> dict[str, str]:
    table, row = one.page, one.row
    orbit = {
        name: "" if value is None else f"{value:.{DIGITS[name]}f}"
        for name, value in _orbit(one).items()
    }
    size = RcsSize(int(table.rcs_size[row]))
    return {
        "name": str(table.object_name[row]),
        "designator": str(table.object_id[row]),
        "type": ObjectType(int(table.object_type[row])).name.lower(),
        "size": "" if size is RcsSize.UNKNOWN else size.name.lower(),
        "operator": str(table.operator[row]),
        "epoch": _epoch(one),
        **orbit,
        "eccentricity": f"{float(table.elements.eccentricity[row]):.7f}",
        "bstar_per_earth_radius": f"{float(table.elements.bstar_per_earth_radius[row]):.4e}",
    }


def _epoch(one: object) -> str:
    if not isinstance(one, Statement):
        return ""
    return text_of(int(one.page.elements.epoch_tai_ns[one.row]), 3)


def _orbit(one: object) -> dict[str, float | None]:
    if not isinstance(one, Statement):
        return dict.fromkeys(DIGITS)
    elements, row = one.page.elements, one.row
    values = {
        "period_min": 2.0 * np.pi / float(elements.mean_motion_rad_min[row]),
        "perigee_km": float(elements.perigee_height_km[row]),
        "apogee_km": float(elements.apogee_height_km[row]),
        "inclination_deg": float(np.degrees(elements.inclination_rad[row])),
    }
    return {
        name: round(value, DIGITS[name]) if np.isfinite(value) else None
        for name, value in values.items()
    }

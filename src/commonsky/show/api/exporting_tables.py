"""Alerts, conjunctions and objects as tables for spreadsheets and scripts."""

from __future__ import annotations

from collections.abc import Iterator
from math import log10

import msgspec
import numpy as np
from msgspec import UNSET

from commonsky.ledger.label import Label, join
from commonsky.ledger.store import Held
from commonsky.ledger.survey import ALERTS
from commonsky.node.alerts import Conjunction
from commonsky.node.owners import owners
from commonsky.show.api import alerts as alert_list
from commonsky.show.api.alerts import Alert
from commonsky.show.api.answer import marking_of
from commonsky.show.api.completeness import completeness
from commonsky.show.api.desk import Desk
from commonsky.show.api.exporting import Exported, table
from commonsky.show.api.objects import listed
from commonsky.show.report.severity import severity

MOST_ALERTS, AT_ONCE = 10_000, 500
MOST_ROWS = 200_000
ALERT_COLUMNS = (
    "sequence", "handle", "kind", "nation", "peer", "said", "state", "struck", "struck_why",
    "objects", "at", "until", "severity", "pc", "pc_max", "miss_km", "relative_speed_km_s",
    "name1", "name2", "text", "claims", "marking",
)  # fmt: skip
TABLE_COLUMNS = ("severity", *(one for one in Conjunction.__struct_fields__ if one != "state"))
OBJECT_COLUMNS = (
    "number", "name", "designator", "type", "owner", "nations", "statements", "verdict", "sigmas",
    "apart_km",
)  # fmt: skip


def alerts_csv(desk: Desk) -> Exported:
    """Return the newest alerts, whatever became of them, newest first."""
    labels: set[Label] = set()
    rows: list[tuple[object, ...]] = []
    for held in _newest(desk):
        if len(rows) == MOST_ALERTS:
            break
        label = held.record.envelope.label
        labels.add(label)
        rows.append(_alert(alert_list.alert(desk, held), label))
    told = completeness(desk, alert_list.SCOPE)
    cut = [f"only the newest {MOST_ALERTS} alerts are here"] if len(rows) == MOST_ALERTS else []
    return table(desk, "alerts", join(labels), told, ALERT_COLUMNS, rows, cut)


def conjunctions_csv(desk: Desk) -> Exported:
    """Return the present table of conjunctions by time."""
    view = desk.view()
    told = completeness(desk, "conjunctions of all that was stated, within the horizon", view)
    found, cut = view.conjunctions, []
    if found is not None and len(found) > MOST_ROWS:
        found, cut = found.head(MOST_ROWS), [f"only the first {MOST_ROWS} rows are here"]
    whole = [] if found is None else found.rows()
    rows = (
        (severity_word(row["pc"]), *(row[name] for name in TABLE_COLUMNS[1:])) for row in whole
    )
    return table(desk, "conjunctions", view.label, told, TABLE_COLUMNS, rows, cut)


def objects_csv(desk: Desk) -> Exported:
    """Return all objects of the picture by number."""
    view = desk.view()
    told = completeness(desk, "objects of which anybody has stated an orbit to this node", view)
    owned = owners(desk.home.owners)
    rows = (
        (one.number, one.name, one.designator, one.type, owned.get(one.number, ""),
         " ".join(one.nations), one.statements, one.verdict, one.sigmas, one.apart_km)
        for one in listed(view.compared)
    )  # fmt: skip
    return table(desk, "objects", view.label, told, OBJECT_COLUMNS, rows)


def severity_word(pc: float | None) -> str:
    """Return the severity of a Pc as it is told everywhere."""
    if pc is None or np.isnan(pc):
        return "UNKNOWN"
    return severity(log10(pc) if pc > 0.0 else -np.inf).name


def _newest(desk: Desk) -> Iterator[Held]:
    before = desk.survey.last() + 1
    while part := desk.survey.page(ALERTS, before=before, most=AT_ONCE):
        yield from part
        before = part[-1].sequence


def _alert(one: Alert, label: Label) -> tuple[object, ...]:
    known = Conjunction.__struct_fields__
    row = {}
    if one.conjunction is not UNSET:
        row = {name: getattr(one.conjunction, name) for name in known}
        row["severity"] = severity_word(one.conjunction.pc)
    claims = "; ".join(f"{claim.nation} {claim.state.value}" for claim in one.claims)
    return (
        one.sequence, one.handle, one.kind, one.nation, one.peer, one.said, one.state.value,
        one.struck, one.struck_why, " ".join(map(str, one.subject)), one.at, one.until,
        row.get("severity", ""), row.get("pc"), row.get("pc_max"), row.get("miss_km"),
        row.get("relative_speed_km_s"), row.get("name1", ""), row.get("name2", ""), _text(one),
        claims, marking_of(label).text,
    )  # fmt: skip


def _text(one: Alert) -> str:
    """The plain words of an alert, or what it tells, as JSON."""
    if one.notice is not UNSET:
        return one.notice.text
    if one.retraction is not UNSET:
        return one.retraction.reason
    told = next((part for part in (one.event, one.warning, one.claim) if part is not UNSET), None)
    return "" if told is None else msgspec.json.encode(told).decode()

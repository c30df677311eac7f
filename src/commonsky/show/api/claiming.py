"""Claims as they are asked for: of one alert, or of several, and then of all or of none."""

from __future__ import annotations

from commonsky.ledger.record import Record, Relation
from commonsky.ledger.store import Held
from commonsky.show.api import alerts as alert_list
from commonsky.show.api import claims
from commonsky.show.api.alerts import Alert
from commonsky.show.api.answer import Answer
from commonsky.show.api.claims import ClaimAsked, ClaimsAsked
from commonsky.show.api.completeness import completeness
from commonsky.show.api.desk import Desk
from commonsky.show.api.keys import ApiKey
from commonsky.show.api.problem import misuse

MOST_CLAIMED = 500


def claimed(desk: Desk, handle: str, asked: ClaimAsked, key: ApiKey) -> Answer[Alert]:
    """Say what an operator makes of an alert, and return the alert with it."""
    whole = ClaimsAsked(handles=(handle,), state=asked.state, until=asked.until)
    _state_claims(desk, whole, key)
    return alert_list.one_alert(desk, handle)


def claimed_all(desk: Desk, asked: ClaimsAsked, key: ApiKey) -> Answer[tuple[Alert, ...]]:
    """Say the same of several alerts: of all of them, or where one cannot be, of none."""
    if not 1 <= len(set(asked.handles)) <= MOST_CLAIMED:
        raise misuse(f"1 to {MOST_CLAIMED} alerts are claimed at once, not {len(asked.handles)}")
    _state_claims(desk, asked, key)
    alerts = tuple(alert_list.alert(desk, desk.store.held(one)) for one in asked.handles)
    return Answer(alerts, completeness(desk, alert_list.SCOPE))


def _state_claims(desk: Desk, asked: ClaimsAsked, key: ApiKey) -> None:
    one = ClaimAsked(asked.state, asked.until)
    said: list[tuple[Held, Record]] = []
    with desk.store.transaction():
        for handle in dict.fromkeys(asked.handles):
            alert = desk.store.held(handle)
            before = desk.store.linked(handle, Relation.ANSWERS)
            now = desk.clock.now_tai_ns()
            if claims.is_said(before, desk.home.nation, one, now):
                continue
            said.append((alert, claims.claim(desk.author, alert, one, before, now)))
        desk.store.append([record for _, record in said])
    for alert, record in said:
        desk.operators.note(record.envelope.handle, key.name)
        claims.note(alert, one, key)
    desk.ring()

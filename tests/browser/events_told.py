"""Events and judgements as the API tells them, of every kind and outcome, for the console."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlsplit

MARKING = {
    "text": "UNCLASSIFIED//REL NOR", "classification": "UNCLASSIFIED", "releasable_to": ["NOR"],
    "categories": [], "agreements": [], "embargo": "",
}  # fmt: skip
RECORDS = ["0a71a9a93fcffa43f0350a9013723bef", "1b71a9a93fcffa43f0350a9013723bef"]


def _event(kind: str, words: str, **found: Any) -> dict[str, Any]:
    whole = {"kind": kind, "rows": [], "records": RECORDS, **found}
    return {"kind": kind, "words": words, "marking": MARKING, "found": whole}


EVENTS = (
    _event(
        "manoeuvre", "it manoeuvred", object=900_000_000, name="CONSTELLATION A-0001",
        not_before="2025-11-23T04:10:00Z", not_after="2025-11-23T15:40:00Z",
        epoch_estimate="2025-11-23T09:55:00Z", delta_v_m_s=1.254, delta_v_sigma_m_s=0.21,
        delta_v_rtn_m_s=[-0.12, 1.21, 0.31], type="orbit raising", score=14.2,
        detectable_m_s=0.18,
    ),
    _event(
        "proximity", "they were near", object1=900_000_003, object2=900_000_007,
        name1="INSPECTOR 2", name2="RELAY 4", not_before="2025-11-20T01:00:00Z",
        not_after="2025-11-22T19:00:00Z", closest="2025-11-21T12:30:00Z", separation_km=11.2,
        separation_low_km=0.6, separation_high_km=85.0, relative_ric_km=[2.1, -10.6, 2.9],
        relative_speed_m_s=0.42, dwell_h=66.0, status="good", habitual=False,
        passive_safe="cannot tell",
    ),
    _event(
        "relocation", "it moved", object=900_000_005, name="RELAY 9",
        left_not_before="2025-10-30T00:00:00Z", left_not_after="2025-11-01T12:00:00Z",
        arrived_not_before="2025-11-17T00:00:00Z", arrived_not_after="2025-11-18T12:00:00Z",
        longitude_from_deg=172.4, longitude_to_deg=-158.1, drift_deg_day=1.74, score=31.0,
        status="arrived",
    ),
    _event(
        "proximity", "they shared a slot", object1=900_000_004, object2=900_000_009, name1="",
        name2="<b>RELAY</b> 5", not_before="2025-11-02T00:00:00Z",
        not_after="2025-11-16T00:00:00Z", closest="2025-11-09T00:00:00Z", separation_km=None,
        separation_low_km=None, separation_high_km=None, relative_ric_km=None,
        relative_speed_m_s=None, dwell_h=None, status="shared slot", habitual=True,
        passive_safe="cannot tell",
    ),
    _event(
        "fragmentation", "pieces", parent=900_000_002, parent_name="CONSTELLATION A-0003",
        parent_probability=0.93, alternatives=[[900_000_006, 0.05]],
        not_before="2025-10-20T03:00:00Z", not_after="2025-10-20T05:30:00Z",
        epoch_estimate="2025-10-20T04:12:00Z", height_km=550.0, fragments=24,
        members=list(range(900_000_010, 900_000_034)), type="fragmentation", score=9.1,
    ),
    _event(
        "manoeuvre", "it manoeuvred", object=900_000_001, name="CONSTELLATION A-0002",
        not_before="2025-10-12T04:10:00Z", not_after="2025-10-13T15:40:00Z",
        epoch_estimate="2025-10-13T00:00:00Z", delta_v_m_s=None, delta_v_sigma_m_s=None,
        delta_v_rtn_m_s=None, type="unknown", score=4.0, detectable_m_s=None,
    ),
)  # fmt: skip
KINDS = ("manoeuvre", "relocation", "proximity", "fragmentation")
COMPLETENESS = {"gaps": ["GBR is unreachable"], "complete": False}


def answer(address: str) -> dict[str, Any]:
    """What the API answers to a question for events."""
    asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
    number = int(asked.get("object", "0"))
    of = [one for one in EVENTS if not number or number in _numbers(one["found"])]
    told = [one for one in of if asked.get("kind", "") in {"", one["kind"]}]
    counts = {kind: sum(one["kind"] == kind for one in of) for kind in KINDS}
    data = {"counts": counts, "events": told, "whole": True}
    return {"data": data, "completeness": COMPLETENESS}


def _numbers(found: dict[str, Any]) -> set[int]:
    named = {found.get(name, 0) for name in ("object", "object1", "object2", "parent")}
    return named | set(found.get("members", ()))


def _judgement(rule: str, title: str, outcome: str, binding: str, **more: Any) -> dict[str, Any]:
    told = {
        "rule": rule, "version": "1", "title": title, "objects": [900_000_000],
        "fact": ["lifetime of CONSTELLATION A-0001 (900000000), payload, of NOR",
                 "perigee km: 547.869 ± 1 (one sigma)", "drag coefficient: 2 to 2.4"],
        "outcome": outcome, "probability": None, "probability_low": None,
        "probability_high": None, "confidence": 0.0, "reasons": [], "would_decide": [],
        "binding": binding, "legal": "Adopted as a guideline; it creates no obligation.",
        "citations": ["IADC-02-01 Rev. 4, 5.3.2 (read in a mirror)"], "alternatives": [],
        "would_change": [], "rows": [], "records": RECORDS,
    }  # fmt: skip
    return told | more


HELD = {
    "data": {
        "object": 900_000_000, "on": "2025-11-24", "marking": MARKING,
        "judgements": [
            _judgement(
                "REG-II-1", "Registration, and how late", "cannot be determined", "treaty",
                reasons=["the register does not name it, and was read only until 2024"],
                would_decide=["the register of the launching State"],
                legal="A treaty; NOR is a party since 1995-06-28.",
            ),
            _judgement(
                "IADC-5.3.2", "Out of low orbits within 25 years", "determined", "guideline",
                probability=0.83, probability_low=0.61, probability_high=0.94, confidence=0.67,
                reasons=["it stays for 21 to 64 years over solar phase, mass and drag"],
                alternatives=[["It is still in service.", 0.2], ["A sail is to open.", None]],
                would_change=["a manoeuvre that lowers its perigee below 450 km"],
            ),
            _judgement(
                "ITU-SLOT", "Keeping the notified longitude", "determined", "treaty",
                probability=0.02, probability_low=0.0, probability_high=0.06, confidence=0.94,
                reasons=["it stayed within 0.05 degrees"],
            ),
            _judgement(
                "GEO-REORBIT", "Out of the geostationary belt", "not applicable", "guideline",
                reasons=["it is not in the belt"],
            ),
        ],
        "withheld": ["Only the 1 objects named were looked at; others may have been near"],
        "register": "there is no register.csv",
    },
    "completeness": COMPLETENESS,
}  # fmt: skip

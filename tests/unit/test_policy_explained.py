from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from commonsky.errors import PolicyError
from commonsky.ledger.label import Label
from commonsky.ledger.record import Kind
from commonsky.share.policy.change import Change, changes
from commonsky.share.policy.classes import RecordClass, record_class
from commonsky.share.policy.policy import Policy, Released, Withheld
from commonsky.share.policy.starter import TEN, install, starter_classes
from tests.feed_case import record

NOW_TAI_NS = 1_800_000_000_000_000_000
TO_TEN = Label(releasable_to=TEN)
JAPAN_TOO = """
@id("aus-elements-to-japan") @reason("a new agreement")
permit (
  principal == Commonsky::Nation::"JPN", action == Commonsky::Action::"release_full", resource
)
when { context.kind == "element_set" };
"""


@pytest.fixture
def aus(tmp_path: Path) -> Policy:
    install(tmp_path, "AUS")
    return Policy.load(tmp_path, "AUS")


def starter(kind: Kind, **fields: object) -> RecordClass:
    told = record(1, kind=kind, label=TO_TEN)
    return msgspec.structs.replace(record_class(told, at_risk=False), **fields)


def test_a_release_names_rule_level_and_why_not_higher(aus: Policy) -> None:
    why = aus.explain(starter(Kind.ELEMENT_SET), "NOR", NOW_TAI_NS)
    assert why.verdict == Released("exists", "aus-existence-to-ten", "")
    assert why.tried == (
        ("full", Withheld("default deny")),
        ("event", Withheld("element_set has no such product")),
        ("exists", Released("exists", "aus-existence-to-ten", "")),
        ("warn", Withheld("default deny")),
    )
    assert why.rule is not None
    source = Path(__file__).parents[2] / "src/commonsky/share/policy/starters/AUS.cedar"
    assert why.rule.text in source.read_text(encoding="utf-8")
    lines = source.read_text(encoding="utf-8").splitlines()
    assert lines[why.rule.line - 1] == '@id("aus-existence-to-ten")'


def test_an_agreement_is_told_with_its_parties(aus: Policy) -> None:
    kind = starter(Kind.ELEMENT_SET, agreements=("OPEN-EXCHANGE",))
    why = aus.explain(kind, "GBR", NOW_TAI_NS)
    assert why.verdict == Released("full", "aus-elements-to-five-eyes", "OPEN-EXCHANGE")
    told = "\n".join(why.lines())
    assert "released (full) by aus-elements-to-five-eyes under OPEN-EXCHANGE" in told
    assert "agreement OPEN-EXCHANGE: AUS, CAN, DEU" in told
    assert "from always until further notice" in told


def test_an_agreement_that_is_not_known_is_told(aus: Policy) -> None:
    why = aus.explain(starter(Kind.ELEMENT_SET, agreements=("GONE",)), "GBR", NOW_TAI_NS)
    assert why.verdict == Withheld("agreement does not hold: GONE")
    assert why.rule is None
    assert "agreement GONE: not known here" in why.lines()


def test_a_forbid_is_told_with_its_text(aus: Policy) -> None:
    kind = starter(Kind.ELEMENT_SET, categories=("SENSOR=B",))
    why = aus.explain(kind, "GBR", NOW_TAI_NS)
    assert why.verdict == Withheld("aus-sensor-b-stays-home")
    told = "\n".join(why.lines())
    assert 'when { context.categories.contains("SENSOR=B") };' in told


def test_a_class_that_waits_tells_for_whom(aus: Policy) -> None:
    kind = starter(Kind.ELEMENT_SET, classification=1)
    assert aus.explain(kind, "GBR", NOW_TAI_NS).missing.endswith("by nobody so far")
    aus.confirmations.confirm(kind, "Ann", 1)
    why = aus.explain(kind, "GBR", NOW_TAI_NS)
    assert why.verdict == Withheld("awaiting confirmation")
    assert "2 persons must confirm this class: confirmed by Ann so far" in why.lines()
    aus.confirmations.confirm(kind, "Bob", 1)
    assert aus.explain(kind, "GBR", NOW_TAI_NS).missing == ""


def test_all_rules_that_decide_are_named(aus: Policy, tmp_path: Path) -> None:
    text = (tmp_path / "release.cedar").read_text(encoding="utf-8")
    wider = aus.proposed(text + JAPAN_TOO.replace("to-japan", "to-gbr").replace("JPN", "GBR"))
    why = wider.explain(starter(Kind.ELEMENT_SET), "GBR", NOW_TAI_NS)
    assert why.verdict.rule == "aus-elements-to-five-eyes, aus-elements-to-gbr"
    assert [rule.id for rule in why.rules] == ["aus-elements-to-five-eyes", "aus-elements-to-gbr"]
    assert "    reason: a new agreement" in why.lines()


def test_what_a_new_policy_would_change(aus: Policy, tmp_path: Path) -> None:
    text = (tmp_path / "release.cedar").read_text(encoding="utf-8")
    wider = aus.proposed(text + JAPAN_TOO)
    kinds = starter_classes("AUS")
    found = changes(aus, wider, kinds, TEN, NOW_TAI_NS)
    assert {(one.record_class.kind, one.recipient, one.action) for one in found} == {
        ("element_set", "JPN", "release")
    }
    assert len(found) == 2, "with an agreement and without"
    assert all(one.widens and not one.narrows for one in found)
    assert found[0].before == Released("exists", "aus-existence-to-ten", "")
    assert found[0].told() == (
        "JPN: element_set, release: released (exists) by aus-existence-to-ten; "
        "then released (full) by aus-elements-to-japan"
    )
    back = changes(wider, aus, kinds, TEN, NOW_TAI_NS)
    assert all(one.narrows and not one.widens for one in back)
    assert len(back) == 2
    assert changes(aus, aus.proposed(text), kinds, TEN, NOW_TAI_NS) == []


def test_a_policy_that_stops_warning_is_seen(aus: Policy, tmp_path: Path) -> None:
    silence = """
@id("silence") @reason("an exercise") @approved_by("Ann, Bob")
forbid (principal == Commonsky::Nation::"NOR", action in [Commonsky::Action::"warn"], resource);
"""
    text = (tmp_path / "release.cedar").read_text(encoding="utf-8")
    kind = starter(Kind.CONJUNCTION, at_risk=True)
    found = changes(aus, aus.proposed(text + silence), [kind], ("GBR", "NOR"), NOW_TAI_NS)
    warned = Released("warn", "aus-duty-to-warn", "")
    assert found == [Change(kind, "NOR", "warn", warned, Withheld("silence"))]
    assert found[0].narrows


def test_a_relaxed_policy_confirms_no_new_class(aus: Policy, tmp_path: Path) -> None:
    text = (tmp_path / "release.cedar").read_text(encoding="utf-8")
    wider = aus.proposed(
        text.replace("context.classification <= 1", "context.classification <= 4")
    )
    kind = starter(Kind.ELEMENT_SET, classification=3)
    assert wider.verdict(kind, "GBR", NOW_TAI_NS) == Withheld("awaiting confirmation")


def test_a_proposal_with_a_fault_is_refused(aus: Policy) -> None:
    with pytest.raises(PolicyError, match="ever be warned"):
        aus.proposed("")

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import cedarpy
import numpy as np
import pytest

from commonsky.errors import PolicyError
from commonsky.ledger.label import EVERYONE, Category, Label, Tag
from commonsky.ledger.record import Kind, Record
from commonsky.share.policy import policy as policies
from commonsky.share.policy import rules as written
from commonsky.share.policy.classes import RecordClass, exponent, record_class
from commonsky.share.policy.policy import AWAITING, EMBARGO, Policy, Released, Withheld
from tests.feed_case import record

YEAR_2027_TAI_NS = 1_798_761_637_000_000_000  # 2027-01-01T00:00:00Z, 37 leap seconds
HOUR_NS = 3_600_000_000_000
TREATY = {
    "id": "TREATY", "parties": ["AUS", "GBR"],
    "valid_from": "2027-01-01T00:00:00Z", "valid_until": "2027-01-01T01:00:00Z",
}  # fmt: skip
WARN = '@id("warn") permit (principal, action == Commonsky::Action::"warn", resource);'
FULL = '@id("full") permit (principal, action == Commonsky::Action::"release_full", resource)'
TO_ALL = Label(releasable_to=(EVERYONE,))


@dataclass
class Asked:
    """How many times Cedar was asked."""

    times: int = 0


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Asked:
    counted, ask = Asked(), cedarpy.is_authorized_batch

    def counting(*arguments: object) -> object:
        counted.times += 1
        return ask(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(cedarpy, "is_authorized_batch", counting)
    return counted


def policy(
    folder: Path, *rules: str, agreements: object = (TREATY,), nation: str = "AUS"
) -> Policy:
    """The policy of these rules, and one that warns."""
    folder.mkdir(exist_ok=True)
    (folder / "release.cedar").write_text("\n".join([*rules, WARN]), encoding="utf-8")
    (folder / "groups.json").write_text('{"TEN": ["AUS", "GBR", "NOR"]}')
    (folder / "agreements.json").write_text(json.dumps(agreements))
    return Policy.load(folder, nation)


def confirmed(known: Policy, *kinds: RecordClass) -> None:
    for kind in kinds:
        for person in ("Ann", "Bob"):
            known.confirmations.confirm(kind, person, 1)


def class_of(label: Label = TO_ALL, **fields: object) -> RecordClass:
    return record_class(record(1, label=label, **fields), at_risk=False)  # type: ignore[arg-type]


def approach(*, miss_km: float = 1.0, pc: float | None = None) -> Record:
    content = json.dumps({"miss_km": miss_km, "pc": pc}).encode()
    return record(1, kind=Kind.CONJUNCTION, content=content, label=TO_ALL)


def test_nothing_leaves_where_no_rule_permits(tmp_path: Path) -> None:
    known = policy(tmp_path)
    confirmed(known, class_of())
    assert known.verdict(class_of(), "GBR", 0) == Withheld("default deny")


def test_forbid_wins_and_is_named(tmp_path: Path) -> None:
    known = policy(
        tmp_path,
        f"{FULL};",
        '@id("home") forbid (principal, action in [Commonsky::Action::"release_full"], resource)'
        ' when { context.kind == "element_set" };',
    )
    confirmed(known, class_of())
    assert known.verdict(class_of(), "GBR", 0) == Withheld("home")
    assert known.verdict(class_of(kind=Kind.EPHEMERIS), "GBR", 0) == Withheld(AWAITING)


def test_the_label_binds_below_the_policy(tmp_path: Path) -> None:
    known = policy(tmp_path, f"{FULL};")
    to_gbr = class_of(Label(releasable_to=("GBR",)))
    nobody = class_of(
        Label(releasable_to=(EVERYONE,), categories=(Category("C", Tag.PERMISSIVE, ()),))
    )
    confirmed(known, to_gbr, nobody)
    assert known.verdict(to_gbr, "GBR", 0) == Released("full", "full", "")
    assert known.verdict(to_gbr, "NOR", 0) == Withheld("not releasable to them")
    assert known.verdict(nobody, "GBR", 0) == Withheld(policies.NO_READER)


def test_a_category_without_values_that_restricts_lets_everybody_read(tmp_path: Path) -> None:
    known = policy(tmp_path, f"{FULL};")
    kind = class_of(
        Label(releasable_to=(EVERYONE,), categories=(Category("C", Tag.RESTRICTIVE, ()),))
    )
    confirmed(known, kind)
    assert known.verdict(kind, "GBR", 0) == Released("full", "full", "")


def test_every_value_of_every_category_is_told() -> None:
    categories = (
        Category("OBJECT", Tag.INFORMATIVE, ("A", "B")),
        Category("SENSOR", Tag.PERMISSIVE, ("A", "B", "C")),
        Category("SENSOR", Tag.RESTRICTIVE, ()),
    )
    kind = class_of(Label(categories=categories))
    expected = ("OBJECT=A", "OBJECT=B", "SENSOR=A", "SENSOR=B", "SENSOR=C")
    assert kind.categories == expected
    assert kind.context()["categories"] == [*expected]


def test_an_embargo_holds_to_the_nanosecond(tmp_path: Path) -> None:
    known = policy(tmp_path, f"{FULL};")
    kind = class_of(Label(releasable_to=(EVERYONE,), embargo_tai_ns=YEAR_2027_TAI_NS))
    confirmed(known, kind)
    # Forward and backward: what is kept from one moment must not be served at another.
    for now, expected in (
        (YEAR_2027_TAI_NS - 1, Withheld(EMBARGO)),
        (YEAR_2027_TAI_NS, Released("full", "full", "")),
        (YEAR_2027_TAI_NS + HOUR_NS, Released("full", "full", "")),
        (YEAR_2027_TAI_NS - 1, Withheld(EMBARGO)),
    ):
        assert known.verdict(kind, "GBR", now) == expected
    assert known.warning(kind, "GBR", 0) == Released("warn", "warn", "")


def test_an_agreement_holds_to_the_nanosecond_and_for_its_parties(tmp_path: Path) -> None:
    known = policy(tmp_path, f"{FULL};")
    kind = class_of(Label(releasable_to=(EVERYONE,), agreements=("TREATY",)))
    confirmed(known, kind)
    released = Released("full", "full", "TREATY")
    withheld = Withheld("agreement does not hold: TREATY")
    for now, expected in (
        (YEAR_2027_TAI_NS - 1, withheld),
        (YEAR_2027_TAI_NS, released),
        (YEAR_2027_TAI_NS + HOUR_NS - 1, released),
        (YEAR_2027_TAI_NS + HOUR_NS, withheld),
        (YEAR_2027_TAI_NS, released),
    ):
        assert known.verdict(kind, "GBR", now) == expected
        assert known.verdict(kind, "NOR", now) == withheld


def test_all_agreements_must_hold(tmp_path: Path) -> None:
    other = {"id": "OTHER", "parties": ["AUS", "NOR"]}
    known = policy(tmp_path, f"{FULL};", agreements=(TREATY, other))
    both = class_of(Label(releasable_to=(EVERYONE,), agreements=("OTHER", "TREATY")))
    unknown = class_of(Label(releasable_to=(EVERYONE,), agreements=("GONE",)))
    confirmed(known, both, unknown)
    for recipient in ("GBR", "NOR"):
        assert isinstance(known.verdict(both, recipient, YEAR_2027_TAI_NS), Withheld)
    assert known.verdict(unknown, "GBR", 0) == Withheld("agreement does not hold: GONE")


def test_the_next_boundary_is_that_of_an_embargo_or_an_agreement(tmp_path: Path) -> None:
    known = policy(tmp_path, f"{FULL};")
    begin, end = YEAR_2027_TAI_NS, YEAR_2027_TAI_NS + HOUR_NS
    embargo = class_of(Label(embargo_tai_ns=begin + 7))
    assert known.next_boundary([class_of()], 0) == begin
    assert known.next_boundary([class_of(), embargo], begin) == begin + 7
    assert known.next_boundary([embargo], begin + 7) == end
    assert known.next_boundary([embargo], end) == policies.NEVER_TAI_NS


def test_another_nations_statement_stays_unless_an_agreement_lets_it_be_relayed(
    tmp_path: Path,
) -> None:
    relay = {"id": "RELAY", "parties": ["AUS", "GBR", "NOR"], "may_relay": True}
    known = policy(tmp_path, f"{FULL};", agreements=(TREATY, relay))
    plain = class_of(node="GBR")
    held = class_of(Label(releasable_to=(EVERYONE,), agreements=("TREATY",)), node="GBR")
    granted = class_of(Label(releasable_to=(EVERYONE,), agreements=("RELAY",)), node="GBR")
    confirmed(known, plain, held, granted)
    assert known.verdict(plain, "NOR", YEAR_2027_TAI_NS) == Withheld(policies.NOT_OURS)
    assert known.verdict(held, "GBR", YEAR_2027_TAI_NS) == Withheld(policies.NOT_OURS)
    assert known.verdict(granted, "NOR", YEAR_2027_TAI_NS) == Released("full", "full", "RELAY")


def test_a_lapsed_agreement_grants_no_relay(tmp_path: Path) -> None:
    known = policy(tmp_path, f"{FULL};", agreements=({**TREATY, "may_relay": True},))
    assert known.relayed_to(["TREATY"], YEAR_2027_TAI_NS) == ("AUS", "GBR")
    assert known.relayed_to(["TREATY"], YEAR_2027_TAI_NS + HOUR_NS) == ()
    assert known.relayed_to(["TREATY", "GONE"], YEAR_2027_TAI_NS) == ()
    assert known.relayed_to([], YEAR_2027_TAI_NS) == ()


def test_the_highest_level_that_a_kind_has_is_taken(tmp_path: Path) -> None:
    lower = (
        '@id("lower") permit (principal, action in '
        '[Commonsky::Action::"release_event", Commonsky::Action::"release_exists"], resource);'
    )
    known = policy(tmp_path, lower)
    elements, close = class_of(), class_of(kind=Kind.CONJUNCTION)
    claim = class_of(kind=Kind.CLAIM)
    confirmed(known, elements, close, claim)
    assert known.verdict(elements, "GBR", 0) == Released("exists", "lower", "")
    assert known.verdict(close, "GBR", 0) == Released("event", "lower", "")
    assert known.verdict(claim, "GBR", 0) == Withheld("default deny")


def test_groups_are_those_of_the_issuer(tmp_path: Path) -> None:
    rule = f'{FULL} when {{ principal in Commonsky::Group::"TEN" }};'
    known = policy(tmp_path, rule)
    confirmed(known, class_of())
    assert isinstance(known.verdict(class_of(), "NOR", 0), Released)
    assert known.verdict(class_of(), "TEN", 0) == Withheld("default deny")
    assert known.verdict(class_of(), "USA", 0) == Withheld("default deny")


def test_a_rule_about_objects_is_asked_record_by_record(tmp_path: Path, asked: Asked) -> None:
    rule = (
        '@id("not-this") forbid (principal, action == Commonsky::Action::"release_full", resource)'
        " when { context.objects.contains(25544) };"
    )
    known = policy(tmp_path, f"{FULL};", rule)
    assert known.asked == ("objects",)
    told = [record(1, label=TO_ALL, subject=(n,)) for n in (5, 25544, 6)]
    kinds = [known.class_of(one, at_risk=False) for one in told]
    confirmed(known, kinds[0])
    found = [known.verdict(kind, "GBR", 0) for kind in kinds]
    assert found == [
        Released("full", "full", ""),
        Withheld("not-this"),
        Released("full", "full", ""),
    ]
    known.verdict(kinds[0], "GBR", 0)
    assert asked.times == 4, "classes of single records are not kept"


def test_a_class_that_does_not_tell_what_is_asked_is_refused(tmp_path: Path) -> None:
    known = policy(tmp_path, f"{FULL} when {{ !context.objects.contains(25544) }};")
    told = record(1, label=TO_ALL, subject=(25544,))
    with pytest.raises(PolicyError, match="class_of"):
        known.verdict(record_class(told, at_risk=False), "GBR", 0)


@pytest.mark.parametrize(
    ("pc", "expected"), [(1e-4, True), (9.99e-5, False), (1.0, True), (0.0, False), (None, False)]
)
def test_a_rule_about_pc_goes_by_its_exponent(
    tmp_path: Path, pc: float | None, *, expected: bool
) -> None:
    known = policy(
        tmp_path, f"{FULL} when {{ context has pc_exponent && context.pc_exponent <= 4 }};"
    )
    kind = known.class_of(approach(pc=pc), at_risk=False)
    assert not kind.open, "exponents are few; the class is kept"
    confirmed(known, kind)
    assert isinstance(known.verdict(kind, "GBR", 0), Released) == expected


@pytest.mark.parametrize(("miss_km", "expected"), [(0.9999, True), (1.0, False)])
def test_a_rule_about_miss_distance_goes_by_metres(
    tmp_path: Path, miss_km: float, *, expected: bool
) -> None:
    known = policy(tmp_path, f"{FULL} when {{ context has miss_m && context.miss_m < 1000 }};")
    kind = known.class_of(approach(miss_km=miss_km), at_risk=False)
    assert kind.open
    confirmed(known, kind)
    assert isinstance(known.verdict(kind, "GBR", 0), Released) == expected


def test_the_exponent_of_pc() -> None:
    values = (1.0, 0.5, 0.1, 1e-3, 9e-4, 1e-29, 1e-30, 1e-300, 0.0)
    assert [exponent(pc) for pc in values] == [0, 1, 1, 3, 4, 29, 30, 30, 30]


def test_a_rule_that_cannot_be_evaluated_withholds(tmp_path: Path) -> None:
    """Cedar passes such a rule over: a forbid would be silently lost."""
    overflows = (
        '@id("overflows") forbid (principal, action == Commonsky::Action::"release_full", '
        "resource) when { context.classification + 9223372036854775807 < 0 };"
    )
    known = policy(tmp_path, f"{FULL};", overflows)
    safe = class_of()
    fails = class_of(Label(releasable_to=(EVERYONE,), classification="SECRET"))
    confirmed(known, safe, fails)
    assert isinstance(known.verdict(safe, "GBR", 0), Released)
    verdict = known.verdict(fails, "GBR", 0)
    assert isinstance(verdict, Withheld)
    assert "overflows" in verdict.rule
    assert isinstance(known.warning(fails, "GBR", 0), Released)


def test_many_records_are_decided_by_class(tmp_path: Path) -> None:
    known = policy(tmp_path, f"{FULL} when {{ context.classification == 0 }};")
    classes = [
        class_of(Label(releasable_to=(EVERYONE,), classification=level))  # type: ignore[arg-type]
        for level in ("UNCLASSIFIED", "SECRET", "UNCLASSIFIED", "RESTRICTED")
    ]
    confirmed(known, *classes)
    kinds = np.array([0, 1, 1, 3, 2, 0], np.int32)
    which, found = known.verdicts(kinds, classes, "GBR", 0)
    one_by_one = [known.verdict(classes[kind], "GBR", 0) for kind in kinds]
    assert [found[row] for row in which] == one_by_one
    assert len(found) == 2


def test_more_verdicts_than_fit_a_byte(tmp_path: Path) -> None:
    agreed = [{"id": f"A-{n}", "parties": ["AUS", "GBR"]} for n in range(300)]
    known = policy(tmp_path, f"{FULL};", agreements=agreed)
    classes = [
        class_of(Label(releasable_to=(EVERYONE,), agreements=(f"A-{n}",))) for n in range(300)
    ]
    known.confirmations.begin_with(classes)
    which, found = known.verdicts(np.arange(300), classes, "GBR", 0)
    assert [found[row] for row in which] == [
        Released("full", "full", f"A-{n}") for n in range(300)
    ]


def test_many_records_are_decided_at_this_moment(tmp_path: Path) -> None:
    known = policy(tmp_path, f"{FULL};")
    classes = [class_of(Label(releasable_to=(EVERYONE,), embargo_tai_ns=YEAR_2027_TAI_NS))]
    confirmed(known, *classes)
    kinds = np.zeros(3, np.int64)
    for now, expected in (
        (YEAR_2027_TAI_NS, Released("full", "full", "")),
        (YEAR_2027_TAI_NS - 1, Withheld(EMBARGO)),
    ):
        assert known.verdicts(kinds, classes, "GBR", now)[1] == [expected]


def test_each_class_is_asked_once_for_each_recipient(tmp_path: Path, asked: Asked) -> None:
    known = policy(tmp_path, f"{FULL};")
    for recipient in ("GBR", "NOR"):
        for now in range(5):
            known.verdict(class_of(), recipient, now)
            known.warning(class_of(), recipient, now)
    assert asked.times == 2


def test_what_is_kept_is_bounded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, asked: Asked
) -> None:
    monkeypatch.setattr(policies, "MOST_KEPT", 10)
    known = policy(tmp_path, f"{FULL};")
    kinds = [
        class_of(Label(releasable_to=(EVERYONE,), embargo_tai_ns=moment)) for moment in range(11)
    ]
    for kind in [*kinds, kinds[10], kinds[0]]:
        assert known.verdict(kind, "GBR", 100) == Withheld(AWAITING)
    assert asked.times == 12, "the last is kept, the first was dropped"


def test_the_digest_tells_whatever_a_verdict_depends_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = policy(tmp_path, f"{FULL};")
    found = {
        plain.digest,
        policy(tmp_path, f"{FULL} when {{ context.at_risk }};").digest,
        policy(tmp_path, f"{FULL};", agreements=()).digest,
        policy(tmp_path, f"{FULL};", nation="GBR").digest,
    }
    (tmp_path / "groups.json").write_text('{"TEN": ["AUS", "GBR"]}')
    found.add(Policy.load(tmp_path, "AUS").digest)
    assert len(found) == 5
    assert policy(tmp_path, f"{FULL};").digest == plain.digest
    changed = written.schema() + "// more\n"
    monkeypatch.setattr(written, "schema", lambda: changed)
    assert policy(tmp_path, f"{FULL};").digest != plain.digest


def test_a_policy_that_is_loaded_anew_keeps_nothing_of_the_old(tmp_path: Path) -> None:
    old = policy(tmp_path, f"{FULL};")
    confirmed(old, class_of())
    assert isinstance(old.verdict(class_of(), "GBR", 0), Released)
    assert policy(tmp_path).verdict(class_of(), "GBR", 0) == Withheld("default deny")


def test_a_policy_with_a_fault_is_not_gone_by(tmp_path: Path) -> None:
    with pytest.raises(PolicyError, match="must list its actions"):
        policy(tmp_path, f"{FULL};", '@id("all") forbid (principal, action, resource);')

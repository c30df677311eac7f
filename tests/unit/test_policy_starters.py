from __future__ import annotations

from pathlib import Path

import pytest

from commonsky.ledger.label import Category, Classification, Label, Tag
from commonsky.ledger.record import Kind
from commonsky.share.policy.classes import RecordClass, record_class
from commonsky.share.policy.lint import lint
from commonsky.share.policy.policy import AWAITING, DENIED, Policy, Released, Withheld
from commonsky.share.policy.starter import TEN, install, starter_classes
from tests.feed_case import record

NOW_TAI_NS = 1_800_000_000_000_000_000
OUTSIDE = "IND"  # a nation outside
FIVE_EYES = {"AUS", "CAN", "GBR", "NZL", "USA"}
NATO = {"CAN", "DEU", "FRA", "GBR", "ITA", "NOR", "USA"}
OLYMPIC_DEFENDER = {"AUS", "CAN", "DEU", "FRA", "GBR", "NZL", "USA"}


@pytest.fixture(scope="module")
def ten(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Policy]:
    found = {}
    for nation in TEN:
        folder = tmp_path_factory.mktemp(nation)
        install(folder, nation)
        found[nation] = Policy.load(folder, nation)
    return found


def kind_of(
    nation: str,
    kind: Kind = Kind.ELEMENT_SET,
    *,
    category: str = "",
    classification: Classification = "UNCLASSIFIED",
    agreements: tuple[str, ...] = (),
    embargo_tai_ns: int = 0,
    at_risk: bool = False,
) -> RecordClass:
    name, _, value = category.partition("=")
    label = Label(
        classification=classification,
        categories=(Category(name, Tag.RESTRICTIVE, (value,)),) if category else (),
        releasable_to=TEN,
        agreements=agreements,
        embargo_tai_ns=embargo_tai_ns,
    )
    told = record(1, nation, kind=kind, label=label)
    return record_class(told, at_risk=at_risk)


def levels(known: Policy, kind: RecordClass) -> dict[str, set[str]]:
    """Which nations get a class at each level."""
    found: dict[str, set[str]] = {}
    for person in ("Ann", "Bob"):
        known.confirmations.confirm(kind, person, 1)
    for recipient in TEN:
        verdict = known.verdict(kind, recipient, NOW_TAI_NS)
        level = verdict.level if isinstance(verdict, Released) else ""
        if recipient != known.nation:
            found.setdefault(level, set()).add(recipient)
    return found


@pytest.mark.parametrize("nation", TEN)
def test_every_starter_is_without_fault_and_says_what_it_does(nation: str, tmp_path: Path) -> None:
    install(tmp_path, nation)
    assert lint(tmp_path) == []
    assert (tmp_path / "release.cedar").read_text(encoding="utf-8").startswith("// ")
    rules = Policy.load(tmp_path, nation).rules.values()
    assert all(rule.id.startswith(f"{nation.lower()}-") for rule in rules)


def test_no_two_starters_share_alike(ten: dict[str, Policy]) -> None:
    """What each of the ten gives to each other, over kinds, markings and classifications."""
    shares = set()
    for nation, known in ten.items():
        told = []
        for kind in (Kind.ELEMENT_SET, Kind.CONJUNCTION, Kind.CLAIM):
            for category in ("", "SENSOR=B", "OBJECT=NATIONAL", "RELEASE=DELAYED"):
                for classification in ("UNCLASSIFIED", "RESTRICTED"):
                    for agreements in ((), ("OPEN-EXCHANGE",)):
                        asked = kind_of(
                            nation, kind, category=category, agreements=agreements,
                            classification=classification,  # type: ignore[arg-type]
                        )  # fmt: skip
                        told.append(sorted(
                            (level, *sorted({*to} - {nation}))
                            for level, to in levels(known, asked).items()
                        ))  # fmt: skip
        shares.add(repr(told))
    assert len(shares) == len(TEN)


def test_gbr_receives_the_element_sets_of_aus_in_full_from_the_first_day(tmp_path: Path) -> None:
    install(tmp_path, "AUS")
    verdict = Policy.load(tmp_path, "AUS").verdict(kind_of("AUS"), "GBR", NOW_TAI_NS)
    assert verdict == Released("full", "aus-elements-to-five-eyes", "")


@pytest.mark.parametrize("nation", TEN)
def test_the_classes_of_the_first_day_are_confirmed_and_no_others(
    nation: str, tmp_path: Path
) -> None:
    install(tmp_path, nation)
    known = Policy.load(tmp_path, nation)
    assert len(starter_classes(nation)) == 4
    assert all(known.confirmations.confirmed(kind) for kind in starter_classes(nation))
    assert not known.confirmations.confirmed(kind_of(nation, classification="RESTRICTED"))
    assert not known.confirmations.confirmed(kind_of(nation, category="SENSOR=B"))
    told = [known.verdict(kind, to, NOW_TAI_NS) for kind in starter_classes(nation) for to in TEN]
    assert Withheld(AWAITING) not in told


@pytest.mark.parametrize("nation", TEN)
@pytest.mark.parametrize("category", ["", "SENSOR=B", "OBJECT=NATIONAL", "RELEASE=DELAYED"])
def test_whoever_is_at_risk_is_warned_of_whatever(
    ten: dict[str, Policy], nation: str, category: str
) -> None:
    known = ten[nation]
    for at_risk in (True, False):
        kind = kind_of(
            nation, Kind.CONJUNCTION, category=category, classification="TOP SECRET",
            at_risk=at_risk, embargo_tai_ns=2 * NOW_TAI_NS,
        )  # fmt: skip
        for recipient in (*TEN, OUTSIDE):
            warned = known.warning(kind, recipient, NOW_TAI_NS)
            assert isinstance(warned, Released) == at_risk


def test_nothing_goes_to_a_nation_outside(ten: dict[str, Policy]) -> None:
    for nation, known in ten.items():
        told = record(1, nation, label=Label(releasable_to=("ALL",)))
        kind = record_class(told, at_risk=False)
        assert known.verdict(kind, OUTSIDE, NOW_TAI_NS) == Withheld(DENIED)


def test_each_of_them_does_what_it_says(ten: dict[str, Policy]) -> None:
    everybody = {*TEN}
    expected: list[tuple[RecordClass, dict[str, set[str]]]] = [
        (kind_of("AUS"), {"full": FIVE_EYES, "exists": everybody - FIVE_EYES}),
        (kind_of("AUS", category="SENSOR=B"), {"": everybody}),
        (kind_of("CAN"), {"full": everybody}),
        (kind_of("CAN", classification="RESTRICTED"), {"": everybody}),
        (kind_of("DEU"), {"": everybody}),
        (kind_of("DEU", agreements=("OPEN-EXCHANGE",)), {"full": everybody}),
        (kind_of("DEU", Kind.CONJUNCTION), {"event": everybody}),
        (kind_of("FRA"), {"full": OLYMPIC_DEFENDER, "exists": everybody - OLYMPIC_DEFENDER}),
        (kind_of("FRA", Kind.CONJUNCTION),
         {"full": OLYMPIC_DEFENDER, "event": everybody - OLYMPIC_DEFENDER}),
        (kind_of("GBR"), {"full": NATO | FIVE_EYES, "": {"JPN"}}),
        (kind_of("ITA"), {"full": NATO | {"JPN"}, "": {"AUS", "NZL"}}),
        (kind_of("ITA", category="RELEASE=DELAYED"), {"": everybody}),
        (kind_of("ITA", category="RELEASE=DELAYED", embargo_tai_ns=NOW_TAI_NS),
         {"full": NATO | {"JPN"}, "": {"AUS", "NZL"}}),
        (kind_of("ITA", category="RELEASE=DELAYED", embargo_tai_ns=NOW_TAI_NS + 1),
         {"": everybody}),
        (kind_of("JPN"), {"full": everybody}),
        (kind_of("JPN", category="OBJECT=NATIONAL"),
         {"full": {"AUS", "USA"}, "": everybody - {"AUS", "USA"}}),
        (kind_of("NOR", Kind.CONJUNCTION), {"full": NATO, "event": everybody - NATO}),
        (kind_of("NZL", Kind.CLAIM, classification="RESTRICTED"), {"full": everybody}),
        (kind_of("USA", classification="RESTRICTED"),
         {"full": FIVE_EYES, "exists": everybody - FIVE_EYES}),
        (kind_of("USA", category="OBJECT=NATIONAL"), {"": everybody}),
    ]  # fmt: skip
    for kind, shared in expected:
        nation = kind.originator
        left = {level: to - {nation} for level, to in shared.items() if to - {nation}}
        assert levels(ten[nation], kind) == left, kind

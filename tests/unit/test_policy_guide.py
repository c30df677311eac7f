"""The guide to release policies: its rules are policies, and do what it says of them."""

import re
from pathlib import Path

import pytest

from commonsky.ledger.record import Kind
from commonsky.share.policy import rules as written
from commonsky.share.policy.agreements import AGREEMENTS, GROUPS, agreements
from commonsky.share.policy.lint import STATED, lint
from commonsky.share.policy.policy import DENIED, Policy, RecordClass, Released, Withheld
from commonsky.share.policy.starter import TEN, install

GUIDE = (Path(__file__).parents[2] / "docs" / "release-policy.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```cedar\n(.*?)```", GUIDE, re.DOTALL)
FILES = re.findall(r"```json\n(.*?)```", GUIDE, re.DOTALL)


@pytest.fixture
def policy(tmp_path: Path) -> Policy:
    install(tmp_path, "NOR")
    (tmp_path / written.POLICY).write_text("\n".join(EXAMPLES), encoding="utf-8")
    members, agreed = FILES
    (tmp_path / GROUPS).write_text(members, encoding="utf-8")
    (tmp_path / AGREEMENTS).write_text(agreed, encoding="utf-8")
    assert lint(tmp_path) == []
    return Policy.load(tmp_path, "NOR")


def kind_of(policy: Policy, kind: Kind, **fields: object) -> RecordClass:
    told = {"kind": kind.value, "originator": "NOR", "classification": 0, "releasable_to": TEN}
    one = RecordClass(**{**told, "asked": policy.asked, **fields})  # type: ignore[arg-type]
    policy.confirmations.begin_with([one])
    return one


def test_the_guide_has_examples() -> None:
    assert len(EXAMPLES) == 4
    assert len(FILES) == 2


@pytest.mark.parametrize("example", EXAMPLES)
def test_each_example_fits_the_schema_and_has_a_name(example: str) -> None:
    (rule,) = written.rules(example).values()
    assert written.valid(example, {}) == []
    assert rule.id.startswith(("nor-", "aus-"))


def test_full_to_nato_and_to_nobody_else(policy: Policy) -> None:
    kind = kind_of(policy, Kind.ELEMENT_SET)
    assert policy.verdict(kind, "USA", 5) == Released("full", "nor-full-to-nato", "")
    assert policy.verdict(kind, "JPN", 5) == Withheld(DENIED)


def test_likely_conjunctions_leave_and_unknown_is_not_small(policy: Policy) -> None:
    for exponent, leaves in ((4, True), (5, False), (-1, False)):
        kind = kind_of(policy, Kind.CONJUNCTION, pc_exponent=exponent)
        assert isinstance(policy.verdict(kind, "JPN", 5), Released) == leaves


def test_sensor_b_stays_home_and_whoever_is_at_risk_is_warned(policy: Policy) -> None:
    kind = kind_of(
        policy, Kind.CONJUNCTION, categories=("SENSOR=B",), pc_exponent=2, at_risk=True,
        embargo_tai_ns=9,
    )  # fmt: skip
    assert policy.verdict(kind, "USA", 9) == Withheld("aus-sensor-b-stays-home")
    assert policy.warning(kind, "USA", 5) == Released("warn", "nor-duty-to-warn", "")


def test_the_agreement_ends_with_its_year(policy: Policy, tmp_path: Path) -> None:
    (agreed,) = agreements(tmp_path).values()
    kind = kind_of(policy, Kind.ELEMENT_SET, agreements=(agreed.id,))
    for now, holds in (
        (agreed.from_tai_ns - 1, False),
        (agreed.from_tai_ns, True),
        (agreed.until_tai_ns - 1, True),
        (agreed.until_tai_ns, False),
    ):
        assert isinstance(policy.verdict(kind, "GBR", now), Released) == holds


def test_the_guide_names_all_that_may_be_asked() -> None:
    asked = re.findall(r"^    (\w+)\??:", written.schema(), re.MULTILINE)
    assert len(asked) == 11
    for name in (*asked, *written.ACTIONS, *STATED):
        assert f"`{name}`" in GUIDE or f'"{name}"' in GUIDE

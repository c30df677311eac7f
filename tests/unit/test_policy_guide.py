"""The guide to release policies: its rules are policies, and lint finds nothing against them."""

import re
from pathlib import Path

import pytest

from commonsky.share.policy import rules as written
from commonsky.share.policy.lint import lint
from commonsky.share.policy.policy import Policy, Released, Withheld
from commonsky.share.policy.starter import install, starter_classes

GUIDE = Path(__file__).parents[2] / "docs" / "release-policy.md"
EXAMPLES = re.findall(r"```cedar\n(.*?)```", GUIDE.read_text(), re.DOTALL)


def test_the_guide_has_examples() -> None:
    assert len(EXAMPLES) == 3


@pytest.mark.parametrize("example", EXAMPLES)
def test_each_example_fits_the_schema_and_has_a_name(example: str) -> None:
    (rule,) = written.rules(example).values()
    assert rule.id.startswith(("nor-", "aus-"))


def test_together_they_are_a_policy_that_does_what_the_guide_says(tmp_path: Path) -> None:
    install(tmp_path, "NOR")
    (tmp_path / written.POLICY).write_text("\n".join(EXAMPLES))
    assert lint(tmp_path) == []
    policy = Policy.load(tmp_path, "NOR")
    kind = next(one for one in starter_classes("NOR") if one.kind == "element_set")
    assert policy.verdict(kind, "USA", 5) == Released("full", "nor-full-to-nato", "")
    assert isinstance(policy.verdict(kind, "JPN", 5), Withheld)

from __future__ import annotations

from pathlib import Path

import pytest

from commonsky.errors import PolicyError
from commonsky.share.policy.lint import lint
from commonsky.share.policy.rules import rules
from commonsky.share.policy.syntax import passages

WARN = '@id("warn") permit (principal, action == Commonsky::Action::"warn", resource);'
HEAD = '@id("some") permit (principal, action == Commonsky::Action::"release_full", resource)'
KEEP = '@id("keep") forbid (principal, action in [Commonsky::Action::"warn"], resource)'


def found(folder: Path, text: str) -> list[str]:
    (folder / "groups.json").write_text('{"TEN": ["AUS", "GBR"]}')
    (folder / "agreements.json").write_text('[{"id": "TREATY", "parties": ["AUS", "GBR"]}]')
    (folder / "release.cedar").write_text(text, encoding="utf-8")
    return lint(folder)


def test_a_good_policy_has_no_fault(tmp_path: Path) -> None:
    good = f"""// Whoever reads this: ; and "quotes" mean nothing in a comment.
{HEAD}
when {{ context.kind == "element_set" && principal in Commonsky::Group::"TEN" }}
unless {{ context.categories.contains("SENSOR=B; \\"quoted\\" // no comment") }};
@reason("an exercise") @approved_by("Ann, Bob")
{KEEP} when {{ context.agreements.contains("TREATY") || context.originator == "GBR" }};
{WARN}
"""
    assert found(tmp_path, good) == []


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ('@id("all") forbid (principal, action, resource);', "must list its actions"),
        (f"{KEEP};", "must say why"),
        (f'@reason("x") {KEEP};', "takes two persons"),
        (f'@reason("x") @approved_by("Ann") {KEEP};', "takes two persons"),
        (f'@reason("x") @approved_by("Ann, ann ") {KEEP};', "takes two persons"),
        (f'@reason("x") @approved_by("Ann, A\u200bnn") {KEEP};', "takes two persons"),
        (f'@reason("x") @approved_by(", ,") {KEEP};', "takes two persons"),
        (f'@reason(" ") @approved_by("Ann, Bob") {KEEP};', "must say why"),
        (HEAD.replace('@id("some")', "") + ";", "needs an @id"),
        (HEAD.replace("some", "") + ";", "needs an @id"),
        (HEAD.replace("some", "a, b") + ";", "small letters"),
        (HEAD.replace("some", "a" * 65) + ";", "small letters"),
        (HEAD.replace("some", "embargo") + ";", "none of embargo"),
        (f"{HEAD};\n{HEAD} when {{ context.at_risk }};", "2 rules have this @id"),
        (f"{HEAD};\n{HEAD.replace('some', 'other')};", "says what the rule of line 2 says"),
        (f'{HEAD} when {{ context.kind == "elements" }};', "there is no kind 'elements'"),
        (f'{HEAD} when {{ ["claim", "x"].contains(context.kind) }};', "there is no kind 'x'"),
        (f'{HEAD} unless {{ "elements" == context.kind }};', "there is no kind 'elements'"),
        (f'{HEAD} when {{ context.kind != "elements" }};', "there is no kind 'elements'"),
        (f'{HEAD} when {{ context.kind == "receipt" }};', "no rule decides over it"),
        (f'{HEAD} when {{ context.kind == "event" }};', "say release_event"),
        (f'{HEAD} when {{ context.originator == "UAS" }};', "no group has the nation 'UAS'"),
        (f'{HEAD} when {{ context.releasable_to.contains("X") }};', "has the nation 'X'"),
        (f'{HEAD} when {{ context.categories.contains("B") }};', "a category is NAME=value"),
        (f'{HEAD} when {{ context.categories.containsAny(["=B"]) }};', "is NAME=value"),
        (f'{HEAD} when {{ context.agreements.contains("X") }};', "agreements.json has no 'X'"),
        (f'{HEAD} when {{ principal in Commonsky::Group::"T" }};', "has no group 'T'"),
        (HEAD.replace("principal", 'principal in Commonsky::Group::"T"') + ";", "no group 'T'"),
        (HEAD.replace("principal", 'principal == Commonsky::Nation::"X"') + ";", "nation 'X'"),
        (f'{HEAD} when {{ resource == Commonsky::Release::"r" }};', "a resource has no name"),
        (f"{HEAD} when {{ context == context }};", "name the attributes of context"),
        (
            f"{HEAD};\n{HEAD.replace('some', 'no').replace('permit', 'forbid')};",
            "line 3 forbids all it permits",
        ),
        (f"{HEAD} when {{ context.knd == 3 }};", "attribute `knd`"),
        (f"{HEAD} when {{ context.miss_m > 3 }};", "optional attribute `miss_m`"),
        (f"{HEAD} when {{ context.classification == true }};", "not compatible"),
        (f"{HEAD} when {{ context.kind = 3 }};", "the rule that begins at line 2 cannot be read"),
        (HEAD, "the rule that begins at line 2 cannot be read"),
        (f"{HEAD} when {{ {'(' * 65}true{')' * 65} }};", "line 2: brackets are nested"),
        (HEAD.replace("principal", "principal == ?principal") + ";", "?principal"),
        (HEAD.replace("release_full", "release_all") + ";", "release_all"),
    ],
)
def test_a_fault_is_told_with_its_place(tmp_path: Path, rule: str, expected: str) -> None:
    told = found(tmp_path, f"{WARN}\n{rule}\n")
    assert any(expected in one for one in told), told
    assert any("line 2" in one or "line 3" in one or "rule some" in one for one in told) or (
        "?principal" in expected
    ), told


def test_a_policy_must_let_somebody_be_warned(tmp_path: Path) -> None:
    assert "ever be warned" in found(tmp_path, f"{HEAD};")[0]
    everything = '@id("everything") permit (principal, action, resource);'
    assert found(tmp_path, everything) == []
    assert "ever be warned" in found(tmp_path, "")[0]


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("groups.json", "{", "lists no groups"),
        ("groups.json", '{"A": "AUS"}', "lists no groups"),
        ("agreements.json", '[{"id": "A"}]', "lists no agreements"),
        ("agreements.json", '[{"id": "A", "parties": [], "until": ""}]', "lists no agreements"),
        ("agreements.json", '[{"id": "A", "parties": [], "valid_from": "soon"}]', "no agreements"),
        (
            "agreements.json",
            '[{"id": "A", "parties": []}, {"id": "A", "parties": []}]',
            "names an agreement twice",
        ),
        (
            "agreements.json",
            '[{"id":"A","parties":[],"valid_from":"2027-02-01","valid_until":"2027-01-01"}]',
            "ends before it begins",
        ),
    ],
)
def test_groups_and_agreements_are_read_strictly(
    tmp_path: Path, name: str, content: str, expected: str
) -> None:
    assert found(tmp_path, WARN) == []
    (tmp_path / name).write_text(content)
    assert expected in lint(tmp_path)[0]


def test_a_folder_without_a_policy_has_a_fault(tmp_path: Path) -> None:
    assert "cannot be read" in lint(tmp_path)[0]


def test_rules_are_told_as_they_are_written() -> None:
    text = f'// ; "\n{WARN} // after\n\n  {HEAD} // within ;\n  when {{ context.kind == ";" }};\n'
    assert [(one.line, one.id, one.text) for one in rules(text).values()] == [
        (2, "warn", WARN),
        (4, "some", f'{HEAD} // within ;\n  when {{ context.kind == ";" }};'),
    ]


def test_what_follows_the_last_semicolon_is_a_passage_too() -> None:
    assert [one.text for one in passages("a; b \n// c\n")] == ["a;", "b \n// c"]
    assert passages("// nothing\n") == []


def test_the_tenth_rule_keeps_its_place() -> None:
    text = "\n".join(WARN.replace("warn", f"warn-{n}", 1) for n in range(12))
    assert [(one.line, one.id) for one in rules(text).values()] == [
        (n + 1, f"warn-{n}") for n in range(12)
    ]


def test_a_chain_that_is_too_long_to_read_is_refused() -> None:
    chain = " && ".join(["context.at_risk"] * 5_000)
    with pytest.raises(PolicyError):
        rules(f"{HEAD} when {{ {chain} }};")

"""What a hostile or broken policy, label or nation may not do."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from commonsky.errors import PolicyError
from commonsky.ledger.label import Category, Label, Tag
from commonsky.ledger.record import Record, decoded, encoded
from commonsky.share.policy.classes import RecordClass, record_class
from commonsky.share.policy.lint import lint
from commonsky.share.policy.policy import Policy, Released, Withheld
from tests.feed_case import record

WARN = '@id("warn") permit (principal, action == Commonsky::Action::"warn", resource);'
ONLY_OPEN = """@id("only-open")
permit (
  principal in Commonsky::Group::"TEN", action == Commonsky::Action::"release_full", resource
)
when { context.categories.contains("RELEASE=OPEN") };
"""
HEAD = '@id("some") permit (principal, action == Commonsky::Action::"release_full", resource)'
QUOTES = (
    '"', '\\"', '") || true || ("', '"}, "at_risk": true, "x": {"', "']", "\\", "\n", "\x00",
    '{"__entity": {"type": "Commonsky::Nation", "id": "GBR"}}', '{"__extn": {"fn": "ip"}}',
    'RELEASE=OPEN"', '"RELEASE=OPEN', "RELEASE=OPEN ", "release=open", "\uff32ELEASE=OPEN",
    "RELEASE\\=OPEN", "\u202eRELEASE=OPEN",
)  # fmt: skip


@pytest.fixture
def known(tmp_path: Path) -> Policy:
    (tmp_path / "release.cedar").write_text(f"{ONLY_OPEN}\n{WARN}", encoding="utf-8")
    (tmp_path / "groups.json").write_text('{"TEN": ["AUS", "GBR"]}')
    return Policy.load(tmp_path, "AUS")


def sure(policy: Policy, one: Record) -> RecordClass:
    """The class of a record, confirmed, so that nothing but rules and label decide."""
    kind = policy.class_of(one, at_risk=False)
    policy.confirmations.begin_with([kind])
    return kind


def marked(name: str, *values: str) -> Record:
    label = Label(
        categories=(Category(name, Tag.INFORMATIVE, tuple(sorted(values))),),
        releasable_to=("ALL",),
    )
    return record(1, label=label)


def test_what_is_marked_open_leaves(known: Policy) -> None:
    assert isinstance(known.verdict(sure(known, marked("RELEASE", "OPEN")), "GBR", 0), Released)


@pytest.mark.parametrize("text", QUOTES)
def test_no_text_in_a_label_passes_for_another(known: Policy, text: str) -> None:
    told = [
        marked(text, "x"),
        marked("RELEASE", text),
        marked(text, "OPEN"),
        record(2, label=Label(releasable_to=("ALL",), agreements=(text,))),
        record(3, label=Label(releasable_to=(text,))),
        record(4, label=Label(releasable_to=("ALL",)), node=text),
    ]
    for one in told:
        again = Record(decoded(one.encoded), one.encoded, one.body)
        assert isinstance(known.verdict(sure(known, again), "GBR", 0), Withheld)


@pytest.mark.parametrize(
    ("a", "b"),
    [(("A=B", "C"), ("A", "B=C")), (("A\\", "=B"), ("A", "\\=B")), (("A", ""), ("A=", ""))],
)
def test_no_two_categories_read_alike(a: tuple[str, str], b: tuple[str, str]) -> None:
    first, second = (record_class(marked(*one), at_risk=False) for one in (a, b))
    assert first.categories != second.categories


@pytest.mark.parametrize(
    "recipient", [*QUOTES, "", "gbr", "GBR ", "ノルウェー", 'TEN"::"GBR', "ALL"]
)
def test_no_name_of_a_nation_passes_for_another(known: Policy, recipient: str) -> None:
    open_to_all = sure(known, marked("RELEASE", "OPEN"))
    assert known.verdict(open_to_all, recipient, 0) == Withheld("default deny")
    assert isinstance(known.warning(open_to_all, recipient, 0), Released)


def test_unicode_nations_and_groups_are_only_names(tmp_path: Path) -> None:
    rule = HEAD.replace("principal", 'principal in Commonsky::Group::"北の\\"国々"')
    (tmp_path / "release.cedar").write_text(f"{rule};\n{WARN}", encoding="utf-8")
    (tmp_path / "groups.json").write_bytes(
        msgspec.json.encode({'北の"国々': ["ノルウェー", 'N"R']})
    )
    assert lint(tmp_path) == []
    policy = Policy.load(tmp_path, "AUS")
    kind = sure(policy, record(1, label=Label(releasable_to=("ALL",))))
    for recipient in ("ノルウェー", 'N"R'):
        assert policy.verdict(kind, recipient, 0) == Released("full", "some", "")
    assert isinstance(policy.verdict(kind, "NR", 0), Withheld)


def test_a_lone_surrogate_is_no_envelope() -> None:
    entry = encoded(record(1, label=Label(releasable_to=("GBR",))).envelope)
    broken = entry.replace(b'["GBR"]', b'["\\ud800"]')
    assert broken != entry
    with pytest.raises(msgspec.DecodeError):
        decoded(broken)


def test_a_long_label_is_decided_over(known: Policy) -> None:
    many = marked("RELEASE", *(f"VALUE {n}" for n in range(5_000)))
    assert known.verdict(sure(known, many), "GBR", 0) == Withheld("default deny")
    more = marked("RELEASE", "OPEN", *(f"VALUE {n}" for n in range(5_000)))
    assert isinstance(known.verdict(sure(known, more), "GBR", 0), Released)


def chained(operator: str, term: str, size: int) -> str:
    return f"{HEAD} when {{ {operator.join([term] * (size // (len(term) + len(operator))))} }};"


HUGE = {
    "one long chain of and": chained("&&", "true", 500_000),
    "one long sum": chained("+", "1", 500_000),
    "one long path": f"{HEAD} when {{ context{'.a' * 250_000} }};",
    "deep brackets": f"{HEAD} when {{ {'(' * 500_000}true{')' * 500_000} }};",
    "many signs": f"{HEAD} when {{ {'!' * 900_000}true }};",
    "a string without an end": '"' + "a" * 900_000,
    "backslashes without an end": '"' + "\\" * 900_000,
    "semicolons": ";" * 50_000,
    "more than a file may hold": f"// {'x' * 1_000_000}\n",
    "a chain that Cedar can read and nobody else": chained("&&", "true", 7_000),
}


@pytest.mark.parametrize("name", HUGE)
def test_a_huge_policy_is_refused(tmp_path: Path, name: str) -> None:
    """Cedar's parser overruns its stack on some of these, and would take the node with it."""
    (tmp_path / "release.cedar").write_text(f"{WARN}\n{HUGE[name]}")
    assert lint(tmp_path)
    with pytest.raises(PolicyError):
        Policy.load(tmp_path, "AUS")


def test_many_rules_are_taken(tmp_path: Path) -> None:
    rules = [
        HEAD.replace("some", f"some-{n}") + f" when {{ context.classification == {n} }};"
        for n in range(500)
    ]
    (tmp_path / "release.cedar").write_text("\n".join([*rules, WARN]))
    policy = Policy.load(tmp_path, "AUS")
    kind = sure(policy, record(1, label=Label(releasable_to=("GBR",))))
    assert policy.verdict(kind, "GBR", 0) == Released("full", "some-0", "")


@pytest.mark.parametrize(
    "content", [b"\xff\xfe", b"\x00", b"permit", b'@id("a") @id("b")', b"{}", b"permit (a, b, c);"]
)
def test_what_is_no_policy_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "release.cedar").write_bytes(content)
    assert lint(tmp_path)
    with pytest.raises(PolicyError):
        Policy.load(tmp_path, "AUS")


def test_a_policy_that_is_a_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "release.cedar").mkdir()
    assert "cannot be read" in lint(tmp_path)[0]

"""Release policy agrees with an oracle that decides from bytes, and no label gets round it."""

from __future__ import annotations

import tempfile
from pathlib import Path

import cedarpy
from hypothesis import example, given, settings
from hypothesis import strategies as st

from commonsky.ledger.label import EVERYONE, Category, Label, Tag, join
from commonsky.ledger.record import Kind
from commonsky.share.policy.classes import record_class
from commonsky.share.policy.policy import Policy, Released, Withheld
from commonsky.share.policy.starter import TEN, install
from commonsky.share.policy.syntax import passages
from tests.feed_case import record
from tests.policy_case import Tally, compared

WORLDS, DECISIONS = 40, 250
REASONS = (
    "default deny", "a rule forbids", "not releasable to them", "embargo",
    "agreement does not hold",
    "awaiting confirmation", "no reader is left in a permissive category",
    "another nation's statement, and no agreement lets it be relayed",
)  # fmt: skip


def test_decisions_agree_with_an_oracle_that_decides_from_bytes(tmp_path: Path) -> None:
    tally = Tally()
    for seed in range(WORLDS):
        compared(tmp_path / str(seed), seed, DECISIONS, tally)
    assert tally.different == []
    assert tally.over_released == 0
    assert tally.decisions >= WORLDS * DECISIONS
    assert {"full", "event", "exists", "warn", *REASONS} <= {*tally.outcomes}
    assert 0.1 < tally.released / tally.decisions < 0.9, "the worlds must be worth deciding over"


TEXTS = st.text(st.characters(codec="utf-8"), max_size=12)
TIMES = st.integers(1, 2**62)
RULES = """
@id("marked") permit (principal, action == Commonsky::Action::"release_full", resource)
when { context.categories.contains("A=B") && context.agreements.isEmpty() };
@id("warn") permit (principal, action == Commonsky::Action::"warn", resource);
"""


def loaded(folder: str, rules: str = RULES) -> Policy:
    (Path(folder) / "release.cedar").write_text(rules, encoding="utf-8")
    return Policy.load(Path(folder), "AUS")


LABELS = st.builds(
    Label,
    releasable_to=st.sampled_from([(), (EVERYONE,), ("GBR",), ("GBR", "NOR"), ("NOR",), TEN]),
    classification=st.sampled_from(["UNCLASSIFIED", "RESTRICTED", "SECRET"]),
    categories=st.lists(
        st.builds(
            Category,
            st.sampled_from(["OBJECT", "SENSOR"]),
            st.sampled_from([*Tag]),
            st.sets(st.sampled_from("AB")).map(lambda one: tuple(sorted(one))),
        ),
        max_size=2,
        unique_by=lambda one: (one.name, one.tag),
    ).map(lambda several: tuple(sorted(several))),
    agreements=st.sampled_from([(), ("OPEN-EXCHANGE",), ("GONE",)]),
    embargo_tai_ns=st.sampled_from([0, 100, 200]),
)


@given(st.lists(st.tuples(TEXTS, st.lists(TEXTS, max_size=3, unique=True)), max_size=3), TEXTS)
@example([("A=B", [""])], "GBR")
@example([("A", ['B"'])], "GBR")
@example([("A", ["B"])], "GBR")
def test_texts_are_only_compared(marks: list[tuple[str, list[str]]], recipient: str) -> None:
    categories = tuple(
        Category(name, Tag.INFORMATIVE, tuple(sorted(values))) for name, values in marks
    )
    told = record(1, label=Label(releasable_to=(EVERYONE,), categories=categories))
    with tempfile.TemporaryDirectory() as folder:
        policy = loaded(folder)
        kind = record_class(told, at_risk=False)
        policy.confirmations.begin_with([kind])
        released = isinstance(policy.verdict(kind, recipient, 0), Released)
    assert released == any(name == "A" and "B" in values for name, values in marks)


@given(TIMES, st.integers(-2, 2), st.lists(TIMES, max_size=4))
def test_an_embargo_is_over_at_its_nanosecond_whatever_was_asked_before(
    embargo: int, offset: int, before: list[int]
) -> None:
    category = Category("A", Tag.INFORMATIVE, ("B",))
    label = Label(releasable_to=("GBR",), categories=(category,), embargo_tai_ns=embargo)
    kind = record_class(record(1, label=label), at_risk=False)
    with tempfile.TemporaryDirectory() as folder:
        policy = loaded(folder)
        policy.confirmations.begin_with([kind])
        for now in (*before, embargo + offset):
            verdict = policy.verdict(kind, "GBR", now)
            assert verdict == (
                Withheld("embargo") if now < embargo else Released("full", "marked", "")
            )


@settings(max_examples=50)
@given(LABELS, LABELS, st.sampled_from(TEN), st.integers(0, 300))
def test_what_one_label_bars_no_join_with_it_releases(
    a: Label, b: Label, nation: str, now: int
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        install(Path(folder), nation)
        policy = Policy.load(Path(folder), nation)
        kinds = [
            record_class(record(1, nation, kind=Kind.CONJUNCTION, label=label), at_risk=False)
            for label in (a, b, join([a, b]))
        ]
        policy.confirmations.begin_with(kinds)
        for recipient in TEN:
            first, second, both = (policy.verdict(kind, recipient, now) for kind in kinds)
            if barred(first) or barred(second):
                assert isinstance(both, Withheld)


def barred(verdict: Released | Withheld) -> bool:
    """Whether it is the label that withholds, not a rule."""
    return isinstance(verdict, Withheld) and verdict.rule.startswith(
        ("not releasable", "embargo", "agreement", "no reader")
    )


STRINGS = TEXTS.map(lambda text: text.replace("\\", "\\\\").replace('"', '\\"'))
COMMENTS = TEXTS.map(lambda text: "// " + "".join(text.split()) + "\n")


@given(st.lists(st.tuples(COMMENTS, STRINGS, COMMENTS), min_size=1, max_size=5))
@example([("// ;\n", ";//", '// "\n')])
def test_rules_are_found_where_cedar_finds_them(parts: list[tuple[str, str, str]]) -> None:
    text = "".join(
        f'{before}@id("r{row}") permit (principal, action, {within}resource) '
        f'when {{ context.kind == "{string}" }};'
        for row, (before, string, within) in enumerate(parts)
    )
    try:
        whole = cedarpy.policies_to_json_str(text)
    except ValueError:
        return  # a character that Cedar takes in no string
    found = passages(text)
    assert len(found) == len(parts) == whole.count('"effect"')
    for row, one in enumerate(found):
        assert cedarpy.policies_to_json_str(one.text).count(f'"id":"r{row}"') == 1
        assert text[: text.index(one.text)].count("\n") == one.line - 1

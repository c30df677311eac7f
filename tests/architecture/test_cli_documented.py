"""The command line, its help and the README must tell one story."""

import re
from pathlib import Path

import pytest

from commonsky.show.cli.app import FUNCTIONS, GROUPS, VERBS

ROOT = Path(__file__).parents[2]
SIGNATURES = ROOT / "src" / "commonsky" / "show" / "cli" / "verbs"


@pytest.mark.parametrize("verb", VERBS)
def test_the_readme_mentions_every_verb(verb: str) -> None:
    assert re.search(rf"\bcommonsky {verb}\b", (ROOT / "README.md").read_text())


def test_the_readme_mentions_no_other_verb() -> None:
    text = (ROOT / "README.md").read_text()
    shown = re.findall(r"^(?:\$ )?commonsky (\w+)|`commonsky (\w+)", text, re.MULTILINE)
    assert {first or second for first, second in shown} <= {*VERBS, *GROUPS}


@pytest.mark.parametrize(
    ("group", "verb"), [(group, verb) for group, (_, verbs) in GROUPS.items() for verb in verbs]
)
def test_the_readme_mentions_every_verb_of_a_group(group: str, verb: str) -> None:
    assert re.search(rf"\b{group} {verb}\b", (ROOT / "README.md").read_text())
    text = (SIGNATURES / f"{group}.py").read_text()
    assert f"def {FUNCTIONS.get(verb, verb)}(" in text


def test_every_verb_has_a_file_of_its_name() -> None:
    files = {path.stem for path in SIGNATURES.glob("*.py")}
    assert files - {"__init__", "file", "where"} == {*VERBS, *GROUPS}


@pytest.mark.parametrize("verb", [*VERBS, *GROUPS])
def test_signatures_import_nothing_heavy_at_their_head(verb: str) -> None:
    text = (SIGNATURES / f"{verb}.py").read_text()
    assert not re.search(
        r"^(?:import|from) (?:numpy|numba|commonsky\.(?!show|errors))", text, re.MULTILINE
    )

"""The page about norms says what the rules say."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

from commonsky.characterise.norms.fact_toml import KINDS
from commonsky.characterise.norms.rulebook import rulebook

DOCS = Path(__file__).parents[2] / "docs"


def maker() -> ModuleType:
    spec = importlib.util.spec_from_file_location("make_norms", DOCS / "make_norms.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_page_has_not_drifted() -> None:
    told = (DOCS / "norms.md").read_text(encoding="utf-8")
    assert maker().page(told) == told, "run python docs/make_norms.py"


def test_every_rule_and_fact_is_on_it() -> None:
    told = (DOCS / "norms.md").read_text(encoding="utf-8")
    for one in rulebook():
        assert told.count(f"\n| `{one.id}` |") == 1
    for kind in KINDS:
        assert told.count(f"\n| `{kind}` |") == 1

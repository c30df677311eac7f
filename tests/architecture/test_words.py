"""Every word of the console stands in a file, in every language, and is used."""

from __future__ import annotations

import gzip
import json
import re
from functools import cache
from pathlib import Path

import pytest

from commonsky.show.api.assets import FOLDER, LANGUAGES

SCRIPTS = sorted(FOLDER.rglob("*.js"))
# A key in a call of t() or has(), and keys that a table in a script holds.
KEY = re.compile(r"""["`]((?:[a-z]\w*\.)(?:[\w.$]|\{[^}]*\})+)["`]""")
VALUE = re.compile(r"\{(\w+)\}")
TAKEN = {
    "severity", "queue", "case", "globe", "nation", "object", "record", "timeline", "places",
    "shell", "events", "norms", "dossiers",
}  # fmt: skip


@cache
def words(language: str) -> dict[str, str]:
    """All words of a language, each key once."""
    merged: dict[str, str] = {}
    for path in sorted((FOLDER / "words" / language).glob("*.json")):
        told: dict[str, str] = json.loads(path.read_text(encoding="utf-8"))
        twice = merged.keys() & told.keys()
        assert not twice, f"{path.name} says again what another file of {language} says: {twice}"
        strays = [key for key in told if key.partition(".")[0] != path.stem]
        assert not strays, f"{language}/{path.name} holds keys of other screens: {strays}"
        merged |= told
    return merged


@cache
def asked() -> tuple[frozenset[str], tuple[re.Pattern[str], ...]]:
    """Keys that scripts name, and patterns of those that they put together."""
    whole, made = set(), set()
    for path in SCRIPTS:
        for key in KEY.findall(path.read_text(encoding="utf-8")):
            if key.partition(".")[0].split("$")[0] not in TAKEN:
                continue
            if "$" in key:
                parts = re.split(r"\$\{[^}]*\}", key)
                made.add(r"[\w.]+".join(map(re.escape, parts)))
            elif not key.endswith((".js", ".json", ".css")):
                whole.add(key)
    return frozenset(whole), tuple(re.compile(one) for one in sorted(made))


def test_what_scripts_say_has_words() -> None:
    whole, made = asked()
    english = words("en")
    assert len(whole) > 40
    missing = sorted(key for key in whole if key not in english)
    assert not missing, f"no English words for {missing}"
    empty = [one.pattern for one in made if not any(one.fullmatch(key) for key in english)]
    assert not empty, f"no English words for any {empty}"


def test_no_words_are_left_over() -> None:
    whole, made = asked()
    left = [
        key
        for key in words("en")
        if key not in whole
        and key.removesuffix(".one") not in whole
        and not any(one.fullmatch(key) for one in made)
    ]
    assert not left, f"nobody says {left}"


@pytest.mark.parametrize("language", [one for one in LANGUAGES if one != "en"])
def test_a_language_is_complete(language: str) -> None:
    english, theirs = words("en"), words(language)
    assert sorted(english.keys() - theirs.keys()) == []
    assert sorted(theirs.keys() - english.keys()) == []
    values = {key: set(VALUE.findall(text)) for key, text in english.items()}
    wrong = [key for key, text in theirs.items() if set(VALUE.findall(text)) != values[key]]
    assert wrong == []
    blank = [key for key, text in theirs.items() if not text.strip() and english[key].strip()]
    assert blank == []


def test_scripts_make_no_markup() -> None:
    bad = re.compile(
        r"innerHTML|outerHTML|insertAdjacentHTML|DOMParser|document\.write|\beval\(|new Function|"
        r"setHTMLUnsafe|createContextualFragment|https?://(?!www\.w3\.org)"
    )
    found = [
        f"{path.relative_to(FOLDER)}: {hit.group()}"
        for path in SCRIPTS
        for hit in bad.finditer(path.read_text(encoding="utf-8"))
    ]
    assert not found


def test_every_script_is_checked_for_types() -> None:
    unchecked = [
        path.name for path in SCRIPTS
        if not path.read_text(encoding="utf-8").startswith("// @ts-check\n")
    ]  # fmt: skip
    assert not unchecked


def test_files_are_short_enough_to_be_read() -> None:
    long = [
        f"{path.relative_to(FOLDER)} has {count} lines"
        for path in [*SCRIPTS, *FOLDER.rglob("*.css")]
        if (count := len(path.read_text(encoding="utf-8").splitlines())) > 420
    ]
    assert not long


def test_it_is_small_enough() -> None:
    files = [path for path in FOLDER.rglob("*") if path.suffix in {".js", ".css", ".html"}]
    packed = sum(len(gzip.compress(path.read_bytes(), 9)) for path in files)
    whole = sum(path.stat().st_size for path in Path(FOLDER).rglob("*") if path.is_file())
    assert packed <= 150_000
    assert whole <= 1 << 20

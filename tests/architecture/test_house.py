"""The package tree, the contract and the README must tell one story."""

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "src" / "commonsky"
LONGEST_FILE = 400
HOMELESS = {"utils", "util", "common", "helpers", "core", "misc", "manager"}


def layers() -> list[str]:
    contract = tomllib.loads((ROOT / "pyproject.toml").read_text())
    listed = contract["tool"]["importlinter"]["contracts"][0]["layers"]
    return [name for name in listed if not name.startswith("(")]


def test_every_package_says_what_it_is_for_in_one_line() -> None:
    for init in PACKAGE.rglob("__init__.py"):
        assert re.match(r'^"""[A-Z].{20,90}"""\n', init.read_text()), init


def test_readme_lists_the_packages_in_import_order() -> None:
    listed = re.findall(r"^\| `(\w+)` \|", (ROOT / "README.md").read_text(), re.MULTILINE)
    assert listed == layers()[::-1]


def test_the_contract_names_every_room_and_no_other() -> None:
    rooms = {path.stem for path in PACKAGE.iterdir() if path.suffix == ".py" or path.is_dir()}
    assert rooms - {"__init__", "__pycache__", "py"} == set(layers())


def test_no_file_grows_past_one_sitting() -> None:
    lengths = {f: len(f.read_text().splitlines()) for f in PACKAGE.rglob("*.py")}
    assert not {f.name: n for f, n in lengths.items() if n > LONGEST_FILE}


def test_every_file_is_a_noun_of_the_field() -> None:
    assert not {f for f in PACKAGE.rglob("*.py") if f.stem in HOMELESS}


def test_the_wall_clock_is_read_in_one_place() -> None:
    readers = re.compile(r"time\.time\(|time_ns\(|datetime\.now\(|datetime\.utcnow\(")
    found = {f.name for f in PACKAGE.rglob("*.py") if readers.search(f.read_text())}
    assert found <= {"clock.py"}

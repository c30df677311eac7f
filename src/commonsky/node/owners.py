"""Whose objects are whose: who is at risk when something comes close."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from pathlib import Path

from commonsky.errors import NodeError
from commonsky.node.home import NATIONS

HEADING = ("NORAD_CAT_ID", "NATION")


def owners(path: Path) -> dict[int, str]:
    """Return the nation of each catalogue number that a CSV file names; none without a file."""
    if not path.exists():
        return {}
    with path.open(newline="", encoding="utf-8") as stream:
        rows = csv.reader(stream)
        if tuple(next(rows, ())) != HEADING:
            raise NodeError(f"{path} must begin with the line {','.join(HEADING)}")
        return dict(_owner(path, line, row) for line, row in enumerate(rows, 2) if row)


def _owner(path: Path, line: int, row: list[str]) -> tuple[int, str]:
    if len(row) == len(HEADING) and row[0].isdecimal() and row[1] in NATIONS:
        return int(row[0]), row[1]
    raise NodeError(f"{path} line {line}: wanted a number and a nation, found {','.join(row)!r}")


def write_owners(path: Path, owned: Mapping[int, str]) -> None:
    """Write the file that `owners` reads."""
    with path.open("w", newline="", encoding="utf-8") as stream:
        csv.writer(stream, lineterminator="\n").writerows([HEADING, *sorted(owned.items())])


def at_risk(owned: Mapping[int, str], subject: Iterable[int]) -> frozenset[str]:
    """Return the nations that own one of these objects."""
    return frozenset(owned[number] for number in subject if number in owned)

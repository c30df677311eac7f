"""Inputs made to hurt: memory stays bounded, the end comes, and the good among them is kept."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
# Over what reading a small file takes.  A MiB of empty lines has a million of them to be counted.
LARGEST_GROWTH_MB = 260
PROGRAM = """
import io, json, resource
from commonsky.errors import UnreadableInput
from commonsky.node import intake
from tests.formats_case import FILES
from tests.hostile import STREAMS

def used_mb():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024

intake.read_records("-", stdin=io.BytesIO("".join(FILES.values()).encode()))
before, outcomes = used_mb(), {}
for name, make in STREAMS.items():
    told, stream = {}, make()
    try:
        table = intake.read_records("-", stdin=stream)
    except UnreadableInput as refusal:
        told["refused"] = str(refusal)
    else:
        told["numbers"] = table.catalogue_number.tolist()
    told["grown_mb"] = used_mb() - before
    told["given_mib"] = stream.given >> 20
    outcomes[name] = told
print(json.dumps(outcomes))
"""


@pytest.fixture(scope="module")
def outcomes() -> dict[str, dict[str, Any]]:
    """What became of each stream, in a process of its own: this one has used memory before."""
    ran = subprocess.run(  # noqa: S603 - our own words
        [sys.executable, "-c", PROGRAM], cwd=ROOT, capture_output=True, check=False, timeout=300
    )
    assert ran.returncode == 0, ran.stderr.decode()[-2000:]
    told: dict[str, dict[str, Any]] = json.loads(ran.stdout)
    return told


@pytest.mark.parametrize(
    ("name", "least_mib"),
    [
        ("noise", 200), ("zeros", 1500), ("short lines", 40), ("one line", 1500), ("braces", 20),
        ("nested json", 0),
    ],
)  # fmt: skip
def test_the_good_on_both_sides_of_garbage_is_kept(
    outcomes: dict[str, dict[str, Any]], name: str, least_mib: int
) -> None:
    assert outcomes[name]["numbers"] == [25544, 5, 270438] * 2
    assert outcomes[name]["given_mib"] >= least_mib


@pytest.mark.parametrize("name", ["gzip bomb", "xz bomb", "zstd bomb"])
def test_a_bomb_is_given_up_with_the_reason(
    outcomes: dict[str, dict[str, Any]], name: str
) -> None:
    told = outcomes[name]["refused"]
    assert "unpacks to more than 100 times its size, but to no records" in told


def test_none_of_them_needs_more_memory_than_a_bound(
    outcomes: dict[str, dict[str, Any]],
) -> None:
    grown = {name: told["grown_mb"] for name, told in outcomes.items()}
    assert max(grown.values()) < LARGEST_GROWTH_MB, grown

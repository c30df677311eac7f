"""`commonsky ingest`: files made into this nation's statements."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import msgspec

from commonsky.ledger.label import Category, Label, Tag
from commonsky.node.assembly import author_of, clock_of, opened_store
from commonsky.node.home import Home, opened
from commonsky.node.ingest import ingest
from commonsky.node.statements import label_of
from commonsky.show.cli.exits import Misuse
from commonsky.show.cli.screening import read_files, tell_intake
from commonsky.show.cli.voice import Voice

NOBODY = "-"


def ingest_files(
    files: Sequence[str], folder: Path, categories: Sequence[str], releasable_to: str
) -> None:
    """State what files hold; write the counts as one JSON object."""
    home = opened(folder)
    label = marking(home, categories, releasable_to)
    with Voice() as voice, opened_store(home) as store:
        catalogue = read_files(files)
        tell_intake(voice, catalogue)
        now = clock_of(home).now_tai_ns()
        counts = ingest(catalogue, home, store, author_of(home), label, now, voice)
    if counts.simulated:
        voice.say(
            f"{counts.simulated:,} simulated objects were refused: this node is in operations"
        )
    sys.stdout.buffer.write(msgspec.json.encode(counts) + b"\n")


def marking(home: Home, categories: Sequence[str], releasable_to: str) -> Label:
    """Return the node's own label, with what the command line says otherwise."""
    label = label_of(home.configuration.label)
    if releasable_to:
        nations = () if releasable_to == NOBODY else releasable_to.upper().split(",")
        label = msgspec.structs.replace(label, releasable_to=tuple(sorted(nations)))
    named: dict[str, set[str]] = {}
    for one in categories:
        name, equals, value = one.partition("=")
        if not (name and equals and value):
            raise Misuse(f"a category is NAME=VALUE, as SENSOR=B, but not {one!r}")
        named.setdefault(name, set()).add(value)
    more = {
        (name, Tag.RESTRICTIVE): Category(name, Tag.RESTRICTIVE, tuple(sorted(values)))
        for name, values in named.items()
    }
    held = {(one.name, one.tag): one for one in label.categories}
    return msgspec.structs.replace(label, categories=tuple(sorted({**held, **more}.values())))

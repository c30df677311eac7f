"""`commonsky events detect`: what happened, as lines or in words."""

from __future__ import annotations

import sys
from collections.abc import Sequence

import numpy as np

from commonsky.catalogue.catalogue import Catalogue
from commonsky.errors import UnknownObject
from commonsky.node.detection import detected, earlier_files
from commonsky.node.executor import workers
from commonsky.node.finding_words import finding_words
from commonsky.node.findings import EVERY_KIND, AnyFinding, counted, encoded_lines
from commonsky.show.cli.exits import Misuse
from commonsky.show.cli.histories import read_histories
from commonsky.show.cli.plain import plain
from commonsky.show.cli.screening import tell_intake
from commonsky.show.cli.voice import Voice, announce_compilation


def detect_events(
    files: Sequence[str], kinds: Sequence[str], objects: Sequence[int], form: str
) -> None:
    """Write what happened to the objects of files with several element sets of each."""
    unknown = [kind for kind in kinds if kind not in EVERY_KIND]
    if unknown:
        raise Misuse(f"--kind is one of {', '.join(EVERY_KIND)}, not {unknown[0]}")
    with Voice() as voice:
        announce_compilation(voice, "characterise")
        with voice.during("reading"):
            sets = read_histories(files)
        tell_intake(voice, sets)
        sets = only(sets, objects)
        with workers(None) as executor:
            found = detected(
                sets,
                kinds or EVERY_KIND,
                earlier=earlier_files(sets),
                executor=executor,
                progress=voice,
            )
        voice.say(tally(found))
    if form == "ndjson":
        sys.stdout.buffer.write(encoded_lines(found))
    else:
        sys.stdout.write("".join(f"{plain(finding_words(one))}\n" for one in found))


def only(sets: Catalogue, objects: Sequence[int]) -> Catalogue:
    """Return the sets of these objects, all where none is named."""
    if not objects:
        return sets
    missing = sorted(set(objects) - set(sets.catalogue_number.tolist()))
    if missing:
        raise UnknownObject(f"{missing[0]} is in none of these files")
    return sets.take(np.flatnonzero(np.isin(sets.catalogue_number, objects)))


def tally(found: Sequence[AnyFinding]) -> str:
    """Return how many of each kind were found."""
    counts = dict.fromkeys(EVERY_KIND, 0)
    for one in found:
        counts[type(one).__name__.lower()] += 1
    told = [counted(kind, many) for kind, many in counts.items() if many]
    return ", ".join(told) if told else "nothing happened, as far as these element sets show"

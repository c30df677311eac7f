"""`commonsky watch`: events as they arise, from a directory that fills up or from a node."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from pathlib import Path

from commonsky.errors import UnreadableInput
from commonsky.node.assembly import author_of, clock_of, opened_store
from commonsky.node.executor import workers
from commonsky.node.finding_records import stated
from commonsky.node.finding_words import finding_words
from commonsky.node.findings import EVERY_KIND, AnyFinding, encoded_lines
from commonsky.node.following import Following
from commonsky.node.home import opened
from commonsky.node.intake import read_records
from commonsky.node.stored_sets import handles_of, sets_after
from commonsky.show.cli.exits import Misuse
from commonsky.show.cli.histories import files_in
from commonsky.show.cli.plain import plain
from commonsky.show.cli.voice import Voice, announce_compilation


def watch_events(
    folder: Path | None, node: Path | None, kinds: Sequence[str], form: str, every_s: float,
    *, once: bool, state: bool,
) -> None:  # fmt: skip
    """Write events as they arise, until Ctrl-C, or with `once` those of what is there."""
    if (folder is None) == (node is None):
        raise Misuse("watch a directory of catalogues, or with --node a node: one of them")
    if state and node is None:
        raise Misuse("--state makes records of a node: name it with --node")
    unknown = [kind for kind in kinds if kind not in EVERY_KIND]
    if unknown:
        raise Misuse(f"--kind is one of {', '.join(EVERY_KIND)}, not {unknown[0]}")
    following = Following(kinds or EVERY_KIND)
    with Voice() as voice, workers(None) as executor:
        announce_compilation(voice, "characterise")
        told = _Teller(voice, form)
        if node is not None:
            turn = _of_node(node, following, told, executor, state=state)
        elif folder is not None:
            turn = _of_folder(folder, following, told, executor)
        turn()
        while not once:
            time.sleep(every_s)
            turn()


class _Teller:
    """Writes each event at once."""

    def __init__(self, voice: Voice, form: str) -> None:
        self.voice, self._form = voice, form

    def tell(self, found: Sequence[AnyFinding]) -> None:
        """Write events."""
        if self._form == "ndjson":
            sys.stdout.buffer.write(encoded_lines(found))
            sys.stdout.buffer.flush()
        else:
            sys.stdout.write("".join(f"{plain(finding_words(one))}\n" for one in found))
            sys.stdout.flush()


def _of_folder(
    folder: Path, following: Following, told: _Teller, executor: Executor | None
) -> Callable[[], None]:
    """Return what takes in the files that are new or were changed since the last time."""
    seen: dict[Path, tuple[int, int]] = {}
    if not folder.is_dir():
        raise UnreadableInput(f"{folder} is no directory")

    def turn() -> None:
        for path in files_in(folder):
            there = path.stat()
            mark = (there.st_mtime_ns, there.st_size)
            if seen.get(path) == mark:
                continue
            seen[path] = mark
            try:
                sets = read_records(path)
            except UnreadableInput as error:  # one bad file does not end the watch
                told.voice.say(f"passed over: {error}")
                continue
            told.voice.say(f"{path.name}: {len(sets):,} element sets")
            told.tell(following.take(sets, executor))

    return turn


def _of_node(
    folder: Path, following: Following, told: _Teller, executor: Executor | None, *, state: bool
) -> Callable[[], None]:
    """Return what takes in the element sets that a node has come to hold since the last time."""
    home = opened(folder)
    store = opened_store(home)
    clock, author = clock_of(home), author_of(home)
    at = [0]
    handles: dict[tuple[int, int], str] = {}

    def turn() -> None:
        while True:
            part = sets_after(store, at[0])
            if part is None:
                return
            sets, named, at[0] = part
            handles.update(named)
            found = following.take(sets, executor)
            told.tell(found)
            if state and found:
                rows = handles_of(following.looked_at, handles)
                store.append(stated(found, rows, store, author, clock.now_tai_ns()))

    return turn

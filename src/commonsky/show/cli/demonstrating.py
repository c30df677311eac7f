"""`commonsky coalition`: ten nations on one machine, and what sharing was worth to each."""

from __future__ import annotations

import signal
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from commonsky.exercise.coalition import Coalition
from commonsky.exercise.demonstration import REALM, Audit, Demonstration, audit, screening_of
from commonsky.exercise.score import Outcome, Table, alone_tai_ns, score
from commonsky.exercise.sensors import NATIONS
from commonsky.exercise.world import World
from commonsky.node.home import NATIONS as NAMES
from commonsky.show.cli.consoles import Consoles
from commonsky.show.cli.voice import Voice, announce_compilation

MOST_TOLD = 5
OPEN = "open {address} to see it; anybody on this machine may, for nothing here is real"
MARKS = {
    Outcome.ALONE: "a", Outcome.TOGETHER: "T", Outcome.WARNED: "W", Outcome.WITHHELD: "-",
    Outcome.UNSEEN: ".",
}  # fmt: skip
LEGEND = "a found alone · T found only together · W warned, orbit withheld · - withheld · . unseen"


def demonstrate(
    objects: int, seed: int, keep: Path | None, port: int | None = None, *, once: bool = False
) -> None:
    """
    Let ten nodes live through one invented day, and write the table that says so what.

    Meanwhile, and until it is interrupted, their consoles are served; not where it is `once`.
    """
    began_s = time.perf_counter()
    with Voice() as voice, place(keep) as folder:
        announce_compilation(voice)
        with voice.during("inventing a sky and who sees what of it"):
            world = World.of(objects, seed)
        voice.say(
            f"{len(world.catalogue):,} invented objects, twelve planted encounters, ten nations; "
            "each sees a part"
        )
        with voice.during("making ten nodes that know each other"):
            coalition = Coalition.begun(
                folder, NATIONS, REALM, world.start_tai_ns, world.owned, screening_of(world)
            )
        with coalition:
            held = next(iter(coalition.listeners.values())).confinement
            voice.say(f"ten nodes, ten partner listeners held by {held}")
            if once:
                play(world, coalition, folder, voice, began_s)
                return
            with Consoles(coalition, port) as consoles:
                sys.stdout.write(f"{OPEN.format(address=consoles.address)}\n")
                sys.stdout.flush()
                play(world, coalition, folder, voice, began_s)
                stay(consoles, voice)


def play(world: World, coalition: Coalition, folder: Path, voice: Voice, began_s: float) -> None:
    """Live through the day, and write its table."""
    day = Demonstration(world, coalition, folder, voice.say)
    day.run()
    with voice.during("looking into every outbox"):
        found = audit(coalition, world)
    voice.say("screening what each nation would have known alone")
    with ThreadPoolExecutor(2) as executor:
        times = executor.map(lambda nation: alone_tai_ns(world, nation), NATIONS)
        alone = dict(zip(NATIONS, times, strict=True))
    table = score(world, day.heard, alone)
    seconds = time.perf_counter() - began_s
    lines = [*outcome(table), *told_of(found, day, seconds)]
    sys.stdout.write("\n".join(lines) + "\n")
    sys.stdout.flush()


def stay(consoles: Consoles, voice: Voice) -> None:
    """Let the ten nodes live on until Ctrl-C, or until nobody looks any more."""
    voice.say(f"the ten nodes live on in real time at {consoles.address} until Ctrl-C")
    with interruption() as interrupted:
        consoles.stay(lambda: interrupted.is_set() or consoles.is_left_alone())
    voice.say("the ten nodes have stopped")


@contextmanager
def interruption() -> Iterator[threading.Event]:
    """Yield what is set when somebody wants this to end: no error, but how it is meant to."""
    wanted = threading.Event()
    before = [
        (one, signal.signal(one, lambda *_: wanted.set()))
        for one in (signal.SIGINT, signal.SIGTERM)
    ]
    try:
        yield wanted
    finally:
        for one, was in before:
            signal.signal(one, was)


@contextmanager
def place(keep: Path | None) -> Iterator[Path]:
    """Yield where the nodes live: a folder that is kept, or one that is not."""
    if keep is not None:
        keep.mkdir(parents=True, exist_ok=True)
        yield keep
        return
    with tempfile.TemporaryDirectory(prefix="commonsky-") as folder:
        yield Path(folder)


def outcome(table: Table) -> Iterator[str]:
    """Yield the lines of the table: nation by nation, encounter by encounter."""
    numbers = " ".join(f"{k:>2}" for k in range(1, 13))
    yield ""
    yield (
        f"{'twelve encounters':<21} {numbers}  {'alone':>5} {'together':>8} "
        f"{'hours gained':>12}  withheld from it"
    )
    for nation in NATIONS:
        cells = table.of(nation)
        marks = " ".join(f"{MARKS[cell.outcome]:>2}" for cell in cells)
        together = table.count(nation, Outcome.TOGETHER) + table.count(nation, Outcome.WARNED)
        kept = ", ".join(str(k + 1) for k in table.withheld(nation)) or "nothing"
        yield (
            f"{NAMES[nation]:<21} {marks}  {table.count(nation, Outcome.ALONE):>5} {together:>8} "
            f"{table.gained_h(nation):>10.1f} h  {kept}"
        )
    yield f"{'':<21} {LEGEND}"


def told_of(found: Audit, day: Demonstration, seconds: float) -> Iterator[str]:
    """Yield the lines after the table."""
    yield ""
    yield (
        f"{found.told:,} entries left the ten nodes, {day.received:,} arrived; "
        f"{day.caught} forked log caught; {seconds:.0f} s"
    )
    yield f"over-released {len(found.over_released)}"
    yield from (f"  {one}" for one in found.over_released[:MOST_TOLD])

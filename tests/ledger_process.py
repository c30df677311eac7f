"""
A ledger that is written until it is killed: `python -m tests.ledger_process FOLDER`.

For each line on its standard input, a number of milliseconds, it forks a writer, kills it with
signal 9 after so long, and answers with a line.  The writer adds the number of each step to the
file `acknowledged` when the step is durable.  All that a step does follows from its number.
"""

from __future__ import annotations

import hashlib
import os
import signal
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from commonsky.ledger.record import Body, Record
from commonsky.ledger.sqlite import SqliteStore
from commonsky.ledger.store import IncomingLog, Outgoing, Quarantined
from tests.feed_case import REALM, SAID_TAI_NS, outgoing, record

BATCHES = (1, 2, 40, 7, 1, 130, 3)
LEDGER, ACKNOWLEDGED = "ledger.sqlite", "acknowledged"


@dataclass
class Expected:
    """What is held after so many steps, and nothing else."""

    steps: int = 0
    records: list[tuple[str, Record]] = field(default_factory=list)  # with the peer
    told: list[Outgoing] = field(default_factory=list)
    received: int = 0  # entries of the log of AUS
    signed: int = 0
    purged: set[str] = field(default_factory=set)

    @property
    def is_purge_next(self) -> bool:
        return self.steps % 11 == 10

    def step(self) -> Callable[[SqliteStore], None]:
        """Take one step here, and return what takes it in a ledger."""
        number = self.steps
        if self.is_purge_next:
            self.steps += 1
            return self._purge(number)
        self.steps += 1
        first = len(self.records)
        made = [record(first + k, "USA") for k in range(BATCHES[number % len(BATCHES)])]
        return self._receive(made, number) if number % 3 == 0 else self._tell(made, number)

    def _purge(self, number: int) -> Callable[[SqliteStore], None]:
        handle = self.records[number * 7919 % len(self.records)][1].envelope.handle
        self.purged.add(handle)

        def step(store: SqliteStore) -> None:
            store.purge(handle, at_tai_ns=SAID_TAI_NS)
            store.move_cursor("steps", number + 1)

        return step

    def _receive(self, made: list[Record], number: int) -> Callable[[SqliteStore], None]:
        self.records += [("AUS", one) for one in made]
        first = self.received
        self.received += len(made) + 1
        log = IncomingLog("AUS", "commonsky/00", self.received, b"frontier %d" % number, b"note")
        bad = Quarantined("AUS", self.received - 1, "no envelope", b"step %d" % number)

        def step(store: SqliteStore) -> None:
            with store.transaction():
                store.receive(log, list(enumerate(made, first)), [bad])
                store.move_cursor("steps", number + 1)

        return step

    def _tell(self, made: list[Record], number: int) -> Callable[[SqliteStore], None]:
        self.records += [("", one) for one in made]
        told = [outgoing(one, product(one) if k % 3 else None) for k, one in enumerate(made)]
        self.told += told
        self.signed = size = len(self.told) if number % 2 else self.signed

        def step(store: SqliteStore) -> None:
            with store.transaction():
                store.append(made)
                store.send("GBR", told)
                if number % 2:
                    store.sign_outgoing("GBR", size=size, frontier=b"f", checkpoint=b"note")
                    store.keep_receipt("GBR", size, b"cosigned")
                store.move_cursor("steps", number + 1)

        return step


def product(one: Record) -> Body:
    """The body of something that was made of a record."""
    nonce = hashlib.sha256(one.encoded).digest()
    return Body(nonce, nonce.hex().encode() * (1 + nonce[0] // 8))


def opened(folder: Path) -> SqliteStore:
    store = SqliteStore(folder / LEDGER, REALM)
    # The log of writes is emptied often, so that there is something to be killed in.
    store._connection.writer.execute("pragma wal_autocheckpoint=40")  # noqa: SLF001
    if store.outgoing_log("GBR") is None:
        store.open_outgoing("GBR", "commonsky/11")
    return store


def write(folder: Path, expected: Expected) -> None:
    """Take steps until somebody stops it."""
    store = opened(folder)
    told = os.open(folder / ACKNOWLEDGED, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    while True:
        expected.step()(store)
        os.write(told, b"%d\n" % expected.steps)


def main() -> None:
    folder, expected = Path(sys.argv[1]), Expected()
    for line in sys.stdin:
        with opened(folder) as store:
            held = store.cursor("steps")
        while expected.steps < held:
            expected.step()
        writer = os.fork()
        if not writer:
            write(folder, expected)
        time.sleep(int(line) / 1000)
        os.kill(writer, signal.SIGKILL)
        _, status = os.waitpid(writer, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)  # noqa: T201 - the answer


if __name__ == "__main__":
    main()

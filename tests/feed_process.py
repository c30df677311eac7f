"""
One end of a feed as a process of its own, to be killed: `python -m tests.feed_process issue|read
FOLDER TOTAL`.

`issue` appends, sends and publishes records in batches, each batch at once in one transaction,
until there are so many.  `read` pulls until so many are held.  Both go on from where their ledger
is.
"""

from __future__ import annotations

import random
import sys
import time
from pathlib import Path

from commonsky.errors import FeedRefused, PeerUnreachable
from commonsky.ledger.sqlite import SqliteStore
from tests.feed_case import REALM, Issuer, outgoing, reader, record

BATCHES = (1, 3, 40, 255)
PAUSE_S = 0.02  # at most, so that there is time to be killed


def issue(folder: Path, total: int) -> None:
    """Tell GBR records until there are so many."""
    issuer = Issuer.at(folder / "AUS")
    issuer.outbox.open("GBR")
    while True:
        issuer.outbox.publish(["GBR"])
        log = issuer.store.outgoing_log("GBR")
        assert log is not None
        if log.size >= total:
            return
        time.sleep(random.random() * PAUSE_S)  # noqa: S311 - no secret
        count = min(random.choice(BATCHES), total - log.size)  # noqa: S311
        made = [record(number) for number in range(log.size, log.size + count)]
        with issuer.store.transaction():
            issuer.store.append(made)
            issuer.store.send("GBR", [outgoing(one) for one in made])


def read(folder: Path, total: int) -> None:
    """Hold what AUS tells until it is so much."""
    issuer = Issuer.at(folder / "AUS")
    with SqliteStore(folder / "gbr.sqlite", REALM) as store:
        inbox = reader(store, issuer)
        issuer.store.close()
        while inbox.state().size < total:
            time.sleep(random.random() * PAUSE_S)  # noqa: S311
            try:
                inbox.pull(issuer.feed(), most_entries=random.choice((1, 500)))  # noqa: S311
            except PeerUnreachable:
                continue  # nothing is told yet
            except FeedRefused as refusal:
                sys.exit(f"refused: {refusal}")


if __name__ == "__main__":
    {"issue": issue, "read": read}[sys.argv[1]](Path(sys.argv[2]), int(sys.argv[3]))

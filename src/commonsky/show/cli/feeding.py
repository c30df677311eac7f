"""`commonsky feed`: logs in directories, and their checks."""

from __future__ import annotations

import sys
from pathlib import Path

from commonsky.errors import FeedRefused
from commonsky.node.assembly import Options, assembled, clock_of, keys_of, opened_store
from commonsky.node.home import Home, opened
from commonsky.node.lock import alone
from commonsky.share import peers
from commonsky.share.inbox import Transport
from commonsky.share.log import checkpoint, note
from commonsky.share.log.directory import CHECKPOINT, DirectoryTransport, export
from commonsky.share.pull import HttpsTransport
from commonsky.share.verification import verify
from commonsky.show.cli.exits import Misuse

SILENT = Options(screens=False)


def export_feed(folder: Path, directory: Path, nation: str) -> None:
    """Copy the log for a nation into a directory; whatever is released already goes along."""
    home = opened(folder)
    if nation not in peers.partners(home.peers):
        raise Misuse(f"{nation} is no partner of this node; `commonsky peer list` tells them")
    with alone(home) as free:
        if free:  # else the running node releases what may leave
            node = assembled(home, clock_of(home), lambda _: DirectoryTransport(directory), SILENT)
            try:
                node.step([])
            finally:
                node.close()
    count = export(home.outbox / nation, directory)
    sys.stdout.write(f"{count} files for {nation} in {directory}\n")


def import_feed(folder: Path, directory: Path, nation: str) -> None:
    """Take in a partner's log from a directory, whole."""
    home = opened(folder)
    transport = DirectoryTransport(directory)
    whose = nation or owner_of(home, transport)
    with alone(home) as free:
        if not free:
            raise Misuse(f"the node {folder} is running; stop it while a directory is taken in")
        node = assembled(home, clock_of(home), lambda _: transport, SILENT)
        try:
            size = -1
            while (log := node.peers[whose].inbox.state()).size > size:
                size = log.size
                turn = node.step([whose])
                if whose in turn.refused:
                    raise turn.refused[whose]
        finally:
            node.close()
    sys.stdout.write(f"{whose}'s log for {home.nation} is held up to entry {log.size:,}\n")


def owner_of(home: Home, transport: Transport) -> str:
    """Return whose log this is, by its origin."""
    content = transport.read(CHECKPOINT, most_bytes=note.MOST_BYTES)
    origin = checkpoint.parsed(note.parts(content)[0]).origin
    for nation, partner in peers.partners(home.peers).items():
        if partner.origin == origin:
            return nation
    raise FeedRefused("wrong log", f"{origin} is no log of a partner for {home.nation}")


def verify_feed(folder: Path, place: str, nation: str) -> None:
    """Write what is right and wrong with a log."""
    home = opened(folder)
    known = peers.partners(home.peers)
    is_folder = Path(place).is_dir()
    transport: Transport = (
        DirectoryTransport(Path(place))
        if is_folder
        else HttpsTransport(place, home.partner, nation or _only(known))
    )
    content = transport.read(CHECKPOINT, most_bytes=note.MOST_BYTES)
    origin = checkpoint.parsed(note.parts(content)[0]).origin
    rings: dict[str, checkpoint.KeyRing] = {one.origin: one.key_log for one in known.values()}
    with opened_store(home) as store:
        for recipient in store.recipients():
            log = store.outgoing_log(recipient)
            if log is not None:
                rings[log.origin] = keys_of(home).log()
    if origin not in rings:
        raise FeedRefused("wrong log", f"{origin} is neither a partner's log nor one of ours")
    report = verify(transport, origin, rings[origin])
    for line in report.lines():
        sys.stdout.write(f"{line}\n")
    if report.problems:
        raise FeedRefused(report.problems[0].reason, f"{len(report.problems)} things are wrong")


def _only(known: dict[str, peers.Partner]) -> str:
    if len(known) != 1:
        raise Misuse("say whose log it is, as --from AUS")
    return next(iter(known))

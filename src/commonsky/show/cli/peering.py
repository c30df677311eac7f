"""`commonsky peer`: nations that come to know each other."""

from __future__ import annotations

import sys
from pathlib import Path

from commonsky.astro.epoch import utc_text
from commonsky.errors import KeyRefused
from commonsky.node.acquaintance import accepted, invitation
from commonsky.node.assembly import opened_store
from commonsky.node.home import NATIONS, Home, opened
from commonsky.share import joining, peers
from commonsky.show.cli.exits import Misuse
from commonsky.show.cli.voice import Voice


def write_invitation(folder: Path, nation: str, out: Path | None) -> None:
    """Write an invitation for a nation, and say what to do with it."""
    if nation not in NATIONS:
        raise Misuse(f"{nation} is none of the nations {', '.join(NATIONS)}")
    home = opened(folder)
    path = out or Path(f"{home.nation.lower()}-for-{nation.lower()}.json")
    path.write_bytes(invitation(home, nation))
    sys.stdout.write(joining.invited(nation, path) + "\n")
    _tell_phrase(home, nation)


def accept_invitation(folder: Path, path: Path, *, yes: bool) -> None:
    """Accept an invitation, and say which phrase to compare."""
    home = opened(folder)
    try:
        content = path.read_bytes()
    except OSError as error:
        raise KeyRefused(f"{path} cannot be read: {error.strerror}") from None
    partner = accepted(home, content, confirmed=yes)
    sys.stdout.write(
        joining.accepted(partner, peers.phrase_with(home.peers, partner.nation)) + "\n"
    )


def _tell_phrase(home: Home, nation: str) -> None:
    """Where their invitation was accepted before ours was written, the phrase is due now."""
    known = peers.partners(home.peers, [nation]).get(nation)
    phrase = peers.phrase_with(home.peers, nation)
    if known is not None and phrase:
        sys.stdout.write(joining.accepted(known, phrase) + "\n")


def list_peers(folder: Path) -> None:
    """Write the partners of a node: where they are, and how far each side has told the other."""
    home = opened(folder)
    with opened_store(home) as store:
        for nation, partner in peers.partners(home.peers).items():
            ours, theirs = store.outgoing_log(nation), store.incoming_log(nation)
            covered = max((size for size, _ in store.receipts(nation)), default=0)
            since = utc_text(partner.key_log.key.since_tai_ns, 0)
            phrase = peers.phrase_with(home.peers, nation) or "none yet"
            sys.stdout.write(
                f"{nation}  {partner.address:<24} told {ours.size if ours else 0:,} "
                f"(acknowledged {covered:,}), heard {theirs.size if theirs else 0:,}, "
                f"key since {since}, phrase: {phrase}\n"
            )


def remove_peer(folder: Path, nation: str, *, yes: bool) -> None:
    """Remove a partner."""
    home = opened(folder)
    with Voice() as voice:
        if not yes and sys.stdin.isatty():
            voice.say(f"remove {nation}? [y/N]")
            if sys.stdin.readline().strip().lower() not in {"y", "yes"}:
                raise Misuse("nothing was removed")
        elif not yes:
            raise Misuse("nothing was removed; --yes removes without asking")
    peers.remove(home.peers, home.partner, nation)
    sys.stdout.write(joining.removed(nation) + "\n")

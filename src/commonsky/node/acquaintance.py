"""How nodes come to know each other: invitations made and accepted, one by one or all at once."""

from __future__ import annotations

from collections.abc import Sequence

from commonsky.node.assembly import keys_of, opened_store
from commonsky.node.entropy import system
from commonsky.node.home import Home
from commonsky.share import peers
from commonsky.share.outbox import Outbox
from commonsky.share.peers import Partner


def invitation(home: Home, nation: str) -> bytes:
    """Return our invitation for a nation, and keep it; its log begins with it."""
    keys = keys_of(home)
    root, log = keys.root(), keys.log()
    with opened_store(home) as store:
        origin = Outbox(store, home.outbox, keys.signer(), system).open(nation)
    content = peers.invite(log, root, home.configuration.address, nation, origin)
    peers.keep_issued(home.peers, nation, content)
    return content


def accepted(home: Home, content: bytes, *, confirmed: bool = False) -> Partner:
    """Take a nation as a partner by its invitation."""
    log = keys_of(home).log()
    return peers.accept(home.peers, home.partner, content, log, confirmed=confirmed)


def acquaint(homes: Sequence[Home]) -> None:
    """Let every node invite every other, and accept: for exercises and tests on one machine."""
    for home in homes:
        for other in homes:
            if other is not home:
                accepted(other, invitation(home, other.nation))

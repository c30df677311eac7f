"""A node put together from its directory: the one place where its parts meet."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from commonsky.ledger.record import Kind
from commonsky.ledger.sqlite import SqliteStore
from commonsky.ledger.store import Store
from commonsky.node.alerts import Alerts
from commonsky.node.clock import Clock, RealClock
from commonsky.node.cycle import Node, Peer
from commonsky.node.entropy import Entropy, system
from commonsky.node.home import PORT, Home, made
from commonsky.node.keys import Keys, made_keys
from commonsky.node.owners import owners
from commonsky.node.picture import Picture
from commonsky.node.realm import Realm
from commonsky.node.release import Release
from commonsky.node.statements import Author
from commonsky.node.watch import Watch
from commonsky.share.inbox import Inbox, Transport
from commonsky.share.key_log import KEY_LOG, MOST_BYTES
from commonsky.share.outbox import Outbox
from commonsky.share.peers import Partner, admit, learn, partners
from commonsky.share.policy.policy import Policy
from commonsky.share.policy.refusal import Refusals
from commonsky.share.policy.starter import install

Reach = Callable[[Partner], Transport]


def initialised(
    folder: Path,
    nation: str,
    realm: str,
    clock: Clock,
    *,
    port: int = PORT,
    host: str = "127.0.0.1",
) -> Home:
    """Make a nation's node: directory, keys, ledger, starter policy."""
    Realm.parsed(realm)
    home = made(folder, nation, realm, port=port, host=host)
    made_keys(home.keys, home.partner, nation, realm, clock.now_tai_ns())
    install(home.policy, nation)
    opened_store(home).close()
    return home


def keys_of(home: Home) -> Keys:
    """Return where the keys of a node are."""
    return Keys(home.keys, home.partner, home.nation, home.realm)


def author_of(home: Home, entropy: Entropy = system) -> Author:
    """Return who speaks for a node."""
    return Author(home.nation, home.realm, entropy)


def clock_of(home: Home) -> Clock:  # noqa: ARG001 - an exercise's clock will be its own
    """Return the clock that a node's commands go by."""
    return RealClock()


def opened_store(home: Home) -> SqliteStore:
    """Return the ledger of a node."""
    return SqliteStore(home.ledger, home.realm)


def opened_release(home: Home, store: Store, entropy: Entropy = system) -> Release:
    """Return what decides over what leaves a node."""
    policy = Policy.load(home.policy, home.nation)
    recipients = sorted(partners(home.peers))
    refusals = Refusals(home.policy)
    return Release(home.nation, store, policy, owners(home.owners), recipients, entropy, refusals)


@dataclass(frozen=True, slots=True)
class Options:
    """How a node runs here: whether it screens, by how many threads, what is random."""

    screens: bool = True
    threads: int | None = None
    entropy: Entropy = system


USUAL = Options()


def assembled(home: Home, clock: Clock, reach: Reach, options: Options = USUAL) -> Node:
    """Return a node that is ready to turn; `reach` says how the log of a partner is read."""
    store = opened_store(home)
    keys = keys_of(home)
    author = author_of(home, options.entropy)
    screening = home.configuration.screening
    alerts = Alerts(author, screening)
    alerts.resume(held.record for held in store.since(kinds=[Kind.CONJUNCTION]) if not held.peer)
    release = opened_release(home, store, options.entropy)
    outbox = Outbox(store, home.outbox, keys.signer(), options.entropy)
    for nation in release.recipients:
        outbox.open(nation)
    admit(home.peers, home.partner)
    outbox.publish(release.recipients)
    keys.publish(home.outbox / nation for nation in release.recipients)
    peers = peers_of(home, store, reach)

    def learn_of(nation: str) -> None:
        content = peers[nation].transport.read(KEY_LOG, most_bytes=MOST_BYTES)
        partner = learn(home.peers, home.partner, nation, content)
        peers[nation] = _peer(home, store, partner, peers[nation].transport)

    return Node(
        home=home,
        clock=clock,
        store=store,
        author=author,
        signer=keys.signer(),
        outbox=outbox,
        release=release,
        peers=peers,
        watch=Watch(screening, options.threads) if options.screens else None,
        picture=Picture.of(store.heads(Kind.ELEMENT_SET), home.nation),
        alerts=alerts,
        learn=learn_of,
    )


def renewed(node: Node, reach: Reach) -> None:
    """Let a running node take in partners that have come or gone, and a policy that changed."""
    node.peers.clear()
    node.peers.update(peers_of(node.home, node.store, reach))
    release = opened_release(node.home, node.store, node.author.entropy)
    for nation in release.recipients:
        node.outbox.open(nation)
    node.outbox.publish(release.recipients)
    keys_of(node.home).publish(node.home.outbox / nation for nation in release.recipients)
    node.release = release
    admit(node.home.peers, node.home.partner)


def peers_of(home: Home, store: Store, reach: Reach) -> dict[str, Peer]:
    """Return the partners of a node, and how they are read."""
    return {
        nation: _peer(home, store, partner, reach(partner))
        for nation, partner in partners(home.peers).items()
    }


def _peer(home: Home, store: Store, partner: Partner, transport: Transport) -> Peer:
    ring = partner.key_log
    simulated = Realm.parsed(home.realm).simulated
    inbox = Inbox(store, partner.nation, partner.origin, ring, home.realm, simulated)
    return Peer(inbox, transport, ring.key.public_key)

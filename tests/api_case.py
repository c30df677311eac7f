"""A node with a few records of its own and of partners, and its API on the loopback."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

import httpx
import msgspec
import numpy as np

from commonsky.astro.epoch import NS_PER_S, utc_text
from commonsky.catalogue.catalogue import Catalogue
from commonsky.catalogue.planted import plant
from commonsky.catalogue.population import population
from commonsky.errors import FeedRefused
from commonsky.ledger.label import Label
from commonsky.ledger.record import Kind, Link, Record, Relation
from commonsky.ledger.sqlite import SqliteStore
from commonsky.ledger.store import Held, IncomingLog, Outgoing, Quarantined
from commonsky.node.alerts import Conjunction, State
from commonsky.node.clock import SteppedClock
from commonsky.node.conjunctions import Conjunctions
from commonsky.node.entropy import repeatable
from commonsky.node.home import Home, made
from commonsky.node.ingest import ingest, statements
from commonsky.node.owners import owners
from commonsky.node.picture import Picture
from commonsky.node.pipeline import screen
from commonsky.node.products import Event, Warned
from commonsky.node.release import Release
from commonsky.node.statements import Author, label_of
from commonsky.share import recall
from commonsky.share.policy.policy import Policy
from commonsky.share.policy.refusal import Refusals
from commonsky.share.policy.starter import install
from commonsky.show.api.application import Api
from commonsky.show.api.desk import Desk
from commonsky.show.api.keys import ApiKeys, Scope
from commonsky.show.api.server import Listener

NOW_TAI_NS = 1_764_000_000_000_000_000
OBJECTS = 60
WHOLE = OBJECTS + 12  # and those of the planted encounters
SHARED = 20  # so many objects are stated by AUS too, the last of them elsewhere
PARTNERS = ("AUS", "GBR")


@dataclass(slots=True)
class Turned:
    """A turn, as the node tells of it."""

    received: dict[str, int] = field(default_factory=dict)
    unreachable: dict[str, str] = field(default_factory=dict)
    refused: dict[str, FeedRefused] = field(default_factory=dict)
    new: list[Held] = field(default_factory=list)
    said: list[Record] = field(default_factory=list)
    waiting: int = 0


@dataclass(slots=True)
class Screened:
    """A screening that has been made."""

    conjunctions: Conjunctions | None


@dataclass(slots=True)
class Case:
    """A node, what is in it by name, and how to ask it."""

    home: Home
    clock: SteppedClock
    store: SqliteStore
    author: Author
    desk: Desk
    keys: ApiKeys
    sky: Catalogue
    secrets: dict[str, str] = field(default_factory=dict)
    handles: dict[str, str] = field(default_factory=dict)

    def append(self, name: str, record: Record, peer: str = "") -> Record:
        self.store.append([record], peer=peer)
        self.handles[name] = record.envelope.handle
        return record


@cache
def sky() -> Catalogue:
    """An invented sky with planted encounters, the epochs a little before now."""
    whole, _ = plant(population(OBJECTS, 3), NOW_TAI_NS)
    return whole


def case_in(folder: Path) -> Case:
    """A node of NOR in a folder, with all kinds of records."""
    home = made(folder, "NOR", "test")
    install(home.policy, "NOR")
    store = SqliteStore(home.ledger, home.realm)
    author = Author("NOR", "test", repeatable(b"nor"))

    def release() -> Release:
        policy = Policy.load(home.policy, home.nation)
        entropy, refusals = repeatable(b"release"), Refusals(home.policy)
        return Release("NOR", store, policy, owners(home.owners), PARTNERS, entropy, refusals)

    clock = SteppedClock(NOW_TAI_NS)
    desk = Desk(home, clock, store, author, release, confinement="Landlock")
    keys = ApiKeys(folder / "api-keys.json", repeatable(b"keys"))
    case = Case(home, clock, store, author, desk, keys, sky())
    for scope in Scope:
        # Each in its own file would be the same drawn number.
        case.secrets[scope.value] = ApiKeys(
            folder / "api-keys.json", repeatable(scope.encode())
        ).make(f"the {scope} of tests", [scope], NOW_TAI_NS)
    with store.transaction():
        _fill(case)
    return case


def _fill(case: Case) -> None:
    store, home = case.store, case.home
    label = label_of(home.configuration.label)
    ingest(case.sky, home, store, case.author, label, NOW_TAI_NS - 600 * NS_PER_S)
    for recipient in PARTNERS:
        store.open_outgoing(recipient, f"commonsky/{recipient}")
    theirs = Author("AUS", "test", repeatable(b"aus"))
    shared = case.sky.take(np.arange(SHARED))
    anomaly = shared.elements.mean_anomaly_rad.copy()
    anomaly[-1] += 0.3
    moved = replace(shared, elements=replace(shared.elements, mean_anomaly_rad=anomaly))
    told = statements(moved, theirs, Label(releasable_to=("NOR",)), NOW_TAI_NS - 60 * NS_PER_S)
    log = IncomingLog("AUS", "commonsky/aus", len(told) + 1, b"", b"")
    aside = Quarantined("AUS", len(told), "not JSON", b"{")
    store.receive(log, list(enumerate(told)), [aside])
    case.handles["theirs"] = told[0].envelope.handle
    head = next(held for held in store.since() if not held.peer)
    case.handles["element set"] = head.record.envelope.handle
    _alerts(case, theirs)


def _alerts(case: Case, theirs: Author) -> None:
    """Alerts of every kind and in every state."""
    to_us = Label(releasable_to=("NOR",))
    first = case.append("superseded", conjunction(case.author, 100, State.STANDING))
    case.append("standing", conjunction(case.author, 200, State.STANDING, supersedes=first))
    ahead = case.append("gone", conjunction(case.author, 300, State.STANDING))
    case.append("over", conjunction(case.author, 301, State.OVER, supersedes=ahead))
    case.append("past", conjunction(case.author, -3600, State.STANDING))
    begin, end = (utc_text(NOW_TAI_NS + after_s * NS_PER_S, 0) for after_s in (600, 1200))
    event = Event(
        state=State.STANDING, object1=900_000_000, object2=900_000_001, window_from=begin,
        window_until=end,
    )  # fmt: skip
    warned = Warned(
        state=State.STANDING, object=900_000_002, stay_clear_km=5.0, window_from=begin,
        window_until=end,
    )  # fmt: skip
    for name, kind, body in (("event", Kind.EVENT, event), ("warning", Kind.WARNING, warned)):
        content = msgspec.json.encode(body)
        case.append(name, theirs.stated(kind, "x@1", content, to_us, NOW_TAI_NS), "AUS")
    again = theirs.stated(Kind.EVENT, "x@1", msgspec.json.encode(event), to_us, NOW_TAI_NS + 1)
    case.append("withdrawn", again, "AUS")
    reason = msgspec.json.encode(recall.Retraction("wrong sensor bias"))
    retraction = theirs.stated(
        Kind.RETRACTION, recall.RETRACTION, reason, to_us, NOW_TAI_NS + 2,
        links=(Link(Relation.RETRACTS, again.envelope.handle),),
    )  # fmt: skip
    case.append("retraction", retraction, "AUS")
    case.store.withdraw(
        retraction.envelope.handle, [again.envelope.handle], at_tai_ns=NOW_TAI_NS + 3
    )
    notice = theirs.stated(Kind.NOTICE, "text", b"<b>radar down</b>", to_us, NOW_TAI_NS + 3)
    case.append("notice", notice, "AUS")
    bad = theirs.stated(Kind.EVENT, "x@1", b"{{{", to_us, NOW_TAI_NS + 4)
    case.append("unreadable", bad, "AUS")


def conjunction(
    author: Author, in_s: int, state: State, *, supersedes: Record | None = None
) -> Record:
    """A conjunction of two objects of ours, so many seconds from now."""
    at = NOW_TAI_NS + in_s * NS_PER_S
    told = Conjunction(
        state=state, object1=900_000_000, object2=900_000_001, name1="A", name2="B",
        source1="NOR", source2="AUS", tca=utc_text(at), miss_km=0.3, relative_speed_km_s=9.0,
        radial_km=0.1, in_track_km=0.2, cross_track_km=0.2, pc=1e-5, pc_max=1e-4,
        pc_method="2d", pc_null_reason=None, diluted=False, grade="screening", slow=False,
        intra_fleet=False, age1_days=0.1, age2_days=0.2,
    )  # fmt: skip
    links = () if supersedes is None else (
        Link(Relation.SUPERSEDES, supersedes.envelope.handle),
    )  # fmt: skip
    return author.stated(
        Kind.CONJUNCTION, "commonsky/conjunction@1", msgspec.json.encode(told),
        Label(releasable_to=("AUS", "GBR")), NOW_TAI_NS + in_s, subject=(900_000_000, 900_000_001),
        valid_tai_ns=(NOW_TAI_NS, at), links=links,
    )  # fmt: skip


def seen(case: Case, *, screened: bool = True) -> None:
    """Let the node have turned once, and be seen."""
    picture = Picture.of(case.store.heads(Kind.ELEMENT_SET), "NOR")
    table = screen(picture.catalogue, NOW_TAI_NS, 1.0, threads=1) if screened else None
    case.desk.observe(Turned(received={"AUS": SHARED}, unreachable={"GBR": "no route"}), 0.25)
    case.desk.show(picture, Screened(table))


def tell(case: Case, name: str, recipient: str) -> None:
    """Let a recipient have been told of a record of ours."""
    handle = case.handles[name]
    encoded = case.store.held(handle).record.encoded
    case.store.send(recipient, [Outgoing(
        handle=handle, entry=encoded, body=None, level="full", rule="a rule",
        agreement="", sent_tai_ns=NOW_TAI_NS,
    )])  # fmt: skip


@contextmanager
def listening(case: Case, port: int = 0, **options: Any) -> Iterator[Listener]:
    """The API of a node, on a port of the loopback."""
    listener = Listener(Api(case.desk, case.keys, **options), "127.0.0.1", port)
    try:
        yield listener
    finally:
        listener.stop()


@contextmanager
def asking(case: Case, scope: str = "read", **options: Any) -> Iterator[httpx.Client]:
    """A client with a key, at the API of a node."""
    with listening(case, **options) as listener, client(listener, case, scope) as asked:
        yield asked


def client(listener: Listener, case: Case, scope: str = "read") -> httpx.Client:
    """A client with a key."""
    headers = {"Authorization": f"Bearer {case.secrets[scope]}"} if scope else {}
    return httpx.Client(base_url=listener.address, headers=headers, timeout=180.0, trust_env=False)


def unknown_handle() -> str:
    """A handle of no record."""
    return hashlib.sha256(b"unknown").hexdigest()[:32]


def closed(case: Case) -> None:
    """Close what is open."""
    case.desk.close()
    case.store.close()

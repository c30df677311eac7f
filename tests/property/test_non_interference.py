"""
Non-interference: what is withheld leaves no trace in the bytes that a partner can read.

Two stores, one of which holds records more, from which nothing is releasable to the partner (at
any level, duty to warn included), give byte-identical outboxes, in content and order.
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from commonsky.astro.epoch import NS_PER_S, utc_text
from commonsky.ledger.label import Category, Label, Tag, join
from commonsky.ledger.record import Envelope, Kind, Lineage, Link, Record, Relation
from commonsky.ledger.sqlite import SqliteStore
from commonsky.node.alerts import SPEC, Conjunction, State
from commonsky.node.entropy import repeatable
from commonsky.node.release import ALERTS, BULK, Release
from commonsky.node.statements import Author
from commonsky.share import recall
from commonsky.share.outbox import Outbox
from commonsky.share.policy.policy import Policy
from commonsky.share.policy.starter import TEN, install
from tests.feed_case import Key

US, PARTNER = "AUS", "NOR"
START_TAI_NS = 1_800_000_000 * NS_PER_S
OWNED = {3: PARTNER, 7: PARTNER, 5: "USA"}
SECRET_NAME = "CLANDESTINE"  # noqa: S105 - of an object
OPEN = Label(releasable_to=TEN)
HOME = Label(releasable_to=("CAN", "USA"))
SENSOR_B = Label(categories=(Category("SENSOR", Tag.RESTRICTIVE, ("B",)),), releasable_to=TEN)
LABELS = (OPEN, HOME, SENSOR_B)


class Element(msgspec.Struct, frozen=True):
    number: int
    label: int


class Approach(msgspec.Struct, frozen=True):
    first: int  # which of the statements so far, modulo their count
    second: int
    hours: int
    before: bool  # it supersedes an earlier one


class Recall(msgspec.Struct, frozen=True):
    which: int


class Tick(msgspec.Struct, frozen=True):
    bulk: bool


Action = Element | Approach | Recall | Tick
ACTIONS = st.lists(
    st.one_of(
        st.builds(Element, st.integers(1, 9), st.integers(0, len(LABELS) - 1)),
        st.builds(
            Approach, st.integers(0, 99), st.integers(0, 99), st.integers(1, 40), st.booleans()
        ),
        st.builds(Recall, st.integers(0, 99)),
        st.builds(Tick, st.booleans()),
    ),
    min_size=4,
    max_size=40,
)
AUTHOR = Author(US, "test", repeatable(b"non-interference"))


def element(action: Element, at: int) -> Record:
    label = LABELS[action.label]
    name = "PUBLIC" if label is OPEN else SECRET_NAME
    omm = {"OBJECT_NAME": f"{name} {action.number}", "NORAD_CAT_ID": action.number, "AT": at}
    content = msgspec.json.encode(omm)
    spec = "ccsds/omm@502.0-B-3"
    return AUTHOR.stated(Kind.ELEMENT_SET, spec, content, label, at, subject=(action.number,))


def approach(
    first: Record, second: Record, action: Approach, at: int, before: Envelope | None
) -> Record:
    numbers = sorted([first.envelope.subject[0], second.envelope.subject[0]])
    tca = utc_text(at + action.hours * 3600 * NS_PER_S)
    told = Conjunction(
        state=State.STANDING, object1=numbers[0], object2=numbers[1], name1="A", name2="B",
        source1=US, source2=US, tca=tca, miss_km=0.5, relative_speed_km_s=10.0, radial_km=0.1,
        in_track_km=0.1, cross_track_km=0.1, pc=1e-5, pc_max=1e-4, pc_method="series",
        pc_null_reason=None, diluted=False, grade="screening", slow=False, intra_fleet=False,
        age1_days=1.0, age2_days=1.0,
    )  # fmt: skip
    used = tuple(sorted({first.envelope.handle, second.envelope.handle}))
    links = () if before is None else (Link(Relation.SUPERSEDES, before.handle),)
    return AUTHOR.stated(
        Kind.CONJUNCTION, SPEC, msgspec.json.encode(told),
        join([first.envelope.label, second.envelope.label]), at, subject=numbers,
        lineage=Lineage(function="screen@1", parameters_digest="p", used=used), links=links,
    )  # fmt: skip


def retraction(record: Record, at: int) -> Record:
    return AUTHOR.stated(
        Kind.RETRACTION, recall.RETRACTION, b'{"reason":"bias"}', Label(), at,
        links=(Link(Relation.RETRACTS, record.envelope.handle),),
    )  # fmt: skip


def is_secret(record: Record, secret: set[str]) -> bool:
    """Whether nothing of a record may reach the partner, by what it says and rests on alone."""
    envelope = record.envelope
    if envelope.kind is Kind.RETRACTION:
        return envelope.links[0].handle in secret
    if envelope.kind is Kind.CONJUNCTION and PARTNER in map(OWNED.get, envelope.subject):
        return False  # the partner is at risk, and is warned whatever it rests on
    return envelope.label != OPEN


class Side:
    """A store, its release and its outbox."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.store = SqliteStore(folder / "ledger.sqlite", "test")
        install(folder / "policy", US)
        policy = Policy.load(folder / "policy", US)
        entropy = repeatable(b"outbox")
        self.outbox = Outbox(self.store, folder / "outbox", Key("AUS log"), entropy)
        self.outbox.open(PARTNER)
        self.release = Release(US, self.store, policy, OWNED, [PARTNER], entropy)

    def tick(self, at: int, *, bulk: bool) -> None:
        self.release.run(ALERTS, at)
        if bulk:
            self.release.run(BULK, at)
        self.outbox.publish([PARTNER])

    def bytes(self) -> dict[str, bytes]:
        root = self.folder / "outbox" / PARTNER
        return {
            str(path.relative_to(root)): path.read_bytes()
            for path in root.rglob("*")
            if path.is_file()
        }


def played(actions: Sequence[Action], less: Side, more: Side) -> set[str]:
    """Play actions on both sides, the secret ones on one alone; return the secret handles."""
    elements: list[Record] = []
    approaches: list[Record] = []
    secret: set[str] = set()
    recalled: set[str] = set()
    for count, action in enumerate(actions):
        at = START_TAI_NS + count * NS_PER_S
        match action:
            case Tick(bulk):
                less.tick(at, bulk=bulk)
                more.tick(at, bulk=bulk)
                continue
            case Element():
                record = element(action, at)
                elements.append(record)
            case Approach() if len({one.envelope.subject for one in elements}) > 1:
                first = elements[action.first % len(elements)]
                others = [
                    one for one in elements if one.envelope.subject != first.envelope.subject
                ]
                second = others[action.second % len(others)]
                before = approaches[-1].envelope if action.before and approaches else None
                record = approach(first, second, action, at, before)
                approaches.append(record)
            case Recall(which) if elements:
                target = elements[which % len(elements)]
                if target.envelope.handle in recalled:
                    continue
                recalled.add(target.envelope.handle)
                record = retraction(target, at)
            case _:
                continue
        more.store.append([record])
        if is_secret(record, secret):
            secret.add(record.envelope.handle)
        else:
            less.store.append([record])
    for side in (less, more):
        side.tick(START_TAI_NS + len(actions) * NS_PER_S, bulk=True)
    return secret


@settings(max_examples=40)
@given(ACTIONS)
def test_what_is_withheld_leaves_no_trace(actions: list[Action]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        less, more = (Path(folder) / name for name in ("less", "more"))
        less.mkdir()
        more.mkdir()
        sides = Side(less), Side(more)
        secret = played(actions, *sides)
        expected, found = sides[0].bytes(), sides[1].bytes()
        for side in sides:
            side.store.close()
    assert found == expected
    everything = b"".join(found.values())
    assert SECRET_NAME.encode() not in everything
    assert not [handle for handle in secret if handle.encode() in everything]


def test_the_test_sees_a_difference_where_there_is_one(tmp_path: Path) -> None:
    sides = []
    for name, actions in (("less", []), ("more", [Element(1, 0)])):
        (tmp_path / name).mkdir()
        side = Side(tmp_path / name)
        (tmp_path / f"{name}2").mkdir()
        played(actions, Side(tmp_path / f"{name}2"), side)
        sides.append(side.bytes())
        side.store.close()
    assert sides[0] != sides[1]
    assert any(b"PUBLIC 1" in content for content in sides[1].values())

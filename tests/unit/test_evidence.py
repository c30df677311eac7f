from pathlib import Path

import msgspec
import pytest

from commonsky.ledger.label import Label
from commonsky.ledger.sqlite import SqliteStore
from commonsky.node.evidence import Exhibit, Tree, of_files, of_store, problems
from commonsky.node.statements import Author
from commonsky.share.log import checkpoint
from commonsky.share.log.checkpoint import OneKey
from commonsky.share.log.merkle import EMPTY_ROOT, leaf_hash
from commonsky.share.log.proof import includes
from tests.dossier_case import CATALOGUE, exhibits
from tests.feed_case import REALM, Issuer, reader, record


@pytest.mark.parametrize("size", [1, 2, 3, 7, 8, 13])
def test_every_entry_has_a_way_to_the_root(size: int) -> None:
    entries = [b"%d" % k for k in range(size)]
    tree = Tree(entries)
    assert len(tree) == size
    for k, entry in enumerate(entries):
        place = tree.place(k)
        assert includes(tree.root, size, k, leaf_hash(entry), place.path)


def test_a_tree_of_nothing_has_the_empty_root() -> None:
    assert Tree([]).root == EMPTY_ROOT


def test_the_same_rows_are_the_same_bytes() -> None:
    assert exhibits() == exhibits()
    backwards = of_files(CATALOGUE.take([4, 3, 2, 1, 0]), Author("NOR", "ops"), Label())  # type: ignore[arg-type]
    assert backwards[::-1] == exhibits()


def placed() -> tuple[list[Exhibit], bytes]:
    tree = Tree(one.entry for one in exhibits())
    return [
        msgspec.structs.replace(one, place=tree.place(k)) for k, one in enumerate(exhibits())
    ], tree.root


def test_good_exhibits_have_no_problem() -> None:
    shown, root = placed()
    assert [list(problems(one, root)) for one in shown] == [[]] * 5


def test_a_changed_content_is_seen() -> None:
    (one, *_), root = placed()
    other = msgspec.structs.replace(one, content=one.content.replace(b"FIRST", b"OTHER"))
    assert "commits to" in next(problems(other, root))


def test_a_changed_envelope_is_seen() -> None:
    (one, *_), root = placed()
    other = msgspec.structs.replace(one, entry=one.entry.replace(b'"NOR"', b'"USA"'))
    assert any("not in the dossier's tree" in told for told in problems(other, root))
    assert list(problems(msgspec.structs.replace(one, entry=b"{"), root))


def told_store(tmp_path: Path, count: int) -> tuple[SqliteStore, Issuer]:
    issuer = Issuer.at(tmp_path / "AUS")
    records = [record(k) for k in range(count)]
    bad = record(9999, realm="ops")  # another realm: it is set aside, and keeps its place
    issuer.tell([*records[:3], bad, *records[3:]])
    store = SqliteStore(tmp_path / "gbr.sqlite", REALM)
    reader(store, issuer).pull(issuer.feed())
    return store, issuer


def test_what_a_partner_sent_carries_what_the_partner_signed(tmp_path: Path) -> None:
    store, issuer = told_store(tmp_path, 9)
    with store:
        shown = of_store(store, [2, 8])
    tree = Tree(one.entry for one in shown)
    assert [one.peer for one in shown] == ["AUS", "AUS"]
    for k, one in enumerate(shown):
        good = msgspec.structs.replace(one, place=tree.place(k))
        assert list(problems(good, tree.root)) == []
        assert one.peer_place is not None
        ring = OneKey(issuer.key.public_key)
        state = checkpoint.opened(one.peer_checkpoint, one.peer_origin, ring)
        assert state.size == 10
        forged = msgspec.structs.replace(
            good, peer_place=msgspec.structs.replace(one.peer_place, index=0)
        )
        assert any("AUS has not signed it" in told for told in problems(forged, tree.root))


def test_a_partner_who_signed_more_than_is_held_is_not_quoted(tmp_path: Path) -> None:
    issuer = Issuer.at(tmp_path / "AUS")
    issuer.tell([record(k) for k in range(600)])
    with SqliteStore(tmp_path / "gbr.sqlite", REALM) as store:
        reader(store, issuer).pull(issuer.feed(), most_entries=1)
        shown = of_store(store, [2])
    assert [one.peer for one in shown] == [""]


def test_our_own_records_need_no_partner(tmp_path: Path) -> None:
    with SqliteStore(tmp_path / "own.sqlite", REALM) as store:
        store.append([record(1, "GBR")])
        (one,) = of_store(store, [2])
    assert (one.peer, one.peer_place) == ("", None)

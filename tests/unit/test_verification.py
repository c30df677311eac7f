from pathlib import Path

import pytest

from commonsky.share import receipt
from commonsky.share.log import checkpoint, note
from commonsky.share.log.directory import DirectoryTransport
from commonsky.share.verification import MOST_PROBLEMS, Report, verify
from tests.feed_case import REALM, Issuer, Key, drawn, record

RECORDS = [record(number) for number in range(600)]
GBR = Key("GBR")


@pytest.fixture
def issuer(tmp_path: Path) -> Issuer:
    issuer = Issuer.at(tmp_path / "AUS")
    for stop in (300, 600):
        issuer.tell(RECORDS[stop - 300 : stop])
    return issuer


def report(issuer: Issuer, *notes: bytes, cosigners: tuple[note.Verifier, ...] = ()) -> Report:
    key = checkpoint.OneKey(issuer.key.public_key)
    return verify(issuer.feed(), issuer.origin(), key, notes, cosigners)


def told(found: Report) -> list[tuple[str, str]]:
    return [(problem.reason, problem.where) for problem in found.problems]


def signed(issuer: Issuer) -> bytes:
    return (issuer.folder / "GBR" / "checkpoint").read_bytes()


def test_a_good_log_has_no_problems(issuer: Issuer) -> None:
    found = report(issuer)
    assert (found.size, found.entries, found.bodies, found.purged) == (600, 600, 600, 0)
    assert found.problems == []
    assert list(found.lines()) == [
        f"{issuer.origin()}: 600 entries are signed, root {found.root.hex()}",
        "600 entries and 600 bodies are what was signed",
    ]


def test_purged_bodies_are_counted(issuer: Issuer) -> None:
    issuer.store.purge(RECORDS[7].envelope.handle, at_tai_ns=0)
    issuer.outbox.purged("GBR", 7)
    found = report(issuer)
    assert (found.bodies, found.purged, found.problems) == (599, 1, [])
    assert "1 bodies were purged" in list(found.lines())


def altered(issuer: Issuer, name: str, old: bytes, new: bytes) -> None:
    path = issuer.folder / "GBR" / name
    content = path.read_bytes()
    assert content.count(old) == 1
    path.write_bytes(content.replace(old, new))


def test_an_altered_entry_is_named(issuer: Issuer) -> None:
    handle = RECORDS[300].envelope.handle.encode()
    altered(issuer, "tile/entries/001", handle, handle[::-1])
    found = report(issuer)
    assert told(found)[-1] == ("malformed", "entry 300")
    assert found.entries == 599
    assert any(line.startswith("entry 300: malformed: ") for line in found.lines())


def test_an_altered_body_is_named(issuer: Issuer) -> None:
    altered(issuer, "tile/bodies/000", b"MEAN_MOTION 17 " * 9, b"MEAN_MOTION 18 " * 9)
    assert told(report(issuer)) == [("malformed", "body of entry 17")]


def test_altered_tiles_are_named(issuer: Issuer) -> None:
    for name in ("tile/0/001", "tile/1/000.p/2"):
        path = issuer.folder / "GBR" / name
        content = path.read_bytes()
        path.write_bytes(bytes(32) + content[32:])
    assert told(report(issuer)) == [
        ("malformed", "tile/1/000.p/2"), ("malformed", "tile of entry 256"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "where"),
    [
        ("tile/entries/001", "entries 256 to 511"), ("tile/0/001", "tile/0/001"),
        ("tile/bodies/002.p/88", "bodies of entries 512 to 599"),
        ("tile/1/000.p/2", "tile/1/000.p/2"),
    ],
)  # fmt: skip
def test_gaps_are_named(issuer: Issuer, name: str, where: str) -> None:
    (issuer.folder / "GBR" / name).unlink()
    assert told(report(issuer)) == [("gap", where)]


def test_a_hole_in_everything_is_two_gaps(issuer: Issuer) -> None:
    for name in ("tile/entries/001", "tile/0/001"):
        (issuer.folder / "GBR" / name).unlink()
    assert told(report(issuer)) == [("gap", "tile/0/001"), ("gap", "entries 256 to 511")]


def test_other_entries_than_signed_are_refused_whole(issuer: Issuer, tmp_path: Path) -> None:
    liar = Issuer.at(tmp_path / "liar")
    liar.tell([record(k + 5000) for k in range(600)])
    (liar.folder / "GBR" / "checkpoint").write_bytes(signed(issuer))
    found = report(liar)
    assert (told(found), found.entries) == ([("malformed", "checkpoint")], 0)


def test_a_wrong_signature_ends_it(issuer: Issuer) -> None:
    stranger = checkpoint.OneKey(Key("stranger").public_key)
    found = verify(issuer.feed(), issuer.origin(), stranger)
    assert told(found) == [("bad signature", "checkpoint")]
    assert told(verify(issuer.feed(), "commonsky/x", stranger)) == [("wrong log", "checkpoint")]


def test_receipts_and_other_copies_are_held_against_it(issuer: Issuer, tmp_path: Path) -> None:
    early = Issuer.at(tmp_path / "early")
    early.tell(RECORDS[:300])
    notes = [
        receipt.receipt(signed(one), "GBR", REALM, GBR, 1_800_000_000) for one in (early, issuer)
    ]
    cosigner = note.Verifier(receipt.cosigner("GBR", REALM), GBR.public_key, note.COSIGNATURE)
    found = report(issuer, *notes, cosigners=(cosigner,))
    assert (found.notes, found.problems) == (2, [])
    assert told(report(issuer, signed(issuer), cosigners=(cosigner,))) == [
        ("bad signature", "note 0")
    ]
    assert told(report(early, *notes)) == [("rewind", "checkpoint of 600 entries")]
    liar = Issuer.at(tmp_path / "liar")
    liar.tell([*RECORDS[:299], record(9999), *RECORDS[300:400]])
    assert told(report(liar, *notes[:1])) == [("fork", "checkpoint of 300 entries")]
    assert told(report(issuer, b"no note")) == [("malformed", "note 0")]


def test_problems_are_counted_beyond_a_thousand(issuer: Issuer) -> None:
    found = report(issuer)
    for number in range(MOST_PROBLEMS + 5):
        found.add("malformed", f"entry {number}", "x")
    assert len(found.problems) == MOST_PROBLEMS
    assert list(found.lines())[-1] == "and 5 more things that are wrong"


@pytest.mark.parametrize("name", ["tile/entries/001", "tile/bodies/001", "tile/0/001"])
def test_random_bytes_are_a_problem_and_no_crash(issuer: Issuer, name: str) -> None:
    path = issuer.folder / "GBR" / name
    path.write_bytes(drawn(name.encode(), path.stat().st_size))
    found = report(issuer)
    assert {problem.reason for problem in found.problems} == {"malformed"}
    assert isinstance(issuer.feed(), DirectoryTransport)

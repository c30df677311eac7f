from pathlib import Path

import pytest

from commonsky.errors import FeedRefused, UnreadableInput
from commonsky.node.dossier import encoded
from commonsky.node.dossier_files import (
    CONTENT,
    RECORDS,
    SIGNED,
    claimed,
    faults,
    opened,
    signed_by,
    written,
)
from commonsky.share.log.note import Verifier
from tests.dossier_case import dossier, exhibits
from tests.feed_case import Key

KEY = Key("NOR")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    written(tmp_path / "d", dossier(), exhibits(), "<p>", KEY, "NOR")
    return tmp_path / "d"


def test_what_is_written_is_whole_and_signed(folder: Path) -> None:
    found = opened(folder)
    assert list(faults(found)) == []
    assert found.dossier == dossier()
    assert signed_by(found, [Verifier("NOR", KEY.public_key)]) == ["NOR"]
    assert claimed(found) == ["NOR"]


def test_an_unsigned_one_is_whole_and_nobodys_word(tmp_path: Path) -> None:
    written(tmp_path / "d", dossier(), exhibits(), "<p>")
    found = opened(tmp_path / "d")
    assert list(faults(found)) == []
    assert claimed(found) == signed_by(found, [Verifier("NOR", KEY.public_key)]) == []


def test_the_same_dossier_is_the_same_bytes(folder: Path, tmp_path: Path) -> None:
    written(tmp_path / "again", dossier(), exhibits(), "<p>", KEY, "NOR")
    for name in (CONTENT, RECORDS, SIGNED):
        assert (folder / name).read_bytes() == (tmp_path / "again" / name).read_bytes()


def test_one_is_never_written_over_another(folder: Path) -> None:
    with pytest.raises(FileExistsError):
        written(folder, dossier("Another"), exhibits(), "<p>", KEY, "NOR")
    assert opened(folder).dossier.asked.title == "A case"


@pytest.mark.parametrize(
    ("name", "old", "new", "why"),
    [
        (CONTENT, b"It moved once.", b"It moved twice", "what it says is not what was signed"),
        (RECORDS, b"", b"", "records are here"),
        (SIGNED, b"\n6\n", b"\n7\n", "were signed"),
    ],
)
def test_a_change_is_seen(folder: Path, name: str, old: bytes, new: bytes, why: str) -> None:
    path = folder / name
    content = path.read_bytes()
    path.write_bytes(content.replace(old, new) if old else content.split(b"\n", 1)[1])
    assert any(why in told for told in faults(opened(folder)))


def test_a_changed_record_is_seen(folder: Path) -> None:
    lines = (folder / RECORDS).read_bytes().splitlines(keepends=True)
    (folder / RECORDS).write_bytes(b"".join([lines[1], lines[0], *lines[2:]]))
    assert any("not the one that was signed" in told for told in faults(opened(folder)))


def test_a_record_that_it_rests_on_must_be_there(tmp_path: Path) -> None:
    written(tmp_path / "d", dossier(), exhibits()[:2], "<p>", KEY, "NOR")
    assert any("are not here" in told for told in faults(opened(tmp_path / "d")))


def test_another_key_is_refused_or_not_counted(folder: Path) -> None:
    found = opened(folder)
    assert signed_by(found, [Verifier("GBR", Key("GBR").public_key)]) == []
    forged = (folder / SIGNED).read_bytes().replace(b"\n6\n", b"\n5\n")
    (folder / SIGNED).write_bytes(forged)
    with pytest.raises(FeedRefused, match="wrong"):
        signed_by(opened(folder), [Verifier("NOR", KEY.public_key)])


@pytest.mark.parametrize("name", [CONTENT, RECORDS, SIGNED])
def test_what_is_missing_is_said(folder: Path, name: str) -> None:
    (folder / name).unlink()
    with pytest.raises(UnreadableInput, match=name):
        opened(folder)


@pytest.mark.parametrize("content", [b"", b"{", b"[1]", b"\xff", b"[" * 100_000, b'{"spec":1}'])
def test_what_is_no_dossier_is_refused(folder: Path, content: bytes) -> None:
    (folder / CONTENT).write_bytes(content)
    with pytest.raises(UnreadableInput, match="no dossier"):
        opened(folder)


@pytest.mark.parametrize("content", [b"{\n", b"[" * 100_000 + b"\n", b"x" * (2 << 20)])
def test_what_are_no_records_is_refused(folder: Path, content: bytes) -> None:
    (folder / RECORDS).write_bytes(content)
    with pytest.raises(UnreadableInput, match=RECORDS):
        opened(folder)


def test_it_can_be_read_by_people(folder: Path) -> None:
    assert encoded(dossier()).count(b"\n") > 50
    assert (folder / CONTENT).read_bytes() == encoded(dossier())

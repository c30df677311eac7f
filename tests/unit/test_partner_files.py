"""Files below a folder, and nothing that only looks like one."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from commonsky.share.partner import files


@pytest.fixture
def outbox(tmp_path: Path) -> Iterator[tuple[Path, int]]:
    folder = tmp_path / "outbox"
    (folder / "GBR" / "tile").mkdir(parents=True)
    (folder / "GBR" / "tile" / "000").write_bytes(b"released" * 100_000)
    (tmp_path / "secret").write_bytes(b"secret")
    handle = os.open(folder, files.FOLDER)
    yield folder, handle
    os.close(handle)


def test_a_file_is_read_as_it_is(outbox: tuple[Path, int]) -> None:
    assert files.read(outbox[1], "GBR/tile/000", 1 << 20) == b"released" * 100_000
    file = files.opened(outbox[1], "GBR/tile/000")
    assert len(list(file.chunks())) == 4
    file.close()


def test_what_is_too_long_for_its_kind_is_not_read(outbox: tuple[Path, int]) -> None:
    with pytest.raises(FileNotFoundError):
        files.read(outbox[1], "GBR/tile/000", 100)


def test_a_file_that_is_replaced_is_read_as_it_was(outbox: tuple[Path, int]) -> None:
    folder, handle = outbox
    file = files.opened(handle, "GBR/tile/000")
    (folder / "new").write_bytes(b"other")
    (folder / "new").replace(folder / "GBR" / "tile" / "000")
    assert b"".join(file.chunks()) == b"released" * 100_000
    file.close()


def test_nothing_but_a_regular_file_is_opened(outbox: tuple[Path, int]) -> None:
    folder, handle = outbox
    (folder / "GBR" / "link").symlink_to(folder.parent / "secret")
    (folder / "GBR" / "up").symlink_to(folder.parent)
    (folder / "USA").symlink_to(folder / "GBR")
    os.mkfifo(folder / "GBR" / "pipe")
    before = open_handles()
    for path in (
        "GBR/link", "GBR/up/secret", "USA/tile/000", "GBR/pipe", "GBR/tile", "GBR", "GBR/none",
        "GBR/tile/000/x", "none/tile/000",
    ):  # fmt: skip
        with pytest.raises(FileNotFoundError):
            files.opened(handle, path)
    assert open_handles() == before


def open_handles() -> int:
    own = Path("/proc/self/fd")
    return len(list(own.iterdir())) if own.exists() else 0

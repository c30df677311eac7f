import pytest

from commonsky.errors import FeedRefused
from commonsky.share.log import tile


def test_paths_are_those_of_the_specification() -> None:
    # C2SP tlog-tiles, "Merkle Tree": index 1234067.
    assert tile.path(0, 1234067) == "tile/0/x001/x234/067"
    assert tile.path(tile.ENTRIES, 0, 17) == "tile/entries/000.p/17"
    assert tile.path(3, 1000) == "tile/3/x001/000"
    assert tile.path(tile.BODIES, 999, 255) == "tile/bodies/999.p/255"


def test_widths_are_those_of_the_specification() -> None:
    # C2SP tlog-tiles, "Partial Tiles": trees of 70,000 and of 256 entries.
    assert [tile.width_at(0, index, 70_000) for index in (0, 272, 273, 274)] == [256, 256, 112, 0]
    assert [tile.width_at(1, index, 70_000) for index in (0, 1, 2)] == [256, 17, 0]
    assert [tile.width_at(2, index, 70_000) for index in (0, 1)] == [1, 0]
    assert tile.width_at(3, 0, 70_000) == 0
    assert [tile.width_at(0, 0, 256), tile.width_at(0, 1, 256), tile.width_at(1, 0, 256)] == [
        256, 0, 1,
    ]  # fmt: skip


def test_bundles_have_lengths_before_their_parts() -> None:
    assert tile.bundle([b"a", b"", b"bc"]) == b"\0\1a\0\0\0\2bc"
    assert tile.bodies([b"a", b"", b"bc"]) == b"\0\0\0\1a\0\0\0\0\0\0\0\2bc"
    assert tile.split_bundle(b"\0\1a\0\0\0\2bc", 3) == [b"a", b"", b"bc"]
    assert tile.split_bodies(b"\0\0\0\1a\0\0\0\0\0\0\0\2bc", 3) == [b"a", b"", b"bc"]


@pytest.mark.parametrize(
    ("content", "count"),
    [
        (b"", 1), (b"\0", 1), (b"\0\2a", 1), (b"\0\1a\0", 2), (b"\0\1a\0\0x", 2), (b"\0\1a", 0),
        (b"\0\1a", 2), (b"\xff\xff" + b"a" * 65534, 1),
    ],
)  # fmt: skip
def test_bundles_that_are_cut_or_longer_are_malformed(content: bytes, count: int) -> None:
    with pytest.raises(FeedRefused) as caught:
        tile.split_bundle(content, count)
    assert caught.value.reason == "malformed"


def test_a_body_of_gigabytes_is_refused_before_it_is_read() -> None:
    with pytest.raises(FeedRefused):
        tile.split_bodies(b"\xff\xff\xff\xff" + b"a" * 100, 1)
    one = (tile.LONGEST_BODY + 1).to_bytes(4) + bytes(tile.LONGEST_BODY + 1)
    with pytest.raises(FeedRefused) as caught:
        tile.split_bodies(one, 1)
    assert caught.value.reason == "oversized"
    assert len(tile.split_bodies(one[:3] + bytes([one[3] - 1]) + one[5:], 1)[0]) == 100_000

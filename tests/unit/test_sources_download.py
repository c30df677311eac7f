"""A body is unpacked no further than it may be long."""

from __future__ import annotations

import gzip

import pytest

from commonsky.share.sources.download import _Unpacked


def test_a_packed_body_never_grows_beyond_its_limit() -> None:
    body = _Unpacked("gzip")
    assert body.add(gzip.compress(bytes(10_000_000)), 1000) == "it is larger than 1000 bytes"
    assert len(body.body) == 1001


@pytest.mark.parametrize("size", [0, 1, 999, 1000])
def test_a_body_up_to_the_limit_is_whole(size: int) -> None:
    for encoding, raw in (("gzip", gzip.compress(b"x" * size)), ("identity", b"x" * size)):
        body = _Unpacked(encoding)
        assert [body.add(raw[start : start + 7], 1000) for start in range(0, len(raw), 7)] == [
            "" for _ in range(0, len(raw), 7)
        ]
        assert body.body == b"x" * size
        assert body.complete


def test_what_follows_the_packed_end_makes_it_incomplete() -> None:
    body = _Unpacked("gzip")
    assert body.add(gzip.compress(b"x") + b"more", 1000) == ""
    assert not body.complete

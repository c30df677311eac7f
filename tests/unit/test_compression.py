"""Unpacking in bounded memory: whole, cut off, damaged, one after the other."""

from __future__ import annotations

import gzip
import lzma
from collections.abc import Callable, Iterator

import numpy as np
import pytest
import zstandard

from commonsky.formats.compression import PIECE, Unpacked

CONTENT = "".join(f"{number} of many lines\n" for number in range(100_000)).encode()
NOISE = np.random.default_rng(7).bytes(300_000)
PACKERS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "xz": lzma.compress,
    "zstd": zstandard.ZstdCompressor(write_checksum=True).compress,  # as the program does
}
each = pytest.mark.parametrize("form", PACKERS)


def cut(packed: bytes, size: int = 1 << 20) -> Iterator[bytes]:
    return (packed[start : start + size] for start in range(0, len(packed), size))


def unpacked(packed: bytes, size: int = 1 << 20) -> tuple[bytes, str, str]:
    stream = Unpacked(cut(packed, size))
    return b"".join(stream), stream.form, stream.problem


@each
@pytest.mark.parametrize("size", [1, 7, 4096, 1 << 20])
@pytest.mark.parametrize("content", [b"", b"x", CONTENT[:5000], NOISE[:5000]])
def test_what_was_packed_comes_back(form: str, size: int, content: bytes) -> None:
    assert unpacked(PACKERS[form](content), size) == (content, form, "")


@each
@pytest.mark.parametrize("size", [1000, 1 << 20])
def test_members_follow_one_another(form: str, size: int) -> None:
    pack = PACKERS[form]
    packed = pack(CONTENT) + pack(b"") + pack(NOISE) + pack(b"end")
    assert unpacked(packed, size) == (CONTENT + NOISE + b"end", form, "")


@each
def test_zero_bytes_may_pad_the_end(form: str) -> None:
    packed = PACKERS[form](NOISE)
    assert unpacked(packed + bytes(5000)) == (NOISE, form, "")
    padded = packed + bytes(512) + PACKERS[form](b"more") + bytes(3)
    assert unpacked(padded) == (NOISE + b"more", form, "")


@each
@pytest.mark.parametrize("share", [0.05, 0.5, 0.95])
def test_what_came_before_a_cut_stands(form: str, share: float) -> None:
    packed = PACKERS[form](CONTENT)
    found, _, problem = unpacked(packed[: int(len(packed) * share)])
    assert CONTENT.startswith(found)
    # Of what was packed together, the last block cannot be had.
    assert len(found) >= share * len(CONTENT) - (1 << 20)
    assert problem.startswith(f"the {form} data are damaged or cut off: ")


@each
def test_what_came_before_a_damage_stands(form: str) -> None:
    whole, torn = PACKERS[form](CONTENT), bytearray(PACKERS[form](NOISE))
    torn[len(torn) // 2 : len(torn) // 2 + 50] = bytes(50)
    found, _, problem = unpacked(whole + bytes(torn))
    assert found.startswith(CONTENT)
    assert "damaged or cut off" in problem
    found, _, problem = unpacked(whole + b"garbage after the end")
    assert found == CONTENT
    assert "damaged or cut off" in problem


@each
@pytest.mark.parametrize("missing", [1, 4])
def test_a_missing_end_is_told_even_if_all_content_came(form: str, missing: int) -> None:
    found, _, problem = unpacked(PACKERS[form](NOISE)[:-missing])
    assert NOISE.startswith(found)
    assert "its end is missing" in problem


@each
def test_a_bomb_comes_in_small_pieces(form: str) -> None:
    packed = PACKERS[form](bytes(100_000_000))
    assert len(packed) < 400_000
    largest = total = 0
    for piece in Unpacked(cut(packed)):
        largest, total = max(largest, len(piece)), total + len(piece)
    assert total == 100_000_000
    assert largest <= 33 * PIECE


def test_what_is_not_packed_passes_as_it_is() -> None:
    assert unpacked(CONTENT, 5) == (CONTENT, "", "")
    assert unpacked(b"\x1f", 1) == (b"\x1f", "", "")
    assert unpacked(b"") == (b"", "", "")


def test_a_dictionary_too_large_for_us_is_refused() -> None:
    greedy = zstandard.ZstdCompressor(
        compression_params=zstandard.ZstdCompressionParameters(window_log=28)
    ).compressobj()
    packed = greedy.compress(NOISE) + greedy.flush()
    found, _, problem = unpacked(packed)
    assert found == b""
    assert "zstd" in problem
    filters = [{"id": lzma.FILTER_LZMA2, "dict_size": 1 << 28}]
    found, _, problem = unpacked(lzma.compress(NOISE, filters=filters))
    assert found == b""
    assert "xz" in problem

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from commonsky.share.log.merkle import (
    EMPTY_ROOT,
    Frontier,
    leaf_hash,
    node_hash,
    subtree_hash,
    subtrees,
)
from commonsky.share.log.proof import consistency_proof, continues, includes, inclusion_proof

# transparency-dev/merkle, proof/verify_test.go; see the file.
REFERENCE = json.loads(
    (Path(__file__).parents[1] / "reference" / "merkle_proofs.json").read_text(encoding="utf-8")
)
LEAVES = [leaf_hash(bytes.fromhex(one)) for one in REFERENCE["leaves"]]
ROOTS = [bytes.fromhex(one) for one in REFERENCE["roots"]]


def over(leaves: list[bytes]) -> Callable[[int, int], bytes]:
    return lambda level, first: subtree_hash(leaves[first : first + (1 << level)])


def root(count: int) -> bytes:
    frontier = Frontier()
    frontier.append(LEAVES[:count])
    return frontier.root()


def hashes(texts: list[str]) -> list[bytes]:
    return [bytes.fromhex(one) for one in texts]


def test_roots_are_those_of_the_reference() -> None:
    assert [root(count) for count in range(1, 9)] == ROOTS
    assert root(0) == EMPTY_ROOT


def test_inclusion_proofs_are_those_of_the_reference() -> None:
    for index, size, proof in REFERENCE["inclusion"]:
        assert inclusion_proof(index, size, over(LEAVES)) == hashes(proof)
        assert includes(ROOTS[size - 1], size, index, LEAVES[index], hashes(proof))


def test_consistency_proofs_are_those_of_the_reference() -> None:
    for old, new, proof in REFERENCE["consistency"]:
        assert consistency_proof(old, new, over(LEAVES)) == hashes(proof)
        assert continues(ROOTS[old - 1], old, ROOTS[new - 1], new, hashes(proof))


@pytest.mark.parametrize(("index", "size", "proof"), REFERENCE["inclusion"][1:])
def test_no_other_inclusion_is_proven(index: int, size: int, proof: list[str]) -> None:
    path, whole, leaf = hashes(proof), ROOTS[size - 1], LEAVES[index]
    wrong = [bytes([path[0][0] ^ 8]) + path[0][1:], *path[1:]]
    for claim in (
        (whole, size, index - 1, leaf, path),
        (whole, size, index + 1, leaf, path),
        (whole, size, size, leaf, path),
        (whole, size * 2, index, leaf, path),
        (whole, size // 2, index, leaf, path),
        (ROOTS[0], size, index, leaf, path),
        (whole, size, index, LEAVES[index - 1], path),
        (whole, size, index, b"", path),
        (whole, size, index, leaf, path[:-1]),
        (whole, size, index, leaf, [*path, whole]),
        (whole, size, index, leaf, [whole, *path]),
        (whole, size, index, leaf, [b"", *path]),
        (whole, size, index, leaf, wrong),
    ):
        assert not includes(*claim)


@pytest.mark.parametrize(("old", "new", "proof"), REFERENCE["consistency"][1:])
def test_no_other_consistency_is_proven(old: int, new: int, proof: list[str]) -> None:
    path, before, after = hashes(proof), ROOTS[old - 1], ROOTS[new - 1]
    wrong = [bytes([path[0][0] ^ 16]) + path[0][1:], *path[1:]]
    for claim in (
        (before, old - 1, after, new, path),
        (before, old + 1, after, new, path),
        (before, old, after, new * 2, path),
        (before, old, after, new // 2, path),
        (after, old, before, new, path),
        (b"", old, after, new, path),
        (EMPTY_ROOT, old, after, new, path),
        (before, old, after, new, []),
        (before, old, after, new, path[:-1]),
        (before, old, after, new, [*path, before]),
        (before, old, after, new, [before, *path]),
        (before, old, after, new, wrong),
        (before, new, after, new, []),
        (before, new, after, old, []),
    ):
        assert not continues(*claim)


def test_what_is_no_part_of_a_tree_has_no_proof() -> None:
    with pytest.raises(ValueError, match="no entry 8"):
        inclusion_proof(8, 8, over(LEAVES))
    with pytest.raises(ValueError, match="no beginning"):
        consistency_proof(0, 8, over(LEAVES))
    with pytest.raises(ValueError, match="no beginning"):
        consistency_proof(9, 8, over(LEAVES))


def test_a_frontier_is_one_root_for_each_bit_of_its_size() -> None:
    frontier = Frontier()
    frontier.append(LEAVES[:7])
    assert bytes(frontier) == subtree_hash(LEAVES[:4]) + subtree_hash(LEAVES[4:6]) + LEAVES[6]
    again = Frontier(7, bytes(frontier))
    again.append(LEAVES[7:])
    assert again.root() == ROOTS[7]
    with pytest.raises(ValueError, match="7 entries has 3"):
        Frontier(7, bytes(frontier)[1:])


def test_a_copy_grows_on_its_own() -> None:
    frontier = Frontier()
    frontier.append(LEAVES[:3])
    frontier.copy().append(LEAVES[3:])
    assert (frontier.size, frontier.root()) == (3, ROOTS[2])


def test_a_tree_grows_by_subtrees_as_by_leaves() -> None:
    frontier = Frontier()
    frontier.append_subtree(2, subtree_hash(LEAVES[:4]))
    frontier.append_subtree(1, node_hash(*LEAVES[4:6]))
    frontier.append_subtree(0, LEAVES[6])
    frontier.append_subtree(0, LEAVES[7])
    assert frontier.root() == ROOTS[7]
    frontier = Frontier(1, LEAVES[0])
    with pytest.raises(ValueError, match="cannot begin at 1"):
        frontier.append_subtree(1, ROOTS[1])


def test_subtrees_fill_what_lies_between_two_sizes() -> None:
    assert list(subtrees(5, 17)) == [(0, 5), (1, 6), (3, 8), (0, 16)]
    assert list(subtrees(0, 6)) == [(2, 0), (1, 4)]
    assert list(subtrees(9, 9)) == []

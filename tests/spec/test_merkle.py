"""Merkle trees: known answers, and the ways a proof must fail."""

import pytest

from wardwright.kernel import merkle

# The eight inputs and the roots of their prefixes are the test vectors published with the Certificate Transparency
# reference implementation of RFC 6962/9162 trees (the hashing of section 2.1 is the same in both RFCs).
INPUTS = tuple(
    bytes.fromhex(text)
    for text in (
        "", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f",
    )
)  # fmt: skip
ROOTS = {
    0: "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    1: "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    2: "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    3: "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    4: "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    5: "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    6: "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    7: "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    8: "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
}
LEAVES = tuple(merkle.leaf_hash(data) for data in INPUTS)


@pytest.mark.parametrize(("size", "expected"), ROOTS.items())
def test_root_of_the_published_vectors(size: int, expected: str) -> None:
    assert merkle.root(LEAVES[:size]).hex() == expected


def test_leaf_and_node_hashes_are_kept_apart() -> None:
    left, right = LEAVES[:2]
    assert merkle.leaf_hash(left + right) != merkle.node_hash(left, right)


def test_proof_of_the_last_leaf_of_seven_skips_the_level_without_a_sibling() -> None:
    # RFC 9162, 2.1.5: in the tree of seven leaves d0..d6 the proof of d6 is [i, k].
    i = merkle.node_hash(LEAVES[4], LEAVES[5])
    k = merkle.root(LEAVES[:4])
    assert merkle.inclusion_proof(LEAVES[:7], 6) == (i, k)


@pytest.mark.parametrize(
    ("what", "leaf", "index", "size", "cut"),
    [
        ("another leaf", LEAVES[1], 0, 7, 3),
        ("another place", LEAVES[0], 1, 7, 3),
        ("a place beyond the tree", LEAVES[0], 7, 7, 3),
        ("a negative place", LEAVES[0], -1, 7, 3),
        ("a shortened proof", LEAVES[0], 0, 7, 2),
        ("an empty tree", LEAVES[0], 0, 0, 0),
    ],
)
def test_a_wrong_claim_is_refused(what: str, leaf: bytes, index: int, size: int, cut: int) -> None:
    proof = merkle.inclusion_proof(LEAVES[:7], 0)[:cut]
    assert merkle.verify_inclusion(leaf, index, size, proof, merkle.root(LEAVES[:7])) is False, what


def test_a_lengthened_or_reordered_proof_is_refused() -> None:
    tree_root = merkle.root(LEAVES)
    proof = merkle.inclusion_proof(LEAVES, 3)
    assert merkle.verify_inclusion(LEAVES[3], 3, 8, proof, tree_root) is True
    assert merkle.verify_inclusion(LEAVES[3], 3, 8, (*proof, proof[-1]), tree_root) is False
    assert merkle.verify_inclusion(LEAVES[3], 3, 8, proof[::-1], tree_root) is False


@pytest.mark.parametrize("index", [-1, 8])
def test_no_proof_for_a_leaf_that_is_not_there(index: int) -> None:
    with pytest.raises(IndexError, match="not in a tree of 8 leaves"):
        merkle.inclusion_proof(LEAVES, index)


def test_one_leaf_needs_no_proof() -> None:
    assert merkle.inclusion_proof(LEAVES[:1], 0) == ()
    assert merkle.verify_inclusion(LEAVES[0], 0, 1, (), LEAVES[0]) is True

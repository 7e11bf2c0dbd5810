"""Merkle trees with inclusion proofs, after RFC 9162 (Certificate Transparency 2.0), section 2.1.

All hashes are 32-byte SHA-256 digests. Leaves are hashed with the prefix 0x00 and inner nodes with 0x01, so that an
inner node can never be passed off as a leaf (RFC 9162, 2.1.1). The RFC defines the tree by splitting at the largest
power of two below its size; pairing neighbours level by level, and carrying an odd last node up unchanged, builds the
same tree without recursion.
"""

from collections.abc import Sequence
from hashlib import sha256

HASH_BYTES = 32
EMPTY_ROOT = sha256(b"").digest()


def leaf_hash(data: bytes) -> bytes:
    """Return the hash of one record, SHA-256(0x00 || data). RFC 9162, 2.1.1."""
    return sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash of an inner node, SHA-256(0x01 || left || right). RFC 9162, 2.1.1."""
    return sha256(b"\x01" + left + right).digest()


def _parents(level: Sequence[bytes]) -> list[bytes]:
    parents = [sha256(b"\x01" + left + right).digest() for left, right in zip(level[::2], level[1::2], strict=False)]
    if len(level) % 2:
        parents.append(level[-1])
    return parents


def levels(leaf_hashes: Sequence[bytes]) -> tuple[tuple[bytes, ...], ...]:
    """Return every level of the tree, leaves first and the root last; an empty tree has no levels.

    Keep the result when many proofs from one tree are wanted, see `proof_from_levels`.
    """
    if not leaf_hashes:
        return ()
    tree = [tuple(leaf_hashes)]
    while len(tree[-1]) > 1:
        tree.append(tuple(_parents(tree[-1])))
    return tuple(tree)


def root(leaf_hashes: Sequence[bytes]) -> bytes:
    """Return the root of the tree over these leaf hashes; of no leaves, SHA-256 of nothing. RFC 9162, 2.1.1."""
    if not leaf_hashes:
        return EMPTY_ROOT
    level: Sequence[bytes] = leaf_hashes
    while len(level) > 1:
        level = _parents(level)
    return level[0]


def proof_from_levels(tree: Sequence[Sequence[bytes]], index: int) -> tuple[bytes, ...]:
    """Return the inclusion proof of leaf `index` (from 0) out of `levels(...)`, nearest sibling first.

    Raises IndexError when the tree has no such leaf.
    """
    size = len(tree[0]) if tree else 0
    if not 0 <= index < size:
        raise IndexError(f"leaf {index} is not in a tree of {size} leaves; ask for 0 to size - 1")
    proof = []
    for level in tree:
        sibling = index ^ 1
        if sibling < len(level):
            proof.append(level[sibling])
        index >>= 1
    return tuple(proof)


def inclusion_proof(leaf_hashes: Sequence[bytes], index: int) -> tuple[bytes, ...]:
    """Return the hashes that prove leaf `index` (from 0) is in the tree, nearest first. RFC 9162, 2.1.3.1.

    Raises IndexError when the tree has no such leaf.
    """
    return proof_from_levels(levels(leaf_hashes), index)


def verify_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> bool:
    """Say whether leaf hash `leaf` is leaf `index` (from 0) of the `size` leaves under `root`. RFC 9162, 2.1.3.2.

    A proof of the wrong length, order or content is False, never an error: proofs come from outside.
    """
    if not 0 <= index < size:
        return False
    position, last, digest = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            return False
        if position % 2 or position == last:
            digest = node_hash(sibling, digest)
            while position % 2 == 0 and position:
                position, last = position >> 1, last >> 1
        else:
            digest = node_hash(digest, sibling)
        position, last = position >> 1, last >> 1
    return last == 0 and digest == root

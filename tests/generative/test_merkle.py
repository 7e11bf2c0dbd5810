"""The level-by-level tree against the recursive definition of RFC 9162, written as plainly as the RFC does."""

from hashlib import sha256

from hypothesis import given
from hypothesis import strategies as st

from wardwright.kernel import merkle


def split(size: int) -> int:
    """The largest power of two smaller than size (RFC 9162, 2.1.1)."""
    return max(2**power for power in range(size.bit_length() + 1) if 2**power < size)


def naive_root(leaves: list[bytes]) -> bytes:
    if not leaves:
        return sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    k = split(len(leaves))
    return sha256(b"\x01" + naive_root(leaves[:k]) + naive_root(leaves[k:])).digest()


def naive_proof(leaves: list[bytes], index: int) -> tuple[bytes, ...]:
    """RFC 9162, 2.1.3.1."""
    if len(leaves) == 1:
        return ()
    k = split(len(leaves))
    if index < k:
        return (*naive_proof(leaves[:k], index), naive_root(leaves[k:]))
    return (*naive_proof(leaves[k:], index - k), naive_root(leaves[:k]))


leaf_lists = st.lists(st.binary(max_size=8).map(merkle.leaf_hash), min_size=1, max_size=70)


@given(st.lists(st.binary(max_size=8).map(merkle.leaf_hash), max_size=70))
def test_root_is_the_recursive_root(leaves: list[bytes]) -> None:
    assert merkle.root(leaves) == naive_root(leaves)


@given(leaf_lists, st.data())
def test_proof_is_the_recursive_proof_and_verifies(leaves: list[bytes], data: st.DataObject) -> None:
    index = data.draw(st.integers(0, len(leaves) - 1))
    proof = merkle.inclusion_proof(leaves, index)
    assert proof == naive_proof(leaves, index)
    assert merkle.verify_inclusion(leaves[index], index, len(leaves), proof, merkle.root(leaves)) is True


@given(leaf_lists, st.data())
def test_any_changed_leaf_is_noticed(leaves: list[bytes], data: st.DataObject) -> None:
    index = data.draw(st.integers(0, len(leaves) - 1))
    proof, root = merkle.inclusion_proof(leaves, index), merkle.root(leaves)
    changed = merkle.leaf_hash(b"changed afterwards")  # longer than any leaf drawn, so never equal to one
    assert merkle.verify_inclusion(changed, index, len(leaves), proof, root) is False
    assert merkle.root([*leaves[:index], changed, *leaves[index + 1 :]]) != root


@given(leaf_lists, st.data())
def test_any_changed_bit_of_a_proof_is_noticed(leaves: list[bytes], data: st.DataObject) -> None:
    index = data.draw(st.integers(0, len(leaves) - 1))
    proof = merkle.inclusion_proof(leaves, index)
    if not proof:
        return
    step, bit = data.draw(st.integers(0, len(proof) - 1)), data.draw(st.integers(0, 255))
    flipped = (int.from_bytes(proof[step], "big") ^ 1 << bit).to_bytes(32, "big")
    forged = (*proof[:step], flipped, *proof[step + 1 :])
    assert merkle.verify_inclusion(leaves[index], index, len(leaves), forged, merkle.root(leaves)) is False

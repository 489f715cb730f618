"""Merkle trees as in RFC 6962: its vectors, and what must hold for all of them."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta, timezone
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from diwan.kernel import ids, seals

# The eight leaves of the reference implementation of RFC 6962 and the roots of their first n.
VECTORS = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657"]
VECTORS = [*VECTORS, "606162636465666768696a6b6c6d6e6f"]
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
LEAVES = [seals.leaf_hash(bytes.fromhex(text)) for text in VECTORS]
hashes = st.lists(st.binary(min_size=32, max_size=32), min_size=1, max_size=40)


def split_root(leaves: list[bytes]) -> bytes:
    """The tree as RFC 6962 §2.1 writes it: split at the largest power of two below the count."""
    if len(leaves) == 1:
        return leaves[0]
    k = 1 << ((len(leaves) - 1).bit_length() - 1)
    return seals.node_hash(split_root(leaves[:k]), split_root(leaves[k:]))


def test_the_tree_of_nothing() -> None:
    assert seals.tree_root([]) == hashlib.sha256(b"").digest()


@pytest.mark.parametrize("count", range(1, 9))
def test_the_vectors_of_the_rfc(count: int) -> None:
    assert seals.tree_root(LEAVES[:count]).hex() == ROOTS[count - 1]


@settings(max_examples=50, deadline=None)
@given(hashes)
def test_level_by_level_is_the_tree_of_the_rfc(leaves: list[bytes]) -> None:
    assert seals.tree_root(leaves) == split_root(leaves)


@settings(max_examples=50, deadline=None)
@given(hashes, st.data())
def test_every_path_leads_to_the_root_and_no_other_leaf_does(
    leaves: list[bytes], data: st.DataObject
) -> None:
    index = data.draw(st.integers(0, len(leaves) - 1))
    path, root = seals.audit_path(leaves, index), seals.tree_root(leaves)
    count = len(leaves)
    assert seals.root_by_path(leaves[index], index, count, path) == root
    assert seals.root_by_path(hashlib.sha256(leaves[index]).digest(), index, count, path) != root
    assert seals.root_by_path(leaves[index], count, count, path) is None
    assert seals.root_by_path(leaves[index], index, count, [*path, leaves[0]]) is None
    if path:
        assert seals.root_by_path(leaves[index], index, count, path[:-1]) is None


def test_no_path_from_a_leaf_that_is_not_there() -> None:
    with pytest.raises(IndexError):
        seals.audit_path(LEAVES, 8)


@settings(max_examples=50, deadline=None)
@given(st.lists(st.tuples(st.uuids(), st.binary(min_size=32, max_size=32)), max_size=8))
def test_leaves_are_packed_and_unpacked(leaves: list[seals.Leaf]) -> None:
    assert seals.unpack_leaves(seals.pack_leaves(leaves)) == leaves
    with pytest.raises(ValueError, match=r"\d+"):
        seals.unpack_leaves(seals.pack_leaves(leaves) + b"x")


def test_canonical_bytes_have_one_form() -> None:
    entry = {"b": {"y": 1.0, "x": [2.5, "ی"]}, "a": None}
    assert seals.canonical_entry(entry) == (
        b"diwan-audit-entry/1\n" + rb'{"a":null,"b":{"x":[2.5,"\u06cc"],"y":1}}'
    )


def test_instants_are_written_in_utc() -> None:
    tehran = timezone(timedelta(hours=3, minutes=30))
    assert seals.instant(datetime(2026, 11, 22, 3, 30, tzinfo=tehran)) == (
        "2026-11-22T00:00:00.000000Z"
    )


def test_a_digest_depends_on_every_field() -> None:
    given_ = (2, seals.START, "ab" * 32, 3, "2026-11-22T00:00:00.000000Z")
    digest = seals.seal_digest(*given_)
    others = [
        seals.seal_digest(3, *given_[1:]),
        seals.seal_digest(2, "1" * 64, *given_[2:]),
        seals.seal_digest(2, seals.START, "cd" * 32, 3, given_[4]),
        seals.seal_digest(2, seals.START, "ab" * 32, 4, given_[4]),
        seals.seal_digest(2, seals.START, "ab" * 32, 3, "2026-11-22T00:00:01.000000Z"),
    ]
    assert len({digest, *others}) == 6
    facts = seals.SealFacts(*given_, digest=digest)
    assert facts.expected() == digest


def test_an_identifier_tells_when_it_was_made() -> None:
    before = datetime.now(UTC) - timedelta(milliseconds=1)
    identifier = ids.new_id()
    made = seals.made_at(identifier)
    assert made is not None
    assert before <= made <= datetime.now(UTC)
    assert seals.lowest_id(made) <= identifier
    assert seals.lowest_id(made + timedelta(milliseconds=1)) > identifier
    assert seals.made_at(UUID(int=0)) is None

"""The mathematics of seals: canonical bytes, Merkle trees as in RFC 6962 §2.1, and the chain.

Plain Python, so that anybody can read in one page what is proved and how; `docs/audit.md` tells the
same in words, `docs/verify_seals.py` checks it without a line of ours.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

ENTRY_FORMAT = "diwan-audit-entry/1"
SEAL_FORMAT = "diwan-seal/1"
START = "0" * 64
"""What the first seal names as the digest before it."""
LEAF = b"\x00"
NODE = b"\x01"

Leaf = tuple[UUID, bytes]
LEAF_BYTES = 16 + 32


_ENCODE = json.JSONEncoder(sort_keys=True, separators=(",", ":"), allow_nan=False).encode
# How a number without a fraction ends that was kept as a float: 1.0, 1e+16.
_FLOATING = (".0,", ".0}", ".0]", "e+")


def canonical_json(value: Any) -> str:
    """`value` as JSON in one way only: sorted keys, no spaces, ASCII, no point in whole numbers.

    The last because a database may give 1.0 back as 1.
    """
    text = _ENCODE(value)
    # Few values hold floats: it is quicker to look for one in the text than to go through all.
    for sign in _FLOATING:
        if sign in text:
            return _ENCODE(_whole(value))
    return _ENCODE(_whole(value)) if text.endswith(".0") else text


def _whole(value: Any) -> Any:
    """`value` with every float that has no fraction as an integer."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, Mapping):
        return {key: _whole(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_whole(each) for each in value]
    return value


def instant(at: datetime) -> str:
    """An instant as seals write it: UTC, always with microseconds, ending in Z."""
    return f"{at.astimezone(UTC).replace(tzinfo=None).isoformat(timespec='microseconds')}Z"


def canonical_entry(entry: Mapping[str, Any]) -> bytes:
    """The bytes of an entry: the format's name, a line feed, and its fields as canonical JSON.

    `entry` holds JSON values only: identifiers as text, the instant as `instant` writes it.
    """
    return f"{ENTRY_FORMAT}\n{canonical_json(dict(entry))}".encode("ascii")


def leaf_hash(data: bytes) -> bytes:
    """SHA-256(0x00 ‖ data), RFC 6962 §2.1."""
    return hashlib.sha256(LEAF + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """SHA-256(0x01 ‖ left ‖ right), RFC 6962 §2.1."""
    return hashlib.sha256(NODE + left + right).digest()


def tree_root(leaves: Sequence[bytes]) -> bytes:
    """The Merkle tree hash over leaf hashes; of none SHA-256 of nothing (RFC 6962 §2.1).

    Works level by level: a last node without a neighbour goes up as it is, which is the same tree
    as splitting at the largest power of two.
    """
    if not leaves:
        return hashlib.sha256(b"").digest()
    level = list(leaves)
    while len(level) > 1:
        level = _next_level(level)
    return level[0]


def _next_level(level: Sequence[bytes]) -> list[bytes]:
    pairs = zip(level[::2], level[1::2], strict=False)
    above = [node_hash(left, right) for left, right in pairs]
    return [*above, level[-1]] if len(level) % 2 else above


def audit_path(leaves: Sequence[bytes], index: int) -> list[bytes]:
    """The hashes that lead from leaf `index` to the root, lowest first (RFC 6962 §2.1.1).

    Raises IndexError where there is no such leaf.
    """
    if not 0 <= index < len(leaves):
        raise IndexError(index)
    path, level = [], list(leaves)
    while len(level) > 1:
        neighbour = index ^ 1
        if neighbour < len(level):
            path.append(level[neighbour])
        level, index = _next_level(level), index // 2
    return path


def root_by_path(leaf: bytes, index: int, count: int, path: Sequence[bytes]) -> bytes | None:
    """The root that a leaf and its path lead to (RFC 9162 §2.1.3.2); None where they don't fit."""
    if not 0 <= index < count:
        return None
    node, last, rest = leaf, count - 1, list(path)
    while last > 0:
        if index % 2 or index < last:
            if not rest:
                return None
            neighbour = rest.pop(0)
            node = node_hash(neighbour, node) if index % 2 else node_hash(node, neighbour)
        index, last = index // 2, last // 2
    return None if rest else node


@dataclass(frozen=True)
class SealFacts:
    """What a seal says, as it is published. Digests are 64 hexadecimal digits."""

    number: int
    previous: str
    root: str
    count: int
    sealed_at: str
    digest: str

    def expected(self) -> str:
        """The digest that follows from the rest."""
        return seal_digest(self.number, self.previous, self.root, self.count, self.sealed_at)


def seal_digest(number: int, previous: str, root: str, count: int, sealed_at: str) -> str:
    """SHA-256 over the seal's text: the format's name and the five fields, a line each."""
    lines = (SEAL_FORMAT, str(number), previous, root, str(count), sealed_at)
    return hashlib.sha256("".join(f"{line}\n" for line in lines).encode("ascii")).hexdigest()


def pack_leaves(leaves: Sequence[Leaf]) -> bytes:
    """Entry identifiers and their leaf hashes as bytes, 16 and 32 each."""
    return b"".join(identifier.bytes + digest for identifier, digest in leaves)


def unpack_leaves(packed: bytes) -> list[Leaf]:
    """What `pack_leaves` packed. Raises ValueError where bytes are missing or too many."""
    if len(packed) % LEAF_BYTES:
        raise ValueError(len(packed))
    starts = range(0, len(packed), LEAF_BYTES)
    return [(UUID(bytes=packed[i : i + 16]), packed[i + 16 : i + LEAF_BYTES]) for i in starts]


def made_at(identifier: UUID) -> datetime | None:
    """The instant at which a UUIDv7 was made (RFC 9562 §5.7); None for another version."""
    if identifier.version != 7:
        return None
    return datetime.fromtimestamp((identifier.int >> 80) / 1000, tz=UTC)


def lowest_id(at: datetime) -> UUID:
    """An identifier that sorts before every UUIDv7 made at `at` or later."""
    return UUID(int=int(at.timestamp() * 1000) << 80)

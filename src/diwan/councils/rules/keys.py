"""Keys of records that were not read from a file."""

from __future__ import annotations

from uuid import UUID

LONGEST = 64
"""The register's format allows no longer key."""


def fresh_key(prefix: str, id_: UUID) -> str:
    """Return a key that no file will use by chance: its record's own random digits.

    >>> fresh_key("m", UUID("01936b2e-7d5c-7c3a-9b1f-0123456789ab"))
    'm-0123456789ab'
    """
    return f"{prefix}-{id_.hex[-12:]}"


def derived_key(key: str, suffix: str, id_: UUID) -> str:
    """Return the key of one of many that were made from `key`; a fresh one where it grows too long.

    >>> derived_key("r2-1", "IR-23", UUID(int=0))
    'r2-1-IR-23'
    """
    made = f"{key}-{suffix}"
    return made if len(made) <= LONGEST else fresh_key("a", id_)


def part_key(parent: str, n: int, id_: UUID) -> str:
    """Return the key of the `n`-th part of an action that was passed down.

    >>> part_key("r1-1", 2, UUID(int=0))
    'r1-1--2'
    """
    made = f"{parent}--{n}"
    return made if len(made) <= LONGEST else fresh_key("a", id_)

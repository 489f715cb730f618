"""The sheet of a handover: its checksum, and when both sides have put their names to it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

from diwan.kernel.seals import canonical_json

STANDS = timedelta(days=30)
"""An unsigned sheet stands on both desks so long after the instant."""


def checksum(content: Mapping[str, Any]) -> str:
    """SHA-256 of the content's canonical JSON, in hexadecimal.

    The same content gives the same sum whatever way it was stored (PostgreSQL orders keys anew).
    """
    return hashlib.sha256(canonical_json(content).encode()).hexdigest()


def is_closed(sides: Iterable[str], signed: Iterable[str]) -> bool:
    """True once every side that somebody stands on has signed; without sides it stays open."""
    wanted = set(sides)
    return bool(wanted) and wanted <= set(signed)

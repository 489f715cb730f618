"""What the room gives to the exchange, one module a subject; each has a `declare`."""

from __future__ import annotations


def declare() -> None:
    """Declare everything once, when Django starts."""

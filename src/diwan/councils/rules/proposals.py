"""Members' proposals and the signatures that a body demands under them."""

from __future__ import annotations


def lacking(signed: int, needed: int) -> int:
    """How many signatures are still lacking; the proposer's own is one of those given.

    >>> lacking(1, 3), lacking(4, 3)
    (2, 0)
    """
    return max(0, needed - signed)

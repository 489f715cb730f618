"""What is done by itself to many cases, one after the other."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from uuid import UUID

logger = logging.getLogger(__name__)


def each(what: str, ids: Iterable[UUID], do: Callable[[UUID], int]) -> int:
    """Do it to each, in a transaction of its own; to how many it was done.

    A case that cannot be dealt with is told to the log, and is tried again the next time.
    """
    count = 0
    for pk in list(ids):
        try:
            count += do(pk)
        except Exception:  # one case's fault must not keep all others waiting
            logger.exception("%s: case or inquiry %s failed", what, pk)
    return count

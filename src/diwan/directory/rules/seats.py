"""How many hold a post at once, in plain Python. Instants are half-open [since, until)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

ALWAYS_SINCE = datetime.min.replace(tzinfo=UTC)
ALWAYS_UNTIL = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Term:
    """A stretch of time: of a holding, or of a number of seats (`seats` None: many)."""

    since: datetime = ALWAYS_SINCE
    until: datetime = ALWAYS_UNTIL
    seats: int | None = 1


def overfull_at(holders: Iterable[Term], seats: Iterable[Term]) -> datetime | None:
    """The first instant at which more hold than there are seats, None if there is none.

    `seats` tells how many seats there were when; where it tells nothing there is no post, and
    nothing is counted. An instant at which one ends and another begins is no overlap.
    """
    held = list(holders)
    allowed = [term for term in seats if term.seats is not None]
    moments = sorted({term.since for term in held} | {term.since for term in allowed})
    for moment in moments:
        limit = next((t.seats for t in allowed if t.since <= moment < t.until), None)
        count = sum(term.since <= moment < term.until for term in held)
        if limit is not None and count > limit:
            return moment
    return None

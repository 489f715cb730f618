"""One index over what every room has: kept in step with each write, asked in one question.

A room declares a `Source`: which of its records can be found, by which texts, and who sees them.
`audit.record` marks the subject of each write as stale in the same transaction (`stale`); once that
is committed the same process indexes it anew (`catch_up`), and the minute tick what is left over.
`rebuild` fills the whole index. `find` asks it: candidates from the database, the order from
`kernel.text.ranking`, what may be seen from each room's policy. `matching_ids` narrows a room's own
list by words.
"""

from .asking import few_matching, matching_ids
from .finding import Answer, Asked, Hit, find
from .indexing import Lag, begin, catch_up, lag, rebuild, stale, tick
from .sources import (
    CLOSED,
    PUBLIC,
    Source,
    Texts,
    declare_reach,
    declare_source,
    made_on,
    reach_of,
    seen_by,
    source_of,
    sources,
)

__all__ = [
    "CLOSED",
    "PUBLIC",
    "Answer",
    "Asked",
    "Hit",
    "Lag",
    "Source",
    "Texts",
    "begin",
    "catch_up",
    "declare_reach",
    "declare_source",
    "few_matching",
    "find",
    "lag",
    "made_on",
    "matching_ids",
    "reach_of",
    "rebuild",
    "seen_by",
    "source_of",
    "sources",
    "stale",
    "tick",
]

"""Concern: which records of a kind are somebody's business, and what was done to them lately.

The home page tells what changed since its reader was last there. It knows no room: each room says
here which of its records concern an actor (owed by posts held, in bodies run, in units headed) and
what a change means to whom it concerns. The change itself stands in the audit.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from django.db.models import QuerySet

from diwan.kernel.policies import Actor


class Change(StrEnum):
    """What an entry of the audit means to somebody whom its record concerns."""

    NEW = "new"  # something to do that was not there
    ANSWER = "answer"  # a word on what was asked for or reported
    MOVED = "moved"  # a date was moved
    REPORT = "report"  # something was reported or asked for
    OTHER = "other"


Records = Callable[[Actor], Sequence[QuerySet[Any]]]
"""The records of the kind that concern an actor and that the actor may see.

One filter for each reason, so that an index answers each: a database that is asked for two reasons
at once looks at every record. The same record may lie in several.
"""


@dataclass(frozen=True)
class Concern:
    """A kind of record. `changes` says what a verb of its audit means; others are OTHER.

    `records` are filters of the kind's model that a question may be built on; nothing is asked of
    the database but what the actor's rights ask once a request.
    """

    kind: str
    records: Records
    changes: Mapping[str, Change] = field(default_factory=dict)

    def change_of(self, verb: str) -> Change:
        """What an entry with this verb means."""
        return self.changes.get(verb, Change.OTHER)


_concerns: dict[str, Concern] = {}


def declare_concern(concern: Concern) -> None:
    """Declare whom the records of a kind concern; the last declaration of a kind holds."""
    _concerns[concern.kind] = concern


def concerns() -> list[Concern]:
    """What the rooms declared, in the order of their kinds."""
    return [_concerns[kind] for kind in sorted(_concerns)]

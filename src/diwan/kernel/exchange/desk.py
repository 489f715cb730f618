"""DeskItem: what is due from these posts, by when, in which state, where to click."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from diwan.kernel.errors import Sentence
from diwan.kernel.policies import Actor

from .subjects import Ref


class Waiting(StrEnum):
    """Why an item is on a desk."""

    DO = "do"  # the post owes it
    CONFIRM = "confirm"  # a secretary confirms what came in
    CLOSE = "close"  # a secretary judges the proof
    DECIDE = "decide"  # a request waits for an answer (a new date)
    ASSIGN = "assign"  # nobody owes it yet
    VACANT = "vacant"  # nobody holds the post that owes it
    PREPARE = "prepare"  # a meeting to hold, a sheet to sign


@dataclass(frozen=True)
class DeskItem:
    """One thing that waits for the holders of a post.

    `due` is the last day (inclusive) on which it is in time, None if it has no date; `late_days`
    counts working days, 0 when in time. `source` is the quiet line (number, body). `step` is the
    one next step in plain words and `step_url` where it is done. `count` is more than one where an
    item stands for many (records to confirm in one go).
    """

    ref: Ref
    post_id: UUID | None
    unit_id: UUID | None
    waiting: Waiting
    title: Mapping[str, str]
    url: str
    step: Sentence
    step_url: str
    source: Sentence = ""
    state: Sentence = ""
    due: date | None = None
    late_days: int = 0
    redated: int = 0
    progress: int | None = None
    since_at: datetime | None = None
    count: int = 1


@dataclass(frozen=True)
class DeskQuestion:
    """What a desk asks of each room.

    `post_ids` are posts whose duties are asked for (None: whatever waits for the actor in roles
    other than owning, such as a secretary's). `unit_ids` asks for all duties of those units' posts
    (a head's desk). `at` is the instant of the answer.
    """

    actor: Actor
    at: datetime
    post_ids: frozenset[UUID] = frozenset()
    unit_ids: frozenset[UUID] = frozenset()
    as_secretary: bool = False


DeskProvider = Callable[[DeskQuestion], Iterable[DeskItem]]
_desk: list[DeskProvider] = []


def declare_desk(provider: DeskProvider) -> None:
    """Declare what a room puts on desks."""
    if provider not in _desk:
        _desk.append(provider)


def desk_items(question: DeskQuestion) -> list[DeskItem]:
    """Items of every room for one question, unsorted."""
    return [item for provider in _desk for item in provider(question)]

"""DeskItem: what is due from these posts, by when, in which state, where to click.

A room lists what it puts on desks. Where that may be thousands, below a head, it also counts it:
then the desk asks it for numbers, and for the items of one page.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from diwan.kernel.errors import Sentence
from diwan.kernel.policies import Actor
from diwan.kernel.urgency import Edges, Group

from .subjects import Ref


class Waiting(StrEnum):
    """Why an item is on a desk."""

    DO = "do"  # the post owes it
    CONFIRM = "confirm"  # a secretary confirms what came in
    CLOSE = "close"  # a secretary judges the proof
    DECIDE = "decide"  # a request waits for an answer (a new date)
    ASSIGN = "assign"  # nobody owes it yet
    LOOK = "look"  # what a post below owes is late and came up
    VACANT = "vacant"  # nobody holds the post that owes it
    SIGN = "sign"  # minutes or a handover sheet that waits for the own signature
    PREPARE = "prepare"  # a meeting to hold, a handover to come


@dataclass(frozen=True)
class DeskItem:
    """One thing that waits for the holders of a post.

    `due` is the last day (inclusive) on which it is in time, None if it has no date; `late_days`
    counts working days, 0 when in time. `source` is the quiet line (number, body). `step` is the
    one next step in plain words and `step_url` where it is done. `count` is more than one where an
    item stands for many (records to confirm in one go). `readable`: the room lists it only where
    the actor may see what it stands for, so that nobody need ask again.
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
    readable: bool = False


@dataclass(frozen=True)
class DeskQuestion:
    """What a desk asks of each room.

    `post_ids` are posts whose duties are asked for (None: whatever waits for the actor in roles
    other than owning, such as a secretary's). `unit_ids` asks for all duties of those units' posts,
    `under_ids` for those of the units and of all that stand below them (a head's desk). `at` is
    the instant of the answer.
    """

    actor: Actor
    at: datetime
    post_ids: frozenset[UUID] = frozenset()
    unit_ids: frozenset[UUID] = frozenset()
    as_secretary: bool = False
    under_ids: frozenset[UUID] = frozenset()


@dataclass(frozen=True)
class PostCount:
    """How many things a post of a unit owes: late, this week's that are not late, and all."""

    unit_id: UUID
    late: int
    week: int
    all: int


class Counted(Protocol):
    """What a room puts on one desk, counted: the same things that its provider would list.

    Each method answers for the same question; what one has read another need not read again.
    """

    def groups(self) -> Mapping[Group, int]:
        """How many things lie in each group."""
        ...

    def posts(self) -> Mapping[UUID, PostCount]:
        """How the things stand by the post that owes them."""
        ...

    def of_post(self, post_id: UUID) -> Counted:
        """The same of what one post owes alone."""
        ...

    def arrived(self) -> int:
        """How many things have arrived since the last working day before today began."""
        ...

    def items(self, group: Group, start: int, stop: int) -> Sequence[DeskItem]:
        """The things of a group from one place to before another, in the desk's order.

        Late: the most working days late, then the most often re-dated, the earliest due, the
        earliest arrived. Week and later: due, re-dated, arrived. New: the newest first, then due.
        Undated: arrived. Last by the identifier of the record.
        """
        ...


DeskProvider = Callable[[DeskQuestion], Iterable[DeskItem]]
EdgesOf = Callable[[str], Edges]
"""The edges of the groups for what a post of a country owes, by the country's code."""
DeskCounter = Callable[[DeskQuestion, EdgesOf], Counted]
_desk: list[DeskProvider] = []
_counters: list[tuple[DeskProvider, DeskCounter]] = []


def declare_desk(provider: DeskProvider, counter: DeskCounter | None = None) -> None:
    """Declare what a room puts on desks; with `counter` how it is counted where it is much."""
    if provider not in _desk:
        _desk.append(provider)
        if counter is not None:
            _counters.append((provider, counter))


def desk_items(question: DeskQuestion) -> list[DeskItem]:
    """Items of every room for one question, unsorted."""
    return [item for provider in _desk for item in provider(question)]


def counted_desk(
    question: DeskQuestion, edges_of: EdgesOf, *, few: int = 0
) -> tuple[list[DeskItem], list[Counted]]:
    """The same desk, counted: the items of rooms that only list, and the counts of the others.

    A room that has no more than `few` things lists them although it could count.
    """
    counters = {id(provider): counter for provider, counter in _counters}
    items: list[DeskItem] = []
    counted: list[Counted] = []
    for provider in _desk:
        counter = counters.get(id(provider))
        numbers = counter(question, edges_of) if counter else None
        if numbers is None or sum(numbers.groups().values()) <= few:
            items.extend(provider(question))
        else:
            counted.append(numbers)
    return items, counted

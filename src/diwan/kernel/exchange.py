"""How rooms that are strangers meet.

Each room declares in its `provides.py` what it has to offer; others ask here. Declarations are
made once, when Django starts (`AppConfig.ready`). The exchange knows no room: a subject's kind is
a word such as ``councils.action``.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Protocol
from uuid import UUID

from .errors import Sentence
from .policies import Actor


@dataclass(frozen=True)
class Ref:
    """A record of any room: its kind (``room.model``) and identifier."""

    kind: str
    id: UUID


# --- Subject ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class Card:
    """A record as strangers show it: `title` in its languages, `state` in the reader's, `url`."""

    ref: Ref
    title: Mapping[str, str]
    url: str
    state: Sentence = ""
    number: str = ""


class Subject(Protocol):
    """What a room declares for one kind of its records.

    `verbs` maps a verb of the audit to what was done, as a sentence goes on after the name:
    “renamed the unit”, «نام واحد را تغییر داد». For the trail a subject may besides have
    `fields` (field → how it is called), `choices` (field → value → how that is called) and
    `kinds` (field → the subject kind whose record the field's identifier names).
    """

    kind: str
    name: Sentence
    verbs: Mapping[str, Sentence]

    def cards(self, ids: Sequence[UUID], actor: Actor) -> dict[UUID, Card]:
        """Cards of those of `ids` that `actor` may see; the others are left out."""
        ...


_subjects: dict[str, Subject] = {}


def declare_subject(subject: Subject) -> None:
    """Declare a kind of record."""
    _subjects[subject.kind] = subject


def subject_of(kind: str) -> Subject | None:
    """What was declared for `kind`."""
    return _subjects.get(kind)


def subject_kinds() -> list[str]:
    """All declared kinds, sorted."""
    return sorted(_subjects)


def cards(refs: Iterable[Ref], actor: Actor) -> dict[Ref, Card]:
    """Cards for refs of any kinds, one question a kind; what `actor` may not see is left out."""
    by_kind: dict[str, list[UUID]] = defaultdict(list)
    for ref in refs:
        by_kind[ref.kind].append(ref.id)
    found: dict[Ref, Card] = {}
    for kind, ids in by_kind.items():
        subject = _subjects.get(kind)
        if subject is not None:
            found.update({card.ref: card for card in subject.cards(ids, actor).values()})
    return found


# --- DeskItem --------------------------------------------------------------------------------


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


# --- Search ----------------------------------------------------------------------------------

Finder = Callable[[Sequence[str], Actor, int], Sequence[Card]]


@dataclass(frozen=True)
class Search:
    """How one kind of record is found by words.

    `find(tokens, actor, limit)` gives at most `limit` cards that the actor may see and whose search
    key contains every token, the best first. `heading` names them in the plural. `list_url` is the
    name of the address where all of them are listed with the parameter `q`, if there is one.
    """

    kind: str
    find: Finder
    heading: Sentence
    list_url: str = ""


@dataclass(frozen=True)
class Found:
    """What one kind answered: its cards, and whether there are more of them."""

    search: Search
    cards: Sequence[Card]
    more: bool


_searches: dict[str, Search] = {}


def declare_search(kind: str, find: Finder, *, heading: Sentence, list_url: str = "") -> None:
    """Declare how records of `kind` are found; the order of declaration is that of the answers."""
    _searches[kind] = Search(kind, find, heading, list_url)


def search(tokens: Sequence[str], actor: Actor, *, limit: int) -> list[Found]:
    """Ask every kind for records that contain all of `tokens`; kinds without any are left out.

    No tokens ask for nothing.
    """
    if not tokens:
        return []
    answers = []
    for declared in _searches.values():
        cards_ = list(declared.find(tokens, actor, limit + 1))
        if cards_:
            answers.append(Found(declared, cards_[:limit], len(cards_) > limit))
    return answers


# --- Related ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class Related:
    """What one room shows on the page of another room's record: a heading and cards.

    `cards` are at most `RELATED_SHOWN`; `more_url` leads to the rest, if there is any.
    """

    heading: Sentence
    cards: Sequence[Card]
    more_url: str = ""


RELATED_SHOWN = 12
Relater = Callable[[Ref, Actor], Related | None]
_related: dict[str, list[Relater]] = defaultdict(list)


def declare_related(kind: str, relater: Relater) -> None:
    """Declare what to show on the page of a record of `kind` (a unit's bodies, its documents)."""
    if relater not in _related[kind]:
        _related[kind].append(relater)


def related(record: Ref, actor: Actor) -> list[Related]:
    """What other rooms show on the page of `record`, as far as `actor` may see it."""
    answers = (relater(record, actor) for relater in _related.get(record.kind, ()))
    return [answer for answer in answers if answer is not None and answer.cards]


# --- Fact ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Fact:
    """Something that happened, told to higher floors in the same transaction."""

    kind: str
    ref: Ref
    actor: Actor
    at: datetime
    data: Mapping[str, Any] = field(default_factory=dict)


Listener = Callable[[Fact], None]
_listeners: dict[str, list[Listener]] = defaultdict(list)


def listen(kind: str, listener: Listener) -> None:
    """Call `listener` for each fact of `kind`; an error in it undoes the transaction."""
    if listener not in _listeners[kind]:
        _listeners[kind].append(listener)


def publish(fact: Fact) -> None:
    """Tell a fact to whoever listens, now, within the caller's transaction."""
    for listener in _listeners[fact.kind]:
        listener(fact)

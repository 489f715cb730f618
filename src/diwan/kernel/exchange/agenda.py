"""AgendaPoint: what a body's next meeting should look at."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import IntEnum
from uuid import UUID

from diwan.kernel.errors import Sentence
from diwan.kernel.policies import Actor, Confidentiality

from .subjects import Ref


class Weight(IntEnum):
    """Why a meeting should look at something, by urgency; the heavier comes first."""

    LATE = 40
    WAITING = 30  # a report, a request: somebody waits for the body's word
    PROPOSED = 25  # by those who meet
    UNDECIDED = 20  # stood on an agenda and came to no resolution
    SERVED = 17  # what citizens were promised in the body's own unit and below
    OVERSEEN = 15  # not the body's own, but in its care
    OPEN = 10


@dataclass(frozen=True)
class AgendaQuestion:
    """Which body asks, for a meeting on which day.

    `since_at` is when it last met, if ever; `unit_id` is the body's own unit; `overseen` are the
    units in its care, those below them apart.
    """

    actor: Actor
    body_id: UUID
    day: date
    since_at: datetime | None = None
    overseen: frozenset[UUID] = frozenset()
    unit_id: UUID | None = None


@dataclass(frozen=True)
class AgendaPoint:
    """One thing to look at.

    `why` says in the reader's words why it is offered; `moved` what happened to it since the last
    meeting. `text` is how an agenda item would say it; `confidentiality`, with `named_post_ids`,
    is who may read that text.
    """

    ref: Ref
    text: Mapping[str, str]
    url: str
    weight: Weight
    why: Sentence
    moved: Sentence = ""
    number: str = ""
    due: date | None = None
    confidentiality: Confidentiality = Confidentiality.BODY
    named_post_ids: tuple[UUID, ...] = ()


AgendaProvider = Callable[[AgendaQuestion], Iterable[AgendaPoint]]
_agenda: dict[AgendaProvider, frozenset[str]] = {}


def declare_agenda(provider: AgendaProvider, *kinds: str) -> None:
    """Declare what a room would have bodies look at: records of these kinds."""
    _agenda[provider] = frozenset(kinds)


def agenda_points(question: AgendaQuestion, *, kind: str = "") -> list[AgendaPoint]:
    """Points of every room, the weightiest first, then the longest due; each record once.

    With `kind` rooms that offer no such records are not asked.
    """
    found: dict[Ref, AgendaPoint] = {}
    for provider, kinds in _agenda.items():
        if kind and kind not in kinds:
            continue
        for point in provider(question):
            known = found.get(point.ref)
            if known is None or known.weight < point.weight:
                found[point.ref] = point
    return sorted(found.values(), key=_order)


def _order(point: AgendaPoint) -> tuple[int, date, str]:
    return -point.weight, point.due or date.max, str(point.ref.id)

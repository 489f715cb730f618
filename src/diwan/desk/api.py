"""What crosses rooms, over the API: the desk, search, and what was done with a record."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from ninja import Field, Schema

from diwan.desk.queries import own_desk, unit_desk, word_desk
from diwan.kernel import audit, search
from diwan.kernel.api.paging import Asked, Page, page_of, page_of_list, read_cursor, write_cursor
from diwan.kernel.api.routes import Routes
from diwan.kernel.api.shapes import Id, Line
from diwan.kernel.errors import NotFound
from diwan.kernel.exchange import Card, DeskItem, Ref, cards, subject_of
from diwan.kernel.models import AuditEntry
from diwan.kernel.policies import Actor
from diwan.ui.trails import lines_of

routes = Routes("desk", reads="desk:read")


class RecordShape(Schema):
    """A record of any room. `url` is its page."""

    kind: str
    id: UUID
    title: dict[str, str]
    state: str
    number: str
    url: str


class DeskShape(Schema):
    """One thing that waits for the holders of a post."""

    kind: str
    id: UUID
    post_id: UUID | None
    waiting: Literal[
        "do", "confirm", "close", "decide", "assign", "sign", "look", "vacant", "prepare"
    ]
    title: dict[str, str]
    step: str = Field(description="The one next step, in the asked language.")
    url: str
    due: date | None
    late_days: int
    progress: int | None
    count: int


class TrailShape(Schema):
    """What somebody did with a record, as a sentence in the asked language.

    Of a `veiled` entry the caller may know the sentence alone.
    """

    id: UUID
    at: datetime
    verb: str
    sentence: str
    reason: str
    changes: list[str]
    veiled: bool = False


class AskedDesk(Asked):
    """Whose desk."""

    whose: Literal["own", "unit", "word"] = Field(
        "own", description="One's own, the unit's (for heads), or what waits for a secretary."
    )
    post: Id | None = Field(None, description="Of one's own desk, that of this post alone.")


class AskedSearch(Asked):
    """What is looked for."""

    q: Line = Field(description="Words; all of them are found.", min_length=1)
    kind: Line = Field("", description="One kind of record, such as councils.action.")


@routes.many("/desk", DeskShape)
def list_desk(actor: Actor, asked: AskedDesk) -> Page[DeskShape]:
    """What waits for the caller's posts, the most urgent first."""
    if asked.whose == "unit":
        items = unit_desk(actor).items
    elif asked.whose == "word":
        items = word_desk(actor).items
    else:
        items = own_desk(actor, post_id=asked.post).items
    return page_of_list(items, asked, _item)


def _item(item: DeskItem) -> DeskShape:
    return DeskShape.model_validate(
        {
            "kind": item.ref.kind,
            "id": item.ref.id,
            "post_id": item.post_id,
            "waiting": item.waiting.value,
            "title": dict(item.title),
            "step": str(item.step),
            "url": item.url,
            "due": item.due,
            "late_days": item.late_days,
            "progress": item.progress,
            "count": item.count,
        }
    )


@routes.many("/search", RecordShape)
def list_found(actor: Actor, asked: AskedSearch) -> Page[RecordShape]:
    """Records of any room that have all the words, the best first."""
    start = int(read_cursor(asked) or 0)
    wanted = search.Asked(asked.q, kind=asked.kind, start=start, size=asked.limit)
    answer = search.find(wanted, actor)
    cursor = write_cursor(str(start + asked.limit), asked) if answer.more else None
    return Page([_record(hit.card) for hit in answer.hits], cursor)


def _record(card: Card) -> RecordShape:
    return RecordShape(
        kind=card.ref.kind,
        id=card.ref.id,
        title=dict(card.title),
        state=str(card.state),
        number=card.number,
        url=card.url,
    )


@routes.many("/trail/{kind}/{uuid:id}", TrailShape, scope="audit:read")
def list_trail(actor: Actor, kind: str, id: UUID, asked: Asked) -> Page[TrailShape]:  # noqa: A002 - the address's own word
    """What was done with a record, the oldest first; for whoever may see the record."""
    ref = Ref(kind, id)
    subject = subject_of(kind)
    if subject is None or ref not in cards([ref], actor):
        raise NotFound

    def show(entries: list[AuditEntry]) -> list[TrailShape]:
        lines = lines_of(entries, subject, actor)
        return [
            TrailShape(
                id=entry.pk,
                at=entry.at,
                verb=entry.verb,
                sentence=line.sentence,
                reason=line.reason,
                changes=[f"{c.label}: {c.before} → {c.after}" for c in line.changes],
                veiled=line.veiled,
            )
            for entry, line in zip(entries, lines, strict=True)
        ]

    return page_of(audit.trail(ref), asked, show)

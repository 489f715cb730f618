"""The agenda of a meeting as somebody may see it, with its papers."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.db.models import Count, OuterRef, Prefetch, Subquery

from diwan.councils.models import AgendaItem, AgendaPaper, Meeting
from diwan.councils.policies import AGENDA
from diwan.kernel.errors import NotFound
from diwan.kernel.models import StoredFile
from diwan.kernel.policies import Actor


def agenda_of(actor: Actor, meeting: Meeting) -> list[AgendaItem]:
    """The items that the actor may see, in their order, with their papers; two questions."""
    rows = AgendaItem.objects.filter(meeting=meeting)
    every = AgendaItem.objects.filter(meeting=OuterRef("meeting")).order_by().values("meeting")
    papers = Prefetch("papers", AgendaPaper.objects.select_related("file__blob"))
    return list(
        AGENDA.which(actor, "see", rows)
        .annotate(every=Subquery(every.annotate(n=Count("pk")).values("n")))
        .order_by("position", "pk")
        .prefetch_related(papers)
    )


def is_whole(items: Sequence[AgendaItem]) -> bool:
    """Whether these are all items of their meeting: else a gap between two would tell of a third.

    `items` as `agenda_of` gives them.
    """
    return all(getattr(item, "every", len(items)) == len(items) for item in items)


def paper_file(actor: Actor, paper_id: UUID) -> StoredFile:
    """The file of a paper whose item the actor may see. Raises NotFound."""
    paper = AgendaPaper.objects.select_related("file__blob", "item").filter(pk=paper_id).first()
    if paper is None or not AGENDA.may(actor, "see", paper.item):
        raise NotFound
    return paper.file

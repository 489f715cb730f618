"""The agenda of a meeting as somebody may see it, with its papers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, F, OuterRef, Subquery

from diwan.councils.models import AgendaItem, AgendaPaper, Meeting
from diwan.councils.policies import AGENDA
from diwan.kernel.errors import NotFound
from diwan.kernel.models import StoredFile
from diwan.kernel.policies import Actor


@dataclass(frozen=True)
class LaidPaper:
    """A paper of an item; `size` in bytes, None where its content is not in the house."""

    id: UUID
    name: str
    size: int | None


def agenda_of(actor: Actor, meeting: Meeting) -> list[AgendaItem]:
    """The items that the actor may see, in order; `papers_of` tells their papers. One question.

    An item with several papers is several rows of it.
    """
    rows = AgendaItem.objects.filter(meeting=meeting)
    every = AgendaItem.objects.filter(meeting=OuterRef("meeting")).order_by().values("meeting")
    read = AGENDA.which(actor, "see", rows).annotate(
        every=Subquery(every.annotate(n=Count("pk")).values("n")),
        paper_id=F("papers__pk"),
        paper_name=F("papers__name"),
        paper_size=F("papers__file__blob__size"),
    )
    found: dict[UUID, AgendaItem] = {}
    papers: dict[UUID, list[LaidPaper]] = defaultdict(list)
    for row in read.order_by("position", "pk", "papers__position", "papers__pk"):
        found.setdefault(row.pk, row)
        told = row.__dict__
        if told["paper_id"] is not None:
            paper = LaidPaper(told["paper_id"], told["paper_name"], told["paper_size"])
            papers[row.pk].append(paper)
    for pk, item in found.items():
        item.__dict__[PAPERS] = papers[pk]
    return list(found.values())


PAPERS = "laid_papers"


def papers_of(item: AgendaItem) -> Sequence[LaidPaper]:
    """The papers of an item of `agenda_of`."""
    found: Sequence[LaidPaper] = item.__dict__.get(PAPERS, ())
    return found


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

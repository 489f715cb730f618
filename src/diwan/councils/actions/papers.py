"""The papers laid before a meeting with an item of its agenda.

A paper is read by who may see the item, as long as it does; its file is as confidential.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from diwan.councils.constants import AGENDA_ITEM, MEETING
from diwan.councils.models import AgendaItem, AgendaPaper, Meeting
from diwan.councils.policies import AGENDA
from diwan.kernel import audit, files
from diwan.kernel.errors import Refused
from diwan.kernel.exchange import Ref
from diwan.kernel.models import StoredFile
from diwan.kernel.policies import Actor, Confidentiality
from diwan.ui.show import show_number

from .fields import Proof
from .room import require_agenda_open
from .writing import checked_reason

MOST = 20
"""So many papers an item has at most: nobody reads more before a meeting."""


@transaction.atomic
def add_papers(actor: Actor, item: AgendaItem, uploads: Sequence[Proof]) -> list[AgendaPaper]:
    """Lay files before the meeting with an item.

    Raises NotFound, Forbidden, and Refused where there is none, too many of them, or a file is
    not taken (its size, its type, or a name that lies about it); then none is kept.
    """
    through = AGENDA.require(actor, "run", item)
    require_agenda_open(Meeting.objects.select_for_update().get(pk=item.meeting_id))
    if not uploads:
        raise Refused(_("Choose at least one file."), field="papers")
    if AgendaPaper.objects.filter(item=item).count() + len(uploads) > MOST:
        raise Refused(
            _("An item has at most %(most)s papers. Put several into one file.")
            % {"most": show_number(MOST)},
            field="papers",
        )
    made = [_lay(actor, item, upload) for upload in uploads]
    changes: dict[str, list[Any]] = {"paper": [None, [paper.name for paper in made]]}
    ref = Ref(MEETING, item.meeting_id)
    audit.record(actor, "add_paper", ref, changes=changes, through=through)
    return made


def _lay(actor: Actor, item: AgendaItem, upload: Proof) -> AgendaPaper:
    level = Confidentiality(item.confidentiality)
    subject = Ref(AGENDA_ITEM, item.pk)
    stored = files.store(actor, subject, upload.upload, upload.name, confidentiality=level)
    return _paper(actor, item, stored)


def _paper(actor: Actor, item: AgendaItem, stored: StoredFile) -> AgendaPaper:
    last = AgendaPaper.objects.filter(item=item).aggregate(n=Max("position"))["n"]
    return AgendaPaper.objects.create(
        item=item,
        name=stored.name[:200],
        file=stored,
        position=0 if last is None else last + 1,
        at=actor.at,
    )


@transaction.atomic
def remove_paper(actor: Actor, paper: AgendaPaper, *, reason: str) -> None:
    """Take a paper back; its file goes, its name and the reason stay in the meeting's trail."""
    item = paper.item
    through = AGENDA.require(actor, "run", item)
    require_agenda_open(Meeting.objects.select_for_update().get(pk=item.meeting_id))
    changes: dict[str, list[Any]] = {
        "paper": [[paper.name], None],
        "reason": [None, checked_reason(reason)],
    }
    ref = Ref(MEETING, item.meeting_id)
    _delete([paper])
    audit.record(actor, "remove_paper", ref, changes=changes, through=through)


def copy_papers(actor: Actor, old_id: UUID, item: AgendaItem) -> None:
    """The papers of an item that another meeting left over lie with the new one, too."""
    for paper in AgendaPaper.objects.filter(item=old_id).select_related("file"):
        stored = files.remember(
            actor, Ref(AGENDA_ITEM, item.pk), name=paper.file.name, sha256=paper.file.sha256
        )
        _paper(actor, item, stored)
    follow_level(item)


def follow_level(item: AgendaItem) -> None:
    """The files of an item's papers are as confidential as the item."""
    stored = StoredFile.objects.filter(pk__in=AgendaPaper.objects.filter(item=item).values("file"))
    stored.update(confidentiality=item.confidentiality)


def throw_away(item: AgendaItem) -> list[str]:
    """Delete an item's papers with their files; what they were called."""
    papers = list(AgendaPaper.objects.filter(item=item))
    _delete(papers)
    return [paper.name for paper in papers]


def _delete(papers: Sequence[AgendaPaper]) -> None:
    # The content itself is cleaned away when nothing uses it any more (`kernel.files.clean`).
    AgendaPaper.objects.filter(pk__in=[paper.pk for paper in papers]).delete()
    StoredFile.objects.filter(pk__in=[paper.file_id for paper in papers]).delete()

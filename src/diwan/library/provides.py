"""What the library gives to the exchange: its documents, how they are found, and a unit's own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import reduce
from operator import and_
from uuid import UUID

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from diwan.directory.public import UNIT
from diwan.kernel import exchange
from diwan.kernel.dated import CALENDARS, PRECISIONS
from diwan.kernel.errors import Sentence
from diwan.kernel.exchange import RELATED_SHOWN, Card, Ref, Related
from diwan.kernel.policies import Actor, Confidentiality

from .constants import DOCUMENT, KINDS, kind_name
from .models import Document
from .policies import documents


class DocumentSubject:
    """Documents as strangers show them."""

    kind = DOCUMENT
    name: Sentence = _("document")
    verbs: Mapping[str, Sentence] = {
        "add": _("added the document"),
        "correct": _("corrected the document"),
        "import": _("read the document from a file"),
    }
    fields: Mapping[str, Sentence] = {
        "name": _("Name"),
        "kind": _("Kind"),
        "text": _("Text"),
        "unit_id": _("Unit"),
        "horizon": _("Reaches until"),
        "horizon_precision": _("How exact"),
        "horizon_calendar": _("Calendar of the date"),
        "confidentiality": _("Who may read it"),
    }
    choices: Mapping[str, Mapping[str, Sentence]] = {
        "kind": KINDS,
        "horizon_precision": dict(PRECISIONS),
        "horizon_calendar": dict(CALENDARS),
        "confidentiality": dict(Confidentiality.choices),
    }
    kinds: Mapping[str, str] = {"unit_id": UNIT}

    def cards(self, ids: Sequence[UUID], actor: Actor) -> dict[UUID, Card]:
        """Cards of documents that the actor may see."""
        rows = documents.which(actor, "see", Document.objects.filter(pk__in=ids))
        return {row.pk: _card(row) for row in rows}


def _card(row: Document) -> Card:
    return Card(
        ref=Ref(DOCUMENT, row.pk),
        title=row.name,
        url=reverse("library:document", args=[row.pk]),
        state=kind_name(row.kind),
    )


def find_documents(tokens: Sequence[str], actor: Actor, limit: int) -> list[Card]:
    """Documents by the words of their name and text."""
    holds = reduce(and_, (Q(search__contains=token) for token in tokens), Q())
    rows = documents.which(actor, "see", Document.objects.filter(holds))
    return [_card(row) for row in rows.order_by("-id")[:limit]]


def of_unit(record: Ref, actor: Actor) -> Related | None:
    """A unit's documents, on its page."""
    rows = documents.which(actor, "see", Document.objects.filter(unit_id=record.id))
    found = [_card(row) for row in rows.order_by("-id")[: RELATED_SHOWN + 1]]
    more = f"{reverse('library:documents')}?unit={record.id}" if len(found) > RELATED_SHOWN else ""
    return Related(_("Documents"), found[:RELATED_SHOWN], more) if found else None


def declare() -> None:
    """Declare everything; called once when Django starts."""
    exchange.declare_subject(DocumentSubject())
    exchange.declare_search(
        DOCUMENT, find_documents, heading=_("Documents"), list_url="library:documents"
    )
    exchange.declare_related(UNIT, of_unit)

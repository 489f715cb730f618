"""What the library gives to the exchange: its documents, how they are found, and a unit's own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from diwan.directory.public import UNIT, authority_of
from diwan.kernel import exchange, search
from diwan.kernel.audit import before_opening
from diwan.kernel.dated import CALENDARS, PRECISIONS
from diwan.kernel.errors import NotFound, Sentence
from diwan.kernel.exchange import (
    RELATED_SHOWN,
    Card,
    HandoverLine,
    HandoverQuestion,
    HandoverSection,
    Ref,
    Related,
)
from diwan.kernel.links import Linkable, declare_linkable
from diwan.kernel.models import AuditEntry
from diwan.kernel.policies import Actor, Confidentiality, Through
from diwan.kernel.search import Texts, made_on, reach_of

from .constants import DOCUMENT, KINDS, kind_name
from .models import Document
from .policies import WRITERS, documents


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

    def veiled(self, entries: Sequence[AuditEntry], actor: Actor) -> set[UUID]:
        """What stood there before the document was opened is for who may write it."""
        ref = Ref(DOCUMENT, entries[0].subject_id)
        rows = Document.objects.filter(pk=ref.id)
        if documents.which(actor, "write", rows).exists():
            return set()
        return before_opening(entries, ref)


def _card(row: Document) -> Card:
    return Card(
        ref=Ref(DOCUMENT, row.pk),
        title=row.name,
        url=reverse("library:document", args=[row.pk]),
        state=kind_name(row.kind),
    )


def document_texts(ids: Sequence[UUID]) -> Iterator[Texts]:
    """Documents by name, text and kind."""
    for row in Document.objects.filter(pk__in=ids).select_related("register"):
        reach = reach_of(row.confidentiality, row.register.country)
        texts = [*(row.text or {}).values(), row.kind]
        yield Texts(row.pk, made_on(row.pk), reach, list(row.name.values()), texts)


def write_document(pk: UUID, actor: Actor) -> Through:
    """Who may write a document may say what it is joined with. Raises NotFound, Forbidden."""
    row = Document.objects.filter(pk=pk).first()
    if row is None:
        raise NotFound
    return documents.require(actor, "write", row)


def of_unit(record: Ref, actor: Actor) -> Related | None:
    """A unit's documents, on its page."""
    rows = documents.which(actor, "see", Document.objects.filter(unit_id=record.id))
    found = [_card(row) for row in rows.order_by("-id")[: RELATED_SHOWN + 1]]
    more = f"{reverse('library:documents')}?unit={record.id}" if len(found) > RELATED_SHOWN else ""
    return Related(_("Documents"), found[:RELATED_SHOWN], more) if found else None


def kept_by_post(question: HandoverQuestion) -> Iterator[HandoverLine]:
    """The unit's documents, where the post that passes on is one that writes them."""
    if question.unit_id not in authority_of(question.actor).units(*WRITERS):
        return
    for row in Document.objects.filter(unit_id=question.unit_id).order_by("key", "pk"):
        yield HandoverLine(
            ref=Ref(DOCUMENT, row.pk),
            title=row.name,
            url=reverse("library:document", args=[row.pk]),
            state=str(kind_name(row.kind)),
        )


def declare() -> None:
    """Declare everything; called once when Django starts."""
    exchange.declare_subject(DocumentSubject())
    search.declare_source(
        search.Source(
            DOCUMENT,
            _("Documents"),
            document_texts,
            Document.objects.all,
            search.seen_by(documents),
            list_url="library:documents",
        )
    )
    exchange.declare_related(UNIT, of_unit)
    exchange.declare_handover(
        HandoverSection("library.documents", _("Documents of the unit"), 40, kept_by_post)
    )
    declare_linkable(Linkable(DOCUMENT, write_document))

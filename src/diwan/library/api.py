"""Documents over the API."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Literal
from uuid import UUID

from ninja import Field, Schema
from pydantic import StringConstraints

from diwan.directory.public import Unit
from diwan.kernel.api.asking import Guard
from diwan.kernel.api.paging import Ordered, Page, page_of
from diwan.kernel.api.routes import Routes, Shown
from diwan.kernel.api.shapes import Id, Line, Reason, Sent, SentDate, Texts, When
from diwan.kernel.errors import NotFound
from diwan.kernel.exchange import Ref
from diwan.kernel.policies import Actor

from .actions import DocumentFields, add_document, correct_document
from .constants import DOCUMENT
from .models import Document
from .policies import documents
from .queries import DocumentFilter, documents_for, horizon_of

routes = Routes("library", reads="library:read", writes="library:write")
Confidentiality = Literal["public", "internal", "body", "named"]


class DocumentShape(Schema):
    """A document that decisions lean on."""

    id: UUID
    register_key: str
    key: str
    unit_id: UUID | None
    kind: str
    name: dict[str, str]
    text: dict[str, str] | None
    horizon: When | None
    confidentiality: Confidentiality


class AskedDocuments(Ordered):
    """What documents are narrowed to."""

    unit: Id | None = Field(None, description="Of this unit or one below it.")
    kind: Line = ""
    q: Line = ""


class DocumentSent(Sent):
    """A document as a whole."""

    kind: Annotated[str, StringConstraints(min_length=1, max_length=60, pattern=r"^[^\x00]*$")]
    name: Texts
    text: Texts | None = None
    horizon: SentDate | None = Field(None, description="Until when it reaches.")
    confidentiality: Confidentiality = "internal"

    def fields(self) -> DocumentFields:
        """As the actions take them."""
        return DocumentFields(
            kind=self.kind,
            name=self.name.texts(),
            text=self.text.texts() if self.text else None,
            horizon=self.horizon.stated() if self.horizon else None,
            confidentiality=self.confidentiality,
        )


class DocumentCorrection(DocumentSent):
    """The document as it should stand, and what was wrong."""

    reason: Reason


@routes.many("/documents", DocumentShape)
def list_documents(actor: Actor, asked: AskedDocuments) -> Page[DocumentShape]:
    """Documents that the caller may see."""
    wanted = DocumentFilter(text=asked.q, kind=asked.kind, unit_id=asked.unit)
    return page_of(documents_for(actor, wanted), asked, _shapes)


@routes.one("/documents/{uuid:id}", DocumentShape)
def get_document(actor: Actor, id: UUID) -> Shown:  # noqa: A002 - the address's own word
    """One document."""
    return _shown(_find(actor, id))


@routes.make("/units/{uuid:id}/documents", DocumentShape)
def make_document(actor: Actor, id: UUID, body: DocumentSent) -> Shown:  # noqa: A002 - as above
    """Add a document of a unit to its register."""
    unit = Unit.objects.filter(pk=id).first()
    if unit is None:
        raise NotFound
    return _shown(add_document(actor, unit, body.fields()))


@routes.step("/documents/{uuid:id}", DocumentShape, DOCUMENT, method="PATCH")
def correct_document_(
    actor: Actor,
    guard: Guard,
    id: UUID,  # noqa: A002 - as above
    body: DocumentCorrection,
) -> Shown:
    """Put right what a document says; the audit keeps what stood before."""
    document = _find(actor, id)
    with guard:
        correct_document(actor, document, body.fields(), reason=body.reason)
    return _shown(_find(actor, id))


def _find(actor: Actor, document_id: UUID) -> Document:
    rows = Document.objects.filter(pk=document_id).select_related("register")
    found = documents.which(actor, "see", rows).first()
    if found is None:
        raise NotFound
    return found


def _shown(row: Document) -> Shown:
    return Shown(_shape(row), Ref(DOCUMENT, row.pk), at=f"documents/{row.pk}")


def _shapes(rows: Iterable[Document]) -> list[DocumentShape]:
    return [_shape(row) for row in rows]


def _shape(row: Document) -> DocumentShape:
    return DocumentShape.model_validate(
        {
            **{name: getattr(row, name) for name in ("key", "kind", "name", "text", "unit_id")},
            "id": row.pk,
            "register_key": row.register.key,
            "horizon": When.of(horizon_of(row)),
            "confidentiality": row.confidentiality,
        }
    )

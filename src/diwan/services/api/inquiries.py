"""Asking other departments over the API, and answering for one's own."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from ninja import Field

from diwan.directory.public import authority_of
from diwan.kernel.api.asking import Guard
from diwan.kernel.api.paging import Ordered, Page, page_of
from diwan.kernel.api.routes import Shown
from diwan.kernel.api.shapes import Id, Instant, Prose, Reason, Sent
from diwan.kernel.errors import NotFound
from diwan.kernel.policies import Actor
from diwan.services.actions import inquiries
from diwan.services.constants import CASE
from diwan.services.models import Case, Inquiry
from diwan.services.policies import CASES, WORKING

from .cases import CaseLine, InquiryShape, inquiry_shape
from .routing import routes
from .steps import NothingMore, taken


class Question(Sent):
    """What is asked, and of whom."""

    unit_ids: Annotated[list[Id], Field(min_length=1, max_length=20)]
    question: Reason
    due: Instant | None = Field(None, description="By when the answer is needed.")


class Opinion(Sent):
    """What the department says; an objection needs its reasons."""

    opinion: Literal["agrees", "objects", "says"]
    text: Prose = ""


@routes.many("/inquiries", InquiryShape)
def list_inquiries(actor: Actor, asked: Ordered) -> Page[InquiryShape]:
    """What the units of the caller's posts are asked and have not answered yet."""
    rows = Inquiry.objects.filter(
        unit__in=authority_of(actor).units(*WORKING),
        answered_at=None,
        withdrawn_at=None,
        case__in=CASES.which(actor, "see", Case.objects.order_by()),
    )
    return page_of(rows, asked, lambda found: [inquiry_shape(row) for row in found])


@routes.step("/cases/{uuid:id}/ask", CaseLine, CASE)
def ask_departments(actor: Actor, guard: Guard, id: UUID, body: Question) -> Shown:  # noqa: A002 - the address's own word
    """Ask other departments; the case's step waits for all of them."""
    return taken(
        actor,
        guard,
        id,
        lambda case: inquiries.ask(actor, case, body.unit_ids, body.question, due=body.due),
    )


@routes.step("/cases/{uuid:id}/inquiries/{uuid:inquiry}/answer", CaseLine, CASE)
def answer_inquiry(
    actor: Actor,
    guard: Guard,
    id: UUID,  # noqa: A002 - as above
    inquiry: UUID,
    body: Opinion,
) -> Shown:
    """Answer for the department that was asked."""
    return taken(
        actor,
        guard,
        id,
        lambda case: inquiries.answer(actor, _of(case, inquiry), body.opinion, body.text),
    )


@routes.step("/cases/{uuid:id}/inquiries/{uuid:inquiry}/withdraw", CaseLine, CASE)
def withdraw_inquiry(
    actor: Actor,
    guard: Guard,
    id: UUID,  # noqa: A002 - as above
    inquiry: UUID,
    body: NothingMore,
) -> Shown:
    """Take an inquiry back: the step does not wait for it any more."""
    del body
    return taken(
        actor,
        guard,
        id,
        lambda case: inquiries.withdraw_inquiry(actor, _of(case, inquiry)),
    )


def _of(case: Case, inquiry_id: UUID) -> Inquiry:
    """An inquiry of a case. Raises NotFound."""
    found = Inquiry.objects.filter(pk=inquiry_id, case=case).first()
    if found is None:
        raise NotFound
    return found

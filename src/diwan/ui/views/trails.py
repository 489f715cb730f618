"""The one page of this room that shows records: the trail of any of them."""

from __future__ import annotations

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from diwan.kernel import audit, exchange
from diwan.kernel.errors import NotFound
from diwan.kernel.exchange import Ref
from diwan.kernel.requests import actor_of
from diwan.ui.pages import page_of
from diwan.ui.trails import lines_of

LINES_A_PAGE = 40


@login_required
def trail(request: HttpRequest, kind: str, record_id: UUID) -> HttpResponse:
    """Show what was done with a record, the newest first; 404 where the record may not be seen."""
    actor, ref = actor_of(request), Ref(kind, record_id)
    subject = exchange.subject_of(kind)
    card = exchange.cards([ref], actor).get(ref)
    if subject is None or card is None:
        raise NotFound
    page = page_of(audit.trail(ref), request, size=LINES_A_PAGE)
    lines = lines_of(list(page.object_list), subject, actor)
    context = {"card": card, "subject": subject, "page": page, "lines": lines}
    return render(request, "ui/trail.html", context)

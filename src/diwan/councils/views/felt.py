"""Decided, done, felt: what citizens judged beside what became of a body's decisions."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from diwan.councils.queries.progress import progress_of_body
from diwan.kernel.errors import NotFound

from .bodies_progress import body_felt, body_progress
from .records import body_for
from .shared import way_to_body


@login_required
@require_safe
def felt(request: HttpRequest, pk: UUID) -> HttpResponse:
    """What the people served by a body's unit felt; the body's page takes its first part over.

    Opened by who decides, who asks: did those feel it for whom it was decided? A page of its own,
    so that the body's waits for nobody's counting. Next: back to the body.
    """
    actor, body = body_for(request, pk, "see")
    months = progress_of_body(actor, body)[1]
    judged = body_felt(actor, body, months)
    if judged is None:
        raise NotFound
    context: dict[str, Any] = {
        "body": body,
        "felt": judged,
        "by_month": body_progress(body, months, judged),
        "crumbs": way_to_body(body),
    }
    return render(request, "councils/felt.html", context)

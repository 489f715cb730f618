"""Proof files, given to whoever may read them."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe

from diwan.councils.queries.duties import proof_file
from diwan.kernel import files
from diwan.kernel.requests import actor_of


@require_safe
def proof(request: HttpRequest, pk: UUID) -> HttpResponseBase:
    """A proof file.

    Opened from an action's page by the secretary or the owner, who asks: does it show what was
    resolved? Next: back to the action, to close or return it. Whoever may not read it gets a 404.
    """
    return files.answer_with(request, proof_file(actor_of(request), pk))

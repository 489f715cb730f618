"""Files of a form that is being filled in, shown back to whoever gave them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from uuid import UUID

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from diwan.kernel.countries import country as country_of
from diwan.kernel.errors import NotFound
from diwan.kernel.files import answer_with
from diwan.kernel.reader import current, reading
from diwan.kernel.requests import actor_of
from diwan.services.models import Draft
from diwan.services.queries.drafts import draft_of


@contextmanager
def in_country(code: str) -> Iterator[None]:
    """Days and hours are those of the country that offers the service."""
    with reading(replace(current(), timezone=country_of(code).timezone)):
        yield


@never_cache
@require_safe
def draft_file(request: HttpRequest, secret: str, pk: UUID) -> HttpResponseBase:
    """A picture or paper that was given with a form not filed yet. For whoever has its link."""
    return given_file(request, draft_of(actor_of(request), secret), pk)


def given_file(request: HttpRequest, draft: Draft, pk: UUID) -> HttpResponseBase:
    """One file of a draft. Raises NotFound for any other."""
    given = draft.files.select_related("file__blob").filter(pk=pk).first()
    if given is None:
        raise NotFound
    return answer_with(request, given.file)

"""Pages of a tracking code: whoever has it may see them, and nobody guesses one.

A code that is wrong, absent or of a case that is nobody's to follow gets the same answer after the
same work, and is counted; after some misses the door stays shut for a while (`actions.tries`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import wraps
from typing import Any, Concatenate, ParamSpec, cast

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from diwan.kernel.countries import country
from diwan.kernel.reader import current, reading
from diwan.kernel.requests import actor_of, address_of
from diwan.services.actions.tries import TooManyTries, case_of_code
from diwan.services.forms.citizen import CodeForm
from diwan.services.models import Case

P = ParamSpec("P")
TOO_MANY = 429
ABSENT = 404


def find(request: HttpRequest, typed: str) -> Case | None:
    """The case of a code; a miss is counted. Raises TooManyTries."""
    return case_of_code(address_of(request), typed, actor_of(request).at)


def by_code(
    view: Callable[Concatenate[HttpRequest, Case, P], HttpResponseBase],
) -> Callable[Concatenate[HttpRequest, str, P], HttpResponseBase]:
    """Give a view the case of the code in its address; the country's clock is the reader's."""

    @never_cache
    @wraps(view)
    def found(
        request: HttpRequest, code: str, *args: P.args, **kwargs: P.kwargs
    ) -> HttpResponseBase:
        try:
            case = find(request, code)
        except TooManyTries as refusal:
            return ask_again(request, code, str(refusal), TOO_MANY)
        if case is None:
            return ask_again(request, code, no_such_code(), ABSENT)
        zone = country(case.service.country).timezone
        with reading(replace(current(), timezone=zone)):
            return view(request, case, *args, **kwargs)

    return cast("Callable[Concatenate[HttpRequest, str, P], HttpResponseBase]", found)


def sent(request: HttpRequest, *more: Any) -> tuple[Any, ...]:
    """What a form is bound to: what was posted, even nothing at all; no data where it is read."""
    return (request.POST, *more) if request.method == "POST" else ()


def no_such_code() -> str:
    """What is answered to a code that is wrong or absent."""
    return _("No case has this code. Compare it with your receipt, sign by sign.")


def ask_again(request: HttpRequest, typed: str, why: str, status: int) -> HttpResponse:
    """The page that asks for a code, with the reason why it asks again."""
    form = CodeForm(initial={"code": typed[:40]})
    return render(request, "services/follow.html", {"form": form, "why": why}, status=status)

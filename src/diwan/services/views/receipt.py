"""The receipt of a case: page, A4 and slip; and the closing paper with the code for judging."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from diwan.kernel.errors import Refused
from diwan.kernel.reader import current
from diwan.kernel.requests import actor_of, address_of, marked_device
from diwan.services.actions.closing import print_closing
from diwan.services.actions.limits import TooMuch, What, asker_of, spend
from diwan.services.actions.ratings import rating_secret
from diwan.services.constants import LANGUAGES
from diwan.services.models import Case, RatingLink
from diwan.services.queries.casepage import find_case
from diwan.ui.paper import pdf_of

from .codes import TOO_MANY, ask_again, by_code
from .receiptwords import closing_words, paper_data, read_as, receipt_words

A4 = "services/templates/services/receipt_a4.typ"
SLIP = "services/templates/services/receipt_slip.typ"
Telling = Callable[[HttpRequest | None, Case, datetime], dict[str, Any]]


@require_safe
@by_code
def receipt(request: HttpRequest, case: Case) -> HttpResponse:
    """What somebody has in hand after filing: the code, the promised date, what happens next.

    Opened right after filing, at home or by the clerk who prints it. Next: print or follow it.
    """
    words = receipt_words(request, case, actor_of(request).at)
    qr = f"data:image/svg+xml;base64,{b64encode(words['qr'].encode()).decode()}"
    return render(request, "services/receipt.html", {"case": case, "r": words, "qr": qr})


@require_safe
@by_code
def receipt_a4(request: HttpRequest, case: Case) -> HttpResponse:
    """The receipt on A4, in the applicant's language."""
    return _paper(request, case, A4, receipt_words)


@require_safe
@by_code
def receipt_slip(request: HttpRequest, case: Case) -> HttpResponse:
    """The receipt on a roll of 80 mm."""
    return _paper(request, case, SLIP, receipt_words)


@require_safe
@by_code
def closing_slip(request: HttpRequest, case: Case) -> HttpResponse:
    """How a case ended and the code by which it is judged, on a roll of 80 mm.

    Printed by the applicant themselves; the office prints it from the page of the case.
    """
    if marked_device(request) or not RatingLink.objects.filter(case=case).exists():
        return HttpResponseRedirect(reverse("services:followed", args=[case.code]))
    return _paper(request, case, SLIP, partial(closing_words, secret=rating_secret(case)))


@login_required
@never_cache
@require_POST
def print_closing_slip(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The same for somebody who stands at the counter; that it was printed is noted.

    Asked for on the page of a case by who handles it. Next: the next person.
    """
    actor = actor_of(request)
    case = find_case(actor, pk)
    try:
        secret = print_closing(actor, case)
    except Refused as refusal:
        messages.error(request, str(refusal))
        return HttpResponseRedirect(reverse("services:case", args=[pk]))
    return _paper(request, case, SLIP, partial(closing_words, secret=secret))


def _paper(request: HttpRequest, case: Case, template: str, telling: Telling) -> HttpResponse:
    actor = actor_of(request)
    at = actor.at
    try:
        spend(asker_of(actor, address_of(request)), What.PAPERS, 1, at)
    except TooMuch as refusal:
        return ask_again(request, case.code, str(refusal), TOO_MANY)
    asked = request.GET.get("lang", case.language)
    language = asked if asked in LANGUAGES else current().language
    with read_as(case, language):
        data = paper_data(telling(request, case, at), language)
        made = pdf_of(template, data, at=at)
    answer = HttpResponse(made, content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="{case.code}.pdf"'
    return answer

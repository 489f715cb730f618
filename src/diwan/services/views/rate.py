"""Judging a case: the citizen alone, once."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from diwan.kernel.errors import Refused
from diwan.kernel.requests import actor_of, marked_device
from diwan.services.actions.ratings import (
    AlreadyRated,
    StaffMayNotRate,
    link_of,
    rate,
    require_open,
)
from diwan.services.forms.citizen import RateForm
from diwan.services.models import RatingLink
from diwan.services.queries.definitions import definition_of
from diwan.ui.pages import form_page, refusals_on

from .codes import sent

FORBIDDEN = 403


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def judge(request: HttpRequest, secret: str) -> HttpResponse:
    """The page of a rating link.

    Opened by a citizen whose case has ended: one minute, from a message or the code on a paper.
    Next: nothing; it is the end of their way.
    """
    link = link_of(secret)
    actor = actor_of(request)
    try:
        require_open(link, actor.at)
    except AlreadyRated as already:
        thanks = "thanks" in request.GET
        heading = _("Thank you") if thanks else _("This case was judged already")
        return _closed(request, link, heading, _words(thanks=thanks, refusal=already))
    except Refused as refusal:
        heading = _("It cannot be judged now")
        return _closed(request, link, heading, str(refusal), invited=True)
    if marked_device(request):
        status = FORBIDDEN if request.method == "POST" else 200
        words = str(StaffMayNotRate())
        return _closed(request, link, _("Only the citizen judges"), words, status)
    form = RateForm(definition_of(link.case.version).rating, *sent(request))
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            rate(actor, link, form.judgement(), staff=False)
            return HttpResponseRedirect(f"{reverse('services:rate', args=[secret])}?thanks")
    return form_page(
        request,
        form,
        template="services/rate.html",
        heading=_("How was it?"),
        submit_label=_("Send my judgement"),
        link=link,
        case=link.case,
    )


def _words(*, thanks: bool, refusal: Refused) -> str:
    if thanks:
        return _("Your word goes to the office, and into the numbers that everybody can see.")
    return str(refusal)


def _closed(
    request: HttpRequest,
    link: RatingLink,
    heading: str,
    why: str,
    status: int = 200,
    *,
    invited: bool = False,
) -> HttpResponse:
    """A page without a form; who is `invited` to complain gets there, of the service alone.

    Who holds the link need not be shown the tracking code.
    """
    service = link.case.service
    query = urlencode({"service": service.code, "country": service.country})
    context = {
        "link": link,
        "case": link.case,
        "heading": heading,
        "why": why,
        "complain_url": f"{reverse('services:complain')}?{query}" if invited else "",
    }
    return render(request, "services/rate_closed.html", context, status=status)

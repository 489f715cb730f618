"""Calendars: the addresses under which phones and programs read one's meetings."""

from __future__ import annotations

import hashlib
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from diwan.councils.public import BODY
from diwan.interop.actions import feeds as actions
from diwan.interop.constants import OWN_CALENDAR
from diwan.interop.models import CalendarFeed
from diwan.interop.queries.feeds import events_of, feed_by_token, own_feed, own_feeds
from diwan.kernel.errors import NotFound
from diwan.kernel.exchange import Ref, cards
from diwan.kernel.ics import calendar_text
from diwan.kernel.policies import Actor
from diwan.kernel.reader import of_language, reading
from diwan.kernel.requests import actor_of
from diwan.ui.pages import confirm_page
from diwan.ui.show import show_local

WEBCAL = "webcal"
MADE = gettext_lazy("Here is the address; whoever has it reads the calendar.")


@never_cache
@login_required
@require_safe
def feeds(request: HttpRequest) -> HttpResponse:
    """List the addresses of one's calendars.

    Opened by somebody who lives by the calendar of a phone or an office program and asks: how do my
    meetings get there by themselves? Next: make an address, copy it, or take a leaked one back.
    """
    rows = [(row, _name(row), *_addresses(row)) for row in own_feeds(actor_of(request))]
    context = {"rows": rows, "own": any(row.body_id is None for row, *_more in rows)}
    return render(request, "interop/feeds.html", context)


def _name(feed: CalendarFeed) -> str:
    return show_local(feed.body.name) if feed.body else str(OWN_CALENDAR)


def _addresses(feed: CalendarFeed) -> tuple[str, str]:
    """The address as programs are told it, and as a link that opens the calendar's program."""
    address = settings.DIWAN_ADDRESS + reverse("calendar_feed", args=[feed.token])
    return address, f"{WEBCAL}:{address.partition(':')[2]}"


@login_required
@require_POST
def make_feed(request: HttpRequest) -> HttpResponse:
    """Make the address of one's own calendar. Next: copy it from the list."""
    actions.make_feed(actor_of(request))
    messages.success(request, MADE)
    return redirect("interop:feeds")


@login_required
def make_body_feed(request: HttpRequest, body_id: UUID) -> HttpResponse:
    """Tell what the address of a body's calendar is good for, and make it.

    Opened from the body's page by who wants its meetings in a phone. Next: copy it from the list.
    """
    card = cards([Ref(BODY, body_id)], actor_of(request)).get(Ref(BODY, body_id))
    if card is None:
        raise NotFound
    if request.method == "POST":
        actions.make_feed(actor_of(request), body_id)
        messages.success(request, MADE)
        return redirect("interop:feeds")
    return confirm_page(
        request,
        heading=_("Read this body's meetings in your own calendar?"),
        lead=show_local(card.title),
        consequences=[
            _("You get a secret address; your phone or office program reads the meetings there."),
            _("It shows what you may see at the time, and every change comes by itself."),
        ],
        submit_label=_("Make the address"),
        cancel_url=card.url,
    )


@login_required
def renew_feed(request: HttpRequest, feed_id: UUID) -> HttpResponse:
    """Ask once more, then give the calendar another address."""
    feed = own_feed(actor_of(request), feed_id)
    if request.method == "POST":
        actions.renew_feed(actor_of(request), feed_id)
        messages.success(request, _("The calendar has a new address."))
        return redirect("interop:feeds")
    return confirm_page(
        request,
        heading=_("Give this calendar a new address?"),
        lead=_name(feed),
        consequences=[
            _("The old address shows nothing any more. Enter the new one in your programs.")
        ],
        submit_label=_("Renew the address"),
        cancel_url=reverse("interop:feeds"),
    )


@login_required
def remove_feed(request: HttpRequest, feed_id: UUID) -> HttpResponse:
    """Ask once more, then take the address away."""
    feed = own_feed(actor_of(request), feed_id)
    if request.method == "POST":
        actions.remove_feed(actor_of(request), feed_id)
        messages.success(request, _("The address was taken away."))
        return redirect("interop:feeds")
    return confirm_page(
        request,
        heading=_("Take this address away?"),
        lead=_name(feed),
        consequences=[_("Calendars that read it show nothing new any more.")],
        submit_label=_("Take it away"),
        cancel_url=reverse("interop:feeds"),
        danger=True,
    )


@require_safe
def read_feed(request: HttpRequest, token: str) -> HttpResponseBase:
    """The calendar of an address, as its user may see it now and in the user's language.

    Opened by programs, again and again: what did not change is not sent again.
    """
    try:
        feed = feed_by_token(token)
    except NotFound as missing:
        raise Http404 from missing
    reader = of_language(feed.user.language or settings.LANGUAGE_CODE)
    with translation.override(reader.language), reading(reader):
        actor = Actor.user(feed.user_id, str(feed.user))
        events = events_of(actor, feed.body_id, settings.DIWAN_ADDRESS)
        content = calendar_text(_name(feed), reader.language, events)
    answer = HttpResponse(content, content_type="text/calendar; charset=utf-8")
    answer["ETag"] = etag = quote_etag(hashlib.sha256(content).hexdigest())
    answer["Cache-Control"] = "private, max-age=0, must-revalidate"
    answer["X-Robots-Tag"] = "noindex"
    answer["Content-Disposition"] = 'inline; filename="diwan.ics"'
    return get_conditional_response(request, etag=etag, response=answer) or answer

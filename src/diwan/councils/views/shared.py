"""What the room's pages share: which record, as of which day, and how things are said."""

from __future__ import annotations

from datetime import date
from typing import TypeVar
from uuid import UUID

from django.db import models
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from diwan.councils.models import Action, Body, Resolution
from diwan.councils.rules.life import OWED, State
from diwan.directory.public import PostCard
from diwan.kernel.calendars import PartialDate
from diwan.kernel.errors import NotFound
from diwan.kernel.policies import Actor, Policy
from diwan.kernel.text import isolate
from diwan.kernel.working import today_in
from diwan.ui.components import Link, Tag
from diwan.ui.show import show_day_short, show_digits, show_local, show_number, show_partial

M = TypeVar("M", bound=models.Model)

STATE_TONES = {
    State.UNCONFIRMED: "quiet",
    State.OPEN: "new",
    State.DOING: "new",
    State.DONE: "due",
    State.CLOSED: "done",
    State.DROPPED: "quiet",
}


def seen(policy: Policy[M], actor: Actor, records: QuerySet[M], pk: UUID) -> M:
    """The record, if the actor may see it. Raises NotFound."""
    found = policy.find(actor, records.filter(pk=pk))
    if not found:
        raise NotFound
    return found[0]


def today_of(actor: Actor, body: Body) -> date:
    """The day it is where a body sits."""
    return today_in(body.unit.country, actor.at)


def identifier(text: str | None) -> UUID | None:
    """The identifier in a parameter. Raises NotFound for anything else than one."""
    if not text:
        return None
    try:
        return UUID(text)
    except ValueError as error:
        raise NotFound from error


def next_or(request: HttpRequest, url: str) -> str:
    """Where the parameter `next` leads if that is one of our own addresses, else `url`."""
    asked = request.POST.get("next") or request.GET.get("next") or ""
    safe = url_has_allowed_host_and_scheme(asked, {request.get_host()}, require_https=False)
    return asked if safe and asked.startswith("/") else url


def number_of(resolution: Resolution) -> str:
    """A resolution's number for a sentence; a draft has none yet."""
    return isolate(show_digits(resolution.number)) if resolution.number else _("draft")


def post_words(card: PostCard | None) -> str:
    """A post for a sentence, with its unit."""
    if card is None:
        return _("nobody yet")
    return _("%(post)s, %(unit)s") % {
        "post": isolate(show_local(card.name)),
        "unit": isolate(show_local(card.unit_name)),
    }


def holder_words(card: PostCard | None) -> str:
    """Who holds a post now, in words; `vacant` where nobody does."""
    if card is None:
        return ""
    if not card.holders:
        return _("the post has ended") if card.ended else _("vacant")
    return _(", ").join(isolate(show_local(holder.name)) for holder in card.holders)


def late_words(days: int) -> str:
    """By how much something is late."""
    words = ngettext("%(n)s working day late", "%(n)s working days late", days)
    return words % {"n": show_number(days)}


def due_words(due: PartialDate | None, today: date) -> str:
    """Until when something is due, the nearest days by name."""
    if due is None:
        return _("no date")
    days = (due.last_day - today).days
    if days in (0, 1):
        return _("due today") if days == 0 else _("due tomorrow")
    exact = due.first_day == due.last_day
    shown = show_day_short(due.last_day) if exact else show_partial(due)
    return (_("was due %(day)s") if days < 0 else _("due %(day)s")) % {"day": shown}


def state_tag(action: Action, late_days: int = 0) -> Tag:
    """How an action stands: late before all, else its state."""
    state = State(action.state)
    if late_days and state in OWED:
        return Tag(late_words(late_days), "late")
    return Tag(str(Action.State(state).label), STATE_TONES[state])


def way_to_body(body: Body) -> list[Link]:
    """The way down to a body's records."""
    return [Link(show_local(body.name), reverse("councils:body", args=[body.pk]))]


def way_to_resolution(resolution: Resolution, *, sees: bool = True) -> list[Link]:
    """The way down to what follows from a resolution; without it for who may not read it."""
    top = Link(_("Resolutions"), reverse("councils:register"))
    if not sees:
        return [top]
    url = reverse("councils:resolution", args=[resolution.pk])
    return [top, Link(number_of(resolution), url)]

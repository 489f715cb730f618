"""What the room's pages share: who asks, which record, as of which day, the way down to it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import TypeVar
from uuid import UUID

from django.db import models
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from diwan.directory.policies import authority_of
from diwan.directory.queries.lists import units_above
from diwan.directory.queries.names import unit_names
from diwan.kernel.countries import COUNTRIES, country
from diwan.kernel.errors import NotFound
from diwan.kernel.exchange import DeskItem, DeskQuestion, desk_items
from diwan.kernel.policies import Actor, Policy
from diwan.kernel.reader import current
from diwan.kernel.working import today_in
from diwan.ui.components import Link
from diwan.ui.forms import AsOfForm
from diwan.ui.show import show_local

M = TypeVar("M", bound=models.Model)


def seen(policy: Policy[M], actor: Actor, records: QuerySet[M], pk: UUID) -> M:
    """The record, if the actor may see it. Raises NotFound."""
    found = policy.find(actor, records.filter(pk=pk))
    if not found:
        raise NotFound
    return found[0]


def asked_day(request: HttpRequest, today: date) -> date:
    """The day asked for by the parameter `on`, by default today."""
    return AsOfForm(request.GET).day(today)


def today_of(actor: Actor, code: str | None = None) -> date:
    """Today in a country; without one, where the reader is."""
    return today_in(code, actor.at) if code else current().day_of(actor.at)


def on_query(day: date, today: date) -> str:
    """What an address carries so that its page looks at the same day; nothing for today."""
    return "" if day == today else f"?on={day.isoformat()}"


def countries_of(actor: Actor) -> list[str]:
    """Countries that the actor's posts stand in; all of them during an elevation."""
    return sorted(COUNTRIES) if actor.elevated else sorted(authority_of(actor).countries)


def country_name(code: str) -> str:
    """The country in the reader's words."""
    return show_local(country(code).names)


def way_to(unit_id: UUID, day: date, *, query: str = "", itself: bool = False) -> list[Link]:
    """The units above, from the top down, and the unit itself if asked."""
    above = [*units_above(unit_id, day), *([unit_id] if itself else [])]
    names = unit_names(above, day)
    return [
        Link(show_local(names.get(pk, {})), reverse("directory:unit", args=[pk]) + query)
        for pk in above
    ]


def duties_of(actor: Actor, post_ids: Iterable[UUID]) -> list[DeskItem]:
    """Open duties of these posts, the latest first, then by date."""
    question = DeskQuestion(actor=actor, at=actor.at, post_ids=frozenset(post_ids))
    items = [item for item in desk_items(question) if item.post_id is not None]
    return sorted(items, key=lambda item: (-item.late_days, item.due or date.max))


def next_or(request: HttpRequest, url: str) -> str:
    """Where the parameter `next` leads if that is one of our own addresses, else `url`."""
    asked = request.POST.get("next") or request.GET.get("next") or ""
    safe = url_has_allowed_host_and_scheme(asked, {request.get_host()}, require_https=False)
    return asked if safe and asked.startswith("/") else url


def named(names: Mapping[UUID, Mapping[str, str]], pk: UUID | None) -> str:
    """A name out of many, in the reader's language."""
    return show_local(names.get(pk, {})) if pk else ""


def identifier(text: str | None) -> UUID | None:
    """The identifier in a parameter. Raises NotFound for anything else than one."""
    if not text:
        return None
    try:
        return UUID(text)
    except ValueError as error:
        raise NotFound from error

"""What bodies should look at of services: those that fall behind in their own units and below.

One point a service, with the figures and nobody's name: who runs a body may bring it before the
body whether or not they work on cases.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from uuid import UUID

from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from diwan.directory.public import authority_of
from diwan.kernel.exchange import AgendaPoint, AgendaQuestion, Ref, Weight, declare_agenda
from diwan.kernel.text import isolate
from diwan.kernel.working import today_in
from diwan.services.constants import LANGUAGES, SERVICE
from diwan.services.models import Service
from diwan.services.policies.services import services
from diwan.services.queries.wanting import Wanting, wanting
from diwan.ui.show import show_local, show_number

MOST = 10
"""A body is not asked to look at more services at once."""


def declare_agendas() -> None:
    """Declare what the room would have bodies look at."""
    declare_agenda(services_behind, SERVICE)


def services_behind(question: AgendaQuestion) -> Iterator[AgendaPoint]:
    """The services that fall behind in the body's unit and those it oversees, and below them."""
    units = question.overseen | ({question.unit_id} if question.unit_id else frozenset())
    actor = question.actor
    found = wanting(units, authority_of(actor).day, actor.at) if units else {}
    if not found:
        return
    worst = sorted(found.items(), key=_order)[:MOST]
    seen = services.which(actor, "see", Service.objects.filter(pk__in=[pk for pk, _one in worst]))
    known = seen.defer("search").in_bulk()
    for pk, one in worst:
        if pk in known:
            yield _point(known[pk], one)


def _order(item: tuple[UUID, Wanting]) -> tuple[int, int, str]:
    pk, one = item
    return -one.complaints, -one.late, str(pk)


def _point(service: Service, one: Wanting) -> AgendaPoint:
    page = reverse("services:service", args=[service.code])
    due = today_in(service.country, one.since_at) if one.since_at else None
    return AgendaPoint(
        ref=Ref(SERVICE, service.pk),
        text=_in_languages(service, one),
        url=f"{page}?country={service.country}",
        weight=Weight.SERVED,
        why=_("In the body's own units and below: %(what)s.") % {"what": _said(one)},
        due=due,
    )


def _in_languages(service: Service, one: Wanting) -> dict[str, str]:
    """As an agenda item would say it, in each language in which the service has a name."""
    found = {}
    for language in LANGUAGES:
        if language in service.name:
            with translation.override(language):
                found[language] = _item(service, one)
    return found or {"en": _item(service, one)}


def _item(service: Service, one: Wanting) -> str:
    parts = {"service": isolate(show_local(service.name)), "what": _said(one)}
    return _("Service “%(service)s”: %(what)s") % parts


def _said(one: Wanting) -> str:
    """The figures, in words."""
    many = partial(_counted, one)
    said = [
        many("late", ngettext("%(n)s late case", "%(n)s late cases", one.late)),
        many(
            "complaints",
            ngettext("%(n)s complaint went up", "%(n)s complaints went up", one.complaints),
        ),
    ]
    if one.fallen is not None:
        numbers = {
            "before": show_number(round(one.fallen.before, 1)),
            "now": show_number(round(one.fallen.now, 1)),
        }
        said.append(_("the mean of the judgements fell from %(before)s to %(now)s of 5") % numbers)
    return _(", ").join(part for part in said if part)


def _counted(one: Wanting, name: str, words: str) -> str:
    count = getattr(one, name)
    return words % {"n": show_number(count)} if count else ""

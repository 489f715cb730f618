"""Who is told of objections: those who may object, who serves the body, who objected."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from diwan.councils.constants import (
    MAY_OBJECT,
    OBJECTED,
    OBJECTION_ANSWERED,
    RESOLUTION_ADOPTED,
)
from diwan.councils.models import Objection, Resolution
from diwan.councils.queries.binding import binding_of
from diwan.councils.queries.objections import objectors_of
from diwan.councils.rules.objections import Binding, last_day
from diwan.directory.public import post_cards, users_of_posts
from diwan.kernel import exchange, notices
from diwan.kernel.exchange import Fact
from diwan.kernel.notices import Telling, Words
from diwan.kernel.text import isolate
from diwan.ui.show import show_day, show_local

from .notices import source_of

GROUP = "councils.objections"


def declare_objections() -> None:
    """Declare the notices, and listen to adoptions."""
    notices.declare_group(GROUP, gettext_lazy("Objections to resolutions"))
    told = (
        (MAY_OBJECT, gettext_lazy("a resolution to which your post may object"), _write_may),
        (OBJECTED, gettext_lazy("an objection to a resolution of your body"), _write_objected),
        (OBJECTION_ANSWERED, gettext_lazy("the answer to your objection"), _write_answered),
    )
    for name, label, write in told:
        notices.declare_kind(name, label=label, write=write, group=GROUP)
    exchange.listen(RESOLUTION_ADOPTED, on_adopted)


def on_adopted(fact: Fact) -> None:
    """Tell those who may object, where anybody may; what an import brings is no news."""
    if fact.actor.is_system:
        return
    rows = Resolution.objects.filter(pk=fact.ref.id, binding_date__isnull=False)
    resolution = rows.select_related("body").first()
    if resolution is None or resolution.binding_date is None:
        return
    users = users_of_posts(objectors_of(resolution), fact.at)
    told = [user for found in users.values() for user in found]
    data = {"last": last_day(resolution.binding_date)}
    notices.tell(MAY_OBJECT, told, fact.ref, data, once=str(fact.ref.id))


def _of(telling: Telling) -> Resolution | None:
    """The resolution, where its reader may see it."""
    if telling.card is None:
        return None
    rows = Resolution.objects.select_related("body__unit").prefetch_related("objections")
    return rows.filter(pk=telling.ref.id).first()


def _source(resolution: Resolution) -> str:
    return source_of({"number": resolution.number, "body": resolution.body.name})


def _write_may(telling: Telling) -> Words | None:
    """Nothing once the days are over."""
    resolution = _of(telling)
    if resolution is None or binding_of(resolution, timezone.now()) not in (
        Binding.OPEN,
        Binding.OBJECTED,
    ):
        return None
    last = show_day(date.fromisoformat(telling.data["last"]))
    lines = [
        _source(resolution),
        _("Your post may object until %(last)s; after that day it binds.") % {"last": last},
    ]
    subject = _("Adopted; your post may object: %(title)s")
    title = show_local(resolution.text)
    return Words(subject % {"title": title}, lines, step=_("See the resolution"))


def _write_objected(telling: Telling) -> Words | None:
    resolution = _of(telling)
    if resolution is None:
        return None
    lines = [_source(resolution), _who(telling), isolate(telling.data["text"])]
    subject = _("Objected to, waits for the body's answer: %(title)s")
    title = show_local(resolution.text)
    return Words(subject % {"title": title}, lines, step=_("See the objection"))


def _who(telling: Telling) -> str:
    """Which post it is about."""
    pk = UUID(telling.data["post"])
    card = post_cards([pk], timezone.now())[pk]
    return _("%(post)s, %(unit)s") % {
        "post": isolate(show_local(card.name)),
        "unit": isolate(show_local(card.unit_name)),
    }


def _write_answered(telling: Telling) -> Words | None:
    resolution = _of(telling)
    if resolution is None:
        return None
    accepted = telling.data["outcome"] == Objection.Outcome.ACCEPTED
    subject = _("Objection accepted: %(title)s") if accepted else _("Objection rejected: %(title)s")
    lines = [_source(resolution), isolate(telling.data["answer"])]
    title = show_local(resolution.text)
    return Words(subject % {"title": title}, lines, step=_("See the resolution"))

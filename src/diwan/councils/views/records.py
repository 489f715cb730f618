"""The record that a page writes on, with the right to it, and whom its form may choose."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from diwan.councils.constants import BODY
from diwan.councils.forms.choices import bodies_to_choose, posts_to_choose, units_to_choose
from diwan.councils.forms.meetings import UNIT, Subjects
from diwan.councils.forms.members import Offered, partners_to_choose, pattern_choices
from diwan.councils.models import Attendance, Body, Meeting
from diwan.councils.policies import BODIES, MEETINGS, day_of
from diwan.councils.queries.attendance import said_held
from diwan.councils.queries.titles import meeting_title
from diwan.directory.public import Post, Unit, authority_of
from diwan.kernel.calendars import PartialDate
from diwan.kernel.dated import stated
from diwan.kernel.exchange import Ref
from diwan.kernel.links import Verb, links_of
from diwan.kernel.policies import Actor
from diwan.kernel.requests import actor_of
from diwan.kernel.text import isolate
from diwan.ui.components import Link
from diwan.ui.finding import Candidates
from diwan.ui.show import show_digits, show_local, show_partial

from .shared import seen, today_of, way_to_body

BODY_ROWS = ("unit", "register", "parent")


def body_for(request: HttpRequest, pk: UUID, verb: str) -> tuple[Actor, Body]:
    """The actor and the body on which they may `verb`. Raises NotFound or Forbidden."""
    actor = actor_of(request)
    body = seen(BODIES, actor, Body.objects.select_related(*BODY_ROWS), pk)
    BODIES.demand(actor, verb, body)
    return actor, body


def meeting_for(request: HttpRequest, pk: UUID, verb: str = "run") -> tuple[Actor, Meeting]:
    """The actor and the meeting on which they may `verb`. Raises NotFound or Forbidden."""
    actor = actor_of(request)
    meeting = seen(MEETINGS, actor, meeting_rows(), pk)
    MEETINGS.demand(actor, verb, meeting)
    return actor, meeting


def meeting_rows() -> QuerySet[Meeting]:
    """Meetings with what their pages say of them."""
    taken = Attendance.objects.filter(meeting=OuterRef("pk"))
    rows = Meeting.objects.select_related("body__unit", "body__register", "chair")
    return rows.annotate(attended=Exists(taken), said_held=said_held())


def date_of(meeting: Meeting) -> PartialDate | None:
    """The meeting's date as it was stated."""
    return stated(meeting.date, meeting.date_precision, meeting.date_calendar)


def title_of(meeting: Meeting) -> str:
    """A meeting for a heading, its date in the reader's calendar."""
    parts = {"body": isolate(show_local(meeting.body.name))}
    when = date_of(meeting)
    parts["date"] = show_partial(when) if when else _("date unknown")
    if meeting.number is None:
        return _("Meeting of %(body)s, %(date)s") % parts
    parts["number"] = show_digits(meeting.number)
    return _("Meeting %(number)s of %(body)s, %(date)s") % parts


def way_to_meeting(meeting: Meeting) -> list[Link]:
    """The way down to what belongs to a meeting."""
    url = reverse("councils:meeting", args=[meeting.pk])
    return [*way_to_body(meeting.body), Link(show_local(meeting_title(meeting)), url)]


def meeting_url(pk: UUID, part: str = "") -> str:
    """The meeting's page, or a part of it."""
    url = reverse("councils:meeting", args=[pk])
    return f"{url}#{part}" if part else url


def posts_of(actor: Actor, body: Body) -> Candidates[Post]:
    """The posts of the body's country."""
    return posts_to_choose(actor, body.unit.country)


def units_of(actor: Actor, body: Body) -> Candidates[Unit]:
    """The units of the body's country that exist today."""
    units = Unit.objects.filter(country=body.unit.country)
    return units_to_choose(units, today_of(actor, body))


def hosts_of(actor: Actor) -> Candidates[Unit]:
    """The units that may get a body: those below the actor's as head or secretary."""
    units = Unit.objects.all()
    if not actor.elevated:
        below = authority_of(actor).below("head", "secretary")
        units = units.filter(pk__in=below)
    return units_to_choose(units, day_of(actor))


def others_of(actor: Actor, body: Body | None, country: str = "") -> Candidates[Body]:
    """The other bodies of a country that the actor may see and that have not been dissolved."""
    day = day_of(actor)
    rows = BODIES.which(actor, "see", Body.objects.all()).filter(
        Q(until__isnull=True) | Q(until__gt=day)
    )
    if body is not None:
        rows = rows.exclude(pk=body.pk).filter(unit__country=body.unit.country)
    elif country:
        rows = rows.filter(unit__country=country)
    return bodies_to_choose(rows.order_by("key"), day)


def members_offered(actor: Actor, body: Body) -> Offered:
    """Who may be given a seat in a body."""
    return Offered(
        posts=posts_of(actor, body),
        units=units_of(actor, body),
        partners=partners_to_choose(body.register_id),
        patterns=pattern_choices(body.register_id),
    )


def subjects_of(actor: Actor, body: Body, present: Sequence[Ref] = ()) -> Subjects:
    """What a text of this body may be about; present links of other kinds are kept."""
    bodies = others_of(actor, None, body.unit.country)
    return Subjects(units_of(actor, body), bodies).keeping(present)


def linked(source: Ref | None, *verbs: Verb) -> list[list[Ref]]:
    """What a record is linked to under each verb; nothing for one that is to be made."""
    links = links_of(source) if source else []
    told = [
        (link.verb, Ref(link.target_kind, link.target_id))
        for link in links
        if Ref(link.source_kind, link.source_id) == source
    ]
    return [[ref for each, ref in told if each == verb] for verb in verbs]


def linked_initial(present: Sequence[Ref], name: str) -> dict[str, Any]:
    """The units and bodies of some links, as a form begins with them."""
    units = [ref.id for ref in present if ref.kind == UNIT]
    bodies = [ref.id for ref in present if ref.kind == BODY]
    return {
        f"{name}_units": list(Unit.objects.filter(pk__in=units)),
        f"{name}_bodies": list(Body.objects.filter(pk__in=bodies)),
    }

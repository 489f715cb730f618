"""Asking people to a meeting: at the demanded time, again when something changed, and calling off.

Who is told, and what they may see of it, is decided when each notice is written.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from math import ceil
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Exists, Max, OuterRef, Q, prefetch_related_objects
from django.utils.translation import gettext as _

from diwan.councils.constants import INVITED, MEETING
from diwan.councils.models import AgendaItem, Body, Invitation, Meeting
from diwan.councils.policies import MEETINGS
from diwan.councils.queries.calendar import CHANGED
from diwan.councils.queries.recipients import asked_to
from diwan.councils.rules.invitations import CALM, changed, goes_out, newly_invited
from diwan.kernel import audit, notices
from diwan.kernel.countries import country
from diwan.kernel.errors import Refused
from diwan.kernel.exchange import Ref
from diwan.kernel.models import AuditEntry
from diwan.kernel.policies import Actor
from diwan.kernel.working import today_in

from .writing import require_alive

Method = Invitation.Method
SAID = ("agenda__named_posts", "agenda__guests")
MOST_TICKED = 200
"""So many meetings are told of in one minute; the others in the next."""


@transaction.atomic
def invite(actor: Actor, meeting: Meeting) -> Invitation:
    """Send the invitations of a planned meeting now. Raises NotFound, Forbidden, Refused."""
    through = MEETINGS.require(actor, "run", meeting)
    meeting = _locked(meeting.pk)
    _require_coming(actor, meeting)
    last = last_invitation(meeting)
    if (
        last is not None
        and not changed(last.told, told_of(meeting))
        and not _not_told(meeting, last, actor.at)
    ):
        raise Refused(_("Everybody was told of this already; nothing has changed since."))
    return _send(actor, meeting, Method.REQUEST, last, through=through)


def _require_coming(actor: Actor, meeting: Meeting) -> None:
    if meeting.state != Meeting.State.PLANNED:
        raise Refused(
            _("This meeting is %(state)s; nobody is invited to it.")
            % {"state": Meeting.State(meeting.state).label}
        )
    if meeting.opened_at is not None:
        raise Refused(_("This meeting has begun; who is missing is called by telephone."))
    require_alive(meeting.body, meeting.date)
    if meeting.date is None or meeting.date < today_in(meeting.body.unit.country, actor.at):
        raise Refused(_("Its day has passed. Give it a day that is still to come, then invite."))


def invite_when_due(at: datetime) -> None:
    """The minute tick: send what its hour has come for, what changed, and what was called off."""
    for meeting_id in list(_due(at))[:MOST_TICKED]:
        _send_due(meeting_id, at)


def _due(at: datetime) -> Iterator[UUID]:
    hours = Body.objects.aggregate(most=Max("notice_hours"))["most"] or 0
    first, last = at.date() - timedelta(days=1), at.date() + timedelta(days=ceil(hours / 24) + 1)
    # Whoever was told once is told again of a change at any distance.
    told = Invitation.objects.filter(meeting=OuterRef("pk"))
    coming = Meeting.objects.filter(
        Q(date__lte=last) | Q(Exists(told)),
        state__in=[Meeting.State.PLANNED, Meeting.State.CANCELLED],
        date__gte=first,
        imported=False,
    )
    rows = list(coming.select_related("body__unit").prefetch_related(*SAID))
    written = _last_written(row.pk for row in rows)
    rounds = Invitation.objects.filter(meeting__in=[row.pk for row in rows]).order_by("number")
    newest = {one.meeting_id: one for one in rounds}
    for row in rows:
        if _method(row, newest.get(row.pk), at, written.get(row.pk)) is not None:
            yield row.pk


def _last_written(ids: Iterator[UUID]) -> dict[UUID, datetime]:
    """When each was last written at; answers, attendance and rounds change nothing of the plan."""
    entries = AuditEntry.objects.filter(subject_kind=MEETING, subject_id__in=list(ids))
    rows = entries.filter(verb__in=["plan", *CHANGED])
    found = rows.order_by().values_list("subject_id").annotate(at=Max("at"))
    return dict(found)


def _method(
    meeting: Meeting, last: Invitation | None, at: datetime, written: datetime | None
) -> Method | None:
    """What is to be told of a meeting now, None if nothing is."""
    if meeting.state == Meeting.State.CANCELLED:
        return Method.CANCEL if last and last.method == Method.REQUEST else None
    assert meeting.date is not None  # noqa: S101 - asked for by date
    place = country(meeting.body.unit.country)
    zone = ZoneInfo(place.timezone)
    dissolved = meeting.body.until is not None and meeting.body.until <= meeting.date
    if meeting.date < at.astimezone(zone).date() or meeting.opened_at is not None or dissolved:
        return None
    if last is not None:
        # Also what was sent by hand before its hour is told again when it changes.
        told = told_of(meeting)
        news = changed(last.told, told) or newly_invited(last.told, told)
        if not news and not (_its_minute(meeting, at) and _not_told(meeting, last, at)):
            return None
    elif goes_out(meeting.date, meeting.starts, zone, meeting.body.notice_hours) > at:
        return None
    return Method.REQUEST if written is None or written + CALM <= at else None


def _not_told(meeting: Meeting, last: Invitation, at: datetime) -> bool:
    """Whether somebody is invited now who was not told: a new member, a successor, a guest."""
    told = set(last.told.get("people", ()))
    return any(str(pk) not in told for pk in asked_to(meeting, at))


def _its_minute(meeting: Meeting, at: datetime) -> bool:
    """Whose seats are filled is asked of each meeting once an hour, not of all every minute."""
    return meeting.pk.int % 60 == at.minute


@transaction.atomic
def _send_due(meeting_id: UUID, at: datetime) -> None:
    """Ask once more under the lock: two workers never tell the same twice."""
    meeting = _locked(meeting_id)
    written = _last_written(iter([meeting_id]))
    last = last_invitation(meeting)
    method = _method(meeting, last, at, written.get(meeting_id))
    if method is not None:
        _send(Actor.system("invitations", at=at), meeting, method, last)


def _send(
    actor: Actor, meeting: Meeting, method: Method, last: Invitation | None, **more: Any
) -> Invitation:
    told = told_of(meeting)
    people = asked_to(meeting, actor.at)
    before = set(last.told.get("people", ())) if last else set()
    everybody = sorted(before | {str(pk) for pk in people})
    if method == Method.CANCEL:
        people = [UUID(pk) for pk in everybody]  # also who has left the body since
    elif last is not None and not changed(last.told, told):
        people = [pk for pk in people if str(pk) not in before]  # for others nothing is new
    sent = Invitation.objects.create(
        meeting=meeting,
        number=last.number + 1 if last else 1,
        method=method,
        told={**told, "people": everybody},
        people=len(people),
        at=actor.at,
        by=actor.user_id,
    )
    news = changed(last.told, told) if last is not None and method == Method.REQUEST else []
    ref = Ref(MEETING, meeting.pk)
    data = {"method": method.value, "number": sent.number, "changed": news}
    notices.tell(INVITED, people, ref, data, once=f"{meeting.pk}:{sent.number}")
    verb = "invite" if method == Method.REQUEST else "uninvite"
    audit.record(actor, verb, ref, changes={"people": [None, len(people)]}, **more)
    return sent


def last_invitation(meeting: Meeting) -> Invitation | None:
    """The newest round of invitations, None if nobody was told yet."""
    return Invitation.objects.filter(meeting=meeting).order_by("-number").first()


def told_of(meeting: Meeting) -> dict[str, Any]:
    """What an invitation tells of a meeting: day, hours, place, and the agenda in its order.

    Of each item also who may read it: whoever may not is told nothing when it changes.
    """
    prefetch_related_objects([meeting], *SAID)
    return {
        "date": meeting.date.isoformat() if meeting.date else None,
        "starts": meeting.starts.isoformat("minutes") if meeting.starts else None,
        "ends": meeting.ends.isoformat("minutes") if meeting.ends else None,
        "place": meeting.place or None,
        "agenda": [_said_of(item) for item in meeting.agenda.all()],
    }


def _said_of(item: AgendaItem) -> dict[str, Any]:
    return {
        "id": str(item.pk),
        "text": item.text,
        "level": item.confidentiality,
        "posts": sorted(str(post.pk) for post in item.named_posts.all()),
        "guests": sorted(str(guest.pk) for guest in item.guests.all()),
    }


def _locked(meeting_id: UUID) -> Meeting:
    rows = Meeting.objects.select_related("body__unit").select_for_update(of=("self",))
    return rows.get(pk=meeting_id)

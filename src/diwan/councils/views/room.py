"""The room's page: a meeting on a tablet, from the first name called to its end."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from diwan.councils.constants import MEETING
from diwan.councils.models import Attendance, Meeting
from diwan.councils.policies import MEETINGS
from diwan.councils.queries.attendance import hour_of, seats_for
from diwan.councils.queries.room import Session, Stage, for_room, session_of
from diwan.directory.public import post_cards
from diwan.kernel.errors import NotFound, Refused
from diwan.kernel.exchange import Ref
from diwan.kernel.policies import Actor
from diwan.kernel.requests import actor_of
from diwan.kernel.revisions import revision_of
from diwan.ui.pages import PASSED_ON, REFUSED_STATUS

from .conduct_facts import Names, is_guest
from .records import meeting_rows, title_of, way_to_meeting
from .room_facts import (
    answer,
    clock_of,
    counts,
    item_lines,
    item_number,
    item_quorum,
    picture,
    seat_rows,
)
from .room_item import Forms, discussion, open_vote
from .room_steps import STEPS, Sent
from .shared import identifier, seen, today_of


@login_required
@require_safe
def room(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The meeting in the room, on a tablet.

    Opened by who runs it, looking up at people in between, who asks: who is here, are we enough,
    which item now, who steps out, how did they vote, what did we decide? Next: whatever comes next
    in the room; after it, the minutes.
    """
    actor, meeting = _meeting_for(request, pk)
    session = session_of(meeting, actor.at, item_id=_asked_item(request))
    return _page(request, actor, session, Forms(session, Names(session.cards)))


@login_required
@require_POST
def room_step(request: HttpRequest, pk: UUID, step: str) -> HttpResponse:
    """One step in the room: a button or a small form of its page. Next: the page, at that place.

    What is refused is said on the page as it stands now, and what was typed stays.
    """
    actor, meeting = _meeting_for(request, pk)
    taken = STEPS.get(step)
    if taken is None:
        raise NotFound
    session = session_of(meeting, actor.at, item_id=_asked_item(request))
    target = request.POST.get("of", "")
    small = Forms(session, Names(session.cards), step=step, target=target, data=request.POST)
    sent = Sent(actor, session, small, request.POST)
    try:
        place = taken(sent)
    except PASSED_ON:
        raise
    except Refused as error:
        return _refused(request, actor, meeting, small, str(error))
    if place is None:  # a form that was filled wrongly says so itself
        return _page(request, actor, session, small, status=REFUSED_STATUS)
    return redirect(_back(request, pk, place))


def _meeting_for(request: HttpRequest, pk: UUID) -> tuple[Actor, Meeting]:
    """The actor and the meeting that they run. Raises NotFound or Forbidden."""
    actor = actor_of(request)
    meeting = seen(MEETINGS, actor, for_room(meeting_rows()), pk)
    MEETINGS.demand(actor, "run", meeting)
    return actor, meeting


def _refused(
    request: HttpRequest, actor: Actor, meeting: Meeting, small: Forms, sentence: str
) -> HttpResponse:
    """The page as it stands now, with the sentence on top."""
    meeting = for_room(meeting_rows()).get(pk=meeting.pk)
    now = session_of(meeting, actor.at, item_id=_asked_item(request))
    again = Forms(now, small.names, step=small.step, target=small.target, data=small.data)
    return _page(request, actor, now, again, refused=sentence, status=REFUSED_STATUS)


def _asked_item(request: HttpRequest) -> UUID | None:
    return identifier(request.POST.get("item") or request.GET.get("item"))


def _back(request: HttpRequest, pk: UUID, place: str) -> str:
    url = reverse("councils:room", args=[pk])
    item = _asked_item(request)
    return f"{url}?item={item}#{place}" if item else f"{url}#{place}"


def _page(
    request: HttpRequest,
    actor: Actor,
    session: Session,
    small: Forms,
    *,
    refused: str = "",
    status: int = 200,
) -> HttpResponse:
    meeting, names = session.meeting, small.names
    seats = seat_rows(session, names)
    pulse = revision_of(Ref(MEETING, meeting.pk))
    context: dict[str, Any] = {
        "meeting": meeting,
        "session": session,
        "stage": session.stage.value,
        "heading": answer(session),
        "lead": title_of(meeting),
        "refused": refused,
        "picture": picture(session),
        "counts": counts(session),
        "seats": [seat for seat in seats if not is_guest(seat.row)],
        "guests": [seat for seat in seats if is_guest(seat.row)],
        "expected": _expected(session) if session.stage is Stage.PLAN else [],
        "waiting": any(row.status == Attendance.Status.EXPECTED for row in session.room.rows),
        "may_open": meeting.date in (None, today_of(actor, meeting.body)),
        "guest_form": small.guest(),
        "lines": item_lines(session),
        "here": reverse("councils:room", args=[meeting.pk]),
        "asked_item": session.item.pk if session.item and session.on_paper else "",
        "pulse": pulse,
        "stale": request.GET.get("seen", pulse) != pulse,
        "crumbs": way_to_meeting(meeting),
        **_discussed(session, names, small),
    }
    return render(request, "councils/room.html", context, status=status)


def _discussed(session: Session, names: Names, small: Forms) -> dict[str, Any]:
    """What is under discussion, where anything can be decided now."""
    if not session.deciding:
        return {}
    return {
        "talk": discussion(session, names, small),
        "vote": open_vote(session, names, small),
        "clock": clock_of(session.item, session) if session.item else None,
        "number": item_number(session),
        "item_quorum": item_quorum(session),
    }


def _expected(session: Session) -> list[str]:
    """Whose names will be called."""
    drafts = seats_for(session.meeting)
    posts = [draft.post_id for draft in drafts if draft.post_id]
    names = Names(post_cards(posts, hour_of(session.meeting)))
    rows = (
        Attendance(
            seat=one.seat, lineage=one.lineage, post_id=one.post_id, name=one.name, role=one.role
        )
        for one in drafts
    )
    return [names.both(row) for row in rows]

"""How one seat of a meeting was filled: the page behind the buttons of the room."""

from __future__ import annotations

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from diwan.councils.actions.attending import mark
from diwan.councils.constants import MEETING
from diwan.councils.forms.room import SeatForm
from diwan.councils.models import Attendance, Meeting
from diwan.councils.policies import MEETINGS
from diwan.councils.queries.attendance import hour_of
from diwan.councils.queries.replies import announced
from diwan.directory.public import post_cards
from diwan.kernel.errors import NotFound
from diwan.kernel.policies import Actor
from diwan.kernel.requests import actor_of
from diwan.ui.pages import form_page, refusals_on
from diwan.ui.sending import as_seen

from .conduct_facts import Names
from .records import meeting_rows, posts_of, way_to_meeting
from .shared import seen


def _seat_for(request: HttpRequest, pk: UUID) -> tuple[Actor, Meeting, Attendance]:
    """The actor, and the seat with its meeting that they run. Raises NotFound or Forbidden."""
    actor = actor_of(request)
    rows = Attendance.objects.select_related("deputy_post").annotate(announced=announced())
    row = rows.filter(pk=pk).first()
    if row is None:
        raise NotFound
    meeting = seen(MEETINGS, actor, meeting_rows(), row.meeting_id)
    MEETINGS.demand(actor, "run", meeting)
    return actor, meeting, row


def _initial(request: HttpRequest, row: Attendance) -> dict[str, object]:
    asked = request.GET.get("status", "")
    return {
        "status": asked if asked in Attendance.Status.values else row.status,
        "deputy_name": row.deputy_name or _announced(row),
        "deputy": row.deputy_post,
        "note": row.note,
    }


def _announced(row: Attendance) -> dict[str, str]:
    """The name that was given beforehand, in the reader's language: who wrote it said none."""
    name = getattr(row, "announced", None)
    came_otherwise = row.status == Attendance.Status.PRESENT or row.deputy_post_id
    return {get_language() or "en": name} if name and not came_otherwise else {}


@login_required
def attendance(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Say how a seat was filled, who came for it, and why nobody did.

    Opened by who runs the meeting from the room, who asks: whom did they send? Next: the room.
    """
    found = Attendance.objects.filter(pk=pk).values_list("meeting_id", flat=True).first()
    edits = as_seen(MEETING, found or pk)
    actor, meeting, row = _seat_for(request, pk)
    form = SeatForm(
        request.POST or None, posts=posts_of(actor, meeting.body), initial=_initial(request, row)
    )
    back = f"{reverse('councils:room', args=[meeting.pk])}#seat-{row.pk}"
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            data = form.cleaned_data
            mark(actor, row, data["status"], note=data["note"], **form.came())
            return redirect(back)
    posts = [row.post_id] if row.post_id else []
    return form_page(
        request,
        form,
        edits=edits,
        heading=_("How the seat was filled"),
        lead=Names(post_cards(posts, hour_of(meeting))).both(row),
        submit_label=_("Keep it so"),
        cancel_url=back,
        crumbs=way_to_meeting(meeting),
    )

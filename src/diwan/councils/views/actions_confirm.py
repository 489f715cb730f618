"""Confirming all actions of an old record in one go."""

from __future__ import annotations

from collections import Counter
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from diwan.councils.actions.confirming import confirm_many
from diwan.councils.actions.fields import Choice
from diwan.councils.constants import MEETING
from diwan.councils.forms.confirm import ConfirmManyForm
from diwan.councils.models import Meeting
from diwan.councils.policies import MEETINGS
from diwan.councils.queries.rows import waiting_for_word
from diwan.directory.public import post_cards
from diwan.kernel.dated import stated
from diwan.kernel.errors import Conflict
from diwan.kernel.policies import Actor
from diwan.kernel.requests import actor_of
from diwan.kernel.revisions import Overtaken
from diwan.ui.components import Link
from diwan.ui.pages import CONFLICT_STATUS, REFUSED_STATUS, carrying, refusals_on
from diwan.ui.sending import again_of, as_seen
from diwan.ui.show import show_local, show_number, show_partial

from .actions_facts import about_names
from .shared import seen

# Three inputs a row: the page stays below Django's limit of a thousand fields.
ROWS = 200


@login_required
def confirm(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Confirm what came in with an old record.

    Opened by the body's secretary from their desk, who asks: which of these duties still stand?
    They answer once for all and differently where they know better. Next: the meeting, or the rest
    of the list where it is a long one.
    """
    actor, edits = actor_of(request), as_seen(MEETING, pk, compares=False)
    meeting = seen(MEETINGS, actor, Meeting.objects.select_related("body__unit"), pk)
    MEETINGS.demand(actor, "run", meeting)
    waiting = waiting_for_word(actor, pk)
    if not waiting and again_of(request) is None:
        return _over(request, meeting)
    sent = request.method == "POST"
    form = ConfirmManyForm(request.POST or None, waiting[:ROWS])
    status = REFUSED_STATUS if sent else 200
    if sent and form.is_valid():
        with refusals_on(form.for_all):
            try:
                counts = confirm_many(actor, meeting, form.answers())
            except Overtaken:
                raise
            except Conflict as conflict:
                form.for_all.add_error(None, str(conflict))
                status = CONFLICT_STATUS
            else:
                messages.success(request, _said(counts))
                left = len(waiting) - counts.total()
                done = left == 0 or counts.total() < len(waiting[:ROWS])
                return redirect("councils:meeting" if done else "councils:confirm", pk)
    return _page(request, actor, meeting, form, edits=edits, status=status, total=len(waiting))


def _over(request: HttpRequest, meeting: Meeting) -> HttpResponse:
    """Say that nothing waits here any more: somebody was quicker, or it was all confirmed."""
    messages.info(request, _("No action of this meeting waits for confirmation any more."))
    return redirect("councils:meeting", meeting.pk)


def _page(
    request: HttpRequest,
    actor: Actor,
    meeting: Meeting,
    form: ConfirmManyForm,
    **more: Any,
) -> HttpResponse:
    held = stated(meeting.date, meeting.date_precision, meeting.date_calendar)
    owners = [row.action.owner_id for row in form.rows if row.action.owner_id]
    cards = post_cards(owners, actor.at)
    about = about_names([row.action for row in form.rows], actor)
    url = reverse("councils:meeting", args=[meeting.pk])
    context = {
        "meeting": meeting,
        "form": form,
        "rows": [
            (row, cards.get(row.action.owner_id or meeting.pk), about.get(row.action.pk, {}))
            for row in form.rows
        ],
        "total": more["total"],
        "shown": len(form.rows),
        "held": show_partial(held) if held else _("date unknown"),
        "crumbs": [
            Link(show_local(meeting.body.name), reverse("councils:body", args=[meeting.body_id])),
            Link(_("Meeting"), url),
        ],
        "cancel_url": url,
        **carrying(request, more["edits"]),
    }
    status = CONFLICT_STATUS if context["story"] else more["status"]
    return render(request, "councils/confirm.html", context, status=status)


def _said(counts: Counter[Choice]) -> str:
    """What was done, counted."""
    parts = []
    if counts[Choice.OPEN]:
        words = ngettext(
            "%(n)s action is open now", "%(n)s actions are open now", counts[Choice.OPEN]
        )
        parts.append(words % {"n": show_number(counts[Choice.OPEN])})
    if counts[Choice.DONE]:
        parts.append(_("%(n)s closed as already done") % {"n": show_number(counts[Choice.DONE])})
    if counts[Choice.DROP]:
        parts.append(_("%(n)s dropped") % {"n": show_number(counts[Choice.DROP])})
    return " · ".join(parts)

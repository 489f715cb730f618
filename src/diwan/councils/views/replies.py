"""Saying whether one comes to a meeting, and what the others said."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from diwan.councils.actions import replying as actions
from diwan.councils.constants import MEETING
from diwan.councils.forms.replies import ReplyForm
from diwan.councils.models import Meeting, Reply
from diwan.councils.models.bodies import Role
from diwan.councils.policies import MEETINGS
from diwan.councils.policies.reach import seats_of
from diwan.councils.queries.attendance import SeatDraft, seats_for
from diwan.councils.queries.own_seats import own_seats
from diwan.councils.queries.replies import Expected, expected
from diwan.directory.public import PostCard, post_cards
from diwan.kernel.errors import Forbidden
from diwan.kernel.policies import Actor
from diwan.kernel.requests import actor_of
from diwan.kernel.text import isolate
from diwan.ui.components import Step, Tag
from diwan.ui.pages import form_page, refusals_on
from diwan.ui.sending import as_seen
from diwan.ui.show import show_local, show_number

from .records import meeting_for, meeting_rows, meeting_url, title_of, way_to_meeting
from .shared import post_words, seen, today_of

TONES = {Reply.Answer.YES: "done", Reply.Answer.DEPUTY: "new", Reply.Answer.NO: "quiet"}


@login_required
def reply(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Say whether one comes.

    Opened by an invited member from the invitation, who asks: when is it, and must I come? Or by
    the secretary, whom somebody has telephoned. Next: the meeting's page.
    """
    edits = as_seen(MEETING, pk, compares=False)
    actor = actor_of(request)
    meeting = seen(MEETINGS, actor, meeting_rows(), pk)
    seats = _seats(actor, meeting)
    given = Reply.objects.filter(meeting=meeting, seat__in=[seat for seat, _name in seats])
    wanted = request.GET.get("seat", seats[0][0])
    said = {str(one.seat): one for one in given}.get(wanted)
    initial: dict[str, Any] = {"seat": wanted}
    if said is not None:
        initial |= {"answer": said.answer, "deputy": said.deputy, "note": said.note}
    form = ReplyForm(request.POST or None, seats=seats, initial=initial)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            data = form.cleaned_data
            actions.reply(
                actor,
                meeting,
                UUID(data["seat"]),
                data["answer"],
                deputy=data["deputy"],
                note=data["note"],
            )
            messages.success(request, _("Your answer was noted."))
            return redirect(meeting_url(pk))
    return form_page(
        request,
        form,
        edits=edits,
        heading=_("Will you come?"),
        lead=title_of(meeting),
        submit_label=_("Give this answer"),
        cancel_url=meeting_url(pk),
        crumbs=way_to_meeting(meeting),
    )


def _seats(actor: Actor, meeting: Meeting) -> list[tuple[str, str]]:
    """The seats for which the actor may answer: the own ones first. Raises Forbidden for none."""
    day = meeting.date or today_of(actor, meeting.body)
    own = {one.seat for one in own_seats(actor, meeting.body, day)}
    drafts = seats_for(meeting)
    if not MEETINGS.may(actor, "run", meeting):
        drafts = [draft for draft in drafts if draft.seat in own]
    drafts.sort(key=lambda draft: draft.seat not in own)
    if not drafts:
        raise Forbidden
    cards = post_cards([draft.post_id for draft in drafts if draft.post_id], actor.at)
    return [(str(draft.seat), seat_words(draft, cards)) for draft in drafts]


def seat_words(draft: SeatDraft, cards: dict[UUID, PostCard]) -> str:
    """A seat in a line: who, and the post."""
    name = isolate(show_local(draft.name)) if draft.name else ""
    if draft.post_id is None:
        return name
    post = post_words(cards.get(draft.post_id))
    return _("%(who)s, %(post)s") % {"who": name, "post": post} if name else post


@login_required
@require_safe
def replies(request: HttpRequest, pk: UUID) -> HttpResponse:
    """What the invited answered.

    Opened by the secretary in the days before, who asks: will we be enough, and whom must I call?
    Next: note an answer that came by telephone.
    """
    actor, meeting = meeting_for(request, pk)
    found = expected(meeting)
    cards = post_cards([draft.post_id for draft in found.seats if draft.post_id], actor.at)
    rows = [_row(draft, found, cards) for draft in found.seats]
    context = {
        "meeting": meeting,
        "heading": replies_words(found),
        "lead": title_of(meeting),
        "enough": not found.missing,
        "found": found,
        "rows": sorted(rows, key=lambda row: row["answered"]),
        "crumbs": way_to_meeting(meeting),
        "open": meeting.state == Meeting.State.PLANNED and meeting.opened_at is None,
    }
    return render(request, "councils/replies.html", context)


def _row(draft: SeatDraft, found: Expected, cards: dict[UUID, PostCard]) -> dict[str, Any]:
    one = found.answers.get(draft.seat)
    tag = Tag(_("no answer yet"), "due")
    if one is not None:
        tag = Tag(str(one.get_answer_display()), TONES[Reply.Answer(one.answer)])
    return {
        "seat": draft.seat,
        "who": seat_words(draft, cards),
        "role": Role(draft.role).label,
        "tag": tag,
        "reply": one,
        "answered": one is not None,
    }


def reply_step(actor: Actor, meeting: Meeting) -> Step | None:
    """For who has a seat at a meeting to come: to say whether they come."""
    if not _waits(actor, meeting):
        return None
    return Step(_("Will you come?"), reverse("councils:reply", args=[meeting.pk]), filled=True)


def my_reply(actor: Actor, meeting: Meeting) -> str:
    """What somebody with a seat at a meeting to come has answered; nothing for others."""
    if not _waits(actor, meeting):
        return ""
    day = meeting.date or today_of(actor, meeting.body)
    seats = [one.seat for one in own_seats(actor, meeting.body, day)]
    said = Reply.objects.filter(meeting=meeting, seat__in=seats).first()
    if said is None:
        return _("You have not said yet whether you come.") if seats else ""
    told = _("Your answer: %(answer)s") % {"answer": said.get_answer_display()}
    return f"{told} ({isolate(said.deputy)})" if said.deputy else told


def _waits(actor: Actor, meeting: Meeting) -> bool:
    coming = meeting.state == Meeting.State.PLANNED and meeting.opened_at is None
    past = meeting.date is not None and meeting.date < today_of(actor, meeting.body)
    return coming and not past and meeting.body_id in seats_of(actor).every


def replies_words(found: Expected) -> str:
    """The answer to "will we be enough?" in one sentence."""
    told = {"n": show_number(found.come), "needed": show_number(found.needed)}
    if not found.needed:
        words = ngettext(
            "%(n)s member said they come.", "%(n)s members said they come.", found.come
        )
        return words % told
    if not found.missing:
        return _("Enough said they come: %(n)s, and %(needed)s are needed.") % told
    told["n"] = show_number(found.missing)
    words = ngettext(
        "%(n)s more must say they come; %(needed)s are needed.",
        "%(n)s more must say they come; %(needed)s are needed.",
        found.missing,
    )
    return words % told

"""Who was asked to a meeting, and asking them now."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID
from zoneinfo import ZoneInfo

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from diwan.councils.actions import invitations as actions
from diwan.councils.constants import MEETING
from diwan.councils.models import Meeting
from diwan.councils.queries.unreached import Unreached, Why, reach_of
from diwan.councils.rules.invitations import goes_out
from diwan.kernel.countries import country
from diwan.kernel.errors import Sentence
from diwan.kernel.text import isolate
from diwan.ui.pages import form_page, refusals_on
from diwan.ui.sending import as_seen
from diwan.ui.show import show_local, show_moment, show_number

from .records import meeting_for, meeting_url, title_of, way_to_meeting
from .shared import post_words


@login_required
def invite(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Send the invitations before their hour has come, or the news of a change at once.

    Opened by the secretary who has just finished the agenda and asks: who is told, and of what?
    Next: the meeting's page, which says when they went out.
    """
    edits = as_seen(MEETING, pk)
    actor, meeting = meeting_for(request, pk)
    form = forms.Form(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            sent = actions.invite(actor, meeting)
            text = ngettext(
                "The invitation is on its way to %(n)s person.",
                "The invitations are on their way to %(n)s people.",
                sent.people,
            )
            messages.success(request, text % {"n": show_number(sent.people)})
            return redirect(meeting_url(pk))
    reach = reach_of(meeting, actor.at)
    return form_page(
        request,
        form,
        template="councils/invite.html",
        edits=edits,
        unreached=[(words_of(one), str(WHY[one.why])) for one in reach.unreached],
        heading=_("Send the invitations now"),
        lead=title_of(meeting),
        consequences=_consequences(reach.people),
        submit_label=_("Send them"),
        cancel_url=meeting_url(pk),
        crumbs=way_to_meeting(meeting),
    )


def _consequences(people: int) -> list[str]:
    told = ngettext("%(n)s person is told.", "%(n)s people are told.", people)
    return [
        told % {"n": show_number(people)},
        _("With day, hour, place and agenda, and with the event for their calendars."),
        _(
            "When the day, the hours, the place or the agenda change afterwards, it is told "
            "by itself ten minutes after the last change; papers and times of items are not."
        ),
    ]


WHY: Mapping[Why, Sentence] = {
    Why.VACANT: gettext_lazy("nobody holds the post"),
    Why.NO_ACCOUNT: gettext_lazy("has no account"),
    Why.NO_EMAIL: gettext_lazy("has no e-mail address here"),
}


def words_of(one: Unreached) -> str:
    """Whom to phone: the name and the post."""
    if one.post is None:
        return show_local(one.name)
    if not one.name:
        return post_words(one.post)
    parts = {"post": post_words(one.post), "who": isolate(show_local(one.name))}
    return _("%(who)s – %(post)s") % parts


def invited_words(meeting: Meeting) -> str:
    """When the invitations went out and to how many, or when they will."""
    last = actions.last_invitation(meeting)
    if last is not None:
        words = {"moment": show_moment(last.at), "n": show_number(last.people)}
        if last.number == 1:
            text = ngettext(
                "The invitation went out on %(moment)s to %(n)s person.",
                "The invitations went out on %(moment)s to %(n)s people.",
                last.people,
            )
        else:
            text = ngettext(
                "The news of a change went out on %(moment)s to %(n)s person.",
                "The news of a change went out on %(moment)s to %(n)s people.",
                last.people,
            )
        return text % words
    if meeting.date is None or meeting.imported:
        return _("Nobody has been invited yet.")
    zone = ZoneInfo(country(meeting.body.unit.country).timezone)
    at = goes_out(meeting.date, meeting.starts, zone, meeting.body.notice_hours)
    return _("The invitations go out by themselves on %(moment)s.") % {"moment": show_moment(at)}

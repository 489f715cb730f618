"""What was said in a meeting: writing it down, correcting it, taking it out."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from diwan.councils.actions import statements as actions
from diwan.councils.constants import MEETING, STATEMENT
from diwan.councils.forms.fields import ReasonForm
from diwan.councils.forms.meetings import CorrectStatementForm, StatementForm
from diwan.councils.forms.members import pattern_choices
from diwan.councils.models import Statement
from diwan.kernel.errors import NotFound
from diwan.kernel.exchange import Ref
from diwan.kernel.links import Verb
from diwan.kernel.policies import Actor
from diwan.ui.pages import confirm_page, form_page, refusals_on
from diwan.ui.sending import as_seen
from diwan.ui.show import show_local

from .records import (
    linked,
    linked_initial,
    meeting_for,
    meeting_url,
    posts_of,
    subjects_of,
    title_of,
    way_to_meeting,
)

PART = "statements"


@login_required
def add_statement(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Write down what a post said.

    Opened by the secretary with the notes of the meeting, who asks: who said what, about whom? The
    post speaks, whoever held it that day. Next: the meeting's page.
    """
    actor, meeting = meeting_for(request, pk)
    form = StatementForm(
        request.POST or None,
        posts=posts_of(actor, meeting.body),
        patterns=pattern_choices(meeting.body.register_id),
        subjects=subjects_of(actor, meeting.body),
    )
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            actions.add_statement(actor, meeting, form.asked())
            messages.success(request, _("The statement was written down."))
            return redirect(meeting_url(pk, PART))
    return form_page(
        request,
        form,
        heading=_("Write down a statement"),
        lead=title_of(meeting),
        submit_label=_("Write it down"),
        cancel_url=meeting_url(pk),
        crumbs=way_to_meeting(meeting),
    )


def statement_for(request: HttpRequest, pk: UUID) -> tuple[Actor, Statement]:
    """The actor and the statement that they may write. Raises NotFound or Forbidden."""
    row = Statement.objects.select_related("speaker").filter(pk=pk).first()
    if row is None:
        raise NotFound
    actor, row.meeting = meeting_for(request, row.meeting_id)
    return actor, row


@login_required
def correct_statement(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Mend what was written down wrongly.

    Opened by the secretary, whom the speaker told so. Next: the meeting's page; the trail keeps
    what stood before.
    """
    actor, row = statement_for(request, pk)
    edits = as_seen(MEETING, row.meeting_id)
    (present,) = linked(Ref(STATEMENT, pk), Verb.ABOUT)
    form = CorrectStatementForm(
        request.POST or None,
        posts=posts_of(actor, row.meeting.body),
        patterns=pattern_choices(row.meeting.body.register_id),
        subjects=subjects_of(actor, row.meeting.body, present),
        statement=row,
        initial=linked_initial(present, "about"),
    )
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            reason = form.cleaned_data["reason"]
            actions.correct_statement(actor, row, form.asked(), reason=reason)
            messages.success(request, _("The statement was corrected."))
            return redirect(meeting_url(row.meeting_id, PART))
    return form_page(
        request,
        form,
        edits=edits,
        heading=_("Correct a statement"),
        lead=title_of(row.meeting),
        submit_label=_("Correct the record"),
        cancel_url=meeting_url(row.meeting_id, PART),
        crumbs=way_to_meeting(row.meeting),
    )


@login_required
def remove_statement(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Take out what was never said.

    Opened by the secretary. Next: the meeting's page; the trail keeps the text with the reason.
    """
    actor, row = statement_for(request, pk)
    edits = as_seen(MEETING, row.meeting_id)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            actions.remove_statement(actor, row, reason=form.cleaned_data["reason"])
            messages.success(request, _("The statement was taken out."))
            return redirect(meeting_url(row.meeting_id, PART))
    return confirm_page(
        request,
        edits=edits,
        form=form,
        heading=_("Take out a statement"),
        lead=show_local(row.text),
        submit_label=_("Take it out"),
        cancel_url=meeting_url(row.meeting_id, PART),
        crumbs=way_to_meeting(row.meeting),
        danger=True,
        consequences=[_("The meeting's trail keeps its text, with your reason.")],
    )

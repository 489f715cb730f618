"""What is done with minutes: sealing, signing, withdrawing, correcting."""

from __future__ import annotations

from uuid import UUID

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from diwan.accounts.public import signed_in_again
from diwan.councils.actions import minutes as actions
from diwan.councils.constants import MEETING
from diwan.councils.forms.fields import ReasonForm
from diwan.councils.models import MinutesVersion
from diwan.councils.policies import MEETINGS
from diwan.kernel.errors import NotFound
from diwan.kernel.requests import actor_of
from diwan.ui.pages import confirm_page, form_page, refusals_on
from diwan.ui.sending import as_seen

from .minutes import Standing, paper_for, pdf_url, standing_for
from .minutes_paper import state_words
from .minutes_sheet import read_as, sheet_of
from .records import meeting_for, title_of, way_to_meeting


def minutes_url(meeting_id: UUID) -> str:
    """The page of a meeting's minutes."""
    return reverse("councils:minutes", args=[meeting_id])


@login_required
def seal_minutes(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Seal the record as minutes.

    Opened by the secretary when everything is written, who asks: what happens then? Next: the
    minutes' page, where the signatures come in.
    """
    edits = as_seen(MEETING, pk)
    actor, meeting = meeting_for(request, pk)
    form = forms.Form(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            actions.seal_minutes(actor, meeting)
            sealed = _("The minutes are sealed. Those who sign them have been told.")
            messages.success(request, sealed)
            return redirect(minutes_url(pk))
    return confirm_page(
        request,
        form=form,
        edits=edits,
        heading=_("Seal the minutes"),
        lead=title_of(meeting),
        submit_label=_("Seal them"),
        cancel_url=minutes_url(pk),
        crumbs=way_to_meeting(meeting),
        consequences=[
            _("The record is kept as it is now, as a version with a code and a checksum."),
            _("Nothing in the meeting's record can be changed while the version stands."),
            _("Those who sign it find it on their desks, and are told."),
        ],
    )


@login_required
def sign_minutes(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Sign a version of the minutes.

    Opened by chair, secretary or members, who ask: what do I put my name to? Who may not sign, or
    has signed, hears it before the password is asked for. Next: the minutes, with the signature.
    """
    _found, version = _version_for(request, pk)
    actions.require_to_sign(actor_of(request), version)
    return signing(request, pk)


@signed_in_again
def signing(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The form behind it. What is signed cannot change, so no state of it is carried."""
    found, version = _version_for(request, pk)
    form = forms.Form(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            actions.sign_minutes(found.actor, version)
            messages.success(request, _("Your signature stands under the minutes."))
            return redirect(minutes_url(version.meeting_id))
    paper = paper_for(found, version, long=True)
    with read_as(paper.content, get_language() or "en"):
        sheet, state = sheet_of(paper.content, long=True), state_words(version)
    return form_page(
        request,
        form,
        heading=_("Sign the minutes"),
        lead=title_of(found.meeting),
        submit_label=_("Sign the minutes"),
        cancel_url=minutes_url(version.meeting_id),
        crumbs=way_to_meeting(found.meeting),
        template="councils/sign_minutes.html",
        sheet=sheet,
        state=state,
        sha256=version.sha256,
        pdf_long=pdf_url(found.meeting, version, long=True),
        consequences=[
            _("You sign what stands below, word for word, for your post."),
            _("When all have signed, it cannot be changed any more."),
        ],
    )


@login_required
def withdraw_minutes(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Take a version back before all have signed it.

    Opened by the secretary when a mistake was found, who asks: what becomes of the signatures?
    Next: the meeting, whose record is open again.
    """
    found, version = _version_for(request, pk)
    edits = as_seen(MEETING, version.meeting_id)
    MEETINGS.demand(found.actor, "run", found.meeting)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            reason = form.cleaned_data["reason"]
            actions.withdraw_minutes(found.actor, version, reason=reason)
            messages.success(request, _("The version was withdrawn. The record is open again."))
            return redirect(minutes_url(version.meeting_id))
    return confirm_page(
        request,
        form=form,
        edits=edits,
        heading=_("Withdraw this version"),
        lead=title_of(found.meeting),
        submit_label=_("Withdraw this version"),
        cancel_url=minutes_url(version.meeting_id),
        crumbs=way_to_meeting(found.meeting),
        danger=True,
        consequences=[
            _("Signatures that were given stay with this version, and count for no other."),
            _("The record is mended and sealed again; then all sign anew."),
        ],
    )


@login_required
def correct_minutes(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Begin a correction of signed minutes.

    Opened by the secretary who found a mistake after all had signed, who asks: what holds
    meanwhile? Next: the meeting, whose record is open again.
    """
    edits = as_seen(MEETING, pk)
    actor, meeting = meeting_for(request, pk)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            actions.begin_correction(actor, meeting, reason=form.cleaned_data["reason"])
            messages.success(request, _("The record is open again. Mend it, and seal it anew."))
            return redirect(reverse("councils:meeting", args=[pk]))
    return confirm_page(
        request,
        form=form,
        edits=edits,
        heading=_("Begin a correction of the minutes"),
        lead=title_of(meeting),
        submit_label=_("Open the record again"),
        cancel_url=minutes_url(pk),
        crumbs=way_to_meeting(meeting),
        consequences=[
            _("The signed version goes on to hold until the corrected one is signed by all."),
            _("The corrected one names what differs, and why."),
        ],
    )


@login_required
def end_correction(request: HttpRequest, pk: UUID) -> HttpResponse:
    """End a correction in which nothing was changed.

    Opened by the secretary who finds that the minutes were right. Next: the minutes' page.
    """
    edits = as_seen(MEETING, pk)
    actor, meeting = meeting_for(request, pk)
    form = forms.Form(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            actions.end_correction(actor, meeting)
            messages.success(request, _("The correction was ended. The signed version holds."))
            return redirect(minutes_url(pk))
    return confirm_page(
        request,
        form=form,
        edits=edits,
        heading=_("End the correction"),
        lead=title_of(meeting),
        submit_label=_("End the correction"),
        cancel_url=minutes_url(pk),
        crumbs=way_to_meeting(meeting),
        consequences=[_("The record is closed again, as it was signed.")],
    )


def _version_for(request: HttpRequest, pk: UUID) -> tuple[Standing, MinutesVersion]:
    """A version with how the minutes stand. Raises NotFound."""
    meeting_id = MinutesVersion.objects.filter(pk=pk).values_list("meeting_id", flat=True).first()
    if meeting_id is None:
        raise NotFound
    found = standing_for(request, meeting_id)
    version = next(row for row in found.versions if row.pk == pk)
    if not found.open_to(version):
        raise NotFound
    return found, version

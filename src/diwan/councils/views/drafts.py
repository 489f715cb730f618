"""Resolutions until their minutes are signed: drafting, changing, adopting, correcting."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from diwan.councils.actions import resolutions as actions
from diwan.councils.actions.adopting import require_adoptable
from diwan.councils.actions.resolutions import Counter
from diwan.councils.constants import RESOLUTION
from diwan.councils.forms.fields import NothingForm
from diwan.councils.forms.meetings import CorrectResolutionForm, ResolutionForm
from diwan.councils.models import AgendaItem, Meeting, Resolution
from diwan.councils.policies import RESOLUTIONS
from diwan.kernel.errors import Refused
from diwan.kernel.exchange import Ref
from diwan.kernel.links import Verb
from diwan.kernel.policies import Actor
from diwan.kernel.requests import actor_of
from diwan.kernel.text import isolate
from diwan.ui.components import Link
from diwan.ui.pages import confirm_page, form_page, refusals_on
from diwan.ui.sending import as_seen
from diwan.ui.show import show_digits, show_local

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
from .shared import number_of, seen, today_of

ROWS = ("meeting__body__unit", "meeting__body__register", "body__register", "body__unit")


def resolution_for(request: HttpRequest, pk: UUID) -> tuple[Actor, Resolution]:
    """The actor and the resolution that they may write. Raises NotFound or Forbidden."""
    actor = actor_of(request)
    found = seen(RESOLUTIONS, actor, Resolution.objects.select_related(*ROWS), pk)
    RESOLUTIONS.demand(actor, "run", found)
    return actor, found


def _form(
    request: HttpRequest,
    actor: Actor,
    meeting: Meeting,
    found: Resolution | None = None,
    *,
    kind: type[ResolutionForm] = ResolutionForm,
) -> ResolutionForm:
    """The form of a resolution, with what it is linked to already."""
    ref = Ref(RESOLUTION, found.pk) if found else None
    about, together = linked(ref, Verb.ABOUT, Verb.WITH)
    initial: dict[str, Any] = {
        "kind": found.kind if found else Resolution.Kind.RESOLVED.value,
        "confidentiality": found.confidentiality if found else meeting.confidentiality,
        **linked_initial(about, "about"),
        **linked_initial(together, "with"),
    }
    if found:
        initial |= {
            "text": found.text,
            "every": found.every,
            "item": found.item_id or "",
            "named_posts": list(found.named_posts.all()),
        }
    subjects = subjects_of(actor, meeting.body, about)
    return kind(
        request.POST or None,
        posts=posts_of(actor, meeting.body),
        about=subjects,
        together=subjects.keeping(together),
        items=list(AgendaItem.objects.filter(meeting=meeting)),
        initial=initial,
    )


@login_required
def draft_resolution(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Draft a resolution of a meeting.

    Opened by the secretary before or after the meeting, who asks: how exactly does it read? Next:
    the draft's page, where it is adopted.
    """
    actor, meeting = meeting_for(request, pk)
    form = _form(request, actor, meeting)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            draft = actions.draft_resolution(actor, meeting, form.asked())
            messages.success(request, _("The draft stands. It gets its number when it is adopted."))
            return redirect("councils:resolution", draft.pk)
    return form_page(
        request,
        form,
        heading=_("Draft a resolution"),
        lead=title_of(meeting),
        submit_label=_("Keep the draft"),
        cancel_url=meeting_url(pk),
        crumbs=way_to_meeting(meeting),
    )


def _way(found: Resolution) -> list[Link]:
    url = reverse("councils:resolution", args=[found.pk])
    return [*way_to_meeting(found.meeting), Link(number_of(found), url)]


@login_required
def draft(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Change a draft.

    Opened by the secretary while its words are still being found. Next: the draft's page.
    """
    edits = as_seen(RESOLUTION, pk)
    actor, found = resolution_for(request, pk)
    if found.state != Resolution.State.DRAFT:
        messages.info(request, _("It has been adopted: a mistake is corrected with its reason."))
        return redirect("councils:correct_resolution", pk)
    form = _form(request, actor, found.meeting, found)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            actions.change_draft(actor, found, form.asked())
            messages.success(request, _("The draft was changed."))
            return redirect("councils:resolution", pk)
    return form_page(
        request,
        form,
        edits=edits,
        template="councils/draft.html",
        heading=_("Change the draft"),
        lead=title_of(found.meeting),
        submit_label=_("Keep the draft"),
        cancel_url=reverse("councils:resolution", args=[pk]),
        crumbs=_way(found),
        remove_url=reverse("councils:remove_draft", args=[pk]),
    )


@login_required
def remove_draft(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Throw a draft away.

    Opened by the secretary when the meeting didn't want it. Next: the meeting's page.
    """
    edits = as_seen(RESOLUTION, pk)
    actor, found = resolution_for(request, pk)
    form = NothingForm(request.POST)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            actions.remove_draft(actor, found)
            messages.success(request, _("The draft was thrown away."))
            return redirect(meeting_url(found.meeting_id))
    return confirm_page(
        request,
        edits=edits,
        form=form,
        heading=_("Throw the draft away"),
        lead=show_local(found.text),
        submit_label=_("Throw it away"),
        cancel_url=reverse("councils:resolution", args=[pk]),
        crumbs=_way(found),
        danger=True,
        consequences=[_("Its trail keeps the text; no number is lost.")],
    )


@login_required
def adopt(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Adopt a draft: at this minute it gets its official number.

    Opened by the secretary once the meeting has taken it, who asks: which number does it get? Next:
    the resolution's page, where its first action is added.
    """
    edits = as_seen(RESOLUTION, pk)
    actor, found = resolution_for(request, pk)
    form = NothingForm(request.POST)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            done = actions.adopt_resolution(actor, found)
            said = _("Adopted with the number %(number)s. Now say who owes what.")
            messages.success(request, said % {"number": number_of(done)})
            return redirect("councils:resolution", pk)
    return confirm_page(
        request,
        edits=edits,
        form=form,
        heading=_("Adopt the resolution"),
        lead=show_local(found.text),
        submit_label=_("Adopt it"),
        cancel_url=reverse("councils:resolution", args=[pk]),
        crumbs=_way(found),
        consequences=_what_follows(actor, found),
    )


def _what_follows(actor: Actor, found: Resolution) -> list[str]:
    if found.state != Resolution.State.DRAFT:
        return [_("It has been adopted already.")]
    try:
        require_adoptable(actor, found)
    except Refused as why:
        return [str(why)]
    Counter.of(found.body).give(found, on=today_of(actor, found.body))
    number, found.number = isolate(show_digits(found.number)), ""
    return [
        _("It gets the number %(number)s, if nothing else is adopted meanwhile.")
        % {"number": number},
        _("The number never changes; the text can be corrected with a reason until it is signed."),
        _("Everybody entitled can read it from then on."),
    ]


@login_required
def correct_resolution(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Mend a mistake in the record of an adopted resolution.

    Opened by the secretary who compared it with the minutes. Next: the resolution's page; the trail
    keeps what stood before, with the reason.
    """
    edits = as_seen(RESOLUTION, pk)
    actor, found = resolution_for(request, pk)
    form = _form(request, actor, found.meeting, found, kind=CorrectResolutionForm)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            reason = form.cleaned_data["reason"]
            actions.correct_resolution(actor, found, form.asked(), reason=reason)
            messages.success(request, _("The record was corrected."))
            return redirect("councils:resolution", pk)
    return form_page(
        request,
        form,
        edits=edits,
        heading=_("Correct the resolution's record"),
        lead=number_of(found),
        submit_label=_("Correct the record"),
        cancel_url=reverse("councils:resolution", args=[pk]),
        crumbs=_way(found),
    )

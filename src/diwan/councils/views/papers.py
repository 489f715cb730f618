"""The papers of an agenda item: laying them before the meeting, reading them, taking them back."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from diwan.councils.actions import papers as actions
from diwan.councils.actions.fields import Proof
from diwan.councils.constants import MEETING
from diwan.councils.forms.fields import ReasonForm
from diwan.councils.forms.proposals import PapersForm
from diwan.councils.models import AgendaPaper
from diwan.councils.policies import AGENDA
from diwan.councils.queries.agenda import paper_file
from diwan.kernel import files
from diwan.kernel.errors import NotFound
from diwan.kernel.requests import actor_of
from diwan.ui.pages import confirm_page, form_page, refusals_on
from diwan.ui.sending import as_seen
from diwan.ui.show import show_local, show_number

from .agenda import item_for
from .records import way_to_meeting


@require_safe
def paper(request: HttpRequest, pk: UUID) -> HttpResponseBase:
    """A paper of an agenda item.

    Opened by a member before the meeting, who asks: what must I know of this item? Next: back to
    the agenda. Whoever may not see the item gets a 404.
    """
    return files.answer_with(request, paper_file(actor_of(request), pk))


@login_required
def papers(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Lay papers before the meeting with an item of its agenda.

    Opened by the secretary from the agenda, who asks: what should the members have read? Next: the
    agenda.
    """
    actor, item = item_for(request, pk)
    edits = as_seen(MEETING, item.meeting_id, compares=False)
    sent = request.method == "POST"
    form = PapersForm(request.POST if sent else None, request.FILES if sent else None)
    url = reverse("councils:agenda", args=[item.meeting_id])
    if sent and form.is_valid():
        with refusals_on(form):
            proofs = [Proof(upload.name, upload) for upload in form.cleaned_data["papers"]]
            made = len(actions.add_papers(actor, item, proofs))
            words = ngettext(
                "%(n)s paper lies before the meeting now.",
                "%(n)s papers lie before the meeting now.",
                made,
            )
            messages.success(request, words % {"n": show_number(made)})
            return redirect(url)
    laid = AgendaPaper.objects.filter(item=item).select_related("file__blob")
    return form_page(
        request,
        form,
        template="councils/papers.html",
        edits=edits,
        heading=_("Papers of the item"),
        lead=show_local(item.text),
        submit_label=_("Lay them before the meeting"),
        cancel_url=url,
        crumbs=way_to_meeting(item.meeting),
        papers=laid,
    )


@login_required
def remove_paper(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Take a paper back.

    Opened by the secretary who laid a wrong one, who asks: who has read it already? Next: the
    papers of the item; the trail keeps name and reason.
    """
    actor = actor_of(request)
    found = AgendaPaper.objects.select_related("item__meeting__body__unit").filter(pk=pk).first()
    if found is None:
        raise NotFound
    AGENDA.demand(actor, "run", found.item)
    edits = as_seen(MEETING, found.item.meeting_id, compares=False)
    form = ReasonForm(request.POST or None)
    url = reverse("councils:papers", args=[found.item_id])
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            actions.remove_paper(actor, found, reason=form.cleaned_data["reason"])
            messages.success(request, _("The paper was taken back."))
            return redirect(url)
    return confirm_page(
        request,
        edits=edits,
        form=form,
        heading=_("Take the paper back"),
        lead=found.name,
        submit_label=_("Take it back"),
        cancel_url=url,
        crumbs=way_to_meeting(found.item.meeting),
        danger=True,
        consequences=[
            _("Who has read it has read it; its name and your reason stay in the trail.")
        ],
    )

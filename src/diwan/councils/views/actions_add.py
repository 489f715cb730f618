"""Adding an action to a resolution."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from diwan.councils.actions.duties import add_action
from diwan.councils.forms.choices import posts_to_choose
from diwan.councils.forms.duties import AddActionForm, each_choices
from diwan.councils.models import Action, Resolution
from diwan.councils.policies import RESOLUTIONS
from diwan.kernel.requests import actor_of
from diwan.ui.pages import form_page, refusals_on
from diwan.ui.show import show_local, show_number

from .shared import seen, way_to_resolution


@login_required
def add(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Add what is owed because of a resolution.

    Opened by the secretary right after adoption, who asks: who owes what, by when? Next: the
    resolution with its actions; from there the next one.
    """
    actor = actor_of(request)
    rows = Resolution.objects.select_related("body__unit", "meeting")
    resolution = seen(RESOLUTIONS, actor, rows, pk)
    RESOLUTIONS.demand(actor, "run", resolution)
    form = AddActionForm(
        request.POST or None,
        posts=posts_to_choose(actor, resolution.body.unit.country),
        each=each_choices(resolution.meeting.register_id),
    )
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            made = add_action(actor, resolution, form.asked())
            messages.success(request, _said(made))
            return redirect("councils:resolution", pk)
    return form_page(
        request,
        form,
        heading=_("Add an action"),
        lead=show_local(resolution.text),
        submit_label=_("Add the action"),
        cancel_url=reverse("councils:resolution", args=[pk]),
        crumbs=way_to_resolution(resolution),
    )


def _said(made: list[Action]) -> str:
    words = ngettext("%(n)s action was added.", "%(n)s actions were added.", len(made))
    said = words % {"n": show_number(len(made))}
    if made[0].state == Action.State.UNCONFIRMED:
        return _("%(said)s The record is an old one: confirm it before it reaches desks.") % {
            "said": said
        }
    return said

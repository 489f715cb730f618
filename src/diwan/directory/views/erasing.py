"""Erasing a person's data: asked for twice, since it cannot be taken back."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from diwan.directory.actions.erasing import erase_person
from diwan.directory.constants import PERSON
from diwan.directory.forms.people import ErasePersonForm
from diwan.directory.policies import person_policy
from diwan.ui.components import Link
from diwan.ui.pages import confirm_page, refusals_on
from diwan.ui.sending import as_seen
from diwan.ui.show import show_local

from .people import person_for


@login_required
def erase(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Erase a person's data.

    Opened by an elevated administrator whom the person, or the law, asked; who asks: what goes,
    what stays? Next: the person's page, without a name.
    """
    edits = as_seen(PERSON, pk)
    actor, one = person_for(request, pk)
    person_policy.require(actor, "erase", one)
    name, url = show_local(one.name), reverse("directory:person", args=[pk])
    form = ErasePersonForm(request.POST or None, expected=name)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            erase_person(actor, one, reason=form.cleaned_data["reason"])
            messages.success(request, _("The personal data were erased."))
            return redirect(url)
    return confirm_page(
        request,
        edits=edits,
        form=form,
        heading=_("Erase the personal data of %(person)s?") % {"person": name},
        lead=_("This cannot be taken back, not even from a file that is imported again."),
        consequences=[
            _("Name, honorific and addresses go: from the register, the trail and the search."),
            _("The account is closed, its sessions and tokens end, and its notices go."),
            _("Which posts were held when, and what was decided and done, stays without the name."),
            _("Names that stand within the text of minutes and files stay; correct them there."),
        ],
        submit_label=_("Erase for ever"),
        cancel_url=url,
        danger=True,
        crumbs=[Link(_("People"), reverse("directory:people")), Link(name, url)],
    )

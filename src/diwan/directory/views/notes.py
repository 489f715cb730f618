"""Notes of units, and partners: small records beside the tree."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from diwan.directory.actions.people import (
    add_note,
    add_partner,
    correct_note,
    correct_partner,
    remove_note,
)
from diwan.directory.constants import NOTE, PARTNER
from diwan.directory.forms.people import (
    CorrectNoteForm,
    CorrectPartnerForm,
    NewPartnerForm,
    NoteForm,
    ReasonForm,
)
from diwan.directory.models import Note, Partner
from diwan.directory.policies import note_policy, partner_policy
from diwan.directory.queries.lists import listed_partners
from diwan.kernel.errors import NotFound
from diwan.kernel.policies import Actor
from diwan.kernel.requests import actor_of
from diwan.ui.components import Link
from diwan.ui.pages import form_page, page_of, refusals_on
from diwan.ui.sending import as_seen
from diwan.ui.show import show_local

from .people import open_registers, registers_to_fill
from .shared import seen, today_of, way_to
from .unit_steps import unit_for, unit_name, unit_url


@login_required
def add(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Write a note about a unit.

    Opened by a head who found something worth keeping, and asks: what will the next one need to
    know? Next: the unit's page.
    """
    actor, unit = unit_for(request, pk, "note")
    form = NoteForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            add_note(actor, unit, **form.cleaned_data)
            messages.success(request, _("The note was written."))
            return redirect(unit_url(pk))
    return form_page(
        request,
        form,
        heading=_("Write a note about %(unit)s") % {"unit": unit_name(actor, unit)},
        submit_label=_("Write the note"),
        cancel_url=unit_url(pk),
        crumbs=way_to(pk, today_of(actor, unit.country), itself=True),
    )


def note_for(request: HttpRequest, pk: UUID, verb: str) -> tuple[Actor, Note]:
    """The actor and the note on which they may `verb`. Raises NotFound or Forbidden."""
    actor = actor_of(request)
    note = seen(note_policy, actor, Note.objects.select_related("unit"), pk)
    note_policy.demand(actor, verb, note)
    if note.unit_id is None:  # a pattern's note is mended in the register's file
        raise NotFound
    return actor, note


@login_required
def correct(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Correct a note.

    Opened by a head who sees a mistake in it, and asks: what is right? Next: the unit's page.
    """
    edits = as_seen(NOTE, pk)
    actor, note = note_for(request, pk, "correct")
    form = CorrectNoteForm(request.POST or None, initial={"kind": note.kind, "text": note.text})
    url = unit_url(note.unit_id) if note.unit_id else reverse("directory:units")
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            correct_note(actor, note, **form.cleaned_data)
            messages.success(request, _("The record was corrected."))
            return redirect(url)
    return form_page(
        request,
        form,
        edits=edits,
        heading=_("Correct the note"),
        submit_label=_("Correct the record"),
        cancel_url=url,
    )


@login_required
def remove(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Take a note away.

    Opened by a head when a note no longer helps, who asks: is it lost? The trail keeps what it
    said. Next: the unit's page.
    """
    edits = as_seen(NOTE, pk)
    actor, note = note_for(request, pk, "remove")
    form = ReasonForm(request.POST or None)
    url = unit_url(note.unit_id) if note.unit_id else reverse("directory:units")
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            remove_note(actor, note, reason=form.cleaned_data["reason"])
            messages.success(request, _("The note was removed."))
            return redirect(url)
    return form_page(
        request,
        form,
        edits=edits,
        template="ui/confirm.html",
        heading=_("Remove this note?"),
        consequences=[show_local(note.text), _("The trail keeps what it said.")],
        submit_label=_("Remove the note"),
        cancel_url=url,
        danger=True,
    )


@login_required
@require_safe
def partners(request: HttpRequest) -> HttpResponse:
    """Partners: organisations outside the tree.

    Opened by an administrator, who asks: which banks, donors and companies take part? Next: add
    one, or correct a name.
    """
    actor = actor_of(request)
    page = page_of(listed_partners(actor), request)
    context = {
        "page": page,
        "rows": [
            {"partner": row, "may": partner_policy.may(actor, "correct", row)}
            for row in page.object_list
        ],
        "may_add": bool(registers_to_fill(actor, "add_partner")),
        "crumbs": [administration_link()],
    }
    return render(request, "directory/partners.html", context)


def administration_link() -> Link:
    """The way to the index of administration."""
    return Link(_("Administration"), reverse("directory:administration"))


@login_required
def new_partner(request: HttpRequest) -> HttpResponse:
    """Add a partner.

    Opened by an administrator when an organisation takes part for the first time, who asks: how is
    it called? Next: the list of partners.
    """
    actor = actor_of(request)
    registers = open_registers(actor, "add_partner")
    form = NewPartnerForm(
        request.POST or None, registers=[(pk, row.key) for pk, row in registers.items()]
    )
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            data = form.cleaned_data
            add_partner(actor, registers[data["register"]], name=data["name"])
            messages.success(request, _("The partner was added."))
            return redirect("directory:partners")
    return form_page(
        request,
        form,
        heading=_("Add a partner"),
        submit_label=_("Add"),
        cancel_url=reverse("directory:partners"),
        crumbs=[administration_link(), Link(_("Partners"), reverse("directory:partners"))],
    )


@login_required
def correct_a_partner(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Correct a partner's name.

    Opened by an administrator who sees it written wrongly, and asks: how is it right?
    Next: the list.
    """
    edits = as_seen(PARTNER, pk)
    actor = actor_of(request)
    partner = seen(partner_policy, actor, Partner.objects.all(), pk)
    partner_policy.demand(actor, "correct", partner)
    form = CorrectPartnerForm(request.POST or None, initial={"name": partner.name})
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            correct_partner(actor, partner, **form.cleaned_data)
            messages.success(request, _("The record was corrected."))
            return redirect("directory:partners")
    return form_page(
        request,
        form,
        edits=edits,
        heading=_("Correct the entry of %(person)s") % {"person": show_local(partner.name)},
        submit_label=_("Correct the record"),
        cancel_url=reverse("directory:partners"),
        crumbs=[administration_link(), Link(_("Partners"), reverse("directory:partners"))],
    )

"""The library's pages: the list, one document, adding and correcting."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from diwan.directory.public import authority_of, unit_names
from diwan.kernel.errors import Forbidden, NotFound
from diwan.kernel.exchange import Card, Ref, cards, related
from diwan.kernel.links import links_of
from diwan.kernel.policies import Actor, ActorKind
from diwan.kernel.requests import actor_of
from diwan.ui.components import Link, Pair
from diwan.ui.pages import form_page, page_of, refusals_on
from diwan.ui.show import show_local, show_partial

from .actions import add_document, correct_document
from .constants import DOCUMENT, kind_name
from .forms import LEVELS, AddForm, CorrectForm, DocumentSearchForm
from .models import Document
from .policies import documents as policy
from .policies import units_to_write
from .queries import DocumentFilter, documents_for, horizon_of, kinds_for


@require_safe
def documents(request: HttpRequest) -> HttpResponse:
    """Documents that decisions lean on, found by words and kind.

    Opened by anybody; who has not signed in sees what is public. Next: open one.
    """
    actor = actor_of(request)
    form = DocumentSearchForm(request.GET, kinds=kinds_for(actor))
    asked = form.given()
    wanted = DocumentFilter(
        text=asked.get("q", ""), kind=asked.get("kind", ""), unit_id=asked.get("unit")
    )
    page = page_of(documents_for(actor, wanted), request)
    rows = list(page.object_list)
    units = unit_names([row.unit_id for row in rows if row.unit_id], authority_of(actor).day)
    context = {
        "page": page,
        "form": form,
        "asked": bool(asked),
        "rows": [_row(row, units) for row in rows],
        "may_add": actor.kind is ActorKind.USER and units_to_write(actor).exists(),
    }
    return render(request, "library/documents.html", context)


def _row(row: Document, units: dict[UUID, dict[str, str]]) -> dict[str, object]:
    return {
        "document": row,
        "kind": kind_name(row.kind),
        "unit": units.get(row.unit_id) if row.unit_id else None,
        "horizon": horizon_of(row),
    }


@require_safe
def document(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One document: its text, how far it reaches, whose it is, and what refers to it.

    Opened by whoever may read it. Next: open the resolution that leans on it.
    """
    actor = actor_of(request)
    row = _seen(actor, pk)
    day = authority_of(actor).day
    unit = unit_names([row.unit_id], day).get(row.unit_id) if row.unit_id else None
    context = {
        "document": row,
        "unit": unit,
        "pairs": _facts(actor, row, unit),
        "refers": _referring(actor, pk),
        "related": related(Ref(DOCUMENT, pk), actor),
        "crumbs": [Link(_("Library"), reverse("library:documents"))],
        "may_correct": policy.may(actor, "write", row),
        "signed_in": actor.kind is ActorKind.USER,
    }
    return render(request, "library/document.html", context)


def _facts(actor: Actor, row: Document, unit: dict[str, str] | None) -> list[Pair]:
    pairs = [Pair(_("Kind"), kind_name(row.kind))]
    if unit and row.unit_id:
        known = actor.kind is ActorKind.USER
        url = reverse("directory:unit", args=[row.unit_id]) if known else ""
        pairs.append(Pair(_("Unit"), show_local(unit), url))
    horizon = horizon_of(row)
    if horizon is not None:
        pairs.append(Pair(_("Reaches until"), show_partial(horizon)))
    levels = dict(LEVELS)
    level = levels.get(row.confidentiality, LEVELS[-1][1])
    return [*pairs, Pair(_("Who may read it"), level)]


def _referring(actor: Actor, pk: UUID) -> list[Card]:
    """Cards of what links to the document, as far as the actor may see it."""
    here = Ref(DOCUMENT, pk)
    refs = []
    for link in links_of(here):
        source, target = (
            Ref(link.source_kind, link.source_id),
            Ref(link.target_kind, link.target_id),
        )
        refs.append(source if target == here else target)
    found = cards(refs, actor)
    return [found[ref] for ref in dict.fromkeys(refs) if ref in found]


def _seen(actor: Actor, pk: UUID) -> Document:
    rows = Document.objects.select_related("register").filter(pk=pk)
    found = policy.which(actor, "see", rows).first()
    if found is None:
        raise NotFound
    return found


@login_required
def add(request: HttpRequest) -> HttpResponse:
    """Add a document of a unit. For heads, secretaries and administrators over it."""
    actor = actor_of(request)
    units = units_to_write(actor)
    if not units.exists():
        raise Forbidden if authority_of(actor).countries else NotFound
    form = AddForm(
        request.POST or None, units=units, day=authority_of(actor).day, kinds=kinds_for(actor)
    )
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            row = add_document(actor, form.cleaned_data["unit"], form.fields_given())
            messages.success(request, _("The document is in the library."))
            return redirect("library:document", row.pk)
    return form_page(
        request,
        form,
        heading=_("Add a document"),
        lead=_("What decisions lean on: a regulation, a programme, a roadmap, a study."),
        submit_label=_("Add it"),
        cancel_url=reverse("library:documents"),
    )


@login_required
def correct(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Put right what a document says, with the reason. For whoever may write it."""
    actor = actor_of(request)
    row = _seen(actor, pk)
    policy.require(actor, "write", row)
    form = CorrectForm(request.POST or None, initial=CorrectForm.initial_of(row), kinds=[row.kind])
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            fields, reason = form.fields_given(), form.cleaned_data["reason"]
            correct_document(actor, row, fields, reason=reason)
            messages.success(request, _("The document is corrected."))
            return redirect("library:document", row.pk)
    return form_page(
        request,
        form,
        heading=_("Correct “%(name)s”") % {"name": show_local(row.name)},
        lead=_("What stood before stays readable, with your reason."),
        submit_label=_("Correct it"),
        cancel_url=reverse("library:document", args=[row.pk]),
    )

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

from diwan.directory.public import UNIT, Texts, authority_of
from diwan.kernel.errors import Forbidden, NotFound
from diwan.kernel.exchange import Card, Ref, cards, related
from diwan.kernel.links import JOINING, links_of
from diwan.kernel.policies import Actor, ActorKind
from diwan.kernel.requests import actor_of
from diwan.ui.components import Link, Pair
from diwan.ui.linking import linked_on
from diwan.ui.pages import form_page, page_of, refusals_on
from diwan.ui.sending import as_seen
from diwan.ui.show import show_local, show_partial

from .actions import add_document, correct_document
from .constants import DOCUMENT, kind_name
from .forms import LEVELS, AddForm, CorrectForm, DocumentSearchForm
from .models import Document
from .policies import documents as policy
from .policies import units_to_write
from .queries import DocumentFilter, documents_for, horizon_of, kinds_for, owner_names


@require_safe
def documents(request: HttpRequest) -> HttpResponse:
    """Documents that decisions lean on, found by words and kind.

    Opened by anybody, who asks: is the regulation that the resolution speaks of here? Who has not
    signed in sees what is public. Next: open one; whoever runs a unit adds one.
    """
    actor = actor_of(request)
    form = DocumentSearchForm(request.GET, kinds=kinds_for(actor))
    asked = form.given()
    wanted = DocumentFilter(
        text=asked.get("q", ""), kind=asked.get("kind", ""), unit_id=asked.get("unit")
    )
    page = page_of(documents_for(actor, wanted), request)
    rows = list(page.object_list)
    owners = owner_names(rows, authority_of(actor).day)
    context = {
        "page": page,
        "form": form,
        "asked": bool(asked),
        "rows": [_row(row, owners.get(row.pk)) for row in rows],
        "may_add": actor.kind is ActorKind.USER and units_to_write(actor).exists(),
    }
    return render(request, "library/documents.html", context)


def _row(row: Document, owner: Texts | None) -> dict[str, object]:
    return {
        "document": row,
        "kind": kind_name(row.kind),
        "unit": owner,
        "horizon": horizon_of(row),
    }


@require_safe
def document(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One document: its text, how far it reaches, whose it is, and what refers to it.

    Opened by whoever may read it, who asks: what does it say, and what was decided because of it?
    Next: open the resolution that leans on it; whoever may write it puts it right.
    """
    actor = actor_of(request)
    row = _seen(actor, pk)
    may_write = policy.may(actor, "write", row)
    context = {
        "document": row,
        "pairs": _facts(actor, row),
        "refers": _referring(actor, pk),
        "links": linked_on(actor, Ref(DOCUMENT, pk), writes=may_write),
        "related": related(Ref(DOCUMENT, pk), actor),
        "crumbs": [Link(_("Library"), reverse("library:documents"))],
        "may_correct": may_write,
        "signed_in": actor.kind is ActorKind.USER,
    }
    return render(request, "library/document.html", context)


def _facts(actor: Actor, row: Document) -> list[Pair]:
    pairs = [Pair(_("Kind"), kind_name(row.kind))]
    owner = owner_names([row], authority_of(actor).day).get(row.pk)
    if owner:
        pairs.append(Pair(_("Unit"), show_local(owner), _unit_url(actor, row)))
    horizon = horizon_of(row)
    if horizon is not None:
        pairs.append(Pair(_("Reaches until"), show_partial(horizon)))
    levels = dict(LEVELS)
    level = levels.get(row.confidentiality, LEVELS[-1][1])
    return [*pairs, Pair(_("Who may read it"), level)]


def _unit_url(actor: Actor, row: Document) -> str:
    """Where the unit is shown; nowhere for readers from outside, who may not see it."""
    ref = Ref(UNIT, row.unit_id) if row.unit_id else None
    card = cards([ref], actor).get(ref) if ref else None
    return card.url if card else ""


def _referring(actor: Actor, pk: UUID) -> list[Card]:
    """Cards of what links to the document, as far as the actor may see it; the latest first."""
    here = Ref(DOCUMENT, pk)
    refs = [
        Ref(link.source_kind, link.source_id)
        for link in reversed(links_of(here))
        if link.verb not in JOINING and Ref(link.target_kind, link.target_id) == here
    ]
    found = cards(refs, actor)
    return [found[ref] for ref in dict.fromkeys(refs) if ref in found]


def _seen(actor: Actor, pk: UUID) -> Document:
    rows = Document.objects.select_related("register", "unit_pattern").filter(pk=pk)
    found = policy.which(actor, "see", rows).first()
    if found is None:
        raise NotFound
    return found


@login_required
def add(request: HttpRequest) -> HttpResponse:
    """Add a document of a unit.

    Opened by heads, secretaries and administrators over it, who ask: under which name will others
    find it? Next: its page.
    """
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
    """Put right what a document says, with the reason.

    Opened by whoever may write it, who asks: does this stand as it was? Next: its page.
    """
    edits = as_seen(DOCUMENT, pk)
    actor = actor_of(request)
    row = _seen(actor, pk)
    policy.demand(actor, "write", row)
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
        edits=edits,
        heading=_("Correct “%(name)s”") % {"name": show_local(row.name)},
        lead=_("What stood before stays readable, with your reason."),
        submit_label=_("Correct it"),
        cancel_url=reverse("library:document", args=[row.pk]),
    )

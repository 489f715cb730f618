"""What is done with a body: founding, changing, numbering, terms, oversight, dissolving."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from diwan.councils.actions import bodies as actions
from diwan.councils.constants import BODY
from diwan.councils.forms.bodies import (
    BodyForm,
    CorrectBodyForm,
    DissolveForm,
    MakeBodyForm,
    NumberingForm,
    OverseeForm,
    TermForm,
)
from diwan.councils.models import Body
from diwan.councils.queries.bodies import bodies_for
from diwan.directory.public import Unit
from diwan.kernel.errors import Forbidden
from diwan.kernel.policies import Actor, Confidentiality
from diwan.kernel.requests import actor_of
from diwan.kernel.text import isolate
from diwan.ui.components import Link
from diwan.ui.pages import confirm_page, form_page, refusals_on
from diwan.ui.sending import Seen, as_seen
from diwan.ui.show import show_digits, show_local, show_number

from .bodies_facts import next_number
from .records import body_for, hosts_of, others_of, units_of
from .shared import identifier, way_to_body


def body_url(pk: UUID) -> str:
    """The body's page."""
    return reverse("councils:body", args=[pk])


def kinds_used(actor: Actor) -> list[str]:
    """The kinds of the bodies that the actor may see."""
    rows = bodies_for(actor).order_by("kind").values_list("kind", flat=True)
    return list(rows.distinct())


@login_required
def make_body(request: HttpRequest) -> HttpResponse:
    """Found a body.

    Opened by a head or a secretary with a decree in hand, who asks: how is it called, what is it
    for, how often does it meet? Next: its page, where its first member gets a seat.
    """
    actor = actor_of(request)
    hosts = hosts_of(actor)
    if not hosts.some(1):
        raise Forbidden(_("Bodies are founded by a head or a secretary, in their own units."))
    unit = identifier(request.GET.get("unit"))
    form = MakeBodyForm(
        request.POST or None,
        units=hosts,
        parents=others_of(actor, None),
        used=kinds_used(actor),
        initial={
            "unit": Unit.objects.filter(pk=unit).first() if unit else None,
            "confidentiality": Confidentiality.INTERNAL.value,
        },
    )
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            body = actions.make_body(actor, form.cleaned_data["unit"].pk, form.asked())
            said = _("“%(name)s” was founded. Its resolutions are numbered with the code %(code)s.")
            names = {"name": show_local(body.name), "code": isolate(show_digits(body.code))}
            messages.success(request, said % names)
            return redirect(body_url(body.pk))
    return form_page(
        request,
        form,
        heading=_("Found a body"),
        lead=_("A council, a commission, a working group, a team: those who meet and resolve."),
        submit_label=_("Found the body"),
        cancel_url=reverse("councils:bodies"),
        crumbs=[Link(_("Bodies"), reverse("councils:bodies"))],
    )


def _page(request: HttpRequest, form: Any, body: Body, edits: Seen, **told: str) -> HttpResponse:
    return form_page(
        request,
        form,
        edits=edits,
        cancel_url=body_url(body.pk),
        crumbs=way_to_body(body),
        **{"lead": show_local(body.name), **told},
    )


def _done(request: HttpRequest, body: Body, said: str) -> HttpResponse:
    messages.success(request, said)
    return redirect(body_url(body.pk))


def _when_valid(request: HttpRequest, form: Any, act: Callable[[], object]) -> bool:
    """Run the action if the form was sent and is right; False: show the form (again)."""
    if request.method != "POST" or not form.is_valid():
        return False
    with refusals_on(form):
        act()
        return True
    return False


@login_required
def change_body(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Change what a body is from now on.

    Opened by who runs the body or heads its unit, when its charter changed. Next: its page.
    """
    edits = as_seen(BODY, pk)
    actor, body = body_for(request, pk, "manage")
    form = BodyForm(
        request.POST or None, parents=others_of(actor, body), used=kinds_used(actor), body=body
    )
    if _when_valid(request, form, lambda: actions.change_body(actor, body, form.asked())):
        return _done(request, body, _("The body was changed."))
    return _page(
        request,
        form,
        body,
        edits,
        heading=_("Change the body"),
        submit_label=_("Change the body"),
        lead=_("Something is different from now on. If the record was wrong, correct it instead."),
    )


@login_required
def correct_body(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Mend a mistake in a body's record.

    Opened by who runs the body, who has found that the register says something wrong. Next: its
    page; the trail keeps what stood before, with the reason.
    """
    edits = as_seen(BODY, pk)
    actor, body = body_for(request, pk, "manage")
    form = CorrectBodyForm(
        request.POST or None, parents=others_of(actor, body), used=kinds_used(actor), body=body
    )

    def act() -> None:
        actions.correct_body(actor, body, form.asked(), reason=form.cleaned_data["reason"])

    if _when_valid(request, form, act):
        return _done(request, body, _("The record was corrected."))
    return _page(
        request,
        form,
        body,
        edits,
        heading=_("Correct the body's record"),
        submit_label=_("Correct the record"),
    )


@login_required
def numbering(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Say how a body numbers its resolutions.

    Opened by the secretary, who asks: what will our next number look like? The first sending
    shows it, the second one, unchanged, sets the rule. Next: the body's page.
    """
    edits = as_seen(BODY, pk)
    actor, body = body_for(request, pk, "manage")
    first = {name: getattr(body, name) for name in ("pattern", "reset", "code", "calendar")}
    form = NumberingForm(request.POST or None, initial=first)
    example, seen = next_number(actor, body), ""
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            if request.POST.get("seen") == form.mark():
                actions.change_body(actor, body, form.rule())
                return _done(request, body, _("The numbering rule was set."))
            example, seen = _example(actor, body, form), form.mark()
    return form_page(
        request,
        form,
        edits=edits,
        template="councils/body_numbering.html",
        heading=_("How the resolutions are numbered"),
        lead=show_local(body.name),
        submit_label=_("Set the rule") if seen else _("See the next number"),
        cancel_url=body_url(pk),
        crumbs=way_to_body(body),
        example=example,
        seen=seen,
    )


def _example(actor: Actor, body: Body, form: NumberingForm) -> str:
    """The next number by another rule; nothing of it stays. Raises Refused."""
    with transaction.atomic():
        changed = actions.change_body(actor, body, form.rule())
        found = next_number(actor, changed)
        transaction.set_rollback(True)
    return found


@login_required
def start_term(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Begin a term of office.

    Opened by the secretary after an election, who asks: since when does the new council sit? Next:
    the body's page, where its new members get their seats.
    """
    edits = as_seen(BODY, pk)
    actor, body = body_for(request, pk, "manage")
    form = TermForm(request.POST or None)

    def act() -> None:
        data = form.cleaned_data
        actions.start_term(actor, body, since=data["since"], number=data["number"])

    if _when_valid(request, form, act):
        return _done(request, body, _("The term begins. The one before ends that day."))
    return _page(
        request, form, body, edits, heading=_("Begin a term"), submit_label=_("Begin the term")
    )


@login_required
def oversee(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Say which units a body oversees.

    Opened by who runs the body. Next: its page.
    """
    edits = as_seen(BODY, pk)
    actor, body = body_for(request, pk, "manage")
    now = list(Unit.objects.filter(overseers__body=body))
    form = OverseeForm(request.POST or None, choices=units_of(actor, body), initial={"units": now})

    def act() -> None:
        actions.oversee(actor, body, [unit.pk for unit in form.cleaned_data["units"]])

    if _when_valid(request, form, act):
        units = form.cleaned_data["units"]
        said = _("Units that it oversees now: %(n)s") % {"n": show_number(len(units))}
        return _done(request, body, said)
    return _page(
        request,
        form,
        body,
        edits,
        heading=_("Which units it oversees"),
        submit_label=_("Set the units"),
    )


@login_required
def dissolve_body(request: HttpRequest, pk: UUID) -> HttpResponse:
    """End a body.

    Opened by who runs it or heads its unit, with the decree in hand, who asks: what follows from
    it? Next: its page, which stays readable.
    """
    edits = as_seen(BODY, pk)
    actor, body = body_for(request, pk, "manage")
    form = DissolveForm(request.POST or None)

    def act() -> None:
        data = form.cleaned_data
        actions.dissolve_body(actor, body, on=data["on"], reason=data["reason"])

    if _when_valid(request, form, act):
        return _done(request, body, _("The body was dissolved."))
    return confirm_page(
        request,
        edits=edits,
        form=form,
        heading=_("Dissolve %(name)s") % {"name": isolate(show_local(body.name))},
        submit_label=_("Dissolve the body"),
        cancel_url=body_url(pk),
        crumbs=way_to_body(body),
        danger=True,
        consequences=[
            _("Its members' seats and its term end on that day."),
            _("Meetings planned for that day or later are called off."),
            _("What its resolutions ask for stays owed, and its register stays readable."),
        ],
    )

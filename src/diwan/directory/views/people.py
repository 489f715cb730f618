"""People: the list, one person with the posts held through time, adding and correcting."""

from __future__ import annotations

from collections import defaultdict
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from diwan.accounts.public import user_names
from diwan.directory.actions.people import add_person, correct_person, unlink_user
from diwan.directory.constants import PERSON
from diwan.directory.forms.people import CorrectPersonForm, NewPersonForm, ReasonForm
from diwan.directory.forms.words import held_as
from diwan.directory.models import Person, Register
from diwan.directory.policies import person_policy, register_policy
from diwan.directory.queries.lists import held_now, listed_people
from diwan.directory.queries.posts import post_cards
from diwan.kernel.errors import Forbidden, NotFound
from diwan.kernel.exchange import Ref, related
from diwan.kernel.policies import Actor
from diwan.kernel.requests import actor_of
from diwan.ui.components import Link
from diwan.ui.forms import SearchForm
from diwan.ui.pages import form_page, page_of, refusals_on
from diwan.ui.sending import as_seen
from diwan.ui.show import show_local

from .holdings import person_shown
from .shared import next_or, seen
from .through_time import person_terms


@login_required
@require_safe
def people(request: HttpRequest) -> HttpResponse:
    """People by name, with what they hold now.

    Opened by anybody of the country's staff, who asks: who is this, and in which post? Next: open
    the person, or the post.
    """
    actor = actor_of(request)
    form = SearchForm(request.GET)
    page = page_of(listed_people(actor, tokens=form.terms()), request)
    rows = list(page.object_list)
    posts = _held(actor, rows)
    context = {
        "page": page,
        "form": form,
        "asked": form.given().get("q", ""),
        "rows": [{"person": row, "posts": posts.get(row.pk, [])} for row in rows],
        "may_add": bool(registers_to_fill(actor, "add_person")),
    }
    return render(request, "directory/people.html", context)


def _held(actor: Actor, people_: list[Person]) -> dict[UUID, list[dict[str, Any]]]:
    holdings = held_now([person.pk for person in people_], actor.at)
    cards = post_cards([row.post_id for row in holdings], actor.at)
    found: dict[UUID, list[dict[str, Any]]] = defaultdict(list)
    for row in holdings:
        card = cards.get(row.post_id)
        if card is not None and not card.ended:
            found[row.person_id].append({"card": card, "how": held_as(row.kind)})
    return found


def registers_to_fill(actor: Actor, verb: str) -> list[Register]:
    """Registers into which the actor may write people or partners."""
    return list(register_policy.which(actor, verb, Register.objects.order_by("key")))


def open_registers(actor: Actor, verb: str) -> dict[str, Register]:
    """The same by identifier. Raises Forbidden without any, NotFound where none is even seen."""
    registers = {str(row.pk): row for row in registers_to_fill(actor, verb)}
    if registers:
        return registers
    if register_policy.which(actor, "see", Register.objects.all()).exists():
        raise Forbidden
    raise NotFound


def person_for(request: HttpRequest, pk: UUID) -> tuple[Actor, Person]:
    """The actor and the person whom they see. Raises NotFound."""
    actor = actor_of(request)
    return actor, seen(person_policy, actor, Person.objects.select_related("register"), pk)


@login_required
@require_safe
def person(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One person.

    Opened by anybody of the country's staff, who asks: which post does this person hold, since
    when, and before? Next: open the post; whoever may, sends an invitation to work here.
    """
    actor, one = person_for(request, pk)
    posts = _held(actor, [one]).get(pk, [])
    context = {
        "person": one,
        "name": person_shown(pk),
        "posts": posts,
        "terms": person_terms(one),
        "user": user_names([one.user_id]).get(one.user_id, "") if one.user_id else "",
        "may_invite": one.user_id is None
        and one.erased_at is None
        and person_policy.may(actor, "invite", one),
        "may_correct": one.erased_at is None and person_policy.may(actor, "correct", one),
        "may_erase": one.erased_at is None and person_policy.may(actor, "erase", one),
        "may_unlink": one.user_id is not None and person_policy.may(actor, "link", one),
        "related": related(Ref(PERSON, pk), actor),
        "crumbs": [Link(_("People"), reverse("directory:people"))],
    }
    return render(request, "directory/person.html", context)


@login_required
def add(request: HttpRequest) -> HttpResponse:
    """Add somebody to the register.

    Opened by a head or an administrator before appointing somebody new, who asks: how is the name
    written? Next: back to the appointment, or the person's page.
    """
    actor = actor_of(request)
    registers = open_registers(actor, "add_person")
    form = NewPersonForm(
        request.POST or None, registers=[(pk, row.key) for pk, row in registers.items()]
    )
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            data = form.cleaned_data
            one = add_person(
                actor, registers[data["register"]], name=data["name"], honorific=data["honorific"]
            )
            told = {"person": show_local(data["name"])}
            messages.success(request, _("%(person)s was added to the register.") % told)
            return redirect(_after_adding(request, one))
    return form_page(
        request,
        form,
        heading=_("Add somebody to the register"),
        lead=_(
            "A person of the register has no access by that; an invitation to their page gives it."
        ),
        submit_label=_("Add"),
        cancel_url=next_or(request, reverse("directory:people")),
        crumbs=[Link(_("People"), reverse("directory:people"))],
    )


def _after_adding(request: HttpRequest, one: Person) -> str:
    back = next_or(request, "")
    if not back:
        return reverse("directory:person", args=[one.pk])
    return f"{back}{'&' if '?' in back else '?'}{urlencode({'person': str(one.pk)})}"


@login_required
def correct(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Correct somebody's name.

    Opened by a head who sees that a name is written wrongly, and asks: how is it right? Next: the
    person's page. What stood before is kept in the trail.
    """
    edits = as_seen(PERSON, pk)
    actor, one = person_for(request, pk)
    person_policy.demand(actor, "correct", one)
    form = CorrectPersonForm(
        request.POST or None, initial={"name": one.name, "honorific": one.honorific}
    )
    url = reverse("directory:person", args=[pk])
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            correct_person(actor, one, **form.cleaned_data)
            messages.success(request, _("The record was corrected."))
            return redirect(url)
    return form_page(
        request,
        form,
        edits=edits,
        heading=_("Correct the entry of %(person)s") % {"person": person_shown(pk)},
        submit_label=_("Correct the record"),
        cancel_url=url,
        crumbs=[Link(_("People"), reverse("directory:people")), Link(person_shown(pk), url)],
    )


@login_required
def unlink(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Part a user from a person.

    Opened by an administrator when the wrong user was joined, who asks: what is lost by it? Next:
    the person's page, where another invitation can be made.
    """
    edits = as_seen(PERSON, pk)
    actor, one = person_for(request, pk)
    person_policy.demand(actor, "link", one)
    form = ReasonForm(request.POST or None)
    url = reverse("directory:person", args=[pk])
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            unlink_user(actor, one, reason=form.cleaned_data["reason"])
            messages.success(request, _("The user was separated from this person."))
            return redirect(url)
    return form_page(
        request,
        form,
        edits=edits,
        template="ui/confirm.html",
        heading=_("Separate the user from %(person)s") % {"person": person_shown(pk)},
        consequences=[
            _("The user loses the rights of this person's posts at once."),
            _("What was done before stays under their name in the trail."),
        ],
        submit_label=_("Separate them"),
        cancel_url=url,
        danger=True,
    )

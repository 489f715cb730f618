"""Taking one step of an action: the same page for all of them, told apart by a table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from diwan.councils.actions.steps import wrong_state
from diwan.councils.constants import ACTION
from diwan.councils.forms.actions import PassDownForm, StepForm
from diwan.councils.forms.choices import posts_to_choose
from diwan.councils.models import Action
from diwan.councils.policies import ACTIONS
from diwan.councils.queries.duties import (
    ActionSheet,
    action_sheet,
    find_action,
    posts_below,
    steps_for,
)
from diwan.councils.queries.rows import heads_directly_below
from diwan.councils.rules.life import STEPS, State, Verb
from diwan.directory.public import PostCard
from diwan.kernel.errors import NotFound
from diwan.kernel.policies import Actor
from diwan.kernel.requests import actor_of
from diwan.kernel.text import search_key, search_tokens
from diwan.ui.components import Link
from diwan.ui.pages import form_page, refusals_on
from diwan.ui.sending import Seen, again_of, as_seen
from diwan.ui.show import show_local, show_number

from .actions_facts import facts_of, proof_rows, request_words
from .actions_table import BY_SLUG, StepPage
from .shared import way_to_resolution

MANY_POSTS = 60


@login_required
def step(request: HttpRequest, pk: UUID, step: str) -> HttpResponse:
    """Take one step of an action.

    Opened from the action's page by its owner, a head above, or the secretary, who asks: what is
    needed for this step, and what follows from it? Next: the action's page, where it stands anew.
    """
    actor, edits = actor_of(request), as_seen(ACTION, pk)
    action = find_action(actor, pk)
    page = BY_SLUG.get(step)
    if page is None:
        raise NotFound
    ACTIONS.demand(actor, STEPS[page.verbs[0]].right.value, action)
    if not _sent(request) and not set(page.verbs) & set(steps_for(actor, action)):
        messages.warning(request, _why_not(page, action))
        return redirect("councils:action", pk)
    form = _form(request, actor, action, page)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            page.act(actor, action, form.cleaned_data)
            messages.success(request, str(page.done))
            return redirect("councils:action", pk)
    return _page(request, actor, form, page, edits)


def _sent(request: HttpRequest) -> bool:
    """Whether something was filled in, also where the page is shown again with it."""
    return request.method == "POST" or again_of(request) is not None


def _form(request: HttpRequest, actor: Actor, action: Action, page: StepPage) -> StepForm:
    sent = _sent(request)
    more: dict[str, Any] = {}
    if page.posts:
        more["posts"] = posts_to_choose(actor, action.resolution.body.unit.country)
    form = page.form(
        request.POST if sent else None, request.FILES if sent else None, action=action, **more
    )
    if isinstance(form, PassDownForm):
        _offer_posts(request, actor, action, form)
    return form


def _offer_posts(request: HttpRequest, actor: Actor, action: Action, form: PassDownForm) -> None:
    """Offer the posts below: all of them to the check, not too many at once to the eye."""
    cards = posts_below(action, actor.at)
    heads = heads_directly_below(action, cards, actor)
    words = ngettext(
        "The head of the %(n)s unit directly below",
        "The heads of all %(n)s units directly below",
        len(heads),
    )
    shown = cards if _sent(request) else _asked(request, cards)[:MANY_POSTS]
    form.many = len(cards) > MANY_POSTS
    form.offer_posts(
        [(str(card.post_id), _label(card)) for card in shown],
        heads=[str(card.post_id) for card in heads],
        all_heads=words % {"n": show_number(len(heads))},
    )


def _asked(request: HttpRequest, cards: Sequence[PostCard]) -> list[PostCard]:
    tokens = search_tokens(request.GET.get("q", ""))
    if not tokens:
        return list(cards)
    keys = [(search_key(*card.name.values(), *card.unit_name.values()), card) for card in cards]
    return [card for key, card in keys if all(token in key for token in tokens)]


def _label(card: PostCard) -> str:
    parts = [card.name, card.unit_name, *(holder.name for holder in card.holders[:1])]
    return " · ".join(show_local(part) for part in parts)


def _page(
    request: HttpRequest, actor: Actor, form: StepForm, page: StepPage, edits: Seen
) -> HttpResponse:
    sheet = action_sheet(actor, form.action.pk)
    back = reverse("councils:action", args=[form.action.pk])
    asked = sheet.waiting_request if Verb.GRANT_DATE in page.verbs else None
    judged = {Verb.CLOSE, Verb.RETURN} & set(page.verbs)
    return form_page(
        request,
        form,
        template="councils/action_step.html",
        edits=edits,
        heading=page.heading,
        lead=page.lead,
        submit_label=page.submit,
        cancel_url=back,
        danger=page.danger,
        crumbs=_crumbs(sheet, back),
        sheet=sheet,
        facts=facts_of(sheet),
        proofs=proof_rows(sheet) if judged else (),
        asked=asked,
        asked_words=request_words(asked) if asked else "",
        search=getattr(form, "many", False),
    )


def _crumbs(sheet: ActionSheet, back: str) -> list[Link]:
    way = way_to_resolution(sheet.resolution, sees=sheet.sees_resolution)
    return [*way, Link(show_local(sheet.action.text), back)]


def _why_not(page: StepPage, action: Action) -> str:
    """Why a step cannot be taken now."""
    for verb in page.verbs:
        if State(action.state) not in STEPS[verb].sources:
            return wrong_state(State(action.state), STEPS[verb])
    return _("“%(step)s” is not possible at the moment.") % {"step": page.label}

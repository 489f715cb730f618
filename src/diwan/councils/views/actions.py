"""The page of one action: what is owed, by whom, how it stands, and the one next step."""

from __future__ import annotations

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from diwan.councils.constants import ACTION
from diwan.councils.queries.duties import ActionSheet, action_sheet
from diwan.councils.rules.life import Verb
from diwan.kernel.exchange import Ref
from diwan.kernel.requests import actor_of
from diwan.ui.components import Step
from diwan.ui.linking import linked_on
from diwan.ui.sending import as_seen

from .actions_facts import (
    duty_rows,
    facts_of,
    proof_rows,
    request_words,
    standing_sentence,
    suspended_sentence,
    timeline_of,
)
from .actions_table import BY_VERB, PAGES
from .shared import post_words, state_tag, way_to_resolution


@login_required
@require_safe
def action(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One action.

    Opened by its owner, who asks: what exactly do I owe, until when, and what do I do next? By the
    secretary, who asks: how does it stand, and is there something to decide? By a head above, who
    asks: who works on it? Next: the one filled step; whoever has none reads how it stands.
    """
    actor, seen = actor_of(request), as_seen(ACTION, pk)
    sheet = action_sheet(actor, pk)
    waiting = sheet.waiting_request
    context = {
        "sheet": sheet,
        "action": sheet.action,
        "standing_words": standing_sentence(sheet, actor),
        "suspended": suspended_sentence(sheet),
        "tag": state_tag(sheet.action, sheet.late_days),
        "crumbs": way_to_resolution(sheet.resolution, sees=sheet.sees_resolution),
        "facts": facts_of(sheet),
        "proofs": proof_rows(sheet),
        "events": timeline_of(sheet),
        "parts": duty_rows(sheet.parts, sheet.posts, actor),
        "next_step": _next_step(sheet),
        "as_seen": str(seen),
        "start_now": sheet.next_step is Verb.START,
        "steps": _other_steps(sheet),
        "asked": waiting,
        "asked_words": request_words(waiting) if waiting else "",
        "asked_by": _asked_by(sheet),
        "trail_url": reverse("ui:trail", args=[ACTION, pk]),
        "links": linked_on(actor, Ref(ACTION, pk), writes=bool(sheet.steps)),
    }
    return render(request, "councils/action.html", context)


def _asked_by(sheet: ActionSheet) -> str:
    request = sheet.waiting_request
    if request is None or request.asked_post_id is None:
        return ""
    return post_words(sheet.posts.get(request.asked_post_id))


def _url(sheet: ActionSheet, slug: str) -> str:
    return reverse("councils:action_step", args=[sheet.action.pk, slug])


def _next_step(sheet: ActionSheet) -> Step | None:
    if sheet.next_step is None:
        return None
    page = BY_VERB[sheet.next_step]
    return Step(str(page.label), _url(sheet, page.slug), filled=True)


def _other_steps(sheet: ActionSheet) -> list[Step]:
    """The other possible steps, in the table's order, what ends something last."""
    offered = set(sheet.steps)
    first = BY_VERB[sheet.next_step].slug if sheet.next_step else ""
    return [
        Step(str(page.label), _url(sheet, page.slug), danger=page.danger)
        for page in PAGES
        if page.slug != first and offered & set(page.verbs)
    ]

"""One resolution, and what became of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from diwan.councils.constants import RESOLUTION
from diwan.councils.models import Resolution
from diwan.councils.policies import BODIES, MEETINGS, RESOLUTIONS
from diwan.councils.queries.objections import bindingness_of
from diwan.councils.queries.register import progress_of, visible_actions
from diwan.directory.public import post_cards
from diwan.kernel.dated import stated
from diwan.kernel.exchange import Card, Ref, cards, related
from diwan.kernel.links import Verb, targets
from diwan.kernel.policies import Actor, ActorKind, Confidentiality
from diwan.kernel.requests import actor_of
from diwan.ui.components import Link, Pair, Step
from diwan.ui.linking import linked_on
from diwan.ui.pages import page_of
from diwan.ui.show import show_partial, show_span, show_stated_moment
from diwan.ui.templatetags.ui import local

from .actions_facts import duty_rows
from .objections import binding_words
from .register import summary_of
from .shared import number_of, seen

ACTIONS_A_PAGE = 50


@require_safe
def resolution(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One resolution.

    Opened by anybody entitled, who asks: what exactly was decided, by whom, and was it done? By its
    secretary, who asks: is every part of it owed by somebody? Next: the actions; the secretary adds
    one, or adopts a draft.
    """
    actor = actor_of(request)
    rows = Resolution.objects.select_related("body__unit", "meeting")
    found = seen(RESOLUTIONS, actor, rows, pk)
    actions = (
        visible_actions(actor)
        .filter(resolution=found, parent__isnull=True)
        .select_related("unit", "resolution__body__unit")
        .order_by("position", "key")
    )
    page = page_of(actions, request, size=ACTIONS_A_PAGE)
    posts = post_cards([a.owner_id for a in page.object_list if a.owner_id], actor.at)
    progress = progress_of(actor, [pk])[pk]
    runs = RESOLUTIONS.may(actor, "run", found)
    draft = found.state == Resolution.State.DRAFT
    links = linked_on(actor, Ref(RESOLUTION, pk), writes=runs)  # reads what it is about, too
    context: dict[str, Any] = {
        "resolution": found,
        "draft": draft,
        "summary": summary_of(progress),
        "progress": progress,
        "page": page,
        "duties": duty_rows(list(page.object_list), posts, actor),
        "facts": _facts(actor, found),
        "linked": _linked(actor, Ref(RESOLUTION, pk)),
        "links": links,
        "crumbs": [Link(_("Resolutions"), reverse("councils:register"))],
        "may_add": runs and not draft,
        "steps": _steps(found, draft=draft) if runs else [],
        "signed_in": actor.kind is ActorKind.USER,
        "binding": binding_words(bindingness_of(actor, found), found),
        "trail_url": reverse("ui:trail", args=[RESOLUTION, pk]),
    }
    return render(request, "councils/resolution.html", context)


def _linked(actor: Actor, ref: Ref) -> list[tuple[str, Sequence[Card]]]:
    """What it is about, who is to do it together, and what other rooms show of it."""
    about, together = targets(ref, Verb.ABOUT), targets(ref, Verb.WITH)
    found = cards([*about, *together], actor)
    groups: list[tuple[str, Sequence[Card]]] = [
        (_("It is about"), [found[each] for each in about if each in found]),
        (_("Together with"), [found[each] for each in together if each in found]),
    ]
    groups += [(str(group.heading), group.cards) for group in related(ref, actor)]
    return [(title, group) for title, group in groups if group]


def _steps(found: Resolution, *, draft: bool) -> list[Step]:
    if draft:
        adopt = Step(_("Adopt"), reverse("councils:adopt", args=[found.pk]), filled=True)
        if found.votes.exists():  # it stays as it was put
            return [adopt]
        return [
            adopt,
            Step(_("Change the draft"), reverse("councils:draft", args=[found.pk])),
            Step(
                _("Throw the draft away"),
                reverse("councils:remove_draft", args=[found.pk]),
                danger=True,
            ),
        ]
    url = reverse("councils:correct_resolution", args=[found.pk])
    return [Step(_("Correct the record"), url)]


def _facts(actor: Actor, found: Resolution) -> list[Pair]:
    body, meeting = found.body, found.meeting
    body_url = reverse("councils:body", args=[body.pk]) if BODIES.sees(actor, body) else ""
    sees = MEETINGS.may(actor, "see", meeting)
    held = stated(meeting.date, meeting.date_precision, meeting.date_calendar)
    facts = [
        Pair(_("Number"), number_of(found)),
        Pair(_("Kind"), found.Kind(found.kind).label),
        Pair(_("Body"), local(body.name), body_url),
        Pair(
            _("Meeting"),
            show_partial(held) if held else _("date unknown"),
            reverse("councils:meeting", args=[meeting.pk]) if sees else "",
        ),
    ]
    if found.every:
        facts.append(Pair(_("Repeats every"), show_span(found.every)))
    if found.adopted_at:
        facts.append(Pair(_("Adopted"), show_stated_moment(found.adopted_at)))
    level = Confidentiality(found.confidentiality).label
    return [*facts, Pair(_("Confidentiality"), level)]

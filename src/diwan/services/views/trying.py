"""Trying a version before it is published: its form as an applicant sees it, and its steps."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.crypto import salted_hmac
from django.utils.translation import pgettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from diwan.directory.public import Unit
from diwan.kernel.errors import NotFound, Sentence
from diwan.kernel.policies import Actor
from diwan.kernel.requests import actor_of
from diwan.services.actions.drafts import begin_trial, throw_away
from diwan.services.models import Case, Draft, ServiceVersion
from diwan.services.policies.services import seen_version
from diwan.services.queries.drafts import Filling, drafts
from diwan.services.queries.walking import walk
from diwan.services.queries.written import value_at
from diwan.services.rules.codes import digest
from diwan.services.rules.definition import State

from .citizenwords import deadline_words
from .files import given_file, in_country
from .filling import Desk, serve

LONGEST_WALK = 40
ROLES: Mapping[str, Sentence] = {
    "head": pgettext_lazy("role of a post", "head"),
    "secretary": pgettext_lazy("role of a post", "secretary"),
    "officer": pgettext_lazy("role of a post", "officer"),
    "reviewer": pgettext_lazy("role of a post", "reviewer"),
    "clerk": pgettext_lazy("role of a post", "clerk"),
    "treasurer": pgettext_lazy("role of a post", "treasurer"),
}


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def try_version(request: HttpRequest, pk: UUID) -> HttpResponse:
    """A version's form and steps, tried out by whoever writes its workbook.

    They ask: does it ask the right things, does it work out what it should, does every step lead
    where I meant? Nothing is filed. Next: publishing it, or mending the workbook.
    """
    actor, version = _version(request, pk)
    url = reverse("services:try", args=[pk])
    key = trial_key(version, actor)
    known = drafts().filter(key=digest(key), tried=True).first()
    if request.method == "POST" and request.POST.get("go") == "again":
        if known is not None:
            throw_away(actor, known)
        return redirect(url)

    def begin(_unit: Unit | None) -> tuple[Draft, str]:
        return begin_trial(actor, version, key), url

    with in_country(version.service.country):
        return serve(
            Desk(request, version, "try", url, begin, _never, draft=known, more=_more(request, url))
        )


@login_required
@never_cache
@require_safe
def try_file(request: HttpRequest, pk: UUID, given: UUID) -> HttpResponseBase:
    """A file that was given in one's own trial."""
    actor, version = _version(request, pk)
    known = drafts().filter(key=digest(trial_key(version, actor)), tried=True).first()
    if known is None:
        raise NotFound
    return given_file(request, known, given)


def _version(request: HttpRequest, pk: UUID) -> tuple[Actor, ServiceVersion]:
    actor = actor_of(request)
    rows = ServiceVersion.objects.filter(pk=pk).exclude(state=ServiceVersion.State.DISCARDED)
    return actor, seen_version(actor, rows)


def trial_key(version: ServiceVersion, actor: Actor) -> str:
    """Everybody has one trial of a version, under a key that nobody else can know."""
    return salted_hmac("diwan.services.try", f"{version.pk} {actor.user_id}").hexdigest()


def _never(_draft: Draft, _case: Case) -> str:
    raise NotFound  # a trial is never filed


def _more(request: HttpRequest, url: str) -> Callable[[Filling], dict[str, Any]]:
    def told(filling: Filling) -> dict[str, Any]:
        return {"values": _values(filling), **_walk(request, filling, url)}

    return told


def _values(filling: Filling) -> list[dict[str, Any]]:
    """Every question with its value and whether it is asked now; of repeats the first."""
    worked = filling.evaluated
    found = []
    for node in filling.form.by_path.values():
        if node.kind == "question" and node.type != "note":
            place = _first_place(filling, node.path)
            value = value_at(worked.answers, node.path, place)
            asked = place in worked.relevant
            found.append({"node": node, "value": value, "asked": asked})
    return found


def _first_place(filling: Filling, path: str) -> str:
    whole = place = ""
    for name in path.split("/")[1:]:
        whole, place = f"{whole}/{name}", f"{place}/{name}"
        node = filling.form.by_path.get(whole)
        if node is not None and node.kind == "repeat":
            place += "[1]"
    return place


def _walk(request: HttpRequest, filling: Filling, url: str) -> dict[str, Any]:
    """Where the steps taken so far lead, and which can be taken from there."""
    asked = [key for key in request.GET.get("walk", "").split(",") if key][:LONGEST_WALK]
    found = walk(filling.definition, asked)

    def link(*keys: str) -> str:
        return f"{url}?page=check&walk={','.join(keys)}#steps"

    return {
        "passed": found.passed,
        "state": _state(found.state),
        "ways": [(action, link(*found.taken, action.key)) for action in found.state.actions],
        "from_start": link() if found.taken else "",
    }


def _state(state: State) -> dict[str, Any]:
    return {
        "name": state.name,
        "public": state.public or state.name,
        "role": "" if state.end else str(ROLES.get(state.role, state.role)),
        "deadline": deadline_words(state.deadline) if state.deadline else "",
        "end": bool(state.end),
    }

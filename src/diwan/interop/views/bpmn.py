"""The steps of a service as BPMN, for whoever may see the service."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from diwan.interop.rules.bpmn import Stay, Way, Words, bpmn_of
from diwan.kernel.errors import NotFound
from diwan.kernel.policies import ActorKind
from diwan.kernel.requests import actor_of
from diwan.kernel.text import local
from diwan.services.public import Definition, Service, definition_of, service_policy


@require_safe
def bpmn(request: HttpRequest, country: str, code: str) -> HttpResponse:
    """The flow of the published version, in the reader's language, to be drawn by other tools."""
    rows = Service.objects.filter(country=country.upper(), code=code, current__isnull=False)
    found = service_policy.find(actor_of(request), rows.select_related("current"))
    if not found or found[0].current is None:
        raise NotFound
    told = definition_of(found[0].current)
    inside = actor_of(request).kind is not ActorKind.ANONYMOUS
    content = _drawn(told, get_language() or "en", inside=inside)
    answer = HttpResponse(content, content_type="application/xml; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{code}.bpmn"'
    answer["Cache-Control"] = "private, no-cache"
    return answer


def _drawn(told: Definition, language: str, *, inside: bool) -> bytes:
    """The office reads its own words of a state, everybody else those for the public."""
    stays = tuple(
        Stay(
            state.key,
            local(state.name if inside else state.public or state.name, language)[0],
            state.role,
            (state.deadline.amount, state.deadline.unit) if state.deadline else None,
            tuple(Way(a.key, local(a.name, language)[0], a.to) for a in state.actions),
            bool(state.end),
        )
        for state in told.states
    )
    words = Words(
        begin=pgettext("bpmn", "Filed"),
        late=_("Deadline"),
        told=_("The head is told"),
        way=_("Which way?"),
    )
    return bpmn_of(told.code, local(told.name, language)[0], stays, words)

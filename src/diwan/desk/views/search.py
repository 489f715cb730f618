"""Search over everything one may see."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from diwan.kernel import search as index
from diwan.kernel.exchange import subject_of
from diwan.kernel.policies import Actor
from diwan.kernel.requests import actor_of
from diwan.kernel.search import Answer, Asked, Hit, Source
from diwan.kernel.text import direction, isolate
from diwan.kernel.text.ranking import Query, marked, snippet
from diwan.ui.components import Card, Choice, Link
from diwan.ui.show import local_text, show_digits
from diwan.ui.templatetags.ui import code

from .sentences import sentence, words

SHOWN = 20
FARTHEST = 500
LONGEST = 500


@dataclass(frozen=True)
class Wanted:
    """What the address asks for."""

    text: str
    kind: str
    start: int
    literal: bool

    @classmethod
    def of(cls, request: HttpRequest) -> Wanted:
        """Read it; what cannot be read asks for nothing special."""
        kind, start = request.GET.get("kind", ""), request.GET.get("start", "")
        known = start.isascii() and start.isdigit() and len(start) < 4
        return cls(
            text=request.GET.get("q", "").replace("\x00", "").strip()[:LONGEST],
            kind=kind if index.source_of(kind) else "",
            start=min(int(start), FARTHEST) if known else 0,
            literal="literal" in request.GET,
        )

    def url(self, **other: str) -> str:
        """The address of the same question with something else."""
        asked = {"q": self.text, "kind": self.kind} | other
        given = {name: value for name, value in asked.items() if value}
        return f"{reverse('desk:search')}?{urlencode(given)}"


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """Find units, posts, people, resolutions, actions, documents and files by words.

    Opened by somebody who remembers a word of it and asks: where is it? Next: open the hit, or
    narrow the list to one kind.
    """
    wanted, actor = Wanted.of(request), actor_of(request)
    asked = Asked(wanted.text, wanted.kind, wanted.start, SHOWN, literal=wanted.literal)
    answer = index.find(asked, actor)
    found = Wanted(answer.instead or wanted.text, wanted.kind, wanted.start, wanted.literal)
    context = {
        "asked": wanted.text,
        "kind": wanted.kind,
        "search_query": wanted.text,
        "heading": _heading(found, answer),
        "instead": isolate(answer.instead) if answer.instead else "",
        "literal_url": wanted.url(literal="1"),
        "kinds": _kinds(found, actor) if found.text else [],
        "cards": _cards(answer),
        "further": _further(found, answer),
        "beyond": answer.beyond and not answer.more,
        "building": answer.building,
        "all_url": found.url(kind="") if found.kind else "",
    }
    return render(request, "desk/search.html", context)


def _heading(wanted: Wanted, answer: Answer) -> str:
    if not wanted.text:
        return _("What are you looking for?")
    query = isolate(wanted.text if len(wanted.text) < 60 else f"{wanted.text[:60]}…")
    if not answer.hits:
        return _("Nothing found for “%(query)s”") % {"query": query}
    n = wanted.start + len(answer.hits)
    if answer.more or answer.beyond:
        text = _("More than %(n)s records for “%(query)s”")
        return text % {"n": show_digits(n), "query": query}
    text = ngettext("%(n)s record for “%(query)s”", "%(n)s records for “%(query)s”", n)
    return sentence(text % {"n": words(n), "query": query})


def _kinds(wanted: Wanted, actor: Actor) -> list[Choice]:
    """All kinds together, and each; not how many: that would tell of what one may not see."""
    choices = [Choice(_("All"), wanted.url(kind=""), current=not wanted.kind)]
    return choices + [
        Choice(str(each.heading), wanted.url(kind=each.kind), current=each.kind == wanted.kind)
        for each in index.sources()
        if _offered(each, actor)
    ]


def _offered(source: Source, actor: Actor) -> bool:
    return actor.elevated or not source.elevated


def _further(wanted: Wanted, answer: Answer) -> list[Link]:
    links = []
    if wanted.start:
        before = max(wanted.start - SHOWN, 0)
        links.append(Link(_("Previous"), wanted.url(start=str(before) if before else "")))
    if answer.more and wanted.start < FARTHEST:
        links.append(Link(_("Further ones"), wanted.url(start=str(wanted.start + SHOWN))))
    return links


def _cards(answer: Answer) -> list[Card]:
    told = _told(answer)
    return [_card(hit, answer.query, told.get(hit.ref.id, "")) for hit in answer.hits]


def _card(hit: Hit, query: Query, told: str) -> Card:
    text, language = local_text(hit.card.title)
    pieces = marked(query, text) if len(text) < 200 else snippet(query, text)
    subject = subject_of(hit.ref.kind)
    meta = (subject.name if subject else "", code(hit.card.number), hit.card.state)
    known = told and told in str(hit.card.state)
    return Card(
        title=_bdi(_shown(pieces), language),
        url=hit.card.url,
        meta=tuple(str(part) for part in meta if str(part)),
        note=_bdi(_shown(snippet(query, told)), "") if told and not known else "",
    )


def _told(answer: Answer) -> dict[object, str]:
    """Of hits whose shown title has none of the words: the name or text that has them."""
    silent: dict[str, list[Hit]] = {}
    for hit in answer.hits:
        if not _has(answer.query, local_text(hit.card.title)[0]):
            silent.setdefault(hit.ref.kind, []).append(hit)
    found: dict[object, str] = {}
    for kind, hits in silent.items():
        source = index.source_of(kind)
        if source is None:
            continue
        for texts in source.texts([hit.ref.id for hit in hits]):
            every = [*texts.names, *texts.texts]
            found[texts.id] = next((text for text in every if _has(answer.query, text)), "")
    return found


def _has(query: Query, text: str) -> bool:
    return any(hit for _piece, hit in marked(query, text))


def _shown(pieces: Iterable[tuple[str, bool]]) -> SafeString:
    """The pieces as HTML, those that were asked for marked."""
    both = ((format_html("<mark>{}</mark>", p) if hit else p,) for p, hit in pieces)
    return format_html_join("", "{}", both)


def _bdi(text: SafeString, language: str) -> SafeString:
    if not language:
        return format_html('<bdi dir="auto">{}</bdi>', text)
    return format_html('<bdi lang="{}" dir="{}">{}</bdi>', language, direction(language), text)

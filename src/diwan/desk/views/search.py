"""Search over every room."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from diwan.kernel import exchange
from diwan.kernel.requests import actor_of
from diwan.kernel.text import isolate
from diwan.ui.components import Card, Link
from diwan.ui.forms import SearchForm
from diwan.ui.show import show_digits
from diwan.ui.templatetags.ui import code, local

from .cards import Section
from .sentences import sentence, words

HITS = 8


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """Find units, posts, people, resolutions, actions and documents by words.

    Opened by somebody who remembers a word of it and asks: where is it? Next: open the hit, or the
    whole list of one kind.
    """
    form = SearchForm(request.GET)
    asked = str(form.given().get("q", "")).strip()
    found = exchange.search(form.terms(), actor_of(request), limit=HITS)
    context = {
        "asked": asked,
        "search_query": asked,
        "heading": _heading(asked, found),
        "sections": [(each.search.kind, _section(each), _all_of(each, asked)) for each in found],
        "kinds": [Link(str(each.search.heading), f"#{each.search.kind}") for each in found],
    }
    return render(request, "desk/search.html", context)


def _heading(asked: str, found: Sequence[exchange.Found]) -> str:
    if not asked:
        return _("What are you looking for?")
    query = isolate(asked)
    if not found:
        return _("Nothing found for “%(query)s”") % {"query": query}
    n = sum(len(each.cards) for each in found)
    if any(each.more for each in found):
        text = _("More than %(n)s records for “%(query)s”")
        return text % {"n": show_digits(n), "query": query}
    text = ngettext("%(n)s record for “%(query)s”", "%(n)s records for “%(query)s”", n)
    return sentence(text % {"n": words(n), "query": query})


def _section(found: exchange.Found) -> Section:
    cards = [
        Card(
            title=local(card.title),
            url=card.url,
            meta=tuple(part for part in (code(card.number), str(card.state)) if part),
        )
        for card in found.cards
    ]
    return Section(str(found.search.heading), len(cards), "quiet", cards)


def _all_of(found: exchange.Found, asked: str) -> str:
    if not (found.more and found.search.list_url):
        return ""
    return f"{reverse(found.search.list_url)}?{urlencode({'q': asked})}"

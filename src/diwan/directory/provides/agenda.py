"""What the directory would have bodies look at: units in their care that nobody leads."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from diwan.directory.constants import POST, Role, roles_text
from diwan.directory.models import Post
from diwan.directory.policies import authority_of, below, post_policy
from diwan.directory.queries.posts import PostCard, post_cards
from diwan.directory.queries.vacancy import vacant_in
from diwan.kernel.exchange import AgendaPoint, AgendaQuestion, Ref, Weight
from diwan.kernel.policies import Confidentiality
from diwan.kernel.text import isolate, local

from .desk import in_all_languages

MOST = 10
"""A body is not asked to look at more of them at once."""


def unled_units(question: AgendaQuestion) -> Iterator[AgendaPoint]:
    """Head posts that nobody holds, in the units that a body oversees and below them."""
    if not question.overseen:
        return
    actor = question.actor
    day = authority_of(actor).day
    units = Q(unit_id__in=below(question.overseen, day))
    vacant = vacant_in(units, actor.at, day).filter(roles__contains=roles_text([Role.HEAD]))
    seen = post_policy.which(actor, "see", Post.objects.filter(pk__in=vacant))
    ids = list(seen.order_by("pk").values_list("pk", flat=True)[:MOST])
    for card in post_cards(ids, actor.at).values():
        yield AgendaPoint(
            ref=Ref(POST, card.post_id),
            text=in_all_languages(partial(_as_item, card)),
            url=reverse("directory:post", args=[card.post_id]),
            weight=Weight.OVERSEEN,
            why=_("Nobody holds the post that leads this unit."),
            confidentiality=Confidentiality.INTERNAL,
        )


def _as_item(card: PostCard) -> str:
    language = get_language() or "en"
    words = {
        "post": isolate(local(card.name, language)[0]),
        "unit": isolate(local(card.unit_name, language)[0]),
    }
    return _("Who leads %(unit)s? The post of %(post)s is vacant.") % words

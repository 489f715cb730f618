"""What becomes of posts that are about to end, found out by a dry run."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import TypeVar
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from diwan.directory.actions.passing import heir_of
from diwan.directory.models import Post
from diwan.directory.queries.posts import PostCard, post_cards
from diwan.kernel.policies import Actor
from diwan.ui.show import show_local, show_number

from .shared import duties_of
from .two_steps import dry_run

T = TypeVar("T")


def passing_on(actor: Actor, post_ids: Sequence[UUID], on: date, run: Callable[[], T]) -> list[str]:
    """A sentence for each post that `run` ends on the day `on`: who takes its open duties over."""
    cards = post_cards(post_ids, actor.at)
    counts: dict[UUID, int] = dict.fromkeys(post_ids, 0)
    for item in duties_of(actor, post_ids):
        if item.post_id in counts:
            counts[item.post_id] += item.count

    def find_heirs() -> dict[UUID, UUID | None]:
        run()
        posts = Post.objects.select_related("unit", "becomes").in_bulk(post_ids)
        return {post_id: heir_of(posts[post_id], on) for post_id in post_ids}

    heirs = dry_run(find_heirs)
    taking = post_cards([pk for pk in heirs.values() if pk], actor.at)
    return [
        _sentence(cards[post_id], counts[post_id], taking.get(heir) if heir else None)
        for post_id, heir in heirs.items()
        if post_id in cards
    ]


def _sentence(card: PostCard, count: int, heir: PostCard | None) -> str:
    told = {"post": show_local(card.name), "n": show_number(count)}
    if not count:
        return _("The post “%(post)s” ends; it owes nothing at present.") % told
    if heir is None:
        words = ngettext(
            "%(n)s open duty of “%(post)s” passes to nobody: name who takes it over.",
            "%(n)s open duties of “%(post)s” pass to nobody: name who takes them over.",
            count,
        )
        return words % told
    words = ngettext(
        "%(n)s open duty of “%(post)s” passes to “%(heir)s” (%(unit)s).",
        "%(n)s open duties of “%(post)s” pass to “%(heir)s” (%(unit)s).",
        count,
    )
    return words % (told | {"heir": show_local(heir.name), "unit": show_local(heir.unit_name)})

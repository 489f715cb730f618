"""Rows of posts for tables, and what is said of who holds them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from diwan.directory.forms.words import held_as, role_names
from diwan.directory.queries.names import TextMap
from diwan.directory.queries.posts import HolderCard, PostCard, Staffing
from diwan.ui.show import show_number


@dataclass(frozen=True)
class HolderRow:
    """Somebody who holds a post."""

    name: TextMap
    url: str
    how: str
    until_at: datetime | None
    since_at: datetime | None


def holder_row(holder: HolderCard) -> HolderRow:
    """One holder for a table or a card."""
    return HolderRow(
        name=holder.name,
        url=reverse("directory:person", args=[holder.person_id]),
        how=held_as(holder.kind),
        until_at=holder.until_at,
        since_at=holder.since_at,
    )


def post_rows(cards: Iterable[PostCard], *, query: str = "") -> list[dict[str, Any]]:
    """Posts for `directory/parts/posts_table.html`; `query` keeps the day asked for."""
    return [
        {
            "card": card,
            "url": reverse("directory:post", args=[card.post_id]) + query,
            "unit_url": reverse("directory:unit", args=[card.unit_id]) + query,
            "holders": [holder_row(holder) for holder in card.holders],
            "roles": role_names(card.roles),
        }
        for card in cards
    ]


def staffing_words(staff: Staffing) -> str:
    """How a unit's posts are staffed, in one sentence."""
    posts = ngettext("%(n)s post", "%(n)s posts", staff.posts) % {"n": show_number(staff.posts)}
    if not staff.vacant:
        return _("%(posts)s, none of them vacant") % {"posts": posts}
    vacant = ngettext("%(n)s of them vacant", "%(n)s of them vacant", staff.vacant)
    return _("%(posts)s, %(vacant)s") % {
        "posts": posts,
        "vacant": vacant % {"n": show_number(staff.vacant)},
    }

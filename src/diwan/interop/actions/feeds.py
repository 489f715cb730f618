"""Addresses of calendar feeds: made, renewed and removed by the user they belong to."""

from __future__ import annotations

import secrets
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from diwan.councils.public import BODY
from diwan.interop.constants import FEED
from diwan.interop.models import CalendarFeed
from diwan.interop.queries.feeds import own_feed
from diwan.kernel import audit
from diwan.kernel.errors import Forbidden, NotFound
from diwan.kernel.exchange import Ref, cards
from diwan.kernel.policies import Actor

TOKEN_BYTES = 32


@transaction.atomic
def make_feed(actor: Actor, body_id: UUID | None = None) -> CalendarFeed:
    """Give a body's calendar, or one's own, an address; the one there is where it has one.

    Raises NotFound for a body that the actor may not see, Forbidden for a token of one post.
    """
    if actor.user_id is None:
        raise NotFound
    if actor.narrow is not None:
        raise Forbidden(_("A calendar shows what all your posts may see; this is one post alone."))
    if body_id is not None and not cards([Ref(BODY, body_id)], actor):
        raise NotFound
    key: dict[str, Any] = {"user_id": actor.user_id, "body_id": body_id}
    fresh = {"token": _token(), "made_at": actor.at, "renewed_at": actor.at}
    feed, made = CalendarFeed.objects.get_or_create(**key, defaults=fresh)
    if made:
        _record(actor, "make", feed)
    return feed


@transaction.atomic
def renew_feed(actor: Actor, feed_id: UUID) -> CalendarFeed:
    """Give it another address; the old one answers nobody any more. Raises NotFound."""
    feed = own_feed(actor, feed_id, lock=True)
    feed.token = _token()
    feed.renewed_at = actor.at
    feed.save(update_fields=["token", "renewed_at"])
    _record(actor, "renew", feed)
    return feed


@transaction.atomic
def remove_feed(actor: Actor, feed_id: UUID) -> None:
    """Take the address away. Raises NotFound."""
    feed = own_feed(actor, feed_id, lock=True)
    _record(actor, "remove", feed)
    feed.delete()


def _token() -> str:
    return secrets.token_urlsafe(TOKEN_BYTES)


def _record(actor: Actor, verb: str, feed: CalendarFeed) -> None:
    """The trail tells of which body, never the address."""
    audit.record(actor, verb, Ref(FEED, feed.pk), changes={"body": [None, feed.body_id]})

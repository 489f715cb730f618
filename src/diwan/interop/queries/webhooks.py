"""One's own webhooks and what was delivered."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from diwan.interop.models import Delivery, Webhook
from diwan.kernel.errors import NotFound
from diwan.kernel.policies import Actor

BATCH = 1000


def own_webhooks(actor: Actor) -> QuerySet[Webhook]:
    """The webhooks of the actor's user, the oldest first.

    None for a token of one post: a webhook tells what its user may see by all their posts.
    """
    if actor.user_id is None or actor.narrow is not None:
        return Webhook.objects.none()
    return Webhook.objects.filter(user_id=actor.user_id).order_by("id")


def own_webhook(actor: Actor, webhook_id: UUID, *, lock: bool = False) -> Webhook:
    """One of them. Raises NotFound."""
    rows = own_webhooks(actor)
    found = (rows.select_for_update() if lock else rows).filter(pk=webhook_id).first()
    if found is None:
        raise NotFound
    return found


def deliveries_of(webhook: Webhook) -> QuerySet[Delivery]:
    """What it was told, the newest first."""
    return webhook.deliveries.order_by("-id")


def over_before(before: datetime) -> QuerySet[Delivery]:
    """Deliveries of facts before an instant that nothing waits for any more."""
    return Delivery.objects.exclude(state=Delivery.State.WAITING).filter(fact_at__lt=before)

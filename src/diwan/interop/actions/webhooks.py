"""Webhooks: made, changed, switched and removed by the user they belong to; told of facts."""

from __future__ import annotations

import json
import secrets
from collections.abc import Sequence
from typing import Any, cast
from uuid import UUID

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.utils.translation import gettext as _

from diwan.interop.constants import FACTS, PING, WEBHOOK
from diwan.interop.models import Delivery, Webhook
from diwan.interop.queries.webhooks import own_webhook
from diwan.interop.rules.webhooks import (
    UnfitAddress,
    checked_address,
    is_meant,
    written_secret,
)
from diwan.kernel import audit, jobs
from diwan.kernel.errors import Conflict, Forbidden, NotFound, Refused
from diwan.kernel.exchange import Fact, Ref
from diwan.kernel.policies import Actor

MOST = 20
KEY_BYTES = 32
JOB = "interop.deliver"


@transaction.atomic
def make_webhook(actor: Actor, address: str, kinds: Sequence[str]) -> Webhook:
    """Tell an address of facts from now on. Raises NotFound, Forbidden, Refused."""
    if actor.user_id is None:
        raise NotFound
    if actor.narrow is not None:
        raise Forbidden(
            _(
                "A webhook tells what you may see by all your posts, and this token is for one "
                "post alone. Use a token for all of them."
            )
        )
    if Webhook.objects.filter(user_id=actor.user_id).count() >= MOST:
        raise Refused(_("You have very many webhooks. Remove those that nothing reads."))
    webhook = Webhook.objects.create(
        user_id=actor.user_id,
        address=_checked(address),
        kinds=_chosen(kinds),
        secret=written_secret(secrets.token_bytes(KEY_BYTES)),
        made_at=actor.at,
    )
    changes = {"address": [None, webhook.address], "kinds": [[], webhook.kinds]}
    _record(actor, "make", webhook, changes)
    return webhook


@transaction.atomic
def change_webhook(
    actor: Actor,
    webhook_id: UUID,
    *,
    address: str | None = None,
    kinds: Sequence[str] | None = None,
) -> Webhook:
    """Change where it goes and what it is told. Raises NotFound, Refused."""
    webhook = own_webhook(actor, webhook_id, lock=True)
    before = audit.values_of(webhook, ["address", "kinds"])
    if address is not None:
        webhook.address = _checked(address)
    if kinds is not None:
        webhook.kinds = _chosen(kinds)
    changes = audit.differences(before, audit.values_of(webhook, ["address", "kinds"]))
    if changes:
        webhook.save(update_fields=["address", "kinds"])
        _record(actor, "change", webhook, changes)
    return webhook


@transaction.atomic
def switch_webhook(actor: Actor, webhook_id: UUID, *, on: bool) -> Webhook:
    """Switch it off, or on again. What happens while it is off is not sent later."""
    webhook = own_webhook(actor, webhook_id, lock=True)
    if (webhook.off_at is None) == on:
        raise Conflict(_("It is on already.") if on else _("It is off already."))
    webhook.off_at = None if on else actor.at
    webhook.off_because = "" if on else Webhook.Off.OWNER.value
    webhook.failing_since_at = None
    webhook.save(update_fields=["off_at", "off_because", "failing_since_at"])
    _record(actor, "switch_on" if on else "switch_off", webhook, {})
    return webhook


@transaction.atomic
def renew_secret(actor: Actor, webhook_id: UUID) -> Webhook:
    """Give it a new secret; messages are signed with it from now on."""
    webhook = own_webhook(actor, webhook_id, lock=True)
    webhook.secret = written_secret(secrets.token_bytes(KEY_BYTES))
    webhook.save(update_fields=["secret"])
    _record(actor, "renew_secret", webhook, {})
    return webhook


@transaction.atomic
def remove_webhook(actor: Actor, webhook_id: UUID) -> None:
    """Remove it, with the list of its deliveries; the audit keeps its address."""
    webhook = own_webhook(actor, webhook_id, lock=True)
    _record(actor, "remove", webhook, {"address": [webhook.address, None]})
    webhook.delete()


@transaction.atomic
def ping(actor: Actor, webhook_id: UUID) -> Delivery:
    """Send a message that says nothing, to see whether it arrives. Raises NotFound, Refused."""
    webhook = own_webhook(actor, webhook_id, lock=True)
    _require_on(webhook)
    delivery = _delivery(webhook, PING, Ref(WEBHOOK, webhook.pk), actor, {})
    delivery.save(force_insert=True)
    _enqueue(delivery)
    _record(actor, "ping", webhook, {})
    return delivery


@transaction.atomic
def redeliver(actor: Actor, webhook_id: UUID, delivery_id: UUID) -> Delivery:
    """Send one message again, under the same identifier. Raises NotFound, Refused."""
    webhook = own_webhook(actor, webhook_id, lock=True)
    _require_on(webhook)
    delivery = webhook.deliveries.select_for_update().filter(pk=delivery_id).first()
    if delivery is None:
        raise NotFound
    if delivery.state == Delivery.State.WAITING:
        raise Conflict(_("This message is on its way already."))
    delivery.state, delivery.attempts = Delivery.State.WAITING.value, 0
    delivery.save(update_fields=["state", "attempts"])
    _enqueue(delivery)
    _record(actor, "redeliver", webhook, {"message": [None, delivery.kind]})
    return delivery


def on_fact(fact: Fact) -> None:
    """Put a fact on its way to every webhook that asks for it, in the fact's own transaction."""
    wanted = [hook for hook in _switched_on(fact.actor) if is_meant(fact.kind, hook.kinds)]
    if not wanted:
        return
    data = json.loads(json.dumps(dict(fact.data), cls=DjangoJSONEncoder))
    rows = [_delivery(hook, fact.kind, fact.ref, fact.actor, data) for hook in wanted]
    for row in Delivery.objects.bulk_create(rows):
        _enqueue(row)


def _switched_on(actor: Actor) -> list[Webhook]:
    """Webhooks to which something is delivered; asked once an actor, who may tell many facts."""
    known = actor.memo.get("interop.webhooks")
    if known is None:
        rows = Webhook.objects.filter(off_at__isnull=True, user__is_active=True)
        known = actor.memo["interop.webhooks"] = list(rows)
    return cast("list[Webhook]", known)


def _delivery(
    webhook: Webhook, kind: str, ref: Ref, actor: Actor, data: dict[str, Any]
) -> Delivery:
    return Delivery(
        webhook=webhook, kind=kind, ref_kind=ref.kind, ref_id=ref.id, fact_at=actor.at, data=data
    )


def _enqueue(delivery: Delivery) -> None:
    jobs.enqueue(JOB, {"delivery_id": delivery.pk}, label=delivery.kind)


def _require_on(webhook: Webhook) -> None:
    if webhook.off_at is not None:
        raise Refused(_("This webhook is switched off. Switch it on first."))


def _checked(address: str) -> str:
    """The address. Raises Refused where nothing is delivered there."""
    loopback = settings.DIWAN_WEBHOOKS_TO_LOOPBACK
    try:
        return checked_address(address.strip(), loopback=loopback)
    except UnfitAddress as error:
        sentences = {
            "scheme": _("Write an address that begins with https://."),
            "shape": _(
                "This is no address to deliver to. Write it like %(example)s, without a name "
                "or password in it."
            )
            % {"example": "https://example.org/diwan"},
        }
        raise Refused(sentences[error.why], field="address") from error


def _chosen(kinds: Sequence[str]) -> list[str]:
    """The kinds in the order of the list. Raises Refused for none, or one that there is not."""
    if not kinds or not set(kinds) <= set(FACTS):
        raise Refused(_("Choose what the address is to be told."), field="kinds")
    return [kind for kind in FACTS if kind in set(kinds)]


def _record(actor: Actor, verb: str, webhook: Webhook, changes: dict[str, Any]) -> None:
    audit.record(actor, verb, Ref(WEBHOOK, webhook.pk), changes=changes)

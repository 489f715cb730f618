"""What interop gives to the exchange: its tables and webhooks as records, for the trail."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from diwan.accounts.public import USER_KIND
from diwan.interop.actions.later import clear_parked
from diwan.interop.actions.webhooks import on_fact
from diwan.interop.constants import FACTS, FEED, KEPT_DAYS, OPEN_TABLE, OWN_CALENDAR, WEBHOOK
from diwan.interop.models import CalendarFeed, Delivery, Webhook
from diwan.interop.queries.feeds import own_feeds
from diwan.interop.queries.tables import offers, table_id
from diwan.interop.queries.webhooks import BATCH, over_before, own_webhooks
from diwan.kernel import exchange
from diwan.kernel.erasing import declare_erasure
from diwan.kernel.errors import Sentence
from diwan.kernel.exchange import Card, Ref
from diwan.kernel.policies import Actor
from diwan.kernel.retention import declare_retention
from diwan.ui.keeping import in_languages


class TableSubject:
    """Open tables."""

    kind = OPEN_TABLE
    name: Sentence = _("open table")
    verbs: Mapping[str, Sentence] = {
        "open_table": _("opened the table to the public"),
        "close_table": _("closed the table to the public"),
    }
    fields: Mapping[str, Sentence] = {"key": _("Table"), "opened": _("Open to the public")}

    def cards(self, ids: Sequence[UUID], actor: Actor) -> dict[UUID, Card]:
        """Cards of the tables that the actor may have."""
        known = {table_id(offer.table.key): offer for offer in offers(actor)}
        return {
            pk: Card(
                ref=Ref(OPEN_TABLE, pk),
                title=in_languages(known[pk].table.name),
                url=reverse("interop:table", args=[known[pk].table.key]),
                state=_("open to the public") if known[pk].opened else _("not open to the public"),
            )
            for pk in ids
            if pk in known
        }


class WebhookSubject:
    """Webhooks, for the user they belong to."""

    kind = WEBHOOK
    name: Sentence = _("webhook")
    verbs: Mapping[str, Sentence] = {
        "make": _("made the webhook"),
        "change": _("changed the webhook"),
        "switch_on": _("switched the webhook on"),
        "switch_off": _("switched the webhook off"),
        "renew_secret": _("gave the webhook a new secret"),
        "remove": _("removed the webhook"),
        "ping": _("sent a ping"),
        "redeliver": _("sent a message again"),
    }
    fields: Mapping[str, Sentence] = {
        "address": _("Address"),
        "kinds": _("It is told when"),
        "message": _("Message"),
    }
    choices: Mapping[str, Mapping[str, Sentence]] = {"kinds": FACTS}

    def cards(self, ids: Sequence[UUID], actor: Actor) -> dict[UUID, Card]:
        """Cards of the actor's own."""
        return {
            row.pk: Card(
                ref=Ref(WEBHOOK, row.pk),
                title={"en": row.address},
                url=reverse("interop:webhook", args=[row.pk]),
                state=row.get_off_because_display(),
            )
            for row in own_webhooks(actor).filter(pk__in=ids)
        }


class FeedSubject:
    """Addresses of calendars, for the user they belong to."""

    kind = FEED
    name: Sentence = _("address of a calendar")
    verbs: Mapping[str, Sentence] = {
        "make": _("made the address of a calendar"),
        "renew": _("gave the calendar a new address"),
        "remove": _("took the address of the calendar away"),
    }
    fields: Mapping[str, Sentence] = {"body": _("Body")}

    def cards(self, ids: Sequence[UUID], actor: Actor) -> dict[UUID, Card]:
        """Cards of the actor's own."""
        return {
            row.pk: Card(
                ref=Ref(FEED, row.pk),
                title=row.body.name if row.body else in_languages(OWN_CALENDAR),
                url=reverse("interop:feeds"),
                state="",
            )
            for row in own_feeds(actor).filter(pk__in=ids)
        }


def forget_deliveries(before: datetime) -> int:
    """Delete a batch of deliveries that are over; how many they were."""
    ids = list(over_before(before).values_list("pk", flat=True)[:BATCH])
    return Delivery.objects.filter(pk__in=ids).delete()[0]


def forget_webhooks(_actor: Actor, user: Ref) -> None:
    """Delete the webhooks and calendar addresses of a user whose personal data are erased."""
    Webhook.objects.filter(user=user.id).delete()
    CalendarFeed.objects.filter(user=user.id).delete()


def declare() -> None:
    """Declare everything; called once when Django starts."""
    exchange.declare_subject(TableSubject())
    exchange.declare_subject(WebhookSubject())
    exchange.declare_subject(FeedSubject())
    exchange.listen(exchange.EVERY, on_fact)
    declare_erasure(USER_KIND, forget_webhooks)
    declare_retention("interop.deliveries", _("messages of webhooks"), KEPT_DAYS, forget_deliveries)
    declare_retention("interop.parked", _("uploads that wait for the worker"), 30, clear_parked)

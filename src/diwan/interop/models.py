"""What a register's files said, which tables are open, and who is told of facts by webhook."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from diwan.kernel.ids import new_id


class TakenIn(models.Model):
    """One record as its file told it when it was last taken in.

    `said` holds a digest of each field. A field that is told as before is not taken in again: so a
    second import of an old file undoes nothing of what happened here meanwhile. The digests let
    nobody read the values.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    register = models.ForeignKey(
        "directory.Register", on_delete=models.PROTECT, related_name="taken_in"
    )
    kind = models.CharField(max_length=20)
    key = models.CharField(max_length=200)
    said = models.JSONField(default=dict)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["register", "kind", "key"], name="taken_in_once")
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"


class OpenedTable(models.Model):
    """An open table that an administrator has opened to the public; without a row it is closed."""

    key = models.CharField(primary_key=True, max_length=60)
    opened_at = models.DateTimeField()
    opened_by = models.UUIDField(null=True)

    def __str__(self) -> str:
        return self.key


class Webhook(models.Model):
    """An address that is told of facts, as far as its user may see their records.

    `kinds` are those of `constants.FACTS`. `failing_since_at` is the first failure since the last
    success; `off_at` with `off_because` (``owner``, ``failing``) while nothing is sent.
    """

    class Off(models.TextChoices):
        """Why nothing is sent."""

        OWNER = "owner", _("switched off")
        FAILING = "failing", _("switched off because it failed for days")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    address = models.CharField(max_length=500)
    kinds = models.JSONField(default=list)
    # Whoever has it can only pretend to be us towards this one address.
    secret = models.CharField(max_length=80)
    made_at = models.DateTimeField(default=timezone.now)
    failing_since_at = models.DateTimeField(null=True)
    off_at = models.DateTimeField(null=True)
    off_because = models.CharField(max_length=7, choices=Off.choices, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(off_at__isnull=True, off_because="")
                | Q(off_at__isnull=False) & ~Q(off_because=""),
                name="webhook_off_because",
            )
        ]
        indexes = [models.Index(fields=["user"], name="webhook_by_user")]

    def __str__(self) -> str:
        return self.address


class Delivery(models.Model):
    """One fact on its way to one webhook; its identifier is the message's for ever."""

    class State(models.TextChoices):
        """Where it stands."""

        WAITING = "waiting", _("waiting")
        DELIVERED = "delivered", _("delivered")
        FAILED = "failed", _("failed")
        WITHHELD = "withheld", _("not for this user any more")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    webhook = models.ForeignKey(Webhook, on_delete=models.CASCADE, related_name="deliveries")
    kind = models.CharField(max_length=60)
    ref_kind = models.CharField(max_length=60)
    ref_id = models.UUIDField()
    data = models.JSONField(default=dict)
    fact_at = models.DateTimeField()
    state = models.CharField(max_length=9, choices=State.choices, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    tried_at = models.DateTimeField(null=True)
    status = models.PositiveSmallIntegerField(null=True)
    fault = models.CharField(max_length=300, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["webhook", "id"], name="delivery_by_webhook"),
            models.Index(fields=["state", "fact_at"], name="delivery_by_state"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} to {self.webhook_id}"


class CalendarFeed(models.Model):
    """A secret address under which a calendar reads what its user may see.

    Of one `body`, or of all in which the user sits. Whoever has the address reads it: so it can be
    renewed, and the old one leads nowhere from then on.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    body = models.ForeignKey("councils.Body", on_delete=models.CASCADE, null=True, related_name="+")
    token = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()
    renewed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "body"], condition=Q(body__isnull=False), name="one_feed_of_a_body"
            ),
            models.UniqueConstraint(
                fields=["user"], condition=Q(body__isnull=True), name="one_feed_of_all"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.body_id or 'all'}"


class PublishedObject(models.Model):
    """An object of the open standards (OParl), since when it is out, and when it last changed.

    `kind` is one of `rules.oparl.Kind`. Nothing of what it says stands here: `digest` tells whether
    what is shown is what was shown. `record` is the identifier in its address, `source` what it is
    worked out from (a body, a meeting, a person, a unit at the top), `top` that unit,
    `organization` the body and `person` the person it belongs to. The number (`id`) is the order of
    lists: what is new comes last.
    """

    id = models.BigAutoField(primary_key=True)
    kind = models.CharField(max_length=15)
    record = models.UUIDField()
    source = models.UUIDField()
    top = models.UUIDField()
    organization = models.UUIDField(null=True)
    person = models.UUIDField(null=True)
    digest = models.CharField(max_length=64, blank=True)
    created_at = models.DateTimeField()
    modified_at = models.DateTimeField()
    deleted_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "record"], name="published_object_once"),
            models.CheckConstraint(
                condition=Q(modified_at__gte=models.F("created_at")), name="published_then_modified"
            ),
            # What is gone says nothing any more, not even by a checksum.
            models.CheckConstraint(
                condition=Q(deleted_at__isnull=True) | Q(digest=""), name="published_gone_is_empty"
            ),
        ]
        indexes = [
            models.Index(fields=["top", "kind", "id"], name="published_by_list"),
            models.Index(fields=["organization", "kind", "id"], name="published_by_body"),
            models.Index(fields=["source", "kind"], name="published_by_source"),
            # How long a list is, without reading its rows.
            models.Index(
                fields=["top", "kind"],
                condition=Q(deleted_at__isnull=True),
                name="published_count",
            ),
            models.Index(fields=["person"], name="published_by_person"),
        ]
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.kind} {self.record}"


class PublishedUpTo(models.Model):
    """One row: up to which entry of the audit the published objects are worked out.

    `whole_at` is when all of them were last looked at; None before the first filling was done.
    """

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    entry = models.UUIDField(null=True)
    whole_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="published_up_to_one_row")]

    def __str__(self) -> str:
        return f"up to {self.entry}"

"""The outbox: what was told to whom, how it went, and how each person wants to be told."""

from datetime import time
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from diwan.kernel.ids import new_id


class Channel(models.TextChoices):
    """A way to reach somebody."""

    EMAIL = "email", _("e-mail")
    SMS = "sms", _("text message")
    NONE = "none", _("not at all")


class Pace(models.TextChoices):
    """How soon somebody wants to be told."""

    NOW = "now", _("at once")
    DAILY = "daily", _("once a day")
    WEEKLY = "weekly", _("once a week")


class NoticeState(models.TextChoices):
    """Where a notice is. In doubt: the gateway's answer was lost, it may have arrived."""

    QUEUED = "queued", _("waiting")
    SENDING = "sending", _("on its way")
    SENT = "sent", _("sent")
    IN_DOUBT = "in_doubt", _("in doubt")
    CARRIED = "carried", _("in a collected message")
    FAILED = "failed", _("refused by the gateway")
    DEAD = "dead", _("given up")
    LEFT = "left", _("left as it is")
    SKIPPED = "skipped", _("not sent")


class NoticeQuerySet(models.QuerySet["Notice"]):
    """Filters over notices."""

    def due(self, at: object) -> Self:
        """Those that the worker may take at `at`.

        A text message in doubt waits for a person's word; an e-mail goes again, since readers
        fold two with one Message-ID. One that is on its way is due when its lease has run out.
        """
        again = Q(state=NoticeState.IN_DOUBT, channel=Channel.EMAIL)
        waiting = Q(state__in=[NoticeState.QUEUED, NoticeState.SENDING])
        return self.filter(waiting | again, due_at__lte=at)


class Notice(models.Model):
    """One notice to one recipient: a user, or a bare address.

    Channel, address and words are decided when it is sent, by the choices of that hour. A `secret`
    one (a link that signs somebody in) loses its words and data once it is over. `once` keeps a
    reminder from being told twice.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    kind = models.CharField(max_length=60)
    user_id = models.UUIDField(null=True)
    address = models.CharField(max_length=254, blank=True)
    channel = models.CharField(max_length=5, choices=Channel.choices, blank=True)
    language = models.CharField(max_length=2, blank=True)
    ref_kind = models.CharField(max_length=60)
    ref_id = models.UUIDField()
    data = models.JSONField(default=dict)
    once = models.CharField(max_length=120, blank=True)
    subject = models.CharField(max_length=300, blank=True)
    text = models.TextField(blank=True)
    html = models.TextField(blank=True)
    # Attachments, small ones: [name, media type, content in base64], kept like the words.
    files = models.JSONField(default=list)
    state = models.CharField(max_length=8, choices=NoticeState.choices, default=NoticeState.QUEUED)
    pace = models.CharField(max_length=6, choices=Pace.choices, blank=True)
    carried_by = models.ForeignKey("self", on_delete=models.CASCADE, null=True)
    attempts = models.PositiveIntegerField(default=0)
    due_at = models.DateTimeField(default=timezone.now)
    holder = models.CharField(max_length=40, blank=True)
    answer = models.TextField(blank=True)
    told_at = models.DateTimeField(default=timezone.now)
    sent_at = models.DateTimeField(null=True)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user_id", "once"], condition=~Q(once=""), name="notice_told_once"
            ),
            models.CheckConstraint(
                condition=Q(user_id__isnull=False) | ~Q(address=""), name="notice_has_recipient"
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_at"],
                condition=Q(state__in=["queued", "sending", "in_doubt"]),
                name="notice_by_due",
            ),
            models.Index(fields=["state", "told_at"], name="notice_by_state"),
            models.Index(fields=["user_id", "told_at"], name="notice_by_user"),
            # How much a number that anybody may type was told lately.
            models.Index(
                fields=["address", "told_at"],
                condition=Q(user_id__isnull=True),
                name="notice_by_address",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.state}"


class NoticeChoice(models.Model):
    """How a user wants to be told of one group of kinds."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user_id = models.UUIDField()
    group = models.CharField(max_length=60)
    channel = models.CharField(max_length=5, choices=Channel.choices)
    pace = models.CharField(max_length=6, choices=Pace.choices, default=Pace.NOW)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user_id", "group"], name="notice_choice_once")
        ]

    def __str__(self) -> str:
        return f"{self.group}: {self.channel} {self.pace}"


class NoticeWishes(models.Model):
    """Where and when a user wants to be told; empty addresses mean that of signing in."""

    user_id = models.UUIDField(primary_key=True)
    email = models.CharField(max_length=254, blank=True)
    mobile = models.CharField(max_length=20, blank=True)
    quiet_since = models.TimeField(default=time(21))
    quiet_until = models.TimeField(default=time(7))
    quiet_email = models.BooleanField(default=False)
    working_days = models.BooleanField(default=True)

    def __str__(self) -> str:
        return f"{self.user_id}"

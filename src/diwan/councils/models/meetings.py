"""Meetings, what they looked at and what was said."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from diwan.kernel.dated import calendar_field, precision_field
from diwan.kernel.ids import new_id
from diwan.kernel.policies import Confidentiality

from .bodies import Body


class Meeting(models.Model):
    """One meeting of a body. `date` is None where it is not known; a record keeps its precision."""

    class State(models.TextChoices):
        """Where a meeting stands."""

        PLANNED = "planned", _("planned")
        HELD = "held", _("held")
        CANCELLED = "cancelled", _("cancelled")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    register = models.ForeignKey("directory.Register", on_delete=models.PROTECT, related_name="+")
    key = models.CharField(max_length=64)
    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="meetings")
    number = models.IntegerField(null=True, blank=True)
    date = models.DateField(null=True, blank=True)
    date_precision = precision_field()
    date_calendar = calendar_field()
    starts = models.TimeField(null=True, blank=True)
    ends = models.TimeField(null=True, blank=True)
    place = models.JSONField(null=True, blank=True)
    chair = models.ForeignKey(
        "directory.Post", on_delete=models.PROTECT, null=True, related_name="chaired"
    )
    state = models.CharField(max_length=9, choices=State.choices, default=State.HELD)
    confidentiality = models.CharField(max_length=8, choices=Confidentiality.choices)
    named_posts = models.ManyToManyField("directory.Post", related_name="+")
    # An imported record reaches desks only when its secretary has confirmed it.
    imported = models.BooleanField(default=False)
    # When it was opened and closed in the room; `starts`, `ends` are the plan and the record.
    opened_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    signed_at = models.DateTimeField(null=True)
    search = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["register", "key"], name="meeting_key_once"),
            models.CheckConstraint(
                condition=Q(starts__isnull=True) | Q(ends__isnull=True) | Q(starts__lt=F("ends")),
                name="meeting_starts_before_it_ends",
            ),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True)
                | Q(opened_at__isnull=False, opened_at__lte=F("closed_at")),
                name="meeting_opened_before_closed",
            ),
        ]
        indexes = [
            models.Index(fields=["body", "date"], name="meeting_by_body"),
            # PostgreSQL has one of its own, undated ones last (migration 0002).
            models.Index(fields=["date"], name="meeting_by_date"),
            models.Index(fields=["state", "date"], name="meeting_by_state"),
        ]

    def __str__(self) -> str:
        return self.key


class AgendaItem(models.Model):
    """One thing a meeting looks at; `minutes_planned` is the time it is given."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="agenda")
    key = models.CharField(max_length=64)
    position = models.PositiveSmallIntegerField()
    text = models.JSONField()
    confidentiality = models.CharField(max_length=8, choices=Confidentiality.choices)
    named_posts = models.ManyToManyField("directory.Post", related_name="+")
    guests = models.ManyToManyField("councils.Membership", related_name="invited_to")
    minutes_planned = models.PositiveSmallIntegerField(null=True, blank=True)
    opened_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["meeting", "key"], name="agenda_item_key_once")
        ]
        ordering = ["position"]

    def __str__(self) -> str:
        return self.key


class Statement(models.Model):
    """What a post said in a meeting. What it is about is a kernel link."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="statements")
    key = models.CharField(max_length=64)
    position = models.PositiveSmallIntegerField()
    speaker = models.ForeignKey(
        "directory.Post", on_delete=models.PROTECT, null=True, related_name="statements"
    )
    speaker_pattern = models.ForeignKey(
        "directory.PostPattern", on_delete=models.PROTECT, null=True, related_name="+"
    )
    text = models.JSONField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["meeting", "key"], name="statement_key_once"),
            models.CheckConstraint(
                condition=Q(speaker__isnull=False) | Q(speaker_pattern__isnull=False),
                name="statement_has_speaker",
            ),
        ]
        ordering = ["position"]

    def __str__(self) -> str:
        return self.key

"""Handovers: one holding ends and another begins at an instant, and a sheet remains."""

from __future__ import annotations

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from diwan.kernel.dated import calendar_field, precision_field
from diwan.kernel.ids import new_id

from .posts import Person, Post
from .units import Registered, Unit


class Handover(Registered):
    """A post passes on. `sheet` keeps what was open at that instant, as it was shown then.

    The sheet of a handover to come is a foretaste until the instant has come (`settled_at`).
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    from_person = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, related_name="handed_over"
    )
    from_post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="handovers_from")
    to_person = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, related_name="taken_over"
    )
    to_post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="handovers_to")
    at = models.DateTimeField(null=True)
    at_precision = precision_field()
    at_calendar = calendar_field()
    event = models.UUIDField(null=True, db_index=True)
    sheet = models.JSONField(default=dict)
    settled_at = models.DateTimeField(null=True)
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["register", "key"], name="handover_key_once")
        ]

    def __str__(self) -> str:
        return self.key


class Need(Registered):
    """What the outgoing holder says is still needed."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    handover = models.ForeignKey(Handover, on_delete=models.PROTECT, related_name="needs")
    text = models.JSONField()
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["register", "key"], name="need_key_once")]
        ordering = ["position"]

    def __str__(self) -> str:
        return self.key


class Note(Registered):
    """Something a report says of a unit: a finding, a running programme, an indicator's name."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, null=True, related_name="notes")
    unit_pattern = models.ForeignKey(
        "directory.UnitPattern", on_delete=models.PROTECT, null=True, related_name="+"
    )
    kind = models.CharField(max_length=60)
    text = models.JSONField()
    position = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["register", "key"], name="note_key_once")]
        ordering = ["position", "key"]

    def __str__(self) -> str:
        return self.key


class HandoverSignature(models.Model):
    """One side's word on the sheet of a handover, given after signing in again.

    `sha256` is the checksum of the sheet's canonical JSON that this side saw and signed.
    """

    class Side(models.TextChoices):
        """Whose word it is."""

        OUTGOING = "outgoing", _("outgoing")
        INCOMING = "incoming", _("incoming")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    handover = models.ForeignKey(Handover, on_delete=models.PROTECT, related_name="signatures")
    side = models.CharField(max_length=8, choices=Side.choices)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    user = models.UUIDField()
    sha256 = models.CharField(max_length=64)
    note = models.CharField(max_length=500, blank=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["handover", "side"], name="handover_signed_once_a_side")
        ]
        ordering = ["at", "id"]

    def __str__(self) -> str:
        return f"{self.side} of {self.handover_id}"

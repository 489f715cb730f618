"""Who was asked to a meeting, when, and with which word about it."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from diwan.kernel.ids import new_id

from .meetings import Meeting


class Invitation(models.Model):
    """One round of invitations to a meeting: the first, one after a change, or that it is off.

    `told` keeps what was told (day, hours, place, agenda), so that a change is seen; `people` is
    how many were told. `by` is the user who sent it, None where its hour had come.
    """

    class Method(models.TextChoices):
        """What a calendar is asked to do (RFC 5546)."""

        REQUEST = "REQUEST", _("invitation")
        CANCEL = "CANCEL", _("cancellation")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="invitations")
    number = models.PositiveSmallIntegerField()
    method = models.CharField(max_length=7, choices=Method.choices, default=Method.REQUEST)
    told = models.JSONField(default=dict)
    people = models.PositiveIntegerField(default=0)
    at = models.DateTimeField()
    by = models.UUIDField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["meeting", "number"], name="invitation_number_once")
        ]
        ordering = ["meeting", "number"]

    def __str__(self) -> str:
        return f"{self.meeting_id} {self.number}"

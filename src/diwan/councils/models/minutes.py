"""Minutes: sealed versions of what a meeting's record said, and who signed them."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from diwan.kernel.ids import new_id

from .conduct import Attendance
from .meetings import Meeting


class MinutesVersion(models.Model):
    """One version of a meeting's minutes. What it says (`content`) is never changed.

    `content` is the whole of the meeting as it stood when the version was sealed, `sha256` the
    checksum of its canonical JSON, `code` what stands on paper and confirms it at /verify/<code>.
    A correction is the next version; `changes` names what differs from the one it `corrects`, and
    `reopened_reason` says on the corrected one why its record was opened again.
    """

    class State(models.TextChoices):
        """From the seal to the last signature, and after."""

        SEALED = "sealed", _("waits for signatures")
        SIGNED = "signed", _("signed")
        WITHDRAWN = "withdrawn", pgettext_lazy("minutes", "withdrawn")
        SUPERSEDED = "superseded", _("replaced by a later version")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.SEALED)
    language = models.CharField(max_length=2)
    content = models.JSONField()
    sha256 = models.CharField(max_length=64)
    code = models.CharField(max_length=20, unique=True)
    corrects = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="+")
    reason = models.TextField(blank=True)
    changes = models.JSONField(default=list)
    sealed_at = models.DateTimeField()
    signed_at = models.DateTimeField(null=True)
    withdrawn_reason = models.TextField(blank=True)
    reopened_at = models.DateTimeField(null=True)
    reopened_reason = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["meeting", "number"], name="minutes_number_once"),
            models.UniqueConstraint(
                fields=["meeting"], condition=Q(state="sealed"), name="minutes_one_to_sign"
            ),
            models.CheckConstraint(
                condition=Q(corrects__isnull=True) | ~Q(reason=""),
                name="minutes_correction_has_reason",
            ),
            models.CheckConstraint(
                condition=Q(reopened_at__isnull=True) | ~Q(reopened_reason=""),
                name="minutes_reopened_with_reason",
            ),
        ]
        ordering = ["meeting", "number"]

    def __str__(self) -> str:
        return f"{self.meeting_id} {self.number}"


class MinutesSignature(models.Model):
    """Whose signature a version waits for, and when it was given.

    A post (or a named seat) signs once; `name` is who signed, as they were called then.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    version = models.ForeignKey(MinutesVersion, on_delete=models.PROTECT, related_name="signatures")
    seat = models.UUIDField()
    attendance = models.ForeignKey(
        Attendance, on_delete=models.PROTECT, null=True, related_name="+"
    )
    post = models.ForeignKey(
        "directory.Post", on_delete=models.PROTECT, null=True, related_name="signatures"
    )
    role = models.CharField(max_length=9)
    position = models.PositiveSmallIntegerField(default=0)
    person = models.ForeignKey(
        "directory.Person", on_delete=models.PROTECT, null=True, related_name="+"
    )
    name = models.JSONField(default=dict)
    user = models.UUIDField(null=True)
    signed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["version", "seat"], name="minutes_signature_once")
        ]
        indexes = [models.Index(fields=["post", "signed_at"], name="signature_by_post")]
        ordering = ["position", "id"]

    def __str__(self) -> str:
        return f"{self.seat} of {self.version_id}"

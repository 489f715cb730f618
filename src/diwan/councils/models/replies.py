"""What those who were asked to a meeting answered: whether they come, or who comes for them."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import pgettext_lazy

from diwan.kernel.ids import new_id

from .meetings import Meeting


class Reply(models.Model):
    """The newest answer of a seat. `seat` is its post, else the lineage of the membership.

    It is a word given beforehand: who was there is written down in the room (`Attendance`).
    """

    class Answer(models.TextChoices):
        """Whether the seat will be filled."""

        YES = "yes", pgettext_lazy("reply", "I will come")
        DEPUTY = "deputy", pgettext_lazy("reply", "somebody comes for me")
        NO = "no", pgettext_lazy("reply", "I cannot come")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="replies")
    seat = models.UUIDField()
    answer = models.CharField(max_length=6, choices=Answer.choices)
    deputy = models.CharField(max_length=200, blank=True)
    note = models.CharField(max_length=300, blank=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["meeting", "seat"], name="reply_of_seat_once"),
            models.CheckConstraint(
                condition=~Q(answer="deputy") | ~Q(deputy=""), name="reply_names_deputy"
            ),
        ]
        ordering = ["at", "id"]

    def __str__(self) -> str:
        return f"{self.seat} to {self.meeting_id}: {self.answer}"

"""What ended and is never written over: how each round of a case went, as it was told then.

A case that is reopened goes on in its own row; what its earlier rounds were stands here, so that a
month that is over is counted tomorrow as it is today.
"""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import pgettext_lazy

from diwan.kernel.ids import new_id

from .cases import Case
from .services import Service


class Ending(models.Model):
    """How a round of a case ended, or the part of it for which a unit answered.

    A round begins with filing or reopening (`round_at`) and has a promise of its own. `unit`
    answered for the case from `began_at` until `ended_at`; a case that is moved because its unit is
    no more leaves an ending `moved` there, which no one counts as finished. `promised_at` is the
    promise as the citizen knew it then. `days` are whole days of the round, `working_days` those of
    the unit's own calendar; `waited_seconds` for which the clock stood still, `returned` and
    `visits` are the round's. Whether the citizen was `asked` for a judgement, and what they said
    (`stars`, `promise_kept`), comes later and belongs to this round.
    """

    class Outcome(models.TextChoices):
        """How it ended."""

        DONE = "done", pgettext_lazy("case", "finished")
        REFUSED = "refused", pgettext_lazy("case", "not granted")
        WITHDRAWN = "withdrawn", pgettext_lazy("case", "withdrawn")
        MOVED = "moved", pgettext_lazy("case", "moved to another unit")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="endings")
    service = models.ForeignKey(Service, on_delete=models.PROTECT, related_name="endings")
    unit = models.ForeignKey("directory.Unit", on_delete=models.PROTECT, related_name="+")
    channel = models.CharField(max_length=8, choices=Case.Channel.choices)
    number = models.PositiveSmallIntegerField()
    outcome = models.CharField(max_length=9, choices=Outcome.choices)
    round_at = models.DateTimeField()
    began_at = models.DateTimeField()
    ended_at = models.DateTimeField()
    promised_at = models.DateTimeField(null=True)
    on_time = models.BooleanField(null=True)
    returned = models.PositiveSmallIntegerField(default=0)
    visits = models.PositiveSmallIntegerField(default=0)
    waited_seconds = models.PositiveBigIntegerField(default=0)
    days = models.PositiveIntegerField(default=0)
    working_days = models.PositiveIntegerField(default=0)
    asked = models.BooleanField(default=False)
    stars = models.PositiveSmallIntegerField(null=True)
    promise_kept = models.BooleanField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(round_at__lte=F("began_at"), began_at__lte=F("ended_at")),
                name="ending_after_beginning",
            ),
            models.UniqueConstraint(
                fields=["case", "number"], condition=~Q(outcome="moved"), name="ending_once_a_round"
            ),
            models.CheckConstraint(
                condition=Q(stars__isnull=True) | Q(stars__gte=1, stars__lte=5),
                name="ending_stars",
            ),
        ]
        indexes = [
            models.Index(fields=["ended_at"], name="ending_by_end"),
            models.Index(fields=["unit", "ended_at"], name="ending_by_unit"),
            models.Index(fields=["service", "ended_at"], name="ending_by_service"),
            # What was late at some instant of the past: few of all.
            models.Index(
                fields=["promised_at", "ended_at"],
                condition=Q(promised_at__lt=F("ended_at")),
                name="ending_late",
            ),
        ]
        ordering = ["case_id", "number", "began_at"]

    def __str__(self) -> str:
        return f"{self.case_id} {self.number} {self.outcome}"

"""When a unit works, where it differs from its country: weekends, hours, single days.

What a unit does not say for itself it has from the nearest unit above that does, else from its
country (`kernel.models.worktime`); `queries.calendars` puts them together.
"""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from diwan.kernel.ids import new_id

from .units import Unit


class UnitWeekend(models.Model):
    """From `since` on (null: always) `days` (0 Monday … 6 Sunday, comma-separated) are off."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="weekends")
    since = models.DateField(null=True, blank=True)
    days = models.CharField(max_length=20, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["unit", "since"], name="unit_weekend_once_a_day", nulls_distinct=False
            )
        ]

    def __str__(self) -> str:
        return f"{self.unit_id} {self.days}"


class UnitHours(models.Model):
    """Hours of a unit within [since, until), on one weekday (0 Monday) or every working day."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="office_hours")
    since = models.DateField(null=True, blank=True)
    until = models.DateField(null=True, blank=True)
    weekday = models.SmallIntegerField(null=True, blank=True)
    opens = models.TimeField()
    closes = models.TimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(opens__lt=F("closes")), name="unit_opens_before_closes"
            )
        ]

    def __str__(self) -> str:
        return f"{self.unit_id} {self.opens:%H:%M}–{self.closes:%H:%M}"


class UnitDay(models.Model):
    """A day on which a unit and those below are closed, or work although it would be a day off.

    A governorate's own holiday, schools and offices closed for the air; a Friday worked by decree.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="days")
    day = models.DateField()
    name = models.JSONField(default=dict)
    works = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["unit", "day"], name="unit_day_once")]
        ordering = ["unit", "day"]

    def __str__(self) -> str:
        return f"{self.unit_id} {self.day}"

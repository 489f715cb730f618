"""Sums of months that are over, kept so that nobody counts a million cases to look at a year."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from diwan.kernel.ids import new_id

from .cases import Case
from .services import Service


class CountedMonth(models.Model):
    """The days [first_day, until_day) of a month of a calendar, whose sums are kept.

    The present month is kept until a day or two ago, and counted anew each day. What a stretch of
    days holds beyond the months that are kept is counted as it is asked: both give the same. The
    sums of units hold for the tree as it was believed then: `tree` is its newest path.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    calendar = models.CharField(max_length=12)
    first_day = models.DateField()
    until_day = models.DateField()
    tree = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["calendar", "first_day"], name="counted_month_once"),
            models.CheckConstraint(
                condition=Q(first_day__lt=F("until_day")), name="counted_month_has_days"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.calendar} {self.first_day}"


class MonthSum(models.Model):
    """What `queries.measures` counts of a month at or below a unit, of one service and channel.

    Without a unit it is everything; a row without service and channel is the sum of all of them.
    It counts what stood below on the last of the days. `days` says how many of the finished took
    how many days: ``{"3": 12}``.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    month = models.ForeignKey(CountedMonth, on_delete=models.CASCADE, related_name="sums")
    unit = models.ForeignKey(
        "directory.Unit", on_delete=models.PROTECT, null=True, related_name="+"
    )
    service = models.ForeignKey(Service, on_delete=models.PROTECT, null=True, related_name="+")
    channel = models.CharField(max_length=8, choices=Case.Channel.choices, blank=True)
    received = models.PositiveIntegerField(default=0)
    online = models.PositiveIntegerField(default=0)
    own = models.PositiveIntegerField(default=0)
    complaints = models.PositiveIntegerField(default=0)
    finished = models.PositiveIntegerField(default=0)
    reopened = models.PositiveIntegerField(default=0)
    dated = models.PositiveIntegerField(default=0)
    on_time = models.PositiveIntegerField(default=0)
    returned = models.PositiveIntegerField(default=0)
    again = models.PositiveIntegerField(default=0)
    seconds = models.PositiveBigIntegerField(default=0)
    visits = models.PositiveIntegerField(default=0)
    asked = models.PositiveIntegerField(default=0)
    rated = models.PositiveIntegerField(default=0)
    stars = models.PositiveIntegerField(default=0)
    kept = models.PositiveIntegerField(default=0)
    kept_asked = models.PositiveIntegerField(default=0)
    days = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["month", "unit", "service", "channel"],
                name="month_sum_once",
                nulls_distinct=False,
            )
        ]
        indexes = [
            models.Index(fields=["unit", "month"], name="month_sum_of_unit"),
        ]

    def __str__(self) -> str:
        return f"{self.unit_id} {self.service_id} {self.channel}"

"""Working time as dated data: a country's weekends, office hours and declared holidays."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from diwan.kernel.ids import new_id


class WeekendRow(models.Model):
    """From `since` on, `days` (0 Monday … 6 Sunday, comma-separated) are the country's weekend."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    country = models.CharField(max_length=2)
    since = models.DateField(null=True, blank=True)
    days = models.CharField(max_length=20)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["country", "since"], name="weekend_once_a_day", nulls_distinct=False
            )
        ]

    def __str__(self) -> str:
        return f"{self.country} {self.days}"


class OfficeHoursRow(models.Model):
    """Office hours of a country within [since, until); Ramadan has hours of its own."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    country = models.CharField(max_length=2)
    since = models.DateField(null=True, blank=True)
    until = models.DateField(null=True, blank=True)
    weekday = models.SmallIntegerField(null=True, blank=True)
    opens = models.TimeField()
    closes = models.TimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(opens__lt=F("closes")), name="opens_before_closes")
        ]

    def __str__(self) -> str:
        return f"{self.country} {self.opens:%H:%M}–{self.closes:%H:%M}"


class DeclaredHoliday(models.Model):
    """A day off in a country. Lunar ones are declared by authority, until then estimated."""

    class Status(models.TextChoices):
        """Whether the authority has spoken."""

        DECLARED = "declared", _("declared")
        ESTIMATED = "estimated", _("estimated")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    country = models.CharField(max_length=2)
    day = models.DateField()
    name = models.JSONField(default=dict)
    status = models.CharField(max_length=9, choices=Status.choices)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["country", "day"], name="holiday_once_a_day")
        ]
        ordering = ["country", "day"]

    def __str__(self) -> str:
        return f"{self.country} {self.day}"

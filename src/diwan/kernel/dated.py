"""Tables through time: when something held, and when we knew it.

A *change* in the world ends one row at its date and begins another. A *correction* of a mistake
supersedes the row that was believed (it stays, with the reason) and puts a new one in its place.
So every question has two dates: as of which day, and as known when. Periods are half-open
[since, until); a missing `since` means before the record begins, a missing `until` means still.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Self, TypeVar

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .calendars import Calendar, PartialDate, Precision
from .ids import new_id

_M = TypeVar("_M", bound=models.Model)

PRECISIONS = [
    (Precision.DAY.value, _("day")),
    (Precision.MONTH.value, _("month")),
    (Precision.YEAR.value, _("year")),
    (Precision.FISCAL.value, _("fiscal year")),
    (Precision.UNKNOWN.value, _("unknown")),
]
CALENDARS = [
    (Calendar.JALALI.value, _("Jalali")),
    (Calendar.HIJRI.value, _("Hijri")),
    (Calendar.GREGORIAN.value, _("Gregorian")),
]


def precision_field() -> Any:
    """How exactly a date was stated."""
    return models.CharField(max_length=8, choices=PRECISIONS, default=Precision.DAY.value)


def calendar_field() -> Any:
    """The calendar in which a date was stated."""
    return models.CharField(max_length=10, choices=CALENDARS, default=Calendar.GREGORIAN.value)


class BelievedQuerySet(models.QuerySet[_M]):
    """Filters by what was believed."""

    def known(self, at: datetime | None = None) -> Self:
        """Rows believed at the instant `at`, by default now."""
        if at is None:
            return self.filter(superseded_at__isnull=True)
        return self.filter(recorded_at__lte=at).filter(
            Q(superseded_at__isnull=True) | Q(superseded_at__gt=at)
        )


class Believed(models.Model):
    """A row that a correction may supersede. `lineage` is shared by a row and its corrections."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    lineage = models.UUIDField(default=new_id, editable=False, db_index=True)
    recorded_at = models.DateTimeField(default=timezone.now)
    superseded_at = models.DateTimeField(null=True, blank=True)
    superseded_reason = models.TextField(blank=True)

    class Meta:
        abstract = True


class DatedQuerySet(BelievedQuerySet[_M]):
    """Filters by when it held (days)."""

    def as_of(self, day: date, *, known_at: datetime | None = None) -> Self:
        """Rows that held at the end of `day`, as known at `known_at` (by default as known now)."""
        return (
            self.known(known_at)
            .filter(Q(since__isnull=True) | Q(since__lte=day))
            .filter(Q(until__isnull=True) | Q(until__gt=day))
        )


class Dated(Believed):
    """A row that held from a day to a day."""

    since = models.DateField(null=True, blank=True)
    since_precision = precision_field()
    since_calendar = calendar_field()
    since_event = models.UUIDField(null=True, blank=True, db_index=True)
    until = models.DateField(null=True, blank=True)
    until_precision = precision_field()
    until_calendar = calendar_field()
    until_event = models.UUIDField(null=True, blank=True, db_index=True)

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=Q(since__isnull=True) | Q(until__isnull=True) | Q(since__lt=F("until")),
                name="%(app_label)s_%(class)s_since_before_until",
            )
        ]

    def holds_on(self, day: date) -> bool:
        """True if it held at the end of `day`; the same question as `as_of` of a row at hand."""
        begun = self.since is None or self.since <= day
        return begun and (self.until is None or self.until > day)

    @property
    def since_stated(self) -> PartialDate | None:
        """The beginning as it was stated, None for before the record begins."""
        return stated(self.since, self.since_precision, self.since_calendar)

    @property
    def until_stated(self) -> PartialDate | None:
        """The end as it was stated, None for still."""
        return stated(self.until, self.until_precision, self.until_calendar)


class DatedAtQuerySet(BelievedQuerySet[_M]):
    """Filters by when it held (instants)."""

    def at(self, instant: datetime, *, known_at: datetime | None = None) -> Self:
        """Rows that held at `instant`, as known at `known_at` (by default as known now)."""
        return (
            self.known(known_at)
            .filter(Q(since_at__isnull=True) | Q(since_at__lte=instant))
            .filter(Q(until_at__isnull=True) | Q(until_at__gt=instant))
        )


class DatedAt(Believed):
    """A row that held from an instant to an instant; the precision says how exactly we know it."""

    since_at = models.DateTimeField(null=True, blank=True)
    since_precision = precision_field()
    since_calendar = calendar_field()
    since_event = models.UUIDField(null=True, blank=True, db_index=True)
    until_at = models.DateTimeField(null=True, blank=True)
    until_precision = precision_field()
    until_calendar = calendar_field()
    until_event = models.UUIDField(null=True, blank=True, db_index=True)

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=Q(since_at__isnull=True)
                | Q(until_at__isnull=True)
                | Q(since_at__lt=F("until_at")),
                name="%(app_label)s_%(class)s_since_before_until",
            )
        ]


def stated(day: date | None, precision: str, calendar: str) -> PartialDate | None:
    """The value object of three columns."""
    if day is None:
        return None
    return PartialDate(day, Precision(precision), Calendar(calendar))

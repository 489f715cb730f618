"""Units through time.

A `Unit` is an identity that never changes; what it was called, what kind it was and under which
unit it stood is told by its `UnitVersion`s. Renaming, moving, closing end one version and begin
another. `UnitPath` is the tree worked out: who stood under whom from when to when.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Self
from uuid import UUID

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from diwan.kernel.dated import (
    Dated,
    DatedQuerySet,
    calendar_field,
    precision_field,
)
from diwan.kernel.ids import new_id

ALWAYS_SINCE = date.min
ALWAYS_UNTIL = date.max


class Register(models.Model):
    """The lasting name under which records are known (`diwan-register/1`)."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    key = models.CharField(max_length=64, unique=True)
    language = models.CharField(max_length=2)
    country = models.CharField(max_length=2)
    source = models.TextField(blank=True)
    recorded = models.DateField()
    recorded_precision = precision_field()
    recorded_calendar = calendar_field()

    def __str__(self) -> str:
        return self.key


class Registered(models.Model):
    """A record that is known by register, kind and key."""

    register = models.ForeignKey("directory.Register", on_delete=models.PROTECT, related_name="+")
    key = models.CharField(max_length=64)

    class Meta:
        abstract = True


class UnitPattern(Registered):
    """One unit for each province, or for each instance of its parent; itself no unit."""

    class Per(models.TextChoices):
        """What an instance is made for."""

        PROVINCE = "province", _("province")
        PARENT = "parent", _("parent")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    name = models.JSONField()
    kind = models.CharField(max_length=60)
    per = models.CharField(max_length=8, choices=Per.choices)
    parent = models.ForeignKey("Unit", on_delete=models.PROTECT, null=True, related_name="+")
    parent_pattern = models.ForeignKey("self", on_delete=models.PROTECT, null=True)
    province = models.CharField(max_length=6, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["register", "key"], name="unit_pattern_key_once")
        ]

    def __str__(self) -> str:
        return self.key


class UnitQuerySet(models.QuerySet["Unit"]):
    """Filters over units."""

    def existing(self, day: date, *, known_at: datetime | None = None) -> Self:
        """Units that existed at the end of `day`."""
        versions = UnitVersion.objects.as_of(day, known_at=known_at).values("unit_id")
        return self.filter(pk__in=versions)

    def under(self, unit_ids: Iterable[UUID], day: date) -> Self:
        """Those units and all that stood below them at the end of `day`."""
        paths = UnitPath.objects.on(day).filter(ancestor_id__in=list(unit_ids))
        return self.filter(pk__in=paths.values("descendant_id"))


class Unit(Registered):
    """Any node of the tree, from country to counter."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    country = models.CharField(max_length=2)
    province = models.CharField(max_length=6, blank=True)
    pattern = models.ForeignKey(
        UnitPattern, on_delete=models.PROTECT, null=True, related_name="instances"
    )
    becomes = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="was")
    founded_at = models.DateTimeField(default=timezone.now)

    objects = UnitQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["register", "key"], name="unit_key_once")]

    def __str__(self) -> str:
        return self.key


class UnitVersion(Dated):
    """What a unit was from a day to a day. `search` holds the search key of its names."""

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="versions")
    name = models.JSONField()
    kind = models.CharField(max_length=60)
    parent = models.ForeignKey(
        Unit, on_delete=models.PROTECT, null=True, blank=True, related_name="child_versions"
    )
    search = models.TextField(blank=True)

    objects = DatedQuerySet["UnitVersion"].as_manager()

    class Meta(Dated.Meta):
        constraints = [
            *Dated.Meta.constraints,
            models.CheckConstraint(
                condition=Q(parent__isnull=True) | ~Q(parent=F("unit")), name="unit_not_own_parent"
            ),
            models.UniqueConstraint(
                fields=["unit", "since"],
                condition=Q(superseded_at__isnull=True),
                name="unit_version_once_a_day",
            ),
            # Two missing beginnings would not be equal to the database.
            models.UniqueConstraint(
                fields=["unit"],
                condition=Q(superseded_at__isnull=True, since__isnull=True),
                name="unit_version_begins_once",
            ),
        ]
        indexes = [models.Index(fields=["unit", "since"], name="unit_version_by_unit")]

    def __str__(self) -> str:
        return f"{self.unit_id} {self.since or '…'}–{self.until or '…'}"


class UnitPathQuerySet(models.QuerySet["UnitPath"]):
    """Filters over the worked-out tree."""

    def on(self, day: date) -> Self:
        """Paths that held at the end of `day`."""
        return self.filter(since__lte=day, until__gt=day)


class UnitPath(models.Model):
    """`descendant` stood `depth` levels below `ancestor` (0: itself) within [since, until).

    Worked out from the versions now believed, by the actions that change them. An open beginning
    is 0001-01-01 and an open end 9999-12-31, so that an index can answer.
    """

    id = models.BigAutoField(primary_key=True)
    ancestor = models.ForeignKey(Unit, on_delete=models.CASCADE, related_name="paths_down")
    descendant = models.ForeignKey(Unit, on_delete=models.CASCADE, related_name="paths_up")
    depth = models.PositiveSmallIntegerField()
    since = models.DateField(default=ALWAYS_SINCE)
    until = models.DateField(default=ALWAYS_UNTIL)

    objects = UnitPathQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(since__lt=F("until")), name="path_since_before_until"
            ),
            models.UniqueConstraint(
                fields=["ancestor", "descendant", "since"], name="path_once_a_day"
            ),
        ]
        indexes = [
            models.Index(fields=["ancestor", "since", "until", "descendant"], name="path_down"),
            models.Index(fields=["descendant", "since", "until", "ancestor"], name="path_up"),
        ]

    def __str__(self) -> str:
        return f"{self.ancestor_id} > {self.descendant_id}"


class UnitSuccession(models.Model):
    """What became of a unit: it turned into, was merged into, or was split into another."""

    class Kind(models.TextChoices):
        """How one unit followed another."""

        BECAME = "became", _("became")
        MERGED = "merged", _("merged into")
        SPLIT = "split", _("split into")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    kind = models.CharField(max_length=6, choices=Kind.choices)
    predecessor = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="successions")
    successor = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="precessions")
    on_date = models.DateField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["predecessor", "successor"], name="succession_once")
        ]

    def __str__(self) -> str:
        return f"{self.predecessor_id} {self.kind} {self.successor_id}"

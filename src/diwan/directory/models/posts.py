"""Posts, people, and who held which post when. Duties belong to posts, never to persons."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from diwan.kernel.dated import Dated, DatedAt, DatedAtQuerySet, DatedQuerySet
from diwan.kernel.ids import new_id

from .units import Registered, Unit, UnitPattern


class PostPattern(Registered):
    """A post of a patterned unit: it exists in each instance; itself no post."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    unit_pattern = models.ForeignKey(UnitPattern, on_delete=models.PROTECT, related_name="posts")
    name = models.JSONField()
    roles = models.CharField(max_length=120, blank=True)
    seats = models.PositiveIntegerField(null=True, default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["register", "key"], name="post_pattern_key_once")
        ]

    def __str__(self) -> str:
        return self.key


class Post(Registered):
    """A seat of duty in a unit. `becomes` takes over its open duties when it ends.

    `passed_at` is when the house was told that its end had come, so that it is told once.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="posts")
    pattern = models.ForeignKey(
        PostPattern, on_delete=models.PROTECT, null=True, related_name="instances"
    )
    becomes = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="was")
    passed_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["register", "key"], name="post_key_once")]

    def __str__(self) -> str:
        return self.key


class PostVersion(Dated):
    """What a post was from a day to a day.

    `roles` is " head secretary ": sorted words with a space on each side, so that both databases
    can ask for one of them with LIKE. `seats` is how many may hold it at once, None for many.
    """

    post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="versions")
    name = models.JSONField()
    roles = models.CharField(max_length=120, blank=True)
    seats = models.PositiveIntegerField(null=True, default=1)
    search = models.TextField(blank=True)

    objects = DatedQuerySet["PostVersion"].as_manager()

    class Meta(Dated.Meta):
        constraints = [
            *Dated.Meta.constraints,
            models.CheckConstraint(condition=Q(seats__isnull=True) | Q(seats__gte=1), name="seats"),
            models.UniqueConstraint(
                fields=["post", "since"],
                condition=Q(superseded_at__isnull=True),
                name="post_version_once_a_day",
            ),
            # Two missing beginnings would not be equal to the database.
            models.UniqueConstraint(
                fields=["post"],
                condition=Q(superseded_at__isnull=True, since__isnull=True),
                name="post_version_begins_once",
            ),
        ]
        indexes = [models.Index(fields=["post", "since"], name="post_version_by_post")]

    def __str__(self) -> str:
        return f"{self.post_id} {self.since or '…'}–{self.until or '…'}"

    @property
    def role_set(self) -> frozenset[str]:
        """The roles as words."""
        return frozenset(self.roles.split())


class Person(Registered):
    """A human known to the register; may have a user, joined by an invitation.

    `erased_at`: the personal data were erased; no file and nobody writes them again.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    name = models.JSONField()
    honorific = models.CharField(max_length=100, blank=True)
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    search = models.TextField(blank=True)
    erased_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["register", "key"], name="person_key_once")]

    def __str__(self) -> str:
        return self.key


class Partner(Registered):
    """An organisation outside the tree that takes part (a bank, a donor, a company)."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    name = models.JSONField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["register", "key"], name="partner_key_once")]

    def __str__(self) -> str:
        return self.key


class Holding(DatedAt):
    """A person in a post from an instant to an instant.

    `single` repeats that the post has one seat, so that the database can forbid two full holders
    at once (an exclusion constraint on PostgreSQL; on SQLite the action, in one write transaction).
    """

    class Kind(models.TextChoices):
        """How the post is held."""

        FULL = "full", _("full")
        ACTING = "acting", _("acting")
        DEPUTY = "deputy", _("deputy during leave")

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="holdings")
    post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="holdings")
    kind = models.CharField(max_length=6, choices=Kind.choices, default=Kind.FULL)
    single = models.BooleanField(default=True)

    objects = DatedAtQuerySet["Holding"].as_manager()

    class Meta(DatedAt.Meta):
        constraints = [
            *DatedAt.Meta.constraints,
            # A deputy stands in for a leave, and a leave has both its dates.
            models.CheckConstraint(
                condition=~Q(kind="deputy") | Q(since_at__isnull=False, until_at__isnull=False),
                name="deputy_has_dates",
            ),
        ]
        indexes = [
            models.Index(fields=["person", "since_at"], name="holding_by_person"),
            models.Index(fields=["post", "since_at"], name="holding_by_post"),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} in {self.post_id}"

"""Those who meet: bodies, their terms, and who has a seat in them from when to when."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from diwan.councils.rules.invitations import MOST_HOURS, NOTICE_HOURS
from diwan.kernel.dated import CALENDARS, Dated, DatedQuerySet, calendar_field, precision_field
from diwan.kernel.ids import new_id
from diwan.kernel.policies import Confidentiality


class Reset(models.TextChoices):
    """When a body's numbers begin again at 1."""

    YEAR = "year", _("every year of the body's calendar")
    NEVER = "never", pgettext_lazy("numbering", "never")
    TERM = "term", _("every term")


class Body(models.Model):
    """A council, commission, working group, team, workshop: those who meet.

    `every` is the span between meetings ("2 months") in the body's own `calendar`, `every_on` the
    day they fall on where the rule names one ("19", "first monday"); invitations go out
    `notice_hours` before. `code` stands in its numbers; `pattern` and `reset` are its numbering
    rule (`ACCESS.md`, Numbers).
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    register = models.ForeignKey("directory.Register", on_delete=models.PROTECT, related_name="+")
    key = models.CharField(max_length=64)
    unit = models.ForeignKey("directory.Unit", on_delete=models.PROTECT, related_name="bodies")
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="children")
    kind = models.CharField(max_length=60)
    name = models.JSONField()
    mandate = models.JSONField(null=True, blank=True)
    term_years = models.PositiveSmallIntegerField(null=True, blank=True)
    every = models.CharField(max_length=20, blank=True)
    every_on = models.CharField(max_length=20, blank=True)
    notice_hours = models.PositiveSmallIntegerField(default=NOTICE_HOURS)
    calendar = models.CharField(max_length=10, choices=CALENDARS)
    code = models.CharField(max_length=12)
    pattern = models.CharField(max_length=60, default="{year}/{code}/{n}")
    reset = models.CharField(max_length=5, choices=Reset.choices, default=Reset.YEAR)
    confidentiality = models.CharField(
        max_length=8, choices=Confidentiality.choices, default=Confidentiality.INTERNAL
    )
    since = models.DateField(null=True, blank=True)
    since_precision = precision_field()
    since_calendar = calendar_field()
    since_event = models.UUIDField(null=True, blank=True, db_index=True)
    until = models.DateField(null=True, blank=True)
    until_precision = precision_field()
    until_calendar = calendar_field()
    until_event = models.UUIDField(null=True, blank=True, db_index=True)
    search = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["register", "key"], name="body_key_once"),
            models.UniqueConstraint(fields=["register", "code"], name="body_code_once"),
            models.CheckConstraint(
                condition=Q(notice_hours__lte=MOST_HOURS), name="body_notice_within_two_months"
            ),
        ]

    def __str__(self) -> str:
        return self.key


class Oversight(models.Model):
    """A body oversees a unit."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    body = models.ForeignKey(Body, on_delete=models.CASCADE, related_name="oversights")
    unit = models.ForeignKey("directory.Unit", on_delete=models.PROTECT, related_name="overseers")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["body", "unit"], name="oversight_once")]

    def __str__(self) -> str:
        return f"{self.body_id} {self.unit_id}"


class Term(Dated):
    """A body's term of office."""

    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="terms")
    number = models.PositiveSmallIntegerField()

    objects = DatedQuerySet["Term"].as_manager()

    class Meta(Dated.Meta):
        constraints = [
            *Dated.Meta.constraints,
            models.UniqueConstraint(
                fields=["body", "number"],
                condition=Q(superseded_at__isnull=True),
                name="term_number_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.body_id} {self.number}"


class Role(models.TextChoices):
    """What a member is in a body."""

    CHAIR = "chair", _("chair")
    DEPUTY = "deputy", _("deputy chair")
    SECRETARY = "secretary", _("secretary")
    TREASURER = "treasurer", _("treasurer")
    MEMBER = "member", _("member")
    ADVISER = "adviser", _("adviser")
    OBSERVER = "observer", _("observer")
    GUEST = "guest", _("guest")


class Membership(Dated):
    """A post, a patterned post (all its instances), a unit's head, a partner or a named seat."""

    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="memberships")
    role = models.CharField(max_length=9, choices=Role.choices)
    post = models.ForeignKey(
        "directory.Post", on_delete=models.PROTECT, null=True, related_name="memberships"
    )
    post_pattern = models.ForeignKey(
        "directory.PostPattern", on_delete=models.PROTECT, null=True, related_name="memberships"
    )
    unit = models.ForeignKey(
        "directory.Unit", on_delete=models.PROTECT, null=True, related_name="memberships"
    )
    partner = models.ForeignKey(
        "directory.Partner", on_delete=models.PROTECT, null=True, related_name="memberships"
    )
    seat = models.JSONField(null=True, blank=True)
    position = models.PositiveSmallIntegerField(default=0)

    objects = DatedQuerySet["Membership"].as_manager()

    class Meta(Dated.Meta):
        constraints = [
            *Dated.Meta.constraints,
            models.CheckConstraint(
                condition=Q(post__isnull=False)
                | Q(post_pattern__isnull=False)
                | Q(unit__isnull=False)
                | Q(partner__isnull=False)
                | Q(seat__isnull=False),
                name="membership_names_somebody",
            ),
        ]
        ordering = ["position", "id"]

    def __str__(self) -> str:
        return f"{self.role} of {self.body_id}"


class BodySeatUser(models.Model):
    """A user who was invited to a named seat or a partner's membership, and acts through it."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    # The lineage of the membership, so that a correction of its row doesn't lose the user.
    lineage = models.UUIDField(db_index=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    since_at = models.DateTimeField()
    until_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["lineage", "user"],
                condition=Q(until_at__isnull=True),
                name="seat_user_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.user_id} in {self.lineage}"

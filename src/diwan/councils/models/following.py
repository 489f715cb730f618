"""What follows a resolution that is late, or that somebody objects to."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from diwan.kernel.ids import new_id

from .actions import Action
from .resolutions import Resolution


class Escalation(models.Model):
    """A late action that went up the tree of posts: to whom, how high, and when.

    It speaks of the date the action was due then (`due`), and of the owner it had; a new date or
    another owner begins anew.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    action = models.ForeignKey(Action, on_delete=models.PROTECT, related_name="escalations")
    level = models.PositiveSmallIntegerField()
    due = models.DateField()
    post = models.ForeignKey(
        "directory.Post", on_delete=models.PROTECT, related_name="escalated_to"
    )
    at = models.DateTimeField()
    # Where it was settled, got another date or another owner, the one asked need not look any more.
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["action", "due", "level"],
                condition=Q(ended_at__isnull=True),
                name="escalation_open_once",
            )
        ]
        indexes = [models.Index(fields=["post", "ended_at"], name="escalation_by_post")]
        ordering = ["at", "level"]

    def __str__(self) -> str:
        return f"{self.action_id} to {self.post_id}"


class Objection(models.Model):
    """A post with the right to it objects to a resolution before it binds."""

    class Outcome(models.TextChoices):
        """What the body answered."""

        WAITS = "", _("waits for the body's answer")
        ACCEPTED = "accepted", _("accepted: the resolution does not bind")
        REJECTED = "rejected", _("rejected: the resolution binds")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    resolution = models.ForeignKey(Resolution, on_delete=models.PROTECT, related_name="objections")
    post = models.ForeignKey("directory.Post", on_delete=models.PROTECT, related_name="objections")
    text = models.TextField()
    filed_at = models.DateTimeField()
    outcome = models.CharField(max_length=8, choices=Outcome.choices, blank=True)
    answer = models.TextField(blank=True)
    answered_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["resolution", "post"], name="objection_once"),
            models.CheckConstraint(condition=~Q(text=""), name="objection_has_text"),
            models.CheckConstraint(
                condition=Q(outcome="") | Q(answered_at__isnull=False),
                name="objection_answered_when",
            ),
        ]
        ordering = ["filed_at", "id"]

    def __str__(self) -> str:
        return f"{self.post_id} on {self.resolution_id}"

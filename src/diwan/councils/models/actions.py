"""What a post owes because of a resolution, and the life of it (`ACCESS.md`).

    unconfirmed ─confirm─► open ─start─► doing ─report─► done ─close─► closed
                             └──────────────┴── drop ◄────┘     return: done → doing

Late is derived, never stored. Every step is an `ActionEvent`; a reopened action begins a new
`Round`, and the earlier one stays readable.
"""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from diwan.kernel.dated import calendar_field, precision_field
from diwan.kernel.ids import new_id

from .resolutions import Resolution


class Action(models.Model):
    """A duty. `owner` is always a post, or none while it waits for the secretary.

    `due` is the last day on which it is in time (the last of the month where a month was stated).
    `unit` is the unit it is about (`each_unit`). `group` is the key of the written action from
    which one was made for each unit; `parent` the action from which it was passed down.
    """

    class State(models.TextChoices):
        """Where it stands in its life."""

        UNCONFIRMED = "unconfirmed", _("unconfirmed")
        OPEN = "open", _("open")
        DOING = "doing", _("in progress")
        DONE = "done", _("reported done")
        CLOSED = "closed", _("closed")
        DROPPED = "dropped", _("dropped")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    register = models.ForeignKey("directory.Register", on_delete=models.PROTECT, related_name="+")
    resolution = models.ForeignKey(Resolution, on_delete=models.PROTECT, related_name="actions")
    key = models.CharField(max_length=80)
    position = models.PositiveIntegerField(default=0)
    group = models.CharField(max_length=64, blank=True)
    group_pattern = models.ForeignKey(
        "directory.UnitPattern", on_delete=models.PROTECT, null=True, related_name="+"
    )
    # Nearly all actions have no parent: an index over all of them would mislead SQLite.
    parent = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="children",
        db_index=False,
    )
    text = models.JSONField()
    owner = models.ForeignKey(
        "directory.Post", on_delete=models.PROTECT, null=True, related_name="actions"
    )
    unit = models.ForeignKey(
        "directory.Unit", on_delete=models.PROTECT, null=True, related_name="actions_about"
    )
    due = models.DateField(null=True, blank=True)
    due_precision = precision_field()
    due_calendar = calendar_field()
    due_after = models.CharField(max_length=20, blank=True)
    state = models.CharField(max_length=11, choices=State.choices, default=State.OPEN)
    progress = models.PositiveSmallIntegerField(default=0)
    round = models.PositiveSmallIntegerField(default=1)
    arrived_at = models.DateTimeField(default=timezone.now)
    done_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey(
        "directory.Post", on_delete=models.PROTECT, null=True, related_name="+"
    )
    reason = models.TextField(blank=True)
    search = models.TextField(blank=True)
    # Goes up with each write, so that the second of two writers is told.
    revision = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["register", "resolution", "key"], name="action_key_once"
            ),
            models.CheckConstraint(condition=Q(progress__lte=100), name="progress_to_100"),
            models.CheckConstraint(
                condition=~Q(state="dropped") | ~Q(reason=""), name="dropped_with_reason"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["doing", "done"]) | Q(owner__isnull=False),
                name="worked_on_by_a_post",
            ),
        ]
        indexes = [
            models.Index(fields=["owner", "state", "due"], name="action_by_owner"),
            models.Index(fields=["state", "due", "resolution"], name="action_by_due"),
            models.Index(fields=["resolution", "position"], name="action_by_resolution"),
            # What posts owe by when, and since when: a head's desk is counted from it alone.
            models.Index(
                fields=["state", "owner", "due", "register", "arrived_at"], name="action_owed"
            ),
            # Whether anything of a resolution is late, without reading its actions.
            models.Index(fields=["resolution", "state", "due"], name="action_by_lateness"),
            models.Index(
                fields=["parent"], condition=Q(parent__isnull=False), name="action_by_parent"
            ),
            # What waits for a secretary's word: few among many.
            models.Index(fields=["state", "resolution"], name="action_by_standing"),
            models.Index(
                fields=["resolution"], condition=Q(owner__isnull=True), name="action_unowned"
            ),
        ]

    def __str__(self) -> str:
        return self.key


class Round(models.Model):
    """An earlier life of a reopened action, as it stood when it was closed or dropped."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    action = models.ForeignKey(Action, on_delete=models.PROTECT, related_name="rounds")
    number = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=11, choices=Action.State.choices)
    progress = models.PositiveSmallIntegerField()
    due = models.DateField(null=True)
    done_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    closed_by = models.UUIDField(null=True)
    reason = models.TextField(blank=True)
    reopened_at = models.DateTimeField()
    reopened_reason = models.TextField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["action", "number"], name="round_number_once")
        ]
        ordering = ["number"]

    def __str__(self) -> str:
        return f"{self.action_id} round {self.number}"


class ActionEvent(models.Model):
    """One step in an action's life. Proof files are kernel files of the event."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    action = models.ForeignKey(Action, on_delete=models.PROTECT, related_name="events")
    round = models.PositiveSmallIntegerField(default=1)
    verb = models.CharField(max_length=20)
    at = models.DateTimeField()
    post = models.ForeignKey(
        "directory.Post", on_delete=models.PROTECT, null=True, related_name="+"
    )
    user_id = models.UUIDField(null=True)
    before = models.CharField(max_length=11, blank=True)
    after = models.CharField(max_length=11)
    progress = models.PositiveSmallIntegerField(null=True)
    note = models.TextField(blank=True)

    class Meta:
        ordering = ["at", "id"]

    def __str__(self) -> str:
        return f"{self.verb} {self.action_id}"


class DateRequest(models.Model):
    """A new date: asked by the owner with a reason, granted or refused by the secretary.

    A secretary's own re-dating is asked and granted at once. All stay (`redated` in the register).
    """

    class State(models.TextChoices):
        """The secretary's answer."""

        ASKED = "asked", _("asked")
        GRANTED = "granted", _("granted")
        REFUSED = "refused", _("refused")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    action = models.ForeignKey(Action, on_delete=models.PROTECT, related_name="date_requests")
    from_due = models.DateField(null=True)
    from_precision = precision_field()
    from_calendar = calendar_field()
    to_due = models.DateField()
    to_precision = precision_field()
    to_calendar = calendar_field()
    reason = models.TextField()
    state = models.CharField(max_length=7, choices=State.choices, default=State.ASKED)
    asked_at = models.DateTimeField()
    asked_post = models.ForeignKey(
        "directory.Post", on_delete=models.PROTECT, null=True, related_name="+"
    )
    answered_at = models.DateTimeField(null=True)
    answered_post = models.ForeignKey(
        "directory.Post", on_delete=models.PROTECT, null=True, related_name="+"
    )
    answer = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="date_request_has_reason"),
            models.UniqueConstraint(
                fields=["action"], condition=Q(state="asked"), name="one_open_date_request"
            ),
        ]
        indexes = [models.Index(fields=["state", "action"], name="date_request_by_state")]
        ordering = ["asked_at", "id"]

    def __str__(self) -> str:
        return f"{self.action_id} to {self.to_due}"

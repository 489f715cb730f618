"""The worker's rows: its sign of life, what it holds alone, and the jobs that wait for it."""

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from diwan.kernel.ids import new_id


class Heartbeat(models.Model):
    """When a worker last ticked; one row a worker's name."""

    name = models.CharField(primary_key=True, max_length=60)
    at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"{self.name} {self.at:%H:%M:%S}"


class Lease(models.Model):
    """Something that one worker alone does at a time, until `until_at` unless it goes on."""

    name = models.CharField(primary_key=True, max_length=60)
    holder = models.CharField(max_length=80, blank=True)
    until_at = models.DateTimeField()
    taken_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.name} by {self.holder}"


class JobState(models.TextChoices):
    """Where a job is. Dead ones gave up; refused ones have said what is wrong with their input."""

    WAITING = "waiting", _("waiting")
    RUNNING = "running", _("running")
    DONE = "done", _("done")
    REFUSED = "refused", pgettext_lazy("job", "refused")
    DEAD = "dead", _("given up")
    DROPPED = "dropped", pgettext_lazy("job", "dropped")


OPEN_STATES = (JobState.WAITING, JobState.RUNNING)


class JobQuerySet(models.QuerySet["Job"]):
    """Filters over jobs."""

    def due(self, at: object) -> Self:
        """Those that a worker may take at `at`: waiting ones, and running ones left behind."""
        return self.filter(state__in=OPEN_STATES, due_at__lte=at)

    def ended(self) -> Self:
        """Those that nobody will touch again by themselves."""
        return self.exclude(state__in=OPEN_STATES)


class Job(models.Model):
    """Work that a worker does after the transaction that asked for it.

    `due_at` is the instant from which a worker may take it: of a waiting job when it is to run, of
    a running one when the lease of its worker ends. `holder` names that one taking of it, so that
    a worker that was thought lost can no longer write its end. `language` and the four fields of
    the asker say for whom it runs.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    name = models.CharField(max_length=80)
    args = models.JSONField(default=dict)
    key = models.CharField(max_length=120, blank=True)
    label = models.CharField(max_length=200, blank=True)
    state = models.CharField(max_length=8, choices=JobState.choices, default=JobState.WAITING)
    due_at = models.DateTimeField(default=timezone.now)
    attempts = models.PositiveIntegerField(default=0)
    holder = models.CharField(max_length=80, blank=True)
    language = models.CharField(max_length=2, blank=True)
    user_id = models.UUIDField(null=True)
    user_label = models.CharField(max_length=200, blank=True)
    post_id = models.UUIDField(null=True)
    elevation_id = models.UUIDField(null=True)
    progress_done = models.PositiveIntegerField(default=0)
    progress_total = models.PositiveIntegerField(default=0)
    progress_words = models.CharField(max_length=200, blank=True)
    result = models.JSONField(null=True)
    fault = models.TextField(blank=True)
    asked_at = models.DateTimeField(default=timezone.now)
    started_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    objects = JobQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["key"],
                condition=Q(state=JobState.WAITING) & ~Q(key=""),
                name="job_waits_once_a_key",
            )
        ]
        indexes = [
            models.Index(
                fields=["due_at", "id"],
                condition=Q(state__in=OPEN_STATES),
                name="job_by_due",
            ),
            models.Index(fields=["state", "asked_at"], name="job_by_state"),
            models.Index(fields=["user_id", "asked_at"], name="job_by_user"),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.state}"

    @property
    def is_open(self) -> bool:
        """True while it waits or runs."""
        return self.state in OPEN_STATES

"""The way of a case through its steps: where it lay, how long, what was waited for."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import pgettext_lazy

from diwan.kernel.ids import new_id

from .cases import Case


class CaseStep(models.Model):
    """A case in one state of its flow, from entering to leaving it. The open one is the current.

    `unit` and `role` owe the step; `post` took it. `due_at` is worked out from the version's
    deadline in the unit's working time and worked out anew when holidays are declared. `action` led
    out of it, by `by_post`; `said` is what the citizen was told, `note` what the office wrote for
    itself. `answers` are what the step's action required.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="steps")
    number = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=40)
    role = models.CharField(max_length=20, blank=True)
    unit = models.ForeignKey("directory.Unit", on_delete=models.PROTECT, related_name="+")
    post = models.ForeignKey(
        "directory.Post", on_delete=models.PROTECT, null=True, related_name="+"
    )
    entered_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)
    left_at = models.DateTimeField(null=True)
    action = models.CharField(max_length=40, blank=True)
    by_post = models.ForeignKey(
        "directory.Post", on_delete=models.PROTECT, null=True, related_name="+"
    )
    note = models.TextField(blank=True)
    said = models.TextField(blank=True)
    answers = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "number"], name="case_step_number_once"),
            models.UniqueConstraint(
                fields=["case"], condition=Q(left_at__isnull=True), name="case_step_open_once"
            ),
            models.CheckConstraint(
                condition=Q(left_at__isnull=True) | Q(left_at__gte=F("entered_at")),
                name="case_step_leaves_after_entering",
            ),
        ]
        ordering = ["case_id", "number"]

    def __str__(self) -> str:
        return f"{self.case_id} {self.number} {self.state}"


class CasePause(models.Model):
    """The clock of a case stands still, from an instant to an instant.

    `asked` lists everything that is missing, at once: ``[{"paper": key or "", "text": {lang: …},
    "question": path or ""}]``. Of whom nothing is heard is reminded at `remind_at` (None: was), and
    at `ends_at` the case counts as withdrawn. `counts` says that the clock really stood still: what
    the office ends itself, with nothing brought, did not.
    """

    class Why(models.TextChoices):
        """What is waited for."""

        PAPERS = "papers", pgettext_lazy("pause", "papers or answers of the applicant")
        VISIT = "visit", pgettext_lazy("pause", "the applicant's visit")
        OTHER = "other", pgettext_lazy("pause", "something outside the office")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="pauses")
    step = models.ForeignKey(CaseStep, on_delete=models.PROTECT, related_name="pauses")
    why = models.CharField(max_length=6, choices=Why.choices, default=Why.PAPERS)
    asked = models.JSONField(default=list)
    words = models.TextField(blank=True)
    since_at = models.DateTimeField()
    until_at = models.DateTimeField(null=True)
    remind_at = models.DateTimeField(null=True)
    ends_at = models.DateTimeField(null=True)
    counts = models.BooleanField(default=True)
    by_post = models.ForeignKey(
        "directory.Post", on_delete=models.PROTECT, null=True, related_name="+"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["case"], condition=Q(until_at__isnull=True), name="case_pause_open_once"
            ),
            models.CheckConstraint(
                condition=Q(until_at__isnull=True) | Q(until_at__gte=F("since_at")),
                name="case_pause_ends_after_begin",
            ),
        ]
        indexes = [
            models.Index(
                fields=["remind_at"], condition=Q(until_at__isnull=True), name="pause_to_remind"
            ),
            models.Index(
                fields=["ends_at"], condition=Q(until_at__isnull=True), name="pause_to_end"
            ),
        ]
        ordering = ["case_id", "since_at", "id"]

    def __str__(self) -> str:
        return f"{self.case_id} since {self.since_at}"


class Inquiry(models.Model):
    """Another department is asked within a step; the step waits for all answers.

    The case's clock goes on meanwhile: to the citizen it is one office.
    """

    class Opinion(models.TextChoices):
        """What the department says."""

        AGREES = "agrees", pgettext_lazy("inquiry", "no objection")
        OBJECTS = "objects", pgettext_lazy("inquiry", "objects")
        SAYS = "says", pgettext_lazy("inquiry", "gives information")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="inquiries")
    step = models.ForeignKey(CaseStep, on_delete=models.PROTECT, related_name="inquiries")
    unit = models.ForeignKey(
        "directory.Unit", on_delete=models.PROTECT, related_name="service_inquiries"
    )
    role = models.CharField(max_length=20, default="officer")
    question = models.TextField()
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey(
        "directory.Post", on_delete=models.PROTECT, null=True, related_name="+"
    )
    due_at = models.DateTimeField(null=True)
    opinion = models.CharField(max_length=7, choices=Opinion.choices, blank=True)
    answer = models.TextField(blank=True)
    answered_at = models.DateTimeField(null=True)
    by_post = models.ForeignKey(
        "directory.Post", on_delete=models.PROTECT, null=True, related_name="+"
    )
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["step", "unit"],
                condition=Q(answered_at__isnull=True, withdrawn_at__isnull=True),
                name="inquiry_open_once",
            ),
            models.CheckConstraint(
                condition=Q(answered_at__isnull=True) | ~Q(opinion=""),
                name="inquiry_answer_has_opinion",
            ),
        ]
        indexes = [
            models.Index(
                fields=["unit", "due_at"],
                condition=Q(answered_at__isnull=True, withdrawn_at__isnull=True),
                name="inquiry_open",
            )
        ]
        ordering = ["asked_at", "id"]

    def __str__(self) -> str:
        return f"{self.case_id} to {self.unit_id}"


class CaseNote(models.Model):
    """Words of a case: the office's own, which the applicant never reads, or the applicant's.

    The applicant's say what they brought, why they withdrew or asked to look at it again.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="notes")
    text = models.TextField()
    by_applicant = models.BooleanField(default=False)
    at = models.DateTimeField()
    by_post = models.ForeignKey(
        "directory.Post", on_delete=models.PROTECT, null=True, related_name="+"
    )

    class Meta:
        ordering = ["at", "id"]

    def __str__(self) -> str:
        return f"{self.case_id} {self.at}"

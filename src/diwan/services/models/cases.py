"""Cases: one request of a citizen (or an office) and what became of it."""

from __future__ import annotations

from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from diwan.kernel.ids import new_id

from .services import Service, ServiceVersion

RUNNING = ("open", "waiting")


class CaseQuerySet(models.QuerySet["Case"]):
    """Filters over cases."""

    def running(self) -> Self:
        """Those that are not ended: with the office or with the citizen."""
        return self.filter(phase__in=RUNNING)

    def filed_under(self, key: str) -> Self:
        """The case that was filed under a key.

        SQLite takes an index on part of the rows only where the question names that part.
        """
        return self.filter(~Q(filing_key=""), filing_key=key)

    def of_submission(self, instance_id: str) -> Self:
        """The case of a form app's submission; see `filed_under`."""
        sent = CaseAnswers.objects.filter(~Q(instance_id=""), instance_id=instance_id)
        return self.filter(pk__in=sent.values("case_id"))

    def late(self, at: datetime) -> Self:
        """Those with the office whose step is due before `at`, or whose promise is broken."""
        return self.filter(phase=Case.Phase.OPEN).filter(Q(due_at__lt=at) | Q(promised_at__lt=at))


class Case(models.Model):
    """One request. Lean: what the work list shows; answers and the applicant stand beside it.

    `code` is the tracking code in its stored form (`rules.codes`). `unit` is where it was filed and
    which answers for it; `at_unit` where its current step lies, `post` who took it there (None:
    whoever has the step's role). `due_at` is the step's, or the promise where the step has no
    deadline of its own; `promised_at` is the citizen's. Both stand still while the citizen has
    papers to bring and are moved on then. `on_time` is written at the end. `about` is the case a
    complaint complains of. `filing_key` is the digest under which a client sent it: the same one
    again is the same case. `told_late` says that the present step was found late and whoever heads
    the unit was told.

    `filed_unit` is where it was received, which stays so when `unit` is no more and another one
    answers, from `unit_since_at` on. `round_at` is when it was filed or reopened last; what earlier
    rounds were stands in `Ending`.
    """

    class Channel(models.TextChoices):
        """How it came."""

        ONLINE = "online", pgettext_lazy("channel", "online")
        COUNTER = "counter", pgettext_lazy("channel", "at a counter")
        PHONE = "phone", pgettext_lazy("channel", "by telephone")
        API = "api", pgettext_lazy("channel", "from another system")
        COLLECT = "collect", pgettext_lazy("channel", "by a form app")
        OPEN311 = "open311", pgettext_lazy("channel", "by an app for reports")

    class Phase(models.TextChoices):
        """With whom it lies, or how it ended."""

        OPEN = "open", pgettext_lazy("case", "with the office")
        WAITING = "waiting", pgettext_lazy("case", "waits for the applicant")
        DONE = "done", pgettext_lazy("case", "finished")
        REFUSED = "refused", pgettext_lazy("case", "not granted")
        WITHDRAWN = "withdrawn", pgettext_lazy("case", "withdrawn")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    code = models.CharField(max_length=16, unique=True)
    service = models.ForeignKey(Service, on_delete=models.PROTECT, related_name="cases")
    version = models.ForeignKey(ServiceVersion, on_delete=models.PROTECT, related_name="cases")
    unit = models.ForeignKey(
        "directory.Unit", on_delete=models.PROTECT, related_name="service_cases"
    )
    filed_unit = models.ForeignKey("directory.Unit", on_delete=models.PROTECT, related_name="+")
    unit_since_at = models.DateTimeField()
    round_at = models.DateTimeField()
    at_unit = models.ForeignKey("directory.Unit", on_delete=models.PROTECT, related_name="+")
    post = models.ForeignKey(
        "directory.Post", on_delete=models.PROTECT, null=True, related_name="+"
    )
    channel = models.CharField(max_length=8, choices=Channel.choices)
    language = models.CharField(max_length=2)
    state = models.CharField(max_length=40)
    role = models.CharField(max_length=20, blank=True)
    phase = models.CharField(max_length=9, choices=Phase.choices, default=Phase.OPEN)
    title = models.CharField(max_length=200, blank=True)
    filed_at = models.DateTimeField()
    filed_by = models.ForeignKey(
        "directory.Post", on_delete=models.PROTECT, null=True, related_name="+"
    )
    promised_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True)
    state_since_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    on_time = models.BooleanField(null=True)
    returned = models.PositiveSmallIntegerField(default=0)
    reopened = models.PositiveSmallIntegerField(default=0)
    visits = models.PositiveSmallIntegerField(default=0)
    told_late = models.BooleanField(default=False)
    about = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, related_name="complaints"
    )
    filing_key = models.CharField(max_length=64, blank=True)

    objects = CaseQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(phase__in=RUNNING, ended_at__isnull=True)
                | (~Q(phase__in=RUNNING) & Q(ended_at__isnull=False)),
                name="case_ended_has_instant",
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True) | Q(ended_at__gte=F("filed_at")),
                name="case_ends_after_filing",
            ),
            models.UniqueConstraint(
                fields=["filing_key"], condition=~Q(filing_key=""), name="case_filed_once"
            ),
        ]
        indexes = [
            # The work list: what lies at a unit, by lateness.
            models.Index(
                fields=["at_unit", "due_at"], condition=Q(phase="open"), name="case_work_list"
            ),
            models.Index(fields=["post", "due_at"], condition=Q(phase="open"), name="case_of_post"),
            models.Index(
                fields=["at_unit", "state_since_at"],
                condition=Q(phase="waiting"),
                name="case_waiting",
            ),
            models.Index(fields=["due_at"], condition=Q(phase="open"), name="case_late"),
            models.Index(fields=["promised_at"], condition=Q(phase="open"), name="case_broken"),
            # What the minute's look finds late for the first time: few at any moment.
            models.Index(
                fields=["due_at"],
                condition=Q(phase="open", told_late=False),
                name="case_late_untold",
            ),
            # Complaints go up while they wait, too.
            models.Index(
                fields=["due_at"],
                condition=Q(phase="waiting", told_late=False),
                name="case_late_waiting",
            ),
            models.Index(fields=["filed_at"], name="case_by_filing"),
            models.Index(fields=["unit", "filed_at"], name="case_by_unit"),
            models.Index(fields=["service", "filed_at"], name="case_by_service"),
            models.Index(fields=["filed_unit", "filed_at"], name="case_by_filed_unit"),
            models.Index(fields=["unit", "ended_at"], name="case_ended_by_unit"),
            models.Index(fields=["service", "ended_at"], name="case_ended_by_service"),
        ]
        ordering = ["-filed_at", "-id"]

    def __str__(self) -> str:
        return self.code


class ApplicantQuerySet(models.QuerySet["Applicant"]):
    """Filters over applicants."""

    def numbered(self, figures: str) -> Self:
        """Whose telephone or number of a person it is; see `CaseQuerySet.filed_under`."""
        phone, identity = Q(phone=figures) & ~Q(phone=""), Q(identity=figures) & ~Q(identity="")
        return self.filter(phone | identity)


class Applicant(models.Model):
    """Who asks, as far as they said: personal, erased by itself, read with the case alone.

    `identity` is a national number or whatever the country asks for. `on_behalf` names the office
    or person for whom they ask. `unit` is the office that asks, where an office does.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    case = models.OneToOneField(Case, on_delete=models.PROTECT, related_name="applicant")
    name = models.CharField(max_length=200, blank=True)
    phone = models.CharField(max_length=40, blank=True)
    email = models.CharField(max_length=254, blank=True)
    identity = models.CharField(max_length=40, blank=True)
    on_behalf = models.CharField(max_length=200, blank=True)
    user = models.ForeignKey(
        "accounts.User", on_delete=models.SET_NULL, null=True, related_name="+"
    )
    unit = models.ForeignKey(
        "directory.Unit", on_delete=models.PROTECT, null=True, related_name="+"
    )
    search = models.TextField(blank=True)
    erased_at = models.DateTimeField(null=True)

    objects = ApplicantQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["identity"], condition=~Q(identity=""), name="applicant_identity"),
            models.Index(fields=["phone"], condition=~Q(phone=""), name="applicant_phone"),
        ]

    def __str__(self) -> str:
        return str(self.case_id)


class CaseAnswers(models.Model):
    """What was answered, as `rules.form` keeps it, and the submission as a form app sent it.

    `instance_id` is OpenRosa's; the same one again adds files to the case, never a case.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    case = models.OneToOneField(Case, on_delete=models.PROTECT, related_name="answers")
    answers = models.JSONField(default=dict)
    instance_id = models.CharField(max_length=100, blank=True)
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["instance_id"], condition=~Q(instance_id=""), name="case_instance_once"
            )
        ]

    def __str__(self) -> str:
        return str(self.case_id)


class CaseFile(models.Model):
    """A paper or picture of a case: an answer (`question` is its path) or brought later.

    `output` marks what the office gives the citizen (the licence itself): they may fetch it.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="files")
    question = models.CharField(max_length=200, blank=True)
    name = models.CharField(max_length=200, verbose_name=_("name"))
    file = models.ForeignKey("kernel.StoredFile", on_delete=models.PROTECT, related_name="+")
    by_applicant = models.BooleanField(default=True)
    output = models.BooleanField(default=False)
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "id"]

    def __str__(self) -> str:
        return self.name


class CaseLink(models.Model):
    """Two cases that belong together: `case` stands in this relation to `other`."""

    class Verb(models.TextChoices):
        """How they belong together."""

        DUPLICATE = "duplicate", pgettext_lazy("case link", "is the same request as")
        FOLLOWS = "follows", pgettext_lazy("case link", "follows from")
        TOGETHER = "together", pgettext_lazy("case link", "belongs together with")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="links")
    other = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="linked_from")
    verb = models.CharField(max_length=9, choices=Verb.choices)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "other"], name="case_link_once"),
            models.CheckConstraint(condition=~Q(case=F("other")), name="case_link_to_another"),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.verb} {self.other_id}"

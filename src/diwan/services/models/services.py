"""Services and their versions.

A `Service` is an identity that lasts; what it is (its form, steps, deadlines, words) is told by its
`ServiceVersion`s, each of which is one workbook. A published version never changes; a case stays on
the version it was filed under.
"""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from diwan.kernel.ids import new_id


class ServiceQuerySet(models.QuerySet["Service"]):
    """Filters over services."""

    def open(self) -> Self:
        """Those that may be asked for now."""
        return self.filter(state=Service.State.OPEN)

    def for_citizens(self) -> Self:
        """Those of the public catalogue."""
        return self.filter(audience=Service.Audience.PUBLIC)


class Service(models.Model):
    """What citizens (or offices) ask for. Names and words are those of the published version.

    `owner` is the unit that answers for the service and writes its workbook. `search` is the search
    key of names, descriptions and everyday words.
    """

    class State(models.TextChoices):
        """Whether it may be asked for."""

        DRAFT = "draft", pgettext_lazy("service", "being prepared")
        OPEN = "open", pgettext_lazy("service", "open")
        CLOSED = "closed", pgettext_lazy("service", "closed to new cases")

    class Kind(models.TextChoices):
        """What its cases are."""

        SERVICE = "service", pgettext_lazy("service", "service")
        COMPLAINT = "complaint", pgettext_lazy("service", "complaint")
        DUTY = "duty", pgettext_lazy("service", "duty of offices")

    class Audience(models.TextChoices):
        """Who may ask for it."""

        PUBLIC = "public", _("everybody")
        STAFF = "staff", _("offices only")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    country = models.CharField(max_length=2)
    code = models.CharField(max_length=40)
    owner = models.ForeignKey(
        "directory.Unit", on_delete=models.PROTECT, related_name="owned_services"
    )
    kind = models.CharField(max_length=9, choices=Kind.choices, default=Kind.SERVICE)
    audience = models.CharField(max_length=6, choices=Audience.choices, default=Audience.PUBLIC)
    state = models.CharField(max_length=6, choices=State.choices, default=State.DRAFT)
    name = models.JSONField()
    summary = models.JSONField(default=dict)
    events = models.JSONField(default=list)
    search = models.TextField(blank=True)
    current = models.ForeignKey(
        "ServiceVersion", on_delete=models.PROTECT, null=True, related_name="+"
    )
    made_at = models.DateTimeField()

    objects = ServiceQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["country", "code"], name="service_code_once"),
            models.CheckConstraint(
                condition=Q(state="draft") | Q(current__isnull=False),
                name="service_open_has_version",
            ),
        ]
        indexes = [models.Index(fields=["state", "audience"], name="service_by_state")]
        ordering = ["code"]

    def __str__(self) -> str:
        return self.code


class ServiceVersion(models.Model):
    """One workbook of a service. `definition` and `form` are read by `rules.definition`.

    `definition` is `Definition.to_json()`, `form` is `Form.to_json()`, `xform` the XForm as pyxform
    made it. `checksum` is the SHA-256 (hex) of the three together: equal content, equal checksum.
    `file` is the workbook as it came; `plain` says that it was an XLSForm with no sheet of ours.
    """

    class State(models.TextChoices):
        """From the upload to the catalogue."""

        DRAFT = "draft", pgettext_lazy("version", "draft")
        PUBLISHED = "published", pgettext_lazy("version", "published")
        RETIRED = "retired", pgettext_lazy("version", "followed by a newer one")
        DISCARDED = "discarded", pgettext_lazy("version", "discarded")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    service = models.ForeignKey(Service, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    state = models.CharField(max_length=9, choices=State.choices, default=State.DRAFT)
    definition = models.JSONField()
    form = models.JSONField()
    xform = models.TextField()
    checksum = models.CharField(max_length=64)
    plain = models.BooleanField(default=False)
    file = models.ForeignKey(
        "kernel.StoredFile", on_delete=models.PROTECT, null=True, related_name="+"
    )
    file_name = models.CharField(max_length=200, blank=True)
    note = models.TextField(blank=True)
    made_at = models.DateTimeField()
    published_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["service", "number"], name="version_number_once"),
            models.UniqueConstraint(
                fields=["service"], condition=Q(state="published"), name="version_published_once"
            ),
            models.UniqueConstraint(
                fields=["service"], condition=Q(state="draft"), name="version_draft_once"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["draft", "discarded"]) | Q(published_at__isnull=False),
                name="version_published_has_instant",
            ),
        ]
        ordering = ["service", "-number"]

    def __str__(self) -> str:
        return f"{self.service_id} {self.number}"


class Offer(models.Model):
    """Where a service is offered: at `unit`, or at all units of `unit_kind` at or below it.

    Written from the published version's definition; a unit founded later below offers it, too.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    service = models.ForeignKey(Service, on_delete=models.PROTECT, related_name="offers")
    unit = models.ForeignKey(
        "directory.Unit", on_delete=models.PROTECT, related_name="service_offers"
    )
    unit_kind = models.CharField(max_length=60, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["service", "unit", "unit_kind"], name="offer_once")
        ]

    def __str__(self) -> str:
        return f"{self.service_id} at {self.unit_id}"

"""The citizen's judgement on a case that ended."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import pgettext_lazy

from diwan.kernel.ids import new_id

from .cases import Case


class RatingLink(models.Model):
    """The one link by which a case may be rated. `key` is the digest of the secret in it.

    `paper_key` is that of the secret on the closing paper, once the office has printed it.
    """

    class Way(models.TextChoices):
        """How the link reached the citizen."""

        SMS = "sms", pgettext_lazy("rating link", "text message")
        EMAIL = "email", pgettext_lazy("rating link", "e-mail")
        PAPER = "paper", pgettext_lazy("rating link", "on paper")
        PAGE = "page", pgettext_lazy("rating link", "on the page of the case")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    case = models.OneToOneField(Case, on_delete=models.PROTECT, related_name="rating_link")
    key = models.CharField(max_length=64, unique=True)
    paper_key = models.CharField(max_length=64, blank=True)
    way = models.CharField(max_length=5, choices=Way.choices)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["paper_key"], condition=~Q(paper_key=""), name="rating_link_paper_once"
            )
        ]

    on_paper = False
    """Of a link that was found by the secret of the printed paper; no column."""

    def __str__(self) -> str:
        return str(self.case_id)


class Rating(models.Model):
    """One judgement a case, never by staff. `stars` 1 (bad) to 5 (good).

    `promise_kept`, `visits` (how often they had to come), `papers_once` (papers were asked for at
    once) are the citizen's own word, whatever the register says. `answers` are the questions that
    the workbook added. `unit` and `service` are the case's, for counting. `on_paper` says that the
    code on the paper was used which the office printed, and held in its hands.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    case = models.OneToOneField(Case, on_delete=models.PROTECT, related_name="rating")
    unit = models.ForeignKey("directory.Unit", on_delete=models.PROTECT, related_name="+")
    service = models.ForeignKey(
        "services.Service", on_delete=models.PROTECT, related_name="ratings"
    )
    stars = models.PositiveSmallIntegerField()
    promise_kept = models.BooleanField(null=True)
    visits = models.PositiveSmallIntegerField(null=True)
    papers_once = models.BooleanField(null=True)
    words = models.TextField(blank=True)
    answers = models.JSONField(default=dict)
    on_paper = models.BooleanField(default=False)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(stars__gte=1, stars__lte=5), name="rating_stars")
        ]
        indexes = [
            models.Index(fields=["unit", "at"], name="rating_by_unit"),
            models.Index(fields=["service", "at"], name="rating_by_service"),
        ]
        ordering = ["-at", "-id"]

    def __str__(self) -> str:
        return f"{self.stars} for {self.case_id}"

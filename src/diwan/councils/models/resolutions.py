"""What a meeting resolved, recommended, tasked or announced."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from diwan.kernel.ids import new_id
from diwan.kernel.policies import Confidentiality

from .bodies import Body, Term
from .meetings import AgendaItem, Meeting


class Resolution(models.Model):
    """A decision of a meeting.

    A draft has no number; at adoption it gets the body's next one: `number` as it is written, and
    its parts `number_year` (of the body's calendar; None where the meeting has no date) and
    `number_n`. `about` and `with` are kernel links. The numbers of the room are frozen at adoption
    and mean what they mean of a `Vote`; where one was taken they are that vote's.
    """

    class Kind(models.TextChoices):
        """What sort of decision."""

        RESOLVED = "resolved", _("resolved")
        RECOMMENDED = "recommended", _("recommended")
        TASKED = "tasked", _("tasked")
        ANNOUNCED = "announced", _("announced")

    class State(models.TextChoices):
        """Before and after the meeting took it."""

        DRAFT = "draft", _("draft")
        ADOPTED = "adopted", _("adopted")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="resolutions")
    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="resolutions")
    item = models.ForeignKey(
        AgendaItem, on_delete=models.SET_NULL, null=True, blank=True, related_name="resolutions"
    )
    key = models.CharField(max_length=64)
    position = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=11, choices=Kind.choices)
    state = models.CharField(max_length=7, choices=State.choices, default=State.ADOPTED)
    text = models.JSONField()
    every = models.CharField(max_length=20, blank=True)
    number = models.CharField(max_length=80, blank=True)
    number_stated = models.BooleanField(default=False)
    number_year = models.IntegerField(null=True, blank=True)
    number_n = models.PositiveIntegerField(null=True, blank=True)
    number_term = models.ForeignKey(Term, on_delete=models.PROTECT, null=True, related_name="+")
    adopted_at = models.DateTimeField(null=True)
    # How the room stood when it was taken; None where nobody had written down who was there.
    seats = models.PositiveSmallIntegerField(null=True)
    present = models.PositiveSmallIntegerField(null=True)
    recused = models.PositiveSmallIntegerField(null=True)
    needed = models.PositiveSmallIntegerField(null=True)
    # The first day on which it binds, where somebody may object until then.
    binding_date = models.DateField(null=True)
    # The posts that may: those of the bylaws as it was adopted, whatever the bylaws say since.
    objectors = models.ManyToManyField("directory.Post", related_name="+")
    confidentiality = models.CharField(max_length=8, choices=Confidentiality.choices)
    named_posts = models.ManyToManyField("directory.Post", related_name="+")
    search = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["meeting", "key"], name="resolution_key_once"),
            models.UniqueConstraint(
                fields=["body", "number"], condition=~Q(number=""), name="resolution_number_once"
            ),
            models.CheckConstraint(
                condition=Q(state="draft") | ~Q(number=""), name="adopted_has_number"
            ),
        ]
        indexes = [
            models.Index(fields=["body", "number_year", "number_n"], name="resolution_by_number")
        ]

    def __str__(self) -> str:
        return self.number or self.key

"""What members propose, what an agenda left aside, and the papers of its items."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from diwan.kernel.ids import new_id

from .bodies import Body
from .meetings import AgendaItem, Meeting


class Proposal(models.Model):
    """What a member wants a body to look at. `seat` is the post or the named seat's lineage."""

    class State(models.TextChoices):
        """From the wish to the agenda."""

        OPEN = "open", pgettext_lazy("proposal", "gathers signatures")
        TAKEN = "taken", pgettext_lazy("proposal", "on an agenda")
        WITHDRAWN = "withdrawn", pgettext_lazy("proposal", "withdrawn")
        DECLINED = "declined", pgettext_lazy("proposal", "declined")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="proposals")
    seat = models.UUIDField()
    post = models.ForeignKey(
        "directory.Post", on_delete=models.PROTECT, null=True, related_name="proposals"
    )
    text = models.JSONField()
    grounds = models.TextField(blank=True)
    state = models.CharField(max_length=9, choices=State.choices, default=State.OPEN)
    made_at = models.DateTimeField()
    item = models.ForeignKey(
        AgendaItem, on_delete=models.SET_NULL, null=True, related_name="proposals"
    )
    answer = models.TextField(blank=True)
    answered_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="declined") | ~Q(answer=""), name="proposal_declined_has_answer"
            )
        ]
        indexes = [models.Index(fields=["body", "state"], name="proposal_by_body")]
        ordering = ["made_at", "id"]

    def __str__(self) -> str:
        return f"{self.seat} to {self.body_id}"


class Endorsement(models.Model):
    """A member's signature under a proposal; the proposer's own is the first."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    proposal = models.ForeignKey(Proposal, on_delete=models.PROTECT, related_name="endorsements")
    seat = models.UUIDField()
    post = models.ForeignKey(
        "directory.Post", on_delete=models.PROTECT, null=True, related_name="+"
    )
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["proposal", "seat"], name="endorsement_once")
        ]
        ordering = ["at", "id"]

    def __str__(self) -> str:
        return f"{self.seat} under {self.proposal_id}"


class AgendaDrop(models.Model):
    """Something that was offered to a meeting and that its secretary left aside, and why."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="drops")
    kind = models.CharField(max_length=60)
    record = models.UUIDField()
    text = models.JSONField()
    reason = models.CharField(max_length=500)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["meeting", "kind", "record"], name="agenda_drop_once"),
            models.CheckConstraint(condition=~Q(reason=""), name="agenda_drop_has_reason"),
        ]
        ordering = ["at", "id"]

    def __str__(self) -> str:
        return f"{self.record} aside of {self.meeting_id}"


class AgendaPaper(models.Model):
    """A paper laid before a meeting with an item; read by who may see the item."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    item = models.ForeignKey(AgendaItem, on_delete=models.PROTECT, related_name="papers")
    name = models.CharField(max_length=200, verbose_name=_("name"))
    file = models.ForeignKey("kernel.StoredFile", on_delete=models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField(default=0)
    at = models.DateTimeField()

    class Meta:
        ordering = ["position", "id"]

    def __str__(self) -> str:
        return self.name

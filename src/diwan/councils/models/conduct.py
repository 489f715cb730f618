"""How a meeting goes: who is in the room, who steps out of an item, and what is voted on.

A *seat* of a meeting is one place at its table: a post of a membership (each post of a pattern has
its own), or a named seat. Who may vote, and by which rule a vote was counted, is written down with
it: a later change of the body's bylaws changes no past result.
"""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from diwan.kernel.ids import new_id

from .bodies import Role
from .bylaws import Majority, MajorityOf
from .meetings import AgendaItem, Meeting
from .resolutions import Resolution


class Attendance(models.Model):
    """A seat at a meeting, or a guest, and how it was filled.

    `seat` is the post's identifier, else the lineage of the membership, so that a seat stands once
    in a meeting; `person` and `name` are who sat there, kept as they were that day. A deputy who
    came for a seat is `deputy_post` or, from outside, `deputy_name`.
    """

    class Status(models.TextChoices):
        """How a seat was filled."""

        EXPECTED = "expected", pgettext_lazy("attendance", "expected")
        PRESENT = "present", pgettext_lazy("attendance", "present")
        DEPUTY = "deputy", pgettext_lazy("attendance", "a deputy came")
        EXCUSED = "excused", pgettext_lazy("attendance", "excused")
        ABSENT = "absent", pgettext_lazy("attendance", "absent")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="attendance")
    seat = models.UUIDField()
    lineage = models.UUIDField(null=True)
    post = models.ForeignKey(
        "directory.Post", on_delete=models.PROTECT, null=True, related_name="attendance"
    )
    person = models.ForeignKey(
        "directory.Person", on_delete=models.PROTECT, null=True, related_name="attendance"
    )
    name = models.JSONField(default=dict)
    role = models.CharField(max_length=9, choices=Role.choices)
    votes = models.BooleanField(default=False)
    status = models.CharField(max_length=8, choices=Status.choices, default=Status.EXPECTED)
    deputy_post = models.ForeignKey(
        "directory.Post", on_delete=models.PROTECT, null=True, related_name="+"
    )
    deputy_name = models.JSONField(null=True)
    note = models.CharField(max_length=300, blank=True)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["meeting", "seat"], name="attendance_seat_once"),
            models.CheckConstraint(
                condition=Q(status="deputy")
                | (Q(deputy_post__isnull=True) & Q(deputy_name__isnull=True)),
                name="attendance_deputy_where_one_came",
            ),
        ]
        indexes = [
            models.Index(fields=["post", "meeting"], name="attendance_by_post"),
        ]
        ordering = ["position", "id"]

    def __str__(self) -> str:
        return f"{self.seat} at {self.meeting_id}: {self.status}"


class Presence(models.Model):
    """From when to when a seat was in the room. Without any, it was there throughout."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    attendance = models.ForeignKey(Attendance, on_delete=models.CASCADE, related_name="presences")
    since_at = models.DateTimeField()
    until_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(until_at__isnull=True) | Q(since_at__lte=F("until_at")),
                name="presence_since_before_until",
            ),
            models.UniqueConstraint(
                fields=["attendance"], condition=Q(until_at__isnull=True), name="presence_one_open"
            ),
        ]
        ordering = ["since_at", "id"]

    def __str__(self) -> str:
        return f"{self.attendance_id} from {self.since_at}"


class Recusal(models.Model):
    """A member with an interest steps out of one item: neither counted nor voting there."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    item = models.ForeignKey(AgendaItem, on_delete=models.PROTECT, related_name="recusals")
    attendance = models.ForeignKey(Attendance, on_delete=models.PROTECT, related_name="recusals")
    reason = models.CharField(max_length=500)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["item", "attendance"], name="recusal_once"),
            models.CheckConstraint(condition=~Q(reason=""), name="recusal_has_reason"),
        ]
        ordering = ["at", "id"]

    def __str__(self) -> str:
        return f"{self.attendance_id} out of {self.item_id}"


class Vote(models.Model):
    """A question put to the meeting. What it was counted by is frozen when it closes.

    `seats` are those that vote at all, `present` those of them in the room when it closed (the
    recused are not among them), `recused` those who had stepped out, `needed` the quorum,
    `threshold` the votes in favour that carry it.
    """

    class Method(models.TextChoices):
        """How it is taken."""

        ROLL_CALL = "roll_call", _("roll call")
        SECRET = "secret", _("secret ballot")
        SHOW_OF_HANDS = "show_of_hands", _("show of hands")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="votes")
    item = models.ForeignKey(AgendaItem, on_delete=models.PROTECT, null=True, related_name="votes")
    resolution = models.ForeignKey(
        Resolution, on_delete=models.PROTECT, null=True, related_name="votes"
    )
    question = models.JSONField()
    method = models.CharField(max_length=13, choices=Method.choices)
    majority = models.CharField(max_length=10, choices=Majority.choices)
    majority_of = models.CharField(max_length=7, choices=MajorityOf.choices)
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    seats = models.PositiveSmallIntegerField(default=0)
    present = models.PositiveSmallIntegerField(default=0)
    recused = models.PositiveSmallIntegerField(default=0)
    needed = models.PositiveSmallIntegerField(default=0)
    threshold = models.PositiveSmallIntegerField(default=0)
    in_favour = models.PositiveSmallIntegerField(default=0)
    against = models.PositiveSmallIntegerField(default=0)
    abstained = models.PositiveSmallIntegerField(default=0)
    carried = models.BooleanField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["meeting"], condition=Q(closed_at__isnull=True), name="vote_one_open"
            ),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True, carried__isnull=True)
                | Q(closed_at__isnull=False, carried__isnull=False),
                name="vote_closed_has_result",
            ),
            models.CheckConstraint(
                condition=Q(present__gte=F("in_favour") + F("against") + F("abstained")),
                name="vote_no_more_than_present",
            ),
        ]
        ordering = ["opened_at", "id"]

    def __str__(self) -> str:
        return f"{self.method} in {self.meeting_id}"


class Ballot(models.Model):
    """What one seat said in a roll call."""

    class Choice(models.TextChoices):
        """What is said."""

        FOR = "for", pgettext_lazy("vote", "for")
        AGAINST = "against", pgettext_lazy("vote", "against")
        ABSTAIN = "abstain", pgettext_lazy("vote", "abstains")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    vote = models.ForeignKey(Vote, on_delete=models.PROTECT, related_name="ballots")
    attendance = models.ForeignKey(Attendance, on_delete=models.PROTECT, related_name="ballots")
    choice = models.CharField(max_length=7, choices=Choice.choices)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["vote", "attendance"], name="ballot_once")]

    def __str__(self) -> str:
        return f"{self.attendance_id}: {self.choice}"


class Dissent(models.Model):
    """What a member who was outvoted wishes to have in the minutes."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    resolution = models.ForeignKey(Resolution, on_delete=models.PROTECT, related_name="dissents")
    attendance = models.ForeignKey(Attendance, on_delete=models.PROTECT, related_name="dissents")
    text = models.TextField()
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["resolution", "attendance"], name="dissent_once"),
            models.CheckConstraint(condition=~Q(text=""), name="dissent_has_text"),
        ]
        ordering = ["at", "id"]

    def __str__(self) -> str:
        return f"{self.attendance_id} on {self.resolution_id}"

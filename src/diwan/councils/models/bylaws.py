"""The rules by which a body meets, decides, and sees its decisions through."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from diwan.kernel.ids import new_id

from .bodies import Body


class Quorum(models.TextChoices):
    """How many of the seats that vote must be in the room."""

    MAJORITY = "majority", _("more than half of the seats that vote")
    TWO_THIRDS = "two_thirds", _("two thirds of the seats that vote")
    NUMBER = "number", _("a number of seats")
    NONE = "none", _("no quorum is demanded")


class Majority(models.TextChoices):
    """How many votes carry a question."""

    SIMPLE = "simple", _("more for than against")
    ABSOLUTE = "absolute", _("more than half")
    TWO_THIRDS = "two_thirds", _("two thirds")


class MajorityOf(models.TextChoices):
    """Of whom an absolute majority or two thirds are counted."""

    PRESENT = "present", _("those present")
    SEATS = "seats", _("all seats that vote")


class Signers(models.TextChoices):
    """Who signs a body's minutes."""

    CHAIR_SECRETARY = "chair_secretary", _("the chair and the secretary")
    MEMBERS_PRESENT = "members_present", _("every member who was present")


class Bylaws(models.Model):
    """A body's own rules. A body without a row goes by the defaults, and asks for less.

    `signatures` is how many members must stand behind a proposal (its proposer is one of them).
    A resolution binds `objection_days` calendar days after its adoption unless one of `objectors`
    objects; 0 where nobody may. Both are frozen in the resolution at adoption. An action goes up
    one level after `escalate_after` working days of lateness, and another after as many more, at
    most `escalate_levels`; 0 where none does.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    body = models.OneToOneField(Body, on_delete=models.PROTECT, related_name="bylaws")
    quorum = models.CharField(max_length=10, choices=Quorum.choices, default=Quorum.MAJORITY)
    quorum_number = models.PositiveSmallIntegerField(null=True, blank=True)
    majority = models.CharField(max_length=10, choices=Majority.choices, default=Majority.SIMPLE)
    majority_of = models.CharField(
        max_length=7, choices=MajorityOf.choices, default=MajorityOf.PRESENT
    )
    vote_needed = models.BooleanField(default=False)
    deputies_vote = models.BooleanField(default=True)
    signatures = models.PositiveSmallIntegerField(default=1)
    objection_days = models.PositiveSmallIntegerField(default=0)
    objectors = models.ManyToManyField("directory.Post", related_name="+")
    escalate_after = models.PositiveSmallIntegerField(default=0)
    escalate_levels = models.PositiveSmallIntegerField(default=1)
    signers = models.CharField(
        max_length=15, choices=Signers.choices, default=Signers.CHAIR_SECRETARY
    )
    # The names of the members stand in the open data; without it only their posts do.
    members_public = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(quorum="number") | Q(quorum_number__gte=1),
                name="bylaws_number_for_quorum",
            ),
            models.CheckConstraint(condition=Q(signatures__gte=1), name="bylaws_one_signature"),
        ]

    def __str__(self) -> str:
        return f"bylaws of {self.body_id}"

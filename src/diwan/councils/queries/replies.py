"""What the invited answered, and whether there will be enough of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import OuterRef, Subquery

from diwan.councils.models import Meeting, Reply
from diwan.councils.rules.quorum import needed

from .attendance import SeatDraft, seats_for
from .bylaws import bylaws_of


@dataclass(frozen=True)
class Expected:
    """Who will be there as far as anybody said; numbers are of the seats that vote.

    `answers` is by seat. `missing` is how many more must come for the quorum, 0 where enough said
    so; a deputy counts where the body lets deputies vote.
    """

    seats: Sequence[SeatDraft]
    answers: Mapping[UUID, Reply]
    come: int
    decline: int
    silent: int
    needed: int

    @property
    def missing(self) -> int:
        """How many more must come so that the meeting can decide."""
        return max(0, self.needed - self.come)


def announced() -> Subquery:
    """For rows of attendance: whom a seat sends in its place, as it answered beforehand."""
    answers = Reply.objects.filter(
        meeting=OuterRef("meeting"), seat=OuterRef("seat"), answer=Reply.Answer.DEPUTY
    )
    return Subquery(answers.values("deputy")[:1])


def expected(meeting: Meeting) -> Expected:
    """The answers to a meeting's invitations; `meeting` with its body and unit."""
    seats = seats_for(meeting)
    answers = {one.seat: one for one in Reply.objects.filter(meeting=meeting)}
    rules = bylaws_of(meeting.body)
    voting = [draft for draft in seats if draft.votes]
    said = [answers[draft.seat].answer for draft in voting if draft.seat in answers]
    coming = {Reply.Answer.YES, *([Reply.Answer.DEPUTY] if rules.deputies_vote else [])}
    come = sum(answer in coming for answer in said)
    return Expected(
        seats=seats,
        answers=answers,
        come=come,
        decline=len(said) - come,
        silent=len(voting) - len(said),
        needed=needed(len(voting), rules.quorum, rules.quorum_number),
    )

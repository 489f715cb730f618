"""Votes: a question put to the meeting, what each seat said or a count, and what came of it.

One vote at a time. What a vote was counted by (seats, present, recused, quorum, the votes that
carry) is written down when it closes: bylaws that change later change no past result.
"""

from __future__ import annotations

from collections import Counter as Tally
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypedDict
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from diwan.councils.constants import RESOLUTION
from diwan.councils.models import AgendaItem, Attendance, Ballot, Meeting, Resolution, Vote
from diwan.councils.models.bylaws import Majority, MajorityOf
from diwan.councils.queries.attendance import Room, room_of
from diwan.councils.rules.majority import is_as_strict, threshold
from diwan.councils.rules.quorum import Standing
from diwan.kernel import audit
from diwan.kernel.errors import NotFound, Refused
from diwan.kernel.exchange import Ref
from diwan.kernel.policies import Actor, Through
from diwan.kernel.text import clean
from diwan.ui.show import show_number

from .fields import Text
from .room import (
    by_seat,
    no_quorum,
    require_in_session,
    require_no_open_vote,
    seat_name,
    take_meeting,
    tell,
)
from .writing import checked_choice, checked_text

TAKEN_BACK = ""
"""The choice that takes a ballot back while the vote is open."""


class VoteFields(TypedDict, total=False):
    """A question; that of a resolution (or of an item) may be left to its text.

    `majority` and `majority_of` are the body's where they are not given; a resolution is put to the
    vote by the body's rule or a stricter one.
    """

    question: Text
    method: str
    item_id: UUID | None
    resolution_id: UUID | None
    majority: str
    majority_of: str


@dataclass(frozen=True)
class Count:
    """What was counted where nobody is named: a secret ballot, or a show of hands."""

    in_favour: int
    against: int
    abstained: int = 0

    @property
    def whole(self) -> int:
        """How many votes were given."""
        return self.in_favour + self.against + self.abstained


@transaction.atomic
def open_vote(actor: Actor, meeting: Meeting, fields: VoteFields) -> Vote:
    """Put a question to the meeting. Needs `method`, and a question, a resolution or an item.

    Refused without quorum, and while another vote is open. Raises NotFound, Forbidden, Refused.
    """
    meeting, through = take_meeting(actor, meeting.pk)
    require_in_session(meeting)
    require_no_open_vote(meeting)
    room = room_of(meeting)
    resolution = _resolution(meeting, fields.get("resolution_id"))
    item = _item(meeting, _item_of(fields.get("item_id"), resolution))
    _require_quorum(room.standing(item.pk if item else None, actor.at))
    vote = Vote(
        meeting=meeting,
        item=item,
        resolution=resolution,
        question=_question(fields, resolution, item),
        method=checked_choice(fields.get("method", ""), Vote.Method.values, "method"),
        majority=_rule(fields.get("majority"), room.rules.majority, Majority.values, "majority"),
        majority_of=_rule(
            fields.get("majority_of"), room.rules.majority_of, MajorityOf.values, "majority_of"
        ),
        opened_at=actor.at,
    )
    _require_no_easier(vote, room)
    vote.save(force_insert=True)
    _take_under(actor, resolution, item, through)
    changes = {"question": [None, vote.question], "method": [None, vote.method]}
    tell(actor, "open_vote", meeting, through=through, changes=changes)
    return vote


@transaction.atomic
def cast(actor: Actor, vote: Vote, choices: Mapping[UUID, str]) -> list[Ballot]:
    """Write down what seats say in a roll call, by identifier of their attendance.

    The same again changes nothing; another word needs the first to be taken back (`TAKEN_BACK`).
    Refused for who is absent, recused or has no vote, and then nobody's is written. Raises
    NotFound, Forbidden, Refused.
    """
    meeting, through = take_meeting(actor, vote.meeting_id)
    vote = _open_vote(meeting, vote)
    if vote.method != Vote.Method.ROLL_CALL:
        raise Refused(_("Nobody is named in this vote. Enter what was counted."))
    rows = Attendance.objects.filter(meeting=meeting).in_bulk(list(choices))
    if len(rows) != len(choices):
        raise NotFound
    for choice in set(choices.values()) - {TAKEN_BACK}:
        checked_choice(choice, Ballot.Choice.values, "choice")
    room = room_of(meeting)
    entitled = {row.pk for row in room.entitled(vote.item_id, actor.at)}
    before = {one.attendance_id: one for one in Ballot.objects.filter(vote=vote)}
    new = {pk: said for pk, said in choices.items() if said != _choice(before.get(pk))}
    for pk, choice in new.items():
        rows[pk].meeting = meeting
        if choice != TAKEN_BACK:
            _require_one_ballot(rows[pk], before.get(pk))
            if pk not in entitled:
                raise Refused(_why_not(vote, rows[pk], room), field=str(pk))
    Ballot.objects.filter(vote=vote, attendance__in=new).delete()
    ballots = [
        Ballot(vote=vote, attendance_id=pk, choice=choice)
        for pk, choice in new.items()
        if choice != TAKEN_BACK
    ]
    Ballot.objects.bulk_create(ballots)
    if new:
        # Not what they said: a roll call that is broken off leaves no trace of it.
        changes = by_seat((_called(choice), rows[pk]) for pk, choice in new.items())
        tell(actor, "cast", meeting, through=through, changes=changes)
    return ballots


@transaction.atomic
def recast(actor: Actor, vote: Vote, seat_id: UUID, choice: str) -> list[Ballot]:
    """Write down another word of a seat: the first is taken back and this written, or neither."""
    cast(actor, vote, {seat_id: TAKEN_BACK})
    return cast(actor, vote, {seat_id: choice})


@transaction.atomic
def close_vote(actor: Actor, vote: Vote, count: Count | None = None) -> Vote:
    """Count a vote and say whether it carried; `count` where nobody is named.

    Who voted and left the room is counted as present. Raises NotFound, Forbidden, Refused.
    """
    meeting, through = take_meeting(actor, vote.meeting_id)
    vote = _open_vote(meeting, vote)
    room = room_of(meeting)
    ballots = list(Ballot.objects.filter(vote=vote).select_related("attendance"))
    standing = _with_voters(room.standing(vote.item_id, actor.at), room, vote, actor, ballots)
    counted = _counted(vote, ballots, count, standing)
    _require_quorum(standing)
    _freeze(vote, standing, counted)
    vote.closed_at = actor.at
    vote.save()
    changes: dict[str, Any] = {"question": [None, vote.question]}
    changes |= {
        name: [None, getattr(vote, name)]
        for name in ("in_favour", "against", "abstained", "threshold", "present", "carried")
    }
    changes |= by_seat((f"voted_{one.choice}", one.attendance) for one in ballots)
    tell(actor, "close_vote", meeting, through=through, changes=changes)
    return vote


@transaction.atomic
def cancel_vote(actor: Actor, vote: Vote) -> None:
    """Break an open vote off: what was said in it goes. Raises NotFound, Forbidden, Refused."""
    meeting, through = take_meeting(actor, vote.meeting_id)
    vote = _open_vote(meeting, vote)
    Ballot.objects.filter(vote=vote).delete()
    question = vote.question
    vote.delete()
    tell(actor, "cancel_vote", meeting, through=through, changes={"question": [question, None]})


def _open_vote(meeting: Meeting, vote: Vote) -> Vote:
    """The vote as it stands under the meeting's lock. Raises NotFound, Refused once it is over."""
    require_in_session(meeting)
    row = Vote.objects.filter(meeting=meeting, pk=vote.pk).first()
    if row is None:
        raise NotFound
    if row.closed_at is not None:
        raise Refused(_("This vote has been counted, and its result stands."))
    return row


def _resolution(meeting: Meeting, id_: UUID | None) -> Resolution | None:
    if id_ is None:
        return None
    row = Resolution.objects.filter(meeting=meeting, pk=id_).first()
    if row is None:
        raise Refused(_("This belongs to another meeting. Choose again."), field="resolution")
    if row.state == Resolution.State.ADOPTED:
        raise Refused(
            _("This resolution has been adopted. Draft a new one to change it."),
            field="resolution",
        )
    return row


def _item(meeting: Meeting, id_: UUID | None) -> AgendaItem | None:
    if id_ is None:
        return None
    row = AgendaItem.objects.filter(meeting=meeting, pk=id_).first()
    if row is None:
        raise Refused(_("This belongs to another meeting. Choose again."), field="item")
    return row


def _item_of(given: UUID | None, resolution: Resolution | None) -> UUID | None:
    """Under which item it is voted on: a draft of an item under that one alone.

    Who stepped out of it would vote on it under another.
    """
    own = resolution.item_id if resolution else None
    if own and given not in (None, own):
        raise Refused(
            _("This draft belongs to another item. Take that item up first."), field="resolution"
        )
    return given or own


def _take_under(
    actor: Actor, resolution: Resolution | None, item: AgendaItem | None, through: Through
) -> None:
    """A draft of no item belongs from now on to the one under which it is voted on."""
    if resolution is None or item is None or resolution.item_id is not None:
        return
    resolution.item = item
    resolution.save(update_fields=["item"])
    ref = Ref(RESOLUTION, resolution.pk)
    audit.record(actor, "change", ref, changes={"item": [None, item.text]}, through=through)


def _question(fields: VoteFields, resolution: Resolution | None, item: AgendaItem | None) -> Text:
    """What is asked: as it was written, else the resolution's text, else the item's."""
    given = fields.get("question") or {}
    if any(clean(text) for text in given.values()):
        return checked_text(given, "question")
    subject = resolution or item
    return checked_text(dict(subject.text) if subject else {}, "question")


def _rule(given: str | None, own: str, choices: list[str], field: str) -> str:
    return checked_choice(given or own, choices, field)


def _require_no_easier(vote: Vote, room: Room) -> None:
    """Raise Refused where a resolution would carry with less than the body demands."""
    rules = room.rules
    if vote.resolution_id is None or is_as_strict(
        (vote.majority, vote.majority_of), (rules.majority, rules.majority_of)
    ):
        return
    raise Refused(
        _(
            "This is easier than the rules of the body demand of a resolution. Choose their "
            "majority, or a stricter one."
        ),
        field="majority",
    )


def _require_quorum(standing: Standing) -> None:
    if not standing.met:
        raise Refused(
            _("%(why)s Nothing can be decided before more seats are in the room.")
            % {"why": no_quorum(standing)}
        )


def _choice(ballot: Ballot | None) -> str:
    return ballot.choice if ballot else TAKEN_BACK


def _called(choice: str) -> str:
    return "voted_back" if choice == TAKEN_BACK else "called"


def _require_one_ballot(row: Attendance, before: Ballot | None) -> None:
    if before is not None:
        raise Refused(
            _("%(name)s has already voted: %(choice)s. Take that vote back first.")
            % {"name": seat_name(row), "choice": Ballot.Choice(before.choice).label},
            field=str(row.pk),
        )


def _why_not(vote: Vote, row: Attendance, room: Room) -> str:
    """Why somebody has no vote here."""
    name = {"name": seat_name(row)}
    if not row.votes:
        return _("%(name)s has no vote in this body: their word is heard, not counted.") % name
    if vote.item_id and row.pk in room.recusals.get(vote.item_id, ()):
        return _("%(name)s has stepped out of this item and does not vote on it.") % name
    if row.status == Attendance.Status.DEPUTY and not room.rules.deputies_vote:
        return _("A deputy came for %(name)s, and deputies do not vote in this body.") % name
    return _("%(name)s is not in the room and cannot vote. Mark who is present first.") % name


def _with_voters(
    standing: Standing, room: Room, vote: Vote, actor: Actor, ballots: list[Ballot]
) -> Standing:
    """The room as it stands, with those who voted and have left it since."""
    there = {row.pk for row in room.entitled(vote.item_id, actor.at)}
    gone = {ballot.attendance_id for ballot in ballots} - there
    return Standing(
        seats=standing.seats,
        present=standing.present + len(gone),
        recused=standing.recused,
        needed=standing.needed,
    )


def _counted(vote: Vote, ballots: list[Ballot], count: Count | None, standing: Standing) -> Count:
    if vote.method == Vote.Method.ROLL_CALL:
        by = Tally(ballot.choice for ballot in ballots)
        choice = Ballot.Choice
        return Count(by[choice.FOR], by[choice.AGAINST], by[choice.ABSTAIN])
    if count is None or min(count.in_favour, count.against, count.abstained) < 0:
        raise Refused(_("Enter how many were for, against, and abstained."), field="in_favour")
    if count.whole > standing.present:
        raise Refused(
            _(
                "%(counted)s votes were counted, but only %(present)s of those in the room may "
                "vote. Count again."
            )
            % {"counted": show_number(count.whole), "present": show_number(standing.present)},
            field="in_favour",
        )
    return count


def _freeze(vote: Vote, standing: Standing, counted: Count) -> None:
    """Write down the result with everything that it was counted by."""
    vote.seats, vote.present = standing.seats, standing.present
    vote.recused, vote.needed = standing.recused, standing.needed
    vote.in_favour, vote.against = counted.in_favour, counted.against
    vote.abstained = counted.abstained
    vote.threshold = threshold(
        vote.majority,
        vote.majority_of,
        present=standing.present,
        seats=standing.deciding,
        in_favour=counted.in_favour,
        against=counted.against,
    )
    vote.carried = counted.in_favour >= vote.threshold

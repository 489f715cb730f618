"""One item after another: which is under discussion, and who steps out of it."""

from __future__ import annotations

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from diwan.councils.models import AgendaItem, Attendance, Meeting, Recusal, Vote
from diwan.kernel.errors import NotFound, Refused
from diwan.kernel.policies import Actor

from .room import (
    about_person,
    about_seat,
    require_in_session,
    require_no_open_vote,
    require_same_meeting,
    seat_name,
    take_meeting,
    tell,
)
from .writing import checked_reason


@transaction.atomic
def open_item(actor: Actor, item: AgendaItem) -> AgendaItem:
    """Begin with an item, or take it up again; the one before ends. Nothing where it is open.

    Raises NotFound, Forbidden, Refused.
    """
    meeting, through = take_meeting(actor, item.meeting_id)
    _require_live(meeting)
    require_no_open_vote(meeting)
    item = _locked(meeting, item)
    if item.opened_at is not None and item.closed_at is None:
        return item
    running = AgendaItem.objects.filter(
        meeting=meeting, opened_at__isnull=False, closed_at__isnull=True
    )
    running.update(closed_at=actor.at)
    item.opened_at = item.opened_at or actor.at
    item.closed_at = None
    item.save(update_fields=["opened_at", "closed_at"])
    tell(actor, "open_item", meeting, through=through, changes={"text": [None, item.text]})
    return item


@transaction.atomic
def close_item(actor: Actor, item: AgendaItem) -> AgendaItem:
    """End the discussion of an item. Nothing where it has ended. Raises Refused in a vote on it."""
    meeting, through = take_meeting(actor, item.meeting_id)
    _require_live(meeting)
    item = _locked(meeting, item)
    if item.opened_at is None:
        raise Refused(_("This item has not been begun yet."))
    if item.closed_at is not None:
        return item
    require_no_open_vote(meeting)
    item.closed_at = actor.at
    item.save(update_fields=["closed_at"])
    tell(actor, "close_item", meeting, through=through, changes={"text": [None, item.text]})
    return item


@transaction.atomic
def recuse(actor: Actor, item: AgendaItem, attendance: Attendance, *, reason: str) -> Recusal:
    """Somebody with an interest steps out of an item: neither counted nor voting there.

    Also said ahead of the meeting. Refused without a reason, and after they voted on it. Raises
    NotFound, Forbidden, Refused.
    """
    meeting, through = take_meeting(actor, item.meeting_id)
    _require_recusable(meeting)
    item = _locked(meeting, item)
    require_same_meeting(meeting, attendance)
    attendance.meeting = meeting
    why = checked_reason(reason)[:500]
    _require_undecided(item, attendance)
    try:
        with transaction.atomic():
            recusal = Recusal.objects.create(
                item=item, attendance=attendance, reason=why, at=actor.at
            )
    except IntegrityError as error:
        raise Refused(
            _("%(name)s has already stepped out of this item.") % {"name": seat_name(attendance)}
        ) from error
    tell(
        actor,
        "recuse",
        meeting,
        through=through,
        changes={"text": [None, item.text], **about_seat(attendance)},
        personal={"recusal": [None, why], **about_person(attendance)},
    )
    return recusal


@transaction.atomic
def take_back_recusal(actor: Actor, recusal: Recusal) -> None:
    """Somebody did not step out after all; not once the item was voted on."""
    meeting, through = take_meeting(actor, recusal.item.meeting_id)
    _require_recusable(meeting)
    row = Recusal.objects.select_related("item", "attendance").filter(pk=recusal.pk).first()
    if row is None:
        raise NotFound
    row.attendance.meeting = meeting
    _require_undecided(row.item, row.attendance)
    changes = {"text": [None, row.item.text], **about_seat(row.attendance)}
    personal = {"recusal": [row.reason, None], **about_person(row.attendance)}
    row.delete()
    tell(
        actor, "take_back_recusal", meeting, through=through, changes=changes, personal=personal
    )  # fmt: skip


def _require_live(meeting: Meeting) -> None:
    """Items begin and end in the room alone; what stands on paper knows no minute of them."""
    require_in_session(meeting)
    if meeting.opened_at is None:
        raise Refused(_("Items begin and end while a meeting is open in the room."))


def _require_recusable(meeting: Meeting) -> None:
    """Before the meeting, in it, and while one is recorded from paper."""
    ahead = meeting.state == Meeting.State.PLANNED and meeting.opened_at is None
    if not ahead:
        require_in_session(meeting)


def _require_undecided(item: AgendaItem, attendance: Attendance) -> None:
    """What was voted on keeps who was out of it then."""
    votes = Vote.objects.filter(item=item)
    if votes.filter(ballots__attendance=attendance).exists():
        raise Refused(
            _("%(name)s has already voted on this item. A recusal comes before the vote.")
            % {"name": seat_name(attendance)}
        )
    if votes.exists():
        raise Refused(
            _("This item has been put to the vote. Who stepped out is settled before it.")
        )


def _locked(meeting: Meeting, item: AgendaItem) -> AgendaItem:
    found = AgendaItem.objects.filter(meeting=meeting, pk=item.pk).first()
    if found is None:
        raise NotFound
    found.meeting = meeting
    return found

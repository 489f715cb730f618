"""What the buttons and small forms of the room's page do; each gives the place to come back to.

A button carries what its row showed (`was`): whoever presses it on a second tablet after somebody
else has said otherwise is told so, and presses again if they mean it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import UUID

from django.db import models
from django.http import QueryDict
from django.utils.translation import gettext as _

from diwan.councils.actions import attending, items, voting
from diwan.councils.actions.dissents import note_dissent
from diwan.councils.actions.resolutions import adopt_resolution, draft_resolution
from diwan.councils.models import AgendaItem, Attendance, Recusal, Resolution, Vote
from diwan.councils.queries.room import Session
from diwan.kernel.errors import NotFound, Refused
from diwan.kernel.policies import Actor

from .room_item import Forms
from .shared import identifier

M = TypeVar("M", bound=models.Model)
Status = Attendance.Status
ITEM, SEATS, VOTE, AGENDA = "item", "seats", "vote", "agenda"


@dataclass(frozen=True)
class Sent:
    """What was sent from the page, and the page as it stood just before."""

    actor: Actor
    session: Session
    forms: Forms
    data: QueryDict

    def row(self, rows: Mapping[UUID, M], name: str = "of") -> M:
        """The record of this meeting that was meant. Raises NotFound."""
        pk = identifier(self.data.get(name))
        if pk is None or pk not in rows:
            raise NotFound
        return rows[pk]

    def seat(self) -> Attendance:
        """The seat that was meant."""
        return self.row({row.pk: row for row in self.session.room.rows})

    def item(self) -> AgendaItem:
        """The agenda item that was meant."""
        return self.row({row.pk: row for row in self.session.items})

    def vote(self) -> Vote:
        """The vote that was meant."""
        return self.row({one.vote.pk: one.vote for one in self.session.votes}, "vote")

    def said(self, vote: Vote, seat: Attendance) -> str:
        """What a seat said in a vote before; nothing where it has not been called."""
        open_ = self.session.vote
        return open_.said.get(seat.pk, "") if open_ and open_.vote.pk == vote.pk else ""

    def resolution(self) -> Resolution:
        """The resolution that was meant."""
        return self.row({row.pk: row for row in self.session.resolutions})


Step = Callable[[Sent], str | None]
"""Gives the place on the page, None where its form was filled wrongly."""


def begin(sent: Sent) -> str:
    """Write the seats down that ought to be there."""
    attending.take_attendance(sent.actor, sent.session.meeting)
    return SEATS


def open_(sent: Sent) -> str:
    """Open the meeting."""
    attending.open_meeting(sent.actor, sent.session.meeting)
    return "room"


def close(sent: Sent) -> str:
    """Close the meeting."""
    attending.close_meeting(sent.actor, sent.session.meeting)
    return "room"


def mark(sent: Sent) -> str:
    """Say how a seat was filled; on a second tablet only on top of what was seen."""
    row, status = sent.seat(), sent.data.get("status", "")
    _require_as_seen(row, sent.data.get("was", row.status), status, sent)
    attending.mark(sent.actor, row, status, note=row.note)
    return f"seat-{row.pk}"


def _require_as_seen(row: Attendance, was: str, status: str, sent: Sent) -> None:
    if row.status in (was, status):
        return
    raise Refused(
        _("Meanwhile somebody wrote of %(name)s: %(status)s. Press again if it is otherwise.")
        % {"name": sent.forms.names.who(row), "status": Status(row.status).label}
    )


def everybody(sent: Sent) -> str:
    """Say that everybody came of whom nothing was said yet."""
    waiting = [row for row in sent.session.room.rows if row.status == Status.EXPECTED]
    statuses = {row.pk: Status.PRESENT.value for row in waiting}
    attending.mark_many(sent.actor, sent.session.meeting, statuses)
    return SEATS


def leave(sent: Sent) -> str:
    """Somebody goes out."""
    row = sent.seat()
    attending.leave(sent.actor, row)
    return f"seat-{row.pk}"


def come(sent: Sent) -> str:
    """Somebody comes in."""
    row = sent.seat()
    attending.come_back(sent.actor, row)
    return f"seat-{row.pk}"


def guest(sent: Sent) -> str | None:
    """Write a guest down."""
    form = sent.forms.guest()
    if not form.is_valid():
        return None
    row = attending.add_guest(sent.actor, sent.session.meeting, form.named())
    return f"seat-{row.pk}"


def no_guest(sent: Sent) -> str:
    """Take a guest out again."""
    attending.remove_guest(sent.actor, sent.seat())
    return SEATS


def item(sent: Sent) -> str:
    """Take an item up; the one before ends."""
    items.open_item(sent.actor, sent.item())
    return ITEM


def end_item(sent: Sent) -> str:
    """End the item under discussion."""
    items.close_item(sent.actor, sent.item())
    return AGENDA


def recuse(sent: Sent) -> str | None:
    """Somebody steps out of the item."""
    row = sent.item()
    form = sent.forms.recuse(row.pk)
    if not form.is_valid():
        return None
    seats = {str(seat.pk): seat for seat in sent.session.room.rows}
    seat = seats[form.cleaned_data["seat"]]
    items.recuse(sent.actor, row, seat, reason=form.cleaned_data["reason"])
    return ITEM


def unrecuse(sent: Sent) -> str:
    """Somebody did not step out."""
    recusals: dict[UUID, Recusal] = {row.pk: row for row in sent.session.recusals}
    items.take_back_recusal(sent.actor, sent.row(recusals))
    return ITEM


def draft(sent: Sent) -> str | None:
    """Write down what is about to be decided."""
    here = sent.item() if sent.data.get("of") else None
    form = sent.forms.decision(here.pk if here else None)
    if not form.is_valid():
        return None
    fields = form.asked()
    if here is not None:
        fields["item_id"] = here.pk
    made = draft_resolution(sent.actor, sent.session.meeting, fields)
    return f"decision-{made.pk}"


def vote(sent: Sent) -> str | None:
    """Put a draft, or a question on the item, to the vote."""
    drafts = {row.pk: row for row in sent.session.resolutions}
    target = identifier(sent.data.get("of"))
    draft_ = drafts.get(target) if target else None
    form = sent.forms.vote(target, draft_)
    if not form.is_valid():
        return None
    fields = form.asked()
    here = sent.session.item
    fields["item_id"] = here.pk if here else None
    voting.open_vote(sent.actor, sent.session.meeting, fields)
    return VOTE


def cast(sent: Sent) -> str:
    """Write down what a seat says; on a second tablet only on top of what was seen."""
    row, seat, said = sent.vote(), sent.seat(), sent.data.get("choice", "")
    before, was = sent.said(row, seat), sent.data.get("was", "")
    if before == was and said not in (before, voting.TAKEN_BACK) and before:
        voting.recast(sent.actor, row, seat.pk, said)
    else:
        voting.cast(sent.actor, row, {seat.pk: said})
    return f"caller-{seat.pk}"


def count(sent: Sent) -> str | None:
    """Close the vote: by the names that were called, or by what was counted."""
    row = sent.vote()
    if row.method == Vote.Method.ROLL_CALL:
        voting.close_vote(sent.actor, row, None)
        return ITEM
    form = sent.forms.count(row)
    if not form.is_valid():
        return None
    voting.close_vote(sent.actor, row, form.count())
    return ITEM


def no_vote(sent: Sent) -> str:
    """Break the vote off."""
    voting.cancel_vote(sent.actor, sent.vote())
    return ITEM


def adopt(sent: Sent) -> str:
    """Adopt a draft: it gets its number."""
    row = adopt_resolution(sent.actor, sent.resolution())
    return f"decision-{row.pk}"


def dissent(sent: Sent) -> str | None:
    """Keep a note of who was outvoted."""
    row = sent.resolution()
    form = sent.forms.dissent(row)
    if not form.is_valid():
        return None
    seats: dict[str, Any] = {str(seat.pk): seat for seat in sent.session.room.rows}
    seat = seats[form.cleaned_data["seat"]]
    note_dissent(sent.actor, row, seat, form.cleaned_data["text"])
    return f"decision-{row.pk}"


STEPS: Mapping[str, Step] = {
    "begin": begin,
    "open": open_,
    "close": close,
    "mark": mark,
    "everybody": everybody,
    "leave": leave,
    "come": come,
    "guest": guest,
    "no-guest": no_guest,
    "item": item,
    "end-item": end_item,
    "recuse": recuse,
    "unrecuse": unrecuse,
    "draft": draft,
    "vote": vote,
    "cast": cast,
    "count": count,
    "no-vote": no_vote,
    "adopt": adopt,
    "dissent": dissent,
}

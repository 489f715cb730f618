"""The item under discussion on the room's page: who stepped out, drafts, votes, dissents."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar, cast
from uuid import UUID

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from diwan.councils.forms.room import (
    CountForm,
    DecisionForm,
    DissentForm,
    GuestForm,
    RecuseForm,
    VoteForm,
)
from diwan.councils.models import Attendance, Ballot, Dissent, Resolution, Vote
from diwan.councils.queries.attendance import CAME
from diwan.councils.queries.room import Session
from diwan.ui.show import show_number

from .conduct_facts import Names, VoteRow, majority_words, vote_rows
from .room_facts import Pick, seat_choices

F = TypeVar("F", bound=forms.Form)
CHOICES = (
    (Ballot.Choice.FOR, "thumbs-up"),
    (Ballot.Choice.AGAINST, "thumbs-down"),
    (Ballot.Choice.ABSTAIN, "minus"),
)


@dataclass(frozen=True)
class Forms:
    """The small forms of the page. The one that was sent and refused keeps what was typed.

    `step` and `target` say which it was; `data` is what was sent.
    """

    session: Session
    names: Names
    step: str = ""
    target: str = ""
    data: QueryDict | None = None
    made: dict[tuple[str, str], forms.Form] = field(default_factory=dict)

    def guest(self) -> GuestForm:
        """Somebody without a seat."""
        return self._one("guest", "", GuestForm)

    def recuse(self, item_id: UUID) -> RecuseForm:
        """Who steps out of an item."""
        room = self.session.room
        out = room.recusals.get(item_id, frozenset())
        seats = [row for row in room.rows if row.votes and row.pk not in out]
        return self._one("recuse", str(item_id), RecuseForm, seats=seat_choices(seats, self.names))

    def decision(self, item_id: UUID | None) -> DecisionForm:
        """What is about to be decided."""
        return self._one("draft", str(item_id or ""), DecisionForm)

    def vote(self, target: UUID | None, draft: Resolution | None = None) -> VoteForm:
        """How a draft, or an item, is put to the vote."""
        rules = self.session.room.rules
        return self._one("vote", str(target or ""), VoteForm, rules=rules, draft=draft)

    def count(self, vote: Vote) -> CountForm:
        """What was counted."""
        return self._one("count", str(vote.pk), CountForm)

    def dissent(self, resolution: Resolution) -> DissentForm:
        """A note of who was outvoted."""
        room = self.session.room
        out = room.recusals.get(resolution.item_id, frozenset()) if resolution.item_id else ()
        came = CAME if room.rules.deputies_vote else {Attendance.Status.PRESENT}
        rows = [row for row in room.rows if row.votes and row.status in came and row.pk not in out]
        seats = seat_choices(rows, self.names)
        return self._one("dissent", str(resolution.pk), DissentForm, seats=seats)

    def _one(self, step: str, target: str, kind: Callable[..., F], **more: Any) -> F:
        """Each form once, under names of its own: several of a kind stand on the page."""
        key = (step, target)
        if key not in self.made:
            sent = self.data if key == (self.step, self.target) else None
            auto_id = f"{step}_{target[-12:]}_%s" if target else f"{step}_%s"
            self.made[key] = kind(sent, auto_id=auto_id, **more)
        return cast("F", self.made[key])


@dataclass(frozen=True)
class Caller:
    """A seat in an open roll call, with its three buttons."""

    row: Attendance
    who: str
    post: str
    said: str
    picks: Sequence[Pick]


@dataclass(frozen=True)
class OpenVote:
    """What is being voted on; `callers` where names are called, else `form` for the count."""

    vote: Vote
    method: str
    rule: str
    entitled: str
    given: int
    all: int
    callers: Sequence[Caller]
    form: CountForm | None


def open_vote(session: Session, names: Names, small: Forms) -> OpenVote | None:
    """The open vote; who voted and went out stays in the list."""
    if session.vote is None:
        return None
    vote, said = session.vote.vote, session.vote.said
    may = {row.pk for row in session.entitled(vote)} | set(said)
    rows = [row for row in session.room.rows if row.pk in may]
    called = vote.method == Vote.Method.ROLL_CALL
    words = ngettext("%(n)s seat may vote", "%(n)s seats may vote", len(rows))
    return OpenVote(
        vote=vote,
        method=str(Vote.Method(vote.method).label),
        rule=majority_words(vote.majority, vote.majority_of),
        entitled=words % {"n": show_number(len(rows))},
        given=len(said),
        all=len(rows),
        callers=[_caller(row, said.get(row.pk, ""), names) for row in rows] if called else [],
        form=None if called else small.count(vote),
    )


def _caller(row: Attendance, said: str, names: Names) -> Caller:
    deputy = names.deputy(row)
    who, post = deputy or names.who(row), names.post(row)
    if deputy:
        post = _("for %(who)s") % {"who": names.who(row)}
    picks = [
        Pick(choice.value, str(choice.label), icon, chosen=said == choice)
        for choice, icon in CHOICES
    ]
    return Caller(row, who, "" if post == who else post, said, picks)


@dataclass(frozen=True)
class Decision:
    """A resolution of the item: its votes, who dissented, and what can be done with it."""

    resolution: Resolution
    draft: bool
    kind: str
    votes: Sequence[VoteRow]
    carried: bool
    dissents: Sequence[tuple[str, str]]
    vote_form: VoteForm | None
    dissent_form: DissentForm | None


@dataclass(frozen=True)
class Discussion:
    """Everything under discussion: of one item, or of what stands on no agenda."""

    out: Sequence[tuple[UUID, str, str]]
    decisions: Sequence[Decision]
    votes: Sequence[VoteRow]
    recuse_form: RecuseForm | None
    vote_form: VoteForm
    draft_form: DecisionForm

    @property
    def waits(self) -> bool:
        """A draft of it has been neither voted on nor adopted."""
        return any(one.draft and (one.carried or not one.votes) for one in self.decisions)


def discussion(session: Session, names: Names, small: Forms) -> Discussion:
    """What was said and decided of the item under discussion (or of none)."""
    item_id = session.item.pk if session.item else None
    seats = {row.pk: row for row in session.room.rows}
    votes = _closed(session, item_id, names)
    alone = [row for row in votes if row.vote.resolution_id is None]
    # A draft that was prepared for no item can be decided at any.
    loose = (None, Resolution.State.DRAFT)
    of_item = [
        one
        for one in session.resolutions
        if one.item_id == item_id or (one.item_id, one.state) == loose
    ]
    return Discussion(
        out=[
            (one.pk, names.both(seats[one.attendance_id]), one.reason)
            for one in session.recusals
            if one.item_id == item_id
        ],
        decisions=[_decision(one, session, votes, names, small) for one in of_item],
        votes=alone,
        recuse_form=small.recuse(item_id) if item_id else None,
        vote_form=small.vote(item_id),
        draft_form=small.decision(item_id),
    )


def _closed(session: Session, item_id: UUID | None, names: Names) -> list[VoteRow]:
    votes = [
        one
        for one in session.votes
        if one.vote.closed_at is not None and one.vote.item_id == item_id
    ]
    return vote_rows(votes, session.room.rows, names)


def _decision(
    one: Resolution, session: Session, votes: Sequence[VoteRow], names: Names, small: Forms
) -> Decision:
    draft = one.state == Resolution.State.DRAFT
    own = [row for row in votes if row.vote.resolution_id == one.pk]
    carried = bool(own) and bool(own[-1].vote.carried)
    seats = {row.pk: row for row in session.room.rows}
    notes: list[Dissent] = list(one.dissents.all())
    writes = session.deciding
    return Decision(
        resolution=one,
        draft=draft,
        kind=str(Resolution.Kind(one.kind).label),
        votes=own,
        carried=carried,
        dissents=[(names.both(seats[note.attendance_id]), note.text) for note in notes],
        vote_form=small.vote(one.pk, one) if draft and writes and not session.vote else None,
        dissent_form=small.dissent(one) if session.writable and (own or not draft) else None,
    )

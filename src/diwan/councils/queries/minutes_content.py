"""What the minutes of a meeting say, as plain JSON: everything from the meeting's own data.

Nothing in it has to be looked up to be shown: names stand in it in each language they are known
in, dates as ISO. Posts are called, and held, as they were at the hour of the meeting.

Why somebody stepped out or did not come stays in the record, with those who run the meeting: a
personal word that was sealed could neither be kept from who reads the minutes nor be erased.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from functools import cached_property
from typing import Any
from uuid import UUID

from diwan.councils.models import (
    Action,
    ActionEvent,
    AgendaItem,
    Attendance,
    Ballot,
    Dissent,
    Meeting,
    MinutesVersion,
    Recusal,
    Resolution,
    Statement,
    Vote,
)
from diwan.councils.rules.life import Verb
from diwan.councils.rules.minutes import FORMAT, person_of
from diwan.directory.public import PostCard, post_cards, unit_names

from .attendance import Room, day_of_meeting, hour_of, room_of
from .minutes_signers import acted_for, leading_posts, signing_seats

Row = dict[str, Any]
STANDING = ("seats", "present", "recused", "needed")
"""What a quorum is told by."""


def content_of(meeting: Meeting) -> Row:
    """The content of a meeting's minutes as its record stands now; `meeting` with body and unit.

    In a correction what became of an action since then is no difference: its owner and due date
    stay as they were sealed, unless its record was corrected.
    """
    return _Writer(meeting).content()


def corrected_version(meeting: Meeting) -> MinutesVersion | None:
    """The signed version that is being corrected, None where there is none."""
    if meeting.signed_at is not None:
        return None
    rows = MinutesVersion.objects.filter(meeting=meeting, state=MinutesVersion.State.SIGNED)
    return rows.order_by("-number").first()


def plain(value: date | datetime | time | None) -> str | None:
    """A day, an hour or an instant as JSON keeps it."""
    if isinstance(value, time):
        return f"{value:%H:%M}"
    return value.isoformat() if value is not None else None


@dataclass
class _Writer:
    """Gathers a content; `people` fills while parties are named."""

    meeting: Meeting
    room: Room = field(init=False)
    cards: Mapping[UUID, PostCard] = field(init=False)
    people: dict[str, Row] = field(default_factory=dict)
    seated: dict[UUID, Row] = field(default_factory=dict)

    def content(self) -> Row:
        meeting = self.meeting
        self.room = room_of(meeting)
        spoken = list(Statement.objects.filter(meeting=meeting).select_related("speaker_pattern"))
        resolutions = list(
            Resolution.objects.filter(meeting=meeting, state=Resolution.State.ADOPTED).order_by(
                "position", "key"
            )
        )
        actions = list(
            Action.objects.filter(resolution__in=resolutions, parent=None)
            .select_related("unit")
            .order_by("resolution__position", "resolution__key", "position", "key")
        )
        self.cards = self._cards(spoken, actions)
        votes = self._votes()
        found: Row = {
            "format": FORMAT,
            "language": meeting.body.register.language,
            "country": meeting.body.unit.country,
            "body": self._body(),
            "meeting": self._meeting(),
            "attendance": [self._seat(row) for row in self.room.rows],
            "items": self._items(votes, resolutions),
            "statements": [self._statement(row) for row in spoken],
            "resolutions": [_resolved(row) for row in resolutions],
            "votes": votes,
            "dissents": self._dissents(resolutions),
            "actions": self._actions(actions),
            "signers": self._signers(),
        }
        return {**found, "people": self.people}

    def _cards(
        self, spoken: Iterable[Statement], actions: Iterable[Action]
    ) -> Mapping[UUID, PostCard]:
        ids = {row.speaker_id for row in spoken} | {row.owner_id for row in actions}
        ids |= {self.meeting.chair_id}
        ids |= {pk for row in self.room.rows for pk in (row.post_id, row.deputy_post_id)}
        ids |= (
            {post_id for _role, post_id in leading_posts(self.meeting)}
            if not self.room.rows
            else set()
        )
        return post_cards([pk for pk in ids if pk], hour_of(self.meeting))

    def _body(self) -> Row:
        body = self.meeting.body
        names = unit_names([body.unit_id], day_of_meeting(self.meeting))
        return {
            "name": body.name,
            "unit": names.get(body.unit_id, {}),
            "calendar": body.calendar,
        }

    def _meeting(self) -> Row:
        row = self.meeting
        return {
            "number": row.number,
            "date": plain(row.date),
            "precision": row.date_precision,
            "calendar": row.date_calendar,
            "starts": plain(row.starts),
            "ends": plain(row.ends),
            "opened_at": plain(row.opened_at),
            "closed_at": plain(row.closed_at),
            "place": row.place,
            "chair": self._post(row.chair_id),
        }

    def _known(self, token: str, name: Mapping[str, str] | None) -> str | None:
        """The token under which a name stands apart; None where nobody is named."""
        if not name or not any(name.values()):
            return None
        if token not in self.people:
            self.people[token] = person_of(name)
        return token

    def _post(self, post_id: UUID | None) -> Row | None:
        """A post, its unit and who held it."""
        card = self.cards.get(post_id) if post_id else None
        if card is None:
            return None
        holder = card.holders[0] if card.holders else None
        person = self._known(str(holder.person_id), holder.name) if holder else None
        return {"person": person, "post": card.name, "unit": card.unit_name}

    def _who(self, row: Attendance) -> Row:
        """Who sat on a seat, called as on that day."""
        if row.pk not in self.seated:
            self.seated[row.pk] = self._called(row)
        return self.seated[row.pk]

    def _called(self, row: Attendance) -> Row:
        card = self.cards.get(row.post_id) if row.post_id else None
        return {
            "person": self._known(str(row.person_id or f"seat:{row.seat}"), row.name),
            "post": card.name if card else None,
            "unit": card.unit_name if card else None,
        }

    def _deputy(self, row: Attendance) -> Row | None:
        if row.deputy_post_id:
            return self._post(row.deputy_post_id)
        if row.deputy_name:
            person = self._known(f"deputy:{row.seat}", row.deputy_name)
            return {"person": person, "post": None, "unit": None}
        return None

    def _seat(self, row: Attendance) -> Row:
        return {
            "id": str(row.seat),
            "who": self._who(row),
            "role": row.role,
            "votes": row.votes,
            "status": row.status,
            "deputy": self._deputy(row),
        }

    def _items(self, votes: Sequence[Row], resolutions: Sequence[Resolution]) -> list[Row]:
        out: dict[UUID, list[Row]] = defaultdict(list)
        seats = {row.pk: row for row in self.room.rows}
        for recusal in Recusal.objects.filter(item__meeting=self.meeting):
            out[recusal.item_id].append({"who": self._who(seats[recusal.attendance_id])})
        rows = AgendaItem.objects.filter(meeting=self.meeting)
        return [
            {
                "id": str(row.pk),
                "text": row.text,
                "recused": out[row.pk],
                "quorum": self._quorum(row, votes, resolutions),
            }
            for row in rows
        ]

    def _quorum(
        self, item: AgendaItem, votes: Sequence[Row], resolutions: Sequence[Resolution]
    ) -> Row | None:
        """The quorum of an item as it was decided: by vote or adoption, else when it was closed."""
        if not self.room.rows:
            return None
        counted = [row for row in votes if row["item"] == str(item.pk)]
        if counted:
            return {name: counted[-1][name] for name in STANDING}
        taken = [row for row in resolutions if row.item_id == item.pk and row.needed is not None]
        if taken:
            last = max(taken, key=lambda row: (row.adopted_at is not None, row.adopted_at, row.pk))
            return {name: getattr(last, name) for name in STANDING}
        at = item.closed_at or self.meeting.closed_at or hour_of(self.meeting)
        stands = self.room.standing(item.pk, at)
        return {name: getattr(stands, name) for name in STANDING}

    def _statement(self, row: Statement) -> Row:
        who = self._post(row.speaker_id)
        if who is None and row.speaker_pattern is not None:
            kind = {
                language: text.replace("{province}", "…")
                for language, text in row.speaker_pattern.name.items()
            }
            who = {"person": None, "post": kind, "unit": None}
        return {"id": str(row.pk), "who": who, "text": row.text}

    def _votes(self) -> list[Row]:
        seats = {row.pk: row for row in self.room.rows}
        said: dict[UUID, list[tuple[int, UUID, str]]] = defaultdict(list)
        places = {row.pk: place for place, row in enumerate(self.room.rows)}
        rows = list(Vote.objects.filter(meeting=self.meeting, closed_at__isnull=False))
        if any(row.method == Vote.Method.ROLL_CALL for row in rows):
            told = Ballot.objects.filter(vote__in=rows)
            for vote_id, seat, choice in told.values_list("vote_id", "attendance_id", "choice"):
                said[vote_id].append((places[seat], seat, choice))
        return [
            {
                "id": str(row.pk),
                "item": _id(row.item_id),
                "resolution": _id(row.resolution_id),
                "question": row.question,
                "method": row.method,
                "majority": row.majority,
                "majority_of": row.majority_of,
                "seats": row.seats,
                "present": row.present,
                "recused": row.recused,
                "needed": row.needed,
                "threshold": row.threshold,
                "in_favour": row.in_favour,
                "against": row.against,
                "abstained": row.abstained,
                "carried": row.carried,
                "ballots": [
                    {"who": self._who(seats[seat]), "choice": choice}
                    for _place, seat, choice in sorted(said[row.pk])
                ]
                if row.method == Vote.Method.ROLL_CALL
                else [],
            }
            for row in rows
        ]

    def _dissents(self, resolutions: Sequence[Resolution]) -> list[Row]:
        rows = Dissent.objects.filter(resolution__in=resolutions).select_related("attendance")
        return [
            {
                "id": str(row.pk),
                "resolution": str(row.resolution_id),
                "who": self._who(row.attendance),
                "text": row.text,
            }
            for row in rows
        ]

    def _actions(self, actions: Sequence[Action]) -> list[Row]:
        kept = self._kept(actions)
        return [kept.get(str(row.pk)) or self._action(row) for row in actions]

    def _action(self, row: Action) -> Row:
        return {
            "id": str(row.pk),
            "resolution": str(row.resolution_id),
            "text": row.text,
            "owner": self._post(row.owner_id),
            "due": plain(row.due),
            "due_precision": row.due_precision,
            "due_calendar": row.due_calendar,
        }

    def _kept(self, actions: Sequence[Action]) -> dict[str, Row]:
        """Actions as they stand in the version that is corrected, unless mended since it."""
        version = corrected_version(self.meeting)
        if version is None:
            return {}
        mended = {
            str(pk)
            for pk in ActionEvent.objects.filter(
                action__in=actions, verb=Verb.CORRECT, at__gt=version.sealed_at
            ).values_list("action_id", flat=True)
        }
        found = {row["id"]: row for row in version.content["actions"] if row["id"] not in mended}
        people = version.content["people"]
        for row in found.values():
            token = (row["owner"] or {}).get("person")
            if token:
                self.people.setdefault(token, people[token])
        return found

    def _signers(self) -> list[Row]:
        found = [self._signer(row) for row in signing_seats(self.meeting, self.room)]
        for role, post_id in [] if found else leading_posts(self.meeting):
            found.append(
                {
                    "id": str(post_id),
                    "attendance": None,
                    "post": str(post_id),
                    "role": role,
                    "who": self._post(post_id),
                    "electronic": True,
                }
            )
        return list({_signing_as(row): row for row in reversed(found)}.values())[::-1]

    def _signer(self, row: Attendance) -> Row:
        """A seat that signs; its deputy signs for it where one came out of the house."""
        deputy = row.deputy_post_id
        post = deputy or row.post_id
        return {
            "id": str(row.seat),
            "attendance": str(row.pk),
            "post": _id(post),
            "role": row.role,
            "who": self._post(deputy) if deputy else self._who(row),
            "electronic": bool(post) or row.lineage in self._users,
        }

    @cached_property
    def _users(self) -> set[UUID]:
        return acted_for([row.lineage for row in self.room.rows if row.lineage and not row.post_id])


def _signing_as(row: Row) -> str:
    """What signs once: the post, or the named seat."""
    return str(row["post"] or row["id"])


def _id(value: UUID | None) -> str | None:
    return str(value) if value else None


def _resolved(row: Resolution) -> Row:
    return {
        "id": str(row.pk),
        "number": row.number,
        "kind": row.kind,
        "text": row.text,
        "item": _id(row.item_id),
    }

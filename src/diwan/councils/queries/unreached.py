"""Whom no invitation reaches: the secretary phones them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from django.db.models import Q

from diwan.councils.models import AgendaItem, Meeting
from diwan.councils.models.bodies import Role
from diwan.directory.public import PostCard, users_of_people
from diwan.kernel import notices
from diwan.kernel.working import today_in

from .bodies import Member, members_of


class Why(StrEnum):
    """Why an invitation does not arrive."""

    VACANT = "vacant"  # nobody holds the post
    NO_ACCOUNT = "no_account"
    NO_EMAIL = "no_email"  # a text message at most, without the agenda and the calendar's event


@dataclass(frozen=True)
class Unreached:
    """A seat whose holder no e-mail reaches; `name` is the holder's, of a named seat the seat's."""

    name: Mapping[str, str]
    why: Why
    post: PostCard | None = None


@dataclass(frozen=True)
class Reach:
    """How many users an invitation is told to, and whom no e-mail reaches."""

    people: int
    unreached: Sequence[Unreached]


def reach_of(meeting: Meeting, at: datetime) -> Reach:
    """Whom a meeting's invitations reach and whom not, in the body's order; few questions.

    The same people as `recipients.asked_to`. `meeting` with its body and unit.
    """
    day = meeting.date or today_in(meeting.body.unit.country, at)
    guests = AgendaItem.guests.through.objects.filter(agendaitem__meeting=meeting)
    asked = ~Q(role=Role.GUEST) | Q(pk__in=guests.values("membership_id"))
    members = members_of(meeting.body, day, at=at, only=asked)
    people = [h.person_id for m in members for card in m.posts for h in card.holders]
    users = users_of_people(people)
    seated = [one.user_id for member in members for one in member.users]
    silent = notices.without_email([*users.values(), *seated])
    found: dict[tuple[object, ...], Unreached] = {}
    for member in members:
        for key, one in _of(member, users, silent):
            found.setdefault(key, one)
    return Reach(len({*users.values(), *seated}), list(found.values()))


def _of(
    member: Member, users: Mapping[UUID, UUID], silent: set[UUID]
) -> Iterator[tuple[tuple[object, ...], Unreached]]:
    row = member.membership
    if not (row.post_id or row.post_pattern_id or row.unit_id):
        told = [one.user_id for one in member.users]
        if not told:
            yield (row.lineage,), Unreached(member.name, Why.NO_ACCOUNT)
        elif silent.issuperset(told):
            yield (row.lineage,), Unreached(member.name, Why.NO_EMAIL)
    for card in member.posts:
        if not card.holders:
            yield (card.post_id,), Unreached({}, Why.VACANT, card)
        for holder in card.holders:
            user = users.get(holder.person_id)
            if user is None or user in silent:
                why = Why.NO_ACCOUNT if user is None else Why.NO_EMAIL
                yield (card.post_id, holder.person_id), Unreached(holder.name, why, card)

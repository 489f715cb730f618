"""Which users a notice of the councils goes to: holders of posts, and who serves a body."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from diwan.councils.models import AgendaItem, Body, BodySeatUser, Meeting, Membership
from diwan.councils.models.bodies import Role
from diwan.directory.public import (
    Post,
    above,
    heads_of,
    post_cards,
    posts_of_units,
    users_of_posts,
)
from diwan.directory.public import Role as PostRole
from diwan.kernel.working import today_in


def servers_of(body: Body, at: datetime) -> list[UUID]:
    """The users who have the secretary's duties of a body now (as `policies.served_ids`).

    The secretary's; without one those of posts with the role secretary over the host unit and the
    chair's; with neither chair nor secretary the host unit's head's. `body` with its unit.
    """
    day = today_in(body.unit.country, at)
    seats = Membership.objects.as_of(day).filter(body=body)
    secretaries = seats.filter(role=Role.SECRETARY)
    if secretaries.exists():
        return _users(secretaries, at)
    units = above(body.unit_id, day).values_list("ancestor_id", flat=True)
    cards = post_cards(posts_of_units(units, day), at)
    posts = [pk for pk, card in cards.items() if PostRole.SECRETARY in card.roles]
    chairs = seats.filter(role=Role.CHAIR)
    found = [*_holders(posts, at), *_users(chairs, at)]
    if not found and not chairs.exists():
        heads = heads_of([body.unit_id], at).get(body.unit_id, [])
        found = _holders(heads, at)
    return list(dict.fromkeys(found))


def asked_to(meeting: Meeting, at: datetime) -> list[UUID]:
    """The users who are invited to a meeting: every seat's, and guests of the items they come for.

    `meeting` with its body and unit.
    """
    day = meeting.date or today_in(meeting.body.unit.country, at)
    seats = Membership.objects.as_of(day).filter(body=meeting.body_id)
    guests = AgendaItem.guests.through.objects.filter(agendaitem__meeting=meeting)
    wanted = ~Q(role=Role.GUEST) | Q(pk__in=guests.values("membership_id"))
    return list(dict.fromkeys(_users(seats.filter(wanted), at)))


def _users(seats: QuerySet[Membership], at: datetime) -> list[UUID]:
    """The users who sit in these seats; a few questions, however many seats."""
    rows = list(seats)
    posts = [row.post_id for row in rows if row.post_id]
    patterns = [row.post_pattern_id for row in rows if row.post_pattern_id]
    if patterns:
        posts += Post.objects.filter(pattern_id__in=patterns).values_list("pk", flat=True)
    units = [row.unit_id for row in rows if row.unit_id]
    for heads in heads_of(units, at).values() if units else ():
        posts += heads
    named = [row.lineage for row in rows if not (row.post_id or row.post_pattern_id or row.unit_id)]
    guests = BodySeatUser.objects.filter(lineage__in=named, since_at__lte=at) if named else []
    return [
        *_holders(posts, at),
        *(one.user_id for one in guests if one.until_at is None or one.until_at > at),
    ]


def _holders(post_ids: Iterable[UUID], at: datetime) -> list[UUID]:
    return [user for users in users_of_posts(post_ids, at).values() for user in users]

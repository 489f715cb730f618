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
    posts: list[UUID] = []
    lineages: list[UUID] = []
    for seat in seats:
        if seat.post_id:
            posts.append(seat.post_id)
        elif seat.post_pattern_id:
            same = Post.objects.filter(pattern_id=seat.post_pattern_id)
            posts += same.values_list("pk", flat=True)
        elif seat.unit_id:
            posts += heads_of([seat.unit_id], at).get(seat.unit_id, [])
        else:
            lineages.append(seat.lineage)
    guests = BodySeatUser.objects.filter(lineage__in=lineages, since_at__lte=at)
    named = [g.user_id for g in guests if g.until_at is None or g.until_at > at]
    return [*_holders(posts, at), *named]


def _holders(post_ids: Iterable[UUID], at: datetime) -> list[UUID]:
    return [user for users in users_of_posts(post_ids, at).values() for user in users]

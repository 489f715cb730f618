"""What an actor reaches in the councils: seats, bodies run, actions owed; looked up once an actor.

Rights come from three sources and nothing else (`ACCESS.md`): the role of a post over its unit and
the units below, the seat in a body, and owning an action (or standing above its owner).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, cast
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from diwan.councils.models import Body, BodySeatUser, Membership
from diwan.councils.models.bodies import Role
from diwan.directory.public import Post, authority_of
from diwan.kernel.policies import Actor

RUNNERS = (Role.CHAIR, Role.SECRETARY)
LISTENERS = (Role.ADVISER, Role.OBSERVER)


@dataclass(frozen=True)
class Seats:
    """The bodies in which an actor has a seat now, by what the seat gives."""

    run: frozenset[UUID]
    member: frozenset[UUID]
    listen: frozenset[UUID]
    every: frozenset[UUID]
    secretary: frozenset[UUID]
    chair: frozenset[UUID]
    memberships: frozenset[UUID]
    countries: frozenset[str]


def day_of(actor: Actor) -> date:
    """The day on which the actor's rights are asked for."""
    return authority_of(actor).day


def seats_of(actor: Actor) -> Seats:
    """The actor's seats, through posts held, units headed, and invitations; asked once an actor."""
    known = actor.memo.get("councils.seats")
    if known is None:
        known = actor.memo["councils.seats"] = _find_seats(actor)
    return cast("Seats", known)


def _find_seats(actor: Actor) -> Seats:
    rows = list(
        Membership.objects.as_of(day_of(actor))
        .filter(_is_actor(actor))
        .values_list("pk", "body_id", "role", "body__unit__country")
    )

    def bodies(*roles: str) -> frozenset[UUID]:
        return frozenset(body for _pk, body, role, _country in rows if role in roles)

    outside = {*LISTENERS, Role.GUEST}
    return Seats(
        run=bodies(*RUNNERS),
        member=bodies(*(role for role in Role.values if role not in outside)),
        listen=bodies(*LISTENERS),
        every=bodies(*Role.values),
        secretary=bodies(Role.SECRETARY),
        chair=bodies(Role.CHAIR),
        memberships=frozenset(row[0] for row in rows),
        countries=frozenset(row[3] for row in rows),
    )


def _is_actor(actor: Actor) -> Q:
    """Memberships that are this actor's: by post, by post pattern, as head of a unit, by seat."""
    authority = authority_of(actor)
    posts = authority.post_ids
    mine = Q(post_id__in=posts)
    mine |= Q(post_pattern__in=Post.objects.filter(pk__in=posts).values("pattern_id"))
    mine |= Q(unit_id__in=authority.units("head"))
    if actor.user_id is not None and actor.narrow is None:
        users = BodySeatUser.objects.filter(user_id=actor.user_id, since_at__lte=actor.at)
        users = users.filter(Q(until_at__isnull=True) | Q(until_at__gt=actor.at))
        mine |= Q(post=None, post_pattern=None, unit=None, lineage__in=users.values("lineage"))
    return mine


def headed(actor: Actor) -> QuerySet[Any, Any]:
    """The units that the actor heads and all below them, for a subquery."""
    return authority_of(actor).below("head")


def _secretaried(actor: Actor) -> QuerySet[Any, Any]:
    return authority_of(actor).below("secretary")


def countries_of(actor: Actor) -> frozenset[str]:
    """The countries whose internal records the actor may read: through a post, or a seat."""
    return frozenset(authority_of(actor).countries) | seats_of(actor).countries


def led(day: date) -> Exists:
    """True of bodies that have a chair or a secretary on that day."""
    return Exists(Membership.objects.as_of(day).filter(body=OuterRef("pk"), role__in=list(RUNNERS)))


def run_bodies(actor: Actor) -> QuerySet[Body]:
    """Bodies that the actor runs.

    As chair or secretary, as secretary over the host unit, or as the host unit's head where the
    body has neither chair nor secretary.
    """
    if actor.elevated:
        return Body.objects.all()
    heads = authority_of(actor).units("head")
    runs = Q(pk__in=seats_of(actor).run) | Q(unit_id__in=_secretaried(actor))
    if heads:
        runs |= Q(Q(unit_id__in=heads), ~led(day_of(actor)))
    return Body.objects.filter(runs)


def served_bodies(actor: Actor) -> QuerySet[Body]:
    """Bodies whose secretary's duties are the actor's, elevated or not.

    The secretary's; without one those of a post with the role secretary over the host unit and the
    chair's; with neither chair nor secretary the host unit's head's.
    """
    day, seats = day_of(actor), seats_of(actor)
    heads = authority_of(actor).units("head")
    secretary = Exists(
        Membership.objects.as_of(day).filter(body=OuterRef("pk"), role=Role.SECRETARY)
    )
    instead = Q(pk__in=seats.chair) | Q(unit_id__in=_secretaried(actor))
    served = Q(pk__in=seats.secretary) | Q(instead, ~secretary)
    if heads:
        served |= Q(Q(unit_id__in=heads), ~led(day))
    return Body.objects.filter(served)


def own_actions(actor: Actor) -> Q:
    """Actions that the actor owes, or whose owner stands in a unit the actor heads."""
    owned = Q(owner_id__in=authority_of(actor).post_ids)
    return owned | Q(owner__unit_id__in=headed(actor))

"""What an actor reaches in the councils: seats, bodies run, actions owed; looked up once an actor.

Rights come from three sources and nothing else (`ACCESS.md`): the role of a post over its unit and
the units below, the seat in a body, and owning an action (or standing above its owner).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import reduce
from operator import or_
from typing import Any, cast
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet, Value

from diwan.councils.models import Body, BodySeatUser, Membership, Resolution
from diwan.councils.models.bodies import Role
from diwan.directory.public import Post, authority_of
from diwan.kernel.policies import Actor

RUNNERS = (Role.CHAIR, Role.SECRETARY)
LISTENERS = (Role.ADVISER, Role.OBSERVER)


@dataclass(frozen=True)
class Seats:
    """The bodies in which an actor has a seat now, by what the seat gives.

    `named` are the lineages of the named seats for which the actor's user acts, also of those
    whose days are over: minutes of a day within them may still wait for a signature.
    """

    run: frozenset[UUID]
    member: frozenset[UUID]
    listen: frozenset[UUID]
    every: frozenset[UUID]
    secretary: frozenset[UUID]
    chair: frozenset[UUID]
    memberships: frozenset[UUID]
    countries: frozenset[str]
    named: frozenset[UUID]


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
    memberships = Membership.objects.as_of(day_of(actor)).filter(_is_actor(actor)).order_by()
    found: QuerySet[Any, Any] = memberships.values_list(
        "pk", "body_id", "role", "body__unit__country"
    )
    acting = _acts_for(actor)
    if acting is not None:  # in the same question, as rows that tell no role
        rest = Value(""), Value("")
        found = found.union(acting.order_by().values_list("lineage", "user_id", *rest), all=True)
    every = list(found)
    rows = [row for row in every if row[2]]

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
        named=frozenset(row[0] for row in every if not row[2]),
    )


def _acts_for(actor: Actor) -> QuerySet[BodySeatUser] | None:
    """The named seats for which the actor's user acts; None where only posts count."""
    if actor.user_id is None or actor.narrow is not None:
        return None
    rows = BodySeatUser.objects.filter(user_id=actor.user_id, since_at__lte=actor.at)
    return rows.filter(Q(until_at__isnull=True) | Q(until_at__gt=actor.at))


def _is_actor(actor: Actor) -> Q:
    """Memberships that are this actor's: by post, by post pattern, as head of a unit, by seat."""
    authority = authority_of(actor)
    posts = authority.post_ids
    mine = Q(post_id__in=posts)
    mine |= Q(post_pattern__in=Post.objects.filter(pk__in=posts).values("pattern_id"))
    mine |= Q(unit_id__in=authority.units("head"))
    acting = _acts_for(actor)
    if acting is not None:
        mine |= Q(post=None, post_pattern=None, unit=None, lineage__in=acting.values("lineage"))
    return mine


NOBODY = Q(pk__in=[])
"""The condition that holds for nothing; `any_of` and `both` leave out what hangs on it."""


def any_of(*conditions: Q) -> Q:
    """One of the conditions holds. What cannot hold costs the database no question."""
    possible = [condition for condition in conditions if condition is not NOBODY]
    return reduce(or_, possible) if possible else NOBODY


def both(first: Q, second: Q) -> Q:
    """Both conditions hold."""
    return NOBODY if first is NOBODY or second is NOBODY else first & second


def among(way: str, ids: frozenset[Any]) -> Q:
    """The record at `way` is one of these."""
    return Q(**{f"{way}__in": ids}) if ids else NOBODY


def within(actor: Actor, role: str, unit: str) -> Q:
    """The unit at the way `unit` is one in which the actor has the role, or stands below one."""
    authority = authority_of(actor)
    return Q(**{f"{unit}__in": authority.below(role)}) if authority.units(role) else NOBODY


def countries_of(actor: Actor) -> frozenset[str]:
    """The countries whose internal records the actor may read: through a post, or a seat."""
    return frozenset(authority_of(actor).countries) | seats_of(actor).countries


def _seated(day: date, body: str, *roles: str) -> Exists:
    """True where the body at the way `body` has somebody with one of these roles on that day."""
    return Exists(Membership.objects.as_of(day).filter(body=OuterRef(body), role__in=roles))


def _leaderless(actor: Actor, body: str, unit: str) -> Q:
    """The actor heads the host unit itself of a body that has neither chair nor secretary."""
    heads = among(unit, authority_of(actor).units("head"))
    return both(heads, Q(~_seated(day_of(actor), body, *RUNNERS)))


def runs(actor: Actor, body: str) -> Q:
    """The actor runs the body to which the way `body` leads ("" from the body itself).

    As chair or secretary, as secretary over the host unit, or as the host unit's head where the
    body has neither chair nor secretary.
    """
    record, unit = body.removesuffix("__") or "pk", f"{body}unit"
    return any_of(
        among(record, seats_of(actor).run),
        within(actor, "secretary", unit),
        _leaderless(actor, record, unit),
    )


def served_ids(actor: Actor) -> frozenset[UUID]:
    """The bodies whose secretary's duties are the actor's, elevated or not; asked once an actor.

    The secretary's; without one those of a post with the role secretary over the host unit and the
    chair's; with neither chair nor secretary the host unit's head's.
    """
    known = actor.memo.get("councils.served")
    if known is None:
        known = actor.memo["councils.served"] = _served_ids(actor)
    return cast("frozenset[UUID]", known)


def _served_ids(actor: Actor) -> frozenset[UUID]:
    seats = seats_of(actor)
    instead = any_of(among("pk", seats.chair), within(actor, "secretary", "unit"))
    vacant = Q(~_seated(day_of(actor), "pk", Role.SECRETARY))
    others = any_of(both(instead, vacant), _leaderless(actor, "pk", "unit"))
    if others is NOBODY:
        return seats.secretary
    return seats.secretary | frozenset(Body.objects.filter(others).values_list("pk", flat=True))


def own_actions(actor: Actor) -> Q:
    """Actions that the actor owes, or whose owner stands in a unit the actor heads."""
    owned = among("owner", frozenset(authority_of(actor).post_ids))
    return any_of(owned, within(actor, "head", "owner__unit"))


def objects(actor: Actor) -> Q:
    """Resolutions to which a post of the actor may object, or might while the days ran."""
    posts = authority_of(actor).post_ids
    if not posts:
        return NOBODY
    rows = Resolution.objectors.through.objects.filter(post_id__in=posts)
    return Q(binding_date__isnull=False, pk__in=rows.values("resolution"))


def concerning_actions(actor: Actor) -> list[Q]:
    """Why actions are the actor's business: they are own ones, or of the bodies served.

    Whoever owns, heads or serves may also see: no right is wider by this.
    """
    reasons = [own_actions(actor), among("resolution__body", served_ids(actor))]
    return [reason for reason in reasons if reason is not NOBODY]

"""What somebody's posts give at an instant: the only source of rights but for elevation.

Full, acting and deputy holdings count alike while they run; a holder on leave keeps the rights.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, TypeVar
from uuid import UUID

from django.db import models
from django.db.models import FilteredRelation, Q, QuerySet

from diwan.directory.constants import Role, roles_text
from diwan.directory.models import Holding, Person, PostVersion, UnitPath
from diwan.kernel.policies import Actor, ActorKind, Policy
from diwan.kernel.working import today_in

from .histories import TextMap, columns_by, gathered, keep, with_histories

M = TypeVar("M", bound=models.Model)


@dataclass(frozen=True)
class Held:
    """A post that is held, where it stands, and how it is held; `until_at` None: still."""

    post_id: UUID
    name: TextMap
    unit_id: UUID
    country: str
    roles: frozenset[str]
    kind: str
    until_at: datetime | None


@dataclass(frozen=True)
class Authority:
    """What an actor's posts give at `at`.

    `held` are the posts held, those held fully before acting before deputising, and `post_ids`
    their identifiers; `roles` names the units of the posts with a role; `post_roles` the roles of
    each post; `countries` where these posts stand; `person_id` who the user is in the register.
    `day` is the day it is in the country of the first post: the day on which the tree is asked.
    `left_out` are the posts that the person holds besides, where one post alone is asked about:
    they give nothing, but what forbids by a post forbids by them, too (`every_post`).
    """

    day: date
    post_ids: tuple[UUID, ...] = ()
    roles: Mapping[str, frozenset[UUID]] = field(default_factory=dict)
    post_roles: Mapping[UUID, frozenset[str]] = field(default_factory=dict)
    countries: frozenset[str] = frozenset()
    person_id: UUID | None = None
    held: tuple[Held, ...] = ()
    left_out: tuple[UUID, ...] = ()
    conditions: dict[tuple[str, ...], Q] = field(default_factory=dict, compare=False, repr=False)

    @property
    def every_post(self) -> tuple[UUID, ...]:
        """All posts that the person holds, whichever of them is asked about."""
        return (*self.post_ids, *self.left_out)

    def condition(self, key: tuple[str, ...], make: Callable[[], Q]) -> Q:
        """The condition of that key, made once: verbs that share it are asked for once, too."""
        if key not in self.conditions:
            self.conditions[key] = make()
        return self.conditions[key]

    def units(self, *roles: str) -> frozenset[UUID]:
        """The units of the posts that have any of `roles`."""
        found: frozenset[UUID] = frozenset()
        for role in roles:
            found |= self.roles.get(str(role), frozenset())
        return found

    def below(self, *roles: str) -> QuerySet[UnitPath, Any]:
        """Those units and all below them on that day, as a subquery of unit identifiers."""
        return below(self.units(*roles), self.day)


def authority_of(actor: Actor) -> Authority:
    """What the actor's posts give at `actor.at`; kept in `actor.memo` for one request.

    With `actor.narrow` that post alone counts, if it is held.
    """
    found = actor.memo.get("directory.authority")
    if not isinstance(found, Authority):
        found = _authority(actor)
        actor.memo["directory.authority"] = found
    return found


def _authority(actor: Actor) -> Authority:
    if actor.kind is not ActorKind.USER or actor.user_id is None:
        return Authority(day=actor.at.date())
    person_id, every = _held_by(actor.user_id, actor.at)
    held = [post for post in every if actor.narrow in (None, post.post_id)]
    roles: dict[str, set[UUID]] = defaultdict(set)
    for post in held:
        for role in post.roles:
            roles[role].add(post.unit_id)
    return Authority(
        day=today_in(held[0].country, actor.at) if held else actor.at.date(),
        post_ids=tuple(dict.fromkeys(post.post_id for post in held)),
        roles={role: frozenset(units) for role, units in roles.items()},
        post_roles={post.post_id: post.roles for post in held},
        countries=frozenset(post.country for post in held),
        person_id=person_id,
        held=tuple(held),
        left_out=tuple({post.post_id: None for post in every if post not in held}),
    )


def _held_by(user_id: UUID, at: datetime) -> tuple[UUID | None, list[Held]]:
    """Who a user is, and the posts held at an instant that (and whose units) have not ended."""
    begun = Q(holdings__since_at__isnull=True) | Q(holdings__since_at__lte=at)
    running = Q(holdings__until_at__isnull=True) | Q(holdings__until_at__gt=at)
    believed = Q(holdings__superseded_at__isnull=True)
    now = FilteredRelation("holdings", condition=believed & begun & running)
    people = with_histories(Person.objects.filter(user_id=user_id).annotate(now=now), "now__post__")
    how = ("now__kind", "now__since_at", "now__until_at", "now__pk")
    rows = list(people.values_list("pk", *how, *columns_by("now__post__")))
    histories = gathered(row[len(how) + 1 :] for row in rows)
    keep(histories)
    # One row for each holding, whatever versions there are.
    holdings = {row[4]: row for row in rows if row[4] is not None}.values()
    order = [Holding.Kind.FULL.value, Holding.Kind.ACTING.value, Holding.Kind.DEPUTY.value]
    held = []
    for _person, kind, _since, until_at, _pk, post_id, *_more in sorted(
        holdings,
        key=lambda row: (order.index(row[1]), row[2].timestamp() if row[2] else 0, row[5]),
    ):
        post = histories[post_id]
        span = post.on(today_in(post.country, at))
        if span is not None:
            held.append(
                Held(post_id, span.name, post.unit_id, post.country, span.roles, kind, until_at)
            )
    return rows[0][0] if rows else None, held


def below(unit_ids: Iterable[UUID], day: date) -> QuerySet[UnitPath, Any]:
    """Those units and all that stand below them on `day`: a subquery of `descendant_id`."""
    return UnitPath.objects.on(day).filter(ancestor_id__in=list(unit_ids)).values("descendant_id")


def above(unit_id: UUID, day: date) -> QuerySet[UnitPath, Any]:
    """The unit and all above it on `day`, the nearest first: a subquery of `ancestor_id`."""
    paths = UnitPath.objects.on(day).filter(descendant_id=unit_id)
    return paths.order_by("depth").values("ancestor_id")


def head_posts_above(unit_id: UUID, day: date) -> list[UUID]:
    """Posts with the role head from the unit upward on `day`, the nearest first; one question."""
    heads = PostVersion.objects.as_of(day).filter(
        roles__contains=roles_text([Role.HEAD]),
        post__unit__paths_down__descendant_id=unit_id,
        post__unit__paths_down__since__lte=day,
        post__unit__paths_down__until__gt=day,
    )
    depth = "post__unit__paths_down__depth"
    return list(heads.order_by(depth, "post_id").values_list("post_id", flat=True))


def day_in(country: str, actor: Actor) -> date:
    """The day it is in a country when the actor asks."""
    return today_in(country, actor.at)


class DirectoryPolicy(Policy[M]):
    """A policy whose rights come from the posts that the actor holds."""

    def posts_of(self, actor: Actor) -> list[UUID]:
        """The posts held, the chosen one first."""
        if actor.narrow is not None:
            return [actor.narrow]
        held = authority_of(actor).post_ids
        return sorted(held, key=lambda post_id: post_id != actor.post_id)

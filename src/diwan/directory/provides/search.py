"""Units, posts and people found by words."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from operator import and_
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from diwan.directory.constants import PERSON, POST, UNIT
from diwan.directory.models import Person, Post, PostVersion, Unit, UnitVersion
from diwan.directory.policies import person_policy, post_policy, unit_policy
from diwan.kernel import exchange
from diwan.kernel.exchange import Card
from diwan.kernel.policies import Actor

from .subjects import PersonSubject, PostSubject, UnitSubject


def _holding(tokens: Sequence[str]) -> Q:
    return reduce(and_, (Q(search__contains=token) for token in tokens), Q())


def _cards(
    subject: UnitSubject | PostSubject | PersonSubject, ids: list[UUID], actor: Actor
) -> list[Card]:
    cards = subject.cards(ids, actor)
    return [cards[pk] for pk in ids if pk in cards]


def find_units(tokens: Sequence[str], actor: Actor, limit: int) -> list[Card]:
    """Units by any name they ever had."""
    named = UnitVersion.objects.known().filter(_holding(tokens)).values("unit_id")
    units = unit_policy.which(actor, "see", Unit.objects.filter(pk__in=named))
    ids = list(units.order_by("id").values_list("pk", flat=True)[:limit])
    return _cards(UnitSubject(), ids, actor)


def find_posts(tokens: Sequence[str], actor: Actor, limit: int) -> list[Card]:
    """Posts by any name they ever had."""
    named = PostVersion.objects.known().filter(_holding(tokens)).values("post_id")
    posts = post_policy.which(actor, "see", Post.objects.filter(pk__in=named))
    ids = list(posts.order_by("id").values_list("pk", flat=True)[:limit])
    return _cards(PostSubject(), ids, actor)


def find_people(tokens: Sequence[str], actor: Actor, limit: int) -> list[Card]:
    """People by name."""
    people = person_policy.which(actor, "see", Person.objects.filter(_holding(tokens)))
    ids = list(people.order_by("search", "id").values_list("pk", flat=True)[:limit])
    return _cards(PersonSubject(), ids, actor)


def declare_searches() -> None:
    """Declare all three."""
    exchange.declare_search(UNIT, find_units, heading=_("Units"), list_url="directory:units")
    exchange.declare_search(POST, find_posts, heading=_("Posts"), list_url="directory:posts")
    exchange.declare_search(PERSON, find_people, heading=_("People"), list_url="directory:people")

"""Actors and records for the kernel's own tests: any model does, the kernel's are at hand."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Q

from diwan.kernel import search
from diwan.kernel.exchange import Ref
from diwan.kernel.ids import new_id
from diwan.kernel.models import DeclaredHoliday
from diwan.kernel.policies import Actor, Policy


def a_user(**more: object) -> Actor:
    """A signed-in user with a fresh identifier."""
    return Actor.user(new_id(), "Sara", **more)


def a_ref(kind: str = "test.record") -> Ref:
    """A record of some room."""
    return Ref(kind, new_id())


def found(text: str, actor: Actor, kind: str = "") -> list[Ref]:
    """What the one index gives an actor for what was typed, with everything indexed before."""
    search.rebuild()
    return [hit.ref for hit in search.find(search.Asked(text, kind), actor).hits]


class HolidayPolicy(Policy[DeclaredHoliday]):
    """A policy to try the base with: posts see countries, and some may change them."""

    model = DeclaredHoliday
    verbs = ("see", "change")

    def __init__(self, sees: dict[UUID, str], changes: dict[UUID, str]) -> None:
        self.sees, self.changes = sees, changes

    def posts_of(self, actor: Actor) -> list[UUID]:
        """Every post of the tables, the chosen one first."""
        if actor.user_id is None:
            return []
        if actor.narrow:
            return [actor.narrow]
        held = list(self.sees)
        return sorted(held, key=lambda post: post != actor.post_id)

    def scope(self, actor: Actor, verb: str) -> Q:
        """Countries that any of the posts reaches."""
        table = {"see": self.sees, "change": self.changes}.get(verb)
        if table is None:
            return super().scope(actor, verb)
        return Q(country__in=[table[post] for post in self.posts_of(actor) if post in table])

"""Whose cases somebody may see counted."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from django.db.models import Q, QuerySet

from diwan.directory.public import Role, Unit, authority_of
from diwan.kernel.policies import Actor, ActorKind

from .cases import NOBODY, WORKING


class HasUnit(Protocol):
    """What leads from a row to the unit for which it is counted."""

    @property
    def unit(self) -> str:
        """The name of the column, with the way to it."""


def counted_for(actor: Actor) -> Callable[[HasUnit], Q]:
    """The condition on cases of units where the actor works or heads; all during an elevation.

    Its argument leads from a row to the unit.
    """
    authority = authority_of(actor)
    own = authority.units(*WORKING)
    if actor.elevated:
        return lambda _way: Q()
    if not own:
        return lambda _way: NOBODY
    if not authority.units(Role.HEAD):
        return lambda way: Q(**{f"{way.unit}__in": own})
    below = authority.below(Role.HEAD)
    return lambda way: Q(**{f"{way.unit}__in": own}) | Q(**{f"{way.unit}__in": below})


def judged_for(actor: Actor) -> Callable[[HasUnit], Q]:
    """The condition on what citizens judged, in sums: of every unit, for whoever is signed in."""
    if actor.kind is ActorKind.ANONYMOUS:
        return lambda _way: NOBODY
    return lambda _way: Q()


def units_counted(actor: Actor) -> QuerySet[Unit]:
    """Units whose figures the actor may see: where they work, and all below what they head."""
    units = Unit.objects.all()
    if actor.elevated:
        return units
    authority = authority_of(actor)
    own = authority.units(*WORKING)
    if not own:
        return units.none()
    return units.filter(Q(pk__in=own) | Q(pk__in=authority.below(Role.HEAD)))

"""Whom posts concern: their holders, and the heads of their unit and of those above it."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from diwan.directory.constants import POST, Role
from diwan.directory.models import Post
from diwan.directory.policies import authority_of
from diwan.kernel.exchange import Concern, declare_concern
from diwan.kernel.policies import Actor


def declare_concerns() -> None:
    """Declare posts."""
    declare_concern(Concern(POST, _posts))


def _posts(actor: Actor) -> list[QuerySet[Post]]:
    authority = authority_of(actor)
    found = [Q(pk__in=authority.post_ids)] if authority.post_ids else []
    if authority.units(Role.HEAD):
        found.append(Q(unit__in=authority.below(Role.HEAD)))
    return [Post.objects.filter(reason) for reason in found]

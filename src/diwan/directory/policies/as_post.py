"""A post as if it could ask for itself: what goes with it, whoever holds it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from diwan.kernel.policies import Actor
from diwan.kernel.working import today_in

from .authority import Authority, Held
from .histories import PostHistory


def post_itself(post: PostHistory, at: datetime, label: str) -> Actor:
    """An actor of the system with what the post gives at an instant, and nobody's person.

    For sheets and lists that say what a post is responsible for. It may read everything: who may
    read what is made of it is asked where that is shown. A post that has ended gives nothing.
    """
    actor = Actor.system(label, at=at)
    day = today_in(post.country, at)
    span = post.on(day)
    if span is None:
        actor.memo["directory.authority"] = Authority(day=day)
        return actor
    unit: frozenset[UUID] = frozenset({post.unit_id})
    actor.memo["directory.authority"] = Authority(
        day=day,
        post_ids=(post.post_id,),
        roles=dict.fromkeys(span.roles, unit),
        post_roles={post.post_id: span.roles},
        countries=frozenset({post.country}),
        held=(Held(post.post_id, span.name, post.unit_id, post.country, span.roles, "full", None),),
    )
    return actor

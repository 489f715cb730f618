"""What councils shows on the pages of others: a unit's bodies, the bodies that a post sits in."""

from __future__ import annotations

from dataclasses import replace

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from diwan.councils.models import Body, Membership
from diwan.councils.models.bodies import Role
from diwan.councils.policies import BODIES
from diwan.kernel.exchange import RELATED_SHOWN, Ref, Related
from diwan.kernel.policies import Actor

from .subjects import BodySubject


def bodies_of_unit(unit: Ref, actor: Actor) -> Related | None:
    """Bodies that the unit hosts, the newest first."""
    rows = BODIES.which(actor, "see", Body.objects.filter(unit=unit.id)).order_by("-pk")
    ids = list(rows.values_list("pk", flat=True)[: RELATED_SHOWN + 1])
    cards = BodySubject().cards(ids, actor)
    more = f"{reverse('councils:bodies')}?unit={unit.id}" if len(ids) > RELATED_SHOWN else ""
    shown = [cards[pk] for pk in ids[:RELATED_SHOWN] if pk in cards]
    return Related(_("Bodies"), shown, more) if shown else None


def bodies_of_post(post: Ref, actor: Actor) -> Related | None:
    """Bodies in which the post (or its pattern) has a seat today, with its role there."""
    seats = Membership.objects.as_of(actor.at.date()).filter(
        Q(post=post.id) | Q(post_pattern__instances=post.id)
    )
    roles = dict(seats.order_by("pk").values_list("body_id", "role"))
    cards = BodySubject().cards(list(roles)[:RELATED_SHOWN], actor)
    shown = [replace(card, state=Role(roles[pk]).label) for pk, card in cards.items()]
    return Related(_("Bodies"), shown) if shown else None

"""What the room shows on the pages of others: the services that a unit offers."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import pgettext_lazy

from diwan.directory.public import UNIT, authority_of
from diwan.kernel import exchange
from diwan.kernel.exchange import RELATED_SHOWN, Ref, Related
from diwan.kernel.policies import Actor
from diwan.services.models import Service
from diwan.services.policies.services import services
from diwan.services.queries.definitions import services_offered

from .services import service_card


def declare_related() -> None:
    """Declare what stands on the page of a unit."""
    exchange.declare_related(UNIT, services_of_unit)


def services_of_unit(unit: Ref, actor: Actor) -> Related | None:
    """Services that may be asked for at the unit, by their codes."""
    offered = services_offered(unit.id, authority_of(actor).day)
    rows = services.which(actor, "see", offered.filter(state=Service.State.OPEN))
    found = list(rows.order_by("code")[: RELATED_SHOWN + 1])
    if not found:
        return None
    more = reverse("services:catalogue") if len(found) > RELATED_SHOWN else ""
    cards = [service_card(row) for row in found[:RELATED_SHOWN]]
    return Related(pgettext_lazy("services", "Services"), cards, more)

"""Which service takes complaints about another one."""

from __future__ import annotations

from django.utils import timezone

from diwan.directory.public import UnitPath
from diwan.kernel.working import today_in
from diwan.services.models import Service

from .catalogue import public_services
from .definitions import definition_of


def taker_of(service: Service) -> Service | None:
    """The service that takes complaints about `service`; None where there is none.

    The one that its workbook names, else the one whose owner stands nearest above the owner of
    `service`, or is the same: no unit draws to itself the complaints about others. `current` must
    be loaded. A complaint about a complaint goes the same way.
    """
    open_now = public_services().filter(country=service.country, kind=Service.Kind.COMPLAINT)
    takers = list(open_now.order_by("code"))
    named = definition_of(service.current).complaints if service.current else ""
    for taker in takers:
        if taker.code == named:
            return taker
    day = today_in(service.country, timezone.now())
    above = UnitPath.objects.on(day).filter(descendant_id=service.owner_id)
    owners = above.filter(ancestor_id__in={taker.owner_id for taker in takers}).order_by("depth")
    nearest = owners.values_list("ancestor_id", flat=True).first()
    return next((taker for taker in takers if taker.owner_id == nearest), None)


def takers_in(country: str) -> list[Service]:
    """The services of a country that take complaints; of every country where none is named."""
    found = public_services().filter(kind=Service.Kind.COMPLAINT)
    return list(found.filter(country=country) if country else found)

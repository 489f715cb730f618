"""Which service takes complaints about another one."""

from __future__ import annotations

from diwan.services.models import Service

from .catalogue import public_services
from .definitions import definition_of


def taker_of(service: Service) -> Service | None:
    """The service that takes complaints about `service`; None where there is none.

    The one that its workbook names, else one of the country that takes complaints. `current` must
    be loaded. A complaint about a complaint goes the same way.
    """
    open_now = public_services().filter(country=service.country, kind=Service.Kind.COMPLAINT)
    named = definition_of(service.current).complaints if service.current else ""
    takers = {taker.code: taker for taker in open_now.order_by("code")}
    return takers.get(named) or next(iter(takers.values()), None)


def takers_in(country: str) -> list[Service]:
    """The services of a country that take complaints; of every country where none is named."""
    found = public_services().filter(kind=Service.Kind.COMPLAINT)
    return list(found.filter(country=country) if country else found)

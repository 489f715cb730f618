"""Which service takes complaints about another one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils import timezone

from diwan.directory.public import UnitPath
from diwan.kernel.working import today_in
from diwan.services.models import Case, Service
from diwan.services.rules.answers import at_path, named
from diwan.services.rules.codes import read_code
from diwan.services.rules.formtree import Form

from .catalogue import public_services
from .definitions import definition_of

CASE_CODE = "case_code"
"""The question of a complaint's form in which the code of the case complained of may be typed."""


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


def complained_of(
    service: Service, form: Form, answers: Mapping[str, Any], shown: Case | None
) -> Case | None:
    """The case that a complaint is about: as it was `shown`, or by the code that was typed.

    None for a service that takes no complaints, and where no case has that code.
    """
    if service.kind != Service.Kind.COMPLAINT:
        return None
    node = named(form, CASE_CODE)
    if shown is not None or node is None:
        return shown
    code = read_code(str(at_path(answers, node.path) or ""))
    same = Case.objects.filter(code=code, service__country=service.country)
    return same.first() if code else None


def takers_in(country: str) -> list[Service]:
    """The services of a country that take complaints; of every country where none is named."""
    found = public_services().filter(kind=Service.Kind.COMPLAINT)
    return list(found.filter(country=country) if country else found)

"""What the house knows that workbooks may name, and the services somebody looks after."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date
from functools import cached_property
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from diwan.directory.public import Unit, UnitVersion
from diwan.kernel.files import read
from diwan.kernel.policies import Actor
from diwan.services.models import Service, ServiceVersion
from diwan.services.policies.services import services
from diwan.services.rules.reading import read_workbook
from diwan.services.rules.sheets import Sheets

MANY = 200


class House:
    """The units and services of one country (`rules.checking.Known`)."""

    def __init__(self, country: str, day: date) -> None:
        """`day` is the day on which units are asked for."""
        self.country, self.day = country, day

    @cached_property
    def _kinds(self) -> list[str]:
        there = UnitVersion.objects.as_of(self.day).filter(unit__country=self.country)
        return list(there.order_by("kind").values_list("kind", flat=True).distinct()[:MANY])

    def unit(self, key: str) -> bool:
        """See `Known`. Where there is no unit at all any will do."""
        return not self._kinds or unit_of_key(self.country, self.day, key) is not None

    def kinds(self) -> Collection[str]:
        """See `Known`."""
        return self._kinds

    def service(self, code: str) -> bool:
        """See `Known`."""
        return Service.objects.filter(country=self.country, code=code).exists()


def unit_of_key(country: str, day: date, key: str, register_id: UUID | None = None) -> Unit | None:
    """The unit of that key that exists on `day`; of several that of the register, else none."""
    found = list(Unit.objects.existing(day).filter(country=country, key=key)[:MANY])
    own = [unit for unit in found if unit.register_id == register_id]
    if len(own) == 1:
        return own[0]
    return found[0] if len(found) == 1 else None


def managed(actor: Actor) -> QuerySet[Service]:
    """The services whose workbooks the actor looks after, with versions and running cases."""
    running = Count("cases", filter=Q(cases__phase__in=("open", "waiting")))
    rows = services.which(actor, "manage", Service.objects.all())
    return rows.select_related("current").annotate(running=running).order_by("state", "code")


def drafts_of(found: Iterable[Service]) -> dict[UUID, ServiceVersion]:
    """The drafts of these services by service, without their content."""
    rows = ServiceVersion.objects.filter(service__in=list(found), state="draft")
    light = rows.defer("definition", "form", "xform")
    return {row.service_id: row for row in light}


def content_of(version: ServiceVersion) -> bytes | None:
    """The workbook of a version as it was stored; None where none was, or its content is gone."""
    return read(version.file.sha256) if version.file is not None else None


def sheets_of(version: ServiceVersion) -> Sheets | None:
    """The sheets of a version's workbook. None as `content_of`."""
    content = content_of(version)
    return read_workbook(content, version.file_name) if content is not None else None

"""What the house knows that workbooks may name, and the services somebody looks after."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date
from functools import cached_property
from uuid import UUID

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from diwan.directory.public import Unit, UnitVersion
from diwan.kernel.files import read
from diwan.kernel.policies import Actor
from diwan.kernel.working import today_in
from diwan.services.models import Service, ServiceVersion
from diwan.services.policies.services import owned_units, services
from diwan.services.rules.difference import lost
from diwan.services.rules.reading import read_workbook
from diwan.services.rules.sheets import Fault, Sheets
from diwan.services.rules.workbook import check

from .definitions import form_of, light

MANY = 200
CONTENT = ("current__definition", "current__form", "current__xform")
"""What a service's version weighs: read once by `queries.definitions`, never with a list."""


class House:
    """The units and services of one country (`rules.checking.Known`)."""

    def __init__(
        self,
        country: str,
        day: date,
        *,
        register_id: UUID | None = None,
        actor: Actor | None = None,
    ) -> None:
        """`day` is the day on which units are asked for.

        Keys are those of a register, the one of the service's owner, before others. `actor` writes
        the workbook and gives work to the units they run alone; None: nobody in particular.
        """
        self.country, self.day = country, day
        self._register_id, self._actor = register_id, actor

    @cached_property
    def _kinds(self) -> list[str]:
        there = UnitVersion.objects.as_of(self.day).filter(unit__country=self.country)
        return list(there.order_by("kind").values_list("kind", flat=True).distinct()[:MANY])

    def unit(self, key: str) -> bool:
        """See `Known`. Where there is no unit at all any will do."""
        return not self._kinds or self.find(key) is not None

    def find(self, key: str) -> Unit | None:
        """The unit of that key."""
        return unit_of_key(self.country, self.day, key, self._register_id)

    def ours(self, key: str) -> bool:
        """See `Known`."""
        unit = self.find(key) if self._actor is not None and not self._actor.elevated else None
        if unit is None or self._actor is None:
            return True
        return owned_units(self._actor).filter(pk=unit.pk).exists()

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
    rows = rows.select_related("current").defer(*CONTENT)
    return rows.annotate(running=running).order_by("state", "code")


def drafts_of(found: Iterable[Service]) -> dict[UUID, ServiceVersion]:
    """The drafts of these services by service, without their content."""
    rows = ServiceVersion.objects.filter(service__in=list(found), state="draft")
    return {row.service_id: row for row in light(rows)}


def content_of(version: ServiceVersion) -> bytes | None:
    """The workbook of a version as it was stored; None where none was, or its content is gone."""
    return read(version.file.sha256) if version.file is not None else None


def sheets_of(version: ServiceVersion) -> Sheets | None:
    """The sheets of a version's workbook. None as `content_of`."""
    content = content_of(version)
    return read_workbook(content, version.file_name) if content is not None else None


def version_before(version: ServiceVersion) -> ServiceVersion | None:
    """The version to compare with: what held before it, or holds now beside a draft."""
    held = version.service.versions.filter(published_at__isnull=False).exclude(pk=version.pk)
    if version.published_at is not None:
        held = held.filter(published_at__lt=version.published_at)
    return light(held).order_by("-published_at").first()


def _house(service: Service) -> House:
    day = today_in(service.country, timezone.now())
    return House(service.country, day, register_id=service.owner.register_id)


def running_cases(service_id: UUID) -> int:
    """How many cases of a service are not ended."""
    return Service.objects.get(pk=service_id).cases.running().count()


def warnings_of(version: ServiceVersion, before: ServiceVersion | None) -> tuple[Fault, ...]:
    """What was found that might be meant otherwise, and what figures can no longer add up."""
    found = _warnings.get(version.pk)
    if found is None:
        sheets = sheets_of(version)
        house = _house(version.service)
        found = check(sheets, house, name=version.file_name).warnings if sheets else ()
        _warnings.clear()
        _warnings[version.pk] = found
    gone = lost(form_of(before), form_of(version)) if before is not None else ()
    return (*found, *gone)


_warnings: dict[UUID, tuple[Fault, ...]] = {}
"""Of the draft that was looked at last: its content never changes."""

"""What versions say, read once; and where services are offered."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable
from datetime import date
from threading import Lock
from typing import Any, Generic, TypeVar
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from diwan.directory.public import UnitPath, UnitVersion
from diwan.services.models import Offer, Service, ServiceVersion
from diwan.services.rules.definition import Definition
from diwan.services.rules.formtree import Form

T = TypeVar("T")
KEPT = 256


class _Kept(Generic[T]):
    """What was read of the last versions asked for: a version's content never changes."""

    def __init__(self, read: Callable[[ServiceVersion], T]) -> None:
        self._read = read
        self._known: OrderedDict[UUID, T] = OrderedDict()
        self._lock = Lock()

    def of(self, version: ServiceVersion) -> T:
        with self._lock:
            if version.pk in self._known:
                self._known.move_to_end(version.pk)
                return self._known[version.pk]
        found = self._read(version)
        with self._lock:
            self._known[version.pk] = found
            while len(self._known) > KEPT:
                self._known.popitem(last=False)
        return found


_definitions = _Kept(lambda version: Definition.from_json(version.definition))
_forms = _Kept(lambda version: Form.from_json(version.form))


def definition_of(version: ServiceVersion) -> Definition:
    """What a version says besides its form. `definition` may be deferred: it is read once."""
    return _definitions.of(version)


def form_of(version: ServiceVersion) -> Form:
    """The form of a version. `form` may be deferred: it is read once."""
    return _forms.of(version)


def light(versions: QuerySet[ServiceVersion]) -> QuerySet[ServiceVersion]:
    """Versions without their content, which `definition_of` and `form_of` keep anyway."""
    return versions.defer("definition", "form", "xform")


def services_offered(unit_id: UUID, day: date) -> QuerySet[Service]:
    """The services offered at a unit on `day`, open or not."""
    offers = Offer.objects.filter(_holds_at([unit_id], day))
    return Service.objects.filter(pk__in=offers.values("service_id"))


def offered_at(service: Service, unit_ids: Iterable[UUID], day: date) -> frozenset[UUID]:
    """Those of `unit_ids` at which the service is offered on `day`, in one question."""
    offers = Offer.objects.filter(service=service)
    paths = {"since__lte": day, "until__gt": day, "descendant": OuterRef("unit")}
    from_above = {f"unit__paths_down__{name}": value for name, value in paths.items()}
    units = UnitVersion.objects.as_of(day).filter(
        Exists(offers.filter(unit=OuterRef("unit"), unit_kind=""))
        | Exists(offers.filter(unit_kind=OuterRef("kind"), **from_above).exclude(unit_kind="")),
        unit_id__in=list(unit_ids),
    )
    return frozenset(units.values_list("unit_id", flat=True))


def offering_units(service: Service, day: date) -> frozenset[UUID]:
    """The units at which the service is offered on `day`."""
    return frozenset(offering(service, day).values_list("unit_id", flat=True))


def offering(service: Service, day: date) -> QuerySet[UnitVersion]:
    """The units at which the service is offered on `day`, as they stand then.

    An offer names the unit, or its kind and a unit at or above it.
    """
    named: list[UUID] = []
    condition = Q()
    for unit_id, kind in Offer.objects.filter(service=service).values_list("unit_id", "unit_kind"):
        if kind:
            paths = UnitPath.objects.on(day).filter(ancestor_id=unit_id)
            condition |= Q(kind=kind, unit_id__in=paths.values("descendant_id"))
        else:
            named.append(unit_id)
    return UnitVersion.objects.as_of(day).filter(condition | Q(unit_id__in=named))


def _holds_at(unit_ids: list[UUID], day: date) -> Q:
    """Offers that hold at any of the units: those of the unit, and of its kind from above."""
    kinds: dict[str, list[UUID]] = {}
    rows = UnitVersion.objects.as_of(day).filter(unit_id__in=unit_ids)
    for unit_id, kind in rows.values_list("unit_id", "kind"):
        kinds.setdefault(kind, []).append(unit_id)
    condition = Q(unit_kind="", unit_id__in=unit_ids)
    for kind, of_kind in kinds.items():
        paths: QuerySet[UnitPath, Any] = UnitPath.objects.on(day).filter(descendant_id__in=of_kind)
        condition |= Q(unit_kind=kind, unit_id__in=paths.values("ancestor_id"))
    return condition

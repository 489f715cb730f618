"""What OParl is answered with: pages of lists from the index, objects from the records themselves.

The index (`PublishedObject`) says which objects there are, since when, and when they changed. What
an object says is worked out from the records at each asking, by the policies, as for somebody who
has not signed in: so an index that lags behind can give nothing away.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, tzinfo
from uuid import UUID

from django.conf import settings
from django.db.models import Max, Min, Q, QuerySet
from django.utils.translation import gettext as _

from diwan.directory.public import Unit
from diwan.interop.models import PublishedObject
from diwan.interop.rules.oparl import SCHEMA, Asked, Kind, Object, embedded, filled, shown_at

from .oparl_bodies import councils, shown_of_bodies, shown_of_people, shown_of_tops
from .oparl_meetings import OF_MEETING, shown_of_meetings
from .oparl_shown import Shown, root, url_of, zone_of

OF_COUNCIL = (Kind.ORGANIZATION, Kind.TERM, Kind.MEMBERSHIP)
Key = tuple[str, UUID]
Rows = QuerySet[PublishedObject]


@dataclass(frozen=True)
class Page:
    """Some rows of a list, in its order; `following` is where the next page goes on, if any."""

    rows: Sequence[PublishedObject]
    total: int
    following: int | None


def listed(kind: Kind, *, top: UUID | None = None, organization: UUID | None = None) -> Rows:
    """The objects of a list: of a Body, of an Organization, or of the system."""
    rows = PublishedObject.objects.filter(kind=kind)
    if top is not None:
        rows = rows.filter(top=top)
    if organization is not None:
        rows = rows.filter(organization=organization)
    return rows


def page_of(rows: Rows, wanted: Asked) -> Page:
    """One page of a list. Deleted objects are there for who asks what changed since, alone."""
    bounds = {
        "created_at__gte": wanted.created_since,
        "created_at__lte": wanted.created_until,
        "modified_at__gte": wanted.modified_since,
        "modified_at__lte": wanted.modified_until,
    }
    rows = rows.filter(**{name: at for name, at in bounds.items() if at is not None})
    if wanted.modified_since is None:
        rows = rows.filter(deleted_at__isnull=True)
    some = list(rows.filter(pk__gt=wanted.after).order_by("pk")[: wanted.limit + 1])
    more = len(some) > wanted.limit
    some = some[: wanted.limit]
    short = not more and not wanted.after
    return Page(some, len(some) if short else rows.count(), some[-1].pk if more else None)


def row_of(kind: Kind, record: UUID) -> PublishedObject | None:
    """The object's row of the index, if it is or ever was published."""
    return PublishedObject.objects.filter(kind=kind, record=record).first()


def worked_out(rows: Iterable[PublishedObject]) -> dict[Key, Shown]:
    """What these objects say now, as far as anybody may see them."""
    by_kind: dict[Kind, list[PublishedObject]] = defaultdict(list)
    for row in rows:
        by_kind[Kind(row.kind)].append(row)
    found: dict[Key, Shown] = {}
    for kind, some in by_kind.items():
        found |= {one.key: one for one in MAKERS[kind](some)}
    return {(row.kind, row.record): one for row in rows if (one := found.get(_key(row)))}


def _key(row: PublishedObject) -> Key:
    return (row.kind, row.record)


def people_now(people: Iterable[UUID]) -> Iterator[Shown]:
    """These persons, out of the bodies in which the index has them."""
    wanted = set(people)
    rows = PublishedObject.objects.filter(
        kind=Kind.MEMBERSHIP, person__in=wanted, deleted_at__isnull=True
    )
    bodies = set(rows.values_list("organization", flat=True))
    return shown_of_people(councils(pk for pk in bodies if pk), wanted)


def _tops(rows: Sequence[PublishedObject]) -> Iterator[Shown]:
    return shown_of_tops(row.record for row in rows)


def _bodies(rows: Sequence[PublishedObject]) -> Iterator[Shown]:
    return shown_of_bodies(councils({row.source for row in rows}))


def _people(rows: Sequence[PublishedObject]) -> Iterator[Shown]:
    return people_now(row.record for row in rows)


def _meetings(rows: Sequence[PublishedObject]) -> Iterator[Shown]:
    return shown_of_meetings({row.source for row in rows}, {Kind(row.kind) for row in rows})


MAKERS: Mapping[Kind, Callable[[Sequence[PublishedObject]], Iterator[Shown]]] = {
    Kind.BODY: _tops,
    Kind.PERSON: _people,
    **dict.fromkeys(OF_COUNCIL, _bodies),
    **dict.fromkeys(OF_MEETING, _meetings),
}


def stamps_of(
    rows: Sequence[PublishedObject], shown: Iterable[Object]
) -> dict[str, tuple[str, str]]:
    """`created` and `modified` of these rows and of all objects embedded, by their address."""
    known = {
        url_of(Kind(row.kind), row.record): (row.top, row.created_at, row.modified_at)
        for row in rows
    }
    missing: dict[str, list[UUID]] = defaultdict(list)
    for content in shown:
        for one in embedded(content):
            if one["id"] not in known:
                missing[one["type"].removeprefix(SCHEMA)].append(UUID(one["id"].rpartition("/")[2]))
    wanted = Q()
    for kind, records in missing.items():
        wanted |= Q(kind=kind, record__in=records)
    if wanted:
        more = PublishedObject.objects.filter(wanted).order_by()
        for kind, record, top, created, modified in more.values_list(
            "kind", "record", "top", "created_at", "modified_at"
        ):
            known[url_of(Kind(kind), record)] = (top, created, modified)
    zones = zones_of({top for top, _created, _modified in known.values()})
    return {
        address: (shown_at(created, zones.get(top, UTC)), shown_at(modified, zones.get(top, UTC)))
        for address, (top, created, modified) in known.items()
    }


def zones_of(tops: Iterable[UUID]) -> dict[UUID, tzinfo]:
    """The time zone of each unit at the top."""
    rows = Unit.objects.filter(pk__in=set(tops)).values_list("pk", "country")
    return {pk: zone_of(code) for pk, code in rows}


def gone(row: PublishedObject) -> Object:
    """What is left of an object that was published and is no more (specification, 2.8)."""
    address = url_of(Kind(row.kind), row.record)
    return {"id": address, "type": f"{SCHEMA}{row.kind}", "deleted": True}


def system() -> Object:
    """The System object: the entrance to all others."""
    times = PublishedObject.objects.filter(kind=Kind.BODY).aggregate(
        created=Min("created_at"), modified=Max("modified_at")
    )
    return filled(
        {
            "id": root(),
            "type": f"{SCHEMA}System",
            "oparlVersion": SCHEMA,
            "license": settings.DIWAN_OPEN_LICENSE,
            "body": f"{root()}bodies",
            "name": _("Diwan"),
            "website": f"{settings.DIWAN_ADDRESS}/",
            "web": f"{settings.DIWAN_ADDRESS}/",
            **{name: shown_at(at, UTC) for name, at in times.items() if at},
        }
    )

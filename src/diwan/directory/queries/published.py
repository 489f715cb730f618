"""What the open standards ask of the directory: tops of the tree, and who held which post when.

Nothing here asks a policy of its own: whoever publishes says of which posts and units, and why
they may be shown.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from uuid import UUID

from diwan.directory.models import Holding, Person, Post, Unit, UnitPath, UnitVersion
from diwan.directory.policies import person_policy, post_policy, unit_policy
from diwan.kernel.calendars import PartialDate
from diwan.kernel.dated import stated
from diwan.kernel.policies import Actor

from .names import TextMap

CHUNK = 400


@dataclass(frozen=True)
class Sitting:
    """Somebody who holds or held a post, fully or as acting; `lineage` is the holding's for ever.

    `name` is without the `honorific`. The dates are the days on which it began and ended, as far as
    they are known.
    """

    lineage: UUID
    post_id: UUID
    person_id: UUID
    name: TextMap
    honorific: str
    since_at: datetime | None
    since_precision: str
    until_at: datetime | None
    until_precision: str


def tops_of(unit_ids: Iterable[UUID]) -> dict[UUID, UUID]:
    """The unit at the top of the tree in which each unit stands, or stood last; one question."""
    rows = UnitPath.objects.filter(descendant_id__in=set(unit_ids)).order_by("until", "depth")
    return dict(rows.values_list("descendant_id", "ancestor_id"))  # the latest, highest comes last


def sittings_of(post_ids: Iterable[UUID]) -> dict[UUID, list[Sitting]]:
    """Who held these posts, the earliest first; deputies during a leave and erased people aside."""
    wanted = sorted(set(post_ids))
    found: dict[UUID, list[Sitting]] = defaultdict(list)
    for start in range(0, len(wanted), CHUNK):
        rows = Holding.objects.known().filter(
            post_id__in=wanted[start : start + CHUNK], person__erased_at__isnull=True
        )
        rows = rows.exclude(kind=Holding.Kind.DEPUTY).order_by("since_at", "pk")
        for row in rows.values_list(
            "lineage", "post_id", "person_id", "person__name", "person__honorific",
            "since_at", "since_precision", "until_at", "until_precision",
        ):  # fmt: skip
            found[row[1]].append(Sitting(*row))
    return found


@dataclass(frozen=True)
class OpenUnit:
    """A unit as it is or was last called, and under which unit it stands or stood."""

    id: UUID
    name: TextMap
    kind: str
    country: str
    province: str
    parent_id: UUID | None
    since: PartialDate | None
    until: PartialDate | None


@dataclass(frozen=True)
class OpenPost:
    """A post as it is or was last called, and in which unit."""

    id: UUID
    unit_id: UUID
    name: TextMap
    since: PartialDate | None
    until: PartialDate | None


def units_for(actor: Actor, ids: Iterable[UUID] | None = None) -> Iterator[OpenUnit]:
    """The units that the actor may see, in the order of their making; or these, whoever asks."""
    if ids is None:
        rows = unit_policy.which(actor, "see", Unit.objects.all())
    else:
        rows = Unit.objects.filter(pk__in=set(ids))
    columns = ("pk", "country", "province")
    keys = rows.order_by("pk").values_list(*columns).iterator(chunk_size=CHUNK)
    while some := list(islice(keys, CHUNK)):
        versions: dict[UUID, list[UnitVersion]] = defaultdict(list)
        told = UnitVersion.objects.known().filter(unit_id__in=[row[0] for row in some])
        for version in told.order_by("until", "since", "pk"):
            versions[version.unit_id].append(version)
        for pk, country, province in some:
            if spans := _in_order(versions[pk]):
                last = spans[-1]
                yield OpenUnit(
                    id=pk,
                    name=last.name,
                    kind=last.kind,
                    country=country,
                    province=province,
                    parent_id=last.parent_id,
                    since=spans[0].since_stated,
                    until=last.until_stated,
                )


def _in_order(versions: list[UnitVersion]) -> list[UnitVersion]:
    return sorted(versions, key=lambda row: (row.since is not None, row.since))


def posts_for(actor: Actor) -> Iterator[OpenPost]:
    """The posts that the actor may see, in the order of their making."""
    rows = post_policy.which(actor, "see", Post.objects.all()).order_by("pk")
    columns = ("pk", "unit_id")
    keys = rows.values_list(*columns).iterator(chunk_size=CHUNK)
    while some := dict(islice(keys, CHUNK)):
        spans: dict[UUID, list[tuple[TextMap, PartialDate | None, PartialDate | None]]]
        spans = defaultdict(list)
        posts = Post.objects.filter(pk__in=list(some), versions__superseded_at__isnull=True)
        for pk, name, since, since_by, since_in, until, until_by, until_in in posts.order_by(
            "versions__since"
        ).values_list(
            "pk", "versions__name",
            "versions__since", "versions__since_precision", "versions__since_calendar",
            "versions__until", "versions__until_precision", "versions__until_calendar",
        ):  # fmt: skip
            began, ended = stated(since, since_by, since_in), stated(until, until_by, until_in)
            spans[pk].append((name, began, ended))
        for pk, unit_id in some.items():
            if told := _undated_first(spans[pk]):
                yield OpenPost(pk, unit_id, told[-1][0], told[0][1], told[-1][2])


def _undated_first(
    spans: list[tuple[TextMap, PartialDate | None, PartialDate | None]],
) -> list[tuple[TextMap, PartialDate | None, PartialDate | None]]:
    """In order of time; one database sorts what is missing first, the other last."""
    return sorted(spans, key=lambda span: span[1] is not None)


def people_for(actor: Actor) -> Iterator[tuple[UUID, TextMap, str]]:
    """Identifier, name and honorific of the people whom the actor may see; not of erased ones."""
    rows = person_policy.which(actor, "see", Person.objects.filter(erased_at__isnull=True))
    yield from rows.order_by("pk").values_list("pk", "name", "honorific").iterator(chunk_size=CHUNK)

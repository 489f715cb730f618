"""Which bodies and meetings say something else when a record was written; for what is published."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

from django.db.models import Q

from diwan.councils.constants import BODY, MEETING, MEMBERSHIP, RESOLUTION
from diwan.councils.models import Body, Meeting, Membership, Resolution
from diwan.directory.public import HANDOVER, PERSON, POST, UNIT, Handover, Holding, Post, UnitPath
from diwan.kernel.exchange import Ref


def _by_kind(refs: Iterable[Ref]) -> Mapping[str, Sequence[UUID]]:
    found: dict[str, list[UUID]] = defaultdict(list)
    for ref in refs:
        found[ref.kind].append(ref.id)
    return found


def bodies_touched(refs: Iterable[Ref]) -> set[UUID]:
    """Bodies that a write of these records may show otherwise: themselves, seats, posts, units.

    A person's record may tell of a post they hold; a handover of both its posts.
    """
    of = _by_kind(refs)
    found = set(of.get(BODY, ()))
    if lineages := of.get(MEMBERSHIP):
        rows = Membership.objects.filter(lineage__in=lineages)
        found |= set(rows.values_list("body_id", flat=True))
    if units := of.get(UNIT):
        below = UnitPath.objects.filter(ancestor_id__in=units).values("descendant_id")
        found |= set(Body.objects.filter(unit__in=below).values_list("pk", flat=True))
    seated = Q()
    if posts := _posts(of):
        seated |= Q(pk__in=posts)
    if units:
        seated |= Q(unit__in=units)
    if seated:
        found |= _seating(seated)
    return found


def _posts(of: Mapping[str, Sequence[UUID]]) -> set[UUID]:
    posts = set(of.get(POST, ()))
    if people := of.get(PERSON):
        held = Holding.objects.filter(person_id__in=people)
        posts |= set(held.values_list("post_id", flat=True))
    if handovers := of.get(HANDOVER):
        rows = Handover.objects.filter(pk__in=handovers)
        for pair in rows.values_list("from_post_id", "to_post_id"):
            posts |= set(pair)
    return posts


def _seating(which: Q) -> set[UUID]:
    """The bodies in which such posts have or had a seat, by themselves, by pattern or by unit."""
    rows = list(Post.objects.filter(which).values_list("pk", "pattern_id", "unit_id"))
    mine = Q(post__in=[row[0] for row in rows])
    mine |= Q(post_pattern__in={row[1] for row in rows})
    mine |= Q(unit__in={row[2] for row in rows})
    return set(Membership.objects.filter(mine).values_list("body_id", flat=True))


def meetings_touched(refs: Iterable[Ref]) -> set[UUID]:
    """Meetings that a write of these records may show otherwise; not all those of a body."""
    of = _by_kind(refs)
    found = set(of.get(MEETING, ()))
    if resolutions := of.get(RESOLUTION):
        rows = Resolution.objects.filter(pk__in=resolutions)
        found |= set(rows.values_list("meeting_id", flat=True))
    return set(Meeting.objects.filter(pk__in=found).values_list("pk", flat=True))

"""Who owes the steps of cases: the post that took one, else the posts with its role where it lies.

For the citizen there is one answer alone: the head of the unit where the case was filed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from diwan.directory.public import (
    Holding,
    PostVersion,
    UnitVersion,
    heads_above,
    heads_of,
)
from diwan.kernel.working import today_in
from diwan.services.models import Case


@dataclass(frozen=True)
class Owing:
    """Who owes the step of a case.

    `post_ids` are the posts that may take it; `vacant`: nobody holds any of them, so that
    `head_post_id`, the nearest head, is asked for.
    """

    post_ids: tuple[UUID, ...] = ()
    vacant: bool = False
    head_post_id: UUID | None = None


def owners_of(cases: Iterable[Case], at: datetime) -> dict[UUID, Owing]:
    """Who owes each of these running cases, in few questions for one page of them.

    `at_unit` should be loaded.
    """
    rows = list(cases)
    free = {(case.at_unit_id, case.role) for case in rows if case.post_id is None and case.role}
    by_role: Mapping[tuple[UUID, str], list[UUID]] = {}
    if free:
        day = today_in(rows[0].at_unit.country, at)
        by_role = _posts_with_roles({unit for unit, _role in free}, day)
    named: dict[UUID, tuple[UUID, ...]] = {
        case.pk: (case.post_id,)
        if case.post_id is not None
        else tuple(by_role.get((case.at_unit_id, case.role), ()))
        for case in rows
    }
    held = _held({post for posts in named.values() for post in posts}, at)
    vacant = {pk for pk, posts in named.items() if not held & set(posts)}
    heads = _nearest_heads([case for case in rows if case.pk in vacant], at)
    return {
        case.pk: Owing(named[case.pk], case.pk in vacant, heads.get(case.at_unit_id))
        for case in rows
    }


def posts_owing(case: Case, at: datetime) -> list[UUID]:
    """The posts that owe the step of a case; the nearest head where nobody holds any of them."""
    owing = owners_of([case], at)[case.pk]
    if not owing.vacant:
        return list(owing.post_ids)
    return [owing.head_post_id] if owing.head_post_id else []


def responsible_of(unit_ids: Iterable[UUID], at: datetime) -> dict[UUID, UUID]:
    """The head's post of each unit, as the citizen is told it; those without one are left out."""
    return {unit: posts[0] for unit, posts in heads_of(unit_ids, at).items() if posts}


def posts_there(
    places: Iterable[tuple[UUID, str]], country: str, at: datetime
) -> dict[tuple[UUID, str], list[UUID]]:
    """The posts of these units and roles that somebody holds; the nearest head where none is."""
    wanted = set(places)
    by_role = _posts_with_roles({unit for unit, _role in wanted}, today_in(country, at))
    held = _held({post for place in wanted for post in by_role.get(place, ())}, at)
    found = {place: [post for post in by_role.get(place, ()) if post in held] for place in wanted}
    return {
        place: posts or heads_above(place[0], at, country=country)[:1]
        for place, posts in found.items()
    }


def without_holder_there(
    places: Iterable[tuple[UUID, str]], country: str, at: datetime
) -> set[tuple[UUID, str]]:
    """Those of these units and roles where nobody holds a post with the role; two questions."""
    wanted = set(places)
    by_role = _posts_with_roles({unit for unit, _role in wanted}, today_in(country, at))
    held = _held({post for posts in by_role.values() for post in posts}, at)
    return {place for place in wanted if not held & set(by_role.get(place, ()))}


def _posts_with_roles(units: set[UUID], day: date) -> dict[tuple[UUID, str], list[UUID]]:
    """The posts of these units by unit and role on a day; a page's units share its day."""
    alive = UnitVersion.objects.as_of(day).filter(unit_id__in=units).values("unit_id")
    rows = PostVersion.objects.as_of(day).filter(post__unit__in=alive).order_by("post_id")
    found: dict[tuple[UUID, str], list[UUID]] = defaultdict(list)
    for post_id, unit_id, roles in rows.values_list("post_id", "post__unit_id", "roles"):
        for role in roles.split():
            found[unit_id, role].append(post_id)
    return found


def _held(posts: set[UUID], at: datetime) -> set[UUID]:
    rows = Holding.objects.at(at).filter(post_id__in=posts)
    return set(rows.values_list("post_id", flat=True))


def _nearest_heads(cases: Sequence[Case], at: datetime) -> dict[UUID, UUID | None]:
    """The nearest head from each unit upward; one question a unit, and few units are vacant."""
    units = {case.at_unit_id: case.at_unit.country for case in cases}
    found: dict[UUID, UUID | None] = {}
    for unit_id, country in units.items():
        heads = heads_above(unit_id, at, country=country)
        found[unit_id] = next(iter(heads), None)
    return found

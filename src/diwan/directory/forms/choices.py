"""Which units, posts and people a form offers, and how their labels tell them apart."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from diwan.directory.models import Holding, Person, Post, PostVersion, Unit, UnitVersion
from diwan.directory.queries.names import person_names, unit_names
from diwan.directory.queries.posts import post_cards
from diwan.ui.finding import Candidates
from diwan.ui.show import show_local

JOINT = " · "


def units_to_choose(records: QuerySet[Unit], day: date) -> Candidates[Unit]:
    """Units that existed on `day`, told apart by the unit above them."""

    def matching(found: QuerySet[Unit], tokens: Sequence[str]) -> QuerySet[Unit]:
        versions = UnitVersion.objects.as_of(day).filter(_holding(tokens))
        return found.filter(pk__in=versions.values("unit_id"))

    def labels(found: Iterable[Unit]) -> dict[UUID, str]:
        return unit_labels([unit.pk for unit in found], day)

    return Candidates(records.existing(day).order_by("pk"), matching, labels)  # type: ignore[attr-defined] # UnitQuerySet


def posts_to_choose(records: QuerySet[Post], at: datetime, day: date) -> Candidates[Post]:
    """Posts that exist on `day`, told apart by their unit and their holders at `at`."""
    known = PostVersion.objects.as_of(day)

    def matching(found: QuerySet[Post], tokens: Sequence[str]) -> QuerySet[Post]:
        return found.filter(pk__in=known.filter(_holding(tokens)).values("post_id"))

    def labels(found: Iterable[Post]) -> dict[UUID, str]:
        cards = post_cards([post.pk for post in found], at)
        return {
            pk: JOINT.join(
                [
                    show_local(card.name),
                    show_local(card.unit_name),
                    *(show_local(holder.name) for holder in card.holders[:1]),
                ]
            )
            for pk, card in cards.items()
        }

    return Candidates(
        records.filter(pk__in=known.values("post_id")).order_by("pk"), matching, labels
    )


def people_to_choose(records: QuerySet[Person], at: datetime) -> Candidates[Person]:
    """People, told apart by the first post they hold at `at`."""

    def matching(found: QuerySet[Person], tokens: Sequence[str]) -> QuerySet[Person]:
        return found.filter(_holding(tokens))

    def labels(found: Iterable[Person]) -> dict[UUID, str]:
        ids = [person.pk for person in found]
        held = dict(Holding.objects.at(at).filter(person_id__in=ids).values_list("person", "post"))
        cards = post_cards(held.values(), at)
        names = person_names(ids)
        return {
            pk: JOINT.join(
                part
                for part in (
                    show_local(names[pk]),
                    show_local(cards[held[pk]].name) if pk in held else "",
                )
                if part
            )
            for pk in ids
        }

    return Candidates(records.order_by("search", "pk"), matching, labels)


def unit_labels(ids: Sequence[UUID], day: date) -> dict[UUID, str]:
    """Names of units on `day`, each with the unit above it."""
    rows = UnitVersion.objects.as_of(day).filter(unit_id__in=ids)
    above = {row.unit_id: row.parent_id for row in rows if row.parent_id is not None}
    names = unit_names({*ids, *above.values()}, day)
    ways: dict[UUID, list[UUID]] = {pk: [pk] for pk in ids}
    for pk, parent in above.items():
        ways[pk].append(parent)
    return {
        pk: JOINT.join(show_local(names[each]) for each in way if each in names)
        for pk, way in ways.items()
    }


def _holding(tokens: Sequence[str]) -> Q:
    """Every token stands in the search key."""
    asked = Q()
    for token in tokens:
        asked &= Q(search__contains=token)
    return asked

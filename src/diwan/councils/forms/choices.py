"""Which posts, units and bodies a form offers, and how their labels tell them apart."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from uuid import UUID

from django.db.models import OuterRef, Q, QuerySet, Subquery, UUIDField

from diwan.councils.models import Body
from diwan.directory.public import (
    Post,
    PostVersion,
    Unit,
    UnitVersion,
    post_cards,
    unit_names,
)
from diwan.kernel.dated import DatedQuerySet
from diwan.kernel.policies import Actor
from diwan.kernel.working import today_in
from diwan.ui.finding import Candidates
from diwan.ui.show import show_local

JOINT = " · "


def posts_to_choose(actor: Actor, country: str) -> Candidates[Post]:
    """A country's posts that exist today, told apart by their unit and who holds them."""
    known = PostVersion.objects.as_of(today_in(country, actor.at))
    posts = Post.objects.filter(unit__country=country, pk__in=known.values("post_id"))

    def matching(found: QuerySet[Post], tokens: Sequence[str]) -> QuerySet[Post]:
        return found.filter(pk__in=known.filter(_holding(tokens)).values("post_id"))

    def labels(found: Iterable[Post]) -> dict[UUID, str]:
        cards = post_cards([post.pk for post in found], actor.at)
        return {
            pk: JOINT.join(
                show_local(name)
                for name in (card.name, card.unit_name, *(h.name for h in card.holders[:1]))
            )
            for pk, card in cards.items()
        }

    return Candidates(posts.order_by("pk"), matching, labels)


def units_to_choose(records: QuerySet[Unit], day: date) -> Candidates[Unit]:
    """Those of the units that existed on `day`, told apart by the unit above them."""
    known = UnitVersion.objects.as_of(day)

    def matching(found: QuerySet[Unit], tokens: Sequence[str]) -> QuerySet[Unit]:
        return found.filter(pk__in=known.filter(_holding(tokens)).values("unit_id"))

    def labels(found: Iterable[Unit]) -> dict[UUID, str]:
        units = list(found)
        above = _above(units, known)
        names = unit_names({*(unit.pk for unit in units), *above.values()}, day)
        way = {unit.pk: (unit.pk, *filter(None, [above.get(unit.pk)])) for unit in units}
        return {
            pk: JOINT.join(show_local(names.get(each, {})) for each in both)
            for pk, both in way.items()
        }

    parent = known.filter(unit=OuterRef("pk")).values("parent_id")[:1]
    records = records.filter(pk__in=known.values("unit_id")).annotate(
        # A foreign key would come back from SQLite as text.
        stands_below=Subquery(parent, output_field=UUIDField())
    )
    return Candidates(records.order_by("pk"), matching, labels)


def _above(units: Iterable[Unit], known: DatedQuerySet[UnitVersion]) -> dict[UUID, UUID]:
    """The unit above each that has one; candidates bring it along."""
    told = {unit.pk: getattr(unit, "stands_below", unit) for unit in units}
    missing = [pk for pk, above in told.items() if isinstance(above, Unit)]
    found = {pk: above for pk, above in told.items() if isinstance(above, UUID)}
    if missing:
        rows = known.filter(unit_id__in=missing, parent__isnull=False)
        found |= dict(rows.values_list("unit_id", "parent_id"))
    return found


def bodies_to_choose(records: QuerySet[Body], day: date) -> Candidates[Body]:
    """Bodies, told apart by the unit that hosts them."""

    def matching(found: QuerySet[Body], tokens: Sequence[str]) -> QuerySet[Body]:
        return found.filter(_holding(tokens))

    def labels(found: Iterable[Body]) -> dict[UUID, str]:
        bodies = list(found)
        names = unit_names([body.unit_id for body in bodies], day)
        return {
            body.pk: JOINT.join(
                show_local(name) for name in (body.name, names.get(body.unit_id)) if name
            )
            for body in bodies
        }

    return Candidates(records, matching, labels)


def name_hosts(bodies: Candidates[Body], units: Candidates[Unit], day: date) -> None:
    """Read the names that the lists of few bodies and few units show, in one question.

    They are kept while the page is made (`kernel.remembering`): the labels need not ask again.
    """
    ids = {body.unit_id for body in bodies.few}
    for unit in units.few:
        ids |= {unit.pk, getattr(unit, "stands_below", None) or unit.pk}
    unit_names(ids, day)


def _holding(tokens: Sequence[str]) -> Q:
    """Every token stands in the search key."""
    asked = Q()
    for token in tokens:
        asked &= Q(search__contains=token)
    return asked

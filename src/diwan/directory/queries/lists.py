"""What the list pages show: filtered, ordered, and paged by the page that asks.

Nothing here is rendered whole: a tree of ten thousand units is asked for one node's children at a
time, and lists are cut by the page.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from diwan.directory.models import (
    Holding,
    Partner,
    Person,
    Post,
    PostVersion,
    Unit,
    UnitPath,
    UnitVersion,
)
from diwan.directory.policies import (
    UNIT_COLUMNS,
    keep_units,
    partner_policy,
    person_policy,
    post_policy,
    unit_policy,
    with_unit_histories,
)
from diwan.kernel.countries import country as country_of
from diwan.kernel.policies import Actor
from diwan.kernel.working import today_in


def moment_on(day: date, country: str, actor: Actor) -> datetime:
    """The instant at which a list "as of `day`" looks at holdings.

    Now if it is today, else the last one of the day in the country.
    """
    if day == today_in(country, actor.at):
        return actor.at
    zone = ZoneInfo(country_of(country).timezone)
    return datetime.combine(day + timedelta(days=1), time(), tzinfo=zone) - timedelta(seconds=1)


def visible_units(actor: Actor) -> QuerySet[Unit]:
    """Every unit that the actor may see, ended ones, too."""
    return unit_policy.which(actor, "see", Unit.objects.all())


def branches(actor: Actor, day: date, *, above: UUID | None) -> QuerySet[UnitVersion]:
    """Units directly under `above` on `day`, by name; None: those at the top."""
    rows = UnitVersion.objects.as_of(day).filter(unit__in=visible_units(actor))
    if above is None:
        higher = UnitPath.objects.on(day).filter(descendant_id=OuterRef("unit_id"), depth__gt=0)
        rows = rows.filter(~Exists(higher))
    else:
        rows = rows.filter(parent_id=above)
    return rows.select_related("unit").order_by("search", "unit_id")


def found_units(actor: Actor, day: date, tokens: Sequence[str]) -> QuerySet[UnitVersion]:
    """Units that existed on `day` and whose names hold every token."""
    rows = UnitVersion.objects.as_of(day).filter(_tokens(tokens), unit__in=visible_units(actor))
    return rows.select_related("unit").order_by("search", "unit_id")


def count_units(actor: Actor, day: date) -> int:
    """How many units the actor may see that existed on `day`."""
    return UnitVersion.objects.as_of(day).filter(unit__in=visible_units(actor)).count()


def children_counts(unit_ids: Iterable[UUID], day: date) -> dict[UUID, int]:
    """How many units stood directly under each of `unit_ids` on `day`; none is left out."""
    ids = list(unit_ids)
    if not ids:
        return {}
    rows = (
        UnitVersion.objects.as_of(day)
        .filter(parent_id__in=ids)
        .values("parent_id")
        .annotate(n=Count("pk"))
    )
    return {row["parent_id"]: row["n"] for row in rows}


def units_above(unit_id: UUID, day: date) -> list[UUID]:
    """The units above it on `day`, the highest first; of an ended unit, those at its last day.

    In one question, which reads their names by the way.
    """
    paths = UnitPath.objects.filter(descendant_id=unit_id)
    found = _upward(paths, day)
    if not found:
        last = paths.filter(depth=0).order_by("-until").values_list("until", flat=True).first()
        found = _upward(paths, last - timedelta(days=1)) if last else found
    return found[:-1]


def _upward(paths: QuerySet[UnitPath], day: date) -> list[UUID]:
    """From the highest down to the unit itself."""
    held = (UnitPath.objects.on(day) & paths).order_by("-depth")
    rows = list(with_unit_histories(held, "ancestor__").values_list("ancestor_id", *UNIT_COLUMNS))
    keep_units(rows)
    return list(dict.fromkeys(row[0] for row in rows))


def listed_posts(
    actor: Actor,
    day: date,
    *,
    tokens: Sequence[str] = (),
    below: UUID | None = None,
    vacant_at: datetime | None = None,
) -> QuerySet[PostVersion]:
    """Posts that existed on `day`: in or below a unit, vacant at an instant, or all."""
    alive = UnitVersion.objects.as_of(day).filter(unit_id=OuterRef("post__unit_id"))
    rows = PostVersion.objects.as_of(day).filter(
        Exists(alive),
        _tokens(tokens),
        post__in=post_policy.which(actor, "see", Post.objects.all()),
    )
    if below is not None:
        under = UnitPath.objects.on(day).filter(ancestor_id=below).values("descendant_id")
        rows = rows.filter(post__unit_id__in=under)
    if vacant_at is not None:
        rows = rows.filter(
            ~Exists(Holding.objects.at(vacant_at).filter(post_id=OuterRef("post_id")))
        )
    return rows.select_related("post").order_by("post__unit_id", "search", "post_id")


def listed_people(actor: Actor, *, tokens: Sequence[str] = ()) -> QuerySet[Person]:
    """People by name."""
    people = person_policy.which(actor, "see", Person.objects.filter(_tokens(tokens)))
    return people.select_related("register").order_by("search", "pk")


def listed_partners(actor: Actor) -> QuerySet[Partner]:
    """Partners in the order in which they were written down."""
    return partner_policy.which(actor, "see", Partner.objects.select_related("register")).order_by(
        "pk"
    )


def held_now(person_ids: Iterable[UUID], at: datetime) -> list[Holding]:
    """What these people hold at an instant."""
    return list(Holding.objects.at(at).filter(person_id__in=list(person_ids)))


def _tokens(tokens: Sequence[str]) -> Q:
    asked = Q()
    for token in tokens:
        asked &= Q(search__contains=token)
    return asked


def kinds_used(register_id: UUID) -> list[str]:
    """Kinds of units that a register uses, the common ones first."""
    rows = UnitVersion.objects.known().filter(unit__register_id=register_id)
    counted = rows.values("kind").annotate(n=Count("pk")).order_by("-n", "kind")
    return [row["kind"] for row in counted]

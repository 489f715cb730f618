"""By what units, posts and people are found, and who sees them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from diwan.directory.constants import PERSON, POST, UNIT
from diwan.directory.models import Person, Post, PostVersion, Unit, UnitVersion
from diwan.directory.policies import authority_of, person_policy, post_policy, unit_policy
from diwan.kernel import search
from diwan.kernel.exchange import Ref
from diwan.kernel.policies import Actor
from diwan.kernel.search import Texts, made_on


def _unit_names(ids: Iterable[UUID]) -> dict[UUID, list[str]]:
    """Every name that units ever had, in every language."""
    names: dict[UUID, list[str]] = defaultdict(list)
    rows = UnitVersion.objects.known().filter(unit_id__in=set(ids)).order_by("id")
    for pk, name in rows.values_list("unit_id", "name"):
        names[pk] += name.values()
    return names


def unit_texts(ids: Sequence[UUID]) -> Iterator[Texts]:
    """Units by any name they ever had."""
    names = _unit_names(ids)
    rows = Unit.objects.filter(pk__in=ids).values_list("pk", "founded_at", "country")
    for pk, founded_at, country in rows:
        yield Texts(pk, founded_at.date(), country, names[pk])


def post_texts(ids: Sequence[UUID]) -> Iterator[Texts]:
    """Posts by any name they ever had, and by the names of their unit."""
    names: dict[UUID, list[str]] = defaultdict(list)
    versions = PostVersion.objects.known().filter(post_id__in=ids).order_by("id")
    for pk, name in versions.values_list("post_id", "name"):
        names[pk] += name.values()
    rows = list(Post.objects.filter(pk__in=ids).values_list("pk", "unit_id", "unit__country"))
    units = _unit_names(unit for _pk, unit, _country in rows)
    for pk, unit, country in rows:
        yield Texts(pk, made_on(pk), country, names[pk], units[unit])


def person_texts(ids: Sequence[UUID]) -> Iterator[Texts]:
    """People by name."""
    rows = Person.objects.filter(pk__in=ids).values_list("pk", "name", "register__country")
    for pk, name, country in rows:
        yield Texts(pk, made_on(pk), country, list(name.values()))


def posts_of_units(ids: Sequence[UUID]) -> Iterator[Ref]:
    """Posts are found by the name of their unit."""
    posts = Post.objects.filter(unit_id__in=ids).values_list("pk", flat=True)
    return (Ref(POST, pk) for pk in posts)


def countries(actor: Actor) -> frozenset[str]:
    """The countries in which the actor has a post."""
    return authority_of(actor).countries


def declare_searches() -> None:
    """Declare all three."""
    search.declare_reach(countries)
    search.declare_source(
        search.Source(
            UNIT,
            _("Units"),
            unit_texts,
            Unit.objects.all,
            search.seen_by(unit_policy),
            follows=posts_of_units,
            list_url="directory:units",
        )
    )
    search.declare_source(
        search.Source(
            POST,
            _("Posts"),
            post_texts,
            Post.objects.all,
            search.seen_by(post_policy),
            list_url="directory:posts",
        )
    )
    search.declare_source(
        search.Source(
            PERSON,
            _("People"),
            person_texts,
            Person.objects.all,
            search.seen_by(person_policy),
            list_url="directory:people",
        )
    )

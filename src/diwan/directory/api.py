"""The directory over the API: units, posts, people and who holds what, as of any date.

Reading alone: units and posts are founded, moved and filled on the pages, where the consequences
are shown before the step.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime
from typing import Literal, TypeVar
from uuid import UUID

from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from ninja import Field, Schema

from diwan.directory.constants import PERSON, POST, UNIT
from diwan.directory.models import Holding, Person, Post, PostVersion, Unit, UnitPath, UnitVersion
from diwan.directory.policies import (
    authority_of,
    day_in,
    holding_policy,
    person_policy,
    post_policy,
    unit_policy,
)
from diwan.directory.queries.lists import (
    listed_people,
    listed_posts,
    moment_on,
    visible_units,
)
from diwan.directory.queries.names import person_names
from diwan.directory.queries.posts import post_cards
from diwan.kernel.api.callers import is_api, refuse_post
from diwan.kernel.api.paging import Asked, Ordered, Page, page_of
from diwan.kernel.api.routes import Routes, Shown
from diwan.kernel.api.shapes import Day, HolderShape, Id, Line, PostShape, When
from diwan.kernel.errors import NotFound
from diwan.kernel.exchange import Ref
from diwan.kernel.policies import Actor, Policy
from diwan.kernel.requests import actor_of
from diwan.kernel.text import search_tokens

routes = Routes("directory", reads="directory:read")
M = TypeVar("M", bound=Model)


class PostHeaderMiddleware:
    """Under /api/v1/ the header Diwan-Post names the post to act from; it must be held."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer with the post set, or with the mark of a post that is not held."""
        sent = request.headers.get("Diwan-Post") if is_api(request) else None
        if sent is not None:
            actor = actor_of(request)
            held = next(
                (pk for pk in authority_of(actor).post_ids if str(pk) == sent.lower()), None
            )
            if held is None:
                refuse_post(request)
            else:
                request.actor = replace(actor, post_id=held)  # type: ignore[attr-defined]
        return self.get_response(request)


class UnitShape(Schema):
    """A unit as it stood on a day."""

    id: UUID
    register_key: str = Field(description="The register that knows it.")
    key: str = Field(description="Its key in the register.")
    country: str
    province: str = Field(description="ISO 3166-2, empty for none.")
    name: dict[str, str]
    kind: str
    parent_id: UUID | None
    since: When | None
    until: When | None


class PostLine(Schema):
    """A post as it stood on a day."""

    id: UUID
    unit_id: UUID
    name: dict[str, str]
    roles: list[str]
    seats: int | None = Field(description="How many may hold it at once; null for any number.")
    holders: list[HolderShape]


class PersonShape(Schema):
    """A human known to the register."""

    id: UUID
    register_key: str
    key: str
    name: dict[str, str]
    honorific: str


class HoldingShape(Schema):
    """A person in a post from an instant to an instant."""

    id: UUID
    post_id: UUID
    person_id: UUID
    person_name: dict[str, str]
    kind: Literal["full", "acting", "deputy"]
    since_at: datetime | None
    until_at: datetime | None


class AskedUnits(Ordered):
    """What units are narrowed to."""

    as_of: Day | None = Field(None, description="The tree at the end of this day; today.")
    under: Id | None = Field(None, description="This unit and all below it.")
    parent: Id | None = Field(None, description="Directly under this unit.")
    kind: Line = ""
    country: str = Field("", pattern="^([A-Z]{2})?$")
    q: Line = Field("", description="Words of the name.")


class AskedPosts(Ordered):
    """What posts are narrowed to."""

    as_of: Day | None = None
    under: Id | None = Field(None, description="In this unit or below it.")
    vacant: Literal["true", ""] = Field("", description="Those that nobody holds.")
    q: Line = ""


class AskedPeople(Ordered):
    """What people are narrowed to."""

    q: Line = ""


class AskedHoldings(Ordered):
    """What holdings are narrowed to."""

    post: Id | None = None
    person: Id | None = None
    as_of: Day | None = Field(None, description="Those that ran at the end of this day.")


class AsOf(Schema):
    """As of when one record is asked for."""

    as_of: Day | None = None


@routes.many("/units", UnitShape)
def list_units(actor: Actor, asked: AskedUnits) -> Page[UnitShape]:
    """Units as of a date.

    `parent` gives one branch at a time, `under` a whole part of the tree.
    """
    day = asked.as_of or authority_of(actor).day
    rows = UnitVersion.objects.as_of(day).filter(unit__in=visible_units(actor))
    if asked.under:
        below = UnitPath.objects.on(day).filter(ancestor_id=asked.under)
        rows = rows.filter(unit_id__in=below.values("descendant_id"))
    exact = {"parent_id": asked.parent, "kind": asked.kind, "unit__country": asked.country}
    rows = rows.filter(**{name: value for name, value in exact.items() if value})
    for token in search_tokens(asked.q):
        rows = rows.filter(search__contains=token)
    return page_of(rows.select_related("unit__register"), asked, _units, by="unit_id")


def _units(rows: Iterable[UnitVersion]) -> list[UnitShape]:
    return [_unit(row) for row in rows]


def _unit(row: UnitVersion) -> UnitShape:
    return UnitShape(
        id=row.unit_id,
        register_key=row.unit.register.key,
        key=row.unit.key,
        country=row.unit.country,
        province=row.unit.province,
        name=row.name,
        kind=row.kind,
        parent_id=row.parent_id,
        since=When.of(row.since_stated),
        until=When.of(row.until_stated),
    )


@routes.one("/units/{uuid:id}", UnitShape)
def get_unit(actor: Actor, id: UUID, asked: AsOf) -> Shown:  # noqa: A002 - the address's own word
    """One unit as of a date. One that did not exist on that day is a 404."""
    unit = _seen(actor, unit_policy, Unit.objects.filter(pk=id))
    day = asked.as_of or day_in(unit.country, actor)
    row = UnitVersion.objects.as_of(day).filter(unit=unit).select_related("unit__register").first()
    if row is None:
        raise NotFound
    return Shown(_unit(row), Ref(UNIT, unit.pk))


@routes.many("/posts", PostLine)
def list_posts(actor: Actor, asked: AskedPosts) -> Page[PostLine]:
    """Posts as of a date, with who holds them then."""
    day = asked.as_of or authority_of(actor).day
    country = next(iter(sorted(authority_of(actor).countries)), "")
    at = moment_on(day, country, actor) if country else actor.at
    rows = listed_posts(
        actor,
        day,
        tokens=search_tokens(asked.q),
        below=asked.under,
        vacant_at=at if asked.vacant else None,
    )
    return page_of(rows, asked, lambda found: _post_lines(found, at), by="post_id")


def _post_lines(rows: list[PostVersion], at: datetime) -> list[PostLine]:
    cards = post_cards([row.post_id for row in rows], at)
    return [
        PostLine(
            id=row.post_id,
            unit_id=row.post.unit_id,
            name=row.name,
            roles=sorted(row.role_set),
            seats=row.seats,
            holders=[HolderShape.of(holder) for holder in cards[row.post_id].holders],
        )
        for row in rows
    ]


@routes.one("/posts/{uuid:id}", PostShape)
def get_post(actor: Actor, id: UUID) -> Shown:  # noqa: A002 - as above
    """One post now, and who holds it."""
    post = _seen(actor, post_policy, Post.objects.filter(pk=id))
    return Shown(PostShape.of(post_cards([post.pk], actor.at)[post.pk]), Ref(POST, post.pk))


@routes.many("/me/posts", PostShape)
def my_posts(actor: Actor, asked: Asked) -> Page[PostShape]:
    """The posts that the caller holds now; each may stand in the header Diwan-Post."""
    held = authority_of(actor).post_ids
    rows = Post.objects.filter(pk__in=held)
    return page_of(rows, asked, lambda found: _post_shapes(found, actor.at))


def _post_shapes(rows: list[Post], at: datetime) -> list[PostShape]:
    cards = post_cards([row.pk for row in rows], at)
    return [PostShape.of(cards[row.pk]) for row in rows]


@routes.many("/people", PersonShape)
def list_people(actor: Actor, asked: AskedPeople) -> Page[PersonShape]:
    """People of the registers."""
    return page_of(listed_people(actor, tokens=search_tokens(asked.q)), asked, _people)


def _people(rows: Iterable[Person]) -> list[PersonShape]:
    return [_person(row) for row in rows]


def _person(row: Person) -> PersonShape:
    return PersonShape(
        id=row.pk,
        register_key=row.register.key,
        key=row.key,
        name=row.name,
        honorific=row.honorific,
    )


@routes.one("/people/{uuid:id}", PersonShape)
def get_person(actor: Actor, id: UUID) -> Shown:  # noqa: A002 - as above
    """One person."""
    rows = Person.objects.filter(pk=id).select_related("register")
    person = _seen(actor, person_policy, rows)
    return Shown(_person(person), Ref(PERSON, person.pk))


@routes.many("/holdings", HoldingShape)
def list_holdings(actor: Actor, asked: AskedHoldings) -> Page[HoldingShape]:
    """Who holds or held which post, as it is known now."""
    rows = holding_policy.which(actor, "see", Holding.objects.known())
    if asked.as_of:
        country = next(iter(sorted(authority_of(actor).countries)), "")
        at = moment_on(asked.as_of, country, actor) if country else actor.at
        rows = rows.filter(pk__in=Holding.objects.at(at).values("pk"))
    exact = {"post_id": asked.post, "person_id": asked.person}
    rows = rows.filter(**{name: value for name, value in exact.items() if value})
    return page_of(rows, asked, _holdings)


def _holdings(rows: list[Holding]) -> list[HoldingShape]:
    names = person_names({row.person_id for row in rows})
    return [
        HoldingShape.model_validate(
            {
                "id": row.pk,
                "post_id": row.post_id,
                "person_id": row.person_id,
                "person_name": names.get(row.person_id, {}),
                "kind": row.kind,
                "since_at": row.since_at,
                "until_at": row.until_at,
            }
        )
        for row in rows
    ]


def _seen(actor: Actor, policy: Policy[M], rows: QuerySet[M]) -> M:
    """The one record of `rows` if the actor may see it. Raises NotFound."""
    found = policy.which(actor, "see", rows).first()
    if found is None:
        raise NotFound
    return found

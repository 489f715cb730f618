"""Bodies and their seats as plain data for the open standards, for whoever asks.

Everything is asked by the policies of the actor; nothing of a body that they may not see is told,
not even a meeting of it that would be open by itself. Who sits in a seat is told where the body's
bylaws let the names stand in the open data (`Bylaws.members_public`) or the actor has signed in and
reads the body's members anyway.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone

from diwan.councils.models import Body, Bylaws, Membership, Term
from diwan.councils.models.bodies import Role
from diwan.councils.policies import BODIES
from diwan.directory.public import Post, post_names, unit_names
from diwan.kernel.calendars import PartialDate
from diwan.kernel.dated import stated
from diwan.kernel.policies import Actor, ActorKind
from diwan.kernel.text import local

from .bodies import in_patterns_and_units

VOTING = (Role.CHAIR, Role.DEPUTY, Role.SECRETARY, Role.TREASURER, Role.MEMBER)

NOBODY: tuple[None] = (None,)
COMMAS = {"fa": "، ", "ar": "، "}

Text = Mapping[str, str]


@dataclass(frozen=True)
class OpenTerm:
    """A term of office; `lineage` is its identifier for ever."""

    lineage: UUID
    number: int
    since: PartialDate | None
    until: PartialDate | None


@dataclass(frozen=True)
class OpenSeat:
    """A place in a body: one post of a membership, or a seat that is nobody's post.

    `name` is the post's, empty for a seat of somebody named; `role` one of `Role`.
    """

    lineage: UUID
    body_id: UUID
    post_id: UUID | None
    name: Text
    role: str
    votes: bool
    since: PartialDate | None
    until: PartialDate | None

    @property
    def role_label(self) -> str:
        """The role in the active language."""
        return str(Role(self.role).label)


@dataclass(frozen=True)
class OpenBody:
    """A body. `people` says whether it may be told who sits there; `parent_id` if that is open."""

    id: UUID
    unit_id: UUID
    country: str
    language: str
    name: Text
    kind: str
    code: str
    mandate: Text
    parent_id: UUID | None
    since: PartialDate | None
    until: PartialDate | None
    people: bool
    terms: Sequence[OpenTerm] = field(default_factory=tuple)


def bodies_seen(actor: Actor) -> QuerySet[Body]:
    """The bodies whose members the actor may read: the ground of everything else here."""
    return BODIES.which(actor, "read", Body.objects.all())


def open_bodies(actor: Actor, ids: Iterable[UUID] | None = None) -> list[OpenBody]:
    """Those of these bodies (or of all) that the actor may see, in the order of their making."""
    rows = bodies_seen(actor)
    if ids is not None:
        rows = rows.filter(pk__in=set(ids))
    bodies = list(rows.select_related("unit", "register", "bylaws").order_by("pk"))
    parents = {row.parent_id for row in bodies if row.parent_id} - {row.pk for row in bodies}
    known = {row.pk for row in bodies}
    if parents:
        known |= set(bodies_seen(actor).filter(pk__in=parents).values_list("pk", flat=True))
    terms: dict[UUID, list[OpenTerm]] = defaultdict(list)
    for term in Term.objects.known().filter(body__in=[row.pk for row in bodies]).order_by("number"):
        told = OpenTerm(term.lineage, term.number, term.since_stated, term.until_stated)
        terms[term.body_id].append(told)
    return [
        OpenBody(
            id=row.pk,
            unit_id=row.unit_id,
            country=row.unit.country,
            language=row.register.language,
            name=row.name,
            kind=row.kind,
            code=row.code,
            mandate=row.mandate or {},
            parent_id=row.parent_id if row.parent_id in known else None,
            since=stated(row.since, row.since_precision, row.since_calendar),
            until=stated(row.until, row.until_precision, row.until_calendar),
            people=tells_people(actor, row),
            terms=tuple(terms[row.pk]),
        )
        for row in bodies
    ]


def tells_people(actor: Actor, body: Body) -> bool:
    """Whether it may be told who sits in a body at hand (with its bylaws) that the actor reads."""
    if actor.kind is not ActorKind.ANONYMOUS:
        return True
    bylaws: Bylaws | None = getattr(body, "bylaws", None)
    return bylaws is not None and bylaws.members_public


def open_seats(bodies: Collection[OpenBody]) -> list[OpenSeat]:
    """The seats of bodies at hand, past ones, too, in the order of each body; few questions.

    A patterned membership has a seat for each post of the pattern, one of a unit for each post that
    heads it. Partners and named seats have no post; their names are told where people are.
    """
    told = {body.id: body for body in bodies}
    rows = Membership.objects.known().filter(body__in=list(told)).order_by("body", "position", "pk")
    memberships = list(rows.select_related("partner"))
    instances, heads = in_patterns_and_units(memberships)
    posts_by_row = {row.pk: _posts_of(row, instances, heads) for row in memberships}
    names = _names({pk for ids in posts_by_row.values() for pk in ids})
    return [
        _seat(row, told[row.body_id], post_id, names)
        for row in memberships
        for post_id in (posts_by_row[row.pk] or NOBODY)
    ]


def _seat(
    row: Membership, body: OpenBody, post_id: UUID | None, names: Mapping[UUID, Text]
) -> OpenSeat:
    return OpenSeat(
        lineage=row.lineage,
        body_id=row.body_id,
        post_id=post_id,
        name=names.get(post_id, {}) if post_id else _other_name(row, body),
        role=row.role,
        votes=row.role in VOTING,
        since=row.since_stated,
        until=row.until_stated or body.until,
    )


def _posts_of(
    row: Membership, instances: Mapping[UUID, list[UUID]], heads: Mapping[UUID, list[UUID]]
) -> list[UUID]:
    if row.post_id:
        return [row.post_id]
    if row.post_pattern_id:
        return list(instances.get(row.post_pattern_id, ()))
    return list(heads.get(row.unit_id, ())) if row.unit_id else []


def _other_name(row: Membership, body: OpenBody) -> Text:
    """A partner is an organisation and has its name; a named seat may bear somebody's own."""
    if row.partner is not None:
        return dict(row.partner.name)
    return dict(row.seat or {}) if body.people else {}


def _names(post_ids: set[UUID]) -> dict[UUID, Mapping[str, str]]:
    """Names of posts with their unit's, as they are called now, or were last."""
    units = dict(Post.objects.filter(pk__in=post_ids).values_list("pk", "unit_id"))
    today = timezone.now().date()
    posts, of_units = post_names(units, today), unit_names(set(units.values()), today)
    return {pk: _joined(posts.get(pk, {}), of_units.get(unit, {})) for pk, unit in units.items()}


def _joined(post: Mapping[str, str], unit: Mapping[str, str]) -> Mapping[str, str]:
    """The name of a post and its unit in each language that the post has a name in."""
    return {
        language: f"{text}{COMMAS.get(language, ', ')}{local(unit, language)[0]}" if unit else text
        for language, text in post.items()
    }

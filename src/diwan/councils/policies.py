"""Who may what with bodies, meetings, resolutions and actions: `ACCESS.md` as conditions.

Rights come from three sources and nothing else: the role of a post over its unit and the units
below, the seat in a body, and owning an action (or standing above its owner). What the actor's
posts and seats are is looked up once an actor; the records are filtered by the database.

`named` is stricter than everything but running the body and owning: members who are not listed do
not read it. A draft is for those who run the body and its members alone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar, cast
from uuid import UUID

from django.db.models import Exists, Model, OuterRef, Q, QuerySet

from diwan.councils.models import (
    Action,
    AgendaItem,
    Body,
    BodySeatUser,
    Meeting,
    Membership,
    Resolution,
)
from diwan.councils.models.bodies import Role
from diwan.directory.public import Authority, DirectoryPolicy, Post, authority_of, below
from diwan.kernel.errors import Forbidden, NotFound
from diwan.kernel.policies import Actor, Confidentiality, Through

M = TypeVar("M", bound=Model)
Scopes = Mapping[str, Callable[[Actor], Q]]

NOBODY = Q(pk__in=[])
EVERYBODY = ~NOBODY
RUNNERS = (Role.CHAIR, Role.SECRETARY)
LISTENERS = (Role.ADVISER, Role.OBSERVER)
OPEN = (Confidentiality.PUBLIC, Confidentiality.INTERNAL)
_NOT_NAMED = ~Q(confidentiality=Confidentiality.NAMED)


@dataclass(frozen=True)
class Seats:
    """The bodies in which an actor has a seat now, by what the seat gives."""

    run: frozenset[UUID]
    member: frozenset[UUID]
    listen: frozenset[UUID]
    every: frozenset[UUID]
    secretary: frozenset[UUID]
    chair: frozenset[UUID]
    memberships: frozenset[UUID]
    countries: frozenset[str]


def day_of(actor: Actor) -> date:
    """The day on which the actor's rights are asked for."""
    return authority_of(actor).day


def seats_of(actor: Actor) -> Seats:
    """The actor's seats, through posts held, units headed, and invitations; asked once an actor."""
    known = actor.memo.get("councils.seats")
    if known is None:
        known = actor.memo["councils.seats"] = _find_seats(actor)
    return cast("Seats", known)


def _find_seats(actor: Actor) -> Seats:
    rows = list(
        Membership.objects.as_of(day_of(actor))
        .filter(_is_actor(actor))
        .values_list("pk", "body_id", "role", "body__unit__country")
    )

    def bodies(*roles: str) -> frozenset[UUID]:
        return frozenset(body for _pk, body, role, _country in rows if role in roles)

    outside = {*LISTENERS, Role.GUEST}
    return Seats(
        run=bodies(*RUNNERS),
        member=bodies(*(role for role in Role.values if role not in outside)),
        listen=bodies(*LISTENERS),
        every=bodies(*Role.values),
        secretary=bodies(Role.SECRETARY),
        chair=bodies(Role.CHAIR),
        memberships=frozenset(row[0] for row in rows),
        countries=frozenset(row[3] for row in rows),
    )


def _is_actor(actor: Actor) -> Q:
    """Memberships that are this actor's: by post, by post pattern, as head of a unit, by seat."""
    authority = authority_of(actor)
    posts = authority.post_ids
    mine = Q(post_id__in=posts)
    mine |= Q(post_pattern__in=Post.objects.filter(pk__in=posts).values("pattern_id"))
    mine |= Q(unit_id__in=_heads(authority))
    if actor.user_id is not None and actor.narrow is None:
        users = BodySeatUser.objects.filter(user_id=actor.user_id, since_at__lte=actor.at)
        users = users.filter(Q(until_at__isnull=True) | Q(until_at__gt=actor.at))
        mine |= Q(post=None, post_pattern=None, unit=None, lineage__in=users.values("lineage"))
    return mine


def _heads(authority: Authority) -> frozenset[UUID]:
    return frozenset(authority.roles.get("head", frozenset()))


def headed(actor: Actor) -> QuerySet[Any, Any] | list[UUID]:
    """The units that the actor heads and all below them, for a subquery."""
    heads = _heads(authority_of(actor))
    return below(heads, day_of(actor)) if heads else []


def _secretaried(actor: Actor) -> QuerySet[Any, Any] | list[UUID]:
    units = authority_of(actor).roles.get("secretary", frozenset())
    return below(units, day_of(actor)) if units else []


def countries_of(actor: Actor) -> frozenset[str]:
    """The countries whose internal records the actor may read: through a post, or a seat."""
    return frozenset(authority_of(actor).countries) | seats_of(actor).countries


def led(day: date) -> Exists:
    """True of bodies that have a chair or a secretary on that day."""
    return Exists(Membership.objects.as_of(day).filter(body=OuterRef("pk"), role__in=list(RUNNERS)))


def run_bodies(actor: Actor) -> QuerySet[Body]:
    """Bodies that the actor runs.

    As chair or secretary, as secretary over the host unit, or as the host unit's head where the
    body has neither chair nor secretary.
    """
    if actor.elevated:
        return Body.objects.all()
    heads = _heads(authority_of(actor))
    runs = Q(pk__in=seats_of(actor).run) | Q(unit_id__in=_secretaried(actor))
    if heads:
        runs |= Q(Q(unit_id__in=heads), ~led(day_of(actor)))
    return Body.objects.filter(runs)


def own_actions(actor: Actor) -> Q:
    """Actions that the actor owes, or whose owner stands in a unit the actor heads."""
    owned = Q(owner_id__in=authority_of(actor).post_ids)
    return owned | Q(owner__unit_id__in=headed(actor))


def _by_confidentiality(actor: Actor, body: str) -> Q:
    """Public records, and internal ones of the actor's countries; `body` is the way to the body."""
    public = Q(confidentiality=Confidentiality.PUBLIC)
    internal = Q(confidentiality=Confidentiality.INTERNAL)
    return public | internal & Q(**{f"{body}unit__country__in": countries_of(actor)})


def _by_seat(actor: Actor, body: str) -> Q:
    """Members read all but what is for named posts, advisers and observers what is open."""
    seats = seats_of(actor)
    member = Q(**{f"{body}in": seats.member}) & _NOT_NAMED
    listener = Q(**{f"{body}in": seats.listen}) & Q(confidentiality__in=OPEN)
    return member | listener


def _by_host(actor: Actor, body: str) -> Q:
    """The head over the host unit sees everything there but what is for named posts."""
    return Q(**{f"{body}unit_id__in": headed(actor)}) & _NOT_NAMED


def _by_name(actor: Actor, through: type[Model], record: str) -> Q:
    """Records whose list of posts names one of the actor's."""
    rows = through._default_manager.filter(  # noqa: SLF001 – Django's documented name
        post_id__in=authority_of(actor).post_ids
    )
    return Q(confidentiality=Confidentiality.NAMED, pk__in=rows.values(f"{record}_id"))


class CouncilsPolicy(DirectoryPolicy[M]):
    """Verbs in a table; a verb without a row is a fault of the caller."""

    def scopes(self) -> Scopes:
        """The condition of each verb."""
        raise NotImplementedError

    def scope(self, actor: Actor, verb: str) -> Q:
        """The condition under which `actor` may `verb`."""
        return self.scopes()[verb](actor)


class BodyPolicy(CouncilsPolicy[Body]):
    """`see` its name, `read` who its members are, `run` its meetings, `manage` what it is."""

    model = Body

    def scopes(self) -> Scopes:
        """See the class."""
        return {"see": self._see, "read": self._read, "run": self._run, "manage": self._manage}

    def _run(self, actor: Actor) -> Q:
        return Q(pk__in=run_bodies(actor).values("pk"))

    def _manage(self, actor: Actor) -> Q:
        return self._run(actor) | Q(unit_id__in=headed(actor))

    def _read(self, actor: Actor) -> Q:
        seats = seats_of(actor)
        listener = Q(pk__in=seats.listen, confidentiality__in=OPEN)
        open_ = Q(confidentiality=Confidentiality.PUBLIC) | Q(
            confidentiality=Confidentiality.INTERNAL, unit__country__in=countries_of(actor)
        )
        return self._manage(actor) | Q(pk__in=seats.member) | listener | open_

    def _see(self, actor: Actor) -> Q:
        owed = Action.objects.filter(own_actions(actor))
        return (
            self._read(actor)
            | Q(pk__in=seats_of(actor).every)
            | Q(pk__in=owed.values("resolution__body_id"))
        )


class MembershipPolicy(CouncilsPolicy[Membership]):
    """Seen by who reads the body, managed by who manages it."""

    model = Membership

    def scopes(self) -> Scopes:
        """See the class."""
        return {"see": lambda a: self._in(a, "read"), "manage": lambda a: self._in(a, "manage")}

    def _in(self, actor: Actor, verb: str) -> Q:
        return Q(body__in=BODIES.which(actor, verb, Body.objects.all()).values("pk"))


class MeetingPolicy(CouncilsPolicy[Meeting]):
    """`see` that it took place, `read` its minutes, `run` (write) it, `propose` to it."""

    model = Meeting

    def scopes(self) -> Scopes:
        """See the class."""
        return {"see": self._see, "read": self._read, "run": self._run, "propose": self._propose}

    def _run(self, actor: Actor) -> Q:
        return Q(body__in=run_bodies(actor).values("pk"))

    def _propose(self, actor: Actor) -> Q:
        return self._run(actor) | Q(body__in=seats_of(actor).member) & _NOT_NAMED

    def _read(self, actor: Actor) -> Q:
        return (
            self._run(actor)
            | _by_seat(actor, "body__")
            | _by_host(actor, "body__")
            | _by_name(actor, Meeting.named_posts.through, "meeting")
            | _by_confidentiality(actor, "body__")
        )

    def _see(self, actor: Actor) -> Q:
        owed = Action.objects.filter(own_actions(actor))
        invited = AgendaItem.objects.filter(_invited(actor))
        return (
            self._read(actor)
            | Q(pk__in=owed.values("resolution__meeting_id"))
            | Q(pk__in=invited.values("meeting_id"))
        )


def _invited(actor: Actor) -> Q:
    rows = AgendaItem.guests.through.objects.filter(membership_id__in=seats_of(actor).memberships)
    return Q(pk__in=rows.values("agendaitem_id"))


class AgendaPolicy(CouncilsPolicy[AgendaItem]):
    """An agenda item: read by its own confidentiality, and by the guests invited to it."""

    model = AgendaItem

    def scopes(self) -> Scopes:
        """See the class."""
        return {"see": self._see, "run": self._run}

    def _run(self, actor: Actor) -> Q:
        return Q(meeting__body__in=run_bodies(actor).values("pk"))

    def _see(self, actor: Actor) -> Q:
        return (
            self._run(actor)
            | _by_seat(actor, "meeting__body__")
            | _by_host(actor, "meeting__body__")
            | _by_name(actor, AgendaItem.named_posts.through, "agendaitem")
            | _by_confidentiality(actor, "meeting__body__")
            | _invited(actor)
        )


class ResolutionPolicy(CouncilsPolicy[Resolution]):
    """`see` it; `run` it: write until the minutes are signed."""

    model = Resolution

    def scopes(self) -> Scopes:
        """See the class."""
        return {"see": self._see, "run": self._run}

    def _run(self, actor: Actor) -> Q:
        return self._running(actor) & Q(meeting__signed_at__isnull=True)

    def _running(self, actor: Actor) -> Q:
        return Q(body__in=run_bodies(actor).values("pk"))

    def _see(self, actor: Actor) -> Q:
        adopted = Q(state=Resolution.State.ADOPTED)
        owed = Action.objects.filter(own_actions(actor))
        return (
            self._running(actor)
            | _by_seat(actor, "body__")
            | adopted & _by_host(actor, "body__")
            | adopted & _by_name(actor, Resolution.named_posts.through, "resolution")
            | adopted & _by_confidentiality(actor, "body__")
            | Q(pk__in=owed.values("resolution_id"))
        )


class ActionPolicy(CouncilsPolicy[Action]):
    """`see` it, read its `proof`, `work` on it (owner, heads above), `run` it (secretary, chair).

    The public sees no actions. The country's staff see those of open resolutions; the owner's own
    unit also those that are for the body.
    """

    model = Action

    def scopes(self) -> Scopes:
        """See the class."""
        return {"see": self._see, "proof": self._proof, "work": own_actions, "run": self._run}

    def _run(self, actor: Actor) -> Q:
        return Q(resolution__body__in=run_bodies(actor).values("pk"))

    def _proof(self, actor: Actor) -> Q:
        named = Q(resolution__confidentiality=Confidentiality.NAMED)
        units = Post.objects.filter(pk__in=authority_of(actor).post_ids).values("unit_id")
        same_unit = Q(owner__unit_id__in=units) | Q(unit_id__in=units)
        resolutions = Resolution.objects.filter(
            _by_seat(actor, "body__")
            | _by_host(actor, "body__")
            | _by_name(actor, Resolution.named_posts.through, "resolution")
        )
        return (
            self._run(actor)
            | own_actions(actor)
            | same_unit & ~named
            | Q(resolution__in=resolutions.values("pk"))
        )

    def _see(self, actor: Actor) -> Q:
        staff = Q(
            resolution__confidentiality__in=OPEN,
            resolution__state=Resolution.State.ADOPTED,
            resolution__body__unit__country__in=countries_of(actor),
        )
        return self._proof(actor) | staff


BODIES = BodyPolicy()
MEMBERSHIPS = MembershipPolicy()
MEETINGS = MeetingPolicy()
AGENDA = AgendaPolicy()
RESOLUTIONS = ResolutionPolicy()
ACTIONS = ActionPolicy()


def require_host(actor: Actor, unit_id: UUID, country: str) -> Through:
    """What gives the right to found a body in a unit: head or secretary over it.

    Raises NotFound where the unit is another country's, Forbidden for everybody else.
    """
    if actor.elevated:
        return Through(elevation_id=actor.elevation_id)
    if country not in countries_of(actor):
        raise NotFound
    day = day_of(actor)
    for post_id in BODIES.posts_of(actor):
        own = authority_of(actor.narrowed(post_id)).roles
        units = own.get("head", frozenset()) | own.get("secretary", frozenset())
        if units and below(units, day).filter(descendant_id=unit_id).exists():
            return Through(post_id=post_id)
    raise Forbidden

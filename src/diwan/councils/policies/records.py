"""One policy a record: `ACCESS.md`'s table as conditions that the database filters by.

`named` is stricter than everything but running the body and owning: members who are not listed do
not read it. A draft is for those who run the body and its members alone.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from typing import TypeVar
from uuid import UUID

from django.db.models import Exists, Model, OuterRef, Q, QuerySet

from diwan.councils.models import Action, AgendaItem, Body, Meeting, Membership, Resolution
from diwan.directory.public import DirectoryPolicy, Post, authority_of, below
from diwan.kernel.errors import Forbidden, NotFound
from diwan.kernel.policies import Actor, Confidentiality, Through

from .reach import (
    NOBODY,
    among,
    any_of,
    both,
    countries_of,
    objects,
    own_actions,
    runs,
    seats_of,
    within,
)

M = TypeVar("M", bound=Model)
Scopes = Mapping[str, Callable[[Actor], Q]]

OPEN = (Confidentiality.PUBLIC, Confidentiality.INTERNAL)


# Of several reasons the first that holds is enough: what asks for nothing else stands first.


def _degree(level: str, *degrees: str) -> Q:
    return Q(**{f"{level}__in": degrees})


def _not_named(level: str) -> Q:
    return ~Q(**{level: Confidentiality.NAMED})


def _by_confidentiality(actor: Actor, body: str) -> Q:
    """Public records, and internal ones of the actor's countries; `body` is the way to the body."""
    public = Q(confidentiality=Confidentiality.PUBLIC)
    internal = Q(confidentiality=Confidentiality.INTERNAL)
    return any_of(public, both(among(f"{body}unit__country", countries_of(actor)), internal))


def _by_seat(actor: Actor, body: str, level: str = "confidentiality") -> Q:
    """Members read all but what is for named posts, advisers and observers what is open."""
    seats, record = seats_of(actor), body.removesuffix("__")
    member = both(among(record, seats.member), _not_named(level))
    return any_of(member, both(among(record, seats.listen), _degree(level, *OPEN)))


def _by_host(actor: Actor, body: str, level: str = "confidentiality") -> Q:
    """The head over the host unit sees everything there but what is for named posts."""
    return both(within(actor, "head", f"{body}unit"), _not_named(level))


def _by_name(actor: Actor, through: type[Model], record: str, way: str = "") -> Q:
    """Records whose list of posts names one of the actor's; `way` leads to the record."""
    posts = authority_of(actor).post_ids
    if not posts:
        return NOBODY
    rows = through._default_manager.filter(post_id__in=posts)  # noqa: SLF001 – Django's documented name
    named = {f"{way}confidentiality": Confidentiality.NAMED}
    return Q(**named, **{f"{way}pk__in": rows.values(f"{record}_id")})


class CouncilsPolicy(DirectoryPolicy[M], ABC):
    """Verbs in a table; a verb without a row is a fault of the caller."""

    @abstractmethod
    def scopes(self) -> Scopes:
        """The condition of each verb."""

    def scope(self, actor: Actor, verb: str) -> Q:
        """The condition under which `actor` may `verb`."""
        return self.scopes()[verb](actor)


class BodyPolicy(CouncilsPolicy[Body]):
    """`see` its name, `read` its members, `propose` to it, `run` its meetings, `manage` it."""

    model = Body
    verbs = (
        "see",
        "read",
        "propose",
        "run",
        "manage",
    )

    def scopes(self) -> Scopes:
        """See the class."""
        return {
            "see": self._see,
            "read": self._read,
            "propose": self._propose,
            "run": self._run,
            "manage": self._manage,
        }

    def _propose(self, actor: Actor) -> Q:
        return any_of(among("pk", seats_of(actor).member), self._run(actor))

    def _run(self, actor: Actor) -> Q:
        return runs(actor, "")

    def sees(self, actor: Actor, body: Body) -> bool:
        """Whether the actor may see a body at hand with its unit; most tell it themselves."""
        internal = body.confidentiality == Confidentiality.INTERNAL
        plain = (
            body.confidentiality == Confidentiality.PUBLIC
            or (internal and body.unit.country in countries_of(actor))
            or body.pk in seats_of(actor).every
        )
        return plain or self.may(actor, "see", body)

    def counts(self, actor: Actor, body: Body) -> bool:
        """Whether who may read the body also reads how each member took part: not from abroad."""
        return actor.elevated or body.unit.country in countries_of(actor)

    def _manage(self, actor: Actor) -> Q:
        return any_of(self._run(actor), within(actor, "head", "unit"))

    def _read(self, actor: Actor) -> Q:
        seats = seats_of(actor)
        listener = both(among("pk", seats.listen), Q(confidentiality__in=OPEN))
        member = among("pk", seats.member)
        return any_of(_by_confidentiality(actor, ""), member, listener, self._manage(actor))

    def _see(self, actor: Actor) -> Q:
        seated = among("pk", seats_of(actor).every)
        return any_of(self._read(actor), seated, _owed(actor, "resolution__body"))


class MembershipPolicy(CouncilsPolicy[Membership]):
    """Seen by who reads the body, managed by who manages it."""

    model = Membership
    verbs = (
        "see",
        "manage",
    )

    def scopes(self) -> Scopes:
        """See the class."""
        return {"see": lambda a: self._in(a, "read"), "manage": lambda a: self._in(a, "manage")}

    def _in(self, actor: Actor, verb: str) -> Q:
        return Q(body__in=BODIES.which(actor, verb, Body.objects.all()).values("pk"))


class MeetingPolicy(CouncilsPolicy[Meeting]):
    """`see` that it took place, `read` its minutes, `run` (write) it, `propose` to it."""

    model = Meeting
    verbs = (
        "see",
        "read",
        "run",
        "propose",
    )

    def scopes(self) -> Scopes:
        """See the class."""
        return {"see": self._see, "read": self._read, "run": self._run, "propose": self._propose}

    def _run(self, actor: Actor) -> Q:
        return runs(actor, "body__")

    def _propose(self, actor: Actor) -> Q:
        member = both(among("body", seats_of(actor).member), _not_named("confidentiality"))
        return any_of(self._run(actor), member)

    def _read(self, actor: Actor) -> Q:
        return any_of(
            _by_confidentiality(actor, "body__"),
            self._run(actor),
            _by_seat(actor, "body__"),
            _by_host(actor, "body__"),
            _by_name(actor, Meeting.named_posts.through, "meeting"),
        )

    def _see(self, actor: Actor) -> Q:
        return any_of(
            self._read(actor), _owed(actor, "resolution__meeting"), _invited(actor, "meeting")
        )


def _owed(actor: Actor, record: str) -> Q:
    """Records from which the actor, or a post below the actor as head, owes something."""
    owned = among("owner", frozenset(authority_of(actor).post_ids))
    headed = within(actor, "head", "owner__unit")
    reasons = []
    if owned is not NOBODY:  # few: gathered once, not looked for in each record
        reasons.append(Q(pk__in=Action.objects.filter(owned).values(record)))
    if headed is not NOBODY:
        reasons.append(Q(Exists(Action.objects.filter(headed, **{record: OuterRef("pk")}))))
    return any_of(*reasons)


def _invited(actor: Actor, record: str = "") -> Q:
    """Items to which the actor is invited as a guest, or what such items belong to (`record`)."""
    seats = seats_of(actor).memberships
    if not seats:
        return NOBODY
    rows = AgendaItem.guests.through.objects.filter(membership_id__in=seats)
    column = f"agendaitem__{record}_id" if record else "agendaitem_id"
    return Q(pk__in=rows.values(column))


class AgendaPolicy(CouncilsPolicy[AgendaItem]):
    """An agenda item: read by its own confidentiality, and by the guests invited to it."""

    model = AgendaItem
    verbs = (
        "see",
        "run",
    )

    def scopes(self) -> Scopes:
        """See the class."""
        return {"see": self._see, "run": self._run}

    def _run(self, actor: Actor) -> Q:
        return runs(actor, "meeting__body__")

    def _see(self, actor: Actor) -> Q:
        return any_of(
            self._run(actor),
            _by_seat(actor, "meeting__body__"),
            _by_host(actor, "meeting__body__"),
            _by_name(actor, AgendaItem.named_posts.through, "agendaitem"),
            _by_confidentiality(actor, "meeting__body__"),
            _invited(actor),
        )


class ResolutionPolicy(CouncilsPolicy[Resolution]):
    """`see` it; `run` it: write until the minutes are signed."""

    model = Resolution
    verbs = (
        "see",
        "run",
    )

    def scopes(self) -> Scopes:
        """See the class."""
        return {"see": self._see, "run": self._run}

    def _run(self, actor: Actor) -> Q:
        return both(self._running(actor), Q(meeting__signed_at__isnull=True))

    def _running(self, actor: Actor) -> Q:
        return runs(actor, "body__")

    def _see(self, actor: Actor) -> Q:
        adopted = any_of(
            _by_confidentiality(actor, "body__"),
            _by_seat(actor, "body__"),
            _by_host(actor, "body__"),
            _by_name(actor, Resolution.named_posts.through, "resolution"),
        )
        member = both(among("body", seats_of(actor).member), _not_named("confidentiality"))
        return any_of(
            both(Q(state=Resolution.State.ADOPTED), adopted),
            self._running(actor),
            member,
            _owed(actor, "resolution"),
            objects(actor),
        )


class ActionPolicy(CouncilsPolicy[Action]):
    """`see` it, read its `proof`, `work` on it (owner, heads above), `run` it (secretary, chair).

    The public sees no actions. The country's staff see those of open resolutions; the owner's own
    unit also those that are for the body.
    """

    model = Action
    verbs = (
        "see",
        "proof",
        "work",
        "run",
    )

    def scopes(self) -> Scopes:
        """See the class."""
        return {"see": self._see, "proof": self._proof, "work": own_actions, "run": self._run}

    def _run(self, actor: Actor) -> Q:
        return runs(actor, "resolution__body__")

    def _proof(self, actor: Actor) -> Q:
        return any_of(self.single(actor), self._by_resolution(actor, "resolution__"))

    def _see(self, actor: Actor) -> Q:
        return any_of(self._to_staff(actor, "resolution__"), self._proof(actor))

    def single(self, actor: Actor) -> Q:
        """The actions that are the actor's by themselves: own ones, and those of the own unit."""
        units = frozenset(held.unit_id for held in authority_of(actor).held)
        same_unit = any_of(among("owner__unit", units), among("unit", units))
        return any_of(
            own_actions(actor), both(same_unit, _not_named("resolution__confidentiality"))
        )

    def _by_resolution(self, actor: Actor, way: str) -> Q:
        """All actions of the resolution to which `way` leads, with their proofs."""
        body, level = f"{way}body__", f"{way}confidentiality"
        named = Resolution.named_posts.through
        return any_of(
            _by_seat(actor, body, level),
            _by_name(actor, named, "resolution", way),
            _by_host(actor, body, level),
            runs(actor, body),
        )

    def _to_staff(self, actor: Actor, way: str) -> Q:
        """The country's staff sees all actions of the resolution to which `way` leads."""
        open_ = _degree(f"{way}confidentiality", *OPEN) & Q(
            **{f"{way}state": Resolution.State.ADOPTED}
        )
        return both(among(f"{way}body__unit__country", countries_of(actor)), open_)

    def whole(self, actor: Actor) -> Q:
        """The resolutions of which the actor sees every action; of others `singly` ones alone."""
        return any_of(self._to_staff(actor, ""), self._by_resolution(actor, ""))

    def singly(self, actor: Actor, actions: QuerySet[Action]) -> Q:
        """The resolutions with one of `actions` that is the actor's by itself (`single`).

        What an actor or a unit owes is little: it is gathered once, not looked for in each
        resolution; what all posts below a head owe is much.
        """
        authority = authority_of(actor)
        units = frozenset(held.unit_id for held in authority.held)
        headed = within(actor, "head", "owner__unit")
        reasons = []
        if authority.post_ids:
            beside = Post.objects.filter(unit__in=units).values("pk")
            owned = actions.filter(owner__in=authority.post_ids)
            same_unit = Q(pk__in=actions.filter(owner__in=beside).values("resolution"))
            same_unit |= Q(pk__in=actions.filter(unit__in=units).values("resolution"))
            reasons.append(Q(pk__in=owned.values("resolution")))
            reasons.append(same_unit & _not_named("confidentiality"))
        if headed is not NOBODY:
            mine = actions.filter(headed, resolution=OuterRef("pk"))
            reasons.append(Q(Exists(mine)))
        return any_of(*reasons)


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
    day = authority_of(actor).day
    for post_id in BODIES.posts_of(actor):
        units = authority_of(actor.narrowed(post_id)).units("head", "secretary")
        if units and below(units, day).filter(descendant_id=unit_id).exists():
            return Through(post_id=post_id)
    raise Forbidden

"""One policy a record: `ACCESS.md`'s table as conditions that the database filters by.

`named` is stricter than everything but running the body and owning: members who are not listed do
not read it. A draft is for those who run the body and its members alone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeVar
from uuid import UUID

from django.db.models import Model, Q

from diwan.councils.models import Action, AgendaItem, Body, Meeting, Membership, Resolution
from diwan.directory.public import DirectoryPolicy, Post, authority_of, below
from diwan.kernel.errors import Forbidden, NotFound
from diwan.kernel.policies import Actor, Confidentiality, Through

from .reach import countries_of, headed, own_actions, run_bodies, seats_of

M = TypeVar("M", bound=Model)
Scopes = Mapping[str, Callable[[Actor], Q]]

OPEN = (Confidentiality.PUBLIC, Confidentiality.INTERNAL)
_NOT_NAMED = ~Q(confidentiality=Confidentiality.NAMED)


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
    verbs = (
        "see",
        "read",
        "run",
        "manage",
    )

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
    verbs = (
        "see",
        "run",
    )

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
    verbs = (
        "see",
        "run",
    )

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
            | Q(body__in=seats_of(actor).member) & _NOT_NAMED
            | adopted & _by_seat(actor, "body__")
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
    day = authority_of(actor).day
    for post_id in BODIES.posts_of(actor):
        units = authority_of(actor.narrowed(post_id)).units("head", "secretary")
        if units and below(units, day).filter(descendant_id=unit_id).exists():
            return Through(post_id=post_id)
    raise Forbidden

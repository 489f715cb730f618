"""One policy a model. What stands in a foreign country does not exist for the actor."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, Q

from diwan.directory.constants import MANAGERS, Role
from diwan.directory.models import (
    Handover,
    Holding,
    Note,
    Partner,
    Person,
    Post,
    PostVersion,
    Register,
    Unit,
    UnitPath,
)
from diwan.kernel.errors import Forbidden, NotFound
from diwan.kernel.policies import Actor, Through

from .authority import Authority, DirectoryPolicy, authority_of

NOTHING = Q(pk__in=[])
ADMINISTRATOR = (Role.ADMINISTRATOR,)


def _reach(authority: Authority, *roles: str, unit: str = "pk") -> Q:
    """Units at or below the actor's units of these roles: on that day, or ever if not there now.

    A unit that has ended, or is still to be founded, is in the reach of those who stood above it.
    `unit` leads from the record to its unit. Asked of each record by itself, so that one record
    costs a look or two into the tree, however much stands below the actor.
    """
    return authority.condition(("reach", unit, *roles), lambda: _reached(authority, roles, unit))


def _reached(authority: Authority, roles: tuple[str, ...], unit: str) -> Q:
    units = authority.units(*roles)
    if not units:
        return NOTHING
    ever = UnitPath.objects.filter(descendant_id=OuterRef(unit))
    under = ever.filter(ancestor_id__in=list(units))
    gone = ~Q(Exists(ever.on(authority.day).filter(depth=0)))
    return Q(Exists(under.on(authority.day))) | (gone & Q(Exists(under)))


def _headed_from_above(authority: Authority) -> Q:
    """Units that stand below one that the actor heads, not that one itself."""
    units = authority.units(Role.HEAD)
    if not units:
        return NOTHING
    under = UnitPath.objects.on(authority.day).filter(ancestor_id__in=list(units), depth__gt=0)
    return Q(Exists(under.filter(descendant_id=OuterRef("pk"))))


def _registers(authority: Authority, *roles: str) -> Q:
    """Registers in which the actor has a post with one of these roles."""
    units = list(authority.units(*roles))
    return Q(register__in=Unit.objects.filter(pk__in=units).values("register_id"))


class UnitPolicy(DirectoryPolicy[Unit]):
    """Units: seen by the country's staff, shaped by administrators at or above.

    Verbs: see; found (a unit below this one), rename, move, close, merge, split, correct, empower
    (give a post here the role of an administrator); note, manage_posts (create posts here) and
    set_calendar (say when it works) also for heads. set_past (days that are over already: promises
    given to citizens hang on them) is for administrators and for heads of a unit above.
    """

    model = Unit
    verbs = (
        "see",
        "found",
        "rename",
        "move",
        "close",
        "merge",
        "split",
        "correct",
        "empower",
        "note",
        "manage_posts",
        "set_calendar",
        "set_past",
    )

    def scope(self, actor: Actor, verb: str) -> Q:
        """See `Policy.scope`."""
        authority = authority_of(actor)
        if verb == "see":
            return Q(country__in=authority.countries)
        if verb in {"manage_posts", "note", "set_calendar"}:
            return _reach(authority, *MANAGERS)
        if verb == "set_past":
            return _reach(authority, *ADMINISTRATOR) | _headed_from_above(authority)
        if verb in {"empower", "found", "rename", "move", "close", "merge", "split", "correct"}:
            return _reach(authority, *ADMINISTRATOR)
        return super().scope(actor, verb)


def _shaped(authority: Authority, way: str = "") -> Q:
    """Posts that may be shaped and filled: by heads all but the administrators' posts.

    Else a head could become administrator by way of a post of the own unit. `way` leads to the post
    (with its underscores).
    """
    return authority.condition(("shaped", way), lambda: _shapeable(authority, way))


def _shapeable(authority: Authority, way: str) -> Q:
    if not authority.units(*MANAGERS):
        return NOTHING
    administrators = PostVersion.objects.known().filter(
        post=OuterRef(f"{way}pk"), roles__contains=f" {Role.ADMINISTRATOR} "
    )
    unit = f"{way}unit_id"
    plain = _reach(authority, *MANAGERS, unit=unit) & ~Q(Exists(administrators))
    if not authority.units(*ADMINISTRATOR):
        return plain
    return plain | _reach(authority, *ADMINISTRATOR, unit=unit)


class PostPolicy(DirectoryPolicy[Post]):
    """Posts: seen by the country's staff, shaped and filled by heads and administrators above.

    Verbs: see; change, end, correct, appoint, hand_over. Administrators' posts are administrators'.
    """

    model = Post
    verbs = (
        "see",
        "change",
        "end",
        "correct",
        "appoint",
        "hand_over",
    )

    def scope(self, actor: Actor, verb: str) -> Q:
        """See `Policy.scope`."""
        authority = authority_of(actor)
        if verb == "see":
            return Q(unit__country__in=authority.countries)
        if verb in {"change", "end", "correct", "appoint", "hand_over"}:
            return _shaped(authority)
        return super().scope(actor, verb)


class HoldingPolicy(DirectoryPolicy[Holding]):
    """Holdings: `depute` belongs to the holder, too; `end` and `correct` to those above."""

    model = Holding
    verbs = (
        "see",
        "end",
        "correct",
        "depute",
    )

    def scope(self, actor: Actor, verb: str) -> Q:
        """See `Policy.scope`."""
        authority = authority_of(actor)
        if verb == "see":
            return Q(post__unit__country__in=authority.countries)
        managed = _shaped(authority, "post__")
        if verb in {"end", "correct"}:
            return managed
        if verb == "depute":
            own = Q(post_id__in=authority.post_ids, person_id=authority.person_id)
            own &= ~Q(kind=Holding.Kind.DEPUTY)
            return own if managed is NOTHING else managed | own
        return super().scope(actor, verb)


def _people_below(actor: Actor, *roles: str) -> Q:
    """People of the registers of these roles, all of whose running and coming posts one fills."""
    authority = authority_of(actor)
    if not authority.units(*roles):
        return NOTHING
    beyond = (
        Holding.objects.known()
        .filter(person=OuterRef("pk"))
        .filter(Q(until_at__isnull=True) | Q(until_at__gt=actor.at))
        .filter(~_shaped(authority, "post__"))
    )
    return _registers(authority, *roles) & ~Q(Exists(beyond))


class PersonPolicy(DirectoryPolicy[Person]):
    """People: seen by the country's staff.

    Verbs: see; correct, invite, link; erase, by an elevation alone. Only people whose every running
    or coming holding lies in the actor's reach may be corrected or invited: else the head of a
    small unit could send the invitation of the highest to an address of his own.
    """

    model = Person
    verbs = (
        "see",
        "correct",
        "invite",
        "link",
        "erase",
    )

    def scope(self, actor: Actor, verb: str) -> Q:
        """See `Policy.scope`."""
        authority = authority_of(actor)
        if verb == "see":
            return Q(register__country__in=authority.countries) | Q(pk=authority.person_id)
        if verb in {"correct", "invite", "link"}:
            roles = ADMINISTRATOR if verb == "link" else MANAGERS
            key = ("people", *roles)
            return authority.condition(key, lambda: _people_below(actor, *roles))
        if verb == "erase":
            return NOTHING
        return super().scope(actor, verb)


class PartnerPolicy(DirectoryPolicy[Partner]):
    """Partners: seen by the country's staff, kept by administrators of the register."""

    model = Partner
    verbs = (
        "see",
        "correct",
    )

    def scope(self, actor: Actor, verb: str) -> Q:
        """See `Policy.scope`."""
        authority = authority_of(actor)
        if verb == "see":
            return Q(register__country__in=authority.countries)
        if verb == "correct":
            return _registers(authority, *MANAGERS)
        return super().scope(actor, verb)


class NotePolicy(DirectoryPolicy[Note]):
    """Notes of a unit: seen by the country's staff, written by heads and administrators above."""

    model = Note
    verbs = (
        "see",
        "correct",
        "remove",
    )

    def scope(self, actor: Actor, verb: str) -> Q:
        """See `Policy.scope`."""
        authority = authority_of(actor)
        if verb == "see":
            return Q(register__country__in=authority.countries)
        if verb in {"correct", "remove"}:
            return _reach(authority, *MANAGERS, unit="unit_id")
        return super().scope(actor, verb)


class HandoverPolicy(DirectoryPolicy[Handover]):
    """Handovers: seen by those who hand over and take over, their heads and administrators.

    Verbs: see; read (the sheet, which shows duties whose resolutions need not be open to all: not
    for administrators, who are not above the owner of a duty); add_need. Of what is no duty a head
    reads what they may see elsewhere, too (`views.sheets`): all of it only `is_side` does.
    """

    model = Handover
    verbs = (
        "see",
        "read",
        "add_need",
    )

    def scope(self, actor: Actor, verb: str) -> Q:
        """See `Policy.scope`."""
        authority = authority_of(actor)
        own = Q(from_post__in=authority.post_ids) | Q(to_post__in=authority.post_ids)
        if authority.person_id is not None:
            own |= Q(from_person=authority.person_id) | Q(to_person=authority.person_id)
        if verb in {"read", "add_need"}:
            return own | self._above(authority, Role.HEAD)
        if verb == "see":
            return own | self._above(authority, *MANAGERS)
        return super().scope(actor, verb)

    def is_side(self, actor: Actor, handover: Handover) -> bool:
        """True for who hands over or takes over, and who holds one of the posts since."""
        authority = authority_of(actor)
        people = {handover.from_person_id, handover.to_person_id} - {None}
        posts = {handover.from_post_id, handover.to_post_id}
        return authority.person_id in people or not posts.isdisjoint(authority.post_ids)

    @staticmethod
    def _above(authority: Authority, *roles: str) -> Q:
        gives = _reach(authority, *roles, unit="from_post__unit_id")
        return gives | _reach(authority, *roles, unit="to_post__unit_id")


class RegisterPolicy(DirectoryPolicy[Register]):
    """Registers: seen by the country's staff; add_person and add_partner within one's own.

    Founding a register and a unit at its top is for an elevation alone.
    """

    model = Register
    verbs = (
        "see",
        "add_person",
        "add_partner",
        "found",
    )

    def scope(self, actor: Actor, verb: str) -> Q:
        """See `Policy.scope`."""
        authority = authority_of(actor)
        if verb == "see":
            return Q(country__in=authority.countries)
        if verb in {"add_person", "add_partner"}:
            units = Unit.objects.filter(pk__in=list(authority.units(*MANAGERS)))
            return Q(pk__in=units.values("register_id"))
        if verb == "found":
            return NOTHING
        return super().scope(actor, verb)


register_policy = RegisterPolicy()
unit_policy = UnitPolicy()
post_policy = PostPolicy()
holding_policy = HoldingPolicy()
person_policy = PersonPolicy()
partner_policy = PartnerPolicy()
note_policy = NotePolicy()
handover_policy = HandoverPolicy()


def _working_time_posts(actor: Actor, country: str) -> list[Unit]:
    """Units at the top of the country's trees of which the actor is head or administrator."""
    authority = authority_of(actor)
    higher = UnitPath.objects.on(authority.day).filter(descendant_id=OuterRef("pk"), depth__gt=0)
    units = Unit.objects.filter(pk__in=list(authority.units(*MANAGERS)), country=country)
    return list(units.filter(~Exists(higher)))


def may_set_working_time(actor: Actor, country: str) -> bool:
    """True for heads and administrators of a unit at the top in that country, and elevated ones."""
    return actor.elevated or bool(_working_time_posts(actor, country))


def require_working_time(actor: Actor, country: str) -> Through:
    """What gives the right to set a country's working time. Raises NotFound or Forbidden."""
    if actor.elevated:
        return Through(elevation_id=actor.elevation_id)
    authority = authority_of(actor)
    if country not in authority.countries:
        raise NotFound
    units = {unit.pk for unit in _working_time_posts(actor, country)}
    if not units:
        raise Forbidden
    for post_id in sorted(authority.post_ids, key=lambda pk: pk != actor.post_id):
        roles = authority.post_roles[post_id]
        if roles & set(MANAGERS) and Post.objects.filter(pk=post_id, unit__in=units).exists():
            return Through(post_id=post_id)
    return Through()

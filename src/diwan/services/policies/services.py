"""Who sees services, and who writes their workbooks."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, Q, QuerySet

from diwan.directory.public import MANAGERS, DirectoryPolicy, Unit, UnitPath, authority_of
from diwan.kernel.errors import Forbidden, NotFound
from diwan.kernel.policies import Actor, ActorKind, Through
from diwan.services.models import Service, ServiceVersion


class ServicePolicy(DirectoryPolicy[Service]):
    """`see`: everybody what the public may ask for or once could, staff all that was published.

    `manage` (workbooks, publishing, closing): heads and administrators of the owner and above it.
    """

    model = Service
    verbs = ("see", "manage")

    def scope(self, actor: Actor, verb: str) -> Q:
        """See `Policy`."""
        if verb == "see":
            return self._seen(actor)
        if verb == "manage":
            return _owned(actor)
        return super().scope(actor, verb)

    def _seen(self, actor: Actor) -> Q:
        published = ~Q(state=Service.State.DRAFT)
        public = published & Q(audience=Service.Audience.PUBLIC)
        if actor.kind is ActorKind.ANONYMOUS:
            return public
        staff = published & Q(country__in=authority_of(actor).countries)
        return public | staff | _owned(actor)


services = ServicePolicy()


def _owned(actor: Actor) -> Q:
    authority = authority_of(actor)
    return authority.condition(("services.owned",), lambda: _owned_by(actor))


def _owned_by(actor: Actor) -> Q:
    authority = authority_of(actor)
    units = list(authority.units(*MANAGERS))
    if not units:
        return Q(pk__in=[])
    paths = UnitPath.objects.on(authority.day).filter(descendant_id=OuterRef("owner_id"))
    return Q(Exists(paths.filter(ancestor_id__in=units)))


def seen_version(actor: Actor, versions: QuerySet[ServiceVersion]) -> ServiceVersion:
    """The one of `versions` that may be looked at by whoever manages its service.

    Raises NotFound where there is none, or the service may not be seen; else Forbidden.
    """
    version = versions.select_related("service").first()
    if version is None:
        raise NotFound
    services.demand(actor, "manage", version.service)
    return version


def owned_units(actor: Actor) -> QuerySet[Unit]:
    """Units that may own a service of the actor's, those that exist today."""
    units = Unit.objects.existing(authority_of(actor).day)
    if actor.elevated:
        return units
    return units.filter(pk__in=authority_of(actor).below(*MANAGERS))


def require_owner(actor: Actor, unit: Unit) -> Through:
    """What gives the right to make services that `unit` owns. Raises NotFound, Forbidden."""
    if actor.elevated:
        return Through(elevation_id=actor.elevation_id)
    if unit.country not in authority_of(actor).countries:
        raise NotFound
    for post_id in services.posts_of(actor):
        below = authority_of(actor.narrowed(post_id)).below(*MANAGERS)
        if below.filter(descendant_id=unit.pk).exists():
            return Through(post_id=post_id)
    raise Forbidden

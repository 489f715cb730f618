"""Who may read and who may write documents."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from diwan.directory.public import DirectoryPolicy, Role, Unit, authority_of
from diwan.kernel.errors import Forbidden, NotFound
from diwan.kernel.policies import Actor, ActorKind, Confidentiality, Through

from .models import Document

WRITERS = (Role.HEAD, Role.SECRETARY, Role.ADMINISTRATOR)


class DocumentPolicy(DirectoryPolicy[Document]):
    """`see` by confidentiality; `write` for heads, secretaries and administrators over the unit.

    A document belongs to no body, so that *body* and *named* mean the same here: who may write it.
    One without a unit of its own is the register's, and an elevation's to write.
    """

    model = Document
    verbs = ("see", "write")

    def scope(self, actor: Actor, verb: str) -> Q:
        """See `Policy`."""
        if verb == "see":
            return self._seen(actor)
        if verb == "write":
            return self._written(actor)
        return super().scope(actor, verb)

    def _seen(self, actor: Actor) -> Q:
        public = Q(confidentiality=Confidentiality.PUBLIC)
        if actor.kind is ActorKind.ANONYMOUS:
            return public
        staff = Q(
            confidentiality=Confidentiality.INTERNAL,
            register__country__in=authority_of(actor).countries,
        )
        return public | staff | self._written(actor)

    def _written(self, actor: Actor) -> Q:
        return Q(unit_id__in=authority_of(actor).below(*WRITERS))


documents = DocumentPolicy()


def require_writer(actor: Actor, unit: Unit) -> Through:
    """What gives the right to write documents of a unit. Raises NotFound, Forbidden."""
    if actor.elevated:
        return Through(elevation_id=actor.elevation_id)
    authority = authority_of(actor)
    if unit.country not in authority.countries:
        raise NotFound
    held = sorted(authority.post_ids, key=lambda post_id: post_id != actor.post_id)
    for post_id in held:
        narrow = actor.narrowed(post_id)
        below = authority_of(narrow).below(*WRITERS)
        if below.filter(descendant_id=unit.pk).exists():
            return Through(post_id=post_id)
    raise Forbidden


def units_to_write(actor: Actor) -> QuerySet[Unit]:
    """Units of which the actor may write documents, those that exist today."""
    units = Unit.objects.existing(authority_of(actor).day)
    if actor.elevated:
        return units
    return units.filter(pk__in=authority_of(actor).below(*WRITERS))

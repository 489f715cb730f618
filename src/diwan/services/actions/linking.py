"""Two cases that belong together."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from diwan.kernel.errors import Refused
from diwan.kernel.policies import Actor
from diwan.services.models import Case, CaseLink
from diwan.services.policies import CASES

from .flowing import turn, written


@transaction.atomic
def link(actor: Actor, case: Case, other: Case, verb: str) -> CaseLink:
    """Say that a case is the same request as another, follows from it, or belongs with it.

    Raises NotFound where one of the two may not be seen, Forbidden, Refused for a case with itself
    or where the two are joined already.
    """
    CASES.demand(actor, "see", other)
    if case.pk == other.pk:
        raise Refused(_("Choose another case: one cannot be joined with itself."), field="other")
    at = turn(actor, case, "link")
    if verb not in CaseLink.Verb.values:
        raise Refused(_("Choose how the two cases belong together."), field="verb")
    known = CaseLink.objects.filter(case__in=(case.pk, other.pk), other__in=(case.pk, other.pk))
    if known.exists():
        raise Refused(_("These two cases are joined already."), field="other")
    made = CaseLink.objects.create(case=at.case, other=other, verb=verb, at=actor.at)
    at.changes["joined"] = [None, other.pk]
    written(at, "join")
    return made


@transaction.atomic
def unlink(actor: Actor, joined: CaseLink) -> None:
    """Take it back. Raises NotFound, Forbidden."""
    at = turn(actor, joined.case, "link")
    gone, _more = CaseLink.objects.filter(pk=joined.pk).delete()
    if gone:
        at.changes["joined"] = [joined.other_id, None]
        written(at, "part")

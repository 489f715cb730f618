"""Whom cases concern, and what is done to them means to those."""

from __future__ import annotations

from collections.abc import Mapping

from django.db.models import Q, QuerySet

from diwan.directory.public import authority_of
from diwan.kernel.exchange import Change, Concern, declare_concern
from diwan.kernel.policies import Actor
from diwan.services.constants import CASE
from diwan.services.models import Case, Inquiry
from diwan.services.models.cases import RUNNING
from diwan.services.policies import WORKING

CHANGES: Mapping[str, Change] = {
    "assign": Change.NEW,
    "resume": Change.NEW,
    "reopen": Change.NEW,
    "answer": Change.ANSWER,
    "rate": Change.REPORT,
}


def declare_concerns() -> None:
    """Declare cases: those that one's posts took, and those about which one's units were asked."""
    declare_concern(Concern(CASE, _cases, CHANGES))


def _cases(actor: Actor) -> list[QuerySet[Case]]:
    authority = authority_of(actor)
    if not authority.post_ids:
        return []
    reasons = [Q(post__in=list(authority.post_ids), phase__in=RUNNING)]
    units = authority.units(*WORKING)
    if units:
        asked = Inquiry.objects.filter(unit__in=units, answered_at=None, withdrawn_at=None)
        reasons.append(Q(pk__in=asked.order_by().values("case_id")))
    return [Case.objects.filter(reason) for reason in reasons]

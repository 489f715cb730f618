"""Who is told of an inquiry: the department that is asked, and who asked, of answers and delays.

A notice says that something is asked, of which service and by when; never what, nor about whom.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from diwan.directory.public import users_of_posts
from diwan.kernel import notices
from diwan.kernel.exchange import Ref
from diwan.kernel.policies import Actor
from diwan.services.constants import CASE, TO_ASKED, TO_ASKER
from diwan.services.models import Case, Inquiry
from diwan.services.queries.owing import posts_owing, posts_there

ASKED, ANSWERED, OVERDUE = "asked", "answered", "overdue"
BATCH = 500


def tell_asked(actor: Actor, case: Case, asked: Sequence[Inquiry]) -> None:
    """Tell the departments that are asked, within the transaction in which they are."""
    country = case.service.country
    posts = posts_there({(one.unit_id, one.role) for one in asked}, country, actor.at)
    for one in asked:
        there = posts[one.unit_id, one.role]
        _tell(TO_ASKED, there, one, ASKED, actor.at, but=actor.user_id)


def tell_answered(actor: Actor, inquiry: Inquiry) -> None:
    """Tell who asked that there is an answer."""
    _tell(TO_ASKER, _askers(inquiry, actor.at), inquiry, ANSWERED, actor.at, but=actor.user_id)


def look_for_overdue(since: datetime, at: datetime) -> int:
    """Tell, once, of the inquiries that fell due within (since, at]; returns how many they are.

    All of them, a batch at a time: days are written as days, so a whole country falls due at once.
    """
    open_ = Inquiry.objects.filter(answered_at=None, withdrawn_at=None)
    rows = open_.filter(due_at__gt=since, due_at__lte=at).select_related(
        "case__service", "case__at_unit"
    )
    count, last = 0, None
    while found := list(rows.filter(_after(last)).order_by("due_at", "pk")[:BATCH]):
        for one in found:
            _tell_overdue(one, at)
        count, last = count + len(found), found[-1]
    return count


def _after(last: Inquiry | None) -> Q:
    if last is None:
        return Q()
    return Q(due_at__gt=last.due_at) | Q(due_at=last.due_at, pk__gt=last.pk)


@transaction.atomic
def _tell_overdue(one: Inquiry, at: datetime) -> None:
    posts = posts_there({(one.unit_id, one.role)}, one.case.service.country, at)
    _tell(TO_ASKED, posts[one.unit_id, one.role], one, OVERDUE, at)
    _tell(TO_ASKER, _askers(one, at), one, OVERDUE, at)


def _askers(inquiry: Inquiry, at: datetime) -> list[UUID]:
    """The post that asked, as long as somebody holds it; else who owes the case's step now."""
    asker = inquiry.asked_by_id
    if asker is not None and users_of_posts([asker], at).get(asker):
        return [asker]
    return posts_owing(inquiry.case, at)


def _tell(
    kind: str,
    posts: Iterable[UUID],
    inquiry: Inquiry,
    when: str,
    at: datetime,
    *,
    but: UUID | None = None,
) -> None:
    """Tell whoever holds these posts, but not who did it; of the same thing once."""
    users = {user for each in users_of_posts(posts, at).values() for user in each} - {but}
    data = {"inquiry": inquiry.pk, "when": when}
    known = f"{inquiry.pk}:{when}"
    notices.tell(kind, sorted(filter(None, users)), Ref(CASE, inquiry.case_id), data, once=known)

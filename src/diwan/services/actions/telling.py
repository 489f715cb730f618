"""Who is told what of a case: as its workbook says, and what is missing there in our own words."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from diwan.accounts.public import UnclearLogin, normal_login
from diwan.directory.public import heads_above, users_of_posts
from diwan.kernel import notices
from diwan.kernel.exchange import Ref
from diwan.services.constants import CASE, TO_APPLICANT, TO_HEAD, TO_OWNER
from diwan.services.models import Applicant, CaseStep
from diwan.services.queries.owing import posts_owing
from diwan.services.rules.definition import Definition

from .flowing import Turn
from .limits import may_send

DEFAULTS = {
    # That it was withdrawn is told by no workbook and always: somebody else may have done it.
    "applicant": ("filed", "returned", "ended", "reopened", "reminded", "withdrawn", "went_on"),
    "owner": ("resumed",),
    "head": ("late",),
}
"""What is told where the workbook says nothing of it."""


def tell(at: Turn, *happened: str) -> None:
    """Tell of what happened (``filed``, ``entered:STATE`` …), within the action's transaction."""
    for when in happened:
        for to, kind in (("owner", TO_OWNER), ("head", TO_HEAD)):
            if _wanted(at.definition, when, to):
                _to_house(at, kind, when, _posts(at, to))
    told = [when for when in happened if _wanted(at.definition, when, "applicant")]
    if told:
        _to_applicant(at, told)


def address_of(applicant: Applicant) -> str:
    """Where the applicant is reached: a mobile number before an e-mail address; "" if nowhere."""
    for typed in (applicant.phone, applicant.email):
        try:
            found = normal_login(typed)
        except UnclearLogin:
            continue
        return found
    return ""


def _wanted(definition: Definition, when: str, to: str) -> bool:
    said = [n for n in definition.notices if (n.when, n.to) == (when, to)]
    if said:
        return any(text.strip() for notice in said for text in notice.text.values())
    return when in DEFAULTS[to]


def _to_applicant(at: Turn, happened: Iterable[str]) -> None:
    """One notice, of the first thing that happened: a message costs, and says where to look.

    Anybody may type any number when they file: the first notice of a case that no post filed goes
    to one number a few times alone.
    """
    case, when = at.case, next(iter(happened))
    applicant: Applicant | None = getattr(case, "applicant", None)
    address = address_of(applicant) if applicant else ""
    typed_by_anybody = when == "filed" and case.filed_by_id is None
    if address and (not typed_by_anybody or may_send(address)):
        data = {"when": when}
        ref = Ref(CASE, case.pk)
        notices.tell_address(TO_APPLICANT, address, ref, data, language=case.language)


def _posts(at: Turn, to: str) -> list[UUID]:
    case = at.case
    owing = posts_owing(case, at.actor.at) if to == "owner" else []
    if to == "owner" and case.about_id is None:
        return owing
    heads = heads_above(case.at_unit_id, at.actor.at, country=case.service.country)
    if case.about_id is None:
        return heads[:1]
    # Whoever is complained of is not told of it; where nobody else owes it, the next head is.
    steps = CaseStep.objects.filter(case=case.about_id).values_list("post_id", "by_post_id")
    own = {post for pair in steps for post in pair}
    free = [post for post in owing if post not in own]
    return free or [post for post in heads if post not in own][:1]


def _to_house(at: Turn, kind: str, when: str, posts: Iterable[UUID]) -> None:
    """Tell whoever holds these posts, but not who did it."""
    found = users_of_posts(posts, at.actor.at)
    users = {user for each in found.values() for user in each} - {at.actor.user_id}
    ref = Ref(CASE, at.case.pk)
    notices.tell(kind, sorted(users), ref, {"when": when, "state": at.case.state})

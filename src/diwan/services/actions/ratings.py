"""The citizen's judgement: opened when a case ends, given once, and never by staff.

The secret of a link is worked out from the case, so that the same one can be printed again; stored
is its digest alone. The page of the case gives the same one chance as the link.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from diwan.kernel import audit, exchange, jobs, notices
from diwan.kernel.errors import Conflict, NotFound, Refused
from diwan.kernel.exchange import Fact, Ref
from diwan.kernel.policies import Actor
from diwan.kernel.text import clean
from diwan.services.constants import CASE, RATED
from diwan.services.models import Applicant, Case, Ending, Rating, RatingLink
from diwan.services.queries.definitions import definition_of
from diwan.services.rules.codes import digest
from diwan.services.rules.definition import RatingQuestion, RatingRule

from .flowing import locked
from .keeping import add_judgement
from .telling import address_of

RATE_NOTICE = "services.rate"
ASK_TO_RATE = "services.ask_to_rate"
ASKED_AFTER = timedelta(days=1)
"""Not with the answer itself: by then the citizen has it in hand."""
JUDGED = (Case.Phase.DONE, Case.Phase.REFUSED)
LONGEST = 4000
MOST_VISITS = 99


@dataclass(frozen=True)
class Judgement:
    """What a citizen says. `answers` are those to the workbook's own questions, by their keys."""

    stars: int
    promise_kept: bool | None = None
    visits: int | None = None
    papers_once: bool | None = None
    words: str = ""
    answers: Mapping[str, Any] = field(default_factory=dict)


class AlreadyRated(Conflict):
    """The one judgement on this case was given."""

    def __init__(self) -> None:
        super().__init__(_("This case was judged already; each case is judged once. Thank you."))


class StaffMayNotRate(Refused):
    """Somebody of an office, or on a device of one, would judge."""

    def __init__(self) -> None:
        super().__init__(
            _(
                "On this device somebody of an office has signed in, and offices don't judge "
                "themselves. Open the link on your own telephone."
            )
        )


def rating_secret(case: Case) -> str:
    """The secret in the rating link of a case."""
    mac = salted_hmac("diwan.services.rating", str(case.pk), algorithm="sha256")
    return mac.hexdigest()[:32]


def open_rating(case: Case, at: datetime) -> RatingLink | None:
    """Open the judgement of a case that ended; a day later the applicant gets the link.

    None where the service is not judged, the applicant took the case back, or it was judged
    already. A case that was reopened and ended again gets its days anew, under the same link, and
    is asked about again: the first time the applicant may have had nothing to judge.
    Runs within the transaction of what ended the case.
    """
    rule = definition_of(case.version).rating
    if not rule.open or case.phase not in JUDGED or Rating.objects.filter(case=case).exists():
        return None
    way = _way(_address_of(case))
    given = {"way": way, "made_at": at, "expires_at": at + timedelta(days=rule.days)}
    Ending.objects.filter(case=case, number=case.reopened + 1).update(asked=True)
    link, _made = RatingLink.objects.update_or_create(
        case=case, defaults={"key": digest(rating_secret(case)), **given}
    )
    if way != RatingLink.Way.PAPER:
        key = f"{ASK_TO_RATE} {case.pk}"
        jobs.enqueue(ASK_TO_RATE, {"case": str(case.pk)}, run_at=at + ASKED_AFTER, key=key)
    return link


@transaction.atomic
def ask_to_rate(case: Case, at: datetime) -> bool:
    """Send the link to the applicant, if the case can still be judged; whether it was sent."""
    link = RatingLink.objects.filter(case=case, expires_at__gt=at).first()
    address = _address_of(case)
    over = case.phase not in JUDGED or Rating.objects.filter(case=case).exists()
    if link is None or over or not address:
        return False
    data = {"secret": rating_secret(case), "service": case.service.name, "code": case.code}
    ref = Ref(CASE, case.pk)
    notices.tell_address(RATE_NOTICE, address, ref, data, language=case.language)
    return True


def _address_of(case: Case) -> str:
    applicant = Applicant.objects.filter(case=case, erased_at=None).first()
    return address_of(applicant) if applicant else ""


def _way(address: str) -> RatingLink.Way:
    """How the link reaches the applicant: printed, where the office has no address of theirs."""
    if not address:
        return RatingLink.Way.PAPER
    return RatingLink.Way.SMS if address.startswith("+") else RatingLink.Way.EMAIL


def link_of(secret: str) -> RatingLink:
    """The link of a secret. Raises NotFound for one that nobody was given."""
    links = RatingLink.objects.select_related("case__service", "case__version")
    light = links.defer("case__service__search", "case__version__form", "case__version__xform")
    key = digest(secret)
    link = light.filter(Q(key=key) | Q(paper_key=key)).first()
    if link is None:
        raise NotFound
    link.on_paper = link.paper_key == key
    return link


def require_open(link: RatingLink, at: datetime) -> None:
    """Whether the case may be judged now. Raises AlreadyRated, or Refused with the reason."""
    if Rating.objects.filter(case_id=link.case_id).exists():
        raise AlreadyRated
    _require_ended(link.case)
    if at >= link.expires_at:
        raise Refused(_("The time for judging this case is over. You may still write a complaint."))


def _require_ended(case: Case) -> None:
    if case.ended_at is None:
        raise Refused(_("This case was opened again. It can be judged when it has ended."))
    if case.phase not in JUDGED:
        raise Refused(_("This case was withdrawn; there is nothing to judge."))


@transaction.atomic
def rate(actor: Actor, link: RatingLink, said: Judgement, *, staff: bool) -> Rating:
    """Judge a case, for whoever holds its link or its code.

    `staff` says that the one who asks, or the device they use, belongs to an office. Raises
    StaffMayNotRate, Refused after the time is over and for a judgement that cannot be,
    AlreadyRated for the second one, however close behind the first it comes. What is said belongs
    to the round that ended last, and stays with it.
    """
    if staff or actor.post_id is not None:
        raise StaffMayNotRate
    require_open(link, actor.at)
    case = locked(link.case)
    _require_ended(case)  # as it is now: somebody may have reopened it under the open page
    rule = definition_of(case.version).rating
    row = Rating(case=case, unit_id=case.unit_id, service_id=case.service_id, at=actor.at)
    row.on_paper = link.on_paper
    _fill(row, said, rule)
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as error:
        raise AlreadyRated from error
    last = Ending.objects.filter(case=case, number=case.reopened + 1, outcome=case.phase)
    last.update(asked=True, stars=row.stars, promise_kept=row.promise_kept)
    for ending in last.select_related("service"):
        add_judgement(ending)
    # Who judged stays unsaid: the citizen may be signed in.
    nobody = Actor.anonymous()
    audit.record(nobody, "rate", Ref(CASE, case.pk), changes={"stars": [None, row.stars]})
    data = {
        "service": str(case.service_id),
        "unit": str(case.unit_id),
        "version": str(case.version_id),
        "stars": row.stars,
        "promise_kept": row.promise_kept,
        "visits": row.visits,
        "papers_once": row.papers_once,
    }
    exchange.publish(Fact(RATED, Ref(CASE, case.pk), nobody, actor.at, data))
    return row


def _fill(row: Rating, said: Judgement, rule: RatingRule) -> None:
    if not 1 <= said.stars <= 5:
        raise Refused(_("Choose one of the five, from very bad to very good."), field="stars")
    if said.visits is not None and not 0 <= said.visits <= MOST_VISITS:
        raise Refused(_("Write how often you had to come, 0 to 99."), field="visits")
    row.stars = said.stars
    row.promise_kept = said.promise_kept if rule.promise else None
    row.visits = said.visits if rule.visits else None
    row.papers_once = said.papers_once if rule.papers else None
    row.words = clean(said.words)[:LONGEST] if rule.words else ""
    given = ((one, said.answers.get(one.key)) for one in rule.questions)
    row.answers = {one.key: _answer(one, value) for one, value in given if value not in (None, "")}


def _answer(question: RatingQuestion, value: Any) -> Any:
    if question.kind == "stars":
        return min(max(int(value), 1), 5)
    if question.kind == "yesno":
        return bool(value)
    return clean(str(value))[:LONGEST]

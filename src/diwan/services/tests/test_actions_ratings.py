"""One judgement a case, by the citizen alone: opened at the end, never twice, never by staff."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connections
from django.utils import timezone

from diwan.directory.models import Unit
from diwan.directory.tests.factories import UnitFactory, staff
from diwan.kernel import exchange
from diwan.kernel.errors import NotFound, Refused
from diwan.kernel.exchange import DeskQuestion, Fact
from diwan.kernel.jobs import work_off
from diwan.kernel.models import AuditEntry, Job, Notice
from diwan.kernel.policies import Actor
from diwan.services.actions.endings import end_round
from diwan.services.actions.ratings import (
    RATE_NOTICE,
    AlreadyRated,
    Judgement,
    StaffMayNotRate,
    link_of,
    open_rating,
    rate,
    rating_secret,
)
from diwan.services.constants import RATED
from diwan.services.models import Case, CaseNote, Rating, RatingLink
from diwan.services.provides.ratings import low_ratings
from diwan.services.rules.definition import RatingQuestion, RatingRule

from .factories import case, service, variant

ME = Actor.anonymous
GOOD = Judgement(stars=5, promise_kept=True, visits=1, papers_once=True, words="آسان بود")


def ended(of: Any, **more: Any) -> Case:
    """A case that was granted an hour ago."""
    now = timezone.now()
    made = case(of, filed_at=now - timedelta(days=4), **more)
    made.steps.update(left_at=now, action="grant")
    made.phase, made.state, made.role = Case.Phase.DONE, "done", ""
    made.ended_at, made.on_time = now - timedelta(hours=1), True
    made.save()
    end_round(made, made.ended_at)
    return made


@pytest.fixture
def unit(db: None) -> Unit:
    return UnitFactory.create()


@pytest.fixture
def link(unit: Unit) -> RatingLink:
    found = open_rating(ended(service(unit)), timezone.now())
    assert found is not None
    return found


def test_the_link_is_opened_once_and_sent_a_day_later(unit: Unit) -> None:
    one = ended(service(unit))
    now = timezone.now()
    first = open_rating(one, now)
    assert first is not None
    assert first.key != rating_secret(one)  # the secret itself is nowhere stored
    assert first.way == RatingLink.Way.SMS
    assert Notice.objects.count() == 0
    assert open_rating(one, now + timedelta(days=2)) == first
    assert Job.objects.filter(name="services.ask_to_rate").count() == 1
    with time_machine.travel(now + timedelta(days=1, minutes=1)):
        work_off()
    sent = Notice.objects.get(kind=RATE_NOTICE)
    assert sent.address == "+989120000000"
    assert link_of(sent.data["secret"]) == first


def test_nothing_is_sent_to_who_judged_already(link: RatingLink) -> None:
    rate(ME(), link, GOOD, staff=False)
    with time_machine.travel(timezone.now() + timedelta(days=2)):
        work_off()
    assert not Notice.objects.filter(kind=RATE_NOTICE).exists()


def test_no_link_where_the_workbook_or_the_end_says_so(unit: Unit) -> None:
    silent = service(unit, variant("silent", rating=RatingRule(open=False)))
    assert open_rating(ended(silent), timezone.now()) is None
    gone = ended(service(unit))
    gone.phase = Case.Phase.WITHDRAWN
    assert open_rating(gone, timezone.now()) is None


def test_a_judgement_is_kept_counted_and_told(link: RatingLink) -> None:
    told: list[Fact] = []
    exchange.listen(RATED, told.append)
    row = rate(ME(), link, GOOD, staff=False)
    assert (row.stars, row.visits, row.words) == (5, 1, "آسان بود")
    assert (row.unit_id, row.service_id) == (link.case.unit_id, link.case.service_id)
    assert told[-1].data["stars"] == 5
    entry = AuditEntry.objects.get(verb="rate")
    assert entry.actor_id is None
    assert "words" not in entry.changes
    with pytest.raises(AlreadyRated):
        rate(ME(), link, Judgement(stars=1), staff=False)
    assert Rating.objects.get().stars == 5


def test_what_the_workbook_does_not_ask_is_not_kept(unit: Unit) -> None:
    rule = RatingRule(
        promise=False,
        visits=False,
        papers=False,
        words=False,
        questions=(RatingQuestion("calm", {"fa": "آرام بود؟"}, "yesno"),),
    )
    link = open_rating(ended(service(unit, variant("short", rating=rule))), timezone.now())
    assert link is not None
    said = Judgement(
        stars=4,
        promise_kept=True,
        visits=3,
        papers_once=True,
        words="سخن",
        answers={"calm": True, "other": "x"},
    )
    row = rate(ME(), link, said, staff=False)
    assert (row.promise_kept, row.visits, row.papers_once, row.words) == (None, None, None, "")
    assert row.answers == {"calm": True}


def test_staff_do_not_judge_themselves(unit: Unit, link: RatingLink) -> None:
    clerk = staff(unit, "clerk")
    with pytest.raises(StaffMayNotRate):
        rate(clerk.actor, link, GOOD, staff=False)
    with pytest.raises(StaffMayNotRate):
        rate(ME(), link, GOOD, staff=True)
    assert not Rating.objects.exists()


def test_a_judgement_that_cannot_be_is_refused_whole(link: RatingLink) -> None:
    for said in (Judgement(stars=0), Judgement(stars=6), Judgement(stars=3, visits=100)):
        with pytest.raises(Refused):
            rate(ME(), link, said, staff=False)
    with pytest.raises(Refused):
        rate(Actor.user(link.pk, "x", at=link.expires_at), link, GOOD, staff=False)
    with pytest.raises(NotFound):
        link_of("guessed")
    assert not Rating.objects.exists()


def test_a_case_that_is_open_again_waits_for_its_end(link: RatingLink) -> None:
    Case.objects.update(phase=Case.Phase.OPEN, ended_at=None)
    link.refresh_from_db()
    with pytest.raises(Refused):
        rate(ME(), RatingLink.objects.select_related("case").get(), GOOD, staff=False)


def test_few_stars_stay_on_the_heads_desk_until_somebody_wrote_of_it(
    unit: Unit, link: RatingLink
) -> None:
    head, clerk = staff(unit, "head"), staff(unit, "clerk")
    rate(ME(), link, Judgement(stars=2), staff=False)

    def desk(of: Any) -> int:
        now = timezone.now()
        asked = DeskQuestion(of.actor, now, post_ids=frozenset([of.post.pk]))
        return len(list(low_ratings(asked)))

    assert (desk(head), desk(clerk)) == (1, 0)
    note = CaseNote.objects.create(
        case=link.case, text="دوباره ببینید", at=timezone.now(), by_applicant=True
    )
    assert desk(head) == 1  # the citizen's own word is no call of the office
    CaseNote.objects.filter(pk=note.pk).update(by_applicant=False)
    assert desk(head) == 0


@pytest.mark.django_db(transaction=True)
def test_ten_at_once_leave_one_judgement() -> None:
    link = open_rating(ended(service(UnitFactory.create())), timezone.now())
    assert link is not None
    outcomes: list[str] = []

    def judge(stars: int) -> None:
        try:
            rate(ME(), link, Judgement(stars=stars), staff=False)
            outcomes.append("kept")
        except AlreadyRated:
            outcomes.append("already")
        finally:
            connections.close_all()

    threads = [threading.Thread(target=judge, args=(1 + n % 5,)) for n in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["already"] * 9 + ["kept"]
    assert Rating.objects.count() == 1

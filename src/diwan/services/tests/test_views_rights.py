"""Who has no right to help an applicant gets no code, and with one they do nothing."""

from __future__ import annotations

import pytest
from django.test import Client
from django.utils import timezone

from diwan.directory.tests.factories import Staff, UnitFactory, staff
from diwan.kernel.models import AuditEntry, Notice
from diwan.kernel.policies import Actor, Through
from diwan.kernel.requests import HOUSE_COOKIE
from diwan.services.actions.applicants import withdraw
from diwan.services.actions.closing import print_closing
from diwan.services.actions.flowing import Turn
from diwan.services.actions.inquiries import ask
from diwan.services.actions.ratings import Judgement, link_of, open_rating, rate, rating_secret
from diwan.services.actions.telling import _posts
from diwan.services.constants import TO_APPLICANT
from diwan.services.models import Case, RatingLink
from diwan.services.provides.cases import CaseSubject
from diwan.services.provides.notices import _own_words
from diwan.services.queries.worklist import WorkFilter, worklist
from diwan.services.rules.codes import first_signs, written_code

from .factories import SIMPLE, case, service, variant
from .office import Office, at, make_office
from .test_actions_ratings import ended

pytestmark = pytest.mark.django_db


@pytest.fixture
def office() -> Office:
    return make_office()


@pytest.fixture
def asked(office: Office) -> Staff:
    """An officer of a department that was asked about a case."""
    return staff(UnitFactory.create(parent=office.top), "officer")


def text(client: Client, name: str, *args: object, **query: object) -> str:
    return client.get(at(name, *args, **query), follow=True).content.decode()


def test_an_asked_department_is_not_told_the_code(office: Office, asked: Staff) -> None:
    one = case(office.service, title="چنار")
    ask(office.clerk.actor, one, [asked.post.unit_id], "؟")
    inquiry, code = one.inquiries.get(), written_code(one.code)
    client = office.client(asked)
    for page in (
        text(client, "case", one.pk),
        text(client, "inquiry_step", one.pk, inquiry.pk, "answer"),
        text(client, "work"),
        text(client, "work", q="چنار", whose="seen"),
    ):
        assert first_signs(one.code) in page
        assert code not in page
        assert one.code not in page
    assert client.get(at("counter_filed", one.pk)).status_code == 403
    assert code in text(office.client(office.clerk), "case", one.pk)
    # As strangers show it, in one question.
    for who, number in ((asked, first_signs(one.code)), (office.clerk, code)):
        assert CaseSubject().cards([one.pk], who.actor)[one.pk].number == number
    found = worklist(asked.actor, WorkFilter(text=code))
    assert [getattr(row, "helped", None) for row in found] == [False]


@pytest.mark.parametrize("signed_in", [True, False])
def test_with_the_code_of_a_stranger_the_house_only_looks(
    office: Office, asked: Staff, *, signed_in: bool
) -> None:
    one = case(office.service)
    client = office.client(asked) if signed_in else Client()
    client.cookies[HOUSE_COOKIE] = "1"
    page = text(client, "followed", one.code)
    assert "فقط می‌توان آن را دید" in page
    assert at("withdraw", one.code) not in page
    answer = client.post(at("withdraw", one.code), {"reason": "x"}, follow=True)
    assert "فقط می‌توان آن را دید" in answer.content.decode()
    assert Case.objects.get(pk=one.pk).phase == Case.Phase.OPEN
    assert not AuditEntry.objects.filter(subject_id=one.pk, verb="withdraw").exists()
    # The applicant's own telephone is nobody's of the house; who handles the case may help.
    assert at("withdraw", one.code) in text(Client(), "followed", one.code)
    assert at("withdraw", one.code) in text(office.client(office.clerk), "followed", one.code)


def test_no_link_for_judging_stands_before_the_house(office: Office) -> None:
    one = ended(office.service)
    assert open_rating(one, timezone.now()) is not None
    secret = rating_secret(one)
    assert secret in text(Client(), "followed", one.code)
    assert secret not in text(office.client(office.clerk), "followed", one.code)
    assert RatingLink.objects.get(case=one).way == RatingLink.Way.SMS


def test_the_closing_paper_of_the_office_has_a_code_of_its_own(office: Office) -> None:
    one = ended(office.service)
    open_rating(one, timezone.now())
    clerk = office.client(office.clerk)
    assert at("print_closing", one.pk) in text(clerk, "case", one.pk)
    # By the address of the applicant the office gets none, and none without a word in the trail.
    assert clerk.get(at("closing_slip", one.code)).status_code == 302
    assert Client().get(at("closing_slip", one.code)).content.startswith(b"%PDF")
    paper = clerk.post(at("print_closing", one.pk))
    assert paper.content.startswith(b"%PDF")
    entry = AuditEntry.objects.get(subject_id=one.pk, verb="print_closing")
    assert entry.post_id == office.clerk.post.pk
    secret = print_closing(office.clerk.actor, one)
    assert secret != rating_secret(one)
    link = link_of(secret)
    assert link == link_of(rating_secret(one))
    assert rate(Actor.anonymous(), link, Judgement(stars=5), staff=False).on_paper
    again = clerk.post(at("print_closing", one.pk), follow=True)
    assert again.redirect_chain, "one judgement: nothing is printed any more"


def test_a_complaints_papers_tell_the_first_signs_of_the_other_case(office: Office) -> None:
    other = case(office.service)
    made = case(service(office.unit, variant("hear", kind="complaint")), about=other)
    for name in ("followed", "receipt"):
        page = text(Client(), name, made.code)
        assert first_signs(other.code) in page
        assert written_code(other.code) not in page


def test_what_is_withdrawn_is_told_to_the_applicant_who_may_open_it_again(office: Office) -> None:
    one = case(office.service)
    withdraw(office.clerk.actor, one, "تلفنی خواست")
    told = Notice.objects.get(kind=TO_APPLICANT)
    assert (told.address, told.data) == ("+989120000000", {"when": "withdrawn"})
    one.refresh_from_db()
    assert _own_words(one, "withdrawn").endswith("اگر خواست شما نبود، آن را دوباره باز کنید.")
    assert at("reopen", one.code) in text(Client(), "followed", one.code)
    answer = Client().post(at("reopen", one.code), {"reason": "من نخواستم"})
    assert answer.status_code == 302
    assert Case.objects.get(pk=one.pk).phase == Case.Phase.OPEN


def test_whoever_is_complained_of_is_not_told_of_the_complaint(office: Office) -> None:
    before = case(office.service)
    before.steps.update(by_post=office.clerk.post)
    colleague = staff(office.unit, "clerk")
    made = case(service(office.unit, variant("hear", kind="complaint")), about=before)
    turn = Turn(office.head.actor, made, SIMPLE, Through(), None)
    assert _posts(turn, "owner") == [colleague.post.pk]
    before.steps.update(post=colleague.post)
    assert _posts(turn, "owner") == _posts(turn, "head") == [office.head.post.pk]

"""One case on one page: its next step, two clerks, papers, departments; batches; what is late."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from diwan.directory.tests.factories import UnitFactory, staff
from diwan.services.models import Case, CaseAnswers
from diwan.services.rules.codes import written_code
from diwan.services.rules.definition import State, StepAction
from diwan.services.rules.formtree import Node

from .factories import FORM, SIMPLE, case, service, variant
from .office import Office, at, make_office

pytestmark = pytest.mark.django_db


@pytest.fixture
def office() -> Office:
    return make_office()


def page(client: Client, of: Case) -> str:
    answer = client.get(at("case", of.pk))
    assert answer.status_code == 200
    return answer.content.decode()


def send(client: Client, name: str, *args: object, **values: object) -> tuple[int, str]:
    """Post a step and follow it: where it ended, and what stands there."""
    answer = client.post(at(name, *args), values, follow=True)
    return answer.status_code, answer.content.decode()


def test_the_heading_answers_and_the_next_step_comes_first(office: Office) -> None:
    mine = case(office.service, due_at=timezone.now() - timedelta(days=30))
    text = page(office.client(office.clerk), mine)
    assert re.search(r"<h1>بررسی مدارک: [۰-۹]+ روز کاری تأخیر</h1>", text)
    assert re.search(r'class="button filled" data-key="1"', text)
    for words in ("سارا بهاری", "چنار", "شمار درختان", "۰۹۱۲", written_code(mine.code)):
        assert words in text, words
    other = page(office.client(office.officer), mine)
    assert "ارسال به کارشناس" not in other
    assert "نوشتن یادداشت" in other


def test_a_step_that_needs_nothing_is_one_press(office: Office) -> None:
    mine = case(office.service)
    client = office.client(office.clerk)
    status, text = send(client, "act", mine.pk, "forward", expected_state="new")
    mine.refresh_from_db()
    assert (status, mine.state) == (200, "review")
    assert "انجام شد" in text


def test_a_step_asks_for_what_it_requires_and_stores_nothing_without(office: Office) -> None:
    mine = case(office.service, state="review", role="officer")
    client = office.client(office.officer)
    answer = client.post(at("act", mine.pk, "refuse"), {"expected_state": "review", "said": ""})
    mine.refresh_from_db()
    assert (answer.status_code, mine.state) == (422, "review")
    send(client, "act", mine.pk, "refuse", expected_state="review", said="خارج از محدوده است.")
    mine.refresh_from_db()
    assert mine.phase == Case.Phase.REFUSED
    assert "خارج از محدوده است." in page(client, mine)


def test_of_two_clerks_the_second_learns_what_happened(office: Office) -> None:
    mine = case(office.service)
    second = staff(office.unit, "clerk")
    shown = page(office.client(second), mine)
    seen = re.search(r'name="as_seen" value="([^"]+)"', shown)
    assert seen is not None
    send(office.client(office.clerk), "act", mine.pk, "forward", expected_state="new")
    sent = {"expected_state": "new", "as_seen": seen[1]}
    answer = office.client(second).post(at("act", mine.pk, "forward"), sent)
    assert answer.status_code in (403, 409)
    taken = case(office.service)
    send(office.client(office.clerk), "case_step", taken.pk, "take")
    assert office.client(second).post(at("case_step", taken.pk, "take")).status_code == 403
    taken.refresh_from_db()
    assert taken.post_id == office.clerk.post.pk


def test_questions_of_the_office_are_answered_with_the_step(office: Office) -> None:
    asks = StepAction("decide", SIMPLE.name, "review", requires=("/data/limit",))
    first = replace(SIMPLE.states[0], actions=(asks,))
    limit = Node(
        "limit", "/data/limit", "question", "integer", {"fa": "شمار مجاز", "ar": "العدد المسموح"},
        by="office", constraint=". < 10", constraint_message={"fa": "کمتر از ده", "ar": "أقل"},
    )  # fmt: skip
    definition = variant("limited", states=(first, *SIMPLE.states[1:]))
    of = service(office.unit, definition, replace(FORM, nodes=(*FORM.nodes, limit)))
    mine, client = case(of), office.client(office.clerk)
    where = at("act", mine.pk, "decide")
    assert "شمار مجاز" in client.get(where).content.decode()
    wrong = client.post(where, {"expected_state": "new", "answer:/data/limit": "۱۲"})
    assert (wrong.status_code, "کمتر از ده" in wrong.content.decode()) == (422, True)
    client.post(where, {"expected_state": "new", "answer:/data/limit": "۷"})
    mine.refresh_from_db()
    assert mine.state == "review"
    assert CaseAnswers.objects.get(case=mine).answers["limit"] == "7"
    assert "(از سوی اداره)" in page(client, mine)


def test_everything_that_is_missing_is_asked_for_at_once(office: Office) -> None:
    mine = case(office.service)
    client = office.client(office.clerk)
    answer = client.post(at("act", mine.pk, "return"), {"expected_state": "new"})
    assert answer.status_code == 422
    assert "بگویید چه کم است" in answer.content.decode()
    missing = {"papers": "deed", "more": "نقشه\n\nعکس"}
    _status, text = send(client, "act", mine.pk, "return", expected_state="new", **missing)
    mine.refresh_from_db()
    assert (mine.phase, mine.returned) == (Case.Phase.WAITING, 1)
    for words in ("سند ملک", "نقشه", "عکس"):
        assert words in text
    assert len(mine.pauses.get().asked) == 3
    send(client, "case_step", mine.pk, "bring", words="آورد")
    mine.refresh_from_db()
    assert mine.phase == Case.Phase.OPEN


def test_other_departments_answer_before_the_step_goes_on(office: Office) -> None:
    mine = case(office.service)
    beside = UnitFactory.create(parent=office.top)
    asked = staff(beside, "officer")
    client = office.client(office.clerk)
    send(client, "case_step", mine.pk, "ask", question="مانعی هست؟", units=str(beside.pk))
    inquiry = mine.inquiries.get()
    status, _text = send(client, "act", mine.pk, "forward", expected_state="new")
    mine.refresh_from_db()
    assert (status, mine.state) == (422, "new")
    theirs = office.client(asked)
    assert "مانعی هست؟" in page(theirs, mine)
    send(theirs, "inquiry_step", mine.pk, inquiry.pk, "answer", opinion="agrees", text="")
    send(client, "act", mine.pk, "forward", expected_state="new")
    mine.refresh_from_db()
    assert mine.state == "review"


def test_take_put_back_assign_note_and_visit(office: Office) -> None:
    mine = case(office.service)
    client = office.client(office.clerk)
    send(client, "case_step", mine.pk, "take")
    send(client, "case_step", mine.pk, "put-back")
    assert Case.objects.get(pk=mine.pk).post_id is None
    head = office.client(office.head)
    send(head, "case_step", mine.pk, "assign", post=str(office.clerk.post.pk))
    send(client, "case_step", mine.pk, "visit")
    _status, text = send(client, "case_step", mine.pk, "note", text="تلفنی پرسیده شد")
    mine.refresh_from_db()
    assert (mine.post_id, mine.visits) == (office.clerk.post.pk, 1)
    assert "تلفنی پرسیده شد" in text


def test_two_cases_are_linked_by_the_code_of_the_other(office: Office) -> None:
    one, other = case(office.service), case(office.service)
    client = office.client(office.clerk)
    wrong = client.post(at("case_step", one.pk, "link"), {"code": "1234", "verb": "together"})
    assert wrong.status_code == 422
    assert "این کد رهگیری نیست" in wrong.content.decode()
    code = written_code(other.code).lower()
    send(client, "case_step", one.pk, "link", code=code, verb="together")
    assert written_code(other.code) in page(client, one)
    assert written_code(one.code) in page(client, other)


def test_withdrawn_for_the_applicant_and_opened_again_by_a_head(office: Office) -> None:
    mine = case(office.service)
    client = office.client(office.clerk)
    send(client, "case_step", mine.pk, "withdraw", reason="به تلفن خواست")
    mine.refresh_from_db()
    assert mine.phase == Case.Phase.WITHDRAWN
    assert "انصراف در" in page(client, mine)
    send(office.client(office.head), "case_step", mine.pk, "reopen", reason="پشیمان شد")
    mine.refresh_from_db()
    assert (mine.phase, mine.state, mine.reopened) == (Case.Phase.OPEN, "new", 1)


def test_who_may_not_see_it_gets_nothing(office: Office) -> None:
    mine = case(office.service)
    stranger = office.client(staff(UnitFactory.create(), "clerk"))
    for name, *args in (("case",), ("act", "forward"), ("case_step", "note")):
        assert stranger.get(at(name, mine.pk, *args)).status_code == 404, name
    assert stranger.get(at("case_file", mine.pk, mine.pk)).status_code == 404


def test_many_cases_at_once_where_the_law_allows_it(office: Office) -> None:
    ready = [case(office.service, state="review", role="officer") for _number in range(2)]
    other = case(office.service)
    client = office.client(office.officer)
    do = f"{office.service.current_id}:review:grant"
    mixed = {"case": [str(ready[0].pk), str(other.pk)], "do": do}
    assert "در یک گام" in client.get(at("batch"), mixed, follow=True).content.decode()
    both = {"case": [str(one.pk) for one in ready], "do": do}
    asked = client.get(at("batch"), both).content.decode()
    assert "«صدور مجوز» برای ۲ پرونده؟" in asked
    assert "وضعیت پس از آن: مجوز صادر شد" in asked
    done = client.post(at("batch"), both, follow=True)
    assert "برای ۲ پرونده انجام شد" in done.content.decode()
    assert set(Case.objects.filter(pk__in=[one.pk for one in ready]).values_list("phase")) == {
        ("done",)
    }
    alone = {"case": [str(other.pk)], "do": f"{office.service.current_id}:new:forward"}
    refused = office.client(office.clerk).get(at("batch"), alone, follow=True)
    assert "جداگانه" in refused.content.decode()


def test_a_head_reads_what_is_late_by_unit_and_takes_it_as_a_table(office: Office) -> None:
    now = timezone.now()
    beside = UnitFactory.create(parent=office.top, name={"fa": "=بخش", "ar": "قسم"})
    case(office.service, due_at=now - timedelta(days=20))
    case(office.service, beside, due_at=now - timedelta(days=40))
    case(
        office.service, beside, due_at=now + timedelta(days=4), promised_at=now - timedelta(days=9)
    )
    case(office.service, beside, due_at=now + timedelta(days=4))
    head = office.client(office.head)
    text = head.get(at("late")).content.decode()
    assert re.search(r"<h1>۳ پرونده عقب افتاده است؛ بدترین [۰-۹]+ روز کاری</h1>", text)
    assert text.index("=بخش") < text.index("شهرستان")
    file = head.get(at("late_file")).getvalue().decode()
    assert file.count("\r\n") == 4
    assert '"\'=بخش"' in file
    assert office.client(office.clerk).get(at("late")).status_code == 404


def test_the_page_asks_few_questions(office: Office) -> None:
    actions = (StepAction("grant", SIMPLE.name, "done"),)
    states = (State("new", SIMPLE.name, role="clerk", actions=actions), *SIMPLE.states[2:])
    of = service(office.unit, variant("busy", complaints="complaint", states=states))
    mine = case(of, post=staff(office.unit, "clerk").post)
    for _number in range(6):
        asked = UnitFactory.create(parent=office.top)
        now = timezone.now()
        mine.inquiries.create(step=mine.steps.get(), unit=asked, question="؟", asked_at=now)
        mine.notes.create(text="…", at=now, by_post=staff(office.unit, "clerk").post)
    client = office.client(office.head)
    page(client, mine)
    with CaptureQueriesContext(connection) as queries:
        page(client, mine)
    assert len(queries) <= 19, "\n".join(query["sql"][:160] for query in queries)


def test_a_case_that_may_not_be_seen_is_not_told_beside_another(office: Office) -> None:
    elsewhere = case(service(UnitFactory.create(), variant("elsewhere")), title="a secret matter")
    told = service(office.service.owner, variant("complaint", kind="complaint"))
    complaint = case(told, about=elsewhere)
    text = page(office.client(office.clerk), complaint)
    assert "a secret matter" not in text
    assert written_code(elsewhere.code) not in text
    mine = case(office.service, title="a tree of ours")
    Case.objects.filter(pk=complaint.pk).update(about=mine)
    assert "a tree of ours" in page(office.client(office.clerk), complaint)

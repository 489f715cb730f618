"""The pages of bodies: who sees and may do what, and the way from founding to a full body."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from diwan.accounts.tests.factories import sign_in
from diwan.councils.models import Body, Meeting, Oversight, Term
from diwan.councils.tests.factories import (
    BodyFactory,
    Council,
    TermFactory,
    council,
    duty,
    meeting_of,
    on,
    resolution_of,
)
from diwan.directory.tests.factories import (
    RegisterFactory,
    Staff,
    UnitFactory,
    staff,
)
from diwan.kernel.models import AuditEntry
from diwan.kernel.policies import Confidentiality

pytestmark = pytest.mark.django_db
PUBLIC = Confidentiality.PUBLIC.value
INTERNAL = Confidentiality.INTERNAL.value

STEPS = (
    *("change", "correct", "dissolve", "numbering", "oversees", "term", "seat"),
    *("plan", "record"),
)
FOR_RUNNERS = ("plan", "record")


def text(answer: Any) -> str:
    return str(answer.content.decode())


def url(body: Body | None = None, step: str = "", language: str = "en") -> str:
    base = f"/{language}/councils/bodies/"
    return base + (f"{body.pk}/" if body else "") + (f"{step}/" if step else "")


def local(field: str, words: str) -> dict[str, str]:
    """A text as the browser sends it: one input a language."""
    return {f"{field}_en": words}


@pytest.fixture
def made() -> Council:
    return council(name={"fa": "شورای مدرسه", "ar": "مجلس المدرسة", "en": "School council"})


@pytest.fixture
def head(made: Council) -> Staff:
    return staff(made.body.unit, "head")


@pytest.fixture
def foreigner() -> Staff:
    return staff(UnitFactory.create(register=RegisterFactory.create(country="EG", language="ar")))


# --- who sees, who may ---------------------------------------------------------------------------


def test_everybody_sees_public_bodies_and_the_countrys_staff_internal_ones(
    client: Client, made: Council, foreigner: Staff
) -> None:
    open_ = BodyFactory.create(
        unit=made.body.unit, confidentiality=PUBLIC, name={"en": "Open council"}
    )
    shown = text(client.get(url()))
    assert "Open council" in shown
    assert "School council" not in shown
    assert client.get(url(open_)).status_code == 200
    assert client.get(url(made.body)).status_code == 404
    sign_in(client, foreigner.user)
    assert client.get(url(made.body)).status_code == 404
    sign_in(client, staff(made.body.unit).user)
    shown = text(client.get(url()))
    assert "2 bodies" in shown
    assert client.get(url(made.body)).status_code == 200


@pytest.mark.parametrize("step", STEPS)
def test_who_may_take_the_steps(
    client: Client, made: Council, head: Staff, foreigner: Staff, step: str
) -> None:
    assert client.get(url(made.body, step)).status_code == 302
    answers = {
        foreigner: 404,
        made.member: 403,
        made.secretary: 200,
        made.chair: 200,
        head: 403 if step in FOR_RUNNERS else 200,
    }
    for who, status in answers.items():
        sign_in(client, who.user)
        assert client.get(url(made.body, step)).status_code == status
        if status != 200:
            before = AuditEntry.objects.count()
            assert client.post(url(made.body, step), {"sent": "1"}).status_code == status
            assert AuditEntry.objects.count() == before
        else:
            assert client.post(url(made.body, step), {"sent": "1"}).status_code in (302, 422)


def test_the_page_offers_steps_to_those_alone_who_may(client: Client, made: Council) -> None:
    sign_in(client, made.secretary.user)
    shown = text(client.get(url(made.body)))
    assert "Plan the next meeting" in shown
    assert "Dissolve it" in shown
    sign_in(client, made.member.user)
    shown = text(client.get(url(made.body)))
    assert "School council" in shown
    assert "Plan the next meeting" not in shown
    assert "Dissolve it" not in shown


def test_who_only_owes_something_sees_the_name_and_no_members(
    client: Client, made: Council
) -> None:
    Body.objects.filter(pk=made.body.pk).update(confidentiality=Confidentiality.BODY)
    made.body.refresh_from_db()
    owner = staff(UnitFactory.create(register=made.body.register))
    one = resolution_of(made.body, confidentiality=Confidentiality.BODY)
    duty(made.body, owner, resolution=one)
    sign_in(client, owner.user)
    shown = text(client.get(url(made.body)))
    assert "School council" in shown
    assert "Who sits there" not in shown


# --- the list ------------------------------------------------------------------------------------


def test_the_list_is_narrowed_by_kind_unit_word_and_day(client: Client, made: Council) -> None:
    elsewhere = UnitFactory.create(register=made.body.register)
    BodyFactory.create(unit=elsewhere, kind="team", name={"en": "Water team"}, search="water team")
    BodyFactory.create(
        unit=elsewhere, name={"en": "Old board"}, since=date(2001, 1, 1), until=date(2010, 1, 1)
    )
    sign_in(client, made.member.user)
    assert "Old board" not in text(client.get(url()))
    for query, found, missing in (
        ("?kind=team", "Water team", "School council"),
        (f"?unit={made.body.unit_id}", "School council", "Water team"),
        ("?q=water", "Water team", "School council"),
        ("?on=2005-06-01", "Old board", "nothing"),
        ("?order=next", "Water team", "nothing"),
    ):
        shown = text(client.get(url() + query))
        assert found in shown, query
        assert f">{missing}<" not in shown, query


def test_a_date_that_cannot_be_read_is_said(client: Client) -> None:
    shown = text(client.get(url() + "?on=2026-13-45"))
    assert "errorlist" in shown or "wrong" in shown or "No body" in shown


def test_an_empty_list_says_what_to_do_first(client: Client) -> None:
    assert "There is no body that you may see" in text(client.get(url()))
    sign_in(client, staff(UnitFactory.create(), "head").user)
    assert "Found the first body" in text(client.get(url()))


# --- founding and shaping ------------------------------------------------------------------------


def founding(unit_id: Any, **more: str) -> dict[str, str]:
    return {
        "unit": str(unit_id),
        **local("name", "River council"),
        "kind": "council",
        "confidentiality": INTERNAL,
        "every_count": "2",
        "every_unit": "months",
        "every_on": "first monday",
        **more,
    }


def test_a_head_founds_a_body_and_others_may_not(client: Client) -> None:
    head = staff(UnitFactory.create(), "head")
    page = url(step="make")
    sign_in(client, staff(head.post.unit).user)
    assert client.get(page).status_code == 403
    sign_in(client, head.user)
    assert client.get(page).status_code == 200
    answer = client.post(page, founding(head.post.unit_id))
    body = Body.objects.get()
    assert answer["Location"] == url(body)
    assert body.name == {"en": "River council"}
    assert (body.every, body.every_on) == ("2 months", "first monday")
    shown = text(client.get(url(body)))
    assert "was founded" in shown
    assert "every 2 months, on the first Monday" in shown


def test_another_units_body_cannot_be_founded_by_its_identifier(client: Client) -> None:
    head = staff(UnitFactory.create(), "head")
    other = UnitFactory.create(register=head.post.unit.register)
    sign_in(client, head.user)
    answer = client.post(url(step="make"), founding(other.pk))
    assert answer.status_code == 422
    assert not Body.objects.exists()


def test_a_kind_of_ones_own_and_a_missing_one(client: Client) -> None:
    head = staff(UnitFactory.create(), "head")
    sign_in(client, head.user)
    answer = client.post(url(step="make"), founding(head.post.unit_id, kind=""))
    assert answer.status_code == 422
    assert "Choose the kind" in text(answer)
    client.post(url(step="make"), founding(head.post.unit_id, kind="", other_kind="jirga"))
    assert Body.objects.get().kind == "jirga"


def test_a_change_and_a_correction_with_its_reason(client: Client, made: Council) -> None:
    sign_in(client, made.secretary.user)
    data = founding(made.body.unit_id)
    answer = client.post(url(made.body, "change"), data)
    assert answer["Location"] == url(made.body)
    made.body.refresh_from_db()
    assert made.body.name == {"en": "River council"}
    answer = client.post(url(made.body, "correct"), {**data, "term_years": "۴"})
    assert answer.status_code == 422
    assert "The reason is missing" in text(answer)
    answer = client.post(
        url(made.body, "correct"), {**data, "term_years": "۴", "reason": "The decree says four."}
    )
    assert answer.status_code == 302
    made.body.refresh_from_db()
    assert made.body.term_years == 4
    assert AuditEntry.objects.filter(verb="correct").exists()


def test_the_numbering_rule_is_shown_before_it_is_set(client: Client, made: Council) -> None:
    sign_in(client, made.secretary.user)
    rule = {
        "pattern": "{code}-{n}",
        "reset": "never",
        "code": "RV",
        "calendar": made.body.calendar,
    }
    shown = text(client.post(url(made.body, "numbering"), rule))
    assert "RV-1" in shown
    made.body.refresh_from_db()
    assert made.body.code != "RV"
    seen = shown.split('name="seen" value="')[1].split('"')[0].replace("&amp;", "&")
    answer = client.post(url(made.body, "numbering"), {**rule, "seen": seen})
    assert answer.status_code == 302
    made.body.refresh_from_db()
    assert (made.body.code, made.body.pattern) == ("RV", "{code}-{n}")


def test_an_impossible_rule_is_refused_with_its_sentence(client: Client, made: Council) -> None:
    sign_in(client, made.secretary.user)
    rule = {"pattern": "{code}", "reset": "never", "code": "RV", "calendar": "jalali"}
    answer = client.post(url(made.body, "numbering"), rule)
    assert answer.status_code == 422
    assert "must contain {n}" in text(answer)


def test_a_term_and_what_it_oversees(client: Client, made: Council) -> None:
    TermFactory.create(body=made.body, number=5)
    unit = UnitFactory.create(parent=made.body.unit)
    sign_in(client, made.secretary.user)
    assert client.post(url(made.body, "term"), {"since": "2026-09-01"}).status_code == 302
    assert Term.objects.known().filter(body=made.body).order_by("-number")[0].number == 6
    answer = client.post(url(made.body, "oversees"), {"units": [str(unit.pk)]})
    assert answer.status_code == 302
    assert Oversight.objects.get().unit_id == unit.pk
    assert "1 unit" in text(client.get(url(made.body)))
    page = text(client.get(url(made.body, "oversees")))
    assert "checked" in page


def test_a_dissolved_body_stays_readable(client: Client, made: Council) -> None:
    sign_in(client, made.secretary.user)
    shown = text(client.get(url(made.body, "dissolve")))
    assert "stays owed" in shown
    data = {"on": "2026-10-01", "reason": "Merged by decree."}
    assert client.post(url(made.body, "dissolve"), data).status_code == 302
    sign_in(client, staff(made.body.unit).user)
    shown = text(client.get(url(made.body)))
    assert "It was dissolved on" in shown
    assert "Plan the next meeting" not in shown


# --- when it meets next --------------------------------------------------------------------------


def test_the_next_date_by_the_rule_and_by_plan(client: Client, made: Council) -> None:
    Body.objects.filter(pk=made.body.pk).update(every="2 months")
    sign_in(client, made.secretary.user)
    assert "no held meeting has a known day yet" in text(client.get(url(made.body)))
    meeting_of(made.body, date=date(2020, 1, 1))
    shown = text(client.get(url(made.body)))
    assert "by its rule, not planned yet" in shown
    assert "passed without a recorded meeting" in shown
    day = timezone.now().date().replace(year=timezone.now().year + 1)
    meeting_of(made.body, date=day, state=Meeting.State.PLANNED)
    shown = text(client.get(url(made.body)))
    assert ", planned" in shown
    assert "Prepare the agenda of the next meeting" in shown


def test_the_body_names_the_day_in_its_own_calendar_too(client: Client, made: Council) -> None:
    meeting_of(made.body, date=on("2027-03-25").first_day, state=Meeting.State.PLANNED)
    Body.objects.filter(pk=made.body.pk).update(calendar="jalali")
    sign_in(client, made.member.user)
    shown = text(client.get(url(made.body)))
    assert "25 March 2027" in shown
    assert "1406" in shown

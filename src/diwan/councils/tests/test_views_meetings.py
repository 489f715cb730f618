"""The pages of meetings: from the plan to adopted resolutions, and who reads how much of them."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from diwan.accounts.tests.factories import sign_in
from diwan.councils.models import Action, Body, Meeting, Resolution
from diwan.councils.tests.factories import (
    ActionFactory,
    Council,
    MeetingFactory,
    ResolutionFactory,
    StatementFactory,
    council,
    duty,
    meeting_of,
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
S = Meeting.State
INTERNAL = Confidentiality.INTERNAL.value

ON_A_MEETING = ("change", "hold", "correct", "cancel", "agenda", "statement", "draft")


def text(answer: Any) -> str:
    return str(answer.content.decode())


def url(path: str = "", language: str = "en") -> str:
    return f"/{language}/councils/meetings/{path}"


def of(meeting: Meeting, step: str = "", language: str = "en") -> str:
    return url(f"{meeting.pk}/" + (f"{step}/" if step else ""), language)


def res(resolution: Resolution, step: str = "") -> str:
    return f"/en/councils/resolutions/{resolution.pk}/" + (f"{step}/" if step else "")


@pytest.fixture
def made() -> Council:
    return council(name={"fa": "شورای مدرسه", "ar": "مجلس المدرسة", "en": "School council"})


@pytest.fixture
def held(made: Council) -> Meeting:
    return meeting_of(made.body, number=4, place={"en": "Hall"})


@pytest.fixture
def planned(made: Council) -> Meeting:
    day = timezone.now().date() + timedelta(days=9)
    return meeting_of(made.body, number=5, state=S.PLANNED, date=day)


@pytest.fixture
def foreigner() -> Staff:
    return staff(UnitFactory.create(register=RegisterFactory.create(country="EG", language="ar")))


# --- who sees, who may ---------------------------------------------------------------------------


def test_who_reads_a_meeting(
    client: Client, made: Council, held: Meeting, foreigner: Staff
) -> None:
    StatementFactory.create(meeting=held, text={"en": "The roof leaks."})
    assert client.get(of(held)).status_code == 404
    assert client.get(of(held, "sheet")).status_code == 404
    sign_in(client, foreigner.user)
    assert client.get(of(held)).status_code == 404
    sign_in(client, made.member.user)
    shown = text(client.get(of(held)))
    assert "School council" in shown
    assert "The roof leaks." in shown
    assert "Draft a resolution" not in shown
    Meeting.objects.update(confidentiality=Confidentiality.PUBLIC)
    client.logout()
    assert client.get(of(held)).status_code == 200


def test_who_owes_something_reads_the_title_and_that_alone(
    client: Client, made: Council, held: Meeting
) -> None:
    Meeting.objects.update(confidentiality=Confidentiality.BODY)
    owner = staff(UnitFactory.create(register=made.body.register))
    mine = resolution_of(
        made.body, meeting=held, text={"en": "Mend it"}, confidentiality=Confidentiality.BODY
    )
    duty(made.body, owner, resolution=mine)
    ResolutionFactory.create(
        meeting=held, text={"en": "Hidden"}, confidentiality=Confidentiality.BODY
    )
    StatementFactory.create(meeting=held, text={"en": "The roof leaks."})
    sign_in(client, owner.user)
    shown = text(client.get(of(held)))
    assert "Mend it" in shown
    assert "the minutes are for the body" in shown
    assert "Hidden" not in shown
    assert "The roof leaks." not in shown
    assert "1 resolution" in shown


@pytest.mark.parametrize("step", ON_A_MEETING)
def test_who_may_write_on_a_meeting(
    client: Client, made: Council, planned: Meeting, foreigner: Staff, step: str
) -> None:
    page = of(planned, step)
    assert client.get(page).status_code == 302
    for who, status in ((foreigner, 404), (made.member, 403), (made.secretary, 200)):
        sign_in(client, who.user)
        assert client.get(page).status_code == status
        if status != 200:
            before = AuditEntry.objects.count()
            assert client.post(page, {"sent": "1"}).status_code == status
            assert AuditEntry.objects.count() == before
        else:
            assert client.post(page, {"sent": "1"}).status_code == 422


@pytest.mark.parametrize("step", ["draft", "remove", "adopt", "correct"])
def test_who_may_write_a_resolution(
    client: Client, made: Council, held: Meeting, foreigner: Staff, step: str
) -> None:
    one = ResolutionFactory.create(meeting=held, state=Resolution.State.DRAFT)
    page = res(one, step)
    assert client.get(page).status_code == 302
    for who, status in ((foreigner, 404), (made.member, 403), (made.chair, 200)):
        sign_in(client, who.user)
        assert client.get(page).status_code == status
        if status != 200:
            before = AuditEntry.objects.count()
            assert client.post(page, {"sent": "1"}).status_code == status
            assert AuditEntry.objects.count() == before


def test_nothing_is_written_on_signed_minutes(client: Client, made: Council, held: Meeting) -> None:
    one = ResolutionFactory.create(meeting=held)
    Meeting.objects.filter(pk=held.pk).update(signed_at=timezone.now())
    sign_in(client, made.secretary.user)
    assert client.get(res(one, "correct")).status_code == 403
    assert "What you may do here" not in text(client.get(of(held)))


# --- the list ------------------------------------------------------------------------------------


def test_the_list_with_its_filters(
    client: Client, made: Council, held: Meeting, planned: Meeting
) -> None:
    MeetingFactory.create(body=made.body, number=77, date=None)
    sign_in(client, made.member.user)
    shown = text(client.get(url()))
    assert "3 meetings" in shown
    assert "date unknown" in shown
    assert "The next one is on" in shown
    assert "1 meeting<" in text(client.get(url("?state=planned")))
    assert "2 meetings" in text(client.get(url(f"?state=held&body={made.body.pk}")))
    assert "1 meeting<" in text(client.get(url("?since=2026-10-30&until=2026-11-02")))
    assert "No meeting answers this question" in text(client.get(url("?q=nowhere")))


def test_an_empty_list_leads_to_the_bodies(client: Client) -> None:
    shown = text(client.get(url()))
    assert "There is no meeting that you may see" in shown
    assert "/en/councils/bodies/" in shown


# --- from the plan to the register ---------------------------------------------------------------


def meeting_data(day: str, **more: str) -> dict[str, str]:
    return {"date": day, "confidentiality": INTERNAL, **more}


def test_the_whole_way_of_a_meeting(client: Client, made: Council) -> None:
    body = made.body
    Body.objects.filter(pk=body.pk).update(
        code="S", pattern="{year}/{code}/{n}", calendar="gregorian"
    )
    sign_in(client, made.secretary.user)
    today = timezone.now().date()
    plan = f"/en/councils/bodies/{body.pk}/plan/"
    answer = client.post(
        plan, meeting_data(today.isoformat(), starts="۱۰:۳۰", ends="12", number="۷")
    )
    meeting = Meeting.objects.get()
    assert answer["Location"] == of(meeting, "agenda")
    assert (meeting.state, meeting.number, str(meeting.starts)) == (S.PLANNED, 7, "10:30:00")

    item = {"text_en": "The roof", "confidentiality": INTERNAL}
    assert client.post(of(meeting, "agenda"), item).status_code == 302
    draft = {"kind": "resolved", "text_en": "Mend the roof.", "confidentiality": INTERNAL}
    client.post(of(meeting, "draft"), draft)
    one = Resolution.objects.get()
    assert one.number == ""
    assert "Say that it was held" in text(client.get(of(meeting)))
    assert "Say first that the meeting was held" in text(client.get(res(one, "adopt")))
    assert client.post(res(one, "adopt")).status_code == 422

    client.post(of(meeting, "hold"), meeting_data(today.isoformat(), number="7"))
    shown = text(client.get(of(meeting)))
    assert "Adopt the first draft" in shown
    number = f"{today.year}/S/1"
    assert number in text(client.get(res(one, "adopt")))
    one.refresh_from_db()
    assert one.number == ""
    answer = client.post(res(one, "adopt"))
    assert answer["Location"] == res(one)
    one.refresh_from_db()
    assert one.number == number
    assert "Say who owes what" in text(client.get(of(meeting)))
    assert client.get(res(one, "draft"))["Location"] == res(one, "correct")


def test_the_plan_begins_with_what_is_likely(client: Client, made: Council, held: Meeting) -> None:
    Body.objects.filter(pk=made.body.pk).update(every="2 months")
    sign_in(client, made.secretary.user)
    shown = text(client.get(f"/en/councils/bodies/{made.body.pk}/plan/"))
    assert 'value="5"' in shown
    assert "Hall" in shown
    assert 'value="2027-' in shown or 'value="2026-' in shown or 'value="01/' in shown


def test_an_impossible_day_keeps_what_was_typed(client: Client, made: Council) -> None:
    sign_in(client, made.secretary.user)
    answer = client.post(
        f"/en/councils/bodies/{made.body.pk}/plan/",
        meeting_data("2026-02-31", place_en="The old hall"),
    )
    assert answer.status_code == 422
    assert "The old hall" in text(answer)
    assert not Meeting.objects.exists()


def test_a_meeting_that_ends_before_it_starts_is_refused_at_its_field(
    client: Client, made: Council, planned: Meeting
) -> None:
    sign_in(client, made.secretary.user)
    day = timezone.now().date() + timedelta(days=3)
    data = meeting_data(day.isoformat(), starts="12:00", ends="10:00")
    answer = client.post(of(planned, "change"), data)
    assert answer.status_code == 422
    assert "ends before it starts" in text(answer)
    answer = client.post(of(planned, "change"), meeting_data(day.isoformat()))
    assert answer.status_code == 302
    planned.refresh_from_db()
    assert planned.date == day


def test_an_undated_record_and_stating_its_date(client: Client, made: Council) -> None:
    sign_in(client, made.secretary.user)
    record = f"/en/councils/bodies/{made.body.pk}/record/"
    client.post(record, meeting_data(""))
    meeting = Meeting.objects.get()
    shown = text(client.get(of(meeting)))
    assert "date unknown" in shown
    assert "State its date" in shown
    data = meeting_data("2026-03", reason="The letter of invitation.")
    assert client.post(of(meeting, "correct"), data).status_code == 302
    meeting.refresh_from_db()
    assert (meeting.date, meeting.date_precision) == (date(2026, 3, 1), "month")
    assert "March 2026" in text(client.get(of(meeting)))


def test_a_meeting_is_called_off(client: Client, made: Council, planned: Meeting) -> None:
    sign_in(client, made.secretary.user)
    assert client.post(of(planned, "cancel"), {"reason": "Snow."}).status_code == 302
    shown = text(client.get(of(planned)))
    assert "It was called off." in shown
    assert "What you may do here" not in shown


def test_the_banner_of_an_old_record(client: Client, made: Council, held: Meeting) -> None:
    one = ResolutionFactory.create(meeting=held)
    ActionFactory.create(resolution=one, state=Action.State.UNCONFIRMED)
    sign_in(client, made.secretary.user)
    shown = text(client.get(of(held)))
    assert "Confirm its actions in one go" in shown
    assert "came in with an old record" in shown

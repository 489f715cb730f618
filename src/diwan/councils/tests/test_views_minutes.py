"""The pages of minutes: sealed, signed after the password, withdrawn, corrected, printed."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from diwan.accounts.tests.factories import PASSWORD, sign_in
from diwan.councils.actions.minutes import begin_correction, seal_minutes, sign_minutes
from diwan.councils.models import AgendaItem, Bylaws, Meeting, MinutesVersion
from diwan.councils.queries.minutes import readable_to
from diwan.directory.tests.factories import RegisterFactory, Staff, UnitFactory, staff
from diwan.kernel.policies import Actor

from .conducted import Conducted, conducted
from .factories import again

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]


@pytest.fixture
def made() -> Conducted:
    return conducted()


def url(name: str, *args: Any) -> str:
    return reverse(f"councils:{name}", args=args)


def sealed(made: Conducted) -> MinutesVersion:
    return seal_minutes(again(made.secretary), made.meeting)


def signed(made: Conducted) -> MinutesVersion:
    version = sealed(made)
    for who in (made.chair, made.secretary):
        sign_minutes(again(who), version)
    return MinutesVersion.objects.get(pk=version.pk)


def browser(who: Staff) -> Client:
    client = Client()
    sign_in(client, who.user)
    return client


def page(client: Client, where: str, status: int = 200) -> str:
    answer = client.get(where)
    assert answer.status_code == status, answer.content.decode()[:3000]
    return answer.content.decode()


def send(client: Client, where: str, **more: str) -> Any:
    """Fill in a form as its page gives it, and send it."""
    hidden = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page(client, where))
    return client.post(where, {**dict(hidden), **more}, follow=True)


def test_the_secretary_seals_and_the_page_says_what_is_missing_first(made: Conducted) -> None:
    client, where = browser(made.secretary), url("minutes", made.meeting.pk)
    AgendaItem.objects.update(text={"en": "<b>Budget</b> #panic"})
    shown = page(client, where)
    assert "have not been sealed" in shown
    assert "&lt;b&gt;Budget&lt;/b&gt; #panic" in shown
    assert url("seal_minutes", made.meeting.pk) in shown
    Meeting.objects.update(date_precision="month")
    shown = page(client, where)
    assert "State its date first" in shown
    assert url("seal_minutes", made.meeting.pk) not in shown
    refused = send(client, url("seal_minutes", made.meeting.pk))
    assert refused.status_code == 422
    assert "State its date first" in refused.content.decode()
    Meeting.objects.update(date_precision="day")
    answer = send(client, url("seal_minutes", made.meeting.pk))
    assert "wait for 2 signatures" in answer.content.decode()


def test_a_signature_asks_for_the_password_first(made: Conducted) -> None:
    version = sealed(made)
    client, where = browser(made.chair), url("sign_minutes", version.pk)
    assert "Sign the minutes" in page(client, url("minutes", made.meeting.pk))
    asked = client.get(where)
    assert asked.status_code == 302
    assert client.post(where, {}).status_code == 302
    assert not version.signatures.filter(signed_at__isnull=False).exists()
    client.post(asked["Location"], {"password": PASSWORD, "next": where})
    assert version.sha256 in page(client, where)
    answer = send(client, where).content.decode()
    assert "wait for 1 signature" in answer
    assert "Your signature stands" in answer
    assert "A post signs once" in page(client, where, 422)


def test_who_does_not_sign_hears_it_before_the_password(made: Conducted) -> None:
    version = sealed(made)
    page(browser(made.council.member), url("sign_minutes", version.pk), 403)
    abroad = staff(UnitFactory.create(register=RegisterFactory.create(country="EG")))
    page(browser(abroad), url("sign_minutes", version.pk), 404)
    page(browser(abroad), url("minutes", made.meeting.pk), 404)
    page(browser(abroad), url("minutes_pdf", version.pk), 404)


def test_a_deputy_from_outside_reads_what_they_sign(made: Conducted) -> None:
    Meeting.objects.update(confidentiality="body")
    Bylaws.objects.create(body=made.council.body, signers="members_present")
    deputy = staff(UnitFactory.create(register=made.council.body.register))
    row = made.seats["member"]
    row.status, row.deputy_post = "deputy", deputy.post
    row.save()
    client = browser(deputy)
    page(client, url("minutes", made.meeting.pk), 404)
    version = sealed(made)
    assert "Sign the minutes" in page(client, url("minutes", made.meeting.pk))
    assert client.get(url("minutes_pdf", version.pk)).status_code == 200


def test_a_version_is_withdrawn_on_its_page(made: Conducted) -> None:
    version = sealed(made)
    client, where = browser(made.secretary), url("withdraw_minutes", version.pk)
    assert send(client, where, reason="").status_code == 422
    answer = send(client, where, reason="A wrong hall").content.decode()
    assert "have not been sealed" in answer
    assert "A wrong hall" in answer
    page(browser(made.council.member), url("withdraw_minutes", version.pk), 404)
    again_ = client.get(url("withdraw_minutes", version.pk))
    assert again_.status_code == 200
    assert send(client, where, reason="Once more").status_code == 422


def test_a_correction_goes_its_whole_way(made: Conducted) -> None:
    signed(made)
    client, where = browser(made.secretary), url("minutes", made.meeting.pk)
    assert "signed by all" in page(client, where)
    send(client, url("correct_minutes", made.meeting.pk), reason="Wrong hall")
    assert "are being corrected" in page(client, where)
    answer = send(client, url("end_correction", made.meeting.pk)).content.decode()
    assert "signed by all" in answer
    begin_correction(again(made.secretary), made.meeting, reason="Wrong hall")
    agenda = reverse("councils:agenda", args=[made.meeting.pk])
    assert agenda in page(client, reverse("councils:meeting", args=[made.meeting.pk]))
    Meeting.objects.update(place={"en": "Hall Seven"})
    refused = send(client, url("end_correction", made.meeting.pk))
    assert refused.status_code == 422
    assert "Seal it as the next version" in refused.content.decode()
    shown = send(client, url("seal_minutes", made.meeting.pk)).content.decode()
    assert "What differs from version 1" in shown
    assert "“\u2068Sample hall\u2069” became “\u2068Hall Seven\u2069”" in shown
    first = page(client, f"{where}?version=1")
    assert "Sample hall" in first
    assert "What differs" not in first


def test_versions_and_drafts_are_there_as_pdf(made: Conducted) -> None:
    client = browser(made.secretary)
    draft = client.get(url("minutes_draft", made.meeting.pk))
    assert (draft.status_code, draft["Content-Type"]) == (200, "application/pdf")
    version = sealed(made)
    for form in ("", "?form=short"):
        answer = client.get(url("minutes_pdf", version.pk) + form)
        assert answer.content.startswith(b"%PDF-")
        assert answer["Content-Disposition"] == f'inline; filename="minutes-{version.code}.pdf"'


def test_who_may_not_read_all_of_it_gets_an_extract_that_counts_nothing(made: Conducted) -> None:
    version = signed(made)
    member = made.council.member
    shown = page(browser(member), url("minutes", made.meeting.pk))
    assert "Extract" not in shown
    AgendaItem.objects.update(confidentiality="named", text={"en": "Secret thing"})
    part = readable_to(again(member), made.meeting, version.content, signs=False)
    assert not part.whole
    assert (part.content["items"], part.content["votes"]) == ([], [])
    shown = page(browser(member), url("minutes", made.meeting.pk))
    assert "Extract" in shown
    assert "Item" not in shown


def test_the_public_reads_posts_and_no_names(made: Conducted) -> None:
    for records in (Meeting, AgendaItem, type(made.resolution), type(made.council.body)):
        records.objects.update(confidentiality="public")
    version = signed(made)
    anonymous = Actor.anonymous()
    part = readable_to(anonymous, made.meeting, version.content, signs=False)
    assert part.content["people"] == {}
    assert part.content["actions"] == []
    shown = page(Client(), url("minutes", made.meeting.pk))
    assert "Extract" in shown
    assert made.chair.person.name["en"] not in shown
    Bylaws.objects.create(body=made.council.body, members_public=True)
    part = readable_to(Actor.anonymous(), made.meeting, version.content, signs=False)
    assert part.content["people"] != {}


def test_a_withdrawn_version_is_for_those_it_asked(made: Conducted) -> None:
    version = sealed(made)
    MinutesVersion.objects.update(state="withdrawn")
    page(browser(made.council.member), url("minutes_pdf", version.pk), 404)
    assert browser(made.chair).get(url("minutes_pdf", version.pk)).status_code == 200

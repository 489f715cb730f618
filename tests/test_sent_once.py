"""What is sent ten times acts once, and everybody is led to the same place with the same message.

A double click, an impatient reload, the back button: on either database, without JavaScript.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from http.cookies import SimpleCookie
from threading import Barrier
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connections
from django.test import Client
from django.urls import reverse
from django.utils.translation import override

from diwan.councils.models import Action, ActionEvent, Meeting
from diwan.directory.models import Unit, UnitVersion
from diwan.kernel.models import AuditEntry, Claim, StoredFile

from .house import House, build
from .sheets import main_sheet, sheets_of

CLICKS = 10
FOUND = {"name_fa": "اداره نو", "kind": "office", "on": "1405/8/1"}


def page(name: str, *args: Any) -> str:
    with override("fa"):
        return reverse(name, args=args)


def sent_at_once(
    house: House, who: str, url: str, typed: Callable[[], dict[str, Any]]
) -> list[tuple[int, str, list[str]]]:
    """Open the page once and send its form ten times together: status, address, messages of each.

    All ten come from one browser, so with one session.
    """
    first = house.client(who)
    sheet = main_sheet(first.get(url).content.decode())
    together = Barrier(CLICKS)

    def click(_number: int) -> tuple[int, str, list[str]]:
        client = Client()
        client.cookies = SimpleCookie(first.cookies.output(header="", sep=";"))
        together.wait()
        try:
            answer = client.post(url, sheet.sent(**typed()))
            said = [str(each) for each in getattr(answer.wsgi_request, "_messages", [])]
            return answer.status_code, answer.get("Location", ""), said
        finally:
            connections.close_all()

    with ThreadPoolExecutor(CLICKS) as pool:
        return list(pool.map(click, range(CLICKS)))


@pytest.mark.django_db(transaction=True)
def test_ten_clicks_found_one_unit() -> None:
    house = build()
    heard = sent_at_once(house, "elevated", page("directory:found", house.ids["top"]), FOUND.copy)
    made = UnitVersion.objects.get(name={"fa": "اداره نو"})
    assert heard == [(302, page("directory:unit", made.unit_id), heard[0][2])] * CLICKS
    assert len(heard[0][2]) == 1


@pytest.mark.django_db(transaction=True)
def test_ten_clicks_plan_one_meeting() -> None:
    house = build()
    before = Meeting.objects.count()
    url = page("councils:plan_meeting", house.ids["body"])
    heard = sent_at_once(house, "secretary", url, lambda: {"date": "1405/12/20", "kind": "regular"})
    assert Meeting.objects.count() == before + 1
    assert {status for status, _to, _said in heard} == {302}
    assert len({to for _status, to, _said in heard}) == 1


@pytest.mark.django_db(transaction=True)
def test_ten_clicks_attach_one_proof_and_report_once() -> None:
    house = build()
    action = Action.objects.get(pk=house.ids["doing"])
    files = StoredFile.objects.count()
    proof = "انجام شد".encode()

    def attached() -> dict[str, Any]:
        return {"proofs": SimpleUploadedFile("سند.txt", proof)}

    url = page("councils:action_step", action.pk, "attach")
    heard = sent_at_once(house, "officer", url, attached)
    assert {status for status, _to, _said in heard} == {302}
    assert StoredFile.objects.count() == files + 1
    report = page("councils:action_step", action.pk, "report")
    heard = sent_at_once(house, "officer", report, lambda: {"note": "تمام"})
    assert {(status, to) for status, to, _said in heard} == {
        (302, page("councils:action", action.pk))
    }
    assert ActionEvent.objects.filter(action=action, verb="report").count() == 1


@pytest.mark.django_db
def test_a_form_with_errors_may_be_sent_again() -> None:
    house = build()
    client = house.client("elevated")
    url = page("directory:found", house.ids["top"])
    sheet = main_sheet(client.get(url).content.decode())
    refused = client.post(url, sheet.sent(kind="office"))
    assert refused.status_code == 422
    assert not Claim.objects.exists()
    assert client.post(url, sheet.sent(**FOUND)).status_code == 302
    assert Unit.objects.filter(versions__name={"fa": "اداره نو"}).count() == 1


@pytest.mark.django_db
def test_who_goes_back_and_writes_something_else_is_asked_and_keeps_it() -> None:
    house = build()
    client = house.client("elevated")
    url = page("directory:found", house.ids["top"])
    sheet = main_sheet(client.get(url).content.decode())
    first = client.post(url, sheet.sent(**FOUND))
    other = {**FOUND, "name_fa": "اداره دوم"}
    asked = client.post(url, sheet.sent(**other))
    assert asked.status_code == 409
    text = asked.content.decode()
    assert "اداره دوم" in text
    assert first["Location"] in text
    assert Unit.objects.filter(versions__name={"fa": "اداره دوم"}).count() == 0
    assert client.post(url, main_sheet(text).values).status_code == 302
    assert Unit.objects.filter(versions__name={"fa": "اداره دوم"}).count() == 1


@pytest.mark.django_db
def test_a_button_pressed_twice_acts_once() -> None:
    house = build()
    client = house.client("head")
    listed = client.get(page("accounts:invitations")).content.decode()
    button = next(sheet for sheet in sheets_of(listed) if "withdraw" in sheet.action)
    answers = [client.post(button.action, button.values) for _click in range(2)]
    assert [answer["Location"] for answer in answers] == [page("accounts:invitations")] * 2
    assert AuditEntry.objects.filter(verb="withdraw_invitation").count() == 1


@pytest.mark.django_db
def test_the_key_keeps_no_secret() -> None:
    house = build()
    client = house.client("officer")
    url = page("accounts:password")
    sheet = main_sheet(client.get(url).content.decode())
    typed = {"old": "a quiet register 1405", "password": "quiet desks of 1405", "again": "x"}
    names = set(sheet.values)
    client.post(url, sheet.sent(**{n: typed.get(n, typed["password"]) for n in names - {"once"}}))
    kept = Claim.objects.values_list("id", "fingerprint", "answer")
    assert "quiet" not in str(list(kept))

"""How one is told: chosen on a page; links and news of the password sent by themselves."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from diwan.accounts.actions import change_password, make_password_link
from diwan.accounts.models import User
from diwan.kernel import jobs, notices
from diwan.kernel.ids import new_id
from diwan.kernel.models import Notice, NoticeState
from diwan.kernel.policies import Actor

from .factories import UserFactory, sign_in

pytestmark = pytest.mark.django_db
PAGE = "/en/account/notices/choices/"


@pytest.fixture
def user(client: Client) -> User:
    made = UserFactory.create(login="sara@example.org")
    sign_in(client, made)
    return made


def fields(**changed: str) -> dict[str, str]:
    ways = {f"way_{name}": "email now" for name in notices.groups()}
    hours = {"quiet_since": "22:00", "quiet_until": "6:30", "working_days": "on"}
    return {"email": "", "mobile": "", **ways, **hours, **changed}


def text(answer: Any) -> str:
    return str(answer.content.decode())


def test_choices_are_kept_and_shown(client: Client, user: User) -> None:
    assert "Actions of your posts" in text(client.get(PAGE))
    wanted = fields(**{"way_councils.duties": "sms daily", "mobile": "0912 345 6789"})
    assert client.post(PAGE, wanted).status_code == 302
    assert notices.choices_of(user.pk)["councils.duties"] == ("sms", "daily")
    assert notices.wishes_of(user.pk).mobile == "+989123456789"
    assert "+989123456789" in text(client.get(PAGE))


def test_a_channel_needs_an_address(client: Client, user: User) -> None:
    answer = client.post(PAGE, fields(**{"way_councils.duties": "sms now"}))
    assert answer.status_code == 422
    assert "Write the address" in text(answer)
    answer = client.post(PAGE, fields(mobile="other@example.org"))
    assert "here a mobile number is wanted" in text(answer)
    assert notices.choices_of(user.pk) == {}


def test_the_password_is_told_and_the_link_forgotten(client: Client, user: User) -> None:
    user.set_password("an old long password")
    user.save()
    change_password(Actor.user(user.pk, "Sara"), old="an old long password", new="quite-another-9")
    administrator = Actor.user(new_id(), "Administrator", elevation_id=new_id())
    link = make_password_link(administrator, user.pk, reason="forgotten")
    notices.look(administrator.at)
    jobs.work_off()
    changed, sent = Notice.objects.order_by("told_at")
    assert changed.kind == "accounts.password_changed"
    assert {changed.state, sent.state} == {NoticeState.SENT}
    assert link.token not in f"{sent.text}{sent.html}{sent.data}"
    sign_in(client, User.objects.get(pk=user.pk))  # a new password ends every session
    page = text(client.get("/en/account/notices/"))
    assert "You were told 2 times" in page
    assert link.token not in page

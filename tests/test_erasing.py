"""Erasing a person's data: nothing in the database names them, and everything else stays whole."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from django.apps import apps
from django.test import Client
from django.utils import timezone, translation

from diwan.accounts import actions
from diwan.accounts import public as accounts
from diwan.accounts.models import Invitation, Token, User
from diwan.accounts.tests.factories import UserFactory, elevated_actor, sign_in
from diwan.directory.actions.erasing import erase_person
from diwan.directory.actions.holdings import end_holding
from diwan.directory.actions.people import add_person, correct_person, join
from diwan.directory.models import Holding, Person
from diwan.directory.tests.factories import HoldingFactory, PostFactory, UnitFactory, staff
from diwan.interop.actions.webhooks import make_webhook
from diwan.interop.models import Webhook
from diwan.interop.public import export_registers, import_files
from diwan.kernel import jobs
from diwan.kernel.erasing import ERASED_PERSON
from diwan.kernel.errors import Conflict, Forbidden, NotFound, Refused
from diwan.kernel.models import AuditEntry, PersonalValue
from diwan.kernel.policies import Actor
from diwan.kernel.sealing import seal_waiting
from diwan.kernel.verifying import verify

pytestmark = pytest.mark.django_db
NAME, OLD_NAME, LOGIN, SENT_TO = "زرین‌کوه", "زرینکوهی", "zarrinkuh@example.org", "zk@example.net"
WORDS = (NAME, OLD_NAME, "zarrinkuh", SENT_TO, "زرین کوه", "زرینکوه")
LAW = "the person asked for it"


@pytest.fixture
def person() -> Person:
    """Somebody with a user, a post that is over, an invitation, and things they did."""
    admin = elevated_actor()
    unit = UnitFactory.create()
    one = add_person(admin, unit.register, name={"fa": OLD_NAME}, honorific="دکتر")
    correct_person(admin, one, name={"fa": NAME}, honorific="دکتر", reason="misspelt")
    accounts.invite(admin, "directory.person", one.pk, sent_to=SENT_TO)
    user = accounts.make_user(admin, login=LOGIN, name=NAME)
    Invitation.objects.update(accepted_by=user, accepted_at=timezone.now())
    join(one.pk, user.pk)
    since = timezone.now() - timedelta(days=90)
    HoldingFactory.create(
        post=PostFactory.create(unit=unit),
        person=one,
        since_at=since,
        until_at=since + timedelta(days=60),
    )
    acted = Actor.user(user.pk, user.name)
    actions.change_profile(acted, user.pk, name=f"{NAME} ", language="fa", calendar="hijri")
    seal_waiting(timezone.now())
    one.refresh_from_db()
    return one


def user_of(person: Person) -> UUID:
    """The user that the person has."""
    assert person.user_id is not None
    return person.user_id


def everything() -> str:
    """All that the database holds, as text."""
    rows: list[str] = []
    for model in apps.get_models():
        for row in model._default_manager.values_list():
            told = json.dumps(list(row), default=str, ensure_ascii=False)
            rows.append(f"{model.__name__} {told}")
    return "\n".join(rows)


def test_nothing_names_them_and_everything_else_is_whole(person: Person) -> None:
    user_id = user_of(person)
    assert all(word in everything() for word in (NAME, LOGIN, SENT_TO))
    erase_person(elevated_actor(), person, reason=LAW)
    jobs.run_ticks()
    jobs.work_off()
    left = everything()
    assert [line for line in left.splitlines() if any(word in line for word in WORDS)] == []

    person.refresh_from_db()
    assert (person.name, person.user_id) == (ERASED_PERSON, None)
    assert Holding.objects.filter(person=person).exists()
    user = User.objects.get(pk=user_id)
    assert not user.is_active
    assert not user.has_usable_password()
    report = verify(timezone.now())
    assert (report.whole, report.waiting) == (True, 0)
    entry = AuditEntry.objects.get(verb="erase", subject_kind="directory.person")
    assert (entry.reason, entry.elevation_id is None) == (LAW, False)
    assert not PersonalValue.objects.filter(erased_at=None, entry__actor_id=user_id).exists()


def test_not_while_they_hold_a_post_nor_twice_nor_by_anybody(person: Person) -> None:
    held = HoldingFactory.create(person=person, post=PostFactory.create())
    with pytest.raises(Refused):
        erase_person(elevated_actor(), person, reason=LAW)
    end_holding(elevated_actor(), held, at=timezone.now())
    with pytest.raises(Refused):
        erase_person(elevated_actor(), person, reason=" ")
    for stranger in (Actor.anonymous(), Actor.user(UserFactory.create().pk, "x")):
        with pytest.raises((NotFound, Forbidden)):
            erase_person(stranger, person, reason=LAW)
    with pytest.raises(Refused):
        accounts.erase_user(elevated_actor(), user_of(person), reason=LAW)
    assert NAME in everything()
    actor = elevated_actor()
    erase_person(actor, person, reason=LAW)
    with pytest.raises(Conflict):
        erase_person(actor, person, reason=LAW)
    with pytest.raises(Refused):
        correct_person(actor, person, name={"fa": NAME}, honorific="", reason="x")
    with pytest.raises(Refused):
        join(person.pk, UserFactory.create().pk)


def test_nobody_erases_themselves_nor_the_last_administrator(person: Person) -> None:
    User.objects.filter(pk=user_of(person)).update(may_elevate=True)
    user = User.objects.get(pk=user_of(person))
    with pytest.raises(Refused):
        erase_person(elevated_actor(user), person, reason=LAW)
    User.objects.exclude(pk=user.pk).update(may_elevate=False)
    with pytest.raises(Refused):
        erase_person(Actor.system("test"), person, reason=LAW)
    assert NAME in everything()


def test_tokens_end(person: Person) -> None:
    user = User.objects.get(pk=user_of(person))
    Token.objects.create(
        user=user, name=NAME, token_sha256="x", expires_at=timezone.now() + timedelta(days=9)
    )
    erase_person(elevated_actor(), person, reason=LAW)
    assert not Token.objects.in_force(timezone.now()).exists()
    assert NAME not in everything()


def test_the_register_goes_out_and_in_and_an_old_file_brings_nothing_back(
    person: Person, tmp_path: Path
) -> None:
    key = person.register.key
    before, after = tmp_path / "before.yaml", tmp_path / "after.yaml"
    before.write_bytes(export_registers(register=key, actor=Actor.system("export")))
    assert NAME in before.read_text(encoding="utf-8")
    erase_person(elevated_actor(), person, reason=LAW)
    after.write_bytes(export_registers(register=key, actor=Actor.system("export")))
    assert NAME not in after.read_text(encoding="utf-8")
    assert ERASED_PERSON["fa"] in after.read_text(encoding="utf-8")
    for file in (after, before):
        import_files([file])
        assert NAME not in everything()
    again = export_registers(register=key, actor=Actor.system("export"))
    assert again == after.read_bytes()


def test_the_page_asks_for_the_name_and_shows_what_is_left(client: Client, person: Person) -> None:
    sign_in(client, UserFactory.create(), elevated=True)
    page = f"/fa/directory/people/{person.pk}/"
    assert f"{page}erase/" in client.get(page).content.decode()
    wrong = client.post(f"{page}erase/", {"reason": LAW, "typed": "کسی دیگر"})
    assert wrong.status_code == 422
    assert NAME in everything()
    done = client.post(f"{page}erase/", {"reason": LAW, "typed": "زرین كوه"})
    assert done.status_code == 302, done.content.decode()
    shown = client.get(page).content.decode()
    assert ERASED_PERSON["fa"] in shown
    assert f"{page}erase/" not in shown
    assert client.get(f"{page}erase/").status_code == 200
    with translation.override("fa"):
        trail = client.get(f"/fa/trail/directory.person/{person.pk}/").content.decode()
    assert "داده‌های شخصی را حذف کرد" in trail
    assert NAME not in trail


def test_a_user_without_a_person_is_erased_on_their_own_page(client: Client) -> None:
    sign_in(client, UserFactory.create(), elevated=True)
    user = UserFactory.create(login=LOGIN, name=NAME)
    path = f"/en/account/users/{user.pk}/erase/"
    assert client.post(path, {"reason": LAW, "typed": "x"}).status_code == 422
    assert client.post(path, {"reason": LAW, "typed": LOGIN}).status_code == 302
    assert not any(word in everything() for word in (NAME, LOGIN))
    assert client.post(path, {"reason": LAW, "typed": LOGIN}).status_code in {409, 422}
    with pytest.raises(Refused):
        actions.reactivate(elevated_actor(), user.pk, reason=LAW)


def test_the_webhooks_of_a_user_go_with_all_that_was_sent() -> None:
    owner, other = staff(UnitFactory.create()), staff(UnitFactory.create())
    hooks = [
        make_webhook(who.actor, "https://receiver.example/hook", ("councils.action_*",))
        for who in (owner, other)
    ]
    end_holding(elevated_actor(), owner.holding, at=timezone.now())
    erase_person(elevated_actor(), owner.person, reason=LAW)
    assert list(Webhook.objects.all()) == hooks[1:]

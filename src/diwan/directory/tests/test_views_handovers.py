"""Handovers in the pages: the preview, the sheet, and rights before and after the instant."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
import time_machine
from django.test import Client

from diwan.accounts.models import User
from diwan.accounts.tests.factories import UserFactory
from diwan.directory.models import Handover, Holding, Person, Unit
from diwan.directory.tests.factories import PersonFactory, Staff, staff
from diwan.kernel import exchange
from diwan.kernel.exchange import DeskItem, DeskQuestion, Ref, Waiting
from diwan.kernel.ids import new_id

from .pages import client_of, named, stranger, text_of, url

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 21, 6, 0, tzinfo=UTC)  # 30 Aban 1405, half past nine in Tehran
PASSES = datetime(2026, 11, 24, 4, 30, tzinfo=UTC)  # 3 Azar, eight o'clock


@pytest.fixture
def now() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def top() -> Unit:
    return named("سازمان مادر")


@pytest.fixture
def head(top: Unit) -> Staff:
    return staff(top, "head")


@pytest.fixture
def office(top: Unit) -> Unit:
    return named("دبیرخانه", top)


@pytest.fixture
def outgoing(office: Unit) -> Staff:
    return staff(office, "head", "secretary")


@pytest.fixture
def incoming(top: Unit) -> tuple[Client, UUID]:
    user = UserFactory.create()
    person = PersonFactory.create(register=top.register, user=user, name={"fa": "جانشین آزمون"})
    return client_of(user), person.pk


@pytest.fixture
def duties(outgoing: Staff, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two duties of the post: one late and re-dated, one in time."""
    late, soon = Ref("test.duty", new_id()), Ref("test.duty", new_id())

    def provider(question: DeskQuestion) -> list[DeskItem]:
        if outgoing.post.pk not in question.post_ids:
            return []
        common: dict[str, Any] = {
            "post_id": outgoing.post.pk,
            "unit_id": outgoing.post.unit_id,
            "waiting": Waiting.DO,
            "step": "",
            "step_url": "/",
            "url": "/fa/duty/",
        }
        return [
            DeskItem(ref=soon, title={"fa": "کار آینده"}, due=date(2026, 12, 20), **common),
            DeskItem(
                ref=late,
                title={"fa": "کار دیرشده"},
                due=date(2026, 11, 10),
                late_days=9,
                redated=2,
                source="مصوبه ۱۴۰۵/۳",
                **common,
            ),
        ]

    monkeypatch.setattr(exchange.desk, "_desk", [provider])


def filled(person: UUID, at: str = "۱۴۰۵/۰۹/۰۳", clock: str = "۰۸:۰۰") -> dict[str, str]:
    return {
        "to_person": str(person),
        "kind": "full",
        "at_day": at,
        "at_time": clock,
        "needs": "کلید بایگانی\n\nدسترسی سامانه",
    }


@pytest.mark.usefixtures("now", "duties")
def test_the_page_shows_the_sheet_before_anything_is_done(
    head: Staff, outgoing: Staff, incoming: tuple[Client, UUID]
) -> None:
    visitor = client_of(head.user)
    data = {**filled(incoming[1]), "from_person": str(outgoing.person.pk)}
    page = visitor.post(url("hand_over", outgoing.post.pk), data)
    assert page.status_code == 200
    shown = text_of(page)
    for words in ("کار دیرشده", "کار آینده", "جانشین آزمون", "۳ آذر ۱۴۰۵", "مصوبه ۱۴۰۵/۳"):
        assert words in shown
    assert shown.index("کار دیرشده") < shown.index("کار آینده"), "the latest first"
    assert not Handover.objects.exists()
    assert Holding.objects.filter(post=outgoing.post).count() == 1


@pytest.mark.usefixtures("duties")
def test_rights_pass_at_the_instant(
    head: Staff, outgoing: Staff, office: Unit, incoming: tuple[Client, UUID]
) -> None:
    newcomer, person_id = incoming
    # The head's right in one word: to make a post in the unit.
    page = url("create_post", office.pk)
    with time_machine.travel(NOW, tick=False):
        visitor = client_of(head.user)
        data = {**filled(person_id), "from_person": str(outgoing.person.pk)}
        first = visitor.post(url("hand_over", outgoing.post.pk), data)
        done = visitor.post(
            url("hand_over", outgoing.post.pk), {**data, "seen": first.context["seen"]}
        )
        handover = Handover.objects.get()
        assert done["Location"] == url("handover", handover.pk)
    for at, old, new in (
        (PASSES - timedelta(seconds=1), 200, 404),
        (PASSES, 404, 200),
        (PASSES + timedelta(days=30), 404, 200),
    ):
        with time_machine.travel(at, tick=False):
            newcomer.force_login(incoming_user(person_id))
            assert client_of(outgoing.user).get(page).status_code == old
            assert newcomer.get(page).status_code == new


def incoming_user(person_id: UUID) -> User:
    user = Person.objects.get(pk=person_id).user
    assert user is not None
    return user


@pytest.mark.usefixtures("now", "duties")
def test_the_sheet_tells_what_was_open_late_and_needed(
    head: Staff, outgoing: Staff, incoming: tuple[Client, UUID]
) -> None:
    visitor = client_of(head.user)
    data = {**filled(incoming[1]), "from_person": str(outgoing.person.pk)}
    first = visitor.post(url("hand_over", outgoing.post.pk), data)
    visitor.post(url("hand_over", outgoing.post.pk), {**data, "seen": first.context["seen"]})
    sheet = url("handover", Handover.objects.get().pk)
    for reader in (visitor, incoming[0], client_of(outgoing.user)):
        shown = text_of(reader.get(sheet))
        for words in (
            "کار دیرشده",
            "۱۹ آبان ۱۴۰۵",
            "کلید بایگانی",
            "دسترسی سامانه",
            "جانشین آزمون",
        ):
            assert words in shown
    english = text_of(visitor.get(url("handover", Handover.objects.get().pk, language="en")))
    assert "9 working days late" in english
    assert "re-dated 2 times" in english
    colleague = staff(head.post.unit, "officer")
    assert client_of(colleague.user).get(sheet).status_code == 404
    assert client_of(stranger()).get(sheet).status_code == 404


@pytest.mark.usefixtures("now", "duties")
def test_an_administrator_sees_the_handover_but_not_its_duties(
    top: Unit, head: Staff, outgoing: Staff, incoming: tuple[Client, UUID]
) -> None:
    visitor = client_of(head.user)
    data = {**filled(incoming[1]), "from_person": str(outgoing.person.pk)}
    first = visitor.post(url("hand_over", outgoing.post.pk), data)
    visitor.post(url("hand_over", outgoing.post.pk), {**data, "seen": first.context["seen"]})
    administrator = client_of(staff(top, "administrator").user)
    shown = text_of(administrator.get(url("handover", Handover.objects.get().pk)))
    assert "جانشین آزمون" in shown
    assert "کار دیرشده" not in shown
    assert "کلید بایگانی" not in shown


@pytest.mark.usefixtures("now", "duties")
def test_something_needed_is_added_later(
    head: Staff, outgoing: Staff, incoming: tuple[Client, UUID]
) -> None:
    visitor = client_of(head.user)
    data = {**filled(incoming[1]), "from_person": str(outgoing.person.pk)}
    first = visitor.post(url("hand_over", outgoing.post.pk), data)
    visitor.post(url("hand_over", outgoing.post.pk), {**data, "seen": first.context["seen"]})
    handover = Handover.objects.get()
    words = {"text_fa": "نشانی بایگانی راکد", "text_ar": "", "text_en": ""}
    client_of(outgoing.user).post(url("add_need", handover.pk), words)
    assert "نشانی بایگانی راکد" in text_of(visitor.get(url("handover", handover.pk)))


@pytest.mark.usefixtures("now")
def test_a_post_passes_to_somebody_else(head: Staff, outgoing: Staff) -> None:
    visitor = client_of(head.user)
    data = {**filled(outgoing.person.pk), "from_person": str(outgoing.person.pk)}
    answer = visitor.post(url("hand_over", outgoing.post.pk), data)
    assert answer.status_code == 422
    assert "#id_to_person" in text_of(answer)


@pytest.mark.usefixtures("now")
def test_who_is_no_head_hands_nothing_over(top: Unit, outgoing: Staff) -> None:
    officer = client_of(staff(top, "officer").user)
    answer = officer.post(url("hand_over", outgoing.post.pk), filled(outgoing.person.pk))
    assert answer.status_code == 403
    assert not Handover.objects.exists()


@pytest.mark.usefixtures("now", "duties")
def test_the_list_shows_only_ones_own(
    head: Staff, outgoing: Staff, incoming: tuple[Client, UUID]
) -> None:
    visitor = client_of(head.user)
    data = {**filled(incoming[1]), "from_person": str(outgoing.person.pk)}
    first = visitor.post(url("hand_over", outgoing.post.pk), data)
    visitor.post(url("hand_over", outgoing.post.pk), {**data, "seen": first.context["seen"]})
    assert "جانشین آزمون" in text_of(visitor.get(url("handovers")))
    colleague = client_of(staff(head.post.unit, "officer").user)
    assert "جانشین آزمون" not in text_of(colleague.get(url("handovers")))

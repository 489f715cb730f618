"""Nothing is owned by nobody, and a handover sheet has what every room puts on it.

However a post falls vacant, its duties stand with it, and both on the desk of the head above.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from diwan.accounts.tests.factories import elevated_actor, sign_in
from diwan.councils.models import Body, MinutesSignature, MinutesVersion, Proposal
from diwan.councils.tests.factories import (
    DateRequestFactory,
    MeetingFactory,
    council,
    duty,
    resolution_of,
    seat,
)
from diwan.desk.queries import unit_desk
from diwan.directory.actions.closing import close_unit
from diwan.directory.actions.erasing import erase_person
from diwan.directory.actions.handovers import HandoverPlan, hand_over, settle_handovers
from diwan.directory.actions.holdings import depute, end_holding
from diwan.directory.actions.sheets import sheet_at
from diwan.directory.models import Unit
from diwan.directory.tests.factories import Staff, UnitFactory, staff, system
from diwan.kernel import exchange, jobs
from diwan.kernel.errors import Refused
from diwan.kernel.exchange import HandoverSection
from diwan.library.tests.factories import DocumentFactory
from diwan.services.actions.inquiries import ask
from diwan.services.tests.factories import case, service, variant

pytestmark = pytest.mark.django_db

DUTY = "گزارش ماهانه"
HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def persian() -> Iterator[None]:
    with translation.override("fa"):
        yield


@pytest.fixture
def top() -> Unit:
    return UnitFactory.create(name={"fa": "سازمان"})


@pytest.fixture
def head(top: Unit) -> Staff:
    return staff(top, "head")


@pytest.fixture
def owner(top: Unit) -> Staff:
    """Somebody below who owes one action."""
    who = staff(UnitFactory.create(parent=top, name={"fa": "دفتر"}))
    body: Body = council(top).body
    duty(body, who, text={"fa": DUTY})
    return who


def ends_now(owner: Staff) -> None:
    end_holding(system(), owner.holding, at=timezone.now())


def ended_by_its_date(owner: Staff) -> None:
    """The last hour of a holding with an end of its own: nobody has to do anything."""
    owner.holding.until_at = timezone.now() - HOUR
    owner.holding.save()
    jobs.run_ticks()


def erased(owner: Staff) -> None:
    """Who holds a post is not erased: the holding ends first, and so the post is seen."""
    administrator = elevated_actor()
    with pytest.raises(Refused, match="تصدی"):
        erase_person(administrator, owner.person, reason="خواسته شخص")
    end_holding(system(), owner.holding, at=timezone.now() - HOUR)
    erase_person(administrator, owner.person, reason="خواسته شخص")


def handed_to_nobody(owner: Staff) -> None:
    hand_over(system(), HandoverPlan(owner.post, timezone.now() - HOUR, owner.person))


@pytest.mark.parametrize("falls", [ends_now, ended_by_its_date, erased, handed_to_nobody])
def test_a_post_that_falls_vacant_shows_on_the_heads_desk(
    head: Staff, owner: Staff, falls: Callable[[Staff], None]
) -> None:
    assert not [item for item in unit_desk(head.actor).vacant if item.post_id == owner.post.pk]
    falls(owner)
    desk = unit_desk(head.actor)
    assert [item.post_id for item in desk.vacant].count(owner.post.pk) == 1
    (item,) = desk.work_of(owner.post.pk)
    assert item.title["fa"] == DUTY
    client = Client()
    sign_in(client, head.user)
    assert DUTY in client.get(reverse("desk:unit")).content.decode()


@pytest.mark.parametrize("falls", [ends_now, erased, handed_to_nobody])
def test_cases_of_a_post_that_falls_vacant_show_on_the_heads_desk(
    head: Staff, top: Unit, falls: Callable[[Staff], None]
) -> None:
    clerk = staff(UnitFactory.create(parent=top), "clerk")
    taken = case(service(clerk.post.unit), post=clerk.post)
    case(taken.service)
    falls(clerk)
    desk = unit_desk(head.actor)
    assert clerk.post.pk in {item.post_id for item in desk.vacant}
    assert [item.count for item in desk.work_of(clerk.post.pk)] == [2]
    client = Client()
    sign_in(client, head.user)
    assert "۲ پرونده" in client.get(reverse("desk:unit")).content.decode()
    staff(clerk.post.unit, "clerk")  # who may take what nobody took
    assert [item.count for item in unit_desk(head.actor).work_of(clerk.post.pk)] == [1]


def test_the_duties_of_a_unit_that_ends_pass_to_the_head_above(head: Staff, owner: Staff) -> None:
    close_unit(system(), owner.post.unit, on=date.today() - timedelta(days=1))  # noqa: DTZ011
    jobs.run_ticks()
    assert [item.title["fa"] for item in unit_desk(head.actor).work_of(head.post.pk)] == [DUTY]


def test_a_deputy_keeps_the_post_from_being_vacant_during_the_leave(
    head: Staff, owner: Staff
) -> None:
    now = timezone.now()
    other = staff(owner.post.unit)
    leave = {"since_at": now - HOUR, "until_at": now + timedelta(days=7)}
    depute(owner.actor, owner.holding, other.person, reason="مرخصی", **leave)
    assert owner.post.pk not in {item.post_id for item in unit_desk(head.actor).vacant}
    sheet = sheet_at(owner.post.pk, now, made_at=now)
    (section,) = [one for one in sheet["sections"] if one["key"] == "directory.deputies"]
    assert section["lines"][0]["people"][0]["id"] == str(other.person.pk)


def sections(sheet: dict[str, Any]) -> dict[str, list[str]]:
    """The sections of a sheet with the Persian titles of their lines."""
    return {one["key"]: [line["title"]["fa"] for line in one["lines"]] for one in sheet["sections"]}


def minutes_to_sign(body: Body, who: Staff) -> None:
    """Sealed minutes of a meeting of the body that wait for somebody's signature."""
    version = MinutesVersion.objects.create(
        meeting=MeetingFactory.create(body=body),
        number=1,
        language="fa",
        content={},
        sha256="0" * 64,
        code="x",
        sealed_at=timezone.now(),
    )
    MinutesSignature.objects.create(
        version=version, seat=who.post.pk, post=who.post, role="secretary"
    )


def test_the_sheet_has_what_every_room_puts_on_it(top: Unit) -> None:
    unit = UnitFactory.create(parent=top)
    secretary, successor = staff(unit, "secretary"), staff(unit)
    made = council(top)
    body: Body = made.body
    made.body.memberships.filter(role="secretary").delete()
    seat(body, secretary, "secretary")
    MeetingFactory.create(body=body, state="planned", date=date(2030, 1, 7), date_precision="day")
    resolution_of(body, state="draft", number="", text={"fa": "پیش‌نویس بودجه"})
    DateRequestFactory.create(action=duty(body, made.member, text={"fa": "کار دیگری"}))
    duty(body, secretary, text={"fa": DUTY}, due=date(2025, 1, 1))
    minutes_to_sign(body, secretary)
    DocumentFactory.create(unit=unit, name={"fa": "نقشه راه"})
    Proposal.objects.create(
        body=body,
        seat=secretary.post.pk,
        post=secretary.post,
        text={"fa": "پیشنهاد ما"},
        made_at=timezone.now(),
    )
    at = timezone.now() + HOUR
    plan = HandoverPlan(secretary.post, at, secretary.person, successor.person)
    handover = hand_over(system(), plan)
    settle_handovers(at)
    handover.refresh_from_db()
    items = {(item["waiting"], item["title"]["fa"]) for item in handover.sheet["items"]}
    assert {("do", DUTY), ("decide", "کار دیگری")} <= items
    assert [item["waiting"] for item in handover.sheet["items"]].count("sign") == 1
    found = sections(handover.sheet)
    assert found["councils.body.seats"] == [body.name["fa"]]
    assert found["councils.body.drafts"] == ["پیش‌نویس بودجه"]
    assert found["councils.body.proposals"] == ["پیشنهاد ما"]
    assert len(found["councils.body.minutes"]) == 1
    assert found["library.documents"] == ["نقشه راه"]
    assert "directory.below" not in found, "no head"
    client = Client()
    sign_in(client, successor.user)
    shown = client.get(f"/fa/directory/handovers/{handover.pk}/").content.decode()
    for words in ("کرسی‌های ارکان", "پیشنهاد ما", "نقشه راه", "در انتظار پاسخ این پست", "جلسه بعدی"):
        assert words in shown


def test_the_sheet_has_cases_and_inquiries_without_a_word_of_applicants(top: Unit) -> None:
    unit = UnitFactory.create(parent=top)
    beside = UnitFactory.create(parent=top, name={"fa": "اداره راه"})
    clerk, other, now = staff(unit, "clerk"), staff(unit, "clerk"), timezone.now()
    made = service(unit)
    complaint = service(unit, variant("complaint", kind="complaint"))
    taken = case(made, post=clerk.post, title="باغ سارا")
    waits = case(made, post=clerk.post, phase="waiting", due_at=None)
    case(made, post=other.post)
    about = case(complaint, post=clerk.post, about=case(made, post=other.post))
    case(complaint, post=clerk.post, about=taken)  # about the post itself: not for its eyes
    ask(clerk.actor, taken, [beside.pk], "نظر شما؟")
    sheet = sheet_at(clerk.post.pk, now, made_at=now)
    found = {one["key"]: one["lines"] for one in sheet["sections"]}
    ids = {key: [line["id"] for line in lines] for key, lines in found.items()}
    assert ids["services.case.cases"] == [str(taken.pk), str(waits.pk)]
    assert ids["services.case.complaints"] == [str(about.pk)]
    assert ids["services.case.inquiries"] == [str(taken.pk)]
    assert "اداره راه" in found["services.case.inquiries"][0]["state"]["fa"]
    assert "در انتظار" in found["services.case.cases"][1]["state"]["fa"]
    assert str(taken.pk) in {item["id"] for item in sheet["items"]}
    assert "سارا" not in str(sheet)
    assert taken.code not in str(sheet).replace("-", "")
    staff(beside, "officer")
    officer = staff(beside, "officer")
    told = sections(sheet_at(officer.post.pk, now, made_at=now))
    assert told["services.case.inquiries"] == [made.name["fa"]]


def test_earlier_needs_of_the_post_and_of_a_heads_unit_come_along(top: Unit) -> None:
    head, clerk, next_one = staff(top, "head"), staff(top), staff(top)
    now = timezone.now()
    passing = (
        HandoverPlan(
            head.post, now - 9 * HOUR, head.person, next_one.person, needs=[{"fa": "مهر"}]
        ),
        HandoverPlan(clerk.post, now - 8 * HOUR, clerk.person, head.person, needs=[{"fa": "میز"}]),
    )
    for plan in passing:
        hand_over(system(), plan)
    of_head = sections(sheet_at(head.post.pk, now, made_at=now))
    assert of_head["directory.needs"] == ["مهر", "میز"]
    assert sections(sheet_at(clerk.post.pk, now, made_at=now))["directory.needs"] == ["میز"]


def test_a_room_that_comes_later_lays_its_section_beside(
    top: Unit, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Assets, say: nothing stands there until a room has them."""
    who, now = staff(top), timezone.now()
    assert "assets" not in str(sheet_at(who.post.pk, now, made_at=now))
    line = exchange.HandoverLine(exchange.Ref("x.y", who.post.pk), {"fa": "خودرو"}, "/fa/")
    section = HandoverSection("treasury.assets", "Assets", 35, lambda _question: [line])
    monkeypatch.setitem(exchange.handing._sections, section.key, section)
    found = sections(sheet_at(who.post.pk, now, made_at=now))
    assert found["treasury.assets"] == ["خودرو"]

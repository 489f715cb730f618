"""Who is told of an inquiry, and of few stars."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from django.utils.translation import override

from diwan.directory.tests.factories import UnitFactory, staff
from diwan.kernel.exchange import Fact, Ref, cards
from diwan.kernel.models import Notice
from diwan.kernel.notices import Telling, Words, kind_of
from diwan.kernel.policies import Actor
from diwan.services.actions.inquiries import answer, ask, withdraw_inquiry
from diwan.services.constants import CASE, FEW_STARS, RATED, TO_ASKED, TO_ASKER
from diwan.services.models import Case, Rating
from diwan.services.provides.inquiries import overdue
from diwan.services.provides.ratings import _tell_head

from .factories import case
from .office import make_office

pytestmark = pytest.mark.django_db
NOW = timezone.now()


def told(kind: str) -> list[Notice]:
    return list(Notice.objects.filter(kind=kind).order_by("pk"))


def words_of(notice: Notice) -> Words | None:
    """What its reader would be sent now."""
    assert notice.user_id is not None
    actor = Actor.user(notice.user_id, "")
    ref = Ref(notice.ref_kind, notice.ref_id)
    known = kind_of(notice.kind)
    assert known is not None
    with override("fa"):
        return known.write(Telling(ref, notice.data, cards([ref], actor).get(ref), actor=actor))


def test_a_department_is_told_that_it_is_asked_and_who_asked_of_the_answer() -> None:
    office = make_office()
    there = UnitFactory.create(parent=office.top, name={"fa": "راه", "ar": "الطرق"})
    officer, empty = staff(there, "officer"), UnitFactory.create(parent=office.top)
    one = case(office.service, post=office.clerk.post)
    asked = ask(
        office.clerk.actor, one, [there.pk, empty.pk], "نظر شما؟", due=NOW + timedelta(days=3)
    )
    by_unit = {inquiry.unit_id: inquiry for inquiry in asked}
    users = {notice.user_id for notice in told(TO_ASKED)}
    assert users == {officer.user.pk, office.head.user.pk}  # nobody works in the second
    notice = next(one for one in told(TO_ASKED) if one.user_id == officer.user.pk)
    words = words_of(notice)
    assert words is not None
    assert one.code[:4] in words.subject
    assert one.code not in words.subject
    assert "نظر" not in str(notice.data)
    answer(officer.actor, by_unit[there.pk], "objects", "راه ندارد")
    assert words_of(notice) is None
    (back,) = told(TO_ASKER)
    assert back.user_id == office.clerk.user.pk
    told_back = words_of(back)
    assert told_back is not None
    assert "راه ندارد" not in str(told_back)
    withdraw_inquiry(office.clerk.actor, by_unit[empty.pk])


def test_an_inquiry_over_its_day_is_told_once_on_both_sides() -> None:
    office = make_office()
    there = UnitFactory.create(parent=office.top)
    officer = staff(there, "officer")
    one = case(office.service, post=office.clerk.post)
    due = NOW + timedelta(hours=1)
    ask(office.clerk.actor, one, [there.pk], "نظر شما؟", due=due)
    for minutes in (50, 75, 80, 110, 200):  # whoever looks how often
        overdue(NOW + timedelta(minutes=minutes))
    late = [notice for notice in told(TO_ASKED) if notice.data["when"] == "overdue"]
    assert [notice.user_id for notice in late] == [officer.user.pk]
    assert [notice.user_id for notice in told(TO_ASKER)] == [office.clerk.user.pk]
    assert words_of(late[0]) is not None


def test_all_that_fall_due_at_one_instant_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("diwan.services.actions.telling_asked.BATCH", 3)
    office = make_office()
    there = UnitFactory.create(parent=office.top)
    staff(there, "officer")
    for _n in range(7):
        one = case(office.service, post=office.clerk.post)
        ask(office.clerk.actor, one, [there.pk], "نظر شما؟", due=NOW + timedelta(hours=1))
    for hours in (0, 2, 3):
        overdue(NOW + timedelta(hours=hours))
    late = [notice for notice in told(TO_ASKED) if notice.data["when"] == "overdue"]
    assert len(late) == len({notice.data["inquiry"] for notice in late}) == 7
    assert len(told(TO_ASKER)) == 7


def test_few_stars_are_told_once_a_day_for_a_unit() -> None:
    office = make_office()
    now = timezone.now()
    for stars in (1, 2, 5):
        one = case(office.service, filed_at=now - timedelta(days=1))
        Case.objects.filter(pk=one.pk).update(phase=Case.Phase.DONE, ended_at=now)
        Rating.objects.create(
            case=one, unit=office.unit, service=office.service, stars=stars, at=now
        )
        _tell_head(Fact(RATED, Ref(CASE, one.pk), Actor.anonymous(), now, {"stars": stars}))
    (notice,) = told(FEW_STARS)
    assert notice.user_id == office.head.user.pk
    words = words_of(notice)
    assert words is not None
    assert "۲" in words.subject
    for rating in Rating.objects.all():
        rating.case.notes.create(text="تماس گرفته شد", at=timezone.now())
    assert words_of(notice) is None

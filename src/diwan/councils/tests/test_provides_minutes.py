"""Minutes wait on the desks of who signs them, and are told; an erased name leaves them whole."""

from __future__ import annotations

import pytest
from django.utils import timezone

from diwan.councils.actions.minutes import seal_minutes, sign_minutes, withdraw_minutes
from diwan.councils.models import BodySeatUser, Bylaws, MinutesVersion
from diwan.councils.provides.minutes import SIGNED, TO_SIGN
from diwan.councils.queries.minutes import fits
from diwan.directory.public import PERSON
from diwan.directory.tests.factories import Staff
from diwan.kernel.erasing import erase_in_rooms
from diwan.kernel.exchange import DeskItem, DeskQuestion, Ref, Waiting, desk_items
from diwan.kernel.ids import new_id
from diwan.kernel.jobs import work_off
from diwan.kernel.models import Notice

from .conducted import Conducted, attend, conducted
from .factories import again

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]


@pytest.fixture
def made() -> Conducted:
    return conducted()


def desk(who: Staff) -> list[DeskItem]:
    """What stands on the whole desk to be signed."""
    actor = again(who)
    posts = frozenset([who.post.pk])
    asked = (
        DeskQuestion(actor=actor, at=actor.at, post_ids=posts),
        DeskQuestion(actor=actor, at=actor.at, as_secretary=True),
    )
    items = [item for question in asked for item in desk_items(question)]
    return [item for item in items if item.waiting is Waiting.SIGN]


def test_a_version_waits_on_the_desk_until_its_post_has_signed(made: Conducted) -> None:
    assert desk(made.chair) == []
    version = seal_minutes(again(made.secretary), made.meeting)
    item = desk(made.chair)[0]
    assert (item.waiting, item.post_id) == (Waiting.SIGN, made.chair.post.pk)
    assert item.title["en"].startswith("Minutes: ")
    assert str(version.pk) in item.step_url
    assert desk(made.council.member) == []
    sign_minutes(again(made.chair), version)
    assert desk(made.chair) == []
    assert len(desk(made.secretary)) == 1
    withdraw_minutes(again(made.secretary), version, reason="A name is wrong")
    assert desk(made.secretary) == []


def test_a_named_seat_finds_it_through_the_user_who_acts_for_it(made: Conducted) -> None:
    Bylaws.objects.create(body=made.council.body, signers="members_present")
    lineage = new_id()
    outside = made.council.guest
    BodySeatUser.objects.create(lineage=lineage, user=outside.user, since_at=timezone.now())
    attend(made.meeting, None, "member", lineage_seat=lineage, lineage=lineage, name={"en": "A"})
    version = seal_minutes(again(made.secretary), made.meeting)
    assert [item.post_id for item in desk(outside)] == [None]
    sign_minutes(again(outside), version)
    assert desk(outside) == []


def test_who_signs_is_told_and_then_who_serves_the_body(made: Conducted) -> None:
    version = seal_minutes(again(made.secretary), made.meeting)
    work_off()
    told = Notice.objects.filter(kind=TO_SIGN).values_list("user_id", flat=True)
    assert set(told) == {made.chair.user.pk, made.secretary.user.pk}
    for who in (made.chair, made.secretary):
        sign_minutes(again(who), version)
    work_off()
    told = Notice.objects.filter(kind=SIGNED).values_list("user_id", flat=True)
    assert list(told) == [made.secretary.user.pk]


def test_erasing_a_person_reaches_the_minutes(made: Conducted) -> None:
    version = seal_minutes(again(made.secretary), made.meeting)
    person = made.council.member.person
    erase_in_rooms(again(made.chair), Ref(PERSON, person.pk))
    kept = MinutesVersion.objects.get(pk=version.pk)
    assert person.name["fa"] not in str(kept.content)
    assert fits(kept)

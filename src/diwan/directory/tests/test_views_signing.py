"""The sheet in the pages: its sections, both signatures, the password before each."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import unquote

import pytest
from django.test import Client
from django.utils import timezone

from diwan.accounts.tests.factories import PASSWORD
from diwan.directory.actions.handovers import HandoverPlan, hand_over
from diwan.directory.models import Handover, HandoverSignature

from .factories import PostFactory, Staff, UnitFactory, staff, system
from .pages import client_of, named, text_of, url

pytestmark = pytest.mark.django_db
NOTE = "کلید بایگانی تحویل نشد"


@pytest.fixture
def old() -> Staff:
    unit = named("دفتر آزمون", UnitFactory.create())
    below = named("اداره زیرین", unit)
    staff(below, "head")
    PostFactory.create(unit=unit, name={"fa": "پست بی‌متصدی"})
    return staff(unit, "head")


@pytest.fixture
def new(old: Staff) -> Staff:
    return staff(old.post.unit)


@pytest.fixture
def handover(old: Staff, new: Staff) -> Handover:
    at = timezone.now() - timedelta(hours=2)
    return hand_over(system(), HandoverPlan(old.post, at, old.person, new.person))


def opened(client: Client, handover: Handover) -> str:
    """The signing page, after the password; gives the checksum that it carries."""
    page = url("sign_handover", handover.pk)
    asked = client.get(page)
    assert asked.status_code == 302
    assert unquote(asked["Location"]).endswith(f"/sign-in-again/?next={page}")
    assert client.post(asked["Location"], {"password": PASSWORD})["Location"] == page
    return str(client.get(page).context["sha256"])


def test_both_sign_and_the_sheet_shows_it(old: Staff, new: Staff, handover: Handover) -> None:
    page, sheet = url("sign_handover", handover.pk), url("handover", handover.pk)
    outgoing, incoming = client_of(old.user), client_of(new.user)
    assert page in text_of(incoming.get(sheet))
    listed = url("handovers")
    assert "هنوز امضا نشده" in text_of(outgoing.get(listed))
    sum_ = opened(outgoing, handover)
    done = outgoing.post(page, {"sha256": sum_, "note": NOTE})
    assert done["Location"] == sheet
    again = outgoing.post(page, {"sha256": sum_})
    assert again.status_code == 422
    assert "هر طرف یک بار امضا می‌کند" in text_of(again)
    assert "یک طرف امضا کرده است" in text_of(incoming.get(listed))
    incoming.post(page, {"sha256": opened(incoming, handover)})
    assert "همه امضا کرده‌اند" in text_of(incoming.get(listed))
    shown = text_of(incoming.get(sheet))
    for words in (NOTE, "برگه بسته شده است", sum_[:8]):
        assert words in shown
    assert page not in shown
    assert url("add_need", handover.pk) not in shown
    refused = incoming.post(url("add_need", handover.pk), {"text_fa": "دیر"})
    assert refused.status_code == 422
    assert HandoverSignature.objects.count() == 2


def test_the_sheet_says_who_stands_below_and_which_post_is_vacant(
    old: Staff, new: Staff, handover: Handover
) -> None:
    shown = text_of(client_of(new.user).get(url("handover", handover.pk)))
    for words in ("زیرمجموعه این پست", "اداره زیرین", "پست بی‌متصدی", "بلاتصدی"):
        assert words in shown
    assert "اموال" not in shown


def test_a_sheet_that_changed_is_shown_again_with_what_was_typed(
    old: Staff, new: Staff, handover: Handover
) -> None:
    page = url("sign_handover", handover.pk)
    outgoing = client_of(old.user)
    sum_ = opened(outgoing, handover)
    client_of(new.user).post(url("add_need", handover.pk), {"text_fa": "چاپگر"})
    answer = outgoing.post(page, {"sha256": sum_, "note": NOTE})
    assert answer.status_code == 422
    shown = text_of(answer)
    assert NOTE in shown
    assert "چاپگر" in shown
    assert (
        outgoing.post(page, {"sha256": answer.context["sha256"], "note": NOTE}).status_code == 302
    )


def test_a_head_does_not_sign_for_them(old: Staff, handover: Handover) -> None:
    head = client_of(staff(old.post.unit, "head").user)
    assert head.get(url("sign_handover", handover.pk)).status_code == 403
    elevated = client_of(staff(old.post.unit).user, elevated=True)
    assert elevated.post(url("sign_handover", handover.pk), {"sha256": ""}).status_code == 403
    assert not HandoverSignature.objects.exists()


def test_before_the_instant_the_page_offers_no_signature(old: Staff, new: Staff) -> None:
    at = timezone.now() + timedelta(days=1)
    coming = hand_over(system(), HandoverPlan(old.post, at, old.person, new.person))
    reader = client_of(new.user)
    assert url("sign_handover", coming.pk) not in text_of(reader.get(url("handover", coming.pk)))
    refused = reader.get(url("sign_handover", coming.pk))
    assert refused.status_code == 422
    assert "پس از آن امضایش کنید" in text_of(refused)

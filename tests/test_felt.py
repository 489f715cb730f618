"""Decided, done, felt: what the people served by a body's unit and all below it judged."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from diwan.accounts.tests.factories import sign_in
from diwan.councils.tests.factories import Council, council, duty, meeting_of, resolution_of
from diwan.directory.models import Unit
from diwan.directory.tests.factories import UnitFactory
from diwan.services.tests.factories import case, judge, service, variant

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
WORDS = {
    "fa": ("میانگین \u2068۴٫۵\u2069 از ۵ ستاره", "از ۸ شهروندی", "۶ نفر پاسخ دادند (۷۵٪)"),
    "ar": ("متوسط \u2068٤٫٥\u2069 من ٥ نجوم", "٦ من ٨ مواطن", "(٧٥٪)"),
    "en": ("\u20684.5\u2069 of 5 stars", "6 of 8 citizens asked answered (75%)"),
}


@pytest.fixture
def made() -> Council:
    one = council()
    resolution_of(one.body)
    return one


def judged(unit: Unit, *stars: int | None, ended: datetime | None = None) -> None:
    """Cases that ended at a unit (just now), asked about; None: without an answer."""
    of = service(unit, variant(f"permit-{unit.pk.hex[-8:]}"))
    at = ended or timezone.now()
    for given in stars:
        fields = {"phase": "done", "filed_at": at - timedelta(hours=2), "ended_at": at}
        judge(case(of, unit, **fields), given)


def page(client: Client, one: Council, language: str = "fa") -> str:
    return client.get(f"/{language}/councils/bodies/{one.body.pk}/felt/").content.decode()


@pytest.mark.parametrize("language", WORDS)
def test_a_member_reads_the_mean_with_how_many_answered(
    client: Client, made: Council, language: str
) -> None:
    below = UnitFactory.create(parent=made.body.unit)
    judged(below, 5, 5, 4, 4, 5)
    judged(made.body.unit, 4, None, None)
    judged(UnitFactory.create(), 1, 1, 1, 1, 1)
    sign_in(client, made.member.user)
    text = page(client, made, language)
    for words in WORDS[language]:
        assert words in text


def test_of_few_judgements_no_mean_is_told(client: Client, made: Council) -> None:
    sign_in(client, made.member.user)
    assert "هنوز ارزیابی نشده است؛ در این دوازده ماه" in page(client, made)
    judged(made.body.unit, 1, 1, 1, 1, None)
    text = page(client, made)
    assert "از ۵ شهروندی که نظرشان خواسته شد ۴ نفر پاسخ داده‌اند" in text
    assert "میانگین \u2068" not in text


def test_it_stands_beside_decided_and_done_month_by_month(client: Client, made: Council) -> None:
    for back in (0, 62):
        at = timezone.now() - back * DAY
        meeting = meeting_of(made.body, date=at.date())
        adopted = resolution_of(made.body, meeting=meeting)
        duty(made.body, made.member, resolution=adopted, state="open")
        judged(UnitFactory.create(parent=made.body.unit), 4, 4, 4, 4, 4, ended=at)
    sign_in(client, made.secretary.user)
    text = page(client, made)
    assert "نظر مردم در همین ماه‌ها" in text
    cell = "\u2068۴\u2069 از ۵ (۱۰۰٪ پاسخ داده‌اند)"
    assert text.count(f'data-label="نظر مردم">{cell}') == 2
    assert text.count(f'class="bar-value">{cell}') == 2
    assert text.count('width="80.0"') == 2, "four of five stars are no full bar"


def test_the_bodys_page_takes_it_over_for_who_is_signed_in(client: Client) -> None:
    public = council(confidentiality="public")
    resolution_of(public.body, confidentiality="public")
    where = f"/fa/councils/bodies/{public.body.pk}/"
    assert f"{where}felt/" not in client.get(where).content.decode()
    assert client.get(f"{where}felt/").status_code == 302
    sign_in(client, public.member.user)
    text = client.get(where).content.decode()
    assert f'hx-get="{where}felt/" hx-trigger="load"' in text
    assert f'<a href="{where}felt/">' in text, "without script it is a page of its own"
    assert '<div id="felt">' in page(client, public)

"""The minutes on paper: in each language, in its digits and direction, whole at any size."""

from __future__ import annotations

import re

import pytest
from django.utils import timezone

from diwan.councils.actions.minutes import seal_minutes, sign_minutes
from diwan.councils.models import Meeting
from diwan.councils.queries.minutes_content import content_of
from diwan.councils.rules.minutes import written_code
from diwan.councils.views.minutes_paper import TEMPLATE, Paper, minutes_pdf, paper_data
from diwan.directory.tests.factories import RegisterFactory, UnitFactory
from diwan.ui.paper import pages_of, told_of

from .conducted import Conducted, conducted, vote_on
from .factories import AgendaItemFactory, MeetingFactory, again

pytestmark = [pytest.mark.django_db]

COUNTRIES = {"fa": "IR", "ar": "EG", "en": "IR"}


def made_in(language: str) -> Conducted:
    register = RegisterFactory.create(country=COUNTRIES[language], language=language)
    return conducted(unit=UnitFactory.create(register=register))


@pytest.mark.parametrize(
    ("language", "direction", "title", "day", "vote"),
    [
        ("fa", "rtl", "صورت‌جلسه شماره ۱۲", "یکشنبه ۱۰ آبان ۱۴۰۵", "۲ موافق، ۱ مخالف"),
        ("ar", "rtl", "محضر الاجتماع رقم ١٢", "الأحد ١ نوفمبر ٢٠٢٦", "٢ موافق، ١ معارض"),
        ("en", "ltr", "Minutes of meeting 12", "Sunday 10 Aban 1405", "2 for, 1 against"),
    ],
)
def test_a_sealed_paper_says_all_of_it_in_its_language(
    language: str, direction: str, title: str, day: str, vote: str
) -> None:
    made = made_in(language)
    version = seal_minutes(again(made.secretary), made.meeting)
    sign_minutes(again(made.chair), version)
    url = f"https://diwan.example/verify/{version.code}"
    paper = Paper(version.content, version, list(version.signatures.all()), verify_url=url)
    data = paper_data(paper)
    assert (data["paper"]["language"], data["paper"]["direction"]) == (language, direction)
    assert written_code(version.code) in data["paper"]["foot"]
    sheet = told_of(TEMPLATE, data, "<sheet>")[0]
    assert sheet["title"] == title
    assert day in str(sheet["facts"])
    assert vote in str(sheet["items"])
    boxes = told_of(TEMPLATE, data, "<boxes>")[0]
    assert [bool(box["signed"]) for box in boxes] == [True, False]
    assert (data["seal"]["address"], data["paper"]["watermark"]) == (url, "")
    made_of = minutes_pdf(paper, at=timezone.now())
    assert b"pdfaid" in made_of
    if language != "en":
        assert not re.search(r"[0-9]", title + day)


def test_the_short_form_holds_the_decisions_alone() -> None:
    made = made_in("en")
    content = content_of(made.meeting)
    long, short = (paper_data(Paper(content, long=form))["sheet"] for form in (True, False))
    assert (len(long["statements"]), short["statements"]) == (1, [])
    vote = short["items"][0]["resolutions"][0]["votes"][0]
    assert vote["names"] == []
    assert vote["line"].startswith("roll call: 2 for, 1 against, 0 abstained; 2 votes were needed")
    assert long["items"][0]["resolutions"][0]["votes"][0]["names"] != []
    assert short["items"][0]["notes"] == ["Quorum: 2 of 3; 3 in the room."]


def test_a_draft_says_so_and_an_empty_meeting_is_a_paper_too() -> None:
    made = made_in("fa")
    empty = MeetingFactory.create(body=made.council.body, date=None)
    data = paper_data(Paper(content_of(empty)))
    assert data["paper"]["watermark"] == "پیش‌نویس"
    assert data["seal"] is None
    assert len(pages_of(TEMPLATE, data, ppi=20)) == 1


def test_what_people_wrote_is_text_and_sixty_items_are_whole() -> None:
    made = made_in("fa")
    typed = '#panic("x") $a$ *b* @c // d </sheet>'
    for _n in range(60):
        vote_on(AgendaItemFactory.create(meeting=made.meeting, text={"fa": typed}), None)
    Meeting.objects.update(place={"fa": "تالار 😀"})
    made.meeting.refresh_from_db()
    data = paper_data(Paper(content_of(made.meeting)))
    assert len(pages_of(TEMPLATE, data, ppi=15)) > 3
    told = told_of(TEMPLATE, data, "<sheet>")[0]["items"]
    assert len(told) == 61
    assert typed in told[-1]["title"]
    assert minutes_pdf(Paper(content_of(made.meeting)), at=timezone.now()).startswith(b"%PDF")

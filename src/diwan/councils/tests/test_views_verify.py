"""A paper is confirmed by its code, without signing in; nothing of its content is told."""

from __future__ import annotations

import pytest
from django.test import Client

from diwan.councils.actions.minutes import (
    begin_correction,
    seal_minutes,
    sign_minutes,
    withdraw_minutes,
)
from diwan.councils.models import Meeting, MinutesVersion
from diwan.councils.rules.minutes import checksum, draw_code, written_code

from .conducted import Conducted, conducted
from .factories import again

pytestmark = [pytest.mark.django_db]


@pytest.fixture
def made() -> Conducted:
    return conducted(confidentiality="named")


@pytest.fixture
def version(made: Conducted) -> MinutesVersion:
    return seal_minutes(again(made.secretary), made.meeting)


def asked(code: str, status: int = 200, **query: str) -> str:
    answer = Client(headers={"accept-language": "en"}).get(f"/verify/{code}", query)
    assert answer.status_code == status
    return answer.content.decode()


def test_the_answer_follows_the_life_of_the_version(
    made: Conducted, version: MinutesVersion
) -> None:
    assert "not signed by all yet" in asked(version.code)
    sign_minutes(again(made.chair), version)
    sign_minutes(again(made.secretary), version)
    assert "Genuine, and it holds" in asked(written_code(version.code))
    begin_correction(again(made.secretary), made.meeting, reason="Wrong hall")
    assert "holds until then" in asked(version.code)
    Meeting.objects.update(place={"fa": "دیگر"})
    second = seal_minutes(again(made.secretary), made.meeting)
    for who in (made.chair, made.secretary):
        sign_minutes(again(who), second)
    replaced = asked(version.code)
    assert "replaced by a later version" in replaced
    assert "Version 2 holds instead" in replaced
    assert "it holds" in asked(second.code)


def test_it_tells_what_the_paper_tells_and_never_what_was_said(
    made: Conducted, version: MinutesVersion
) -> None:
    told = asked(version.code)
    assert version.sha256 in told
    assert made.council.body.name["en"] in told
    for secret in (
        made.resolution.text["en"],
        made.item.text["en"],
        made.chair.person.name["en"],
        "Sample hall",
        second_code(version),
    ):
        assert secret not in told


def second_code(version: MinutesVersion) -> str:
    """The meeting's own address must not stand there either."""
    return str(version.meeting_id)


def test_a_withdrawn_version_does_not_hold(made: Conducted, version: MinutesVersion) -> None:
    withdraw_minutes(again(made.secretary), version, reason="A name is wrong")
    told = asked(version.code)
    assert "Withdrawn" in told
    assert "A name is wrong" not in told


def test_what_was_touched_does_not_fit(version: MinutesVersion) -> None:
    content = {**version.content, "meeting": {**version.content["meeting"], "number": 13}}
    MinutesVersion.objects.update(content=content)
    assert "cannot be confirmed" in asked(version.code)
    MinutesVersion.objects.update(sha256=checksum(content))
    assert "cannot be confirmed" in asked(version.code)


def test_a_slip_is_told_from_a_code_that_nobody_has(version: MinutesVersion) -> None:
    code = version.code
    slip = ("3" if code[0] == "2" else "2") + code[1:]
    assert "has a slip" in asked(slip, 404)
    assert "No paper has this code" in asked(draw_code(), 404)
    assert "has a slip" in asked("' OR 1=1", 404)


def test_the_form_takes_a_code_however_it_is_typed(version: MinutesVersion) -> None:
    client = Client(headers={"accept-language": "en"})
    assert client.get("/verify/").status_code == 200
    typed = {"code": written_code(version.code).lower(), "sum": f" {version.sha256.upper()} "}
    answer = client.get("/verify/", typed, follow=True)
    assert "is the one on your paper" in answer.content.decode()
    wrong = client.get("/verify/", {"code": "ABC"})
    assert wrong.status_code == 422
    assert "has a slip" in wrong.content.decode()
    assert "another one than on your paper" in asked(version.code, sum="0" * 64)


@pytest.mark.parametrize(("language", "word"), [("fa", "اصیل"), ("ar", "أصلية")])
def test_it_answers_in_the_language_of_the_reader(
    made: Conducted, version: MinutesVersion, language: str, word: str
) -> None:
    for who in (made.chair, made.secretary):
        sign_minutes(again(who), version)
    answer = Client(headers={"accept-language": language}).get(f"/verify/{version.code}")
    assert word in answer.content.decode()
    assert f'lang="{language}"' in answer.content.decode()


def test_a_browser_without_a_language_of_ours_reads_the_papers(version: MinutesVersion) -> None:
    for header in ({}, {"accept-language": "de-DE,de;q=0.9"}):
        answer = Client(headers=header).get(f"/verify/{version.code}")
        assert f'lang="{version.language}"' in answer.content.decode()
    other = Client().get(f"/verify/{version.code}", {"lang": "ar"})
    assert '<html lang="ar"' in other.content.decode()

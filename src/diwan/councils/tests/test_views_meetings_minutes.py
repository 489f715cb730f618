"""The pages of agenda, statements, drafts and the sheet on paper: who writes, what is kept."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from diwan.accounts.tests.factories import sign_in
from diwan.councils.constants import STATEMENT
from diwan.councils.models import AgendaItem, Body, Meeting, Resolution, Statement
from diwan.councils.tests.factories import (
    ActionFactory,
    AgendaItemFactory,
    Council,
    ResolutionFactory,
    StatementFactory,
    council,
    meeting_of,
)
from diwan.directory.tests.factories import (
    PostFactory,
    UnitFactory,
    staff,
)
from diwan.kernel import links
from diwan.kernel.exchange import Ref
from diwan.kernel.policies import Confidentiality

pytestmark = pytest.mark.django_db
S = Meeting.State
INTERNAL = Confidentiality.INTERNAL.value


def text(answer: Any) -> str:
    return str(answer.content.decode())


def url(path: str = "", language: str = "en") -> str:
    return f"/{language}/councils/meetings/{path}"


def of(meeting: Meeting, step: str = "", language: str = "en") -> str:
    return url(f"{meeting.pk}/" + (f"{step}/" if step else ""), language)


def res(resolution: Resolution, step: str = "") -> str:
    return f"/en/councils/resolutions/{resolution.pk}/" + (f"{step}/" if step else "")


@pytest.fixture
def made() -> Council:
    return council(name={"fa": "شورای مدرسه", "ar": "مجلس المدرسة", "en": "School council"})


@pytest.fixture
def held(made: Council) -> Meeting:
    return meeting_of(made.body, number=4, place={"en": "Hall"})


@pytest.fixture
def planned(made: Council) -> Meeting:
    day = timezone.now().date() + timedelta(days=9)
    return meeting_of(made.body, number=5, state=S.PLANNED, date=day)


# --- agenda --------------------------------------------------------------------------------------


def test_the_agenda_is_ordered_changed_and_shortened(
    client: Client, made: Council, planned: Meeting
) -> None:
    items = [
        AgendaItemFactory.create(meeting=planned, text={"en": word}, position=n)
        for n, word in enumerate(("Roof", "Trees", "Water"))
    ]

    def order() -> list[str]:
        return [row.text["en"] for row in AgendaItem.objects.filter(meeting=planned)]

    sign_in(client, made.secretary.user)
    move = url(f"items/{items[2].pk}/move/up/")
    assert client.get(move).status_code == 405
    assert client.post(move)["Location"] == of(planned, "agenda")
    assert order() == ["Roof", "Water", "Trees"]
    assert client.post(url(f"items/{items[2].pk}/move/sideways/")).status_code == 404
    change = {"text_en": "Much water", "confidentiality": INTERNAL}
    assert client.post(url(f"items/{items[2].pk}/change/"), change).status_code == 302
    assert client.get(url(f"items/{items[0].pk}/remove/")).status_code == 200
    assert client.post(url(f"items/{items[0].pk}/remove/")).status_code == 302
    assert order() == ["Much water", "Trees"]
    sign_in(client, made.member.user)
    assert client.post(move).status_code == 403


def test_a_guest_is_invited_to_an_item_and_sees_that_one(
    client: Client, made: Council, planned: Meeting
) -> None:
    Body.objects.update(confidentiality=Confidentiality.BODY)
    Meeting.objects.update(confidentiality=Confidentiality.BODY)
    item, other = (
        AgendaItemFactory.create(meeting=planned, confidentiality="body", text={"en": word})
        for word in ("Roof", "Trees")
    )
    guest = made.body.memberships.get(role="guest")
    sign_in(client, made.secretary.user)
    data = {"text_en": "Roof", "confidentiality": "body", "guests": [str(guest.pk)]}
    assert client.post(url(f"items/{item.pk}/change/"), data).status_code == 302
    sign_in(client, made.guest.user)
    shown = text(client.get(of(planned)))
    assert "Roof" in shown
    assert other.text["en"] not in shown


def test_a_member_proposes_and_a_stranger_may_not(
    client: Client, made: Council, planned: Meeting
) -> None:
    sign_in(client, made.member.user)
    assert "Propose something for the agenda" in text(client.get(of(planned)))
    assert client.post(of(planned, "propose"), {"text_en": "Shade"}).status_code == 302
    assert AgendaItem.objects.get().text == {"en": "Shade"}
    sign_in(client, staff(made.body.unit).user)
    assert client.get(of(planned, "propose")).status_code == 403


# --- statements and resolutions ------------------------------------------------------------------


def test_a_statement_is_written_corrected_and_taken_out(
    client: Client, made: Council, held: Meeting
) -> None:
    post = PostFactory.create(unit=made.body.unit, name={"en": "Engineer"})
    unit = UnitFactory.create(register=made.body.register, name={"en": "Roof office"})
    sign_in(client, made.secretary.user)
    data = {"speaker": str(post.pk), "text_en": "It leaks.", "about_units": [str(unit.pk)]}
    assert client.post(of(held, "statement"), data).status_code == 302
    one = Statement.objects.get()
    shown = text(client.get(of(held)))
    for words in ("Engineer", "It leaks.", "Roof office"):
        assert words in shown
    wrong = client.post(of(held, "statement"), {"text_en": "Nobody said it."})
    assert wrong.status_code == 422
    assert "Say which post spoke" in text(wrong)
    data |= {"text_en": "It leaks badly.", "reason": "She told me."}
    # A link to something that the form doesn't offer stays.
    document = Ref("library.document", one.pk)
    ref = Ref(STATEMENT, one.pk)
    links.set_links(ref, links.Verb.ABOUT, [Ref("directory.unit", unit.pk), document])
    assert client.post(url(f"statements/{one.pk}/correct/"), data).status_code == 302
    one.refresh_from_db()
    assert one.text == {"en": "It leaks badly."}
    assert set(links.targets(ref, links.Verb.ABOUT)) == {Ref("directory.unit", unit.pk), document}
    assert client.post(url(f"statements/{one.pk}/remove/"), {"sent": "1"}).status_code == 422
    sign_in(client, made.member.user)
    assert client.get(url(f"statements/{one.pk}/remove/")).status_code == 403
    sign_in(client, made.secretary.user)
    gone = client.post(url(f"statements/{one.pk}/remove/"), {"reason": "Never said."})
    assert gone.status_code == 302
    assert not Statement.objects.exists()


def test_a_draft_is_changed_and_thrown_away(client: Client, made: Council, held: Meeting) -> None:
    one = ResolutionFactory.create(
        meeting=held, state=Resolution.State.DRAFT, text={"en": "Mend it"}
    )
    sign_in(client, made.secretary.user)
    assert "Mend it" in text(client.get(res(one, "draft")))
    data = {
        "kind": "tasked",
        "text_en": "Mend it now",
        "confidentiality": "named",
        "named_posts": [str(made.member.post.pk)],
        "every_count": "1",
        "every_unit": "years",
        "with_bodies": [str(made.body.pk)],
    }
    assert client.post(res(one, "draft"), data).status_code == 302
    one.refresh_from_db()
    assert (one.kind, one.text["en"], one.every) == ("tasked", "Mend it now", "1 year")
    assert list(one.named_posts.all()) == [made.member.post]
    again = text(client.get(res(one, "draft")))
    assert "checked" in again
    assert client.post(res(one, "remove")).status_code == 302
    assert not Resolution.objects.exists()


def test_an_adopted_resolution_is_corrected_with_its_reason(
    client: Client, made: Council, held: Meeting
) -> None:
    one = ResolutionFactory.create(meeting=held)
    sign_in(client, made.secretary.user)
    data = {"kind": "resolved", "text_en": "As the minutes say", "confidentiality": INTERNAL}
    assert client.post(res(one, "correct"), data).status_code == 422
    assert client.post(res(one, "correct"), {**data, "reason": "A slip."}).status_code == 302
    one.refresh_from_db()
    assert one.text == {"en": "As the minutes say"}


def test_the_sheet_on_paper_has_all_of_it(client: Client, made: Council, held: Meeting) -> None:
    one = ResolutionFactory.create(meeting=held, text={"en": "Mend it"})
    for n in range(8):
        ActionFactory.create(resolution=one, text={"en": f"Do part {n}"})
    sign_in(client, made.member.user)
    page = text(client.get(of(held)))
    assert page.count("Do part") == 5
    assert "3 more actions" in page
    sheet = text(client.get(of(held, "sheet")))
    assert sheet.count("Do part") == 8
    assert "signature" in sheet


@pytest.mark.parametrize("language", ["fa", "ar"])
def test_a_long_meeting_asks_no_more_than_a_short_one(
    client: Client, made: Council, held: Meeting, language: str, django_assert_max_num_queries: Any
) -> None:
    for _ in range(6):
        one = ResolutionFactory.create(meeting=held)
        ActionFactory.create_batch(4, resolution=one, due=date(2026, 11, 3))
    StatementFactory.create_batch(6, meeting=held)
    sign_in(client, made.member.user)
    client.get(of(held, language=language))
    with django_assert_max_num_queries(60):
        assert client.get(of(held, language=language)).status_code == 200

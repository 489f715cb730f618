"""The register and the page of a resolution."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from diwan.accounts.tests.factories import sign_in
from diwan.councils.models import Action, Resolution
from diwan.councils.tests.factories import (
    ActionFactory,
    Council,
    council,
    duty,
    meeting_of,
    resolution_of,
)
from diwan.directory.tests.factories import (
    PostFactory,
    PostPatternFactory,
    RegisterFactory,
    Staff,
    UnitFactory,
    UnitPatternFactory,
    staff,
)
from diwan.kernel.policies import Confidentiality

pytestmark = pytest.mark.django_db
REGISTER = "/en/councils/register/"


def text(answer: Any) -> str:
    return str(answer.content.decode())


def page_of(resolution: Resolution) -> str:
    return f"/en/councils/resolutions/{resolution.pk}/"


@pytest.fixture
def body() -> Council:
    return council()


@pytest.fixture
def officer(body: Council) -> Staff:
    return staff(body.body.unit)


@pytest.fixture
def foreigner() -> Staff:
    return staff(UnitFactory.create(register=RegisterFactory.create(country="EG", language="ar")))


# --- the register ----------------------------------------------------------------------------


def test_the_heading_counts_what_this_reader_may_see(
    client: Client, body: Council, officer: Staff, foreigner: Staff
) -> None:
    first = resolution_of(body.body, text={"en": "Plant trees"})
    ActionFactory.create(resolution=first, state=Action.State.CLOSED, progress=100)
    ActionFactory.create(resolution=first, due=date(2026, 1, 5))
    resolution_of(body.body, confidentiality=Confidentiality.BODY, text={"en": "A secret"})
    sign_in(client, officer.user)
    shown = text(client.get(REGISTER))
    assert "1 resolution" in shown
    assert "of 1 body" in shown
    assert "2 actions · 1 settled · 1 still owed · 1 late" in shown
    assert "Plant trees" in shown
    assert "A secret" not in shown
    sign_in(client, body.member.user)
    assert "2 resolutions" in text(client.get(REGISTER))
    sign_in(client, foreigner.user)
    assert "Plant trees" not in text(client.get(REGISTER))


def test_a_citizen_sees_public_resolutions_and_no_actions(client: Client, body: Council) -> None:
    known = resolution_of(
        body.body, confidentiality=Confidentiality.PUBLIC, text={"en": "Open the park"}
    )
    ActionFactory.create(resolution=known, text={"en": "Cut the hedge"})
    resolution_of(body.body, text={"en": "Internal matter"})
    shown = text(client.get(REGISTER))
    assert "Open the park" in shown
    assert "Internal matter" not in shown
    page = text(client.get(page_of(known)))
    assert "Open the park" in page
    assert "Cut the hedge" not in page
    assert "Who changed what" not in page


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("standing=late", {"late one"}),
        ("standing=done", {"done one"}),
        ("standing=unowned", {"unowned one"}),
        ("standing=nothing", {"news"}),
        ("kind=announced", {"news"}),
        ("q=done", {"done one"}),
        ("since=2026-10-01&until=2026-10-31", {"late one"}),
        ("since=nonsense", {"late one", "done one", "unowned one", "news"}),
    ],
)
def test_the_register_is_narrowed_down(
    client: Client, body: Council, officer: Staff, query: str, expected: set[str]
) -> None:
    october = meeting_of(body.body, date=date(2026, 10, 10))
    late = resolution_of(body.body, meeting=october, text={"en": "late one"})
    ActionFactory.create(resolution=late, due=date(2026, 1, 5))
    done = resolution_of(body.body, text={"en": "done one"})
    ActionFactory.create(resolution=done, state=Action.State.CLOSED)
    unowned = resolution_of(body.body, text={"en": "unowned one"})
    ActionFactory.create(resolution=unowned, owner=None)
    resolution_of(body.body, text={"en": "news"}, kind=Resolution.Kind.ANNOUNCED)
    sign_in(client, officer.user)
    answer = client.get(f"{REGISTER}?{query}")
    assert {row["resolution"].text["en"] for row in answer.context["rows"]} == expected


def test_a_part_of_a_name_finds_the_owner_and_the_body(
    client: Client, body: Council, officer: Staff
) -> None:
    mine = duty(body.body, officer).resolution
    resolution_of(body.body)
    other = resolution_of(council(body.body.unit).body)
    sign_in(client, officer.user)
    chosen = client.get(f"{REGISTER}?owner={officer.post.pk}")
    assert [row["resolution"].pk for row in chosen.context["rows"]] == [mine.pk]
    chosen = client.get(f"{REGISTER}?body={other.body_id}")
    assert [row["resolution"].pk for row in chosen.context["rows"]] == [other.pk]
    unit = client.get(f"{REGISTER}?unit={body.body.unit_id}")
    assert unit.context["page"].paginator.count == 3


def test_the_map_shows_lateness_where_actions_span_provinces(
    client: Client, body: Council, officer: Staff
) -> None:
    found = resolution_of(body.body)
    pattern = UnitPatternFactory.create(register=body.body.register)
    secretary = PostPatternFactory.create(unit_pattern=pattern)
    for province in ("IR-23", "IR-10", "IR-07"):
        unit = UnitFactory.create(register=body.body.register, pattern=pattern, province=province)
        post = PostFactory.create(unit=unit, pattern=secretary)
        due = date(2026, 1, 5) if province == "IR-23" else None
        ActionFactory.create(resolution=found, owner=post, unit=unit, due=due)
    sign_in(client, officer.user)
    answer = client.get(REGISTER)
    tiles = {tile.name: (tile.tone, tile.value) for tile in answer.context["tiles"]}
    assert len(tiles) == 31
    assert tiles["Tehran"] == ("late", "1")
    assert tiles["Isfahan"] == ("new", "0")
    assert tiles["Qom"] == ("quiet", "")
    assert "3 × Provincial secretary" in text(answer)


def test_the_register_asks_no_more_for_more_rows(
    client: Client, body: Council, officer: Staff, django_assert_max_num_queries: Any
) -> None:
    for _each in range(6):
        duty(body.body, officer)
    sign_in(client, officer.user)
    client.get(REGISTER)
    with django_assert_max_num_queries(45):
        client.get(REGISTER)


def test_all_rows_on_one_page_to_print(client: Client, body: Council, officer: Staff) -> None:
    meeting = meeting_of(body.body)
    for _each in range(52):
        resolution_of(body.body, meeting=meeting)
    sign_in(client, officer.user)
    answer = client.get(REGISTER)
    assert len(answer.context["rows"]) == 50
    assert "All on one page, to print" in text(answer)
    assert len(client.get(f"{REGISTER}?all=1").context["rows"]) == 52


# --- one resolution --------------------------------------------------------------------------


def test_a_resolution_tells_number_meeting_and_actions(
    client: Client, body: Council, officer: Staff
) -> None:
    action = duty(body.body, officer, text={"en": "Count the trees"})
    sign_in(client, officer.user)
    shown = text(client.get(page_of(action.resolution)))
    assert action.resolution.number in shown
    assert "Count the trees" in shown
    assert "1 action · 1 still owed" in shown
    assert "Add an action" not in shown
    sign_in(client, body.secretary.user)
    assert "Add an action" in text(client.get(page_of(action.resolution)))


def test_a_resolution_one_may_not_see_is_not_there(
    client: Client, body: Council, officer: Staff, foreigner: Staff
) -> None:
    found = resolution_of(body.body)
    draft = resolution_of(body.body, state=Resolution.State.DRAFT)
    named = resolution_of(body.body, confidentiality=Confidentiality.NAMED)
    assert client.get(page_of(found)).status_code == 404
    sign_in(client, foreigner.user)
    assert client.get(page_of(found)).status_code == 404
    sign_in(client, officer.user)
    assert client.get(page_of(found)).status_code == 200
    assert client.get(page_of(draft)).status_code == 404
    assert client.get(page_of(named)).status_code == 404
    assert client.get(f"/en/councils/resolutions/{uuid4()}/").status_code == 404


def test_a_draft_offers_adoption_to_its_secretary_alone(client: Client, body: Council) -> None:
    draft = resolution_of(body.body, state=Resolution.State.DRAFT)
    sign_in(client, body.member.user)
    answer = client.get(page_of(draft))
    assert "It has no number yet" in text(answer)
    assert answer.context["steps"] == []
    sign_in(client, body.secretary.user)
    answer = client.get(page_of(draft))
    labels = [step.label for step in answer.context["steps"]]
    assert labels == ["Adopt", "Change the draft", "Throw the draft away"]
    assert client.get(answer.context["steps"][0].url).status_code == 200


# --- adding an action ------------------------------------------------------------------------


def add_url(resolution: Resolution) -> str:
    return f"{page_of(resolution)}add-action/"


def english_input(client: Client, resolution: Resolution) -> str:
    """The name of the input for the English text."""
    form = client.get(add_url(resolution)).context["form"]
    inputs = form["text"].subwidgets[0].data["subwidgets"]
    return str(next(each["name"] for each in inputs if each["own_language"] == "en"))


def test_the_secretary_adds_an_action(client: Client, body: Council, officer: Staff) -> None:
    found = resolution_of(body.body)
    assert client.get(add_url(found)).status_code == 302
    sign_in(client, officer.user)
    assert client.get(add_url(found)).status_code == 403
    sign_in(client, body.secretary.user)
    english = english_input(client, found)
    data = {english: "Build it", "who": "post", "due": "2027-01-20"}
    wrong = client.post(add_url(found), data)
    assert wrong.status_code == 422
    assert "Choose the post that owes it." in text(wrong)
    data["owner"] = str(officer.post.pk)
    answer = client.post(add_url(found), data, follow=True)
    assert "1 action was added." in text(answer)
    made = Action.objects.get(resolution=found)
    assert (made.owner_id, made.due) == (officer.post.pk, date(2027, 1, 20))
    assert made.text == {"en": "Build it"}


def test_one_action_for_each_unit_of_a_pattern(client: Client, body: Council) -> None:
    found = resolution_of(body.body)
    pattern = UnitPatternFactory.create(register=body.body.register)
    secretary = PostPatternFactory.create(unit_pattern=pattern)
    posts = set()
    for province in ("IR-23", "IR-10"):
        unit = UnitFactory.create(register=body.body.register, pattern=pattern, province=province)
        posts.add(PostFactory.create(unit=unit, pattern=secretary).pk)
    sign_in(client, body.secretary.user)
    english = english_input(client, found)
    data = {english: "Report", "who": "each"}
    assert client.post(add_url(found), data).status_code == 422
    data["each"] = f"{pattern.pk}:{secretary.pk}"
    assert client.post(add_url(found), data).status_code == 302
    assert set(Action.objects.values_list("owner_id", flat=True)) == posts


def test_an_action_of_an_old_meeting_says_that_it_waits(client: Client, body: Council) -> None:
    found = resolution_of(body.body, meeting=meeting_of(body.body, date=None))
    sign_in(client, body.secretary.user)
    english = english_input(client, found)
    answer = client.post(add_url(found), {english: "Old", "who": "nobody"}, follow=True)
    assert "The record is an old one" in text(answer)


@pytest.mark.parametrize("language", ["fa", "ar", "en"])
def test_the_pages_speak_every_language(client: Client, body: Council, language: str) -> None:
    found = duty(body.body, body.member, due=date(2026, 1, 5)).resolution
    sign_in(client, body.secretary.user)
    for path in ("register/", f"resolutions/{found.pk}/", f"resolutions/{found.pk}/add-action/"):
        answer = client.get(f"/{language}/councils/{path}")
        assert answer.status_code == 200
        assert f'lang="{language}"' in text(answer)
